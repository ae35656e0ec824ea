//! Every schema file that we ship is understood.

use std::path::{Path, PathBuf};

use crosswalk::schema::{Kind, Schema, Scope, Shape, System, load};

/// All schema files of this repository, with their text.
fn files() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let mut files = Vec::new();
    for system in ["procore", "acumatica"] {
        for entry in std::fs::read_dir(folder.join(system)).unwrap() {
            let path = entry.unwrap().path();
            files.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    files.sort();
    files
}

/// Every schema that we ship.
pub(super) fn all() -> Vec<Schema> {
    files().iter().map(|(path, text)| load(path, text).unwrap_or_else(|problem| panic!("{problem:?}"))).collect()
}

/// Calls `seen` with the path and field of every field, records and lines included.
fn walk(shape: &Shape, above: &str, seen: &mut impl FnMut(&str, &crosswalk::schema::Field)) {
    for field in &shape.fields {
        let path = if above.is_empty() { field.name.clone() } else { format!("{above}.{}", field.name) };
        seen(&path, field);
        if let Some(inner) = &field.shape {
            walk(inner, &path, seen);
        }
    }
}

#[test]
fn every_file_loads_under_its_own_name() {
    let files = files();
    assert!(files.len() >= 20, "{} files", files.len());
    for (path, text) in files {
        let schema = load(&path, &text).unwrap_or_else(|problem| panic!("{problem:?}"));
        let system = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        assert_eq!(schema.name, format!("{system}/{}", path.file_stem().unwrap().to_str().unwrap()));
    }
}

#[test]
fn every_field_is_described_and_all_lines_have_a_key() {
    for (path, text) in files() {
        let schema = load(&path, &text).unwrap();
        assert!(!schema.description.is_empty(), "{}", schema.name);
        walk(&schema.shape, "", &mut |path, field| {
            assert!(!field.description.is_empty(), "{} {path}", schema.name);
            assert!(field.custom.is_none() || schema.resource.system == System::Acumatica, "{} {path}", schema.name);
            assert!(field.kind != Kind::Lines || !field.line_key.is_empty(), "{} {path}: x-key", schema.name);
        });
    }
}

#[test]
fn project_records_are_read_by_project() {
    for (path, text) in files() {
        let schema = load(&path, &text).unwrap();
        let by_project = text.contains("{project_id}") || text.contains("'{project}'") || text.contains("{project_origin_id}");
        assert_eq!(schema.resource.scope == Scope::Project, by_project, "{}", schema.name);
    }
}
