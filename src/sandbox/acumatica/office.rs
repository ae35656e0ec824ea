//! How does an imitated Acumatica behave on the wire? What its accountants do by hand, at a door for people: `/sandbox/accountants`.

use super::books::Books;
use super::errors::Problem;
use super::fields::{Fields, guid};
use super::rename::rename;
use super::rules::{Target, pay_out, release_bill, release_invoice, void_check};
use super::upsert::next_number;
use super::{Acumatica, periods};
use crate::connector::{Request, Response};
use crate::sandbox::wire::{json_answer, json_body};
use crate::value::{Decimal, Record, Value};

/// The accountants of the practice company: what they do needs no session and no action of the contract.
pub struct Accountants<'a> {
    instance: &'a Acumatica,
}

impl Acumatica {
    /// The door at which people ask the accountants to do something.
    pub fn accountants(&self) -> Accountants<'_> {
        Accountants { instance: self }
    }
}

impl Accountants<'_> {
    /// An ordinary day: everything that came from outside is released, each vendor is paid by one check over all its open
    /// bills, and the last of several checks is voided, so that its bills are open again. Gives back the checks.
    pub fn work(&self) -> Vec<String> {
        self.at_the_books(work)
    }

    /// Takes the bills that came from outside off hold and releases them, retainage bills too; gives back their numbers.
    /// What cannot be released, because its period is closed, stays.
    pub fn release_bills(&self) -> Vec<String> {
        self.at_the_books(release_bills)
    }

    /// The same for invoices to customers.
    pub fn release_invoices(&self) -> Vec<String> {
        self.at_the_books(release_invoices)
    }

    /// Pays open bills of one vendor in full by one check; gives back its number.
    ///
    /// # Errors
    /// When a bill is not open, or belongs to another vendor than the first.
    pub fn pay(&self, bills: &[&str]) -> Result<String, String> {
        self.at_the_books(|books| pay(books, bills))
    }

    /// Voids a check.
    ///
    /// # Errors
    /// When there is no such check, or its period is closed.
    pub fn void(&self, check: &str) -> Result<(), String> {
        self.at_the_books(|books| void(books, check))
    }

    /// Closes a period, `032026`, or opens it again; whether there is one.
    pub fn close_period(&self, period: &str, closed: bool) -> bool {
        self.at_the_books(|books| periods::turn(books, period, closed))
    }

    /// Gives a cost code another code; everything that refers to it follows (BR-22).
    pub fn rename_cost_code(&self, old: &str, new: &str) {
        self.at_the_books(|books| rename(books, &["CostCodeID", "CostCode"], old, new));
    }

    /// Gives a project another id; everything that refers to it follows (BR-22).
    pub fn rename_project(&self, old: &str, new: &str) {
        self.at_the_books(|books| rename(books, &["ProjectID", "Project"], old, new));
    }

    /// Gives a vendor another code; everything that refers to it follows (BR-22).
    pub fn rename_vendor(&self, old: &str, new: &str) {
        self.at_the_books(|books| rename(books, &["VendorID", "Vendor", "VendorOrCustomer"], old, new));
    }

    fn at_the_books<T>(&self, deed: impl FnOnce(&mut Books) -> T) -> T {
        let mut state = self.instance.state();
        state.settle(self.instance.options.clock.now());
        deed(&mut state.books)
    }
}

/// `POST /sandbox/accountants` with `{"do": "work"}`: the deeds by their names, for those who are in another process.
pub(super) fn answer(books: &mut Books, request: &Request) -> Response {
    let Some(Value::Record(body)) = json_body(request) else { return Problem::empty_body().answer() };
    let list = |done: Vec<String>| Value::List(done.into_iter().map(Value::Text).collect());
    let (old, new) = (body.word("old"), body.word("new"));
    let done: Result<Value, String> = match body.word("do") {
        "work" => Ok(list(work(books))),
        "release_bills" => Ok(list(release_bills(books))),
        "release_invoices" => Ok(list(release_invoices(books))),
        "pay" => {
            let bills: Vec<&str> = body.lines("bills").iter().filter_map(Value::as_text).collect();
            pay(books, &bills).map(Value::Text)
        }
        "void" => void(books, body.word("check")).map(|()| Value::Null),
        "close_period" => Ok(periods::turn(books, body.word("period"), true).into()),
        "open_period" => Ok(periods::turn(books, body.word("period"), false).into()),
        "rename_cost_code" => {
            rename(books, &["CostCodeID", "CostCode"], old, new);
            Ok(Value::Null)
        }
        "rename_vendor" => {
            rename(books, &["VendorID", "Vendor", "VendorOrCustomer"], old, new);
            Ok(Value::Null)
        }
        other => Err(format!("the accountants do not know how to `{other}`")),
    };
    match done {
        Ok(value) => json_answer(200, &Record::from_iter([("done", value)]).into()),
        Err(message) => json_answer(422, &Record::from_iter([("error", message)]).into()),
    }
}

fn work(books: &mut Books) -> Vec<String> {
    release_bills(books);
    release_invoices(books);
    let mut vendors: Vec<(String, Vec<String>)> = Vec::new();
    for bill in books.sorted("Bill").into_iter().filter(|bill| bill.record.word("Status") == "Open" && !bill.record.flag("Booked")) {
        let (vendor, number) = (bill.record.word("Vendor").to_owned(), bill.record.word("ReferenceNbr").to_owned());
        if bill.record.word("Type") != "Bill" || bill.record.number("Balance") <= Decimal::ZERO {
            continue;
        }
        match vendors.iter_mut().find(|(known, _)| *known == vendor) {
            Some((_, bills)) => bills.push(number),
            None => vendors.push((vendor, vec![number])),
        }
    }
    let pays = |(_, bills): (String, Vec<String>)| pay(books, &bills.iter().map(String::as_str).collect::<Vec<_>>()).ok();
    let checks: Vec<String> = vendors.into_iter().filter_map(pays).collect();
    if let [_, .., last] = checks.as_slice() {
        // A check that cannot be voided stays good.
        let _ = void(books, last);
    }
    checks
}

fn release_bills(books: &mut Books) -> Vec<String> {
    released(books, "Bill", release_bill)
}

fn release_invoices(books: &mut Books) -> Vec<String> {
    released(books, "Invoice", release_invoice)
}

type Release = fn(&mut Books, &Target) -> Result<(), String>;

/// Takes all documents off hold, approves and releases them.
fn released(books: &mut Books, entity: &str, release: Release) -> Vec<String> {
    let waits = |record: &Record| ["On Hold", "Balanced", "Pending Approval"].contains(&record.word("Status"));
    let waiting: Vec<(String, String)> = books
        .sorted(entity)
        .into_iter()
        .filter(|item| waits(&item.record))
        .map(|item| (item.id.clone(), item.record.word("ReferenceNbr").to_owned()))
        .collect();
    let mut done = Vec::new();
    for (id, number) in waiting {
        let before = books.get(entity, &id).map(|item| item.record.clone()).unwrap_or_default();
        books.change(entity, &id, |record| {
            record.set("Hold", false);
            record.set("Status", "Balanced");
        });
        match release(books, &Target { id: id.clone(), parameters: Record::new() }) {
            Ok(()) => done.push(number),
            Err(_) => books.replace(entity, &id, before),
        }
    }
    done
}

fn pay(books: &mut Books, bills: &[&str]) -> Result<String, String> {
    let Some(entity) = books.entity("Check").cloned() else { return Err("The contract has no checks.".to_owned()) };
    let mut vendor = String::new();
    let mut cash = String::new();
    let mut lines: Vec<Value> = Vec::new();
    let mut total = Decimal::ZERO;
    for number in bills {
        let bill = books.find("Bill", &["Bill", number]).map(|item| &item.record).filter(|bill| bill.word("Status") == "Open");
        let bill = bill.ok_or_else(|| format!("The bill '{number}' is not open."))?;
        if !vendor.is_empty() && vendor != bill.word("Vendor") {
            return Err(format!("The bill '{number}' belongs to another vendor than '{vendor}'."));
        }
        vendor = bill.word("Vendor").to_owned();
        cash = bill.text("CashAccount").unwrap_or("10200").to_owned();
        total += bill.number("Balance");
        let line = Record::from_iter([
            ("id", Value::text(guid(books.seed(), &["to pay", number]))),
            ("DocType", "Bill".into()),
            ("ReferenceNbr", (*number).into()),
            ("AmountPaid", bill.number("Balance").into()),
            ("Balance", Decimal::ZERO.into()),
        ]);
        lines.push(line.into());
    }
    let mut check = Record::from_iter([
        ("Type", Value::from("Payment")),
        ("Status", "Balanced".into()),
        ("Hold", false.into()),
        ("Vendor", vendor.into()),
        ("PaymentMethod", "CHECK".into()),
        ("CashAccount", cash.into()),
        ("ApplicationDate", books.today().to_string().into()),
        ("CurrencyID", "USD".into()),
        ("PaymentRef", format!("{:05}", 20_000 + books.count("check paper")).into()),
        ("Description", "Payment of bills".into()),
        ("PaymentAmount", total.into()),
        ("UnappliedBalance", Decimal::ZERO.into()),
        ("Details", lines.into()),
    ]);
    let number = next_number(books, &entity, &check);
    check.set("ReferenceNbr", number.as_str());
    let id = books.insert("Check", check);
    pay_out(books, &Target { id, parameters: Record::new() })?;
    Ok(number)
}

fn void(books: &mut Books, check: &str) -> Result<(), String> {
    let found = books.find("Check", &["Payment", check]).filter(|item| ["Open", "Closed"].contains(&item.record.word("Status")));
    let id = found.map(|item| item.id.clone()).ok_or_else(|| format!("The check '{check}' cannot be voided."))?;
    void_check(books, &Target { id, parameters: Record::new() })
}
