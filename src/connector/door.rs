//! What every request passes, whichever the system: sign, wait for the allowance, send, read what the answer means,
//! log, and try again where that is safe.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::World;
use super::budget::{Budget, Requests};
use super::clock::{Clock, Later};
use super::error::{Certainty, ConnectorError, ErrorKind, shorten};
use super::retry::{Retry, retry_after};
use super::secret::{Redaction, Secret};
use super::transport::{Request, Response, Transport, TransportError};
use crate::schema::System;

/// What sending a request twice would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing: it only reads.
    Read,
    /// The same as sending it once: an upsert by id or origin id.
    Repeatable,
    /// Perhaps a second record.
    Once,
}

/// One call of a system.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// As it will leave, without credentials.
    pub(super) request: Request,
    /// Its name in messages: `PUT /Subcontract`.
    pub(super) operation: String,
    /// What sending it twice would do.
    pub(super) effect: Effect,
    /// Whether it leaves without waiting for the allowance, as signing out does.
    pub(super) exempt: bool,
    /// How often it is tried.
    pub(super) retry: Retry,
}

/// What differs by system: credentials, and the meaning of answers.
pub(super) trait Dialect: Send + Sync {
    /// Puts credentials on the request, signing in first where needed; gives back which sign-in they belong to.
    fn sign<'a>(&'a self, door: &'a Door, request: &'a mut Request) -> Later<'a, Result<u64, ConnectorError>>;
    /// These credentials were refused; the next [`sign`](Self::sign) makes new ones. `false` when there are no others.
    fn renew(&self, sign_in: u64) -> Later<'_, bool>;
    /// Hears every answer, for cookies.
    fn hear<'a>(&'a self, door: &'a Door, response: &'a Response) -> Later<'a, ()>;
    /// What an answer means that is not a success (status 300 and above).
    fn trouble(&self, door: &Door, call: &Call, response: &Response) -> ConnectorError;
}

/// The way to one system.
pub(super) struct Door {
    pub(super) system: System,
    pub(super) clock: Arc<dyn Clock>,
    transport: Arc<dyn Transport>,
    budget: Budget,
    redaction: Redaction,
    dice: Mutex<fastrand::Rng>,
}

impl Call {
    /// A request without body that only reads.
    pub(super) fn read(url: String, operation: String) -> Self {
        let request = Request { method: "GET".to_owned(), url, ..Request::default() };
        Self { request, operation, effect: Effect::Read, exempt: false, retry: Retry::ORDINARY }
    }

    /// A request with a JSON body that writes.
    pub(super) fn write(method: &str, url: String, operation: String, json: String) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let request = Request { method: method.to_owned(), url, headers, body: json.into_bytes() };
        Self { request, operation, effect: Effect::Once, exempt: false, retry: Retry::ORDINARY }
    }

    /// The same, with this effect when sent twice.
    pub(super) fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// The same, with one more header.
    pub(super) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.request.headers.push((name.to_owned(), value.into()));
        self
    }
}

impl Door {
    /// The way to this system in this world, within this allowance.
    pub(super) fn new(system: System, world: &World, budget: Budget) -> Self {
        let dice = Mutex::new(fastrand::Rng::with_seed(world.seed));
        let (clock, transport) = (world.clock.clone(), world.transport.clone());
        Self { system, clock, transport, budget, redaction: Redaction::default(), dice }
    }

    /// Makes one call to its end: an answer that is a success, or what its failure means.
    pub(super) async fn call(&self, dialect: &dyn Dialect, call: &Call) -> Result<Response, ConnectorError> {
        let (mut attempt, mut renewed) = (1, false);
        loop {
            let mut request = call.request.clone();
            let sign_in = dialect.sign(self, &mut request).await.map_err(unsent)?;
            let error = match self.once(dialect, call, request).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            if error.kind == ErrorKind::SignIn && !renewed && dialect.renew(sign_in).await {
                renewed = true;
                continue;
            }
            let too_long = error.retry_after.is_some_and(|asked| asked > self.budget.longest_wait());
            if too_long || !call.retry.allows(&error, attempt) {
                return Err(error);
            }
            let wait = self.wait(call, attempt, error.retry_after);
            let (system, reason, wait_ms) = (self.system.word(), &error.message, millis(wait));
            tracing::warn!(system, operation = %call.operation, attempt, wait_ms, reason, "trying again");
            self.clock.sleep(wait).await;
            attempt += 1;
        }
    }

    /// What was used of the allowance of requests, and what is left.
    pub(super) fn requests(&self) -> Requests {
        self.budget.requests()
    }

    /// The text without secrets.
    pub(super) fn clean(&self, text: &str) -> String {
        self.redaction.clean(text)
    }

    /// A secret that no text may show from now on.
    pub(super) fn hide(&self, secret: &Secret) {
        self.redaction.learn(secret);
    }

    /// An error of this system.
    pub(super) fn error(&self, kind: ErrorKind, operation: &str, message: impl Into<String>) -> ConnectorError {
        ConnectorError::new(kind, self.system, operation, message)
    }

    /// A success whose body is not what the API promises. A write has happened all the same, in whatever way.
    pub(super) fn nonsense(&self, call: &Call, response: &Response, expected: &str) -> ConnectorError {
        let start = &response.body[..response.body.len().min(65_536)];
        let body = self.clean(&super::error::excerpt(&self.redaction.clean_body(start)));
        let error =
            self.error(ErrorKind::Nonsense, &call.operation, format!("expected {expected}, status {} came with `{body}`", response.status));
        settled(error, call.effect)
    }

    fn wait(&self, call: &Call, attempt: u32, asked: Option<Duration>) -> Duration {
        call.retry.wait(attempt, asked, &mut self.dice.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn once(&self, dialect: &dyn Dialect, call: &Call, request: Request) -> Result<Response, ConnectorError> {
        let permit = if call.exempt { None } else { Some(self.admit(call).await?) };
        let (method, path, sent_at) = (request.method.clone(), self.clean(request.path()), self.clock.now());
        let outcome = self.transport.send(request).await;
        let now = self.clock.now();
        let took_ms = millis(Duration::try_from(now.duration_since(sent_at)).unwrap_or_default());
        let system = self.system.word();
        let response = match outcome {
            Ok(response) => response,
            Err(problem) => {
                tracing::debug!(system, method, path, took_ms, reason = self.clean(&problem.to_string()), "no answer");
                return Err(settled(self.unanswered(call, &problem), call.effect));
            }
        };
        self.budget.learn(&response, now);
        drop(permit);
        dialect.hear(self, &response).await;
        let request_id = response.header("x-request-id").or_else(|| response.header("requestid")).unwrap_or("");
        tracing::debug!(system, method, path, status = response.status, took_ms, request_id, "answered");
        match self.trouble(dialect, call, &response) {
            Some(error) => Err(settled(error, call.effect)),
            None => Ok(response),
        }
    }

    /// What a failed answer means. The dialect reads a body without secrets, so that none is cut in half into a message.
    fn trouble(&self, dialect: &dyn Dialect, call: &Call, response: &Response) -> Option<ConnectorError> {
        if response.status < 300 {
            return None;
        }
        let clean = Response { body: self.redaction.clean_body(&response.body), ..response.clone() };
        let mut error = dialect.trouble(self, call, &clean).fact("status", response.status.to_string());
        error.retry_after = error.retry_after.or_else(|| retry_after(response, self.clock.now()));
        if let Some(id) = response.header("x-request-id") {
            error = error.fact("request_id", id);
        }
        Some(error.cleaned(|text| self.clean(text)))
    }

    async fn admit(&self, call: &Call) -> Result<super::budget::Permit<'_>, ConnectorError> {
        self.budget.admit(&*self.clock).await.map_err(|wait| {
            let mut error = self.error(ErrorKind::RateLimited, &call.operation, "the system's request allowance is spent");
            error.retry_after = Some(wait);
            error
        })
    }

    fn unanswered(&self, call: &Call, problem: &TransportError) -> ConnectorError {
        let text = shorten(&self.clean(&problem.to_string()));
        match problem {
            TransportError::NotSent(_) => self.error(ErrorKind::Unreachable, &call.operation, text),
            TransportError::Lost(why) if why.contains("timed out") => self.error(ErrorKind::Timeout, &call.operation, text),
            TransportError::Lost(_) => self.error(ErrorKind::Unreachable, &call.operation, text).certain(Certainty::Unknown),
            TransportError::TooLarge(_) => self.error(ErrorKind::TooLarge, &call.operation, text).certain(Certainty::Unknown),
        }
    }
}

/// The error with what is known about the effect of such a call: what only reads, or merely repeats, may be sent again.
fn settled(error: ConnectorError, effect: Effect) -> ConnectorError {
    if effect == Effect::Once || error.certainty() != Certainty::Unknown {
        return error;
    }
    let certainty = if error.is_temporary() || effect == Effect::Repeatable { Certainty::AgainLater } else { Certainty::Refused };
    error.certain(certainty)
}

/// A sign-in that failed leaves the call itself unsent, whatever became of the sign-in.
fn unsent(error: ConnectorError) -> ConnectorError {
    let certainty = if error.is_temporary() { Certainty::AgainLater } else { Certainty::Refused };
    error.certain(certainty)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
