//! Records that stand on links: offered, or mapped otherwise, once a link comes, however long ago they were read.

use std::sync::{Arc, Mutex};

use crate::script::ok;
use crate::workshop::Workshop;

const PEOPLE: &str = r#"{"type":"object","x-resource":{"system":"procore","name":"people","id":"id","key":["id"],"wire":{"list":{"path":"/rest/people"}}},
    "properties":{"id":{"type":"integer"},"name":{"type":"string"}}}"#;

const NOTES: &str = r#"{"type":"object","x-resource":{"system":"procore","name":"notes","id":"id","key":["id"],"modified":"updated_at",
    "wire":{"list":{"path":"/rest/notes"}}},
    "properties":{"id":{"type":"integer"},"updated_at":{"type":"string","format":"date-time"},"person":{"type":"integer"},"text":{"type":"string"}}}"#;

const VENDOR: &str = r#"{"type":"object","x-resource":{"system":"acumatica","name":"Vendor","id":"id","key":["Nbr"],"wire":{"form":"V"}},
    "properties":{"id":{"type":"string","readOnly":true},"Nbr":{"type":"string"}}}"#;

const MEMO: &str = r#"{"type":"object","x-resource":{"system":"acumatica","name":"Memo","id":"id","key":["Nbr"],"wire":{"form":"M"}},
    "properties":{"id":{"type":"string","readOnly":true},"Nbr":{"type":"string"},"Person":{"type":"string"}}}"#;

const MAP_PEOPLE: &str = "mapping: people
title: People
direction: export
source: procore/people
target: acumatica/Vendor
identity: [Nbr]
fields:
  - {to: Nbr, from: $.name, row: {people.name: [Name, Number]}}
";

const MAP_NOTES: &str = "mapping: notes
title: Notes
direction: export
source: procore/notes
target: acumatica/Memo
identity: [Nbr]
when: linked(\"people\", source.person) != ()
fields:
  - {to: Nbr, from: $.text, row: {notes.text: [Text, Number]}}
  - {to: Person, expr: 'linked(\"people\", source.person)', row: {notes.person: [Person, Person]}}
";

#[tokio::test]
async fn a_record_that_waits_for_a_link_without_being_held_is_asked_again_when_the_link_comes() {
    let people = Arc::new(Mutex::new("[]"));
    let there = people.clone();
    let system = move |told: &str, body: &str| match told {
        "GET /rest/people" => ok(*there.lock().unwrap()),
        "GET /rest/notes" => ok(r#"[{"id":9,"person":1,"text":"N","updated_at":"2026-01-01T00:00:00Z"}]"#),
        _ if told.starts_with("GET /rest/notes?filters") => ok("[]"),
        _ if told.starts_with("GET /entity/") => ok("[]"),
        _ if told.contains("/Vendor") => ok(&body.replacen('{', r#"{"id":"v","#, 1)),
        _ if told.contains("/Memo") => ok(&body.replacen('{', r#"{"id":"m","#, 1)),
        _ => panic!("{told}"),
    };
    let schemas = [("people.json", PEOPLE), ("notes.json", NOTES), ("Vendor.json", VENDOR), ("Memo.json", MEMO)];
    let workshop = Workshop::new(&schemas, &[("people.yaml", MAP_PEOPLE), ("notes.yaml", MAP_NOTES)], Box::new(system));
    for _ in 0..2 {
        let report = workshop.sync().await.unwrap();
        assert_eq!(report.sums()["created"], 0);
    }
    assert_eq!(workshop.met("GET /rest/notes?filters").len(), 1, "nothing is linked that was not before: only what changed is read");
    *people.lock().unwrap() = r#"[{"id":1,"name":"ANNA"}]"#;
    assert_eq!(workshop.sync().await.unwrap().sums()["created"], 2);
    assert!(workshop.sent("PUT")[1].contains("ANNA"), "{:?}", workshop.sent("PUT"));
    workshop.sync().await.unwrap();
    assert_eq!(workshop.met("GET /rest/notes?filters").len(), 2, "nothing is missed any more");
}
