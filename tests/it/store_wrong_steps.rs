//! Engines of steps that get it wrong: the conformance story must find each of them out.

use std::future::Future;

use crosswalk::store::{Answer, Attempt, Decided, Decision, Effect, Flow, IdempotencyKey, Setback, Step, StepError, StepState, Steps};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store_steps::{Engine, State, dies_anywhere, done_once, setbacks};

/// An engine that is wrong in one way.
struct Wrong {
    state: State,
    mistake: Mistake,
}

#[derive(Clone, Copy)]
enum Mistake {
    /// Tells every try that it is the first.
    ForgetsIntents,
    /// Runs finished steps again.
    ForgetsResults,
    /// Sends what was handed in last.
    ChangesPayloads,
    /// Takes "not now" for "nothing was sent".
    ForgetsUnknownOnAgain,
}

struct WrongFlow {
    flow: Flow,
    mistake: Mistake,
}

impl Engine for Wrong {
    type Flow = WrongFlow;

    async fn open(&self, flow: &str) -> WrongFlow {
        WrongFlow { flow: self.state.open(flow).await, mistake: self.mistake }
    }

    async fn decide(&self, flow: &str, step: &str, decision: Decision) {
        self.state.decide(flow, step, decision).await;
    }

    fn turn_clock(&self, time: &str) {
        self.state.turn_clock(time);
    }
}

impl Steps for WrongFlow {
    async fn step<'a, T, F, Fut>(&'a self, step: impl Into<Step<'a>> + Send + 'a, work: F) -> Result<T, StepError>
    where
        T: Serialize + DeserializeOwned + Send + 'a,
        F: FnOnce(Attempt) -> Fut + Send + 'a,
        Fut: Future<Output = Result<Answer<T>, Setback>> + Send + 'a,
    {
        let step: Step<'a> = step.into();
        let (name, payload) = (step.name, step.payload.to_vec());
        let before = self.before(name).await;
        let mistake = self.mistake;
        let spoilt = async |mut attempt: Attempt| {
            match mistake {
                Mistake::ForgetsIntents => attempt.earlier = Effect::None,
                Mistake::ChangesPayloads => attempt.payload = payload,
                Mistake::ForgetsUnknownOnAgain if before == Some(StepState::Again) => attempt.earlier = Effect::None,
                Mistake::ForgetsResults | Mistake::ForgetsUnknownOnAgain => {}
            }
            work(attempt).await
        };
        if matches!(mistake, Mistake::ForgetsResults) && before == Some(StepState::Done) {
            let attempt =
                Attempt { key: IdempotencyKey(name.to_owned()), number: 2, earlier: Effect::None, payload: step.payload.to_vec() };
            return spoilt(attempt)
                .await
                .map(|answer| answer.result)
                .map_err(|setback| StepError::Setback { step: name.to_owned(), setback });
        }
        self.flow.step(step, spoilt).await
    }

    async fn consent<'a>(&'a self, name: &'a str) -> Result<Decided, StepError> {
        self.flow.consent(name).await
    }

    async fn sleep_until<'a>(&'a self, name: &'a str, until: Timestamp) -> Result<(), StepError> {
        self.flow.sleep_until(name, until).await
    }
}

impl WrongFlow {
    async fn before(&self, step: &str) -> Option<StepState> {
        let (id, step) = (self.flow.row().id.clone(), step.to_owned());
        self.flow.worker().store().read(move |reading| reading.step(&id, &step)).await.unwrap().map(|row| row.state)
    }
}

#[tokio::test]
async fn engines_that_get_it_wrong_are_found_out() {
    for (mistake, part) in [
        (Mistake::ForgetsIntents, "dies anywhere"),
        (Mistake::ForgetsResults, "done once"),
        (Mistake::ChangesPayloads, "dies anywhere"),
        (Mistake::ForgetsUnknownOnAgain, "setbacks"),
    ] {
        let wrong = Wrong { state: State::in_memory(), mistake };
        let found = match part {
            "done once" => done_once(&wrong).await,
            "setbacks" => setbacks(&wrong).await,
            _ => dies_anywhere(&wrong, true).await,
        };
        assert!(found.is_err(), "{part} lets it pass");
    }
}
