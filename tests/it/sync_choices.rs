//! What settings change: who gives numbers, what Procore opens to us, which costs come over.

use crosswalk::sandbox::Numbering;
use crosswalk::value::Value;

use crate::world::{Setup, World, counts, lines, of, place_of, text};

/// The system numbers subcontracts, in the settings as at Acumatica.
fn automatic(setup: Setup) -> Setup {
    let setup = setup.settings(r#"{"numbering": {"subcontracts": {"automatic": true}}}"#);
    setup.with(|setup| setup.subcontract_numbers = Numbering::Automatic)
}

/// An automatic number is no key (BR-84).
#[tokio::test]
async fn where_acumatica_numbers_subcontracts_they_are_known_by_vendor_and_reference() {
    let world = automatic(Setup::usual()).open();
    let report = world.sync().await;
    assert_eq!(counts(&report, "subcontracts"), "created 6");
    for contract in world.rows("work_order_contracts").iter().filter(|contract| text(contract, "status") == "Approved") {
        let book = world.book("Subcontract", ("VendorRef", &text(contract, "number")));
        assert_ne!(text(&book, "SubcontractNbr"), text(contract, "number"));
        assert_eq!(text(contract, "origin_id"), format!("sc:{}", text(&book, "SubcontractNbr")));
        assert_eq!(text(contract, "origin_code"), text(&book, "SubcontractNbr"));
    }
    world.an_hour_later();
    let mark = world.mark();
    world.sync().await;
    assert_eq!(world.writes_since(mark), Vec::<String>::new());
}

/// Before it is sent again, our reference is looked up (BR-84).
#[tokio::test]
async fn a_numbered_subcontract_whose_answer_was_lost_is_found_by_vendor_and_reference() {
    let world = automatic(Setup::tiny()).open();
    world.wire.cut_at(place_of("PUT /entity/Default/24.200.001/Subcontract").await, true);
    world.try_sync().await.unwrap_err();
    world.sync().await;
    assert_eq!(world.books("Subcontract").len(), 1, "it was not sent again");
    assert_eq!(text(&world.books("Subcontract")[0], "Status"), "Open");
}

#[tokio::test]
async fn contracts_of_one_number_and_vendor_in_two_projects_stay_two() {
    let world = automatic(Setup::usual().with(|setup| {
        for project in &mut setup.company.projects {
            project.subcontracts.truncate(1);
            (project.subcontracts[0].number, project.subcontracts[0].vendor) = ("001".to_owned(), 2);
        }
    }));
    let world = world.open();
    let report = world.sync().await;
    assert_eq!(counts(&report, "subcontracts"), "created 3", "{:?}", of(&report, "subcontracts").held);
    let projects = |book: &crosswalk::value::Record| lines(book, "Details").iter().map(|line| text(line, "Project")).collect::<Vec<_>>();
    let mut found: Vec<String> = world.books("Subcontract").iter().map(|book| projects(book)[0].clone()).collect();
    found.sort();
    assert_eq!(found, ["1001", "1002", "1003"]);
}

#[tokio::test]
async fn without_the_erp_platform_its_resources_are_left_out_and_said_so() {
    let world = Setup::tiny().with(|setup| setup.erp_platform = false).open();
    let report = world.sync().await;
    let skipped: Vec<(&str, &str)> =
        report.mappings.iter().filter_map(|told| Some((told.mapping.as_str(), told.skipped.as_deref()?))).collect();
    let expected = [
        ("job_costs_report", "it needs Procore's ERP platform, and `procore.erp_platform` is off"),
        ("budget_costs", "it compares what `job_costs_report` brings, and that is not there yet"),
    ];
    assert_eq!(skipped, expected);
    assert!(!world.since(0).iter().any(|told| told.contains("erp_job_costs") || told.contains("external_data")));
    assert!(of(&report, "direct_costs").counts.created > 0, "the rest goes on");
}

fn direct_cost_kinds(world: &World) -> Vec<String> {
    let mut kinds: Vec<String> = world.rows("direct_costs").iter().map(|row| text(row, "direct_cost_type")).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// Costs of invoices that came from Procore do not count twice (BR-70).
#[tokio::test]
async fn invoices_of_commitments_can_be_left_where_they_are() {
    let world = Setup::tiny().settings(r#"{"direct_costs": {"commitment_invoices": "leave"}}"#).open();
    world.sync().await;
    assert!(!direct_cost_kinds(&world).contains(&"subcontractor_invoice".to_owned()));
    let all = Setup::tiny().open();
    all.sync().await;
    assert!(direct_cost_kinds(&all).contains(&"subcontractor_invoice".to_owned()));
}

/// Fields of companies can stay with Procore (BR-19).
#[tokio::test]
async fn names_that_procore_people_keep_are_left_to_them() {
    let world = Setup::tiny().settings(r#"{"companies": {"updates": {"name": false, "email": false}}}"#).open();
    world.sync().await;
    world.an_hour_later();
    world.put("Vendor?$expand=MainContact", r#"{"VendorID":"V000001","VendorName":"Renamed","MainContact":{"Email":"new@new.example"}}"#);
    let mark = world.mark();
    let report = world.sync().await;
    assert_eq!(world.writes_since(mark), Vec::<String>::new(), "{report:?}");
    world.put("Vendor", r#"{"VendorName":"New Here","VendorClass":"SUBCON"}"#);
    world.sync().await;
    assert_eq!(world.row("vendors", ("name", "New Here")).get("is_active"), Some(&Value::Bool(true)));
}

#[tokio::test]
async fn an_action_that_the_settings_leave_out_is_not_taken_and_the_document_stands_as_it_was_made() {
    let text_of = include_str!("../../mappings/subcontracts.yaml");
    let with_switch: &'static str = Box::leak(
        text_of
            .replace("from: On Hold, to: Open}", "from: On Hold, to: Open, when: settings.commitments.purchase_orders}")
            .into_boxed_str(),
    );
    for (switch, status) in [(r#"{"commitments": {"purchase_orders": false}}"#, "On Hold"), ("{}", "Open")] {
        let world = Setup::tiny().settings(switch).mapping(with_switch).open();
        let report = world.sync().await;
        assert_eq!(counts(&report, "subcontracts"), "created 1", "{:?}", of(&report, "subcontracts").held);
        assert_eq!(text(&world.books("Subcontract")[0], "Status"), status);
    }
}
