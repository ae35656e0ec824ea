//! Reads `mappings/<name>.cases.yaml`.

use std::sync::Arc;

use jiff::civil::Date;

use super::links::{CaseLink, links};
use crate::diagnostic::{Diagnostic, Place, Source, did_you_mean};
use crate::evaluate::Project;
use crate::mapping::yaml::{Node, NodeKind, parse};
use crate::value::{Record, Value, date_of};

/// One example.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it shows, in a sentence.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// The whole case, as it was written.
    pub written: Node,
    /// The source record, in the system's names, without wrappers.
    pub given: Record,
    /// Links that exist: mapping, Procore id, Acumatica key, project.
    pub links: Vec<CaseLink>,
    /// The project that the record belongs to.
    pub project: Option<Project>,
    /// Settings that differ from the defaults.
    pub settings: Value,
    /// What the approver answered.
    pub ask: Value,
    /// What the target holds.
    pub target: Value,
    /// The day of the run.
    pub today: Date,
    /// What should come out.
    pub expected: Expected,
}

/// What should come out of a case.
#[derive(Clone, Debug)]
pub enum Expected {
    /// One draft for each item; each has at least these fields.
    Drafts(Vec<Value>),
    /// A refusal whose reasons hold these texts.
    Refusal(Vec<String>),
    /// The record is not offered.
    NotOffered,
    /// Whatever the snapshot says.
    Snapshot,
}

/// The day of a case that names none.
const TODAY: &str = "2026-11-22";

const KEYS: [&str; 12] =
    ["name", "given", "links", "project", "settings", "ask", "target", "today", "expect", "expect_lists", "refuse", "not_offered"];

/// Reads a file of cases.
///
/// # Errors
/// Every problem of the file.
pub fn read(source: &Arc<Source>) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let node = parse(source).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let mut cases = Vec::new();
    match node.get("cases").map(|cases| &cases.kind) {
        Some(NodeKind::List(items)) => {
            cases.extend(items.iter().filter_map(|item| case(item, &mut problems)));
        }
        _ => problems.push(Diagnostic::error("case", &node.place, "a file of cases is a mapping with a list under `cases`")),
    }
    twice(&cases, &mut problems);
    if problems.is_empty() { Ok(cases) } else { Err(problems) }
}

/// Two cases of one name would share a snapshot.
fn twice(cases: &[Case], problems: &mut Vec<Diagnostic>) {
    for (at, case) in cases.iter().enumerate() {
        if let Some(first) = cases[..at].iter().find(|other| other.name == case.name) {
            let problem = Diagnostic::error("case", &case.place, "two cases have the same name").related(&first.place, "the other one");
            problems.push(problem.help("say what each of them shows"));
        }
    }
}

fn case(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Case> {
    let nameless = || Diagnostic::error("case", &node.place, "a case needs a `name`, a sentence that says what it shows");
    let NodeKind::Map(entries) = &node.kind else {
        problems.push(nameless());
        return None;
    };
    for word in entries.iter().filter_map(|(key, _)| key.word()) {
        if !KEYS.contains(&word.text.as_str()) {
            let message = format!("`{word}` is not a key of a case");
            problems.push(Diagnostic::error("unknown-key", &word.place, message).maybe_help(did_you_mean(&word.text, KEYS)));
        }
    }
    let value = |key: &str| node.get(key).map_or(Value::Null, Node::to_value);
    let Some(name) = node.get("name").and_then(Node::word) else {
        problems.push(nameless());
        return None;
    };
    let Value::Record(given) = value("given") else {
        problems
            .push(Diagnostic::error("case", &name.place, "the case has no `given` record").help("write the source record under `given`"));
        return None;
    };
    let today = match node.get("today") {
        Some(day) => told_day(day, problems)?,
        None => date_of(TODAY)?,
    };
    Some(Case {
        place: name.place.clone(),
        written: node.clone(),
        name: name.text,
        given,
        links: links(node, problems),
        project: project(&value("project")),
        settings: value("settings"),
        ask: value("ask"),
        target: value("target"),
        today,
        expected: expected(node, problems),
    })
}

fn told_day(day: &Node, problems: &mut Vec<Diagnostic>) -> Option<Date> {
    let text = day.to_value().plain();
    let date = date_of(&text);
    if date.is_none() {
        let message = format!("`{text}` is not a day");
        problems.push(Diagnostic::error("case", &day.place, message).help("write year, month and day: `2026-01-31`"));
    }
    date
}

fn expected(node: &Node, problems: &mut Vec<Diagnostic>) -> Expected {
    let given: Vec<&str> = ["expect", "expect_lists", "refuse", "not_offered"].into_iter().filter(|key| node.get(key).is_some()).collect();
    if given.len() > 1 {
        problems.push(Diagnostic::error(
            "case",
            &node.place,
            format!("a case has one outcome, and this one has `{}`", given.join("` and `")),
        ));
    }
    if let Some(expect) = node.get("expect") {
        return Expected::Drafts(vec![expect.to_value()]);
    }
    if let Some(Value::List(lists)) = node.get("expect_lists").map(Node::to_value) {
        return Expected::Drafts(lists);
    }
    match node.get("refuse").map(Node::to_value) {
        Some(Value::List(reasons)) => return Expected::Refusal(reasons.iter().map(Value::plain).collect()),
        Some(one) => return Expected::Refusal(vec![one.plain()]),
        None => {}
    }
    match node.get("not_offered").map(Node::to_value) {
        Some(Value::Bool(true)) => Expected::NotOffered,
        _ => Expected::Snapshot,
    }
}

fn project(value: &Value) -> Option<Project> {
    let text = |key: &str| value.at(key).map(Value::plain);
    Some(Project { procore: text("procore")?, acumatica: text("acumatica")?, erp: value.at("erp").cloned().unwrap_or_default() })
}
