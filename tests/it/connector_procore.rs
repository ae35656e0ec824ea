//! Procore's door: tokens, pages, retries and the allowance of requests.

use crosswalk::connector::{Certainty, ErrorKind, Key, ProjectScope, Query, Response, Select, TokenStore, TransportError, unwrap};
use crosswalk::schema::Schema;
use crosswalk::value::Record;

use crate::script::{SECRET, Story, lost, not_sent, ok, procore, schema, secret_ref, status, with};

type Answer = Result<Response, TransportError>;

pub(crate) const TOKEN: &str = "POST https://login.test/oauth/token";

pub(crate) fn token(name: &str) -> Answer {
    ok(&format!(r#"{{"access_token":"{name}","token_type":"bearer","expires_in":5400}}"#))
}

pub(crate) fn vendors() -> Schema {
    schema(
        r#""system":"procore","name":"vendors","id":"id","key":["origin_id"],"modified":"updated_at","wire":{
            "list":{"path":"/rest/v1.0/vendors","query":{"company_id":"{company_id}"},"page_size":2},
            "show":{"path":"/rest/v1.0/vendors/{id}"},
            "sync":{"path":"/rest/v1.0/vendors/sync","body":{"company_id":"{company_id}"},"limit":2,"rename":{"code":"csv_import_code"},"echo":["code"]},
            "filters":["origin_id"]}"#,
        r#""id":{"type":"integer"},"origin_id":{"type":"string"},"name":{"type":"string"},"code":{"type":"string"},"updated_at":{"type":"string","format":"date-time"}"#,
    )
}

pub(crate) fn contracts() -> Schema {
    schema(
        r#""system":"procore","name":"contracts","scope":"project","id":"id","key":["origin_id"],"wire":{
            "list":{"path":"/rest/v1.0/contracts","query":{"project_id":"{project_id}"}},
            "lines":{"line_items":{"path":"/rest/v1.0/contracts/{id}/line_items","page_size":2}},
            "create":{"method":"POST","path":"/rest/v1.0/contracts","query":{"project_id":"{project_id}"},"wrap":"contract"},
            "update":{"method":"PATCH","path":"/rest/v1.0/contracts/{id}","body":{"project_id":"{project_id}"},"wrap":"contract"}}"#,
        r#""id":{"type":"integer"},"origin_id":{"type":"string"},"total":{"type":"string","x-decimal-string":true},
           "line_items":{"type":"array","items":{"properties":{"id":{"type":"integer"},"amount":{"type":"string","x-decimal-string":true}}}}"#,
    )
}

pub(crate) fn project() -> ProjectScope {
    ProjectScope { procore: "5".to_owned(), acumatica: "P5".to_owned(), procore_origin: None }
}

pub(crate) fn record(json: &str) -> Record {
    serde_json::from_str(json).unwrap()
}

pub(crate) fn all(schema: &Schema) -> Query<'_> {
    Query { schema, project: None, since: None, equals: &[], select: Select::All }
}

pub(crate) fn header<'a>(request: &'a crosswalk::connector::Request, name: &str) -> &'a str {
    request.header(name).unwrap_or("")
}

/// Tokens last 90 minutes, and the company is named in a header (BR-82).
#[tokio::test]
async fn a_token_is_asked_for_once_and_renewed_before_it_ends_and_when_refused() {
    let story = Story::new([(TOKEN, token("tok-1")), ("GET /vendors/1", ok(r#"{"id":1}"#)), ("GET /vendors/2", ok(r#"{"id":2}"#))]);
    let (connector, vendors) = (procore(&story, ""), vendors());
    for id in ["1", "2"] {
        let row = connector.get(&vendors, None, Key::Id(id), Select::All).await.unwrap().unwrap();
        assert_eq!(row.id(&vendors).unwrap(), id);
    }
    let requests = story.requests();
    assert_eq!(String::from_utf8_lossy(&requests[0].body), "client_id=app&client_secret=pa55-w0rd%26more&grant_type=client_credentials");
    assert_eq!((header(&requests[1], "authorization"), header(&requests[1], "procore-company-id")), ("Bearer tok-1", "77"));
    story.clock.turn(std::time::Duration::from_secs(5_200));
    story.then([
        (TOKEN, token("tok-2")),
        ("GET /vendors/1", status(401, "")),
        (TOKEN, token("tok-3")),
        ("GET /vendors/1", ok(r#"{"id":1}"#)),
    ]);
    connector.get(&vendors, None, Key::Id("1"), Select::All).await.unwrap();
    assert_eq!(header(story.requests().last().unwrap(), "authorization"), "Bearer tok-3");
    story.then([("GET /vendors/1", status(401, "")), (TOKEN, token("tok-4")), ("GET /vendors/1", status(401, r#"{"errors":"revoked"}"#))]);
    let error = connector.get(&vendors, None, Key::Id("1"), Select::All).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::SignIn, "revoked"));
    connector.sign_out().await;
    connector.sign_out().await;
}

/// Refresh tokens work once (BR-82).
#[tokio::test]
async fn a_refresh_token_is_replaced_before_its_access_token_is_used_and_never_used_twice() {
    let rotated = r#"{"access_token":"tok-1","refresh_token":"next-refresh","expires_in":5400}"#;
    let story = Story::new([(TOKEN, ok(rotated)), ("GET /rest/v1.0/me", ok(r#"{"id":1,"login":"robot@test"}"#))]);
    let grant = format!(r#","grant":{{"refresh_token":"{}"}}"#, secret_ref());
    let connector = procore(&story, &grant);
    assert_eq!(connector.probe().await.unwrap().account.unwrap(), "robot@test");
    assert_eq!(story.tokens.newest("procore").unwrap().reveal(), "next-refresh");
    assert!(String::from_utf8_lossy(&story.requests()[0].body).ends_with("grant_type=refresh_token&refresh_token=pa55-w0rd%26more"));
    story.clock.turn(std::time::Duration::from_secs(6_000));
    story.then([(TOKEN, lost())]);
    let error = connector.probe().await.unwrap_err();
    // The call itself was never sent.
    assert_eq!((error.kind, error.certainty()), (ErrorKind::Unreachable, Certainty::AgainLater));
    assert!(story.last_body().ends_with("refresh_token=next-refresh"));
}

#[tokio::test]
async fn a_refused_sign_in_is_not_repeated_and_shows_no_secret() {
    let body = format!(r#"{{"error":"invalid_client","error_description":"client_secret={SECRET} is unknown"}}"#);
    let story = Story::new([(TOKEN, status(401, &body))]);
    let error = procore(&story, "").probe().await.unwrap_err();
    assert_eq!((error.kind, error.certainty(), error.is_temporary()), (ErrorKind::SignIn, Certainty::Refused, false));
    assert!(error.message.contains("invalid_client"), "{error}");
    assert!(!format!("{error} {error:?}").contains("pa55"), "{error:?}");
    assert_eq!(story.requests().len(), 1);
}

/// Pages are followed to the last (BR-83).
#[tokio::test]
async fn a_list_is_followed_by_its_links_and_filtered_with_an_overlap() {
    let first = with(
        with(
            ok(r#"[{"id":1,"origin_id":"a"},{"id":2,"origin_id":"b"}]"#),
            "link",
            r#"<https://elsewhere.test/x?page=2&cursor=z>; rel="next""#,
        ),
        "total",
        "3",
    );
    let story = Story::new([
        (TOKEN, token("tok")),
        (
            "GET https://api.test/rest/v1.0/vendors?company_id=77&filters%5Bupdated_at%5D=2026-01-01T11%3A59%3A00Z...2026-01-06T08%3A00%3A00Z&page=1&per_page=2",
            first,
        ),
        (
            "GET https://api.test/rest/v1.0/vendors?page=2&cursor=z",
            with(ok(r#"[{"id":3}]"#), "link", r#"<https://api.test/x?page=1>; rel="first""#),
        ),
    ]);
    let (connector, vendors) = (procore(&story, ""), vendors());
    let query = Query { since: Some("2026-01-01T12:00:00Z".parse().unwrap()), ..all(&vendors) };
    let page = connector.read(&query, None).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (2, Some(3)));
    let page = connector.read(&query, page.next).await.unwrap();
    assert_eq!((page.rows.len(), page.next.is_none()), (1, true));
    story.requests();
}

#[tokio::test]
async fn a_next_link_that_leads_nowhere_new_is_an_error_and_not_a_loop() {
    let link = || with(ok(r#"[{"id":1}]"#), "link", r#"<https://api.test/x?page=2>; rel="next""#);
    let story = Story::new([(TOKEN, token("tok")), ("GET page=1", link()), ("GET page=2", link())]);
    let (connector, vendors) = (procore(&story, ""), vendors());
    let page = connector.read(&all(&vendors), None).await.unwrap();
    assert_eq!(connector.read(&all(&vendors), page.next).await.unwrap_err().kind, ErrorKind::Nonsense);
    story.requests();
}

#[tokio::test]
async fn lines_are_fetched_page_by_page_and_put_under_their_field_when_wanted() {
    let story = Story::new([
        (TOKEN, token("tok")),
        ("GET /contracts?project_id=5", ok(r#"[{"id":8,"total":"10.50"},{"id":9,"total":null}]"#)),
        ("GET /contracts/8/line_items?page=1&per_page=2", ok(r#"[{"id":1,"amount":"4.00"},{"id":2,"amount":"6.50"}]"#)),
        ("GET /contracts/8/line_items?page=2&per_page=2", ok("[]")),
        ("GET /contracts/9/line_items?page=1&per_page=2", ok("[]")),
        ("GET /contracts?project_id=5", ok(r#"[{"id":8,"total":"10.50"}]"#)),
    ]);
    let (connector, contracts, project) = (procore(&story, r#","concurrent":1"#), contracts(), project());
    let query = Query { project: Some(&project), ..all(&contracts) };
    let page = connector.read(&query, None).await.unwrap();
    assert_eq!(page.rows[0].body.get(), r#"{"id":8,"total":"10.50","line_items":[{"id":1,"amount":"4.00"},{"id":2,"amount":"6.50"}]}"#);
    assert_eq!(page.rows[1].body.get(), r#"{"id":9,"total":null,"line_items":[]}"#);
    let plain = unwrap(&contracts, &page.rows[0].body).unwrap();
    assert_eq!(plain.get("line_items").unwrap().to_string().matches("4.00").count(), 1);
    let header_only = Query { select: Select::Only(&["total"]), ..query };
    assert_eq!(connector.read(&header_only, None).await.unwrap().rows[0].body.get(), r#"{"id":8,"total":"10.50"}"#);
    story.requests();
}

#[tokio::test]
async fn one_record_is_found_by_its_origin_id_even_where_the_filter_is_ignored() {
    let story = Story::new([
        (TOKEN, token("tok")),
        (
            "GET filters%5Borigin_id%5D=vendor%3Ax&page=1",
            with(ok(r#"[{"id":1,"origin_id":"vendor:y"},{"id":2,"origin_id":null}]"#), "total", "3"),
        ),
        ("GET page=2", with(ok(r#"[{"id":3,"origin_id":"vendor:x"}]"#), "total", "3")),
        ("GET /vendors/404", status(404, r#"{"errors":"Not found"}"#)),
    ]);
    let (connector, vendors) = (procore(&story, ""), vendors());
    let row = connector.get(&vendors, None, Key::Parts(&["vendor:x".to_owned()]), Select::All).await.unwrap().unwrap();
    assert_eq!(row.id(&vendors).unwrap(), "3");
    assert!(connector.get(&vendors, None, Key::Id("404"), Select::All).await.unwrap().is_none());
    let wrong = connector.get(&vendors, None, Key::Parts(&[]), Select::All).await.unwrap_err();
    assert_eq!(wrong.kind, ErrorKind::NotSupported);
    story.requests();
}

#[tokio::test]
async fn a_v2_list_is_unwrapped_from_its_envelope() {
    let lines = schema(
        r#""system":"procore","name":"lines","id":"id","key":["id"],"wire":{"list":{"path":"/rest/v2.0/companies/{company_id}/lines","envelope":"data","page_size":100},"show":{"path":"/rest/v2.0/lines/{id}","envelope":"data"}}"#,
        r#""id":{"type":"string"},"amount":{"type":"string","x-decimal-string":true}"#,
    );
    let story = Story::new([
        (TOKEN, token("tok")),
        ("GET /companies/77/lines?page=1&per_page=50", ok(r#"{"data":[{"id":"01H","amount":"1.10"}]}"#)),
        ("GET /rest/v2.0/lines/01H", ok(r#"{"data":{"id":"01H"}}"#)),
        ("GET /companies/77/lines", ok(r#"[{"id":"01H"}]"#)),
    ]);
    let connector = procore(&story, r#","page_size":50"#);
    assert_eq!(connector.read(&all(&lines), None).await.unwrap().rows[0].body.get(), r#"{"id":"01H","amount":"1.10"}"#);
    assert_eq!(connector.get(&lines, None, Key::Id("01H"), Select::All).await.unwrap().unwrap().body.get(), r#"{"id":"01H"}"#);
    assert_eq!(connector.read(&all(&lines), None).await.unwrap_err().kind, ErrorKind::Nonsense);
    story.requests();
}

#[tokio::test]
async fn an_answer_that_is_not_the_apis_is_told_by_its_words() {
    let story = Story::new([
        (TOKEN, token("tok")),
        ("GET /vendors/1", ok("<!doctype html><title>Maintenance</title>")),
        ("GET /vendors/1", ok(r#"{"id":1,"name":"cut"#)),
        ("GET /vendors/1", with(status(302, ""), "location", "https://elsewhere.test")),
    ]);
    let (connector, vendors) = (procore(&story, ""), vendors());
    for words in ["Maintenance", "cut", "no reason"] {
        let error = connector.get(&vendors, None, Key::Id("1"), Select::All).await.unwrap_err();
        assert_eq!((error.kind, error.certainty()), (ErrorKind::Nonsense, Certainty::Refused));
        assert!(error.to_string().contains(words), "{error}");
    }
    story.requests();
}

#[tokio::test]
async fn reads_are_tried_again_and_the_time_asked_for_is_waited() {
    let story = Story::new([
        (TOKEN, token("tok")),
        ("GET /vendors/1", lost()),
        ("GET /vendors/1", status(500, "")),
        ("GET /vendors/1", with(status(429, ""), "retry-after", "30")),
        ("GET /vendors/1", with(status(503, ""), "retry-after", "20")),
        ("GET /vendors/1", ok(r#"{"id":1}"#)),
    ]);
    let (connector, vendors) = (procore(&story, ""), vendors());
    connector.get(&vendors, None, Key::Id("1"), Select::All).await.unwrap();
    assert!((50..60).contains(&story.seconds()), "{}", story.seconds());
    story.then([
        ("GET /vendors/1", not_sent()),
        ("GET /vendors/1", not_sent()),
        ("GET /vendors/1", not_sent()),
        ("GET /vendors/1", not_sent()),
        ("GET /vendors/1", lost()),
    ]);
    let error = connector.get(&vendors, None, Key::Id("1"), Select::All).await.unwrap_err();
    assert_eq!((error.kind, error.certainty(), error.is_temporary()), (ErrorKind::Unreachable, Certainty::AgainLater, true));
    story.requests();
}

/// What is left is read from the headers (BR-78).
#[tokio::test]
async fn a_spent_allowance_is_waited_for_before_the_next_request_leaves() {
    let now = "2026-01-05T08:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
    let spent = with(
        with(with(ok(r#"{"id":1}"#), "x-rate-limit-limit", "25"), "x-rate-limit-remaining", "0"),
        "x-rate-limit-reset",
        &(now + 8).to_string(),
    );
    let story = Story::new([(TOKEN, token("tok")), ("GET /vendors/1", spent), ("GET /vendors/1", ok(r#"{"id":1}"#))]);
    let (connector, vendors) = (procore(&story, ""), vendors());
    connector.get(&vendors, None, Key::Id("1"), Select::All).await.unwrap();
    assert_eq!(story.seconds(), 0);
    connector.get(&vendors, None, Key::Id("1"), Select::All).await.unwrap();
    assert_eq!(story.seconds(), 8);
}

#[tokio::test]
async fn too_long_a_wait_is_an_error_that_says_how_long() {
    let now = "2026-01-05T08:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
    let spent = with(
        with(with(ok(r#"{"id":1}"#), "x-rate-limit-limit", "600"), "x-rate-limit-remaining", "0"),
        "x-rate-limit-reset",
        &(now + 900).to_string(),
    );
    let story = Story::new([(TOKEN, token("tok")), ("GET /vendors/1", spent)]);
    let (connector, vendors) = (procore(&story, r#","longest_wait_seconds":60"#), vendors());
    connector.get(&vendors, None, Key::Id("1"), Select::All).await.unwrap();
    let error = connector.get(&vendors, None, Key::Id("1"), Select::All).await.unwrap_err();
    assert_eq!(
        (error.kind, error.certainty(), error.retry_after.map(|wait| wait.as_secs())),
        (ErrorKind::RateLimited, Certainty::AgainLater, Some(900))
    );
    assert!(error.to_string().ends_with("try again in 900 s"), "{error}");
}

#[tokio::test]
async fn partner_only_resources_and_missing_projects_are_refused_before_anything_is_sent() {
    let story = Story::new([]);
    let connector = procore(&story, "");
    let costs = schema(
        r#""system":"procore","name":"erp_job_costs","id":"id","key":["id"],"restricted":true,"wire":{"sync":{"path":"/s"}}"#,
        r#""id":{"type":"integer"}"#,
    );
    let error = connector.read(&all(&costs), None).await.unwrap_err();
    assert_eq!((error.kind, error.message.contains("erp_platform")), (ErrorKind::NotSupported, true));
    let error = connector.read(&all(&contracts()), None).await.unwrap_err();
    assert!(error.message.contains("needs a project"), "{error}");
    let error = connector.act(&vendors(), "1", "Release", &Record::new()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotSupported);
    story.requests();
}
