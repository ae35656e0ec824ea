//! How do both systems behave on the wire? When a test asks for it: badly. Faults on demand, and a list of who called.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::wire::{Reply, Target, empty_answer, json_answer, text_answer};
use crate::connector::{Request, Response};
use crate::value::{Record, Value};

/// One trouble that waits for its request.
///
/// As JSON: `{"on": {"method": "PUT", "path": "/Subcontract", "nth": 2}, "kind": "drop_after_effect"}`,
/// `{"kind": {"status": 503}, "headers": {"retry-after": "2"}, "times": 3}`, `{"kind": {"slow_ms": 1500}}`.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which requests it meets.
    #[serde(default)]
    pub on: Matcher,
    /// What happens to them.
    pub kind: FaultKind,
    /// Headers of a `status` answer: `retry-after`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// How many requests it meets before it is used up.
    #[serde(default = "once")]
    pub times: u32,
}

/// Which requests a fault meets: all conditions that are given.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Matcher {
    /// The method; none for any.
    pub method: Option<String>,
    /// A part of the address, query included and undecoded; none for any.
    pub path: Option<String>,
    /// Lets this many matching requests pass, less one: 2 meets the second. 0 is as good as 1.
    #[serde(default)]
    pub nth: u32,
}

/// What a fault does.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The work is done, then the connection is cut: the caller cannot know.
    DropAfterEffect,
    /// The connection is cut before anything is done.
    DropBefore,
    /// This status instead of the work.
    Status(u16),
    /// The work is done and the answer comes this many milliseconds later.
    SlowMs(u64),
    /// Every token and session ends just before the request is looked at.
    ExpireToken,
    /// The work is done and half of the body arrives; `content-length` tells of the whole.
    Truncate,
}

/// A request that was met.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Visit {
    /// The method.
    pub method: String,
    /// Path and query, undecoded.
    pub path: String,
    /// The status that was answered; 0 when the connection was cut.
    pub status: u16,
}

/// Troubles in waiting and visits so far, of one imitated system.
#[derive(Debug, Default)]
pub struct Faults {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Fault>,
    visits: Vec<Visit>,
}

impl Faults {
    /// Adds a fault. Of several that meet a request, the oldest acts.
    pub fn add(&self, fault: Fault) {
        self.state().waiting.push(fault);
    }

    /// Forgets all faults in waiting.
    pub fn clear(&self) {
        self.state().waiting.clear();
    }

    /// The requests met so far, in order; those to `/sandbox/…` do not count.
    pub fn visits(&self) -> Vec<Visit> {
        self.state().visits.clone()
    }

    /// Lets a request through to `answer`, unless a fault is in its way. `expire` ends all tokens and sessions.
    ///
    /// Answers `/sandbox/faults` (GET, POST, DELETE) and `/sandbox/requests` (GET, DELETE) itself; other addresses
    /// below `/sandbox/` go to `answer` without meeting a fault or being counted.
    pub fn around(&self, request: &Request, expire: impl FnOnce(), answer: impl FnOnce() -> Reply) -> Reply {
        let target = Target::of(&request.url);
        if let Some(response) = self.control(request, &target) {
            return response.into();
        }
        if target.parts.first().is_some_and(|part| part == "sandbox") {
            return answer();
        }
        let reply = match self.meet(request) {
            None => answer(),
            Some(fault) => match fault.kind {
                FaultKind::DropBefore => Reply::Drop,
                FaultKind::DropAfterEffect => {
                    answer();
                    Reply::Drop
                }
                FaultKind::Status(status) => refused(status, &fault.headers).into(),
                FaultKind::SlowMs(time) => answer().later(Duration::from_millis(time)),
                FaultKind::ExpireToken => {
                    expire();
                    answer()
                }
                FaultKind::Truncate => answer().response().map_or(Reply::Drop, |response| cut(response).into()),
            },
        };
        self.remember(request, &reply);
        reply
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, request: &Request, reply: &Reply) {
        let status = match reply {
            Reply::Answer(response) | Reply::After(_, response) => response.status,
            Reply::Drop => 0,
        };
        let path = request.url.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..])).unwrap_or(&request.url);
        self.state().visits.push(Visit { method: request.method.clone(), path: path.to_owned(), status });
    }

    /// The fault that acts on this request, one use less left in it.
    fn meet(&self, request: &Request) -> Option<Fault> {
        let mut state = self.state();
        let at = state.waiting.iter_mut().position(|fault| fault.on.meets(request))?;
        let fault = &mut state.waiting[at];
        fault.times = fault.times.saturating_sub(1);
        let met = fault.clone();
        if met.times == 0 {
            state.waiting.remove(at);
        }
        Some(met)
    }

    fn control(&self, request: &Request, target: &Target) -> Option<Response> {
        match (request.method.as_str(), target.steps().as_slice()) {
            ("POST", ["sandbox", "faults"]) => Some(match serde_json::from_slice::<Fault>(&request.body) {
                Ok(fault) => {
                    self.add(fault);
                    empty_answer(204)
                }
                Err(problem) => text_answer(400, "text/plain", problem.to_string()),
            }),
            ("GET", ["sandbox", "faults"]) => Some(listed(&self.state().waiting)),
            ("GET", ["sandbox", "requests"]) => {
                let visits = listed(&self.state().visits);
                let rows = Value::from_json(&String::from_utf8_lossy(&visits.body)).unwrap_or_default();
                let count = Value::from(rows.as_list().map_or(0, <[Value]>::len) as i64);
                Some(json_answer(200, &Record::from_iter([("count", count), ("requests", rows)]).into()))
            }
            ("DELETE", ["sandbox", "faults"]) => {
                self.clear();
                Some(empty_answer(204))
            }
            ("DELETE", ["sandbox", "requests"]) => {
                self.state().visits.clear();
                Some(empty_answer(204))
            }
            _ => None,
        }
    }
}

impl Matcher {
    /// Whether it meets this request; a request let pass is counted.
    fn meets(&mut self, request: &Request) -> bool {
        let method = self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(&request.method));
        let path = self.path.as_ref().is_none_or(|path| request.url.contains(path.as_str()));
        if !(method && path) {
            return false;
        }
        self.nth = self.nth.saturating_sub(1);
        self.nth == 0
    }
}

fn once() -> u32 {
    1
}

fn listed<T: Serialize>(rows: &[T]) -> Response {
    // Our own types always serialise.
    text_answer(200, "application/json; charset=utf-8", serde_json::to_string(rows).expect("faults and visits are JSON"))
}

fn refused(status: u16, headers: &BTreeMap<String, String>) -> Response {
    let mut response = text_answer(status, "text/plain", format!("status {status} on demand"));
    response.headers.extend(headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())));
    response
}

fn cut(mut response: Response) -> Response {
    let whole = response.body.len();
    response.headers.retain(|(name, _)| name != "content-length");
    response.headers.push(("content-length".to_owned(), whole.to_string()));
    response.body.truncate(whole / 2);
    response
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{Fault, FaultKind, Faults, Matcher};
    use crate::connector::Request;
    use crate::sandbox::wire::{Reply, empty_answer, text_answer};

    fn request(method: &str, url: &str, body: &str) -> Request {
        Request { method: method.into(), url: url.into(), headers: Vec::new(), body: body.into() }
    }

    #[test]
    fn a_fault_waits_for_its_request_and_is_used_up() {
        let faults = Faults::default();
        let json = r#"{"on":{"method":"PUT","path":"/Bill","nth":2},"kind":"drop_after_effect"}"#;
        let set = faults.around(&request("POST", "http://h/sandbox/faults", json), || (), || unreachable!());
        assert_eq!(set, Reply::Answer(empty_answer(204)));
        let done = Cell::new(0);
        let call = |method: &str| {
            faults.around(
                &request(method, "http://h/entity/Bill", ""),
                || (),
                || {
                    done.set(done.get() + 1);
                    empty_answer(200).into()
                },
            )
        };
        assert_eq!(call("GET"), Reply::Answer(empty_answer(200)));
        assert_eq!(call("PUT"), Reply::Answer(empty_answer(200)));
        assert_eq!(call("PUT"), Reply::Drop, "the second PUT is cut");
        assert_eq!(done.get(), 3, "after its effect");
        assert_eq!(call("PUT"), Reply::Answer(empty_answer(200)));
        let visits = faults.visits();
        assert_eq!(visits.iter().map(|visit| visit.status).collect::<Vec<_>>(), [200, 200, 0, 200]);
        assert_eq!(visits[0].path, "/entity/Bill");
    }

    #[test]
    fn faults_without_effect_leave_the_work_undone() {
        let faults = Faults::default();
        for kind in [FaultKind::DropBefore, FaultKind::Status(503)] {
            faults.add(Fault { on: Matcher::default(), kind, headers: [("Retry-After".into(), "2".into())].into(), times: 1 });
        }
        let call = || faults.around(&request("GET", "/x", ""), || (), || unreachable!());
        assert_eq!(call(), Reply::Drop);
        assert_eq!(call().response().unwrap().header("retry-after"), Some("2"));
    }

    #[test]
    fn a_cut_body_tells_its_true_length() {
        let faults = Faults::default();
        faults.add(Fault { on: Matcher::default(), kind: FaultKind::Truncate, headers: [].into(), times: 1 });
        let reply = faults.around(&request("GET", "/x", ""), || (), || text_answer(200, "text/plain", "12345678").into());
        let response = reply.response().unwrap();
        assert_eq!((response.header("content-length"), response.body.len()), (Some("8"), 4));
    }

    #[test]
    fn a_misspelt_fault_is_refused() {
        let faults = Faults::default();
        let reply = faults.around(&request("POST", "/sandbox/faults", r#"{"kind":"explode"}"#), || (), || unreachable!());
        assert_eq!(reply.response().unwrap().status, 400);
    }
}
