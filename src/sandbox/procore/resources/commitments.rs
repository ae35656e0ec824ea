//! How do both systems behave on the wire? Procore's subcontracts and purchase orders.

use super::super::call::Call;
use super::super::list::list_of;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Lock, Refusal, Rules, Shown};
use super::super::state::State;
use super::super::store::Collection;
use super::super::write::Draft;
use super::contracts::{Kind, settle, settle_line, show};
use super::lines;
use crate::connector::Response;
use crate::schema::Kind as FieldKind;
use crate::value::Record;

/// What the list of both kinds shows of each.
const IN_BOTH: [&str; 9] = ["id", "title", "number", "status", "description", "executed", "delivery_date", "created_at", "vendor"];

/// Subcontracts.
pub(crate) static WORK_ORDERS: Kind = Kind { contracts: &WORK_ORDER_CONTRACTS, lines: &WORK_ORDER_LINES, item: "work_order_contract" };
/// Purchase orders.
pub(crate) static PURCHASE_ORDERS: Kind =
    Kind { contracts: &PURCHASE_ORDER_CONTRACTS, lines: &PURCHASE_ORDER_LINES, item: "purchase_order_contract" };

/// What both have in common.
const CONTRACTS: Rules = Rules {
    extra: &[("vendor_id", FieldKind::Integer), ("invoice_contact_user_ids", FieldKind::List)],
    lock: Lock::Fields(&["number", "vendor_id", "accounting_method"]),
    refusal: Refusal::Flat,
    filters: &["id", "status", "created_at", "updated_at", "include_deleted", "origin_id"],
    views: &[("compact", &["id", "number", "title", "status", "vendor", "origin_id", "updated_at"])],
    settle,
    ..Rules::USUAL
};
const LINES: Rules = Rules {
    lines: Some("line_items"),
    extra: lines::WRITTEN,
    refusal: Refusal::Flat,
    large_is_413: true,
    filters: &["id", "created_at", "updated_at", "cost_code_id", "line_item_type_id"],
    ..Rules::USUAL
};

/// Headers of subcontracts.
pub(crate) static WORK_ORDER_CONTRACTS: Rules = Rules {
    collection: Collection::WorkOrderContracts,
    schema: Some("procore/work_order_contracts"),
    show: |state, row, record, shown| show(state, &WORK_ORDERS, row, (record, shown)),
    ..CONTRACTS
};

/// Lines of subcontracts.
pub(crate) static WORK_ORDER_LINES: Rules = Rules {
    collection: Collection::WorkOrderLines,
    schema: Some("procore/work_order_contracts"),
    part_of: Some(Collection::WorkOrderContracts),
    settle: |state: &mut State, draft: &mut Draft, reasons: &mut Reasons| {
        settle_line(state, draft, reasons, (Collection::WorkOrderLines, false));
    },
    show: |state, row, record, _| lines::show(state, row, record, "WorkOrderContract"),
    ..LINES
};

/// Headers of purchase orders.
pub(crate) static PURCHASE_ORDER_CONTRACTS: Rules = Rules {
    collection: Collection::PurchaseOrders,
    schema: Some("procore/purchase_order_contracts"),
    extra: &[("vendor_id", FieldKind::Integer), ("assignee_id", FieldKind::Integer), ("invoice_contact_ids", FieldKind::List)],
    show: |state, row, record, shown| show(state, &PURCHASE_ORDERS, row, (record, shown)),
    ..CONTRACTS
};

/// Lines of purchase orders.
pub(crate) static PURCHASE_ORDER_LINES: Rules = Rules {
    collection: Collection::PurchaseOrderLines,
    schema: Some("procore/purchase_order_contracts"),
    part_of: Some(Collection::PurchaseOrders),
    settle: |state: &mut State, draft: &mut Draft, reasons: &mut Reasons| {
        settle_line(state, draft, reasons, (Collection::PurchaseOrderLines, false));
    },
    show: |state, row, record, _| lines::show(state, row, record, "PurchaseOrderContract"),
    ..LINES
};

/// Both kinds of a project in one list, which shows little of each.
pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    let mut all: Vec<Record> = Vec::new();
    for kind in [&WORK_ORDERS, &PURCHASE_ORDERS] {
        let rows = state.store.of_project(kind.contracts.collection, project).filter(|row| row.deleted_at.is_none());
        all.extend(rows.map(|row| {
            let whole = state.show(kind.contracts, row, Shown::Listed);
            whole.iter().filter(|(name, _)| IN_BOTH.contains(name)).map(|(name, value)| (name, value.clone())).collect::<Record>()
        }));
    }
    Ok(list_of(call, &all, 100))
}

/// One of either kind.
pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    WORK_ORDERS.show_one(state, call).or_else(|_| PURCHASE_ORDERS.show_one(state, call))
}
