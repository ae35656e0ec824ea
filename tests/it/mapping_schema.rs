//! The published schema of mapping files is the one that the types say, and each shipped mapping fits it.

use std::path::Path;

use crosswalk::config::builtin_mappings;
use crosswalk::mapping::{json_schema, yaml};
use serde_json::Value as Json;

fn published() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/mapping.schema.json")).unwrap()
}

fn as_json(text: &str) -> Json {
    let source = crosswalk::diagnostic::Source::new("mapping.yaml", text);
    serde_json::from_str(&yaml::parse(&source).unwrap().to_value().to_string()).unwrap()
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    assert!(published() == json_schema(), "write it anew: cargo run -- schema mapping > schemas/mapping.schema.json");
}

#[test]
fn every_shipped_mapping_fits_the_schema() {
    let schema = jsonschema::validator_for(&serde_json::from_str(&published()).unwrap()).unwrap();
    let mut seen = 0;
    for source in builtin_mappings() {
        let name = source.path.file_name().unwrap().to_str().unwrap();
        if name.ends_with(".cases.yaml") || name.starts_with("settings.") {
            continue;
        }
        let json = as_json(&source.text);
        let problems: Vec<String> = schema.iter_errors(&json).map(|problem| format!("{}: {problem}", problem.instance_path())).collect();
        assert!(problems.is_empty(), "{name}: {problems:#?}");
        assert!(
            source.text.starts_with("# yaml-language-server: $schema=../schemas/mapping.schema.json\n"),
            "{name} names no schema for editors"
        );
        seen += 1;
    }
    assert!(seen >= 9, "{seen} mappings");
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let schema = jsonschema::validator_for(&serde_json::from_str(&published()).unwrap()).unwrap();
    let sound = "mapping: a\ntitle: A\ndirection: import\nsource: acumatica/CostCode\ntarget: procore/cost_codes\nfields:\n  - {to: code, from: $.CostCodeID}\n";
    assert!(schema.is_valid(&as_json(sound)));
    for (slip, with) in [("title: A\n", ""), ("title: A", "titel: A"), ("import", "both"), ("to: code", "to: [code]"), ("from:", "form:")] {
        assert!(!schema.is_valid(&as_json(&sound.replace(slip, with))), "{slip} as {with}");
    }
}
