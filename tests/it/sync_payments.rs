//! Records that the target lists contract by contract and takes one by one: once each, whatever becomes of the answer.

use std::sync::{Arc, Mutex};

use crosswalk::value::Value;

use crate::script::{lost, ok, status};
use crate::workshop::Workshop;

const PAYMENTS: &str = r#"{"type":"object","x-resource":{"system":"procore","name":"contract_payments","id":"id","key":["origin_id"],
    "wire":{"list":{"path":"/rest/contract_payments","query":{"contract_id":"$contract_id"}},
        "show":{"path":"/rest/contract_payments/{id}","query":{"contract_id":"$contract_id"}},
        "create":{"method":"POST","path":"/rest/contract_payments","body":{"contract_id":"$contract_id"},"wrap":"contract_payment"},
        "update":{"method":"PATCH","path":"/rest/contract_payments/{id}","body":{"contract_id":"$contract_id"},"wrap":"contract_payment"}}},
    "properties":{"id":{"type":"integer","readOnly":true},"origin_id":{"type":"string"},"contract_id":{"type":"integer"},
        "amount":{"type":"string","x-decimal-string":true}}}"#;

const CHECKS: &str = r#"{"type":"object","x-resource":{"system":"acumatica","name":"Check","id":"id","key":["ReferenceNbr"],"wire":{"form":"AP302000"}},
    "properties":{"id":{"type":"string"},"ReferenceNbr":{"type":"string"},"Contract":{"type":"integer"},"Amount":{"type":"number"}}}"#;

const MAPPING: &str = "mapping: payments
title: Payments
direction: import
source: acumatica/Check
target: procore/contract_payments
identity: [origin_id]
fields:
  - {to: origin_id, from: $.ReferenceNbr, row: {payments.reference: [Reference, Reference]}}
  - {to: contract_id, from: $.Contract, row: {payments.contract: [Contract, Contract]}}
  - {to: amount, from: $.Amount, row: {payments.amount: [Amount, Amount]}}
";

/// What the story's Procore holds and does.
#[derive(Default)]
struct Office {
    payments: Vec<(String, Value)>,
    loses: bool,
    amount: u32,
}

fn open() -> (Workshop, Arc<Mutex<Office>>) {
    let office = Arc::new(Mutex::new(Office { amount: 5, ..Office::default() }));
    let state = office.clone();
    let system = move |told: &str, body: &str| {
        let mut office = state.lock().unwrap();
        let of = |contract: &str, office: &Office| {
            let shown = office.payments.iter().filter(|(of, _)| of == contract).map(|(_, payment)| payment.clone());
            ok(&Value::List(shown.collect()).to_string())
        };
        match told {
            "GET /rest/contract_payments?contract_id=7" => of("7", &office),
            "GET /rest/contract_payments?contract_id=8" => of("8", &office),
            "POST /rest/contract_payments" => {
                let sent = Value::from_json(body).unwrap();
                let (number, contract) = (office.payments.len() + 1, sent.at("contract_id").unwrap().plain());
                let payment = sent.at("contract_payment").unwrap();
                let (origin, amount) = (payment.at("origin_id").unwrap(), payment.at("amount").unwrap());
                assert_eq!(payment.at("contract_id"), None, "it stands beside the payment");
                let made = format!(r#"{{"id":{number},"origin_id":{origin},"amount":{amount}}}"#);
                office.payments.push((contract, Value::from_json(&made).unwrap()));
                if std::mem::take(&mut office.loses) { lost() } else { status(201, &made) }
            }
            "GET /rest/contract_payments/1?contract_id=7" => ok(&office.payments[0].1.to_string()),
            "PATCH /rest/contract_payments/1" => ok(r#"{"id":1}"#),
            _ if told.starts_with("GET /entity/") => ok(&format!(
                r#"[{{"id":"a","ReferenceNbr":{{"value":"C1"}},"Contract":{{"value":7}},"Amount":{{"value":{}}}}},
                    {{"id":"b","ReferenceNbr":{{"value":"C2"}},"Contract":{{"value":8}},"Amount":{{"value":6}}}}]"#,
                office.amount
            )),
            _ => panic!("{told}"),
        }
    };
    let workshop =
        Workshop::new(&[("contract_payments.json", PAYMENTS), ("Check.json", CHECKS)], &[("payments.yaml", MAPPING)], Box::new(system));
    (workshop, office)
}

/// Payments are made one by one in the list of their contract (BR-65).
#[tokio::test]
async fn payments_of_several_contracts_are_made_once_each() {
    let (workshop, office) = open();
    let report = workshop.sync().await.unwrap();
    assert_eq!(report.mappings[0].counts.created, 2, "{:?}", report.mappings[0].held);
    assert_eq!(office.lock().unwrap().payments[1].0, "8");
    assert_eq!(workshop.sync().await.unwrap().mappings[0].counts.unchanged, 2);
    assert_eq!(workshop.met("POST /rest").len(), 2);
}

/// And never twice (BR-65).
#[tokio::test]
async fn a_payment_whose_answer_was_lost_is_looked_up_in_the_list_of_its_contract() {
    let (workshop, office) = open();
    office.lock().unwrap().loses = true;
    workshop.sync().await.unwrap_err();
    let report = workshop.sync().await.unwrap();
    assert_eq!(report.mappings[0].counts.created, 2, "{:?}", report.mappings[0].held);
    assert_eq!((workshop.met("POST /rest").len(), office.lock().unwrap().payments.len()), (2, 2));
}

#[tokio::test]
async fn a_changed_payment_names_its_contract_too() {
    let (workshop, office) = open();
    workshop.sync().await.unwrap();
    office.lock().unwrap().amount = 9;
    let report = workshop.sync().await.unwrap();
    assert_eq!(report.mappings[0].counts.updated, 1, "{:?}", report.mappings[0].held);
    assert_eq!(workshop.sent("PATCH"), [r#"{"contract_id":7,"contract_payment":{"amount":"9"}}"#]);
}
