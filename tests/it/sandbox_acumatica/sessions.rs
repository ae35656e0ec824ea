//! Signing in: cookies, tokens, slots, the licence's queue, and what an instance tells about itself.

use std::time::Duration;

use crosswalk::sandbox::{Limits, Reply};

use super::{at, closed, exception, jar, json, open, text};

#[test]
fn sign_in_answers_204_with_a_jar_of_cookies() {
    let desk = closed(|_| ());
    let answer = desk.call("POST", "/entity/auth/login", r#"{"name":"admin","password":"practice-password"}"#);
    assert_eq!(answer.status, 204);
    for name in [".ASPXAUTH", "ASP.NET_SessionId", "UserBranch", "Locale", "CompanyID", "requestid", "requeststat"] {
        assert!(jar(&answer).contains(&format!("{name}=")), "{name}");
    }
    assert_eq!(jar(&answer).matches("Locale=").count(), 2, "some cookies arrive twice");
}

#[test]
fn a_wrong_password_is_a_500_and_so_is_an_unknown_tenant_among_several() {
    let desk = closed(|options| options.tenants.push("Second".to_owned()));
    let wrong = desk.call("POST", "/entity/auth/login", r#"{"name":"admin","password":"x"}"#);
    assert_eq!((wrong.status, exception(&wrong).as_str()), (500, "PX.Data.PXException"));
    assert_eq!(at(&json(&wrong), "exceptionMessage"), "Error: Invalid credentials. Please try again.");
    let tenant = desk.call("POST", "/entity/auth/login", r#"{"name":"admin","password":"practice-password","tenant":"Third"}"#);
    assert_eq!(exception(&tenant), "PX.Data.PXUndefinedCompanyException");
    let both =
        desk.call("POST", "/entity/auth/login", r#"{"name":"admin","password":"practice-password","tenant":"Second","company":"Second"}"#);
    assert_eq!(both.status, 400);
    let single = closed(|_| ());
    let any = single.call("POST", "/entity/auth/login", r#"{"name":"admin","password":"practice-password","company":"whatever"}"#);
    assert_eq!(any.status, 204, "with one tenant any name is as good");
}

#[test]
fn requests_need_the_whole_jar() {
    let mut desk = open(|_| ());
    assert_eq!(desk.call("GET", "/Vendor", "").status, 200);
    desk.headers[0].1 = desk.headers[0].1.split("; ").filter(|pair| !pair.starts_with(".ASPXAUTH")).collect::<Vec<_>>().join("; ");
    assert_eq!(desk.call("GET", "/Vendor", "").status, 401);
    desk.headers.clear();
    assert_eq!(desk.call("GET", "/Vendor", "").status, 401);
}

#[test]
fn slots_run_out_leak_for_ten_minutes_and_are_freed_by_signing_out() {
    let mut desk = closed(|options| options.limits = Limits { sessions: 2, ..Limits::default() });
    desk.sign_in();
    desk.sign_in();
    let third = desk.call("POST", "/entity/auth/login", r#"{"name":"admin","password":"practice-password"}"#);
    assert_eq!(third.status, 500);
    assert!(text(&third).contains("API login limit") && third.header("content-type").unwrap().starts_with("text/html"));
    assert_eq!(desk.call("POST", "/entity/auth/logout", "").status, 204);
    assert_eq!(desk.call("GET", "/Vendor", "").status, 401, "signed out");
    desk.sign_in();
    assert_eq!(desk.instance.sessions(), 2);
    desk.clock.turn(Duration::from_secs(599));
    assert_eq!(desk.instance.sessions(), 2, "the abandoned one still holds its slot");
    assert_eq!(desk.call("GET", "/Vendor", "").status, 200);
    desk.clock.turn(Duration::from_secs(2));
    assert_eq!(desk.instance.sessions(), 1, "the used one lives on");
}

fn token(desk: &super::Desk, fields: &str) -> crosswalk::connector::Response {
    let client = "client_id=4B6E1E5C-0D1F-4F55-9E0B-2C1B4B0E7A11%40Company&client_secret=sandbox-secret";
    desk.call("POST", "/identity/connect/token", &format!("{client}&{fields}"))
}

#[test]
fn signing_out_over_a_socket_needs_a_length() {
    let mut desk = open(|_| ());
    desk.headers.push(("host".to_owned(), "localhost".to_owned()));
    assert_eq!(desk.call("POST", "/entity/auth/logout", "").status, 411);
    desk.headers.push(("content-length".to_owned(), "0".to_owned()));
    assert_eq!(desk.call("POST", "/entity/auth/logout", "").status, 204);
}

#[test]
fn tokens_end_after_an_hour_and_refresh_tokens_work_once() {
    let mut desk = closed(|_| ());
    let first = token(&desk, "grant_type=password&username=admin&password=practice-password&scope=api+offline_access");
    assert_eq!(first.status, 200, "{}", text(&first));
    assert_eq!(at(&json(&first), "expires_in"), "3600");
    desk.headers = vec![("authorization".to_owned(), format!("Bearer {}", at(&json(&first), "access_token")))];
    assert_eq!(desk.call("GET", "/CostCode", "").status, 200);
    desk.clock.turn(Duration::from_secs(3_600));
    assert_eq!(desk.call("GET", "/CostCode", "").status, 401);
    let renewal = format!("grant_type=refresh_token&refresh_token={}", at(&json(&first), "refresh_token"));
    let second = token(&desk, &renewal);
    assert_eq!(second.status, 200);
    assert_eq!(at(&json(&token(&desk, &renewal)), "error"), "invalid_grant", "a refresh token is good once");
    desk.headers = vec![("authorization".to_owned(), format!("Bearer {}", at(&json(&second), "access_token")))];
    assert_eq!(desk.call("GET", "/CostCode", "").status, 200);
    assert_eq!(desk.instance.sessions(), 1, "one session for the whole chain");
    desk.clock.turn(Duration::from_secs(31 * 24 * 3_600));
    let late = format!("grant_type=refresh_token&refresh_token={}", at(&json(&second), "refresh_token"));
    assert_eq!(token(&desk, &late).status, 400, "the chain ends 30 days after the consent");
}

#[test]
fn token_requests_that_are_not_granted() {
    let desk = closed(|_| ());
    for (fields, error) in [
        ("grant_type=client_credentials&scope=api", "unsupported_grant_type"),
        ("grant_type=password&username=admin&password=x&scope=api", "invalid_grant"),
        ("grant_type=password&username=admin&password=practice-password&scope=offline_access", "invalid_scope"),
    ] {
        let answer = token(&desk, fields);
        assert_eq!((answer.status, at(&json(&answer), "error").as_str()), (400, error));
    }
    let stranger = desk.call("POST", "/identity/connect/token", "grant_type=password&client_id=x");
    assert_eq!(at(&json(&stranger), "error"), "invalid_client");
    assert!(
        at(&json(&desk.call("GET", "/identity/.well-known/openid-configuration", "")), "token_endpoint")
            .ends_with("/identity/connect/token")
    );
}

#[test]
fn sessions_follow_the_scopes() {
    let mut desk = closed(|_| ());
    let api = token(&desk, "grant_type=password&username=admin&password=practice-password&scope=api");
    assert_eq!(at(&json(&api), "refresh_token"), "", "no offline access, no refresh token");
    desk.headers = vec![("authorization".to_owned(), format!("Bearer {}", at(&json(&api), "access_token")))];
    desk.call("GET", "/CostCode", "");
    desk.clock.turn(Duration::from_secs(1_800));
    assert_eq!(desk.instance.sessions(), 1, "it lives as long as its token");
    desk.clock.turn(Duration::from_secs(1_800));
    assert_eq!(desk.instance.sessions(), 0);
    let many = token(&desk, "grant_type=password&username=admin&password=practice-password&scope=api+api:concurrent_access");
    desk.headers = vec![("authorization".to_owned(), format!("Bearer {}", at(&json(&many), "access_token")))];
    let cookie = jar(&desk.call("GET", "/CostCode", ""));
    desk.call("GET", "/CostCode", "");
    assert_eq!(desk.instance.sessions(), 2, "a session for each jar without its cookie");
    desk.headers.push(("cookie".to_owned(), cookie));
    desk.call("GET", "/CostCode", "");
    assert_eq!(desk.instance.sessions(), 2);
    assert_eq!(desk.call("POST", "/entity/auth/logout", "").status, 204);
    assert_eq!(desk.instance.sessions(), 1);
}

#[test]
fn a_consent_given_in_a_browser_can_be_renewed() {
    let desk = closed(|_| ());
    let answer = token(&desk, &format!("grant_type=refresh_token&refresh_token={}", desk.instance.consent("api offline_access")));
    assert_eq!(answer.status, 200);
}

#[test]
fn the_licence_slows_then_declines_but_lets_everybody_out() {
    let desk = open(|options| options.limits = Limits { sessions: 2, concurrent: 100, per_minute: 10 });
    for _ in 0..4 {
        assert!(matches!(desk.reply("GET", "/CostCode", ""), Reply::Answer(_)));
    }
    match desk.reply("GET", "/CostCode", "") {
        Reply::After(wait, answer) => assert_eq!((wait, answer.status), (Duration::from_secs(12), 200), "60 s for 5 requests"),
        other => panic!("{other:?}"),
    }
    let declined = (0..40).map(|_| desk.call("GET", "/CostCode", "")).find(|answer| answer.status == 429).expect("declined at last");
    assert!(declined.header("content-type").unwrap().starts_with("text/plain"));
    assert!(declined.header("retry-after").is_none());
    assert!(matches!(desk.reply("POST", "/entity/auth/logout", ""), Reply::Answer(answer) if answer.status == 204));
}

#[test]
fn the_endpoint_list_shows_the_tenants_own_only_when_signed_in() {
    let mut desk = closed(|_| ());
    let list = |desk: &super::Desk| text(&desk.call("GET", "/entity", ""));
    assert!(list(&desk).contains("acumaticaBuildVersion") && list(&desk).contains("24.200.001") && !list(&desk).contains("Construction"));
    desk.sign_in();
    assert!(list(&desk).contains("Construction"));
    assert_eq!(desk.call("GET", "/entity/Construction/1/Vendor?$top=1", "").status, 200);
    let old = closed(|options| options.bare_endpoint_list = true);
    assert!(list(&old).starts_with('['));
}

#[test]
fn unknown_addresses_are_404() {
    let desk = open(|_| ());
    let page = desk.call("GET", "/entity/Default/21.200.001/Vendor", "");
    assert_eq!(page.status, 404);
    assert!(text(&page).starts_with("<!DOCTYPE html>"), "not even an endpoint");
    assert_eq!(desk.call("GET", "/Nonsense", "").status, 404);
    assert_eq!(desk.call("GET", "/entity/Default/22.200.001/Subcontract", "").status, 404, "from 23.200.001");
    assert_eq!(desk.call("POST", "/Vendor/Explode", r#"{"entity":{}}"#).status, 404);
    assert_eq!(desk.call("POST", "/Vendor", "{}").status, 405);
}

#[test]
fn an_instance_may_live_below_a_path() {
    let mut desk = closed(|options| options.site = "/erp".to_owned());
    assert_eq!(desk.call("GET", "/entity", "").status, 404);
    let answer = desk.call("POST", "http://localhost/erp/entity/auth/login".trim_start_matches("http://localhost/erp"), "{}");
    assert_eq!(answer.status, 404);
    let mut login = desk.request("POST", "/entity", r#"{"name":"admin","password":"practice-password"}"#);
    login.url = "https://host/erp/entity/auth/login".to_owned();
    let answer = desk.instance.handle(&login).response().unwrap();
    assert_eq!(answer.status, 204);
    assert!(answer.headers.iter().all(|(_, value)| value.contains("secure")), "over https the cookies are secure");
    desk.headers = vec![("cookie".to_owned(), jar(&answer))];
    let mut read = desk.request("GET", "/entity", "");
    read.url = "https://host/erp/entity/Default/24.200.001/Vendor/V000001".to_owned();
    let record = json(&desk.instance.handle(&read).response().unwrap());
    assert!(at(&record, "_links.self").starts_with("/erp/entity/Default/24.200.001/Vendor/"));
}

#[test]
fn the_contract_can_be_read() {
    let desk = open(|_| ());
    let swagger = desk.read("/swagger.json?company=Company");
    assert_eq!(at(&swagger, "openapi"), "3.0.1");
    let text = swagger.to_string();
    for part in ["\"/Subcontract/ReleaseFromHold\"", "\"/Bill/{ids}\"", "\"SubcontractDetail\"", "\"DecimalValue\""] {
        assert!(text.contains(part), "{part}");
    }
    let ad_hoc = desk.read("/Bill/$adHocSchema");
    assert_eq!(at(&ad_hoc, "custom.Document.RetainageApply.type"), "CustomBooleanField");
    assert_eq!(at(&ad_hoc, "Details.0.custom.Transactions.RetainagePct.type"), "CustomDecimalField");
    assert_eq!(at(&ad_hoc, "_workflowActions.0.Release.parameters"), "{}");
}
