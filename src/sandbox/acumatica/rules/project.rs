//! How does an imitated Acumatica behave on the wire? What it will have of a project, and what becomes of it.

use super::task::{main_task, tasks_of};
use super::vendor::check_address;
use super::{ActionRule, Rules, Target};
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::draft::{Draft, cannot_be_found};
use crate::sandbox::acumatica::fields::{Fields, normal};
use crate::sandbox::acumatica::rename::rename;
use crate::sandbox::acumatica::{costs, preparing};
use crate::value::{Record, Value};

/// Rules of projects (PM301000).
pub(super) struct ProjectRules;

/// Characters of the PROJECT segment.
const LONGEST: usize = 10;

impl Rules for ProjectRules {
    fn title(&self) -> &'static str {
        "Project"
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        let code = normal(draft.record.word("ProjectID"));
        if let Err(message) = check_code(&code) {
            draft.refuse("ProjectID", message);
        }
        draft.record.set("ProjectID", code);
        if !draft.new && draft.changed.contains("ProjectTemplateID") {
            draft.refuse("ProjectTemplateID", "The template cannot be changed once the project is saved.");
        }
        draft.refer(books, "ProjectTemplateID", "ProjectTemplate");
        let customer = draft.record.word("Customer").to_owned();
        if draft.changed.contains("Customer") && !preparing::is_customer(books, &customer) {
            draft.refuse("Customer", cannot_be_found("Customer", &customer));
        }
        if draft.new {
            take_over_template(&mut draft.record, books);
        }
        for path in ["GLAccounts.DefaultSubaccount", "GLAccounts.DefaultCostSubaccount"] {
            draft.refer(books, path, "Subaccount");
        }
        check_address(draft, "ProjectAddress");
        // Status and Hold change by actions; both fields only show it.
        let status = if draft.new { "In Planning".to_owned() } else { draft.before.word("Status").to_owned() };
        draft.record.set("Hold", status == "In Planning");
        draft.record.set("Status", status);
        let date = |path: &str| draft.record.at(path).and_then(Value::as_text).map(str::to_owned);
        match (date("ProjectProperties.StartDate"), date("ProjectProperties.EndDate")) {
            (None, _) => draft.record.set_at("ProjectProperties.StartDate", books.today().to_string()),
            (Some(start), Some(end)) if end < start => {
                draft.refuse("ProjectProperties.EndDate", "The end date cannot be earlier than the start date.");
            }
            _ => {}
        }
    }

    fn saved(&self, books: &mut Books, id: &str, new: bool) {
        let Some(project) = books.get("Project", id).filter(|_| new).map(|item| item.record.clone()) else { return };
        bring_tasks(books, &project);
    }

    fn keeps(&self, item: &Item, _books: &Books) -> Option<String> {
        (item.record.word("Status") != "In Planning").then(|| "Only a project in planning can be deleted.".to_owned())
    }

    fn workflow_actions(&self) -> &'static [&'static str] {
        &["Activate", "Hold", "Complete", "Suspend", "Cancel"]
    }

    fn action(&self, name: &str) -> Option<ActionRule> {
        let rule = |title, from, long, run| ActionRule { title, from, long, run };
        Some(match name {
            "ActivateProject" | "Activate" => {
                rule("Activate Project", &["In Planning", "Suspended", "Completed", "Canceled"], true, activate)
            }
            "HoldProject" | "Hold" => rule("Hold", &["Active", "Rejected"], false, |books, target| turn(books, target, "In Planning")),
            "CompleteProject" | "Complete" => rule("Complete", &["Active"], true, |books, target| turn(books, target, "Completed")),
            "SuspendProject" | "Suspend" => rule("Suspend", &["Active"], false, |books, target| turn(books, target, "Suspended")),
            "CancelProject" | "Cancel" => {
                rule("Cancel", &["In Planning", "Active"], false, |books, target| turn(books, target, "Canceled"))
            }
            // No approval map is set up, so that a project never waits for approval.
            "ApproveProject" => rule("Approve", &["Pending Approval"], false, |books, target| turn(books, target, "Active")),
            "RejectProject" => rule("Reject", &["Pending Approval"], false, |books, target| turn(books, target, "Rejected")),
            "LockProjectBudget" => rule("Lock Budget", &[], false, |books, target| mark(books, target, "BudgetLocked", true)),
            "UnlockProjectBudget" => rule("Unlock Budget", &[], false, |books, target| mark(books, target, "BudgetLocked", false)),
            "LockProjectCommitments" => {
                rule("Lock Commitments", &[], false, |books, target| mark(books, target, "CommitmentsLocked", true))
            }
            "UnlockProjectCommitments" => {
                rule("Unlock Commitments", &[], false, |books, target| mark(books, target, "CommitmentsLocked", false))
            }
            "RunProjectBilling" => rule("Run Billing", &["Active", "Completed"], true, super::pro_forma::bill_project),
            "RunProjectAllocation" => rule("Run Allocation", &["Active"], true, |_, _| Ok(())),
            "ValidateProjectBalance" => rule("Validate Project Balances", &[], true, |_, _| Ok(())),
            "ChangeProjectID" => rule("Change ID", &[], true, change_id),
            _ => return None,
        })
    }
}

fn check_code(code: &str) -> Result<(), String> {
    if code.is_empty() {
        return Err("'Project ID' cannot be empty.".to_owned());
    }
    if code.chars().count() > LONGEST {
        return Err(format!("Project ID '{code}' is longer than the segment of {LONGEST} characters."));
    }
    match code.chars().find(|letter| !(letter.is_ascii_alphanumeric() || "-.".contains(*letter))) {
        Some(letter) => Err(format!("Project ID '{code}' does not fit the mask: '{letter}' is not allowed.")),
        None => Ok(()),
    }
}

/// The template brings budget levels, accounts and the change-order workflow; what the request gave stays.
fn take_over_template(record: &mut Record, books: &Books) {
    let template = books.find("ProjectTemplate", &[record.word("ProjectTemplateID")]).map(|item| item.record.clone()).unwrap_or_default();
    for part in ["ProjectProperties", "GLAccounts"] {
        for (name, value) in template.get(part).and_then(Value::as_record).into_iter().flat_map(Record::iter) {
            let path = format!("{part}.{name}");
            if record.at(&path).is_none_or(Value::is_null) {
                record.set_at(&path, value.clone());
            }
        }
    }
    for (path, value) in [("ProjectProperties.ProjectCurrency", "USD"), ("BillingAndAllocationSettings.Branch", "MAIN")] {
        if record.at(path).is_none() {
            record.set_at(path, value);
        }
    }
}

/// A template's tasks become the project's.
fn bring_tasks(books: &mut Books, project: &Record) {
    let template = books.find("ProjectTemplate", &[project.word("ProjectTemplateID")]).map(|item| item.record.clone());
    let code = project.word("ProjectID");
    match template {
        Some(template) => {
            for task in template.lines("Tasks").iter().filter_map(Value::as_record) {
                let mut task = task.clone();
                task.set("ProjectID", code);
                books.insert("ProjectTask", task);
            }
        }
        None if books.options.main_task_always => {
            books.insert("ProjectTask", main_task(code));
        }
        None => {}
    }
}

fn turn(books: &mut Books, target: &Target, status: &str) -> Result<(), String> {
    books.change("Project", &target.id, |record| {
        record.set("Status", status);
        record.set("Hold", status == "In Planning");
    });
    Ok(())
}

fn mark(books: &mut Books, target: &Target, flag: &'static str, value: bool) -> Result<(), String> {
    books.change("Project", &target.id, |record| record.set(flag, value));
    Ok(())
}

/// The project opens, its default task with it, and the accountants start to book on it.
fn activate(books: &mut Books, target: &Target) -> Result<(), String> {
    turn(books, target, "Active")?;
    let Some(project) = books.get("Project", &target.id).map(|item| item.record.word("ProjectID").to_owned()) else { return Ok(()) };
    let planned: Vec<String> = tasks_of(books, &project)
        .filter(|task| task.record.flag("Default") && task.record.word("Status") == "In Planning")
        .map(|task| task.id.clone())
        .collect();
    for task in planned {
        books.change("ProjectTask", &task, |record| record.set("Status", "Active"));
    }
    preparing::prepare(books, &target.id);
    costs::post_for(books, &target.id);
    Ok(())
}

fn change_id(books: &mut Books, target: &Target) -> Result<(), String> {
    let new = normal(target.parameters.word("ProjectID"));
    check_code(&new)?;
    if books.find("Project", &[&new]).is_some() {
        return Err(format!("Project '{new:<10}' is in the system already."));
    }
    let Some(old) = books.get("Project", &target.id).map(|item| item.record.word("ProjectID").to_owned()) else { return Ok(()) };
    rename(books, &["ProjectID", "Project"], &old, &new);
    Ok(())
}
