//! Bills: what they may refer to, what is kept back, and how retainage is released.

use super::{Desk, at, decimal, lines, number, open};

const WHOLE: &str = "/Bill?$expand=Details&$custom=Document.RetainageApply,CurrentDocument.CuryRetainageTotal,\
    Details/Transactions.CuryRetainageAmt,Details/Transactions.LineNbr";

fn ready() -> Desk {
    let desk = open(|options| options.costs_per_project = 0);
    desk.project_of("BUILD", "1001");
    desk.open_subcontract("S-1", "1001");
    desk
}

/// A bill over the first line of S-1.
fn body(reference: &str, more: &str) -> String {
    format!(
        r#"{{"Vendor":"V000001","VendorRef":"{reference}","Project":"1001","Hold":false,"CashAccount":"10210"{more},
            "custom":{{"Document":{{"RetainageApply":true}},"CurrentDocument":{{"DefRetainagePct":10}}}},
            "Details":[{{"POOrderType":"Subcontract","POOrderNbr":"S-1","POLine":1,"Qty":1,"ExtendedCost":400}}]}}"#
    )
}

fn key(number: &str) -> String {
    format!(r#"{{"Type":"Bill","ReferenceNbr":"{number}"}}"#)
}

#[test]
fn the_extended_cost_is_gross_and_the_amount_net_of_what_is_kept_back() {
    let desk = ready();
    let bill = desk.write(WHOLE, &body("R1", r#","Amount":99999,"Balance":1"#));
    assert_eq!((at(&bill, "Amount").as_str(), at(&bill, "Balance").as_str()), ("360.00", "360.00"), "totals that were sent are ignored");
    assert_eq!((at(&bill, "Details.0.ExtendedCost").as_str(), at(&bill, "Details.0.Amount").as_str()), ("400.00", "360.00"));
    assert_eq!(at(&bill, "Details.0.custom.Transactions.CuryRetainageAmt"), "40.00");
    assert_eq!(at(&bill, "custom.CurrentDocument.CuryRetainageTotal"), "40.00");
    let number = at(&bill, "ReferenceNbr");
    let part =
        format!(r#"{{"ReferenceNbr":"{number}","Details":[{{"custom":{{"Transactions":{{"LineNbr":1,"CuryRetainageAmt":25}}}}}}]}}"#);
    let changed = desk.write(WHOLE, &part);
    assert_eq!(
        changed.as_record().and_then(|it| it.get("Details")).unwrap().as_list().unwrap().len(),
        1,
        "the line is known by its number"
    );
    assert_eq!(at(&changed, "Amount"), "375.00");
}

#[test]
fn a_bill_names_a_cash_account_a_commitment_of_its_vendor_and_an_account_or_item() {
    let desk = ready();
    for account in ["10220", "20000", "99999"] {
        let echo = desk.refused("/Bill", &body("R1", "").replace("10210", account));
        assert!(at(&echo, "CashAccount.error").contains(account), "{echo}");
    }
    for (from, to, field) in [
        (r#""POLine":1"#, r#""POLine":7"#, "POLine"),
        (r#""POOrderNbr":"S-1""#, r#""POOrderNbr":"S-7""#, "POOrderNbr"),
        (r#""POOrderType":"Subcontract""#, r#""POOrderType":"Normal""#, "POOrderNbr"),
        ("V000001", "V000002", "POOrderNbr"),
    ] {
        let echo = desk.refused("/Bill", &body("R1", "").replace(from, to));
        assert!(!at(&echo, &format!("Details.0.{field}.error")).is_empty(), "{to}: {echo}");
    }
    let bare = r#"{"Vendor":"V000001","VendorRef":"R2","Details":[{"Project":"1001","CostCode":"03-3000","ExtendedCost":5}]}"#;
    assert!(!at(&desk.refused("/Bill", bare), "Details.0.Account.error").is_empty());
    desk.project_of("BUILD", "1002");
    let elsewhere = desk.refused("/Bill", &body("R1", "").replace(r#""POLine":1"#, r#""POLine":1,"Project":"1002""#));
    assert!(at(&elsewhere, "Details.0.Project.error").contains("another project"), "{elsewhere}");
}

#[test]
fn a_negative_bill_is_refused_and_a_debit_adjustment_takes_cost_back() {
    let desk = ready();
    let negative = body("R1", "").replace(r#""ExtendedCost":400"#, r#""ExtendedCost":-400"#);
    assert!(at(&desk.refused("/Bill", &negative), "error").contains("debit adjustment"));
    let adjustment = desk.write("/Bill", &body("R1", r#","Type":"Debit Adj.""#));
    let key = format!(r#"{{"Type":"Debit Adj.","ReferenceNbr":"{}"}}"#, at(&adjustment, "ReferenceNbr"));
    desk.act_with("Bill", "ReleaseBill", (&key, "{}"));
    let row = desk.books("ProjectBudget").into_iter().find(|row| row.text("AccountGroup") == Some("SUBCON")).unwrap();
    assert_eq!((number(&row, "ActualAmount"), number(&row, "CommittedInvoicedAmount")), (decimal("-400"), decimal("-400")));
}

#[test]
fn retainage_is_released_by_its_own_bill_up_to_what_is_kept_back() {
    let desk = ready();
    let bill = desk.write("/Bill", &body("R1", ""));
    let number_ = at(&bill, "ReferenceNbr");
    let release = |parameters: &str| desk.act_with("Bill", "ReleaseRetainage", (&key(&number_), parameters));
    let refused = |number: &str, parameters: &str| desk.failed("Bill", "ReleaseRetainage", (&key(number), parameters));
    assert!(refused(&number_, r#"{"PostPeriod":"042026"}"#).contains("disabled"), "it is not released yet");
    desk.act_with("Bill", "ReleaseBill", (&key(&number_), "{}"));
    for (parameters, why) in [
        (r#"{"AmtToRelease":10}"#, "Post Period"),
        (r#"{"AmtToRelease":40.01,"PostPeriod":"042026"}"#, "at most 40"),
        (r#"{"AmtToRelease":0,"PostPeriod":"042026"}"#, "above zero"),
        (r#"{"AmtToRelease":10,"PostPeriod":"042025"}"#, "04-2025"),
    ] {
        let told = refused(&number_, parameters);
        assert!(told.contains(why), "{told}");
    }
    release(r#"{"AmtToRelease":15,"PostPeriod":"042026","Date":"2026-04-02"}"#);
    release(r#"{"PostPeriod":"052026"}"#);
    let released: Vec<_> = desk.books("Bill").into_iter().filter(|bill| bill.text("OrigRefNbr") == Some(&number_)).collect();
    let amounts: Vec<_> = released.iter().map(|bill| number(bill, "Amount")).collect();
    assert_eq!(amounts, [decimal("15"), decimal("25")]);
    assert_eq!((released[0].text("VendorRef"), released[0].text("Date")), (Some("R1"), Some("2026-04-02")));
    let posted = desk.books("ProjectTransaction").len();
    for bill in &released {
        let number = bill.text("ReferenceNbr").unwrap();
        desk.act_with("Bill", "ReleaseBill", (&key(number), "{}"));
        assert!(refused(number, r#"{"PostPeriod":"052026"}"#).contains("keeps it back"), "a retainage bill keeps nothing back");
    }
    assert_eq!(desk.books("ProjectTransaction").len(), posted, "it was cost when it was kept back");
    let original = desk.book("Bill", ("ReferenceNbr", &number_));
    assert_eq!(
        (number(&original, "CuryRetainageUnreleasedAmt"), number(&original, "CuryRetainageReleased")),
        (decimal("0"), decimal("40"))
    );
}

#[test]
fn a_bill_of_a_line_that_a_change_order_added_is_invoiced_against_it() {
    let desk = ready();
    desk.write(
        "/ChangeOrder",
        r#"{"ProjectID":"1001","Class":"CCO","Commitments":[{"POType":"Subcontract","PONbr":"S-1","CostCode":"05-1200",
            "InventoryID":"PCSUBCON","Qty":1,"UnitCost":50,"Amount":50}]}"#,
    );
    for action in ["RemoveChangeOrderFromHold", "ReleaseChangeOrder"] {
        desk.act("ChangeOrder", action, r#"{"RefNbr":{"value":"CO000001"}}"#);
    }
    let bill = desk.write(WHOLE, &body("R1", "").replace(r#""POLine":1,"Qty":1,"ExtendedCost":400"#, r#""POLine":2"#));
    assert_eq!((at(&bill, "Details.0.CostCode").as_str(), at(&bill, "Details.0.ExtendedCost").as_str()), ("05-1200", "50.00"));
    desk.act_with("Bill", "ReleaseBill", (&key(&at(&bill, "ReferenceNbr")), "{}"));
    let row = desk
        .books("ProjectBudget")
        .into_iter()
        .find(|row| row.text("CostCode") == Some("05-1200") && row.text("AccountGroup") == Some("SUBCON"))
        .unwrap();
    assert_eq!((number(&row, "CommittedOpenAmount"), number(&row, "CommittedInvoicedAmount")), (decimal("0"), decimal("50")));
    assert_eq!(lines(&desk.book("Bill", ("VendorRef", "R1")), "Details")[0].text("SubcontractNbr"), Some("S-1"));
}

#[test]
fn bills_wait_for_approval_where_it_is_configured() {
    let desk = open(|options| options.approvals = ["Bill".to_owned()].into());
    desk.project_of("BUILD", "1001");
    let bill = desk.write("/Bill", r#"{"Vendor":"V000001","VendorRef":"R1","Hold":false}"#);
    assert_eq!(at(&bill, "Status"), "Pending Approval");
    let key = key(&at(&bill, "ReferenceNbr"));
    desk.act_with("Bill", "Approve", (&key, "{}"));
    desk.act_with("Bill", "ReleaseBill", (&key, "{}"));
}
