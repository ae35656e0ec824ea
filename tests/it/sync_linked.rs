//! What links tell other mappings: the project of a linked record, the shown key of a line; and the project as Acumatica holds it.

use crosswalk::schema::System;

use crate::world::{Setup, counts, lines, of, text};

/// Subcontracts of Acumatica, seen from Procore's side of their project.
const SEEN: &str = r#"
mapping: subcontracts_seen
title: Subcontracts in their projects
direction: import
source: acumatica/Subcontract
target: procore/work_order_contracts
project: {of: subcontracts, from: [$.SubcontractNbr]}
require:
  - that: 1 > 2
    otherwise: "project ${project.procore} is `${project.erp.Description}`"
fields:
  - {to: title, from: $.Description}
"#;

/// A custom field of the project is read (BR-64).
#[tokio::test]
async fn a_record_lies_in_the_project_of_its_link_and_sees_the_project_as_acumatica_holds_it() {
    let world = Setup::usual().mapping(SEEN).open();
    let report = world.sync().await;
    let contracts = world.books("Subcontract");
    let held = &of(&report, "subcontracts_seen").held;
    assert_eq!(held.len(), contracts.len());
    for held in held {
        let contract = contracts.iter().find(|contract| text(contract, "id") == held.source_id).unwrap();
        let project = text(&lines(contract, "Details")[0], "Project");
        let name = text(&world.book("Project", ("ProjectID", &project)), "Description");
        assert!(held.reasons[0].contains(&format!("is `{name}`")), "{:?}", held.reasons);
    }
    let mark = world.mark();
    world.run(&["subcontracts_seen"], crosswalk::sync::Mode::Plan).await.unwrap();
    let reads = world.since(mark).into_iter().filter(|told| told.starts_with("GET /entity/Default/24.200.001/Project/")).count();
    assert_eq!(reads, 3, "one request for each project");
    let mark = world.mark();
    world.run(&["subcontracts"], crosswalk::sync::Mode::Plan).await.unwrap();
    assert!(!world.since(mark).iter().any(|told| told.contains("/Project/")), "who does not ask causes no request");
}

/// A line that a change order added is known by its commitment line (BR-05).
#[tokio::test]
async fn a_line_is_known_by_the_field_that_its_entry_names_and_still_matched_by_its_number() {
    let shipped = crosswalk::config::builtin_mappings().into_iter().find(|source| source.path.ends_with("subcontracts.yaml")).unwrap();
    let own = shipped.text.replace("    key: $.id\n", "    key: $.id\n    linked_as: LineDescription\n");
    let world = Setup::tiny().mapping(Box::leak(own.into_boxed_str())).open();
    world.sync().await;
    let contract = &world.books("Subcontract")[0];
    let book = world.store.read(|reading| reading.link_book(&[])).await.unwrap();
    let link = book.documents("subcontracts", None).next().unwrap();
    let source = world.rows("work_order_contracts").into_iter().find(|row| text(row, "id") == link.procore.id).unwrap();
    for line in lines(
        &world
            .in_procore("GET", &format!("/rest/v1.0/work_order_contracts/{}?project_id={}", link.procore.id, link.scope), "")
            .as_record()
            .unwrap()
            .clone(),
        "line_items",
    ) {
        let known = book.line(&link, "Details", System::Procore, &text(&line, "id")).unwrap();
        assert_eq!(known.acumatica.key.clone().unwrap_or_default(), text(&line, "description"));
        let number = known.acumatica.id.split_once('#').unwrap().1;
        let there = lines(contract, "Details").into_iter().find(|there| text(there, "LineNbr") == number).unwrap();
        assert_eq!(text(&there, "LineDescription"), text(&line, "description"));
    }
    let many = lines(contract, "Details").len();
    world.in_procore(
        "PATCH",
        &format!("/rest/v1.0/work_order_contracts/{}?project_id={}", text(&source, "id"), link.scope),
        r#"{"work_order_contract":{"title":"Another title"}}"#,
    );
    world.an_hour_later();
    let report = world.sync().await;
    assert_eq!(counts(&report, "subcontracts"), "updated 1", "{:?}", of(&report, "subcontracts").held);
    let contract = &world.books("Subcontract")[0];
    assert_eq!((text(contract, "Description"), lines(contract, "Details").len()), ("Another title".to_owned(), many));
    let again = world.store.read(|reading| reading.link_book(&[])).await.unwrap();
    let keys =
        |book: &crosswalk::store::LinkBook| book.documents("subcontracts", None).map(|link| link.acumatica.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&again), keys(&book));
}
