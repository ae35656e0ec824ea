//! What is not as it was left, as people read it: record by record, field by field, and money on both sides.

use super::exports::minute;
use super::progress::asked;
use super::run::{more, reconciled, shown};
use super::table::{Table, money};
use crate::cli::terminal::count;
use crate::sync::{Drift, DriftKind, DriftOfMapping, DriftReport, DriftedField, Reconciled, Totals, Who, WouldDo};
use crate::value::Decimal;

/// Most records of one mapping that are shown.
const SHOWN: usize = 12;

/// Every drift, then a line that sums them up.
pub(in crate::cli) fn text(report: &DriftReport) -> String {
    if report.mappings.is_empty() {
        return "nothing is linked yet, so nothing can have drifted; `crosswalk sync` makes links\n".to_owned();
    }
    let mut text = format!("profile {}; {}\n", report.profile, asked(report.requests));
    for mapping in report.mappings.iter().filter(|mapping| !mapping.drifts.is_empty() || !mapping.notes.is_empty()) {
        text.push_str(&of_mapping(mapping));
    }
    for mapping in &report.mappings {
        if let Some(why) = &mapping.skipped {
            text.push_str(&format!("\n{}: not compared, {why}\n", mapping.mapping));
        }
    }
    let drifts = report.mappings.iter().flat_map(|mapping| &mapping.drifts);
    let kinds = [
        (DriftKind::Changed, "changed"),
        (DriftKind::Renamed, "renamed"),
        (DriftKind::GoneFromTarget, "gone from the target"),
        (DriftKind::GoneFromSource, "gone from the source"),
        (DriftKind::Duplicate, "duplicated"),
    ];
    let named = kinds.iter().map(|(kind, word)| (drifts.clone().filter(|drift| drift.kind == *kind).count(), word));
    let parts: Vec<String> = named.filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let links = count(report.links(), "linked record");
    let found = if parts.is_empty() { "all as they were left".to_owned() } else { parts.join(", ") };
    text.push_str(&format!("\n{links} compared: {found}; nothing was written\n"));
    text
}

fn of_mapping(mapping: &DriftOfMapping) -> String {
    let export = mapping.direction == "export";
    let arrow = if export { "Procore -> Acumatica" } else { "Procore <- Acumatica" };
    let mut text = format!("\n{} ({arrow}): {} compared, {} drifted\n", mapping.title, mapping.links, mapping.drifts.len());
    for drift in mapping.drifts.iter().take(SHOWN) {
        text.push_str(&one(drift, export));
    }
    text.push_str(&more(mapping.drifts.len()));
    for note in &mapping.notes {
        text.push_str(&format!("  not compared: {note}\n"));
    }
    text
}

fn one(drift: &Drift, export: bool) -> String {
    let (source, target) = if export { ("Procore", "Acumatica") } else { ("Acumatica", "Procore") };
    let project = if drift.project.is_empty() { String::new() } else { format!(" in project {}", drift.project) };
    let there = if drift.target_key.is_empty() { &drift.target_id } else { &drift.target_key };
    let mut text = format!("  ! {}{project} = {there}: {}\n", drift.label, what(drift, (source, target)));
    drift.fields.iter().for_each(|drifted| text.push_str(&field(drifted, (source, target))));
    text.push_str(&format!("      apply: {}\n", would_do(drift, export)));
    drift.reasons.iter().for_each(|reason| text.push_str(&format!("        {reason}\n")));
    text
}

fn what(drift: &Drift, (source, target): (&str, &str)) -> String {
    let of_source = drift.source_changed.as_ref().map(|at| format!("{source} {}", minute(at)));
    let of_target = drift.target_changed.as_ref().map(|at| format!("{target} {}", minute(at)));
    let changed: Vec<String> = of_source.into_iter().chain(of_target).collect();
    let stamps = if changed.is_empty() { String::new() } else { format!("changed {}, ", changed.join(", ")) };
    let when = format!(" ({stamps}left {})", minute(&drift.agreed));
    match drift.kind {
        DriftKind::Changed => format!("{}{when}", who(drift.who, (source, target))),
        DriftKind::Renamed => format!("another code in Acumatica, {}{when}", drift.others.join(", ")),
        DriftKind::GoneFromTarget => format!("{target} has it no more{when}"),
        DriftKind::GoneFromSource => format!("{source} has it no more{when}"),
        DriftKind::Duplicate => format!("{target} has others of the same kind: {}{when}", drift.others.join(", ")),
    }
}

fn who(who: Who, (source, target): (&str, &str)) -> String {
    match who {
        Who::Source => format!("{source} has moved on"),
        Who::Target => format!("edited at {target}"),
        Who::Both => format!("{source} has moved on, and it was edited at {target}"),
        Who::Rules => "the mapping, a setting or a link has changed".to_owned(),
        Who::Unknown => "what was left is not known".to_owned(),
    }
}

fn field(field: &DriftedField, (source, target): (&str, &str)) -> String {
    let line = field.line.as_ref().map(|line| format!(" [line {line}]")).unwrap_or_default();
    let rows = if field.rows.is_empty() { String::new() } else { format!("   # {}", field.rows.join(", ")) };
    let last = field.last.as_ref().map_or_else(|| "not known".to_owned(), shown);
    let wanted = field.source.as_ref().map(|wanted| format!(", {source} makes it {}", shown(wanted))).unwrap_or_default();
    format!("      {}{line}: left {last}, {target} has {}{wanted}{rows}\n", field.field, shown(&field.target))
}

fn would_do(drift: &Drift, export: bool) -> String {
    let link = "take the link away (`crosswalk links remove`, of an export `crosswalk exports unlink`)";
    match (drift.apply, drift.kind) {
        (WouldDo::Nothing, DriftKind::GoneFromTarget) => {
            format!("nothing while its source stays as it is, then it is held; bring it back, or {link} to have it made anew")
        }
        (WouldDo::Nothing, DriftKind::GoneFromSource) => format!("nothing; undo it at the target as well, and {link}"),
        (WouldDo::Nothing, DriftKind::Renamed) => "nothing; it stays linked by its id".to_owned(),
        (WouldDo::Nothing, DriftKind::Duplicate) => "nothing; delete or rename the other one (BR-21)".to_owned(),
        (WouldDo::Nothing, DriftKind::Changed) => "nothing, as long as the source stays as it is".to_owned(),
        (WouldDo::Update, _) if export => "offers the change for consent".to_owned(),
        (WouldDo::Update, _) => "changes it".to_owned(),
        (WouldDo::Hold, _) => "holds it".to_owned(),
        (WouldDo::Conflict, _) => "holds it, for it would overwrite an edit".to_owned(),
    }
}

/// Money on both sides, line by line; then the job costs of each project.
pub(in crate::cli) fn totals(totals: &Totals, costs: &[Reconciled]) -> String {
    let mut table = Table::new(&["project", "mapping", "field", ">Procore", ">Acumatica", ">difference", ">not there yet", "agree"]);
    for total in &totals.lines {
        let agrees = if total.difference().is_zero() { "yes" } else { "NO" };
        let amounts = [total.procore, total.acumatica, total.difference(), total.not_there].map(money);
        let names = [&total.project, &total.mapping, &total.field].map(String::clone);
        table.row(names.into_iter().chain(amounts).chain([agrees.to_owned()]));
    }
    let mut text = table.text();
    if totals.lines.is_empty() {
        text = "no money is linked yet\n".to_owned();
    }
    totals.notes.iter().for_each(|note| text.push_str(&format!("not added up: {note}\n")));
    if !costs.is_empty() {
        text.push_str(&format!("\njob costs: what the books say, and what Procore shows of it\n\n{}", reconciled(costs)));
    }
    let apart: Decimal = totals.lines.iter().map(|total| total.difference().abs()).sum();
    let verdict = match (totals.agree(), costs.iter().all(Reconciled::agrees)) {
        (true, true) => "both sides agree to the cent".to_owned(),
        (true, false) => "the mappings agree to the cent, the job costs do not".to_owned(),
        (false, _) => format!("the two sides are apart, by {} over all lines", money(apart)),
    };
    text.push_str(&format!("\n{verdict}; nothing was written\n"));
    text
}
