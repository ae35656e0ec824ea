//! How does an imitated Acumatica behave on the wire? A record while it is being written: values, changes, refusals.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::books::{Books, Entity, Item};
use super::errors::Refusal;
use super::fields::{Fields, guid};
use super::patch::Patch;
use crate::schema::{Kind, Shape};
use crate::value::{Record, Value};

/// A record on its way into the books.
pub(super) struct Draft {
    /// What kind of record it is.
    pub entity: Arc<Entity>,
    /// It is not in the books yet.
    pub new: bool,
    /// Its values with those of the request applied.
    pub record: Record,
    /// Its values before.
    pub before: Record,
    /// Fields whose value the request changed: `VendorID`, `MainContact.Address.City`, `Details`.
    pub changed: BTreeSet<String>,
    /// What the business logic will not have.
    pub refusals: Vec<Refusal>,
    touches: BTreeMap<String, Vec<Option<Touch>>>,
}

/// What the request did to one line.
pub(super) struct Touch {
    /// Its place in the request.
    pub at: usize,
    /// The line is new.
    pub new: bool,
    /// Fields whose value the request changed.
    pub changed: BTreeSet<String>,
}

/// How ids of lines are shown to a session: as they are, or drawn anew for each session.
pub(super) struct LineIds<'a> {
    /// The seed.
    pub seed: u64,
    /// The session, where ids hold for a session only.
    pub session: Option<&'a str>,
}

impl LineIds<'_> {
    /// The id that the session sees.
    pub(super) fn shown(&self, id: &str) -> String {
        self.session.map_or_else(|| id.to_owned(), |session| guid(self.seed, &[session, id]))
    }
}

impl Draft {
    /// A draft of a stored record, or of a new one.
    pub(super) fn of(entity: &Arc<Entity>, item: Option<&Item>) -> Self {
        let record = item.map(|item| item.record.clone()).unwrap_or_default();
        Self {
            entity: Arc::clone(entity),
            new: item.is_none(),
            before: record.clone(),
            record,
            changed: BTreeSet::new(),
            refusals: Vec::new(),
            touches: BTreeMap::new(),
        }
    }

    /// Applies what the request asks for. Values equal to the stored ones do not count as changes.
    pub(super) fn apply(&mut self, patch: &Patch, books: &mut Books, ids: &LineIds<'_>) {
        let entity = Arc::clone(&self.entity);
        let shape = &entity.schema.shape;
        for (field, message) in &patch.refusals {
            self.refuse(field, message.as_str());
        }
        let keys: &[String] = if self.new { entity.keys() } else { &[] };
        set_fields(&mut self.record, patch, &Rights { shape, keys }, &mut self.changed);
        for (name, inner) in &patch.linked {
            let inner_shape = shape.get(name).and_then(|field| field.shape.as_ref());
            if let Some(inner_shape) = inner_shape {
                self.apply_linked(name, inner, inner_shape);
            }
        }
        for (name, lines) in &patch.lines {
            self.apply_lines(name, lines, books, ids);
        }
    }

    fn apply_linked(&mut self, path: &str, patch: &Patch, shape: &Shape) {
        for (field, message) in &patch.refusals {
            self.refuse(&format!("{path}.{field}"), message.as_str());
        }
        let mut inner = self.record.at(path).and_then(Value::as_record).cloned().unwrap_or_default();
        let mut changed = BTreeSet::new();
        set_fields(&mut inner, patch, &Rights { shape, keys: &[] }, &mut changed);
        if !changed.is_empty() {
            self.record.set_at(path, inner);
            self.changed.extend(changed.into_iter().map(|field| format!("{path}.{field}")));
        }
        for (name, deeper) in &patch.linked {
            if let Some(deeper_shape) = shape.get(name).and_then(|field| field.shape.as_ref()) {
                self.apply_linked(&format!("{path}.{name}"), deeper, deeper_shape);
            }
        }
    }

    fn apply_lines(&mut self, detail: &str, patches: &[Patch], books: &mut Books, ids: &LineIds<'_>) {
        let entity = Arc::clone(&self.entity);
        let Some(field) = entity.schema.shape.get(detail) else { return };
        let (Some(shape), keys) = (field.shape.as_ref(), &field.line_key) else { return };
        let rights = Rights { shape, keys: &[] };
        let mut lines = self.take_lines(detail);
        let mut touches: Vec<Option<Touch>> = lines.iter().map(|_| None).collect();
        for (at, patch) in patches.iter().enumerate() {
            let known = lines.iter().position(|line| is_meant(line, patch, keys, ids));
            if patch.delete {
                if let Some(known) = known {
                    lines.remove(known);
                    touches.remove(known);
                    self.changed.insert(detail.to_owned());
                }
                continue;
            }
            let new = known.is_none();
            let place = known.unwrap_or_else(|| {
                lines.push(new_line(shape, &lines, books));
                touches.push(None);
                lines.len() - 1
            });
            let mut changed = BTreeSet::new();
            set_fields(&mut lines[place], patch, &rights, &mut changed);
            for (field, message) in &patch.refusals {
                self.refusals.push(Refusal { line: Some((detail.to_owned(), at)), field: Some(field.clone()), message: message.clone() });
            }
            if new || !changed.is_empty() {
                self.changed.insert(detail.to_owned());
            }
            touches[place] = Some(Touch { at, new, changed });
        }
        self.touches.insert(detail.to_owned(), touches);
        self.put_lines(detail, lines);
    }

    /// The lines of a detail, taken out to be worked on; give them back with [`Draft::put_lines`].
    pub(super) fn take_lines(&mut self, detail: &str) -> Vec<Record> {
        let Some(Value::List(lines)) = self.record.remove(detail) else { return Vec::new() };
        lines.into_iter().filter_map(|line| if let Value::Record(line) = line { Some(line) } else { None }).collect()
    }

    /// Gives the lines of a detail back.
    pub(super) fn put_lines(&mut self, detail: &str, lines: Vec<Record>) {
        self.record.set(detail, lines.into_iter().map(Value::Record).collect::<Vec<_>>());
    }

    /// What the request did to the line at this place of the record; `None` when it left it alone.
    pub(super) fn touch(&self, detail: &str, place: usize) -> Option<&Touch> {
        self.touches.get(detail)?.get(place)?.as_ref()
    }

    /// Notes that a field of the record will not be had as it is.
    pub(super) fn refuse(&mut self, field: &str, message: impl Into<String>) {
        self.refusals.push(Refusal { line: None, field: Some(field.to_owned()), message: message.into() });
    }

    /// Notes that the record as a whole will not be had.
    pub(super) fn refuse_record(&mut self, message: impl Into<String>) {
        self.refusals.push(Refusal { line: None, field: None, message: message.into() });
    }

    /// Notes that a field of the line at this place of the record will not be had; of a line that the request left
    /// alone, the record tells.
    pub(super) fn refuse_line(&mut self, line: (&str, usize), field: &str, message: impl Into<String>) {
        let message = message.into();
        match self.touch(line.0, line.1).map(|touch| touch.at) {
            Some(at) => self.refusals.push(Refusal { line: Some((line.0.to_owned(), at)), field: Some(field.to_owned()), message }),
            None => self.refuse_record(message),
        }
    }

    /// Puts the true spelling of a code into a field, or refuses a code that its entity does not know. A field without a
    /// value passes.
    pub(super) fn refer(&mut self, books: &Books, field: &str, entity: &str) {
        let Some(code) = self.record.at(field).and_then(Value::as_text).map(str::to_owned) else { return };
        match books.find(entity, &[&code]) {
            Some(found) => {
                let key = books.entity(entity).and_then(|kind| kind.keys().first().cloned()).unwrap_or_default();
                let spelling = found.record.word(&key).to_owned();
                self.record.set_at(field, spelling);
            }
            None => self.refuse(field, cannot_be_found(entity, &code)),
        }
    }
}

/// Which fields a request may set: all but the computed ones, and the key while the record is new.
struct Rights<'a> {
    shape: &'a Shape,
    keys: &'a [String],
}

fn set_fields(record: &mut Record, patch: &Patch, rights: &Rights<'_>, changed: &mut BTreeSet<String>) {
    for (name, value) in &patch.fields {
        let field = rights.shape.get(name);
        if field.is_some_and(|field| field.read_only) && !rights.keys.contains(name) {
            continue;
        }
        if same(record.get(name), value) {
            continue;
        }
        changed.insert(name.clone());
        if value.is_null() {
            record.remove(name);
        } else {
            record.set(name.as_str(), value.clone());
        }
    }
}

/// Equal as the form sees it: numbers by value, no value like null.
fn same(old: Option<&Value>, new: &Value) -> bool {
    match (old, new) {
        (None, new) => new.is_null(),
        (Some(Value::Number(old)), Value::Number(new)) => old == new,
        (Some(old), new) => old == new,
    }
}

fn is_meant(line: &Record, patch: &Patch, keys: &[String], ids: &LineIds<'_>) -> bool {
    match &patch.id {
        Some(id) => line.text("id").is_some_and(|own| ids.shown(own) == *id),
        None => !keys.is_empty() && keys.iter().all(|key| patch.get(key).is_some_and(|value| same(line.get(key), value))),
    }
}

fn new_line(shape: &Shape, lines: &[Record], books: &mut Books) -> Record {
    let number = books.count("line").to_string();
    let mut line = Record::from_iter([("id", guid(books.seed(), &["line", &number]))]);
    if shape.get("LineNbr").is_some_and(|field| field.kind == Kind::Integer) {
        let last = lines.iter().map(|line| line.number("LineNbr")).max().unwrap_or_default();
        line.set("LineNbr", last + rust_decimal::Decimal::ONE);
    }
    line
}

/// The message for a code that leads nowhere; codes of segmented keys show their trailing blanks.
pub(super) fn cannot_be_found(entity: &str, code: &str) -> String {
    match entity {
        "Project" => format!("Project '{code:<10}' cannot be found in the system."),
        "ProjectTask" => format!("Project Task '{code:<10}' cannot be found in the system."),
        "CostCode" => format!("Cost Code '{code:<8}' cannot be found in the system."),
        "AccountGroup" => format!("Account Group '{code:<10}' cannot be found in the system."),
        "NonStockItem" => format!("Inventory Item '{code:<20}' cannot be found in the system."),
        "ProjectTemplate" => format!("Project Template '{code:<10}' cannot be found in the system."),
        "VendorClass" => format!("Vendor Class '{code}' cannot be found in the system."),
        other => format!("{other} '{code}' cannot be found in the system."),
    }
}
