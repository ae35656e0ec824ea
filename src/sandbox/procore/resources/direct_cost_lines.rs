//! How do both systems behave on the wire? Lines of Procore's direct costs, project-wide or of one cost.

use super::super::call::Call;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Refusal, Rules, Shown};
use super::super::state::State;
use super::super::store::{Collection, Row};
use super::super::write::{Draft, Place, SYNCED, refusal};
use super::direct_costs::found;
use super::lines;
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::schema::Kind;
use crate::value::{Record, Value};

/// Lines of direct costs.
pub(crate) static DIRECT_COST_LINES: Rules = Rules {
    collection: Collection::DirectCostLines,
    schema: Some("procore/direct_costs"),
    lines: Some("line_items"),
    extra: EXTRA,
    refusal: Refusal::Conflict,
    filters: &["id", "created_at", "updated_at", "cost_code_id", "line_item_type_id", "direct_cost_id"],
    part_of: Some(Collection::DirectCosts),
    settle,
    show: |state, row, record, _| lines::show(state, row, record, "DirectCost"),
    ..Rules::USUAL
};

const EXTRA: &[(&str, Kind)] = &[
    ("direct_cost_id", Kind::Integer),
    ("cost_code_id", Kind::Integer),
    ("line_item_type_id", Kind::Integer),
    ("wbs_code_id", Kind::Integer),
];

fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    if let Some(id) = draft.row.reference("direct_cost_id") {
        draft.row.parent = Some(id);
    }
    let home = draft.row.parent.and_then(|id| state.store.alive(Collection::DirectCosts, id));
    match home.filter(|home| home.project == draft.row.project) {
        None => reasons.add("direct_cost_id", "is not a direct cost of this project"),
        Some(home) => {
            draft.row.fields.set("direct_cost_id", home.id);
            let left = draft.old.as_ref().and_then(|old| old.parent).and_then(|id| state.store.get(Collection::DirectCosts, id));
            let locked = [Some(home), left].into_iter().flatten().any(|cost| cost.origin_id().is_some());
            if locked && (draft.old.is_none() || !draft.changed().is_empty()) {
                reasons.add("base", format!("the direct cost {SYNCED}"));
            }
        }
    }
    lines::settle_code(state, draft, reasons);
    lines::settle_amount(draft, reasons);
    lines::settle_position(state, Collection::DirectCostLines, draft);
}

/// All lines of a project.
pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    Ok(state.list(&DIRECT_COST_LINES, call, state.store.of_project(Collection::DirectCostLines, project)))
}

pub(crate) fn sync(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = Some(state.project(call)?.id);
    state.sync(&DIRECT_COST_LINES, call, Place { project, parent: None })
}

/// The lines of one direct cost.
pub(crate) fn list_of_cost(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let cost = found(state, call, "direct_cost_id")?.id;
    Ok(state.list(&DIRECT_COST_LINES, call, lines::of(state, Collection::DirectCostLines, cost).into_iter()))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let line = line(state, call)?;
    Ok(json_answer(200, &state.shown(&DIRECT_COST_LINES, line.id, Shown::Whole)))
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let cost = found(state, call, "direct_cost_id")?;
    state.create(&DIRECT_COST_LINES, call, "line_item", Place { project: cost.project, parent: Some(cost.id) })
}

pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let line = line(state, call)?;
    state.update(&DIRECT_COST_LINES, call, "line_item", &line)
}

pub(crate) fn delete(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let cost = found(state, call, "direct_cost_id")?;
    let line = line(state, call)?;
    if cost.origin_id().is_some() {
        return Err(refusal(&DIRECT_COST_LINES, Reasons::one("base", format!("the direct cost {SYNCED}"))));
    }
    state.store.remove(Collection::DirectCostLines, line.id);
    state.touch(Some(Collection::DirectCosts), Some(cost.id));
    Ok(json_answer(200, &Record::from_iter([("id", Value::from(line.id))]).into()))
}

fn line(state: &State, call: &Call) -> Result<Row, Problem> {
    let cost = found(state, call, "direct_cost_id")?.id;
    lines::found(state, Collection::DirectCostLines, cost, call.id("id"))
}
