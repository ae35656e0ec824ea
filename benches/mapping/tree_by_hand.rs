//! What would an author write over `serde_json::Value`? Both workloads by hand, a tree in and a tree out, decimals between.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value, json};

use crate::commitment_by_hand::Hand as Commitments;
use crate::row_by_hand::Hand as Rows;
use crate::wire::{Refused, at_most};

type Found<T> = Result<T, Refused>;

/// One commitment as a Subcontract; nothing when it is not offered.
pub(crate) fn commitment(hand: &Commitments, body: &str, into: &mut Vec<u8>) -> Found<()> {
    let source: Value = serde_json::from_str(body)?;
    if !matches!(source["status"].as_str(), Some("Approved" | "Complete")) || !source["deleted_at"].is_null() {
        return Ok(());
    }
    let lines = source["line_items"].as_array().ok_or_else(|| missing("line_items"))?;
    let total = lines.iter().map(|line| number(&line["amount"])).sum::<Found<Decimal>>()?;
    if total != number(&source["grand_total"])? {
        return Err(Refused("the lines do not add up".to_owned()));
    }
    let mut target = Map::new();
    let retainage = if source["retainage_percent"].is_null() { Decimal::ZERO } else { number(&source["retainage_percent"])? };
    put(&mut target, "Date", text(&source["created_at"])?.get(..10).unwrap_or_default());
    if let Some(day) = source["contract_start_date"].as_str() {
        put(&mut target, "StartDate", day);
    }
    if let Some(number) = source["number"].as_str() {
        at_most(number, 15)?;
        put(&mut target, "SubcontractNbr", number);
        put(&mut target, "VendorRef", number);
    }
    put(&mut target, "VendorID", hand.companies.get(&id(&source["vendor"]["id"])?).ok_or_else(|| missing("VendorID"))?.as_str());
    if let Some(title) = source["title"].as_str() {
        at_most(title, 60)?;
        put(&mut target, "Description", title);
    }
    put(&mut target, "RetainagePct", float(retainage));
    put(&mut target, "ApplyRetainage", retainage > Decimal::ZERO);
    put(&mut target, "DoNotPrint", true);
    put(&mut target, "DoNotEmail", true);
    let by_unit = source["accounting_method"] == "unit";
    let details = lines.iter().map(|line| detail(hand, line, by_unit)).collect::<Found<Vec<_>>>()?;
    target.insert("Details".to_owned(), Value::Array(details));
    Ok(serde_json::to_writer(into, &target)?)
}

fn detail(hand: &Commitments, line: &Value, by_unit: bool) -> Found<Value> {
    let (code, mut target) = (&line["cost_code"], Map::new());
    let task = if code["biller_type"] == "SubJob" { hand.task(id(&code["biller_id"])?)? } else { &hand.main_task };
    let group = hand.cost_types.get(&id(&line["line_item_type"]["id"])?).ok_or_else(|| missing("InventoryID"))?;
    let amount = number(&line["amount"])?;
    let (mut quantity, mut cost) = (Decimal::ONE, amount);
    if by_unit {
        quantity = if line["quantity"].is_null() { quantity } else { number(&line["quantity"])? };
        cost = if line["unit_cost"].is_null() { cost } else { number(&line["unit_cost"])? };
    }
    put(&mut target, "Task", task);
    put(&mut target, "CostCode", hand.cost_codes.get(&id(&code["id"])?).ok_or_else(|| missing("CostCode"))?.as_str());
    put(&mut target, "InventoryID", hand.items.get(group).ok_or_else(|| missing("InventoryID"))?.as_str());
    if let Some(description) = line["description"].as_str().filter(|text| !text.trim().is_empty()) {
        put(&mut target, "LineDescription", description);
    }
    put(&mut target, "OrderQty", float(quantity));
    put(&mut target, "UnitCost", float(cost));
    put(&mut target, "ExtendedCost", float(amount));
    put(&mut target, "Project", hand.project.as_str());
    Ok(Value::Object(target))
}

/// One flat row; nothing when it is not offered.
pub(crate) fn row(hand: &Rows, body: &str, into: &mut Vec<u8>) -> Found<()> {
    let source: Value = serde_json::from_str(body)?;
    if source["status"] != "posted" {
        return Ok(());
    }
    let mut target = Map::new();
    let [quantity, unit_cost, original, changes, jtd, invoiced] =
        ["quantity", "unit_cost", "original_budget", "approved_changes", "jtd_cost", "commitment_invoiced"]
            .map(|name| number(&source[name]));
    let (cost, revised, jtd) = (quantity? * unit_cost?, original? + changes?, jtd?);
    put(&mut target, "ExternalRef", id(&source["id"])?.to_string());
    put(&mut target, "ProjectID", text(&source["project_number"])?);
    put(&mut target, "CostCode", text(&source["budget_code"])?.split('.').next().unwrap_or_default());
    put(&mut target, "AccountGroup", text(&source["cost_type"])?.to_uppercase());
    put(&mut target, "VendorID", hand.companies.get(&id(&source["vendor_id"])?).ok_or_else(|| missing("VendorID"))?.as_str());
    if let Some(description) = source["description"].as_str().filter(|text| !text.trim().is_empty()) {
        put(&mut target, "Description", crate::row_by_hand::cut(description, 60));
    }
    put(&mut target, "UOM", hand.units.get(text(&source["uom"])?).map_or("EA", String::as_str));
    put(&mut target, "PostedOn", text(&source["posted_on"])?);
    for (to, from) in [("Qty", "quantity"), ("UnitCost", "unit_cost"), ("OriginalBudget", "original_budget"), ("JTDCost", "jtd_cost")] {
        put(&mut target, to, source[from].clone());
    }
    put(&mut target, "ExtCost", float(cents(cost)));
    if !source["retainage_percent"].is_null() {
        let percent = number(&source["retainage_percent"])?;
        if percent > Decimal::ZERO {
            put(&mut target, "RetainageAmount", float(cents(cost * percent / Decimal::ONE_HUNDRED)));
        }
    }
    put(&mut target, "RevisedBudget", float(revised));
    put(&mut target, "DirectCost", float(jtd - invoiced?));
    put(&mut target, "OverBudget", jtd > revised);
    Ok(serde_json::to_writer(into, &target)?)
}

fn put(target: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    target.insert(name.to_owned(), json!({"value": value.into()}));
}

/// A number of a text, or of a number's shortest digits.
fn number(value: &Value) -> Found<Decimal> {
    let parsed = match value {
        Value::String(text) => Decimal::from_str_exact(text),
        other => Decimal::from_str_exact(&other.to_string()),
    };
    parsed.map_err(|problem| Refused(problem.to_string()))
}

/// As a tree holds numbers.
fn float(number: Decimal) -> Value {
    json!(number.to_f64())
}

fn cents(number: Decimal) -> Decimal {
    number.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn id(value: &Value) -> Found<u64> {
    value.as_u64().ok_or_else(|| missing("id"))
}

fn text(value: &Value) -> Found<&str> {
    value.as_str().ok_or_else(|| missing("a text"))
}

fn missing(field: &str) -> Refused {
    Refused(format!("`{field}` is required"))
}
