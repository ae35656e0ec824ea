//! How does an imitated Acumatica behave on the wire? Who is signed in: sessions, their cookies, and the slots they hold.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::errors::Problem;
use super::fields::guid;
use super::options::AcumaticaOptions;
use crate::connector::{Request, Response};
use crate::sandbox::wire::{empty_answer, json_body, with_header};
use crate::value::{Record, Value};

/// An abandoned session holds its slot this long.
const IDLE: Duration = Duration::from_secs(600);

/// The sessions of the instance, by id.
#[derive(Debug)]
pub(super) struct Sessions {
    seed: u64,
    limit: usize,
    live: BTreeMap<String, Session>,
    made: u64,
}

#[derive(Debug)]
struct Session {
    /// The second cookie that proves it; none for a session behind a token.
    proof: Option<String>,
    last: Timestamp,
    /// A session of an access token ends with it.
    ends: Option<Timestamp>,
}

impl Sessions {
    /// No sessions yet.
    pub(super) fn new(seed: u64, limit: usize) -> Self {
        Self { seed, limit, live: BTreeMap::new(), made: 0 }
    }

    /// Ends all of them.
    pub(super) fn clear(&mut self) {
        self.live.clear();
    }

    /// How many slots are held.
    pub(super) fn held(&mut self, now: Timestamp) -> usize {
        let idle = |last: Timestamp| now.duration_since(last).unsigned_abs() >= IDLE;
        self.live.retain(|_, session| session.ends.map_or(!idle(session.last), |ends| ends > now));
        self.live.len()
    }

    /// `POST /entity/auth/login`.
    pub(super) fn login(&mut self, request: &Request, options: &AcumaticaOptions, now: Timestamp) -> Result<Response, Problem> {
        let body = match json_body(request) {
            Some(Value::Record(body)) => body,
            _ => return Err(Problem::empty_body()),
        };
        check_tenant(&body, options)?;
        let word = |name: &str| body.text(name).unwrap_or_default();
        if (word("name"), word("password")) != (options.user.0.as_str(), options.user.1.as_str()) {
            return Err(Problem::px("Error: Invalid credentials. Please try again."));
        }
        let (id, proof) = self.open(now)?;
        let secure = if request.url.starts_with("https:") { "; secure" } else { "" };
        let tenant = body.text("tenant").or(body.text("company")).unwrap_or(&options.tenants[0]);
        let locale = format!("Culture={}&TimeZone=GMTM0800A", body.text("locale").unwrap_or("en-US"));
        let branch = body.text("branch").unwrap_or("MAIN");
        let jar = [
            ("ASP.NET_SessionId", id.as_str()),
            ("UserBranch", branch),
            ("Locale", &locale),
            ("CompanyID", tenant),
            (".ASPXAUTH", &proof),
            // Some arrive twice.
            ("UserBranch", branch),
            ("Locale", &locale),
            ("requestid", "5F3A"),
            ("requeststat", "+st:1+sc:~/entity/auth/login"),
        ];
        let set =
            |answer, (name, value): (&str, &str)| with_header(answer, "set-cookie", format!("{name}={value}; path=/{secure}; HttpOnly"));
        Ok(jar.into_iter().fold(empty_answer(204), set))
    }

    /// `POST /entity/auth/logout`: ends the session if there is one.
    pub(super) fn logout(&mut self, id: Option<&str>) -> Response {
        if let Some(id) = id {
            self.live.remove(id);
        }
        empty_answer(204)
    }

    /// The session that the request's cookies prove; it is used by asking.
    pub(super) fn by_cookies(&mut self, request: &Request, now: Timestamp) -> Option<String> {
        self.held(now);
        let (id, proof) = (cookie(request, "ASP.NET_SessionId")?, cookie(request, ".ASPXAUTH")?);
        let session = self.live.get_mut(&id).filter(|session| session.proof.as_ref() == Some(&proof))?;
        session.last = now;
        Some(id)
    }

    /// The session behind a token, opened when it is not there. `ends`: it lives as long as the token.
    pub(super) fn behind_token(&mut self, id: &str, ends: Option<Timestamp>, now: Timestamp) -> Result<(), Problem> {
        let held = self.held(now);
        match self.live.get_mut(id) {
            Some(session) => session.last = now,
            None if held >= self.limit => return Err(Problem::LoginLimit),
            None => {
                self.live.insert(id.to_owned(), Session { proof: None, last: now, ends });
            }
        }
        Ok(())
    }

    /// A new id for the session of one cookie jar.
    pub(super) fn jar(&mut self) -> String {
        self.made += 1;
        guid(self.seed, &["jar", &self.made.to_string()]).replace('-', "")
    }

    fn open(&mut self, now: Timestamp) -> Result<(String, String), Problem> {
        if self.held(now) >= self.limit {
            return Err(Problem::LoginLimit);
        }
        let (id, proof) = (self.jar(), guid(self.seed, &["proof", &self.made.to_string()]).replace('-', ""));
        self.live.insert(id.clone(), Session { proof: Some(proof.clone()), last: now, ends: None });
        Ok((id, proof))
    }
}

fn check_tenant(body: &Record, options: &AcumaticaOptions) -> Result<(), Problem> {
    if body.get("tenant").is_some() && body.get("company").is_some() {
        return Err(Problem::Malformed("company".to_owned(), "Use either tenant or company.".to_owned()));
    }
    match body.text("tenant").or(body.text("company")) {
        // Where there is one tenant, any name is as good.
        Some(name) if options.tenants.len() > 1 && !options.tenants.iter().any(|known| known.eq_ignore_ascii_case(name)) => {
            Err(Problem::Exception("PX.Data.PXUndefinedCompanyException", format!("The tenant '{name}' is not defined.")))
        }
        _ => Ok(()),
    }
}

/// The last value of a cookie that the request brings.
pub(super) fn cookie(request: &Request, name: &str) -> Option<String> {
    let jars = request.headers.iter().filter(|(header, _)| header == "cookie").map(|(_, value)| value.as_str());
    let mut pairs = jars.flat_map(|jar| jar.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.rfind(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}
