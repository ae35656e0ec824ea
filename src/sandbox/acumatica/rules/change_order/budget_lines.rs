//! How does an imitated Acumatica behave on the wire? What it will have in the budget lines of a change order.

use crate::sandbox::acumatica::books::Books;
use crate::sandbox::acumatica::draft::Draft;
use crate::sandbox::acumatica::fields::Fields;
use crate::sandbox::acumatica::rules::budget::judge_key;
use crate::sandbox::acumatica::rules::lines::check_unit;
use crate::value::{Decimal, Record, Value, round_half_up};

/// The fields that tell one budget line from another.
const KEY: [&str; 4] = ["ProjectTaskID", "AccountGroup", "CostCode", "InventoryID"];

/// Checks the revenue or the cost lines.
pub(super) fn judge(draft: &mut Draft, books: &Books, revenue: bool) {
    let tab = if revenue { "RevenueBudget" } else { "CostBudget" };
    if draft.record.lacks(tab) {
        return;
    }
    let mut lines = draft.take_lines(tab);
    for at in 0..lines.len() {
        if draft.touch(tab, at).is_none() {
            continue;
        }
        let (earlier, rest) = lines.split_at_mut(at);
        let line = &mut rest[0];
        judge_line(draft, books, (tab, at), line);
        let key = |line: &Record| KEY.map(|field| line.word(field).to_owned());
        if earlier.iter().any(|other| key(other) == key(line)) {
            draft.refuse_line((tab, at), "CostCode", "The change order has another line with this budget key.");
        }
    }
    draft.put_lines(tab, lines);
}

fn judge_line(draft: &mut Draft, books: &Books, place: (&'static str, usize), line: &mut Record) {
    let project = draft.record.word("ProjectID").to_owned();
    for (field, message) in judge_key(books, line, (&project, "ProjectTaskID")) {
        draft.refuse_line(place, field, message);
    }
    let (revenue, income) = (place.0 == "RevenueBudget", is_income(books, line.word("AccountGroup")));
    if income.is_some_and(|income| income != revenue) {
        let message = if revenue { "Revenue needs an account group of the type Income." } else { "Costs need an expense account group." };
        draft.refuse_line(place, "AccountGroup", message);
    }
    check_unit(draft, place, line);
    let (rate, qty) = (line.number("UnitRate"), line.number("Qty"));
    let changed = draft.touch(place.0, place.1).map(|touch| touch.changed.clone()).unwrap_or_default();
    // Where the form has a quantity and a rate it works the amount out.
    if (changed.contains("UnitRate") || changed.contains("Qty")) && !rate.is_zero() && !qty.is_zero() {
        line.set("Amount", round_half_up(qty * rate, 2));
    }
    for field in ["Qty", "UnitRate", "Amount"] {
        line.default(field, Decimal::ZERO);
    }
    show_budget(books, &project, line);
}

fn is_income(books: &Books, group: &str) -> Option<bool> {
    books.find("AccountGroup", &[group]).map(|group| group.record.word("Type") == "Income")
}

/// The line shows its budget row as it stands.
fn show_budget(books: &Books, project: &str, line: &mut Record) {
    let keys = [project, line.word("ProjectTaskID"), line.word("AccountGroup"), line.word("CostCode"), line.word("InventoryID")];
    let row = books.find("ProjectBudget", &keys).map(|row| row.record.clone()).unwrap_or_default();
    for (field, from) in [
        ("PreviouslyApprovedCOAmount", "BudgetedCOAmount"),
        ("PreviouslyApprovedCOQty", "BudgetedCOQty"),
        ("RevisedBudgetedAmount", "RevisedBudgetedAmount"),
        ("RevisedBudgetedQty", "RevisedBudgetedQty"),
    ] {
        line.set(field, row.number(from));
    }
    line.set("TotalPotentiallyRevisedAmount", row.number("RevisedBudgetedAmount") + line.number("Amount"));
    if !row.is_empty() {
        for field in ["Description", "UOM"] {
            line.default(field, row.get(field).cloned().unwrap_or(Value::Null));
        }
    }
}
