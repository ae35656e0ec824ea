//! Every business rule is noticed: `docs/rules.md` lists each with the tests and cases that would miss it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::sync::LazyLock;

use crosswalk::diagnostic::Source;
use crosswalk::mapping::yaml;
use crosswalk::value::Value;
use regex::Regex;

use super::tidy::{SourceFile, files};

/// `BR-24` in words, `br_24` in a name.
static RULE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)\bbr[-_](\d\d)\b|_br_(\d\d)").unwrap());
static TEST: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s*(?:async )?fn (\w+)\(").unwrap());
static CASE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"^\s*- name: "?(.*?)"?$"#).unwrap());

/// A rule of the list.
struct Rule {
    id: String,
    says: String,
    later: Option<String>,
}

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rules() -> Vec<Rule> {
    let path = home().join("tests/inputs/rules.yaml");
    let source = Source::new("rules.yaml", std::fs::read_to_string(path).unwrap());
    let whole = yaml::parse(&source).unwrap().to_value();
    let list = whole.at("rules").and_then(Value::as_list).unwrap().iter().filter_map(Value::as_record);
    let text = |record: &crosswalk::value::Record, name: &str| record.text(name).map(str::to_owned);
    list.map(|rule| Rule { id: text(rule, "id").unwrap(), says: text(rule, "says").unwrap(), later: text(rule, "later") }).collect()
}

fn named_in(text: &str) -> BTreeSet<String> {
    let digits = |found: regex::Captures<'_>| found.get(1).or(found.get(2)).map(|digits| format!("BR-{}", digits.as_str()));
    RULE.captures_iter(text).filter_map(digits).collect()
}

/// The tests of a Rust file that name a rule: in their name, or in the comment right above them.
fn tests_of(file: &SourceFile) -> Vec<(String, String)> {
    let (mut found, mut above, mut is_test) = (Vec::new(), String::new(), false);
    for line in file.text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("///") {
            above.push_str(trimmed);
        } else if trimmed.starts_with("#[") {
            is_test |= trimmed.contains("test");
        } else {
            if let Some(name) = TEST.captures(line).filter(|_| is_test) {
                let cited = named_in(&format!("{above} {}", &name[1]));
                found.extend(cited.into_iter().map(|rule| (rule, format!("`{}`", &name[1]))));
            }
            (above, is_test) = (String::new(), false);
        }
    }
    found
}

/// The cases of the shipped mappings that name a rule.
fn cases() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(home().join("mappings")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(mapping) = name.strip_suffix(".cases.yaml") else { continue };
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let Some(case) = CASE.captures(line) else { continue };
            found.extend(named_in(&case[1]).into_iter().map(|rule| (rule, format!("{mapping}: {}", &case[1]))));
        }
    }
    found
}

/// Rule → what notices its loss, in order.
fn noticed() -> BTreeMap<String, BTreeSet<String>> {
    let sources = files("tests/it").into_iter().chain(files("src"));
    let mut noticed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (rule, test) in sources.flat_map(|file| tests_of(&file)).chain(cases()) {
        noticed.entry(rule).or_default().insert(test);
    }
    noticed
}

fn page(rules: &[Rule], noticed: &BTreeMap<String, BTreeSet<String>>) -> String {
    let mut page = String::from(
        "# Business rules, and what would notice their loss\n\n\
         Written by a test from `tests/inputs/rules.yaml` and from the names and comments of tests and cases.\n\n\
         | Rule | What it says | Tests and cases |\n|---|---|---|\n",
    );
    for rule in rules {
        let known = noticed.get(&rule.id).into_iter().flatten().map(|test| test.replace('|', "\\|")).collect::<Vec<_>>();
        let mut tests = known.join("<br>");
        if let Some(later) = &rule.later {
            tests = format!("{tests}{}*later: {later}*", if tests.is_empty() { "" } else { "<br>" });
        }
        let _ = writeln!(page, "| {} | {} | {tests} |", rule.id, rule.says);
    }
    page
}

#[test]
fn every_rule_has_something_that_notices_its_loss() {
    let (rules, noticed) = (rules(), noticed());
    let missing: Vec<&str> =
        rules.iter().filter(|rule| rule.later.is_none() && !noticed.contains_key(&rule.id)).map(|rule| rule.id.as_str()).collect();
    assert!(missing.is_empty(), "no test or case names {}", missing.join(", "));
    let known: BTreeSet<&String> = rules.iter().map(|rule| &rule.id).collect();
    assert!(noticed.keys().all(|rule| known.contains(rule)), "a test names a rule that is not in tests/inputs/rules.yaml");
    println!("business rules: {} of {} noticed", rules.iter().filter(|rule| noticed.contains_key(&rule.id)).count(), rules.len());
}

#[test]
fn the_page_of_rules_is_that_of_the_tests() {
    let path = home().join("docs/rules.md");
    let written = page(&rules(), &noticed());
    if std::env::var_os("CROSSWALK_WRITE_DOCS").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == written, "docs/rules.md differs; write it anew by running this test with CROSSWALK_WRITE_DOCS=1");
}

#[test]
fn the_list_of_rules_is_that_of_the_reference() {
    let Some(reference) = std::env::var_os("CROSSWALK_REFERENCE") else { return };
    let text = std::fs::read_to_string(Path::new(&reference).join("rules.md")).unwrap();
    let stated: Vec<String> = text
        .lines()
        .filter_map(|line| Some(line.strip_prefix("- ")?.split(' ').next()?.to_owned()))
        .filter(|id| id.starts_with("BR-"))
        .collect();
    let listed: Vec<String> = rules().into_iter().map(|rule| rule.id).collect();
    assert_eq!(listed, stated);
}
