//! How does an imitated Acumatica behave on the wire? Tokens: given for a password, renewed once each, gone after an hour.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::errors::Problem;
use super::fields::guid;
use super::options::AcumaticaOptions;
use super::session::{Sessions, cookie};
use crate::connector::{Request, Response};
use crate::sandbox::wire::{form, json_answer};
use crate::value::{Record, Value};

const LIFE: Duration = Duration::from_secs(3_600);
/// A chain of refresh tokens ends this long after the first consent.
const CONSENT: Duration = Duration::from_secs(30 * 24 * 3_600);

/// The tokens of the instance.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    access: BTreeMap<String, (Chain, Timestamp)>,
    refresh: BTreeMap<String, Chain>,
    made: u64,
}

/// What one consent grants.
#[derive(Clone, Debug)]
struct Chain {
    id: u64,
    scope: String,
    consented: Timestamp,
}

impl Chain {
    fn has(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|granted| granted == scope)
    }
}

impl Tokens {
    /// Ends all access tokens; refresh tokens stay good.
    pub(super) fn expire(&mut self) {
        self.access.clear();
    }

    /// The refresh token that a person's consent in a browser leaves behind.
    pub(super) fn consent(&mut self, scope: &str, options: &AcumaticaOptions) -> String {
        self.made += 1;
        let chain = Chain { id: self.made, scope: scope.to_owned(), consented: options.clock.now() };
        self.renewable(chain, options.seed)
    }

    /// `POST /identity/connect/token`.
    pub(super) fn grant(&mut self, request: &Request, options: &AcumaticaOptions, now: Timestamp) -> Response {
        let fields = form(&String::from_utf8_lossy(&request.body));
        let field = |name: &str| fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
        if (field("client_id"), field("client_secret")) != (options.client.0.as_str(), options.client.1.as_str()) {
            return denied("invalid_client");
        }
        let chain = match field("grant_type") {
            "password" if (field("username"), field("password")) != (options.user.0.as_str(), options.user.1.as_str()) => {
                return denied("invalid_grant");
            }
            "password" => {
                self.made += 1;
                Chain { id: self.made, scope: field("scope").to_owned(), consented: now }
            }
            "refresh_token" => match self.refresh.remove(field("refresh_token")) {
                Some(chain) if now.duration_since(chain.consented).unsigned_abs() < CONSENT => chain,
                _ => return denied("invalid_grant"),
            },
            _ => return denied("unsupported_grant_type"),
        };
        let known = ["api", "offline_access", "api:concurrent_access", "openid", "profile", "email"];
        if !chain.has("api") || chain.scope.split(' ').any(|scope| !known.contains(&scope)) {
            return denied("invalid_scope");
        }
        self.hand_out(chain, options.seed, now)
    }

    /// The session of a request with a bearer token, and the cookie it gets when its jar has none yet.
    pub(super) fn session(&self, request: &Request, sessions: &mut Sessions, now: Timestamp) -> Result<(String, Option<String>), Problem> {
        let bearer = request.header("authorization").and_then(|header| header.strip_prefix("Bearer ")).unwrap_or_default();
        let Some((chain, ends)) = self.access.get(bearer).filter(|(_, ends)| *ends > now) else { return Err(Problem::NoSession) };
        let (id, ends, set) = if chain.has("api:concurrent_access") {
            match cookie(request, "ASP.NET_SessionId") {
                Some(jar) => (jar, None, None),
                None => {
                    let jar = sessions.jar();
                    (jar.clone(), None, Some(format!("ASP.NET_SessionId={jar}; path=/; HttpOnly")))
                }
            }
        } else if chain.has("offline_access") {
            (format!("chain {}", chain.id), None, None)
        } else {
            (format!("token {bearer}"), Some(*ends), None)
        };
        sessions.behind_token(&id, ends, now)?;
        Ok((id, set))
    }

    fn hand_out(&mut self, chain: Chain, seed: u64, now: Timestamp) -> Response {
        self.made += 1;
        let token = guid(seed, &["access", &self.made.to_string()]).replace('-', "");
        let mut body = Record::from_iter([
            ("access_token", Value::text(&token)),
            ("expires_in", Value::from(3_600i64)),
            ("token_type", "Bearer".into()),
            ("scope", chain.scope.as_str().into()),
        ]);
        self.access.insert(token, (chain.clone(), now.checked_add(LIFE).unwrap_or(Timestamp::MAX)));
        if chain.has("offline_access") {
            body.set("refresh_token", self.renewable(chain, seed));
        }
        json_answer(200, &body.into())
    }

    fn renewable(&mut self, chain: Chain, seed: u64) -> String {
        self.made += 1;
        let token = guid(seed, &["refresh", &self.made.to_string()]).replace('-', "");
        self.refresh.insert(token.clone(), chain);
        token
    }
}

/// `GET /identity/.well-known/openid-configuration`, for the instance at this root.
pub(super) fn discovery(root: &str) -> Response {
    let list = |words: &[&str]| Value::List(words.iter().map(|word| Value::from(*word)).collect());
    let body = Record::from_iter([
        ("issuer", Value::text(format!("{root}/identity"))),
        ("authorization_endpoint", format!("{root}/identity/connect/authorize").into()),
        ("token_endpoint", format!("{root}/identity/connect/token").into()),
        ("scopes_supported", list(&["openid", "profile", "email", "api", "offline_access", "api:concurrent_access"])),
        ("grant_types_supported", list(&["authorization_code", "refresh_token", "implicit", "password"])),
    ]);
    json_answer(200, &body.into())
}

fn denied(error: &str) -> Response {
    json_answer(400, &Record::from_iter([("error", error)]).into())
}
