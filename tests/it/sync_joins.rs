//! Joined records through both systems: one by id, a list of a project, read once in a run and shared between mappings.

use std::collections::{BTreeMap, BTreeSet};

use crate::world::{Setup, of};

/// A check of each contract: its vendor by id, and all contracts of its project with the same vendor.
const CONTRACTS: &str = r#"
mapping: contracts_seen
title: Contracts beside their vendor and each other
direction: export
source: procore/work_order_contracts
target: acumatica/Subcontract
pair: subcontracts
needs: [subcontracts]
join:
  company: {resource: procore/vendors, id: $.vendor.id}
  others: {resource: procore/work_order_contracts, all: {vendor.id: $.vendor.id}}
  drafts: {resource: procore/work_order_contracts, all: {status: $.status}, when: 'source.company.name == "nobody"'}
require:
  - that: source.drafts == [] && source.others.some(|other| other.id == source.id) && source.others.all(|other| other.vendor.id == source.vendor.id)
    otherwise: the joined lists are not those of this contract
  - that: 1 > 2
    otherwise: "`${source.company.name}` has ${source.others.count()} contracts here"
fields:
  - {to: VendorID, link: {mapping: companies, from: $.vendor.id}}
"#;

#[tokio::test]
async fn joined_records_are_read_once_in_a_run() {
    let again: &'static str = Box::leak(CONTRACTS.replace("contracts_seen", "contracts_seen_again").into_boxed_str());
    let world = Setup::usual().mapping(CONTRACTS).mapping(again).open();
    world.sync().await;
    world.an_hour_later();
    let mark = world.mark();
    let report = world.sync().await;
    let contracts = world.rows("work_order_contracts");
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for held in &of(&report, "contracts_seen").held {
        assert_eq!(held.reasons.len(), 1, "{:?}", held.reasons);
        *told.entry(held.reasons[0].clone()).or_default() += 1;
    }
    assert_eq!(told.values().sum::<usize>(), contracts.len());
    for (reason, times) in told {
        let count: usize = reason.split(' ').rev().nth(3).unwrap().parse().unwrap();
        assert_eq!(times % count, 0, "each contract of a group tells of the whole group: {reason} {times} times");
    }
    let again = &of(&report, "contracts_seen_again").held;
    assert_eq!(again.len(), contracts.len());
    let vendors: Vec<String> = world.since(mark).into_iter().filter(|told| told.starts_with("GET /rest/v1.0/vendors/")).collect();
    let distinct: BTreeSet<&String> = vendors.iter().collect();
    assert!(!vendors.is_empty() && vendors.len() == distinct.len(), "a vendor is read once for all mappings: {vendors:?}");
}
