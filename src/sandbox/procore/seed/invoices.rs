//! How do both systems behave on the wire? The billing periods and invoices of a practice project as Procore has them.

use std::collections::HashMap;

use super::super::resources::invoice_lines::kept;
use super::super::resources::packages;
use super::super::state::State;
use super::super::store::{Collection, Row};
use super::later::{Placed, Site, place};
use super::{Ground, add_at, fields};
use crate::sandbox::company::{Commitment, Invoice, OwnerInvoice, Period, Progress, Project};
use crate::value::{Record, Value};

impl Ground<'_> {
    /// Periods, of which the first is closed, invoices of subcontractors and suppliers, and invoices to the owner.
    pub(super) fn invoices(&mut self, state: &mut State, project: &Project, site: &mut Site) {
        for (at, period) in project.periods.iter().enumerate() {
            let record = [
                ("start_date", Value::text(&period.start)),
                ("end_date", period.end.as_str().into()),
                ("due_date", period.end.as_str().into()),
                ("position", i64::try_from(at + 1).unwrap_or(i64::MAX).into()),
                ("status", if at == 0 { "closed" } else { "open" }.into()),
            ];
            site.periods.push(add_at(state, Collection::BillingPeriods, fields(record), place(site, None)));
        }
        let mut last: HashMap<i64, i64> = HashMap::new();
        for invoice in &project.invoices {
            let contract = match invoice.commitment {
                Commitment::Subcontract(at) => site.subcontracts.get(at),
                Commitment::PurchaseOrder(at) => site.orders.get(at),
            };
            let (Some(contract), Some(period)) = (contract, project.periods.get(invoice.period)) else { continue };
            if contract.lines.iter().all(Option::is_none) {
                continue;
            }
            let id = requisition(state, site, (invoice, period, contract), last.get(&contract.id).copied());
            last.insert(contract.id, id);
            requisition_lines(state, site, (project, invoice, contract), id);
        }
        let Some(prime) = site.prime.clone() else { return };
        for invoice in &project.owner_invoices {
            if let Some(period) = project.periods.get(invoice.period) {
                owner_invoice(state, site, (invoice, period, &prime), &project.number);
            }
        }
    }
}

fn requisition(state: &mut State, site: &Site, (invoice, period, contract): (&Invoice, &Period, &Placed), before: Option<i64>) -> i64 {
    let kind = match invoice.commitment {
        Commitment::Subcontract(_) => "WorkOrderContract",
        Commitment::PurchaseOrder(_) => "PurchaseOrderContract",
    };
    let record = [
        ("commitment_id", contract.id.into()),
        ("commitment_type", kind.into()),
        ("number", i64::try_from(invoice.number).unwrap_or(i64::MAX).into()),
        ("previous_requisition_id", before.map_or(Value::Null, Value::from)),
        ("invoice_number", invoice.invoice_number.as_str().into()),
        ("invoice_type", "progress".into()),
        ("status", invoice.status.into()),
        ("billing_date", period.end.as_str().into()),
        ("payment_date", Value::Null),
        ("period_id", site.periods.get(invoice.period).copied().map_or(Value::Null, Value::from)),
        ("requisition_start", period.start.as_str().into()),
        ("requisition_end", period.end.as_str().into()),
        ("submitted_at", period.end.as_str().into()),
        ("final", false.into()),
        ("move_materials_to_previous_work_completed", false.into()),
    ];
    add_at(state, Collection::Requisitions, fields(record), place(site, Some(contract.id)))
}

/// Lines of the contract, then lines of its approved changes.
fn requisition_lines(state: &mut State, site: &Site, (project, invoice, contract): (&Project, &Invoice, &Placed), id: i64) {
    let lines = match invoice.commitment {
        Commitment::Subcontract(_) => Collection::WorkOrderLines,
        Commitment::PurchaseOrder(_) => Collection::PurchaseOrderLines,
    };
    let mut position = 0_i64;
    for item in &invoice.items {
        let line = contract.lines.get(item.line).copied().flatten().and_then(|line| state.store.get(lines, line)).cloned();
        if let Some(line) = line {
            position += 1;
            item_of(state, site, (item, &line, "contract_item"), (id, position, None));
        }
    }
    for (change, item) in &invoice.change_items {
        let number = project.commitment_changes.get(*change).map(|change| change.number.as_str()).unwrap_or_default();
        let on_contract = state.store.of_parent(Collection::ChangeOrderPackages, contract.id);
        let package = on_contract.into_iter().find(|row| row.fields.text("number") == Some(number)).map(|row| row.id);
        let Some(package) = package else { continue };
        // Lines whose codes are not there were left out of the package.
        let wanted = i64::try_from(item.line + 1).unwrap_or(i64::MAX);
        let line = packages::lines(state, package).into_iter().find(|line| line.reference("position") == Some(wanted)).cloned();
        if let Some(line) = line {
            position += 1;
            item_of(state, site, (item, &line, "change_order_item"), (id, position, Some(package)));
        }
    }
}

fn item_of(
    state: &mut State,
    site: &Site,
    (item, line, kind): (&Progress, &Row, &str),
    (invoice, position, package): (i64, i64, Option<i64>),
) {
    let mut record = kept(item);
    for (name, value) in [
        ("item_type", kind.into()),
        ("line_item_id", line.id.into()),
        ("alters", line.value("alters")),
        ("package_id", package.map_or(Value::Null, Value::from)),
        ("cost_code_id", line.value("cost_code_id")),
        ("wbs_code_id", line.value("wbs_code_id")),
        ("description_of_work", line.value("description")),
        ("position", position.into()),
        ("status", "approved".into()),
    ] {
        record.set(name, value);
    }
    add_at(state, Collection::RequisitionItems, record, place(site, Some(invoice)));
}

fn owner_invoice(state: &mut State, site: &Site, (invoice, period, prime): (&OwnerInvoice, &Period, &Placed), project: &str) {
    let record = [
        ("number", Value::from(i64::try_from(invoice.number).unwrap_or(i64::MAX))),
        ("invoice_number", format!("OI-{project}-{:02}", invoice.number).into()),
        ("status", invoice.status.into()),
        ("billing_date", period.end.as_str().into()),
        ("period_start", period.start.as_str().into()),
        ("period_end", period.end.as_str().into()),
        ("period_id", site.periods.get(invoice.period).copied().map_or(Value::Null, Value::from)),
    ];
    let id = add_at(state, Collection::PaymentApplications, fields(record), place(site, Some(prime.id)));
    let mut position = 0_i64;
    for item in &invoice.items {
        let line = prime.lines.get(item.line).copied().flatten().and_then(|line| state.store.get(Collection::PrimeLines, line)).cloned();
        let Some(line) = line else { continue };
        position += 1;
        let record = fields([
            ("source", line.id.into()),
            ("source_of", prime.id.into()),
            ("position", position.into()),
            ("cost_code_id", line.value("cost_code_id")),
            ("wbs_code_id", line.value("wbs_code_id")),
            ("description_of_work", line.value("description")),
            ("origin_type", "LineItem".into()),
        ]);
        owner_line(state, (site, id), item, &record);
    }
    let found = state.store.of_parent(Collection::ChangeOrderPackages, prime.id).map(|row| (row.id, row.value("title")));
    let found: Vec<(i64, Value)> = found.collect();
    for item in &invoice.change_items {
        let Some((package, title)) = found.get(item.line).cloned() else { continue };
        position += 1;
        // Where lines were left out the package comes to less, and so does what is asked for it.
        if packages::total(state, package) != item.scheduled {
            continue;
        }
        let record = fields([
            ("source", package.into()),
            ("source_of", package.into()),
            ("position", position.into()),
            ("description_of_work", title),
            ("origin_type", "ChangeOrderPackage".into()),
        ]);
        owner_line(state, (site, id), item, &record);
    }
}

fn owner_line(state: &mut State, (site, invoice): (&Site, i64), item: &Progress, more: &Record) {
    let mut record = kept(item);
    more.iter().for_each(|(name, value)| record.set(name, value.clone()));
    add_at(state, Collection::PaymentItems, record, place(site, Some(invoice)));
}
