//! How do both systems behave on the wire? Procore's change order packages: change orders as they are approved, on projects
//! of every number of tiers. Only the whole package shows its lines with their markups.

use super::super::call::Call;
use super::super::problem::Problem;
use super::super::rules::{Lock, Rules, Shown};
use super::super::state::{State, money, number};
use super::super::store::{Collection, Row};
use super::{change_orders, contracts, cost_codes, line_item_types, wbs_codes};
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::schema::Kind as FieldKind;
use crate::value::{Decimal, Record, Value};

/// Packages.
pub(crate) static PACKAGES: Rules = Rules {
    collection: Collection::ChangeOrderPackages,
    schema: Some("procore/change_order_packages"),
    extra: &[
        ("title", FieldKind::Text),
        ("description", FieldKind::Text),
        ("status", FieldKind::Text),
        ("schedule_impact_amount", FieldKind::Integer),
        ("due_date", FieldKind::Date),
        ("invoiced_date", FieldKind::Date),
        ("paid_date", FieldKind::Date),
        ("executed", FieldKind::Boolean),
        ("signed_change_order_received_date", FieldKind::Date),
    ],
    lock: Lock::Fields(&["status"]),
    filters: &["id", "created_at", "updated_at", "include_deleted"],
    whole_only: &["description", "type", "schedule_impact_amount", "line_items"],
    settle: change_orders::settle,
    show,
    ..Rules::USUAL
};

/// The lines of a package, in the order of its potential change orders.
pub(crate) fn lines(state: &State, package: i64) -> Vec<&Row> {
    let parts = state.store.of_parent(Collection::PotentialChangeOrders, package).filter(|row| row.deleted_at.is_none());
    parts.flat_map(|part| super::lines::of(state, Collection::PotentialLines, part.id)).collect()
}

/// What a package comes to, markups included.
pub(crate) fn total(state: &State, package: i64) -> Decimal {
    lines(state, package).into_iter().map(|line| number(line, "amount") + added(line, |_| true)).sum()
}

/// The sum of a line's markups of this kind.
pub(crate) fn added(line: &Row, wanted: impl Fn(&Record) -> bool) -> Decimal {
    let markups = line.fields.get("markups").and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_record);
    let amounts = markups.filter(|markup| wanted(markup)).map(|markup| markup.get("amount"));
    amounts.map(|amount| if let Some(Value::Number(number)) = amount { *number } else { Decimal::ZERO }).sum()
}

/// A package and its parts follow the change order that they stand for.
pub(crate) fn follow(state: &mut State, order: &Row) {
    let Some(id) = order.reference("legacy_package_id") else { return };
    let parts: Vec<i64> = state.store.of_parent(Collection::PotentialChangeOrders, id).map(|row| row.id).collect();
    let mut shared = change_orders::shared(order);
    if shared.text("status") == Some("pending_billable") {
        shared.set("status", "pending");
    }
    let rows =
        std::iter::once((Collection::ChangeOrderPackages, id)).chain(parts.into_iter().map(|id| (Collection::PotentialChangeOrders, id)));
    for (collection, id) in rows {
        if let Some(mut row) = state.store.get(collection, id).cloned() {
            shared.iter().filter(|(name, _)| *name != "number").for_each(|(name, value)| row.fields.set(name, value.clone()));
            row.updated_at = state.now;
            state.store.put(collection, row);
        }
    }
}

/// Removes a package with its parts.
pub(crate) fn remove(state: &mut State, id: i64) {
    let parts: Vec<i64> = state.store.of_parent(Collection::PotentialChangeOrders, id).map(|row| row.id).collect();
    for part in parts {
        state.store.remove(Collection::PotentialChangeOrders, part);
    }
    if let Some(mut row) = state.store.get(Collection::ChangeOrderPackages, id).cloned() {
        (row.deleted_at, row.updated_at) = (Some(state.now), state.now);
        state.store.put(Collection::ChangeOrderPackages, row);
    }
}

fn show(state: &State, row: &Row, record: &mut Record, shown: Shown) {
    record.set("grand_total", money(total(state, row.id)));
    record.set("currency_configuration", Record::from_iter([("currency_iso_code", "USD"), ("base_currency_iso_code", "USD")]));
    record.set("custom_fields", Record::new());
    let prime = row.parent.and_then(|id| state.store.get(Collection::PrimeContracts, id)).is_some();
    record.set("type", if prime { "PrimeContractChangeOrder" } else { "CommitmentContractChangeOrder" });
    if shown == Shown::Whole {
        let lines = lines(state, row.id);
        record.set("line_items", lines.into_iter().map(|line| package_line(state, line).into()).collect::<Vec<Value>>());
    }
}

/// A line of a package: money as text, markups with the rules behind them.
pub(crate) fn package_line(state: &State, line: &Row) -> Record {
    let amount = number(line, "amount");
    let horizontal = added(line, |markup| markup.get("vertical") != Some(&Value::Bool(true)));
    let holder = Record::from_iter([("id", line.parent.map_or(Value::Null, Value::from)), ("holder_type", "PotentialChangeOrder".into())]);
    Record::from_iter([
        ("id", Value::from(line.id)),
        ("position", line.value("position")),
        ("description", line.value("description")),
        ("quantity", money(number(line, "quantity"))),
        ("unit_cost", money(number(line, "unit_cost"))),
        ("uom", line.value("uom")),
        ("total_amount", money(amount)),
        ("extended_amount", money(amount + horizontal)),
        ("holder", holder.into()),
        ("cost_code", cost_codes::in_line(state, line.reference("cost_code_id"))),
        ("line_item_type", line_item_types::in_line(state, line.reference("line_item_type_id"))),
        ("wbs_code", wbs_codes::in_line(state, line.reference("wbs_code_id"))),
        ("markup_line_items", markups(state, line).into()),
        ("currency_configuration", Record::from_iter([("currency_iso_code", "USD")]).into()),
    ])
}

fn markups(state: &State, line: &Row) -> Vec<Value> {
    let kept = line.fields.get("markups").and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_record);
    kept.map(|markup| {
        let of = |name: &str| markup.get(name).cloned().unwrap_or_default();
        let decimal = |name: &str| if let Value::Number(number) = of(name) { money(number) } else { Value::Null };
        let vertical = of("vertical") == Value::Bool(true);
        let code = |value: Value| if vertical { value } else { Value::Null };
        let rule = Record::from_iter([
            ("id", of("markup_id")),
            ("position", of("position")),
            ("markup_set", if vertical { "vertical" } else { "horizontal" }.into()),
            ("name", of("name")),
            ("percentage", decimal("percentage")),
            ("compounds_markups_above", of("compounds")),
            ("wbs_code_id", code(line.value("wbs_code_id"))),
            ("destination_line_item_type", code(line_item_types::in_line(state, line.reference("line_item_type_id")))),
            ("destination_sub_job", Value::Null),
        ]);
        Record::from_iter([("id", of("id")), ("amount", decimal("amount")), ("markup", rule.into())]).into()
    })
    .collect()
}

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    let contract = call.param("contract_id");
    let packages = state.store.of_project(Collection::ChangeOrderPackages, project);
    let of_contract = |row: &&Row| contract.as_ref().is_none_or(|wanted| row.value("contract_id").plain() == *wanted);
    Ok(state.list(&PACKAGES, call, packages.filter(of_contract)))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let id = found(state, call)?.id;
    Ok(json_answer(200, &state.shown(&PACKAGES, id, Shown::Whole)))
}

/// Changes a package; the change order that it stands for follows.
pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let old = found(state, call)?;
    let answer = state.update(&PACKAGES, call, "change_order", &old)?;
    let row = state.store.get(Collection::ChangeOrderPackages, old.id).cloned();
    let shared = row.map(|row| change_orders::shared(&row)).unwrap_or_default();
    for collection in [Collection::CommitmentChangeOrders, Collection::PrimeChangeOrders] {
        let orders = state.store.of_parent(collection, old.parent.unwrap_or_default());
        let twin = orders.into_iter().find(|order| order.reference("legacy_package_id") == Some(old.id)).cloned();
        if let Some(mut twin) = twin {
            shared.iter().for_each(|(name, value)| twin.fields.set(name, value.clone()));
            twin.updated_at = state.now;
            state.store.put(collection, twin);
        }
    }
    Ok(answer)
}

fn found(state: &State, call: &Call) -> Result<Row, Problem> {
    let project = state.project(call)?.id;
    let row = state.of_project(Collection::ChangeOrderPackages, project, call.id("id"))?.clone();
    row.parent.and_then(|id| contracts::contract(state, id)).map(|_| row).ok_or(Problem::NotFound)
}
