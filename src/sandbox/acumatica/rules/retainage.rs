//! How does an imitated Acumatica behave on the wire? Documents that a released bill brings about: its retainage, its reversal.

use super::Target;
use crate::sandbox::acumatica::books::Books;
use crate::sandbox::acumatica::fields::{Fields, guid};
use crate::sandbox::acumatica::periods;
use crate::sandbox::acumatica::upsert::next_number;
use crate::value::{Decimal, Record, Value};

/// A debit adjustment on hold with the same lines.
pub(super) fn reverse(books: &mut Books, target: &Target) -> Result<(), String> {
    let Some(mut record) = books.get("Bill", &target.id).map(|item| item.record.clone()) else { return Ok(()) };
    for (name, value) in [("Type", "Debit Adj."), ("Status", "On Hold")] {
        record.set(name, value);
    }
    record.set("Hold", true);
    record.set("Balance", record.number("Amount"));
    follow_up(books, record);
    Ok(())
}

/// A retainage bill of its own over the amount asked for, or over all that is still kept back.
pub(super) fn release_retainage(books: &mut Books, target: &Target) -> Result<(), String> {
    let Some(record) = books.get("Bill", &target.id).map(|item| item.record.clone()) else { return Ok(()) };
    if record.flag("IsRetainageDocument") || record.word("Type") != "Bill" {
        return Err("Retainage can be released only from the bill that keeps it back.".to_owned());
    }
    if target.parameters.lacks("PostPeriod") {
        return Err("'Post Period' cannot be empty.".to_owned());
    }
    let period: String = target.parameters.word("PostPeriod").chars().filter(|letter| *letter != '-').collect();
    periods::check(books, &period, "AP")?;
    let kept = record.number("CuryRetainageUnreleasedAmt");
    let amount = if target.parameters.lacks("AmtToRelease") { kept } else { target.parameters.number("AmtToRelease") };
    if amount <= Decimal::ZERO || amount > kept {
        return Err(format!("The amount to release must be above zero and at most {kept}."));
    }
    let bill = retainage_bill(books, target, &record, (&period, amount));
    follow_up(books, bill);
    books.change("Bill", &target.id, |record| {
        record.set("CuryRetainageUnreleasedAmt", kept - amount);
        record.set("CuryRetainageReleased", record.number("CuryRetainageReleased") + amount);
    });
    Ok(())
}

fn retainage_bill(books: &Books, target: &Target, original: &Record, (period, amount): (&str, Decimal)) -> Record {
    let mut bill = Record::new();
    for name in ["Type", "Vendor", "VendorRef", "Description", "Project", "Terms", "CurrencyID", "BranchID", "LocationID", "CashAccount"] {
        if let Some(value) = original.get(name) {
            bill.set(name, value.clone());
        }
    }
    let date = target.parameters.text("Date").map_or_else(|| books.today().to_string(), str::to_owned);
    bill.set("Date", date);
    bill.set("PostPeriod", period);
    bill.set("Status", "Balanced");
    bill.set("Hold", false);
    bill.set("IsRetainageDocument", true);
    bill.set("OrigRefNbr", original.word("ReferenceNbr"));
    bill.set("Amount", amount);
    bill.set("Balance", amount);
    let mut line = Record::from_iter([
        ("LineNbr", Value::from(1i64)),
        ("TransactionDescription", format!("Retainage of {}", original.word("ReferenceNbr")).into()),
        ("Qty", Decimal::ONE.into()),
        ("UnitCost", amount.into()),
        ("ExtendedCost", amount.into()),
        ("Amount", amount.into()),
    ]);
    let first = original.lines("Details").first().and_then(Value::as_record);
    for name in ["Project", "ProjectTask", "CostCode"] {
        if let Some(value) = first.and_then(|first| first.get(name)) {
            line.set(name, value.clone());
        }
    }
    bill.set("Details", Value::List(vec![line.into()]));
    bill
}

/// A document that another one brought about, under the next number and with lines of its own.
fn follow_up(books: &mut Books, mut record: Record) {
    let Some(entity) = books.entity("Bill").cloned() else { return };
    let number = next_number(books, &entity, &record);
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
