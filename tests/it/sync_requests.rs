//! How many requests a run makes: what was written is seen to with few, however many documents there are.

use crate::script::ok;
use crate::workshop::Workshop;
use crate::world::Setup;

#[tokio::test]
async fn subcontracts_that_were_released_are_looked_at_together() {
    let world = Setup::usual().with(|setup| setup.company.projects.truncate(1)).open();
    let mark = world.mark();
    world.sync().await;
    let made = world.since(mark).into_iter().filter(|told| told.starts_with("PUT ") && told.contains("/Subcontract?")).count();
    assert!(made > 1, "{made}");
    let looked: Vec<String> =
        world.since(mark).into_iter().filter(|told| told.starts_with("GET ") && told.contains("/Subcontract")).collect();
    let (states, rest): (Vec<String>, Vec<String>) = looked.into_iter().partition(|told| told.contains("/status/"));
    // The first release tells how long one takes; each later one is looked at once.
    assert!(states.len() < made + 4, "{states:?}");
    // One list tells what is there before; one shows how the new documents stand.
    assert_eq!(rest.len(), 2, "{rest:?}");
    assert!(rest[1].contains("%20or%20"), "{rest:?}");
    let back: Vec<String> = world.writes_since(mark).into_iter().filter(|told| told.contains("/work_order_contracts/sync")).collect();
    assert_eq!(back.len(), 1, "{back:?}");
}

const NOTES: &str = r#"{"type":"object","x-resource":{"system":"procore","name":"notes","id":"id","key":["id"],"wire":{"list":{"path":"/rest/notes"}}},
    "properties":{"id":{"type":"integer"},"text":{"type":"string"},"total":{"type":"number"}}}"#;

const MEMOS: &str = r#"{"type":"object","x-resource":{"system":"acumatica","name":"Memo","id":"id","key":["Nbr"],"wire":{"form":"M"}},
    "properties":{"id":{"type":"string","readOnly":true},"Nbr":{"type":"string"},"Total":{"type":"number","readOnly":true}}}"#;

const MAPPING: &str = "mapping: notes
title: Notes
direction: export
source: procore/notes
target: acumatica/Memo
identity: [Nbr]
fields:
  - {to: Nbr, from: $.text, row: {notes.text: [Text, Number]}}
  - {to: Total, from: $.total, row: {notes.total: [Total, Total]}}
";

#[tokio::test]
async fn a_document_that_no_action_follows_is_as_the_answer_to_its_write_shows_it_and_expectations_are_held_against_that() {
    let system = |told: &str, _: &str| match told {
        "GET /rest/notes" => ok(r#"[{"id":1,"text":"A","total":10}]"#),
        _ if told.starts_with("GET /entity/Default/24.200.001/Memo?") => ok("[]"),
        _ if told.starts_with("PUT ") => ok(r#"{"id":"g","Nbr":{"value":"A"},"Total":{"value":10.5}}"#),
        _ => panic!("{told}"),
    };
    let workshop = Workshop::new(&[("notes.json", NOTES), ("Memo.json", MEMOS)], &[("notes.yaml", MAPPING)], Box::new(system));
    let report = workshop.sync().await.unwrap();
    assert_eq!((report.mappings[0].counts.created, workshop.met("PUT ").len()), (1, 1));
    assert_eq!(workshop.met("GET /entity").len(), 1, "only the list that tells what is there: {:?}", workshop.met(""));
    let mismatch = &report.mappings[0].mismatches[0].fields[0];
    assert_eq!(
        (mismatch.field.as_str(), mismatch.old.to_string(), mismatch.new.to_string()),
        ("Total", "10.5".to_owned(), "10".to_owned())
    );
    assert!(report.is_incomplete(), "what the target computes otherwise is told");
}
