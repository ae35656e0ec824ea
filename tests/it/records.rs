//! The sample records have the shape that the schemas describe.

use std::path::{Path, PathBuf};

use crosswalk::schema::{Field, Kind, Schema, Shape, System};
use serde_json::{Map, Value as Json};

/// Resources that a mapping reads, or puts beside a record.
const SOURCES: [&str; 8] = [
    "acumatica/Vendor",
    "acumatica/CostCode",
    "acumatica/AccountGroup",
    "acumatica/ProjectBudget",
    "acumatica/ProjectTransaction",
    "acumatica/Bill",
    "procore/projects",
    "procore/work_order_contracts",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records")
}

/// The samples of a resource.
fn samples(resource: &str) -> Vec<(PathBuf, Map<String, Json>)> {
    let entries = std::fs::read_dir(folder().join(resource)).unwrap_or_else(|_| panic!("no samples of {resource}"));
    let read = |path: PathBuf| {
        let record = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        (path, record)
    };
    entries.map(|entry| read(entry.unwrap().path())).collect()
}

/// Where a record is not of the shape; members that the schema does not name are free.
fn misfits(record: &Map<String, Json>, shape: &Shape, system: System, above: &str) -> Vec<String> {
    let mut found = Vec::new();
    for field in shape.fields.iter().filter(|field| field.custom.is_none()) {
        let Some(value) = record.get(&field.name).filter(|value| !value.is_null()) else { continue };
        let at = format!("{above}{}", field.name);
        match (&field.shape, value) {
            (Some(inner), Json::Object(member)) => found.extend(misfits(member, inner, system, &format!("{at}."))),
            (Some(inner), Json::Array(lines)) => {
                let lines = lines.iter().filter_map(Json::as_object);
                found.extend(lines.flat_map(|line| misfits(line, inner, system, &format!("{at}[]."))));
            }
            (Some(_), _) => found.push(format!("{at} is neither record nor list")),
            (None, value) if fits(field, value, system) => {}
            (None, value) => found.push(format!("{at} is {value}")),
        }
    }
    found
}

fn fits(field: &Field, value: &Json, system: System) -> bool {
    let wrapped = system == System::Acumatica && field.name != "id";
    let value = match value {
        Json::Object(wrapper) if wrapped => match wrapper.get("value") {
            Some(value) => value,
            None => return wrapper.is_empty(),
        },
        _ if wrapped => return false,
        value => value,
    };
    match field.kind {
        Kind::Text | Kind::Date | Kind::Instant => value.is_string(),
        Kind::Decimal | Kind::Percent => value.is_number() || (system == System::Procore && value.is_string()),
        Kind::Integer => value.is_i64(),
        Kind::Boolean => value.is_boolean(),
        Kind::List => value.is_array(),
        Kind::Anything => true,
        Kind::Record | Kind::Lines => false,
    }
}

fn schema(resource: &str) -> Schema {
    super::schemas::all().into_iter().find(|schema| schema.name == resource).unwrap_or_else(|| panic!("no schema of {resource}"))
}

#[test]
fn every_source_has_three_samples_of_its_shape() {
    for resource in SOURCES {
        let (schema, samples) = (schema(resource), samples(resource));
        assert!(samples.len() >= 3, "{resource} has {} samples", samples.len());
        for (path, record) in samples {
            let misfits = misfits(&record, &schema.shape, schema.resource.system, "");
            assert!(misfits.is_empty(), "{}: {misfits:?}", path.display());
            assert!(record.contains_key(&schema.resource.id), "{} has no id", path.display());
        }
    }
}

#[test]
fn the_readme_names_every_folder() {
    let readme = std::fs::read_to_string(folder().join("README.md")).unwrap();
    for system in ["acumatica", "procore"] {
        for entry in std::fs::read_dir(folder().join(system)).unwrap() {
            let name = format!("`{system}/{}`", entry.unwrap().file_name().to_str().unwrap());
            assert!(readme.contains(&name), "{name}");
        }
    }
}
