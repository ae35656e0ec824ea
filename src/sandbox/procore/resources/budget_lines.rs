//! How do both systems behave on the wire? Procore's budget lines and the lock of a budget.

use super::super::call::{Call, sent_id};
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Rules, Shown};
use super::super::state::State;
use super::super::store::{Collection, Row};
use super::super::sync::bulk_rows;
use super::super::write::{Draft, Place};
use super::{budget_changes, budget_modifications, wbs_codes};
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::schema::Kind as FieldKind;
use crate::value::{Decimal, Record, Value, round_half_up};

/// Original budget by budget code; v1.1 keys it by the code, in numbers.
pub(crate) static BUDGET_LINE_ITEMS: Rules = Rules {
    collection: Collection::BudgetLineItems,
    schema: Some("procore/budget_line_items"),
    extra: &[("wbs_code_id", FieldKind::Integer)],
    required: &["wbs_code_id"],
    numbers: true,
    settle,
    show,
    ..Rules::USUAL
};

/// A locked budget takes a line at nothing (BR-36), and no other amounts.
fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    let project = draft.row.project.unwrap_or_default();
    let code = draft.row.reference("wbs_code_id");
    if code.is_some_and(|id| state.of_project(Collection::WbsCodes, project, id).is_err()) {
        reasons.add("wbs_code_id", "is not a budget code of this project");
    }
    if draft.row.value("calculation_strategy").is_null() {
        draft.row.fields.set("calculation_strategy", "manual");
    }
    if draft.row.fields.text("calculation_strategy") == Some("automatic")
        && let (Value::Number(quantity), Value::Number(cost)) = (draft.row.value("quantity"), draft.row.value("unit_cost"))
    {
        draft.row.fields.set("original_budget_amount", round_half_up(quantity * cost, 2));
    }
    if draft.row.value("original_budget_amount").is_null() {
        draft.row.fields.set("original_budget_amount", Decimal::ZERO);
    }
    let before = draft.old.as_ref().map(|old| old.value("original_budget_amount")).unwrap_or(Value::Number(Decimal::ZERO));
    let amount = draft.row.value("original_budget_amount");
    let same = matches!((&before, &amount), (Value::Number(before), Value::Number(amount)) if before == amount);
    if is_locked(state, project) && !same {
        reasons.add("base", "the budget is locked; change it by a budget modification or budget change");
    }
}

fn show(state: &State, row: &Row, record: &mut Record, _: Shown) {
    record.remove("wbs_code_id");
    record.set("wbs_code", wbs_codes::in_line(state, row.reference("wbs_code_id")));
    record.set("currency_configuration", Record::from_iter([("currency_iso_code", "USD")]));
    if record.get("calculation_strategy").is_none_or(Value::is_null) {
        record.set("calculation_strategy", "manual");
    }
}

fn is_locked(state: &State, project: i64) -> bool {
    state.store.get(Collection::Projects, project).is_some_and(|project| project.value("budget_locked") == Value::Bool(true))
}

pub(crate) fn show_budget(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    Ok(json_answer(200, &Record::from_iter([("locked", is_locked(state, project))]).into()))
}

pub(crate) fn lock(state: &mut State, call: &Call) -> Result<Response, Problem> {
    set_locked(state, call, true, 201)
}

/// A budget within which something was moved does not open again (BR-30).
pub(crate) fn unlock(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    let moved = if state.budget_changes { budget_changes::moved(state, project) } else { budget_modifications::moved(state, project) };
    if !moved.is_empty() {
        return Err(Problem::Unprocessable(Reasons::one("base", "a budget with modifications cannot be unlocked")));
    }
    set_locked(state, call, false, 200)
}

fn set_locked(state: &mut State, call: &Call, locked: bool, status: u16) -> Result<Response, Problem> {
    let mut project = state.project(call)?.clone();
    project.fields.set("budget_locked", locked);
    state.store.put(Collection::Projects, project);
    Ok(json_answer(status, &Record::from_iter([("locked", locked)]).into()))
}

pub(crate) fn show_line(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let id = found(state, call)?.id;
    Ok(json_answer(200, &state.shown(&BUDGET_LINE_ITEMS, id, Shown::Whole)))
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = Some(state.project(call)?.id);
    state.create(&BUDGET_LINE_ITEMS, call, "budget_line_item", Place { project, parent: None })
}

/// The older version names the parts of the budget code.
pub(crate) fn create_by_codes(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let call = by_budget_code(state, call)?;
    create(state, &call)
}

pub(crate) fn update_by_codes(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let call = by_budget_code(state, call)?;
    update(state, &call)
}

/// The call as the newer version has it; the budget code is made where the project has it not.
fn by_budget_code(state: &mut State, call: &Call) -> Result<Call, Problem> {
    let project = state.project(call)?.id;
    let mut line = call.item("budget_line_item")?.clone();
    let pair = sent_id(&line, "cost_code_id").zip(sent_id(&line, "line_item_type_id"));
    if let Some((code, kind)) = pair {
        let known =
            state.of_project(Collection::CostCodes, project, code).is_ok() && state.store.alive(Collection::LineItemTypes, kind).is_some();
        if !known {
            return Err(Problem::Unprocessable(Reasons::one("cost_code_id", "must name a cost code of this project and a cost type")));
        }
        line.set("wbs_code_id", Value::from(wbs_codes::of_pair(state, project, code, kind)));
    }
    line.remove("cost_code_id");
    line.remove("line_item_type_id");
    let mut call = call.clone();
    if let Value::Record(body) = &mut call.body {
        body.set("budget_line_item", line);
    }
    Ok(call)
}

pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let old = found(state, call)?;
    state.update(&BUDGET_LINE_ITEMS, call, "budget_line_item", &old)
}

/// Upserts by budget code and answers a bare array; what becomes of a bad row is not told, so the whole call is refused.
pub(crate) fn sync(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    let rows = bulk_rows(&BUDGET_LINE_ITEMS, call, "budget_line_items")?;
    let mut shown = Vec::new();
    for row in rows {
        let (fields, reasons) = state.read_plain(&BUDGET_LINE_ITEMS, row)?;
        let code = fields.get("wbs_code_id").map(Value::plain).unwrap_or_default();
        let known = state.store.by_key(Collection::BudgetLineItems, &code).next().cloned();
        let draft = match known {
            Some(old) => State::redraft(&old, &fields, super::super::fields::Via::Plain),
            None => state.draft(Place { project: Some(project), parent: None }, fields, super::super::fields::Via::Plain),
        };
        let id = state.keep(&BUDGET_LINE_ITEMS, draft, reasons).map_err(Problem::Unprocessable)?;
        shown.push(state.shown(&BUDGET_LINE_ITEMS, id, Shown::Whole));
    }
    Ok(json_answer(200, &Value::List(shown)))
}

fn found(state: &State, call: &Call) -> Result<Row, Problem> {
    let project = state.project(call)?.id;
    state.of_project(Collection::BudgetLineItems, project, call.id("id")).cloned()
}
