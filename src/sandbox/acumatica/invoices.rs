//! How does an imitated Acumatica behave on the wire? How bills reach the projects: each released one posts a transaction.

use super::books::Books;
use super::fields::{Fields, drawn, guid, mix};
use super::ledger::{period, release, total};
use crate::value::{Decimal, Record, Value, date_of, round_half_up};

/// The numbers of a transaction to come.
pub(super) struct Numbers {
    /// Its reference number.
    pub reference: String,
    /// The id of its first line; the others follow.
    pub first: i64,
}

/// The account group behind an item's expense account.
pub(super) fn group_of(books: &Books, item: &str) -> String {
    books
        .find("NonStockItem", &[item])
        .map(|item| item.record.word("AccountGroup"))
        .filter(|group| !group.is_empty())
        .unwrap_or("OTHER")
        .to_owned()
}

/// Posts a released bill under the next numbers.
pub(super) fn post(books: &mut Books, bill: &str) {
    let count = books.count("ProjectTransaction");
    let lines = books.get("Bill", bill).map_or(0, |item| item.record.lines("Details").len());
    let first = books.count("TransactionID");
    for _ in 1..lines {
        books.count("TransactionID");
    }
    post_as(books, bill, &Numbers { reference: format!("AP{count:06}"), first: first as i64 });
}

/// Posts a released bill under these numbers.
pub(super) fn post_as(books: &mut Books, bill: &str, numbers: &Numbers) {
    let Some(bill) = books.get("Bill", bill).map(|item| item.record.clone()) else { return };
    let lines: Vec<Value> = bill
        .lines("Details")
        .iter()
        .filter_map(Value::as_record)
        .filter(|line| !line.lacks("Project"))
        .zip(numbers.first..)
        .map(|(line, id)| posted_line(books, &bill, line, id).into())
        .collect();
    if lines.is_empty() {
        return;
    }
    let mut transaction = Record::from_iter([
        ("Module", Value::from("AP")),
        ("ReferenceNbr", numbers.reference.as_str().into()),
        ("Description", bill.get("Description").cloned().unwrap_or_default()),
        ("Status", "Balanced".into()),
        ("OriginalDocType", bill.word("Type").into()),
        ("OriginalDocNbr", bill.word("ReferenceNbr").into()),
        ("Details", lines.into()),
    ]);
    total(&mut transaction);
    let id = books.insert("ProjectTransaction", transaction);
    release(books, &id);
}

/// Posts a released invoice to a customer: revenue of its project.
pub(super) fn earn(books: &mut Books, invoice: &Record) {
    let count = books.count("ProjectTransaction");
    let sign = if invoice.word("Type") == "Credit Memo" { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let mut lines: Vec<Value> = Vec::new();
    for line in invoice.lines("Details").iter().filter_map(Value::as_record) {
        let id = books.count("TransactionID") as i64;
        lines.push(earned_line(books, (invoice, sign), line, id).into());
    }
    let mut transaction = Record::from_iter([
        ("Module", Value::from("AR")),
        ("ReferenceNbr", format!("AR{count:06}").into()),
        ("Description", invoice.get("Description").cloned().unwrap_or_default()),
        ("Status", "Balanced".into()),
        ("OriginalDocType", invoice.word("Type").into()),
        ("OriginalDocNbr", invoice.word("ReferenceNbr").into()),
        ("Details", lines.into()),
    ]);
    total(&mut transaction);
    let id = books.insert("ProjectTransaction", transaction);
    release(books, &id);
}

fn earned_line(books: &Books, (invoice, sign): (&Record, Decimal), line: &Record, id: i64) -> Record {
    let date = invoice.word("Date");
    let mut earned = Record::from_iter([
        ("id", Value::text(guid(books.seed(), &["transaction", &id.to_string()]))),
        ("TransactionID", id.into()),
        ("Project", invoice.word("Project").into()),
        ("AccountGroup", line.word("AccountGroup").into()),
        ("Date", date.into()),
        ("FinPeriod", date_of(date).map(period).unwrap_or_default().into()),
        ("Description", line.word("TransactionDescription").into()),
        ("VendorOrCustomer", invoice.word("Customer").into()),
        ("Branch", "MAIN".into()),
        ("Qty", (sign * line.number("Qty")).into()),
        ("Amount", (sign * (line.number("ExtendedPrice") - line.number("DiscountAmount"))).into()),
        ("Billable", false.into()),
        ("Released", false.into()),
    ]);
    for field in ["ProjectTask", "CostCode", "InventoryID", "UOM"] {
        if let Some(value) = line.get(field) {
            earned.set(field, value.clone());
        }
    }
    earned
}

fn posted_line(books: &Books, bill: &Record, line: &Record, id: i64) -> Record {
    let sign = if bill.word("Type") == "Debit Adj." { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let group = line.text("AccountGroup").map_or_else(|| group_of(books, line.word("InventoryID")), str::to_owned);
    let date = bill.word("Date");
    let mut posted = Record::from_iter([
        ("id", Value::text(guid(books.seed(), &["transaction", &id.to_string()]))),
        ("TransactionID", id.into()),
        ("Project", line.word("Project").into()),
        ("ProjectTask", line.word("ProjectTask").into()),
        ("CostCode", line.word("CostCode").into()),
        ("AccountGroup", group.as_str().into()),
        ("AccountGroupDescription", books.find("AccountGroup", &[&group]).map_or("", |group| group.record.word("Description")).into()),
        ("Date", date.into()),
        ("FinPeriod", date_of(date).map(period).unwrap_or_default().into()),
        ("VendorOrCustomer", bill.word("Vendor").into()),
        ("Branch", "MAIN".into()),
        ("Qty", (sign * line.number("Qty")).into()),
        ("UnitRate", line.number("UnitCost").into()),
        ("Amount", (sign * (line.number("ExtendedCost") - line.number("DiscountAmount"))).into()),
        ("Billable", true.into()),
        ("Released", false.into()),
    ]);
    for (name, from) in
        [("Description", "TransactionDescription"), ("InventoryID", "InventoryID"), ("UOM", "UOM"), ("POOrderNbr", "POOrderNbr")]
    {
        if let Some(value) = line.get(from) {
            posted.set(name, value.clone());
        }
    }
    posted
}

/// The vendor's first invoice for a commitment: a share of its first lines that have an amount.
///
/// What it holds depends on the seed and the commitment, not on when it was opened.
pub(super) fn invoice(books: &mut Books, subcontract: &str) {
    let Some(order) = books.get("Subcontract", subcontract).map(|item| item.record.clone()) else { return };
    let billed: Vec<&Record> = order
        .lines("Details")
        .iter()
        .filter_map(Value::as_record)
        .filter(|line| line.number("ExtendedCost") > Decimal::ZERO)
        .take(2)
        .collect();
    let Some(first) = billed.first() else { return };
    if books.options.costs_per_project == 0 {
        return;
    }
    let sum = order.number("SubcontractTotal").normalize().to_string();
    let words = ["invoice", first.word("Project"), order.word("VendorID"), order.word("VendorRef"), order.word("Description"), &sum];
    let mut rng = drawn(books.seed(), &words);
    let lines: Vec<Value> = billed.iter().map(|line| billed_line(books, &order, line, Decimal::new(rng.i64(15..60), 2)).into()).collect();
    let mut number = 500_000 + mix(books.seed(), &words) % 400_000;
    let place = super::costs::place_of(books, first.word("Project"));
    while books.find("Bill", &["Bill", &format!("{place:06}{number:06}")]).is_some() {
        number += 1;
    }
    let date = date_of(order.word("StartDate")).and_then(|date| date.checked_add(jiff::Span::new().days(rng.i64(10..40))).ok());
    let heading = Heading {
        number: format!("{place:06}{number:06}"),
        vendor: order.word("VendorID").to_owned(),
        reference: format!("PAY-{place}-{number}"),
        date: date.unwrap_or_else(|| books.today()),
        description: format!("Progress billing of {}", order.word("SubcontractNbr")),
    };
    let bill = booked(books, &heading, lines);
    let numbers = Numbers { reference: format!("AP{}", heading.number), first: (place * 1_000_000 + number) as i64 };
    post_as(books, &bill, &numbers);
}

fn billed_line(books: &Books, order: &Record, line: &Record, share: Decimal) -> Record {
    let amount = round_half_up(line.number("ExtendedCost") * share, 2);
    let retained = round_half_up(amount * line.number("RetainagePct") / Decimal::ONE_HUNDRED, 2);
    let mut billed = Record::from_iter([
        ("id", Value::text(guid(books.seed(), &["billed", line.word("id")]))),
        ("Project", line.word("Project").into()),
        ("ProjectTask", line.word("Task").into()),
        ("Qty", round_half_up(line.number("OrderQty") * share, 6).into()),
        ("ExtendedCost", amount.into()),
        ("Amount", (amount - retained).into()),
        ("RetainagePct", line.number("RetainagePct").into()),
        ("CuryRetainageAmt", retained.into()),
        ("TransactionDescription", line.word("LineDescription").into()),
        ("POOrderType", "Subcontract".into()),
        ("POOrderNbr", order.word("SubcontractNbr").into()),
        ("POLine", line.number("LineNbr").into()),
        ("SubcontractNbr", order.word("SubcontractNbr").into()),
        ("SubcontractLineNbr", line.number("LineNbr").into()),
    ]);
    for name in ["CostCode", "InventoryID", "UOM", "UnitCost"] {
        billed.set(name, line.get(name).cloned().unwrap_or_default());
    }
    billed
}

/// The head of a bill that the accountants book.
pub(super) struct Heading {
    /// Reference number.
    pub number: String,
    /// Vendor.
    pub vendor: String,
    /// The vendor's own number.
    pub reference: String,
    /// Its day.
    pub date: jiff::civil::Date,
    /// What it is about.
    pub description: String,
}

/// Books a released bill with these lines; gives back its id.
pub(super) fn booked(books: &mut Books, heading: &Heading, mut lines: Vec<Value>) -> String {
    let mut sums = [Decimal::ZERO; 2];
    for (at, line) in lines.iter_mut().enumerate() {
        if let Value::Record(line) = line {
            line.set("LineNbr", (at + 1) as i64);
            sums[0] += line.number("Amount");
            sums[1] += line.number("CuryRetainageAmt");
        }
    }
    let project = lines.first().and_then(Value::as_record).map(|line| line.word("Project").to_owned()).unwrap_or_default();
    let due = heading.date.checked_add(jiff::Span::new().days(30)).unwrap_or(heading.date);
    let bill = Record::from_iter([
        ("Type", Value::from("Bill")),
        ("ReferenceNbr", heading.number.as_str().into()),
        ("Status", "Open".into()),
        ("Hold", false.into()),
        ("Vendor", heading.vendor.as_str().into()),
        ("VendorRef", heading.reference.as_str().into()),
        ("Date", heading.date.to_string().into()),
        ("DueDate", due.to_string().into()),
        ("PostPeriod", period(heading.date).into()),
        ("Description", heading.description.as_str().into()),
        ("Project", project.into()),
        ("Terms", "30D".into()),
        ("CurrencyID", "USD".into()),
        ("BranchID", "MAIN".into()),
        ("Amount", sums[0].into()),
        ("Balance", sums[0].into()),
        ("RetainageApply", (!sums[1].is_zero()).into()),
        ("CuryRetainageTotal", sums[1].into()),
        ("CuryRetainageUnreleasedAmt", sums[1].into()),
        ("Details", lines.into()),
        // Kept in the house: it did not come from outside.
        ("Booked", true.into()),
    ]);
    books.insert("Bill", bill)
}
