//! How do both systems behave on the wire? Procore's login host: tokens of 90 minutes, refresh tokens that work once.

use std::collections::HashMap;

use fastrand::Rng;
use jiff::Timestamp;

use crate::connector::{Request, Response};
use crate::sandbox::wire::{Target, empty_answer, form, json_answer, json_body, with_header};
use crate::value::{Record, Value};

/// Seconds that an access token lives.
const TOKEN_LIFE: i64 = 5_400;
/// Seconds that an authorization code lives.
const CODE_LIFE: i64 = 600;

/// Who may sign in, and what has been given out.
#[derive(Debug)]
pub(crate) struct Doors {
    client_id: String,
    client_secret: String,
    rng: Rng,
    access: HashMap<String, Access>,
    /// Codes, with the second at which they end.
    codes: HashMap<String, i64>,
    /// Refresh tokens that were not used yet; they do not expire.
    refresh: Vec<String>,
}

/// An access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    /// The second at which it was given out.
    created_at: i64,
    /// The second from which it is refused.
    ends: i64,
    /// Given to a service account (client credentials) rather than to a person.
    pub(crate) service: bool,
}

impl Doors {
    /// A login host that knows this one application.
    pub(crate) fn new(client_id: &str, client_secret: &str, rng: Rng) -> Self {
        let (client_id, client_secret) = (client_id.to_owned(), client_secret.to_owned());
        Self { client_id, client_secret, rng, access: HashMap::new(), codes: HashMap::new(), refresh: Vec::new() }
    }

    /// Ends every access token.
    pub(crate) fn expire_all(&mut self) {
        self.access.clear();
    }

    /// The token that a request carries, if it is one of ours and lives.
    pub(crate) fn access(&self, request: &Request, now: Timestamp) -> Option<Access> {
        let token = request.header("authorization")?.strip_prefix("Bearer ")?;
        self.access.get(token.trim()).copied().filter(|access| now.as_second() < access.ends)
    }

    /// Answers `/oauth/…`; `None` for a path it does not know.
    pub(crate) fn answer(&mut self, request: &Request, target: &Target, now: Timestamp) -> Option<Response> {
        Some(match (request.method.as_str(), target.steps().as_slice()) {
            ("GET", ["oauth", "authorize"]) => self.authorize(target, now),
            ("POST", ["oauth", "token"]) => self.token(&pairs(request), now),
            ("GET", ["oauth", "token", "info"]) => self.tell(request, now),
            ("POST", ["oauth", "revoke"]) => self.revoke(&pairs(request)),
            (_, ["oauth", "authorize" | "token" | "revoke"] | ["oauth", "token", "info"]) => empty_answer(405),
            _ => return None,
        })
    }

    /// A person has agreed: back to the application with a code.
    fn authorize(&mut self, target: &Target, now: Timestamp) -> Response {
        let (Some(back), Some("code")) = (target.query("redirect_uri"), target.query("response_type")) else {
            return wrong(400, "invalid_request");
        };
        if target.query("client_id") != Some(self.client_id.as_str()) {
            return wrong(401, "invalid_client");
        }
        let code = self.secret();
        self.codes.insert(code.clone(), now.as_second() + CODE_LIFE);
        let state = target.query("state").map(|state| format!("&state={state}")).unwrap_or_default();
        let joint = if back.contains('?') { '&' } else { '?' };
        with_header(empty_answer(302), "location", format!("{back}{joint}code={code}{state}"))
    }

    fn token(&mut self, sent: &[(String, String)], now: Timestamp) -> Response {
        let sent = |name: &str| sent.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        if sent("client_id") != Some(self.client_id.as_str()) || sent("client_secret") != Some(self.client_secret.as_str()) {
            return wrong(401, "invalid_client");
        }
        match sent("grant_type") {
            Some("client_credentials") => self.give(now, true),
            Some("authorization_code") => match sent("code").and_then(|code| self.codes.remove(code)) {
                Some(ends) if now.as_second() < ends => self.give(now, false),
                _ => wrong(400, "invalid_grant"),
            },
            // The old token is dead from here on, whether or not the answer arrives.
            Some("refresh_token") => match sent("refresh_token").and_then(|old| self.refresh.iter().position(|known| known == old)) {
                Some(at) => {
                    self.refresh.remove(at);
                    self.give(now, false)
                }
                None => wrong(400, "invalid_grant"),
            },
            _ => wrong(400, "unsupported_grant_type"),
        }
    }

    fn give(&mut self, now: Timestamp, service: bool) -> Response {
        let token = self.secret();
        let created_at = now.as_second();
        self.access.retain(|_, access| created_at < access.ends);
        self.access.insert(token.clone(), Access { created_at, ends: created_at + TOKEN_LIFE, service });
        let mut body = Record::from_iter([
            ("access_token", Value::from(token)),
            ("token_type", "Bearer".into()),
            ("expires_in", Value::from(TOKEN_LIFE)),
            ("created_at", Value::from(created_at)),
        ]);
        if !service {
            let refresh = self.secret();
            self.refresh.push(refresh.clone());
            body.set("refresh_token", refresh);
        }
        json_answer(200, &body.into())
    }

    fn tell(&self, request: &Request, now: Timestamp) -> Response {
        let Some(access) = self.access(request, now) else { return wrong(401, "invalid_token") };
        let application = Record::from_iter([("uid", self.client_id.as_str())]);
        let body = Record::from_iter([
            ("resource_owner_id", Value::Null),
            ("scopes", Value::List(Vec::new())),
            ("expires_in_seconds", Value::from(access.ends - now.as_second())),
            ("application", application.into()),
            ("created_at", Value::from(access.created_at)),
        ]);
        json_answer(200, &body.into())
    }

    fn revoke(&mut self, sent: &[(String, String)]) -> Response {
        for (_, token) in sent.iter().filter(|(name, _)| name == "token") {
            self.access.remove(token);
            self.refresh.retain(|known| known != token);
        }
        json_answer(200, &Record::new().into())
    }

    fn secret(&mut self) -> String {
        format!("{:016x}{:016x}", self.rng.u64(..), self.rng.u64(..))
    }
}

/// What was sent, form-encoded or as JSON.
fn pairs(request: &Request) -> Vec<(String, String)> {
    match json_body(request) {
        Some(Value::Record(record)) => record.iter().map(|(name, value)| (name.to_owned(), value.plain())).collect(),
        _ => form(&String::from_utf8_lossy(&request.body)),
    }
}

fn wrong(status: u16, error: &str) -> Response {
    let description = match error {
        "invalid_client" => "Client authentication failed",
        "invalid_grant" => "The grant is invalid, expired, revoked or was used before",
        "invalid_token" => "The access token is invalid",
        "unsupported_grant_type" => "The grant type is not supported",
        _ => "The request is missing a parameter",
    };
    json_answer(status, &Record::from_iter([("error", error), ("error_description", description)]).into())
}
