//! Which custom fields has the company at Procore?

use serde::{Deserialize, Serialize};

use super::open_api::Unreadable;
use crate::schema::{Custom, Kind};

/// A custom field of the company.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// Its id: `custom_field_4711` is its name in records.
    pub id: u64,
    /// What people call it.
    pub label: Option<String>,
    /// What it holds: `string`, `number`, `boolean`, `lov_entry`, …
    pub data_type: Option<String>,
    /// A closer word for it: `currency`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Whether people may still fill it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Reads a list of definitions.
///
/// # Errors
/// What is wrong with the text, where, and what to do.
pub fn definitions(text: &str) -> Result<Vec<Definition>, Unreadable> {
    let mut read: Vec<Definition> =
        serde_json::from_str(text).map_err(|problem| Unreadable::json(text, &problem, "a list of custom field definitions"))?;
    read.sort_by_key(|definition| definition.id);
    Ok(read)
}

impl Definition {
    /// The member of `custom_fields` that holds it.
    pub fn member(&self) -> String {
        format!("custom_field_{}", self.id)
    }

    /// Whether a field of ours can hold its values.
    pub(super) fn carries(&self, kind: Kind) -> bool {
        match self.data_type.as_deref().unwrap_or_default() {
            "string" | "text" | "rich_text" => kind == Kind::Text,
            "number" | "decimal" | "currency" => kind.is_number(),
            "integer" => kind.is_number(),
            "boolean" => kind == Kind::Boolean,
            "date" | "datetime" | "timestamp" => matches!(kind, Kind::Date | Kind::Instant | Kind::Text),
            // Entries of lists, people and companies are records of their own; what is not known is not judged.
            _ => !kind.is_number() && kind != Kind::Boolean,
        }
    }
}

/// The definition of a custom field of ours, where there is one.
pub(super) fn defined<'d>(custom: &Custom, definitions: &'d [Definition]) -> Option<&'d Definition> {
    definitions.iter().find(|definition| definition.member() == custom.field)
}
