//! How does an imitated Acumatica behave on the wire? What it will have of a check, and what becomes of the bills that it pays.

use super::bill::{check_cash_account, off_hold};
use super::lines::check_vendor;
use super::{ActionRule, Rules, Target};
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::draft::{Draft, cannot_be_found};
use crate::sandbox::acumatica::fields::{Fields, guid};
use crate::sandbox::acumatica::periods;
use crate::value::{Decimal, Record, Value};

/// Rules of payments to vendors (AP302000).
pub(in crate::sandbox::acumatica) struct CheckRules;

impl Rules for CheckRules {
    fn has_passing_line_ids(&self) -> bool {
        true
    }

    fn title(&self) -> &'static str {
        "AP Payment"
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        let status = draft.before.word("Status").to_owned();
        let editable = draft.new || ["On Hold", "Pending Approval", "Balanced", "Rejected"].contains(&status.as_str());
        if !editable && !draft.changed.is_empty() {
            draft.refuse_record(format!("The document cannot be changed: its status is {status}."));
        }
        judge_header(draft, books);
        let mut lines = draft.take_lines("Details");
        for (at, line) in lines.iter_mut().enumerate() {
            if draft.touch("Details", at).is_some() {
                judge_line(draft, books, at, line);
            }
        }
        let applied = lines.iter().map(|line| signed(line.word("DocType"), line.number("AmountPaid"))).sum::<Decimal>();
        draft.put_lines("Details", lines);
        draft.record.default("PaymentAmount", applied);
        let rest = draft.record.number("PaymentAmount") - applied;
        if editable && rest < Decimal::ZERO {
            draft.refuse("PaymentAmount", format!("The payment is less than what it is applied to by {}.", -rest));
        }
        if editable {
            draft.record.set("UnappliedBalance", rest);
            draft.record.set("Status", off_hold(draft, books, "Check"));
        }
    }

    fn keeps(&self, item: &Item, _books: &Books) -> Option<String> {
        let status = item.record.word("Status");
        (!["On Hold", "Balanced"].contains(&status)).then(|| format!("The document cannot be deleted: its status is {status}."))
    }

    fn workflow_actions(&self) -> &'static [&'static str] {
        &["Release", "VoidCheck", "Approve"]
    }

    fn action(&self, name: &str) -> Option<ActionRule> {
        Some(match name {
            "ReleaseCheck" | "Release" => ActionRule { title: "Release", from: &["Balanced", "Printed"], long: true, run: release },
            "VoidCheck" => ActionRule { title: "Void", from: &["Open", "Closed"], long: true, run: void },
            "Approve" => ActionRule { title: "Approve", from: &["Pending Approval"], long: false, run: approve },
            _ => return None,
        })
    }
}

fn judge_header(draft: &mut Draft, books: &mut Books) {
    draft.record.default("Type", "Payment");
    if draft.new && draft.record.word("Type").starts_with("Voided") {
        draft.refuse("Type", "A voided document is made by the action Void.");
    }
    check_vendor(draft, books, "Vendor");
    draft.record.default("PaymentMethod", "CHECK");
    draft.record.default("CashAccount", "10200");
    check_cash_account(draft, books);
    let today = books.today().to_string();
    draft.record.default("ApplicationDate", today);
    draft.record.default("CurrencyID", "USD");
    draft.record.default("Hold", true);
    if draft.new || draft.changed.contains("ApplicationDate") {
        let day = draft.record.word("ApplicationDate").to_owned();
        if let Err(message) = periods::check_day(books, &day, "AP") {
            draft.refuse("ApplicationDate", message);
        }
    }
    if !draft.record.flag("Hold") && draft.record.lacks("PaymentRef") {
        draft.refuse("PaymentRef", "'Payment Ref.' cannot be empty.");
    }
}

/// A line pays an open document of the vendor, at most what is left of it.
fn judge_line(draft: &mut Draft, books: &Books, at: usize, line: &mut Record) {
    let place = ("Details", at);
    line.default("DocType", "Bill");
    let number = line.word("ReferenceNbr").to_owned();
    let vendor = draft.record.word("Vendor").to_owned();
    let found = books.find("Bill", &[line.word("DocType"), &number]).map(|item| &item.record);
    match found {
        None => draft.refuse_line(place, "ReferenceNbr", cannot_be_found(line.word("DocType"), &number)),
        Some(bill) if bill.word("Vendor") != vendor || bill.word("Status") != "Open" => {
            draft.refuse_line(place, "ReferenceNbr", format!("The document '{number}' is not an open one of this vendor."));
        }
        Some(bill) => {
            let balance = bill.number("Balance");
            line.default("AmountPaid", balance);
            let rest = balance - line.number("AmountPaid");
            if rest < Decimal::ZERO || line.number("AmountPaid") < Decimal::ZERO {
                draft.refuse_line(place, "AmountPaid", format!("The amount must be between zero and the balance of {balance}."));
            }
            line.set("Balance", rest);
        }
    }
}

/// A debit adjustment lessens what is paid.
fn signed(kind: &str, amount: Decimal) -> Decimal {
    if kind == "Debit Adj." { -amount } else { amount }
}

fn approve(books: &mut Books, target: &Target) -> Result<(), String> {
    books.change("Check", &target.id, |record| {
        record.set("Approved", true);
        record.set("Status", "Balanced");
    });
    Ok(())
}

/// The bills are paid; what stood in the details is history from now on.
pub(in crate::sandbox::acumatica) fn release(books: &mut Books, target: &Target) -> Result<(), String> {
    let Some(check) = books.get("Check", &target.id).map(|item| item.record.clone()) else { return Ok(()) };
    periods::check_day(books, check.word("ApplicationDate"), "AP")?;
    let lines: Vec<&Record> = check.lines("Details").iter().filter_map(Value::as_record).collect();
    for line in &lines {
        let open = books.find("Bill", &[line.word("DocType"), line.word("ReferenceNbr")]).map(|bill| bill.record.number("Balance"));
        if open.unwrap_or_default() < line.number("AmountPaid") {
            return Err(format!("The document '{}' has a smaller balance than is to be paid.", line.word("ReferenceNbr")));
        }
    }
    let history: Vec<Value> = lines.iter().map(|line| pay(books, &check, line).into()).collect();
    books.change("Check", &target.id, |record| {
        record.set("Details", Value::List(Vec::new()));
        record.set("History", history);
        record.set("Status", if record.number("UnappliedBalance").is_zero() { "Closed" } else { "Open" });
    });
    Ok(())
}

/// Takes what is paid off a document, or gives it back; the line that tells of it.
fn pay(books: &mut Books, check: &Record, line: &Record) -> Record {
    let (kind, number, paid) = (line.word("DocType"), line.word("ReferenceNbr"), line.number("AmountPaid"));
    let mut told = Record::from_iter([
        ("id", Value::text(guid(books.seed(), &["paid", check.word("Type"), check.word("ReferenceNbr"), kind, number]))),
        ("DocType", kind.into()),
        ("ReferenceNbr", number.into()),
        ("AmountPaid", paid.into()),
    ]);
    let Some(bill) = books.find("Bill", &[kind, number]).map(|item| item.id.clone()) else { return told };
    books.change("Bill", &bill, |bill| {
        let balance = bill.number("Balance") - paid;
        bill.set("Balance", balance);
        bill.set("Status", if balance.is_zero() { "Closed" } else { "Open" });
        told.set("Balance", balance);
        told.set("VendorRef", bill.get("VendorRef").cloned().unwrap_or_default());
    });
    told
}

/// A second document of the same number takes everything back.
pub(in crate::sandbox::acumatica) fn void(books: &mut Books, target: &Target) -> Result<(), String> {
    let Some(check) = books.get("Check", &target.id).map(|item| item.record.clone()) else { return Ok(()) };
    if check.word("Type") != "Payment" {
        return Err(format!("A document of the type {} cannot be voided.", check.word("Type")));
    }
    let today = books.today().to_string();
    periods::check_day(books, &today, "AP")?;
    let mut voided = check.clone();
    for (field, value) in [("Type", "Voided Payment"), ("Status", "Closed"), ("ApplicationDate", today.as_str())] {
        voided.set(field, value);
    }
    for field in ["PaymentAmount", "UnappliedBalance"] {
        voided.set(field, -check.number(field));
    }
    let taken_back = check.lines("History").iter().filter_map(Value::as_record).map(|line| {
        let mut line = line.clone();
        line.set("AmountPaid", -line.number("AmountPaid"));
        line
    });
    let lines: Vec<Record> = taken_back.collect();
    let history: Vec<Value> = lines.iter().map(|line| pay(books, &voided, line).into()).collect();
    voided.set("History", history);
    books.insert("Check", voided);
    books.change("Check", &target.id, |record| record.set("Status", "Voided"));
    Ok(())
}
