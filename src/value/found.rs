//! A value where it stands: what is read of a record, a setting or a table is borrowed, and only what is made is owned.

use std::borrow::Cow;
use std::fmt;

use super::{Decimal, Record, Value, push_decimal};

/// A value that was found where it stands, or made.
// A tag of a whole word, for the same reason as that of a `Value`.
#[derive(Clone, Debug, Default)]
#[repr(u64)]
pub enum Found<'v> {
    /// No value.
    #[default]
    Nothing,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// Text: a piece of what was read, or made.
    Text(Cow<'v, str>),
    /// A list that stands somewhere.
    List(&'v [Value]),
    /// A list that was made; its members stand where they stood.
    Members(Vec<Found<'v>>),
    /// A list of records that are read as they are asked for, by its number.
    Lines(&'v dyn Lines, usize),
    /// A record.
    Record(Cow<'v, Record>),
    /// A member of such a list.
    Line(&'v dyn Lines, LinePlace),
}

/// Which member of which list; in one word, so that a value is no larger for it.
#[derive(Clone, Copy, Debug)]
pub struct LinePlace {
    list: u32,
    at: u32,
}

/// Lists of records whose fields are read when they are asked for.
pub trait Lines {
    /// How many members a list has.
    fn count(&self, list: usize) -> usize;
    /// A field of one of its members.
    fn field(&self, list: usize, at: usize, name: &str) -> Found<'_>;
    /// One of its members.
    fn record(&self, list: usize, at: usize) -> Record;
}

impl fmt::Debug for dyn Lines + '_ {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Lines")
    }
}

impl LinePlace {
    /// The number of the list.
    pub fn list(self) -> usize {
        self.list as usize
    }

    /// The number of the member.
    pub fn at(self) -> usize {
        self.at as usize
    }
}

impl<'v> Found<'v> {
    /// A member of a list that is read as it is asked for.
    pub fn line(lines: &'v dyn Lines, list: usize, at: usize) -> Self {
        let word = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self::Line(lines, LinePlace { list: word(list), at: word(at) })
    }

    /// `true` for no value.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    /// The text of a text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// How many members a list has.
    pub fn count(&self) -> Option<usize> {
        match self {
            Self::List(list) => Some(list.len()),
            Self::Members(list) => Some(list.len()),
            Self::Lines(lines, list) => Some(lines.count(*list)),
            _ => None,
        }
    }

    /// A member of a list.
    pub fn member(&self, at: usize) -> Option<Found<'_>> {
        match self {
            Self::List(list) => list.get(at).map(Found::from),
            Self::Members(list) => list.get(at).map(Self::lent),
            Self::Lines(lines, list) => (at < lines.count(*list)).then(|| Found::line(*lines, *list, at)),
            _ => None,
        }
    }

    /// The members of a list; none of anything else.
    pub fn members(&self) -> impl Iterator<Item = Found<'_>> {
        (0..self.count().unwrap_or_default()).filter_map(|at| self.member(at))
    }

    /// The fields of a record.
    pub fn as_record(&self) -> Option<Cow<'_, Record>> {
        match self {
            Self::Record(record) => Some(Cow::Borrowed(record)),
            Self::Line(lines, place) => Some(Cow::Owned(lines.record(place.list(), place.at()))),
            _ => None,
        }
    }

    /// The same value for as long as this one is there.
    pub fn lent(&self) -> Found<'_> {
        match self {
            Self::Nothing => Found::Nothing,
            Self::Bool(flag) => Found::Bool(*flag),
            Self::Number(number) => Found::Number(*number),
            Self::Text(text) => Found::Text(Cow::Borrowed(text)),
            Self::List(list) => Found::List(list),
            Self::Members(list) => Found::Members(list.iter().map(Self::lent).collect()),
            Self::Lines(lines, list) => Found::Lines(*lines, *list),
            Self::Record(record) => Found::Record(Cow::Borrowed(record)),
            Self::Line(lines, place) => Found::Line(*lines, *place),
        }
    }

    /// The word for what kind of value this is, as [`Value::kind_word`] says it.
    pub fn kind_word(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) | Self::Members(_) | Self::Lines(..) => "a list",
            Self::Record(_) | Self::Line(..) => "a record",
        }
    }

    /// Appends the value as plain text, as [`Value::plain`] writes it.
    pub fn push_plain(&self, text: &mut String) {
        match self {
            Self::Nothing => {}
            Self::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
            Self::Number(number) => push_decimal(text, number),
            Self::Text(own) => text.push_str(own),
            _ => text.push_str(&self.clone().into_value().to_string()),
        }
    }

    /// The value of its own; what was borrowed is copied.
    pub fn into_value(self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Number(number) => Value::Number(number),
            Self::Text(text) => Value::Text(text.into_owned()),
            Self::List(list) => Value::List(list.to_vec()),
            Self::Members(list) => Value::List(list.into_iter().map(Self::into_value).collect()),
            Self::Lines(lines, list) => Value::List((0..lines.count(list)).map(|at| lines.record(list, at).into()).collect()),
            Self::Record(record) => Value::Record(record.into_owned()),
            Self::Line(lines, place) => lines.record(place.list(), place.at()).into(),
        }
    }

    /// The same without blanks at the end.
    #[must_use]
    pub fn trimmed_at_end(self) -> Self {
        match self {
            Self::Text(Cow::Borrowed(text)) => Self::from(text.trim_end()),
            Self::Text(Cow::Owned(mut text)) => {
                text.truncate(text.trim_end().len());
                Self::from(text)
            }
            other => other,
        }
    }
}

impl<'v> From<&'v Value> for Found<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => Self::Number(*number),
            Value::Text(text) => Self::Text(Cow::Borrowed(text)),
            Value::List(list) => Self::List(list),
            Value::Record(record) => Self::Record(Cow::Borrowed(record)),
        }
    }
}

impl From<Value> for Found<'_> {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(flag) => Self::Bool(flag),
            Value::Number(number) => Self::Number(number),
            Value::Text(text) => Self::Text(Cow::Owned(text)),
            Value::List(list) => Self::Members(list.into_iter().map(Self::from).collect()),
            Value::Record(record) => Self::Record(Cow::Owned(record)),
        }
    }
}

impl<'v> From<Cow<'v, Value>> for Found<'v> {
    fn from(value: Cow<'v, Value>) -> Self {
        match value {
            Cow::Borrowed(value) => value.into(),
            Cow::Owned(value) => value.into(),
        }
    }
}

impl<'v> From<&'v str> for Found<'v> {
    fn from(text: &'v str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Found<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'v> From<Cow<'v, str>> for Found<'v> {
    fn from(text: Cow<'v, str>) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Found<'_> {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<Decimal> for Found<'_> {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl From<i64> for Found<'_> {
    fn from(number: i64) -> Self {
        Self::Number(Decimal::from(number))
    }
}

impl From<Record> for Found<'_> {
    fn from(record: Record) -> Self {
        Self::Record(Cow::Owned(record))
    }
}

impl<'v> From<Vec<Found<'v>>> for Found<'v> {
    fn from(list: Vec<Found<'v>>) -> Self {
        Self::Members(list)
    }
}

#[cfg(test)]
mod tests {
    use super::Found;

    #[test]
    fn a_value_is_four_words_large_whatever_it_holds() {
        assert_eq!(size_of::<Found<'_>>(), 32);
        assert_eq!(size_of::<Result<Option<Found<'_>>, Box<str>>>(), 32);
    }
}
