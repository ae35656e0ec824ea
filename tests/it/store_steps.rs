//! What every engine of steps must do, whatever kills it: run against the state file, and against engines that get it wrong.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};

use crosswalk::store::{
    Answer, Attempt, Decided, Decision, Effect, Flow, FlowId, Intent, Meaning, Now, Setback, Shift, Stamp, Step, StepError, Steps, Store,
    Wait, Worker,
};
use crosswalk::value::Record;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Notify;

use crate::store::{Folder, at};

/// Something that opens flows: each opening is a new process, the one before is dead.
pub(crate) trait Engine {
    type Flow: Steps;
    async fn open(&self, flow: &str) -> Self::Flow;
    async fn decide(&self, flow: &str, step: &str, decision: Decision);
    fn turn_clock(&self, time: &str);
}

/// The state file as an engine, or the same without a file: then the process lives on and its flows die.
pub(crate) struct State {
    folder: Folder,
    memory: Option<Store>,
    clock: Arc<Mutex<Timestamp>>,
}

fn id_of(flow: &str) -> FlowId {
    FlowId { mapping: "subcontracts".to_owned(), scope: "7/7".to_owned(), source_id: flow.to_owned(), fingerprint: "f1".to_owned() }
}

impl State {
    fn on_disk() -> Self {
        Self { folder: Folder::new(), memory: None, clock: Arc::new(Mutex::new(at("08:00:00"))) }
    }

    pub(crate) fn in_memory() -> Self {
        Self { memory: Some(Store::in_memory().unwrap()), ..Self::on_disk() }
    }

    fn store(&self) -> Store {
        self.memory.clone().unwrap_or_else(|| Store::open(self.folder.state()).unwrap())
    }

    fn now(&self) -> Now {
        let clock = Arc::clone(&self.clock);
        Arc::new(move || *clock.lock().unwrap())
    }
}

impl Engine for State {
    type Flow = Flow;

    async fn open(&self, flow: &str) -> Flow {
        let store = self.store();
        let shift = Shift { actor: "anna".to_owned(), name: "test".to_owned(), now: self.now(), lease: SignedDuration::from_mins(5) };
        let worker = Worker::sign_in(&store, shift).await.unwrap();
        Flow::open(&worker, Intent::new(id_of(flow))).await.unwrap()
    }

    async fn decide(&self, flow: &str, step: &str, decision: Decision) {
        let (flow, step) = (id_of(flow), step.to_owned());
        let stamp = Stamp::new((self.now())(), "berta");
        self.store().write(&stamp, move |writing| writing.decide(&flow, &step, &decision)).await.unwrap();
    }

    fn turn_clock(&self, time: &str) {
        *self.clock.lock().unwrap() = at(time);
    }
}

/// A place to die: the n-th one passed is the last.
#[derive(Clone)]
struct Fate {
    left: Arc<Mutex<usize>>,
    death: Arc<Notify>,
}

impl Fate {
    fn after(points: usize) -> Self {
        Self { left: Arc::new(Mutex::new(points)), death: Arc::new(Notify::new()) }
    }

    async fn point(&self) {
        let dead = {
            let mut left = self.left.lock().unwrap();
            *left = left.wrapping_sub(1);
            *left == usize::MAX
        };
        if dead {
            self.death.notify_one();
            std::future::pending::<()>().await;
        }
    }

    /// Lives until the end of the story or until death, whichever comes first.
    async fn live<T>(&self, story: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.death.notified() => None,
            end = pin!(story) => Some(end),
        }
    }
}

/// Steps with a place to die before, after, and on both sides of the work.
struct Mortal<S> {
    steps: S,
    fate: Fate,
}

impl<S: Steps> Steps for Mortal<S> {
    async fn step<'a, T, F, Fut>(&'a self, step: impl Into<Step<'a>> + Send + 'a, work: F) -> Result<T, StepError>
    where
        T: Serialize + DeserializeOwned + Send + 'a,
        F: FnOnce(Attempt) -> Fut + Send + 'a,
        Fut: Future<Output = Result<Answer<T>, Setback>> + Send + 'a,
    {
        self.fate.point().await;
        let watched = async |attempt| {
            self.fate.point().await;
            let outcome = work(attempt).await;
            self.fate.point().await;
            outcome
        };
        let outcome = self.steps.step(step, watched).await;
        self.fate.point().await;
        outcome
    }

    async fn consent<'a>(&'a self, name: &'a str) -> Result<Decided, StepError> {
        self.fate.point().await;
        let decided = self.steps.consent(name).await;
        self.fate.point().await;
        decided
    }

    async fn sleep_until<'a>(&'a self, name: &'a str, until: Timestamp) -> Result<(), StepError> {
        self.fate.point().await;
        let woken = self.steps.sleep_until(name, until).await;
        self.fate.point().await;
        woken
    }
}

/// The far side: a system without idempotency keys, which keeps whatever is sent as often as it is sent.
#[derive(Default)]
struct FarSide {
    documents: Mutex<Vec<String>>,
}

impl FarSide {
    /// Looks before it sends, as the protocol asks of work (design, section 6).
    async fn put(&self, attempt: Attempt) -> Result<Answer<usize>, Setback> {
        let document = String::from_utf8(attempt.payload).unwrap();
        let mut documents = self.documents.lock().unwrap();
        let found = documents.iter().position(|known| *known == document).filter(|_| attempt.earlier != Effect::None);
        let number = found.unwrap_or_else(|| {
            documents.push(document);
            documents.len() - 1
        });
        Ok(Answer::new(number, format!("document {number}")))
    }
}

/// An export in small: put, wait for consent and a time, put another. What is sent differs from try to try.
async fn export(steps: &impl Steps, far: &FarSide, try_number: usize) -> Result<(usize, usize), StepError> {
    let payload = format!("first, of try {try_number}");
    let first = steps.step(Step::named("put").sending(payload.as_bytes()), |attempt| far.put(attempt)).await?;
    steps.consent("approval").await?;
    steps.sleep_until("visible", at("09:00:00")).await?;
    let payload = format!("second, after {first}");
    let second = steps.step(Step::named("release").sending(payload.as_bytes()), |attempt| far.put(attempt)).await?;
    Ok((first, second))
}

fn check(fits: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if fits { Ok(()) } else { Err(what()) }
}

/// Dies at every point (or, twice, at every pair of points), opens again, and ends with each effect once.
pub(crate) async fn dies_anywhere<E: Engine>(engine: &E, twice: bool) -> Result<(), String> {
    let mut flows = 0;
    for first in 0.. {
        for second in 0.. {
            let deaths = if twice { vec![first, second] } else { vec![first] };
            flows += 1;
            let died = lives(engine, &flows.to_string(), deaths.clone()).await.map_err(|what| format!("deaths at {deaths:?}: {what}"))?;
            if died == 0 {
                // Points further on are never reached.
                return check(flows > if twice { 100 } else { 10 }, || format!("only {flows} flows"));
            }
            if died < 2 {
                break;
            }
        }
    }
    Ok(())
}

/// Lives through an export that dies at these points, one in each life that reaches it; how often it died.
async fn lives<E: Engine>(engine: &E, flow: &str, mut deaths: Vec<usize>) -> Result<usize, String> {
    let (far, planned) = (FarSide::default(), deaths.len());
    engine.turn_clock("08:00:00");
    for life in 0..20 {
        let fate = Fate::after(deaths.first().copied().unwrap_or(usize::MAX - 1));
        let mortal = Mortal { steps: engine.open(flow).await, fate: fate.clone() };
        match fate.live(export(&mortal, &far, life)).await {
            None => drop(deaths.remove(0)),
            Some(Err(StepError::Waiting(Wait::Consent { .. }))) => engine.decide(flow, "approval", Decision::accepted()).await,
            Some(Err(StepError::Waiting(Wait::Until { .. }))) => engine.turn_clock("09:00:00"),
            Some(Err(problem)) => return Err(problem.to_string()),
            Some(Ok(end)) => {
                let documents = far.documents.into_inner().unwrap();
                let fits =
                    end == (0, 1) && documents.len() == 2 && documents[0].starts_with("first, of") && documents[1] == "second, after 0";
                return check(fits, || format!("{end:?}, {documents:?}")).map(|()| planned - deaths.len());
            }
        }
    }
    Err("comes to no end".to_owned())
}

pub(crate) async fn done_once<E: Engine>(engine: &E) -> Result<(), String> {
    let mut keys = Vec::new();
    for round in 0..3 {
        let steps = engine.open("once").await;
        let result: Result<u32, _> = steps
            .step("count", async |attempt: Attempt| {
                keys.push(attempt.key.0);
                Ok(Answer::from(round))
            })
            .await;
        check(result == Ok(0), || format!("round {round} gives {result:?}"))?;
        let again: Result<u32, _> = steps.step("count", async |_| Ok(Answer::from(99))).await;
        check(again == Ok(0), || format!("the same step again gives {again:?}"))?;
    }
    check(keys.len() == 1, || format!("run as {keys:?}"))
}

/// What a try is told after each kind of setback: which effect to expect, and what to send.
pub(crate) async fn setbacks<E: Engine>(engine: &E) -> Result<(), String> {
    let story = [
        (Meaning::Refused, Effect::None, "p1"),
        (Meaning::Again, Effect::None, "p2"),
        // Nothing was sent so far: the payload may still change.
        (Meaning::Unknown, Effect::None, "p3"),
        (Meaning::Again, Effect::Possible { since: at("08:02:00"), last: at("08:02:00") }, "p3"),
        (Meaning::Unknown, Effect::Possible { since: at("08:02:00"), last: at("08:03:00") }, "p3"),
        (Meaning::Refused, Effect::Possible { since: at("08:02:00"), last: at("08:04:00") }, "p3"),
        (Meaning::Refused, Effect::None, "p7"),
    ];
    let mut keys = Vec::new();
    for (round, (meaning, earlier, sent)) in story.into_iter().enumerate() {
        engine.turn_clock(&format!("08:{round:02}:00"));
        let steps = engine.open("setback").await;
        let (mut seen, payload) = (None, format!("p{}", round + 1));
        let setback = Setback { meaning, reason: "as told".to_owned(), body: b"answer".to_vec() };
        let outcome: Result<u32, _> = steps
            .step(Step::named("put").sending(payload.as_bytes()), async |attempt| {
                seen = Some(attempt);
                Err(setback.clone())
            })
            .await;
        let told = StepError::Setback { step: "put".to_owned(), setback: setback.clone() };
        check(outcome.as_ref() == Err(&told), || format!("round {round}: {outcome:?}"))?;
        let seen = seen.ok_or_else(|| format!("round {round} was not run"))?;
        let fits = seen.earlier == earlier && seen.payload == sent.as_bytes() && seen.number as usize == round + 1;
        check(fits, || format!("round {round}: {seen:?}, expected {earlier:?} and {sent}"))?;
        keys.push(seen.key);
    }
    keys.dedup();
    check(keys.len() == 1, || format!("keys differ from try to try: {keys:?}"))
}

async fn waits<E: Engine>(engine: &E) -> Result<(), String> {
    engine.turn_clock("08:00:00");
    let asked = Record::from_iter([("number", "SC-1")]);
    for time in ["08:00:00", "08:10:00"] {
        engine.turn_clock(time);
        let waiting = engine.open("wait").await.consent("approval").await;
        let expected = Err(StepError::Waiting(Wait::Consent { step: "approval".to_owned(), since: at("08:00:00") }));
        check(waiting == expected, || format!("{waiting:?}"))?;
    }
    engine.decide("wait", "approval", Decision::Accepted { asked: asked.clone() }).await;
    let steps = engine.open("wait").await;
    let decided = Decided { decision: Decision::Accepted { asked }, by: "berta".to_owned(), at: at("08:10:00") };
    check(steps.consent("approval").await == Ok(decided.clone()), || "the decision is not given back".to_owned())?;
    check(steps.sleep_until("pause", at("08:20:00")).await.is_err(), || "did not wait".to_owned())?;
    engine.turn_clock("08:20:00");
    let woken = steps.sleep_until("pause", at("23:00:00")).await;
    check(woken == Ok(()), || format!("the first time counts: {woken:?}"))
}

/// All of it. Each part is told apart so that a broken engine can be shown to fail the right one.
async fn conformance<E: Engine>(engine: &E, twice: bool) -> Result<(), String> {
    done_once(engine).await.map_err(|what| format!("done once: {what}"))?;
    setbacks(engine).await.map_err(|what| format!("setbacks: {what}"))?;
    waits(engine).await.map_err(|what| format!("waits: {what}"))?;
    dies_anywhere(engine, twice).await.map_err(|what| format!("dies anywhere: {what}"))
}

#[tokio::test]
async fn the_state_file_keeps_every_promise_of_steps() {
    conformance(&State::on_disk(), false).await.unwrap();
    conformance(&State::in_memory(), true).await.unwrap();
}
