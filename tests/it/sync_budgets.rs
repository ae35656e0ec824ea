//! Budgets and what is moved within them, end to end.

use crosswalk::value::Record;

use crate::world::{Setup, World, counts, lines, number, text};

/// A company whose contracts are all drafts, so that only its budget goes out.
fn budget_only(setup: Setup) -> Setup {
    setup.with(|setup| {
        let project = &mut setup.company.projects[0];
        project.subcontracts.iter_mut().for_each(|contract| contract.status = "Draft");
        project.purchase_orders.iter_mut().for_each(|order| order.status = "Draft");
    })
}

/// The cost lines of budget change orders: task, code, type and amount.
fn moved(world: &World) -> Vec<String> {
    let orders = world.books("ChangeOrder").into_iter().filter(|order| text(order, "Class") == "BUDGET");
    let told = |line: Record| {
        let parts = ["ProjectTaskID", "CostCode", "AccountGroup"].map(|name| text(&line, name)).join(" ");
        format!("{parts} {}", number(&line, "Amount").normalize())
    };
    let mut all: Vec<String> = orders.flat_map(|order| lines(&order, "CostBudget")).map(told).collect();
    all.sort();
    all
}

/// BR-30
#[tokio::test]
async fn a_budget_goes_out_once_it_is_locked() {
    let world = budget_only(Setup::building()).with(|setup| setup.company.projects[0].budget_locked = false).open();
    let report = world.sync().await;
    assert_eq!(counts(&report, "budgets"), "");
    let project = text(&world.rows("projects")[0], "id");
    world.in_procore("POST", &format!("/rest/v1.0/projects/{project}/budget/lock"), "");
    world.an_hour_later();
    world.sync().await;
    let original = |record: &Record| number(record, "original_budget_amount");
    let budget = world.books("ProjectBudget").into_iter().filter(|line| text(line, "Type") == "Expense");
    let at_accounting = budget.map(|line| number(&line, "OriginalBudgetedAmount")).sum::<crosswalk::value::Decimal>();
    assert_eq!(world.rows("budget_line_items").iter().map(original).sum::<crosswalk::value::Decimal>(), at_accounting);
    assert!(!at_accounting.is_zero());
}

/// BR-31
#[tokio::test]
async fn a_budget_that_was_sent_does_not_come_back() {
    let world = budget_only(Setup::both_ways()).open();
    world.sync().await;
    let before = world.rows("budget_line_items").len();
    world.an_hour_later();
    let report = world.sync().await;
    assert_eq!((counts(&report, "budgets_import").as_str(), world.rows("budget_line_items").len()), ("", before));
}

/// BR-32
#[tokio::test]
async fn what_accountants_typed_into_a_budget_before_is_not_overwritten() {
    let world = budget_only(Setup::building()).open();
    world
        .run(
            &["projects", "main_tasks", "cost_codes", "project_cost_codes", "cost_types", "companies"],
            crosswalk::sync::Mode::Apply { consent: true, only: None },
        )
        .await
        .unwrap();
    let line = world.rows("budget_line_items").into_iter().find(|line| !number(line, "original_budget_amount").is_zero()).unwrap();
    let code = world.row("wbs_codes", ("id", &text(&line, "wbs_code_id")));
    let (cost_code, kind) = (
        world.row("cost_codes", ("id", &text(&code, "cost_code_id"))),
        world.row("line_item_types", ("id", &text(&code, "line_item_type_id"))),
    );
    let task = if text(&cost_code, "sub_job_id").is_empty() { "0000" } else { return };
    let typed = format!(
        r#"{{"ProjectID":"1001","ProjectTaskID":"{task}","AccountGroup":"{}","CostCode":"{}","InventoryID":"<N/A>","OriginalBudgetedAmount":123.45}}"#,
        text(&kind, "code"),
        text(&cost_code, "code")
    );
    world.put("ProjectBudget", &typed);
    let report = world.sync().await;
    let reasons = crate::world::why(&report, "budgets");
    assert!(reasons.contains("123.45") && reasons.contains("BR-32"), "{reasons}");
}

/// BR-37, BR-38
#[tokio::test]
async fn budget_modifications_and_budget_changes_give_the_same_change_orders_on_hold() {
    let older = budget_only(Setup::building()).open();
    older.sync().await;
    let newer = budget_only(Setup::building()).settings(r#"{"budgets": {"changes": "budget_changes"}}"#);
    let newer = newer.with(|setup| setup.company.budget_changes = true).open();
    newer.sync().await;
    assert!(!moved(&older).is_empty());
    assert_eq!(moved(&older), moved(&newer));
    assert!(
        older.books("ChangeOrder").iter().filter(|order| text(order, "Class") == "BUDGET").all(|order| text(order, "Status") == "On Hold")
    );
}

/// BR-22
#[tokio::test]
async fn a_cost_code_that_accounting_renamed_keeps_its_links() {
    let world = budget_only(Setup::building()).open();
    world.sync().await;
    let before = world.books("ProjectBudget").len();
    world.acumatica.accountants().rename_cost_code("03-3000", "03-3001");
    world.an_hour_later();
    let report = world.sync().await;
    assert_eq!(counts(&report, "cost_codes"), "updated 1, unchanged 19");
    assert_eq!(world.books("ProjectBudget").len(), before, "no line is sent under another code");
    assert!(world.rows("standard_cost_codes").iter().any(|code| text(code, "code") == "03-3001"));
}
