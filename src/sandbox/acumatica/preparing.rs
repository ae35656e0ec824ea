//! How does an imitated Acumatica behave on the wire? What its accountants give a project that has become active: its customer,
//! its cash account, its revenue budget.

use std::sync::Arc;

use super::books::Books;
use super::fields::{Fields, drawn, mix, normal};
use super::ledger::{NO_CODE, NO_ITEM, derive, level_of};
use super::rules::MAIN_TASK;
use crate::sandbox::company::{Company, Project};
use crate::value::{Decimal, Record, Value};

/// Customers that the ledger knows beside the owners of the company's projects; the contract has no entity for them.
const CUSTOMERS: u64 = 12;
/// Cash accounts that are in use.
const CASH: [&str; 2] = ["10200", "10210"];

/// A line of a revenue budget to come.
struct Revenue {
    code: &'static str,
    description: String,
    amount: Decimal,
}

/// Whether a code is that of a customer: `C000001`.
pub(super) fn is_customer(books: &Books, code: &str) -> bool {
    let numbered = code.strip_prefix('C').filter(|number| number.len() == 6).and_then(|number| number.parse().ok());
    numbered.is_some_and(|number| (1..=CUSTOMERS).contains(&number))
        || books.options.company.projects.iter().any(|project| project.owner.id == code)
}

/// Gives a project what nobody has given it, without a stamp: it is the accountants' part of it. Nothing depends on when.
pub(super) fn prepare(books: &mut Books, id: &str) {
    let Some(code) = books.get("Project", id).map(|item| item.record.word("ProjectID").to_owned()) else { return };
    if books.options.prepared_projects {
        let draw = mix(books.seed(), &["customer", &code]);
        let company = Arc::clone(&books.options.company);
        let owner = known(&company, &code).map(|project| project.owner.id.clone()).filter(|owner| !owner.is_empty());
        books.accumulate("Project", id, |record| {
            record.default("Customer", owner.unwrap_or_else(|| format!("C{:06}", draw % CUSTOMERS + 1)));
            record.default("CashAccount", CASH[(draw / CUSTOMERS % 2) as usize]);
        });
    }
    enter_revenue(books, &code, MAIN_TASK);
}

fn known<'c>(company: &'c Company, code: &str) -> Option<&'c Project> {
    company.projects.iter().find(|project| normal(&project.number) == code)
}

/// Enters the revenue of a task that has become active, unless it has any: the contract with the owner, which accounting has
/// first. Once it is there Procore can take its prime contract from it.
pub(super) fn enter_revenue(books: &mut Books, project: &str, task: &str) {
    let group = books.sorted("AccountGroup").into_iter().find(|group| group.record.word("Type") == "Income" && group.record.flag("Active"));
    let Some(group) = group.map(|group| group.record.word("AccountGroupID").to_owned()).filter(|_| books.options.revenue_budgets) else {
        return;
    };
    let (project_of, task_of) = (|row: &Record| row.word("ProjectID") == project, |row: &Record| row.word("ProjectTaskID") == task);
    let there = |row: &Record| project_of(row) && task_of(row) && row.word("Type") == "Income";
    let budgeted = books.sorted("ProjectBudget").iter().any(|row| there(&row.record));
    if budgeted || books.find("ProjectTask", &[project, task]).is_none() {
        return;
    }
    let company = Arc::clone(&books.options.company);
    let contract = known(&company, project).filter(|project| !project.prime.lines.is_empty());
    let retained = contract.map_or(Decimal::from(10), |project| project.prime.retainage_percent);
    let lines = match contract {
        Some(project) => contracted(&company, project, task),
        None if task == MAIN_TASK => invented(books, &company, project),
        None => Vec::new(),
    };
    for line in at_level(lines, level_of(books, project, true).code) {
        let mut row = Record::from_iter([
            ("ProjectID", Value::from(project)),
            ("ProjectTaskID", task.into()),
            ("AccountGroup", group.as_str().into()),
            ("CostCode", line.code.into()),
            ("InventoryID", NO_ITEM.into()),
            ("Type", "Income".into()),
            ("Description", line.description.into()),
            ("OriginalBudgetedAmount", line.amount.into()),
            ("Retainage", retained.into()),
        ]);
        derive(&mut row);
        books.insert("ProjectBudget", row);
    }
}

/// The lines of the contract with the owner that belong to a task: to the sub job of its name, or to the project itself.
fn contracted(company: &Company, project: &Project, task: &str) -> Vec<Revenue> {
    let belongs = |sub_job: Option<usize>| match sub_job {
        None => task == MAIN_TASK,
        Some(at) => project.sub_jobs.get(at).is_some_and(|job| job.code == task),
    };
    let lines = project.prime.lines.iter().filter(|line| belongs(line.code.sub_job));
    lines
        .filter_map(|line| {
            let code = company.cost_codes.get(line.code.cost_code)?.code;
            Some(Revenue { code, description: line.description.clone(), amount: line.amount })
        })
        .collect()
}

/// Some lines for a project that the practice company does not know, drawn from the seed and its code.
fn invented(books: &Books, company: &Company, project: &str) -> Vec<Revenue> {
    if company.cost_codes.is_empty() {
        return Vec::new();
    }
    let mut rng = drawn(books.seed(), &["revenue", project]);
    let (wanted, first) = (rng.usize(2..6), rng.usize(..company.cost_codes.len()));
    let codes = (0..wanted).map(|at| &company.cost_codes[(first + at * 3) % company.cost_codes.len()]);
    codes
        .map(|code| Revenue {
            code: code.code,
            description: code.description.to_owned(),
            amount: Decimal::new(rng.i64(200..4_000) * 100_000 + rng.i64(0..100), 2),
        })
        .collect()
}

/// One line for each cost code, or one in all where the level has none.
fn at_level(lines: Vec<Revenue>, codes: bool) -> Vec<Revenue> {
    let mut merged: Vec<Revenue> = Vec::new();
    for line in lines {
        let code = if codes { line.code } else { NO_CODE };
        match merged.iter_mut().find(|known| known.code == code) {
            Some(known) => known.amount += line.amount,
            None => merged.push(Revenue { code, ..line }),
        }
    }
    merged
}
