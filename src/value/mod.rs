//! What is data? JSON values whose numbers are exact decimals, and the records made of them.

mod amount;
mod found;
mod json;
mod moment;
mod runs;
mod short;
mod token;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub use amount::{
    NotADecimal, RoundMode, decimal, difference, plain_text, product, push_decimal, push_short, round_half_up, shifted, short_text, sum,
    trimmed,
};
pub use found::{Found, LinePlace, Lines};
pub use json::{NotJson, json_text, push_json, push_json_text, unquoted};
pub use moment::{date_of, day_of, instant_of};
pub use runs::{digit_run, is_digits, is_plain, plain_run};
pub use rust_decimal::Decimal;
pub use short::Short;
pub use token::{Flavour, Reading, Token};

/// Fields that are looked through one by one more quickly than by a table.
const FEW: usize = 32;

/// One value of a record. Numbers are decimals from JSON text to JSON text; dates and instants are text in
/// their ISO form, and the schema says which texts they are.
// A tag of a whole word: values are moved in whole words, where one byte of tag makes the processor wait for shifted copies.
#[derive(Clone, Debug, Default, PartialEq)]
#[repr(u64)]
pub enum Value {
    /// No value: JSON `null`. A field that is absent is not in its record at all.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, with the scale it was written with.
    Number(Decimal),
    /// Text; also dates (`2026-01-31`) and instants (`2026-01-31T08:00:00Z`).
    Text(String),
    /// A list, usually of lines.
    List(Vec<Value>),
    /// A record inside a record.
    Record(Record),
}

/// Fields in the order in which they came or were mapped, each name once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    fields: Vec<(Arc<str>, Value)>,
}

/// Where a field stood in the last record that was asked for it: records that are asked for one field are mostly of one shape.
#[derive(Debug, Default)]
pub struct Hint(AtomicUsize);

impl Value {
    /// A text value.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// `true` for `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text of a text value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The fields of a record value.
    pub fn as_record(&self) -> Option<&Record> {
        match self {
            Self::Record(record) => Some(record),
            _ => None,
        }
    }

    /// The members of a list value.
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }

    /// Walks `a.b.c` down through records; `None` where a step is absent.
    pub fn at(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |value, step| value.as_record()?.get(step))
    }

    /// The word for what kind of value this is, as messages say it.
    pub fn kind_word(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Record(_) => "a record",
        }
    }

    /// The value as plain text for keys and messages: `null` is empty, numbers in their own digits.
    pub fn plain(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(_) | Self::Record(_) => self.to_string(),
        }
    }
}

/// JSON text.
impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&json_text(self))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<Decimal> for Value {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Decimal::from(number))
    }
}

impl From<Record> for Value {
    fn from(record: Record) -> Self {
        Self::Record(record)
    }
}

impl From<Vec<Value>> for Value {
    fn from(list: Vec<Value>) -> Self {
        Self::List(list)
    }
}

impl Record {
    /// A record without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// A record of these fields; of two with one name the later one counts, at the place of the first.
    fn gathered(mut fields: Vec<(Arc<str>, Value)>) -> Self {
        if fields.len() <= FEW {
            return fields.into_iter().collect();
        }
        let mut places: HashMap<Arc<str>, usize> = HashMap::with_capacity(fields.len());
        let mut kept = 0;
        for at in 0..fields.len() {
            match places.entry(Arc::clone(&fields[at].0)) {
                Entry::Occupied(first) => fields[*first.get()].1 = std::mem::take(&mut fields[at].1),
                Entry::Vacant(free) => {
                    free.insert(kept);
                    fields.swap(kept, at);
                    kept += 1;
                }
            }
        }
        fields.truncate(kept);
        Self { fields }
    }

    /// The value of a field, if it is there.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(field, _)| &**field == name).map(|(_, value)| value)
    }

    /// The value of a field, looked for first where it stood last time.
    pub fn get_near(&self, name: &str, hint: &Hint) -> Option<&Value> {
        if let Some((field, value)) = self.fields.get(hint.0.load(Ordering::Relaxed))
            && **field == *name
        {
            return Some(value);
        }
        let at = self.fields.iter().position(|(field, _)| **field == *name)?;
        hint.0.store(at, Ordering::Relaxed);
        Some(&self.fields[at].1)
    }

    /// The value of a field, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.fields.iter_mut().find(|(field, _)| &**field == name).map(|(_, value)| value)
    }

    /// Sets a field; a name that is there keeps its place.
    pub fn set(&mut self, name: impl Into<Arc<str>>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        match self.fields.iter_mut().find(|(field, _)| *field == name) {
            Some((_, old)) => *old = value,
            None => self.fields.push((name, value)),
        }
    }

    /// Sets the field at `a.b.c`, making records on the way.
    pub fn set_at(&mut self, path: &str, value: impl Into<Value>) {
        match path.split_once('.') {
            None => self.set(path, value),
            Some((first, rest)) => {
                if !matches!(self.get(first), Some(Value::Record(_))) {
                    self.set(first, Record::new());
                }
                if let Some(Value::Record(inner)) = self.get_mut(first) {
                    inner.set_at(rest, value);
                }
            }
        }
    }

    /// Takes a field out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.fields.iter().position(|(field, _)| &**field == name)?;
        Some(self.fields.remove(at).1)
    }

    /// The text of a text field.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_text()
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.fields.iter().map(|(name, value)| (&**name, value))
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// `true` when there is no field.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl<N: Into<Arc<str>>, V: Into<Value>> FromIterator<(N, V)> for Record {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut record = Self::new();
        for (name, value) in pairs {
            record.set(name, value);
        }
        record
    }
}
