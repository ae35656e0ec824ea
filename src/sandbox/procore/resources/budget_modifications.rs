//! How do both systems behave on the wire? Procore's budget modifications: read-only once Budget Changes are turned on.

use std::collections::HashMap;

use super::super::call::Call;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Lock, Rules, Shown};
use super::super::state::{State, number};
use super::super::store::{Collection, Row};
use super::super::write::{Draft, Place, SYNCED};
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::value::{Decimal, Record, Value};

/// Sums moved from one budget line to another.
pub(crate) static BUDGET_MODIFICATIONS: Rules = Rules {
    collection: Collection::BudgetModifications,
    schema: Some("procore/budget_modifications"),
    required: &["to_budget_line_item_id", "transfer_amount"],
    lock: Lock::Whole,
    filters: &[],
    sorts: &[],
    settle,
    ..Rules::USUAL
};

fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    let project = draft.row.project.unwrap_or_default();
    for name in ["from_budget_line_item_id", "to_budget_line_item_id"] {
        let line = draft.row.reference(name);
        if line.is_some_and(|id| state.of_project(Collection::BudgetLineItems, project, id).is_err()) {
            reasons.add(name, "is not a budget line of this project");
        }
    }
    let open = state.store.get(Collection::Projects, project).is_some_and(|project| project.value("budget_locked") != Value::Bool(true));
    if draft.old.is_none() && open {
        reasons.add("base", "the budget is not locked: change its lines instead");
    }
}

/// Sums moved to and from each budget code.
pub(crate) fn moved(state: &State, project: i64) -> HashMap<i64, Decimal> {
    let mut sums: HashMap<i64, Decimal> = HashMap::new();
    for row in state.store.of_project(Collection::BudgetModifications, project) {
        let amount = number(row, "transfer_amount");
        for (name, amount) in [("from_budget_line_item_id", -amount), ("to_budget_line_item_id", amount)] {
            let line = row.reference(name).and_then(|id| state.store.get(Collection::BudgetLineItems, id));
            if let Some(code) = line.and_then(|line| line.reference("wbs_code_id")) {
                *sums.entry(code).or_default() += amount;
            }
        }
    }
    sums
}

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    Ok(state.list(&BUDGET_MODIFICATIONS, call, state.store.of_project(Collection::BudgetModifications, project)))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let id = found(state, call)?.id;
    Ok(json_answer(200, &state.shown(&BUDGET_MODIFICATIONS, id, Shown::Whole)))
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = writable(state, call)?;
    state.create(&BUDGET_MODIFICATIONS, call, "budget_modification", Place { project: Some(project), parent: None })
}

pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    writable(state, call)?;
    let old = found(state, call)?;
    state.update(&BUDGET_MODIFICATIONS, call, "budget_modification", &old)
}

pub(crate) fn delete(state: &mut State, call: &Call) -> Result<Response, Problem> {
    writable(state, call)?;
    let row = found(state, call)?;
    if row.origin_id().is_some() {
        return Err(Problem::Unprocessable(Reasons::one("base", SYNCED)));
    }
    state.store.remove(Collection::BudgetModifications, row.id);
    Ok(json_answer(200, &Record::from_iter([("id", Value::from(row.id))]).into()))
}

/// The project, unless the company has moved on to Budget Changes (BR-37).
fn writable(state: &State, call: &Call) -> Result<i64, Problem> {
    let project = state.project(call)?.id;
    if state.budget_changes { Err(Problem::Method(vec!["GET"])) } else { Ok(project) }
}

fn found(state: &State, call: &Call) -> Result<Row, Problem> {
    let project = state.project(call)?.id;
    state.of_project(Collection::BudgetModifications, project, call.id("id")).cloned()
}
