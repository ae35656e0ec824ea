//! The contract with the owner, its change orders and the tasks made for them, end to end.

use crosswalk::sandbox::FaultKind;
use crosswalk::value::{Decimal, Record};

use crate::world::{Setup, World, counts, fault, lines, number, text, why};

fn revenue(world: &World) -> Decimal {
    let budget = world.books("ProjectBudget").into_iter().filter(|line| text(line, "Type") == "Income");
    budget.map(|line| number(&line, "OriginalBudgetedAmount")).sum()
}

fn contracted(world: &World) -> Decimal {
    world.rows("prime_contract_line_items").iter().map(|line| number(line, "amount")).sum()
}

/// The change order of the prime contract of this number in Procore.
fn change(world: &World, number: &str) -> Record {
    let mut orders = world.books("ChangeOrder").into_iter();
    orders.find(|order| text(order, "ExternalRefNbr") == format!("PCCO-{number}")).unwrap()
}

/// BR-43, BR-44, BR-46
#[tokio::test]
async fn a_change_of_the_prime_contract_has_a_task_of_its_own_for_its_revenue_with_markup_and_its_cost_without() {
    let world = Setup::building().open();
    world.sync().await;
    let drawn = crosswalk::sandbox::Company::draw(7, 1);
    for told in drawn.projects[0].prime_changes.iter().filter(|change| change.status == "approved") {
        let sent = change(&world, &told.number);
        assert_eq!(text(&sent, "Status"), "On Hold");
        let revenue = lines(&sent, "RevenueBudget");
        assert_eq!((revenue.len(), text(&revenue[0], "ProjectTaskID")), (1, format!("PCCO-{}", told.number)));
        assert_eq!(number(&revenue[0], "Amount"), told.total());
        let cost: Decimal = lines(&sent, "CostBudget").iter().map(|line| number(line, "Amount")).sum();
        assert_eq!(cost, told.lines.iter().map(|line| line.amount).sum::<Decimal>());
        assert!(lines(&sent, "CostBudget").iter().all(|line| !text(line, "ProjectTaskID").starts_with("PCCO-")));
    }
}

/// BR-02
#[tokio::test]
async fn a_contract_that_is_in_procore_already_is_adopted_and_one_that_is_not_is_made() {
    let there = Setup::building().open();
    let report = there.sync().await;
    assert_eq!(counts(&report, "prime_contracts"), "updated 1");
    assert_eq!((there.rows("prime_contracts").len(), contracted(&there)), (1, revenue(&there)));
    let absent = Setup::building().with(|setup| setup.company.projects[0].prime.in_procore = false).open();
    let report = absent.sync().await;
    assert_eq!(counts(&report, "prime_contracts"), "created 1");
    assert_eq!((absent.rows("prime_contracts").len(), contracted(&absent)), (1, revenue(&absent)));
    assert!(!revenue(&absent).is_zero());
}

/// BR-02
#[tokio::test]
async fn a_revenue_budget_that_changed_is_imported_again() {
    let draft = r#"{"prime_contracts": {"status": "Draft"}}"#;
    let world = Setup::building().settings(draft).with(|setup| setup.company.projects[0].prime.in_procore = false).open();
    world.sync().await;
    let line = world.books("ProjectBudget").into_iter().find(|line| text(line, "Type") == "Income").unwrap();
    let key = ["ProjectID", "ProjectTaskID", "AccountGroup", "CostCode", "InventoryID"]
        .map(|name| format!(r#""{name}":"{}""#, text(&line, name)));
    world.put("ProjectBudget", &format!(r#"{{{},"OriginalBudgetedAmount":77777.77}}"#, key.join(",")));
    world.an_hour_later();
    let report = world.sync().await;
    assert_eq!(counts(&report, "prime_contracts"), "updated 1", "{}", why(&report, "prime_contracts"));
    assert_eq!(contracted(&world), revenue(&world));
    assert!(world.rows("prime_contract_line_items").iter().any(|line| number(line, "amount") == Decimal::new(7_777_777, 2)));
}

/// BR-39, BR-40, BR-41
#[tokio::test]
async fn where_contracts_go_out_one_summed_line_of_revenue_is_sent_and_follows_later_changes() {
    let world = Setup::both_ways().open();
    let report = world.sync().await;
    assert_eq!(counts(&report, "prime_contracts_export"), "created 1", "{}", why(&report, "prime_contracts_export"));
    let sent: Vec<Record> =
        world.books("ProjectBudget").into_iter().filter(|line| number(line, "OriginalBudgetedAmount") == contracted(&world)).collect();
    assert_eq!((sent.len(), text(&sent[0], "AccountGroup"), text(&sent[0], "ProjectTaskID")), (1, "REVENUE".to_owned(), "0000".to_owned()));
}

/// BR-39
#[tokio::test]
async fn a_contract_whose_number_is_no_seven_letters_and_digits_is_held_and_goes_once_it_is_renumbered() {
    let world = Setup::both_ways().with(|setup| setup.company.projects[0].prime.number = "PRIME-2026-1".to_owned()).open();
    let report = world.sync().await;
    let reasons = why(&report, "prime_contracts_export");
    assert!(reasons.contains("BR-39") && reasons.contains("PRIME-2026-1"), "{reasons}");
    let contract = world.rows("prime_contracts").remove(0);
    let path = format!("/rest/v1.0/prime_contract/{}?project_id={}", text(&contract, "id"), text(&contract, "project_id"));
    world.in_procore("PATCH", &path, r#"{"prime_contract":{"number":"P20261"}}"#);
    world.an_hour_later();
    assert_eq!(counts(&world.sync().await, "prime_contracts_export"), "created 1");
}

/// A contract without lines has no cost types to keep: neither one that somebody emptied nor one whose lines got lost on the way
/// (BR-02).
#[tokio::test]
async fn a_contract_that_was_made_and_whose_lines_were_lost_is_completed() {
    let world = Setup::building().with(|setup| setup.company.projects[0].prime.in_procore = false).open();
    world.procore.faults().add(fault(FaultKind::DropBefore, ("PATCH", "/line_items/sync"), 1));
    let _ = world.try_sync().await;
    world.an_hour_later();
    world.sync().await;
    world.an_hour_later();
    let report = world.sync().await;
    assert_eq!(counts(&report, "prime_contracts"), "unchanged 1");
    assert_eq!((world.rows("prime_contracts").len(), contracted(&world)), (1, revenue(&world)));
}

/// Revenue that accounting adds later comes with a cost type, as the first lines did (BR-02).
#[tokio::test]
async fn a_line_that_is_added_to_the_revenue_budget_is_added_to_the_contract() {
    let draft = r#"{"prime_contracts": {"status": "Draft"}}"#;
    let world = Setup::building().settings(draft).with(|setup| setup.company.projects[0].prime.in_procore = false).open();
    world.sync().await;
    let income: Vec<Record> = world.books("ProjectBudget").into_iter().filter(|line| text(line, "Type") == "Income").collect();
    let codes = world.rows("prime_contract_line_items").len();
    let mut unused = world.books("CostCode").into_iter().map(|code| text(&code, "CostCodeID"));
    let code = unused.find(|code| income.iter().all(|line| text(line, "CostCode") != *code)).unwrap();
    let key = ["ProjectID", "ProjectTaskID", "AccountGroup", "InventoryID"].map(|name| format!(r#""{name}":"{}""#, text(&income[0], name)));
    world.put("ProjectBudget", &format!(r#"{{{},"CostCode":"{code}","OriginalBudgetedAmount":1200.50}}"#, key.join(",")));
    world.an_hour_later();
    let report = world.sync().await;
    assert_eq!(counts(&report, "prime_contracts"), "updated 1", "{}", why(&report, "prime_contracts"));
    assert_eq!((world.rows("prime_contract_line_items").len(), contracted(&world)), (codes + 1, revenue(&world)));
}
