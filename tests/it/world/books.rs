//! What both systems hold, as stories look at it.

use crosswalk::connector::Request;
use crosswalk::value::{Decimal, Record, Value, decimal};

use super::World;

impl World {
    /// The records of a Procore collection that are not deleted.
    pub(crate) fn rows(&self, collection: &str) -> Vec<Record> {
        let url = format!("/sandbox/records/{collection}");
        let answer = self.procore.handle(&Request { method: "GET".to_owned(), url, ..Request::default() }).response().unwrap();
        let list = Value::from_json(std::str::from_utf8(&answer.body).unwrap()).unwrap();
        let rows = list.as_list().unwrap_or_else(|| panic!("no collection `{collection}`")).iter();
        rows.filter_map(|row| row.as_record().cloned()).filter(|row| row.get("deleted_at").is_none_or(Value::is_null)).collect()
    }

    /// The only row of a Procore collection with this value.
    pub(crate) fn row(&self, collection: &str, (field, value): (&str, &str)) -> Record {
        one(self.rows(collection), (field, value))
    }

    /// What Acumatica's books hold of an entity.
    pub(crate) fn books(&self, entity: &str) -> Vec<Record> {
        self.acumatica.records(entity)
    }

    /// The only record of an Acumatica entity with this value.
    pub(crate) fn book(&self, entity: &str, (field, value): (&str, &str)) -> Record {
        one(self.books(entity), (field, value))
    }

    /// All lines of all project transactions that are released.
    pub(crate) fn posted(&self) -> Vec<Record> {
        let lines = self.books("ProjectTransaction").into_iter().flat_map(|document| lines(&document, "Details"));
        lines.filter(|line| line.get("Released") == Some(&Value::Bool(true))).collect()
    }
}

/// The lines of a record.
pub(crate) fn lines(record: &Record, list: &str) -> Vec<Record> {
    let lines = record.get(list).and_then(Value::as_list).unwrap_or_default();
    lines.iter().filter_map(|line| line.as_record().cloned()).collect()
}

/// The text at `a.b.c`, without blanks at its end; empty for nothing.
pub(crate) fn text(record: &Record, path: &str) -> String {
    at(record, path).map(|value| value.plain().trim_end().to_owned()).unwrap_or_default()
}

/// The number at `a.b.c`, however it is written.
pub(crate) fn number(record: &Record, path: &str) -> Decimal {
    match at(record, path) {
        Some(Value::Number(number)) => *number,
        Some(Value::Text(text)) => decimal(text).unwrap(),
        _ => Decimal::ZERO,
    }
}

fn at<'r>(record: &'r Record, path: &str) -> Option<&'r Value> {
    match path.split_once('.') {
        None => record.get(path),
        Some((first, rest)) => at(record.get(first)?.as_record()?, rest),
    }
}

fn one(records: Vec<Record>, (field, value): (&str, &str)) -> Record {
    let mut found: Vec<Record> = records.into_iter().filter(|record| text(record, field) == value).collect();
    assert_eq!(found.len(), 1, "records whose `{field}` is `{value}`: {found:?}");
    found.remove(0)
}
