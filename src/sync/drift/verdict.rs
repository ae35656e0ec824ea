//! What is known of a link put together: what was left, what the target holds, and what the source wants make a verdict.

use std::collections::HashSet;

use super::changes::Changes;
use super::last::Remembered;
use super::report::{Drift, DriftKind, DriftedField, Who, WouldDo};
use super::target::There;
use super::walk::{Met, Moved, Walked};
use crate::evaluate::{Draft, FieldChange, Moved as Edit, moved, value_at};
use crate::plan::Plan;
use crate::schema::System;
use crate::store::{Link, Linked};
use crate::sync::run::Run;
use crate::sync::scope::projects;
use crate::sync::target::key_of;
use crate::value::{Record, Value};

/// Fields that say where a document stands: that it goes on is its life.
const ROAD: [&str; 2] = ["Hold", "Status"];

/// The verdicts about the links that a walk has met.
pub(super) struct Verdicts<'v, 'r> {
    pub(super) run: &'v Run<'r>,
    pub(super) plan: &'v Plan,
    pub(super) walked: &'v Walked,
    /// Codes that were changed, as far as that is known: old, new.
    pub(super) renamed: Vec<(String, String)>,
    /// Our documents that change others, where they were looked up.
    pub(super) changes: Option<Changes>,
    /// Every mapping that is looked at.
    pub(super) plans: &'v [&'r Plan],
}

impl Verdicts<'_, '_> {
    /// What has become of a record that the source still has.
    pub(super) fn of(&self, met: &Met, remembered: &Remembered) -> Vec<Drift> {
        let (link, side) = (&remembered.link, self.side());
        let Some(there) = self.walked.holdings.of(&link.end(side).id) else { return Vec::new() };
        let Some(shown) = there.record() else {
            let apply = if met.apply == WouldDo::Update { WouldDo::Hold } else { met.apply };
            return vec![Drift {
                apply,
                reasons: met.reasons.clone(),
                ..self.drift(DriftKind::GoneFromTarget, Who::Target, link, Some(met))
            }];
        };
        let mut found = Vec::new();
        let mut drift = |mut drift: Drift| {
            drift.target_changed = self.modified(shown);
            found.push(drift);
        };
        if let Some(names) = self.other_name(met, link, shown) {
            let who = if side == System::Acumatica { Who::Target } else { Who::Source };
            let renamed = self.drift(DriftKind::Renamed, who, link, Some(met));
            let (old, new) = names;
            drift(Drift { apply: met.apply, reasons: met.reasons.clone(), others: vec![format!("{old} -> {new}")], ..renamed });
        }
        let twins = self.twins(met, link, shown);
        if !twins.is_empty() {
            drift(Drift { others: twins, ..self.drift(DriftKind::Duplicate, Who::Target, link, Some(met)) });
        }
        let fields = self.fields(met, remembered, there);
        if !fields.is_empty() || (met.moved != Moved::Not && met.apply != WouldDo::Nothing) {
            let who = fields.iter().map(|field| field.who).reduce(Who::and).unwrap_or_else(|| of_source(met.moved));
            let overwritten = |field: &DriftedField| matches!(field.who, Who::Both | Who::Target) && met.wanted.is_some();
            let conflict = met.apply == WouldDo::Hold && fields.iter().any(overwritten);
            let apply = if conflict { WouldDo::Conflict } else { met.apply };
            let changed = self.drift(DriftKind::Changed, who, link, Some(met));
            drift(Drift { apply, reasons: met.reasons.clone(), fields, ..changed });
        }
        found
    }

    /// The code that its record in Acumatica had, and the one that it has.
    pub(super) fn renamed(&self, met: &Met, remembered: &Remembered) -> Option<(String, String)> {
        let there = self.walked.holdings.of(&remembered.link.end(self.side()).id)?.record()?;
        self.other_name(met, &remembered.link, there)
    }

    /// A record that the source has no more.
    pub(super) fn without_source(&self, remembered: &Remembered) -> Drift {
        self.drift(DriftKind::GoneFromSource, Who::Source, &remembered.link, None)
    }

    fn side(&self) -> System {
        self.plan.target.resource.system
    }

    fn modified(&self, shown: &Record) -> Option<String> {
        shown.get(self.plan.target.resource.modified.as_deref()?).filter(|value| !value.is_null()).map(Value::plain)
    }

    fn drift(&self, kind: DriftKind, who: Who, link: &Link, met: Option<&Met>) -> Drift {
        let (source, target) = (link.end(self.side().other()), link.end(self.side()));
        let label = met.map_or_else(|| source.key.clone().unwrap_or_else(|| source.id.clone()), |met| met.source.label.clone());
        let of_scope = || projects(&self.run.book, &[]).into_iter().find(|project| project.procore == link.scope);
        let project =
            met.map_or_else(|| of_scope().map_or_else(|| link.scope.clone(), |project| project.acumatica), |met| met.project.clone());
        Drift {
            kind,
            project,
            source_id: source.id.clone(),
            label,
            target_id: target.id.clone(),
            target_key: target.key.clone().unwrap_or_default(),
            who,
            source_changed: met.and_then(|met| met.source.modified.clone()),
            target_changed: None,
            agreed: link.changed.to_string(),
            apply: WouldDo::Nothing,
            reasons: Vec::new(),
            fields: Vec::new(),
            others: Vec::new(),
        }
    }

    /// The code that the record has in Acumatica now, where its link has another one.
    fn other_name(&self, met: &Met, link: &Link, shown: &Record) -> Option<(String, String)> {
        let known = link.acumatica.key.as_deref()?;
        let now = if self.side() == System::Acumatica { key_of(self.plan, shown) } else { met.source.key.clone() };
        let same = |known: &str| known.trim().eq_ignore_ascii_case(now.trim());
        // What lies in a project that has another id is called otherwise with it.
        let follows = |(old, new): &(String, String)| {
            let parts = known.split('/').map(|part| if part.eq_ignore_ascii_case(old) { new } else { part });
            known.contains('/') && same(&parts.collect::<Vec<_>>().join("/"))
        };
        let renamed = !now.is_empty() && !same(known) && !self.renamed.iter().any(follows);
        renamed.then(|| (known.trim().to_owned(), now.trim().to_owned()))
    }

    /// Other records of the target that bear what this one is recognised by, and that nobody else is linked to.
    fn twins(&self, met: &Met, link: &Link, shown: &Record) -> Vec<String> {
        let (side, own) = (self.side(), &link.end(self.side()).id);
        let free = |id: &str| !self.plans.iter().any(|plan| self.run.book.is_taken(&plan.pair, side, id));
        let others = self.walked.holdings.bearers(self.plan, &met.view, shown).iter();
        let others = others.filter(|bearer| !bearer.id.eq_ignore_ascii_case(own) && free(&bearer.id));
        let mut told = HashSet::new();
        let others = others.filter(|bearer| told.insert(bearer.id.clone()));
        others.map(|bearer| if bearer.key.is_empty() { bearer.id.clone() } else { format!("{} ({})", bearer.key, bearer.id) }).collect()
    }

    fn fields(&self, met: &Met, remembered: &Remembered, there: &There) -> Vec<DriftedField> {
        let Some(shown) = there.record() else { return Vec::new() };
        let linked = Linked::from(&remembered.link);
        let last = self.last(met, remembered, &linked);
        let edits: Vec<Edit> = last.as_ref().map(|last| self.edits(last, shown)).unwrap_or_default();
        let is_edit = |edit: &Edit| {
            let unseen = edit.line.is_none() && edit.now.is_null() && !self.walked.holdings.shows(&edit.field);
            !unseen && !ROAD.contains(&edit.field.as_str()) && !self.follows(edit)
        };
        let edits: Vec<Edit> = edits.into_iter().filter(is_edit).collect();
        let mut fields = Vec::new();
        for change in met.wanted.iter().flatten() {
            fields.push(self.wanted(change, (met.moved, last.is_some()), &edits, &linked));
        }
        for edit in edits {
            let told = fields.iter().any(|field| field.field == edit.field && field.line == edit.line);
            let whole_line = edit.line.is_some() && !edit.field.contains('.');
            // What the source wants as well, by whatever way it came there, is no drift.
            let agreed = || met.draft.as_ref().is_none_or(|draft| edit.line.is_some() || value_at(&draft.fields, &edit.field).is_some());
            if told || (met.wanted.is_some() && !whole_line && agreed()) {
                continue;
            }
            let source = (met.moved == Moved::Not && !whole_line).then(|| edit.before.clone());
            let Edit { field, line, rows, before, now } = edit;
            fields.push(DriftedField { field, line, rows, last: Some(before), target: now, source, who: Who::Target });
        }
        fields
    }

    /// What is not as it was left, but for what our own documents have changed of it since, newest first: it was seen after the others.
    fn edits(&self, last: &Record, shown: &Record) -> Vec<Edit> {
        let mut edits = moved(self.plan, last, shown);
        let Some(changes) = self.changes.as_ref().filter(|_| !edits.is_empty()) else { return edits };
        for with in changes.since(self.plan, last, shown) {
            let fewer = moved(self.plan, &with, shown);
            if fewer.len() < edits.len() {
                edits = fewer;
            }
        }
        edits
    }

    /// Whether a field only names something that has another code by now.
    fn follows(&self, edit: &Edit) -> bool {
        let (before, now) = (edit.before.plain(), edit.now.plain());
        self.renamed.iter().any(|(old, new)| before.trim().eq_ignore_ascii_case(old) && now.trim().eq_ignore_ascii_case(new))
    }

    fn wanted(&self, change: &FieldChange, (source, known): (Moved, bool), edits: &[Edit], linked: &Linked) -> DriftedField {
        let line = change.line.as_ref().map(|line| {
            let list = change.field.split('.').next().unwrap_or_default();
            self.run.target_line(linked, self.side(), (list, line)).unwrap_or_else(|| line.clone())
        });
        let edit = edits.iter().find(|edit| edit.field == change.field && edit.line == line);
        let (last, who) = match edit {
            Some(edit) if edit.before == change.new => (Some(edit.before.clone()), Who::Target),
            Some(edit) => (Some(edit.before.clone()), if source == Moved::Not { Who::Target } else { Who::Both }),
            None if known => (Some(change.old.clone()), of_source(source)),
            None => (None, of_source(source)),
        };
        let source = Some(change.new.clone());
        DriftedField { field: change.field.clone(), line, rows: change.rows.clone(), last, target: change.old.clone(), source, who }
    }

    /// What was left at the target: as it was shown, or as it was written; a source that is what it was still says it.
    fn last(&self, met: &Met, remembered: &Remembered, linked: &Linked) -> Option<Record> {
        let export = self.side() == System::Acumatica;
        if let Some(shown) = remembered.shown.as_ref().filter(|_| export) {
            return Some(shown.clone());
        }
        let today = met.draft.as_ref().filter(|_| met.moved == Moved::Not && met.offered);
        let written = remembered.written.get(&self.plan.name);
        let mut left = self.keyed(written.map(|written| &written.draft).or(today)?, linked);
        written.iter().flat_map(|written| &written.otherwise).for_each(|field| drop(left.remove(field)));
        Some(left)
    }

    /// A draft whose lines bear the target's keys; lines that have none are left out, for nothing tells which they are.
    fn keyed(&self, draft: &Draft, linked: &Linked) -> Record {
        let mut record = draft.fields.clone();
        for field in self.plan.target.shape.fields.iter().filter(|field| !field.line_key.is_empty()) {
            let Some(Value::List(lines)) = record.get(&field.name) else { continue };
            let keyed = lines.iter().enumerate().filter_map(|(at, line)| {
                let known = draft.lines.iter().find(|known| known.field == field.name && known.at == at)?;
                let key = self.run.target_line(linked, self.side(), (&field.name, &known.key))?;
                let mut line = line.as_record()?.clone();
                for (name, part) in field.line_key.iter().zip(key.split('/')) {
                    line.set(name.as_str(), part);
                }
                Some(Value::Record(line))
            });
            let keyed: Vec<Value> = keyed.collect();
            record.set(field.name.as_str(), keyed);
        }
        record
    }
}

fn of_source(moved: Moved) -> Who {
    match moved {
        Moved::Not => Who::Unknown,
        Moved::Record => Who::Source,
        Moved::Rules => Who::Rules,
    }
}
