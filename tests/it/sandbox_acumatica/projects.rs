//! Projects: what templates bring, how budgets are kept, which tasks take lines.

use crosswalk::sandbox::Company;
use crosswalk::value::Decimal;

use super::{at, decimal, number, open};

fn row(more: &str) -> String {
    format!(r#"{{"ProjectID":"1001","ProjectTaskID":"0000",{more}}}"#)
}

#[test]
fn a_template_brings_tasks_levels_and_the_workflow() {
    let desk = open(|options| options.main_task_always = false);
    desk.write("/Project", r#"{"ProjectID":"1001","Description":"Library","ProjectTemplateID":"BUILD"}"#);
    desk.write("/Project", r#"{"ProjectID":"1002","Description":"Library"}"#);
    assert_eq!(at(&desk.read("/ProjectTask/1001/0000"), "Default"), "true");
    assert_eq!(desk.call("GET", "/ProjectTask/1002/0000", "").status, 500, "nothing brings one");
    let project = desk.read("/Project/1001?$expand=ProjectProperties");
    assert_eq!(at(&project, "ProjectProperties.RevenueBudgetLevel"), "Task and Cost Code");
    let task = desk
        .write("/ProjectTask", r#"{"ProjectID":"1002","ProjectTaskID":"main","Description":"Main","Default":true,"ExternalRefNbr":"7"}"#);
    assert_eq!((at(&task, "ProjectTaskID").as_str(), at(&task, "Status").as_str()), ("MAIN", "In Planning"));
}

#[test]
fn the_level_of_a_budget_says_which_keys_count() {
    let desk = open(|_| ());
    desk.project_of("SERVICE", "1001");
    let coded = desk.refused("/ProjectBudget", &row(r#""AccountGroup":"REVENUE","CostCode":"03-3000""#));
    assert!(at(&coded, "CostCode.error").contains("no cost codes"), "{coded}");
    let item = desk.refused("/ProjectBudget", &row(r#""AccountGroup":"LABOR","CostCode":"03-3000","InventoryID":"PCLABOR""#));
    assert!(at(&item, "InventoryID.error").contains("no items"), "{item}");
    let revenue = desk.write("/ProjectBudget", &row(r#""AccountGroup":"REVENUE","OriginalBudgetedAmount":5"#));
    assert_eq!((at(&revenue, "CostCode").as_str(), at(&revenue, "Type").as_str()), ("00-0000", "Income"));
}

#[test]
fn budget_lines_need_known_and_active_codes() {
    let desk = open(|_| ());
    desk.project_of("BUILD", "1001");
    desk.write("/ProjectTask", r#"{"ProjectID":"1001","ProjectTaskID":"OLD","Description":"Done"}"#);
    desk.act("ProjectTask", "CancelProjectTask", r#"{"ProjectID":{"value":"1001"},"ProjectTaskID":{"value":"OLD"}}"#);
    for (body, field) in [
        (row(r#""AccountGroup":"OLDFEES","CostCode":"03-3000""#), "AccountGroup"),
        (row(r#""AccountGroup":"NONE","CostCode":"03-3000""#), "AccountGroup"),
        (row(r#""AccountGroup":"LABOR""#), "CostCode"),
        (row(r#""AccountGroup":"LABOR","CostCode":"99-9999""#), "CostCode"),
        (row(r#""AccountGroup":"LABOR","CostCode":"03-3000","InventoryID":"NONE""#), "InventoryID"),
        (row(r#""AccountGroup":"LABOR","CostCode":"03-3000""#).replace("0000\"", "OLD\""), "ProjectTaskID"),
    ] {
        let echo = desk.refused("/ProjectBudget", &body);
        assert!(!at(&echo, &format!("{field}.error")).is_empty(), "{field}: {echo}");
    }
}

#[test]
fn a_budget_line_is_found_by_its_key_by_id_and_by_filter() {
    let desk = open(|options| options.costs_per_project = 0);
    desk.project_of("BUILD", "1001");
    let made = desk
        .write("/ProjectBudget", &row(r#""AccountGroup":"LABOR","CostCode":"03-3000","InventoryID":"<N/A>","OriginalBudgetedAmount":5"#));
    let id = at(&made, "id");
    let by_id = desk.write("/ProjectBudget", &format!(r#"{{"id":"{id}","OriginalBudgetedAmount":6}}"#));
    let filter =
        "ProjectID%20eq%20'1001'%20and%20ProjectTaskID%20eq%20'0000'%20and%20AccountGroup%20eq%20'LABOR'%20and%20CostCode%20eq%20'03-3000'";
    let by_filter = desk.write(&format!("/ProjectBudget?$filter={filter}"), r#"{"OriginalBudgetedAmount":7}"#);
    assert_eq!((at(&by_id, "id"), at(&by_filter, "id")), (id.clone(), id));
    assert_eq!(at(&by_filter, "RevisedBudgetedAmount"), "7.00");
}

#[test]
fn revised_figures_follow_where_change_orders_rule_and_can_be_typed_elsewhere() {
    let desk = open(|options| options.costs_per_project = 0);
    desk.project_of("BUILD", "1001");
    desk.project_of("SERVICE", "1002");
    let body = row(r#""AccountGroup":"LABOR","CostCode":"03-3000","OriginalBudgetedAmount":100,"RevisedBudgetedAmount":150"#);
    assert_eq!(at(&desk.write("/ProjectBudget", &body), "RevisedBudgetedAmount"), "100.00");
    assert_eq!(at(&desk.write("/ProjectBudget", &body.replace("1001", "1002")), "RevisedBudgetedAmount"), "150.00");
    desk.act("Project", "LockProjectBudget", r#"{"ProjectID":{"value":"1001"}}"#);
    assert!(at(&desk.refused("/ProjectBudget", &body.replace(":100", ":101")), "OriginalBudgetedAmount.error").contains("locked"));
    desk.act("Project", "UnlockProjectBudget", r#"{"ProjectID":{"value":"1001"}}"#);
    assert_eq!(at(&desk.write("/ProjectBudget", &body.replace(":100", ":101")), "RevisedBudgetedAmount"), "101.00");
}

#[test]
fn accountants_give_an_active_project_its_customer_its_cash_account_and_its_revenue() {
    let desk = open(|_| ());
    desk.project_of("BUILD", "1001");
    let project = desk.read("/Project/1001?$custom=Project.AttributeCASHACCT");
    assert!(at(&project, "Customer").starts_with("C0000"), "{project}");
    let account = at(&project, "custom.Project.AttributeCASHACCT");
    assert_eq!(desk.book("Account", ("AccountCD", &account)).get("CashAccount"), Some(&true.into()));
    let revenue: Vec<_> = desk.books("ProjectBudget").into_iter().filter(|row| row.text("Type") == Some("Income")).collect();
    assert!(!revenue.is_empty());
    assert!(
        revenue.iter().all(|row| number(row, "OriginalBudgetedAmount") > decimal("0") && row.text("InventoryID") == Some("<N/A>")),
        "{revenue:?}"
    );
    let bare = open(|options| (options.revenue_budgets, options.prepared_projects) = (false, false));
    bare.project_of("BUILD", "1001");
    assert!(bare.books("ProjectBudget").iter().all(|row| row.text("Type") == Some("Expense")));
    assert_eq!(at(&bare.read("/Project/1001"), "Customer"), "{}");
}

#[test]
fn the_revenue_of_a_sub_job_is_entered_when_its_task_becomes_active() {
    let company = Company::draw(7, 4);
    let project = company.projects.iter().find(|project| project.prime.lines.iter().any(|line| line.code.sub_job.is_some())).unwrap();
    let desk = open(|_| ());
    desk.project_of("BUILD", &project.number);
    for job in &project.sub_jobs {
        let body = format!(r#"{{"ProjectID":"{}","ProjectTaskID":"{}","Description":"{}"}}"#, project.number, job.code, job.name);
        desk.write("/ProjectTask", &body);
        let key = format!(r#"{{"ProjectID":{{"value":"{}"}},"ProjectTaskID":{{"value":"{}"}}}}"#, project.number, job.code);
        desk.act("ProjectTask", "ActivateProjectTask", &key);
    }
    let revenue = desk.books("ProjectBudget").into_iter().filter(|row| row.text("Type") == Some("Income"));
    let entered: Decimal = revenue.map(|row| number(&row, "OriginalBudgetedAmount")).sum();
    assert_eq!(entered, project.prime.lines.iter().map(|line| line.amount).sum());
    assert_eq!(at(&desk.read(&format!("/Project/{}", project.number)), "Customer"), project.owner.id);
}

#[test]
fn an_ended_project_takes_no_tasks_and_no_budget() {
    let desk = open(|_| ());
    desk.project_of("BUILD", "1001");
    desk.act("Project", "CompleteProject", r#"{"ProjectID":{"value":"1001"}}"#);
    let task = desk.refused("/ProjectTask", r#"{"ProjectID":"1001","ProjectTaskID":"NEW","Description":"New"}"#);
    assert!(at(&task, "ProjectID.error").contains("Completed"), "{task}");
    let budget = desk.refused("/ProjectBudget", &row(r#""AccountGroup":"LABOR","CostCode":"02-4100""#));
    assert!(at(&budget, "ProjectID.error").contains("Completed"), "{budget}");
}
