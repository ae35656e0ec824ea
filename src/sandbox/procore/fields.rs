//! How do both systems behave on the wire? How Procore reads what is sent: leniently, and a bad date becomes nothing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::problem::Reasons;
use super::rules::Rules;
use super::store::{Collection, whole};
use crate::schema::{Catalog, Field, Kind, Shape};
use crate::value::{Record, Value, date_of, decimal, instant_of};

/// Which fields each resource takes, by the names that are written, and which it shows.
#[derive(Debug, Default)]
pub(crate) struct Book {
    lists: HashMap<Collection, HashMap<String, Taken>>,
    decimals: HashMap<Collection, HashSet<String>>,
    shown: HashMap<Collection, Vec<String>>,
}

/// One field that can be written.
#[derive(Clone, Debug)]
struct Taken {
    kept_as: String,
    kind: Kind,
    labels: Vec<String>,
    max_length: Option<usize>,
    plain_only: bool,
}

/// The way by which something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Via {
    /// A create or update of one record: an unknown field is refused (406).
    Plain,
    /// A row of a bulk write: an unknown field is passed over, since the call answers 200 whatever the rows hold.
    Sync,
}

/// Names of time zones that are known here: those of the Americas, and UTC. Procore's own list goes on around the globe.
const TIME_ZONES: [&str; 17] = [
    "Hawaii",
    "Alaska",
    "Pacific Time (US & Canada)",
    "US/Pacific",
    "Arizona",
    "Mountain Time (US & Canada)",
    "Central America",
    "Central Time (US & Canada)",
    "Mexico City",
    "Saskatchewan",
    "Bogota",
    "Eastern Time (US & Canada)",
    "Indiana (East)",
    "Atlantic Time (Canada)",
    "Newfoundland",
    "Brasilia",
    "UTC",
];

impl Book {
    /// The fields of these resources, from their schemas and their rules.
    pub(crate) fn new(catalog: &Catalog, all: &[&Rules]) -> Self {
        let mut book = Self::default();
        for rules in all {
            let list = taken(catalog, rules);
            let decimal = |field: &&Taken| matches!(field.kind, Kind::Decimal | Kind::Percent);
            let decimals = list.values().filter(decimal).map(|field| field.kept_as.clone()).collect();
            // Custom fields stand under a member of their own.
            let lines = |field: &&Arc<Field>| field.kind != Kind::Lines && field.custom.is_none();
            let shown = shape_of(catalog, rules).into_iter().flat_map(|shape| &shape.fields).filter(lines);
            book.shown.insert(rules.collection, shown.map(|field| field.name.clone()).collect());
            book.decimals.insert(rules.collection, decimals);
            book.lists.insert(rules.collection, list);
        }
        book
    }

    /// Reads the fields of a record that was sent.
    ///
    /// # Errors
    /// The name of a field that does not exist, when it comes by [`Via::Plain`].
    pub(crate) fn read(&self, rules: &Rules, sent: &Record, via: Via) -> Result<(Record, Reasons), String> {
        let (mut kept, mut reasons) = (Record::new(), Reasons::default());
        for (name, value) in sent.iter() {
            let known = self.lists.get(&rules.collection).and_then(|list| list.get(name));
            match known.filter(|field| via == Via::Plain || !field.plain_only) {
                Some(field) => match field.read(value) {
                    Ok(value) => kept.set(field.kept_as.as_str(), value),
                    Err(reason) => reasons.add(name, reason),
                },
                None if via == Via::Sync || name == "id" => {}
                None => return Err(name.to_owned()),
            }
        }
        Ok((kept, reasons))
    }

    /// Whether a kept field is a decimal, so that it goes out as text.
    pub(crate) fn is_decimal(&self, collection: Collection, kept: &str) -> bool {
        self.decimals.get(&collection).is_some_and(|names| names.contains(kept))
    }

    /// The fields that a read shows even when they are null; lists of lines are not among them.
    pub(crate) fn shown(&self, collection: Collection) -> &[String] {
        self.shown.get(&collection).map_or(&[], Vec::as_slice)
    }
}

impl Taken {
    fn read(&self, sent: &Value) -> Result<Value, String> {
        let value = convert(self.kind, sent)?;
        let Value::Text(text) = &value else { return Ok(value) };
        if !text.is_empty() && !self.labels.is_empty() && !self.labels.contains(text) {
            return Err("is not included in the list".to_owned());
        }
        if let Some(most) = self.max_length
            && text.chars().count() > most
        {
            return Err(format!("is too long (maximum is {most} characters)"));
        }
        let two_letters = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        match self.kept_as.as_str() {
            "state_code" | "country_code" if !text.is_empty() && !two_letters => Err("is not an ISO 3166 code".to_owned()),
            "time_zone" if !TIME_ZONES.contains(&text.as_str()) => Err("does not exist".to_owned()),
            _ => Ok(value),
        }
    }
}

fn taken(catalog: &Catalog, rules: &Rules) -> HashMap<String, Taken> {
    let mut list: HashMap<String, Taken> = shape_of(catalog, rules).into_iter().flat_map(of_schema).collect();
    rules.beside.iter().for_each(|name| drop(list.remove(*name)));
    for (kept, written) in rules.renamed.iter().map(|(written, kept)| (*kept, *written)) {
        if let Some(field) = list.remove(kept) {
            list.insert(written.to_owned(), field);
        }
    }
    for (name, kind) in rules.extra {
        let kept_as = rules.renamed.iter().find(|(written, _)| written == name).map_or(*name, |(_, kept)| kept);
        let labels = list.get(*name).map(|field| field.labels.clone()).unwrap_or_default();
        list.insert((*name).to_owned(), Taken { kept_as: kept_as.to_owned(), kind: *kind, labels, max_length: None, plain_only: false });
    }
    for name in rules.plain_only {
        if let Some(field) = list.get_mut(*name) {
            field.plain_only = true;
        }
    }
    list
}

/// The shape of the records themselves, or of the lines that they are in their schema.
fn shape_of<'a>(catalog: &'a Catalog, rules: &Rules) -> Option<&'a Shape> {
    let whole = &catalog.get(rules.schema?)?.shape;
    match rules.lines {
        Some(lines) => whole.get(lines)?.shape.as_ref(),
        None => Some(whole),
    }
}

/// What can be written of a schema: a record with an id (`vendor.id`) is written as that id (`vendor_id`).
fn of_schema(shape: &Shape) -> impl Iterator<Item = (String, Taken)> {
    let field = |name: String, field: &Field| {
        let taken = Taken {
            kept_as: name.clone(),
            kind: field.kind,
            labels: field.labels.clone(),
            max_length: field.max_length,
            plain_only: false,
        };
        (name, taken)
    };
    shape.fields.iter().filter(|one| !one.read_only && one.kind != Kind::Lines).map(move |one| {
        match one.shape.as_ref().and_then(|inner| inner.get("id")) {
            Some(id) => field(format!("{}_id", one.name), id),
            None => field(one.name.clone(), one),
        }
    })
}

fn convert(kind: Kind, sent: &Value) -> Result<Value, String> {
    let wrong = |what: &str| Err(what.to_owned());
    Ok(match (kind, sent) {
        (_, Value::Null) => Value::Null,
        (Kind::Record | Kind::Lines | Kind::List | Kind::Anything, value) => value.clone(),
        (_, Value::List(_) | Value::Record(_)) => return wrong("is invalid"),
        (Kind::Text, value) => Value::text(value.plain()),
        (Kind::Decimal | Kind::Percent, Value::Number(number)) => Value::Number(*number),
        (Kind::Decimal | Kind::Percent | Kind::Integer, Value::Text(text)) if text.trim().is_empty() => Value::Null,
        (Kind::Decimal | Kind::Percent, value) => match decimal(&value.plain()) {
            Ok(number) => Value::Number(number),
            Err(_) => return wrong("is not a number"),
        },
        (Kind::Integer, value) => match whole(value) {
            Some(number) => Value::from(number),
            None => return wrong("is not a number"),
        },
        (Kind::Boolean, value) => match value.plain().as_str() {
            "true" | "1" => Value::Bool(true),
            "false" | "0" | "" => Value::Bool(false),
            _ => return wrong("is invalid"),
        },
        (Kind::Date, value) => iso_date(&value.plain()),
        (Kind::Instant, value) => instant_of(&value.plain()).map_or(Value::Null, |instant| Value::text(instant.to_string())),
    })
}

/// A calendar day in its ISO form. What does not parse is kept as nothing, without an error (section 10).
fn iso_date(text: &str) -> Value {
    let iso = text.as_bytes().get(4) == Some(&b'-');
    date_of(text).filter(|_| iso).map_or(Value::Null, |date| Value::text(date.to_string()))
}

#[cfg(test)]
mod tests {
    use super::{Kind, Value, convert};
    use crate::value::json_text;

    #[test]
    fn values_are_read_leniently_and_bad_dates_become_nothing() {
        let read = |kind, json: &str| convert(kind, &Value::from_json(json).unwrap()).map(|value| json_text(&value));
        for (kind, sent, kept) in [
            (Kind::Decimal, r#""250.10""#, "250.10"),
            (Kind::Decimal, "250.10", "250.10"),
            (Kind::Percent, r#""10.0%""#, "10.0"),
            (Kind::Decimal, r#""""#, "null"),
            (Kind::Integer, r#""598134325841112""#, "598134325841112"),
            (Kind::Text, "7", r#""7""#),
            (Kind::Boolean, r#""true""#, "true"),
            (Kind::Date, r#""2026-02-01T00:00:00Z""#, r#""2026-02-01""#),
            (Kind::Date, r#""02/01/2026""#, "null"),
            (Kind::Date, r#""2026-02-31""#, "null"),
            (Kind::Instant, r#""yesterday""#, "null"),
        ] {
            assert_eq!(read(kind, sent).as_deref(), Ok(kept), "{sent}");
        }
        assert!(read(Kind::Decimal, r#""1,250""#).is_err());
        assert!(read(Kind::Integer, "1.5").is_err());
        assert!(read(Kind::Text, "[]").is_err());
    }
}
