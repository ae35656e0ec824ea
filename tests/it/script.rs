//! A transport that expects the requests of a story in their order, and answers as written.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use crosswalk::connector::{
    Clock, Connector, ConnectorError, Later, Request, Response, TokensInMemory, Transport, TransportError, TurnedClock, World,
};
use crosswalk::schema::{Schema, load};

/// What the secret file of every story holds.
pub(crate) const SECRET: &str = "pa55-w0rd&more";

/// Expected requests (`METHOD part-of-the-address`) and their answers.
pub(crate) struct Script {
    steps: Mutex<VecDeque<(String, Result<Response, TransportError>)>>,
    seen: Mutex<Vec<Request>>,
}

/// One story's world.
pub(crate) struct Story {
    pub(crate) script: Arc<Script>,
    pub(crate) clock: Arc<TurnedClock>,
    pub(crate) tokens: Arc<TokensInMemory>,
}

impl Story {
    pub(crate) fn new<const N: usize>(steps: [(&str, Result<Response, TransportError>); N]) -> Self {
        let steps = steps.into_iter().map(|(expected, answer)| (expected.to_owned(), answer)).collect();
        let script = Arc::new(Script { steps: Mutex::new(steps), seen: Mutex::default() });
        let start = "2026-01-05T08:00:00Z".parse().expect("a time");
        Self { script, clock: Arc::new(TurnedClock::at(start)), tokens: Arc::default() }
    }

    pub(crate) fn world(&self) -> World {
        World { transport: self.script.clone(), clock: self.clock.clone(), tokens: self.tokens.clone(), seed: 7 }
    }

    /// More of the story.
    pub(crate) fn then<const N: usize>(&self, steps: [(&str, Result<Response, TransportError>); N]) {
        let steps = steps.into_iter().map(|(expected, answer)| (expected.to_owned(), answer));
        self.script.steps.lock().unwrap().extend(steps);
    }

    /// The requests so far; every expected one must have come.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let left = self.script.steps.lock().unwrap();
        assert!(left.is_empty(), "never sent: {:?}", left.iter().map(|(expected, _)| expected).collect::<Vec<_>>());
        self.script.seen.lock().unwrap().clone()
    }

    /// The body of the last request.
    pub(crate) fn last_body(&self) -> String {
        String::from_utf8(self.requests().pop().expect("a request").body).expect("text")
    }

    /// Seconds since the story began.
    pub(crate) fn seconds(&self) -> i64 {
        self.clock.now().as_second() - "2026-01-05T08:00:00Z".parse::<jiff::Timestamp>().expect("a time").as_second()
    }
}

impl Transport for Script {
    fn send(&self, request: Request) -> Later<'_, Result<Response, TransportError>> {
        let sent = format!("{} {}", request.method, request.url);
        let step = self.steps.lock().unwrap().pop_front();
        self.seen.lock().unwrap().push(request);
        let (expected, answer) = step.unwrap_or_else(|| panic!("nothing more was expected, but `{sent}` came"));
        let (method, part) = expected.split_once(' ').expect("METHOD address");
        assert!(sent.starts_with(method) && sent.contains(part), "expected `{expected}`, but `{sent}` came");
        Box::pin(std::future::ready(answer))
    }
}

/// An answer.
pub(crate) fn status(status: u16, body: &str) -> Result<Response, TransportError> {
    Ok(Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

/// A 200.
pub(crate) fn ok(body: &str) -> Result<Response, TransportError> {
    status(200, body)
}

/// An answer with one more header.
pub(crate) fn with(answer: Result<Response, TransportError>, name: &str, value: &str) -> Result<Response, TransportError> {
    answer.map(|mut response| {
        response.headers.push((name.to_owned(), value.to_owned()));
        response
    })
}

/// The request left, and no answer came.
pub(crate) fn lost() -> Result<Response, TransportError> {
    Err(TransportError::Lost("connection reset".to_owned()))
}

/// The request never left.
pub(crate) fn not_sent() -> Result<Response, TransportError> {
    Err(TransportError::NotSent("connection refused".to_owned()))
}

/// A reference to the secret file.
pub(crate) fn secret_ref() -> String {
    static WRITTEN: OnceLock<String> = OnceLock::new();
    let path = WRITTEN.get_or_init(|| {
        let path = format!("{}/connector-secret", env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(&path, format!("{SECRET}\n")).expect("a folder for tests");
        path
    });
    format!("file:{path}")
}

/// A schema of this resource block and these properties.
pub(crate) fn schema(resource: &str, properties: &str) -> Schema {
    let text = format!(r#"{{"type":"object","x-resource":{{{resource}}},"properties":{{{properties}}}}}"#);
    load(Path::new("story.json"), &text).unwrap_or_else(|problem| panic!("{problem:?}"))
}

/// The one error of a write of one record.
pub(crate) fn only_error<T: std::fmt::Debug>(mut outcomes: Vec<Result<T, ConnectorError>>) -> ConnectorError {
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0).unwrap_err()
}

/// A connector to Procore, company 77.
pub(crate) fn procore(story: &Story, more: &str) -> Connector {
    let text = format!(
        r#"{{"api_url":"https://api.test","login_url":"https://login.test","company_id":"77","client_id":"app","client_secret":"{}"{more}}}"#,
        secret_ref()
    );
    Connector::procore(serde_json::from_str(&text).unwrap(), &story.world()).unwrap()
}

/// A connector to Acumatica with a cookie session.
pub(crate) fn acumatica(story: &Story, more: &str) -> Connector {
    let sign_in = format!(r#""sign_in":{{"session":{{"user":"robot","password":"{}"}}}}"#, secret_ref());
    acumatica_with(story, &format!("{sign_in}{more}"))
}

/// A connector to Acumatica with these further settings.
pub(crate) fn acumatica_with(story: &Story, more: &str) -> Connector {
    let text = format!(r#"{{"url":"https://erp.test/site","tenant":"Acme",{more}}}"#);
    Connector::acumatica(serde_json::from_str(&text).unwrap(), &story.world()).unwrap()
}
