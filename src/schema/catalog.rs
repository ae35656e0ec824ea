//! All schemas of a run, by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Schema;

/// Schemas by `system/Name`.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    schemas: BTreeMap<String, Arc<Schema>>,
}

impl Catalog {
    /// A catalog of these schemas; a later one replaces an earlier one of the same name.
    pub fn new(schemas: impl IntoIterator<Item = Schema>) -> Self {
        Self { schemas: schemas.into_iter().map(|schema| (schema.name.clone(), Arc::new(schema))).collect() }
    }

    /// A schema by its name.
    pub fn get(&self, name: &str) -> Option<&Arc<Schema>> {
        self.schemas.get(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Schema>> {
        self.schemas.values()
    }

    /// The names of all of them.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.schemas.keys().map(String::as_str)
    }
}
