//! How does an imitated Acumatica behave on the wire? What it will have of a project task.

use super::{ActionRule, Rules, Target};
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::draft::Draft;
use crate::sandbox::acumatica::fields::{Fields, normal};
use crate::sandbox::acumatica::preparing;
use crate::value::{Record, Value};

/// Rules of project tasks (PM302000).
pub(super) struct TaskRules;

/// The task that every project starts with (BR-24).
pub(in crate::sandbox::acumatica) const MAIN_TASK: &str = "0000";

impl Rules for TaskRules {
    fn title(&self) -> &'static str {
        "Project Task"
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        draft.refer(books, "ProjectID", "Project");
        let ended = books.find("Project", &[draft.record.word("ProjectID")]).map(|project| project.record.word("Status").to_owned());
        if let Some(status) = ended.filter(|status| draft.new && ["Completed", "Canceled"].contains(&status.as_str())) {
            draft.refuse("ProjectID", format!("The project takes no more tasks: its status is {status}."));
        }
        let code = normal(draft.record.word("ProjectTaskID"));
        if code.chars().count() > 20 {
            draft.refuse("ProjectTaskID", "The task ID is longer than the segment of 20 characters.");
        }
        draft.record.set("ProjectTaskID", code);
        // A status is changed by actions; the field shows it.
        let status = if draft.new { "In Planning".to_owned() } else { draft.before.word("Status").to_owned() };
        draft.record.set("Status", status);
        draft.record.default("Default", false);
    }

    /// A project has one default task at most.
    fn saved(&self, books: &mut Books, id: &str, _new: bool) {
        let Some(task) = books.get("ProjectTask", id).filter(|task| task.record.flag("Default")) else { return };
        let project = task.record.word("ProjectID").to_owned();
        let others: Vec<String> = tasks_of(books, &project)
            .filter(|other| other.id != id && other.record.flag("Default"))
            .map(|other| other.id.clone())
            .collect();
        for other in others {
            books.change("ProjectTask", &other, |record| record.set("Default", false));
        }
    }

    fn keeps(&self, item: &Item, books: &Books) -> Option<String> {
        let (project, task) = (item.record.get("ProjectID"), item.record.get("ProjectTaskID"));
        let used = books
            .sorted("ProjectBudget")
            .into_iter()
            .any(|row| row.record.get("ProjectID") == project && row.record.get("ProjectTaskID") == task);
        used.then(|| "The task cannot be deleted because the budget of its project uses it.".to_owned())
    }

    fn workflow_actions(&self) -> &'static [&'static str] {
        &["Activate", "Complete", "CancelTask", "Hold"]
    }

    fn action(&self, name: &str) -> Option<ActionRule> {
        Some(match name {
            "ActivateProjectTask" | "Activate" => {
                ActionRule { title: "Activate", from: &["In Planning", "Completed", "Canceled"], long: false, run: activate }
            }
            "CompleteProjectTask" | "Complete" => {
                ActionRule { title: "Complete", from: &["Active"], long: false, run: |books, target| turn(books, target, "Completed") }
            }
            "CancelProjectTask" | "CancelTask" => ActionRule {
                title: "Cancel",
                from: &["In Planning", "Active"],
                long: false,
                run: |books, target| turn(books, target, "Canceled"),
            },
            "HoldProjectTask" | "Hold" => ActionRule {
                title: "Hold",
                from: &["Active", "Canceled"],
                long: false,
                run: |books, target| turn(books, target, "In Planning"),
            },
            _ => return None,
        })
    }
}

/// The task opens, and the accountants enter what it earns.
fn activate(books: &mut Books, target: &Target) -> Result<(), String> {
    turn(books, target, "Active")?;
    let named =
        books.get("ProjectTask", &target.id).map(|item| ["ProjectID", "ProjectTaskID"].map(|field| item.record.word(field).to_owned()));
    if let Some([project, task]) = named {
        preparing::enter_revenue(books, &project, &task);
    }
    Ok(())
}

fn turn(books: &mut Books, target: &Target, status: &str) -> Result<(), String> {
    books.change("ProjectTask", &target.id, |record| record.set("Status", status));
    Ok(())
}

/// The tasks of a project.
pub(super) fn tasks_of<'a>(books: &'a Books, project: &'a str) -> impl Iterator<Item = &'a Item> {
    books.sorted("ProjectTask").into_iter().filter(move |task| task.record.word("ProjectID") == project)
}

/// The task of a line: as it names, else the project's default one; the message says why there is none that will do.
pub(super) fn task_for(books: &Books, project: &str, named: &str) -> Result<String, String> {
    let found = if named.is_empty() {
        tasks_of(books, project).find(|task| task.record.flag("Default"))
    } else {
        books.find("ProjectTask", &[project, named])
    };
    match found.map(|task| (task.record.word("ProjectTaskID"), task.record.word("Status"))) {
        None if named.is_empty() => Err("'Project Task' cannot be empty.".to_owned()),
        None => Err(crate::sandbox::acumatica::draft::cannot_be_found("ProjectTask", named)),
        Some((code, "In Planning" | "Active")) => Ok(code.to_owned()),
        Some((code, status)) => Err(format!("Project Task '{code:<10}' has the status {status}; lines need one in planning or active.")),
    }
}

/// A main task for a new project.
pub(in crate::sandbox::acumatica) fn main_task(project: &str) -> Record {
    Record::from_iter([
        ("ProjectID", Value::from(project)),
        ("ProjectTaskID", MAIN_TASK.into()),
        ("Description", "Main task".into()),
        ("Status", "In Planning".into()),
        ("Default", true.into()),
    ])
}
