//! How do both systems behave on the wire? Procore's subcontractor invoices: two lists of lines, and locked once synced.

use super::super::call::{Call, missing, sent_id};
use super::super::fields::Via;
use super::super::list::list_of;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Lock, Refusal, Rules, Shown};
use super::super::state::{State, cents};
use super::super::store::{Collection, Row, whole};
use super::super::write::{Draft, SYNCED, refusal};
use super::{contracts, invoice_lines, requisition_items};
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::schema::Kind as FieldKind;
use crate::value::{Decimal, Record, Value};

/// Invoices against commitments.
pub(crate) static REQUISITIONS: Rules = Rules {
    collection: Collection::Requisitions,
    schema: Some("procore/requisitions"),
    extra: &[
        ("period_id", FieldKind::Integer),
        ("requisition_start", FieldKind::Date),
        ("requisition_end", FieldKind::Date),
        ("billing_date", FieldKind::Date),
        ("payment_date", FieldKind::Date),
        ("submitted_at", FieldKind::Date),
        ("final", FieldKind::Boolean),
        ("invoice_number", FieldKind::Text),
        ("status", FieldKind::Text),
    ],
    beside: &["commitment_id"],
    lock: Lock::Whole,
    refusal: Refusal::Conflict,
    filters: &["id", "commitment_id", "period_id", "status", "created_at", "updated_at", "origin_id"],
    on_request: Some(("items", &["items", "item_packages"])),
    page: 30,
    settle,
    show,
    ..Rules::USUAL
};

const STATUSES: [&str; 6] = ["draft", "under_review", "revise_and_resubmit", "approved", "approved_as_noted", "pending_owner_approval"];

fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    if !STATUSES.contains(&draft.row.fields.text("status").unwrap_or_default()) {
        reasons.add("status", "is not included in the list");
    }
    let content = draft.changed().iter().any(|name| !name.starts_with("origin_"));
    if content && !draft.was_synced() && !is_open(state, &draft.row) {
        reasons.add("base", "only the latest invoice of an open billing period can change");
    }
}

/// Whether it is the latest of its commitment, in a period that is still open (BR-57).
pub(crate) fn is_open(state: &State, row: &Row) -> bool {
    let period = row.reference("period_id").and_then(|id| state.store.get(Collection::BillingPeriods, id));
    let all = state.store.of_parent(Collection::Requisitions, row.parent.unwrap_or_default()).filter(|row| row.deleted_at.is_none());
    let last = all.filter_map(|row| row.reference("number")).max();
    row.reference("number") == last && period.is_some_and(|period| period.fields.text("status") == Some("open"))
}

/// What has been invoiced against a commitment.
pub(crate) fn billed(state: &State, commitment: i64) -> Decimal {
    let invoices = state.store.of_parent(Collection::Requisitions, commitment).filter(|row| row.deleted_at.is_none());
    invoices.map(|row| invoice_lines::due(&invoice_lines::of(state, Collection::RequisitionItems, row.id))).sum()
}

fn show(state: &State, row: &Row, record: &mut Record, _: Shown) {
    let lines = invoice_lines::of(state, Collection::RequisitionItems, row.id);
    let mut summary = invoice_lines::sums(&lines, requisition_items::is_change);
    let stored: Decimal = lines.iter().map(|(_, item)| item.stored_now).sum();
    summary.set("new_materials", cents(stored));
    summary.set("stored_materials", cents(stored));
    let (to_date, scheduled): (Decimal, Decimal) =
        (lines.iter().map(|(_, item)| item.to_date()).sum(), lines.iter().map(|(_, item)| item.scheduled).sum());
    let contract = row.parent.and_then(|id| contracts::contract(state, id));
    let vendor = contract.and_then(|contract| contract.reference("vendor_id"));
    let name = vendor.and_then(|id| state.store.get(Collection::Vendors, id)).map(|vendor| vendor.value("name"));
    let synced = row.origin_id().is_some();
    for (field, value) in [
        ("project_id", row.project.map_or(Value::Null, Value::from)),
        ("contract_name", contract.map(|contract| contract.value("title")).unwrap_or_default()),
        ("vendor_id", vendor.map_or(Value::Null, Value::from)),
        ("vendor_name", name.unwrap_or_default()),
        ("deletable", (!synced && is_open(state, row)).into()),
        ("erp_status", if synced { "synced" } else { "not_in_erp" }.into()),
        ("percent_complete", Value::text(format!("{}%", invoice_lines::done(to_date, scheduled)))),
        ("total_claimed_amount", cents(lines.iter().map(|(_, item)| item.work).sum())),
        ("summary", summary.into()),
        ("custom_fields", Record::new().into()),
        ("currency_configuration", Record::from_iter([("currency_iso_code", "USD"), ("base_currency_iso_code", "USD")]).into()),
    ] {
        record.set(field, value);
    }
    let contract_lines = lines.iter().filter(|(row, _)| !requisition_items::is_change(row));
    let items = contract_lines.map(|(row, item)| requisition_items::contract_item(state, row, item).into());
    record.set("items", items.collect::<Vec<Value>>());
    record.set("item_packages", requisition_items::packages(state, &lines));
}

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    Ok(state.list(&REQUISITIONS, call, state.store.of_project(Collection::Requisitions, project)))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let row = found(state, call, "id")?;
    Ok(json_answer(200, &state.viewed(&REQUISITIONS, call, state.show(&REQUISITIONS, &row, Shown::Whole)).into()))
}

/// Changes an invoice and the items that are named. Project and commitment stand beside it in the body.
pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let old = found(state, call, "id")?;
    let commitment = call.body.at("commitment_id").and_then(whole).ok_or_else(|| missing("commitment_id"))?;
    if old.parent != Some(commitment) {
        return Err(Problem::NotFound);
    }
    let mut header = call.item("requisition")?.clone();
    let items = header.remove("items").unwrap_or_default();
    let (fields, mut reasons) = state.read_plain(&REQUISITIONS, &header)?;
    let items: Vec<&Record> = items.as_list().unwrap_or_default().iter().filter_map(Value::as_record).collect();
    if !items.is_empty() && old.origin_id().is_some() {
        reasons.add("base", SYNCED);
    } else if !items.is_empty() && !is_open(state, &old) {
        reasons.add("base", "only the latest invoice of an open billing period can change");
    }
    let changed = items.into_iter().map(|item| {
        let id = sent_id(item, "id").ok_or_else(|| missing("items[].id"))?;
        requisition_items::changed(state, old.id, id, item)
    });
    let changed = changed.collect::<Result<Vec<Row>, Problem>>()?;
    let draft = State::redraft(&old, &fields, Via::Plain);
    state.keep(&REQUISITIONS, draft, reasons).map_err(|reasons| refusal(&REQUISITIONS, reasons))?;
    if !changed.is_empty() {
        changed.into_iter().for_each(|item| state.store.put(Collection::RequisitionItems, item));
        state.touch(Some(Collection::Requisitions), Some(old.id));
    }
    let row = state.store.get(Collection::Requisitions, old.id).cloned().unwrap_or(old);
    Ok(json_answer(200, &state.viewed(&REQUISITIONS, call, state.show(&REQUISITIONS, &row, Shown::Whole)).into()))
}

pub(crate) fn delete(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let row = found(state, call, "id")?;
    if row.origin_id().is_some() || !is_open(state, &row) {
        let reason = if row.origin_id().is_some() { SYNCED } else { "only the latest invoice of an open billing period can be deleted" };
        return Err(Problem::Unprocessable(Reasons::one("base", reason)));
    }
    let lines: Vec<i64> = state.store.of_parent(Collection::RequisitionItems, row.id).map(|line| line.id).collect();
    for line in lines {
        state.store.remove(Collection::RequisitionItems, line);
    }
    state.store.remove(Collection::Requisitions, row.id);
    Ok(json_answer(200, &Record::from_iter([("id", Value::from(row.id))]).into()))
}

pub(crate) fn list_contract_items(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let invoice = found(state, call, "requisition_id")?.id;
    let lines = invoice_lines::of(state, Collection::RequisitionItems, invoice);
    let lines = lines.iter().filter(|(row, _)| !requisition_items::is_change(row));
    let shown: Vec<Record> = lines.map(|(row, item)| requisition_items::contract_item(state, row, item)).collect();
    Ok(list_of(call, &shown, 100))
}

pub(crate) fn list_change_order_items(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let invoice = found(state, call, "requisition_id")?.id;
    let lines = invoice_lines::of(state, Collection::RequisitionItems, invoice);
    let lines = lines.iter().filter(|(row, _)| requisition_items::is_change(row));
    let shown: Vec<Record> = lines.map(|(row, item)| requisition_items::change_item(state, row, item)).collect();
    Ok(list_of(call, &shown, 100))
}

fn found(state: &State, call: &Call, id: &str) -> Result<Row, Problem> {
    let project = state.project(call)?.id;
    state.of_project(Collection::Requisitions, project, call.id(id)).cloned()
}
