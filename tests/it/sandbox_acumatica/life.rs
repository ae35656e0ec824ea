//! The life of documents: actions, operations, statuses, and the costs that accountants book.

use std::collections::BTreeMap;
use std::time::Duration;

use crosswalk::value::{Decimal, Record};

use super::{Desk, at, exception, json, number, open, text};

fn lines(transaction: &Record) -> Vec<&Record> {
    transaction.get("Details").unwrap().as_list().unwrap().iter().map(|line| line.as_record().unwrap()).collect()
}

fn word(record: &Record, name: &str) -> String {
    record.text(name).unwrap_or_default().to_owned()
}

#[test]
fn a_project_starts_in_planning_with_its_main_task() {
    let desk = open(|_| ());
    let body =
        r#"{"ProjectID":{"value":"a-77"},"Description":{"value":"Library"},"ProjectTemplateID":{"value":"build"},"Hold":{"value":false}}"#;
    let project = desk.put("/Project?$expand=ProjectProperties,GLAccounts", body);
    assert_eq!(
        (at(&project, "ProjectID").as_str(), at(&project, "Status").as_str(), at(&project, "Hold").as_str()),
        ("A-77", "In Planning", "true")
    );
    assert_eq!(at(&project, "ProjectProperties.ChangeOrderWorkflow"), "true", "the template brings it");
    assert_eq!(at(&project, "GLAccounts.DefaultSubaccount"), "CON000");
    assert_eq!(at(&project, "ProjectProperties.StartDate"), "2026-11-20T00:00:00+00:00", "today");
    let task = desk.read("/ProjectTask/A-77/0000");
    assert_eq!((at(&task, "Default").as_str(), at(&task, "Status").as_str()), ("true", "In Planning"));
    for (id, field) in [("WAY-TOO-LONG", "ProjectID"), ("1#1", "ProjectID"), ("", "ProjectID")] {
        let answer = desk.call("PUT", "/Project", &format!(r#"{{"ProjectID":{{"value":"{id}"}},"Description":{{"value":"x"}}}}"#));
        assert!(!at(&json(&answer), &format!("{field}.error")).is_empty(), "{}", text(&answer));
    }
    let strange = r#"{"ProjectID":{"value":"2"},"ProjectTemplateID":{"value":"NONE"},"GLAccounts":{"DefaultSubaccount":{"value":"9"}},
        "ProjectProperties":{"StartDate":{"value":"2026-05-01"},"EndDate":{"value":"2026-04-01"}}}"#;
    let refused = json(&desk.call("PUT", "/Project", strange));
    for field in ["Description", "ProjectTemplateID", "GLAccounts.DefaultSubaccount", "ProjectProperties.EndDate"] {
        assert!(!at(&refused, &format!("{field}.error")).is_empty(), "{field}: {refused}");
    }
}

#[test]
fn a_long_action_is_a_202_that_has_to_be_asked_about() {
    let desk = open(|_| ());
    desk.put("/Project", r#"{"ProjectID":{"value":"1001"},"Description":{"value":"Library"}}"#);
    let body = r#"{"entity":{"ProjectID":{"value":"1001"}},"parameters":{}}"#;
    let started = desk.call("POST", "/Project/ActivateProject", body);
    let place = started.header("location").unwrap().to_owned();
    assert_eq!(started.status, 202);
    assert!(place.starts_with("/entity/Default/24.200.001/Project/ActivateProject/status/"), "{place}");
    assert_eq!(desk.call("GET", &place, "").status, 202);
    let busy = desk.call("GET", "/Project/1001", "");
    assert_eq!((busy.status, exception(&busy).as_str()), (500, "PX.Data.PXException"), "the form is busy in this session");
    assert_eq!(desk.call("GET", "/Vendor?$top=1", "").status, 200, "other forms are not");
    desk.clock.turn(Duration::from_secs(2));
    assert_eq!(desk.call("GET", &place, "").status, 204);
    assert_eq!(at(&desk.read("/Project/1001"), "Status"), "Active");
    assert_eq!(at(&desk.read("/ProjectTask/1001/0000"), "Status"), "Active");
    let again = desk.call("POST", "/Project/ActivateProject", body);
    assert_eq!(exception(&again), "PX.Data.PXActionDisabledException");
    assert_eq!(desk.call("GET", "/Project/ActivateProject/status/nothing", "").status, 404);
}

#[test]
fn a_form_is_busy_in_its_own_session_only() {
    let mut desk = open(|_| ());
    desk.put("/Project", r#"{"ProjectID":{"value":"1001"},"Description":{"value":"Library"}}"#);
    desk.call("POST", "/Project/ActivateProject", r#"{"entity":{"ProjectID":{"value":"1001"}}}"#);
    assert_eq!(desk.call("GET", "/Project/1001", "").status, 500);
    desk.sign_in();
    assert_eq!(desk.call("GET", "/Project/1001", "").status, 200);
}

#[test]
fn actions_need_a_record_and_a_body() {
    let desk = open(|_| ());
    assert_eq!(desk.call("POST", "/Project/ActivateProject", "").status, 400);
    assert_eq!(desk.call("POST", "/Project/ActivateProject", "{}").status, 400);
    let missing = desk.call("POST", "/Project/ActivateProject", r#"{"entity":{"ProjectID":{"value":"9"}}}"#);
    assert!(exception(&missing).contains("NoEntitySatisfies"));
    desk.active_project("1001");
    let silent = desk.call("POST", "/Project/ChangeProjectID", r#"{"entity":{"ProjectID":{"value":"1001"}}}"#);
    assert_eq!(silent.status, 400, "its parameter is missing");
}

#[test]
fn a_subcontract_opens_past_printer_and_mail() {
    let desk = open(|_| ());
    desk.active_project("1001");
    assert_eq!(at(&desk.subcontract("S-1", "1001"), "Status"), "On Hold", "new ones are on hold");
    let key = r#"{"SubcontractNbr":{"value":"S-1"}}"#;
    desk.put("/Subcontract", r#"{"SubcontractNbr":{"value":"S-1"},"DoNotPrint":{"value":false}}"#);
    desk.act("Subcontract", "ReleaseFromHold", key);
    assert_eq!(at(&desk.read("/Subcontract/S-1"), "Status"), "Pending Printing");
    let next = desk.put("/Subcontract", r#"{"SubcontractNbr":{"value":"S-1"},"DoNotPrint":{"value":true},"DoNotEmail":{"value":false}}"#);
    assert_eq!(at(&next, "Status"), "Pending Email");
    let open = desk.put("/Subcontract", r#"{"SubcontractNbr":{"value":"S-1"},"DoNotEmail":{"value":true}}"#);
    assert_eq!(at(&open, "Status"), "Open");
    let body = r#"{"SubcontractNbr":{"value":"S-1"},"Details":[{"LineNbr":{"value":1},"UnitCost":{"value":2}}]}"#;
    let locked = desk.call("PUT", "/Subcontract", body);
    assert_eq!(locked.status, 422);
    assert!(at(&json(&locked), "error").contains("its status is Open"));
    assert_eq!(
        at(&desk.put("/Subcontract", r#"{"SubcontractNbr":{"value":"S-1"},"Description":{"value":"Free"}}"#), "Description"),
        "Free"
    );
    desk.act("Subcontract", "PutOnHold", key);
    assert_eq!(desk.call("PUT", "/Subcontract", body).status, 200);
}

/// Σ released transaction lines = actual amount, for each task, cost code and account group; commitments never exceed it.
fn check_books(desk: &Desk) -> usize {
    let mut posted: BTreeMap<[String; 4], Decimal> = BTreeMap::new();
    for transaction in desk.books("ProjectTransaction") {
        for line in lines(&transaction) {
            if line.get("Released") == Some(&true.into()) {
                *posted.entry(["Project", "ProjectTask", "CostCode", "AccountGroup"].map(|name| word(line, name))).or_default() +=
                    number(line, "Amount");
            }
        }
    }
    let mut budgeted: BTreeMap<[String; 4], Decimal> = BTreeMap::new();
    for row in desk.books("ProjectBudget").into_iter().filter(|row| row.text("Type") == Some("Expense")) {
        assert!(number(&row, "ActualAmount") - number(&row, "CommittedInvoicedAmount") >= Decimal::ZERO, "{row:?}");
        let key = ["ProjectID", "ProjectTaskID", "CostCode", "AccountGroup"].map(|name| word(&row, name));
        *budgeted.entry(key).or_default() += number(&row, "ActualAmount");
    }
    budgeted.retain(|key, amount| !amount.is_zero() || posted.contains_key(key));
    assert_eq!(posted, budgeted);
    posted.len()
}

#[test]
fn an_active_project_gets_costs_of_all_kinds_that_add_up_in_its_budget() {
    let desk = open(|_| ());
    desk.active_project("1001");
    assert!(check_books(&desk) > 5);
    let transactions = desk.books("ProjectTransaction");
    let of = |module: &str| transactions.iter().filter(|transaction| transaction.text("Module") == Some(module)).collect::<Vec<_>>();
    assert!(!of("AP").is_empty() && !of("PR").is_empty() && !of("GL").is_empty() && !of("CA").is_empty());
    let bills = desk.books("Bill");
    for invoice in of("AP") {
        assert_eq!(invoice.text("OriginalDocType"), Some("Bill"));
        let bill = bills.iter().find(|bill| bill.text("ReferenceNbr") == invoice.text("OriginalDocNbr")).unwrap();
        assert!(!word(bill, "VendorRef").is_empty() && lines(bill).iter().all(|line| line.get("POOrderNbr").is_none()));
        assert_eq!(number(bill, "Amount"), number(invoice, "TotalAmount"));
    }
    assert!(of("PR").iter().flat_map(|payroll| lines(payroll)).all(|line| word(line, "Employee").starts_with("EP")));
    let all: Vec<&Record> = transactions.iter().flat_map(lines).collect();
    assert_eq!(all.len(), 12 + 3, "12 ordinary lines, an entry and its reversal, one to be released");
    assert_eq!(all.iter().filter(|line| number(line, "Amount") < Decimal::ZERO).count(), 1);
    assert_eq!(transactions.iter().filter(|transaction| transaction.text("Status") == Some("Balanced")).count(), 1);
    let twice = desk.call("POST", "/Project/HoldProject", r#"{"entity":{"ProjectID":{"value":"1001"}}}"#);
    assert_eq!(twice.status, 204);
    desk.act("Project", "ActivateProject", r#"{"ProjectID":{"value":"1001"}}"#);
    assert_eq!(desk.books("ProjectTransaction").len(), transactions.len(), "booked once in its life");
}

#[test]
fn what_is_booked_does_not_depend_on_the_order_of_requests() {
    let booked = |order: [&str; 3]| {
        let desk = open(|_| ());
        order.iter().for_each(|project| desk.active_project(project));
        check_books(&desk);
        let mut rows: Vec<String> =
            desk.books("ProjectTransaction").into_iter().map(|row| crosswalk::value::Value::from(row).to_string()).collect();
        rows.sort();
        rows
    };
    let (one, two) = (booked(["1001", "1002", "OTHER"]), booked(["OTHER", "1002", "1001"]));
    let plain =
        |rows: Vec<String>| rows.into_iter().map(|row| row.split(",\"CreatedDateTime").next().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(plain(one), plain(two));
}

#[test]
fn one_transaction_spans_two_active_projects() {
    let desk = open(|_| ());
    for project in ["1001", "1002"] {
        desk.active_project(project);
    }
    let spanning = desk.books("ProjectTransaction").into_iter().filter(|transaction| {
        let projects: Vec<String> = lines(transaction).iter().map(|line| word(line, "Project")).collect();
        projects.contains(&"1001".to_owned()) && projects.contains(&"1002".to_owned())
    });
    assert_eq!(spanning.count(), 1);
    check_books(&desk);
}

#[test]
fn an_opened_subcontract_is_committed_and_invoiced_once() {
    let desk = open(|_| ());
    desk.active_project("1001");
    desk.subcontract("S-1", "1001");
    let row = |desk: &Desk| desk.books("ProjectBudget").into_iter().find(|row| !number(row, "CommittedInvoicedAmount").is_zero());
    assert!(row(&desk).is_none());
    desk.act("Subcontract", "ReleaseFromHold", r#"{"SubcontractNbr":{"value":"S-1"}}"#);
    let budget = row(&desk).unwrap();
    assert_eq!((word(&budget, "InventoryID").as_str(), word(&budget, "AccountGroup").as_str()), ("PCSUBCON", "SUBCON"));
    assert_eq!(number(&budget, "RevisedCommittedAmount"), Decimal::from(1000));
    assert_eq!(number(&budget, "CommittedOpenAmount"), Decimal::from(1000) - number(&budget, "CommittedInvoicedAmount"));
    check_books(&desk);
    let linked: Vec<Record> =
        desk.books("Bill").into_iter().filter(|bill| lines(bill).iter().any(|line| line.text("POOrderNbr") == Some("S-1"))).collect();
    assert_eq!(linked.len(), 1);
    assert_eq!((word(lines(&linked[0])[0], "POOrderType").as_str(), number(lines(&linked[0])[0], "POLine")), ("Subcontract", Decimal::ONE));
    let posted =
        desk.books("ProjectTransaction").into_iter().find(|row| row.text("OriginalDocNbr") == linked[0].text("ReferenceNbr")).unwrap();
    assert_eq!(number(&posted, "TotalAmount"), number(&budget, "CommittedInvoicedAmount"));
    for action in ["PutOnHold", "ReleaseFromHold"] {
        desk.act("Subcontract", action, r#"{"SubcontractNbr":{"value":"S-1"}}"#);
    }
    assert_eq!(number(&row(&desk).unwrap(), "RevisedCommittedAmount"), Decimal::from(1000));
    check_books(&desk);
}

#[test]
fn a_released_bill_reaches_the_project_and_can_be_reversed() {
    let desk = open(|_| ());
    desk.active_project("1001");
    desk.subcontract("S-1", "1001");
    desk.act("Subcontract", "ReleaseFromHold", r#"{"SubcontractNbr":{"value":"S-1"}}"#);
    let body = r#"{"Vendor":{"value":"V000001"},"VendorRef":{"value":"R1"},"Hold":{"value":false},"PostPeriod":{"value":"03-2026"},
        "custom":{"Document":{"RetainageApply":{"value":true}},"CurrentDocument":{"DefRetainagePct":{"value":10}}},
        "Details":[{"POOrderType":{"value":"Subcontract"},"POOrderNbr":{"value":"S-1"},"POLine":{"value":1}}]}"#;
    let bill = desk.put("/Bill?$expand=Details", body);
    assert_eq!((at(&bill, "Status").as_str(), at(&bill, "PostPeriod").as_str()), ("Balanced", "032026"));
    assert_eq!((at(&bill, "Details.0.ExtendedCost").as_str(), at(&bill, "Details.0.ProjectTask").as_str()), ("1000.00", "0000"));
    let key = format!(r#"{{"Type":{{"value":"Bill"}},"ReferenceNbr":{{"value":"{}"}}}}"#, at(&bill, "ReferenceNbr"));
    desk.act("Bill", "ReleaseBill", &key);
    check_books(&desk);
    let too_much = format!(r#"{{"entity":{key},"parameters":{{"PostPeriod":{{"value":"042026"}},"AmtToRelease":{{"value":500}}}}}}"#);
    let answer = desk.call("POST", "/Bill/ReleaseRetainage", &too_much);
    desk.clock.turn(Duration::from_secs(3));
    assert_eq!(desk.call("GET", answer.header("location").unwrap(), "").status, 500, "the operation failed");
    desk.call("POST", "/Bill/ReleaseRetainage", &too_much.replace("500", "40"));
    desk.clock.turn(Duration::from_secs(3));
    let retainage = desk.read("/Bill?$filter=cf.Boolean(f='Document.IsRetainageDocument')%20eq%20true");
    assert_eq!(at(&retainage, "0.Amount"), "40.00");
    desk.act("Bill", "ReverseBill", &key);
    assert_eq!(desk.read("/Bill?$filter=Type%20eq%20'Debit%20Adj.'").as_list().unwrap().len(), 1);
}

#[test]
fn a_changed_code_reaches_every_record_and_ids_stay() {
    let desk = open(|_| ());
    desk.active_project("1001");
    let id = at(&desk.read("/Project/1001"), "id");
    let body = r#"{"entity":{"ProjectID":{"value":"1001"}},"parameters":{"ProjectID":{"value":"A1001"}}}"#;
    assert_eq!(desk.call("POST", "/Project/ChangeProjectID", body).status, 202);
    desk.clock.turn(Duration::from_secs(3));
    assert_eq!(at(&desk.read("/Project/A1001"), "id"), id);
    assert_eq!(desk.call("GET", "/Project/1001", "").status, 500);
    assert_eq!(at(&desk.read("/ProjectTask/A1001/0000"), "Default"), "true");
    let code = r#"{"entity":{"CostCodeID":{"value":"03-3000"}},"parameters":{"CostCodeID":{"value":"03-3300"}}}"#;
    assert_eq!(desk.call("POST", "/CostCode/ChangeCostCodeID", code).status, 202);
    desk.clock.turn(Duration::from_secs(3));
    assert_eq!(at(&desk.read("/CostCode/03-3300"), "Description"), "Cast-in-Place Concrete");
    check_books(&desk);
}

#[test]
fn budgets_and_transactions_can_be_entered() {
    let desk = open(|options| options.costs_per_project = 0);
    desk.active_project("1001");
    let row = r#"{"ProjectID":{"value":"1001"},"ProjectTaskID":{"value":"0000"},"AccountGroup":{"value":"labor"},"CostCode":{"value":"03-3000"},
        "OriginalBudgetedAmount":{"value":5000}}"#;
    let budget = desk.put("/ProjectBudget", row);
    assert_eq!((at(&budget, "InventoryID").as_str(), at(&budget, "Type").as_str()), ("<N/A>", "Expense"));
    assert_eq!(at(&desk.put("/ProjectBudget", &row.replace("5000", "6000")), "id"), at(&budget, "id"), "the same row");
    desk.act("Project", "LockProjectBudget", r#"{"ProjectID":{"value":"1001"}}"#);
    assert!(at(&json(&desk.call("PUT", "/ProjectBudget", row)), "OriginalBudgetedAmount.error").contains("locked"));
    let body = r#"{"Details":[{"Project":{"value":"1001"},"AccountGroup":{"value":"LABOR"},"CostCode":{"value":"03-3000"},
        "Qty":{"value":3},"UnitRate":{"value":50}}]}"#;
    let entry = desk.put("/ProjectTransaction?$expand=Details", body);
    assert_eq!((at(&entry, "Status").as_str(), at(&entry, "Details.0.Amount").as_str()), ("Balanced", "150.00"));
    let key = format!(r#"{{"Module":{{"value":"PM"}},"ReferenceNbr":{{"value":"{}"}}}}"#, at(&entry, "ReferenceNbr"));
    desk.act("ProjectTransaction", "ReleaseTransactions", &key);
    let rows = desk.read("/ProjectBudget?$filter=ProjectID%20eq%20'1001'%20and%20Type%20eq%20'Expense'");
    assert_eq!((at(&rows, "0.ActualAmount").as_str(), at(&rows, "0.VarianceAmount").as_str()), ("150.00", "5850.00"));
    check_books(&desk);
}
