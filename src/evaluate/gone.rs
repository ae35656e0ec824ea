//! Lines that are gone from their source: the lines of the target that bear our link go with them, and no others.

use serde::{Deserialize, Serialize};

use super::change::{Change, FieldChange, line_key};
use crate::plan::{LinesRule, Node, Plan};
use crate::value::{Record, Value};

/// A linked line whose source line is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneLine {
    /// The list it stands in: `Details`.
    pub list: String,
    /// Its id at the source.
    pub line: String,
    /// Its key at the target.
    pub target: String,
}

impl Change {
    /// Adds the removal of these lines, as far as the target still has them: one that somebody has removed meanwhile only
    /// loses its link.
    pub fn remove_lines(&mut self, plan: &Plan, held: &Record, gone: &[GoneLine]) {
        for gone in gone {
            let Some((field, line)) = plan.target.shape.get(&gone.list).zip(line_of(plan, held, gone)) else { continue };
            let rules: Vec<&LinesRule> = lines_rules(plan, &gone.list).collect();
            self.fields.push(FieldChange {
                field: gone.list.clone(),
                line: Some(gone.line.clone()),
                rows: rules.iter().flat_map(|rule| &rule.parts).flat_map(|part| part.rows.iter().cloned()).collect(),
                old: Value::Record(mapped(&rules, line)),
                new: Value::Null,
            });
            let mut removal: Record = field.line_key.iter().filter_map(|key| Some((key.as_str(), line.get(key)?.clone()))).collect();
            removal.set("delete", true);
            let mut lines = match self.send.remove(&gone.list) {
                Some(Value::List(lines)) => lines,
                _ => Vec::new(),
            };
            lines.push(Value::Record(removal));
            self.send.set(gone.list.as_str(), lines);
        }
    }
}

/// Those of the lines that a record of the target still has.
pub fn still_there<'g>(plan: &Plan, held: &Record, gone: &'g [GoneLine]) -> Vec<&'g GoneLine> {
    gone.iter().filter(|gone| line_of(plan, held, gone).is_some()).collect()
}

fn line_of<'h>(plan: &Plan, held: &'h Record, gone: &GoneLine) -> Option<&'h Record> {
    let field = plan.target.shape.get(&gone.list)?;
    let lines = held.get(&gone.list)?.as_list()?.iter().filter_map(Value::as_record);
    lines.into_iter().find(|line| line_key(field, line) == gone.target)
}

fn lines_rules<'p>(plan: &'p Plan, list: &'p str) -> impl Iterator<Item = &'p LinesRule> {
    plan.nodes.iter().filter_map(move |node| match node {
        Node::Lines(rule) if rule.field.name == list => Some(&**rule),
        _ => None,
    })
}

/// What the mapping knows of a line: that is what people recognise it by.
fn mapped(rules: &[&LinesRule], line: &Record) -> Record {
    let names = rules.iter().flat_map(|rule| &rule.parts).flat_map(|part| &part.nodes).filter_map(|node| match node {
        Node::Field(rule) => Some(rule.field.name.as_str()),
        Node::Record { name, .. } => Some(name.as_str()),
        Node::Lines(_) => None,
    });
    names.filter_map(|name| Some((name, line.get(name)?.clone()))).collect()
}
