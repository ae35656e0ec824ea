//! Payments: details become history at release, and a voided check is a second one of the same number.

use super::{Desk, at, decimal, exception, json, lines, number, open};

/// Two open bills of one vendor.
fn ready() -> (Desk, [String; 2]) {
    let desk = open(|options| options.costs_per_project = 0);
    desk.project_of("BUILD", "1001");
    let bills = ["R1", "R2"].map(|reference| {
        let body = format!(
            r#"{{"Vendor":"V000001","VendorRef":"{reference}","Hold":false,"Project":"1001",
                "Details":[{{"CostCode":"03-3000","InventoryID":"PCSUBCON","Qty":1,"UnitCost":100}}]}}"#
        );
        let number = at(&desk.write("/Bill", &body), "ReferenceNbr");
        desk.act_with("Bill", "ReleaseBill", (&format!(r#"{{"Type":"Bill","ReferenceNbr":"{number}"}}"#), "{}"));
        number
    });
    (desk, bills)
}

fn check(bills: &[String; 2]) -> String {
    format!(
        r#"{{"Vendor":"V000001","PaymentRef":"20001","CashAccount":"10200","Hold":false,
            "Details":[{{"DocType":"Bill","ReferenceNbr":"{}"}},{{"ReferenceNbr":"{}","AmountPaid":40}}]}}"#,
        bills[0], bills[1]
    )
}

const KEY: &str = r#"{"Type":"Payment","ReferenceNbr":"000001"}"#;

#[test]
fn the_details_of_a_check_empty_into_its_history_at_release() {
    let (desk, bills) = ready();
    let made = desk.write("/Check?$expand=Details,History", &check(&bills));
    assert_eq!((at(&made, "ReferenceNbr").as_str(), at(&made, "Status").as_str()), ("000001", "Balanced"));
    assert_eq!((at(&made, "PaymentAmount").as_str(), at(&made, "Details.1.Balance").as_str()), ("140.00", "60.00"));
    assert_eq!(at(&made, "History"), "[]");
    desk.act_with("Check", "ReleaseCheck", (KEY, "{}"));
    let released = desk.read("/Check/Payment/000001?$expand=Details,History");
    assert_eq!((at(&released, "Status").as_str(), at(&released, "Details").as_str()), ("Closed", "[]"));
    assert_eq!((at(&released, "History.0.VendorRef").as_str(), at(&released, "History.1.AmountPaid").as_str()), ("R1", "40.00"));
    let status = |bill: &str| desk.book("Bill", ("ReferenceNbr", bill)).text("Status").unwrap().to_owned();
    assert_eq!((status(&bills[0]).as_str(), status(&bills[1]).as_str()), ("Closed", "Open"));
    assert_eq!(number(&desk.book("Bill", ("ReferenceNbr", &bills[1])), "Balance"), decimal("60"));
}

#[test]
fn history_cannot_be_read_in_a_list() {
    let (desk, bills) = ready();
    desk.write("/Check", &check(&bills));
    let list = desk.call("GET", "/Check?$expand=History", "");
    assert!(exception(&list).ends_with("CannotOptimizeException"), "{}", json(&list));
    assert_eq!(desk.read("/Check?$select=Type,ReferenceNbr").as_list().unwrap().len(), 1);
}

#[test]
fn a_voided_check_opens_its_bills_again() {
    let (desk, bills) = ready();
    desk.write("/Check", &check(&bills));
    desk.act_with("Check", "ReleaseCheck", (KEY, "{}"));
    desk.act_with("Check", "VoidCheck", (KEY, "{}"));
    let checks = desk.books("Check");
    assert_eq!(checks.len(), 2);
    let (payment, voided) = (desk.book("Check", ("Type", "Payment")), desk.book("Check", ("Type", "Voided Payment")));
    assert_eq!((payment.text("Status"), voided.text("ReferenceNbr")), (Some("Voided"), Some("000001")));
    assert_eq!((number(&voided, "PaymentAmount"), number(&lines(&voided, "History")[1], "AmountPaid")), (decimal("-140"), decimal("-40")));
    for bill in &bills {
        let bill = desk.book("Bill", ("ReferenceNbr", bill));
        assert_eq!((bill.text("Status"), number(&bill, "Balance")), (Some("Open"), decimal("100")));
    }
    assert!(desk.failed("Check", "VoidCheck", (KEY, "{}")).contains("disabled"));
    let answer =
        desk.call("PUT", "/Check", r#"{"Type":{"value":"Voided Payment"},"ReferenceNbr":{"value":"9"},"Vendor":{"value":"V000001"}}"#);
    assert_eq!(answer.status, 422);
}

#[test]
fn a_check_pays_open_bills_of_its_vendor_at_most_in_full() {
    let (desk, bills) = ready();
    for (from, to, field) in [
        (r#""AmountPaid":40"#, r#""AmountPaid":101"#, "Details.1.AmountPaid"),
        (bills[1].as_str(), "777777", "Details.1.ReferenceNbr"),
        ("V000001", "V000002", "Details.0.ReferenceNbr"),
        (r#""PaymentRef":"20001","#, "", "PaymentRef"),
        ("10200", "11000", "CashAccount"),
        (r#""Hold":false"#, r#""Hold":false,"PaymentAmount":10"#, "PaymentAmount"),
    ] {
        let echo = desk.refused("/Check", &check(&bills).replace(from, to));
        assert!(!at(&echo, &format!("{field}.error")).is_empty(), "{field}: {echo}");
    }
    let more = desk.write("/Check", &check(&bills).replace(r#""Hold":false"#, r#""PaymentAmount":200"#));
    assert_eq!((at(&more, "UnappliedBalance").as_str(), at(&more, "Status").as_str()), ("60.00", "On Hold"));
}
