//! From a record to what would happen to it: nothing, a change, or a reason to wait.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use super::change_set::{Action, StagedChange};
use super::engine::Engine;
use super::failure::Failure;
use super::inputs::Beside;
use super::lines::to_remove_by_hand;
use super::links::{Book, Missed, Seen, target_line_key};
use super::parcel::{Parcel, ParcelLine};
use super::report::Mismatch;
use super::scope::Where;
use super::staged::{Decision, Staged, TELL_APART, version};
use super::target::{TargetView, is_readable, is_undone};
use crate::evaluate::{
    Change, Conflict, Context, Draft, FieldChange, GoneLine, Item, LineKeys, Refusal, SourceRef, compare, conflicts, set_aside, still_there,
};
use crate::plan::{Direction, Plan};
use crate::schema::System;
use crate::store::{Digest, Linked, Reading, Written};
use crate::value::{Record, Value, json_text};

/// What staging needs to know beside the record.
pub(super) struct Staging<'s> {
    pub(super) engine: &'s Engine<'s>,
    pub(super) plan: &'s Plan,
    pub(super) book: &'s Book,
    pub(super) place: &'s Where,
    /// A digest of the settings.
    pub(super) settings: &'s str,
    /// A digest of what the mapping reads of the record.
    pub(super) read: &'s str,
    /// Whether the record asked for a link that is not there, and what links answered.
    pub(super) missed: Missed,
    /// The target as rules saw it last, where they read it.
    pub(super) target: Mutex<Value>,
    /// What the approver filled in.
    pub(super) ask: &'s Value,
    /// Drafts of targets that cannot be read, as they were written last, by source id.
    pub(super) memory: &'s HashMap<String, Written>,
}

impl Staging<'_> {
    /// Decides about one item.
    pub(super) async fn decide(&self, item: &Item<'_, '_, '_>, source: &SourceRef, view: &mut TargetView) -> Result<Decision, Failure> {
        let link = self.book.by_id(&self.plan.pair, &self.place.scope, self.plan.source.resource.system, &source.id);
        let mut target = Value::Null;
        if let Some(link) = &link
            && self.plan.reads_target()
            && is_readable(self.plan)
            && let Some(record) = self.record(view, (self.target_id(link), &Record::new())).await?
        {
            target = Value::Record(record);
        }
        let draft = match self.evaluate(item, &target) {
            Ok(Some(draft)) => draft,
            Ok(None) => return Ok(Decision::NotOffered),
            Err(refusal) => return Ok(Decision::Hold(refusal.reasons.iter().map(ToString::to_string).collect())),
        };
        if !self.plan.writes() {
            return self.hold_against(source, &draft, view).await;
        }
        let mut decision = match link {
            Some(link) => self.linked((item, source), draft, link, view).await?,
            None => self.unlinked((item, source), draft, view).await?,
        };
        if let Decision::Stage(one) = &mut decision
            && !self.plan.ask.is_empty()
        {
            let first = self.in_context(&target, |context| item.asked(context));
            one.change.asked = first.map_err(|refusal| Failure::Asked(refusal.to_string()))?;
        }
        Ok(decision)
    }

    /// The source as it is, with the mapping and settings of today, and what it asked for in vain: when none of them changed, neither
    /// did the draft.
    fn version(&self, source: &SourceRef) -> Option<String> {
        Some(format!("{}{}", version(self.plan, self.settings, (source, self.read))?, self.missed.to_text()))
    }

    pub(super) fn evaluate(&self, item: &Item<'_, '_, '_>, target: &Value) -> Result<Option<Draft>, Refusal> {
        self.in_context(target, |context| if item.offered(context)? { item.draft(context).map(Some) } else { Ok(None) })
    }

    fn in_context<T>(&self, target: &Value, look: impl FnOnce(&Context<'_>) -> T) -> T {
        if self.plan.reads_target() {
            self.target.lock().unwrap_or_else(PoisonError::into_inner).clone_from(target);
        }
        let links = Seen { book: self.book, source: self.plan.source.resource.system, project: self.place.procore(), missed: &self.missed };
        let project = self.place.value();
        look(&Context { ask: self.ask, target, project: &project, links: &links, ..self.engine.before_any() })
    }

    /// What rules saw beside the record.
    pub(super) fn beside(&self, source: &SourceRef) -> Beside {
        Beside {
            item: source.id.clone(),
            document: 0,
            project: self.place.value(),
            target: self.target.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            asked: self.ask.as_record().cloned().unwrap_or_default(),
            today: self.engine.today.to_string(),
            links: self.missed.answers(),
        }
    }

    async fn linked(
        &self,
        (item, source): (&Item<'_, '_, '_>, &SourceRef),
        draft: Draft,
        link: Linked,
        view: &mut TargetView,
    ) -> Result<Decision, Failure> {
        let fingerprint = Digest::of(json_text(&Value::Record(draft.fields.clone())));
        let gone = gone_lines(self.book, self.plan, &link, &draft);
        let number = link.id;
        let Some(agreed) = self.engine.worker.store().read(move |reading| reading.link(number)).await? else {
            return Ok(Decision::Hold(vec!["its link was removed while it was looked at".to_owned()]));
        };
        // A person has said that the two are the same thing, and nothing was brought into line yet.
        if agreed.fingerprint.is_none() && is_readable(self.plan) {
            return self.adopt((item, source), draft, (self.target_id(&link).to_owned(), Some(link)), view).await;
        }
        if agreed.fingerprint.as_ref() == Some(&fingerprint) && gone.is_empty() {
            if agreed.source_version == self.version(source) {
                return Ok(Decision::Unchanged);
            }
            let staged = self.staged(source, draft, Change::default(), (Action::Update, None), &|_, _| None);
            return Ok(Decision::Refresh(Box::new(Staged { link: Some(link), ..staged })));
        }
        let id = self.target_id(&link).to_owned();
        let held = if is_readable(self.plan) {
            match self.record(view, (&id, &draft.fields)).await? {
                Some(record) => record,
                None => {
                    let reason = format!(
                        "`{}` it is linked to is gone from {}; remove the link, or bring the record back",
                        id,
                        self.system().word()
                    );
                    return Ok(Decision::Hold(vec![reason]));
                }
            }
        } else {
            self.remembered(&source.id)
        };
        let side = self.system();
        let known = |list: &str, line: &str| {
            let line = self.book.links.line(&link, list, side.other(), line)?;
            Some(target_line_key(line.end(side)))
        };
        let aside = self.without_documents(&source.id, &draft, &held, &known).await?;
        let mut change = compare(self.plan, &draft, aside.as_ref().or(Some(&held)), &known);
        if self.system() == System::Procore {
            let left = still_there(self.plan, &held, &gone);
            if !left.is_empty() {
                return Ok(Decision::Hold(vec![to_remove_by_hand(self.plan, &left)]));
            }
        }
        change.remove_lines(self.plan, &held, &gone);
        if !change.is_nothing() && self.made_whole() {
            return Ok(Decision::Hold(vec![self.unchangeable(&change)]));
        }
        let edited = self.edited(agreed.target_version.as_deref(), &change, &known).await?;
        if !edited.is_empty() {
            return Ok(Decision::Hold(edited));
        }
        if !is_readable(self.plan) && !change.is_nothing() {
            // Such a row has no id to be changed by: it is written anew, under its key fields.
            change.send = draft.fields.clone();
        }
        let nothing = change.is_nothing();
        let staged = self.staged(source, draft, change, (Action::Update, Some(id)), &known);
        let mut staged = Box::new(Staged { link: Some(link.clone()), ..staged });
        staged.parcel.gone = gone;
        staged.shown = Some(held);
        Ok(if nothing { Decision::Refresh(staged) } else { Decision::Stage(staged) })
    }

    /// The record of the target without what other documents of ours have added to it; none where none do.
    async fn without_documents(
        &self,
        source_id: &str,
        draft: &Draft,
        held: &Record,
        known: LineKeys<'_>,
    ) -> Result<Option<Record>, Failure> {
        if self.plan.direction == Direction::Import || self.plan.target.resource.changed_by().is_none() {
            return Ok(None);
        }
        let (mapping, scope, id) = (self.plan.name.clone(), self.place.scope.clone(), source_id.to_owned());
        let last = move |reading: &Reading<'_>| match reading.last_flow_of((&mapping, &scope), &id)? {
            Some(flow) => Ok(Parcel::of(reading, &flow)?.into_iter().find(|parcel| parcel.source_id == id)),
            None => Ok(None),
        };
        let last = self.engine.worker.store().read(last).await?;
        Ok(last.and_then(|parcel| set_aside(self.plan, (draft, &parcel.whole_draft()), held, known)))
    }

    /// Fields of an export that we would overwrite and that somebody changed at the target since we wrote it last.
    async fn edited(&self, seen: Option<&str>, change: &Change, known: LineKeys<'_>) -> Result<Vec<String>, Failure> {
        if self.plan.direction == Direction::Import || change.is_nothing() {
            return Ok(Vec::new());
        }
        let Some(digest) = seen.and_then(Digest::from_hex) else { return Ok(Vec::new()) };
        let body = self.engine.worker.store().read(move |reading| reading.body(&digest)).await?;
        let before = body.and_then(|body| Value::from_json(std::str::from_utf8(&body).ok()?).ok());
        let Some(before) = before.as_ref().and_then(Value::as_record) else { return Ok(Vec::new()) };
        let system = self.system().word();
        let told = |conflict: Conflict| {
            let line = conflict.line.map(|line| format!(" of line {line}")).unwrap_or_default();
            format!(
                "`{}`{line} was changed at {system} since it was sent: it was {}, is {} and would become {}; set it back there, or take the change over here",
                conflict.field, conflict.before, conflict.now, conflict.wanted
            )
        };
        Ok(conflicts(self.plan, change, before, known).into_iter().map(told).collect())
    }

    /// Whether an action makes the target's records as they are to be, for good.
    pub(super) fn made_whole(&self) -> bool {
        self.plan.target.resource.made_by().is_some_and(|made_by| !made_by.then_put)
    }

    pub(super) fn unchangeable(&self, change: &Change) -> String {
        let differs = |field: &FieldChange| format!("`{}` is {} and should be {}", field.field, field.old, field.new);
        let fields: Vec<String> = change.fields.iter().map(differs).collect();
        let action = self.plan.target.resource.made_by().map_or("", |made_by| &made_by.action);
        format!("what `{action}` has made cannot be changed from outside, and {}; correct it there", fields.join(", "))
    }

    async fn unlinked(
        &self,
        (item, source): (&Item<'_, '_, '_>, &SourceRef),
        draft: Draft,
        view: &mut TargetView,
    ) -> Result<Decision, Failure> {
        let door = self.engine.doors.of(self.system());
        let mut matching = view.matching(door, self.plan, self.place.project.as_ref(), &draft).await?;
        matching.retain(|id| !self.book.is_taken(&self.plan.pair, self.system(), id));
        // What was canceled there is not the record that is wanted: it is made anew.
        if let [id] = matching.as_slice()
            && self.record(view, (id, &draft.fields)).await?.is_some_and(|record| is_undone(&record))
        {
            matching.clear();
        }
        if matching.is_empty() {
            if let Some(reason) = self.foreign(source, (&draft, None)) {
                return Ok(Decision::Hold(vec![reason]));
            }
            let change = compare(self.plan, &draft, None, &|_, _| None);
            return Ok(Decision::Stage(Box::new(self.staged(source, draft, change, (Action::Create, None), &|_, _| None))));
        }
        if matching.len() > 1 {
            let ids: Vec<String> = matching.iter().map(|id| format!("`{id}`")).collect();
            let (system, names) = (self.system().word(), self.plan.identity.join(", "));
            let reason = format!("several records at {system} have this {names}: {}; {TELL_APART}", ids.join(", "));
            return Ok(Decision::Hold(vec![reason]));
        }
        self.adopt((item, source), draft, (matching.remove(0), None), view).await
    }

    async fn hold_against(&self, source: &SourceRef, draft: &Draft, view: &mut TargetView) -> Result<Decision, Failure> {
        let door = self.engine.doors.of(self.system());
        let matching = view.matching(door, self.plan, self.place.project.as_ref(), draft).await?;
        let record = match matching.first() {
            Some(id) => self.record(view, (id, &draft.fields)).await?,
            None => None,
        };
        let Some(record) = record else {
            return Ok(Decision::Hold(vec![format!("{} shows no row for it", self.plan.target.name)]));
        };
        let change = compare(self.plan, draft, Some(&record), &|_, _| None);
        let fields = change.unexpected.into_iter().chain(change.fields).collect::<Vec<_>>();
        if fields.is_empty() {
            return Ok(Decision::Unchanged);
        }
        Ok(Decision::Differs(Mismatch { source_id: source.id.clone(), fields }))
    }

    pub(super) fn staged(
        &self,
        source: &SourceRef,
        draft: Draft,
        change: Change,
        (action, target_id): (Action, Option<String>),
        known: LineKeys<'_>,
    ) -> Staged {
        let fingerprint = Digest::of(json_text(&Value::Record(draft.fields.clone()))).as_str().to_owned();
        let lines = draft.lines.iter().map(|line| ParcelLine {
            field: line.field.clone(),
            at: line.at,
            source: line.key.clone(),
            target: known(&line.field, &line.key),
        });
        let parcel = Parcel {
            source_id: source.id.clone(),
            source_key: source.key.clone(),
            source_label: source.label.clone(),
            source_modified: source.modified.clone(),
            source_address: source.address.clone(),
            target_id: target_id.clone(),
            lines: lines.collect(),
            whole: (change.send != draft.fields).then_some(draft.fields),
            send: change.send,
            gone: Vec::new(),
            source_version: self.version(source),
            fingerprint,
            approval: None,
        };
        let change = StagedChange {
            mapping: self.plan.name.clone(),
            project: self.place.procore().to_owned(),
            source_id: source.id.clone(),
            source_key: source.label.clone(),
            action,
            target_id,
            fields: change.fields,
            asked: Record::new(),
        };
        Staged { change, parcel, place: self.place.clone(), link: None, shown: None, input: None, offered: None }
    }

    pub(super) async fn record(&self, view: &mut TargetView, id: (&str, &Record)) -> Result<Option<Record>, Failure> {
        view.record(self.engine.doors.of(self.system()), self.plan, self.place.project.as_ref(), id).await
    }

    fn remembered(&self, source_id: &str) -> Record {
        let written = self.memory.get(source_id).and_then(|written| std::str::from_utf8(&written.draft).ok());
        match written.map(Value::from_json) {
            Some(Ok(Value::Record(record))) => record,
            _ => Record::new(),
        }
    }

    fn target_id<'l>(&self, link: &'l Linked) -> &'l str {
        &link.end(self.system()).id
    }

    pub(super) fn system(&self) -> System {
        self.plan.target.resource.system
    }
}

/// The linked lines of a document that its draft has no more.
pub(super) fn gone_lines(book: &Book, plan: &Plan, link: &Linked, draft: &Draft) -> Vec<GoneLine> {
    let side = plan.target.resource.system;
    let linked: Vec<Linked> = book.links.lines_of(link).collect();
    if linked.is_empty() {
        return Vec::new();
    }
    let there: HashSet<(&str, &str)> = draft.lines.iter().map(|line| (line.field.as_str(), line.key.as_str())).collect();
    let gone = linked.iter().filter(|line| !there.contains(&(line.part.as_str(), line.end(side.other()).id.as_str())));
    let key = |line: &Linked| line.end(side).key.clone().unwrap_or_else(|| line.end(side).id.clone());
    gone.map(|line| GoneLine { list: line.part.clone(), line: line.end(side.other()).id.clone(), target: key(line) }).collect()
}
