//! Explaining one record: every value, where it came from, and whether it would go; nothing is written.

use crosswalk::sync::{Explanation, Failure};

use crate::world::{Setup, World, text};

async fn synced() -> World {
    let world = Setup::small().open();
    world.sync().await;
    world
}

/// The value that a rule came to.
fn value(explanation: &Explanation, field: &str) -> String {
    let draft = explanation.draft.as_ref().unwrap();
    crosswalk::value::Value::Record(draft.fields.clone()).at(field).map(crosswalk::value::Value::plain).unwrap_or_default()
}

#[tokio::test]
async fn a_vendor_is_explained_by_its_number_or_its_id() {
    let world = synced().await;
    let vendor = world.book("Vendor", ("VendorID", "V000001"));
    let mark = world.mark();
    for name in ["V000001", "v000001 ", &text(&vendor, "id")] {
        let found = world.explain("companies", name).await.unwrap();
        assert_eq!(found.len(), 1, "{name}");
        let told = &found[0];
        assert_eq!((told.source.key.trim(), told.offered.as_ref().unwrap()), ("V000001", &true));
        assert_eq!(value(told, "name"), text(&vendor, "VendorName"));
        let row = world.row("vendors", ("origin_code", "V000001"));
        assert_eq!(told.linked.as_ref().unwrap().0, text(&row, "id"));
        assert!(format!("{:?}", told.trace).contains("companies.city"), "{:?}", told.trace);
    }
    assert_eq!(world.writes_since(mark), Vec::<String>::new());
    assert_eq!(world.acumatica.sessions(), 0);
}

#[tokio::test]
async fn a_contract_is_explained_within_its_project() {
    let world = synced().await;
    let contract = world.rows("work_order_contracts").remove(0);
    for name in [text(&contract, "id"), text(&contract, "origin_id")] {
        let found = world.explain("subcontracts", &name).await.unwrap();
        let told = &found[0];
        assert_eq!(told.project.as_ref().unwrap().acumatica, "1001");
        assert_eq!((value(told, "SubcontractNbr"), value(told, "VendorID")), ("SC-1001-001".to_owned(), "V000003".to_owned()));
        assert_eq!(told.linked.as_ref().unwrap().1.as_deref(), Some("SC-1001-001"));
    }
}

#[tokio::test]
async fn a_line_of_a_transaction_is_explained_by_its_number() {
    let world = synced().await;
    let line = world.posted().remove(0);
    let found = world.explain("direct_costs", &text(&line, "TransactionID")).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(value(&found[0], "origin_id"), format!("tran:{}", text(&line, "TransactionID")));
    assert!(found[0].linked.is_some());
}

#[tokio::test]
async fn a_record_that_cannot_go_is_explained_with_its_reasons() {
    let world = Setup::small().with(|setup| setup.company.projects[0].subcontracts[0].title = "x".repeat(61)).open();
    world.sync().await;
    let contract = world.rows("work_order_contracts").remove(0);
    let found = world.explain("subcontracts", &text(&contract, "id")).await.unwrap();
    let refusal = found[0].draft.as_ref().unwrap_err().to_string();
    assert!(refusal.contains("Description") && refusal.contains("60"), "{refusal}");
    assert_eq!(found[0].linked, None);
}

#[tokio::test]
async fn a_record_that_is_not_offered_is_told_as_such() {
    let world = synced().await;
    let found = world.explain("cost_types", "REVENUE").await.unwrap();
    assert!(!found[0].offered.as_ref().unwrap());
}

#[tokio::test]
async fn an_unknown_record_or_mapping_is_told() {
    let world = synced().await;
    for (mapping, id, told) in [
        ("companies", "V999999", "acumatica/Vendor has no record `V999999` that `companies` could read"),
        ("company", "V000001", "there is no mapping named `company`"),
    ] {
        match world.explain(mapping, id).await.unwrap_err() {
            Failure::Asked(message) => assert!(message.contains(told), "{message}"),
            other => panic!("{other}"),
        }
    }
    assert_eq!(world.acumatica.sessions(), 0);
}
