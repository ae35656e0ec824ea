//! How do both systems behave on the wire? Procore's Budget Changes: summaries in lists, lines when asked for alone, and all
//! lines of a project in v2.

use std::collections::HashMap;

use super::super::call::{Call, sent_id};
use super::super::fields::Via;
use super::super::list::{in_data, list_of};
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Rules, Shown};
use super::super::state::{State, number};
use super::super::store::{Collection, Row};
use super::super::write::{Draft, Place, SYNCED};
use super::{lines, wbs_codes};
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::schema::Kind as FieldKind;
use crate::value::{Decimal, Record, Value};

/// Changes of a budget. All their numbers are JSON numbers.
pub(crate) static BUDGET_CHANGES: Rules = Rules {
    collection: Collection::BudgetChanges,
    schema: Some("procore/budget_changes"),
    extra: &[("number", FieldKind::Integer), ("title", FieldKind::Text), ("description", FieldKind::Text), ("status", FieldKind::Text)],
    required: &["status"],
    numbers: true,
    filters: &[],
    sorts: &[],
    whole_only: &["adjustment_line_items", "created_at", "updated_at", "custom_fields"],
    in_data: true,
    page: 0,
    settle,
    show,
    ..Rules::USUAL
};

/// Their lines.
pub(crate) static ADJUSTMENT_LINES: Rules = Rules {
    collection: Collection::AdjustmentLines,
    schema: Some("procore/budget_changes"),
    lines: Some("adjustment_line_items"),
    extra: &[
        ("adjustment_number", FieldKind::Integer),
        ("type", FieldKind::Text),
        ("wbs_code_id", FieldKind::Integer),
        ("amount", FieldKind::Decimal),
        ("quantity", FieldKind::Decimal),
        ("unit_cost", FieldKind::Decimal),
        ("uom", FieldKind::Text),
        ("calculation_strategy", FieldKind::Text),
        ("description", FieldKind::Text),
        ("comment", FieldKind::Text),
        ("ref", FieldKind::Text),
    ],
    required: &["adjustment_number", "type", "wbs_code_id"],
    numbers: true,
    part_of: Some(Collection::BudgetChanges),
    settle: settle_line,
    show: |state, row, record, _| {
        record.remove("wbs_code_id");
        record.set("wbs_code", wbs_codes::in_line(state, row.reference("wbs_code_id")));
        record.set("currency_configuration", Record::from_iter([("currency_iso_code", "USD")]));
    },
    ..Rules::USUAL
};

fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    if !matches!(draft.row.fields.text("status"), Some("draft" | "approved" | "under_review" | "void")) {
        reasons.add("status", "is not included in the list");
    }
    if draft.row.value("number").is_null() {
        let known = state.store.of_project(Collection::BudgetChanges, draft.row.project.unwrap_or_default());
        let last = known.filter_map(|row| row.reference("number")).max().unwrap_or_default();
        draft.row.fields.set("number", last + 1);
    }
    if draft.was_synced() && draft.changed().iter().any(|name| !name.starts_with("origin_")) {
        reasons.add("base", SYNCED);
    }
}

fn settle_line(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    let project = draft.row.project.unwrap_or_default();
    let code = draft.row.reference("wbs_code_id");
    if code.is_some_and(|id| state.of_project(Collection::WbsCodes, project, id).is_err()) {
        reasons.add("wbs_code_id", "is not a budget code of this project");
    }
    // A change event gets, a budget change gives.
    let amount = number(&draft.row, "amount");
    let gives = draft.row.fields.text("type") == Some("budget_change");
    if (gives && amount > Decimal::ZERO) || (!gives && amount < Decimal::ZERO) {
        reasons.add("amount", "has the wrong sign for its type");
    }
    lines::settle_position(state, Collection::AdjustmentLines, draft);
}

fn show(state: &State, row: &Row, record: &mut Record, shown: Shown) {
    let own = lines::of(state, Collection::AdjustmentLines, row.id);
    record.set("amount", own.iter().map(|line| number(line, "amount")).sum::<Decimal>());
    record.set("erp_status", if row.origin_id().is_some() { "synced" } else { "not_in_erp" });
    record.set("currency_configuration", Record::from_iter([("currency_iso_code", "USD")]));
    record.set("created_by", Record::from_iter([("name", "Somebody"), ("login", "somebody@practice.example")]));
    ["origin_id", "origin_code", "origin_data"].iter().for_each(|name| drop(record.remove(name)));
    if shown == Shown::Whole {
        let own = own.into_iter().map(|line| {
            let mut line = state.show(&ADJUSTMENT_LINES, line, Shown::Listed);
            line.remove("position");
            line.into()
        });
        record.set("adjustment_line_items", own.collect::<Vec<Value>>());
    }
}

/// What approved changes have moved to and from each budget code.
pub(crate) fn moved(state: &State, project: i64) -> HashMap<i64, Decimal> {
    let mut sums: HashMap<i64, Decimal> = HashMap::new();
    for line in state.store.of_project(Collection::AdjustmentLines, project) {
        let change = line.parent.and_then(|id| state.store.alive(Collection::BudgetChanges, id));
        if let Some(code) = line.reference("wbs_code_id")
            && change.is_some_and(|change| change.fields.text("status") == Some("approved"))
        {
            *sums.entry(code).or_default() += number(line, "amount");
        }
    }
    sums
}

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    Ok(state.list(&BUDGET_CHANGES, call, state.store.of_project(Collection::BudgetChanges, project)))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let id = found(state, call)?.id;
    Ok(json_answer(200, &in_data(state.shown(&BUDGET_CHANGES, id, Shown::Whole))))
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = writable(state, call)?;
    let (header, sent) = apart(call)?;
    let (fields, reasons) = state.read_plain(&BUDGET_CHANGES, &header)?;
    let place = Place { project: Some(project), parent: None };
    let draft = state.draft(place, fields, Via::Plain);
    let id = state.keep(&BUDGET_CHANGES, draft, reasons).map_err(Problem::Unprocessable)?;
    if let Err(problem) = write_lines(state, Place { parent: Some(id), ..place }, &sent) {
        drop_lines(state, id);
        state.store.remove(Collection::BudgetChanges, id);
        return Err(problem);
    }
    Ok(json_answer(201, &in_data(state.shown(&BUDGET_CHANGES, id, Shown::Whole))))
}

/// Changes a header and the lines that are named; `_delete` takes a line away. All or nothing.
pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    writable(state, call)?;
    let old = found(state, call)?;
    let before: Vec<Row> = state.store.of_parent(Collection::AdjustmentLines, old.id).cloned().collect();
    let (header, sent) = apart(call)?;
    if !sent.is_empty() && old.origin_id().is_some() {
        return Err(Problem::Unprocessable(Reasons::one("base", SYNCED)));
    }
    let (fields, reasons) = state.read_plain(&BUDGET_CHANGES, &header)?;
    state.keep(&BUDGET_CHANGES, State::redraft(&old, &fields, Via::Plain), reasons).map_err(Problem::Unprocessable)?;
    if let Err(problem) = write_lines(state, Place { project: old.project, parent: Some(old.id) }, &sent) {
        drop_lines(state, old.id);
        before.into_iter().for_each(|line| state.store.put(Collection::AdjustmentLines, line));
        state.store.put(Collection::BudgetChanges, old);
        return Err(problem);
    }
    Ok(json_answer(200, &in_data(state.shown(&BUDGET_CHANGES, old.id, Shown::Whole))))
}

pub(crate) fn delete(state: &mut State, call: &Call) -> Result<Response, Problem> {
    writable(state, call)?;
    let row = found(state, call)?;
    if row.origin_id().is_some() || row.fields.text("status") == Some("approved") {
        return Err(Problem::Unprocessable(Reasons::one("base", "a budget change that is approved or synced cannot be deleted")));
    }
    drop_lines(state, row.id);
    state.store.remove(Collection::BudgetChanges, row.id);
    Ok(json_answer(200, &Record::from_iter([("id", Value::from(row.id))]).into()))
}

/// All lines of a project, in the words of v2.
pub(crate) fn list_lines(state: &mut State, call: &Call) -> Result<Response, Problem> {
    state.company(call)?;
    let project = state.project(call)?.id;
    let lines: Vec<Record> = state.store.of_project(Collection::AdjustmentLines, project).filter_map(|line| line_v2(state, line)).collect();
    Ok(list_of(call, &lines, 10))
}

fn line_v2(state: &State, line: &Row) -> Option<Record> {
    let change = state.store.alive(Collection::BudgetChanges, line.parent?)?;
    let text = |id: Option<i64>| id.map_or(Value::Null, |id| Value::text(id.to_string()));
    Some(Record::from_iter([
        ("id", text(Some(line.id))),
        ("adjustment_number", line.value("adjustment_number")),
        ("wbs_code_id", text(line.reference("wbs_code_id"))),
        ("amount", line.value("amount")),
        ("uom", line.value("uom")),
        ("quantity", line.value("quantity")),
        ("description", line.value("description")),
        ("type", line.value("type")),
        ("budget_change_number", Value::text(change.value("number").plain())),
        ("budget_change_status", change.value("status")),
        ("budget_change_name", change.value("title")),
        ("budget_change_id", text(Some(change.id))),
    ]))
}

fn apart(call: &Call) -> Result<(Record, Vec<Record>), Problem> {
    let mut header = call.body.as_record().cloned().ok_or_else(|| super::super::call::missing("status"))?;
    let lines = header.remove("adjustment_line_items").unwrap_or_default();
    ["id", "prostore_file_ids", "production_quantities"].iter().for_each(|name| drop(header.remove(name)));
    Ok((header, lines.as_list().unwrap_or_default().iter().filter_map(|line| line.as_record().cloned()).collect()))
}

fn write_lines(state: &mut State, place: Place, sent: &[Record]) -> Result<(), Problem> {
    for line in sent {
        let old = match sent_id(line, "id") {
            Some(id) => Some(lines::found(state, Collection::AdjustmentLines, place.parent.unwrap_or_default(), id)?),
            None => None,
        };
        let mut line = line.clone();
        if let (Some(Value::Bool(true)), Some(old)) = (line.remove("_delete"), &old) {
            state.store.remove(Collection::AdjustmentLines, old.id);
            continue;
        }
        line.remove("change_event_line_item_id");
        let (fields, reasons) = state.read_plain(&ADJUSTMENT_LINES, &line)?;
        let draft = match old {
            Some(old) => State::redraft(&old, &fields, Via::Plain),
            None => state.draft(place, fields, Via::Plain),
        };
        state.keep(&ADJUSTMENT_LINES, draft, reasons).map_err(Problem::Unprocessable)?;
    }
    Ok(())
}

fn drop_lines(state: &mut State, change: i64) {
    let lines: Vec<i64> = state.store.of_parent(Collection::AdjustmentLines, change).map(|line| line.id).collect();
    for line in lines {
        state.store.remove(Collection::AdjustmentLines, line);
    }
}

/// The project, once the company has turned Budget Changes on.
fn writable(state: &State, call: &Call) -> Result<i64, Problem> {
    let project = state.project(call)?.id;
    if state.budget_changes { Ok(project) } else { Err(Problem::Forbidden("Budget Changes are not turned on".to_owned())) }
}

fn found(state: &State, call: &Call) -> Result<Row, Problem> {
    let project = state.project(call)?.id;
    state.of_project(Collection::BudgetChanges, project, call.id("id")).cloned()
}
