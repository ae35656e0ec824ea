//! How do both systems behave on the wire? Procore's records: tables indexed by id, external id, place and unique key.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

pub(crate) use super::collection::Collection;
use crate::value::{Record, Value};

/// One record as it is kept: numbers as numbers, references as ids.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// Procore's id.
    pub(crate) id: i64,
    /// The project it belongs to; none for records of the company.
    pub(crate) project: Option<i64>,
    /// What it is part of: the contract or direct cost of a line, the list of a standard cost code.
    pub(crate) parent: Option<i64>,
    /// The fields, without id and times.
    pub(crate) fields: Record,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// When a field last changed.
    pub(crate) updated_at: Timestamp,
    /// When it was deleted softly.
    pub(crate) deleted_at: Option<Timestamp>,
}

/// All records.
#[derive(Debug)]
pub(crate) struct Store {
    tables: HashMap<Collection, Table>,
    last_id: i64,
}

/// The records of one kind.
#[derive(Debug, Default)]
struct Table {
    rows: BTreeMap<i64, Row>,
    by_origin: HashMap<String, i64>,
    by_project: HashMap<i64, BTreeSet<i64>>,
    by_parent: HashMap<i64, BTreeSet<i64>>,
    by_key: HashMap<String, BTreeSet<i64>>,
}

impl Row {
    /// A record made now, not yet kept.
    pub(crate) fn new(id: i64, now: Timestamp, fields: Record) -> Self {
        Self { id, project: None, parent: None, fields, created_at: now, updated_at: now, deleted_at: None }
    }

    /// The external id, if it has one: it is synced.
    pub(crate) fn origin_id(&self) -> Option<&str> {
        self.fields.text("origin_id").filter(|origin| !origin.is_empty())
    }

    /// A reference to another record.
    pub(crate) fn reference(&self, field: &str) -> Option<i64> {
        whole(self.fields.get(field)?)
    }

    /// A field's value; absent is null.
    pub(crate) fn value(&self, field: &str) -> Value {
        self.fields.get(field).cloned().unwrap_or_default()
    }
}

impl Store {
    /// An empty store whose first record gets this id.
    pub(crate) fn starting_at(first_id: i64) -> Self {
        Self { tables: Collection::ALL.iter().map(|kind| (*kind, Table::default())).collect(), last_id: first_id - 1 }
    }

    /// An id that no record has.
    pub(crate) fn new_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    /// A record by id, deleted or not.
    pub(crate) fn get(&self, collection: Collection, id: i64) -> Option<&Row> {
        self.table(collection).rows.get(&id)
    }

    /// A record that is not deleted.
    pub(crate) fn alive(&self, collection: Collection, id: i64) -> Option<&Row> {
        self.get(collection, id).filter(|row| row.deleted_at.is_none())
    }

    /// The record with this external id.
    pub(crate) fn by_origin(&self, collection: Collection, origin: &str) -> Option<&Row> {
        self.table(collection).by_origin.get(origin).and_then(|id| self.get(collection, *id))
    }

    /// The records with this unique key (practice data may hold twins).
    pub(crate) fn by_key(&self, collection: Collection, key: &str) -> impl Iterator<Item = &Row> {
        let table = self.table(collection);
        table.by_key.get(key).into_iter().flatten().filter_map(|id| table.rows.get(id))
    }

    /// All records, deleted ones too, in the order of their ids.
    pub(crate) fn all(&self, collection: Collection) -> impl Iterator<Item = &Row> {
        self.table(collection).rows.values()
    }

    /// The records of a project, deleted ones too.
    pub(crate) fn of_project(&self, collection: Collection, project: i64) -> impl Iterator<Item = &Row> {
        let table = self.table(collection);
        table.by_project.get(&project).into_iter().flatten().filter_map(|id| table.rows.get(id))
    }

    /// The parts of a record, deleted ones too.
    pub(crate) fn of_parent(&self, collection: Collection, parent: i64) -> impl Iterator<Item = &Row> {
        let table = self.table(collection);
        table.by_parent.get(&parent).into_iter().flatten().filter_map(|id| table.rows.get(id))
    }

    /// Keeps a record in place of the one with its id.
    pub(crate) fn put(&mut self, collection: Collection, row: Row) {
        self.remove(collection, row.id);
        let table = self.tables.entry(collection).or_default();
        if let Some(project) = row.project {
            table.by_project.entry(project).or_default().insert(row.id);
        }
        if let Some(parent) = row.parent {
            table.by_parent.entry(parent).or_default().insert(row.id);
        }
        // What is deleted frees its external id and its key.
        if row.deleted_at.is_none() {
            if let Some(origin) = row.origin_id() {
                table.by_origin.insert(origin.to_owned(), row.id);
            }
            if let Some(key) = collection.key(&row) {
                table.by_key.entry(key).or_default().insert(row.id);
            }
        }
        table.rows.insert(row.id, row);
    }

    /// Removes a record for good.
    pub(crate) fn remove(&mut self, collection: Collection, id: i64) -> Option<Row> {
        let table = self.tables.get_mut(&collection)?;
        let row = table.rows.remove(&id)?;
        let forget = |index: &mut HashMap<i64, BTreeSet<i64>>, at: Option<i64>| {
            if let Some(ids) = at.and_then(|at| index.get_mut(&at)) {
                ids.remove(&id);
            }
        };
        forget(&mut table.by_project, row.project);
        forget(&mut table.by_parent, row.parent);
        if let Some(origin) = row.origin_id()
            && table.by_origin.get(origin) == Some(&id)
        {
            table.by_origin.remove(origin);
        }
        if let Some(ids) = collection.key(&row).and_then(|key| table.by_key.get_mut(&key)) {
            ids.remove(&id);
        }
        Some(row)
    }

    fn table(&self, collection: Collection) -> &Table {
        self.tables.get(&collection).expect("every collection has its table from the start")
    }
}

/// A whole number, from a JSON number or from its digits as text.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) if number.is_integer() => i64::try_from(*number).ok(),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Collection, Row, Store};
    use crate::value::{Record, Value};

    fn vendor(id: i64, name: &str, origin: Option<&str>) -> Row {
        let origin = origin.map_or(Value::Null, Value::text);
        Row::new(id, Timestamp::UNIX_EPOCH, Record::from_iter([("name", Value::text(name)), ("origin_id", origin)]))
    }

    #[test]
    fn indexes_follow_every_change() {
        let mut store = Store::starting_at(100);
        let id = store.new_id();
        assert_eq!(id, 100);
        store.put(Collection::Vendors, vendor(id, "Alder Inc", Some("vendor:1")));
        store.put(Collection::Vendors, vendor(id, "Alder LLC", Some("vendor:2")));
        assert!(store.by_origin(Collection::Vendors, "vendor:1").is_none());
        assert_eq!(store.by_origin(Collection::Vendors, "vendor:2").unwrap().id, id);
        assert_eq!(store.by_key(Collection::Vendors, "alder inc").count(), 0);
        assert_eq!(store.by_key(Collection::Vendors, "alder llc").count(), 1);
        let mut gone = vendor(id, "Alder LLC", Some("vendor:2"));
        gone.deleted_at = Some(Timestamp::UNIX_EPOCH);
        store.put(Collection::Vendors, gone);
        assert!(store.by_origin(Collection::Vendors, "vendor:2").is_none(), "a deleted record frees its external id");
        assert!(store.alive(Collection::Vendors, id).is_none());
    }
}
