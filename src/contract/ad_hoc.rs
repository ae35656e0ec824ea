//! What has an entity beside its contract? `$adHocSchema`: custom fields by view, and the actions of its workflow.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::open_api::Unreadable;
use crate::schema::{Custom, Kind};

/// What an entity, or a part of it, shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdHoc {
    /// The fields of the contract; with what is in them, where they hold records or lines.
    pub(super) fields: BTreeMap<String, Option<AdHoc>>,
    /// Custom fields: `View.Field` → type.
    pub(super) custom: BTreeMap<String, String>,
    /// It says at all which custom fields it has.
    tells_custom: bool,
}

const EXPECTED: &str = "an `$adHocSchema`";

impl AdHoc {
    /// Reads the answer of an entity.
    ///
    /// # Errors
    /// What is wrong with the text, where, and what to do.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let json: Json = serde_json::from_str(text).map_err(|problem| Unreadable::json(text, &problem, EXPECTED))?;
        match json.as_object() {
            Some(members) => Ok(Self::part(members)),
            None => Err(Unreadable::new(format!("this is JSON, but not {EXPECTED}"), "pull the instance again")),
        }
    }

    fn part(members: &Map<String, Json>) -> Self {
        let mut part = Self::default();
        for (name, json) in members.iter().filter(|(name, _)| !name.starts_with('_')) {
            match json {
                Json::Object(views) if name == "custom" => {
                    part.tells_custom = true;
                    part.views(views);
                }
                Json::Object(inner) => {
                    let is_record = !inner.is_empty() && !inner.contains_key("value") && !inner.contains_key("type");
                    part.fields.insert(name.clone(), is_record.then(|| Self::part(inner)));
                }
                Json::Array(lines) => {
                    let inner = lines.first().and_then(Json::as_object).map(Self::part).unwrap_or_default();
                    part.fields.insert(name.clone(), Some(inner));
                }
                _ => {
                    part.fields.insert(name.clone(), None);
                }
            }
        }
        part
    }

    fn views(&mut self, views: &Map<String, Json>) {
        for (view, fields) in views {
            for (field, json) in fields.as_object().into_iter().flatten() {
                let kind = json["type"].as_str().unwrap_or_default().to_owned();
                self.custom.insert(format!("{view}.{field}"), kind);
            }
        }
    }

    /// The part at `Details` or `MainContact/Address`; itself for an empty path.
    pub fn at(&self, wire_path: &str) -> Option<&Self> {
        wire_path.split('/').filter(|step| !step.is_empty()).try_fold(self, |part, step| part.fields.get(step)?.as_ref())
    }

    /// Whether the entity or part has a field of the contract.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// The type of a custom field, such as `CustomDecimalField`.
    pub fn custom(&self, place: &Custom) -> Option<&str> {
        self.custom.get(&format!("{}.{}", place.view, place.field)).map(String::as_str)
    }

    /// Every custom field of this part: `View.Field` and its type.
    pub fn customs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.custom.iter().map(|(place, kind)| (place.as_str(), kind.as_str()))
    }

    /// Whether it says which custom fields it has, be it none.
    pub fn tells_custom(&self) -> bool {
        self.tells_custom
    }

    /// The parts that have fields of their own, by their names.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.fields.iter().filter_map(|(name, part)| Some((name.as_str(), part.as_ref()?)))
    }
}

/// The kind of value that a custom field of this type holds; none for types that are not known.
pub(super) fn kind_of(custom_type: &str) -> Option<Kind> {
    Some(match custom_type {
        "CustomStringField" | "CustomGuidField" => Kind::Text,
        "CustomDecimalField" | "CustomDoubleField" => Kind::Decimal,
        "CustomIntField" | "CustomShortField" | "CustomLongField" | "CustomByteField" => Kind::Integer,
        "CustomBooleanField" => Kind::Boolean,
        "CustomDateTimeField" => Kind::Date,
        _ => return None,
    })
}

/// The answer without the values that a form proposes for a new record: they are of a day and a person, not of the contract.
///
/// # Errors
/// As [`AdHoc::read`].
pub fn without_values(text: &str) -> Result<Json, Unreadable> {
    let mut json: Json = serde_json::from_str(text).map_err(|problem| Unreadable::json(text, &problem, EXPECTED))?;
    forget(&mut json);
    Ok(json)
}

fn forget(json: &mut Json) {
    match json {
        Json::Object(members) => {
            members.remove("value");
            members.values_mut().for_each(forget);
        }
        Json::Array(items) => items.iter_mut().for_each(forget),
        _ => {}
    }
}
