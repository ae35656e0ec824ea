//! Mappings that share a pair, that a setting turns on, and records that a requirement holds.

use crosswalk::sync::Mode;

use crate::world::{Setup, counts, of, text};

/// Vendors of Procore that nobody has linked become vendors of Acumatica.
const EXPORT: &str = r#"
mapping: companies_export
title: Companies made in Procore
direction: export
source: procore/vendors
target: acumatica/Vendor
pair: companies
enabled: settings.companies.updates.name && settings.country == "US"
when: linked("companies", source.id) == () && source.origin_id == ()
require:
  - that: source.name != "Nameless"
    otherwise: "company ${source.id} is called `${source.name}`; give it its name"
identity: [VendorName]
fields:
  - {row: companies.name, to: VendorName, from: $.name}
"#;

#[tokio::test]
async fn both_ways_of_a_pair_make_one_record_and_share_its_link() {
    let world = Setup::tiny().mapping(EXPORT).open();
    world.sync().await;
    let (vendors, books) = (world.rows("vendors").len(), world.books("Vendor").len());
    world.in_procore("POST", "/rest/v1.0/vendors", r#"{"vendor":{"name":"Newcomer Drywall"}}"#);
    world.an_hour_later();
    let report = world.sync().await;
    assert_eq!(counts(&report, "companies_export"), "created 1", "{:?}", of(&report, "companies_export").held);
    assert_eq!(text(&world.book("Vendor", ("VendorName", "Newcomer Drywall")), "Status"), "Active");
    for _ in 0..2 {
        world.an_hour_later();
        world.sync().await;
    }
    assert_eq!((world.rows("vendors").len(), world.books("Vendor").len()), (vendors + 1, books + 1), "nothing is made twice");
    let origin = text(&world.row("vendors", ("name", "Newcomer Drywall")), "origin_id");
    assert!(origin.starts_with("vendor:"), "the import found the link that the export made: {origin}");
    world.an_hour_later();
    let mark = world.mark();
    world.sync().await;
    assert_eq!(world.writes_since(mark), Vec::<String>::new());
}

#[tokio::test]
async fn a_mapping_that_is_not_enabled_reads_nothing_and_the_report_says_why() {
    let world = Setup::tiny().settings(r#"{"country":"CA"}"#).mapping(EXPORT).open();
    let mark = world.mark();
    let report = world.run(&["companies_export"], Mode::Apply { consent: true, only: None }).await.unwrap();
    let expected = "it is not enabled: `settings.companies.updates.name && settings.country == \"US\"` is false";
    assert_eq!(of(&report, "companies_export").skipped.as_deref(), Some(expected));
    assert_eq!(world.since(mark), Vec::<String>::new());
}

#[tokio::test]
async fn a_record_that_lacks_what_is_required_is_held_with_the_reason_and_goes_when_it_has_it() {
    let world = Setup::tiny().mapping(EXPORT).open();
    world.sync().await;
    let made = world.in_procore("POST", "/rest/v1.0/vendors", r#"{"vendor":{"name":"Nameless"}}"#);
    let id = text(made.as_record().unwrap(), "id");
    world.an_hour_later();
    let report = world.sync().await;
    let held = &of(&report, "companies_export").held;
    assert_eq!(held[0].reasons, [format!("company {id} is called `Nameless`; give it its name (own.yaml:11)")]);
    world.in_procore("PATCH", &format!("/rest/v1.0/vendors/{id}"), r#"{"vendor":{"name":"Named"}}"#);
    world.an_hour_later();
    assert_eq!(counts(&world.sync().await, "companies_export"), "created 1");
}
