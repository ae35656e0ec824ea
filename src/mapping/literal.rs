//! The small pieces of a mapping file: choices, constants, rows with their labels, one-or-many.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::word::Word;
use crate::diagnostic::Place;
use crate::value::Value;

/// A constant, with its place.
#[derive(Clone, Debug)]
pub struct Literal {
    /// The constant.
    pub value: Value,
    /// Where it stands.
    pub place: Place,
}

/// A key that the author chose, and what stands under it.
#[derive(Clone, Debug)]
pub struct Named<T> {
    /// The key.
    pub name: Word,
    /// What stands under it.
    pub it: T,
}

/// One word, or a list of them.
#[derive(Clone, Debug)]
pub struct OneOrMany(
    /// The words.
    pub Vec<Word>,
);

/// The rows that a rule carries.
#[derive(Clone, Debug)]
pub struct Rows(
    /// In the order of the file.
    pub Vec<RowUse>,
);

/// A row of the published table: declared with its labels, or named again.
#[derive(Clone, Debug)]
pub struct RowUse {
    /// The row's stable id.
    pub id: Word,
    /// Its labels, where it is declared.
    pub labels: Option<Labels>,
}

/// The labels of a row on both sides; a side may have none.
#[derive(Clone, Debug)]
pub struct Labels {
    /// What Procore calls it.
    pub procore: Vec<Word>,
    /// What Acumatica calls it.
    pub acumatica: Vec<Word>,
}

macro_rules! inline_schema {
    ($type:ty, $name:literal, $schema:expr) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

inline_schema!(Literal, "Literal", json_schema!({"type": ["string", "number", "boolean", "null"]}));
inline_schema!(
    OneOrMany,
    "OneOrMany",
    json_schema!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]})
);
inline_schema!(Rows, "Rows", {
    let label = serde_json::json!({"anyOf": [{"type": ["string", "null"]}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]});
    json_schema!({"anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
        {"type": "object", "minProperties": 1, "additionalProperties": {"type": "array", "items": label, "minItems": 2, "maxItems": 2}},
    ]})
});
