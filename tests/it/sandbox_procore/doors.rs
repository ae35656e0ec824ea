//! Tokens, company header, rate windows, paths that are not there, faults.

use crosswalk::connector::Request;
use crosswalk::sandbox::{RateLimits, Reply};
use serde_json::{Value as Json, json};

use super::Desk;

#[test]
fn a_token_lives_ninety_minutes() {
    let mut desk = Desk::new();
    let me = "/rest/v1.0/me";
    assert_eq!(desk.read(me)["login"], "crosswalk@practice.example");
    let token = desk.token(&[("grant_type", "client_credentials")]).body;
    assert_eq!((&token["expires_in"], &token["token_type"], &token["refresh_token"]), (&json!(5400), &json!("Bearer"), &Json::Null));
    assert_eq!(token["created_at"], json!(desk.read_seconds()));
    desk.turn(5_399);
    assert_eq!(desk.get(me).status, 200);
    desk.turn(1);
    let expired = desk.get(me);
    assert_eq!((expired.status, &expired.body), (401, &json!({"error": "The access token is invalid"})));
    let mut without = desk.request("GET", me, &Json::Null);
    without.headers.retain(|(name, _)| name != "authorization");
    assert_eq!(desk.send(without).status, 401);
    desk.sign_in();
    assert_eq!(desk.get(me).status, 200);
    let revoke = format!("token={}", desk.token);
    let request =
        Request { method: "POST".into(), url: "http://procore.sandbox/oauth/revoke".into(), headers: Vec::new(), body: revoke.into() };
    assert_eq!(desk.send(request).status, 200);
    assert_eq!(desk.get(me).status, 401);
}

#[test]
fn codes_and_refresh_tokens_work_once() {
    let mut desk = Desk::new();
    let client = desk.procore.settings().client_id.clone();
    let authorize = |desk: &Desk| {
        let path = format!("/oauth/authorize?response_type=code&client_id={client}&redirect_uri=http%3A%2F%2Flocalhost%2Fback&state=x");
        let answer = desk.get(&path);
        let location = answer.header("location").to_owned();
        assert_eq!(answer.status, 302);
        assert!(location.starts_with("http://localhost/back?code=") && location.ends_with("&state=x"), "{location}");
        location["http://localhost/back?code=".len()..location.len() - "&state=x".len()].to_owned()
    };
    let exchange = |desk: &Desk, code: &str| desk.token(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", "x")]);
    let code = authorize(&desk);
    let first = exchange(&desk, &code);
    assert_eq!(first.status, 200);
    assert_eq!(exchange(&desk, &code).body["error"], "invalid_grant", "a code works once");
    let late = authorize(&desk);
    desk.turn(600);
    assert_eq!(exchange(&desk, &late).status, 400, "a code lives ten minutes");

    let refresh = |desk: &Desk, token: &Json| desk.token(&[("grant_type", "refresh_token"), ("refresh_token", token.as_str().unwrap())]);
    desk.turn(100 * 24 * 3600);
    let second = refresh(&desk, &first.body["refresh_token"]);
    assert_eq!(second.status, 200, "a refresh token does not expire while unused");
    assert_eq!(refresh(&desk, &first.body["refresh_token"]).status, 400, "and works once");
    assert_eq!(refresh(&desk, &second.body["refresh_token"]).status, 200);

    desk.token = second.body["access_token"].as_str().unwrap().to_owned();
    let info = desk.read("/oauth/token/info");
    assert_eq!((&info["expires_in_seconds"], &info["application"]["uid"]), (&json!(5400), &json!(client)));
}

#[test]
fn a_wrong_secret_or_grant_is_refused() {
    let desk = Desk::new();
    let send = |body: &str| {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        desk.send(Request { method: "POST".into(), url: "/oauth/token".into(), headers, body: body.into() })
    };
    let wrong = send(r#"{"grant_type":"client_credentials","client_id":"crosswalk-practice-client","client_secret":"guess"}"#);
    assert_eq!((wrong.status, &wrong.body["error"]), (401, &json!("invalid_client")));
    let right =
        r#"{"grant_type":"client_credentials","client_id":"crosswalk-practice-client","client_secret":"crosswalk-practice-secret"}"#;
    assert_eq!(send(right).status, 200, "JSON is as good as a form");
    assert_eq!(desk.token(&[("grant_type", "password")]).body["error"], "unsupported_grant_type");
}

#[test]
fn the_company_header_is_wanted() {
    let desk = Desk::new();
    let without = |method: &str, path: &str, company: Option<&str>| {
        let mut request = desk.request(method, path, &Json::Null);
        request.headers.retain(|(name, _)| name != "procore-company-id");
        request.headers.extend(company.map(|id| ("procore-company-id".to_owned(), id.to_owned())));
        desk.send(request)
    };
    let path = format!("/rest/v1.0/vendors?company_id={}", desk.company_id());
    let missing = without("GET", &path, None);
    assert_eq!((missing.status, &missing.body), (400, &json!({"errors": "Missing Procore-Company-Id header!"})));
    assert_eq!(without("GET", "/rest/v1.0/me", None).status, 400, "a service account needs it there too");
    let other = without("GET", &path, Some("12"));
    assert_eq!((other.status, &other.body), (403, &json!({"errors": "App is not connected to this company"})));
    assert_eq!(desk.get("/rest/v1.0/vendors").status, 400, "the header does not stand for company_id");
    assert_eq!(desk.get("/rest/v1.0/vendors?company_id=12").status, 404);
    assert_eq!(desk.read("/rest/v1.0/companies")[0]["id"], json!(desk.company_id()));
}

#[test]
fn a_person_may_ask_for_companies_without_naming_one() {
    let mut desk = Desk::new();
    let client = desk.procore.settings().client_id.clone();
    let location =
        desk.get(&format!("/oauth/authorize?response_type=code&client_id={client}&redirect_uri=x")).header("location").to_owned();
    let code = location.strip_prefix("x?code=").unwrap();
    desk.token = desk.token(&[("grant_type", "authorization_code"), ("code", code)]).body["access_token"].as_str().unwrap().to_owned();
    let mut request = desk.request("GET", "/rest/v1.0/companies", &Json::Null);
    request.headers.retain(|(name, _)| name != "procore-company-id");
    assert_eq!(desk.send(request).status, 200);
}

/// An hour and ten seconds at once (BR-78).
#[test]
fn both_rate_windows_are_kept() {
    let desk = Desk::with(|options| options.limits = RateLimits { hour: 5, ten_seconds: 3 });
    let now = desk.read_seconds();
    let first = desk.get("/rest/v1.0/me");
    assert_eq!((first.header("x-rate-limit-limit"), first.header("x-rate-limit-remaining")), ("3", "2"));
    assert_eq!(first.header("x-rate-limit-reset"), (now + 10).to_string());
    desk.get("/rest/v1.0/me");
    desk.get("/rest/v1.0/nothing");
    let over = desk.get("/rest/v1.0/me");
    assert_eq!((over.status, over.header("retry-after")), (429, "11"), "a refused call makes the wait longer");
    assert_eq!(over.body["error"]["code"], 429);
    assert_eq!((over.header("x-rate-limit-remaining"), over.header("x-rate-limit-reset")), ("0", (now + 11).to_string().as_str()));
    desk.turn(11);
    let again = desk.get("/rest/v1.0/me");
    assert_eq!((again.status, again.header("x-rate-limit-limit"), again.header("x-rate-limit-remaining")), (200, "5", "1"));
    desk.get("/rest/v1.0/me");
    desk.turn(20);
    assert_eq!(desk.get("/rest/v1.0/me").status, 429, "now the hour is spent");
    desk.turn(3600);
    assert_eq!(desk.get("/rest/v1.0/me").status, 200);
}

#[test]
fn what_is_not_there_is_told_apart() {
    let desk = Desk::new();
    let unknown = desk.get("/rest/v1.0/vendor");
    assert_eq!((unknown.status, &unknown.body["exception"]), (404, &json!("RecordNotFound")));
    assert!(unknown.header("x-request-id").len() == 36 && unknown.header("x-request-id") != desk.get("/").header("x-request-id"));
    let v2 = desk.get("/rest/v2.0/companies/1/nothing");
    assert_eq!((v2.status, &v2.body["error"]["code"]), (404, &json!("NOT_FOUND")));
    let method = desk.call("PUT", "/rest/v1.0/vendors", json!({}));
    assert_eq!((method.status, method.header("allow")), (405, "GET, POST"));
    let mut malformed = desk.request("POST", "/rest/v1.0/vendors", &json!({}));
    malformed.body = b"{\"vendor\": ".to_vec();
    assert_eq!(desk.send(malformed.clone()).status, 400);
    malformed.headers.retain(|(name, _)| name != "content-type");
    assert_eq!(desk.send(malformed).status, 406);
}

#[test]
fn without_partner_access_the_erp_platform_is_closed() {
    let desk = Desk::with(|options| options.erp_platform = false);
    let company = desk.company_id();
    for (method, path) in [
        ("PATCH", "/rest/v1.0/erp_job_costs/sync".to_owned()),
        ("PATCH", format!("/rest/v1.0/companies/{company}/external_data/sync")),
        ("GET", format!("/rest/v1.0/companies/{company}/external_data?item_type=vendor&item_id=1")),
    ] {
        assert_eq!(desk.call(method, &path, json!({"updates": []})).status, 403, "{path}");
    }
}

#[test]
fn faults_come_on_demand() {
    let desk = Desk::new();
    let fault = |json: Json| assert_eq!(desk.call("POST", "/sandbox/faults", json).status, 204);
    fault(json!({"on": {"method": "PATCH", "path": "/vendors/sync"}, "kind": "drop_after_effect"}));
    let body = json!({"company_id": desk.company_id(), "updates": [{"name": "Quill Masonry", "origin_id": "vendor:q"}]});
    assert_eq!(desk.procore.handle(&desk.request("PATCH", "/rest/v1.0/vendors/sync", &body)), Reply::Drop);
    let kept = desk.read("/sandbox/records/vendors");
    assert!(kept.as_array().unwrap().iter().any(|vendor| vendor["origin_id"] == "vendor:q"), "the work was done all the same");
    fault(json!({"kind": {"status": 503}, "headers": {"retry-after": "7"}}));
    let busy = desk.get("/rest/v1.0/me");
    assert_eq!((busy.status, busy.header("retry-after")), (503, "7"));
    fault(json!({"kind": "expire_token"}));
    assert_eq!(desk.get("/rest/v1.0/me").status, 401);
    let visits = desk.read("/sandbox/requests");
    assert_eq!(visits["requests"].as_array().unwrap().last().unwrap(), &json!({"method": "GET", "path": "/rest/v1.0/me", "status": 401}));
    assert_eq!(desk.get("/sandbox/records/unicorns").status, 404);
}

impl Desk {
    fn read_seconds(&self) -> i64 {
        use crosswalk::connector::Clock;
        self.clock.now().as_second()
    }
}
