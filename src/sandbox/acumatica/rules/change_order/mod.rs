//! How does an imitated Acumatica behave on the wire? What it will have of a change order, and where its actions lead.

mod budget_lines;
mod commitment_lines;
mod release;

use super::lines::active_project;
use super::{ActionRule, Rules, Target};
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::draft::Draft;
use crate::sandbox::acumatica::fields::Fields;
use crate::sandbox::acumatica::periods;
use crate::value::{Decimal, Record, Value, round_half_up};

/// Rules of change orders (PM308000).
pub(super) struct ChangeOrderRules;

/// The details, each with the flag of a class that allows it and the total of its lines.
const TABS: [(&str, &str, &str); 3] = [
    ("RevenueBudget", "RevenueBudget", "RevenueBudgetChangeTotal"),
    ("CostBudget", "CostBudget", "CostBudgetChangeTotal"),
    ("Commitments", "Commitments", "CommitmentsChangeTotal"),
];

impl Rules for ChangeOrderRules {
    fn prefix(&self) -> &'static str {
        "CO"
    }

    fn title(&self) -> &'static str {
        "Change Order"
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        let status = if draft.new { "On Hold".to_owned() } else { draft.before.word("Status").to_owned() };
        let bound = draft.changed.iter().find(|field| !["Hold", "note"].contains(&field.as_str())).cloned();
        if let Some(field) = bound.filter(|_| status != "On Hold") {
            draft.refuse_record(format!("The change order cannot be changed ({field}): its status is {status}."));
        }
        judge_header(draft, books);
        judge_tabs(draft, books);
        budget_lines::judge(draft, books, true);
        budget_lines::judge(draft, books, false);
        commitment_lines::judge(draft, books);
        total(&mut draft.record);
        draft.record.default("Hold", true);
        let status = match (status.as_str(), draft.record.flag("Hold")) {
            ("Open" | "Pending Approval" | "Rejected", true) => "On Hold",
            ("On Hold", false) => off_hold(books),
            ("Closed" | "Canceled", true) => {
                draft.refuse("Hold", format!("The change order cannot be put on hold: its status is {status}."));
                status.as_str()
            }
            (kept, _) => kept,
        };
        draft.record.set("Status", status);
    }

    fn saved(&self, books: &mut Books, id: &str, _new: bool) {
        number_revenue(books, id);
    }

    fn keeps(&self, item: &Item, _books: &Books) -> Option<String> {
        let status = item.record.word("Status");
        (status != "On Hold").then(|| format!("The change order cannot be deleted: its status is {status}."))
    }

    fn workflow_actions(&self) -> &'static [&'static str] {
        &["Hold", "RemoveHold", "Approve", "Reject", "Release", "Reverse"]
    }

    fn action(&self, name: &str) -> Option<ActionRule> {
        let rule = |title, from, long, run| ActionRule { title, from, long, run };
        Some(match name {
            "HoldChangeOrder" | "Hold" => {
                rule("Hold", &["Open", "Pending Approval", "Rejected"], false, |books, target| turn(books, target, "On Hold"))
            }
            "RemoveChangeOrderFromHold" | "RemoveHold" => rule("Remove Hold", &["On Hold"], true, |books, target| {
                let status = off_hold(books);
                turn(books, target, status)
            }),
            "ApproveChangeOrder" | "Approve" => rule("Approve", &["Pending Approval"], false, |books, target| turn(books, target, "Open")),
            "RejectChangeOrder" | "Reject" => rule("Reject", &["Pending Approval"], false, |books, target| turn(books, target, "Rejected")),
            "ReleaseChangeOrder" | "Release" => rule("Release", &["Open"], true, release::release),
            "ReverseChangeOrder" | "Reverse" => rule("Reverse", &["Closed"], true, release::reverse),
            _ => return None,
        })
    }
}

fn off_hold(books: &Books) -> &'static str {
    if books.options.approvals.contains("ChangeOrder") { "Pending Approval" } else { "Open" }
}

fn turn(books: &mut Books, target: &Target, status: &str) -> Result<(), String> {
    books.change("ChangeOrder", &target.id, |record| {
        record.set("Status", status);
        record.set("Hold", status == "On Hold");
    });
    Ok(())
}

fn judge_header(draft: &mut Draft, books: &Books) {
    let before = TABS.iter().any(|(tab, ..)| !draft.before.lines(tab).is_empty());
    if !draft.new && before && draft.changed.contains("ProjectID") {
        draft.refuse("ProjectID", "The project cannot be changed because the change order has lines.");
    }
    let named = draft.record.word("ProjectID").to_owned();
    if draft.new || draft.changed.contains("ProjectID") {
        match active_project(books, &named) {
            Ok(project) => draft.record.set("ProjectID", project),
            Err(message) => draft.refuse("ProjectID", message),
        }
    }
    if let Some(project) = books.find("Project", &[&named]).map(|item| &item.record) {
        if project.at("ProjectProperties.ChangeOrderWorkflow") != Some(&Value::Bool(true)) {
            draft.refuse("ProjectID", format!("The change order workflow is not enabled for the project '{named}'."));
        }
        draft.record.set("Customer", project.get("Customer").cloned().unwrap_or_default());
    }
    draft.refer(books, "Class", "ChangeOrderClass");
    let today = books.today().to_string();
    for field in ["ChangeDate", "CompletionDate"] {
        draft.record.default(field, today.as_str());
    }
    if draft.new || draft.changed.contains("ChangeDate") {
        let day = draft.record.word("ChangeDate").to_owned();
        if let Err(message) = periods::check_day(books, &day, "") {
            draft.refuse("ChangeDate", message);
        }
    }
    draft.record.default("ContractTimeChangeDays", Decimal::ZERO);
    draft.record.default("ReverseStatus", "None");
}

/// The class says which details there are.
fn judge_tabs(draft: &mut Draft, books: &Books) {
    let Some(class) = books.find("ChangeOrderClass", &[draft.record.word("Class")]).map(|item| item.record.clone()) else { return };
    if draft.changed.contains("Class") && !class.flag("Active") {
        draft.refuse("Class", format!("The change order class '{}' is inactive.", class.word("ClassID")));
    }
    for (tab, flag, _) in TABS {
        for at in 0..draft.record.lines(tab).len() {
            if !class.flag(flag) {
                let message = format!("The class '{}' has no {flag} lines.", class.word("ClassID"));
                draft.refuse_line((tab, at), "ProjectTaskID", message);
            }
        }
    }
}

fn total(record: &mut Record) {
    for (tab, _, total) in TABS {
        let sum = record.lines(tab).iter().filter_map(Value::as_record).map(|line| line.number("Amount")).sum::<Decimal>();
        record.set(total, sum);
    }
    let revenue = record.number("RevenueBudgetChangeTotal");
    let margin = revenue - record.number("CostBudgetChangeTotal");
    record.set("GrossMarginAmount", margin);
    let share = if revenue.is_zero() { Decimal::ZERO } else { round_half_up(margin / revenue * Decimal::ONE_HUNDRED, 2) };
    record.set("GrossMargin", share);
}

/// A change of revenue takes the project's next number among them: `0001`.
fn number_revenue(books: &mut Books, id: &str) {
    let Some(record) = books.get("ChangeOrder", id).map(|item| item.record.clone()) else { return };
    if record.lines("RevenueBudget").is_empty() || !record.lacks("RevenueChangeNbr") {
        return;
    }
    let Some(project) = books.find("Project", &[record.word("ProjectID")]).map(|item| item.id.clone()) else { return };
    let number = format!("{:04}", books.count(&format!("revenue change {project}")));
    books.accumulate("ChangeOrder", id, |record| record.set("RevenueChangeNbr", number.as_str()));
    books.accumulate("Project", &project, |record| record.set_at("ProjectProperties.LastRevenueChangeNbr", number.as_str()));
}
