//! `exports`: what goes to the ERP, and the approver's consent.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::known_or_remembered;
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on};
use crate::cli::view::{Done, Shown, exports as view};
use crate::config::Setup;
use crate::evaluate::answers;
use crate::store::{Export, ExportFilter, ExportState, Handle, JournalFilter, Stamp, Store, StoreError, Writing};
use crate::sync::{Failure, StagedChange};
use crate::value::{Record, Value};

/// Decide about exports: list, look, accept, reject
///
/// `crosswalk sync` offers what is to be exported. An accounting approver accepts it, and the next `crosswalk sync` sends it.
#[derive(Debug, Args)]
pub(crate) struct Exports {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List exports; those that need somebody, if no state is named
    List {
        #[command(flatten)]
        which: Which,
        /// Only exports in this state; may be said several times
        #[arg(long, value_name = "STATE", value_parser = state)]
        state: Vec<ExportState>,
        /// Exports in every state
        #[arg(long, conflicts_with = "state")]
        all: bool,
    },
    /// Show what an export would change, field by field, what the approver is asked, and its history
    Show {
        /// The export: `12`, or `12.3`
        #[arg(value_parser = number)]
        export: i64,
    },
    /// Accept exports as they were shown; the next sync sends them
    Accept {
        #[command(flatten)]
        chosen: Chosen,
        /// Fill in what the approver is asked; may be said several times
        #[arg(long, value_name = "NAME=VALUE", value_parser = answer)]
        set: Vec<(String, String)>,
    },
    /// Reject exports; their sender may correct and resend them
    Reject {
        #[command(flatten)]
        chosen: Chosen,
        /// Why; the sender reads it
        #[arg(long, value_name = "REASON")]
        because: String,
    },
    /// Offer again what was rejected, retrieved, refused by the ERP or unlinked
    Resend {
        /// Exports, as `exports list` shows them
        #[arg(required = true, value_parser = number)]
        exports: Vec<i64>,
    },
    /// Take back exports about which nobody has decided
    Retrieve {
        /// Exports, as `exports list` shows them
        #[arg(required = true, value_parser = number)]
        exports: Vec<i64>,
        /// Why
        #[arg(long, value_name = "REASON", default_value = "taken back by its sender")]
        because: String,
    },
    /// Take the link away after the ERP's record was deleted or reversed
    Unlink {
        /// The export: `12`, or `12.3`
        #[arg(value_parser = number)]
        export: i64,
        /// Why
        #[arg(long, value_name = "REASON")]
        because: String,
    },
}

/// Which exports are meant.
#[derive(Debug, Args)]
struct Which {
    /// Only exports of this mapping
    #[arg(long)]
    mapping: Option<String>,
    /// Only exports of this Procore project (its id)
    #[arg(long, value_name = "ID")]
    project: Option<String>,
}

/// Exports named one by one, in a file, or by a filter.
#[derive(Debug, Args)]
struct Chosen {
    /// Exports with the version that you saw: `12.3`
    #[arg(value_parser = handle)]
    exports: Vec<Handle>,
    /// All exports that a file names: what `exports list --json` wrote, or a list of them, one on a line
    #[arg(long, value_name = "FILE", conflicts_with = "exports")]
    file: Option<PathBuf>,
    /// All that wait now, with `--mapping` or `--project` those of one mapping or project
    #[arg(long, conflicts_with_all = ["exports", "file"])]
    all: bool,
    #[command(flatten)]
    which: Which,
}

fn state(word: &str) -> Result<ExportState, String> {
    let words = ExportState::ALL.map(|(_, word)| word).join(", ");
    ExportState::from_word(word).ok_or_else(|| format!("an export is {words}"))
}

fn handle(text: &str) -> Result<Handle, String> {
    text.parse()
}

fn number(text: &str) -> Result<i64, String> {
    text.parse::<Handle>().map(|handle| handle.id).or_else(|problem| text.parse().map_err(|_| problem))
}

fn answer(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.to_owned()));
    parts.ok_or_else(|| format!("`{text}` is no answer; write `name=value`"))
}

/// Runs it.
pub(super) fn run(exports: &Exports, session: &Session) -> Result<Done, Stop> {
    let setup = session.setup_to_look()?;
    match &exports.command {
        Command::List { which, state, all } => list(&setup, which, state, *all),
        Command::Show { export } => show(&setup, *export),
        Command::Accept { chosen, set } => accept(&setup, session, chosen, set),
        Command::Reject { chosen, because } => {
            let (store, named) = to_decide(&setup, chosen)?;
            let because = because.clone();
            decided(&setup, session, &store, named, move |writing, handle| writing.reject_export(handle, &because))
        }
        Command::Resend { exports } => sent_again(&setup, session, exports, |writing, id| writing.resend_export(id)),
        Command::Retrieve { exports, because } => {
            let because = because.clone();
            sent_again(&setup, session, exports, move |writing, id| writing.retrieve_export(id, &because))
        }
        Command::Unlink { export, because } => unlink(&setup, session, *export, because),
    }
}

fn list(setup: &Setup, which: &Which, states: &[ExportState], all: bool) -> Result<Done, Stop> {
    let open = [ExportState::Staged, ExportState::Accepted, ExportState::Sending, ExportState::Sent, ExportState::Unknown];
    let states = match (states, all) {
        (_, true) => Vec::new(),
        ([], false) => open.into_iter().chain([ExportState::Rejected, ExportState::Failed]).collect(),
        (states, false) => states.to_vec(),
    };
    let exports = found(setup, ExportFilter { states, ..filter(which) })?;
    known_or_remembered(which.mapping.as_deref(), !exports.is_empty(), setup)?;
    let waits = exports.iter().any(|export| export.state == ExportState::Staged);
    let data = Value::List(exports.iter().map(view::data).collect());
    Ok(Done::new(if waits { Exit::Look } else { Exit::Done }, Shown { text: view::list(&exports), data }))
}

fn show(setup: &Setup, id: i64) -> Result<Done, Stop> {
    block_on(async {
        let store = Store::open_read_only(&setup.file.state).map_err(Failure::from)?;
        let filter = ExportFilter { id: Some(id), ..ExportFilter::default() };
        let exports = store.read(move |reading| reading.exports(&filter)).await.map_err(Failure::from)?;
        let export = exports.into_iter().next().ok_or_else(|| missing(id))?;
        let change = shown(&store, &export).await?;
        let about = JournalFilter {
            mapping: Some(export.mapping.clone()),
            scope: Some(export.scope.clone()),
            source_id: Some(export.source_id.clone()),
            ..JournalFilter::default()
        };
        let history = store.read(move |reading| reading.journal_entries(&about)).await.map_err(Failure::from)?;
        let plan = setup.workspace.plan(&export.mapping);
        let caution = plan.and_then(|plan| plan.caution.clone());
        let labels: Vec<(String, String)> =
            plan.into_iter().flat_map(|plan| &plan.ask).map(|asked| (asked.name.clone(), asked.label.clone())).collect();
        Ok(Done::new(
            Exit::Done,
            Shown {
                text: view::show(&export, &change, (&labels, caution.as_deref()), &history),
                data: view::whole(&export, &change, &history),
            },
        ))
    })
}

/// Accepts with what is filled in; all of them, or none.
fn accept(setup: &Setup, session: &Session, chosen: &Chosen, typed: &[(String, String)]) -> Result<Done, Stop> {
    let (store, named) = to_decide(setup, chosen)?;
    let mut given = Vec::new();
    let mut faults = Vec::new();
    for export in &named {
        let Some(plan) = setup.workspace.plan(&export.mapping) else {
            faults.push(format!("mapping `{}` of export {} is not in force", export.mapping, export.handle.id));
            continue;
        };
        let change = block_on(shown(&store, export))?;
        match answers(plan, typed, &change.asked) {
            Ok(answers) => given.push(answers),
            Err(wrong) => faults.extend(wrong.into_iter().map(|fault| format!("export {}: {fault}", export.handle.id))),
        }
    }
    if !faults.is_empty() {
        return Err(Stop::usage(faults.join("\n"), Some("nothing was accepted".to_owned())));
    }
    let mut given = given.into_iter();
    decided(setup, session, &store, named, move |writing, handle| {
        let asked = given.next().unwrap_or_else(Record::new);
        writing.accept_export(handle, &asked)
    })
}

/// The state file, to write, and the exports that are meant, in the versions that were seen.
fn to_decide(setup: &Setup, chosen: &Chosen) -> Result<(Store, Vec<Export>), Stop> {
    let handles = match (&chosen.file, chosen.all) {
        (Some(file), _) => Some(in_file(file)?),
        (None, true) => None,
        (None, false) if chosen.exports.is_empty() => {
            let help = "name exports as `crosswalk exports list` shows them, or say `--all`, or `--file FILE`";
            return Err(Stop::usage("no export is named", Some(help.to_owned())));
        }
        (None, false) => Some(chosen.exports.clone()),
    };
    let filter = ExportFilter { states: Vec::new(), ..filter(&chosen.which) };
    let known = found(setup, filter)?;
    let mut named = Vec::new();
    match handles {
        None => named.extend(known.into_iter().filter(|export| export.state == ExportState::Staged)),
        Some(handles) => {
            for handle in handles {
                let export = known.iter().find(|export| export.handle.id == handle.id).ok_or_else(|| missing(handle.id))?;
                named.push(Export { handle, ..export.clone() });
            }
        }
    }
    if named.is_empty() {
        return Err(Stop::usage("nothing waits for a decision", Some("`crosswalk sync` offers what is to be exported".to_owned())));
    }
    Ok((Store::open(&setup.file.state).map_err(Failure::from)?, named))
}

/// Decides about all of them in one change of the state file, or about none.
fn decided(
    setup: &Setup,
    session: &Session,
    store: &Store,
    named: Vec<Export>,
    mut decide: impl FnMut(&Writing<'_>, Handle) -> Result<Export, StoreError> + Send + 'static,
) -> Result<Done, Stop> {
    let acting = session.acting(setup)?;
    for export in &named {
        acting.may_accept(&export.mapping).map_err(|refused| Stop::usage(refused, None))?;
    }
    changed(store, acting.name(), move |writing| named.iter().map(|export| decide(writing, export.handle)).collect())
}

/// What a sender does with exports: all of them, or none.
fn sent_again(
    setup: &Setup,
    session: &Session,
    ids: &[i64],
    change: impl Fn(&Writing<'_>, i64) -> Result<Export, StoreError> + Send + 'static,
) -> Result<Done, Stop> {
    let acting = session.acting(setup)?;
    let known = found(setup, ExportFilter::default())?;
    for id in ids {
        let export = known.iter().find(|export| export.handle.id == *id).ok_or_else(|| missing(*id))?;
        acting.may_send(&export.mapping).map_err(|refused| Stop::usage(refused, None))?;
    }
    let (store, ids) = (Store::open(&setup.file.state).map_err(Failure::from)?, ids.to_vec());
    changed(&store, acting.name(), move |writing| ids.iter().map(|id| change(writing, *id)).collect())
}

fn unlink(setup: &Setup, session: &Session, id: i64, because: &str) -> Result<Done, Stop> {
    let export = found(setup, ExportFilter { id: Some(id), ..ExportFilter::default() })?.into_iter().next().ok_or_else(|| missing(id))?;
    session.acting(setup)?.may_unlink(&export.mapping).map_err(|refused| Stop::usage(refused, None))?;
    if because.trim().is_empty() {
        return Err(Stop::usage("no reason is given", Some("say why the link goes: `--because`".to_owned())));
    }
    block_on(async {
        let wired = session.wire(session.setup()?).await?;
        let unlinked = wired.unlink(&export, because).await?;
        let data = Value::List(vec![view::data(&unlinked)]);
        Ok(Done::new(Exit::Done, Shown { text: view::done(std::slice::from_ref(&unlinked)), data }))
    })
}

/// Changes exports in one go.
fn changed(
    store: &Store,
    actor: &str,
    change: impl FnOnce(&Writing<'_>) -> Result<Vec<Export>, StoreError> + Send + 'static,
) -> Result<Done, Stop> {
    block_on(async {
        let stamp = Stamp::new(Timestamp::now(), actor);
        let exports = store.write(&stamp, change).await.map_err(Failure::from)?;
        let data = Value::List(exports.iter().map(view::data).collect());
        Ok(Done::new(Exit::Done, Shown { text: view::done(&exports), data }))
    })
}

fn filter(which: &Which) -> ExportFilter {
    ExportFilter { mapping: which.mapping.clone(), scope: which.project.clone(), ..ExportFilter::default() }
}

fn found(setup: &Setup, filter: ExportFilter) -> Result<Vec<Export>, Stop> {
    block_on(async {
        let store = Store::open_read_only(&setup.file.state).map_err(Failure::from)?;
        Ok(store.read(move |reading| reading.exports(&filter)).await.map_err(Failure::from)?)
    })
}

/// The change as it was shown.
async fn shown(store: &Store, export: &Export) -> Result<StagedChange, Stop> {
    let digest = export.shown.clone();
    let body = store.read(move |reading| reading.body(&digest)).await.map_err(Failure::from)?;
    let change = body.and_then(|body| serde_json::from_slice(&body).ok());
    change.ok_or_else(|| Stop::usage(format!("what export {} shows cannot be read", export.handle.id), None))
}

fn missing(id: i64) -> Stop {
    Stop::usage(format!("there is no export {id}"), Some("see what there is with `crosswalk exports list --all`".to_owned()))
}

/// The exports that a file names: JSON as `exports list --json` writes it, or one on each line.
fn in_file(file: &Path) -> Result<Vec<Handle>, Stop> {
    let text = fs::read_to_string(file).map_err(|problem| Stop::file(file, "read", &problem))?;
    let told =
        |at: usize, problem: &str| Stop::usage(format!("{}:{at}: {problem}", file.display()), Some("nothing was decided".to_owned()));
    if text.trim_start().starts_with('[') {
        let list = Value::from_json(&text).map_err(|problem| told(1, &problem.to_string()))?;
        let handle = |value: &Value| value.at("export").map(Value::plain).unwrap_or_default().parse::<Handle>();
        let list = list.as_list().unwrap_or_default();
        return list.iter().map(handle).collect::<Result<_, _>>().map_err(|problem| told(1, &problem));
    }
    let lines =
        text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(at, line)| line.parse().map_err(|problem: String| told(at, &problem))).collect()
}
