//! What did the author write? One YAML file per entity pair, key by key, each value with its place.

pub(crate) mod keys;
mod literal;
mod read;
mod spec;
mod word;
pub mod yaml;

use std::sync::Arc;

pub use literal::{Labels, Literal, Named, OneOrMany, RowUse, Rows};
pub use spec::{Ask, Belongs, Field, Group, Join, Link, LinkedProject, Mapping, Regroup, Require, Step};
pub use word::Word;

use crate::diagnostic::{Diagnostic, Source};

/// Reads a mapping file. The mapping is there when the file is whole enough to be judged further; the diagnostics hold
/// every problem of its structure either way.
pub fn read(source: &Arc<Source>) -> (Option<Mapping>, Vec<Diagnostic>) {
    match yaml::parse(source) {
        Ok(node) => read_node(&node),
        Err(problem) => (None, vec![problem]),
    }
}

/// The same of a file that is a tree already, whose parts may come from several files.
pub fn read_node(node: &yaml::Node) -> (Option<Mapping>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    (read::mapping(node, &mut problems), problems)
}

/// The JSON Schema of a mapping file, for editors: `schemas/mapping.schema.json`.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(Mapping);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is always JSON");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::{json_schema, read};
    use crate::diagnostic::{Source, render};

    const SLIPS: &str = "mapping: companies\ntitle: Companies\ndirection: import\nsource: acumatica/Vendor\ntarget: procore/vendors\n\
        fields:\n  - row: {companies.name: [Name, Account Name]}\n    to: name\n    fromm: $.VendorName\n  - to: [zip]\n    from: $.Zip\nstep: []\n";

    #[test]
    fn every_slip_of_a_file_is_told_at_once() {
        let (mapping, problems) = read(&Source::new("mappings/companies.yaml", SLIPS));
        assert!(mapping.is_some());
        let text = render(&problems, false);
        assert_eq!(problems.len(), 3, "{text}");
        assert!(text.contains("did you mean `from`?"), "{text}");
        assert!(text.contains("mappings/companies.yaml:9:5"), "{text}");
        assert!(text.contains("did you mean `steps`?"), "{text}");
    }

    #[test]
    fn the_published_schema_knows_the_keys_that_are_read() {
        let schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
        assert!(schema["properties"]["write_back"].is_object());
        assert!(schema["$defs"]["Field"]["properties"]["as"].is_object());
        assert_eq!(schema["required"], serde_json::json!(["mapping", "title", "direction", "source", "target", "fields"]));
    }
}
