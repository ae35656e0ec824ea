//! `explain`: one record through one mapping, value by value.

use clap::Args;

use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on};
use crate::cli::view::{Done, Shown, table::Table};
use crate::sync::Explanation;
use crate::value::{Record, Value};

/// Show where every value of a record comes from, and why it is held or not offered
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The mapping
    mapping: String,
    /// The source record's id or business key
    id: String,
}

/// Runs it.
pub(super) fn run(explain: &Explain, session: &Session) -> Result<Done, Stop> {
    block_on(async {
        let wired = session.looking_on().await?;
        let found = wired.explain(&explain.mapping, &explain.id).await?;
        let exit = if found.iter().all(|one| one.draft.is_ok() && one.held.is_empty()) { Exit::Done } else { Exit::Look };
        let text = found.iter().map(|one| text(&explain.mapping, one)).collect();
        Ok(Done::new(exit, Shown { text, data: Value::List(found.iter().map(data).collect()) }))
    })
}

fn text(mapping: &str, explanation: &Explanation) -> String {
    let source = &explanation.source;
    let mut text = format!("{mapping}: {} (id {})", source.label, source.id);
    if let Some(project) = &explanation.project {
        text.push_str(&format!(", project {} / {}", project.procore, project.acumatica));
    }
    if let Some(modified) = &source.modified {
        text.push_str(&format!(", changed {modified}"));
    }
    text.push('\n');
    match &explanation.linked {
        Some((id, key)) => text.push_str(&format!("linked to {}{id}\n", key.as_ref().map(|key| format!("{key}, ")).unwrap_or_default())),
        None => text.push_str("not linked yet\n"),
    }
    match &explanation.offered {
        Ok(true) => {}
        Ok(false) => text.push_str("not offered: the mapping's `when` is false for it\n"),
        Err(refusal) => text.push_str(&format!("cannot tell whether it is offered: {refusal}\n")),
    }
    let mut table = Table::new(&["field", "line", "value", "from", "rows", "rule"]);
    for value in &explanation.trace.values {
        let shown = value.skipped.map_or_else(|| value.value.to_string(), |why| format!("({why})"));
        let from: String = value.from.lines().next().unwrap_or_default().chars().take(60).collect();
        let (line, rows) = (value.line.as_deref().unwrap_or_default(), value.rows.join(", "));
        table.row([&*value.field, line, &shown, &from, &rows, &*value.place]);
    }
    text.push('\n');
    text.push_str(&table.text());
    if let Err(refusal) = &explanation.draft {
        text.push_str("\nheld:\n");
        for reason in &refusal.reasons {
            text.push_str(&format!("  {reason}\n"));
        }
    }
    if !explanation.held.is_empty() {
        text.push_str("\nheld by the last run:\n");
        for reason in &explanation.held {
            text.push_str(&format!("  {reason}\n"));
        }
    }
    text.push('\n');
    text
}

fn data(explanation: &Explanation) -> Value {
    let mut record = Record::new();
    record.set("source_id", explanation.source.id.as_str());
    record.set("source_key", explanation.source.key.as_str());
    record.set("label", explanation.source.label.as_str());
    record.set("offered", matches!(explanation.offered, Ok(true)));
    if let Some((id, key)) = &explanation.linked {
        record.set("linked", key.clone().unwrap_or_else(|| id.clone()));
    }
    let values = explanation.trace.values.iter().map(|value| {
        let mut one = Record::new();
        one.set("field", &*value.field);
        one.set("line", value.line.as_deref().map_or(Value::Null, Value::from));
        one.set("value", value.value.clone());
        one.set("skipped", value.skipped.map_or(Value::Null, Value::from));
        one.set("from", &*value.from);
        one.set("rows", value.rows.iter().map(|row| Value::text(row.as_str())).collect::<Vec<_>>());
        one.set("rule", &*value.place);
        Value::Record(one)
    });
    record.set("values", values.collect::<Vec<_>>());
    if !explanation.held.is_empty() {
        record.set("held", explanation.held.iter().map(|reason| Value::text(reason.as_str())).collect::<Vec<_>>());
    }
    match &explanation.draft {
        Ok(draft) => record.set("draft", draft.fields.clone()),
        Err(refusal) => record.set("held", refusal.reasons.iter().map(|reason| Value::text(reason.to_string())).collect::<Vec<_>>()),
    }
    Value::Record(record)
}
