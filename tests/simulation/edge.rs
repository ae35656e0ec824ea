//! The way of one process into both systems: troubles meet its requests here, rules are checked before a write leaves, and the bugs
//! of careless clients can be planted.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crosswalk::connector::{Clock, Later, Request, Response, Transport, TransportError};
use crosswalk::sandbox::{Fault, FaultKind, InProcess, Matcher};

use super::bugs::Bug;
use super::life::Life;
use super::trouble::{Trouble, Troubles};
use super::watch::Watch;
use crate::world::{World, is_write};

pub(super) type Carried = Result<Response, TransportError>;

/// The way of one process.
pub(crate) struct Edge {
    pub(super) life: Arc<Life>,
    pub(super) carrier: InProcess,
    pub(super) watch: Arc<Watch>,
    pub(super) bug: Option<Bug>,
    /// Whether an approver consents to what goes out.
    pub(super) consent: bool,
    /// Its process works on a state file that nobody else sees.
    beside: bool,
    /// When its process began.
    began: jiff::Timestamp,
    troubles: Mutex<Troubles>,
    requests: AtomicUsize,
    hangs: Mutex<bool>,
}

/// What a process meets.
pub(crate) struct Fate {
    pub(crate) life: Life,
    pub(crate) troubles: Troubles,
    pub(crate) consent: bool,
    /// Its state file is one that nobody else sees.
    pub(super) beside: bool,
}

impl Fate {
    /// Nothing goes wrong, and an approver consents.
    pub(crate) fn kind() -> Self {
        Self { life: Life::default(), troubles: Troubles::None, consent: true, beside: false }
    }
}

impl Edge {
    /// A way into this world.
    pub(crate) fn new(world: &World, watch: &Arc<Watch>, fate: Fate, bug: Option<Bug>) -> Arc<Self> {
        let carrier = InProcess::new(world.procore.clone(), world.acumatica.clone(), world.clock.clone());
        Arc::new(Self {
            life: Arc::new(fate.life),
            carrier,
            watch: watch.clone(),
            bug,
            consent: fate.consent,
            beside: fate.beside,
            began: world.clock.now(),
            troubles: Mutex::new(fate.troubles),
            requests: AtomicUsize::new(0),
            hangs: Mutex::new(false),
        })
    }

    /// How many requests there were.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// The clock as this process sees it.
    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        match self.bug {
            Some(Bug::SkipsTheVisibilityWait) => Arc::new(super::bugs::Impatient(self.watch.clock.clone())),
            _ => self.watch.clock.clone(),
        }
    }

    async fn carry(&self, request: Request) -> Carried {
        self.life.after_others().await;
        let nth = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let told = told(&request);
        if is_write(&told) {
            self.forget_the_intent();
            if !self.beside {
                self.watch.before_write(&told, (!self.consent).then_some(self.began)).await;
            }
        }
        self.watch.note(&told);
        // Whoever leaves is let go: the check that everybody signs out would see nothing else.
        let leaves = told.contains("/auth/logout");
        let trouble = if leaves { None } else { held(&self.troubles).meet(nth, &told) };
        self.life.moment();
        let copy = request.clone();
        let answer = self.meet(trouble, request, &told).await;
        let answer = self.believe(answer, (copy, &told)).await;
        if std::env::var_os("SIMULATE_TRACE").is_some() {
            eprintln!("{} {told} {trouble:?} -> {answer:?}", self.watch.clock.now());
        }
        self.life.moment();
        answer
    }

    async fn meet(&self, trouble: Option<Trouble>, request: Request, told: &str) -> Carried {
        let lost = |why: &str| Err(TransportError::Lost(why.to_owned()));
        match trouble {
            None => {}
            Some(Trouble::LostBefore) => return lost("the connection was cut"),
            Some(Trouble::LostAfter) => {
                let _ = self.deliver(request, told).await;
                return lost("the connection was cut");
            }
            Some(Trouble::CutShort) => {
                let _ = self.deliver(request, told).await;
                return lost("half of the answer arrived");
            }
            Some(Trouble::Status(status)) => return Ok(refusal(status)),
            Some(Trouble::StatusAfter(status)) => {
                let _ = self.deliver(request, told).await;
                return Ok(refusal(status));
            }
            Some(Trouble::Slow(seconds)) => {
                let answer = self.deliver(request, told).await;
                self.watch.clock.turn(Duration::from_secs(seconds));
                return answer;
            }
            Some(Trouble::SignedOut) => {
                let fault = Fault { on: Matcher::default(), kind: FaultKind::ExpireToken, headers: [].into(), times: 1 };
                let acumatica = request.url.starts_with(InProcess::ACUMATICA_URL);
                if acumatica { self.watch.acumatica.faults().add(fault) } else { self.watch.procore.faults().add(fault) }
            }
            Some(Trouble::NeverEnds) => *held(&self.hangs) = true,
        }
        if *held(&self.hangs) && told.contains("/status/") {
            return Ok(Response { status: 202, headers: vec![("location".to_owned(), request.url)], body: Vec::new() });
        }
        self.deliver(request, told).await
    }

    /// The request arrives, and what it has made may take a while to show.
    async fn deliver(&self, request: Request, told: &str) -> Carried {
        let before = self.watch.visibility.before(&self.watch.acumatica, told);
        let answer = self.behave(request, told).await;
        self.watch.visibility.after(&self.watch.acumatica, (told, before), self.watch.clock.now());
        match answer {
            Ok(answer) => Ok(self.watch.visibility.shown(told, answer, self.watch.clock.now())),
            lost => lost,
        }
    }
}

impl Transport for Edge {
    fn send(&self, request: Request) -> Later<'_, Carried> {
        Box::pin(self.carry(request))
    }
}

/// Method and address below the host.
fn told(request: &Request) -> String {
    let below = request.url.split_once("://").map_or("", |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    format!("{} {below}", request.method)
}

fn refusal(status: u16) -> Response {
    let headers = if status == 429 { vec![("retry-after".to_owned(), "2".to_owned())] } else { Vec::new() };
    Response { status, headers, body: format!("status {status} on demand").into_bytes() }
}

fn held<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
