//! How does an imitated Acumatica behave on the wire? What it will have of a line of a project budget.

use super::Rules;
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::draft::{Draft, cannot_be_found};
use crate::sandbox::acumatica::fields::Fields;
use crate::sandbox::acumatica::ledger::{NO_ITEM, derive};

/// Rules of project budgets (PM309000).
pub(super) struct BudgetRules;

/// What a locked budget, or one that only change orders may change, keeps.
const ORIGINALS: [&str; 2] = ["OriginalBudgetedAmount", "OriginalBudgetedQty"];

impl Rules for BudgetRules {
    fn title(&self) -> &'static str {
        "Project Budget"
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        draft.record.default("InventoryID", NO_ITEM);
        for (field, entity) in [("ProjectID", "Project"), ("AccountGroup", "AccountGroup"), ("CostCode", "CostCode")] {
            draft.refer(books, field, entity);
        }
        if draft.record.word("InventoryID") != NO_ITEM {
            draft.refer(books, "InventoryID", "NonStockItem");
        }
        let (project, task) = (draft.record.word("ProjectID").to_owned(), draft.record.word("ProjectTaskID").to_owned());
        match books.find("ProjectTask", &[&project, &task]).map(|task| task.record.word("ProjectTaskID").to_owned()) {
            Some(task) => draft.record.set("ProjectTaskID", task),
            None => draft.refuse("ProjectTaskID", cannot_be_found("ProjectTask", &task)),
        }
        if let Some(group) = books.find("AccountGroup", &[draft.record.word("AccountGroup")]) {
            draft.record.set("Type", group.record.word("Type"));
        }
        let locked = books.find("Project", &[&project]).is_some_and(|project| project.record.flag("BudgetLocked"));
        let original = ORIGINALS.into_iter().find(|field| draft.changed.contains(*field));
        if let Some(field) = original.filter(|_| locked) {
            draft.refuse(field, "The budget is locked.");
        }
        derive(&mut draft.record);
    }

    fn keeps(&self, item: &Item, _books: &Books) -> Option<String> {
        let used = !item.record.number("ActualAmount").is_zero() || !item.record.number("RevisedCommittedAmount").is_zero();
        used.then(|| "The budget line cannot be deleted because it has actual or committed amounts.".to_owned())
    }
}
