//! How do both systems behave on the wire? Procore's change orders of one and two tiers: headers in v1, lines in v2.
//!
//! The same change is also there as a package with its potential change orders, which own the lines.

use super::super::call::Call;
use super::super::list::list_of;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Lock, Rules, Shown};
use super::super::state::{State, money, number};
use super::super::store::{Collection, Row};
use super::super::write::{Draft, SYNCED};
use super::packages;
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::schema::Kind as FieldKind;
use crate::value::{Record, Value};

/// Changes of commitments.
pub(crate) static COMMITMENT_CHANGE_ORDERS: Rules = Rules {
    collection: Collection::CommitmentChangeOrders,
    schema: Some("procore/commitment_change_orders"),
    show: |state, row, record, _| show(state, row, record, "CommitmentChangeOrder"),
    ..CHANGE_ORDERS
};

/// Changes of prime contracts.
pub(crate) static PRIME_CHANGE_ORDERS: Rules = Rules {
    collection: Collection::PrimeChangeOrders,
    schema: Some("procore/prime_change_orders"),
    show: |state, row, record, _| show(state, row, record, "PrimeChangeOrder"),
    ..CHANGE_ORDERS
};

const CHANGE_ORDERS: Rules = Rules {
    extra: &[
        ("number", FieldKind::Text),
        ("title", FieldKind::Text),
        ("description", FieldKind::Text),
        ("status", FieldKind::Text),
        ("reference", FieldKind::Text),
        ("due_date", FieldKind::Date),
        ("invoiced_date", FieldKind::Date),
        ("paid_date", FieldKind::Date),
        ("signed_change_order_received_date", FieldKind::Date),
        ("schedule_impact_amount", FieldKind::Integer),
        ("revision", FieldKind::Integer),
        ("executed", FieldKind::Boolean),
        ("private", FieldKind::Boolean),
        ("paid", FieldKind::Boolean),
        ("signature_required", FieldKind::Boolean),
        ("field_change", FieldKind::Boolean),
    ],
    lock: Lock::Fields(&["number", "status"]),
    filters: &["id", "batch_id", "legacy_package_id", "contract_id", "signature_required", "executed", "status", "updated_at"],
    sorts: &["id", "created_at"],
    on_request: Some(("extended", &["external_data"])),
    page: 0,
    settle,
    ..Rules::USUAL
};

/// What v1.0 change orders may be; packages know all but the billable ones.
const STATUSES: [&str; 12] = [
    "draft",
    "pricing",
    "not_pricing",
    "pending",
    "revised",
    "proceeding",
    "not_proceeding",
    "pending_billable",
    "no_charge",
    "approved",
    "rejected",
    "void",
];

/// Fields that a change order and its package share.
const SHARED: [&str; 10] = [
    "number",
    "revision",
    "title",
    "description",
    "status",
    "executed",
    "reviewed_at",
    "due_date",
    "schedule_impact_amount",
    "signed_change_order_received_date",
];

/// Checks the status and keeps the day of the decision.
pub(crate) fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    let status = draft.row.fields.text("status").unwrap_or("draft").to_owned();
    if !STATUSES.contains(&status.as_str()) {
        reasons.add("status", "is not included in the list");
    }
    if draft.changes("status") {
        let decided = matches!(status.as_str(), "approved" | "rejected" | "no_charge");
        draft.row.fields.set("reviewed_at", if decided { Value::text(state.now.to_string()) } else { Value::Null });
    }
}

fn show(state: &State, row: &Row, record: &mut Record, kind: &str) {
    let lines = row.reference("legacy_package_id").map(|id| packages::total(state, id)).unwrap_or_default();
    record.set("grand_total", money(lines));
    record.set("type", kind);
    let mut outside = Record::new();
    for name in ["origin_id", "origin_code", "origin_data"] {
        outside.set(name, row.value(name));
        record.remove(name);
    }
    record.set("external_data", outside);
    record.set("currency_configuration", Record::from_iter([("currency_iso_code", "USD")]));
    record.set("custom_fields", Record::new());
    record.set("change_events", Value::List(Vec::new()));
}

/// The change orders of a project, all at once.
pub(crate) fn list(rules: &Rules, state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    Ok(state.list(rules, call, state.store.of_project(rules.collection, project)))
}

pub(crate) fn show_one(rules: &Rules, state: &mut State, call: &Call) -> Result<Response, Problem> {
    let row = found(rules, state, call, "id")?;
    Ok(json_answer(200, &state.viewed(rules, call, state.show(rules, &row, Shown::Whole)).into()))
}

/// Changes a change order, and the package that stands for it.
pub(crate) fn update(rules: &Rules, state: &mut State, call: &Call) -> Result<Response, Problem> {
    let old = found(rules, state, call, "id")?;
    let answer = state.update(rules, call, "change_order", &old)?;
    if let Some(row) = state.store.get(rules.collection, old.id).cloned() {
        packages::follow(state, &row);
    }
    Ok(answer)
}

pub(crate) fn delete(rules: &Rules, state: &mut State, call: &Call) -> Result<Response, Problem> {
    let row = found(rules, state, call, "id")?;
    if row.origin_id().is_some() || row.fields.text("status") == Some("approved") {
        return Err(Problem::Unprocessable(Reasons::one("base", if row.origin_id().is_some() { SYNCED } else { "is approved" })));
    }
    if let Some(package) = row.reference("legacy_package_id") {
        packages::remove(state, package);
    }
    state.store.remove(rules.collection, row.id);
    Ok(json_answer(200, &Record::from_iter([("id", Value::from(row.id))]).into()))
}

/// Lines in the words of v2: ids as text, quantity as a number, money as text.
pub(crate) fn list_lines(rules: &Rules, state: &mut State, call: &Call) -> Result<Response, Problem> {
    state.company(call)?;
    let order = found(rules, state, call, "change_order_id")?;
    let alters = if rules.collection == Collection::PrimeChangeOrders { "prime_line_item_id" } else { "commitment_line_item_id" };
    let lines = order.reference("legacy_package_id").map(|id| packages::lines(state, id)).unwrap_or_default();
    let lines: Vec<Record> = lines.into_iter().map(|line| line_v2(state, line, alters)).collect();
    Ok(list_of(call, &lines, 10))
}

fn line_v2(state: &State, line: &Row, alters: &'static str) -> Record {
    let text = |name: &str| line.reference(name).map_or(Value::Null, |id| Value::text(id.to_string()));
    let mut code = super::wbs_codes::in_line(state, line.reference("wbs_code_id"));
    if let Value::Record(code) = &mut code {
        code.set("id", text("wbs_code_id"));
    }
    let mut record = Record::from_iter([("id", Value::text(line.id.to_string()))]);
    for other in ["prime_line_item_id", "commitment_line_item_id"] {
        if other == alters {
            record.set(other, text("alters"));
        } else if alters == "commitment_line_item_id" {
            record.set(other, Value::Null);
        }
    }
    for (name, value) in [
        ("description", line.value("description")),
        ("uom", line.value("uom")),
        ("quantity", line.value("quantity")),
        ("unit_cost", money(number(line, "unit_cost"))),
        ("amount", money(number(line, "amount"))),
        ("extended_type", line.value("extended_type")),
        ("position", line.value("position")),
        ("wbs_code_id", text("wbs_code_id")),
        ("tax_code_id", Value::Null),
        ("wbs_code", code),
    ] {
        record.set(name, value);
    }
    record
}

/// What a change order and its package share, as one of them has it.
pub(crate) fn shared(row: &Row) -> Record {
    SHARED.iter().map(|name| (*name, row.value(name))).collect()
}

fn found(rules: &Rules, state: &State, call: &Call, id: &str) -> Result<Row, Problem> {
    let project = state.project(call)?.id;
    state.of_project(rules.collection, project, call.id(id)).cloned()
}
