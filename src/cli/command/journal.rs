//! `journal`: what happened, in order.

use clap::{Args, Subcommand};

use super::known_or_remembered;
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on};
use crate::cli::view::{Done, Shown, exports::details, table::Table};
use crate::store::{JournalEntry, JournalFilter, Store, Verdict};
use crate::sync::Failure;
use crate::value::{Record, Value};

/// Show the append-only history, or verify it
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Journal {
    #[command(subcommand)]
    command: Option<Command>,
    /// Only entries of this mapping
    #[arg(long)]
    mapping: Option<String>,
    /// Only entries about this source record
    #[arg(long, value_name = "ID")]
    record: Option<String>,
    /// Only entries of this kind; `step.` means all kinds that begin so
    #[arg(long)]
    kind: Option<String>,
    /// The newest so many
    #[arg(long, default_value_t = 50)]
    limit: usize,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the chain of hashes: nothing was changed, removed or reordered
    Verify,
}

/// Runs it.
pub(super) fn run(journal: &Journal, session: &Session) -> Result<Done, Stop> {
    let setup = session.setup_to_look()?;
    block_on(async {
        let store = Store::open_read_only(&setup.file.state).map_err(Failure::from)?;
        if let Some(Command::Verify) = journal.command {
            let verdict = store.read(|reading| reading.verify_journal()).await.map_err(Failure::from)?;
            let exit = if verdict.is_sound() { Exit::Done } else { Exit::Look };
            return Ok(Done::new(exit, Shown { text: verdict_text(&verdict), data: verdict_data(&verdict) }));
        }
        let filter = JournalFilter {
            mapping: journal.mapping.clone(),
            source_id: journal.record.clone(),
            kind: journal.kind.clone(),
            newest_first: true,
            limit: Some(journal.limit),
            ..JournalFilter::default()
        };
        let mut entries = store.read(move |reading| reading.journal_entries(&filter)).await.map_err(Failure::from)?;
        entries.reverse();
        known_or_remembered(journal.mapping.as_deref(), !entries.is_empty(), &setup)?;
        Ok(Done::new(Exit::Done, Shown { text: text(&entries), data: Value::List(entries.iter().map(data).collect()) }))
    })
}

fn text(entries: &[JournalEntry]) -> String {
    let mut table = Table::new(&[">#", "time", "who", "what", "mapping", "record", "details"]);
    for entry in entries {
        let time = entry.at.to_string();
        table.row([
            entry.seq.to_string(),
            time.get(..19).unwrap_or(&time).to_owned(),
            entry.actor.clone(),
            entry.entry.kind.clone(),
            entry.entry.mapping.clone(),
            entry.entry.source_id.clone(),
            details(entry),
        ]);
    }
    table.text()
}

fn verdict_text(verdict: &Verdict) -> String {
    if verdict.is_sound() {
        return format!("the journal is whole: {} entries, {} bodies\n", verdict.entries, verdict.bodies);
    }
    verdict.problems.iter().map(|problem| format!("entry {}: {}\n", problem.seq, problem.what)).collect()
}

fn verdict_data(verdict: &Verdict) -> Value {
    let problems = verdict.problems.iter().map(|problem| Value::text(format!("entry {}: {}", problem.seq, problem.what)));
    let mut record = Record::new();
    record.set("sound", verdict.is_sound());
    record.set("problems", problems.collect::<Vec<_>>());
    Value::Record(record)
}

fn data(entry: &JournalEntry) -> Value {
    let mut record = Record::new();
    record.set("seq", Value::Number(entry.seq.into()));
    record.set("at", entry.at.to_string());
    record.set("actor", entry.actor.as_str());
    record.set("kind", entry.entry.kind.as_str());
    record.set("mapping", entry.entry.mapping.as_str());
    record.set("project", entry.entry.scope.as_str());
    record.set("record", entry.entry.source_id.as_str());
    record.set("details", entry.entry.details.clone());
    Value::Record(record)
}
