//! Purchase orders, and what they share with subcontracts.

use super::{Desk, at, decimal, lines, number, open};

const ORDER: &str = r#"{"Type":"Normal","VendorID":"V000002","VendorRef":"PO-1","Project":"1001","Hold":false,
    "custom":{"CurrentDocument":{"DontPrint":true,"DontEmail":true,"RetainageApply":true,"DefRetainagePct":10}},
    "Details":[{"CostCode":"03-3000","InventoryID":"PCMATERIAL","OrderQty":4,"UnitCost":25},
        {"CostCode":"05-1200","InventoryID":"PCRECEIPT","OrderQty":1,"UnitCost":50,"custom":{"Transactions":{"RetainagePct":5}}}]}"#;
const WHOLE: &str = "/PurchaseOrder?$expand=Details&$custom=CurrentDocument.DefRetainagePct,Details/Transactions.CuryRetainageAmt";

fn ready() -> Desk {
    let desk = open(|options| options.costs_per_project = 0);
    desk.project_of("BUILD", "1001");
    desk
}

#[test]
fn a_purchase_order_arrives_open_when_it_passes_printer_and_mail() {
    let desk = ready();
    let order = desk.write(WHOLE, ORDER);
    assert_eq!((at(&order, "OrderNbr").as_str(), at(&order, "Status").as_str()), ("PO000001", "Open"));
    assert_eq!((at(&order, "Details.0.LineNbr").as_str(), at(&order, "Details.0.ProjectTask").as_str()), ("1", "0000"));
    assert_eq!(at(&order, "Details.0.ExtendedCost"), "100.00");
    let kept = |line: usize| at(&order, &format!("Details.{line}.custom.Transactions.CuryRetainageAmt"));
    assert_eq!((kept(0).as_str(), kept(1).as_str()), ("10.00", "2.50"), "the line's own share wins");
    assert_eq!(at(&order, "OrderTotal"), "150.00");
    let row = desk.books("ProjectBudget").into_iter().find(|row| row.text("InventoryID") == Some("PCMATERIAL")).unwrap();
    assert_eq!(number(&row, "RevisedCommittedAmount"), decimal("100"));
    let bare = desk.read("/PurchaseOrder/Normal/PO000001");
    assert_eq!(at(&bare, "custom.CurrentDocument.DefRetainagePct"), "", "custom fields come on request only");
}

#[test]
fn without_the_custom_flags_it_waits_for_printer_and_mail() {
    let desk = ready();
    let order = desk.write(WHOLE, &ORDER.replace(r#""DontPrint":true,"DontEmail":true,"#, ""));
    assert_eq!(at(&order, "Status"), "Pending Printing");
    let number = at(&order, "OrderNbr");
    let part = |flag: &str| format!(r#"{{"OrderNbr":"{number}","custom":{{"CurrentDocument":{{"{flag}":true}}}}}}"#);
    assert_eq!(at(&desk.write("/PurchaseOrder", &part("DontPrint")), "Status"), "Pending Email");
    assert_eq!(at(&desk.write("/PurchaseOrder", &part("DontEmail")), "Status"), "Open");
}

#[test]
fn the_hold_of_a_purchase_order_is_a_field() {
    let desk = ready();
    let order = desk.write(WHOLE, &ORDER.replace(r#""Hold":false,"#, ""));
    assert_eq!((at(&order, "Status").as_str(), at(&order, "Hold").as_str()), ("On Hold", "true"), "hold on entry");
    assert_eq!(desk.call("POST", "/PurchaseOrder/ReleaseFromHold", "{}").status, 404, "there is no action");
    let key = format!(r#"{{"OrderNbr":"{}""#, at(&order, "OrderNbr"));
    assert_eq!(at(&desk.write("/PurchaseOrder", &format!(r#"{key},"Hold":false}}"#)), "Status"), "Open");
    let locked = desk.refused("/PurchaseOrder", &format!(r#"{key},"Details":[{{"LineNbr":1,"UnitCost":2}}]}}"#));
    assert!(at(&locked, "error").contains("its status is Open"), "{locked}");
    assert_eq!(at(&desk.write("/PurchaseOrder", &format!(r#"{key},"Hold":true}}"#)), "Status"), "On Hold");
    let changed = desk.write(WHOLE, &format!(r#"{key},"Details":[{{"LineNbr":1,"UnitCost":2}}]}}"#));
    assert_eq!(
        (at(&changed, "OrderTotal").as_str(), changed.as_record().and_then(|it| it.get("Details")).unwrap().as_list().unwrap().len()),
        ("58.00", 2)
    );
}

#[test]
fn lines_of_subcontracts_need_items_without_receipt_and_active_ones() {
    let desk = ready();
    let line = |item: &str| {
        format!(r#"{{"VendorID":"V000001","Details":[{{"Project":"1001","CostCode":"03-3000","InventoryID":"{item}","OrderQty":1}}]}}"#)
    };
    assert!(at(&desk.refused("/Subcontract", &line("PCRECEIPT")), "Details.0.InventoryID.error").contains("requires receipt"));
    desk.write("/NonStockItem", r#"{"InventoryID":"PCSUBCON","ItemStatus":"Inactive"}"#);
    for entity in ["/Subcontract", "/PurchaseOrder"] {
        assert!(at(&desk.refused(entity, &line("PCSUBCON")), "Details.0.InventoryID.error").contains("Inactive"));
    }
    let inactive = desk.books("Vendor").into_iter().find(|vendor| vendor.text("Status") == Some("Inactive")).unwrap();
    let order = ORDER.replace("V000002", inactive.text("VendorID").unwrap());
    assert!(at(&desk.refused("/PurchaseOrder", &order), "VendorID.error").contains("Inactive"));
}

#[test]
fn locked_commitments_change_by_change_orders_only() {
    let desk = ready();
    desk.act("Project", "LockProjectCommitments", r#"{"ProjectID":{"value":"1001"}}"#);
    assert!(at(&desk.refused("/PurchaseOrder", ORDER), "Details.0.Project.error").contains("locked"));
    desk.act("Project", "UnlockProjectCommitments", r#"{"ProjectID":{"value":"1001"}}"#);
    desk.write("/PurchaseOrder", ORDER);
}

#[test]
fn commitments_wait_for_approval_where_it_is_configured() {
    let desk = open(|options| options.approvals = ["PurchaseOrder", "Subcontract"].map(str::to_owned).into());
    desk.project_of("BUILD", "1001");
    let order = desk.write(WHOLE, ORDER);
    assert_eq!(at(&order, "Status"), "Pending Approval");
    desk.act("PurchaseOrder", "Approve", &format!(r#"{{"OrderNbr":{{"value":"{}"}}}}"#, at(&order, "OrderNbr")));
    assert_eq!(at(&desk.read("/PurchaseOrder/Normal/PO000001"), "Status"), "Open");
    desk.open_subcontract("S-1", "1001");
    assert_eq!(at(&desk.read("/Subcontract/S-1"), "Status"), "Pending Approval");
    desk.act("Subcontract", "Reject", r#"{"SubcontractNbr":{"value":"S-1"}}"#);
    assert_eq!(at(&desk.read("/Subcontract/S-1"), "Status"), "Rejected");
    desk.act("Subcontract", "PutOnHold", r#"{"SubcontractNbr":{"value":"S-1"}}"#);
}

#[test]
fn a_manual_number_must_be_given_and_an_automatic_one_wins() {
    let manual = open(|options| {
        for entity in ["PurchaseOrder", "ChangeOrder", "Bill", "Check", "Invoice"] {
            options.numbering.insert(entity.to_owned(), crosswalk::sandbox::Numbering::Manual);
        }
    });
    manual.project_of("BUILD", "1001");
    assert!(!at(&manual.refused("/PurchaseOrder", ORDER), "OrderNbr.error").is_empty());
    let order = manual.write("/PurchaseOrder", &ORDER.replace(r#""Type""#, r#""OrderNbr":"PO-77","Type""#));
    assert_eq!(at(&order, "OrderNbr"), "PO-77");
    let change = r#"{"RefNbr":"17","ProjectID":"1001","Class":"ALL"}"#;
    assert_eq!(at(&manual.write("/ChangeOrder", change), "RefNbr"), "17");
    let automatic = ready();
    let order = automatic.write("/PurchaseOrder", &ORDER.replace(r#""Type""#, r#""OrderNbr":"PO-77","Type""#));
    assert_eq!(at(&order, "OrderNbr"), "PO000001", "what was sent is dropped");
    assert_eq!(at(&automatic.write("/ChangeOrder", change), "RefNbr"), "CO000001");
}

#[test]
fn a_line_can_be_deleted_by_its_key_while_the_document_is_on_hold() {
    let desk = ready();
    let order = desk.write(WHOLE, &ORDER.replace(r#""Hold":false,"#, ""));
    desk.write("/PurchaseOrder", &format!(r#"{{"OrderNbr":"{}","Details":[{{"LineNbr":1,"delete":true}}]}}"#, at(&order, "OrderNbr")));
    let left = lines(&desk.book("PurchaseOrder", ("OrderNbr", "PO000001")), "Details");
    assert_eq!(left.len(), 1);
    assert_eq!(number(&left[0], "LineNbr"), decimal("2"));
}
