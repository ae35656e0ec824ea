//! What a company chooses: the `settings:` block laid over the documented defaults, every slip at its place.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::mapping::yaml::{Node, NodeKind};
use crate::value::{Record, Value};

/// The words among which some settings choose, by path: `commitments.date`.
pub type Words = BTreeMap<String, Vec<String>>;

/// The defaults with the chosen values in their places. What does not fit goes into `problems`, and its default stays.
pub fn choices((defaults, words): (&Value, &Words), chosen: Option<&Node>, problems: &mut Vec<Diagnostic>) -> Value {
    match chosen {
        Some(node) => Choosing { words, problems }.over(defaults, node, ""),
        None => defaults.clone(),
    }
}

struct Choosing<'c> {
    words: &'c Words,
    problems: &'c mut Vec<Diagnostic>,
}

impl Choosing<'_> {
    fn over(&mut self, default: &Value, node: &Node, path: &str) -> Value {
        match (default, &node.kind) {
            (Value::Record(record), NodeKind::Map(entries)) if is_table(path) => Value::Record(table(record, entries, self.problems)),
            (Value::Record(record), NodeKind::Map(entries)) => Value::Record(self.nested(record, entries, path)),
            (Value::Text(_), NodeKind::Text(text)) if self.words.get(path).is_some_and(|words| !words.contains(text)) => {
                self.no_choice(node, text, path);
                default.clone()
            }
            // A default of nothing says only that a company must choose.
            (Value::Null, NodeKind::Bool(_) | NodeKind::Number(_) | NodeKind::Text(_)) | (_, NodeKind::Null) => node.to_value(),
            (Value::Bool(_), NodeKind::Bool(_)) | (Value::Number(_), NodeKind::Number(_)) | (Value::Text(_), NodeKind::Text(_)) => {
                node.to_value()
            }
            (Value::List(_), NodeKind::List(items)) if items.iter().all(|item| item.word().is_some()) => node.to_value(),
            _ => {
                self.problems.push(wrong(default, node, path));
                default.clone()
            }
        }
    }

    fn no_choice(&mut self, node: &Node, text: &str, path: &str) {
        let known = self.words.get(path).into_iter().flatten().map(String::as_str);
        let listed: Vec<String> = known.clone().map(|word| format!("`{word}`")).collect();
        let problem = Diagnostic::error("unknown-word", &node.place, format!("`{text}` is not a choice of `{path}`"));
        self.problems
            .push(problem.label("no such choice").meant(text, known).note(format!("`{path}` chooses among {}", listed.join(", "))));
    }

    fn nested(&mut self, default: &Record, entries: &[(Node, Node)], path: &str) -> Record {
        let mut result = default.clone();
        for (key, node) in entries {
            let Some(name) = key.word() else { continue };
            let below = if path.is_empty() { name.text.clone() } else { format!("{path}.{name}") };
            match default.get(&name.text) {
                Some(known) => result.set(name.text, self.over(known, node, &below)),
                None => {
                    let message = format!("`{below}` is not a setting");
                    self.problems.push(
                        Diagnostic::error("unknown-setting", &name.place, message)
                            .label("no such setting")
                            .meant(&name.text, default.iter().map(|(name, _)| name).collect::<Vec<_>>()),
                    );
                }
            }
        }
        result
    }
}

fn wrong(default: &Value, node: &Node, path: &str) -> Diagnostic {
    let expected = match default {
        Value::Null => "a single value",
        Value::List(_) => "a list of single values",
        Value::Record(_) => "keys and values",
        other => other.kind_word(),
    };
    let message = format!("`{path}` is {expected}, and this is {}", node.kind_word());
    let quoted = matches!((default, &node.kind), (Value::Text(_), NodeKind::Number(_) | NodeKind::Bool(_)));
    let help = match node.word() {
        Some(word) if quoted => Some(format!("put it in quotes: `\"{word}\"`")),
        _ => Some(format!("the default is `{default}`")),
    };
    Diagnostic::error("setting", &node.place, message).label(format!("expected {expected}")).maybe_help(help)
}

/// Tables hold whatever keys a company has.
pub(super) fn is_table(path: &str) -> bool {
    path.strip_prefix("tables.").is_some_and(|name| !name.contains('.'))
}

fn table(default: &Record, entries: &[(Node, Node)], problems: &mut Vec<Diagnostic>) -> Record {
    let mut result = default.clone();
    for (key, node) in entries {
        let Some(name) = key.word() else { continue };
        if matches!(node.kind, NodeKind::List(_) | NodeKind::Map(_)) {
            let message = format!("an entry of a table is a single value, and this is {}", node.kind_word());
            problems.push(Diagnostic::error("setting", &node.place, message));
        }
        result.set(name.text, node.to_value());
    }
    result
}
