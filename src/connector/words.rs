//! What is asked of a connector, and what it gives back.

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::acumatica::Windows;
use super::raw;
use crate::schema::Schema;
use crate::value::{Record, Value};

/// Which records of a resource to read.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The resource.
    pub schema: &'a Schema,
    /// The project, for resources that belong to one.
    pub project: Option<&'a ProjectScope>,
    /// Only records changed since, where the resource can be filtered so (`modified`), with an overlap of minutes;
    /// otherwise all. The same record may therefore come again.
    pub since: Option<Timestamp>,
    /// Only records with exactly these values.
    pub equals: &'a [(&'a str, Value)],
    /// What to bring of each.
    pub select: Select<'a>,
}

/// Which fields to bring.
#[derive(Clone, Copy, Debug, Default)]
pub enum Select<'a> {
    /// All that the schema describes.
    #[default]
    All,
    /// All that comes by itself; lines that take calls of their own are left out.
    Listed,
    /// These paths (`Details.OrderQty`), and the keys. Lines and custom fields that cost extra come only when named.
    Only(&'a [&'a str]),
}

/// One project in both systems.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectScope {
    /// Procore's id: `12345`.
    pub procore: String,
    /// Acumatica's project id: `PR00000123`.
    pub acumatica: String,
    /// The origin id that the Procore project bears: `project:<guid>`.
    pub procore_origin: Option<String>,
}

/// One record as it came: Acumatica's values still wrapped.
#[derive(Clone, Debug)]
pub struct Row {
    /// The record's JSON text.
    pub body: Box<RawValue>,
}

/// Some records, and how to get more.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The records.
    pub rows: Vec<Row>,
    /// Where to go on; none on the last page.
    pub next: Option<PageToken>,
    /// How many records there are in all, if the system says so.
    pub total: Option<u64>,
}

/// Where a read goes on. Only for the query that gave it.
#[derive(Clone, Debug)]
pub struct PageToken(pub(super) Token);

#[derive(Clone, Debug)]
pub(super) enum Token {
    /// The query of Procore's `next` link.
    Link(String),
    /// The number of a Procore page.
    Number(u32),
    /// What is left to read of a long list of Acumatica.
    Windows(Box<Windows>),
    /// Acumatica records that are still to be read one by one.
    Ids(Vec<String>),
}

/// How one record is named.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// The system's own id.
    Id(&'a str),
    /// The same, with a record that has the fields without which it cannot be addressed.
    Of(&'a str, &'a Record),
    /// The values of the key fields, in the schema's order.
    Parts(&'a [String]),
}

/// A record by all its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The system's own id.
    pub id: String,
    /// The values of the key fields, in the schema's order; empty when they are not known.
    pub key: Vec<String>,
}

/// One record on its way out.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// The id of the record that exists at the target; none makes a new one and never touches an existing one.
    pub id: Option<&'a str>,
    /// What is to be sent, and nothing else; records nested, lines as lists.
    pub draft: &'a Record,
}

/// What became of a written record.
#[derive(Clone, Debug)]
pub struct Written {
    /// The system's own id.
    pub id: String,
    /// The record as the system shows it after the write, as far as it shows it.
    pub body: Box<RawValue>,
}

/// Who answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// Acumatica: the build.
    pub build: Option<String>,
    /// Acumatica: endpoints, name and version.
    pub endpoints: Vec<(String, String)>,
    /// Procore: the account that calls.
    pub account: Option<String>,
}

impl Select<'_> {
    /// Whether a field, or something in it, is wanted.
    pub(super) fn wants(&self, field: &str) -> bool {
        match self {
            Self::All => true,
            Self::Listed => false,
            Self::Only(paths) => paths.iter().any(|path| path.split('.').next() == Some(field)),
        }
    }
}

impl Row {
    /// A record that was read before.
    pub fn of_text(text: &str) -> Option<Self> {
        Some(Self { body: RawValue::from_string(text.to_owned()).ok()? })
    }

    /// One of its members, as it came.
    pub fn member(&self, name: &str) -> Option<&str> {
        raw::member(&self.body, name).map(RawValue::get)
    }

    /// When it last changed, as its system says it.
    pub fn modified(&self, schema: &Schema) -> Option<String> {
        raw::plain_member(&self.body, schema.resource.modified.as_deref()?)
    }

    /// The system's own id of this record.
    pub fn id(&self, schema: &Schema) -> Option<String> {
        raw::plain_member(&self.body, &schema.resource.id)
    }
}
