//! How does an imitated Acumatica behave on the wire? Codes that documents refer to: no more than their schema asks.

use super::{ActionRule, Rules, Target};
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::draft::Draft;
use crate::sandbox::acumatica::fields::{Fields, normal};
use crate::sandbox::acumatica::rename::rename;
use crate::value::Value;

/// Rules of cost codes, account groups, vendor classes, items and the like.
pub(super) struct LookupRules;

impl Rules for LookupRules {
    fn title(&self) -> &'static str {
        "Record"
    }

    fn judge(&self, draft: &mut Draft, _books: &mut Books) {
        let key = draft.entity.keys().first().cloned().unwrap_or_default();
        let code = normal(draft.record.word(&key));
        if !code.is_empty() {
            draft.record.set(key, code);
        }
        if draft.entity.name == "AccountGroup" {
            draft.record.default("Active", true);
            draft.record.default("Type", "Expense");
            let expense = draft.record.word("Type") == "Expense";
            draft.record.default("Expense", expense);
        }
    }

    fn keeps(&self, item: &Item, books: &Books) -> Option<String> {
        let (field, code) = match item.record.text("CostCodeID") {
            Some(code) => ("CostCode", code),
            None => ("AccountGroup", item.record.text("AccountGroupID")?),
        };
        let used = books.sorted("ProjectBudget").into_iter().any(|row| row.record.get(field) == Some(&Value::text(code)));
        used.then(|| format!("'{code}' cannot be deleted because it is used in project budgets."))
    }

    fn action(&self, name: &str) -> Option<ActionRule> {
        (name == "ChangeCostCodeID").then_some(ActionRule { title: "Change ID", from: &[], long: true, run: change_code })
    }
}

fn change_code(books: &mut Books, target: &Target) -> Result<(), String> {
    let new = normal(target.parameters.word("CostCodeID"));
    if new.is_empty() || books.find("CostCode", &[&new]).is_some() {
        return Err(format!("Cost Code '{new}' is empty or in the system already."));
    }
    let Some(old) = books.get("CostCode", &target.id).map(|item| item.record.word("CostCodeID").to_owned()) else { return Ok(()) };
    rename(books, &["CostCodeID", "CostCode"], &old, &new);
    Ok(())
}
