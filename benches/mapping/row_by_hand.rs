//! What would an author of plain Rust write for the mapping `cost_rows`? Serde structs in, serde structs out, decimals.

use std::collections::HashMap;

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::wire::{Exact, Refused, Wrapped, at_most, scaled, wrap};

#[derive(Deserialize)]
struct CostRow {
    id: u64,
    project_number: String,
    budget_code: String,
    cost_type: String,
    vendor_id: u64,
    description: Option<String>,
    uom: String,
    status: String,
    posted_on: String,
    retainage_percent: Option<Exact>,
    quantity: Exact,
    unit_cost: Exact,
    original_budget: Exact,
    approved_changes: Exact,
    jtd_cost: Exact,
    commitment_invoiced: Exact,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Target<'a> {
    external_ref: Wrapped<String>,
    #[serde(rename = "ProjectID")]
    project_id: Wrapped<&'a str>,
    cost_code: Wrapped<&'a str>,
    account_group: Wrapped<String>,
    #[serde(rename = "VendorID")]
    vendor_id: Wrapped<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Wrapped<&'a str>>,
    #[serde(rename = "UOM")]
    uom: Wrapped<&'a str>,
    posted_on: Wrapped<String>,
    qty: Wrapped<Exact>,
    unit_cost: Wrapped<Exact>,
    ext_cost: Wrapped<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retainage_amount: Option<Wrapped<Exact>>,
    original_budget: Wrapped<Exact>,
    revised_budget: Wrapped<Exact>,
    #[serde(rename = "JTDCost")]
    jtd_cost: Wrapped<Exact>,
    direct_cost: Wrapped<Exact>,
    over_budget: Wrapped<bool>,
}

/// The links and tables of the program.
pub(crate) struct Hand {
    pub(crate) companies: HashMap<u64, String>,
    pub(crate) units: HashMap<String, String>,
}

impl Hand {
    /// The bytes of one row as bytes for Acumatica; nothing when it is not offered.
    pub(crate) fn bytes(&self, body: &str, into: &mut Vec<u8>) -> Result<(), Refused> {
        let source: CostRow = serde_json::from_str(body)?;
        if source.status != "posted" {
            return Ok(());
        }
        let code = source.budget_code.split('.').next().unwrap_or_default();
        let group = source.cost_type.to_uppercase();
        [&source.project_number, code, &group].into_iter().try_for_each(|text| at_most(text, 30))?;
        let vendor = self.companies.get(&source.vendor_id).ok_or_else(|| Refused(format!("`{}` is not linked yet", source.vendor_id)))?;
        let cost = source.quantity.0 * source.unit_cost.0;
        let revised = source.original_budget.0 + source.approved_changes.0;
        let retainage = source.retainage_percent.filter(|percent| percent.0 > Decimal::ZERO);
        let posted_on: Date = source.posted_on.parse().map_err(|_| Refused(format!("`{}` is not a date", source.posted_on)))?;
        let target = Target {
            external_ref: wrap(source.id.to_string()),
            project_id: wrap(&source.project_number),
            cost_code: wrap(code),
            account_group: wrap(group),
            vendor_id: wrap(vendor),
            description: source.description.as_deref().filter(|text| !text.trim().is_empty()).map(|text| wrap(cut(text, 60))),
            uom: wrap(self.units.get(&source.uom).map_or("EA", String::as_str)),
            posted_on: wrap(posted_on.to_string()),
            qty: wrap(scaled(source.quantity.0, 6)?),
            unit_cost: wrap(scaled(source.unit_cost.0, 6)?),
            ext_cost: wrap(cents(cost)),
            retainage_amount: retainage.map(|percent| wrap(cents(cost * percent.0 / Decimal::ONE_HUNDRED))),
            original_budget: wrap(scaled(source.original_budget.0, 2)?),
            revised_budget: wrap(scaled(revised, 2)?),
            jtd_cost: wrap(scaled(source.jtd_cost.0, 2)?),
            direct_cost: wrap(scaled(source.jtd_cost.0 - source.commitment_invoiced.0, 2)?),
            over_budget: wrap(source.jtd_cost.0 > revised),
        };
        Ok(serde_json::to_writer(into, &target)?)
    }
}

fn cents(number: Decimal) -> Exact {
    Exact(number.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
}

pub(crate) fn cut(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| text[..end].trim_end())
}
