//! Records that an action of another document makes: retainage that is released once, whatever becomes of the answer.

use std::sync::{Arc, Mutex};

use crosswalk::sync::Report;
use crosswalk::value::Value;

use crate::script::{lost, ok, status};
use crate::workshop::Workshop;

const RELEASES: &str = r#"{"type":"object","x-resource":{"system":"procore","name":"releases","id":"id","key":["id"],
    "wire":{"list":{"path":"/rest/releases"}}},
    "properties":{"id":{"type":"integer"},"bill":{"type":"string"},"amount":{"type":"string","x-decimal-string":true}}}"#;

const RELEASE: &str = r#"{"type":"object","x-resource":{"system":"acumatica","name":"RetainageRelease","id":"id","key":["Type","ReferenceNbr"],
    "wire":{"form":"AP301000","entity":"Bill","filter":"OrigRefNbr ne null","made_by":{"entity":"Bill","action":"ReleaseRetainage",
        "key":{"Type":"Bill","ReferenceNbr":"$OrigRefNbr"},"parameters":{"AmtToRelease":"$Amount","PostPeriod":"$Period"}}}},
    "properties":{"id":{"type":"string","readOnly":true},"Type":{"type":"string"},"ReferenceNbr":{"type":"string"},
        "OrigRefNbr":{"type":"string"},"Amount":{"type":"number"},"Period":{"type":"string"},"Status":{"type":"string","readOnly":true}}}"#;

const MAPPING: &str = "mapping: releases
title: Retainage
direction: export
source: procore/releases
target: acumatica/RetainageRelease
identity: [OrigRefNbr, Amount]
fields:
  - {to: OrigRefNbr, from: $.bill, row: {releases.bill: [Bill, Bill]}}
  - {to: Amount, from: $.amount, row: {releases.amount: [Amount, Amount]}}
";

/// What the story's Acumatica holds and does.
#[derive(Default)]
struct Erp {
    /// The bills that release retainage.
    released: Vec<Value>,
    /// The answer to the next action is lost.
    loses: bool,
    /// Lists do not show what was released, so many times.
    hides: usize,
}

fn open() -> (Workshop, Arc<Mutex<Erp>>) {
    open_with(RELEASE, MAPPING)
}

fn open_with(schema: &str, mapping: &str) -> (Workshop, Arc<Mutex<Erp>>) {
    let erp = Arc::new(Mutex::new(Erp::default()));
    let state = erp.clone();
    let system = move |told: &str, body: &str| {
        let mut erp = state.lock().unwrap();
        match told {
            "GET /rest/releases" => ok(r#"[{"id":1,"bill":"000123","amount":"50.00"},{"id":2,"bill":"000123","amount":"60.00"}]"#),
            _ if told.starts_with("POST /entity/Default/24.200.001/Bill/ReleaseRetainage") => {
                let sent = Value::from_json(body).unwrap();
                let (bill, amount) = (sent.at("entity.ReferenceNbr").unwrap(), sent.at("parameters.AmtToRelease").unwrap());
                let number = erp.released.len() + 1;
                let made = format!(
                    r#"{{"id":"0000000{number}-0000-0000-0000-000000000000","Type":{{"value":"Bill"}},"ReferenceNbr":{{"value":"R{number}"}},"OrigRefNbr":{bill},"Amount":{amount},"Status":{{"value":"Balanced"}}}}"#
                );
                erp.released.push(Value::from_json(&made).unwrap());
                if std::mem::take(&mut erp.loses) { lost() } else { status(204, "") }
            }
            _ if told.starts_with("GET /entity/Default/24.200.001/Bill?") => {
                let shown = if erp.hides > 0 { Vec::new() } else { erp.released.clone() };
                erp.hides = erp.hides.saturating_sub(1);
                ok(&Value::List(shown).to_string())
            }
            _ if told.starts_with("GET /entity/Default/24.200.001/Bill/") => {
                let bill = erp.released.iter().find(|bill| told.contains(bill.as_record().unwrap().text("id").unwrap()));
                ok(&bill.unwrap().to_string())
            }
            _ if told.starts_with("PUT /entity/Default/24.200.001/Bill") => ok(body),
            _ => panic!("{told}"),
        }
    };
    let workshop =
        Workshop::new(&[("releases.json", RELEASES), ("RetainageRelease.json", schema)], &[("releases.yaml", mapping)], Box::new(system));
    (workshop, erp)
}

fn told(report: &Report) -> String {
    let counts = report.mappings[0].counts;
    format!("created {}, updated {}, unchanged {}, held {}", counts.created, counts.updated, counts.unchanged, counts.held)
}

/// The actions that were run.
fn actions(workshop: &Workshop) -> usize {
    workshop.met("/ReleaseRetainage").len()
}

#[tokio::test]
async fn an_action_makes_each_record_once_with_its_parameters_and_what_came_of_it_is_linked() {
    let (workshop, erp) = open();
    let report = workshop.sync().await.unwrap();
    assert_eq!(told(&report), "created 2, updated 0, unchanged 0, held 0");
    assert_eq!(erp.lock().unwrap().released[1].at("Amount.value").unwrap().to_string(), "60.00");
    let links = workshop.store.read(|reading| reading.link_book(&[])).await.unwrap();
    let keys: Vec<String> = links.documents("releases", None).map(|link| link.acumatica.key.unwrap()).collect();
    assert_eq!(keys, ["Bill/R1", "Bill/R2"]);
    assert_eq!(told(&workshop.sync().await.unwrap()), "created 0, updated 0, unchanged 2, held 0");
    assert_eq!((actions(&workshop), workshop.met("PUT").len()), (2, 0));
}

#[tokio::test]
async fn an_action_whose_answer_was_lost_releases_nothing_twice() {
    let (workshop, erp) = open();
    erp.lock().unwrap().loses = true;
    let failure = workshop.sync().await.unwrap_err().to_string();
    assert!(failure.contains("unknown"), "{failure}");
    assert_eq!(told(&workshop.sync().await.unwrap()), "created 2, updated 0, unchanged 1, held 0");
    assert_eq!((actions(&workshop), erp.lock().unwrap().released.len()), (2, 2));
}

#[tokio::test]
async fn what_an_action_made_may_take_a_while_to_show() {
    let (workshop, erp) = open();
    {
        let mut erp = erp.lock().unwrap();
        (erp.loses, erp.hides) = (true, 1);
    }
    workshop.sync().await.unwrap_err();
    erp.lock().unwrap().hides = 1;
    let report = workshop.sync().await.unwrap();
    assert_eq!(told(&report), "created 2, updated 0, unchanged 1, held 0", "the second look finds it");
    assert_eq!(actions(&workshop), 2);
}

#[tokio::test]
async fn what_an_action_made_and_nobody_finds_is_held_and_not_made_again() {
    let (workshop, erp) = open();
    erp.lock().unwrap().hides = 1_000;
    let report = workshop.sync().await.unwrap();
    assert_eq!(told(&report), "created 0, updated 0, unchanged 0, held 2");
    assert!(report.mappings[0].held[0].reasons[0].contains("its action is done"), "{:?}", report.mappings[0].held);
    workshop.sync().await.unwrap();
    assert_eq!(actions(&workshop), 2, "it is looked for, and not made again");
    erp.lock().unwrap().hides = 0;
    assert_eq!(told(&workshop.sync().await.unwrap()), "created 2, updated 0, unchanged 2, held 0");
    assert_eq!((actions(&workshop), erp.lock().unwrap().released.len()), (2, 2));
}

#[tokio::test]
async fn what_an_action_leaves_out_is_put_into_what_it_made() {
    let schema = RELEASE.replace(r#""PostPeriod":"$Period"}"#, r#""PostPeriod":"$Period"},"then_put":true"#);
    let mapping = format!("{MAPPING}  - {{to: Period, value: '032026', row: {{releases.period: [Period, Period]}}}}\n");
    let (workshop, _) = open_with(&schema, &mapping);
    assert_eq!(told(&workshop.sync().await.unwrap()), "created 2, updated 0, unchanged 0, held 0");
    assert!(workshop.sent("POST /entity")[0].contains(r#""PostPeriod":{"value":"032026"}"#), "{:?}", workshop.sent("POST /entity"));
    let puts = workshop.sent("PUT ");
    assert_eq!(puts[0], r#"{"id":"00000001-0000-0000-0000-000000000000","Period":{"value":"032026"}}"#);
    assert_eq!((actions(&workshop), puts.len()), (2, 2));
}
