//! How do both systems behave on the wire? Procore's cost types: written with `csv_import_code`, read with `code`.

use super::super::call::Call;
use super::super::problem::Problem;
use super::super::rules::{Lock, Rules, Shown};
use super::super::state::State;
use super::super::store::{Collection, Row};
use super::super::write::Place;
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::value::{Record, Value};

/// Cost types.
pub(crate) static LINE_ITEM_TYPES: Rules = Rules {
    collection: Collection::LineItemTypes,
    schema: Some("procore/line_item_types"),
    renamed: &[("csv_import_code", "code")],
    required: &["code", "name", "base_type"],
    lock: Lock::Fields(&["code", "name", "base_type"]),
    filters: &["origin_id"],
    sorts: &[],
    ..Rules::USUAL
};

/// A cost type as it stands in a line.
pub(crate) fn in_line(state: &State, id: Option<i64>) -> Value {
    let Some(row) = id.and_then(|id| state.store.get(Collection::LineItemTypes, id)) else { return Value::Null };
    let mut record = Record::from_iter([("id", Value::from(row.id))]);
    for name in ["name", "code", "base_type", "origin_data", "origin_id"] {
        record.set(name, row.value(name));
    }
    record.into()
}

/// Wants the company or a project, as the list serves both.
pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    match call.param("project_id") {
        Some(_) => state.project(call).map(|_| ())?,
        None => state.company(call).map(|_| ())?,
    }
    Ok(state.list(&LINE_ITEM_TYPES, call, state.store.all(Collection::LineItemTypes)))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let id = found(state, call)?.id;
    Ok(json_answer(200, &state.shown(&LINE_ITEM_TYPES, id, Shown::Whole)))
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Response, Problem> {
    state.company(call)?;
    state.create(&LINE_ITEM_TYPES, call, "line_item_type", Place::default())
}

pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let old = found(state, call)?;
    state.update(&LINE_ITEM_TYPES, call, "line_item_type", &old)
}

pub(crate) fn sync(state: &mut State, call: &Call) -> Result<Response, Problem> {
    state.company(call)?;
    state.sync(&LINE_ITEM_TYPES, call, Place::default())
}

fn found(state: &State, call: &Call) -> Result<Row, Problem> {
    state.company(call)?;
    state.store.alive(Collection::LineItemTypes, call.id("id")).cloned().ok_or(Problem::NotFound)
}
