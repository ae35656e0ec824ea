//! The same over real sockets, and the way in without any.

use std::sync::Arc;

use crosswalk::connector::{Clock, Request, Transport, TransportError, TurnedClock};
use crosswalk::sandbox::{Fault, FaultKind, InProcess, Matcher, Sandbox, SandboxOptions};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::catalog;

/// Both systems, and a clock that is turned.
fn sandbox() -> (Sandbox, Arc<TurnedClock>) {
    let clock = Arc::new(TurnedClock::at("2026-11-22T08:00:00Z".parse().unwrap()));
    (Sandbox::new(SandboxOptions::new(clock.clone(), catalog(), 7, 2)), clock)
}

fn request(method: &str, url: &str, body: &Json) -> Request {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    Request { method: method.into(), url: url.into(), headers, body }
}

/// A request with a fresh token and the company on it.
fn signed(sandbox: &Sandbox, mut request: Request) -> Request {
    let settings = &sandbox.settings().procore;
    let form = json!({"grant_type": "client_credentials", "client_id": settings.client_id, "client_secret": settings.client_secret});
    let answer = sandbox.procore.handle(&self::request("POST", "/oauth/token", &form)).response().unwrap();
    let token: Json = serde_json::from_slice(&answer.body).unwrap();
    request.headers.push(("authorization".to_owned(), format!("Bearer {}", token["access_token"].as_str().unwrap())));
    request.headers.push(("procore-company-id".to_owned(), settings.company_id.to_string()));
    request
}

/// Speaks HTTP/1.1 by hand, so that a cut connection is seen for what it is.
async fn raw(url: &str, request: &Request) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    let mut text = format!(
        "{} {} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\ncontent-length: {}\r\n",
        request.method,
        request.url,
        request.body.len()
    );
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    stream.write_all(text.as_bytes()).await.unwrap();
    stream.write_all(&request.body).await.unwrap();
    let mut answer = Vec::new();
    // A reset is as good an end as a close.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

fn fault(kind: FaultKind) -> Fault {
    Fault { on: Matcher::default(), kind, headers: [].into(), times: 1 }
}

#[tokio::test]
async fn both_systems_answer_over_sockets() {
    let (sandbox, _) = sandbox();
    let running = sandbox.serve(0, 0).await.unwrap();
    let company = running.settings.procore.company_id;
    let get = |path: &str| signed(&sandbox, request("GET", path, &Json::Null));
    let answer = raw(&running.procore_url, &get("/rest/v1.0/me")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("x-rate-limit-remaining: "), "{answer}");
    let page = raw(&running.procore_url, &get(&format!("/rest/v1.0/vendors?company_id={company}&per_page=2"))).await;
    assert!(page.contains("link: <http://sandbox/rest/v1.0/vendors?company_id="), "{page}");
    let other = raw(&running.acumatica_url, &request("GET", "/entity", &Json::Null)).await;
    assert!(other.starts_with("HTTP/1.1 200 OK\r\n") && other.contains("Default"), "{other}");

    let row = json!({"company_id": company, "updates": [{"name": "Quill Masonry"}]});
    let write = signed(&sandbox, request("PATCH", "/rest/v1.0/vendors/sync", &row));
    sandbox.procore.faults().add(fault(FaultKind::DropAfterEffect));
    assert_eq!(raw(&running.procore_url, &write).await, "", "not one byte of an answer");
    assert!(sandbox.procore.records("vendors").iter().any(|vendor| vendor.text("name") == Some("Quill Masonry")), "and yet it was done");

    let me = get("/rest/v1.0/me");
    sandbox.procore.faults().add(fault(FaultKind::Truncate));
    let torn = raw(&running.procore_url, &me).await;
    let (head, body) = torn.split_once("\r\n\r\n").unwrap();
    let told: usize = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap().parse().unwrap();
    assert!(head.starts_with("HTTP/1.1 200 ") && !body.is_empty() && body.len() < told, "{torn}");

    let url = running.procore_url.clone();
    running.stop().await;
    assert!(TcpStream::connect(url.trim_start_matches("http://")).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let (sandbox, clock) = sandbox();
    let running = sandbox.serve(0, 0).await.unwrap();
    let port: u16 = running.procore_url.rsplit(':').next().unwrap().parse().unwrap();
    let mut options = SandboxOptions::new(clock, catalog(), 7, 1);
    options.acumatica_port = port;
    let problem = Sandbox::start(options).await.unwrap_err();
    assert_eq!(problem.kind(), std::io::ErrorKind::AddrInUse);
    assert_eq!(problem.to_string(), format!("port `{port}` for Acumatica is in use: choose another, or 0 for any"));
    running.stop().await;
}

#[tokio::test]
async fn in_process_requests_meet_the_same_troubles() {
    let (sandbox, clock) = sandbox();
    let transport = sandbox.in_process();
    let me = signed(&sandbox, request("GET", &format!("{}/rest/v1.0/me", InProcess::PROCORE_URL), &Json::Null));
    assert_eq!(transport.send(me.clone()).await.unwrap().status, 200);
    let entity = request("GET", &format!("{}/entity", InProcess::ACUMATICA_URL), &Json::Null);
    assert_eq!(transport.send(entity).await.unwrap().status, 200);
    let elsewhere = request("GET", "http://procore.sandbox.example/", &Json::Null);
    assert!(matches!(transport.send(elsewhere).await, Err(TransportError::NotSent(_))));

    sandbox.procore.faults().add(fault(FaultKind::DropBefore));
    assert!(matches!(transport.send(me.clone()).await, Err(TransportError::Lost(_))));
    sandbox.procore.faults().add(fault(FaultKind::Truncate));
    assert!(matches!(transport.send(me.clone()).await, Err(TransportError::Lost(_))));
    let before = clock.now();
    sandbox.procore.faults().add(fault(FaultKind::SlowMs(90_000)));
    assert_eq!(transport.send(me).await.unwrap().status, 200);
    assert_eq!(clock.now().duration_since(before).as_secs(), 90, "the clock was turned, nobody waited");
}
