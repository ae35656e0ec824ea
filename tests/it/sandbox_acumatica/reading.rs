//! Reading: keys, wrappers, filters, selections, and lists without an order.

use std::collections::BTreeSet;

use crosswalk::value::Value;

use super::{Desk, at, exception, json, open, text};

fn keys(rows: &Value, field: &str) -> Vec<String> {
    rows.as_list().unwrap().iter().map(|row| at(row, field)).collect()
}

fn found(desk: &Desk, filter: &str) -> usize {
    desk.read(&format!("/Vendor?$filter={}", filter.replace(' ', "%20").replace('+', "%2B"))).as_list().unwrap().len()
}

#[test]
fn a_record_is_addressed_by_key_or_id_whatever_the_case() {
    let desk = open(|_| ());
    let vendor = desk.read("/Vendor/v000003%20%20");
    assert_eq!(at(&vendor, "VendorID"), "V000003");
    assert_eq!(desk.read(&format!("/Vendor/{}", at(&vendor, "id"))), vendor);
    desk.active_project("1001");
    assert_eq!(at(&desk.read("/ProjectTask/1001/0000"), "ProjectTaskID"), "0000");
    assert_eq!(at(&desk.read("/ProjectTask/1001%7C0000"), "Status"), "Active");
}

#[test]
fn a_missing_record_is_a_500_and_a_list_without_hits_is_empty() {
    let desk = open(|_| ());
    let missing = desk.call("GET", "/Vendor/V999999", "");
    assert_eq!((missing.status, exception(&missing).as_str()), (500, "PX.Api.ContractBased.NoEntitySatisfiesTheConditionException"));
    assert_eq!(at(&json(&missing), "exceptionMessage"), "No entity satisfies the condition.");
    assert_eq!(desk.read("/Vendor?$filter=VendorID%20eq%20'V999999'").to_string(), "[]");
    assert_eq!(desk.call("GET", "/ProjectTask/1001", "").status, 500, "half a key");
}

#[test]
fn values_are_wrapped_and_parts_come_when_named() {
    let desk = open(|_| ());
    let bare = desk.read("/Vendor/V000001");
    assert!(bare.at("VendorName.value").is_some() && bare.at("TaxZone").unwrap().to_string() == "{}", "{bare}");
    assert!(bare.at("MainContact").is_none() && bare.at("Attributes").is_none());
    assert_eq!(bare.at("custom").unwrap().to_string(), "{}");
    let orphan = desk.read("/Vendor/V000001?$expand=MainContact/Address");
    assert!(orphan.at("MainContact").is_none(), "the contact itself was not named");
    let whole =
        desk.read("/Vendor/V000001?$expand=MainContact,MainContact/Address&$select=VendorID,MainContact/Email,MainContact/Address/City");
    assert!(whole.at("VendorName").is_none() && whole.at("MainContact.Phone1").is_none());
    assert!(!at(&whole, "MainContact.Address.City").is_empty() && whole.at("MainContact.Address.State").is_none());
    assert!(at(&whole, "LastModifiedDateTime").is_empty());
    assert!(at(&bare, "LastModifiedDateTime").ends_with("+00:00"));
}

#[test]
fn filters_know_the_documented_grammar() {
    let desk = open(|_| ());
    let all = found(&desk, "VendorID ne null");
    assert_eq!(all, desk.books("Vendor").len());
    assert_eq!(found(&desk, "VendorID eq 'v000001'"), 1, "case does not matter");
    assert_eq!(found(&desk, "Status eq 'Inactive'") + found(&desk, "not (Status eq 'Inactive')"), all);
    assert_eq!(found(&desk, "VendorName eq 'Summit Supply'"), 2);
    assert!(found(&desk, "substringof('concrete',VendorName) and Status eq 'Active'") > 0);
    assert_eq!(found(&desk, "startswith(VendorID,'V00000') and (VendorID ge 'V000008' or endswith(VendorID,'1'))"), 3);
    assert_eq!(found(&desk, "MainContact/Email eq 'office@summitsupply.example'"), 2);
    assert_eq!(found(&desk, "F1099Vendor eq true"), 0);
    assert_eq!(found(&desk, "LastModifiedDateTime ge datetimeoffset'2026-11-20T09:30:00Z'"), all);
    assert_eq!(found(&desk, "LastModifiedDateTime gt datetimeoffset'2026-11-20T13:30:00.000+04:00'"), 0);
}

#[test]
fn filters_that_cannot_be_done_are_a_500() {
    let desk = open(|_| ());
    for (entity, filter) in [
        ("Vendor", "Nonsense eq 'x'"),
        ("Vendor", "F1099Vendor eq 'true'"),
        ("Vendor", "VendorID eq V000001"),
        ("Vendor", "VendorID eq 12"),
        ("Vendor", "VendorID like 'x'"),
        ("Vendor", "contains(VendorID,'x')"),
        ("Vendor", "VendorID eq 'x"),
        ("Vendor", "LastModifiedDateTime gt '2026-01-01'"),
        ("Vendor", "LastModifiedDateTime gt datetimeoffset'2026-11-20T13:30:00+04:00'"),
        ("Vendor", "MainContact eq 'x'"),
        ("Subcontract", "Details/Project eq '1001'"),
        ("Subcontract", "Date eq date'2026-01-01'"),
    ] {
        // A plus sign that is not encoded arrives as a blank.
        let answer = desk.call("GET", &format!("/{entity}?$filter={}", filter.replace(' ', "%20")), "");
        assert_eq!(
            (answer.status, exception(&answer).as_str()),
            (500, "Microsoft.Data.OData.ODataException"),
            "{filter}: {}",
            text(&answer)
        );
    }
    let newest = desk.call("GET", "/entity/Default/25.200.001/Subcontract?$filter=Date%20eq%20date'2026-01-01'", "");
    assert_eq!(newest.status, 200, "the newest endpoint knows dates");
}

#[test]
fn selections_that_lead_nowhere_are_a_500() {
    let desk = open(|_| ());
    for query in ["$select=Nonsense", "$expand=Nonsense", "$expand=VendorID", "$select=MainContact/Nonsense", "$top=few"] {
        assert_eq!(desk.call("GET", &format!("/Vendor?{query}"), "").status, 500, "{query}");
    }
}

#[test]
fn lists_have_no_order_but_pages_hold_while_nothing_changes() {
    let desk = open(|_| ());
    let all = keys(&desk.read("/Vendor?$select=VendorID"), "VendorID");
    let mut sorted = all.clone();
    sorted.sort();
    assert_ne!(all, sorted);
    let paged: Vec<String> = (0..)
        .map(|page| keys(&desk.read(&format!("/Vendor?$select=VendorID&$top=10&$skip={}", page * 10)), "VendorID"))
        .take_while(|page| !page.is_empty())
        .flatten()
        .collect();
    assert_eq!(paged, all);
    desk.put("/Vendor", r#"{"VendorID":{"value":"V000001"},"LegalName":{"value":"Another"}}"#);
    let after = keys(&desk.read("/Vendor?$select=VendorID"), "VendorID");
    assert_ne!(after, all, "a write shuffles");
    assert_eq!(after.into_iter().collect::<BTreeSet<_>>(), all.into_iter().collect());
    assert_eq!(desk.call("GET", "/Vendor?$orderby=VendorID", "").status, 200, "passed over in silence");
}

#[test]
fn a_list_with_a_field_that_cannot_be_optimised_fails_as_a_whole() {
    let desk = open(|options| options.cannot_optimize = vec!["Vendor.MainContact".to_owned(), "Vendor.Terms".to_owned()]);
    let answer = desk.call("GET", "/Vendor?$expand=MainContact", "");
    assert_eq!(exception(&answer), "PX.Api.ContractBased.OptimizedExport.CannotOptimizeException");
    assert!(text(&answer).contains("MainContact, Terms"));
    assert_eq!(desk.call("GET", "/Vendor?$select=VendorID", "").status, 200);
    assert_eq!(desk.call("GET", "/Vendor/V000001?$expand=MainContact", "").status, 200, "by key it works");
}

#[test]
fn numbers_keep_their_scale_and_dates_show_an_offset() {
    let desk = open(|options| options.offset = jiff::tz::Offset::constant(-8));
    desk.active_project("1001");
    let order = desk.subcontract("SC-1", "1001");
    let raw = order.to_string();
    assert!(raw.contains(r#""UnitCost":{"value":1000.000000}"#) && raw.contains(r#""ExtendedCost":{"value":1000.00}"#), "{raw}");
    assert!(raw.contains(r#""RetainageTotal":{"value":0.0}"#) && raw.contains(r#""Date":{"value":"2026-11-20T00:00:00-08:00"}"#), "{raw}");
    let since = desk.read("/Subcontract?$filter=Date%20eq%20datetimeoffset'2026-11-20T08:00:00Z'");
    assert_eq!(since.as_list().unwrap().len(), 1, "midnight there is eight in Greenwich");
}

#[test]
fn custom_fields_come_on_request_with_their_types() {
    let desk = open(|_| ());
    desk.active_project("1001");
    let body = r#"{"Vendor":{"value":"V000002"},"VendorRef":{"value":"R1"},"Project":{"value":"1001"},
        "custom":{"Document":{"RetainageApply":{"type":"CustomBooleanField","value":true},"Unknown":{"type":"CustomStringField","value":"x"}},
                  "CurrentDocument":{"DefRetainagePct":{"type":"CustomDecimalField","value":"10"}}},
        "Details":[{"CostCode":{"value":"03-3000"},"InventoryID":{"value":"PCSUBCON"},"ExtendedCost":{"value":500}}]}"#;
    let custom =
        "Document.RetainageApply,CurrentDocument.CuryRetainageTotal,Details/Transactions.CuryRetainageAmt,Details/Transactions.LineNbr";
    let bill = desk.put(&format!("/Bill?$expand=Details&$custom={custom}"), body);
    assert_eq!(at(&bill, "custom.Document.RetainageApply"), "true");
    assert_eq!(at(&bill, "custom.CurrentDocument.CuryRetainageTotal.type"), "CustomDecimalField");
    assert_eq!(at(&bill, "custom.CurrentDocument.CuryRetainageTotal"), "50.00");
    assert_eq!(at(&bill, "Details.0.custom.Transactions.CuryRetainageAmt"), "50.00");
    assert_eq!(at(&bill, "Details.0.custom.Transactions.LineNbr.type"), "CustomIntField");
    assert_eq!(at(&bill, "Amount"), "450.00", "net of retainage");
    assert_eq!(
        desk.read("/Bill?$filter=cf.Boolean(f='Document.RetainageApply')%20eq%20true%20and%20Vendor%20eq%20'V000002'")
            .as_list()
            .unwrap()
            .len(),
        1
    );
}
