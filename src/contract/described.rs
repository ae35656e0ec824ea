//! What does an endpoint have? Entities, their fields with the wrappers they travel in, and actions.

use std::collections::{BTreeMap, BTreeSet};

use crate::schema::{Endpoint, Kind};

/// The contract of one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Which endpoint it is.
    pub endpoint: Endpoint,
    /// Entities with their actions, each action with its parameters.
    pub(super) entities: BTreeMap<String, BTreeMap<String, BTreeMap<String, Member>>>,
    /// Records by the name of their component.
    pub(super) components: BTreeMap<String, Component>,
}

/// A record of the contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Component {
    /// Its fields.
    pub(super) members: BTreeMap<String, Member>,
    /// Those without which there is no such record, as far as the description says so.
    pub(super) required: BTreeSet<String>,
}

/// A field of the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What it holds.
    pub holds: Holds,
    /// Most characters, where the description says so.
    pub max_length: Option<usize>,
}

/// What a field of the contract holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A wrapped value: `String` of `StringValue`.
    Value(String),
    /// A record, by its component.
    Record(String),
    /// Lines, by their component.
    Lines(String),
    /// Something that is not wrapped, such as `id`: its JSON type.
    Bare(String),
}

impl Description {
    /// The names of the entities.
    pub fn entities(&self) -> impl Iterator<Item = &str> + Clone {
        self.entities.keys().map(String::as_str)
    }

    /// The actions of an entity, each with its parameters; none where there is no such entity.
    pub fn actions(&self, entity: &str) -> Option<&BTreeMap<String, BTreeMap<String, Member>>> {
        self.entities.get(entity)
    }

    /// Whether it has an entity.
    pub fn has(&self, entity: &str) -> bool {
        self.entities.contains_key(entity)
    }

    /// The field at `Details/OrderQty` of an entity, as the endpoint names its steps.
    pub fn at(&self, entity: &str, wire_path: &str) -> Option<&Member> {
        let (record, last) = match wire_path.rsplit_once('/') {
            Some((above, last)) => (self.component_at(entity, above)?, last),
            None => (entity, wire_path),
        };
        self.components.get(record)?.members.get(last)
    }

    /// The fields of the record, or of the lines, at this path; of the entity itself for an empty one.
    pub fn members(&self, entity: &str, wire_path: &str) -> Option<&BTreeMap<String, Member>> {
        Some(&self.components.get(self.component_at(entity, wire_path)?)?.members)
    }

    /// The fields without which there is no record at this path, as far as the description says so.
    pub fn required(&self, entity: &str, wire_path: &str) -> Vec<&str> {
        let component = self.component_at(entity, wire_path).and_then(|name| self.components.get(name));
        component.into_iter().flat_map(|component| &component.required).map(String::as_str).collect()
    }

    fn component_at<'d>(&'d self, entity: &'d str, wire_path: &str) -> Option<&'d str> {
        wire_path.split('/').filter(|step| !step.is_empty()).try_fold(entity, |component, step| {
            match &self.components.get(component)?.members.get(step)?.holds {
                Holds::Record(name) | Holds::Lines(name) => Some(name.as_str()),
                Holds::Value(_) | Holds::Bare(_) => None,
            }
        })
    }
}

impl Holds {
    /// Whether a field of ours travels so.
    pub fn carries(&self, kind: Kind) -> bool {
        match self {
            Self::Record(_) => matches!(kind, Kind::Record | Kind::Anything),
            Self::Lines(_) => matches!(kind, Kind::Lines | Kind::List | Kind::Anything),
            // `id` is the only plain member of a record that we read.
            Self::Bare(_) => !matches!(kind, Kind::Record | Kind::Lines),
            Self::Value(word) => match word.as_str() {
                "String" | "Guid" => kind == Kind::Text,
                "Decimal" | "Double" => matches!(kind, Kind::Decimal | Kind::Percent),
                "Int" | "Short" | "Long" | "Byte" => kind == Kind::Integer,
                "Boolean" => kind == Kind::Boolean,
                "DateTime" | "DateOnly" => matches!(kind, Kind::Date | Kind::Instant),
                // A wrapper that came later than this program is not judged.
                _ => !matches!(kind, Kind::Record | Kind::Lines),
            },
        }
    }

    /// What it is, in the words of our schemas.
    pub fn word(&self) -> &str {
        match self {
            Self::Record(_) => "record",
            Self::Lines(_) => "lines",
            Self::Bare(word) => word,
            Self::Value(word) => match word.as_str() {
                "String" | "Guid" => "text",
                "Decimal" | "Double" => "decimal",
                "Int" | "Short" | "Long" | "Byte" => "integer",
                "Boolean" => "boolean",
                "DateTime" | "DateOnly" => "date",
                other => other,
            },
        }
    }

    /// What a field of ours travels in.
    pub(super) fn of(kind: Kind, component: impl FnOnce() -> String) -> Self {
        match kind {
            Kind::Record => Self::Record(component()),
            Kind::Lines => Self::Lines(component()),
            Kind::Decimal | Kind::Percent => Self::Value("Decimal".to_owned()),
            Kind::Integer => Self::Value("Int".to_owned()),
            Kind::Boolean => Self::Value("Boolean".to_owned()),
            Kind::Date | Kind::Instant => Self::Value("DateTime".to_owned()),
            Kind::Text | Kind::List | Kind::Anything => Self::Value("String".to_owned()),
        }
    }
}
