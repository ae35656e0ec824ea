//! Writing: upserts, lines, numbers, refusals with their places, and what is worked out on the way.

use crosswalk::sandbox::Numbering;

use super::{Desk, at, exception, json, open, text};

fn ready() -> Desk {
    let desk = open(|_| ());
    desk.active_project("1001");
    desk
}

#[test]
fn bodies_that_cannot_be_read_are_a_400() {
    let desk = open(|_| ());
    let empty = desk.call("PUT", "/Project", "");
    assert_eq!(empty.status, 400);
    assert!(text(&empty).contains(r#""modelState":{"":["The request body should not be empty."]}"#), "{}", text(&empty));
    for body in ["{", "[]", r#"{"Description":"bare"}"#, r#"{"ProjectProperties":{"StartDate":{"value":"soon"}}}"#] {
        assert_eq!(desk.call("PUT", "/Project", body).status, 400, "{body}");
    }
}

#[test]
fn a_put_finds_its_record_by_key_id_or_filter() {
    let desk = open(|_| ());
    let before = desk.books("Vendor").len();
    let by_key = desk.put("/Vendor", r#"{"VendorID":{"value":"v000001 "},"LegalName":{"value":"One"}}"#);
    let by_id = desk.put("/Vendor", &format!(r#"{{"id":"{}","LegalName":{{"value":"Two"}}}}"#, at(&by_key, "id")));
    let by_filter = desk.put("/Vendor?$filter=VendorID%20eq%20'V000001'", r#"{"LegalName":{"value":"Three"}}"#);
    assert_eq!((at(&by_id, "VendorID").as_str(), at(&by_filter, "LegalName").as_str()), ("V000001", "Three"));
    assert_eq!(desk.books("Vendor").len(), before);
    let cleared = desk.put("/Vendor", r#"{"VendorID":{"value":"V000001"},"PaymentMethod":{"value":null}}"#);
    assert_eq!(cleared.at("PaymentMethod").unwrap().to_string(), "{}");
    assert_eq!(at(&cleared, "LegalName"), "Three", "what is left out is not touched");
    let lost = desk.call("PUT", "/Vendor", r#"{"id":"00000000-0000-4000-8000-000000000000"}"#);
    assert_eq!(lost.status, 500);
}

#[test]
fn conditions_on_writes_are_412_when_they_do_not_hold() {
    let mut desk = open(|_| ());
    desk.headers.push(("if-none-match".to_owned(), "*".to_owned()));
    assert_eq!(desk.call("PUT", "/Vendor", r#"{"VendorID":{"value":"V000001"}}"#).status, 412);
    desk.headers.pop();
    desk.headers.push(("if-match".to_owned(), "*".to_owned()));
    assert_eq!(desk.call("PUT", "/Project", r#"{"ProjectID":{"value":"77"},"Description":{"value":"x"}}"#).status, 412);
    assert!(desk.books("Project").is_empty());
}

#[test]
fn patch_belongs_to_the_newest_endpoint() {
    let desk = open(|_| ());
    let body = r#"{"VendorID":{"value":"V000001"},"LegalName":{"value":"Patched"}}"#;
    assert_eq!(desk.call("PATCH", "/Vendor", body).status, 405);
    assert_eq!(desk.call("PATCH", "/entity/Default/25.200.001/Vendor", body).status, 200);
    assert_eq!(desk.call("PATCH", "/entity/Default/25.200.001/Vendor", r#"{"VendorID":{"value":"V9"}}"#).status, 404);
}

#[test]
fn the_system_numbers_where_numbering_is_automatic() {
    let desk = open(|options| {
        options.numbering.insert("Subcontract".to_owned(), Numbering::Automatic);
    });
    desk.active_project("1001");
    let one = desk.subcontract("MINE-1", "1001");
    let two = desk.subcontract("MINE-1", "1001");
    assert_eq!(
        (at(&one, "SubcontractNbr"), at(&two, "SubcontractNbr")),
        ("SC000001".to_owned(), "SC000002".to_owned()),
        "the sent one is dropped"
    );
    let again = desk.put("/Subcontract", r#"{"SubcontractNbr":{"value":"SC000001"},"Description":{"value":"Known"}}"#);
    assert_eq!(at(&again, "id"), at(&one, "id"));
    let refused = desk.call("PUT", "/Subcontract", r#"{"VendorID":{"value":"V9"}}"#);
    assert_eq!((refused.status, at(&json(&refused), "SubcontractNbr").as_str()), (422, "<NEW>"));
    assert_eq!(desk.books("Subcontract").len(), 2);
}

#[test]
fn the_client_numbers_where_numbering_is_manual() {
    let desk = ready();
    assert_eq!(at(&desk.subcontract("MINE-1", "1001"), "SubcontractNbr"), "MINE-1");
    let cut = desk.subcontract("A-NUMBER-TOO-LONG", "1001");
    assert_eq!(at(&cut, "SubcontractNbr"), "A-NUMBER-TOO-LO", "what does not fit is lost in silence");
    for number in ["", "<NEW>"] {
        let body = format!(r#"{{"SubcontractNbr":{{"value":"{number}"}},"VendorID":{{"value":"V000001"}}}}"#);
        let answer = desk.call("PUT", "/Subcontract", &body);
        assert_eq!(answer.status, 422, "{number}");
        assert!(!at(&json(&answer), "SubcontractNbr.error").is_empty(), "{}", text(&answer));
    }
}

#[test]
fn a_refusal_echoes_what_was_sent_with_errors_in_their_places() {
    let desk = ready();
    let body = r#"{"SubcontractNbr":{"value":"S-1"},"VendorID":{"value":"V999"},"Details":[
        {"Project":{"value":"1001"},"CostCode":{"value":"03-3000"},"InventoryID":{"value":"PCSUBCON"},"OrderQty":{"value":1}},
        {"Project":{"value":"TES2323T"},"CostCode":{"value":"99-9999"},"InventoryID":{"value":"PCRECEIPT"},"Task":{"value":"7"}}]}"#;
    let answer = desk.call("PUT", "/Subcontract", body);
    let echo = json(&answer);
    assert_eq!(answer.status, 422);
    assert!(at(&echo, "error").contains("record raised at least one error. Please review the errors."));
    assert_eq!(at(&echo, "VendorID.error"), "Vendor 'V999' cannot be found in the system.");
    assert_eq!(at(&echo, "Details.1.Project.error"), "Project 'TES2323T  ' cannot be found in the system.", "padded like the segment");
    assert!(at(&echo, "Details.1.CostCode.error").contains("99-9999"));
    assert!(at(&echo, "Details.1.InventoryID.error").contains("requires receipt"));
    assert_eq!(at(&echo, "Details.0.Project.error"), "", "the good line has no error");
    assert_eq!(at(&echo, "Details.1.Task"), "7", "and what was sent is all there");
    assert!(desk.books("Subcontract").is_empty(), "nothing was saved");
}

#[test]
fn lines_need_an_active_project_and_a_task_in_planning_or_active() {
    let desk = ready();
    desk.put("/Project", r#"{"ProjectID":{"value":"1002"},"Description":{"value":"Later"}}"#);
    desk.put("/ProjectTask", r#"{"ProjectID":{"value":"1001"},"ProjectTaskID":{"value":"100"},"Description":{"value":"Site"}}"#);
    let line = |project: &str, task: &str| {
        let fields = format!(r#""Project":{{"value":"{project}"}},"Task":{{"value":"{task}"}}"#);
        let rest = r#""CostCode":{"value":"03-3000"},"InventoryID":{"value":"PCSUBCON"}"#;
        let body =
            format!(r#"{{"SubcontractNbr":{{"value":"S-{task}"}},"VendorID":{{"value":"V000001"}},"Details":[{{{fields},{rest}}}]}}"#);
        desk.call("PUT", "/Subcontract?$expand=Details", &body)
    };
    assert!(at(&json(&line("1002", "0000")), "Details.0.Project.error").contains("In Planning"));
    assert_eq!(line("1001", "100").status, 200, "a task in planning will do");
    desk.act("ProjectTask", "Activate", r#"{"ProjectID":{"value":"1001"},"ProjectTaskID":{"value":"100"}}"#);
    desk.act("ProjectTask", "CompleteProjectTask", r#"{"ProjectID":{"value":"1001"},"ProjectTaskID":{"value":"100"}}"#);
    assert!(at(&json(&line("1001", "100")), "Details.0.Task.error").contains("Completed"));
    let titled =
        desk.put("/Subcontract", r#"{"SubcontractNbr":{"value":"S-100"},"Description":{"value":"x"},"Details":[{"LineNbr":{"value":1}}]}"#);
    assert_eq!(at(&titled, "Description"), "x", "a stored line is not judged again");
    assert!(at(&json(&line("1001", "999")), "Details.0.Task.error").contains("cannot be found"));
    let defaulted = desk.subcontract("S-default", "1001");
    assert_eq!(at(&defaulted, "Details.0.Task"), "0000", "the default task");
}

#[test]
fn enumerations_travel_as_labels_and_strange_ones_are_refused() {
    let desk = open(|_| ());
    let answer = desk.call("PUT", "/Vendor", r#"{"VendorID":{"value":"V000001"},"Status":{"value":"A"}}"#);
    assert_eq!(answer.status, 422);
    assert!(at(&json(&answer), "Status.error").contains("Inactive"), "the labels are named");
    let held = desk.put("/Vendor", r#"{"VendorID":{"value":"V000001"},"Status":{"value":"On Hold"}}"#);
    assert_eq!(at(&held, "Status"), "On Hold");
}

#[test]
fn amounts_are_worked_out_and_unknown_fields_pass_in_silence() {
    let desk = ready();
    let line = |fields: &str| {
        format!(r#"{{"Project":{{"value":"1001"}},"CostCode":{{"value":"03-3000"}},"InventoryID":{{"value":"pcsubcon"}},{fields}}}"#)
    };
    let lines = [
        line(r#""OrderQty":{"value":"2.5"},"UnitCost":{"value":10.05},"ExtendedCost":{"value":999}"#),
        line(r#""Quantity":{"value":3},"UnitCost":{"value":10}"#),
        line(r#""OrderQty":{"value":4},"ExtendedCost":{"value":1000},"Amount":{"value":1}"#),
    ];
    let body = format!(
        r#"{{"SubcontractNbr":{{"value":"S-1"}},"VendorID":{{"value":"V000001"}},"ApplyRetainage":{{"value":true}},"RetainagePct":{{"value":10}},
            "SubcontractTotal":{{"value":5}},"Details":[{}]}}"#,
        lines.join(",")
    );
    let order = desk.put("/Subcontract?$expand=Details", &body);
    assert_eq!(at(&order, "Details.0.ExtendedCost"), "25.13", "quantity times cost, to the cent");
    assert_eq!(at(&order, "Details.1.OrderQty"), "0.0", "`Quantity` is not a field");
    assert_eq!(at(&order, "Details.1.ExtendedCost"), "0.0");
    assert_eq!(at(&order, "Details.2.UnitCost"), "250.000000", "an amount alone stands");
    assert_eq!(at(&order, "Details.2.RetainageAmount"), "100.00");
    assert_eq!(at(&order, "Details.2.Amount"), "900.00", "net of retainage");
    assert_eq!(at(&order, "LineTotal"), "922.62");
    assert_eq!(at(&order, "RetainageTotal"), "102.51");
    assert_eq!(at(&order, "SubcontractTotal"), "1025.13");
    assert_eq!(at(&order, "Details.0.InventoryID"), "PCSUBCON");
    assert_eq!(at(&order, "Details.0.LineDescription"), "Subcontracts", "the item brings it");
    assert_eq!((at(&order, "Details.0.UOM"), at(&order, "Terms")), ("EA".to_owned(), "30D".to_owned()));
}

#[test]
fn retainage_is_lost_unless_it_is_applied() {
    let desk = ready();
    let order =
        desk.put("/Subcontract", r#"{"SubcontractNbr":{"value":"S-1"},"VendorID":{"value":"V000001"},"RetainagePct":{"value":10}}"#);
    assert_eq!(at(&order, "RetainagePct"), "0.0");
}

#[test]
fn lines_are_added_unless_their_id_or_number_is_known() {
    let desk = ready();
    let order = desk.subcontract("S-1", "1001");
    let id = at(&order, "Details.0.id");
    let change =
        |line: &str| desk.put("/Subcontract?$expand=Details", &format!(r#"{{"SubcontractNbr":{{"value":"S-1"}},"Details":[{line}]}}"#));
    let by_number = change(r#"{"LineNbr":{"value":1},"UnitCost":{"value":1500}}"#);
    assert_eq!(by_number.at("Details").unwrap().as_list().unwrap().len(), 1);
    assert_eq!(at(&by_number, "Details.0.ExtendedCost"), "1500.00");
    let by_id = change(&format!(r#"{{"id":"{id}","LineDescription":{{"value":"Slab"}}}}"#));
    assert_eq!(at(&by_id, "Details.0.LineDescription"), "Slab");
    let resent = desk.subcontract("S-1", "1001");
    assert_eq!(resent.at("Details").unwrap().as_list().unwrap().len(), 2, "a resend without ids doubles the lines");
    assert_eq!(at(&resent, "Details.1.LineNbr"), "2");
    let removed = change(&format!(r#"{{"id":"{id}","delete":true}}"#));
    assert_eq!(removed.at("Details").unwrap().as_list().unwrap().len(), 1);
    assert_eq!(at(&removed, "Details.0.LineNbr"), "2", "numbers are not used again");
}

#[test]
fn line_ids_of_bills_hold_for_one_session() {
    let mut desk = ready();
    let body = r#"{"Vendor":{"value":"V000002"},"VendorRef":{"value":"R1"},"Project":{"value":"1001"},
        "Details":[{"CostCode":{"value":"03-3000"},"Account":{"value":"53000"},"ExtendedCost":{"value":500}}]}"#;
    let bill = desk.put("/Bill?$expand=Details", body);
    let address = format!("/Bill/Bill/{}?$expand=Details", at(&bill, "ReferenceNbr"));
    assert_eq!(at(&desk.read(&address), "Details.0.id"), at(&bill, "Details.0.id"));
    desk.sign_in();
    assert_ne!(at(&desk.read(&address), "Details.0.id"), at(&bill, "Details.0.id"));
    assert_eq!(at(&desk.read(&address), "id"), at(&bill, "id"), "the record's own id stays");
}

#[test]
fn a_vendor_reference_is_used_once_per_vendor() {
    let desk = ready();
    let bill = |vendor: &str, reference: &str| {
        let body = format!(r#"{{"Vendor":{{"value":"{vendor}"}},"VendorRef":{{"value":"{reference}"}}}}"#);
        desk.call("PUT", "/Bill", &body)
    };
    assert_eq!(bill("V000002", "R1").status, 200);
    let twin = bill("V000002", "r1");
    assert!(at(&json(&twin), "VendorRef.error").contains("000001"), "{}", text(&twin));
    assert_eq!(bill("V000003", "R1").status, 200);
    assert!(at(&json(&bill("V000003", "")), "VendorRef.error").contains("cannot be empty"));
}

/// Terms come from the vendor, and a vendor without any is told (BR-50).
#[test]
fn inactive_vendors_and_vendors_without_terms_get_no_commitments() {
    let desk = ready();
    let inactive =
        desk.books("Vendor").iter().find(|vendor| vendor.text("Status") == Some("Inactive")).unwrap().text("VendorID").unwrap().to_owned();
    let order = |vendor: &str| {
        let body = format!(r#"{{"SubcontractNbr":{{"value":"S-{vendor}"}},"VendorID":{{"value":"{vendor}"}}}}"#);
        json(&desk.call("PUT", "/Subcontract", &body))
    };
    assert!(at(&order(&inactive), "VendorID.error").contains("Inactive"));
    desk.put("/Vendor", r#"{"VendorID":{"value":"V000002"},"Terms":{"value":null}}"#);
    assert_eq!(at(&order("V000002"), "Terms.error"), "'Terms' cannot be empty.");
}

#[test]
fn vendors_can_be_made_with_what_their_class_brings() {
    let desk = open(|_| ());
    let body = r#"{"VendorName":{"value":"New Paving"},"VendorClass":{"value":"subcon"},
        "MainContact":{"Email":{"value":"a@b.example"},"Address":{"City":{"value":"Boise"},"State":{"value":"id"}}}}"#;
    let vendor = desk.put("/Vendor?$expand=MainContact,MainContact/Address", body);
    assert_eq!(at(&vendor, "VendorID"), "V000029", "behind the 28 of the practice company");
    assert_eq!((at(&vendor, "VendorClass").as_str(), at(&vendor, "Terms").as_str()), ("SUBCON", "30D"));
    assert_eq!((at(&vendor, "MainContact.Address.State").as_str(), at(&vendor, "MainContact.Address.Country").as_str()), ("ID", "US"));
    let strange = r#"{"VendorName":{"value":"X"},"VendorClass":{"value":"NONE"},"MainContact":{"Address":{"State":{"value":"ZZ"}}}}"#;
    let refused = json(&desk.call("PUT", "/Vendor", strange));
    assert!(at(&refused, "MainContact.Address.State.error").contains("ZZ") && at(&refused, "VendorClass.error").contains("NONE"));
}

#[test]
fn deleting_answers_204_and_a_new_holder_of_the_key_has_another_id() {
    let desk = ready();
    let order = desk.subcontract("S-1", "1001");
    assert_eq!(desk.call("DELETE", "/Subcontract/S-1", "").status, 204);
    assert_eq!(exception(&desk.call("DELETE", "/Subcontract/S-1", "")), "PX.Api.ContractBased.NoEntitySatisfiesTheConditionException");
    assert_ne!(at(&desk.subcontract("S-1", "1001"), "id"), at(&order, "id"));
    assert_eq!(desk.call("DELETE", "/Project/1001", "").status, 500, "an active project stays");
}

#[test]
fn a_write_that_changes_nothing_leaves_no_stamp() {
    let desk = ready();
    let before = at(&desk.read("/Vendor/V000001"), "LastModifiedDateTime");
    desk.clock.turn(std::time::Duration::from_secs(60));
    let name = at(&desk.read("/Vendor/V000001"), "VendorName");
    let same = desk.put("/Vendor", &format!(r#"{{"VendorID":{{"value":"V000001"}},"VendorName":{{"value":"{name}"}}}}"#));
    assert_eq!(at(&same, "LastModifiedDateTime"), before);
    let changed = desk.put("/Vendor", r#"{"VendorID":{"value":"V000001"},"LegalName":{"value":"Z"}}"#);
    assert_ne!(at(&changed, "LastModifiedDateTime"), before);
}

#[test]
fn notes_files_and_business_dates() {
    let mut desk = ready();
    desk.headers.push(("px-cbapibusinessdate".to_owned(), "2026-12-24".to_owned()));
    let order = desk.subcontract("S-1", "1001");
    assert_eq!(at(&order, "Date"), "2026-12-24T00:00:00+00:00");
    desk.headers.pop();
    let noted = desk.put("/Subcontract", r#"{"SubcontractNbr":{"value":"S-1"},"note":{"value":"Call first"}}"#);
    assert_eq!(at(&noted, "note"), "Call first");
    let answer = desk.call("PUT", "/Subcontract/S-1/files/plan.pdf", "bytes");
    assert_eq!(answer.status, 204);
    assert!(answer.header("location").unwrap().starts_with("/entity/files/"));
    assert_eq!(at(&desk.read("/Subcontract/S-1?$expand=files"), "files.0.filename"), "plan.pdf");
}
