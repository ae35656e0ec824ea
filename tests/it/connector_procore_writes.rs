//! Procore's door: creates, changes, bulk writes row by row, and the sequence that locks a direct cost.

use crosswalk::connector::{Certainty, ErrorKind, Key, Outgoing, Secret, Select};
use crosswalk::schema::Schema;

use crate::connector_procore::{TOKEN, contracts, project, record, token, vendors};
use crate::script::{Story, lost, not_sent, ok, only_error, procore, schema, status, with};

fn direct_costs() -> Schema {
    schema(
        r#""system":"procore","name":"direct_costs","scope":"project","id":"id","key":["origin_id"],"wire":{
            "sync":{"path":"/rest/v1.0/projects/{project_id}/direct_costs/sync","lock":"origin_id","echo":["origin_data"],
                "rename":{"line_items.cost_code.id":"line_items.cost_code_id"},
                "lines":{"field":"line_items","path":"/rest/v1.0/projects/{project_id}/direct_costs/line_items/sync","parent":"direct_cost_id"}},
            "create":{"method":"POST","path":"/rest/v1.1/projects/{project_id}/direct_costs","wrap":"direct_cost","when":{"direct_cost_type":["subcontractor_invoice"]}}}"#,
        r#""id":{"type":"integer"},"origin_id":{"type":"string"},"origin_data":{"type":"string"},"direct_cost_type":{"type":"string"},"vendor_id":{"type":"integer"},
           "line_items":{"type":"array","items":{"properties":{"id":{"type":"integer"},"origin_id":{"type":"string"},"amount":{"type":"number"},
               "cost_code":{"type":"object","properties":{"id":{"type":"integer"}}}}}}"#,
    )
}

#[tokio::test]
async fn a_create_is_sent_again_only_when_nothing_has_happened() {
    let created = status(201, r#"{"id":31,"total":"250.50"}"#);
    let story = Story::new([
        (TOKEN, token("tok")),
        ("POST /contracts?project_id=5", not_sent()),
        ("POST /contracts", with(status(429, ""), "retry-after", "1")),
        ("POST /contracts", created),
    ]);
    let (connector, contracts, project) = (procore(&story, ""), contracts(), project());
    let draft = record(r#"{"total":250.50,"line_items":[{"amount":1.10}]}"#);
    let rows = [Outgoing { id: None, draft: &draft }];
    let written = connector.write(&contracts, Some(&project), &rows).await.remove(0).unwrap();
    assert_eq!((written.id.as_str(), written.body.get()), ("31", r#"{"id":31,"total":"250.50"}"#));
    assert_eq!(story.last_body(), r#"{"contract":{"total":"250.50","line_items":[{"amount":"1.10"}]}}"#);
    for (answer, kind) in [
        (lost(), ErrorKind::Unreachable),
        (status(500, ""), ErrorKind::Unavailable),
        (status(504, ""), ErrorKind::Timeout),
        (ok("<html>"), ErrorKind::Nonsense),
    ] {
        story.then([("POST /contracts", answer)]);
        let error = only_error(connector.write(&contracts, Some(&project), &rows).await);
        assert_eq!((error.kind, error.certainty()), (kind, Certainty::Unknown), "{error}");
    }
    story.then([("POST /contracts", status(422, r#"{"errors":{"number":["has already been taken"]}}"#))]);
    let error = only_error(connector.write(&contracts, Some(&project), &rows).await);
    assert_eq!(
        (error.kind, error.certainty(), error.get("error")),
        (ErrorKind::Refused, Certainty::Refused, Some("`number`: has already been taken"))
    );
    story.requests();
}

#[tokio::test]
async fn a_change_by_id_may_be_sent_again_and_may_be_answered_with_nothing() {
    let story = Story::new([(TOKEN, token("tok")), ("PATCH /contracts/31", lost()), ("PATCH /contracts/31", status(204, ""))]);
    let (connector, contracts, project) = (procore(&story, ""), contracts(), project());
    let draft = record(r#"{"origin_id":"sc:1"}"#);
    let written = connector.write(&contracts, Some(&project), &[Outgoing { id: Some("31"), draft: &draft }]).await.remove(0).unwrap();
    assert_eq!((written.id.as_str(), written.body.get()), ("31", r#"{"id":31}"#));
    assert_eq!(story.last_body(), r#"{"project_id":5,"contract":{"origin_id":"sc:1"}}"#);
}

/// At most 1,000 rows to a call, always 200, each row for itself (BR-79).
#[tokio::test]
async fn bulk_rows_are_cut_into_calls_and_each_finds_its_own_fate() {
    let story = Story::new([
        (TOKEN, token("tok")),
        (
            "PATCH /vendors/sync",
            ok(r#"{"entities":[{"id":12,"origin_id":"b"}],"errors":[{"origin_id":"a","name":"","errors":{"name":["can't be blank"]}}]}"#),
        ),
        ("PATCH /vendors/sync", ok(r#"{"entities":[{"id":14,"origin_id":null,"code":"007"},{"id":13,"origin_id":"c"}],"errors":[]}"#)),
        ("PATCH /vendors/sync", ok(r#"{"entities":[{"id":99,"origin_id":"z"},{"id":98}],"errors":[]}"#)),
    ]);
    let (connector, vendors) = (procore(&story, ""), vendors());
    let drafts = [
        r#"{"origin_id":"a"}"#,
        r#"{"origin_id":"b"}"#,
        r#"{"name":"C"}"#,
        r#"{"name":"D","code":"007"}"#,
        r#"{"origin_id":"e"}"#,
        r#"{"name":"F"}"#,
    ]
    .map(record);
    let ids = [None, None, Some("13"), None, None, None];
    let rows: Vec<_> = drafts.iter().zip(ids).map(|(draft, id)| Outgoing { id, draft }).collect();
    let fates = connector.write(&vendors, None, &rows).await;
    let refused = fates[0].as_ref().unwrap_err();
    assert_eq!(
        (refused.kind, refused.certainty(), refused.message.as_str()),
        (ErrorKind::Refused, Certainty::Refused, "`name`: can't be blank")
    );
    let ids: Vec<_> = fates[1..4].iter().map(|fate| fate.as_ref().unwrap().id.as_str()).collect();
    assert_eq!(ids, ["12", "13", "14"]);
    // Not mentioned: an upsert may be sent again, a row without a mark may exist by now.
    let certainties: Vec<_> = fates[4..].iter().map(|fate| fate.as_ref().unwrap_err().certainty()).collect();
    assert_eq!(certainties, [Certainty::AgainLater, Certainty::Unknown]);
    let requests = story.requests();
    assert_eq!(String::from_utf8_lossy(&requests[1].body), r#"{"company_id":77,"updates":[{"origin_id":"a"},{"origin_id":"b"}]}"#);
    assert_eq!(
        String::from_utf8_lossy(&requests[2].body),
        r#"{"company_id":77,"updates":[{"id":13,"name":"C"},{"name":"D","csv_import_code":"007"}]}"#
    );
}

/// Upserts by origin id may be sent twice (BR-79).
#[tokio::test]
async fn a_lost_bulk_answer_is_repeated_for_upserts_and_unknown_otherwise() {
    let story = Story::new([
        (TOKEN, token("tok")),
        ("PATCH /vendors/sync", lost()),
        ("PATCH /vendors/sync", ok(r#"{"entities":[{"id":1,"origin_id":"a"}],"errors":[]}"#)),
    ]);
    let (connector, vendors) = (procore(&story, ""), vendors());
    let (upsert, blind) = (record(r#"{"origin_id":"a"}"#), record(r#"{"name":"A"}"#));
    let written = connector.write(&vendors, None, &[Outgoing { id: None, draft: &upsert }]).await;
    assert_eq!(written[0].as_ref().unwrap().id, "1");
    story.then([("PATCH /vendors/sync", lost())]);
    let error = only_error(connector.write(&vendors, None, &[Outgoing { id: None, draft: &blind }]).await);
    assert_eq!((error.kind, error.certainty()), (ErrorKind::Unreachable, Certainty::Unknown));
    story.then([
        ("PATCH /vendors/sync", lost()),
        ("PATCH /vendors/sync", lost()),
        ("PATCH /vendors/sync", lost()),
        ("PATCH /vendors/sync", lost()),
        ("PATCH /vendors/sync", lost()),
    ]);
    let error = only_error(connector.write(&vendors, None, &[Outgoing { id: None, draft: &upsert }]).await);
    assert_eq!((error.kind, error.certainty()), (ErrorKind::Unreachable, Certainty::AgainLater));
    story.requests();
}

#[tokio::test]
async fn a_trouble_that_all_calls_would_meet_leaves_the_rest_unsent_and_a_refused_call_does_not() {
    let story =
        Story::new([(TOKEN, token("tok")), ("PATCH /vendors/sync", status(403, r#"{"message":"App is not connected to this company"}"#))]);
    let (connector, vendors) = (procore(&story, ""), vendors());
    let drafts = ["a", "b", "c"].map(|origin| record(&format!(r#"{{"origin_id":"{origin}"}}"#)));
    let rows: Vec<_> = drafts.iter().map(|draft| Outgoing { id: None, draft }).collect();
    let fates = connector.write(&vendors, None, &rows).await;
    let third = fates[2].as_ref().unwrap_err();
    assert_eq!((third.kind, third.certainty()), (ErrorKind::Forbidden, Certainty::AgainLater));
    assert!(third.message.starts_with("not sent"), "{third}");
    story.then([
        ("PATCH /vendors/sync", status(406, r#"{"errors":"no such field"}"#)),
        ("PATCH /vendors/sync", ok(r#"{"entities":[{"id":3,"origin_id":"c"}]}"#)),
    ]);
    let fates = connector.write(&vendors, None, &rows).await;
    assert_eq!(fates.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, false, true]);
    story.requests();
}

#[tokio::test]
async fn a_call_that_is_too_large_is_halved() {
    let story = Story::new([
        (TOKEN, token("tok")),
        ("PATCH /vendors/sync", status(413, "")),
        ("PATCH /vendors/sync", ok(r#"{"entities":[{"id":1,"origin_id":"a"}]}"#)),
        ("PATCH /vendors/sync", status(413, "")),
    ]);
    let (connector, vendors) = (procore(&story, ""), vendors());
    let drafts = ["a", "b"].map(|origin| record(&format!(r#"{{"origin_id":"{origin}"}}"#)));
    let rows: Vec<_> = drafts.iter().map(|draft| Outgoing { id: None, draft }).collect();
    let fates = connector.write(&vendors, None, &rows).await;
    assert_eq!(fates[0].as_ref().unwrap().id, "1");
    assert_eq!(fates[1].as_ref().unwrap_err().kind, ErrorKind::TooLarge);
    story.requests();
}

const HEADERS: &str = "PATCH /projects/5/direct_costs/sync";
const LINES: &str = "PATCH /projects/5/direct_costs/line_items/sync";

/// The origin id locks, and is written last (BR-07).
#[tokio::test]
async fn a_direct_cost_gets_header_then_lines_then_its_lock() {
    let story = Story::new([
        (TOKEN, token("tok")),
        (
            HEADERS,
            ok(
                r#"{"entities":[{"id":2,"origin_data":"tran:2","origin_id":null},{"id":1,"origin_data":"tran:1","origin_id":null}],"errors":[]}"#,
            ),
        ),
        (
            LINES,
            ok(
                r#"{"entities":[{"id":21,"origin_id":"l:2","amount":"2.00"}],"errors":[{"origin_id":"l:1","errors":{"wbs_code_id":["is closed"]}}]}"#,
            ),
        ),
        (HEADERS, ok(r#"{"entities":[{"id":2,"origin_data":"tran:2","origin_id":"tran:2"}],"errors":[]}"#)),
    ]);
    let (connector, costs, project) = (procore(&story, ""), direct_costs(), project());
    let drafts = [1, 2].map(|at| record(&format!(r#"{{"origin_id":"tran:{at}","origin_data":"tran:{at}","vendor_id":"7","line_items":[{{"origin_id":"l:{at}","amount":{at}.00,"cost_code":{{"id":"40"}}}}]}}"#)));
    let rows: Vec<_> = drafts.iter().map(|draft| Outgoing { id: None, draft }).collect();
    let fates = connector.write(&costs, Some(&project), &rows).await;
    let refused = fates[0].as_ref().unwrap_err();
    assert_eq!(
        (refused.kind, refused.left_behind(), refused.message.as_str()),
        (ErrorKind::Refused, Some("1"), "`wbs_code_id`: is closed")
    );
    let written = fates[1].as_ref().unwrap();
    assert_eq!(
        written.body.get(),
        r#"{"id":2,"origin_data":"tran:2","origin_id":"tran:2","line_items":[{"id":21,"origin_id":"l:2","amount":"2.00"}]}"#
    );
    let bodies: Vec<_> = story.requests().into_iter().skip(1).map(|request| String::from_utf8(request.body).unwrap()).collect();
    assert_eq!(bodies[0], r#"{"updates":[{"origin_data":"tran:1","vendor_id":7},{"origin_data":"tran:2","vendor_id":7}]}"#);
    assert_eq!(
        bodies[1],
        r#"{"updates":[{"origin_id":"l:1","amount":1.00,"cost_code_id":40,"direct_cost_id":1},{"origin_id":"l:2","amount":2.00,"cost_code_id":40,"direct_cost_id":2}]}"#
    );
    assert_eq!(bodies[2], r#"{"updates":[{"id":2,"origin_id":"tran:2"}]}"#);
}

#[tokio::test]
async fn a_direct_cost_left_behind_goes_on_under_its_id_and_a_lost_header_is_unknown() {
    let story = Story::new([
        (TOKEN, token("tok")),
        (LINES, ok(r#"{"entities":[{"id":11,"origin_id":"l:1"}],"errors":[]}"#)),
        (HEADERS, ok(r#"{"entities":[{"id":1,"origin_id":"tran:1"}],"errors":[]}"#)),
        (HEADERS, lost()),
    ]);
    let (connector, costs, project) = (procore(&story, ""), direct_costs(), project());
    let rest = record(r#"{"origin_id":"tran:1","line_items":[{"origin_id":"l:1","amount":1.00}]}"#);
    let written = connector.write(&costs, Some(&project), &[Outgoing { id: Some("1"), draft: &rest }]).await.remove(0).unwrap();
    assert_eq!(written.body.get(), r#"{"id":1,"origin_id":"tran:1","line_items":[{"id":11,"origin_id":"l:1"}]}"#);
    let whole = record(r#"{"origin_id":"tran:9","origin_data":"tran:9"}"#);
    let error = only_error(connector.write(&costs, Some(&project), &[Outgoing { id: None, draft: &whole }]).await);
    assert_eq!((error.certainty(), error.left_behind()), (Certainty::Unknown, None));
    story.requests();
}

#[tokio::test]
async fn a_kind_that_the_bulk_call_lacks_is_created_alone_and_then_locked_alike() {
    let story = Story::new([
        (TOKEN, token("tok")),
        ("POST /rest/v1.1/projects/5/direct_costs", status(201, r#"{"id":3,"direct_cost_type":"subcontractor_invoice"}"#)),
        (LINES, ok(r#"{"entities":[{"id":31,"origin_id":"l:3"}],"errors":[]}"#)),
        (HEADERS, ok(r#"{"entities":[{"id":3,"origin_id":"tran:3"}],"errors":[]}"#)),
    ]);
    let (connector, costs, project) = (procore(&story, ""), direct_costs(), project());
    let draft =
        record(r#"{"origin_id":"tran:3","direct_cost_type":"subcontractor_invoice","line_items":[{"origin_id":"l:3","amount":1.00}]}"#);
    let written = connector.write(&costs, Some(&project), &[Outgoing { id: None, draft: &draft }]).await.remove(0).unwrap();
    assert_eq!(written.id, "3");
    assert_eq!(String::from_utf8_lossy(&story.requests()[1].body), r#"{"direct_cost":{"direct_cost_type":"subcontractor_invoice"}}"#);
}

#[tokio::test]
async fn no_error_repeats_a_token_that_an_answer_gives_away() {
    let leaky = r#"{"errors":{"base":["token tok-secret-1 is odd","Authorization: Bearer tok-other"]}}"#;
    let story = Story::new([
        (TOKEN, token("tok-secret-1")),
        ("PATCH /vendors/sync", ok(r#"{"entities":[],"errors":[{"origin_id":"a","errors":{"base":["tok-secret-1"]}}]}"#)),
        ("GET /vendors/1", status(422, leaky)),
    ]);
    let (connector, vendors) = (procore(&story, ""), vendors());
    let draft = record(r#"{"origin_id":"a"}"#);
    let row = only_error(connector.write(&vendors, None, &[Outgoing { id: None, draft: &draft }]).await);
    let read = connector.get(&vendors, None, Key::Id("1"), Select::All).await.unwrap_err();
    for error in [row, read] {
        let text = format!("{error} {error:?}");
        assert!(!text.contains("tok-secret-1") && !text.contains("tok-other"), "{text}");
    }
    assert_eq!(format!("{:?}", Secret::new("tok-secret-1")), "***");
}

fn prime_contracts() -> Schema {
    schema(
        r#""system":"procore","name":"prime_contracts","scope":"project","id":"id","key":["origin_id"],"wire":{
            "show":{"path":"/rest/v1.0/prime_contract/{id}","query":{"project_id":"{project_id}"}},
            "create":{"method":"POST","path":"/rest/v1.0/prime_contract","body":{"project_id":"{project_id}"},"wrap":"prime_contract","lock":"origin_id",
                "lines":{"field":"line_items","path":"/rest/v1.0/prime_contracts/{id}/line_items/sync","query":{"project_id":"{project_id}"},"parent":""}},
            "update":{"method":"PATCH","path":"/rest/v1.0/prime_contract/{id}","body":{"project_id":"{project_id}"},"wrap":"prime_contract","lock":"origin_id",
                "lines":{"field":"line_items","path":"/rest/v1.0/prime_contracts/{id}/line_items/sync","query":{"project_id":"{project_id}"},"parent":""}}}"#,
        r#""id":{"type":"integer"},"origin_id":{"type":"string"},"title":{"type":"string"},
           "line_items":{"type":"array","items":{"x-key":["id"],"properties":{"id":{"type":"integer"},"origin_id":{"type":"string"},"amount":{"type":"string","x-decimal-string":true}}}}"#,
    )
}

/// The origin id locks, and is written last (BR-07).
#[tokio::test]
async fn a_plain_create_is_followed_by_its_lines_and_locked_last() {
    let story = Story::new([
        (TOKEN, token("tok")),
        ("POST /rest/v1.0/prime_contract", status(201, r#"{"id":31,"title":"Tower"}"#)),
        (
            "PATCH /rest/v1.0/prime_contracts/31/line_items/sync?project_id=5",
            ok(r#"{"entities":[{"id":7,"origin_id":"l1"},{"id":8,"origin_id":"l2"}],"errors":[]}"#),
        ),
        ("PATCH /rest/v1.0/prime_contract/31", ok(r#"{"id":31,"title":"Tower","origin_id":"pc:1"}"#)),
    ]);
    let (connector, contracts, project) = (procore(&story, ""), prime_contracts(), project());
    let draft =
        record(r#"{"title":"Tower","origin_id":"pc:1","line_items":[{"origin_id":"l1","amount":1.10},{"origin_id":"l2","amount":2.20}]}"#);
    let written = connector.write(&contracts, Some(&project), &[Outgoing { id: None, draft: &draft }]).await.remove(0).unwrap();
    assert_eq!(
        (written.id.as_str(), written.body.get()),
        ("31", r#"{"id":31,"title":"Tower","origin_id":"pc:1","line_items":[{"id":7,"origin_id":"l1"},{"id":8,"origin_id":"l2"}]}"#)
    );
    let bodies: Vec<String> = story.requests()[1..].iter().map(|sent| String::from_utf8_lossy(&sent.body).into_owned()).collect();
    assert_eq!(
        bodies,
        [
            r#"{"project_id":5,"prime_contract":{"title":"Tower"}}"#,
            r#"{"updates":[{"origin_id":"l1","amount":"1.10"},{"origin_id":"l2","amount":"2.20"}]}"#,
            r#"{"project_id":5,"prime_contract":{"origin_id":"pc:1"}}"#,
        ]
    );
}

#[tokio::test]
async fn a_refused_line_leaves_the_record_unlocked_and_named_and_a_change_of_lines_alone_is_one_call() {
    let story = Story::new([
        (TOKEN, token("tok")),
        ("POST /rest/v1.0/prime_contract", status(201, r#"{"id":31}"#)),
        (
            "PATCH /rest/v1.0/prime_contracts/31/line_items/sync",
            ok(r#"{"entities":[],"errors":[{"origin_id":"l1","errors":{"amount":["is too large"]}}]}"#),
        ),
        ("PATCH /rest/v1.0/prime_contracts/31/line_items/sync", ok(r#"{"entities":[{"id":7,"origin_id":"l1"}],"errors":[]}"#)),
    ]);
    let (connector, contracts, project) = (procore(&story, ""), prime_contracts(), project());
    let draft = record(r#"{"title":"Tower","origin_id":"pc:1","line_items":[{"origin_id":"l1","amount":9}]}"#);
    let error = only_error(connector.write(&contracts, Some(&project), &[Outgoing { id: None, draft: &draft }]).await);
    assert_eq!(
        (error.certainty(), error.left_behind(), error.message.as_str()),
        (Certainty::Refused, Some("31"), "`amount`: is too large")
    );
    let draft = record(r#"{"line_items":[{"id":7,"amount":8}]}"#);
    let written = connector.write(&contracts, Some(&project), &[Outgoing { id: Some("31"), draft: &draft }]).await.remove(0).unwrap();
    assert_eq!((written.id.as_str(), story.last_body().as_str()), ("31", r#"{"updates":[{"id":7,"amount":"8"}]}"#));
}
