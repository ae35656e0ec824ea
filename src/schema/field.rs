//! Fields of a resource: kind, length, labels, and where an Acumatica custom field sits.

use std::sync::Arc;

/// The fields of a record, in the order of the schema file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// The fields; shared, for a plan puts more beside those of its source.
    pub fields: Vec<Arc<Field>>,
}

/// One field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name in mappings; in the system's API as well, where a package does not call it otherwise.
    pub name: String,
    /// What a customised package calls it on the wire.
    pub wire_name: Option<String>,
    /// The first version of Acumatica's own endpoint that has it.
    pub since: Option<String>,
    /// What it holds.
    pub kind: Kind,
    /// What it is, in a sentence.
    pub description: String,
    /// The system refuses a new record without it.
    pub required: bool,
    /// Every record that is read has it.
    pub always: bool,
    /// The system computes it; it is never sent.
    pub read_only: bool,
    /// Most characters a text may have.
    pub max_length: Option<usize>,
    /// The labels that the system knows, if it is an enumeration.
    pub labels: Vec<String>,
    /// Most decimal places the system keeps.
    pub scale: Option<u32>,
    /// A decimal that travels as JSON text (`"250.0"`), as much of Procore's money does.
    pub decimal_text: bool,
    /// Where an Acumatica field outside the contract sits.
    pub custom: Option<Custom>,
    /// Fields of a record, or of each line.
    pub shape: Option<Shape>,
    /// Of a list of lines: the fields by which the system recognises a line.
    pub line_key: Vec<String>,
    /// Of a list of lines: the key tells a line from those of all other records as well.
    pub line_key_alone: bool,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text.
    Text,
    /// An exact decimal; of money, a currency amount.
    Decimal,
    /// A percentage, 0–100.
    Percent,
    /// A whole number, up to 64 bits.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A calendar date, `2026-01-31`.
    Date,
    /// A UTC instant, `2026-01-31T08:00:00Z`.
    Instant,
    /// A record of its own fields.
    Record,
    /// A list of lines, each a record.
    Lines,
    /// A list of plain values.
    List,
    /// Something whose shape is not described.
    Anything,
}

/// `View.Field` of an Acumatica custom field: present only on request (`$custom`), sent under `custom`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Custom {
    /// The data view of the form.
    pub view: String,
    /// The field of that view.
    pub field: String,
}

impl Shape {
    /// A field by its name.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name).map(Arc::as_ref)
    }

    /// The field at `a.b.c`, stepping into records and lines alike.
    pub fn at(&self, path: &str) -> Option<&Field> {
        match path.split_once('.') {
            None => self.get(path),
            Some((first, rest)) => self.get(first)?.shape.as_ref()?.at(rest),
        }
    }

    /// A dotted path of ours as the system calls it, its steps joined by slashes; unknown steps are taken as they are.
    pub fn wire_path(&self, path: &str) -> String {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let field = self.get(first);
        let name = field.map_or(first, Field::on_wire);
        match (rest, field.and_then(|field| field.shape.as_ref())) {
            (None, _) => name.to_owned(),
            (Some(rest), Some(inner)) => format!("{name}/{}", inner.wire_path(rest)),
            (Some(rest), None) => format!("{name}/{}", rest.replace('.', "/")),
        }
    }

    /// A field by what the system calls it.
    pub fn on_wire(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.on_wire() == name).map(Arc::as_ref)
    }

    /// The field at `a/b/c`, as the system calls it and what is in it.
    pub fn at_wire(&self, path: &str) -> Option<&Field> {
        match path.split_once('/') {
            None => self.on_wire(path),
            Some((first, rest)) => self.on_wire(first)?.shape.as_ref()?.at_wire(rest),
        }
    }

    /// The names of the fields.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.fields.iter().map(|field| field.name.as_str())
    }
}

impl Field {
    /// What the system calls it.
    pub fn on_wire(&self) -> &str {
        self.wire_name.as_deref().unwrap_or(&self.name)
    }
}

impl Kind {
    /// The word for it in mappings (`as: date`) and messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Decimal => "decimal",
            Self::Percent => "percent",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Instant => "instant",
            Self::Record => "record",
            Self::Lines => "lines",
            Self::List => "list",
            Self::Anything => "anything",
        }
    }

    /// The kind of a word; none for what is no kind of a single value.
    pub fn of_word(word: &str) -> Option<Self> {
        let values = [Self::Text, Self::Decimal, Self::Percent, Self::Integer, Self::Boolean, Self::Date, Self::Instant];
        values.into_iter().find(|kind| kind.word() == word)
    }

    /// Decimals, percents and integers.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Decimal | Self::Percent | Self::Integer)
    }

    /// The type name of an Acumatica custom field of this kind.
    pub fn custom_type(self) -> &'static str {
        match self {
            Self::Decimal | Self::Percent => "CustomDecimalField",
            Self::Integer => "CustomIntField",
            Self::Boolean => "CustomBooleanField",
            Self::Date | Self::Instant => "CustomDateTimeField",
            Self::Text | Self::Record | Self::Lines | Self::List | Self::Anything => "CustomStringField",
        }
    }
}
