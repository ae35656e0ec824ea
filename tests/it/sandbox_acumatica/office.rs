//! What accountants do by themselves: release, pay, void, rename; and that the books stay true.

use std::collections::BTreeMap;

use crosswalk::value::{Decimal, Record, Value};

use super::{Desk, at, decimal, lines, number, open};

fn bill(desk: &Desk, vendor: &str, reference: &str, contract: Option<&str>) -> String {
    let link = contract.map_or(r#""CostCode":"05-1200","InventoryID":"PCMATERIAL""#.to_owned(), |number| {
        format!(r#""POOrderType":"Subcontract","POOrderNbr":"{number}","POLine":1"#)
    });
    let body = format!(
        r#"{{"Vendor":"{vendor}","VendorRef":"{reference}","Project":"1001","CashAccount":"10210",
            "custom":{{"Document":{{"RetainageApply":true}},"CurrentDocument":{{"DefRetainagePct":10}}}},
            "Details":[{{{link},"Qty":1,"ExtendedCost":250}}]}}"#
    );
    at(&desk.write("/Bill", &body), "ReferenceNbr")
}

/// On each row: actual = what was posted; committed invoiced = what was posted against commitments; so the rest is direct cost.
fn check_rows(desk: &Desk) {
    let mut posted: BTreeMap<[String; 3], [Decimal; 2]> = BTreeMap::new();
    for line in desk.books("ProjectTransaction").iter().flat_map(|document| lines(document, "Details")) {
        if line.get("Released") == Some(&Value::Bool(true)) {
            let key = ["Project", "CostCode", "AccountGroup"].map(|name| line.text(name).unwrap_or_default().to_owned());
            let sums = posted.entry(key).or_default();
            sums[0] += number(&line, "Amount");
            sums[1] += if line.get("POOrderNbr").is_some() { number(&line, "Amount") } else { Decimal::ZERO };
        }
    }
    let mut rows: BTreeMap<[String; 3], [Decimal; 2]> = BTreeMap::new();
    for row in desk.books("ProjectBudget") {
        let key = ["ProjectID", "CostCode", "AccountGroup"].map(|name| row.text(name).unwrap_or_default().to_owned());
        let sums = rows.entry(key).or_default();
        sums[0] += number(&row, "ActualAmount");
        sums[1] += number(&row, "CommittedInvoicedAmount");
    }
    rows.retain(|key, sums| posted.contains_key(key) || sums.iter().any(|sum| !sum.is_zero()));
    assert_eq!(posted, rows);
}

#[test]
fn bills_from_outside_are_released_and_paid_by_one_check_for_each_vendor_of_which_the_last_is_voided() {
    let desk = open(|_| ());
    desk.project_of("BUILD", "1001");
    desk.open_subcontract("S-1", "1001");
    let numbers =
        [bill(&desk, "V000001", "R1", Some("S-1")), bill(&desk, "V000001", "R2", Some("S-1")), bill(&desk, "V000002", "R3", None)];
    let checks = desk.instance.accountants().work();
    assert_eq!(checks.len(), 2);
    let paid = desk.book("Check", ("ReferenceNbr", &checks[0]));
    let references: Vec<_> = lines(&paid, "History").iter().map(|line| line.text("VendorRef").unwrap().to_owned()).collect();
    assert_eq!(
        (references, number(&paid, "PaymentAmount"), paid.text("CashAccount")),
        (vec!["R1".to_owned(), "R2".to_owned()], decimal("450"), Some("10210"))
    );
    assert!(!paid.text("PaymentRef").unwrap().is_empty());
    let second: Vec<Record> = desk.books("Check").into_iter().filter(|check| check.text("ReferenceNbr") == Some(&checks[1])).collect();
    assert_eq!(second.len(), 2, "a payment and its void");
    let status = |number: &str| desk.book("Bill", ("ReferenceNbr", number)).text("Status").unwrap().to_owned();
    assert_eq!(numbers.each_ref().map(|number| status(number)), ["Closed", "Closed", "Open"]);
    check_rows(&desk);
    assert_eq!(desk.instance.accountants().work().len(), 1, "the next day the bill of the voided check is paid again");
    assert_eq!(status(&numbers[2]), "Closed");
}

#[test]
fn a_check_pays_bills_of_one_vendor_and_only_open_ones() {
    let desk = open(|_| ());
    desk.project_of("BUILD", "1001");
    let (one, two) = (bill(&desk, "V000001", "R1", None), bill(&desk, "V000002", "R2", None));
    let accountants = desk.instance.accountants();
    assert!(accountants.pay(&[&one]).unwrap_err().contains("not open"));
    assert_eq!(accountants.release_bills(), [one.clone(), two.clone()]);
    assert!(accountants.pay(&[&one, &two]).unwrap_err().contains("another vendor"));
    let check = accountants.pay(&[&one]).unwrap();
    accountants.void(&check).unwrap();
    assert!(accountants.void(&check).is_err());
    assert_eq!(at(&desk.read(&format!("/Bill/Bill/{one}")), "Status"), "Open");
}

#[test]
fn a_bill_of_a_closed_period_stays_where_it_is() {
    let desk = open(|_| ());
    desk.project_of("BUILD", "1001");
    let number = bill(&desk, "V000001", "R1", None);
    desk.instance.accountants().close_period("112026", true);
    assert!(desk.instance.accountants().release_bills().is_empty());
    assert_eq!(at(&desk.read(&format!("/Bill/Bill/{number}")), "Status"), "On Hold");
}

#[test]
fn renamed_codes_reach_documents_and_ids_stay() {
    let desk = open(|_| ());
    desk.project_of("BUILD", "1001");
    desk.open_subcontract("S-1", "1001");
    let vendor = at(&desk.read("/Vendor/V000001"), "id");
    desk.instance.accountants().rename_vendor("V000001", "ACME");
    desk.instance.accountants().rename_cost_code("03-3000", "03-3300");
    assert_eq!(at(&desk.read("/Vendor/ACME"), "id"), vendor);
    let contract = desk.book("Subcontract", ("SubcontractNbr", "S-1"));
    assert_eq!((contract.text("VendorID"), lines(&contract, "Details")[0].text("CostCode")), (Some("ACME"), Some("03-3300")));
    check_rows(&desk);
}
