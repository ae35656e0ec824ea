//! Whether linked records are as they were left: who has probably moved what, and what a run would do about it.

use crosswalk::sync::{DriftKind, Who, WouldDo};

use crate::world::{Setup, World, counts, text, told};

async fn synced() -> World {
    let world = Setup::small().open();
    for _ in 0..3 {
        world.sync().await;
        world.an_hour_later();
    }
    assert_eq!(told(&world.drift(&[]).await), Vec::<String>::new());
    world
}

#[tokio::test]
async fn an_edit_at_the_target_is_told_with_what_was_left_what_is_there_and_what_the_source_says() {
    let world = synced().await;
    let sent = text(&world.books("Subcontract")[0], "Description");
    world.edit_subcontract("Description", "As accounting says");
    let report = world.drift(&[]).await;
    let number = text(&world.rows("work_order_contracts")[0], "number");
    let expected =
        format!("subcontracts {number}: changed by target, apply nothing; Description {sent} -> As accounting says wants {sent} (target)");
    assert_eq!(told(&report), [expected]);
    let drift = report.mappings.iter().flat_map(|mapping| &mapping.drifts).next().unwrap();
    assert_eq!(drift.fields[0].rows, ["commitments.title"]);
    assert_eq!(drift.project, "1001");
    let changed: jiff::Timestamp = drift.target_changed.as_deref().unwrap().parse().unwrap();
    assert_eq!(changed, world.clock_now(), "when it was changed there is told");
    assert!(drift.agreed.parse::<jiff::Timestamp>().unwrap() < changed);
    // What is told is what a run does.
    assert_eq!(counts(&world.sync().await, "subcontracts"), "unchanged 1");
    assert_eq!(told(&world.drift(&["subcontracts"]).await).len(), 1, "it is told until somebody settles it");
    world.edit_subcontract("Description", &sent);
    assert_eq!(told(&world.drift(&["subcontracts"]).await), Vec::<String>::new());
}

#[tokio::test]
async fn a_source_that_moved_on_would_update_and_both_together_are_a_conflict() {
    let world = synced().await;
    let sent = text(&world.books("Subcontract")[0], "Description");
    world.retitle("As the site says");
    let number = text(&world.rows("work_order_contracts")[0], "number");
    let moved =
        format!("subcontracts {number}: changed by source, apply update; Description {sent} -> {sent} wants As the site says (source)");
    assert_eq!(told(&world.drift(&[]).await), [moved]);
    world.edit_subcontract("Description", "As accounting says");
    let both = format!(
        "subcontracts {number}: changed by both, apply conflict; Description {sent} -> As accounting says wants As the site says (both)"
    );
    let report = world.drift(&[]).await;
    assert_eq!(told(&report), [both]);
    let drift = report.mappings.iter().flat_map(|mapping| &mapping.drifts).next().unwrap();
    assert!(drift.reasons[0].starts_with("`Description` was changed at acumatica since it was sent"), "{:?}", drift.reasons);
    assert_eq!(counts(&world.sync().await, "subcontracts"), "held 1", "as it was told");
    world.edit_subcontract("Description", "As the site says");
    world.an_hour_later();
    assert_eq!(told(&world.drift(&[]).await), Vec::<String>::new(), "both say the same by now");
}

#[tokio::test]
async fn an_imported_record_that_somebody_edited_is_told_as_well() {
    let world = synced().await;
    let vendor = world.row("vendors", ("origin_code", "V000003"));
    let before = text(&vendor, "city");
    world.change_in_procore("vendors", &text(&vendor, "id"), r#"{"city":"Elsewhere"}"#);
    let report = told(&world.drift(&["companies"]).await);
    assert_eq!(report.len(), 1, "{report:?}");
    let part = format!("changed by target, apply nothing; city {before} -> Elsewhere wants {before} (target)");
    assert!(report[0].ends_with(&part), "{report:?}");
}

#[tokio::test]
async fn a_record_that_is_gone_on_one_side_is_told_with_the_side() {
    let world = Setup::small().with(|setup| setup.costs = 0).open();
    world.sync().await;
    world.an_hour_later();
    let vendor = world.row("vendors", ("origin_code", "V000003"));
    world.remove_in_procore("vendors", &text(&vendor, "id"));
    let contract = world.rows("work_order_contracts").remove(0);
    world.remove_in_procore("work_order_contracts", &text(&contract, "id"));
    let unused = world.book("Vendor", ("VendorID", "V000004"));
    world.in_acumatica("DELETE", &format!("/Vendor/{}", text(&unused, "id")), "");
    let report = world.drift(&[]).await;
    let gone = |mapping: &str| {
        let of = report.mappings.iter().find(|report| report.mapping == mapping).unwrap();
        of.drifts.iter().map(|drift| (drift.kind, drift.target_key.clone(), drift.apply)).collect::<Vec<_>>()
    };
    let lost = world.row("vendors", ("origin_code", "V000004"));
    let expected = [
        (DriftKind::GoneFromTarget, text(&vendor, "origin_id"), WouldDo::Nothing),
        (DriftKind::GoneFromSource, text(&lost, "origin_id"), WouldDo::Nothing),
    ];
    assert_eq!(gone("companies"), expected);
    let subcontract = text(&world.books("Subcontract")[0], "SubcontractNbr");
    assert_eq!(gone("subcontracts"), [(DriftKind::GoneFromSource, subcontract, WouldDo::Nothing)]);
    assert_eq!(gone("projects"), []);
}

#[tokio::test]
async fn a_target_that_is_gone_while_its_source_moved_on_would_be_held() {
    let world = synced().await;
    let vendor = world.row("vendors", ("origin_code", "V000003"));
    world.remove_in_procore("vendors", &text(&vendor, "id"));
    world.put("Vendor", r#"{"VendorID":"V000003","VendorName":"Another name"}"#);
    let report = world.drift(&["companies"]).await;
    let drift = &report.mappings[0].drifts[0];
    assert_eq!((drift.kind, drift.apply), (DriftKind::GoneFromTarget, WouldDo::Hold));
    assert!(drift.reasons[0].contains("is gone from procore; remove the link, or bring the record back"), "{:?}", drift.reasons);
}

#[tokio::test]
async fn a_code_that_was_renamed_is_told_once_and_what_only_follows_is_not() {
    let world = synced().await;
    world.acumatica.accountants().rename_vendor("V000003", "V000333");
    world.acumatica.accountants().rename_project("1001", "1999");
    let report = world.drift(&["companies", "projects", "subcontracts"]).await;
    let renamed: Vec<(String, DriftKind, Vec<String>)> = report
        .mappings
        .iter()
        .flat_map(|mapping| mapping.drifts.iter().map(|drift| (mapping.mapping.clone(), drift.kind, drift.others.clone())))
        .filter(|(_, kind, _)| *kind == DriftKind::Renamed)
        .collect();
    let expected = [("projects", "1001 -> 1999"), ("companies", "V000003 -> V000333")];
    let expected = expected.map(|(mapping, names)| (mapping.to_owned(), DriftKind::Renamed, vec![names.to_owned()]));
    assert_eq!(renamed, expected, "{:?}", told(&report));
    let others: Vec<String> = told(&report).into_iter().filter(|line| !line.contains("renamed by")).collect();
    assert!(
        others.len() == 1 && others[0].contains("origin_code V000003 -> V000003 wants V000333"),
        "only Procore has to learn it: {others:?}"
    );
    world.sync().await;
    world.an_hour_later();
    assert_eq!(told(&world.drift(&["companies", "projects", "subcontracts"]).await), Vec::<String>::new(), "links have learnt it");
}

#[tokio::test]
async fn another_record_that_bears_the_same_identity_is_told_as_a_duplicate() {
    let world = synced().await;
    let twin = world.books("Subcontract").remove(0);
    let (vendor, reference) = (text(&twin, "VendorID"), text(&twin, "VendorRef"));
    let body = format!(r#"{{"SubcontractNbr":"TWIN-1","VendorID":"{vendor}","VendorRef":"{reference}","Project":"1001"}}"#);
    world.put("Subcontract", &body);
    let report = world.drift(&[]).await;
    let drift = report.mappings.iter().flat_map(|mapping| &mapping.drifts).next().unwrap();
    assert_eq!((drift.kind, drift.who), (DriftKind::Duplicate, Who::Target), "{:?}", told(&report));
    assert!(drift.others.len() == 1 && drift.others[0].starts_with("TWIN-1 ("), "{:?}", drift.others);
    assert_eq!(told(&report).len(), 1);
}

#[tokio::test]
async fn a_setting_that_changed_is_not_taken_for_the_source() {
    let mut world = synced().await;
    world.choose(r#"{"commitments": {"date": "contract_date"}}"#);
    let report = world.drift(&["subcontracts"]).await;
    let drift = &report.mappings[0].drifts[0];
    assert_eq!((drift.who, drift.apply), (Who::Rules, WouldDo::Update), "{:?}", told(&report));
    assert!(drift.fields.iter().all(|field| field.who == Who::Rules));
}

#[tokio::test]
async fn a_project_that_can_be_read_no_more_is_a_note_and_the_others_are_compared() {
    let world = Setup::usual().open();
    world.sync().await;
    world.an_hour_later();
    let project = text(&world.row("projects", ("project_number", "1002")), "id");
    let shut = crate::script::status(403, r#"{"errors":"You do not have permission"}"#);
    world.wire.instead(&format!("work_order_contracts?project_id={project}"), shut, 9);
    let report = world.drift(&["subcontracts"]).await;
    let subcontracts = &report.mappings[0];
    assert!(subcontracts.notes.len() == 1 && subcontracts.notes[0].contains(&project), "{:?}", told(&report));
    assert!(subcontracts.links > 0 && subcontracts.drifts.is_empty(), "{:?}", told(&report));
    assert!(!report.is_nothing());
}

#[tokio::test]
async fn a_mapping_that_is_not_there_is_told_with_the_one_that_may_be_meant() {
    let world = Setup::tiny().open();
    let doors = world.doors();
    let failure = world.engine(&doors, "office").await.drift(&["subcontract".to_owned()]).await.unwrap_err();
    assert_eq!(failure.to_string(), "there is no mapping named `subcontract`; did you mean `subcontracts`?");
}
