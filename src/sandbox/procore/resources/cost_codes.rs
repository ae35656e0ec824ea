//! How do both systems behave on the wire? Procore's cost codes of a project; on an ERP project only `sync` writes them.

use super::super::call::Call;
use super::super::fields::Via;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Lock, Rules, Shown};
use super::super::state::State;
use super::super::store::{Collection, Row};
use super::super::write::{Draft, Place};
use super::line_item_types::LINE_ITEM_TYPES;
use super::standard_cost_codes::full_code;
use super::sub_jobs;
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::schema::Kind;
use crate::value::{Record, Value};

/// Codes of a project.
pub(crate) static COST_CODES: Rules = Rules {
    collection: Collection::CostCodes,
    schema: Some("procore/cost_codes"),
    extra: &[("parent_id", Kind::Integer)],
    beside: &["sub_job_id"],
    required: &["code", "name"],
    lock: Lock::Fields(&["code", "name", "parent_id"]),
    filters: &["id", "origin_id"],
    sorts: &[],
    views: &[(
        "erp_compact",
        &["id", "code", "full_code", "name", "biller_type", "biller_id", "origin_id", "origin_data", "line_item_types"],
    )],
    settle,
    show,
    ..Rules::USUAL
};

fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    if let Some(id) = draft.row.reference("parent_id") {
        let parent = state.store.alive(Collection::CostCodes, id);
        if parent.is_none_or(|parent| parent.project != draft.row.project || parent.id == draft.row.id) {
            reasons.add("parent_id", "is not a code of this project");
        }
    }
    let standard = draft.row.reference("standard_cost_code_id");
    if standard.is_some_and(|id| state.store.alive(Collection::StandardCostCodes, id).is_none()) {
        reasons.add("standard_cost_code_id", "is invalid");
    }
}

fn show(state: &State, row: &Row, record: &mut Record, _: Shown) {
    let project = row.project.unwrap_or_default();
    dress(state, row, record);
    let codes = state.store.of_project(Collection::WbsCodes, project).filter(|code| code.reference("cost_code_id") == Some(row.id));
    let types: Vec<&Row> = codes
        .filter_map(|code| code.reference("line_item_type_id"))
        .filter_map(|id| state.store.get(Collection::LineItemTypes, id))
        .collect();
    record.set("budgeted", !types.is_empty());
    let types = types.into_iter().map(|row| state.show(&LINE_ITEM_TYPES, row, Shown::Listed).into());
    record.set("line_item_types", types.collect::<Vec<Value>>());
}

/// What a cost code shows wherever it stands: code with parents, and whose it is.
fn dress(state: &State, row: &Row, record: &mut Record) {
    let code = full_code(state, Collection::CostCodes, row);
    record.set("sortable_code", code.as_str());
    record.set("full_code", code);
    for (name, value) in biller(state, row) {
        record.set(name, value);
    }
    record.remove("sub_job_id");
    let parent = record.remove("parent_id").filter(|id| !id.is_null());
    record.set("parent", parent.map_or(Value::Null, |id| Record::from_iter([("id", id)]).into()));
}

/// Whose a cost code is: the project's own, or a sub job's.
pub(crate) fn biller(state: &State, code: &Row) -> [(&'static str, Value); 4] {
    let sub_job = sub_jobs::of_code(state, code);
    let owner = sub_job.or_else(|| code.project.and_then(|id| state.store.get(Collection::Projects, id)));
    let of = |field: &str| owner.map(|owner| owner.value(field)).unwrap_or_default();
    [
        ("biller", of("name")),
        ("biller_id", owner.map_or(Value::Null, |owner| owner.id.into())),
        ("biller_type", if sub_job.is_some() { "SubJob" } else { "Project" }.into()),
        ("biller_origin_id", of("origin_id")),
    ]
}

/// A cost code as it stands in a line.
pub(crate) fn in_line(state: &State, id: Option<i64>) -> Value {
    let Some(row) = id.and_then(|id| state.store.get(Collection::CostCodes, id)) else { return Value::Null };
    let mut record = Record::from_iter([("id", Value::from(row.id))]);
    for name in ["code", "name", "origin_id", "origin_data", "standard_cost_code_id"] {
        record.set(name, row.value(name));
    }
    dress(state, row, &mut record);
    record.set("budgeted", true);
    record.into()
}

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    let sub_job = sub_jobs::named(state, call, project)?;
    let codes = state.store.of_project(Collection::CostCodes, project);
    Ok(state.list(&COST_CODES, call, codes.filter(|code| sub_job.is_none() || code.reference("sub_job_id") == sub_job)))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let id = found(state, call)?.id;
    Ok(json_answer(200, &state.shown(&COST_CODES, id, Shown::Whole)))
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = plain_allowed(state, call)?;
    state.create(&COST_CODES, call, "cost_code", Place { project: Some(project), parent: None })
}

pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let old = found(state, call)?;
    plain_allowed(state, call)?;
    state.update(&COST_CODES, call, "cost_code", &old)
}

pub(crate) fn sync(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    let sub_job = sub_jobs::named(state, call, project)?.map_or(Value::Null, Value::from);
    let given = Record::from_iter([("sub_job_id", sub_job)]);
    state.sync_given(&COST_CODES, call, Place { project: Some(project), parent: None }, &given)
}

/// Copies the codes of a standard list that the project has not, and answers those copied.
pub(crate) fn copy_from_standard_list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    let list = call.id_param("standard_cost_code_list_id")?;
    state.store.get(Collection::StandardCostCodeLists, list).ok_or(Problem::NotFound)?;
    let codes: Vec<Row> = state.store.of_parent(Collection::StandardCostCodes, list).cloned().collect();
    let mut made = Vec::new();
    for code in codes {
        let fields = [("code", code.value("code")), ("name", code.value("name")), ("standard_cost_code_id", Value::from(code.id))];
        let draft = state.draft(Place { project: Some(project), parent: None }, Record::from_iter(fields), Via::Sync);
        // A code that is there already stays as it is.
        if let Ok(id) = state.keep(&COST_CODES, draft, Reasons::default()) {
            made.push(state.shown(&COST_CODES, id, Shown::Listed));
        }
    }
    Ok(json_answer(201, &Value::List(made)))
}

/// On a project that is linked to an ERP, plain create and update refuse (section 7).
fn plain_allowed(state: &State, call: &Call) -> Result<i64, Problem> {
    let project = state.project(call)?;
    if super::projects::is_erp_integrated(project) {
        let reason = "cost codes of a project that is synced with an ERP change through sync only";
        return Err(Problem::Unprocessable(Reasons::one("base", reason)));
    }
    Ok(project.id)
}

fn found(state: &State, call: &Call) -> Result<Row, Problem> {
    let project = state.project(call)?.id;
    state.of_project(Collection::CostCodes, project, call.id("id")).cloned()
}
