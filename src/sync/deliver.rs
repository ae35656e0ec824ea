//! Sends what is staged, as flows of named, journaled steps: intent first, then the write, the link, the actions that follow,
//! and the write-back. Every step may be repeated after a crash; none has its effect twice.

use std::sync::Mutex;

use super::engine::Engine;
use super::failure::Failure;
use super::lines::{kept_otherwise, recognise};
use super::links::Book;
use super::parcel::{Parcel, Receipt};
use super::scope::Where;
use super::target::{id_of, key_of, read};
use crate::connector::{Certainty, Connector, ConnectorError, Key, Outgoing, Query, Select};
use crate::evaluate::{Context, Draft, NoLinks, learned, matches_identity};
use crate::plan::{Direction, Plan};
use crate::schema::System;
use crate::store::{
    Answer, Attempt, Digest, Effect, End, Flow, FlowId, Hold, Intent, Meaning, NewLine, NewLink, PutLink, Setback, Step, StepError, Steps,
};
use crate::value::{Record, Value};

/// The step that writes to the target.
const SEND: &str = "send";
/// The step that tells the source.
const WRITE_BACK: &str = "write_back";

/// Documents that are sent and linked, and whose sources still have to learn it.
pub(super) struct Delivered {
    flow: Flow,
    /// What each source record learns, with its id.
    pub(super) learned: Vec<(String, Record)>,
}

/// One delivery: the parcels of one flow.
pub(super) struct Delivery<'d> {
    pub(super) engine: &'d Engine<'d>,
    pub(super) plan: &'d Plan,
    pub(super) place: &'d Where,
    pub(super) parcels: &'d [Parcel],
}

impl Delivery<'_> {
    /// The flow of these parcels: an export's is that of its document, an import's that of its batch.
    pub(super) fn intent(&self) -> Intent {
        let bytes = serde_json::to_vec(self.parcels).expect("parcels are JSON");
        let fingerprint = Digest::of(&bytes).as_str().chars().take(16).collect();
        let first = self.parcels.first().map_or("", |parcel| parcel.source_id.as_str());
        let source_id = if self.parcels.len() == 1 { first.to_owned() } else { format!("{} records from {first}", self.parcels.len()) };
        let id = FlowId { mapping: self.plan.name.clone(), scope: self.place.scope.clone(), source_id, fingerprint };
        let mut intent = Intent::new(id);
        intent.details.set("plan", self.plan.fingerprint.as_str());
        if let Some(project) = &self.place.project {
            intent.details.set("project", project.procore.as_str());
            intent.details.set("project_key", project.acumatica.as_str());
            intent.details.set("project_origin", project.procore_origin.clone().unwrap_or_default());
        }
        intent.bodies.push(("parcels".to_owned(), bytes));
        intent
    }

    /// Walks the flow up to the write-back, which is done for many at once.
    pub(super) async fn walk(&self, flow: Flow, book: &mut Book) -> Result<(Delivered, Vec<Receipt>), Failure> {
        let mut receipts = self.send(&flow).await?;
        let put = self.link(&flow, &receipts).await?;
        for put in &put {
            book.links.take_over(put);
        }
        let mut told = Vec::new();
        if self.plan.direction == Direction::Export {
            for (parcel, receipt) in self.parcels.iter().zip(&mut receipts).filter(|(_, receipt)| receipt.refused.is_none()) {
                match self.follow(&flow, receipt).await? {
                    Ok(record) => told.extend(self.learned(&record).map(|learned| (parcel.source_id.clone(), learned))),
                    Err(reason) => receipt.refused = Some(reason),
                }
            }
        }
        Ok((Delivered { flow, learned: told }, receipts))
    }

    async fn send(&self, flow: &Flow) -> Result<Vec<Receipt>, Failure> {
        let payload = serde_json::to_vec(self.parcels).expect("parcels are JSON");
        let trouble = Mutex::new(None);
        let sent = flow.step(Step::named(SEND).sending(&payload), |attempt| self.attempt(attempt, &trouble)).await;
        let setback = match sent {
            Ok(receipts) => return Ok(receipts),
            Err(StepError::Setback { setback, .. }) => setback,
            Err(StepError::Store(problem)) => return Err(problem.into()),
            Err(StepError::Waiting(wait)) => return Err(Failure::Asked(wait.to_string())),
        };
        match trouble.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            Some(error) if error.is_temporary() || setback.meaning != Meaning::Refused => Err(Failure::from(error)),
            _ => {
                let refused = Receipt { refused: Some(setback.reason), ..Receipt::default() };
                Ok(vec![refused; self.parcels.len()])
            }
        }
    }

    async fn attempt(&self, attempt: Attempt, trouble: &Mutex<Option<ConnectorError>>) -> Result<Answer<Vec<Receipt>>, Setback> {
        let told = |error: ConnectorError| {
            let setback = match error.certainty() {
                Certainty::Refused => Setback::refused(error.to_string()),
                Certainty::AgainLater => Setback::again(error.to_string()),
                Certainty::Unknown => Setback::unknown(error.to_string()),
            };
            *trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(error);
            setback
        };
        let door = self.engine.doors.of(self.plan.target.resource.system);
        let parcels: Vec<Parcel> = serde_json::from_slice(&attempt.payload).map_err(|problem| Setback::refused(problem.to_string()))?;
        let mut ids: Vec<Option<String>> = parcels.iter().map(|parcel| parcel.target_id.clone()).collect();
        if attempt.earlier != Effect::None {
            // An earlier try may have had its effect: look before sending (design, section 6).
            self.look_up(door, &parcels, &mut ids).await.map_err(told)?;
        }
        let mut receipts: Vec<Option<Receipt>> = vec![None; parcels.len()];
        for (at, parcel) in parcels.iter().enumerate() {
            let faults = self.plan.target.faults(&parcel.send);
            if !faults.is_empty() {
                let refused = format!("the payload does not fit {}: {}; nothing was sent", self.plan.target.name, faults.join("; "));
                receipts[at] = Some(Receipt { refused: Some(refused), ..Receipt::default() });
            } else if parcel.send.is_empty() || (parcel.target_id.is_none() && ids[at].is_some()) {
                receipts[at] = Some(self.found(door, parcel, ids[at].as_deref()).await.map_err(told)?);
            }
        }
        let open: Vec<usize> = (0..parcels.len()).filter(|at| receipts[*at].is_none()).collect();
        let outgoing: Vec<Outgoing<'_>> = open.iter().map(|at| Outgoing { id: ids[*at].as_deref(), draft: &parcels[*at].send }).collect();
        let written =
            if outgoing.is_empty() { Vec::new() } else { door.write(&self.plan.target, self.place.project.as_ref(), &outgoing).await };
        let mut bodies = Vec::new();
        for (at, result) in open.into_iter().zip(written) {
            receipts[at] = Some(match result {
                Ok(written) => {
                    bodies.push(written.body.get().to_owned());
                    self.receipt(&parcels[at], &written.id, written.body.get()).map_err(Setback::unknown)?
                }
                // What the target refused is told of this record; anything else stops the batch, for its effect or its turn is open.
                Err(error) if error.certainty() == Certainty::Refused && !error.is_temporary() => {
                    Receipt { refused: Some(error.to_string()), ..Receipt::default() }
                }
                Err(error) => return Err(told(error)),
            });
        }
        let body = format!("[{}]", bodies.join(","));
        Ok(Answer::new(receipts.into_iter().map(Option::unwrap_or_default).collect(), body))
    }

    async fn look_up(&self, door: &Connector, parcels: &[Parcel], ids: &mut [Option<String>]) -> Result<(), ConnectorError> {
        let mut page = None;
        loop {
            let query =
                Query { schema: &self.plan.target, project: self.place.project.as_ref(), since: None, equals: &[], select: Select::All };
            if self.plan.identity.is_empty() {
                return Ok(());
            }
            let read_page = door.read(&query, page).await?;
            for row in &read_page.rows {
                let Ok(record) = read(self.plan, row.body.get()) else { continue };
                for (at, parcel) in parcels.iter().enumerate().filter(|(_, parcel)| parcel.target_id.is_none()) {
                    let draft = Draft { fields: parcel.draft.clone(), lines: Vec::new() };
                    if ids[at].is_none() && matches_identity(self.plan, &draft, &record) {
                        ids[at] = Some(id_of(self.plan, &record));
                    }
                }
            }
            match read_page.next {
                Some(next) => page = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// The receipt for a record that is there already.
    async fn found(&self, door: &Connector, parcel: &Parcel, id: Option<&str>) -> Result<Receipt, ConnectorError> {
        let gone = || Receipt { refused: Some("the record was found at the target and is gone again".to_owned()), ..Receipt::default() };
        let Some(id) = id else { return Ok(gone()) };
        let row = door.get(&self.plan.target, self.place.project.as_ref(), Key::Id(id), Select::All).await?;
        Ok(row.and_then(|row| self.receipt(parcel, id, row.body.get()).ok()).unwrap_or_else(gone))
    }

    fn receipt(&self, parcel: &Parcel, id: &str, body: &str) -> Result<Receipt, String> {
        let record = read(self.plan, body).map_err(|problem| problem.to_string())?;
        Ok(Receipt {
            id: id.to_owned(),
            key: key_of(self.plan, &record),
            status: record.text("Status").map(str::to_owned),
            lines: recognise(self.plan, parcel, &record),
            refused: None,
            kept_otherwise: kept_otherwise(self.plan, parcel, &record),
        })
    }

    async fn link(&self, flow: &Flow, receipts: &[Receipt]) -> Result<Vec<PutLink>, Failure> {
        let remembers = !super::target::is_readable(self.plan);
        let mut links = Vec::new();
        let mut drafts = Vec::new();
        for (parcel, receipt) in self.parcels.iter().zip(receipts) {
            let hold = |reason: &str| Hold {
                mapping: self.plan.name.clone(),
                scope: self.place.scope.clone(),
                source_id: parcel.source_id.clone(),
                reasons: vec![reason.to_owned()],
                source_version: None,
                body: Vec::new(),
            };
            match &receipt.refused {
                Some(reason) => links.push(Err(hold(reason))),
                None => {
                    links.push(Ok(self.new_link(parcel, receipt)));
                    if remembers {
                        drafts.push((parcel.source_id.clone(), Value::Record(parcel.draft.clone()).to_string()));
                    }
                }
            }
        }
        let (mapping, scope) = (self.plan.name.clone(), self.place.scope.clone());
        let source = self.plan.source.resource.system;
        let put = flow.write(move |writing| {
            let mut put = Vec::new();
            for link in &links {
                match link {
                    Ok(new) => {
                        put.push(writing.put_link(new)?);
                        let id = if source == System::Procore { &new.procore.id } else { &new.acumatica.id };
                        writing.settle(&mapping, &scope, id)?;
                    }
                    Err(hold) => writing.hold(hold)?,
                }
            }
            for (source_id, draft) in &drafts {
                writing.remember_written(&mapping, &scope, source_id, draft.as_bytes())?;
            }
            Ok(put)
        });
        Ok(put.await?)
    }

    fn new_link(&self, parcel: &Parcel, receipt: &Receipt) -> NewLink {
        let key = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let source = End { id: parcel.source_id.clone(), key: key(&parcel.source_key) };
        let target = End { id: receipt.id.clone(), key: key(&receipt.key) };
        let system = self.plan.source.resource.system;
        let (procore, acumatica) = ordered(system, source, target);
        let lines = receipt.lines.iter().map(|(part, source, target)| {
            // A line number is a key within its document only.
            let there = End::new(format!("{}#{target}", receipt.id), target.as_str());
            let (procore, acumatica) = ordered(system, End::id(source.as_str()), there);
            NewLine { part: part.clone(), procore, acumatica }
        });
        NewLink {
            mapping: self.plan.name.clone(),
            scope: self.place.scope.clone(),
            procore,
            acumatica,
            fingerprint: Digest::from_hex(&parcel.fingerprint),
            target_version: None,
            source_version: parcel.source_version.clone(),
            lines: Some(lines.collect()),
        }
    }

    /// The actions that follow the write, each guarded by the status it needs; gives the record as it stands afterwards, or why
    /// it does not stand as it should.
    async fn follow(&self, flow: &Flow, receipt: &mut Receipt) -> Result<Result<Record, String>, Failure> {
        let door = self.engine.doors.of(self.plan.target.resource.system);
        for step in &self.plan.steps {
            if receipt.status.as_deref() != Some(step.from.as_str()) {
                continue;
            }
            let name = format!("action {}", step.action);
            let trouble = Mutex::new(None);
            let acted = flow.step(name.as_str(), |attempt| self.act(attempt, (&receipt.id, step), &trouble)).await;
            match acted {
                Ok(()) => receipt.status = Some(step.to.clone()),
                Err(StepError::Store(problem)) => return Err(problem.into()),
                Err(problem) => {
                    let error = trouble.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
                    return match error {
                        Some(error) if error.is_temporary() => Err(error.into()),
                        _ => Ok(Err(format!("{} was made, and then {problem}", receipt.key))),
                    };
                }
            }
        }
        let row = door.get(&self.plan.target, self.place.project.as_ref(), Key::Id(&receipt.id), Select::All).await?;
        let Some(row) = row else { return Ok(Err(format!("{} was made and is gone again", receipt.key))) };
        let record = read(self.plan, row.body.get())?;
        let status = record.text("Status").unwrap_or_default();
        match self.plan.steps.last() {
            Some(last) if status == last.from => Ok(Err(format!("{} should be {} and is still {status}", receipt.key, last.to))),
            _ => Ok(Ok(record)),
        }
    }

    async fn act(
        &self,
        attempt: Attempt,
        (id, step): (&str, &crate::plan::Step),
        trouble: &Mutex<Option<ConnectorError>>,
    ) -> Result<Answer<()>, Setback> {
        let door = self.engine.doors.of(self.plan.target.resource.system);
        let told = |error: ConnectorError| {
            let setback = match error.certainty() {
                Certainty::Refused => Setback::refused(error.to_string()),
                Certainty::AgainLater => Setback::again(error.to_string()),
                Certainty::Unknown => Setback::unknown(error.to_string()),
            };
            *trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(error);
            setback
        };
        if attempt.earlier != Effect::None {
            let row = door.get(&self.plan.target, None, Key::Id(id), Select::All).await.map_err(told)?;
            let status =
                row.and_then(|row| read(self.plan, row.body.get()).ok()).and_then(|record| record.text("Status").map(str::to_owned));
            if status.as_deref() != Some(step.from.as_str()) {
                return Ok(Answer::from(()));
            }
        }
        door.act(&self.plan.target, id, &step.action, &Record::new()).await.map(Answer::from).map_err(told)
    }

    fn learned(&self, record: &Record) -> Option<Record> {
        if self.plan.write_back.is_empty() {
            return None;
        }
        let (target, project, empty) = (Value::Record(record.clone()), self.place.value(), Value::Null);
        let context = Context {
            settings: self.engine.settings,
            ask: &empty,
            target: &target,
            project: &project,
            links: &NoLinks,
            today: self.engine.today,
        };
        learned(self.plan, &context).ok().filter(|record| !record.is_empty())
    }
}

fn ordered(source: System, one: End, other: End) -> (End, End) {
    match source {
        System::Procore => (one, other),
        System::Acumatica => (other, one),
    }
}

/// Tells the sources of many documents at once, and finishes their flows.
pub(super) async fn write_back(
    engine: &Engine<'_>,
    plan: &Plan,
    place: &Where,
    delivered: Vec<Delivered>,
) -> Result<Vec<(String, Record)>, Failure> {
    let door = engine.doors.of(plan.source.resource.system);
    let all: Vec<(String, Record)> = delivered.iter().flat_map(|delivered| delivered.learned.clone()).collect();
    let outgoing: Vec<Outgoing<'_>> = all.iter().map(|(id, record)| Outgoing { id: Some(id), draft: record }).collect();
    let results = if outgoing.is_empty() { Vec::new() } else { door.write(&plan.source, place.project.as_ref(), &outgoing).await };
    let mut answers = results.into_iter();
    let mut failed = None;
    for delivered in delivered {
        let mut refused = None;
        for _ in &delivered.learned {
            if let Some(Err(error)) = answers.next() {
                refused = Some(error);
            }
        }
        if delivered.learned.is_empty() {
            delivered.flow.finish().await?;
            continue;
        }
        let told = refused.as_ref().map(ToString::to_string);
        let step =
            delivered.flow.step(WRITE_BACK, |_| async move { told.map_or(Ok(Answer::from(())), |reason| Err(Setback::again(reason))) });
        match step.await {
            Ok(()) => delivered.flow.finish().await?,
            Err(StepError::Store(problem)) => return Err(problem.into()),
            Err(_) => failed = refused,
        }
    }
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(all),
    }
}
