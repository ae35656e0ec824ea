//! How does an imitated Acumatica behave on the wire? How project transactions and commitments add up in project budgets.

use jiff::civil::Date;

use super::books::Books;
use super::fields::{Fields, drawn, normal};
use crate::value::{Decimal, Record, Value, date_of, round_half_up};

/// The item of a budget row that has none.
pub(super) const NO_ITEM: &str = "<N/A>";

/// The cost code of a budget row whose level has none; it stands in no list.
pub(super) const NO_CODE: &str = "00-0000";

/// The key of a budget row.
#[derive(Clone, Copy)]
pub(super) struct BudgetKey<'a> {
    /// Project.
    pub project: &'a str,
    /// Task.
    pub task: &'a str,
    /// Account group.
    pub group: &'a str,
    /// Cost code.
    pub code: &'a str,
    /// Item; empty for none.
    pub item: &'a str,
}

/// What is added to a budget row.
#[derive(Clone, Copy, Default)]
pub(super) struct Rise {
    /// Cost.
    pub actual: Decimal,
    /// Its quantity.
    pub actual_qty: Decimal,
    /// Commitments.
    pub committed: Decimal,
    /// Their quantity.
    pub committed_qty: Decimal,
    /// Changes of commitments.
    pub changed: Decimal,
    /// Their quantity.
    pub changed_qty: Decimal,
    /// Changes of the budget.
    pub budgeted: Decimal,
    /// Their quantity.
    pub budgeted_qty: Decimal,
    /// The part of the cost that was invoiced against commitments.
    pub invoiced: Decimal,
    /// Its quantity.
    pub invoiced_qty: Decimal,
}

/// How fine a budget is.
#[derive(Clone, Copy)]
pub(super) struct Level {
    /// Rows differ by item.
    pub item: bool,
    /// Rows differ by cost code.
    pub code: bool,
}

/// How fine a project's cost or revenue budget is; as fine as can be where nobody has said.
pub(super) fn level_of(books: &Books, project: &str, revenue: bool) -> Level {
    let path = if revenue { "ProjectProperties.RevenueBudgetLevel" } else { "ProjectProperties.CostBudgetLevel" };
    let level = books.find("Project", &[project]).and_then(|project| project.record.at(path).map(Value::plain)).unwrap_or_default();
    Level { item: level.is_empty() || level.contains("Item"), code: level.is_empty() || level.contains("Cost Code") }
}

/// Adds to a budget row; one that is not there is made.
pub(super) fn raise(books: &mut Books, key: &BudgetKey<'_>, rise: &Rise) {
    let revenue = books.find("AccountGroup", &[key.group]).is_some_and(|group| group.record.word("Type") == "Income");
    let level = level_of(books, key.project, revenue);
    let key = BudgetKey {
        item: if key.item.is_empty() || !level.item { NO_ITEM } else { key.item },
        code: if level.code { key.code } else { NO_CODE },
        ..*key
    };
    let found = books.find("ProjectBudget", &[key.project, key.task, key.group, key.code, key.item]).map(|row| row.id.clone());
    let id = found.unwrap_or_else(|| {
        let row = if revenue || !rise.budgeted.is_zero() || !is_estimated(books, key.project) {
            bare(books, &key)
        } else {
            estimated(books, &key)
        };
        books.insert("ProjectBudget", row)
    });
    books.accumulate("ProjectBudget", &id, |row| {
        for (name, more) in [
            ("ActualAmount", rise.actual),
            ("ActualQty", rise.actual_qty),
            ("OriginalCommittedAmount", rise.committed),
            ("OriginalCommittedQty", rise.committed_qty),
            ("CommittedCOAmount", rise.changed),
            ("CommittedCOQty", rise.changed_qty),
            ("BudgetedCOAmount", rise.budgeted),
            ("BudgetedCOQty", rise.budgeted_qty),
            ("CommittedInvoicedAmount", rise.invoiced),
            ("CommittedInvoicedQty", rise.invoiced_qty),
        ] {
            row.set(name, row.number(name) + more);
        }
        derive(row);
    });
}

/// Works out what follows from the entered and accumulated figures of a budget row.
pub(super) fn derive(row: &mut Record) {
    for part in ["Amount", "Qty"] {
        // Without the change-order workflow somebody may have typed the revised figure.
        let typed = row.flag(&format!("Revised{part}Typed"));
        let get = |row: &Record, name: &str| row.number(&format!("{name}{part}"));
        if !typed {
            row.set(format!("RevisedBudgeted{part}"), get(row, "OriginalBudgeted") + get(row, "BudgetedCO"));
        }
        row.set(format!("RevisedCommitted{part}"), get(row, "OriginalCommitted") + get(row, "CommittedCO"));
        row.set(format!("CommittedOpen{part}"), get(row, "RevisedCommitted") - get(row, "CommittedInvoiced"));
    }
    let (revised, expected) = (row.number("RevisedBudgetedAmount"), row.number("ActualAmount") + row.number("CommittedOpenAmount"));
    row.set("ActualPlusOpenCommittedAmount", expected);
    row.set("VarianceAmount", revised - expected);
    let used =
        if revised.is_zero() { Decimal::ZERO } else { round_half_up(row.number("ActualAmount") / revised * Decimal::ONE_HUNDRED, 2) };
    row.set("Performance", used);
}

/// A row without a budget.
fn bare(books: &Books, key: &BudgetKey<'_>) -> Record {
    let group = books.find("AccountGroup", &[key.group]).map(|group| group.record.clone()).unwrap_or_default();
    let code = books.find("CostCode", &[key.code]).map(|code| code.record.word("Description").to_owned()).unwrap_or_default();
    Record::from_iter([
        ("ProjectID", Value::from(key.project)),
        ("ProjectTaskID", key.task.into()),
        ("AccountGroup", key.group.into()),
        ("CostCode", key.code.into()),
        ("InventoryID", key.item.into()),
        ("Type", group.get("Type").cloned().unwrap_or_default()),
        ("Description", code.into()),
    ])
}

/// Whether the accountants estimate cost of a project that nobody has budgeted.
fn is_estimated(books: &Books, project: &str) -> bool {
    let locked = books.find("Project", &[project]).is_some_and(|project| project.record.flag("BudgetLocked"));
    let mut known = books.options.company.projects.iter();
    !locked && (books.options.estimates_where_locked || known.all(|known| normal(&known.number) != project || !known.budget_locked))
}

/// A row for cost that nobody has budgeted, with an estimate drawn from its key alone (BR-36).
fn estimated(books: &Books, key: &BudgetKey<'_>) -> Record {
    let mut rng = drawn(books.seed(), &["budget", key.project, key.task, key.group, key.code, key.item]);
    let mut row = bare(books, key);
    row.set("OriginalBudgetedAmount", Decimal::new(rng.i64(10..400) * 50_000, 2));
    if key.group == "LABOR" {
        row.set("UOM", "HOUR");
        row.set("OriginalBudgetedQty", Decimal::from(rng.i64(1..80) * 20));
    }
    row
}

/// Posts a balanced transaction: its lines become released and raise the budgets. Lines that name a commitment
/// (`POOrderNbr`, kept in the house) count as invoiced against it.
pub(super) fn release(books: &mut Books, id: &str) {
    let Some(record) = books.get("ProjectTransaction", id).map(|item| item.record.clone()) else { return };
    for line in record.lines("Details").iter().filter_map(Value::as_record) {
        let key = BudgetKey {
            project: line.word("Project"),
            task: line.word("ProjectTask"),
            group: line.word("AccountGroup"),
            code: line.word("CostCode"),
            item: line.word("InventoryID"),
        };
        let mut rise = Rise { actual: line.number("Amount"), actual_qty: line.number("Qty"), ..Rise::default() };
        if !line.lacks("POOrderNbr") {
            (rise.invoiced, rise.invoiced_qty) = (rise.actual, rise.actual_qty);
        }
        raise(books, &key, &rise);
    }
    books.change("ProjectTransaction", id, |record| {
        record.set("Status", "Released");
        if let Some(Value::List(lines)) = record.get_mut("Details") {
            for line in lines {
                if let Value::Record(line) = line {
                    line.set("Released", true);
                }
            }
        }
    });
}

/// Totals of a transaction's lines.
pub(super) fn total(transaction: &mut Record) {
    let sum = |name: &str| transaction.lines("Details").iter().filter_map(Value::as_record).map(|line| line.number(name)).sum::<Decimal>();
    let (amount, qty, billable) = (sum("Amount"), sum("Qty"), sum("BillableQty"));
    transaction.set("TotalAmount", amount);
    transaction.set("TotalQty", qty);
    transaction.set("TotalBillableQty", billable);
}

/// The period of a day: `032026`.
pub(super) fn period(day: Date) -> String {
    format!("{:02}{:04}", day.month(), day.year())
}

/// The period that a text names, `032025` or `03-2025`; else that of the date field.
pub(super) fn period_of(record: &Record, period_field: &str, date_field: &str) -> Result<String, String> {
    let given: String = record.word(period_field).chars().filter(|letter| *letter != '-').collect();
    if given.is_empty() {
        return Ok(date_of(record.word(date_field)).map(period).unwrap_or_default());
    }
    let month = given.get(..2).and_then(|month| month.parse::<u8>().ok()).filter(|month| (1..=12).contains(month));
    let year = given.get(2..).and_then(|year| year.parse::<u16>().ok()).filter(|year| (2000..2100).contains(year));
    match (month, year) {
        (Some(_), Some(_)) => Ok(given),
        _ => Err(format!("The financial period '{}' cannot be found.", record.word(period_field))),
    }
}

#[cfg(test)]
mod tests {
    use super::period_of;
    use crate::value::Record;

    #[test]
    fn periods_are_typed_in_two_forms_or_follow_the_date() {
        let document = |period: &str| Record::from_iter([("PostPeriod", period), ("Date", "2026-03-09")]);
        let read = |period: &str| period_of(&document(period), "PostPeriod", "Date");
        assert_eq!(read("").unwrap(), "032026");
        assert_eq!(read("01-2024").unwrap(), "012024");
        assert_eq!(read("122025").unwrap(), "122025");
        for wrong in ["132025", "2025-03", "03", "032o25"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
