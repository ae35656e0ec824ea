//! How does an imitated Acumatica behave on the wire? Its calendar: which periods there are, and which of them are closed.

use jiff::civil::Date;

use super::books::Books;
use super::draft::Draft;
use super::fields::{Fields, guid};
use super::ledger::{period, period_of};
use crate::value::{Record, Value, date_of};

/// Years that the calendar holds.
const YEARS: std::ops::RangeInclusive<i16> = 2025..=2030;
/// The parts of the ledger that close a period apart.
const MODULES: [&str; 5] = ["AP", "AR", "CA", "FA", "IN"];

/// Fills the calendar with months; those before the set day are closed.
pub(super) fn fill(books: &mut Books) {
    for year in YEARS {
        let days = (1..=12).filter_map(|month| Date::new(year, month, 1).ok());
        let months: Vec<Value> = days.map(|first| month(books, first).into()).collect();
        let fields = [
            ("FinancialYear", Value::text(year.to_string())),
            ("StartDate", format!("{year}-01-01").into()),
            ("NbrOfPeriods", 12i64.into()),
            ("UserDefinedPeriods", false.into()),
            ("Details", months.into()),
        ];
        books.insert("FinancialPeriod", fields.into_iter().collect());
    }
}

fn month(books: &Books, first: Date) -> Record {
    let last = first.last_of_month();
    let closed = last < books.options.open_from;
    let mut month = Record::from_iter([
        ("id", Value::text(guid(books.seed(), &["period", &first.to_string()]))),
        ("FinancialPeriodID", period(first).into()),
        ("PeriodNbr", format!("{:02}", first.month()).into()),
        ("Description", first.strftime("%B %Y").to_string().into()),
        ("StartDate", first.to_string().into()),
        ("EndDate", last.to_string().into()),
        ("LengthInDays", i64::from(last.day()).into()),
        ("AdjustmentPeriod", false.into()),
    ]);
    mark(&mut month, closed);
    month
}

fn mark(month: &mut Record, closed: bool) {
    month.set("Status", if closed { "Closed" } else { "Open" });
    MODULES.iter().for_each(|module| month.set(format!("ClosedIn{module}"), closed));
}

/// Closes a period (`032026`) or opens it again; whether there is one.
pub(super) fn turn(books: &mut Books, wanted: &str, closed: bool) -> bool {
    let Some(year) = wanted.get(2..) else { return false };
    let Some(id) = books.find("FinancialPeriod", &[year]).map(|item| item.id.clone()) else { return false };
    let mut found = false;
    books.change("FinancialPeriod", &id, |record| {
        let Some(Value::List(months)) = record.get_mut("Details") else { return };
        for month in months {
            if let Value::Record(month) = month
                && month.word("FinancialPeriodID") == wanted
            {
                mark(month, closed);
                found = true;
            }
        }
    });
    found
}

/// Why nothing can be posted into a period for a part of the ledger (`AP`; empty for all of it).
pub(super) fn check(books: &Books, wanted: &str, module: &str) -> Result<(), String> {
    let printed = format!("{}-{}", wanted.get(..2).unwrap_or(wanted), wanted.get(2..).unwrap_or_default());
    // Where the contract has no calendar, every day can be posted to.
    if books.entity("FinancialPeriod").is_none() {
        return Ok(());
    }
    let year = books.find("FinancialPeriod", &[wanted.get(2..).unwrap_or_default()]);
    let months = year.map(|year| year.record.lines("Details")).unwrap_or_default();
    match months.iter().filter_map(Value::as_record).find(|month| month.word("FinancialPeriodID") == wanted) {
        None => Err(format!("The financial period '{printed}' cannot be found.")),
        Some(month) if month.word("Status") != "Open" => {
            Err(format!("The {printed} financial period is {}.", month.word("Status").to_lowercase()))
        }
        Some(month) if month.flag(&format!("ClosedIn{module}")) => Err(format!("The {printed} financial period is closed in {module}.")),
        Some(_) => Ok(()),
    }
}

/// Why nothing can be posted on a day.
pub(super) fn check_day(books: &Books, day: &str, module: &str) -> Result<(), String> {
    date_of(day).map_or(Ok(()), |day| check(books, &period(day), module))
}

/// The period of a document: as it was typed, else that of its date, which a new date brings anew; it must be open.
pub(super) fn judge(draft: &mut Draft, books: &Books, (date, module): (&str, &str)) {
    let typed = draft.changed.contains("PostPeriod");
    if draft.changed.contains(date) && !typed {
        draft.record.remove("PostPeriod");
    }
    match period_of(&draft.record, "PostPeriod", date) {
        Ok(period) => draft.record.set("PostPeriod", period),
        Err(message) => return draft.refuse("PostPeriod", message),
    }
    if draft.new || typed || draft.changed.contains(date) {
        let found = check(books, draft.record.word("PostPeriod"), module);
        if let Err(message) = found {
            draft.refuse("PostPeriod", message);
        }
    }
}
