//! What can be done to dates? They are text in the form `2026-03-05`; a business date is the day that is printed.

use jiff::ToSpan;
use jiff::civil::Date;

use super::arguments::Arguments;
use super::text::made;
use super::{Family, Function, FunctionDoc, Takes};
use crate::expr::machine::Answer;

pub(super) const FAMILY: Family = Family { title: "Dates", functions: FUNCTIONS };

const DATE: (&str, &str) = ("date", "a text that shows a date, with or without a time");

static FUNCTIONS: &[Function] = &[
    Function {
        doc: FunctionDoc {
            name: "date",
            signature: "date(text)",
            purpose: "The calendar day that a text shows, never moved by a time zone.",
            parameters: &[("text", "a date, or a date with a time; `2026-03-05…` or `3/5/2026`")],
            examples: &[("date(\"2026-03-05T23:30:00-08:00\")", "\"2026-03-05\""), ("date(\"3/5/2026\")", "\"2026-03-05\"")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| shown(given.date(0)?),
    },
    Function {
        doc: FunctionDoc {
            name: "today",
            signature: "today()",
            purpose: "The day of the run; the same for all its records.",
            parameters: &[],
            examples: &[("today()", "\"2026-03-05\"")],
        },
        arguments: 0..=0,
        takes: Takes::Values,
        run: |given| shown(given.scope().today),
    },
    Function {
        doc: FunctionDoc {
            name: "add_days",
            signature: "add_days(date, days)",
            purpose: "The date so many days later, or earlier when negative.",
            parameters: &[DATE, ("days", "a whole number")],
            examples: &[("add_days(\"2026-02-27\", 30)", "\"2026-03-29\""), ("add_days(\"2026-03-01\", -1)", "\"2026-02-28\"")],
        },
        arguments: 2..=2,
        takes: Takes::Values,
        run: add_days,
    },
    Function {
        doc: FunctionDoc {
            name: "year",
            signature: "year(date)",
            purpose: "The year of the date.",
            parameters: &[DATE],
            examples: &[("year(\"2026-03-05\")", "2026")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| made(i64::from(given.date(0)?.year())),
    },
    Function {
        doc: FunctionDoc {
            name: "month",
            signature: "month(date)",
            purpose: "The month of the date, 1 to 12.",
            parameters: &[DATE],
            examples: &[("month(\"2026-03-05\")", "3")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| made(i64::from(given.date(0)?.month())),
    },
    Function {
        doc: FunctionDoc {
            name: "day",
            signature: "day(date)",
            purpose: "The day of the month, 1 to 31.",
            parameters: &[DATE],
            examples: &[("day(\"2026-03-05\")", "5")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| made(i64::from(given.date(0)?.day())),
    },
    Function {
        doc: FunctionDoc {
            name: "period",
            signature: "period(date)",
            purpose: "The financial period of a calendar year: month and year in six digits.",
            parameters: &[DATE],
            examples: &[("period(\"2026-03-05\")", "\"032026\"")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| {
            let date = given.date(0)?;
            made(format!("{:02}{:04}", date.month(), date.year()))
        },
    },
];

fn shown<'v>(date: Date) -> Answer<'v> {
    made(date.to_string())
}

fn add_days<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    let days = given.whole(1, -100_000..100_001)?;
    let later = given.date(0)?.checked_add(days.days());
    shown(later.map_err(|_| given.failure(1, "the date leaves the calendar"))?)
}

#[cfg(test)]
mod tests {
    use crate::expr::functions::document::tests::{failure, value};

    #[test]
    fn dates_cross_months_and_leap_days() {
        assert_eq!(value("add_days(\"2024-02-28\", 1)"), "\"2024-02-29\"");
        assert_eq!(value("period(\"2018-10-25T00:00:00+00:00\")"), "\"102018\"");
        assert_eq!(value("add_days(today(), 1) > today()"), "true");
    }

    #[test]
    fn what_shows_no_day_is_refused() {
        assert_eq!(failure("date(\"soon\")"), "`soon` is not a date");
        assert_eq!(failure("year(2026)"), "`year` needs text, found a number");
        assert_eq!(failure("add_days(\"9999-12-31\", 1)"), "the date leaves the calendar");
    }
}
