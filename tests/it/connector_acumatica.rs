//! Acumatica's door: sessions and their slots, lists without order, keys, filters, and a status that lies.

use crosswalk::connector::{Certainty, ErrorKind, Key, ProjectScope, Query, Response, Select, TokenStore, TransportError, unwrap};
use crosswalk::schema::Schema;
use crosswalk::value::Value;

use crate::script::{SECRET, Story, acumatica, acumatica_with, lost, ok, schema, secret_ref, status, with};

type Answer = Result<Response, TransportError>;

pub(crate) const LOGIN: &str = "POST https://erp.test/site/entity/auth/login";
const LOGOUT: &str = "POST https://erp.test/site/entity/auth/logout";

/// A successful sign-in of this session.
pub(crate) fn signed_in(session: &str) -> Answer {
    let cookies = with(status(204, ""), "set-cookie", &format!("ASP.NET_SessionId={session}; path=/; HttpOnly"));
    with(with(cookies, "set-cookie", ".ASPXAUTH=auth-cookie; path=/; secure"), "set-cookie", "UserBranch=16; path=/")
}

/// An exception as Acumatica reports it.
pub(crate) fn exception(kind: &str, message: &str) -> Answer {
    status(
        500,
        &format!(r#"{{"message":"An error has occurred.","exceptionMessage":"{message}","exceptionType":"{kind}","stackTrace":"at X"}}"#),
    )
}

pub(crate) fn nothing() -> Answer {
    exception("PX.Api.ContractBased.NoEntitySatisfiesTheConditionException", "No entity satisfies the condition.")
}

pub(crate) fn bills(more: &str) -> Schema {
    schema(
        &format!(
            r#""system":"acumatica","name":"Bill","id":"id","key":["Type","ReferenceNbr"],"modified":"LastModifiedDateTime",
            "wire":{{"form":"AP301000","expand":["Details"],"actions":{{"ReleaseBill":{{}},"ReleaseRetainage":{{"parameters":{{"AmtToRelease":"decimal"}}}}}}{more}}}"#
        ),
        r#""id":{"type":"string"},"Type":{"type":"string"},"ReferenceNbr":{"type":"string"},"LastModifiedDateTime":{"type":"string","format":"date-time"},
           "Amount":{"type":"number"},"Hold":{"type":"boolean"},"Held":{"type":"number","x-custom":"CurrentDocument.RetainageTotal"},
           "Details":{"type":"array","items":{"properties":{"id":{"type":"string"},"Project":{"type":"string"},"Qty":{"type":"number"}}}}"#,
    )
}

pub(crate) fn all(schema: &Schema) -> Query<'_> {
    Query { schema, project: None, since: None, equals: &[], select: Select::All }
}

fn decoded(url: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = url.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// An unclosed session blocks others (BR-75).
#[tokio::test]
async fn one_login_serves_all_and_the_session_is_closed_even_after_failures() {
    let story = Story::new([
        (LOGIN, signed_in("one")),
        ("GET /entity/Default/24.200.001/Bill/g-1", with(ok(r#"{"id":"g-1"}"#), "set-cookie", "UserBranch=17; path=/")),
        ("GET /Bill/g-2", status(403, r#"{"message":"You have insufficient rights"}"#)),
        (LOGOUT, status(204, "")),
    ]);
    let (connector, bills) = (acumatica(&story, r#","branch":"MAIN""#), bills(""));
    assert!(connector.get(&bills, None, Key::Id("g-1"), Select::All).await.unwrap().is_some());
    assert_eq!(connector.get(&bills, None, Key::Id("g-2"), Select::All).await.unwrap_err().kind, ErrorKind::Forbidden);
    connector.sign_out().await;
    connector.sign_out().await;
    let requests = story.requests();
    assert_eq!(
        String::from_utf8_lossy(&requests[0].body),
        r#"{"name":"robot","tenant":"Acme","branch":"MAIN","locale":"en-US","password":"pa55-w0rd&more"}"#
    );
    assert_eq!(requests[1].header("cookie").unwrap(), ".ASPXAUTH=auth-cookie; ASP.NET_SessionId=one; UserBranch=16");
    assert_eq!(requests[2].header("cookie").unwrap(), ".ASPXAUTH=auth-cookie; ASP.NET_SessionId=one; UserBranch=17");
    assert_eq!((requests[3].header("content-length").unwrap(), requests[3].header("cookie").is_some()), ("0", true));
    story.then([(LOGIN, signed_in("two")), ("GET /Bill/g-1", ok(r#"{"id":"g-1"}"#)), (LOGOUT, lost()), (LOGOUT, status(401, ""))]);
    connector.get(&bills, None, Key::Id("g-1"), Select::All).await.unwrap();
    connector.sign_out().await;
    story.requests();
}

#[tokio::test]
async fn nothing_signed_in_is_nothing_to_sign_out() {
    let story = Story::new([]);
    acumatica(&story, "").sign_out().await;
    story.requests();
}

#[tokio::test]
async fn an_expired_session_is_opened_anew_once_and_the_request_repeated() {
    let story = Story::new([
        (LOGIN, signed_in("one")),
        ("GET /Bill/g-1", status(401, "")),
        (LOGIN, signed_in("two")),
        ("GET /Bill/g-1", ok(r#"{"id":"g-1"}"#)),
        ("GET /Bill/g-1", with(status(302, ""), "location", "/site/Frames/Login.aspx?ReturnUrl=x")),
        (LOGIN, signed_in("three")),
        ("GET /Bill/g-1", status(401, "")),
    ]);
    let (connector, bills) = (acumatica(&story, ""), bills(""));
    connector.get(&bills, None, Key::Id("g-1"), Select::All).await.unwrap();
    assert_eq!(connector.get(&bills, None, Key::Id("g-1"), Select::All).await.unwrap_err().kind, ErrorKind::SignIn);
    assert!(story.requests()[3].header("cookie").unwrap().contains("SessionId=two"));
}

#[tokio::test]
async fn a_wrong_password_is_a_500_and_is_not_tried_again() {
    let wrong = format!("Error: Invalid credentials. Please try again. password={SECRET}");
    for (kind, message) in
        [("PX.Data.PXException", wrong.as_str()), ("PX.Data.PXUndefinedCompanyException", "Unable to determine proper tenant id")]
    {
        let story = Story::new([(LOGIN, exception(kind, message))]);
        let error = acumatica(&story, "").probe().await.unwrap_err();
        assert_eq!((error.kind, error.certainty(), error.get("exception")), (ErrorKind::SignIn, Certainty::Refused, Some(kind)));
        assert!(!format!("{error} {error:?}").contains("pa55"), "{error:?}");
        story.requests();
    }
}

/// The licence allows few sessions (BR-75).
#[tokio::test]
async fn a_taken_session_slot_is_waited_for_and_told_from_a_wrong_password() {
    let page = || status(500, "<html><head><title>Error</title></head><body>The API login limit is reached</body></html>");
    let story = Story::new([(LOGIN, page()), (LOGIN, status(429, "too many")), (LOGIN, signed_in("one")), ("GET /site/entity", ok("[]"))]);
    assert!(acumatica(&story, "").probe().await.unwrap().endpoints.is_empty());
    assert!((30..=60).contains(&story.seconds()), "{}", story.seconds());
    let story = Story::new([(LOGIN, page()), (LOGIN, page()), (LOGIN, page()), (LOGIN, page()), (LOGIN, page())]);
    let error = acumatica(&story, "").probe().await.unwrap_err();
    assert_eq!((error.kind, error.certainty(), error.is_temporary()), (ErrorKind::Busy, Certainty::AgainLater, true));
    assert!(error.message.contains("API login limit"), "{error}");
    story.requests();
}

#[tokio::test]
async fn a_token_of_the_password_grant_ends_with_a_sign_out_and_a_refresh_chain_does_not() {
    let token = "POST https://erp.test/site/identity/connect/token";
    let story = Story::new([
        (token, ok(r#"{"access_token":"tok","expires_in":3600}"#)),
        ("GET /Bill/g", with(ok(r#"{"id":"g"}"#), "set-cookie", "ASP.NET_SessionId=s; path=/")),
        (LOGOUT, status(204, "")),
    ]);
    let grant = |grant: &str| {
        format!(r#""branch":"MAIN","sign_in":{{"oauth":{{"client_id":"app@Acme","client_secret":"{}","grant":{grant}}}}}"#, secret_ref())
    };
    let connector = acumatica_with(&story, &grant(&format!(r#"{{"password":{{"user":"robot","password":"{}"}}}}"#, secret_ref())));
    connector.get(&bills(""), None, Key::Id("g"), Select::All).await.unwrap();
    connector.sign_out().await;
    let requests = story.requests();
    assert!(String::from_utf8_lossy(&requests[0].body).ends_with("grant_type=password&username=robot&password=pa55-w0rd%26more&scope=api"));
    assert_eq!((requests[1].header("authorization"), requests[1].header("px-cbapibranch")), (Some("Bearer tok"), Some("MAIN")));
    assert_eq!((requests[2].header("authorization"), requests[2].header("cookie")), (Some("Bearer tok"), Some("ASP.NET_SessionId=s")));
    let story = Story::new([
        (token, ok(r#"{"access_token":"tok","refresh_token":"next","expires_in":3600}"#)),
        ("GET /Bill/g", status(401, "")),
        (token, ok(r#"{"access_token":"tok2","expires_in":3600}"#)),
        ("GET /Bill/g", nothing()),
    ]);
    let connector = acumatica_with(&story, &grant(&format!(r#"{{"refresh_token":"{}"}}"#, secret_ref())));
    assert!(connector.get(&bills(""), None, Key::Id("g"), Select::All).await.unwrap().is_none());
    connector.sign_out().await;
    let renewed = String::from_utf8(story.requests()[2].body.clone()).unwrap();
    assert!(renewed.contains("refresh_token=next") && renewed.ends_with("scope=api%20offline_access"), "{renewed}");
    assert_eq!(story.tokens.newest("acumatica").unwrap().reveal(), "next");
}

/// Details and custom fields come when they are asked for (BR-77, BR-64).
#[tokio::test]
async fn a_list_carries_filter_select_expand_and_custom() {
    let story = Story::new([(LOGIN, signed_in("one")), ("GET /Bill?", ok(r#"[{"id":"g-1","Amount":{"value":10.50},"Type":{}}]"#))]);
    let (connector, bills) = (acumatica(&story, ""), bills(r#","filter":"Project eq '{project}'""#));
    let project = ProjectScope { acumatica: "O'Neil".to_owned(), ..ProjectScope::default() };
    let equals = [("Hold", Value::Bool(true)), ("Held", Value::from_json("1.50").unwrap())];
    let since = Some("2026-01-01T12:00:00Z".parse().unwrap());
    let query = Query { project: Some(&project), since, equals: &equals, select: Select::Only(&["Details.Qty", "Held"]), ..all(&bills) };
    let page = connector.read(&query, None).await.unwrap();
    assert!(page.next.is_none());
    assert_eq!(unwrap(&bills, &page.rows[0].body).unwrap().get("Amount").unwrap().plain(), "10.50");
    let url = story.requests()[1].url.clone();
    assert!(url.contains("2026-01-01T11%3A55%3A00.000%2B00%3A00"), "{url}");
    let expected = "Bill?$filter=Project eq 'O''Neil' and LastModifiedDateTime gt datetimeoffset'2026-01-01T11:55:00.000+00:00' and Hold eq true \
        and cf.Decimal(f='CurrentDocument.RetainageTotal') eq 1.50M&$select=Type,ReferenceNbr,LastModifiedDateTime,Details/Qty&$expand=Details&$custom=CurrentDocument.RetainageTotal&$top=500";
    assert!(decoded(&url).ends_with(expected), "{}", decoded(&url));
}

#[tokio::test]
async fn what_a_list_cannot_be_asked_is_refused_before_anything_is_sent() {
    let story = Story::new([]);
    let connector = acumatica(&story, r#","endpoint":{"name":"Default","version":"22.200.001"}"#);
    let line = [("Details.Qty", Value::Null)];
    let unknown = [("Nothing", Value::Null)];
    let (plain, scoped, newer) = (bills(""), bills(r#","filter":"P eq '{project}'""#), bills(r#","since":"23.200.001""#));
    for (query, named) in [
        (Query { equals: &line, ..all(&plain) }, "field of a line"),
        (Query { equals: &unknown, ..all(&plain) }, "not one of its fields"),
        (all(&scoped), "none is given"),
        (all(&newer), "23.200.001"),
    ] {
        let error = connector.read(&query, None).await.unwrap_err();
        assert_eq!((error.kind, error.message.contains(named)), (ErrorKind::NotSupported, true), "{error}");
    }
    story.requests();
}

#[tokio::test]
async fn a_long_list_is_read_in_windows_of_time_and_no_record_is_repeated_or_lost() {
    let row = |id: &str, at: &str| format!(r#"{{"id":"{id}","LastModifiedDateTime":{{"value":"2026-01-0{at}T00:00:00+00:00"}}}}"#);
    let rows = |rows: &[(&str, &str)]| ok(&format!("[{}]", rows.iter().map(|(id, at)| row(id, at)).collect::<Vec<_>>().join(",")));
    let story = Story::new([
        (LOGIN, signed_in("one")),
        ("GET $top=2", rows(&[("d", "3"), ("a", "1")])),
        ("GET $select=Type,ReferenceNbr,LastModifiedDateTime", rows(&[("a", "1"), ("b", "1"), ("c", "2"), ("d", "3"), ("e", "2")])),
        ("GET $filter=LastModifiedDateTime%20lt%20datetimeoffset'2026-01-02T", rows(&[("b", "1"), ("a", "1")])),
        // `e` is changed before its window is read, and is in none of them.
        ("GET $filter=LastModifiedDateTime%20ge%20datetimeoffset'2026-01-02T", rows(&[("c", "2")])),
        ("GET $filter=LastModifiedDateTime%20ge%20datetimeoffset'2026-01-03T", rows(&[("d", "3"), ("f", "4")])),
        ("GET /Bill/e?", ok(&row("e", "5"))),
    ]);
    let (connector, bills) = (acumatica(&story, r#","page_size":2"#), bills(""));
    let (mut ids, mut page) = (Vec::new(), None);
    loop {
        let read = connector.read(&all(&bills), page).await.unwrap();
        ids.extend(read.rows.iter().map(|row| row.id(&bills).unwrap()));
        page = read.next;
        if page.is_none() {
            break;
        }
    }
    assert_eq!(ids, ["d", "a", "b", "c", "f", "e"]);
    story.requests();
}

#[tokio::test]
async fn a_list_that_cannot_be_optimised_is_read_key_by_key() {
    let keys: Vec<String> = (0..60).map(|at| format!(r#"{{"id":"g{at}"}}"#)).collect();
    let keys = format!("[{}]", keys.join(","));
    let refused = exception(
        "PX.Api.ContractBased.OptimizedExport.CannotOptimizeException",
        "Optimization cannot be performed. The following fields cause the error: X",
    );
    let story = Story::new([
        (LOGIN, signed_in("one")),
        ("GET /Bill?$expand=Details", refused),
        ("GET /Bill?$select=Type,ReferenceNbr,LastModifiedDateTime", ok(&keys)),
    ]);
    for at in 0..50 {
        story.then([("GET /Bill/g", if at == 7 { nothing() } else { ok(&format!(r#"{{"id":"g{at}"}}"#)) })]);
    }
    let (connector, by_status) = (acumatica(&story, ""), bills(""));
    let page = connector.read(&all(&by_status), None).await.unwrap();
    assert_eq!((page.rows.len(), page.rows[7].id(&by_status).unwrap().as_str()), (49, "g8"));
    for at in 50..60 {
        story.then([("GET /Bill/g5", ok(&format!(r#"{{"id":"g{at}"}}"#)))]);
    }
    let rest = connector.read(&all(&by_status), page.next).await.unwrap();
    assert_eq!((rest.rows.len(), rest.next.is_none()), (10, true));
    story.then([("GET /Bill?$select=Type,", ok(r#"[{"id":"a"},{"id":"a"}]"#)), ("GET /Bill/a?$expand=Details", ok(r#"{"id":"a"}"#))]);
    assert_eq!(connector.read(&all(&bills(r#","by_key_only":true"#)), None).await.unwrap().rows.len(), 1);
    story.requests();
}

#[tokio::test]
async fn a_missing_key_is_a_500_and_a_404_is_a_missing_entity() {
    let parts = |parts: [&str; 2]| parts.map(str::to_owned);
    let story = Story::new([
        (LOGIN, signed_in("one")),
        ("GET /Bill/Debit%20Adj./0001?$expand=Details", nothing()),
        ("GET /Bill?$filter=Type%20eq%20'AP/1'%20and%20ReferenceNbr%20eq%20'2'", ok(r#"[{"id":"g"}]"#)),
        ("GET /Bill/g", status(404, "<html><body>No such endpoint</body></html>")),
    ]);
    let (connector, bills) = (acumatica(&story, ""), bills(""));
    assert!(connector.get(&bills, None, Key::Parts(&parts(["Debit Adj.", "0001 "])), Select::All).await.unwrap().is_none());
    let error = connector.get(&bills, None, Key::Parts(&parts(["AP/1", "2"])), Select::All).await;
    assert_eq!(error.unwrap().unwrap().id(&bills).unwrap(), "g");
    let error = connector.get(&bills, None, Key::Id("g"), Select::All).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::NotFound, "No such endpoint"));
    story.requests();
}

#[tokio::test]
async fn reads_outlast_an_overloaded_server_and_stop_at_nonsense() {
    let story = Story::new([
        (LOGIN, signed_in("one")),
        ("GET /Bill", status(502, "<html>Bad gateway</html>")),
        ("GET /Bill", status(429, "declined")),
        ("GET /Bill", exception("System.TimeoutException", "The operation has timed out")),
        ("GET /Bill", exception("PX.Data.PXException", "The previous operation has not been completed yet.")),
        ("GET /Bill", ok("[]")),
        ("GET /Bill", ok(r#"[{"id":"g"},{"id":"#)),
    ]);
    let (connector, bills) = (acumatica(&story, ""), bills(""));
    assert!(connector.read(&all(&bills), None).await.unwrap().rows.is_empty());
    assert_eq!(connector.read(&all(&bills), None).await.unwrap_err().kind, ErrorKind::Nonsense);
    story.requests();
}

#[tokio::test]
async fn both_forms_of_the_version_list_are_read() {
    let newer = r#"{"version":{"acumaticaBuildVersion":"26.101.0225","databaseVersion":"26.101.0225"},"endpoints":[{"name":"Default","version":"24.200.001","href":"/entity/Default/24.200.001"}]}"#;
    let story = Story::new([
        (LOGIN, signed_in("one")),
        ("GET https://erp.test/site/entity", ok(newer)),
        ("GET https://erp.test/site/entity", ok(r#"[{"name":"Procore","version":"1"}]"#)),
        ("GET /entity", ok("{}")),
    ]);
    let connector = acumatica(&story, "");
    let versions = connector.probe().await.unwrap();
    assert_eq!(
        (versions.build.as_deref(), versions.endpoints),
        (Some("26.101.0225"), vec![("Default".to_owned(), "24.200.001".to_owned())])
    );
    assert_eq!(connector.probe().await.unwrap().endpoints, [("Procore".to_owned(), "1".to_owned())]);
    assert_eq!(connector.probe().await.unwrap_err().kind, ErrorKind::Nonsense);
    story.requests();
}
