//! The published mapping tables come back from the mappings, row for row.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crosswalk::config::{Folders, Workspace};
use crosswalk::diagnostic::Source;
use crosswalk::mapping::yaml;
use crosswalk::plan::Plan;
use crosswalk::value::{Record, Value};

use super::program::Folder;

/// Every published row: id and the direction of its table. A row that is lost is noticed here without the reference.
const ROWS: &str = include_str!("../inputs/rows.txt");

/// Which mapping carries the rows of which table, by the word that their ids begin with. All of them, but for [`ELSEWHERE`].
const CARRIES: [(&str, &str); 23] = [
    ("budget_changes", "budget_modifications"),
    ("budget_costs", "budget_costs"),
    ("budget_modifications", "budget_modifications"),
    ("budgets", "budgets"),
    ("budgets_import", "budgets"),
    ("commitment_change_order_packages", "ccos"),
    ("commitment_change_orders", "ccos"),
    ("companies", "companies"),
    ("companies_export", "companies"),
    ("cost_codes", "cost_codes"),
    ("cost_types", "cost_types"),
    ("direct_costs", "direct_costs"),
    ("job_costs_report", "job_costs_report"),
    ("payments_issued", "payments_issued"),
    ("prime_contract_change_order_packages", "pccos"),
    ("prime_contract_change_orders", "pccos"),
    ("prime_contracts", "prime_contracts"),
    ("prime_contracts_export", "prime_contracts"),
    ("projects", "projects"),
    ("purchase_orders", "commitments"),
    ("retainage_payments_issued", "payments_issued"),
    ("subcontractor_invoices", "subcontractor_invoices"),
    ("subcontracts", "commitments"),
];

/// A row that a mapping does not carry although it carries its table, and why.
const ELSEWHERE: [(&str, &str, &str); 0] = [];

/// The mappings that carry a table against its published direction, and why: each is off in the default profile.
const AGAINST: [&str; 3] = ["budgets_import", "companies_export", "prime_contracts_export"];

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

fn row(direction: &str, row: &Record) -> (String, Row) {
    let known = Row { direction: direction.to_owned(), procore: texts(row.get("procore")), acumatica: texts(row.get("acumatica")) };
    (row.text("id").unwrap().to_owned(), known)
}

/// The rows of a list of tables; those that two tables show are alike in both.
fn rows_of<'v>(tables: impl Iterator<Item = &'v Record>) -> BTreeMap<String, Row> {
    let mut rows = BTreeMap::new();
    for table in tables {
        let direction = table.text("direction").unwrap();
        for (id, known) in table.get("rows").unwrap().as_list().unwrap().iter().filter_map(Value::as_record).map(|it| row(direction, it)) {
            let shown = rows.entry(id.clone()).or_insert_with(|| row_again(&known));
            assert_eq!(*shown, known, "row {id} is shown in two ways");
        }
    }
    rows
}

fn row_again(row: &Row) -> Row {
    Row { direction: row.direction.clone(), procore: row.procore.clone(), acumatica: row.acumatica.clone() }
}

fn documented() -> BTreeMap<String, Row> {
    let ran = Folder::new().run(&["docs", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let tables = Value::from_json(&ran.out).unwrap();
    rows_of(tables.at("tables").unwrap().as_list().unwrap().iter().filter_map(Value::as_record))
}

/// The published rows; none where there is no reference beside the repository.
fn published() -> Option<BTreeMap<String, Row>> {
    let Some(reference) = std::env::var_os("CROSSWALK_REFERENCE") else {
        println!("mapping tables: skipped, CROSSWALK_REFERENCE is not set");
        return None;
    };
    let path = Path::new(&reference).join("mapping-tables.yaml");
    let source = Source::new("mapping-tables.yaml", std::fs::read_to_string(path).unwrap());
    let whole = yaml::parse(&source).unwrap().to_value();
    let tables = whole.at("tables").and_then(Value::as_record).unwrap();
    Some(rows_of(tables.iter().filter_map(|(_, table)| table.as_record())))
}

/// `(direction, id)` of each line of the list.
fn listed() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROWS.lines().map(|line| line.split_once(' ').unwrap())
}

/// Every mapping, in force or not, by its name.
fn plans() -> BTreeMap<String, Plan> {
    let workspace = Workspace::open(Folders::default()).unwrap();
    workspace.plans.into_iter().chain(workspace.off).map(|plan| (plan.name.clone(), plan)).collect()
}

#[test]
fn the_published_rows_are_those_of_the_documentation_and_no_others() {
    let Some(published) = published() else { return };
    let documented = documented();
    for (id, row) in &published {
        assert_eq!(documented.get(id), Some(row), "row {id}");
    }
    assert_eq!(documented.keys().collect::<Vec<_>>(), published.keys().collect::<Vec<_>>());
    println!("mapping tables: {} rows", published.len());
    assert_eq!(published.keys().map(String::as_str).collect::<Vec<_>>(), listed().map(|(_, id)| id).collect::<Vec<_>>());
}

#[test]
fn no_row_is_lost() {
    let documented: Vec<(String, String)> = documented().into_iter().map(|(id, row)| (row.direction, id)).collect();
    assert_eq!(documented.len(), 122);
    assert_eq!(
        documented.iter().map(|(direction, id)| (direction.as_str(), id.as_str())).collect::<Vec<_>>(),
        listed().collect::<Vec<_>>()
    );
}

#[test]
fn every_mapping_carries_every_row_of_its_table() {
    let plans = plans();
    let carried: BTreeSet<(&str, &str)> =
        plans.values().flat_map(|plan| plan.table.iter().map(|row| (plan.name.as_str(), row.id.split('.').next().unwrap()))).collect();
    assert_eq!(carried.into_iter().collect::<Vec<_>>(), CARRIES);
    let mut lost = Vec::new();
    for (name, table) in CARRIES {
        let own: BTreeSet<&str> = plans[name].table.iter().map(|row| row.id.as_str()).collect();
        let wanted = listed().filter(|(_, id)| id.split('.').next() == Some(table)).map(|(_, id)| id);
        lost.extend(wanted.filter(|id| !own.contains(id)).map(|id| (name, id)));
    }
    assert_eq!(lost, ELSEWHERE.map(|(mapping, row, _)| (mapping, row)));
}

#[test]
fn every_mapping_gives_its_rows_the_published_labels_and_direction() {
    let Some(published) = published() else { return };
    for plan in plans().values() {
        for row in &plan.table {
            let known = published.get(&row.id).unwrap_or_else(|| panic!("{} carries `{}`, which nobody published", plan.name, row.id));
            assert_eq!((&row.procore, &row.acumatica), (&known.procore, &known.acumatica), "{} of {}", row.id, plan.name);
            assert_eq!(plan.direction.word() == known.direction, !AGAINST.contains(&plan.name.as_str()), "{} of {}", row.id, plan.name);
        }
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
