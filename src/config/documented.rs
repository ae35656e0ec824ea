//! Which settings there are: `settings.yaml` with the defaults, and `settings.choices.yaml` with the words among which some choose.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::choices::{Words, choices, is_table};
use super::workspace::named;
use crate::diagnostic::{Diagnostic, Source};
use crate::mapping::yaml::{self, Node, NodeKind};
use crate::value::{Record, Value};

/// Files of `mappings/` that are not mappings.
const SETTINGS: &str = "settings.yaml";
const CHOICES: &str = "settings.choices.yaml";

/// Whether a file is one of those that document the settings.
pub(super) fn documents(source: &Source) -> bool {
    [SETTINGS, CHOICES].contains(&named(source))
}

/// The settings that there are.
pub(super) struct Documented {
    /// The defaults.
    pub(super) defaults: Value,
    /// The words among which some choose.
    pub(super) words: Words,
    /// The defaults as they are written.
    written: Option<Node>,
}

impl Documented {
    /// Reads the files that document settings. What does not fit goes into `problems`.
    pub(super) fn read(sources: &[Arc<Source>], problems: &mut Vec<Diagnostic>) -> Self {
        let mut parsed = |name: &str| {
            let files = sources.iter().filter(|source| named(source) == name);
            let nodes = files.filter_map(|source| yaml::parse(source).map_err(|problem| problems.push(problem)).ok());
            nodes.reduce(|one, other| beside(one, &other))
        };
        let (written, words) = (parsed(SETTINGS), parsed(CHOICES));
        let defaults = written.as_ref().map_or_else(|| Value::Record(Record::new()), Node::to_value);
        let words = words.map(|node| words_of(&node, &defaults, problems)).unwrap_or_default();
        // A default is a choice as well.
        choices((&defaults, &words), written.as_ref(), problems);
        Self { defaults, words, written }
    }

    /// Tells of settings that nothing reads: neither a mapping nor a call of a schema.
    pub(super) fn unread(&self, read: &BTreeSet<&str>, problems: &mut Vec<Diagnostic>) {
        if let Some(node) = self.written.as_ref().filter(|_| !read.contains("")) {
            unread_in(node, "", read, problems);
        }
    }
}

/// The settings of one file and those that another one adds to them.
fn beside(mut one: Node, other: &Node) -> Node {
    for (key, value) in other.entries() {
        let name = key.word().map(|word| word.text).unwrap_or_default();
        match one.get_mut(&name) {
            Some(known) => *known = beside(known.clone(), value),
            None => one.put(key, value.clone()),
        }
    }
    one
}

fn unread_in(node: &Node, path: &str, read: &BTreeSet<&str>, problems: &mut Vec<Diagnostic>) {
    let NodeKind::Map(entries) = &node.kind else { return };
    for (key, value) in entries {
        let Some(name) = key.word() else { continue };
        let below = if path.is_empty() { name.text.clone() } else { format!("{path}.{name}") };
        if read.contains(below.as_str()) {
            continue;
        }
        let holds_more = matches!(&value.kind, NodeKind::Map(entries) if !entries.is_empty()) && !is_table(&below);
        let inside = format!("{below}.");
        if holds_more {
            unread_in(value, &below, read, problems);
        } else if !read.iter().any(|read| read.starts_with(&inside)) {
            let problem = Diagnostic::warning("unused", &name.place, format!("nothing reads the setting `{below}`")).label("not used");
            problems.push(problem.help("read it in a mapping, or take it out"));
        }
    }
}

fn words_of(node: &Node, defaults: &Value, problems: &mut Vec<Diagnostic>) -> Words {
    let NodeKind::Map(entries) = &node.kind else { return Words::new() };
    let mut words = Words::new();
    for (key, list) in entries {
        let Some(path) = key.word() else { continue };
        if path.text.split('.').try_fold(defaults, |value, name| value.as_record()?.get(name)).is_none() {
            let problem = Diagnostic::error("unknown-setting", &path.place, format!("`{path}` is not a setting"));
            problems.push(problem.label("no such setting").help("name it as `settings.yaml` does: `commitments.date`"));
        }
        let list = list.to_value();
        words.insert(path.text, list.as_list().unwrap_or_default().iter().map(Value::plain).collect());
    }
    words
}
