//! How does an imitated Acumatica behave on the wire? What it will have of a subcontract, and how it is opened.

use std::collections::BTreeSet;

use super::task::task_for;
use super::{ActionRule, Rules, Target};
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::draft::{Draft, cannot_be_found};
use crate::sandbox::acumatica::fields::Fields;
use crate::sandbox::acumatica::invoices;
use crate::sandbox::acumatica::ledger::{BudgetKey, Rise, raise};
use crate::sandbox::acumatica::pricing::{LineNames, Retainage, extend, retain, unit};
use crate::value::{Decimal, Record, Value};

/// Rules of subcontracts (SC301000).
pub(super) struct SubcontractRules;

const NAMES: LineNames = LineNames { qty: "OrderQty", retained: "RetainageAmount" };
/// What may change while the document is not on hold.
const FREE: [&str; 6] = ["VendorRef", "Description", "Owner", "DoNotPrint", "DoNotEmail", "note"];
/// Terms of payment that the instance knows.
const TERMS: [&str; 7] = ["0D", "10D", "15D", "30D", "45D", "60D", "90D"];

impl Rules for SubcontractRules {
    fn prefix(&self) -> &'static str {
        "SC"
    }

    fn title(&self) -> &'static str {
        "Subcontract"
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        let status = draft.before.word("Status").to_owned();
        let bound = draft.changed.iter().find(|field| !FREE.contains(&field.as_str())).cloned();
        if let Some(field) = bound.filter(|_| !draft.new && status != "On Hold") {
            draft.refuse_record(format!("The document cannot be changed ({field}): its status is {status}."));
        }
        judge_header(draft, books);
        let mut lines = draft.take_lines("Details");
        let retainage = Retainage {
            apply: draft.record.flag("ApplyRetainage"),
            percent: draft.record.number("RetainagePct"),
            before: draft.before.number("RetainagePct"),
        };
        for (at, line) in lines.iter_mut().enumerate() {
            if draft.touch("Details", at).is_some() {
                judge_line(draft, books, at, line);
            }
            let untouched = BTreeSet::new();
            retain(line, &NAMES, draft.touch("Details", at).map_or(&untouched, |touch| &touch.changed), &retainage);
        }
        total(&mut draft.record, &lines);
        draft.put_lines("Details", lines);
        let status = if draft.new { "On Hold".to_owned() } else { status };
        draft.record.set(
            "Status",
            if status.starts_with("Pending P") || status.starts_with("Pending E") { routed(&draft.record).to_owned() } else { status },
        );
    }

    fn saved(&self, books: &mut Books, id: &str, _new: bool) {
        books.accumulate("Subcontract", id, |record| {
            let number = record.word("SubcontractNbr").to_owned();
            if let Some(Value::List(lines)) = record.get_mut("Details") {
                for line in lines {
                    if let Value::Record(line) = line {
                        line.set("OrderType", "Subcontract");
                        line.set("OrderNbr", number.as_str());
                    }
                }
            }
        });
        settle_commitment(books, id);
    }

    fn keeps(&self, item: &Item, _books: &Books) -> Option<String> {
        let status = item.record.word("Status");
        (status != "On Hold" || item.record.flag("Invoiced")).then(|| format!("The document cannot be deleted: its status is {status}."))
    }

    fn action(&self, name: &str) -> Option<ActionRule> {
        Some(match name {
            "ReleaseFromHold" => ActionRule { title: "Remove Hold", from: &["On Hold"], long: true, run: release_from_hold },
            "PutOnHold" => ActionRule {
                title: "Hold",
                from: &["Open", "Pending Printing", "Pending Email", "Rejected"],
                long: false,
                run: put_on_hold,
            },
            _ => return None,
        })
    }
}

fn judge_header(draft: &mut Draft, books: &mut Books) {
    check_vendor(draft, books, "VendorID");
    let today = books.today().to_string();
    draft.record.default("Date", today);
    let date = draft.record.word("Date").to_owned();
    draft.record.default("StartDate", date);
    for (field, value) in [("CurrencyID", "USD"), ("BaseCurrencyID", "USD"), ("Location", "MAIN")] {
        draft.record.default(field, value);
    }
    let branch = books.branch.clone().unwrap_or_else(|| "MAIN".to_owned());
    draft.record.default("Branch", branch);
    for flag in ["ApplyRetainage", "DoNotPrint", "DoNotEmail", "Printed", "Emailed"] {
        draft.record.default(flag, false);
    }
    // Without ApplyRetainage the form has no percentage, and what was sent for it is lost.
    if !draft.record.flag("ApplyRetainage") {
        draft.record.set("RetainagePct", Decimal::ZERO);
    }
    let percent = draft.record.number("RetainagePct");
    if percent < Decimal::ZERO || percent > Decimal::ONE_HUNDRED {
        draft.refuse("RetainagePct", "The retainage percent must be between 0 and 100.");
    }
}

/// The vendor must be known and active; a new one of the document brings its terms.
pub(super) fn check_vendor(draft: &mut Draft, books: &Books, field: &str) {
    draft.refer(books, field, "Vendor");
    if let Some(vendor) = books.find("Vendor", &[draft.record.word(field)]) {
        let status = vendor.record.word("Status");
        if draft.changed.contains(field) && !["Active", "One-Time", "Hold Payments"].contains(&status) {
            draft.refuse(field, format!("The vendor status is '{status}'."));
        }
        if draft.changed.contains(field) && !draft.changed.contains("Terms") {
            draft.record.set("Terms", vendor.record.get("Terms").cloned().unwrap_or_default());
        }
        if draft.record.lacks("Terms") {
            draft.refuse("Terms", "'Terms' cannot be empty.");
        } else if !TERMS.contains(&draft.record.word("Terms")) {
            let message = format!("Terms '{}' cannot be found in the system.", draft.record.word("Terms"));
            draft.refuse("Terms", message);
        }
    }
}

fn judge_line(draft: &mut Draft, books: &mut Books, at: usize, line: &mut Record) {
    let place = ("Details", at);
    check_project(draft, books, place, line, "Task");
    let item = line.word("InventoryID").to_owned();
    match books.find("NonStockItem", &[&item]).map(|item| item.record.clone()) {
        None if item.is_empty() => draft.refuse_line(place, "InventoryID", "'Inventory ID' cannot be empty."),
        None => draft.refuse_line(place, "InventoryID", cannot_be_found("NonStockItem", &item)),
        Some(found) if found.flag("RequireReceipt") => {
            draft.refuse_line(
                place,
                "InventoryID",
                format!("Inventory Item '{item}' requires receipt and cannot be used in a subcontract."),
            );
        }
        Some(found) if found.word("ItemStatus") != "Active" => {
            draft.refuse_line(place, "InventoryID", format!("The item status is {}.", found.word("ItemStatus")));
        }
        Some(found) => {
            line.set("InventoryID", found.word("InventoryID"));
            line.default("LineDescription", found.word("Description"));
            line.default("UOM", found.word("PurchaseUnit"));
        }
    }
    check_unit(draft, place, line);
    if let Some(touch) = draft.touch("Details", at) {
        extend(line, &NAMES, &touch.changed);
    }
    let (start, branch) = (draft.record.word("StartDate").to_owned(), draft.record.word("Branch").to_owned());
    line.default("StartDate", start);
    line.default("BranchID", branch);
    for flag in ["ManualCost", "Completed", "Canceled", "Closed"] {
        line.default(flag, false);
    }
}

/// The unit of a line, where it has one.
pub(super) fn check_unit(draft: &mut Draft, place: (&str, usize), line: &mut Record) {
    if line.lacks("UOM") {
        return;
    }
    match unit(line.word("UOM")) {
        Ok(unit) => line.set("UOM", unit),
        Err(message) => draft.refuse_line(place, "UOM", message),
    }
}

/// Project, task and cost code of a line; what the request did not touch was good before.
pub(super) fn check_project(draft: &mut Draft, books: &Books, place: (&str, usize), line: &mut Record, task_field: &str) {
    let touched = |field: &str| draft.touch(place.0, place.1).is_some_and(|touch| touch.new || touch.changed.contains(field));
    if !["Project", "CostCode", task_field].into_iter().any(touched) {
        return;
    }
    let named = line.word("Project").to_owned();
    match books
        .find("Project", &[&named])
        .map(|project| (project.record.word("ProjectID").to_owned(), project.record.word("Status").to_owned()))
    {
        None if named.is_empty() => draft.refuse_line(place, "Project", "'Project' cannot be empty."),
        None => draft.refuse_line(place, "Project", cannot_be_found("Project", &named)),
        Some((_, status)) if status != "Active" => {
            draft.refuse_line(place, "Project", format!("Project '{named:<10}' is not active: its status is {status}."));
        }
        Some((project, _)) => {
            match task_for(books, &project, line.word(task_field)) {
                Ok(task) => line.set(task_field, task),
                Err(message) => draft.refuse_line(place, task_field, message),
            }
            line.set("Project", project);
        }
    }
    let code = line.word("CostCode").to_owned();
    match books.find("CostCode", &[&code]) {
        Some(found) => line.set("CostCode", found.record.word("CostCodeID")),
        None if code.is_empty() => draft.refuse_line(place, "CostCode", "'Cost Code' cannot be empty."),
        None => draft.refuse_line(place, "CostCode", cannot_be_found("CostCode", &code)),
    }
}

/// Total = lines − discounts + tax + retainage, where the lines are net of retainage.
fn total(record: &mut Record, lines: &[Record]) {
    let sum = |name: &str| lines.iter().map(|line| line.number(name)).sum::<Decimal>();
    let (net, retained) = (sum("Amount"), sum("RetainageAmount"));
    record.default("DiscountTotal", Decimal::ZERO);
    record.default("TaxTotal", Decimal::ZERO);
    let whole = net - record.number("DiscountTotal") + record.number("TaxTotal") + retained;
    for (name, value) in [("LineTotal", net), ("RetainageTotal", retained), ("SubcontractTotal", whole)] {
        record.set(name, value);
    }
    record.set("ControlTotal", whole);
}

/// Where a document off hold goes: to the printer and the mail first, unless they are left out.
fn routed(record: &Record) -> &'static str {
    match (record.flag("DoNotPrint"), record.flag("DoNotEmail")) {
        (false, _) => "Pending Printing",
        (true, false) => "Pending Email",
        (true, true) => "Open",
    }
}

fn release_from_hold(books: &mut Books, target: &Target) -> Result<(), String> {
    books.change("Subcontract", &target.id, |record| record.set("Status", routed(record)));
    settle_commitment(books, &target.id);
    Ok(())
}

fn put_on_hold(books: &mut Books, target: &Target) -> Result<(), String> {
    if books.get("Subcontract", &target.id).is_some_and(|item| item.record.flag("ChangeOrdered")) {
        return Err("The document cannot be put on hold because a change order refers to it.".to_owned());
    }
    books.change("Subcontract", &target.id, |record| record.set("Status", "On Hold"));
    settle_commitment(books, &target.id);
    Ok(())
}

/// Budgets show the commitment while the document is open; its first opening brings the vendor's first invoice.
fn settle_commitment(books: &mut Books, id: &str) {
    let Some(record) = books.get("Subcontract", id).map(|item| item.record.clone()) else { return };
    let open = record.word("Status") == "Open";
    if open == record.flag("Committed") {
        return;
    }
    let sign = if open { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
    for line in record.lines("Details").iter().filter_map(Value::as_record) {
        let group = invoices::group_of(books, line.word("InventoryID"));
        let key = BudgetKey {
            project: line.word("Project"),
            task: line.word("Task"),
            group: &group,
            code: line.word("CostCode"),
            item: line.word("InventoryID"),
        };
        let rise = Rise { committed: sign * line.number("ExtendedCost"), committed_qty: sign * line.number("OrderQty"), ..Rise::default() };
        raise(books, &key, &rise);
    }
    books.accumulate("Subcontract", id, |record| record.set("Committed", open));
    if open && !record.flag("Invoiced") {
        books.accumulate("Subcontract", id, |record| record.set("Invoiced", true));
        invoices::invoice(books, id);
    }
}
