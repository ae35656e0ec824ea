//! How does an imitated Acumatica behave on the wire? What it keeps: one table per entity, found by key and by id.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::fields::{Fields, guid, mix, normal};
use super::options::AcumaticaOptions;
use super::rules::{Rules, rules_of};
use crate::schema::{AcumaticaWire, Catalog, Schema, Wire};
use crate::value::{Record, Value};

/// An entity: what its schema says, and the business rules that guard it.
pub(super) struct Entity {
    /// Its name in addresses.
    pub name: String,
    /// Its fields.
    pub schema: Arc<Schema>,
    /// Its rules.
    pub rules: &'static dyn Rules,
}

/// A top-level record. Lines stand inside `record`, each with its own `id`.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The GUID.
    pub id: String,
    /// Fields without wrappers; those without a value are not there. Names that the schema lacks never leave the house.
    pub record: Record,
}

/// The records of one entity.
#[derive(Default)]
pub(super) struct Table {
    items: BTreeMap<String, Item>,
    ids: BTreeMap<String, String>,
    /// How often a key was given up, so that the next holder gets another id.
    given_up: BTreeMap<String, u32>,
    /// Grows with each write: lists keep their order between writes and lose it after one.
    revision: u64,
}

/// All tables, and what the rules need to know about the moment.
pub(super) struct Books {
    /// The set-up.
    pub options: Arc<AcumaticaOptions>,
    /// The moment of the request in work.
    pub now: Timestamp,
    /// The business date that the request asked for (`PX-CbApiBusinessDate`).
    pub business_date: Option<Date>,
    /// The branch that the request asked for (`PX-CbApiBranch`).
    pub branch: Option<String>,
    entities: BTreeMap<String, Arc<Entity>>,
    /// The same as the package's endpoint has them.
    packaged: BTreeMap<String, Arc<Entity>>,
    tables: BTreeMap<String, Table>,
    counters: BTreeMap<String, u64>,
}

impl Entity {
    /// What the connector's schema says about the wire.
    pub(super) fn wire(&self) -> &AcumaticaWire {
        match &self.schema.resource.wire {
            Wire::Acumatica(wire) => wire,
            Wire::Procore(_) => unreachable!("only schemas of system acumatica become entities"),
        }
    }

    /// The key fields, in the order of addresses.
    pub(super) fn keys(&self) -> &[String] {
        &self.schema.resource.key
    }

    /// The record's key as one comparable text.
    pub(super) fn key_of(&self, record: &Record) -> String {
        joined(self.keys().iter().map(|key| record.get(key).map(Value::plain).unwrap_or_default()))
    }
}

/// The entities of a catalog. A resource that is called otherwise shows some records of another entity.
fn entities_of(catalog: &Catalog) -> BTreeMap<String, Arc<Entity>> {
    let is_entity = |schema: &&Arc<Schema>| schema.resource.entity() == schema.resource.name;
    let schemas = catalog.iter().filter(|schema| schema.resource.wire.acumatica().is_some()).filter(is_entity);
    let named = schemas.map(|schema| {
        let name = schema.resource.name.clone();
        (name.clone(), Arc::new(Entity { rules: rules_of(&name), name, schema: Arc::clone(schema) }))
    });
    named.collect()
}

fn joined(parts: impl Iterator<Item = impl AsRef<str>>) -> String {
    parts.map(|part| normal(part.as_ref())).collect::<Vec<_>>().join("\u{1}")
}

impl Books {
    /// Empty tables for every Acumatica schema of the catalog.
    pub(super) fn new(options: Arc<AcumaticaOptions>) -> Self {
        let entities = entities_of(&options.catalog);
        let packaged = options.package.as_ref().map(|package| entities_of(&package.catalog)).unwrap_or_default();
        let tables = entities.keys().chain(packaged.keys()).map(|name| (name.clone(), Table::default())).collect();
        let now = options.clock.now();
        Self { options, now, business_date: None, branch: None, entities, packaged, tables, counters: BTreeMap::new() }
    }

    /// An entity by its exact name.
    pub(super) fn entity(&self, name: &str) -> Option<&Arc<Entity>> {
        self.entities.get(name).or_else(|| self.packaged.get(name))
    }

    /// An entity by its exact name, as the package's endpoint or the vendor's have it.
    pub(super) fn entity_at(&self, name: &str, is_package: bool) -> Option<&Arc<Entity>> {
        if is_package { self.packaged.get(name) } else { self.entities.get(name) }
    }

    /// All entities of the package's endpoint, or of the vendor's.
    pub(super) fn entities_at(&self, is_package: bool) -> impl Iterator<Item = &Arc<Entity>> {
        if is_package { self.packaged.values() } else { self.entities.values() }
    }

    /// All entities, by name.
    pub(super) fn entities(&self) -> impl Iterator<Item = &Arc<Entity>> {
        self.entities.values()
    }

    /// The seed of everything that is drawn.
    pub(super) fn seed(&self) -> u64 {
        self.options.seed
    }

    /// The business date: as the request asked, else today.
    pub(super) fn today(&self) -> Date {
        self.business_date.unwrap_or_else(|| self.now.to_zoned(TimeZone::UTC).date())
    }

    /// A record by its key parts, whatever their case and trailing blanks.
    pub(super) fn find(&self, entity: &str, keys: &[&str]) -> Option<&Item> {
        let table = self.tables.get(entity)?;
        table.items.get(table.ids.get(&joined(keys.iter()))?)
    }

    /// A record by its GUID.
    pub(super) fn get(&self, entity: &str, id: &str) -> Option<&Item> {
        self.tables.get(entity)?.items.get(&id.to_ascii_lowercase())
    }

    /// The records of an entity that meet a condition, in no order that means anything; it changes with every write.
    pub(super) fn shuffled(&self, entity: &str, meets: impl Fn(&Item) -> bool) -> Vec<&Item> {
        let Some(table) = self.tables.get(entity) else { return Vec::new() };
        let seed = self.seed() ^ table.revision;
        let mut items: Vec<(u64, &Item)> =
            table.items.values().filter(|item| meets(item)).map(|item| (mix(seed, &[&item.id]), item)).collect();
        items.sort_unstable_by_key(|(place, _)| *place);
        items.into_iter().map(|(_, item)| item).collect()
    }

    /// All records of an entity by key.
    pub(super) fn sorted(&self, entity: &str) -> Vec<&Item> {
        let Some(table) = self.tables.get(entity) else { return Vec::new() };
        table.ids.values().filter_map(|id| table.items.get(id)).collect()
    }

    /// Adds a record under its key, with its id and stamps; gives back the id.
    pub(super) fn insert(&mut self, entity: &str, mut record: Record) -> String {
        let Some(kind) = self.entities.get(entity).cloned() else { return String::new() };
        self.stamp(&kind, &mut record, true);
        let seed = self.seed();
        let table = self.tables.entry(entity.to_owned()).or_default();
        let key = kind.key_of(&record);
        let before = table.given_up.get(&key).copied().unwrap_or_default();
        let id = guid(seed, &[entity, &key, &before.to_string()]);
        table.ids.insert(key, id.clone());
        table.items.insert(id.clone(), Item { id: id.clone(), record });
        table.revision += 1;
        id
    }

    /// Replaces a record; its key may change with it, its id stays.
    pub(super) fn replace(&mut self, entity: &str, id: &str, mut record: Record) {
        let Some(kind) = self.entities.get(entity).cloned() else { return };
        self.stamp(&kind, &mut record, false);
        let Some(table) = self.tables.get_mut(entity) else { return };
        let Some(item) = table.items.get_mut(id) else { return };
        let (old, new) = (kind.key_of(&item.record), kind.key_of(&record));
        item.record = record;
        if old != new {
            table.ids.remove(&old);
            *table.given_up.entry(old).or_default() += 1;
            table.ids.insert(new, id.to_owned());
        }
        table.revision += 1;
    }

    /// Changes some fields of a record and stamps it.
    pub(super) fn change(&mut self, entity: &str, id: &str, change: impl FnOnce(&mut Record)) {
        if let Some(mut record) = self.get(entity, id).map(|item| item.record.clone()) {
            change(&mut record);
            self.replace(entity, id, record);
        }
    }

    /// Changes figures of a record without a stamp, as accumulating actuals do; no key field may be touched.
    pub(super) fn accumulate(&mut self, entity: &str, id: &str, change: impl FnOnce(&mut Record)) {
        if let Some(item) = self.tables.get_mut(entity).and_then(|table| table.items.get_mut(id)) {
            change(&mut item.record);
        }
    }

    /// Removes a record.
    pub(super) fn remove(&mut self, entity: &str, id: &str) {
        let Some(kind) = self.entities.get(entity).cloned() else { return };
        let Some(table) = self.tables.get_mut(entity) else { return };
        if let Some(item) = table.items.remove(id) {
            let key = kind.key_of(&item.record);
            table.ids.remove(&key);
            *table.given_up.entry(key).or_default() += 1;
            table.revision += 1;
        }
    }

    /// The next number of a counter, from 1.
    pub(super) fn count(&mut self, counter: &str) -> u64 {
        let value = self.counters.entry(counter.to_owned()).or_default();
        *value += 1;
        *value
    }

    /// Lets a counter start behind numbers that are taken.
    pub(super) fn count_from(&mut self, counter: &str, taken: u64) {
        self.counters.insert(counter.to_owned(), taken);
    }

    fn stamp(&self, kind: &Entity, record: &mut Record, new: bool) {
        // Milliseconds, as they are printed: a filter by a printed stamp must meet its own record.
        let now = Timestamp::from_millisecond(self.now.as_millisecond()).unwrap_or(self.now).to_string();
        for (name, always) in [("CreatedDateTime", new), ("LastModifiedDateTime", true)] {
            if kind.schema.shape.get(name).is_some() && (always || record.lacks(name)) {
                record.set(name, now.clone());
            }
        }
    }
}
