//! What a link stands on: GUIDs that survive new codes, every line of a document, and origin ids that nobody else may own.

use std::collections::BTreeMap;

use crosswalk::value::{Record, Value};

use crate::world::{Setup, World, counts, lines, of, text};

/// What the practice company needs for change orders of every kind: a template with their workflow, and a cost code of revenue.
const CHANGES: &str =
    r#"{"projects":{"template":"BUILD"},"prime_contracts":{"cost_code":"01-1000"},"budgets":{"changes":"budget_modifications"}}"#;

async fn synced(setup: Setup) -> World {
    let world = setup.open();
    // What goes out in the first run brings costs in the second.
    for _ in 0..3 {
        world.sync().await;
        world.an_hour_later();
    }
    world
}

/// A cost code and a vendor get other codes in Acumatica: what is linked stays linked and is called by its new name (BR-22).
#[tokio::test]
async fn renamed_codes_stay_linked_and_are_called_by_their_new_names() {
    let world = synced(Setup::tiny().settings(r#"{"retainage":{"release":false}}"#)).await;
    let (codes, vendors) = (world.rows("standard_cost_codes").len(), world.rows("vendors").len());
    let origin = text(&world.row("vendors", ("origin_code", "V000003")), "origin_id");
    world.acumatica.accountants().rename_cost_code("01-1000", "01-1999");
    world.acumatica.accountants().rename_vendor("V000003", "V000333");
    let report = world.sync().await;
    for mapping in ["companies", "cost_codes", "project_cost_codes", "subcontracts", "direct_costs"] {
        let counts = &of(&report, mapping).counts;
        assert_eq!((counts.created, counts.held), (0, 0), "{mapping}: {:?}", of(&report, mapping).held);
    }
    assert_eq!((world.rows("standard_cost_codes").len(), world.rows("vendors").len()), (codes, vendors), "nothing is made twice");
    assert_eq!(text(&world.row("vendors", ("origin_code", "V000333")), "origin_id"), origin);
    world.row("standard_cost_codes", ("code", "01-1999"));
    world.an_hour_later();
    let mark = world.mark();
    world.sync().await;
    assert_eq!(world.writes_since(mark), Vec::<String>::new());
}

/// A project gets another id in Acumatica: it is not made again, and what is new goes to it under its new id (BR-22).
#[tokio::test]
async fn a_renamed_project_stays_linked_and_takes_what_is_new() {
    let world = synced(Setup::tiny()).await;
    world.acumatica.accountants().rename_project("1001", "1999");
    let contract = world.rows("work_order_contracts").remove(0);
    let path = format!("/rest/v1.0/work_order_contracts/{}?project_id={}", text(&contract, "id"), text(&contract, "project_id"));
    world.in_procore("PATCH", &path, r#"{"work_order_contract":{"title":"Concrete, second part"}}"#);
    let report = world.sync().await;
    assert_eq!(counts(&report, "subcontracts"), "updated 1", "{:?}", of(&report, "subcontracts").held);
    assert_eq!((of(&report, "projects").counts.created, world.books("Project").len()), (0, 1));
    let line = lines(&world.books("Subcontract")[0], "Details").remove(0);
    assert_eq!(text(&line, "Project"), "1999");
}

/// Each line of each document is linked to its own line: change orders of all kinds and invoices (BR-05).
#[tokio::test]
async fn every_line_of_every_kind_of_document_is_linked() {
    let world = Setup::usual().settings(CHANGES).open();
    let report = world.sync().await;
    let links = world.store.read(|reading| reading.link_book(&[])).await.unwrap();
    let mut lined: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (pair, entity, lists) in [
        ("budget_modifications", "ChangeOrder", &["CostBudget"][..]),
        ("commitment_change_orders", "ChangeOrder", &["Commitments"]),
        ("prime_contract_change_orders", "ChangeOrder", &["RevenueBudget", "CostBudget"]),
        ("subcontractor_invoices", "Bill", &["Details"]),
        ("prime_contract_invoices", "Invoice", &["Details"]),
    ] {
        let books = world.books(entity);
        for document in links.documents(pair, None) {
            let there = books.iter().find(|record| text(record, "id") == document.acumatica.id).unwrap();
            let count = lists.iter().map(|list| lines(there, list).len()).sum::<usize>();
            assert_eq!(links.lines_of(&document).count(), count, "{pair} {:?}", document.acumatica.key);
            let sum = lined.entry(pair).or_default();
            *sum = (sum.0 + 1, sum.1 + count);
        }
    }
    assert!(
        lined.len() == 5 && lined.values().all(|(documents, lines)| lines >= documents),
        "{lined:?}: {}",
        counts(&report, "prime_contract_change_orders")
    );
}

/// A record that bears the origin id of another integration is held, whichever side it would come from (BR-06).
#[tokio::test]
async fn what_bears_the_origin_id_of_another_integration_is_held() {
    let world = Setup::tiny().open();
    let contract = world.rows("work_order_contracts").remove(0);
    let other = |row: &Record| text(row, "is_active") != "false" && text(row, "id") != text(&contract, "vendor_id");
    let vendor = world.rows("vendors").into_iter().find(other).unwrap();
    let foreign = |path: &str, id: &str| {
        let body = format!(r#"{{"updates":[{{"id":{id},"origin_id":"other:77"}}]}}"#);
        let told = world.in_procore("PATCH", path, &body);
        assert_eq!(told.at("errors").and_then(Value::as_list).map(<[Value]>::len), Some(0), "{told:?}");
    };
    foreign("/rest/v1.0/vendors/sync", &text(&vendor, "id"));
    foreign(&format!("/rest/v1.0/work_order_contracts/sync?project_id={}", text(&contract, "project_id")), &text(&contract, "id"));
    let report = world.sync().await;
    for mapping in ["companies", "subcontracts"] {
        let reasons: Vec<String> = of(&report, mapping).held.iter().flat_map(|held| held.reasons.clone()).collect();
        let told = "it bears the origin id `other:77` in procore, which another integration wrote; end the link there first (BR-06)";
        assert!(reasons.iter().any(|reason| reason.contains(told)), "{mapping}: {reasons:?}");
    }
    assert_eq!(text(&world.row("vendors", ("id", &text(&vendor, "id"))), "origin_id"), "other:77", "it is left as it was");
    assert_eq!(world.books("Subcontract").len(), 0);
}
