//! The published mapping tables come back from the mappings, row for row.

use std::collections::BTreeMap;
use std::path::Path;

use crosswalk::config::{Folders, Workspace};
use crosswalk::diagnostic::Source;
use crosswalk::mapping::yaml;
use crosswalk::value::{Record, Value};

use super::program::Folder;

/// The tables whose pairs have a mapping.
const TABLES: [&str; 6] = ["companies", "projects", "cost_codes", "cost_types", "commitments", "job_costs"];

/// Every row that a mapping has to carry: id and the direction of its table. A row that is lost is noticed here without the
/// reference.
const ROWS: &str = include_str!("../inputs/rows.txt");

/// A row as `docs --json` gives it.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    direction: String,
    procore: Vec<String>,
    acumatica: Vec<String>,
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::List(list)) => list.iter().map(Value::plain).collect(),
        Some(one) => vec![one.plain()],
    }
}

fn documented() -> BTreeMap<String, Row> {
    let ran = Folder::new().run(&["docs", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let tables = Value::from_json(&ran.out).unwrap();
    let mut rows = BTreeMap::new();
    for table in tables.at("tables").unwrap().as_list().unwrap().iter().filter_map(Value::as_record) {
        for row in table.get("rows").unwrap().as_list().unwrap().iter().filter_map(Value::as_record) {
            let direction = table.text("direction").unwrap().to_owned();
            let known = Row { direction, procore: texts(row.get("procore")), acumatica: texts(row.get("acumatica")) };
            let id = row.text("id").unwrap().to_owned();
            assert!(rows.insert(id.clone(), known).is_none(), "two mappings carry row {id}");
        }
    }
    rows
}

/// The rows of the six published tables.
fn published(tables: &Record) -> BTreeMap<String, Row> {
    let mut rows = BTreeMap::new();
    for name in TABLES {
        let table = tables.get(name).and_then(Value::as_record).unwrap_or_else(|| panic!("there is no table {name}"));
        let direction = table.text("direction").unwrap();
        for row in table.get("rows").unwrap().as_list().unwrap().iter().filter_map(Value::as_record) {
            let known = Row { direction: direction.to_owned(), procore: texts(row.get("procore")), acumatica: texts(row.get("acumatica")) };
            rows.insert(row.text("id").unwrap().to_owned(), known);
        }
    }
    rows
}

#[test]
fn every_published_row_is_in_the_documentation() {
    let Some(reference) = std::env::var_os("CROSSWALK_REFERENCE") else {
        println!("mapping tables: skipped, CROSSWALK_REFERENCE is not set");
        return;
    };
    let path = Path::new(&reference).join("mapping-tables.yaml");
    let source = Source::new("mapping-tables.yaml", std::fs::read_to_string(path).unwrap());
    let whole = yaml::parse(&source).unwrap().to_value();
    let published = published(whole.at("tables").and_then(Value::as_record).unwrap());
    let documented = documented();
    for (id, row) in &published {
        assert_eq!(documented.get(id), Some(row), "row {id}");
    }
    println!("mapping tables: {} rows of {} tables", published.len(), TABLES.len());
    let listed: Vec<&str> = ROWS.lines().filter_map(|line| line.split_once(' ').map(|(_, id)| id)).collect();
    assert_eq!(published.keys().map(String::as_str).collect::<Vec<_>>(), listed, "tests/inputs/rows.txt lists the published rows in order");
}

#[test]
fn no_row_is_lost() {
    let documented = documented();
    assert_eq!(ROWS.lines().count(), 64);
    for line in ROWS.lines() {
        let (direction, id) = line.split_once(' ').unwrap();
        assert_eq!(documented.get(id).map(|row| row.direction.as_str()), Some(direction), "row {id}");
    }
}

#[test]
fn both_forms_show_every_row_with_its_labels_and_arrow() {
    let folder = Folder::new();
    let markdown = folder.run(&["docs"]).out;
    let html = folder.run(&["docs", "--format", "html"]).out;
    for (id, row) in documented() {
        let arrow = if row.direction == "export" { "→" } else { "←" };
        let line = markdown.lines().find(|line| line.ends_with(&format!("`{id}` |"))).unwrap_or_else(|| panic!("no line of {id}"));
        assert!(line.contains(&format!(" | {arrow} | ")), "{line}");
        let cells = html.lines().find(|line| line.starts_with(&format!("<tr id=\"{id}\">"))).unwrap_or_else(|| panic!("no line of {id}"));
        assert!(cells.contains(arrow), "{cells}");
        for label in row.procore.iter().chain(&row.acumatica) {
            assert!(line.replace('\\', "").replace("&gt;", ">").contains(label.as_str()), "{label} in {line}");
            assert!(cells.contains(&label.replace('&', "&amp;").replace('>', "&gt;")), "{label} in {cells}");
        }
    }
}

#[test]
fn the_committed_tables_are_those_of_the_mappings() {
    let committed = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/mappings.md")).unwrap();
    assert!(Folder::new().run(&["docs"]).out == committed, "write them anew: cargo run -- docs --out docs/mappings.md");
}

#[test]
fn rows_keep_the_order_of_their_table() {
    let workspace = Workspace::open(Folders::default()).unwrap();
    let companies: Vec<&str> = workspace.plan("companies").unwrap().table.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(companies[..3], ["companies.vendor_id", "companies.type", "companies.name"]);
}
