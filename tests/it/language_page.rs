//! `docs/language.md` is whole and true: every key and every function has an entry, every example runs.

use std::collections::BTreeSet;

use crosswalk::expr::{As, Expressions, LENT, NoLookups, Scope, function_names};
use crosswalk::mapping::json_schema;
use crosswalk::value::Value;
use serde_json::Value as Json;

use crate::diagnostics::Shipped;
use crate::expr::{NAMES, TODAY};

fn page() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/language.md")).unwrap()
}

/// What stands in fences that open with these words.
fn fenced(page: &str, opening: &str) -> Vec<String> {
    let opening = format!("\n```{opening}\n");
    page.split(&opening).skip(1).map(|rest| rest.split("\n```").next().unwrap().to_owned()).collect()
}

/// The words in backticks that open the rows of tables.
fn entries(page: &str) -> BTreeSet<String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let first_cells = rows.map(|row| row.split(" | ").next().unwrap());
    first_cells.flat_map(|cell| cell.split("`, `").map(|word| word.trim_end_matches('`').to_owned()).collect::<Vec<_>>()).collect()
}

/// What stands in backticks within lines, outside of fences.
fn spans(page: &str) -> impl Iterator<Item = &str> {
    let prose = page.split("\n```").step_by(2);
    prose.flat_map(|part| part.lines()).flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// Every key of a mapping file, at whatever depth.
fn keys() -> BTreeSet<String> {
    fn gather(schema: &Json, into: &mut BTreeSet<String>) {
        into.extend(schema["properties"].as_object().into_iter().flat_map(|keys| keys.keys().cloned()));
        schema["$defs"].as_object().into_iter().flatten().for_each(|(_, inner)| gather(inner, into));
    }
    let mut keys = BTreeSet::new();
    gather(&serde_json::from_str(&json_schema()).unwrap(), &mut keys);
    keys
}

#[test]
fn every_key_function_and_kind_has_an_entry() {
    let page = page();
    let entries = entries(&page);
    // Keys of small records are told within the code that shows these.
    let said: BTreeSet<&str> =
        spans(&page).flat_map(|span| span.split(|letter: char| !letter.is_alphanumeric() && letter != '_')).collect();
    let missing: Vec<String> = keys().into_iter().filter(|key| !said.contains(key.as_str())).collect();
    assert!(missing.is_empty(), "keys without an entry: {missing:?}");
    let calls: Vec<&str> = entries.iter().filter_map(|entry| entry.split_once('(').map(|(name, _)| name)).collect();
    let lacking: Vec<&str> = function_names().filter(|name| !calls.contains(name)).collect();
    assert!(lacking.is_empty(), "functions without an entry: {lacking:?}");
    assert!(LENT.iter().all(|lent| entries.contains(lent.signature)), "a function of Rhai's has no entry");
    assert!(As::ALL.iter().all(|kind| entries.contains(kind.word())), "a kind has no entry");
}

#[test]
fn every_key_stands_in_an_example() {
    let examples = fenced(&page(), "yaml mapping").join("\n");
    let missing: Vec<String> = keys().into_iter().filter(|key| !examples.contains(&format!("{key}:"))).collect();
    assert!(missing.is_empty(), "keys in no example: {missing:?}");
}

#[test]
fn every_mapping_of_the_page_is_sound() {
    let shipped = Shipped::read();
    let folder = std::env::temp_dir().join(format!("crosswalk-language-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut told = Vec::new();
    let page = page();
    let examples = fenced(&page, "yaml mapping").into_iter().map(|text| ("mapping", text));
    for (number, (kind, text)) in examples.chain(fenced(&page, "yaml cases").into_iter().map(|text| ("cases", text))).enumerate() {
        let path = folder.join(if kind == "cases" { "cost_codes__page.yaml".to_owned() } else { format!("page_{number}.yaml") });
        std::fs::write(&path, format!("{text}\n")).unwrap();
        told.extend(shipped.problems(kind, &path));
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(told.is_empty(), "{}", crosswalk::diagnostic::render(&told, false));
}

#[test]
fn every_expression_of_the_page_gives_what_it_says() {
    let page = page();
    let source = Value::from_json(&fenced(&page, "json source")[0]).unwrap();
    let (engine, settings, target) = (Expressions::new(), Value::Record(crosswalk::value::Record::new()), Value::Null);
    let scope = Scope::new(TODAY, &NoLookups).with("source", &source).with("settings", &settings).with("target", &target);
    let mut ran = 0;
    for line in fenced(&page, "text").iter().flat_map(|block| block.lines()) {
        let (text, expected) = line.split_once("  =>  ").unwrap_or_else(|| panic!("{line}"));
        let given = match engine.compile(text.trim_end(), &NAMES) {
            Err(problem) => format!("refused: {}", problem.message),
            Ok(expression) => match expression.evaluate(&scope) {
                Ok(Value::Null) => "()".to_owned(),
                Ok(value) => value.to_string(),
                Err(failure) => format!("fails: {}", failure.message),
            },
        };
        assert_eq!(given, expected, "{text}");
        ran += 1;
    }
    assert!(ran > 40, "only {ran} examples");
}
