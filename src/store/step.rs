//! The steps of flows as they are remembered: intended, then done, refused, put off, or unknown.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::column::{At, wrong};
use super::steps::Meaning;
use super::{Attempt, Digest, Effect, Entry, FlowId, IdempotencyKey, Reading, Setback, Step, StoreError, Writing};
use crate::value::Value;

/// What is known of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepState {
    /// It began; nothing is known of its end.
    Intended,
    /// It is done, for good.
    Done,
    /// The far side said no: no effect.
    Refused,
    /// Put off: the last try had no effect.
    Again,
    /// No answer: perhaps an effect.
    Unknown,
}

/// What kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// Work.
    Work,
    /// Waiting for a person's decision.
    Consent,
    /// Waiting for a time.
    Sleep,
}

/// A step as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// Its flow.
    pub flow: FlowId,
    /// Its name.
    pub name: String,
    /// What kind of step.
    pub kind: StepKind,
    /// What is known of it.
    pub state: StepState,
    /// How many tries there were.
    pub attempt: u32,
    /// What it sends.
    pub payload: Option<Digest>,
    /// When the last try began.
    pub intended: Timestamp,
    /// When the first try began whose effect nobody knows.
    pub unsettled: Option<Timestamp>,
    /// Its result, as JSON.
    pub result: Option<String>,
    /// The answer that came.
    pub answer: Option<Digest>,
    /// Why it was not done.
    pub reason: Option<String>,
    /// When the last try ended.
    pub settled: Option<Timestamp>,
}

/// What is to do about a step.
pub(super) enum Begun {
    /// Nothing: its result is on record, as JSON.
    Done(String),
    /// This.
    Try(Attempt),
}

pub(super) const COLUMNS: &str = "flow, name, kind, state, attempt, payload, intended, unsettled, result, answer, reason, settled";

impl Reading<'_> {
    /// The steps of a flow, in the order in which they began.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn steps(&self, flow: &FlowId) -> Result<Vec<StepRow>, StoreError> {
        self.rows(&format!("select {COLUMNS} from step where flow = $1 order by place"), params![flow.to_string()], step_row)
    }

    /// The step of this name.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn step(&self, flow: &FlowId, name: &str) -> Result<Option<StepRow>, StoreError> {
        self.row(&format!("select {COLUMNS} from step where flow = $1 and name = $2"), params![flow.to_string(), name], step_row)
    }
}

impl Writing<'_> {
    /// Puts on record that a step will be tried, unless it is done.
    pub(super) fn begin_step(&self, flow: &FlowId, step: Step<'_>) -> Result<Begun, StoreError> {
        let before = self.step_of_kind(flow, step.name, StepKind::Work)?;
        if let Some(StepRow { state: StepState::Done, result, .. }) = before {
            return Ok(Begun::Done(result.unwrap_or_default()));
        }
        let number = before.as_ref().map_or(0, |row| row.attempt) + 1;
        let earlier = before.as_ref().map_or(Effect::None, earlier_effect);
        // What may already have been sent is what is sent again; anything else would be a second, different effect.
        let payload = match (earlier, before.and_then(|row| row.payload)) {
            (Effect::Possible { .. }, Some(digest)) => Some(digest),
            _ if step.payload.is_empty() => None,
            _ => Some(self.keep_body(step.payload)?),
        };
        let unsettled = match earlier {
            Effect::None => None,
            Effect::Possible { since, .. } => Some(At(since)),
        };
        self.execute(
            "insert into step (flow, name, place, kind, state, attempt, payload, intended, unsettled)
             values ($1, $2, (select count(*) from step where flow = $1), 'work', 'intended', $3, $4, $5, $6)
             on conflict (flow, name) do update set state = 'intended', attempt = $3, payload = $4, intended = $5, unsettled = $6,
               answer = null, reason = null, settled = null",
            params![flow.to_string(), step.name, number, payload, At(self.stamp().at), unsettled],
        )?;
        let mut entry = step_entry("step.intended", flow, step.name, number);
        if let Effect::Possible { since, .. } = earlier {
            entry = entry.detail("unsettled_since", since.to_string());
        }
        self.journal(&entry.maybe_body("payload", payload.clone()))?;
        let payload = match payload {
            Some(digest) => self.body(&digest)?.ok_or_else(|| StoreError::damaged(format!("the body `{digest}` is gone")))?,
            None => Vec::new(),
        };
        Ok(Begun::Try(Attempt { key: key_of(flow, step.name), number, earlier, payload }))
    }

    /// Puts on record that this try at a step did it; with its result as JSON and the answer that came.
    pub(super) fn step_done(&self, flow: &FlowId, attempt: (&str, u32), result: &str, answer: &[u8]) -> Result<(), StoreError> {
        let answer = self.keep_answer(answer)?;
        let sql = "update step set state = 'done', result = $4, answer = $5, settled = $6, unsettled = null
                   where flow = $1 and name = $2 and attempt = $3 and state = 'intended'";
        let (name, number) = attempt;
        let settled = self.execute(sql, params![flow.to_string(), name, number, result, answer, At(self.stamp().at)])?;
        one_settled(settled, name)?;
        let result = Value::from_json(result).unwrap_or_else(|_| Value::text(result));
        self.journal(&step_entry("step.done", flow, name, number).detail("result", result).maybe_body("answer", answer))?;
        Ok(())
    }

    /// Puts on record that this try at a step did not do it.
    pub(super) fn step_set_back(&self, flow: &FlowId, attempt: (&str, u32), setback: &Setback) -> Result<(), StoreError> {
        let answer = self.keep_answer(&setback.body)?;
        // Refused: no effect, of this try or any before. Again: no effect of this try. Unknown: perhaps one.
        let (state, unsettled) = match setback.meaning {
            Meaning::Refused => ("refused", "null"),
            Meaning::Again => ("again", "unsettled"),
            Meaning::Unknown => ("unknown", "coalesce(unsettled, intended)"),
        };
        let sql = format!(
            "update step set state = '{state}', reason = $4, answer = $5, settled = $6, unsettled = {unsettled}
             where flow = $1 and name = $2 and attempt = $3 and state = 'intended'"
        );
        let (name, number) = attempt;
        let values = params![flow.to_string(), name, number, setback.reason, answer, At(self.stamp().at)];
        one_settled(self.execute(&sql, values)?, name)?;
        let entry = step_entry(&format!("step.{state}"), flow, name, number).detail("reason", setback.reason.as_str());
        self.journal(&entry.maybe_body("answer", answer))?;
        Ok(())
    }

    /// The time until which a sleeping step sleeps: the one on record, or else this.
    pub(super) fn sleep_step(&self, flow: &FlowId, name: &str, until: Timestamp) -> Result<Timestamp, StoreError> {
        if let Some(row) = self.step_of_kind(flow, name, StepKind::Sleep)? {
            let recorded = row.result.and_then(|text| text.trim_matches('"').parse().ok());
            return recorded.ok_or_else(|| StoreError::damaged(format!("step `{name}` has lost its time")));
        }
        self.execute(
            "insert into step (flow, name, place, kind, state, attempt, intended, result, settled)
             values ($1, $2, (select count(*) from step where flow = $1), 'sleep', 'done', 1, $3, $4, $3)",
            params![flow.to_string(), name, At(self.stamp().at), Value::text(until.to_string()).to_string()],
        )?;
        Ok(until)
    }

    /// The step of this name, which must be of this kind.
    pub(super) fn step_of_kind(&self, flow: &FlowId, name: &str, kind: StepKind) -> Result<Option<StepRow>, StoreError> {
        let row = self.step(flow, name)?;
        match row {
            Some(row) if row.kind != kind => {
                Err(StoreError::defect(format!("the flow `{flow}` uses the step name `{name}` for two things")))
            }
            row => Ok(row),
        }
    }

    fn keep_answer(&self, answer: &[u8]) -> Result<Option<Digest>, StoreError> {
        if answer.is_empty() { Ok(None) } else { self.keep_body(answer).map(Some) }
    }
}

/// What the tries so far may have done. A try without an end on record may have reached the far side.
fn earlier_effect(row: &StepRow) -> Effect {
    let since = match row.state {
        StepState::Intended | StepState::Unknown => Some(row.unsettled.unwrap_or(row.intended)),
        StepState::Again => row.unsettled,
        StepState::Done | StepState::Refused => None,
    };
    since.map_or(Effect::None, |since| Effect::Possible { since, last: row.intended })
}

/// The key of a step of a flow.
fn key_of(flow: &FlowId, name: &str) -> IdempotencyKey {
    IdempotencyKey(format!("{flow}/{name}"))
}

pub(super) fn step_entry(kind: &str, flow: &FlowId, name: &str, attempt: u32) -> Entry {
    let entry = Entry::about(kind, &flow.mapping, &flow.scope, &flow.source_id);
    entry.detail("key", key_of(flow, name).0).detail("attempt", i64::from(attempt))
}

fn one_settled(settled: usize, name: &str) -> Result<(), StoreError> {
    if settled == 1 { Ok(()) } else { Err(StoreError::defect(format!("this try at step `{name}` has ended already"))) }
}

pub(super) fn step_row(row: &Row<'_>) -> rusqlite::Result<StepRow> {
    let kind = match row.get::<_, String>(2)?.as_str() {
        "work" => StepKind::Work,
        "consent" => StepKind::Consent,
        "sleep" => StepKind::Sleep,
        _ => return Err(wrong("not a kind of step").into()),
    };
    let state = match row.get::<_, String>(3)?.as_str() {
        "intended" => StepState::Intended,
        "done" => StepState::Done,
        "refused" => StepState::Refused,
        "again" => StepState::Again,
        "unknown" => StepState::Unknown,
        _ => return Err(wrong("not a state of a step").into()),
    };
    let At(intended) = row.get(6)?;
    let flow: String = row.get(0)?;
    Ok(StepRow {
        flow: FlowId::parse(&flow).ok_or_else(|| wrong("not the id of a flow"))?,
        name: row.get(1)?,
        kind,
        state,
        attempt: row.get(4)?,
        payload: row.get(5)?,
        intended,
        unsettled: row.get::<_, Option<At>>(7)?.map(|At(at)| at),
        result: row.get(8)?,
        answer: row.get(9)?,
        reason: row.get(10)?,
        settled: row.get::<_, Option<At>>(11)?.map(|At(at)| at),
    })
}
