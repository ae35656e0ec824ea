//! `links list`: which records are the same thing, and which were set aside.

use clap::Args;

use crate::cli::command::known_or_remembered;
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on};
use crate::cli::terminal::count;
use crate::cli::view::{Done, Shown, table::Table};
use crate::config::Setup;
use crate::store::{Archived, End, Link, LinkFilter, Store};
use crate::sync::Failure;
use crate::value::{Record, Value};

/// List links, of one mapping or of all
#[derive(Debug, Args)]
pub(super) struct List {
    /// Only links of this mapping
    mapping: Option<String>,
    /// Lines of documents as well
    #[arg(long)]
    lines: bool,
    /// Only links of this Procore project (its id)
    #[arg(long, value_name = "ID")]
    project: Option<String>,
    /// The records that were set aside with `links archive` instead
    #[arg(long)]
    archived: bool,
}

/// Runs it.
pub(super) fn run(list: &List, session: &Session) -> Result<Done, Stop> {
    let List { mapping, lines, project, archived } = list;
    let setup = session.setup_to_look()?;
    if *archived {
        return set_aside(mapping.as_deref(), session, &setup);
    }
    let plan = mapping.as_ref().and_then(|name| setup.workspace.plan(name));
    let pair = plan.map_or_else(|| mapping.clone(), |plan| Some(plan.pair.clone()));
    let filter = LinkFilter { mapping: pair, scope: project.clone(), lines: *lines, ..LinkFilter::default() };
    block_on(async {
        let store = Store::open_read_only(&setup.file.state).map_err(Failure::from)?;
        let links = store.read(move |reading| reading.links(&filter)).await.map_err(Failure::from)?;
        known_or_remembered(mapping.as_deref(), !links.is_empty(), &setup)?;
        Ok(Done::new(Exit::Done, Shown { text: text(&links), data: Value::List(links.iter().map(data).collect()) }))
    })
}

fn set_aside(mapping: Option<&str>, session: &Session, setup: &Setup) -> Result<Done, Stop> {
    session.acting(setup)?.may("view_archived_companies").map_err(|refusal| Stop::usage(refusal, None))?;
    let name = mapping.map(str::to_owned);
    block_on(async {
        let store = Store::open_read_only(&setup.file.state).map_err(Failure::from)?;
        let records = store.read(move |reading| reading.archived(name.as_deref())).await.map_err(Failure::from)?;
        known_or_remembered(mapping, !records.is_empty(), setup)?;
        let data = Value::List(records.iter().map(archived_data).collect());
        Ok(Done::new(Exit::Done, Shown { text: archived_text(&records), data }))
    })
}

fn archived_text(records: &[Archived]) -> String {
    let mut table = Table::new(&["mapping", "project", "record", "", "because", "since"]);
    for record in records {
        let since = record.since.to_string();
        let Archived { mapping, scope, source_key, source_id, reason, .. } = record;
        table.row([mapping, scope, source_key, source_id, reason, since.get(..19).unwrap_or(&since)]);
    }
    match records.len() {
        0 => "nothing is archived\n".to_owned(),
        number => format!("{}\n{}\n", table.text(), count(number, "archived record")),
    }
}

/// An archived record for programs.
pub(super) fn archived_data(record: &Archived) -> Value {
    let mut data = Record::new();
    data.set("mapping", record.mapping.as_str());
    data.set("project", record.scope.as_str());
    data.set("id", record.source_id.as_str());
    data.set("key", record.source_key.as_str());
    data.set("because", record.reason.as_str());
    data.set("since", record.since.to_string());
    Value::Record(data)
}

fn text(links: &[Link]) -> String {
    if links.is_empty() {
        return "no links yet; `crosswalk sync` makes them\n".to_owned();
    }
    let mut table = Table::new(&["mapping", "project", "list", "Procore", "", "Acumatica", "", "since"]);
    for link in links {
        let key = |key: &Option<String>| key.clone().unwrap_or_default();
        let since = link.since.to_string();
        table.row([
            link.mapping.clone(),
            link.scope.clone(),
            link.part.clone(),
            link.procore.id.clone(),
            key(&link.procore.key),
            key(&link.acumatica.key),
            link.acumatica.id.clone(),
            since.get(..19).unwrap_or(&since).to_owned(),
        ]);
    }
    format!("{}\n{}\n", table.text(), count(links.len(), "link"))
}

fn data(link: &Link) -> Value {
    let mut record = ends((&link.mapping, &link.scope), &link.procore, &link.acumatica);
    record.set("list", link.part.as_str());
    record.set("since", link.since.to_string());
    Value::Record(record)
}

/// Both ends of a link, or of what may become one, for programs: what `links add --file` reads.
pub(super) fn ends((mapping, scope): (&str, &str), procore: &End, acumatica: &End) -> Record {
    let end = |end: &End| {
        let mut record = Record::new();
        record.set("id", end.id.as_str());
        record.set("key", end.key.clone().map_or(Value::Null, Value::Text));
        record
    };
    let mut record = Record::new();
    record.set("mapping", mapping);
    record.set("project", scope);
    record.set("procore", end(procore));
    record.set("acumatica", end(acumatica));
    record
}
