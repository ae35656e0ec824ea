//! Sends what is staged, as flows of named, journaled steps: intent first, then the write, the link, the actions that follow,
//! and the write-back. Every step may be repeated after a crash; none has its effect twice.

use std::sync::Mutex;

use super::attempt::draft_of;
use super::engine::Engine;
use super::failure::Failure;
use super::inputs::{Input, Inputs};
use super::lines::{Pairs, kept_otherwise, known_in, not_removed, recognise};
use super::links::Book;
use super::parcel::{Parcel, Receipt};
use super::scope::Where;
use super::standing::Walked;
use super::target::{key_of, read};
use crate::connector::{Certainty, ConnectorError, Key, Select};
use crate::evaluate::{Context, FieldChange, baseline, compare, learned, line_key, taken};
use crate::plan::{Direction, Plan, Records};
use crate::schema::System;
use crate::store::{
    Answer, Attempt, Digest, End, Flow, FlowId, Hold, Intent, Link, Meaning, NewLine, NewLink, PutLink, Setback, Step, StepError, Steps,
    StoreError, Writing,
};
use crate::value::{Record, Value, json_text, plain_text};

/// The step that writes to the target.
pub(super) const SEND: &str = "send";

/// Documents that are sent and linked, and whose sources still have to learn it.
pub(super) struct Delivered {
    pub(super) flow: Flow,
    /// What the sources learn.
    pub(super) lessons: Vec<Lesson>,
    /// An action that follows the write was refused: the flow stays open, and the next run tries again.
    pub(super) unfinished: bool,
}

/// What a source record learns once it is sent.
pub(super) struct Lesson {
    pub(super) source_id: String,
    pub(super) source_label: String,
    pub(super) learned: Record,
}

/// One delivery: the parcels of one flow.
pub(super) struct Delivery<'d> {
    pub(super) engine: &'d Engine<'d>,
    pub(super) plan: &'d Plan,
    pub(super) place: &'d Where,
    pub(super) parcels: &'d [Parcel],
    /// What their drafts were made from; nothing for those of an earlier run, whose flow has it on record.
    pub(super) inputs: &'d [Input],
}

impl Delivery<'_> {
    /// The flow of these parcels: an export's is that of its document, an import's that of its batch.
    pub(super) fn intent(&self) -> Intent {
        let bytes = serde_json::to_vec(self.parcels).expect("parcels are JSON");
        let fingerprint: String = Digest::of(&bytes).as_str().chars().take(16).collect();
        let first = self.parcels.first().map_or("", |parcel| parcel.source_id.as_str());
        let source_id = if self.parcels.len() == 1 { first.to_owned() } else { format!("{} records from {first}", self.parcels.len()) };
        // The same change may be needed again in another run: A becomes B, A again, and B again.
        let fingerprint = match self.engine.worker.stamp().run {
            Some(run) => format!("{fingerprint}-{}", run.0),
            None => fingerprint,
        };
        let id = FlowId { mapping: self.plan.name.clone(), scope: self.place.scope.clone(), source_id, fingerprint };
        let mut intent = Intent::new(id);
        intent.details.set("plan", self.plan.fingerprint.as_str());
        if let Some(project) = &self.place.project {
            intent.details.set("project", project.procore.as_str());
            intent.details.set("project_key", project.acumatica.as_str());
            intent.details.set("project_origin", project.procore_origin.clone().unwrap_or_default());
        }
        if let Some(approval) = self.parcels.first().and_then(|parcel| parcel.approval.as_ref()) {
            intent.details.set("export", approval.export.as_str());
            intent.details.set("approver", approval.approver.as_str());
            intent.details.set("asked", approval.asked.clone());
        }
        intent.bodies.push(("parcels".to_owned(), bytes));
        if !self.inputs.is_empty() {
            let inputs = serde_json::to_vec(&Inputs::of(self.inputs)).expect("inputs are JSON");
            intent.bodies.push(("inputs".to_owned(), inputs));
        }
        intent
    }

    /// Walks the flow up to the last action; how documents stand then, and what their sources learn, is seen to for many at once.
    pub(super) async fn walk(&self, flow: Flow, book: &mut Book) -> Result<Walked, Failure> {
        let mut receipts = self.send(&flow, book).await?;
        let put = self.link(&flow, &receipts).await?;
        for put in &put {
            book.links.take_over(put);
        }
        let mut unfinished = receipts.iter().any(|receipt| receipt.left_open);
        if self.plan.direction == Direction::Export {
            for receipt in receipts.iter_mut().filter(|receipt| receipt.refused.is_none()) {
                if let Err(reason) = self.follow(&flow, receipt).await? {
                    receipt.refused = Some(reason);
                    unfinished = true;
                }
            }
        }
        Ok(Walked { flow, parcels: self.parcels.to_vec(), receipts, unfinished })
    }

    async fn send(&self, flow: &Flow, book: &Book) -> Result<Vec<Receipt>, Failure> {
        let refused = |reason: String| Receipt { refused: Some(reason), ..Receipt::default() };
        if let Some(parcel) = self.to_make()
            && let Some(reason) = self.make(flow, book, parcel).await?
        {
            return Ok(vec![refused(reason)]);
        }
        let payload = serde_json::to_vec(self.parcels).expect("parcels are JSON");
        let trouble = Mutex::new(None);
        let sent = flow.step(Step::named(SEND).sending(&payload), |attempt| self.attempt(attempt, book, &trouble)).await;
        let setback = match sent {
            Ok(receipts) => return Ok(receipts),
            Err(StepError::Setback { setback, .. }) => setback,
            Err(StepError::Store(problem)) => return Err(problem.into()),
            Err(StepError::Waiting(wait)) => return Err(Failure::Asked(wait.to_string())),
        };
        match trouble.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            Some(error) if error.is_temporary() || setback.meaning != Meaning::Refused => Err(Failure::from(error)),
            _ => {
                let left_open = setback.meaning != Meaning::Refused;
                let receipt = Receipt { left_open, ..refused(setback.reason) };
                Ok(vec![receipt; self.parcels.len()])
            }
        }
    }

    pub(super) fn receipt(&self, parcel: &Parcel, id: &str, body: &str) -> Result<Receipt, String> {
        let record = read(self.plan, body).map_err(|problem| problem.to_string())?;
        let lines = recognise(self.plan, parcel, &record);
        Ok(Receipt {
            id: id.to_owned(),
            key: key_of(self.plan, &record),
            status: record.text("Status").map(str::to_owned),
            unexpected: self.unexpected(parcel, (&lines, &record)),
            lines,
            left_open: false,
            refused: not_removed(self.plan, parcel, &record),
            kept_otherwise: kept_otherwise(self.plan, parcel, &record),
            shown: (self.plan.direction == Direction::Export).then_some(record),
        })
    }

    /// Computed fields that the target shows otherwise than the mapping expects; what it does not show is not judged.
    pub(super) fn unexpected(&self, parcel: &Parcel, (lines, shown): (&Pairs, &Record)) -> Vec<FieldChange> {
        let change = compare(self.plan, &draft_of(parcel), Some(shown), &|list, line| known_in(lines, list, line));
        change.unexpected.into_iter().filter(|field| !field.old.is_null()).collect()
    }

    async fn link(&self, flow: &Flow, receipts: &[Receipt]) -> Result<Vec<PutLink>, Failure> {
        let remembers = !super::target::is_readable(self.plan);
        let exports = self.plan.direction == Direction::Export;
        let mut links = Vec::new();
        let mut drafts = Vec::new();
        for (parcel, receipt) in self.parcels.iter().zip(receipts) {
            let hold = |reason: &str| Hold {
                mapping: self.plan.name.clone(),
                scope: self.place.scope.clone(),
                source_id: parcel.source_id.clone(),
                reasons: vec![reason.to_owned()],
                source_version: parcel.source_modified.clone(),
                body: Vec::new(),
            };
            match &receipt.refused {
                Some(reason) => links.push(Err((hold(reason), exports && !receipt.left_open))),
                None => {
                    let shown = receipt.shown.as_ref().map(|shown| json_text(&Value::Record(baseline(self.plan, shown))));
                    links.push(Ok((self.new_link(parcel, receipt), shown)));
                    if remembers {
                        drafts.push((parcel.source_id.clone(), Value::Record(parcel.draft().clone()).to_string()));
                    }
                }
            }
        }
        let (mapping, scope) = (self.plan.name.clone(), self.place.scope.clone());
        let source = self.plan.source.resource.system;
        let grouped = matches!(self.plan.records, Records::Group { .. });
        let put = flow.write(move |writing| {
            let mut put = Vec::new();
            for link in links {
                match link {
                    Ok((mut new, shown)) => {
                        let old = if grouped { give_up_old_name(writing, &new, source)? } else { None };
                        if let Some(shown) = shown {
                            new.target_version = Some(writing.keep_body(shown.as_bytes())?.as_str().to_owned());
                        }
                        let mut done = writing.put_link(&new)?;
                        done.lost.extend(old);
                        put.push(done);
                        let id = if source == System::Procore { &new.procore.id } else { &new.acumatica.id };
                        writing.settle(&mapping, &scope, id)?;
                    }
                    Err((hold, failed)) => {
                        writing.hold(&hold)?;
                        if failed {
                            writing.export_failed((&mapping, &scope), &hold.source_id, &hold.reasons.join("; "))?;
                        }
                    }
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
        NewLink {
            mapping: self.plan.pair.clone(),
            scope: self.place.scope.clone(),
            procore,
            acumatica,
            fingerprint: Digest::from_hex(&parcel.fingerprint),
            target_version: None,
            source_version: parcel.source_version.clone(),
            lines: Some(line_links(self.plan, &receipt.id, &receipt.lines)),
        }
    }

    /// Lines that others know by another field than their key learn it from the record as it stands after the steps.
    pub(super) async fn show_lines(
        &self,
        flow: &Flow,
        (parcel, receipt): (&Parcel, &Receipt),
        record: &Record,
    ) -> Result<Option<PutLink>, Failure> {
        if !receipt.lines.iter().any(|(list, _, _)| self.plan.linked_as(list).is_some()) {
            return Ok(None);
        }
        let mut new = self.new_link(parcel, receipt);
        for (line, (list, _, target)) in new.lines.iter_mut().flatten().zip(&receipt.lines) {
            let shown = self.plan.linked_as(list).and_then(|field| shown_as(self.plan, record, (list, target), field));
            let end = if self.plan.target.resource.system == System::Procore { &mut line.procore } else { &mut line.acumatica };
            end.key = shown.or_else(|| end.key.take());
        }
        Ok(Some(flow.write(move |writing| writing.put_link(&new)).await?))
    }

    /// The actions that follow the write, each guarded by the status it needs; or why one was refused.
    async fn follow(&self, flow: &Flow, receipt: &mut Receipt) -> Result<Result<(), String>, Failure> {
        for step in &self.plan.steps {
            if receipt.status.as_deref() != Some(step.from.as_str()) {
                continue;
            }
            match taken(step, self.engine.settings, self.engine.today) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(refusal) => return Ok(Err(refusal.to_string())),
            }
            // What the answer to the write showed is not how the document stands after this.
            receipt.shown = None;
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
        Ok(Ok(()))
    }

    async fn act(
        &self,
        attempt: Attempt,
        (id, step): (&str, &crate::plan::Step),
        trouble: &Mutex<Option<ConnectorError>>,
    ) -> Result<Answer<()>, Setback> {
        let door = self.engine.doors.of(self.plan.target.resource.system);
        let told = |error| told(error, trouble);
        // Somebody may have done it meanwhile, or an earlier try of ours.
        if attempt.number > 1 {
            let row = door.get(&self.plan.target, None, Key::Id(id), Select::All).await.map_err(told)?;
            let status =
                row.and_then(|row| read(self.plan, row.body.get()).ok()).and_then(|record| record.text("Status").map(str::to_owned));
            if status.as_deref() != Some(step.from.as_str()) {
                return Ok(Answer::from(()));
            }
        }
        door.act(&self.plan.target, id, &step.action, &Record::new()).await.map(Answer::from).map_err(told)
    }

    pub(super) fn lesson(&self, parcel: &Parcel, record: &Record) -> Option<Lesson> {
        if self.plan.write_back.is_empty() {
            return None;
        }
        let mut learned = learned_of(self.engine, self.plan, self.place, record).filter(|record| !record.is_empty())?;
        parcel.source_address.iter().for_each(|(name, value)| learned.set(name, value.clone()));
        Some(Lesson { source_id: parcel.source_id.clone(), source_label: parcel.source_label.clone(), learned })
    }
}

/// What the source would learn of a record that the target shows; none where that cannot be told.
pub(super) fn learned_of(engine: &Engine<'_>, plan: &Plan, place: &Where, shown: &Record) -> Option<Record> {
    let (target, project) = (Value::Record(shown.clone()), place.value());
    learned(plan, &Context { target: &target, project: &project, ..engine.before_any() }).ok()
}

/// A group is known by the codes that its records share. Once one of them is renamed (BR-22), the target's row is that of another
/// group, and the link under the old codes makes way.
fn give_up_old_name(writing: &Writing<'_>, new: &NewLink, source: System) -> Result<Option<Link>, StoreError> {
    let (here, there) = ordered(source, &new.procore, &new.acumatica);
    let old = writing.find_link(&new.mapping, &new.scope, source.other(), &there.id)?;
    match old.filter(|old| old.end(source).id != here.id) {
        Some(old) => writing.remove_link(old.id, "its codes were renamed"),
        None => Ok(None),
    }
}

/// The links of a document's lines.
pub(super) fn line_links(plan: &Plan, target_id: &str, pairs: &Pairs) -> Vec<NewLine> {
    let source = plan.source.resource.system;
    let link = |(part, line, target): &(String, String, String)| {
        // A line number is a key within its document only. What others know a line by may come after the steps.
        let id = format!("{target_id}#{target}");
        let there = if plan.linked_as(part).is_some() { End::id(id) } else { End::new(id, target.as_str()) };
        let (procore, acumatica) = ordered(source, End::id(line.as_str()), there);
        NewLine { part: part.clone(), procore, acumatica }
    };
    pairs.iter().map(link).collect()
}

/// What a field of a target's line holds, as a key.
fn shown_as(plan: &Plan, record: &Record, (list, key): (&str, &str), field: &str) -> Option<String> {
    let lines = record.get(list).and_then(Value::as_list).unwrap_or_default();
    let held = plan.target.field_at(list)?;
    let line = lines.iter().find(|line| line.as_record().is_some_and(|line| line_key(held, line) == key))?;
    match line.at(field)? {
        Value::Null => None,
        Value::Number(number) => Some(plain_text(*number)),
        other => Some(other.plain()).filter(|text| !text.is_empty()),
    }
}

fn ordered<T>(source: System, one: T, other: T) -> (T, T) {
    match source {
        System::Procore => (one, other),
        System::Acumatica => (other, one),
    }
}

/// What ends a run when a step cannot be done now.
pub(super) fn failed(problem: StepError, trouble: Mutex<Option<ConnectorError>>) -> Failure {
    match (problem, trouble.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)) {
        (StepError::Store(problem), _) => problem.into(),
        (_, Some(error)) => error.into(),
        (problem, None) => Failure::Asked(problem.to_string()),
    }
}

/// What a failed call means for the step that made it; the error itself is kept for whoever ends the run.
pub(super) fn told(error: ConnectorError, trouble: &Mutex<Option<ConnectorError>>) -> Setback {
    let setback = match error.certainty() {
        Certainty::Refused => Setback::refused(error.to_string()),
        Certainty::AgainLater => Setback::again(error.to_string()),
        Certainty::Unknown => Setback::unknown(error.to_string()),
    };
    *trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(error);
    setback
}
