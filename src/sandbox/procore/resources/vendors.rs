//! How do both systems behave on the wire? Procore's directory: companies by unique name, active and inactive apart.

use super::super::call::Call;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Lock, Rules};
use super::super::state::{State, reference};
use super::super::store::{Collection, Row};
use super::super::write::{Draft, Place};
use crate::connector::Response;
use crate::sandbox::procore::rules::Shown;
use crate::sandbox::wire::json_answer;
use crate::schema::Kind;
use crate::value::{Record, Value};

/// Companies of the directory.
pub(crate) static VENDORS: Rules = Rules {
    collection: Collection::Vendors,
    schema: Some("procore/vendors"),
    extra: &[
        ("vendor_group_id", Kind::Integer),
        ("parent_id", Kind::Integer),
        ("primary_contact_id", Kind::Integer),
        ("trade_ids", Kind::List),
        ("bidding_distribution_ids", Kind::List),
        ("standard_cost_code_ids", Kind::List),
        ("business_register_attributes", Kind::Anything),
        ("origin_custom_fields", Kind::Anything),
    ],
    required: &["name"],
    // Billing data comes from accounting once the two are linked (BR-07, BR-19).
    lock: Lock::Fields(&["name", "address", "city", "state_code", "zip"]),
    filters: &["id", "origin_id", "created_at", "updated_at", "search", "parent_id"],
    sorts: &["id", "name", "created_at", "updated_at"],
    views: &[("compact", &["id", "name"])],
    settle,
    show,
    ..Rules::USUAL
};

fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    if draft.row.value("is_active").is_null() {
        draft.row.fields.set("is_active", true);
    }
    let parent = draft.row.reference("parent_id");
    if parent.is_some_and(|id| id == draft.row.id || state.store.alive(Collection::Vendors, id).is_none()) {
        reasons.add("parent_id", "is invalid");
    }
}

fn show(state: &State, row: &Row, record: &mut Record, _: Shown) {
    record.set("synced_to_erp", row.origin_id().is_some());
    record.set("company_vendor", true);
    for field in ["vendor_group", "primary_contact"] {
        let id = record.remove(&format!("{field}_id")).filter(|id| !id.is_null());
        record.set(field, id.map_or(Value::Null, |id| Record::from_iter([("id", id)]).into()));
    }
    record.remove("parent_id");
    let parent = row.reference("parent_id").and_then(|id| state.store.get(Collection::Vendors, id));
    record.set("parent", parent.map_or(Value::Null, |parent| reference(parent.id, "name", parent.value("name"))));
}

fn is_active(row: &&Row) -> bool {
    row.value("is_active") != Value::Bool(false)
}

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    state.company(call)?;
    Ok(state.list(&VENDORS, call, state.store.all(Collection::Vendors).filter(is_active)))
}

pub(crate) fn list_inactive(state: &mut State, call: &Call) -> Result<Response, Problem> {
    state.company(call)?;
    Ok(state.list(&VENDORS, call, state.store.all(Collection::Vendors).filter(|row| !is_active(row))))
}

/// Takes an inactive company back into the directory.
pub(crate) fn reactivate(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let mut row = found(state, call)?;
    if is_active(&&row) {
        return Err(Problem::NotFound);
    }
    row.fields.set("is_active", true);
    row.updated_at = state.now;
    let id = row.id;
    state.store.put(Collection::Vendors, row);
    Ok(json_answer(200, &state.shown(&VENDORS, id, Shown::Whole)))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let id = found(state, call)?.id;
    Ok(json_answer(200, &state.shown(&VENDORS, id, Shown::Whole)))
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Response, Problem> {
    state.company(call)?;
    state.create(&VENDORS, call, "vendor", Place::default())
}

pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let old = found(state, call)?;
    state.update(&VENDORS, call, "vendor", &old)
}

pub(crate) fn sync(state: &mut State, call: &Call) -> Result<Response, Problem> {
    state.company(call)?;
    state.sync(&VENDORS, call, Place::default())
}

fn found(state: &State, call: &Call) -> Result<Row, Problem> {
    state.company(call)?;
    state.store.alive(Collection::Vendors, call.id("id")).cloned().ok_or(Problem::NotFound)
}
