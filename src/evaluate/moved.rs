//! What of a record of the target is not as it was shown or written last, field by field, whoever moved it.

use super::baseline::baseline;
use super::change::{line_key, record_at, rules_of_line, same};
use crate::plan::{LinesRule, Node, Owner, Plan, Rule};
use crate::value::{Record, Value};

/// A field of the target that is not as it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// The target field; of a line: `Details.Amount`; of a line that came or went, its list.
    pub field: String,
    /// The target's key of the line.
    pub line: Option<String>,
    /// The rows of the published table.
    pub rows: Vec<String>,
    /// What was there.
    pub before: Value,
    /// What is there.
    pub now: Value,
}

/// The mapped fields in which a record of the target is not as it was. What is not known of before, what the target computes, and
/// what is the target's own is left out; so are lists that are not shown. Lines are known by the target's keys.
pub fn moved(plan: &Plan, before: &Record, shown: &Record) -> Vec<Moved> {
    let mut found = Vec::new();
    nodes(&plan.nodes, (before, &baseline(plan, shown)), &mut |moved| found.push(moved));
    // What a record is addressed by is asked with, and often not shown.
    let address = plan.target.resource.addressed_by();
    found.retain(|moved| moved.line.is_some() || !address.contains(&moved.field.as_str()));
    found.retain(|moved| moved.line.is_none() || shown.get(moved.field.split('.').next().unwrap_or_default()).is_some());
    found
}

fn nodes(rules: &[Node], (before, now): (&Record, &Record), take: &mut dyn FnMut(Moved)) {
    let empty = Record::new();
    for node in rules {
        match node {
            Node::Field(rule) => field(rule, (before, now), ("", None), take),
            Node::Record { name, nodes: inner } => {
                if let Some(before) = before.get(name).and_then(Value::as_record) {
                    nodes(inner, (before, now.get(name).and_then(Value::as_record).unwrap_or(&empty)), take);
                }
            }
            Node::Lines(rule) => lines(rule, (before, now), take),
        }
    }
}

fn field(rule: &Rule, (before, now): (&Record, &Record), (above, line): (&str, Option<&str>), take: &mut dyn FnMut(Moved)) {
    if rule.field.read_only || rule.owner == Some(Owner::Target) {
        return;
    }
    let (name, kind) = (&rule.field.name, rule.field.kind);
    let Some(before) = before.get(name) else { return };
    let now = now.get(name).unwrap_or(&Value::Null);
    if same(before, now, kind) || same(now, before, kind) {
        return;
    }
    take(Moved {
        field: format!("{above}{}", rule.to),
        line: line.map(str::to_owned),
        rows: rule.rows.to_vec(),
        before: before.clone(),
        now: now.clone(),
    });
}

fn lines(rule: &LinesRule, (before, now): (&Record, &Record), take: &mut dyn FnMut(Moved)) {
    let name = rule.field.name.as_str();
    let Some(before) = before.get(name).and_then(Value::as_list) else { return };
    let now = now.get(name).and_then(Value::as_list).unwrap_or_default();
    let known = |lines: &'_ [Value]| -> Vec<(String, Record)> {
        let records = lines.iter().filter_map(Value::as_record);
        records.map(|line| (line_key(&rule.field, line), line.clone())).filter(|(key, _)| !key.is_empty()).collect()
    };
    let (before, now, rules) = (known(before), known(now), rules_of_line(rule, 0));
    let (above, empty) = (format!("{name}."), Record::new());
    for (key, line) in &before {
        let Some((_, other)) = now.iter().find(|(other, _)| other == key) else {
            take(whole(rule, key, Value::Record(line.clone()), Value::Null));
            continue;
        };
        for (inside, rule) in &rules {
            let Some(line) = record_at(line, inside) else { continue };
            field(rule, (line, record_at(other, inside).unwrap_or(&empty)), (&above, Some(key)), take);
        }
    }
    for (key, line) in now.iter().filter(|(key, _)| !before.iter().any(|(other, _)| other == key)) {
        take(whole(rule, key, Value::Null, Value::Record(line.clone())));
    }
}

/// A line that came or went.
fn whole(rule: &LinesRule, key: &str, before: Value, now: Value) -> Moved {
    let rows = rule.parts.iter().flat_map(|part| part.rows.iter().cloned()).collect();
    Moved { field: rule.field.name.clone(), line: Some(key.to_owned()), rows, before, now }
}
