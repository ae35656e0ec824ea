//! How does an imitated Acumatica behave on the wire? One PUT: which record is meant, what it becomes, or why not.

use std::sync::Arc;

use super::books::{Books, Entity, Item};
use super::draft::{Draft, LineIds};
use super::errors::{ODATA, Problem, Refusal, echo};
use super::fields::{Fields, is_guid};
use super::filter::{Filter, Ground};
use super::options::Numbering;
use super::patch::Patch;
use crate::connector::Request;
use crate::sandbox::wire::{Target, json_body};
use crate::value::{Record, Value};

/// A write of one record.
pub(super) struct Write<'a> {
    /// The entity.
    pub entity: &'a Arc<Entity>,
    /// The request.
    pub request: &'a Request,
    /// Its address.
    pub target: &'a Target,
    /// What a filter may name.
    pub ground: Ground<'a>,
    /// The session, where ids of lines hold for no longer.
    pub session: Option<&'a str>,
}

/// The placeholder of a number to come.
const NEW: &str = "<NEW>";

/// The body as a record.
pub(super) fn body(request: &Request) -> Result<Record, Problem> {
    match json_body(request) {
        Some(Value::Record(body)) => Ok(body),
        _ if request.body.iter().all(u8::is_ascii_whitespace) => Err(Problem::empty_body()),
        _ => Err(Problem::Malformed(String::new(), "The request body cannot be read.".to_owned())),
    }
}

/// The record of an address: by GUID, or by key parts.
pub(super) fn addressed<'a>(books: &'a Books, entity: &Entity, parts: &[String]) -> Result<&'a Item, Problem> {
    let found = match parts {
        [id] if is_guid(id) => books.get(&entity.name, id),
        parts => books.find(&entity.name, &parts.iter().map(String::as_str).collect::<Vec<_>>()),
    };
    found.ok_or_else(Problem::no_entity)
}

/// The record that a body names: by `id`, else by all its key fields.
pub(super) fn named<'a>(books: &'a Books, entity: &Entity, patch: &Patch) -> Option<&'a Item> {
    if let Some(id) = &patch.id {
        return books.get(&entity.name, id);
    }
    let keys: Option<Vec<String>> = entity.keys().iter().map(|key| key_text(entity, key, patch)).collect();
    books.find(&entity.name, &keys?.iter().map(String::as_str).collect::<Vec<_>>())
}

fn key_text(entity: &Entity, key: &str, patch: &Patch) -> Option<String> {
    match (patch.get(key).filter(|value| !value.is_null()), entity.name.as_str(), key) {
        (Some(value), ..) => Some(value.plain()),
        (None, "ProjectBudget", "InventoryID") => Some(super::ledger::NO_ITEM.to_owned()),
        (None, "ProjectBudget", "CostCode") => Some(super::ledger::NO_CODE.to_owned()),
        (None, "Bill", "Type") => Some("Bill".to_owned()),
        (None, "Check", "Type") => Some("Payment".to_owned()),
        (None, "Invoice", "Type") => Some("Invoice".to_owned()),
        (None, "PurchaseOrder", "Type") => Some("Normal".to_owned()),
        (None, "ProjectTransaction", "Module") => Some("PM".to_owned()),
        _ => None,
    }
}

/// The next number of an entity that no record of the same kind has.
pub(super) fn next_number(books: &mut Books, entity: &Entity, record: &Record) -> String {
    let mut keyed = record.clone();
    let field = entity.keys().last().cloned().unwrap_or_default();
    loop {
        let number = format!("{}{:06}", entity.rules.prefix(), books.count(&entity.name));
        keyed.set(field.as_str(), number.as_str());
        let keys: Vec<String> = entity.keys().iter().map(|key| keyed.get(key).map(Value::plain).unwrap_or_default()).collect();
        if books.find(&entity.name, &keys.iter().map(String::as_str).collect::<Vec<_>>()).is_none() {
            return number;
        }
    }
}

impl Write<'_> {
    /// Inserts or updates; gives back the record's id.
    pub(super) fn put(&self, books: &mut Books) -> Result<String, Problem> {
        let sent = body(self.request)?;
        let patch = Patch::read(&self.entity.schema.shape, &sent)?;
        let item = self.meant(books, &patch)?;
        let (insert_only, update_only) = (self.request.header("if-none-match") == Some("*"), self.request.header("if-match") == Some("*"));
        match &item {
            Some(_) if insert_only => return Err(Problem::Precondition("The record exists already.")),
            None if update_only => return Err(Problem::Precondition("The record does not exist.")),
            None if patch.id.is_some() => return Err(Problem::no_entity()),
            _ => {}
        }
        self.write(books, &sent, (item.as_ref(), &patch))
    }

    /// Updates exactly one record, as endpoints from 25.200.001 do; one that is not there is a 404.
    pub(super) fn patch(&self, books: &mut Books) -> Result<String, Problem> {
        let sent = body(self.request)?;
        let patch = Patch::read(&self.entity.schema.shape, &sent)?;
        match self.meant(books, &patch)? {
            Some(item) => self.write(books, &sent, (Some(&item), &patch)),
            None => Err(Problem::NotFound("The record cannot be found.".to_owned())),
        }
    }

    /// The record that the request means: by id, by key, by `$filter`; none for a new one.
    fn meant(&self, books: &Books, patch: &Patch) -> Result<Option<Item>, Problem> {
        if let Some(item) = named(books, self.entity, patch) {
            return Ok(Some(item.clone()));
        }
        let Some(text) = self.target.query("$filter") else { return Ok(None) };
        let filter = Filter::parse(text, self.ground).map_err(|what| Problem::Exception(ODATA, what))?;
        let met = books.shuffled(&self.entity.name, |item| filter.meets(&item.record, books.options.offset));
        match met.as_slice() {
            [] => Ok(None),
            [item] => Ok(Some((*item).clone())),
            _ => Err(Problem::px("The filter is met by more than one record.")),
        }
    }

    fn write(&self, books: &mut Books, sent: &Record, (item, patch): (Option<&Item>, &Patch)) -> Result<String, Problem> {
        let mut draft = Draft::of(self.entity, item);
        let ids = LineIds { seed: books.seed(), session: self.session };
        draft.apply(patch, books, &ids);
        let numbered = draft.new.then(|| self.number_before(books, &mut draft));
        self.entity.rules.judge(&mut draft, books);
        self.check_required(&mut draft);
        if !draft.refusals.is_empty() {
            return Err(self.refused(sent, &draft.refusals, numbered == Some(true)));
        }
        let new = draft.new;
        let id = match item {
            Some(item) => {
                // A form that finds nothing to save leaves no trace.
                if !draft.changed.is_empty() {
                    books.replace(&self.entity.name, &item.id, draft.record);
                }
                item.id.clone()
            }
            None => {
                if numbered == Some(true) {
                    self.number(books, &mut draft.record);
                }
                self.insert(books, sent, draft.record)?
            }
        };
        self.entity.rules.saved(books, &id, new);
        Ok(id)
    }

    /// Required fields and the key must have a value in the end, unless something else is wrong with them anyway.
    fn check_required(&self, draft: &mut Draft) {
        let required = self.entity.schema.shape.fields.iter().filter(|field| field.required).map(|field| &field.name);
        for name in required.chain(self.entity.keys()) {
            let told = draft.refusals.iter().any(|refusal| refusal.line.is_none() && refusal.field.as_ref() == Some(name));
            if !told && (draft.record.lacks(name) || draft.record.text(name) == Some("")) {
                draft.refuse(name, format!("'{name}' cannot be empty."));
            }
        }
    }

    fn insert(&self, books: &mut Books, sent: &Record, record: Record) -> Result<String, Problem> {
        let keys: Vec<String> = self.entity.keys().iter().map(|key| record.get(key).map(Value::plain).unwrap_or_default()).collect();
        if books.find(&self.entity.name, &keys.iter().map(String::as_str).collect::<Vec<_>>()).is_some() {
            let twin = Refusal { line: None, field: None, message: "Another record with this key exists already.".to_owned() };
            return Err(self.refused(sent, &[twin], false));
        }
        Ok(books.insert(&self.entity.name, record))
    }

    /// The key field that a number goes into: the last one.
    fn number_field(&self) -> &str {
        self.entity.keys().last().map_or("", String::as_str)
    }

    /// Before a new record is judged: `<NEW>` stands for the number that the system will give, and whatever the client
    /// sent is dropped. Whether that is so.
    fn number_before(&self, books: &Books, draft: &mut Draft) -> bool {
        let field = self.number_field();
        if books.options.numbering_of(&self.entity.name) == Numbering::Automatic {
            draft.record.set(field, NEW);
            return true;
        }
        if draft.record.word(field) == NEW {
            draft.record.remove(field);
        }
        false
    }

    fn number(&self, books: &mut Books, record: &mut Record) {
        let number = next_number(books, self.entity, record);
        record.set(self.number_field(), number);
    }

    fn refused(&self, sent: &Record, refusals: &[Refusal], numbered: bool) -> Problem {
        let mut sent = sent.clone();
        if numbered {
            sent.set_at(&format!("{}.value", self.number_field()), NEW);
        }
        let title = self.entity.rules.title();
        let deed = if numbered { "Inserting " } else { "Updating " };
        Problem::Refused(echo(&sent, refusals, &format!("{deed} '{title}' record raised at least one error. Please review the errors.")))
    }
}
