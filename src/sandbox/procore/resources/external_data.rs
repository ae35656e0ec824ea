//! How do both systems behave on the wire? External ids as the ERP platform sets them, for kinds of record that have no such field.

use super::super::call::{Call, missing};
use super::super::fields::Via;
use super::super::problem::{Problem, Reasons};
use super::super::rules::Rules;
use super::super::state::State;
use super::super::store::{Collection, Row};
use super::super::sync::{bulk_answer, bulk_rows};
use super::budget_changes::BUDGET_CHANGES;
use super::change_orders::{COMMITMENT_CHANGE_ORDERS, PRIME_CHANGE_ORDERS};
use super::commitments::{PURCHASE_ORDER_CONTRACTS, PURCHASE_ORDER_LINES, WORK_ORDER_CONTRACTS, WORK_ORDER_LINES};
use super::contract_payments::CONTRACT_PAYMENTS;
use super::cost_codes::COST_CODES;
use super::direct_cost_lines::DIRECT_COST_LINES;
use super::direct_costs::DIRECT_COSTS;
use super::line_item_types::LINE_ITEM_TYPES;
use super::packages::PACKAGES;
use super::payment_applications::PAYMENT_APPLICATIONS;
use super::potential_change_orders::{POTENTIAL_CHANGE_ORDERS, POTENTIAL_LINES};
use super::prime_contracts::{PRIME_CONTRACTS, PRIME_LINES};
use super::projects::PROJECTS;
use super::requisition_items::REQUISITION_ITEMS;
use super::requisitions::REQUISITIONS;
use super::standard_cost_codes::STANDARD_COST_CODES;
use super::sub_jobs::SUB_JOBS;
use super::vendors::VENDORS;
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::value::{Record, Value};

/// External ids.
pub(crate) static EXTERNAL_DATA: Rules = Rules {
    collection: Collection::ExternalData,
    schema: Some("procore/external_data"),
    required: &["item_type", "item_id"],
    ..Rules::USUAL
};

/// The fields that travel to the record itself.
const ORIGIN: [&str; 3] = ["origin_id", "origin_code", "origin_data"];

/// The kinds of record that an item type may mean here.
fn kinds(item_type: &str) -> Vec<&'static Rules> {
    match item_type {
        "vendor" => vec![&VENDORS],
        "project" => vec![&PROJECTS],
        "standard_cost_code" => vec![&STANDARD_COST_CODES],
        "cost_code" => vec![&COST_CODES],
        "line_item_type" => vec![&LINE_ITEM_TYPES],
        "sub_job" => vec![&SUB_JOBS],
        "work_order_contract" => vec![&WORK_ORDER_CONTRACTS],
        "purchase_order_contract" => vec![&PURCHASE_ORDER_CONTRACTS],
        "prime_contract" => vec![&PRIME_CONTRACTS],
        "change_order" => vec![&COMMITMENT_CHANGE_ORDERS, &PRIME_CHANGE_ORDERS, &PACKAGES, &POTENTIAL_CHANGE_ORDERS],
        "line_item" => vec![&WORK_ORDER_LINES, &PURCHASE_ORDER_LINES, &PRIME_LINES, &POTENTIAL_LINES, &DIRECT_COST_LINES],
        "budget_change" => vec![&BUDGET_CHANGES],
        "requisition" => vec![&REQUISITIONS],
        "requisition_contract_item" | "requisition_change_order_item" => vec![&REQUISITION_ITEMS],
        "contract_payment" => vec![&CONTRACT_PAYMENTS],
        "payment_application" => vec![&PAYMENT_APPLICATIONS],
        "company_level_direct_cost" => vec![&DIRECT_COSTS],
        _ => Vec::new(),
    }
}

/// Sets external ids; `origin_id: null` ends the sync of a record.
pub(crate) fn sync(state: &mut State, call: &Call) -> Result<Response, Problem> {
    state.company(call)?;
    let rows = bulk_rows(&EXTERNAL_DATA, call, "updates")?;
    Ok(bulk_answer(&rows, |row| set(state, row)))
}

/// Answers one object; whether the vendor answers a list here is not known.
pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    state.company(call)?;
    let item_type = call.param("item_type").ok_or_else(|| missing("item_type"))?;
    let item_id = call.id_param("item_id")?;
    let (_, row) = item(state, &item_type, item_id).ok_or(Problem::NotFound)?;
    Ok(json_answer(200, &shown(state, &item_type, row)))
}

fn set(state: &mut State, sent: &Record) -> Result<Value, Reasons> {
    let (fields, mut reasons) = state.book.read(&EXTERNAL_DATA, sent, Via::Sync).unwrap_or_default();
    for name in EXTERNAL_DATA.required {
        if fields.get(name).is_none_or(Value::is_null) {
            reasons.add(name, "can't be blank");
        }
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let item_type = fields.text("item_type").unwrap_or_default().to_owned();
    let item_id = super::super::call::sent_id(&fields, "item_id").unwrap_or_default();
    let found = item(state, &item_type, item_id).map(|(rules, row)| (rules, row.clone()));
    let (rules, old) = found.ok_or_else(|| Reasons::one("item_id", "no entity with this id"))?;
    let changes: Record = fields.iter().filter(|(name, _)| ORIGIN.contains(name)).map(|(name, value)| (name, value.clone())).collect();
    let id = state.keep(rules, State::redraft(&old, &changes, Via::Sync), Reasons::default())?;
    let row = state.store.get(rules.collection, id).cloned().expect("a record that was just kept is there");
    remember(state, &item_type, &row);
    Ok(shown(state, &item_type, &row))
}

/// The record that an item means.
fn item<'a>(state: &'a State, item_type: &str, id: i64) -> Option<(&'static Rules, &'a Row)> {
    kinds(item_type).iter().find_map(|rules| state.store.alive(rules.collection, id).map(|row| (*rules, row)))
}

/// What is kept about a record, under an id of its own once it was set.
fn shown(state: &State, item_type: &str, row: &Row) -> Value {
    let known = state.store.by_key(Collection::ExternalData, &format!("{item_type}|{}", row.id)).next();
    let mut record = about(item_type, row);
    record.set("id", known.map_or(Value::Null, |known| known.id.into()));
    record.into()
}

fn remember(state: &mut State, item_type: &str, row: &Row) {
    let known = state.store.by_key(Collection::ExternalData, &format!("{item_type}|{}", row.id)).next().map(|known| known.id);
    let id = known.unwrap_or_else(|| state.store.new_id());
    let kept = Row::new(id, state.now, about(item_type, row));
    state.store.put(Collection::ExternalData, kept);
}

fn about(item_type: &str, row: &Row) -> Record {
    let mut record = Record::from_iter([("item_type", Value::from(item_type)), ("item_id", row.id.into())]);
    for name in ORIGIN {
        record.set(name, row.value(name));
    }
    record
}
