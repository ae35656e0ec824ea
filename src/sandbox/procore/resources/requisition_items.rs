//! How do both systems behave on the wire? The lines of Procore's subcontractor invoices: those of the contract, and those of
//! its change orders.

use super::super::problem::{Problem, Reasons};
use super::super::rules::Rules;
use super::super::state::{State, cents, number};
use super::super::store::{Collection, Row};
use super::{contracts, invoice_lines, lines, wbs_codes};
use crate::sandbox::company::{Progress, of_percent};
use crate::value::{Decimal, Record, Value, decimal};

/// Lines of invoices; written with their invoice, and by external data.
pub(crate) static REQUISITION_ITEMS: Rules =
    Rules { collection: Collection::RequisitionItems, part_of: Some(Collection::Requisitions), ..Rules::USUAL };

/// Written name → kept name.
const WRITTEN: [(&str, &str); 6] = [
    ("work_completed_this_period", "work"),
    ("materials_presently_stored", "stored_now"),
    ("work_completed_retainage_percent_this_period", "percent"),
    ("work_completed_retainage_retained_this_period", "held"),
    ("work_completed_retainage_released_this_period", "released"),
    ("materials_stored_retainage_currently_retained", "stored_held"),
];

/// Whether a line is one of a change order.
pub(crate) fn is_change(row: &Row) -> bool {
    row.fields.text("item_type") == Some("change_order_item")
}

/// A line of the contract, as `items` shows it.
pub(crate) fn contract_item(state: &State, row: &Row, item: &Progress) -> Record {
    let mut record = common(state, row, item);
    let contract = row.parent.and_then(|id| state.store.get(Collection::Requisitions, id)).and_then(|invoice| invoice.parent);
    let method = contract.and_then(|id| contracts::contract(state, id)).map(|contract| contract.value("accounting_method"));
    let line = row.reference("line_item_id");
    let line =
        line.and_then(|id| state.store.get(Collection::WorkOrderLines, id).or_else(|| state.store.get(Collection::PurchaseOrderLines, id)));
    let of_line = |name: &str| match line.map(|line| line.value(name)) {
        Some(Value::Number(number)) => Value::text(number.to_string()),
        _ => Value::Null,
    };
    let code = row.reference("wbs_code_id").and_then(|id| state.store.get(Collection::WbsCodes, id));
    if let (Some(Value::Record(shown)), Some(code)) = (record.get("wbs_code").cloned(), code) {
        let mut shown = shown;
        shown.set("segment_items", wbs_codes::segments(state, code));
        record.set("wbs_code", shown);
    }
    for (name, value) in [
        ("item_type", row.value("item_type")),
        ("accounting_method", method.unwrap_or_default()),
        ("materials_presently_stored_from_previous_progress", cents(item.stored_before)),
        ("total_completed_and_stored_to_date_from_previous", cents(item.work_before + item.stored_before)),
        ("materials_stored_retainage_new_materials", cents(item.stored_held)),
        ("net_amount", cents(item.due())),
        ("gross_amount", cents(item.due())),
        ("scheduled_quantity", of_line("quantity")),
        ("scheduled_unit_price", of_line("unit_cost")),
        ("uom", line.map(|line| line.value("uom")).unwrap_or_default()),
        ("line_number", Value::text(row.value("position").plain())),
        ("status", row.value("status")),
        ("comment", row.value("comment")),
    ] {
        record.set(name, value);
    }
    record
}

/// A line of a change order, as its own list shows it.
pub(crate) fn change_item(state: &State, row: &Row, item: &Progress) -> Record {
    let mut record = common(state, row, item);
    let alters = row.reference("alters");
    let line = alters
        .and_then(|id| state.store.get(Collection::WorkOrderLines, id).or_else(|| state.store.get(Collection::PurchaseOrderLines, id)));
    record.set("commitment_line_item_id", alters.map_or(Value::Null, Value::from));
    record.set("commitment_line_item_origin_id", line.map(|line| line.value("origin_id")).unwrap_or_default());
    record.set("change_order_package_id", row.value("package_id"));
    record.remove("comment");
    record
}

fn common(state: &State, row: &Row, item: &Progress) -> Record {
    let mut record = Record::from_iter([("id", Value::from(row.id))]);
    for name in ["line_item_id", "cost_code_id", "description_of_work", "position"] {
        record.set(name, row.value(name));
    }
    record.set("wbs_code", wbs_codes::in_line(state, row.reference("wbs_code_id")));
    for (name, value) in invoice_lines::show(item) {
        record.set(name, value);
    }
    record.set("work_completed_from_previous_application", cents(item.work_before));
    record.set("materials_moved", cents(item.moved));
    record.set("materials_retainage_retained_moved", cents(item.held_moved));
    record.set("subcontractor_claimed_amount", cents(item.work));
    record.set("work_completed_this_period_quantity", Value::Null);
    record.set("work_completed_from_previous_application_quantity", Value::Null);
    record.set("currency_configuration", Record::from_iter([("currency_iso_code", "USD")]));
    record
}

/// The packages that an invoice has lines of.
pub(crate) fn packages(state: &State, lines: &[(&Row, Progress)]) -> Vec<Value> {
    let mut ids: Vec<i64> = lines.iter().filter_map(|(row, _)| row.reference("package_id")).collect();
    ids.dedup();
    let packages = ids.into_iter().filter_map(|id| state.store.get(Collection::ChangeOrderPackages, id));
    let shown = packages.zip(1_i64..).map(|(row, position)| {
        let of = |name: &str| row.value(name);
        let fields = [
            ("id", Value::from(row.id)),
            ("contract_id", of("contract_id")),
            ("change_order_id", row.id.into()),
            ("number", of("number")),
            ("title", of("title")),
            ("status", of("status")),
            ("position", position.into()),
        ];
        Record::from_iter(fields).into()
    });
    shown.collect()
}

/// A line with what was sent for it; retainage follows the work unless it is sent as well.
///
/// # Errors
/// 404 for another invoice's line, 406 for an unknown field, 422 for what is no number.
pub(crate) fn changed(state: &State, invoice: i64, id: i64, sent: &Record) -> Result<Row, Problem> {
    let mut row = lines::found(state, Collection::RequisitionItems, invoice, id)?;
    for (name, value) in sent.iter() {
        match WRITTEN.iter().find(|(written, _)| *written == name) {
            Some((_, kept)) => {
                let number = decimal(&value.plain()).map_err(|_| Problem::Unprocessable(Reasons::one(name, "is not a number")))?;
                row.fields.set(*kept, number);
            }
            None if matches!(name, "comment" | "status") => row.fields.set(name, value.clone()),
            None if matches!(name, "id" | "item_type" | "line_item_id") => {}
            None => return Err(Problem::NotAcceptable(format!("unknown attribute: items.{name}"))),
        }
    }
    let sent_held = sent.get("work_completed_retainage_retained_this_period").is_some();
    if !sent_held
        && (sent.get("work_completed_this_period").is_some() || sent.get("work_completed_retainage_percent_this_period").is_some())
    {
        let held: Decimal = of_percent(number(&row, "work"), number(&row, "percent"));
        row.fields.set("held", held);
    }
    row.updated_at = state.now;
    Ok(row)
}
