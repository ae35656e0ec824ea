//! How do both systems behave on the wire? Procore's potential change orders, which own the lines of packages.

use super::super::call::{Call, missing};
use super::super::problem::Problem;
use super::super::rules::{Rules, Shown};
use super::super::state::{State, money, number};
use super::super::store::{Collection, Row};
use super::{lines, packages};
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::value::{Decimal, Record, Value};

/// Potential change orders.
pub(crate) static POTENTIAL_CHANGE_ORDERS: Rules = Rules {
    collection: Collection::PotentialChangeOrders,
    schema: Some("procore/potential_change_orders"),
    filters: &["id", "origin_id", "created_at", "updated_at", "contract_id", "include_deleted"],
    show,
    ..Rules::USUAL
};

/// Their lines.
pub(crate) static POTENTIAL_LINES: Rules = Rules {
    collection: Collection::PotentialLines,
    schema: Some("procore/potential_change_orders"),
    lines: Some("line_items"),
    extra: lines::WRITTEN,
    filters: &["id", "created_at", "updated_at", "cost_code_id", "line_item_type_id"],
    part_of: Some(Collection::PotentialChangeOrders),
    show: |state, row, record, _| {
        lines::show(state, row, record, "PotentialChangeOrder");
        record.set(
            "extended_amount",
            money(number(row, "amount") + packages::added(row, |markup| markup.get("vertical") != Some(&Value::Bool(true)))),
        );
        ["markups", "alters"].iter().for_each(|name| drop(record.remove(name)));
    },
    ..Rules::USUAL
};

fn show(state: &State, row: &Row, record: &mut Record, shown: Shown) {
    let own = lines::of(state, Collection::PotentialLines, row.id);
    let total: Decimal = own.iter().map(|line| number(line, "amount")).sum();
    let marked_up: Decimal = own.iter().map(|line| number(line, "amount") + packages::added(line, |_| true)).sum();
    let package = row.parent.and_then(|id| state.store.get(Collection::ChangeOrderPackages, id));
    let tiers = row.project.and_then(|id| state.store.get(Collection::Projects, id)).map(|project| project.value("change_order_tiers"));
    record.set("grand_total", money(marked_up));
    record.set("change_order_tiers", tiers.unwrap_or_default());
    record.set("change_order_package_title", package.map(|package| package.value("title")).unwrap_or_default());
    let acronym = package.map(|package| format!("CO #{}", package.value("number").plain()));
    record.set("change_order_package_acronym_number", acronym.map_or(Value::Null, Value::from));
    record.set("currency_configuration", Record::from_iter([("currency_iso_code", "USD")]));
    record.set("custom_fields", Record::new());
    if shown == Shown::Whole {
        record.set("line_items_total", money(total));
        record.set("line_items_extended_total", money(marked_up));
        record.set("line_items", own.into_iter().map(|line| packages::package_line(state, line).into()).collect::<Vec<Value>>());
    }
}

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    Ok(state.list(&POTENTIAL_CHANGE_ORDERS, call, state.store.of_project(Collection::PotentialChangeOrders, project)))
}

/// Wants the contract named as well.
pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let row = found(state, call, "id")?;
    let contract = call.param("contract_id").ok_or_else(|| missing("contract_id"))?;
    if row.value("contract_id").plain() != contract {
        return Err(Problem::NotFound);
    }
    Ok(json_answer(200, &state.shown(&POTENTIAL_CHANGE_ORDERS, row.id, Shown::Whole)))
}

pub(crate) fn list_lines(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let id = found(state, call, "potential_change_order_id")?.id;
    Ok(state.list(&POTENTIAL_LINES, call, lines::of(state, Collection::PotentialLines, id).into_iter()))
}

fn found(state: &State, call: &Call, id: &str) -> Result<Row, Problem> {
    let project = state.project(call)?.id;
    state.of_project(Collection::PotentialChangeOrders, project, call.id(id)).cloned()
}
