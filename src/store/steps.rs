//! Work that must happen once: a sequence of named, journaled steps, written once for every engine that can keep them.

use std::fmt;
use std::future::Future;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::{Decided, StoreError};

/// What an engine of durable steps can do: the state file here, a cluster elsewhere.
///
/// A step is at-least-once everywhere: a process may die after the effect and before the record of it. Hence the
/// [`Attempt`] that work receives: when an earlier one may have had an effect, work looks before it sends.
pub trait Steps: Sync {
    /// Runs this step, or gives back its recorded result when it is done already. Before the work starts it is
    /// on record that it will, with its payload; what comes of it is on record before this returns.
    ///
    /// # Errors
    /// What the work met, after it was recorded; or the record cannot be kept.
    fn step<'a, T, F, Fut>(
        &'a self,
        step: impl Into<Step<'a>> + Send + 'a,
        work: F,
    ) -> impl Future<Output = Result<T, StepError>> + Send + 'a
    where
        T: Serialize + DeserializeOwned + Send + 'a,
        F: FnOnce(Attempt) -> Fut + Send + 'a,
        Fut: Future<Output = Result<Answer<T>, Setback>> + Send + 'a;

    /// Waits until a person has decided. An engine that does not keep flows in memory gives back [`StepError::Waiting`],
    /// and the flow is opened again after the decision.
    ///
    /// # Errors
    /// Nobody has decided yet, or the record cannot be kept.
    fn consent<'a>(&'a self, name: &'a str) -> impl Future<Output = Result<Decided, StepError>> + Send + 'a;

    /// Waits until a time. The time of the first call counts, whatever later ones ask for.
    ///
    /// # Errors
    /// It is not yet time (see [`Steps::consent`]), or the record cannot be kept.
    fn sleep_until<'a>(&'a self, name: &'a str, until: Timestamp) -> impl Future<Output = Result<(), StepError>> + Send + 'a;
}

/// A step to run. Its name is part of its identity: renaming one in a released flow is a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// Its name, once per flow.
    pub name: &'a str,
    /// What it will send; empty for nothing.
    pub payload: &'a [u8],
}

/// The same on every try of one step of one flow: `<flow>/<step>`. Goes to the far side where that can use it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(
    /// Its text.
    pub String,
);

/// One try at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The same on every try.
    pub key: IdempotencyKey,
    /// 1 for the first.
    pub number: u32,
    /// What earlier tries may have done.
    pub earlier: Effect,
    /// What to send: the payload on record, which is that of the first try as long as its effect is unsettled.
    pub payload: Vec<u8>,
}

/// What earlier tries at a step may have done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: there was none, or each is known to have had no effect.
    None,
    /// Nobody knows: look before sending.
    Possible {
        /// When the first of them began.
        since: Timestamp,
        /// When the last one began.
        last: Timestamp,
    },
}

/// What came of work that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// What later steps need. Small: ids, keys, digests.
    pub result: T,
    /// The answer as it came, kept as a body; empty for none.
    pub body: Vec<u8>,
}

/// What came of work that was not done.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{meaning}: {reason}")]
pub struct Setback {
    /// What it means.
    pub meaning: Meaning,
    /// In words.
    pub reason: String,
    /// The answer as it came, kept as a body; empty for none.
    pub body: Vec<u8>,
}

/// What an answer means for the work (design, section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// The far side said no: no effect, and asking again with the same payload is of no use.
    Refused,
    /// No effect of this try; later it may work.
    Again,
    /// No answer: perhaps an effect.
    Unknown,
}

/// Why a flow cannot go on now.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StepError {
    /// The work was not done; this is on record.
    #[error("step `{step}`: {setback}")]
    Setback {
        /// Which step.
        step: String,
        /// What came of it.
        setback: Setback,
    },
    /// The flow has to wait; open it again later.
    #[error("{0}")]
    Waiting(Wait),
    /// The record cannot be kept: the work may have been done, and the next try will look.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a flow waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// A person's decision.
    Consent {
        /// At which step.
        step: String,
        /// Since when.
        since: Timestamp,
    },
    /// A time.
    Until {
        /// At which step.
        step: String,
        /// Which time.
        until: Timestamp,
    },
}

impl<'a> Step<'a> {
    /// A step that sends nothing worth keeping.
    pub fn named(name: &'a str) -> Self {
        Self { name, payload: &[] }
    }

    /// With what it will send.
    #[must_use]
    pub fn sending(self, payload: &'a [u8]) -> Self {
        Self { payload, ..self }
    }
}

impl<'a> From<&'a str> for Step<'a> {
    fn from(name: &'a str) -> Self {
        Self::named(name)
    }
}

impl<T> Answer<T> {
    /// A result with the answer it was read from.
    pub fn new(result: T, body: impl Into<Vec<u8>>) -> Self {
        Self { result, body: body.into() }
    }
}

impl<T> From<T> for Answer<T> {
    fn from(result: T) -> Self {
        Self { result, body: Vec::new() }
    }
}

impl Setback {
    /// The far side said no.
    pub fn refused(reason: impl Into<String>) -> Self {
        Self { meaning: Meaning::Refused, reason: reason.into(), body: Vec::new() }
    }

    /// Not now.
    pub fn again(reason: impl Into<String>) -> Self {
        Self { meaning: Meaning::Again, ..Self::refused(reason) }
    }

    /// Nobody knows.
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self { meaning: Meaning::Unknown, ..Self::refused(reason) }
    }

    /// With the answer as it came.
    #[must_use]
    pub fn with_body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Refused => "refused",
            Self::Again => "not now",
            Self::Unknown => "no answer",
        })
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Consent { step, since } => write!(formatter, "waiting for a decision on `{step}` since {since}"),
            Self::Until { step, until } => write!(formatter, "step `{step}` waits until {until}"),
        }
    }
}
