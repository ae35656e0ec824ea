//! How does an imitated Acumatica behave on the wire? What it will have of a bill, and what becomes of a released one.

use super::lines::{check_item, check_project, check_unit, check_vendor, judge_lines};
use super::retainage::{release_retainage, reverse};
use super::{ActionRule, Rules, Target};
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::commitments::{SUBCONTRACT, find, line_of};
use crate::sandbox::acumatica::draft::{Draft, cannot_be_found};
use crate::sandbox::acumatica::fields::Fields;
use crate::sandbox::acumatica::pricing::{LineNames, extend};
use crate::sandbox::acumatica::{invoices, periods};
use crate::value::{Decimal, Record};

/// Rules of bills (AP301000).
pub(super) struct BillRules;

const NAMES: LineNames = LineNames { qty: "Qty", unit: "UnitCost", extended: "ExtendedCost", retained: "CuryRetainageAmt" };

impl Rules for BillRules {
    fn has_passing_line_ids(&self) -> bool {
        true
    }

    fn title(&self) -> &'static str {
        "AP Document"
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        let status = draft.before.word("Status").to_owned();
        let editable = ["On Hold", "Balanced", "Pending Approval", "Rejected"].contains(&status.as_str());
        if !draft.new && !draft.changed.is_empty() && !editable {
            draft.refuse_record(format!("The document cannot be changed: its status is {status}."));
        }
        draft.record.default("Type", "Bill");
        judge_header(draft, books);
        let lines = judge_lines(draft, books, &NAMES, ["RetainageApply", "DefRetainagePct"], judge_line);
        total(&mut draft.record, &lines);
        draft.put_lines("Details", lines);
        if draft.record.number("Amount") < Decimal::ZERO {
            draft.refuse_record("The document balance cannot be negative; such a document is a debit adjustment.");
        }
        draft.record.default("Hold", true);
        let status = if draft.new || editable { off_hold(draft, books, "Bill") } else { status };
        draft.record.set("Status", status);
    }

    fn keeps(&self, item: &Item, _books: &Books) -> Option<String> {
        let status = item.record.word("Status");
        (!["On Hold", "Balanced"].contains(&status)).then(|| format!("The document cannot be deleted: its status is {status}."))
    }

    fn workflow_actions(&self) -> &'static [&'static str] {
        &["Release", "Reverse", "Approve", "Reject"]
    }

    fn action(&self, name: &str) -> Option<ActionRule> {
        Some(match name {
            "ReleaseBill" | "Release" => ActionRule { title: "Release", from: &["Balanced"], long: true, run: release },
            "ReverseBill" | "Reverse" => ActionRule { title: "Reverse", from: &["Open", "Closed"], long: true, run: reverse },
            "Approve" => ActionRule { title: "Approve", from: &["Pending Approval"], long: false, run: approve },
            "Reject" => ActionRule { title: "Reject", from: &["Pending Approval"], long: false, run: reject },
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
    periods::judge(draft, books, ("Date", "AP"));
    check_cash_account(draft, books);
    for (field, value) in [("CurrencyID", "USD"), ("BranchID", "MAIN"), ("LocationID", "MAIN")] {
        draft.record.default(field, value);
    }
    if books.options.unique_vendor_ref && (draft.new || draft.changed.contains("VendorRef")) {
        check_vendor_ref(draft, books);
    }
}

/// The vendor's own number must be given, and be new among the documents of the vendor.
fn check_vendor_ref(draft: &mut Draft, books: &Books) {
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
        check_project(draft, books, place, (line, "ProjectTask"));
    }
    if !line.lacks("InventoryID") {
        check_item(draft, books, place, (line, "TransactionDescription", true));
    }
    check_account(draft, books, at, line);
    check_unit(draft, place, line);
    if let Some(touch) = draft.touch("Details", at) {
        extend(line, &NAMES, &touch.changed);
    }
}

/// A line needs an item, which brings its account, or an account.
fn check_account(draft: &mut Draft, books: &Books, at: usize, line: &mut Record) {
    let code = line.word("Account").to_owned();
    match books.find("Account", &[&code]).map(|account| (account.record.flag("Active"), account.record.word("AccountGroup").to_owned())) {
        None if code.is_empty() && line.lacks("InventoryID") => {
            draft.refuse_line(("Details", at), "Account", "'Account' cannot be empty.");
        }
        None if code.is_empty() => {}
        None => draft.refuse_line(("Details", at), "Account", cannot_be_found("Account", &code)),
        Some((false, _)) => draft.refuse_line(("Details", at), "Account", format!("Account '{code}' is inactive.")),
        // Kept in the house: where the cost goes.
        Some((true, group)) if line.lacks("InventoryID") && !group.is_empty() => line.set("AccountGroup", group),
        Some(_) => {}
    }
}

/// Money leaves through an active cash account.
pub(super) fn check_cash_account(draft: &mut Draft, books: &Books) {
    let code = draft.record.word("CashAccount").to_owned();
    if code.is_empty() {
        return;
    }
    match books.find("Account", &[&code]).map(|account| &account.record) {
        Some(account) if account.flag("CashAccount") && account.flag("Active") => {}
        _ => draft.refuse("CashAccount", format!("Cash Account '{code}' cannot be found in the system.")),
    }
}

/// A line that names a commitment must name an open one of its vendor, and takes over what it does not say itself.
fn follow_commitment(draft: &mut Draft, books: &Books, at: usize, line: &mut Record) {
    let place = ("Details", at);
    let number = line.word("POOrderNbr").to_owned();
    if number.is_empty() {
        return;
    }
    let Some((kind, order)) = find(books, line.word("POOrderType"), &number) else {
        return draft.refuse_line(place, "POOrderNbr", cannot_be_found(line.word("POOrderType"), &number));
    };
    let order = &order.record;
    if order.word("VendorID") != draft.record.word("Vendor") || order.word("Status") != "Open" {
        return draft.refuse_line(place, "POOrderNbr", format!("The commitment '{number}' is not an open one of this vendor."));
    }
    let wanted = line.number("POLine");
    let Some(source) = line_of(order, wanted) else {
        return draft.refuse_line(place, "POLine", format!("Line {wanted} of the commitment '{number}' cannot be found."));
    };
    if let Some(project) = line.text("Project").filter(|project| !project.eq_ignore_ascii_case(source.word("Project"))) {
        let message = format!("The line of the commitment '{number}' belongs to another project than '{project}'.");
        return draft.refuse_line(place, "Project", message);
    }
    for (own, theirs) in [
        ("Project", "Project"),
        ("ProjectTask", kind.task),
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
    if kind.entity == SUBCONTRACT.entity {
        line.set("SubcontractNbr", order.word("SubcontractNbr"));
        line.set("SubcontractLineNbr", wanted);
    }
}

/// The status of a payables or receivables document that is not released.
pub(super) fn off_hold(draft: &Draft, books: &Books, entity: &str) -> String {
    let before = draft.before.word("Status");
    let waits = books.options.approvals.contains(entity) && !draft.before.flag("Approved");
    match (draft.record.flag("Hold"), waits) {
        (true, _) => "On Hold".to_owned(),
        (false, true) if before == "Rejected" => before.to_owned(),
        (false, true) => "Pending Approval".to_owned(),
        (false, false) => "Balanced".to_owned(),
    }
}

fn total(record: &mut Record, lines: &[Record]) {
    let sum = |name: &str| lines.iter().map(|line| line.number(name)).sum::<Decimal>();
    let (net, retained) = (sum("Amount") + record.number("TaxTotal"), sum("CuryRetainageAmt"));
    for (name, value) in [("Amount", net), ("Balance", net), ("CuryRetainageTotal", retained), ("CuryRetainageUnreleasedAmt", retained)] {
        record.set(name, value);
    }
}

pub(in crate::sandbox::acumatica) fn release(books: &mut Books, target: &Target) -> Result<(), String> {
    let Some(record) = books.get("Bill", &target.id).map(|item| item.record.clone()) else { return Ok(()) };
    periods::check(books, record.word("PostPeriod"), "AP")?;
    let settled = record.number("Amount").is_zero() && !record.flag("RetainageApply");
    books.change("Bill", &target.id, |record| record.set("Status", if settled { "Closed" } else { "Open" }));
    // What a retainage bill pays out was cost when it was kept back.
    if !record.flag("IsRetainageDocument") {
        invoices::post(books, &target.id);
    }
    Ok(())
}

fn approve(books: &mut Books, target: &Target) -> Result<(), String> {
    books.change("Bill", &target.id, |record| {
        record.set("Approved", true);
        record.set("Status", "Balanced");
    });
    Ok(())
}

fn reject(books: &mut Books, target: &Target) -> Result<(), String> {
    books.change("Bill", &target.id, |record| record.set("Status", "Rejected"));
    Ok(())
}
