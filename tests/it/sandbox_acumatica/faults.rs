//! Troubles on demand, and what tests may look at.

use std::time::Duration;

use crosswalk::sandbox::{Fault, FaultKind, Matcher, Reply};

use super::{at, json, open};

#[test]
fn a_lost_answer_leaves_the_record_behind() {
    let desk = open(|_| ());
    let fault = r#"{"on":{"method":"PUT","path":"/Project"},"kind":"drop_after_effect"}"#;
    assert_eq!(desk.call("POST", "/sandbox/faults", fault).status, 204);
    let body = r#"{"ProjectID":{"value":"1001"},"Description":{"value":"Library"}}"#;
    assert_eq!(desk.reply("PUT", "/Project", body), Reply::Drop);
    assert_eq!(at(&desk.read("/Project/1001"), "Description"), "Library");
}

#[test]
fn an_expired_token_is_a_401_and_an_early_cut_has_no_effect() {
    let mut desk = open(|_| ());
    let add = |kind| desk.instance.faults().add(Fault { on: Matcher::default(), kind, headers: [].into(), times: 1 });
    add(FaultKind::DropBefore);
    add(FaultKind::ExpireToken);
    let body = r#"{"ProjectID":{"value":"1001"},"Description":{"value":"Library"}}"#;
    assert_eq!(desk.reply("PUT", "/Project", body), Reply::Drop);
    assert!(desk.books("Project").is_empty());
    assert_eq!(desk.call("PUT", "/Project", body).status, 401);
    desk.sign_in();
    assert_eq!(desk.call("PUT", "/Project", body).status, 200);
}

#[test]
fn a_slow_answer_comes_late() {
    let desk = open(|_| ());
    desk.call("POST", "/sandbox/faults", r#"{"kind":{"slow_ms":1500}}"#);
    match desk.reply("GET", "/Vendor?$top=1", "") {
        Reply::After(time, answer) => assert_eq!((time, answer.status), (Duration::from_millis(1_500), 200)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn tests_see_the_requests_and_the_books() {
    let desk = open(|_| ());
    desk.call("GET", "/Vendor?$top=1", "");
    desk.call("GET", "/Vendor/none", "");
    let seen = desk.read("/sandbox/requests");
    assert_eq!(at(&seen, "count"), "3", "the sign-in and two reads");
    assert_eq!((at(&seen, "requests.2.status").as_str(), at(&seen, "requests.2.method").as_str()), ("500", "GET"));
    assert!(at(&seen, "requests.1.path").ends_with("/Vendor?$top=1"));
    let codes = json(&desk.call("GET", "/sandbox/records/CostCode", ""));
    assert_eq!(at(&codes, "0.CostCodeID"), "01-1000");
}
