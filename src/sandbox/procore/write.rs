//! How do both systems behave on the wire? How Procore creates and changes one record: rules, locks, uniqueness.

use super::call::Call;
use super::fields::Via;
use super::problem::{Problem, Reasons};
use super::rules::{Lock, Refusal, Rules, Shown};
use super::state::State;
use super::store::{Collection, Row};
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::value::{Record, Value};

/// A record on its way into the store.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// As it was; none for a new one.
    pub(crate) old: Option<Row>,
    /// As it would be.
    pub(crate) row: Row,
    /// How it came.
    pub(crate) via: Via,
}

/// Where a record stands: the project it belongs to, and what it is part of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The project; none for records of the company.
    pub(crate) project: Option<i64>,
    /// The contract, direct cost or list.
    pub(crate) parent: Option<i64>,
}

/// What a lock says. The word `synced` is the fact that clients look for.
pub(crate) const SYNCED: &str = "is synced with the ERP and cannot be changed; unlink it first";
/// What a duplicate external id or key says.
pub(crate) const TAKEN: &str = "has already been taken";

impl Draft {
    /// Whether this field differs from what it was; in a new record, whether it has a value.
    pub(crate) fn changes(&self, field: &str) -> bool {
        self.row.value(field) != self.old.as_ref().map(|old| old.value(field)).unwrap_or_default()
    }

    /// The fields that differ.
    pub(crate) fn changed(&self) -> Vec<&str> {
        self.row.fields.iter().map(|(name, _)| name).filter(|name| self.changes(name)).collect()
    }

    /// Whether the record as it was carries an external id.
    pub(crate) fn was_synced(&self) -> bool {
        self.old.as_ref().is_some_and(|old| old.origin_id().is_some())
    }
}

impl State {
    /// A draft of a new record at this place.
    pub(crate) fn draft(&mut self, place: Place, fields: Record, via: Via) -> Draft {
        let mut row = Row::new(self.store.new_id(), self.now, fields);
        (row.project, row.parent) = (place.project, place.parent);
        Draft { old: None, row, via }
    }

    /// A draft of a record with these fields changed.
    pub(crate) fn redraft(old: &Row, changes: &Record, via: Via) -> Draft {
        let mut row = old.clone();
        for (name, value) in changes.iter() {
            row.fields.set(name, value.clone());
        }
        Draft { old: Some(old.clone()), row, via }
    }

    /// Checks a draft and keeps it.
    ///
    /// # Errors
    /// The reasons found so far and here; nothing is kept then.
    pub(crate) fn keep(&mut self, rules: &Rules, mut draft: Draft, mut reasons: Reasons) -> Result<i64, Reasons> {
        // An empty external id is none.
        if draft.row.fields.text("origin_id") == Some("") {
            draft.row.fields.set("origin_id", Value::Null);
        }
        for name in rules.required {
            if draft.row.value(name).plain().trim().is_empty() {
                reasons.add(written_name(rules, name), "can't be blank");
            }
        }
        locked(rules, &draft, &mut reasons);
        self.unique(rules, &draft, &mut reasons);
        (rules.settle)(self, &mut draft, &mut reasons);
        self.unique_key(rules, &draft, &mut reasons);
        if !reasons.is_empty() {
            return Err(reasons);
        }
        let changed = draft.changed();
        let (anything, content) =
            (!changed.is_empty(), changed.iter().any(|name| !matches!(*name, "origin_id" | "origin_data" | "origin_code")));
        if draft.old.is_none() || anything {
            draft.row.updated_at = self.now;
        }
        if content {
            self.touch(rules.part_of, draft.row.parent);
        }
        let id = draft.row.id;
        self.store.put(rules.collection, draft.row);
        Ok(id)
    }

    /// A record changes with its lines.
    pub(crate) fn touch(&mut self, collection: Option<Collection>, id: Option<i64>) {
        let Some((collection, id)) = collection.zip(id) else { return };
        if let Some(mut row) = self.store.get(collection, id).cloned() {
            row.updated_at = self.now;
            self.store.put(collection, row);
        }
    }

    /// One company holds an external id once for each kind of record, across all projects.
    fn unique(&self, rules: &Rules, draft: &Draft, reasons: &mut Reasons) {
        let holder = draft.row.origin_id().and_then(|origin| self.store.by_origin(rules.collection, origin));
        if holder.is_some_and(|holder| holder.id != draft.row.id) {
            reasons.add("origin_id", TAKEN);
        }
    }

    fn unique_key(&self, rules: &Rules, draft: &Draft, reasons: &mut Reasons) {
        let Some(key) = rules.collection.key(&draft.row) else { return };
        // Twins of the practice data stay as they are until somebody renames one.
        let same = draft.old.as_ref().and_then(|old| rules.collection.key(old)).is_some_and(|old| old == key);
        if !same && self.store.by_key(rules.collection, &key).any(|other| other.id != draft.row.id) {
            reasons.add(written_name(rules, rules.collection.key_field()), TAKEN);
        }
    }

    /// Creates one record from `{"<item>": {…}}` and answers 201.
    ///
    /// # Errors
    /// 400, 406, 409 or 422.
    pub(crate) fn create(&mut self, rules: &Rules, call: &Call, item: &str, place: Place) -> Result<Response, Problem> {
        let (fields, reasons) = self.read_plain(rules, call.item(item)?)?;
        let draft = self.draft(place, fields, Via::Plain);
        let id = self.keep(rules, draft, reasons).map_err(|reasons| refusal(rules, reasons))?;
        Ok(json_answer(201, &self.shown(rules, id, Shown::Whole)))
    }

    /// Changes one record by `{"<item>": {…}}` and answers 200.
    ///
    /// # Errors
    /// 400, 406, 409 or 422.
    pub(crate) fn update(&mut self, rules: &Rules, call: &Call, item: &str, old: &Row) -> Result<Response, Problem> {
        let (fields, reasons) = self.read_plain(rules, call.item(item)?)?;
        let id = self.keep(rules, Self::redraft(old, &fields, Via::Plain), reasons).map_err(|reasons| refusal(rules, reasons))?;
        Ok(json_answer(200, &self.shown(rules, id, Shown::Whole)))
    }

    /// Reads the fields of a plain write.
    ///
    /// # Errors
    /// 406 for a field that does not exist.
    pub(crate) fn read_plain(&self, rules: &Rules, sent: &Record) -> Result<(Record, Reasons), Problem> {
        let unknown = |name: String| Problem::NotAcceptable(format!("unknown attribute: {name}"));
        self.book.read(rules, sent, Via::Plain).map_err(unknown)
    }
}

/// The refusal of a plain write, in the shape of its resource.
pub(crate) fn refusal(rules: &Rules, reasons: Reasons) -> Problem {
    match rules.refusal {
        Refusal::Flat => Problem::UnprocessableFlat(reasons),
        Refusal::Conflict if reasons.has("origin_id", TAKEN) => Problem::Conflict(reasons),
        Refusal::ByField | Refusal::Conflict => Problem::Unprocessable(reasons),
    }
}

/// The name under which a field is written.
fn written_name<'a>(rules: &Rules, kept: &'a str) -> &'a str {
    rules.renamed.iter().find(|(_, name)| *name == kept).map_or(kept, |(written, _)| written)
}

fn locked(rules: &Rules, draft: &Draft, reasons: &mut Reasons) {
    if !draft.was_synced() {
        return;
    }
    match rules.lock {
        Lock::Nothing => {}
        Lock::Whole => {
            if draft.changed().iter().any(|name| *name != "origin_id") {
                reasons.add("base", SYNCED);
            }
        }
        // The integration owns these fields, and `sync` is how it writes.
        Lock::Fields(fields) if draft.via == Via::Plain => {
            for field in fields.iter().filter(|field| draft.changes(field)) {
                reasons.add(written_name(rules, field), SYNCED);
            }
        }
        Lock::Fields(_) => {}
    }
}
