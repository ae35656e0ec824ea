//! `replay`: what was sent, made again under the mappings of today.

use std::collections::BTreeMap;

use clap::Args;

use super::against::Both;
use super::known_mappings;
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on};
use crate::cli::terminal::count;
use crate::cli::view::{Done, Shown, exports::minute, run, table::Table};
use crate::evaluate::FieldChange;
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
    /// Hold what today's files make against what those of this Git revision or folder made, instead of against what was sent
    #[arg(long, value_name = "REV|DIR|base")]
    against: Option<String>,
}

/// Most differences that are shown to people.
const SHOWN: usize = 40;

/// Runs it.
pub(super) fn run(replay: &Replay, session: &Session) -> Result<Done, Stop> {
    if let Some(words) = &replay.against {
        return against(replay, words, session);
    }
    known_mappings(&replay.names, &session.setup()?)?;
    block_on(async {
        let wired = session.looking_on().await?;
        let filter = ReplayFilter { mappings: replay.names.clone(), limit: replay.limit };
        let replayed = wired.replay(&filter).await?;
        let exit = if replayed.differences.is_empty() { Exit::Done } else { Exit::Look };
        Ok(Done::new(exit, Shown { text: text(&replayed), data: replayed }))
    })
}

/// What today's files make of what is on record that those of another time did not: of affected mappings alone.
fn against(replay: &Replay, words: &str, session: &Session) -> Result<Done, Stop> {
    let both = Both::open(session, words)?;
    known_mappings(&replay.names, &both.now)?;
    let mappings = both.affected();
    let wanted = mappings.changed.iter().filter(|name| replay.names.is_empty() || replay.names.contains(name));
    let filter = ReplayFilter { mappings: wanted.cloned().collect(), limit: replay.limit };
    let told = mappings.text();
    if filter.mappings.is_empty() {
        return Ok(Done::new(Exit::Done, Shown { text: told, data: Replayed::default() }));
    }
    block_on(async {
        let then = session.looking_on_with(both.then).await?.replay(&filter).await?;
        let mut now = session.looking_on_with(both.now).await?.replay(&filter).await?;
        now.differences = since(then.differences, now.differences);
        let exit = if now.differences.is_empty() { Exit::Done } else { Exit::Look };
        Ok(Done::new(exit, Shown { text: format!("{told}\n{}", text(&now)), data: now }))
    })
}

/// Of two replays of the same writes, what differs between them.
fn since(then: Vec<Difference>, now: Vec<Difference>) -> Vec<Difference> {
    let key = |one: &Difference| (one.mapping.clone(), one.project.clone(), one.source_id.clone(), one.sent.clone());
    let mut before: BTreeMap<_, Difference> = then.into_iter().map(|one| (key(&one), one)).collect();
    let mut found = Vec::new();
    for mut one in now {
        let was = before.remove(&key(&one));
        if was.as_ref().is_some_and(|was| was.refused != one.refused) || was.is_none() && one.refused.is_some() {
            found.push(one);
            continue;
        }
        one.fields = between(was.as_ref().map_or(&[], |was| &was.fields), one.fields);
        if !one.fields.is_empty() {
            found.push(one);
        }
    }
    // What came out otherwise at that time comes out as it was sent today.
    for (_, mut was) in before {
        was.refused = None;
        was.fields = between(&was.fields, Vec::new());
        found.push(was);
    }
    found
}

/// Field by field: what was made at that time as `old`, what is made today as `new`.
fn between(then: &[FieldChange], now: Vec<FieldChange>) -> Vec<FieldChange> {
    let same = |one: &FieldChange, other: &FieldChange| one.field == other.field && one.line == other.line;
    let gone = then.iter().filter(|was| !now.iter().any(|one| same(was, one)));
    let back: Vec<FieldChange> = gone.map(|was| FieldChange { old: was.new.clone(), new: was.old.clone(), ..was.clone() }).collect();
    let here = now.into_iter().filter_map(|mut one| {
        if let Some(was) = then.iter().find(|was| same(was, &one)) {
            one.old = was.new.clone();
        }
        (one.old != one.new).then_some(one)
    });
    here.chain(back).collect()
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
