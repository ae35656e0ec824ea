//! What would an author of plain Rust write for the mapping `subcontracts`? Serde structs in, serde structs out, decimals.

use std::collections::HashMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::wire::{Exact, Quoted, Refused, Wrapped, at_most, scaled, wrap};

#[derive(Deserialize)]
struct Commitment {
    number: Option<String>,
    title: Option<String>,
    status: String,
    accounting_method: String,
    retainage_percent: Option<Quoted>,
    contract_start_date: Option<String>,
    vendor: Option<Vendor>,
    created_at: String,
    deleted_at: Option<String>,
    grand_total: Option<Quoted>,
    line_items: Vec<LineItem>,
}

#[derive(Deserialize)]
struct Vendor {
    id: u64,
}

#[derive(Deserialize)]
struct LineItem {
    description: Option<String>,
    amount: Option<Quoted>,
    quantity: Option<Quoted>,
    unit_cost: Option<Quoted>,
    cost_code: Option<CostCode>,
    line_item_type: Option<LineItemType>,
}

#[derive(Deserialize)]
struct CostCode {
    id: u64,
    biller_type: String,
    biller_id: u64,
}

#[derive(Deserialize)]
struct LineItemType {
    id: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Subcontract<'a> {
    date: Wrapped<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subcontract_nbr: Option<Wrapped<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor_ref: Option<Wrapped<&'a str>>,
    #[serde(rename = "VendorID")]
    vendor_id: Wrapped<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Wrapped<&'a str>>,
    retainage_pct: Wrapped<Exact>,
    apply_retainage: Wrapped<bool>,
    do_not_print: Wrapped<bool>,
    do_not_email: Wrapped<bool>,
    details: Vec<Detail<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Detail<'a> {
    task: Wrapped<&'a str>,
    cost_code: Wrapped<&'a str>,
    #[serde(rename = "InventoryID")]
    inventory_id: Wrapped<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line_description: Option<Wrapped<&'a str>>,
    order_qty: Wrapped<Exact>,
    unit_cost: Wrapped<Exact>,
    extended_cost: Wrapped<Exact>,
    project: Wrapped<&'a str>,
}

/// The links, tables and settings of the program.
pub(crate) struct Hand {
    pub(crate) companies: HashMap<u64, String>,
    pub(crate) cost_codes: HashMap<u64, String>,
    pub(crate) cost_types: HashMap<u64, String>,
    pub(crate) items: HashMap<String, String>,
    /// `project/task`.
    pub(crate) sub_jobs: HashMap<u64, String>,
    pub(crate) main_task: String,
    pub(crate) automatic_numbers: bool,
    pub(crate) project: String,
}

impl Hand {
    /// The bytes of one commitment as bytes of a Subcontract; nothing when it is not offered.
    pub(crate) fn bytes(&self, body: &str, into: &mut Vec<u8>) -> Result<(), Refused> {
        let source: Commitment = serde_json::from_str(body)?;
        if !matches!(source.status.as_str(), "Approved" | "Complete") || source.deleted_at.is_some() {
            return Ok(());
        }
        let total: Decimal = source.line_items.iter().filter_map(|line| line.amount.as_ref()).map(|amount| amount.0).sum();
        if source.grand_total.as_ref().is_some_and(|header| header.0 != total) {
            return Err(Refused(format!("the lines add up to {total}")));
        }
        let vendor = source.vendor.as_ref().ok_or_else(|| missing("VendorID"))?;
        let number = filled(source.number.as_deref());
        number.map_or(Ok(()), |number| at_most(number, 15))?;
        let description = filled(source.title.as_deref());
        description.map_or(Ok(()), |title| at_most(title, 60))?;
        let retainage = source.retainage_percent.as_ref().map_or(Decimal::ZERO, |percent| percent.0);
        let target = Subcontract {
            date: wrap(day(source.created_at.get(..10).unwrap_or_default())?),
            start_date: source.contract_start_date.as_deref().map(day).transpose()?.map(wrap),
            subcontract_nbr: number.filter(|_| !self.automatic_numbers).map(wrap),
            vendor_ref: number.map(wrap),
            vendor_id: wrap(linked(&self.companies, vendor.id)?),
            description: description.map(wrap),
            retainage_pct: wrap(scaled(retainage, 6)?),
            apply_retainage: wrap(retainage > Decimal::ZERO),
            do_not_print: wrap(true),
            do_not_email: wrap(true),
            details: source.line_items.iter().map(|line| self.detail(&source, line)).collect::<Result<_, _>>()?,
        };
        Ok(serde_json::to_writer(into, &target)?)
    }

    /// The task of a sub job.
    pub(crate) fn task(&self, job: u64) -> Result<&str, Refused> {
        linked(&self.sub_jobs, job)?.split_once('/').map(|(_, task)| task).ok_or_else(|| missing("Task"))
    }

    fn detail<'a>(&'a self, source: &Commitment, line: &'a LineItem) -> Result<Detail<'a>, Refused> {
        let code = line.cost_code.as_ref().ok_or_else(|| missing("CostCode"))?;
        let kind = line.line_item_type.as_ref().ok_or_else(|| missing("InventoryID"))?;
        let amount = line.amount.as_ref().ok_or_else(|| missing("ExtendedCost"))?.0;
        let group = linked(&self.cost_types, kind.id)?;
        let item = self.items.get(group).ok_or_else(|| missing("InventoryID"))?;
        at_most(item, 30)?;
        let (quantity, cost) = match source.accounting_method.as_str() {
            "unit" => {
                (line.quantity.as_ref().map_or(Decimal::ONE, |quantity| quantity.0), line.unit_cost.as_ref().map_or(amount, |cost| cost.0))
            }
            _ => (Decimal::ONE, amount),
        };
        Ok(Detail {
            task: wrap(match code.biller_type.as_str() {
                "SubJob" => self.task(code.biller_id)?,
                _ => &self.main_task,
            }),
            cost_code: wrap(linked(&self.cost_codes, code.id)?),
            inventory_id: wrap(item),
            line_description: filled(line.description.as_deref()).map(wrap),
            order_qty: wrap(scaled(quantity, 6)?),
            unit_cost: wrap(scaled(cost, 6)?),
            extended_cost: wrap(scaled(amount, 2)?),
            project: wrap(&self.project),
        })
    }
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

fn day(text: &str) -> Result<String, Refused> {
    text.parse::<Date>().map(|date| date.to_string()).map_err(|problem| Refused(problem.to_string()))
}

fn linked(links: &HashMap<u64, String>, id: u64) -> Result<&str, Refused> {
    links.get(&id).map(String::as_str).ok_or_else(|| Refused(format!("`{id}` is not linked yet")))
}

fn missing(field: &str) -> Refused {
    Refused(format!("`{field}` is required"))
}
