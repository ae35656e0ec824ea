//! What the target holds now of linked records, in as few requests as it can be had: lists where they bring records, else many records
//! with one request. And who else there bears what they are recognised by.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::last::Remembered;
use crate::connector::{Key, Named, ProjectScope, Row, Select};
use crate::evaluate::identity_of;
use crate::plan::Plan;
use crate::schema::{System, Wire};
use crate::sync::engine::Engine;
use crate::sync::failure::Failure;
use crate::sync::target::{addressed_by, id_of, is_undone, key_of, list, lists_whole, read};
use crate::value::{Record, Value, instant_of};

/// A linked record at the target.
#[derive(Clone, Debug)]
pub(super) enum There {
    /// As it is.
    Whole(Record),
    /// Without its lines, which take requests of their own: it has not changed since it was left.
    Head(Record),
    /// No more.
    Gone,
}

/// Another record of the target.
#[derive(Clone, Debug)]
pub(super) struct Bearer {
    pub(super) id: String,
    pub(super) key: String,
}

/// The target of one mapping, as far as it was looked at.
#[derive(Default)]
pub(super) struct Holdings {
    records: HashMap<String, There>,
    /// Records by what they are recognised by, list by list.
    bearers: HashMap<(String, String), Vec<Bearer>>,
    /// Lists that were read.
    listed: HashSet<String>,
    /// Fields that some record shows.
    shown: HashSet<String>,
}

/// Linked records of one place.
pub(super) struct Wanted<'w> {
    /// Where what is known of the target is kept.
    pub(super) view: String,
    pub(super) project: Option<ProjectScope>,
    pub(super) links: Vec<&'w Remembered>,
    /// Whether lines that take requests of their own are wanted of all of them, read or remembered.
    pub(super) with_lines: bool,
}

/// An id as it is compared: GUIDs are the same in either case.
pub(super) fn folded(id: &str) -> String {
    id.trim().to_ascii_lowercase()
}

impl There {
    /// The record, however much of it.
    pub(super) fn record(&self) -> Option<&Record> {
        match self {
            Self::Whole(record) | Self::Head(record) => Some(record),
            Self::Gone => None,
        }
    }
}

impl Holdings {
    /// What is known of a record.
    pub(super) fn of(&self, id: &str) -> Option<&There> {
        self.records.get(&folded(id))
    }

    /// Whether any record shows a field: some can be written and are never shown.
    pub(super) fn shows(&self, field: &str) -> bool {
        self.shown.contains(field.split('.').next().unwrap_or_default())
    }

    fn take(&mut self, id: &str, there: There) {
        if let Some(record) = there.record() {
            let shown = record.iter().filter(|(_, value)| !value.is_null());
            let names: Vec<String> = shown.map(|(name, _)| name.to_owned()).filter(|name| !self.shown.contains(name)).collect();
            self.shown.extend(names);
        }
        self.records.insert(folded(id), there);
    }

    /// Other records of a list that bear what this one is recognised by.
    pub(super) fn bearers(&self, plan: &Plan, view: &str, record: &Record) -> &[Bearer] {
        let identity = identity_of(plan, record);
        identity.and_then(|identity| self.bearers.get(&(view.to_owned(), identity))).map_or(&[], Vec::as_slice)
    }

    /// Looks up linked records that are not known yet.
    ///
    /// # Errors
    /// A target that is out of reach.
    pub(super) async fn learn(&mut self, engine: &Engine<'_>, plan: &Plan, wanted: &Wanted<'_>) -> Result<(), Failure> {
        let side = plan.target.resource.system;
        let links = wanted.links.iter().filter(|remembered| self.of(&remembered.link.end(side).id).is_none());
        let links: Vec<&Remembered> = links.copied().collect();
        if links.is_empty() {
            return Ok(());
        }
        // Some lists are of one contract, or of one sub job: what was written says which.
        let mut addresses: BTreeMap<String, (Record, Vec<&Remembered>)> = BTreeMap::new();
        let empty = Record::new();
        for remembered in links {
            let draft = remembered.written.values().next().map_or(&empty, |written| &written.draft.fields);
            let address = addressed_by(plan, draft).iter().map(|(_, value)| value.plain()).collect::<Vec<_>>().join("/");
            addresses.entry(address).or_insert_with(|| (draft.clone(), Vec::new())).1.push(remembered);
        }
        let lists_records = match &plan.target.resource.wire {
            Wire::Procore(wire) => wire.list.is_some(),
            Wire::Acumatica(_) => lists_whole(plan),
        };
        for (address, (draft, links)) in addresses {
            let place = format!("{}/{address}", wanted.view);
            let known = addressed_by(plan, &draft).len() == plan.target.resource.addressed_by().len();
            if known && self.listed.insert(place) {
                self.list(engine, plan, (wanted, &draft), lists_records).await?;
            }
            self.one_by_one(engine, plan, (wanted, &draft), &links).await?;
            if lists_records {
                self.lines(engine, plan, wanted, &links).await?;
            }
        }
        Ok(())
    }

    /// Every record of a list: whole, or (where only many requests bring them so) with what tells one from another.
    async fn list(
        &mut self,
        engine: &Engine<'_>,
        plan: &Plan,
        (wanted, draft): (&Wanted<'_>, &Record),
        whole: bool,
    ) -> Result<(), Failure> {
        let door = engine.doors.of(plan.target.resource.system);
        let status = plan.target.shape.get("Status").map(|field| field.name.as_str());
        let fields: Vec<&str> = plan.identity.iter().map(String::as_str).chain(status).collect();
        let select = if whole { Select::Listed } else { Select::Only(&fields) };
        let has_lines = plan.target.resource.lines_apart().next().is_some();
        let take = |record: Record| {
            let id = id_of(plan, &record);
            if let Some(identity) = identity_of(plan, &record).filter(|_| !is_undone(&record)) {
                let bearer = Bearer { id: id.clone(), key: key_of(plan, &record) };
                self.bearers.entry((wanted.view.clone(), identity)).or_default().push(bearer);
            }
            if whole {
                self.take(&id, if has_lines { There::Head(record) } else { There::Whole(record) });
            }
        };
        list(door, plan, (wanted.project.as_ref(), draft, select), take).await
    }

    /// Those that no list has brought.
    async fn one_by_one(
        &mut self,
        engine: &Engine<'_>,
        plan: &Plan,
        (wanted, draft): (&Wanted<'_>, &Record),
        links: &[&Remembered],
    ) -> Result<(), Failure> {
        let side = plan.target.resource.system;
        let door = engine.doors.of(side);
        let missing = links.iter().map(|remembered| remembered.link.end(side)).filter(|end| self.of(&end.id).is_none());
        let missing: Vec<_> = missing.cloned().collect();
        if missing.is_empty() {
            return Ok(());
        }
        let mut rows: Vec<Row> = Vec::new();
        if side == System::Acumatica {
            let parts = |key: &str| -> Vec<String> {
                let parts: Vec<String> = key.split('/').map(str::to_owned).collect();
                if parts.len() == plan.target.resource.key.len() { parts } else { Vec::new() }
            };
            let named = missing.iter().map(|end| Named { id: end.id.clone(), key: end.key.as_deref().map(parts).unwrap_or_default() });
            rows = door.these(&plan.target, wanted.project.as_ref(), &named.collect::<Vec<_>>()).await?;
        } else {
            for end in &missing {
                rows.extend(door.get(&plan.target, wanted.project.as_ref(), Key::Of(&end.id, draft), Select::All).await?);
            }
        }
        missing.iter().for_each(|end| drop(self.records.insert(folded(&end.id), There::Gone)));
        for row in rows {
            let record = read(plan, row.body.get())?;
            self.take(&id_of(plan, &record), There::Whole(record));
        }
        Ok(())
    }

    /// The lines that take requests of their own: of records that have changed since they were left, and where they are wanted and
    /// nothing says what was left.
    async fn lines(&mut self, engine: &Engine<'_>, plan: &Plan, wanted: &Wanted<'_>, links: &[&Remembered]) -> Result<(), Failure> {
        let resource = &plan.target.resource;
        for remembered in links {
            let id = &remembered.link.end(resource.system).id;
            let Some(There::Head(head)) = self.of(id) else { continue };
            let changed = resource.modified.as_ref().and_then(|field| head.get(field)).map(Value::plain).and_then(|text| instant_of(&text));
            let asked = wanted.with_lines && !remembered.written.contains_key(&plan.name);
            if !asked && changed.is_some_and(|changed| changed <= remembered.link.changed) {
                continue;
            }
            let row = engine.doors.of(resource.system).get(&plan.target, wanted.project.as_ref(), Key::Id(id), Select::All).await?;
            let there = row.map(|row| read(plan, row.body.get())).transpose()?.map_or(There::Gone, There::Whole);
            self.take(id, there);
        }
        Ok(())
    }
}
