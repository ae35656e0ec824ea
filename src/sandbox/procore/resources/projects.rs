//! How do both systems behave on the wire? Procore's projects: two names for each date, and the mark of an ERP project.

use super::super::call::Call;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Lock, Rules, Shown};
use super::super::state::State;
use super::super::store::{Collection, Row};
use super::super::write::{Draft, Place};
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::schema::Kind;
use crate::value::{Record, Value};

/// Projects.
pub(crate) static PROJECTS: Rules = Rules {
    collection: Collection::Projects,
    schema: Some("procore/projects"),
    extra: &[
        ("erp_integrated", Kind::Boolean),
        ("fax", Kind::Text),
        ("locale", Kind::Text),
        ("image_id", Kind::Integer),
        ("office_id", Kind::Integer),
        ("program_id", Kind::Integer),
        ("project_stage_id", Kind::Integer),
        ("project_bid_type_id", Kind::Integer),
        ("project_type_id", Kind::Integer),
        ("project_owner_type_id", Kind::Integer),
        ("project_region_id", Kind::Integer),
        ("project_template_id", Kind::Integer),
        ("project_sector_id", Kind::Integer),
        ("department_ids", Kind::List),
        ("work_scope", Kind::Text),
        ("delivery_method", Kind::Text),
    ],
    plain_only: &["origin_code", "erp_integrated", "standard_cost_code_list_id", "county", "fax", "locale", "parent_job_id"],
    required: &["name"],
    lock: Lock::Fields(&["project_number"]),
    filters: &["id", "origin_id", "created_at", "updated_at", "by_status", "name", "project_number", "synced"],
    sorts: &["id", "name", "created_at", "updated_at"],
    views: &[
        ("ids", &["id"]),
        ("compact", &["id", "name", "display_name", "project_number", "address", "city", "state_code", "zip", "active", "origin_id"]),
    ],
    settle,
    show,
    ..Rules::USUAL
};

/// Each pair holds one value under two names.
const TWINS: [(&str, &str); 2] = [("start_date", "estimated_start_date"), ("completion_date", "estimated_completion_date")];

fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    if draft.row.value("active").is_null() {
        draft.row.fields.set("active", true);
    }
    for (one, other) in TWINS {
        let from = if draft.changes(other) && !draft.changes(one) { other } else { one };
        let value = draft.row.value(from);
        draft.row.fields.set(one, value.clone());
        draft.row.fields.set(other, value);
    }
    let list = draft.row.reference("standard_cost_code_list_id");
    if list.is_some_and(|id| state.store.get(Collection::StandardCostCodeLists, id).is_none()) {
        reasons.add("standard_cost_code_list_id", "is invalid");
    }
}

fn show(state: &State, row: &Row, record: &mut Record, _: Shown) {
    let (number, name) = (row.value("project_number").plain(), row.value("name").plain());
    record.set("display_name", if number.is_empty() { name } else { format!("{number} - {name}") });
    record.set("is_erp_integrated", is_erp_integrated(row));
    record.set("company", state.company_ref());
    record.remove("erp_integrated");
    record.remove("budget_locked");
    record.remove("change_order_tiers");
}

/// Whether a project is linked to an ERP: it carries an external id, or somebody has switched the mark on.
pub(crate) fn is_erp_integrated(row: &Row) -> bool {
    row.origin_id().is_some() || row.value("erp_integrated") == Value::Bool(true)
}

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    state.company(call)?;
    Ok(state.list(&PROJECTS, call, state.store.all(Collection::Projects)))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let row = found(state, call)?;
    if call.target.query("view") == Some("minimal") {
        let minimal = Record::from_iter([("id", Value::from(row.id)), ("name", row.value("name"))]);
        return Ok(json_answer(200, &minimal.into()));
    }
    Ok(json_answer(200, &state.shown(&PROJECTS, row.id, Shown::Whole)))
}

pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let old = found(state, call)?;
    state.update(&PROJECTS, call, "project", &old)
}

pub(crate) fn sync(state: &mut State, call: &Call) -> Result<Response, Problem> {
    state.company(call)?;
    state.sync(&PROJECTS, call, Place::default())
}

fn found(state: &State, call: &Call) -> Result<Row, Problem> {
    state.company(call)?;
    state.store.alive(Collection::Projects, call.id("id")).cloned().ok_or(Problem::NotFound)
}
