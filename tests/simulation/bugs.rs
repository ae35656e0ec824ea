//! Mistakes of careless clients, planted at the edges of the engine: its way to the systems, its clock, its state file. Each breaks a
//! rule that the checks have to notice; production code knows nothing of them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crosswalk::connector::{Clock, Later, Request, Response, TransportError, TurnedClock};
use crosswalk::value::{Value, json_text};
use jiff::Timestamp;

use super::edge::{Carried, Edge};
use crate::world::is_write;

/// A mistake, named after what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    ResendsBlindly,
    TakesSilenceForRefusal,
    TakesSilenceForSuccess,
    AnswersBeforeSending,
    SendsEachWriteTwice,
    TakesAcceptedForDone,
    SwallowsWriteBacks,
    StaysSignedIn,
    DropsCents,
    ForgetsTheIntent,
    ForgetsOpenFlows,
    ForgetsLinks,
    SkipsWhatFailed,
    IgnoresTheLease,
    ForcesConsent,
    SkipsTheVisibilityWait,
}

impl Bug {
    /// All of them.
    pub(crate) const ALL: [Self; 16] = [
        Self::ResendsBlindly,
        Self::TakesSilenceForRefusal,
        Self::TakesSilenceForSuccess,
        Self::AnswersBeforeSending,
        Self::SendsEachWriteTwice,
        Self::TakesAcceptedForDone,
        Self::SwallowsWriteBacks,
        Self::StaysSignedIn,
        Self::DropsCents,
        Self::ForgetsTheIntent,
        Self::ForgetsOpenFlows,
        Self::ForgetsLinks,
        Self::SkipsWhatFailed,
        Self::IgnoresTheLease,
        Self::ForcesConsent,
        Self::SkipsTheVisibilityWait,
    ];

    /// Whether it sits in the state file.
    pub(super) fn tampers(self) -> bool {
        matches!(self, Self::ForgetsTheIntent | Self::ForgetsOpenFlows | Self::ForgetsLinks | Self::SkipsWhatFailed | Self::IgnoresTheLease)
    }

    /// What it does to the state file after a run.
    pub(super) fn tamper(self, file: &Path, done: bool) {
        match self {
            Self::ForgetsOpenFlows => sql(file, "update flow set state = 'finished' where state = 'open'"),
            Self::ForgetsLinks => sql(file, "update link set state = 'removed' where state = 'live'"),
            Self::SkipsWhatFailed if !done => sql(file, "delete from held; update flow set state = 'finished'"),
            _ => {}
        }
    }
}

/// Does this to a state file, behind the back of whoever works on it.
pub(super) fn sql(file: &Path, statements: &str) {
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.busy_timeout(Duration::from_secs(5)).unwrap();
    connection.execute_batch(statements).unwrap();
}

impl Edge {
    /// Whether an approver consents, as this process sees it.
    pub(super) fn consents(&self) -> bool {
        self.consent || self.bug == Some(Bug::ForcesConsent)
    }

    /// Before a write leaves.
    pub(super) fn forget_the_intent(&self) {
        if let (Some(Bug::ForgetsTheIntent), Some(file)) = (self.bug, self.watch.file()) {
            sql(&file, "update step set state = 'again' where state = 'intended'");
        }
    }

    /// A request on its way, through the hands of whoever makes a mistake.
    pub(super) async fn behave(&self, request: Request, told: &str) -> Carried {
        use crosswalk::connector::Transport as _;
        let (write, copy) = (is_write(told), request.clone());
        let action = told.starts_with("POST /entity/") && write;
        match self.bug {
            Some(Bug::AnswersBeforeSending) if told.starts_with("PUT /entity/") => Ok(echo(&request)),
            Some(Bug::SwallowsWriteBacks) if told.starts_with("PATCH /rest/") => Ok(echo(&request)),
            Some(Bug::StaysSignedIn) if told.contains("/auth/logout") => Ok(Response { status: 204, ..Response::default() }),
            Some(Bug::DropsCents) if told.starts_with("PUT /entity/") => {
                self.carrier.send(Request { body: without_cents(&request.body), ..request }).await
            }
            Some(Bug::SendsEachWriteTwice) if write && !action => {
                let _ = self.carrier.send(copy).await;
                self.carrier.send(request).await
            }
            Some(Bug::TakesAcceptedForDone) => match self.carrier.send(request).await {
                Ok(answer) if answer.status == 202 => Ok(Response { status: 204, ..Response::default() }),
                other => other,
            },
            _ => self.carrier.send(request).await,
        }
    }

    /// What becomes of an answer, or of silence.
    pub(super) async fn believe(&self, answer: Carried, (request, told): (Request, &str)) -> Carried {
        let silent = match &answer {
            Ok(answer) => answer.status >= 500,
            Err(problem) => matches!(problem, TransportError::Lost(_)),
        };
        if !silent || !is_write(told) {
            return answer;
        }
        match self.bug {
            Some(Bug::ResendsBlindly) => self.behave(request, told).await,
            Some(Bug::TakesSilenceForRefusal) => {
                Ok(Response { status: 422, body: b"{\"message\":\"no\"}".to_vec(), ..Response::default() })
            }
            Some(Bug::TakesSilenceForSuccess) => Ok(echo(&request)),
            _ => answer,
        }
    }
}

/// An answer that shows what was sent, under an id that nobody gave.
fn echo(request: &Request) -> Response {
    let sent = std::str::from_utf8(&request.body).ok().and_then(|body| Value::from_json(body).ok());
    let Some(Value::Record(mut record)) = sent else { return Response { status: 204, ..Response::default() } };
    if record.get("id").is_none() {
        record.set("id", "0e0e0e0e-0000-4000-8000-000000000001");
    }
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Response { status: 200, headers, body: json_text(&Value::Record(record)).into_bytes() }
}

/// Every `12.34` becomes `12`.
fn without_cents(body: &[u8]) -> Vec<u8> {
    fn bare(value: Value) -> Value {
        match value {
            Value::Number(number) => Value::Number(number.trunc()),
            Value::List(list) => Value::List(list.into_iter().map(bare).collect()),
            Value::Record(record) => {
                record.iter().map(|(name, value)| (name.to_owned(), bare(value.clone()))).collect::<crosswalk::value::Record>().into()
            }
            other => other,
        }
    }
    let sent = std::str::from_utf8(body).ok().and_then(|body| Value::from_json(body).ok());
    sent.map_or_else(|| body.to_vec(), |sent| json_text(&bare(sent)).into_bytes())
}

/// A clock on which nobody waits long.
pub(super) struct Impatient(pub(super) Arc<TurnedClock>);

impl Clock for Impatient {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn sleep(&self, time: Duration) -> Later<'_, ()> {
        // Shorter waits are pauses between two tries, or between two looks at an operation.
        if time < Duration::from_secs(5) {
            self.0.turn(time);
        }
        Box::pin(std::future::ready(()))
    }
}

/// What caught a mistake: the seed or crash point that it was played with, and the rule that it broke.
pub(crate) struct Caught {
    /// The mistake.
    pub(crate) bug: Bug,
    /// With what; none when nothing noticed it.
    pub(crate) by: Option<(String, super::checks::Broken)>,
}

impl Caught {
    /// Plays a mistake with a few crash points, then with seeds, until something notices it.
    pub(crate) fn hunt(bug: Bug, enumeration: &super::crash::Enumeration, seeds: u64) -> Self {
        // Some show only where two work at once, or nobody consents.
        let of_seeds = matches!(bug, Bug::IgnoresTheLease | Bug::ForcesConsent);
        let points = if of_seeds { Vec::new() } else { enumeration.telling() };
        let by_point = points.iter().find_map(|point| Some((format!("{point:?}"), first(enumeration.meet(*point, Some(bug)))?)));
        let by_seed = || (0..seeds).find_map(|seed| Some((format!("seed {seed}"), first(super::seeds::play(seed, Some(bug)))?)));
        Self { bug, by: by_point.or_else(by_seed) }
    }
}

fn first(broken: Vec<super::checks::Broken>) -> Option<super::checks::Broken> {
    broken.into_iter().next()
}

impl std::fmt::Display for Caught {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.by {
            Some((with, broken)) => write!(formatter, "{:<24} caught with {with:<22} by: {}", format!("{:?}", self.bug), broken.check),
            None => write!(formatter, "{:<24} NOT CAUGHT", format!("{:?}", self.bug)),
        }
    }
}
