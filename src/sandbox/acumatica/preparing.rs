//! How does an imitated Acumatica behave on the wire? What its accountants give a project that has become active: its customer,
//! its cash account, its revenue budget.

use super::books::Books;
use super::fields::{Fields, drawn, mix};
use super::ledger::{NO_CODE, NO_ITEM, derive, level_of};
use super::rules::MAIN_TASK;
use crate::value::{Decimal, Record, Value};

/// How many customers the ledger knows; the contract has no entity for them.
const CUSTOMERS: u64 = 12;
/// Cash accounts that are in use.
const CASH: [&str; 2] = ["10200", "10210"];

/// Whether a code is that of a customer: `C000001`.
pub(super) fn is_customer(code: &str) -> bool {
    code.len() == 7 && code.strip_prefix('C').and_then(|number| number.parse().ok()).is_some_and(|number| (1..=CUSTOMERS).contains(&number))
}

/// Gives a project what nobody has given it, without a stamp: it is the accountants' part of it. Nothing depends on when.
pub(super) fn prepare(books: &mut Books, id: &str) {
    let Some(project) = books.get("Project", id).map(|item| item.record.word("ProjectID").to_owned()) else { return };
    if books.options.prepared_projects {
        let draw = mix(books.seed(), &["customer", &project]);
        books.accumulate("Project", id, |record| {
            record.default("Customer", format!("C{:06}", draw % CUSTOMERS + 1));
            record.default("CashAccount", CASH[(draw / CUSTOMERS % 2) as usize]);
        });
    }
    if books.options.revenue_budgets {
        enter_revenue(books, &project);
    }
}

/// Some lines of revenue, unless the project has any: drawn from the seed and the project.
fn enter_revenue(books: &mut Books, project: &str) {
    let income =
        books.sorted("AccountGroup").into_iter().find(|group| group.record.word("Type") == "Income" && group.record.flag("Active"));
    let Some(group) = income.map(|group| group.record.word("AccountGroupID").to_owned()) else { return };
    let there = |row: &&super::books::Item| row.record.word("ProjectID") == project && row.record.word("Type") == "Income";
    let task = books.find("ProjectTask", &[project, MAIN_TASK]).is_some();
    if !task || books.sorted("ProjectBudget").iter().any(there) {
        return;
    }
    let level = level_of(books, project, true);
    let company = std::sync::Arc::clone(&books.options.company);
    let mut rng = drawn(books.seed(), &["revenue", project]);
    let (wanted, first) = (if level.code { rng.usize(2..6) } else { 1 }, rng.usize(..company.cost_codes.len()));
    for at in 0..wanted.min(company.cost_codes.len()) {
        let code = &company.cost_codes[(first + at * 3) % company.cost_codes.len()];
        let (code, description) = if level.code { (code.code, code.description) } else { (NO_CODE, "Contract") };
        if books.find("ProjectBudget", &[project, MAIN_TASK, &group, code, NO_ITEM]).is_some() {
            continue;
        }
        let mut row = Record::from_iter([
            ("ProjectID", Value::from(project)),
            ("ProjectTaskID", MAIN_TASK.into()),
            ("AccountGroup", group.as_str().into()),
            ("CostCode", code.into()),
            ("InventoryID", NO_ITEM.into()),
            ("Type", "Income".into()),
            ("Description", description.into()),
            ("OriginalBudgetedAmount", Decimal::new(rng.i64(200..4_000) * 100_000 + rng.i64(..100), 2).into()),
            ("Retainage", Decimal::from(10).into()),
        ]);
        derive(&mut row);
        books.insert("ProjectBudget", row);
    }
}
