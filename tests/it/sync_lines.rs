//! Lines that are gone from their source: planned, shown and removed at the target, once, and only where they bear our link.

use crosswalk::sandbox::FaultKind;
use crosswalk::sync::Action;
use crosswalk::value::{Record, Value, json_text};

use crate::world::{Setup, World, counts, fault, lines, of, text};

/// Somebody takes the first line out of the only contract, which is opened for it and approved again; which line.
fn lose_a_line(world: &World) -> String {
    let contract = world.rows("work_order_contracts").remove(0);
    let (id, project) = (text(&contract, "id"), text(&contract, "project_id"));
    let address = |below: &str| format!("/rest/v1.0/work_order_contracts/{id}{below}?project_id={project}");
    let listed = world.in_procore("GET", &address("/line_items"), "");
    let line = text(listed.as_list().unwrap()[0].as_record().unwrap(), "id");
    world.in_procore("PATCH", &address(""), r#"{"work_order_contract":{"status":"Draft"}}"#);
    world.in_procore("DELETE", &address(&format!("/line_items/{line}")), "");
    world.in_procore("PATCH", &address(""), r#"{"work_order_contract":{"status":"Approved"}}"#);
    line
}

async fn synced() -> World {
    let world = Setup::small().open();
    world.sync().await;
    world.an_hour_later();
    world
}

fn subcontract(world: &World) -> Record {
    world.books("Subcontract").remove(0)
}

/// The links of the lines of subcontracts.
async fn line_links(world: &World) -> usize {
    let links = world.store.read(|reading| reading.link_book(&["subcontracts"])).await.unwrap();
    links.documents("subcontracts", None).map(|document| links.lines_of(&document).count()).sum()
}

#[tokio::test]
async fn a_line_that_its_source_has_lost_is_planned_shown_and_removed() {
    let world = synced().await;
    assert_eq!((lines(&subcontract(&world), "Details").len(), line_links(&world).await), (2, 2));
    world.put_on_hold();
    let line = lose_a_line(&world);
    let plan = world.plan().await;
    let change = plan.changes.iter().find(|change| change.mapping == "subcontracts").unwrap();
    let field = change.fields.iter().find(|field| field.line.as_deref() == Some(&line)).unwrap();
    assert_eq!((change.action, field.field.as_str(), &field.new), (Action::Update, "Details", &Value::Null));
    assert!(field.old.as_record().unwrap().get("ExtendedCost").is_some(), "{field:?}");
    let mark = world.mark();
    let report = world.sync().await;
    assert_eq!(counts(&report, "subcontracts"), "updated 1");
    let puts = world.sent_since(mark, "PUT /entity/Default/24.200.001/Subcontract");
    assert_eq!(puts.len(), 1);
    let sent = json_text(puts[0].at("Details").unwrap());
    assert_eq!(sent, r#"[{"LineNbr":{"value":1},"delete":true}]"#);
    assert_eq!((lines(&subcontract(&world), "Details").len(), line_links(&world).await), (1, 1));
    world.an_hour_later();
    let mark = world.mark();
    world.sync().await;
    assert_eq!(world.writes_since(mark), Vec::<String>::new(), "it is removed once");
}

#[tokio::test]
async fn a_removal_whose_answer_was_lost_is_not_sent_again() {
    let world = synced().await;
    world.put_on_hold();
    lose_a_line(&world);
    world.acumatica.faults().add(fault(FaultKind::DropAfterEffect, ("PUT", "/Subcontract"), 1));
    world.try_sync().await.unwrap_err();
    world.an_hour_later();
    let mark = world.mark();
    let report = world.sync().await;
    assert_eq!(counts(&report, "subcontracts"), "updated 1, unchanged 1");
    assert_eq!(world.sent_since(mark, "PUT").len(), 0);
    assert_eq!((lines(&subcontract(&world), "Details").len(), line_links(&world).await), (1, 1));
}

#[tokio::test]
async fn a_line_that_people_added_at_the_target_stays() {
    let world = synced().await;
    world.put_on_hold();
    let before = subcontract(&world);
    let own = lines(&before, "Details").remove(0);
    let names = ["Project", "Task", "CostCode", "InventoryID", "OrderQty", "UnitCost"];
    let kept: Record = names.into_iter().map(|name| (name, own.get(name).unwrap().clone())).collect();
    let body = format!(r#"{{"SubcontractNbr":"{}","Details":[{}]}}"#, text(&before, "SubcontractNbr"), json_text(&kept.into()));
    world.put("Subcontract?$expand=Details", &body);
    assert_eq!(lines(&subcontract(&world), "Details").len(), 3);
    lose_a_line(&world);
    world.sync().await;
    let left = lines(&subcontract(&world), "Details");
    assert_eq!(left.iter().map(|line| text(line, "LineNbr")).collect::<Vec<_>>(), ["2", "3"]);
}

#[tokio::test]
async fn a_removal_that_the_target_refuses_is_held_with_its_reason() {
    let world = synced().await;
    lose_a_line(&world);
    let report = world.sync().await;
    assert_eq!(counts(&report, "subcontracts"), "held 1");
    let reasons = of(&report, "subcontracts").held[0].reasons.join("; ");
    assert!(reasons.contains("The document cannot be changed (Details): its status is Open"), "{reasons}");
    assert_eq!(line_links(&world).await, 2);
    world.an_hour_later();
    world.put_on_hold();
    assert_eq!(counts(&world.sync().await, "subcontracts"), "updated 1", "it is offered again by itself");
}
