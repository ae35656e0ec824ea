//! Records that cannot go: held with every reason, while others go on; offered again by themselves, and let go when they can.

use crosswalk::connector::{Response, TransportError};
use crosswalk::sandbox::FaultKind;
use crosswalk::sandbox::company::TWIN;
use crosswalk::sync::{HeldRecord, Report};

use crate::world::{Setup, World, counts, fault, of, text};

/// The reasons for which a record of a mapping is held.
fn reasons(report: &Report, mapping: &str, key: &str) -> String {
    let held = of(report, mapping).held.iter().filter(|held| held.source_key == key || held.source_id == key);
    held.flat_map(|held| held.reasons.clone()).collect::<Vec<_>>().join("; ")
}

/// The reasons for which the only held record of a mapping is held.
fn only_reasons(report: &Report, mapping: &str) -> String {
    let held = &of(report, mapping).held;
    assert_eq!(held.len(), 1, "{held:?}");
    held[0].reasons.join("; ")
}

/// An answer of this status with this JSON.
fn answer(status: u16, json: impl Into<String>) -> Result<Response, TransportError> {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Ok(Response { status, headers, body: json.into().into_bytes() })
}

/// What the state file holds of a mapping: source ids.
async fn remembered(world: &World, mapping: &'static str) -> Vec<String> {
    let held = world.store.read(move |reading| reading.held(Some(mapping), None)).await.unwrap();
    held.into_iter().map(|held| held.source_id).collect()
}

/// What cannot go is held with its reason and told again until it can (BR-12).
#[tokio::test]
async fn a_title_that_is_too_long_is_held_with_its_reason_and_others_go_on() {
    let world = Setup::usual().with(|setup| setup.company.projects[0].subcontracts[0].title = "x".repeat(61)).open();
    let report = world.sync().await;
    assert_eq!(counts(&report, "subcontracts"), "created 5, held 1");
    let reasons = only_reasons(&report, "subcontracts");
    assert!(reasons.contains("Description") && reasons.contains("60"), "{reasons}");
    assert_eq!(remembered(&world, "subcontracts").await.len(), 1);
    assert!(report.is_incomplete());
    world.an_hour_later();
    let again = world.sync().await;
    assert_eq!(counts(&again, "subcontracts"), "unchanged 5, held 1", "it stays held, and is told again");
}

#[tokio::test]
async fn every_reason_of_a_record_is_told_at_once() {
    let world = Setup::small().with(|setup| {
        setup.company.vendors[2].active = false;
        setup.company.projects[0].subcontracts[0].title = "x".repeat(61);
    });
    let report = world.open().sync().await;
    let reasons = only_reasons(&report, "subcontracts");
    assert!(reasons.contains("VendorID") && reasons.contains("Description"), "{reasons}");
}

/// Corrected, it is sent by itself (BR-12).
#[tokio::test]
async fn a_contract_that_waited_for_its_vendor_goes_when_the_vendor_comes() {
    let world = Setup::small().with(|setup| setup.company.vendors[2].active = false).open();
    let report = world.sync().await;
    assert_eq!(counts(&report, "subcontracts"), "held 1");
    let reasons = only_reasons(&report, "subcontracts");
    assert!(reasons.contains("is not linked by `companies` yet; it is offered again once it is"), "{reasons}");
    for _ in 0..2 {
        world.an_hour_later();
        assert_eq!(counts(&world.sync().await, "subcontracts"), "held 1");
    }
    world.put("Vendor", r#"{"VendorID":"V000003","Status":"Active"}"#);
    let report = world.sync().await;
    assert_eq!(counts(&report, "companies"), "updated 1, unchanged 3");
    assert_eq!(counts(&report, "subcontracts"), "created 1", "though the contract itself did not change");
    assert_eq!(remembered(&world, "subcontracts").await, Vec::<String>::new());
    assert_eq!(text(&world.books("Subcontract")[0], "Status"), "Open");
}

#[tokio::test]
async fn cost_lines_that_waited_for_their_vendor_go_when_the_vendor_comes() {
    // Two vendors of one name: neither is linked, and costs of either wait.
    let world = Setup::small().with(|setup| {
        let name = setup.company.vendors[2].name.clone();
        setup.company.vendors[0].name = name;
        setup.company.vendors[0].in_procore = false;
    });
    let world = world.open();
    let report = world.sync().await;
    let waiting: Vec<String> = of(&report, "direct_costs").held.iter().map(|held| held.source_id.clone()).collect();
    assert!(!waiting.is_empty(), "{}", counts(&report, "direct_costs"));
    world.an_hour_later();
    world.sync().await;
    assert_eq!(remembered(&world, "direct_costs").await, waiting);
    // Others go on, and what is read lies behind them.
    world.book_cost("100");
    for _ in 0..2 {
        assert_eq!(of(&world.sync().await, "direct_costs").held.len(), waiting.len());
        world.an_hour_later();
    }
    world.put("Vendor", r#"{"VendorID":"V000001","VendorName":"Another name"}"#);
    world.an_hour_later();
    world.sync().await;
    assert_eq!(remembered(&world, "direct_costs").await, Vec::<String>::new());
    for transaction in waiting {
        world.row("direct_costs", ("origin_id", &format!("tran:{transaction}")));
    }
    assert_eq!(world.rows("direct_costs").len(), world.posted().len());
}

/// Nothing is linked on a tie (BR-21).
#[tokio::test]
async fn vendors_of_one_name_are_held_all_of_them_however_many_procore_knows() {
    for known in 0..3 {
        let world = Setup::usual().with(|setup| {
            let mut twins: Vec<_> = setup.company.vendors.iter_mut().filter(|vendor| vendor.name == TWIN).collect();
            twins.iter_mut().enumerate().for_each(|(at, twin)| twin.in_procore = at < known);
            // One of them has a purchase order, for which it would stand in the directory.
            let company = &mut setup.company;
            for project in &mut company.projects {
                project.purchase_orders.retain(|order| company.vendors[order.vendor].name != TWIN);
            }
        });
        let world = world.open();
        let before = world.rows("vendors").len();
        let report = world.sync().await;
        assert_eq!(of(&report, "companies").held.len(), 2, "with {known} in Procore: {:?}", of(&report, "companies").held);
        for vendor in ["V000008", "V000020"] {
            let reasons = reasons(&report, "companies", vendor);
            assert!(reasons.contains("have this name") && reasons.contains("(BR-21)"), "{reasons}");
        }
        let twins = world.rows("vendors").into_iter().filter(|row| text(row, "name") == TWIN);
        assert_eq!(twins.filter(|row| text(row, "origin_id").is_empty()).count(), known);
        assert_eq!(world.rows("vendors").len() - before, of(&report, "companies").counts.created as usize);
    }
}

/// A code that somebody deleted is not made again behind their back (BR-16).
#[tokio::test]
async fn a_record_that_was_deleted_at_the_target_is_held() {
    let world = Setup::tiny().open();
    world.sync().await;
    let code = world.row("standard_cost_codes", ("code", "01-1000"));
    let list = world.procore.settings().standard_cost_code_list_id;
    let unlink = format!(r#"{{"standard_cost_code_list_id":{list},"updates":[{{"id":{},"origin_id":""}}]}}"#, text(&code, "id"));
    world.in_procore("PATCH", "/rest/v1.0/standard_cost_codes/sync", &unlink);
    let path = format!("/rest/v1.0/standard_cost_codes/{}?standard_cost_code_list_id={list}", text(&code, "id"));
    world.in_procore("DELETE", &path, "");
    world.put("CostCode", r#"{"CostCodeID":"01-1000","Description":"General matters"}"#);
    world.an_hour_later();
    let report = world.sync().await;
    let reasons = reasons(&report, "cost_codes", "01-1000");
    assert!(reasons.contains("is gone from procore"), "{reasons}");
}

#[tokio::test]
async fn a_record_that_is_put_right_without_a_change_to_send_is_let_go() {
    let world = Setup::tiny().open();
    world.sync().await;
    let title = text(&world.rows("work_order_contracts")[0], "title");
    world.an_hour_later();
    world.retitle(&"x".repeat(61));
    assert_eq!(counts(&world.sync().await, "subcontracts"), "held 1");
    assert_eq!(remembered(&world, "subcontracts").await.len(), 1);
    world.an_hour_later();
    world.retitle(&title);
    assert_eq!(counts(&world.sync().await, "subcontracts"), "unchanged 1");
    assert_eq!(remembered(&world, "subcontracts").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_held_contract_that_is_withdrawn_is_let_go() {
    let world = Setup::tiny().with(|setup| setup.company.vendors[2].active = false).open();
    world.sync().await;
    assert_eq!(remembered(&world, "subcontracts").await.len(), 1);
    let contract = world.rows("work_order_contracts").remove(0);
    let path = format!("/rest/v1.0/work_order_contracts/{}?project_id={}", text(&contract, "id"), text(&contract, "project_id"));
    world.in_procore("PATCH", &path, r#"{"work_order_contract":{"status":"Terminated"}}"#);
    world.an_hour_later();
    assert_eq!(counts(&world.sync().await, "subcontracts"), "");
    assert_eq!(remembered(&world, "subcontracts").await, Vec::<String>::new());
}

/// The words of a refused export are shown (BR-12).
#[tokio::test]
async fn what_the_target_refuses_is_held_with_its_words_and_others_go_on() {
    let world = Setup::usual().with(|setup| setup.company.projects[0].number = "THIS-IS-TOO-LONG".to_owned()).open();
    let report = world.sync().await;
    assert_eq!(counts(&report, "projects"), "created 2, held 1");
    let reasons = only_reasons(&report, "projects");
    assert!(reasons.contains("`PUT /Project`: `ProjectID`") && reasons.contains("segment of 10 characters"), "{reasons}");
    assert_eq!(counts(&report, "subcontracts"), "created 4");
}

/// An origin id that another record bears is refused and told (BR-06).
#[tokio::test]
async fn a_source_that_refuses_to_learn_is_held_and_told_again_until_it_does() {
    let world = Setup::tiny().open();
    let no = r#"{"entities":[],"errors":[{"id":ID,"errors":{"origin_id":["has already been taken"]}}]}"#;
    let no = no.replace("ID", &text(&world.rows("work_order_contracts")[0], "id"));
    world.wire.instead("/work_order_contracts/sync", answer(200, no), 2);
    for expected in ["created 1, held 1", "created 1, unchanged 1, held 1"] {
        let report = world.sync().await;
        assert_eq!(counts(&report, "subcontracts"), expected);
        assert!(format!("{:?}", of(&report, "subcontracts").held).contains("has already been taken"));
        assert!(of(&report, "direct_costs").counts.offered > 0, "other mappings go on");
        world.an_hour_later();
    }
    assert_eq!(of(&world.sync().await, "subcontracts").counts.held, 0);
    assert!(text(&world.rows("work_order_contracts")[0], "origin_id").starts_with("sc:"));
    assert_eq!(world.books("Subcontract").len(), 1);
}

#[tokio::test]
async fn a_refused_action_is_held_and_tried_again_until_the_document_stands_as_it_should() {
    let world = Setup::tiny().open();
    let no =
        r#"{"message":"An error has occurred.","exceptionMessage":"Error: The budget is exceeded.","exceptionType":"PX.Data.PXException"}"#;
    world.wire.instead("/Subcontract/ReleaseFromHold", answer(500, no), 1);
    let report = world.sync().await;
    let held = format!("{:?}", of(&report, "subcontracts").held);
    assert!(held.contains("SC-1001-001 was made, and then") && held.contains("The budget is exceeded"), "{held}");
    assert_eq!(text(&world.books("Subcontract")[0], "Status"), "On Hold");
    world.an_hour_later();
    let report = world.sync().await;
    assert_eq!(of(&report, "subcontracts").counts.held, 0, "{report:?}");
    assert_eq!(text(&world.books("Subcontract")[0], "Status"), "Open");
    assert!(text(&world.rows("work_order_contracts")[0], "origin_id").starts_with("sc:"));
}

#[tokio::test]
async fn a_document_that_people_released_meanwhile_is_not_released_again() {
    let world = Setup::tiny().open();
    world.acumatica.faults().add(fault(FaultKind::Status(422), ("POST", "/Subcontract/ReleaseFromHold"), 1));
    world.sync().await;
    world.in_acumatica("POST", "/Subcontract/ReleaseFromHold", r#"{"entity":{"SubcontractNbr":{"value":"SC-1001-001"}},"parameters":{}}"#);
    let mark = world.mark();
    let report = world.sync().await;
    assert_eq!(of(&report, "subcontracts").counts.held, 0, "{report:?}");
    assert!(!world.writes_since(mark).iter().any(|told| told.contains("ReleaseFromHold")));
    assert!(text(&world.rows("work_order_contracts")[0], "origin_id").starts_with("sc:"));
}

/// Two vendors change at once; one of them takes the name of a company that Procore knows already.
#[tokio::test]
async fn a_row_that_a_bulk_write_refuses_is_held_with_its_reason_and_the_others_are_done() {
    let world = Setup::small().open();
    world.sync().await;
    world.in_procore("POST", "/rest/v1.0/vendors", r#"{"vendor":{"name":"Taken Builders"}}"#);
    let rename = |vendor: &str, name: &str| drop(world.put("Vendor", &format!(r#"{{"VendorID":"{vendor}","VendorName":"{name}"}}"#)));
    rename("V000002", "Taken Builders");
    rename("V000003", "Free Builders");
    world.an_hour_later();
    let mark = world.mark();
    let report = world.sync().await;
    assert_eq!(
        (counts(&report, "companies").as_str(), world.sent_since(mark, "/vendors/sync").len()),
        ("updated 1, unchanged 2, held 1", 1)
    );
    let reasons = only_reasons(&report, "companies");
    assert!(reasons.contains("`name`: has already been taken"), "{reasons}");
    assert_eq!(text(&world.row("vendors", ("origin_code", "V000003")), "name"), "Free Builders");
    rename("V000002", "Other Builders");
    world.an_hour_later();
    assert_eq!(counts(&world.sync().await, "companies"), "updated 1, unchanged 3");
}

/// A budget line whose account group accounting does not use any more waits for it; the others go.
#[tokio::test]
async fn a_budget_line_of_an_inactive_account_group_waits_for_it() {
    let world = Setup::building().with(|setup| setup.company.projects[0].budget_locked = false).open();
    world.sync().await;
    let project = text(&world.rows("projects")[0], "id");
    let group = |active: bool| drop(world.put("AccountGroup", &format!(r#"{{"AccountGroupID":"LABOR","Active":{active}}}"#)));
    group(false);
    world.in_procore("POST", &format!("/rest/v1.0/projects/{project}/budget/lock"), "");
    world.an_hour_later();
    let report = world.sync().await;
    let budgets = of(&report, "budgets");
    assert!(!budgets.held.is_empty() && budgets.counts.created > 0, "{}", counts(&report, "budgets"));
    let reason = |held: &HeldRecord| held.reasons.join("; ");
    assert!(budgets.held.iter().all(|held| reason(held).contains("Account Group 'LABOR' is inactive")), "{budgets:?}");
    group(true);
    world.an_hour_later();
    let report = world.sync().await;
    assert!(of(&report, "budgets").held.is_empty(), "they are offered again by themselves");
}
