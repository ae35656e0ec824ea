//! Exports as approvers read them.

use super::run::change as drawn;
use super::table::Table;
use crate::cli::terminal::count;
use crate::store::{Export, ExportState, JournalEntry};
use crate::sync::{Action, StagedChange};
use crate::value::{Record, Value};

/// A table of exports.
pub(in crate::cli) fn list(exports: &[Export]) -> String {
    if exports.is_empty() {
        return "no export waits; `crosswalk sync` offers what is to be exported, `--all` shows those that are done\n".to_owned();
    }
    let mut table = Table::new(&["export", "state", "mapping", "project", "record", "since", "by", "why"]);
    for export in exports {
        table.row([
            export.handle.to_string(),
            export.state.word().to_owned(),
            export.mapping.clone(),
            export.scope.clone(),
            export.label.clone(),
            minute(&export.changed.to_string()),
            export.actor.clone(),
            export.reason.lines().next().unwrap_or_default().chars().take(80).collect(),
        ]);
    }
    let waiting = exports.iter().filter(|export| export.state == ExportState::Staged).count();
    let next = if waiting > 0 { "; look with `crosswalk exports show`, decide with `crosswalk exports accept` or `reject`" } else { "" };
    format!("{}\n{}{next}\n", table.text(), count(exports.len(), "export"))
}

/// One export: its change, what is asked, its history.
pub(in crate::cli) fn show(
    export: &Export,
    change: &StagedChange,
    (labels, caution): (&[(String, String)], Option<&str>),
    history: &[JournalEntry],
) -> String {
    let mut text = format!("export {} of {}: {}, {}\n", export.handle, export.mapping, export.label, export.state.word());
    text.push_str(&format!("  since {}, by {}\n", minute(&export.changed.to_string()), export.actor));
    if !export.approver.is_empty() {
        text.push_str(&format!("  accepted by {}\n", export.approver));
    }
    if !export.reason.is_empty() {
        text.push_str(&format!("  {}\n", export.reason));
    }
    if let Some(caution) = caution {
        text.push_str(&format!("\ncaution: {caution}\n"));
    }
    text.push_str(&format!("\n{}", drawn(change)));
    if !labels.is_empty() {
        text.push_str("\nasked of the approver:\n");
        for (name, label) in labels {
            let first = change.asked.get(name).map(Value::plain).unwrap_or_default();
            let given = export.asked.get(name).map(|value| format!(", filled in: {}", value.plain())).unwrap_or_default();
            text.push_str(&format!("  {name} ({label}): {}{given}\n", if first.is_empty() { "-" } else { &first }));
        }
    }
    text.push_str("\nhistory:\n");
    let mut table = Table::new(&[">#", "time", "who", "what", "details"]);
    for entry in history {
        let (time, details) = (minute(&entry.at.to_string()), details(entry));
        table.row([entry.seq.to_string(), time, entry.actor.clone(), entry.entry.kind.clone(), details]);
    }
    text.push_str(&table.text());
    if export.state == ExportState::Staged {
        text.push_str(&format!("\naccept it with `crosswalk exports accept {}`", export.handle));
        let fill = labels.iter().map(|(name, _)| format!(" --set {name}=…")).collect::<String>();
        text.push_str(&if fill.is_empty() { "\n".to_owned() } else { format!(", with other values by `{}`\n", fill.trim()) });
    }
    text
}

/// What became of exports that somebody decided about.
pub(in crate::cli) fn done(exports: &[Export]) -> String {
    let mut text = String::new();
    for export in exports {
        text.push_str(&format!("{} {} ({}): {}\n", export.handle, export.label, export.mapping, export.state.word()));
    }
    let next = match exports.first().map(|export| export.state) {
        Some(ExportState::Accepted) => "; the next `crosswalk sync` sends what is accepted",
        Some(ExportState::Staged) => "; an approver has to accept them anew",
        Some(ExportState::Rejected | ExportState::Retrieved | ExportState::Unlinked) => "; `crosswalk exports resend` offers them again",
        _ => "",
    };
    format!("{text}{}{next}\n", count(exports.len(), "export"))
}

/// An export as JSON.
pub(in crate::cli) fn data(export: &Export) -> Value {
    let mut record = Record::new();
    record.set("export", export.handle.to_string());
    record.set("state", export.state.word());
    record.set("mapping", export.mapping.as_str());
    record.set("project", export.scope.as_str());
    record.set("source_id", export.source_id.as_str());
    record.set("record", export.label.as_str());
    record.set("asked", export.asked.clone());
    record.set("approver", export.approver.as_str());
    record.set("actor", export.actor.as_str());
    record.set("reason", export.reason.as_str());
    record.set("staged", export.staged.to_string());
    record.set("changed", export.changed.to_string());
    Value::Record(record)
}

/// An export with its change and its history, as JSON.
pub(in crate::cli) fn whole(export: &Export, change: &StagedChange, history: &[JournalEntry]) -> Value {
    let Value::Record(mut record) = data(export) else { return Value::Null };
    let action = match change.action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Adopt => "adopt",
    };
    record.set("action", action);
    let fields = change.fields.iter().map(|field| {
        let mut one = Record::new();
        one.set("field", field.field.as_str());
        one.set("line", field.line.clone().map_or(Value::Null, Value::Text));
        one.set("old", field.old.clone());
        one.set("new", field.new.clone());
        Value::Record(one)
    });
    record.set("fields", fields.collect::<Vec<_>>());
    record.set("to_fill_in", change.asked.clone());
    let entries = history.iter().map(|entry| {
        let mut one = Record::new();
        one.set("seq", Value::Number(entry.seq.into()));
        one.set("at", entry.at.to_string());
        one.set("actor", entry.actor.as_str());
        one.set("kind", entry.entry.kind.as_str());
        one.set("details", entry.entry.details.clone());
        Value::Record(one)
    });
    record.set("history", entries.collect::<Vec<_>>());
    Value::Record(record)
}

/// The facts of an entry, as far as a row has room.
pub(in crate::cli) fn details(entry: &JournalEntry) -> String {
    Value::Record(entry.entry.details.clone()).to_string().chars().take(90).collect()
}

/// A time to the minute.
pub(in crate::cli) fn minute(time: &str) -> String {
    time.get(..16).unwrap_or(time).replace('T', " ")
}
