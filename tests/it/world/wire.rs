//! The way into both sandboxes: it counts who called, answers in their place, and lets a process die at a request.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crosswalk::connector::{Later, Request, Response, Transport, TransportError};
use crosswalk::sandbox::InProcess;
use tokio::sync::Notify;

/// What ends at a request, and whether after its effect.
#[derive(Clone, Copy)]
enum End {
    Connection {
        after: bool,
    },
    Process {
        after: bool,
    },
    /// It only sleeps, like a laptop whose lid is closed.
    Sleep,
}

/// A transport that a story can spoil.
pub(crate) struct Wire {
    carrier: InProcess,
    state: Mutex<State>,
    stopped: Notify,
    woken: Notify,
}

#[derive(Default)]
struct State {
    requests: Vec<(String, Vec<u8>)>,
    /// The request at which something ends, counted from the first of all, and what.
    end: Option<(usize, End)>,
    /// What answers instead of the system: part of the address, answer, how often.
    instead: Vec<(String, Result<Response, TransportError>, usize)>,
}

impl Wire {
    pub(super) fn new(carrier: InProcess) -> Self {
        Self { carrier, state: Mutex::default(), stopped: Notify::new(), woken: Notify::new() }
    }

    /// All requests so far: method and address below the host, and the body.
    pub(crate) fn requests(&self) -> Vec<(String, Vec<u8>)> {
        self.state().requests.clone()
    }

    /// The connection of the `nth` request from now (0 is the next) breaks.
    pub(crate) fn cut_at(&self, nth: usize, after: bool) {
        self.end_at(nth, End::Connection { after });
    }

    /// The process that sends the `nth` request from now (0 is the next) never hears of it.
    pub(crate) fn die_at(&self, nth: usize, after: bool) {
        self.end_at(nth, End::Process { after });
    }

    /// The process sleeps at the `nth` request from now, which leaves when it is woken.
    pub(crate) fn sleep_at(&self, nth: usize) {
        self.end_at(nth, End::Sleep);
    }

    /// Wakes the process that sleeps.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    fn end_at(&self, nth: usize, end: End) {
        let mut state = self.state();
        state.end = Some((state.requests.len() + nth, end));
    }

    /// Waits until a process has died, or sleeps.
    pub(crate) async fn death(&self) {
        self.stopped.notified().await;
    }

    /// Answers so in place of the system, so many times, to requests whose `METHOD address` has this part.
    pub(crate) fn instead(&self, part: &str, answer: Result<Response, TransportError>, times: usize) {
        self.state().instead.push((part.to_owned(), answer, times));
    }

    /// All is well again.
    pub(crate) fn heal(&self) {
        let mut state = self.state();
        state.instead.clear();
        state.end = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request; what ends at it, and what answers in place of the system.
    fn meet(&self, request: &Request) -> (Option<End>, Option<Result<Response, TransportError>>) {
        let mut state = self.state();
        let below = request.url.split_once("://").map_or("", |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
        let told = format!("{} {below}", request.method);
        let end = state.end.filter(|(at, _)| *at == state.requests.len()).map(|(_, end)| end);
        let instead = state.instead.iter_mut().find(|(part, _, left)| *left > 0 && told.contains(part.as_str()));
        let answer = instead.map(|(_, answer, left)| {
            *left -= 1;
            answer.clone()
        });
        state.requests.push((told, request.body.clone()));
        (end, answer)
    }
}

impl Transport for Wire {
    fn send(&self, request: Request) -> Later<'_, Result<Response, TransportError>> {
        let (end, instead) = self.meet(&request);
        Box::pin(async move {
            let Some(end) = end else {
                return match instead {
                    Some(answer) => answer,
                    None => self.carrier.send(request).await,
                };
            };
            if let End::Connection { after: true } | End::Process { after: true } = end {
                let _ = self.carrier.send(request.clone()).await;
            }
            match end {
                End::Connection { .. } => Err(TransportError::Lost("the connection was cut".to_owned())),
                End::Process { .. } => {
                    self.stopped.notify_one();
                    std::future::pending().await
                }
                End::Sleep => {
                    self.stopped.notify_one();
                    self.woken.notified().await;
                    self.carrier.send(request).await
                }
            }
        })
    }
}
