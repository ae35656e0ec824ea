//! How does an imitated Acumatica behave on the wire? What it will have of a line of a project budget.

use super::Rules;
use super::task::task_for;
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::draft::{Draft, cannot_be_found};
use crate::sandbox::acumatica::fields::Fields;
use crate::sandbox::acumatica::ledger::{NO_CODE, NO_ITEM, derive, level_of};
use crate::value::{Record, Value};

/// Rules of project budgets (PM309000).
pub(super) struct BudgetRules;

/// What tells one row of a project's budget from another.
const KEY: [&str; 4] = ["ProjectTaskID", "AccountGroup", "CostCode", "InventoryID"];
/// What a locked budget keeps.
const ORIGINALS: [&str; 2] = ["OriginalBudgetedAmount", "OriginalBudgetedQty"];

impl Rules for BudgetRules {
    fn title(&self) -> &'static str {
        "Project Budget"
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        draft.refer(books, "ProjectID", "Project");
        let named = draft.record.word("ProjectID").to_owned();
        let project = books.find("Project", &[&named]).map(|item| item.record.clone()).unwrap_or_default();
        if draft.new || KEY.iter().any(|field| draft.changed.contains(*field)) {
            let mut record = std::mem::take(&mut draft.record);
            for (field, message) in judge_key(books, &mut record, (&named, "ProjectTaskID")) {
                draft.refuse(field, message);
            }
            draft.record = record;
            if ["Completed", "Canceled"].contains(&project.word("Status")) {
                draft.refuse("ProjectID", format!("The status of the project '{named:<10}' is {}.", project.word("Status")));
            }
        }
        if let Some(group) = books.find("AccountGroup", &[draft.record.word("AccountGroup")]) {
            draft.record.set("Type", group.record.word("Type"));
        }
        let original = ORIGINALS.into_iter().find(|field| draft.changed.contains(*field));
        if let Some(field) = original.filter(|_| project.flag("BudgetLocked")) {
            draft.refuse(field, "The budget is locked.");
        }
        keep_revised(draft, project.at("ProjectProperties.ChangeOrderWorkflow") == Some(&Value::Bool(true)));
        derive(&mut draft.record);
    }

    fn keeps(&self, item: &Item, _books: &Books) -> Option<String> {
        let used = ["ActualAmount", "RevisedCommittedAmount", "BudgetedCOAmount"].iter().any(|field| !item.record.number(field).is_zero());
        used.then(|| "The budget line cannot be deleted because it has actual, committed or changed amounts.".to_owned())
    }
}

/// With the change-order workflow revised figures only follow; without it somebody may type them.
fn keep_revised(draft: &mut Draft, workflow: bool) {
    for part in ["Amount", "Qty"] {
        if !workflow && draft.changed.contains(&format!("RevisedBudgeted{part}")) {
            draft.record.set(format!("Revised{part}Typed"), true);
        }
    }
}

/// Checks task, account group, cost code and item of a budget line, and gives them their true spelling: all that is wrong.
pub(super) fn judge_key(books: &Books, line: &mut Record, (project, task): (&str, &'static str)) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    match task_for(books, project, line.word(task)) {
        Ok(found) => line.set(task, found),
        Err(message) => wrong.push((task, message)),
    }
    let group = line.word("AccountGroup").to_owned();
    let mut revenue = false;
    match books.find("AccountGroup", &[&group]).map(|found| &found.record) {
        None if group.is_empty() => wrong.push(("AccountGroup", "'Account Group' cannot be empty.".to_owned())),
        None => wrong.push(("AccountGroup", cannot_be_found("AccountGroup", &group))),
        Some(found) if !found.flag("Active") => wrong.push(("AccountGroup", format!("Account Group '{group}' is inactive."))),
        Some(found) => {
            revenue = found.word("Type") == "Income";
            line.set("AccountGroup", found.word("AccountGroupID"));
        }
    }
    let level = level_of(books, project, revenue);
    wrong.extend(judge_code(books, line, level.code).map(|message| ("CostCode", message)));
    wrong.extend(judge_item(books, line, level.item).map(|message| ("InventoryID", message)));
    wrong
}

fn judge_code(books: &Books, line: &mut Record, in_level: bool) -> Option<String> {
    let code = line.word("CostCode").to_owned();
    if !in_level {
        line.set("CostCode", NO_CODE);
        let used = !code.is_empty() && code != NO_CODE;
        return used.then(|| format!("Cost Code '{code}' cannot be used: the level of the budget has no cost codes."));
    }
    match books.find("CostCode", &[&code]) {
        Some(found) => line.set("CostCode", found.record.word("CostCodeID")),
        None if code.is_empty() => return Some("'Cost Code' cannot be empty.".to_owned()),
        None => return Some(cannot_be_found("CostCode", &code)),
    }
    None
}

fn judge_item(books: &Books, line: &mut Record, in_level: bool) -> Option<String> {
    line.default("InventoryID", NO_ITEM);
    let item = line.word("InventoryID").to_owned();
    if item == NO_ITEM {
        return None;
    }
    let Some(found) = books.find("NonStockItem", &[&item]) else { return Some(cannot_be_found("NonStockItem", &item)) };
    if !in_level {
        return Some(format!("Inventory Item '{item}' cannot be used: the level of the budget has no items."));
    }
    if found.record.word("ItemStatus") != "Active" {
        return Some(format!("The item status is {}.", found.record.word("ItemStatus")));
    }
    line.set("InventoryID", found.record.word("InventoryID"));
    None
}
