//! How does an imitated Acumatica behave on the wire? What it will have of a bill, and what becomes of a released one.

use std::collections::BTreeSet;

use super::subcontract::{check_project, check_unit, check_vendor};
use super::{ActionRule, Rules, Target};
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::draft::{Draft, cannot_be_found};
use crate::sandbox::acumatica::fields::{Fields, guid};
use crate::sandbox::acumatica::invoices;
use crate::sandbox::acumatica::ledger::period_of;
use crate::sandbox::acumatica::pricing::{LineNames, Retainage, extend, retain};
use crate::value::{Decimal, Record, Value};

/// Rules of bills (AP301000).
pub(super) struct BillRules;

const NAMES: LineNames = LineNames { qty: "Qty", retained: "CuryRetainageAmt" };

impl Rules for BillRules {
    fn has_passing_line_ids(&self) -> bool {
        true
    }

    fn title(&self) -> &'static str {
        "AP Document"
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        let status = draft.before.word("Status").to_owned();
        if !draft.new && !draft.changed.is_empty() && !["On Hold", "Balanced"].contains(&status.as_str()) {
            draft.refuse_record(format!("The document cannot be changed: its status is {status}."));
        }
        draft.record.default("Type", "Bill");
        judge_header(draft, books);
        let retainage = Retainage {
            apply: draft.record.flag("RetainageApply"),
            percent: draft.record.number("DefRetainagePct"),
            before: draft.before.number("DefRetainagePct"),
        };
        let mut lines = draft.take_lines("Details");
        for (at, line) in lines.iter_mut().enumerate() {
            if draft.touch("Details", at).is_some() {
                judge_line(draft, books, at, line);
            }
            let untouched = BTreeSet::new();
            retain(line, &NAMES, draft.touch("Details", at).map_or(&untouched, |touch| &touch.changed), &retainage);
        }
        total(&mut draft.record, &lines);
        draft.put_lines("Details", lines);
        draft.record.default("Hold", true);
        let held = if draft.record.flag("Hold") { "On Hold" } else { "Balanced" };
        draft.record.set("Status", if draft.new || ["On Hold", "Balanced"].contains(&status.as_str()) { held } else { &status });
    }

    fn keeps(&self, item: &Item, _books: &Books) -> Option<String> {
        let status = item.record.word("Status");
        (!["On Hold", "Balanced"].contains(&status)).then(|| format!("The document cannot be deleted: its status is {status}."))
    }

    fn workflow_actions(&self) -> &'static [&'static str] {
        &["Release", "Reverse"]
    }

    fn action(&self, name: &str) -> Option<ActionRule> {
        Some(match name {
            "ReleaseBill" | "Release" => ActionRule { title: "Release", from: &["Balanced"], long: true, run: release },
            "ReverseBill" | "Reverse" => ActionRule { title: "Reverse", from: &["Open", "Closed"], long: true, run: reverse },
            "ReleaseRetainage" => ActionRule { title: "Release Retainage", from: &["Open", "Closed"], long: true, run: release_retainage },
            _ => return None,
        })
    }
}

fn judge_header(draft: &mut Draft, books: &mut Books) {
    check_vendor(draft, books, "Vendor");
    draft.refer(books, "Project", "Project");
    let today = books.today().to_string();
    draft.record.default("Date", today);
    match period_of(&draft.record, "PostPeriod", "Date") {
        Ok(period) => draft.record.set("PostPeriod", period),
        Err(message) => draft.refuse("PostPeriod", message),
    }
    for (field, value) in [("CurrencyID", "USD"), ("BranchID", "MAIN"), ("LocationID", "MAIN")] {
        draft.record.default(field, value);
    }
    if !books.options.unique_vendor_ref || !(draft.new || draft.changed.contains("VendorRef")) {
        return;
    }
    let (vendor, reference) = (draft.record.word("Vendor"), draft.record.word("VendorRef"));
    if reference.is_empty() {
        draft.refuse("VendorRef", "'Vendor Ref.' cannot be empty.");
        return;
    }
    let own = draft.entity.key_of(&draft.record);
    let twin = books.sorted("Bill").into_iter().find(|other| {
        other.record.word("Vendor") == vendor
            && other.record.word("VendorRef").eq_ignore_ascii_case(reference)
            && draft.entity.key_of(&other.record) != own
    });
    if let Some(number) = twin.map(|twin| twin.record.word("ReferenceNbr").to_owned()) {
        let message = format!("A document with the vendor reference '{reference}' exists already: {number}.");
        draft.refuse("VendorRef", message);
    }
}

fn judge_line(draft: &mut Draft, books: &mut Books, at: usize, line: &mut Record) {
    let place = ("Details", at);
    follow_commitment(draft, books, at, line);
    if let Some(project) = draft.record.text("Project").map(str::to_owned) {
        line.default("Project", project);
    }
    if !line.lacks("Project") {
        check_project(draft, books, place, line, "ProjectTask");
    }
    let item = line.word("InventoryID").to_owned();
    match books.find("NonStockItem", &[&item]).map(|item| item.record.clone()) {
        Some(found) => {
            line.set("InventoryID", found.word("InventoryID"));
            line.default("TransactionDescription", found.word("Description"));
            line.default("UOM", found.word("PurchaseUnit"));
        }
        None if item.is_empty() => {}
        None => draft.refuse_line(place, "InventoryID", cannot_be_found("NonStockItem", &item)),
    }
    check_unit(draft, place, line);
    if let Some(touch) = draft.touch("Details", at) {
        extend(line, &NAMES, &touch.changed);
    }
}

/// A line that names a commitment must name an open one of its vendor, and takes over what it does not say itself.
fn follow_commitment(draft: &mut Draft, books: &Books, at: usize, line: &mut Record) {
    let place = ("Details", at);
    let number = line.word("POOrderNbr").to_owned();
    if number.is_empty() {
        return;
    }
    let found = books.find("Subcontract", &[&number]).filter(|_| line.word("POOrderType") == "Subcontract").map(|item| item.record.clone());
    let Some(order) = found else {
        draft.refuse_line(place, "POOrderNbr", cannot_be_found(line.word("POOrderType"), &number));
        return;
    };
    if order.word("VendorID") != draft.record.word("Vendor") || order.word("Status") != "Open" {
        draft.refuse_line(place, "POOrderNbr", format!("The commitment '{number}' is not an open one of this vendor."));
        return;
    }
    let wanted = line.number("POLine");
    let Some(source) = order.lines("Details").iter().filter_map(Value::as_record).find(|source| source.number("LineNbr") == wanted) else {
        draft.refuse_line(place, "POLine", format!("Line {wanted} of the commitment '{number}' cannot be found."));
        return;
    };
    for (own, theirs) in [
        ("Project", "Project"),
        ("ProjectTask", "Task"),
        ("CostCode", "CostCode"),
        ("InventoryID", "InventoryID"),
        ("UOM", "UOM"),
        ("TransactionDescription", "LineDescription"),
    ] {
        line.default(own, source.get(theirs).cloned().unwrap_or_default());
    }
    if line.lacks("ExtendedCost") && line.lacks("Qty") && line.lacks("UnitCost") {
        for (own, theirs) in [("Qty", "OrderQty"), ("UnitCost", "UnitCost"), ("ExtendedCost", "ExtendedCost")] {
            line.set(own, source.number(theirs));
        }
    }
    line.set("SubcontractNbr", order.word("SubcontractNbr"));
    line.set("SubcontractLineNbr", wanted);
}

fn total(record: &mut Record, lines: &[Record]) {
    let sum = |name: &str| lines.iter().map(|line| line.number(name)).sum::<Decimal>();
    let (net, retained) = (sum("Amount") + record.number("TaxTotal"), sum("CuryRetainageAmt"));
    for (name, value) in [("Amount", net), ("Balance", net), ("CuryRetainageTotal", retained), ("CuryRetainageUnreleasedAmt", retained)] {
        record.set(name, value);
    }
}

fn release(books: &mut Books, target: &Target) -> Result<(), String> {
    books.change("Bill", &target.id, |record| record.set("Status", "Open"));
    invoices::post(books, &target.id);
    Ok(())
}

/// A debit adjustment on hold with the same lines.
fn reverse(books: &mut Books, target: &Target) -> Result<(), String> {
    let Some(mut record) = books.get("Bill", &target.id).map(|item| item.record.clone()) else { return Ok(()) };
    for (name, value) in [("Type", "Debit Adj."), ("Status", "On Hold")] {
        record.set(name, value);
    }
    record.set("Hold", true);
    follow_up(books, record);
    Ok(())
}

/// A retainage bill of its own over the amount asked for, or over all that is still kept back.
fn release_retainage(books: &mut Books, target: &Target) -> Result<(), String> {
    let Some(record) = books.get("Bill", &target.id).map(|item| item.record.clone()) else { return Ok(()) };
    if target.parameters.lacks("PostPeriod") {
        return Err("'Post Period' cannot be empty.".to_owned());
    }
    let kept = record.number("CuryRetainageUnreleasedAmt");
    let amount = if target.parameters.lacks("AmtToRelease") { kept } else { target.parameters.number("AmtToRelease") };
    if amount <= Decimal::ZERO || amount > kept {
        return Err(format!("The amount to release must be above zero and at most {kept}."));
    }
    let mut bill = Record::new();
    for name in ["Type", "Vendor", "VendorRef", "Description", "Project", "Terms", "CurrencyID", "BranchID"] {
        bill.set(name, record.get(name).cloned().unwrap_or_default());
    }
    let date = target.parameters.text("Date").map_or_else(|| books.today().to_string(), str::to_owned);
    bill.set("Date", date);
    bill.set("PostPeriod", target.parameters.word("PostPeriod"));
    bill.set("Status", "Balanced");
    bill.set("Hold", false);
    bill.set("IsRetainageDocument", true);
    bill.set("OrigRefNbr", record.word("ReferenceNbr"));
    bill.set("Amount", amount);
    bill.set("Balance", amount);
    follow_up(books, bill);
    books.change("Bill", &target.id, |record| {
        record.set("CuryRetainageUnreleasedAmt", kept - amount);
        record.set("CuryRetainageReleased", record.number("CuryRetainageReleased") + amount);
    });
    Ok(())
}

/// A document that another one brought about, under the next number and with lines of its own.
fn follow_up(books: &mut Books, mut record: Record) {
    let number = format!("{:06}", books.count("Bill"));
    if let Some(Value::List(lines)) = record.get_mut("Details") {
        for (at, line) in lines.iter_mut().enumerate() {
            if let Value::Record(line) = line {
                line.set("id", guid(books.seed(), &["line of", &number, &at.to_string()]));
            }
        }
    }
    record.set("ReferenceNbr", number);
    books.insert("Bill", record);
}
