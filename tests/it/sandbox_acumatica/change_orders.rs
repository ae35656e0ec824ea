//! Change orders: classes, states, budgets, commitments, reversal.

use crosswalk::value::Record;

use super::{Desk, at, decimal, lines, number, open};

const WHOLE: &str = "/ChangeOrder?$expand=RevenueBudget,CostBudget,Commitments&$custom=Commitments/Details.LineNbr";

fn ready() -> Desk {
    let desk = open(|options| options.costs_per_project = 0);
    desk.project_of("BUILD", "1001");
    desk
}

fn key(order: &str) -> String {
    format!(r#"{{"RefNbr":{{"value":"{order}"}}}}"#)
}

/// From hold to closed.
fn release(desk: &Desk, order: &str) {
    desk.act("ChangeOrder", "RemoveChangeOrderFromHold", &key(order));
    desk.act("ChangeOrder", "ReleaseChangeOrder", &key(order));
}

fn cost_line(amount: &str) -> String {
    format!(r#"{{"ProjectTaskID":"0000","AccountGroup":"LABOR","CostCode":"03-3000","Amount":{amount}}}"#)
}

fn row(desk: &Desk, group: &str, code: &str) -> Record {
    let is = |row: &Record| row.text("AccountGroup") == Some(group) && row.text("CostCode") == Some(code);
    desk.books("ProjectBudget").into_iter().find(is).unwrap_or_default()
}

#[test]
fn a_change_of_the_budget_goes_from_hold_to_closed() {
    let desk = ready();
    desk.write(
        "/ProjectBudget",
        r#"{"ProjectID":"1001","ProjectTaskID":"0000","AccountGroup":"LABOR","CostCode":"03-3000","OriginalBudgetedAmount":5000}"#,
    );
    desk.act("Project", "LockProjectBudget", r#"{"ProjectID":{"value":"1001"}}"#);
    let transfer = format!(
        r#"{{"ProjectID":"1001","Class":"BUDGET","ExternalRefNbr":"mod-1","Description":"Transfer","CostBudget":[{},
            {{"ProjectTaskID":"0000","AccountGroup":"material","CostCode":"05-1200","Amount":250.5}}]}}"#,
        cost_line("-250.50")
    );
    let order = desk.write(WHOLE, &transfer);
    assert_eq!(
        (at(&order, "RefNbr").as_str(), at(&order, "Status").as_str(), at(&order, "Hold").as_str()),
        ("CO000001", "On Hold", "true")
    );
    assert_eq!((at(&order, "CostBudget.0.InventoryID").as_str(), at(&order, "CostBudget.1.AccountGroup").as_str()), ("<N/A>", "MATERIAL"));
    assert_eq!(at(&order, "CostBudget.0.TotalPotentiallyRevisedAmount"), "4749.50");
    assert_eq!((at(&order, "ChangeDate").as_str(), at(&order, "RevenueChangeNbr").as_str()), ("2026-11-20T00:00:00+00:00", "{}"));
    assert!(desk.failed("ChangeOrder", "ReleaseChangeOrder", (r#"{"RefNbr":"CO000001"}"#, "{}")).contains("disabled"), "it is on hold");
    release(&desk, "CO000001");
    assert_eq!(at(&desk.read("/ChangeOrder/CO000001"), "Status"), "Closed");
    let (labor, material) = (row(&desk, "LABOR", "03-3000"), row(&desk, "MATERIAL", "05-1200"));
    assert_eq!((number(&labor, "BudgetedCOAmount"), number(&labor, "RevisedBudgetedAmount")), (decimal("-250.50"), decimal("4749.50")));
    assert_eq!((number(&material, "OriginalBudgetedAmount"), number(&material, "RevisedBudgetedAmount")), (decimal("0"), decimal("250.5")));
    let late = desk.refused("/ChangeOrder", r#"{"RefNbr":"CO000001","Description":"Late"}"#);
    assert!(at(&late, "error").contains("its status is Closed"), "{late}");
    desk.write("/ChangeOrder", r#"{"RefNbr":"CO000001","Status":"On Hold","CostBudgetChangeTotal":99}"#);
    assert_eq!(at(&desk.read("/ChangeOrder/CO000001"), "Status"), "Closed", "what the system works out is ignored");
}

#[test]
fn the_class_says_which_lines_there_may_be() {
    let desk = ready();
    let order = |class: &str| format!(r#"{{"ProjectID":"1001","Class":"{class}","CostBudget":[{}]}}"#, cost_line("1"));
    assert!(at(&desk.refused("/ChangeOrder", &order("CCO")), "CostBudget.0.ProjectTaskID.error").contains("no CostBudget lines"));
    assert!(at(&desk.refused("/ChangeOrder", &order("OLD")), "Class.error").contains("inactive"));
    assert!(!at(&desk.refused("/ChangeOrder", &order("NONE")), "Class.error").is_empty());
    desk.write("/ChangeOrder", &order("BUDGET"));
    let turned = desk.refused("/ChangeOrder", r#"{"RefNbr":"CO000001","Class":"CCO"}"#);
    assert!(!turned.to_string().is_empty());
}

#[test]
fn the_project_needs_the_workflow_and_keeps_its_change_orders() {
    let desk = ready();
    desk.project_of("SERVICE", "1002");
    desk.active_project("1003");
    for project in ["1002", "1003"] {
        let echo = desk.refused("/ChangeOrder", &format!(r#"{{"ProjectID":"{project}","Class":"ALL"}}"#));
        assert!(at(&echo, "ProjectID.error").contains("workflow is not enabled"), "{echo}");
    }
    desk.project_of("BUILD", "1004");
    desk.write("/ChangeOrder", &format!(r#"{{"ProjectID":"1001","Class":"ALL","CostBudget":[{}]}}"#, cost_line("1")));
    let moved = desk.refused("/ChangeOrder", r#"{"RefNbr":"CO000001","ProjectID":"1004"}"#);
    assert!(at(&moved, "ProjectID.error").contains("has lines"), "{moved}");
}

#[test]
fn revenue_takes_income_groups_and_numbers_itself() {
    let desk = ready();
    let order = |group: &str, tab: &str| {
        format!(
            r#"{{"ProjectID":"1001","Class":"PCCO","{tab}":[{{"ProjectTaskID":"0000","AccountGroup":"{group}","CostCode":"03-3000","Amount":1000}}]}}"#
        )
    };
    for (group, tab) in [("LABOR", "RevenueBudget"), ("REVENUE", "CostBudget"), ("OLDFEES", "CostBudget"), ("NONE", "CostBudget")] {
        let echo = desk.refused("/ChangeOrder", &order(group, tab));
        assert!(!at(&echo, &format!("{tab}.0.AccountGroup.error")).is_empty(), "{group} {tab}: {echo}");
    }
    let first = desk.write(WHOLE, &order("REVENUE", "RevenueBudget"));
    let second = desk.write(WHOLE, &order("REVENUE", "RevenueBudget"));
    assert_eq!((at(&first, "RevenueChangeNbr").as_str(), at(&second, "RevenueChangeNbr").as_str()), ("0001", "0002"));
    assert_eq!(at(&first, "GrossMarginAmount"), "1000.00");
    desk.write("/ProjectTask", r#"{"ProjectID":"1001","ProjectTaskID":"PCCO-1","Description":"PCCO 1","ExternalRefNbr":"77"}"#);
    let new_task = order("REVENUE", "RevenueBudget").replace("0000", "PCCO-1");
    let third = desk.write(WHOLE, &new_task);
    desk.act("ProjectTask", "ActivateProjectTask", r#"{"ProjectID":{"value":"1001"},"ProjectTaskID":{"value":"PCCO-1"}}"#);
    release(&desk, &at(&third, "RefNbr"));
    let revenue = desk.books("ProjectBudget").into_iter().find(|row| row.text("ProjectTaskID") == Some("PCCO-1")).unwrap();
    assert_eq!((revenue.text("Type"), number(&revenue, "RevisedBudgetedAmount")), (Some("Income"), decimal("1000")));
}

#[test]
fn a_change_order_that_needs_approval_waits_for_it() {
    let desk = open(|options| options.approvals = ["ChangeOrder".to_owned()].into());
    desk.project_of("BUILD", "1001");
    desk.write("/ChangeOrder", &format!(r#"{{"ProjectID":"1001","Class":"ALL","CostBudget":[{}]}}"#, cost_line("1")));
    let status = |action: &str| {
        desk.act("ChangeOrder", action, &key("CO000001"));
        at(&desk.read("/ChangeOrder/CO000001"), "Status")
    };
    assert_eq!(status("RemoveChangeOrderFromHold"), "Pending Approval");
    assert_eq!(status("RejectChangeOrder"), "Rejected");
    assert_eq!(status("HoldChangeOrder"), "On Hold");
    assert_eq!(at(&desk.write("/ChangeOrder", r#"{"RefNbr":"CO000001","Hold":false}"#), "Status"), "Pending Approval");
    assert_eq!(status("ApproveChangeOrder"), "Open");
    assert_eq!(status("ReleaseChangeOrder"), "Closed");
}

#[test]
fn a_status_update_adds_quantity_and_amount_and_replaces_the_unit_cost() {
    let desk = ready();
    desk.open_subcontract("S-1", "1001");
    let order = desk.write(
        WHOLE,
        r#"{"ProjectID":"1001","Class":"CCO","ExternalRefNbr":"cco-1","Commitments":[{"POType":"Subcontract","PONbr":"S-1","POLineNbr":1,
            "Qty":2,"UnitCost":1100,"Amount":200,"Description":"More","CostCode":"05-1200","Vendor":"V000009"}]}"#,
    );
    let line = |field: &str| at(&order, &format!("Commitments.0.{field}"));
    assert_eq!((line("Status").as_str(), line("CostCode").as_str(), line("Vendor").as_str()), ("Status Update", "03-3000", "V000001"));
    assert_eq!((line("Amount").as_str(), line("PotentiallyRevisedAmount").as_str()), ("200.00", "1200.00"), "not quantity times cost");
    assert_eq!(line("custom.Details.LineNbr"), "1");
    release(&desk, "CO000001");
    let changed = &lines(&desk.book("Subcontract", ("SubcontractNbr", "S-1")), "Details")[0];
    assert_eq!((number(changed, "OrderQty"), number(changed, "UnitCost")), (decimal("3"), decimal("1100")));
    assert_eq!(number(changed, "ExtendedCost"), decimal("1200"));
    let budget = row(&desk, "SUBCON", "03-3000");
    assert_eq!((number(&budget, "OriginalCommittedAmount"), number(&budget, "CommittedCOAmount")), (decimal("1000"), decimal("200")));
    assert_eq!(number(&budget, "RevisedCommittedAmount"), decimal("1200"));
    let held = desk.failed("Subcontract", "PutOnHold", (r#"{"SubcontractNbr":"S-1"}"#, "{}"));
    assert!(held.contains("change order refers to it"), "{held}");
}

#[test]
fn a_new_line_gets_its_number_and_a_new_document_its_commitment_at_release() {
    let desk = ready();
    desk.open_subcontract("S-1", "1001");
    let body = r#"{"ProjectID":"1001","Class":"CCO","Commitments":[
        {"POType":"Subcontract","PONbr":"S-1","Status":"New Line","CostCode":"05-1200","InventoryID":"PCSUBCON","Qty":2,"UnitCost":50,"Amount":100},
        {"Vendor":"V000002","CostCode":"05-1200","InventoryID":"PCMATERIAL","Qty":1,"UnitCost":70},
        {"Vendor":"V000002","CostCode":"03-3000","InventoryID":"PCMATERIAL","Qty":1,"UnitCost":30}]}"#;
    let order = desk.write(WHOLE, body);
    assert_eq!(at(&order, "Commitments.1.Status"), "New Document");
    assert_eq!((at(&order, "Commitments.0.POLineNbr").as_str(), at(&order, "Commitments.1.PONbr").as_str()), ("{}", "{}"));
    release(&desk, "CO000001");
    let closed = desk.read("/ChangeOrder/CO000001?$expand=Commitments");
    assert_eq!(at(&closed, "Commitments.0.POLineNbr"), "2");
    assert_eq!((at(&closed, "Commitments.1.PONbr"), at(&closed, "Commitments.2.PONbr")), ("PO000001".to_owned(), "PO000001".to_owned()));
    assert_eq!((at(&closed, "Commitments.1.POLineNbr").as_str(), at(&closed, "Commitments.2.POLineNbr").as_str()), ("1", "2"));
    let made = desk.book("PurchaseOrder", ("OrderNbr", "PO000001"));
    assert_eq!((made.text("Description"), made.text("Status")), (Some("Change Order #CO000001"), Some("Open")));
    assert_eq!(number(&made, "OrderTotal"), decimal("100"));
    let added = &lines(&desk.book("Subcontract", ("SubcontractNbr", "S-1")), "Details")[1];
    assert_eq!((number(added, "LineNbr"), number(added, "ExtendedCost"), added.text("Task")), (decimal("2"), decimal("100"), Some("0000")));
    assert_eq!(number(&row(&desk, "SUBCON", "05-1200"), "CommittedCOAmount"), decimal("100"));
    assert_eq!(number(&row(&desk, "MATERIAL", "05-1200"), "CommittedCOAmount"), decimal("70"));
}

#[test]
fn commitment_lines_need_an_open_commitment_of_the_project_and_good_codes() {
    let desk = ready();
    desk.project_of("BUILD", "1002");
    desk.open_subcontract("S-1", "1001");
    desk.open_subcontract("S-2", "1002");
    desk.subcontract("S-3", "1001");
    let order = |line: &str| format!(r#"{{"ProjectID":"1001","Class":"CCO","Commitments":[{line}]}}"#);
    let update =
        |number: &str, line: i64| order(&format!(r#"{{"POType":"Subcontract","PONbr":"{number}","POLineNbr":{line},"Amount":1}}"#));
    let new =
        |more: &str| order(&format!(r#"{{"POType":"Subcontract","PONbr":"S-1","CostCode":"03-3000","InventoryID":"PCSUBCON",{more}}}"#));
    for (body, field) in [
        (update("S-9", 1), "PONbr"),
        (update("S-3", 1), "PONbr"),
        (update("S-1", 4), "POLineNbr"),
        (update("S-2", 1), "POLineNbr"),
        (update("S-1", 1).replace("Subcontract", "Normal Purchase Order"), "PONbr"),
        (update("S-1", 1).replace(r#""Amount":1"#, r#""Qty":-2"#), "Qty"),
        (update("S-1", 1).replace(r#""Amount":1"#, r#""Status":"Changed""#), "Status"),
        (new(r#""Qty":-1,"Amount":5"#), "Qty"),
        (new(r#""Amount":5"#).replace("PCSUBCON", "PCRECEIPT"), "InventoryID"),
        (new(r#""Amount":5"#).replace("03-3000", "99-9999"), "CostCode"),
        (new(r#""Amount":5,"ProjectTaskID":"NONE""#), "ProjectTaskID"),
        (order(r#"{"CostCode":"03-3000","InventoryID":"PCMATERIAL","Amount":5}"#), "Vendor"),
    ] {
        let echo = desk.refused("/ChangeOrder", &body);
        assert!(!at(&echo, &format!("Commitments.0.{field}.error")).is_empty(), "{field}: {echo}");
    }
    let credit = desk.write(WHOLE, &new(r#""Qty":3,"UnitCost":1,"Amount":-50"#));
    assert_eq!(at(&credit, "Commitments.0.Qty"), "0.0", "a negative amount has no quantity");
}

#[test]
fn two_lines_of_one_budget_key_are_refused() {
    let desk = ready();
    let echo = desk.refused("/ChangeOrder", &format!(r#"{{"ProjectID":"1001","Class":"ALL","CostBudget":[{0},{0}]}}"#, cost_line("1")));
    assert!(at(&echo, "CostBudget.1.CostCode.error").contains("another line"), "{echo}");
}

#[test]
fn a_released_change_order_is_taken_back_by_another_one() {
    let desk = ready();
    desk.open_subcontract("S-1", "1001");
    let body = format!(
        r#"{{"ProjectID":"1001","Class":"ALL","CostBudget":[{}],"Commitments":[{{"POType":"Subcontract","PONbr":"S-1","POLineNbr":1,"Qty":1,
            "UnitCost":900,"Amount":800}}]}}"#,
        cost_line("70")
    );
    desk.write(WHOLE, &body);
    release(&desk, "CO000001");
    desk.act("ChangeOrder", "ReverseChangeOrder", &key("CO000001"));
    let back = desk.read("/ChangeOrder/CO000002?$expand=CostBudget,Commitments");
    assert_eq!((at(&back, "Status").as_str(), at(&back, "OriginalCORefNbr").as_str()), ("On Hold", "CO000001"));
    assert_eq!((at(&back, "CostBudget.0.Amount").as_str(), at(&back, "Commitments.0.Amount").as_str()), ("-70.00", "-800.00"));
    assert_eq!(at(&desk.read("/ChangeOrder/CO000001"), "ReverseStatus"), "Reversed");
    release(&desk, "CO000002");
    assert!(number(&row(&desk, "LABOR", "03-3000"), "RevisedBudgetedAmount").is_zero());
    let line = &lines(&desk.book("Subcontract", ("SubcontractNbr", "S-1")), "Details")[0];
    assert_eq!(
        (number(line, "OrderQty"), number(line, "UnitCost"), number(line, "ExtendedCost")),
        (decimal("1"), decimal("1000"), decimal("1000"))
    );
    let again = desk.failed("ChangeOrder", "ReverseChangeOrder", (r#"{"RefNbr":"CO000001"}"#, "{}"));
    assert!(again.contains("already"), "{again}");
    assert_eq!(desk.call("DELETE", "/ChangeOrder/CO000001", "").status, 500, "closed ones stay");
}
