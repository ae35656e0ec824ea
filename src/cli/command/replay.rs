//! `replay`: what was sent, made again under the mappings of today.

use clap::Args;

use super::known_mappings;
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on};
use crate::cli::terminal::count;
use crate::cli::view::{Done, Shown, exports::minute, run, table::Table};
use crate::sync::{Difference, ReplayFilter, Replayed};

/// Map what was sent before anew, under the mappings and settings of today, and show what would differ
///
/// Every write is on record with what it was made from. Neither system is asked anything, and nothing is written: so a change of a
/// mapping is reviewed on real history before it is put in force. The exit code is 1 when something would differ.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Mappings to replay; all of them when none is named
    #[arg(value_name = "MAPPING")]
    names: Vec<String>,
    /// Only the newest so many writes
    #[arg(long)]
    limit: Option<usize>,
}

/// Most differences that are shown to people.
const SHOWN: usize = 40;

/// Runs it.
pub(super) fn run(replay: &Replay, session: &Session) -> Result<Done, Stop> {
    known_mappings(&replay.names, &session.setup()?)?;
    block_on(async {
        let wired = session.looking_on().await?;
        let filter = ReplayFilter { mappings: replay.names.clone(), limit: replay.limit };
        let replayed = wired.replay(&filter).await?;
        let exit = if replayed.differences.is_empty() { Exit::Done } else { Exit::Look };
        Ok(Done::new(exit, Shown { text: text(&replayed), data: replayed }))
    })
}

fn text(replayed: &Replayed) -> String {
    if replayed.records == 0 {
        return "nothing is on record that could be replayed; `crosswalk sync` records what it sends\n".to_owned();
    }
    let mut table = Table::new(&["mapping", ">records", ">different", "mapping itself"]);
    for mapping in &replayed.mappings {
        let itself = if mapping.unchanged { "as it was" } else { "changed since" };
        table.row([mapping.mapping.clone(), mapping.records.to_string(), mapping.different.to_string(), itself.to_owned()]);
    }
    let mut text = format!("{}\n", table.text());
    for difference in replayed.differences.iter().take(SHOWN) {
        text.push_str(&one(difference));
    }
    if let Some(more) = replayed.differences.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text.push_str(&format!("… and {more} more; `--json` shows all\n"));
    }
    let records = count(usize::try_from(replayed.records).unwrap_or(usize::MAX), "record");
    text.push_str(&format!("{records} replayed, {} would be sent otherwise\n", replayed.differences.len()));
    if replayed.left_out > 0 {
        text.push_str(&format!("{} left out: their mapping is not in force, or their inputs were not recorded yet\n", replayed.left_out));
    }
    text
}

fn one(difference: &Difference) -> String {
    let project = if difference.project.is_empty() { String::new() } else { format!(" in project {}", difference.project) };
    let sent = minute(&difference.sent);
    let mut text = format!("{}: {}{project}, sent {sent}\n", difference.mapping, difference.label);
    if let Some(reason) = &difference.refused {
        text.push_str(&format!("      it would not go: {reason}\n"));
    }
    difference.fields.iter().for_each(|field| text.push_str(&run::field(field)));
    text
}
