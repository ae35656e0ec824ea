//! Differences of snapshots, and what was decided about them.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use super::{View, to_json};
use crate::cases::Pending;
use crate::cli::terminal::{Paint, count};

/// What was decided.
#[derive(Serialize)]
pub(in crate::cli) struct Reviewed {
    /// One by one.
    #[serde(rename = "snapshots")]
    pub(in crate::cli) seen: Vec<Seen>,
    /// Whether the differences are still to be shown.
    #[serde(skip)]
    pub(in crate::cli) shows: bool,
}

/// One snapshot that waited.
#[derive(Serialize)]
pub(in crate::cli) struct Seen {
    snapshot: String,
    /// What was decided about it.
    pub(in crate::cli) answer: Answer,
    old: Option<String>,
    new: String,
}

/// A decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::cli) enum Answer {
    /// It is the accepted one now.
    Accepted,
    /// It is gone; the accepted one stays.
    Rejected,
    /// Nobody decided.
    Waiting,
}

impl Seen {
    /// A snapshot that waited, and the decision.
    pub(in crate::cli) fn new(pending: &Pending, answer: Answer) -> Self {
        let name = pending.accepted.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let old = Some(pending.old.clone()).filter(|old| !old.is_empty());
        Self { snapshot: name, answer, old, new: pending.new.clone() }
    }
}

impl Seen {
    /// What a case made at another time, if it was there, and makes now.
    pub(in crate::cli) fn between(name: String, old: Option<String>, new: String) -> Self {
        Self { snapshot: name, answer: Answer::Waiting, old, new }
    }
}

/// One difference, line by line.
pub(in crate::cli) fn diff(seen: &Seen, paint: Paint) -> String {
    let kind = if seen.old.is_none() { "new" } else { "changed" };
    let mut text = format!("{} ({kind})\n", paint.bold(&seen.snapshot));
    let lines = TextDiff::from_lines(seen.old.as_deref().unwrap_or_default(), &seen.new);
    for group in lines.grouped_ops(3) {
        for change in group.iter().flat_map(|op| lines.iter_changes(op)) {
            let line = change.value().trim_end_matches('\n');
            text.push_str(&match change.tag() {
                ChangeTag::Delete => paint.red(&format!("- {line}")),
                ChangeTag::Insert => paint.green(&format!("+ {line}")),
                ChangeTag::Equal => paint.dim(&format!("  {line}")),
            });
            text.push('\n');
        }
    }
    text
}

impl View for Reviewed {
    fn human(&self, paint: Paint) -> String {
        if self.seen.is_empty() {
            return "no snapshot waits for review\n".to_owned();
        }
        let of = |answer: Answer| self.seen.iter().filter(move |seen| seen.answer == answer);
        let mut text = String::new();
        for seen in of(Answer::Waiting) {
            let shown = if self.shows { format!("{}\n", diff(seen, paint)) } else { format!("{}\n", seen.snapshot) };
            text.push_str(&shown);
        }
        let parts = [(Answer::Accepted, "accepted"), (Answer::Rejected, "rejected"), (Answer::Waiting, "waiting")];
        let parts = parts.iter().map(|(answer, word)| (of(*answer).count(), word)).filter(|(number, _)| *number > 0);
        let parts: Vec<String> = parts.map(|(number, word)| format!("{number} {word}")).collect();
        format!("{text}{}: {}\n", count(self.seen.len(), "snapshot"), parts.join(", "))
    }

    fn json(&self) -> String {
        to_json(self)
    }
}
