//! How do both systems behave on the wire? What lines of contracts and of direct costs share: budget code, amount, place.

use super::super::problem::{Problem, Reasons};
use super::super::state::{State, currency};
use super::super::store::{Collection, Row};
use super::super::write::Draft;
use super::{cost_codes, line_item_types, wbs_codes};
use crate::schema::Kind;
use crate::value::{Decimal, Record, Value, round_half_up};

/// Names that lines are written with.
pub(crate) const WRITTEN: &[(&str, Kind)] = &[
    ("amount", Kind::Decimal),
    ("quantity", Kind::Decimal),
    ("unit_cost", Kind::Decimal),
    ("uom", Kind::Text),
    ("description", Kind::Text),
    ("extended_type", Kind::Text),
    ("cost_code_id", Kind::Integer),
    ("line_item_type_id", Kind::Integer),
    ("wbs_code_id", Kind::Integer),
    ("tax_code_id", Kind::Integer),
    ("origin_id", Kind::Text),
    ("origin_data", Kind::Text),
];

/// Finds the budget code of a line, from its id or from cost code and cost type. A pair that the project has not yet
/// becomes a budget code without budget (BR-36).
pub(crate) fn settle_code(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    let Some(project) = draft.row.project else { return };
    if let Some(id) = draft.row.reference("wbs_code_id").filter(|_| draft.changes("wbs_code_id")) {
        match state.of_project(Collection::WbsCodes, project, id) {
            Ok(code) => {
                let (cost_code, cost_type) = (code.value("cost_code_id"), code.value("line_item_type_id"));
                draft.row.fields.set("cost_code_id", cost_code);
                draft.row.fields.set("line_item_type_id", cost_type);
            }
            Err(_) => reasons.add("wbs_code_id", "is not a budget code of this project"),
        }
        return;
    }
    let (cost_code, cost_type) = (draft.row.reference("cost_code_id"), draft.row.reference("line_item_type_id"));
    if cost_code.is_none_or(|id| state.of_project(Collection::CostCodes, project, id).is_err()) {
        reasons.add("cost_code_id", "is not a cost code of this project");
    }
    if cost_type.is_none_or(|id| state.store.alive(Collection::LineItemTypes, id).is_none()) {
        reasons.add("line_item_type_id", "is not a cost type of this company");
    }
    if let Some((cost_code, cost_type)) = cost_code.zip(cost_type).filter(|_| reasons.is_empty()) {
        let code = wbs_codes::of_pair(state, project, cost_code, cost_type);
        draft.row.fields.set("wbs_code_id", code);
    }
}

/// Works the amount out anew unless the line is `manual`; a line that does not say is `calculated` when it has quantity
/// and unit cost.
pub(crate) fn settle_amount(draft: &mut Draft, reasons: &mut Reasons) {
    let number = |name: &str| match draft.row.value(name) {
        Value::Number(number) => Some(number),
        _ => None,
    };
    let product = number("quantity").zip(number("unit_cost")).map(|(quantity, cost)| round_half_up(quantity * cost, 2));
    if draft.row.value("extended_type").is_null() {
        draft.row.fields.set("extended_type", if product.is_some() { "calculated" } else { "manual" });
    }
    if !matches!(draft.row.fields.text("extended_type"), Some("manual" | "calculated")) {
        reasons.add("extended_type", "is not included in the list");
    }
    match product.filter(|_| draft.row.fields.text("extended_type") == Some("calculated")) {
        Some(amount) => draft.row.fields.set("amount", amount),
        None if draft.row.value("amount").is_null() => draft.row.fields.set("amount", Decimal::ZERO),
        None => {}
    }
}

/// Gives a new line the place after the last one.
pub(crate) fn settle_position(state: &State, collection: Collection, draft: &mut Draft) {
    if let Some(parent) = draft.row.parent.filter(|_| draft.row.value("position").is_null()) {
        let last = state.store.of_parent(collection, parent).filter_map(|row| row.reference("position")).max();
        draft.row.fields.set("position", last.unwrap_or_default() + 1);
    }
}

/// What a line shows beyond its own fields.
pub(crate) fn show(state: &State, row: &Row, record: &mut Record, holder: &str) {
    let amount = record.get("amount").cloned().unwrap_or_default();
    record.set("total_amount", amount.clone());
    record.set("extended_amount", amount);
    record.set("company", state.company_ref());
    record.set("project", state.project_ref(row.project));
    record.set(
        "holder",
        row.parent.map_or(Value::Null, |id| Record::from_iter([("id", Value::from(id)), ("holder_type", holder.into())]).into()),
    );
    record.set("cost_code", cost_codes::in_line(state, row.reference("cost_code_id")));
    record.set("line_item_type", line_item_types::in_line(state, row.reference("line_item_type_id")));
    record.set("wbs_code", wbs_codes::in_line(state, row.reference("wbs_code_id")));
    record.set("currency_configuration", currency());
    for name in ["cost_code_id", "line_item_type_id", "wbs_code_id", "direct_cost_id"] {
        record.remove(name);
    }
}

/// The lines of a record, in their order.
pub(crate) fn of(state: &State, collection: Collection, parent: i64) -> Vec<&Row> {
    let mut lines: Vec<&Row> = state.store.of_parent(collection, parent).filter(|row| row.deleted_at.is_none()).collect();
    lines.sort_by_key(|row| (row.reference("position"), row.id));
    lines
}

/// The sum of the lines' amounts.
pub(crate) fn total(state: &State, collection: Collection, parent: i64) -> Decimal {
    let amount = |row: &Row| match row.fields.get("amount") {
        Some(Value::Number(number)) => *number,
        _ => Decimal::ZERO,
    };
    state.store.of_parent(collection, parent).filter(|row| row.deleted_at.is_none()).map(amount).sum()
}

/// A line of this parent.
///
/// # Errors
/// 404 when it is not there or another's.
pub(crate) fn found(state: &State, collection: Collection, parent: i64, id: i64) -> Result<Row, Problem> {
    state.store.alive(collection, id).filter(|row| row.parent == Some(parent)).cloned().ok_or(Problem::NotFound)
}
