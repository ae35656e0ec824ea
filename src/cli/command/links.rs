//! `links`: which records are the same thing.

use clap::{Args, Subcommand};

use super::known_or_remembered;
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on};
use crate::cli::terminal::count;
use crate::cli::view::{Done, Shown, table::Table};
use crate::store::{Link, LinkFilter, Store};
use crate::sync::Failure;
use crate::value::{Record, Value};

/// Look at links between records of the two systems
#[derive(Debug, Args)]
pub(crate) struct Links {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List links, of one mapping or of all
    List {
        /// Only links of this mapping
        mapping: Option<String>,
        /// Lines of documents as well
        #[arg(long)]
        lines: bool,
        /// Only links of this Procore project (its id)
        #[arg(long, value_name = "ID")]
        project: Option<String>,
    },
}

/// Runs it.
pub(super) fn run(links: &Links, session: &Session) -> Result<Done, Stop> {
    let Command::List { mapping, lines, project } = &links.command;
    let setup = session.setup_to_look()?;
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
    let end = |id: &str, key: &Option<String>| {
        let mut end = Record::new();
        end.set("id", id);
        end.set("key", key.clone().map_or(Value::Null, Value::Text));
        end
    };
    let mut record = Record::new();
    record.set("mapping", link.mapping.as_str());
    record.set("project", link.scope.as_str());
    record.set("list", link.part.as_str());
    record.set("procore", end(&link.procore.id, &link.procore.key));
    record.set("acumatica", end(&link.acumatica.id, &link.acumatica.key));
    record.set("since", link.since.to_string());
    Value::Record(record)
}
