//! What an evaluation may know beside the record: settings, answers, the target, links, the day.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::expr::Lookups;
use crate::value::{Record, Value};

/// The other sides of links, as they are known when a record is evaluated.
pub trait Links {
    /// The target system's key of a linked record: for an export the Acumatica key, for an import the Procore id. `key` is the
    /// source system's id or key, part by part.
    fn other_side(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>>;
    /// The target system's business key of a linked record.
    fn other_key(&self, _mapping: &str, _key: &[&str]) -> Option<Cow<'_, str>> {
        None
    }
    /// The source system's id of the record that is linked to the target's with this id or key.
    fn this_side(&self, _mapping: &str, _key: &[&str]) -> Option<Cow<'_, str>> {
        None
    }
    /// The target system's key of a line of a linked document, by its list and its id at the source.
    fn other_line(&self, _mapping: &str, _document: &str, _line: (&str, &str)) -> Option<Cow<'_, str>> {
        None
    }
}

/// How the other side of a link begins while it is only planned: the record will be made by an earlier change of the same plan,
/// and its key is not known yet.
pub const PENDING: char = '\u{27e8}';

/// No links at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLinks;

impl Links for NoLinks {
    fn other_side(&self, _mapping: &str, _key: &[&str]) -> Option<Cow<'_, str>> {
        None
    }
}

/// The project that a record belongs to, on both sides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Project {
    /// Procore's project id.
    pub procore: String,
    /// Acumatica's ProjectID.
    pub acumatica: String,
    /// Its fields as Acumatica holds them; `null` where no expression reads them.
    pub erp: Value,
}

/// What an evaluation may know beside the record.
pub struct Context<'a> {
    /// The settings, defaults filled in.
    pub settings: &'a Value,
    /// What the approver confirmed, a record; a value that is missing falls back to its first value.
    pub ask: &'a Value,
    /// What the target holds now; `null` for a new record.
    pub target: &'a Value,
    /// The project, as a record of `procore` and `acumatica`; `null` outside projects.
    pub project: &'a Value,
    /// Links.
    pub links: &'a dyn Links,
    /// The day of the run.
    pub today: Date,
}

impl Project {
    /// As expressions see it.
    pub fn to_value(&self) -> Value {
        let fields = [("procore", self.procore.as_str()), ("acumatica", self.acumatica.as_str())];
        let mut record = fields.into_iter().collect::<Record>();
        if !self.erp.is_null() {
            record.set("erp", self.erp.clone());
        }
        Value::Record(record)
    }
}

impl Lookups for Context<'_> {
    fn table(&self, table: &str, key: &str) -> Option<Cow<'_, Value>> {
        self.settings.as_record()?.get("tables")?.as_record()?.get(table)?.as_record()?.get(key).map(Cow::Borrowed)
    }

    fn linked(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        self.links.other_side(mapping, key)
    }

    fn linked_key(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        self.links.other_key(mapping, key)
    }

    fn linked_back(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        self.links.this_side(mapping, key)
    }

    fn linked_line(&self, mapping: &str, document: &str, line: (&str, &str)) -> Option<Cow<'_, str>> {
        self.links.other_line(mapping, document, line)
    }
}
