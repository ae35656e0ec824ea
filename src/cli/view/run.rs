//! A run's report as people read it.

use std::collections::HashMap;

use super::progress::asked;
use super::table::{Table, money};
use crate::evaluate::FieldChange;
use crate::sync::{Action, HeldRecord, MappingReport, Reconciled, Report, StagedChange};
use crate::value::{Decimal, Value};

/// Most held records, changes or fields that are shown of one mapping.
const SHOWN: usize = 12;
/// Most records that are named where many are held for the same reasons.
const NAMED: usize = 5;

/// What a run did: its profile and requests, a table of mappings, then what is held, waits or differs.
pub(in crate::cli) fn report(report: &Report) -> String {
    let mut table = Table::new(&["mapping", "", ">read", ">offered", ">created", ">updated", ">linked", ">unchanged", ">held", ">waiting"]);
    for mapping in &report.mappings {
        let counts = &mapping.counts;
        let arrow = if mapping.direction == "export" { "Procore -> Acumatica" } else { "Procore <- Acumatica" };
        let numbers =
            [counts.read, counts.offered, counts.created, counts.updated, counts.adopted, counts.unchanged, counts.held, counts.waiting];
        let cells = [mapping.mapping.clone(), arrow.to_owned()].into_iter().chain(numbers.map(|number| number.to_string()));
        table.row(cells);
    }
    let mut text = format!("profile {}; {}\n\n{}", report.profile, asked(report.requests), table.text());
    for mapping in &report.mappings {
        text.push_str(&aside(mapping));
    }
    if report.beyond() > 0 {
        let (count, verb) = (report.beyond(), if report.beyond() == 1 { "change is" } else { "changes are" });
        text.push_str(&format!("\n{count} more {verb} possible now that the plan is applied; make a new one to see them\n"));
    }
    text
}

fn aside(mapping: &MappingReport) -> String {
    let mut text = String::new();
    if let Some(why) = &mapping.skipped {
        text.push_str(&format!("\n{}: skipped, {why}\n", mapping.mapping));
    }
    if !mapping.held.is_empty() {
        text.push_str(&format!("\nheld in {}:\n{}", mapping.mapping, held(&mapping.held)));
    }
    if !mapping.notes.is_empty() {
        text.push_str(&format!("\n{}: the target keeps some fields otherwise:\n", mapping.mapping));
        for note in mapping.notes.iter().take(SHOWN) {
            text.push_str(&format!("  {note}\n"));
        }
        text.push_str(&more(mapping.notes.len()));
    }
    if !mapping.mismatches.is_empty() {
        text.push_str(&format!("\n{} shows something else than expected:\n", mapping.mapping));
        for mismatch in mapping.mismatches.iter().take(SHOWN) {
            for field in &mismatch.fields {
                text.push_str(&format!("  {}  {}: shown {}, expected {}\n", mismatch.source_id, field.field, field.old, field.new));
            }
        }
        text.push_str(&more(mapping.mismatches.len()));
    }
    text
}

/// Held records, those with the same reasons together: one trouble of a thousand records is told once.
fn held(records: &[HeldRecord]) -> String {
    let mut groups: Vec<(&[String], Vec<&str>)> = Vec::new();
    let mut places: HashMap<&[String], usize> = HashMap::new();
    for record in records {
        let at = *places.entry(&record.reasons).or_insert_with(|| {
            groups.push((&record.reasons, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(&record.source_key);
    }
    let mut text = String::new();
    for (reasons, keys) in groups.iter().take(SHOWN) {
        text.push_str(&match keys.as_slice() {
            [key] => format!("  {key}\n"),
            keys if keys.len() <= NAMED => format!("  {} records: {}\n", keys.len(), keys.join(", ")),
            keys => format!("  {} records: {}, … (`--json` names all)\n", keys.len(), keys[..NAMED].join(", ")),
        });
        reasons.iter().for_each(|reason| text.push_str(&format!("    {reason}\n")));
    }
    let left = groups.iter().skip(SHOWN).map(|(_, keys)| keys.len()).sum::<usize>();
    text.push_str(&more(left + SHOWN));
    text
}

pub(super) fn more(count: usize) -> String {
    if count > SHOWN { format!("  … and {} more; `--json` shows all\n", count - SHOWN) } else { String::new() }
}

/// The change set: record by record, field by field, old → new.
pub(in crate::cli) fn changes(report: &Report) -> String {
    let mut text = String::new();
    for mapping in report.mappings.iter().filter(|mapping| !mapping.changes.is_empty()) {
        let arrow = if mapping.direction == "export" { "Procore -> Acumatica" } else { "Procore <- Acumatica" };
        text.push_str(&format!("{} ({arrow}): {}\n", mapping.title, amount(mapping)));
        for change in mapping.changes.iter().take(SHOWN) {
            text.push_str(&self::change(change));
        }
        text.push_str(&more(mapping.changes.len()));
        text.push('\n');
    }
    text
}

fn amount(mapping: &MappingReport) -> String {
    let count = |action: Action| mapping.changes.iter().filter(|change| change.action == action).count();
    let parts = [(count(Action::Create), "to create"), (count(Action::Update), "to update"), (count(Action::Adopt), "to link")];
    parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

/// One change, field by field.
pub(in crate::cli) fn change(change: &StagedChange) -> String {
    let (sign, there) = match change.action {
        Action::Create => ("+", String::new()),
        Action::Update => ("~", change.target_id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default()),
        Action::Adopt => ("=", change.target_id.as_ref().map(|id| format!(" (link to {id})")).unwrap_or_default()),
    };
    let project = if change.project.is_empty() { String::new() } else { format!(" in project {}", change.project) };
    let mut text = format!("  {sign} {}{project}{there}\n", change.source_key);
    change.fields.iter().for_each(|change| text.push_str(&field(change)));
    text
}

/// One field: old → new.
pub(in crate::cli) fn field(field: &FieldChange) -> String {
    let line = field.line.as_ref().map(|line| format!(" [line {line}]")).unwrap_or_default();
    let removed = field.line.is_some() && field.new.is_null();
    let old = if field.old.is_null() || removed { String::new() } else { format!("{} -> ", shown(&field.old)) };
    let rows = if field.rows.is_empty() { String::new() } else { format!("   # {}", field.rows.join(", ")) };
    let new = if removed { format!("removed, {}", shown(&field.old)) } else { shown(&field.new) };
    format!("      {}{line}: {old}{new}{rows}\n", field.field)
}

pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() > 80 { text.chars().take(77).chain("...".chars()).collect() } else { text }
}

/// Totals per project on both sides, and whether they agree.
pub(in crate::cli) fn reconciled(projects: &[Reconciled]) -> String {
    let mut table = Table::new(&[
        "project",
        ">job to date",
        ">commitment invoiced",
        ">direct costs",
        ">Procore: job to date",
        ">Procore: direct costs",
        ">Direct Cost tool",
        "agree",
    ]);
    let mut sums = [Decimal::ZERO; 6];
    for project in projects {
        let amounts = [
            project.job_to_date,
            project.commitment_invoiced,
            project.direct_costs(),
            project.shown_job_to_date,
            project.shown_direct_costs,
            project.direct_cost_tool,
        ];
        for (sum, amount) in sums.iter_mut().zip(amounts) {
            *sum += amount;
        }
        let agrees = if project.agrees() { "yes" } else { "NO" };
        table.row([project.project.clone()].into_iter().chain(amounts.map(money)).chain([agrees.to_owned()]));
    }
    let agrees = if projects.iter().all(Reconciled::agrees) { "yes" } else { "NO" };
    table.row(["all".to_owned()].into_iter().chain(sums.map(money)).chain([agrees.to_owned()]));
    table.text()
}

/// One total of both systems.
pub(in crate::cli) struct Total {
    /// What it is of.
    pub(in crate::cli) label: &'static str,
    /// As Procore has it.
    pub(in crate::cli) procore: Decimal,
    /// As Acumatica has it.
    pub(in crate::cli) acumatica: Decimal,
}

impl Total {
    /// Whether both have the same, to the cent.
    pub(in crate::cli) fn agrees(&self) -> bool {
        self.procore == self.acumatica
    }
}

/// Totals of both systems side by side.
pub(in crate::cli) fn totals(totals: &[Total]) -> String {
    let mut table = Table::new(&["total", ">Procore", ">Acumatica", "agree"]);
    for total in totals {
        let agrees = if total.agrees() { "yes" } else { "NO" };
        table.row([total.label.to_owned(), money(total.procore), money(total.acumatica), agrees.to_owned()]);
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::held;
    use crate::sync::HeldRecord;

    #[test]
    fn one_trouble_of_many_records_is_told_once() {
        let record = |number: usize, reason: &str| HeldRecord {
            source_id: number.to_string(),
            source_key: format!("SC-{number}"),
            reasons: vec![reason.to_owned()],
        };
        let many = (0..1_000).map(|number| record(number, "the period is closed"));
        let records: Vec<HeldRecord> =
            many.chain([record(1_000, "no vendor"), record(1_001, "no task"), record(1_002, "no task")]).collect();
        let expected = "  1000 records: SC-0, SC-1, SC-2, SC-3, SC-4, … (`--json` names all)\n    the period is closed\n\
            \x20 SC-1000\n    no vendor\n\
            \x20 2 records: SC-1001, SC-1002\n    no task\n";
        assert_eq!(held(&records), expected);
    }
}
