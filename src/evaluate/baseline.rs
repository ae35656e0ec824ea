//! What the target showed after our last write: by it, an edit at the target is told from one at the source.

use super::change::{Change, FieldChange, LineKeys, line_key, same};
use crate::plan::{Node, Owner, Plan};
use crate::value::{Record, Value};

/// A field that we would overwrite and that somebody changed at the target meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The field, and the source id of the line.
    pub field: String,
    /// The source id of the line, where it is one of a line.
    pub line: Option<String>,
    /// What the target showed after our last write.
    pub before: Value,
    /// What it shows now.
    pub now: Value,
    /// What the mapping makes.
    pub wanted: Value,
}

/// The mapped part of a record of the target, as it is to be remembered. A field of the header without a value is remembered as
/// such; of a line, what is not shown is not known.
pub fn baseline(plan: &Plan, shown: &Record) -> Record {
    of_nodes(&plan.nodes, shown, true)
}

fn of_nodes(nodes: &[Node], shown: &Record, header: bool) -> Record {
    let mut kept = Record::new();
    for node in nodes {
        match node {
            Node::Field(rule) => match shown.get(&rule.field.name) {
                Some(value) => kept.set(rule.field.name.as_str(), value.clone()),
                None if header => kept.set(rule.field.name.as_str(), Value::Null),
                None => {}
            },
            Node::Record { name, nodes } => {
                if let Some(inner) = shown.get(name).and_then(Value::as_record) {
                    kept.set(name.as_str(), of_nodes(nodes, inner, header));
                }
            }
            Node::Lines(rule) => {
                let name = rule.field.name.as_str();
                let lines = shown.get(name).and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_record);
                let of_line = |line: &Record| {
                    let keys = rule.field.line_key.iter().filter_map(|key| Some((key.as_str(), line.get(key)?.clone())));
                    let mut kept: Record = keys.collect();
                    // Several entries may make lines of one list.
                    for part in &rule.parts {
                        of_nodes(&part.nodes, line, false).iter().for_each(|(name, value)| kept.set(name, value.clone()));
                    }
                    Value::Record(kept)
                };
                kept.set(name, lines.map(of_line).collect::<Vec<_>>());
            }
        }
    }
    kept
}

/// The changes that would overwrite what somebody changed at the target since the baseline.
pub fn conflicts(plan: &Plan, change: &Change, before: &Record, lines: LineKeys<'_>) -> Vec<Conflict> {
    let ours = |field: &&FieldChange| owner_of(&plan.nodes, &field.field) != Some(Owner::Source);
    change.fields.iter().filter(ours).filter_map(|field| conflict(plan, field, before, lines)).collect()
}

/// Who owns the field at a path.
fn owner_of(nodes: &[Node], path: &str) -> Option<Owner> {
    nodes.iter().find_map(|node| match node {
        Node::Field(rule) => rule.owner.filter(|_| *rule.to == *path),
        Node::Record { nodes, .. } => owner_of(nodes, path),
        Node::Lines(rule) => {
            let inside = path.strip_prefix(rule.field.name.as_str())?.strip_prefix('.')?;
            rule.parts.iter().find_map(|part| owner_of(&part.nodes, inside))
        }
    })
}

fn conflict(plan: &Plan, change: &FieldChange, before: &Record, lines: LineKeys<'_>) -> Option<Conflict> {
    let known = match &change.line {
        None => value_at(before, &change.field)?,
        Some(line) => {
            let (list, path) = change.field.split_once('.').unwrap_or((&change.field, ""));
            let (field, key) = (plan.target.shape.get(list)?, lines(list, line)?);
            let known = before.get(list)?.as_list()?.iter().filter_map(Value::as_record).find(|line| line_key(field, line) == key)?;
            if path.is_empty() {
                return None;
            }
            value_at(known, path)?
        }
    };
    let kind = plan.target.field_at(&change.field)?.kind;
    let edited = !same(known, &change.old, kind) && !same(&change.old, known, kind);
    edited.then(|| Conflict {
        field: change.field.clone(),
        line: change.line.clone(),
        before: known.clone(),
        now: change.old.clone(),
        wanted: change.new.clone(),
    })
}

/// The value at `a.b.c` of a record.
pub fn value_at<'r>(record: &'r Record, path: &str) -> Option<&'r Value> {
    match path.split_once('.') {
        None => record.get(path),
        Some((first, rest)) => record.get(first)?.at(rest),
    }
}
