//! Documents of another entity that change the lines of this one once they are released: a change order those of a commitment.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Which documents change lines of an entity, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangedBy {
    /// The schema of those documents: `acumatica/ChangeOrder`.
    pub resource: String,
    /// Their list of changes.
    pub list: String,
    /// By which of its fields a change names the document: field → value, or `$Field` of the document.
    pub names: BTreeMap<String, String>,
    /// Its field that names the line; of a line that it adds, once it is released.
    pub line: String,
    /// What their header shows once they have taken effect: field → value.
    pub once: BTreeMap<String, String>,
    /// The list of lines that they change.
    pub of: String,
    /// Fields of the line that grow, by which field of the change.
    pub adds: BTreeMap<String, String>,
    /// Fields of the line that are replaced, by which field of the change.
    #[serde(default)]
    pub sets: BTreeMap<String, String>,
}
