//! How do both systems behave on the wire? Procore's sub jobs: one that has cost codes stays.

use super::super::call::Call;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Rules, Shown};
use super::super::state::State;
use super::super::store::{Collection, Row};
use super::super::write::{Place, SYNCED};
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::value::{Record, Value};

/// Sub jobs.
pub(crate) static SUB_JOBS: Rules = Rules {
    collection: Collection::SubJobs,
    schema: Some("procore/sub_jobs"),
    required: &["code", "name"],
    filters: &[],
    sorts: &[],
    ..Rules::USUAL
};

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    Ok(state.list(&SUB_JOBS, call, state.store.of_project(Collection::SubJobs, project)))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let id = found(state, call)?.id;
    Ok(json_answer(200, &state.shown(&SUB_JOBS, id, Shown::Whole)))
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = Some(state.project(call)?.id);
    state.create(&SUB_JOBS, call, "sub_job", Place { project, parent: None })
}

pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let old = found(state, call)?;
    state.update(&SUB_JOBS, call, "sub_job", &old)
}

pub(crate) fn sync(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = Some(state.project(call)?.id);
    state.sync(&SUB_JOBS, call, Place { project, parent: None })
}

pub(crate) fn delete(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let row = found(state, call)?;
    let codes = state.store.of_project(Collection::CostCodes, row.project.unwrap_or_default());
    if codes.into_iter().any(|code| code.deleted_at.is_none() && code.reference("sub_job_id") == Some(row.id)) {
        return Err(Problem::Unprocessable(Reasons::one("base", "a sub job that has cost codes cannot be deleted")));
    }
    if row.origin_id().is_some() {
        return Err(Problem::Unprocessable(Reasons::one("base", SYNCED)));
    }
    state.store.remove(Collection::SubJobs, row.id);
    Ok(json_answer(200, &Record::from_iter([("id", Value::from(row.id))]).into()))
}

/// The sub job that a call names beside its project, if it names one.
///
/// # Errors
/// 404 when the project has no such sub job.
pub(crate) fn named(state: &State, call: &Call, project: i64) -> Result<Option<i64>, Problem> {
    let Some(text) = call.param("sub_job_id") else { return Ok(None) };
    let id = text.parse().map_err(|_| Problem::NotFound)?;
    state.of_project(Collection::SubJobs, project, id).map(|row| Some(row.id))
}

/// The sub job that a cost code belongs to.
pub(crate) fn of_code<'a>(state: &'a State, code: &Row) -> Option<&'a Row> {
    code.reference("sub_job_id").and_then(|id| state.store.get(Collection::SubJobs, id))
}

fn found(state: &State, call: &Call) -> Result<Row, Problem> {
    let project = state.project(call)?.id;
    state.of_project(Collection::SubJobs, project, call.id("id")).cloned()
}
