//! Acumatica's door: guarded `PUT`s, refusals by field, outcomes nobody knows, and actions that go on after the answer.

use crosswalk::connector::{Certainty, Connector, ErrorKind, Outgoing};
use crosswalk::schema::Schema;
use crosswalk::value::Record;

use crate::connector_acumatica::{LOGIN, bills, exception, signed_in};
use crate::script::{SECRET, Story, acumatica, lost, not_sent, ok, only_error, schema, status, with};

fn record(json: &str) -> Record {
    serde_json::from_str(json).unwrap()
}

fn one(draft: &Record) -> [Outgoing<'_>; 1] {
    [Outgoing { id: None, draft }]
}

/// A PUT makes or changes by key (BR-77).
#[tokio::test]
async fn a_put_is_guarded_asks_to_be_shown_what_was_written_and_names_lines_by_their_ids() {
    let answer = r#"{"id":"g-1","ReferenceNbr":{"value":"000123"},"Details":[{"id":"l-1"}]}"#;
    let story = Story::new([(LOGIN, signed_in("one")), ("PUT /Bill?$select=", ok(answer)), ("PUT /Bill?$select=", ok(answer))]);
    let (connector, bills) = (acumatica(&story, ""), bills(""));
    let draft = record(r#"{"Type":"Bill","Amount":10.50,"Held":1.00,"Details":[{"Project":"P1","Qty":"2.50"}]}"#);
    let written = connector.write(&bills, None, &one(&draft)).await.remove(0).unwrap();
    assert_eq!((written.id.as_str(), written.body.get()), ("g-1", answer));
    let change = record(r#"{"Details":[{"id":"l-1","Qty":3},{"id":"l-2","delete":true}]}"#);
    connector.write(&bills, None, &[Outgoing { id: Some("g-1"), draft: &change }]).await.remove(0).unwrap();
    let requests = story.requests();
    let text = |at: usize| String::from_utf8(requests[at].body.clone()).unwrap();
    let custom = r#""custom":{"CurrentDocument":{"RetainageTotal":{"type":"CustomDecimalField","value":1.00}}}"#;
    assert_eq!(
        text(1),
        format!(
            r#"{{"Type":{{"value":"Bill"}},"Amount":{{"value":10.50}},{custom},"Details":[{{"Project":{{"value":"P1"}},"Qty":{{"value":2.50}}}}]}}"#
        )
    );
    assert_eq!(text(2), r#"{"id":"g-1","Details":[{"id":"l-1","Qty":{"value":3}},{"id":"l-2","delete":true}]}"#);
    assert_eq!((requests[1].header("if-none-match"), requests[1].header("if-match")), (Some("*"), None));
    assert_eq!((requests[2].header("if-none-match"), requests[2].header("if-match")), (None, Some("*")));
    assert!(requests[1].url.ends_with("&$expand=Details&$custom=CurrentDocument.RetainageTotal"), "{}", requests[1].url);
}

#[tokio::test]
async fn every_refusal_of_a_write_says_whether_it_took_effect() {
    let story = Story::new([(LOGIN, signed_in("one"))]);
    let (connector, bills) = (acumatica(&story, ""), bills(""));
    let draft = record(r#"{"Amount":1}"#);
    let clash = exception("PX.Data.PXLockViolationException", "Another process has updated the 'Bill' record. Your changes will be lost.");
    let cases = [
        (
            status(400, r#"{"message":"The request is invalid.","modelState":{"":["The request body should not be empty."]}}"#),
            ErrorKind::Refused,
            Certainty::Refused,
            "should not be empty",
        ),
        (status(412, ""), ErrorKind::Conflict, Certainty::Refused, "no reason"),
        (clash, ErrorKind::Conflict, Certainty::AgainLater, "Another process"),
        (
            exception("PX.Data.PXSetupNotEnteredException", "Accounts Payable Preferences"),
            ErrorKind::Refused,
            Certainty::Refused,
            "preferences are not set",
        ),
        (exception("System.OutOfMemoryException", "memory"), ErrorKind::Unavailable, Certainty::Unknown, "memory"),
        (status(500, "<html><title>Runtime Error</title></html>"), ErrorKind::Unavailable, Certainty::Unknown, "Runtime Error"),
        (status(502, ""), ErrorKind::Unavailable, Certainty::Unknown, ""),
        (status(504, ""), ErrorKind::Timeout, Certainty::Unknown, ""),
        (lost(), ErrorKind::Unreachable, Certainty::Unknown, "connection reset"),
        (ok("<html>error page</html>"), ErrorKind::Nonsense, Certainty::Unknown, "error page"),
        (ok(r#"{"Amount":{"value":1}}"#), ErrorKind::Nonsense, Certainty::Unknown, "its id"),
        (status(403, r#"{"message":"no rights"}"#), ErrorKind::Forbidden, Certainty::Refused, "no rights"),
    ];
    for (answer, kind, certainty, words) in cases {
        story.then([("PUT /Bill", answer)]);
        let error = only_error(connector.write(&bills, None, &one(&draft)).await);
        assert_eq!((error.kind, error.certainty()), (kind, certainty), "{error}");
        assert!(error.to_string().contains(words), "{error}");
        story.requests();
    }
}

#[tokio::test]
async fn a_refused_document_tells_field_by_field() {
    let echo = r#"{"id":"00000000","error":"Inserting  'AP Transactions' record raised at least one error.","Details":[{"Qty":{"value":1}},{"Project":{"value":"X","error":"Project 'X  ' cannot be found in the system."}}]}"#;
    let story = Story::new([(LOGIN, signed_in("one")), ("PUT /Bill", status(422, echo))]);
    let draft = record(r#"{"Details":[{"Qty":1},{"Project":"X"}]}"#);
    let error = only_error(acumatica(&story, "").write(&bills(""), None, &one(&draft)).await);
    assert_eq!(error.get("error"), Some("Details[1].Project: Project 'X ' cannot be found in the system"));
    assert!(error.to_string().starts_with("acumatica refused `PUT /Bill`: `Details[1].Project`: Project 'X ' cannot be found"), "{error}");
}

#[tokio::test]
async fn a_put_is_sent_again_only_when_nothing_has_happened() {
    let story = Story::new([
        (LOGIN, signed_in("one")),
        ("PUT /Bill", not_sent()),
        ("PUT /Bill", status(429, "")),
        ("PUT /Bill", exception("PX.Data.PXException", "The previous operation has not been completed yet.")),
        ("PUT /Bill", status(401, "")),
        (LOGIN, signed_in("two")),
        ("PUT /Bill", ok(r#"{"id":"g"}"#)),
    ]);
    let draft = record(r#"{"Amount":1}"#);
    assert!(acumatica(&story, "").write(&bills(""), None, &one(&draft)).await.remove(0).is_ok());
    story.requests();
}

#[tokio::test]
async fn outcomes_keep_their_order_and_a_system_out_of_reach_leaves_the_rest_unsent() {
    let story = Story::new([
        (LOGIN, signed_in("one")),
        ("PUT /Bill", ok(r#"{"id":"g-1"}"#)),
        ("PUT /Bill", exception("PX.Data.PXException", "The document is out of balance")),
        ("PUT /Bill", lost()),
    ]);
    let connector = acumatica(&story, r#","concurrent":1"#);
    let drafts = [1, 2, 3, 4].map(|amount| record(&format!(r#"{{"Amount":{amount}}}"#)));
    let rows: Vec<_> = drafts.iter().map(|draft| Outgoing { id: None, draft }).collect();
    let outcomes = connector.write(&bills(""), None, &rows).await;
    let met: Vec<_> =
        outcomes.iter().map(|outcome| outcome.as_ref().map_or_else(|error| Some((error.kind, error.certainty())), |_| None)).collect();
    let expected = [
        None,
        Some((ErrorKind::Refused, Certainty::Refused)),
        Some((ErrorKind::Unreachable, Certainty::Unknown)),
        Some((ErrorKind::Unreachable, Certainty::AgainLater)),
    ];
    assert_eq!(met, expected);
    story.requests();
}

async fn act(connector: &Connector, bills: &Schema, parameters: &str) -> Result<(), crosswalk::connector::ConnectorError> {
    connector.act(bills, "g-1", "ReleaseRetainage", &record(parameters)).await
}

const ACTION: &str = "POST /entity/Default/24.200.001/Bill/ReleaseRetainage";
const POLL: &str = "GET https://erp.test/site/entity/Default/24.200.001/Bill/ReleaseRetainage/status/77";

fn accepted() -> Result<crosswalk::connector::Response, crosswalk::connector::TransportError> {
    with(status(202, ""), "location", "https://elsewhere.test/entity/Default/24.200.001/Bill/ReleaseRetainage/status/77")
}

#[tokio::test]
async fn an_action_is_done_at_once_or_followed_to_its_end_with_growing_waits() {
    let story = Story::new([
        (LOGIN, signed_in("one")),
        (ACTION, status(204, "")),
        (ACTION, accepted()),
        (POLL, status(202, "")),
        (POLL, status(202, "")),
        (POLL, status(204, "")),
    ]);
    let (connector, bills) = (acumatica(&story, ""), bills(""));
    act(&connector, &bills, r#"{"AmtToRelease":"12.50"}"#).await.unwrap();
    assert_eq!(story.seconds(), 0);
    act(&connector, &bills, "{}").await.unwrap();
    // A quarter, a half and a whole second.
    assert_eq!(story.seconds(), 1);
    let requests = story.requests();
    let text = |at: usize| String::from_utf8(requests[at].body.clone()).unwrap();
    assert_eq!(text(1), r#"{"entity":{"id":"g-1"},"parameters":{"AmtToRelease":{"value":12.50}}}"#);
    assert_eq!(text(2), r#"{"entity":{"id":"g-1"},"parameters":{}}"#);
}

#[tokio::test]
async fn an_action_that_fails_says_so_and_one_whose_end_is_not_seen_is_unknown() {
    let story = Story::new([(LOGIN, signed_in("one")), (ACTION, status(422, r#"{"error":"Retainage is released already"}"#))]);
    let (connector, bills) = (acumatica(&story, r#","action_limit_seconds":10"#), bills(""));
    let error = act(&connector, &bills, "{}").await.unwrap_err();
    assert_eq!(
        (error.kind, error.certainty(), error.message.as_str()),
        (ErrorKind::Refused, Certainty::Refused, "Retainage is released already")
    );
    story.then([(ACTION, accepted()), (POLL, status(202, "")), (POLL, exception("PX.Data.PXException", "Period is closed"))]);
    let error = act(&connector, &bills, "{}").await.unwrap_err();
    assert_eq!((error.kind, error.certainty()), (ErrorKind::Refused, Certainty::Refused));
    story.then([(ACTION, accepted())]);
    story.then([(); 6].map(|()| (POLL, status(202, ""))));
    let error = act(&connector, &bills, "{}").await.unwrap_err();
    assert_eq!(
        (error.kind, error.certainty(), error.message.as_str()),
        (ErrorKind::Timeout, Certainty::Unknown, "it was still running after 15 s")
    );
    story.then([(ACTION, accepted()), (POLL, status(404, ""))]);
    assert_eq!(act(&connector, &bills, "{}").await.unwrap_err().certainty(), Certainty::Unknown);
    story.then([(ACTION, lost())]);
    assert_eq!(act(&connector, &bills, "{}").await.unwrap_err().certainty(), Certainty::Unknown);
    story.then([(ACTION, status(202, ""))]);
    assert_eq!(act(&connector, &bills, "{}").await.unwrap_err().certainty(), Certainty::Unknown);
    story.requests();
}

#[tokio::test]
async fn a_request_to_a_form_waits_until_its_operation_has_ended() {
    let story = Story::new([
        (LOGIN, signed_in("one")),
        (ACTION, accepted()),
        (POLL, status(202, "")),
        (POLL, status(204, "")),
        ("PUT /Bill", ok(r#"{"id":"g"}"#)),
    ]);
    let (connector, bills, draft) = (acumatica(&story, ""), bills(""), record(r#"{"Amount":1}"#));
    let rows = one(&draft);
    let nothing = Record::new();
    let (done, written) = tokio::join!(connector.act(&bills, "g-1", "ReleaseRetainage", &nothing), connector.write(&bills, None, &rows));
    done.unwrap();
    written[0].as_ref().unwrap();
    story.requests();
}

#[tokio::test]
async fn no_error_of_any_kind_repeats_a_secret() {
    let story = Story::new([(LOGIN, signed_in("session-secret"))]);
    let (connector, bills, draft) = (acumatica(&story, ""), bills(""), record(r#"{"Amount":1}"#));
    let said = format!("{SECRET} and session-secret and auth-cookie {}", "x".repeat(270));
    let echo = format!(r#"{{"error":"{said}","Amount":{{"value":1,"error":"{said}"}}}}"#);
    let answers = [
        status(422, &echo),
        status(400, &format!(r#"{{"message":"{said}"}}"#)),
        exception("PX.Data.PXException", &said),
        status(500, &format!("<html>{}{said}</html>", "y ".repeat(140))),
        ok(&format!("{}{said}", "y".repeat(290))),
        with(status(302, ""), "location", &format!("https://elsewhere.test/?password={SECRET}&s=session-secret")),
        Err(crosswalk::connector::TransportError::Lost(said.clone())),
    ];
    for answer in answers {
        story.then([("PUT /Bill", answer)]);
        let error = only_error(connector.write(&bills, None, &one(&draft)).await);
        let text = format!("{error} {error:?}");
        for secret in ["pa55", "w0rd", "session-se", "auth-coo"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    story.requests();
}

/// A contract that lacks an action is older than it; the form itself has it all the same.
#[tokio::test]
async fn an_endpoint_that_is_older_than_an_action_is_asked_by_the_name_that_the_form_has_for_it() {
    let orders = schema(
        r#""system":"acumatica","name":"ChangeOrder","id":"id","key":["Nbr"],
           "wire":{"form":"PM308000","actions":{"HoldChangeOrder":{"since":"22.200.001","on_form":"Hold"}}}"#,
        r#""id":{"type":"string"},"Nbr":{"type":"string"}"#,
    );
    for (name, version, called) in
        [("Default", "20.200.001", "Hold"), ("Default", "22.200.001", "HoldChangeOrder"), ("Acme", "1", "HoldChangeOrder")]
    {
        let action = format!("POST /entity/{name}/{version}/ChangeOrder/{called}");
        let story = Story::new([(LOGIN, signed_in("one")), (action.as_str(), status(204, ""))]);
        let connector = acumatica(&story, &format!(r#","endpoint":{{"name":"{name}","version":"{version}"}}"#));
        connector.act(&orders, "g-1", "HoldChangeOrder", &record("{}")).await.unwrap();
        assert_eq!(story.requests().len(), 2);
    }
}
