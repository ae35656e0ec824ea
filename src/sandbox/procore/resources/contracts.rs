//! How do both systems behave on the wire? Procore's subcontracts: totals from their lines, locked once approved.

use super::super::call::Call;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Lock, Refusal, Rules, Shown};
use super::super::state::{State, currency, money, reference};
use super::super::store::{Collection, Row};
use super::super::write::{Draft, Place, refusal};
use super::lines;
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::schema::Kind;
use crate::value::{Decimal, Record, Value};

/// Subcontracts.
pub(crate) static CONTRACTS: Rules = Rules {
    collection: Collection::WorkOrderContracts,
    schema: Some("procore/work_order_contracts"),
    extra: &[("vendor_id", Kind::Integer), ("invoice_contact_user_ids", Kind::List)],
    lock: Lock::Fields(&["number", "vendor_id", "accounting_method"]),
    refusal: Refusal::Flat,
    filters: &["id", "status", "created_at", "updated_at", "include_deleted", "origin_id"],
    views: &[("compact", &["id", "number", "title", "status", "vendor", "origin_id", "updated_at"])],
    settle,
    show,
    ..Rules::USUAL
};

/// Lines of subcontracts.
pub(crate) static CONTRACT_LINES: Rules = Rules {
    collection: Collection::WorkOrderLines,
    schema: Some("procore/work_order_contracts"),
    lines: Some("line_items"),
    extra: lines::WRITTEN,
    refusal: Refusal::Flat,
    large_is_413: true,
    filters: &["id", "created_at", "updated_at", "cost_code_id", "line_item_type_id"],
    part_of: Some(Collection::WorkOrderContracts),
    settle: settle_line,
    show: |state, row, record, _| lines::show(state, row, record, "WorkOrderContract"),
    ..Rules::USUAL
};

/// Fields of a line that an approved contract leaves open: what the integration writes back.
const OPEN_FIELDS: [&str; 3] = ["origin_id", "origin_data", "wbs_code_id"];

fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    for (field, usual) in [("status", "Draft"), ("accounting_method", "amount")] {
        if draft.row.value(field).is_null() {
            draft.row.fields.set(field, usual);
        }
    }
    let vendor = draft.row.reference("vendor_id");
    if vendor.is_some_and(|id| state.store.alive(Collection::Vendors, id).is_none()) {
        reasons.add("vendor_id", "is not a company of the directory");
    }
    if draft.old.as_ref().is_some_and(is_closed) {
        for field in ["vendor_id", "accounting_method"].into_iter().filter(|field| draft.changes(field)) {
            reasons.add(field, "cannot change once the contract is approved");
        }
    }
}

fn settle_line(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    lines::settle_code(state, draft, reasons);
    lines::settle_amount(draft, reasons);
    let contract = draft.row.parent.and_then(|id| state.store.get(Collection::WorkOrderContracts, id));
    let closed = contract.is_some_and(is_closed);
    if closed && (draft.old.is_none() || draft.changed().iter().any(|name| !OPEN_FIELDS.contains(name))) {
        reasons.add("base", "the schedule of values cannot change once the contract is approved");
    }
    lines::settle_position(state, Collection::WorkOrderLines, draft);
}

/// Approved and Complete lock company and lines, and forbid deletion (BR-07).
fn is_closed(contract: &Row) -> bool {
    matches!(contract.fields.text("status"), Some("Approved" | "Complete"))
}

fn show(state: &State, row: &Row, record: &mut Record, shown: Shown) {
    let total = money(lines::total(state, Collection::WorkOrderLines, row.id));
    for name in ["grand_total", "revised_contract", "pending_revised_contract", "remaining_balance_outstanding"] {
        record.set(name, total.clone());
    }
    for name in [
        "approved_change_orders",
        "pending_change_orders",
        "draft_change_orders_amount",
        "total_payments",
        "total_requisitions_amount",
        "total_draw_requests_amount",
        "percentage_paid",
    ] {
        record.set(name, money(Decimal::ZERO));
    }
    record.remove("vendor_id");
    let vendor = row.reference("vendor_id").and_then(|id| state.store.get(Collection::Vendors, id));
    record.set("vendor", vendor.map_or(Value::Null, |vendor| contract_company(vendor, shown)));
    record.set("project", state.project_ref(row.project));
    record.set("currency_configuration", currency());
    record.set("requisitions_are_enabled", true);
    record.set("show_line_items_to_non_admins", false);
    if shown == Shown::Whole {
        let lines = lines::of(state, Collection::WorkOrderLines, row.id).into_iter();
        record.set("line_items", lines.map(|line| state.show(&CONTRACT_LINES, line, Shown::Listed).into()).collect::<Vec<Value>>());
    }
}

/// Only the whole contract tells the external id of its company.
fn contract_company(vendor: &Row, shown: Shown) -> Value {
    let company = reference(vendor.id, "company", vendor.value("name"));
    let Value::Record(mut record) = company else { return company };
    if shown == Shown::Whole {
        record.set("origin_id", vendor.value("origin_id"));
        record.set("origin_data", vendor.value("origin_data"));
    }
    record.into()
}

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    Ok(state.list(&CONTRACTS, call, state.store.of_project(Collection::WorkOrderContracts, project)))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let id = found(state, call, "id")?.id;
    Ok(json_answer(200, &state.shown(&CONTRACTS, id, Shown::Whole)))
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = Some(state.project(call)?.id);
    state.create(&CONTRACTS, call, "work_order_contract", Place { project, parent: None })
}

pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let old = found(state, call, "id")?;
    state.update(&CONTRACTS, call, "work_order_contract", &old)
}

/// Deletes softly: `filters[include_deleted]` still shows it.
pub(crate) fn delete(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let mut row = found(state, call, "id")?;
    if is_closed(&row) || row.origin_id().is_some() {
        return Err(refusal(&CONTRACTS, Reasons::one("base", "a contract that is approved or synced cannot be deleted")));
    }
    (row.deleted_at, row.updated_at) = (Some(state.now), state.now);
    let id = row.id;
    state.store.put(Collection::WorkOrderContracts, row);
    Ok(json_answer(200, &state.shown(&CONTRACTS, id, Shown::Listed)))
}

pub(crate) fn sync(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = Some(state.project(call)?.id);
    state.sync(&CONTRACTS, call, Place { project, parent: None })
}

pub(crate) fn list_lines(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let contract = found(state, call, "contract_id")?.id;
    Ok(state.list(&CONTRACT_LINES, call, lines::of(state, Collection::WorkOrderLines, contract).into_iter()))
}

pub(crate) fn show_line(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let contract = found(state, call, "contract_id")?.id;
    let line = lines::found(state, Collection::WorkOrderLines, contract, call.id("id"))?;
    Ok(json_answer(200, &state.shown(&CONTRACT_LINES, line.id, Shown::Whole)))
}

pub(crate) fn create_line(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let contract = found(state, call, "contract_id")?;
    state.create(&CONTRACT_LINES, call, "line_item", Place { project: contract.project, parent: Some(contract.id) })
}

pub(crate) fn update_line(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let contract = found(state, call, "contract_id")?.id;
    let line = lines::found(state, Collection::WorkOrderLines, contract, call.id("id"))?;
    state.update(&CONTRACT_LINES, call, "line_item", &line)
}

pub(crate) fn delete_line(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let contract = found(state, call, "contract_id")?;
    let line = lines::found(state, Collection::WorkOrderLines, contract.id, call.id("id"))?;
    if is_closed(&contract) || line.origin_id().is_some() {
        return Err(refusal(&CONTRACT_LINES, Reasons::one("base", "a line that is approved or synced cannot be deleted")));
    }
    state.store.remove(Collection::WorkOrderLines, line.id);
    state.touch(Some(Collection::WorkOrderContracts), Some(contract.id));
    Ok(json_answer(200, &Record::from_iter([("id", Value::from(line.id))]).into()))
}

pub(crate) fn sync_lines(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let contract = found(state, call, "contract_id")?;
    state.sync(&CONTRACT_LINES, call, Place { project: contract.project, parent: Some(contract.id) })
}

fn found(state: &State, call: &Call, id: &str) -> Result<Row, Problem> {
    let project = state.project(call)?.id;
    state.of_project(Collection::WorkOrderContracts, project, call.id(id)).cloned()
}
