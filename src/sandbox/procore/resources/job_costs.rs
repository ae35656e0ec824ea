//! How do both systems behave on the wire? Job cost figures that an ERP tells Procore, one row per cost code and cost type.

use super::super::call::{Call, missing};
use super::super::fields::Via;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Rules, Shown};
use super::super::state::State;
use super::super::store::{Collection, Row};
use super::super::sync::{bulk_answer, bulk_rows};
use super::super::write::{Draft, Place};
use super::wbs_codes;
use crate::connector::Response;
use crate::value::{Decimal, Record, Value};

/// Job cost figures. There is no list of them: the budget shows what they come to.
pub(crate) static JOB_COSTS: Rules = Rules {
    collection: Collection::ErpJobCosts,
    schema: Some("procore/erp_job_costs"),
    required: &["cost_code_id", "line_item_type_id"],
    numbers: true,
    settle,
    ..Rules::USUAL
};

fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    let project = draft.row.project.unwrap_or_default();
    let cost_code = draft.row.reference("cost_code_id").filter(|id| state.of_project(Collection::CostCodes, project, *id).is_ok());
    let cost_type = draft.row.reference("line_item_type_id").filter(|id| state.store.alive(Collection::LineItemTypes, *id).is_some());
    if cost_code.is_none() {
        reasons.add("cost_code_id", "is not a cost code of this project");
    }
    if cost_type.is_none() {
        reasons.add("line_item_type_id", "is not a cost type of this company");
    }
    // The budget shows a pair that was not budgeted, at nothing (BR-36).
    if let Some((cost_code, cost_type)) = cost_code.zip(cost_type) {
        wbs_codes::of_pair(state, project, cost_code, cost_type);
    }
}

/// Upserts by cost code and cost type; the project is named by its external id.
pub(crate) fn sync(state: &mut State, call: &Call) -> Result<Response, Problem> {
    state.company(call)?;
    let job = call.param("job_origin_id").ok_or_else(|| missing("job_origin_id"))?;
    let project = state.store.by_origin(Collection::Projects, &job).map(|row| row.id);
    let project = project.ok_or_else(|| Problem::Unprocessable(Reasons::one("job_origin_id", "is not a synced project")))?;
    let rows = bulk_rows(&JOB_COSTS, call, "updates")?;
    Ok(bulk_answer(&rows, |row| {
        let (fields, reasons) = state.book.read(&JOB_COSTS, row, Via::Sync).unwrap_or_default();
        let place = Place { project: Some(project), parent: None };
        let draft = match of_pair(state, project, &fields).cloned() {
            Some(old) => State::redraft(&old, &fields, Via::Sync),
            None => state.draft(place, fields, Via::Sync),
        };
        let id = state.keep(&JOB_COSTS, draft, reasons)?;
        Ok(state.shown(&JOB_COSTS, id, Shown::Listed))
    }))
}

/// The figures of a pair, from fields that name it.
pub(crate) fn of_pair<'a>(state: &'a State, project: i64, pair: &Record) -> Option<&'a Row> {
    let mut wanted = Row::new(0, state.now, pair.clone());
    wanted.project = Some(project);
    let key = Collection::ErpJobCosts.key(&wanted)?;
    state.store.by_key(Collection::ErpJobCosts, &key).next()
}

/// A figure of a row; absent is zero.
pub(crate) fn figure(row: Option<&Row>, name: &str) -> Decimal {
    match row.map(|row| row.value(name)) {
        Some(Value::Number(number)) => number,
        _ => Decimal::ZERO,
    }
}
