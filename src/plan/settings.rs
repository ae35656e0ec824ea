//! What may a mapping name of the settings?

use std::collections::BTreeMap;

use crate::value::Value;

/// The settings that expressions see, with their defaults: what a mapping may name.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Defaults, nested; a setting that is not here does not exist.
    pub defaults: Value,
    /// The words among which some settings choose, by path: `commitments.date`.
    pub choices: BTreeMap<String, Vec<String>>,
}

impl Settings {
    /// The words among which a setting chooses; none where it may be any.
    pub(super) fn choices_of(&self, path: &str) -> &[String] {
        self.choices.get(path).map_or(&[], Vec::as_slice)
    }

    /// The names of the tables under `tables`.
    pub(super) fn tables(&self) -> Vec<&str> {
        self.defaults
            .at("tables")
            .and_then(Value::as_record)
            .map(|tables| tables.iter().map(|(name, _)| name).collect())
            .unwrap_or_default()
    }
}
