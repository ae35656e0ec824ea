//! How do both systems behave on the wire? Procore's standard cost codes, in lists; one list is the ERP connection's.

use super::super::call::Call;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Lock, Rules, Shown};
use super::super::state::State;
use super::super::store::{Collection, Row};
use super::super::write::{Draft, Place, SYNCED};
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::value::{Record, Value};

/// Codes of a list.
pub(crate) static STANDARD_COST_CODES: Rules = Rules {
    collection: Collection::StandardCostCodes,
    schema: Some("procore/standard_cost_codes"),
    required: &["code", "name"],
    lock: Lock::Fields(&["code", "name", "parent_id"]),
    large_is_413: true,
    filters: &["origin_id"],
    sorts: &[],
    views: &[("compact", &["id", "code", "full_code", "name"])],
    settle,
    show,
    ..Rules::USUAL
};

/// The lists themselves.
pub(crate) static LISTS: Rules = Rules {
    collection: Collection::StandardCostCodeLists,
    schema: Some("procore/standard_cost_code_lists"),
    filters: &[],
    sorts: &[],
    ..Rules::USUAL
};

fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    if let Some(id) = draft.row.reference("parent_id") {
        let parent = state.store.alive(Collection::StandardCostCodes, id);
        if parent.is_none_or(|parent| parent.parent != draft.row.parent || parent.id == draft.row.id) {
            reasons.add("parent_id", "is not a code of this list");
        }
    }
}

fn show(state: &State, row: &Row, record: &mut Record, _: Shown) {
    record.set("standard_cost_code_list_id", row.parent.map_or(Value::Null, Value::from));
    record.set("full_code", full_code(state, Collection::StandardCostCodes, row));
}

/// A code with those above it, dashes between; a circle of parents ends the walk.
pub(crate) fn full_code(state: &State, collection: Collection, row: &Row) -> String {
    let (mut code, mut at, mut seen) = (row.value("code").plain(), row.reference("parent_id"), vec![row.id]);
    while let Some(parent) = at.filter(|id| !seen.contains(id)).and_then(|id| state.store.get(collection, id)) {
        code = format!("{}-{code}", parent.value("code").plain());
        seen.push(parent.id);
        at = parent.reference("parent_id");
    }
    code
}

pub(crate) fn lists(state: &mut State, call: &Call) -> Result<Response, Problem> {
    state.company(call)?;
    Ok(state.list(&LISTS, call, state.store.all(Collection::StandardCostCodeLists)))
}

pub(crate) fn show_list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let company = state.company(call)?;
    let row = state.store.get(Collection::StandardCostCodeLists, call.id("id")).ok_or(Problem::NotFound)?;
    let mut record = state.show(&LISTS, row, Shown::Whole);
    record.set("company_id", company);
    Ok(json_answer(200, &record.into()))
}

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let list = named_list(state, call)?;
    Ok(state.list(&STANDARD_COST_CODES, call, state.store.of_parent(Collection::StandardCostCodes, list)))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    named_list(state, call)?;
    let id = found(state, call)?.id;
    Ok(json_answer(200, &state.shown(&STANDARD_COST_CODES, id, Shown::Whole)))
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let parent = Some(named_list(state, call)?);
    state.create(&STANDARD_COST_CODES, call, "standard_cost_code", Place { project: None, parent })
}

pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let old = found(state, call)?;
    state.update(&STANDARD_COST_CODES, call, "standard_cost_code", &old)
}

pub(crate) fn delete(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let old = found(state, call)?;
    if old.origin_id().is_some() {
        return Err(Problem::Unprocessable(Reasons::one("base", SYNCED)));
    }
    let shown = state.shown(&STANDARD_COST_CODES, old.id, Shown::Whole);
    state.store.remove(Collection::StandardCostCodes, old.id);
    Ok(json_answer(200, &shown))
}

pub(crate) fn sync(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let parent = Some(named_list(state, call)?);
    state.sync(&STANDARD_COST_CODES, call, Place { project: None, parent })
}

/// The list that the call names.
pub(crate) fn named_list(state: &State, call: &Call) -> Result<i64, Problem> {
    state.company(call)?;
    let list = call.id_param("standard_cost_code_list_id")?;
    state.store.get(Collection::StandardCostCodeLists, list).map(|row| row.id).ok_or(Problem::NotFound)
}

fn found(state: &State, call: &Call) -> Result<Row, Problem> {
    state.company(call)?;
    state.store.alive(Collection::StandardCostCodes, call.id("id")).cloned().ok_or(Problem::NotFound)
}
