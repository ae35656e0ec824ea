//! The connector that goes both ways: companies, sub jobs and budgets out and in.

use crate::world::{Setup, counts, number, text, why};

/// BR-23, BR-24, BR-25
#[tokio::test]
async fn sub_jobs_go_out_as_tasks_come_in_from_tasks_and_have_every_cost_code() {
    let world = Setup::both_ways().open();
    world.sync().await;
    assert!(world.books("ProjectTask").iter().any(|task| text(task, "ProjectTaskID") == "EAST" && text(task, "Status") == "Active"));
    world.put("ProjectTask", r#"{"ProjectID":"1001","ProjectTaskID":"YARD","Description":"Yard and fences"}"#);
    world.an_hour_later();
    let report = world.sync().await;
    assert_eq!(counts(&report, "sub_jobs_import"), "created 1", "the main task stays hidden");
    let yard = world.row("sub_jobs", ("code", "YARD"));
    assert_eq!(text(&yard, "name"), "Yard and fences");
    let jobs = world.rows("sub_jobs");
    assert_eq!(jobs.len(), 3);
    for job in jobs {
        let codes = world.rows("cost_codes").into_iter().filter(|code| text(code, "sub_job_id") == text(&job, "id")).count();
        assert_eq!(codes, 20, "{}", text(&job, "code"));
    }
}

/// BR-17, BR-18
#[tokio::test]
async fn a_company_that_procore_has_alone_becomes_a_vendor_and_is_not_sent_twice() {
    let world = Setup::both_ways().open();
    let before = world.books("Vendor").len();
    let report = world.sync().await;
    let made = world.books("Vendor").len() - before;
    assert!(
        made > 0 && counts(&report, "companies_export").starts_with(&format!("created {made}")),
        "{}",
        counts(&report, "companies_export")
    );
    world.an_hour_later();
    world.sync().await;
    assert_eq!(world.books("Vendor").len(), before + made);
}

/// BR-34, BR-36
#[tokio::test]
async fn an_open_budget_takes_the_lines_that_accounting_has() {
    let world = Setup::both_ways().with(|setup| setup.company.projects[0].budget_locked = false).open();
    let before = world.rows("budget_line_items").len();
    let report = world.sync().await;
    assert_eq!(why(&report, "budgets_import"), "");
    let lines = world.rows("budget_line_items");
    assert!(lines.len() > before);
    let estimates = world.books("ProjectBudget").into_iter().filter(|line| text(line, "Type") == "Expense");
    let amounts: Vec<_> = estimates.map(|line| number(&line, "OriginalBudgetedAmount")).collect();
    assert!(lines.iter().skip(before).all(|line| !number(line, "original_budget_amount").is_zero() && !amounts.is_empty()));
}
