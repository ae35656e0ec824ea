//! How do both systems behave on the wire? Procore's payments of subcontractor invoices: one contract at a time, and immutable
//! once they carry an external id.

use super::super::call::Call;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Lock, Refusal, Rules, Shown};
use super::super::state::State;
use super::super::store::{Collection, Row};
use super::super::write::{Draft, Place, SYNCED};
use super::contracts;
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::value::{Record, Value};

/// Payments.
pub(crate) static CONTRACT_PAYMENTS: Rules = Rules {
    collection: Collection::ContractPayments,
    schema: Some("procore/contract_payments"),
    beside: &["contract_id"],
    lock: Lock::Whole,
    refusal: Refusal::Conflict,
    filters: &[],
    sorts: &[],
    settle,
    show,
    ..Rules::USUAL
};

fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    let invoice = draft.row.reference("requisition_id").filter(|_| draft.changes("requisition_id"));
    if invoice.is_some_and(|id| state.store.alive(Collection::Requisitions, id).is_none_or(|row| row.parent != draft.row.parent)) {
        reasons.add("requisition_id", "is not an invoice of this contract");
    }
    if draft.row.value("amount").is_null() {
        reasons.add("amount", "can't be blank");
    }
}

fn show(_: &State, row: &Row, record: &mut Record, _: Shown) {
    record.set("contract_id", row.parent.map_or(Value::Null, Value::from));
    record.set("project_id", row.project.map_or(Value::Null, Value::from));
    record.set("status", if row.origin_id().is_some() { "synced" } else { "not_synced" });
    // These are written and never shown.
    ["payment_method", "invoice_date"].iter().for_each(|name| drop(record.remove(name)));
}

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let contract = contract(state, call)?;
    Ok(state.list(&CONTRACT_PAYMENTS, call, state.store.of_parent(Collection::ContractPayments, contract.id)))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let id = found(state, call)?.id;
    Ok(json_answer(200, &state.shown(&CONTRACT_PAYMENTS, id, Shown::Whole)))
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let contract = contract(state, call)?;
    let place = Place { project: contract.project, parent: Some(contract.id) };
    state.create(&CONTRACT_PAYMENTS, call, "contract_payment", place)
}

pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let old = found(state, call)?;
    state.update(&CONTRACT_PAYMENTS, call, "contract_payment", &old)
}

pub(crate) fn delete(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let row = found(state, call)?;
    if row.origin_id().is_some() {
        return Err(Problem::Unprocessable(Reasons::one("base", SYNCED)));
    }
    state.store.remove(Collection::ContractPayments, row.id);
    Ok(json_answer(200, &Record::from_iter([("id", Value::from(row.id))]).into()))
}

/// The contract that the call names beside its project: both are needed.
fn contract(state: &State, call: &Call) -> Result<Row, Problem> {
    let project = state.project(call)?.id;
    let id = call.id_param("contract_id")?;
    let row = contracts::contract(state, id).filter(|row| row.project == Some(project));
    row.filter(|row| state.store.get(Collection::PrimeContracts, row.id).is_none()).cloned().ok_or(Problem::NotFound)
}

fn found(state: &State, call: &Call) -> Result<Row, Problem> {
    let contract = contract(state, call)?;
    let row = state.store.alive(Collection::ContractPayments, call.id("id"));
    row.filter(|row| row.parent == Some(contract.id)).cloned().ok_or(Problem::NotFound)
}
