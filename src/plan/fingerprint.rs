//! What tells two versions of a mapping apart: a hash of what it says, not of how it is written.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::mapping::{Belongs, Field as Entry, Mapping, Named, Word};

/// A hash of what the mapping says, blind to comments, layout and notes.
pub(super) fn fingerprint(mapping: &Mapping) -> String {
    let mut hash = Sha256::new();
    hash.update(canonical(mapping));
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// What a mapping says, without comments, layout, labels and notes, rules in the order of their targets.
fn canonical(mapping: &Mapping) -> String {
    let mut text = String::new();
    let mut say = |key: &str, word: &dyn std::fmt::Display| {
        let _ = writeln!(text, "{key}={}", word.to_string().trim());
    };
    say("mapping", &mapping.mapping);
    say("direction", &mapping.direction);
    say("source", &mapping.source);
    say("target", &mapping.target);
    let words = [("pair", &mapping.pair), ("enabled", &mapping.enabled), ("unfold", &mapping.unfold), ("when", &mapping.when)];
    for (key, word) in words {
        if let Some(word) = word {
            say(key, word);
        }
    }
    match &mapping.project {
        None => {}
        Some(Belongs::Named(word)) => say("project", word),
        Some(Belongs::Linked(link)) => say("project", &format!("of {} {}", link.of, list(&link.from))),
    }
    for join in &mapping.join {
        let mut keys = list(&join.it.key);
        keys.extend(join.it.id.iter().map(|id| format!("id {id}")));
        keys.extend(join.it.expr.iter().map(|expr| format!("expr {}", expr.text.trim())));
        let equal = |all: &Vec<Named<Word>>| all.iter().map(|field| format!("{}={}", field.name, field.it)).collect::<Vec<_>>().join(",");
        keys.extend(join.it.all.iter().map(|all| format!("all {}", equal(all))));
        say("join", &format!("{} {} {keys} {}", join.name, join.it.resource, optional(join.it.when.as_ref())));
    }
    if let Some(group) = &mapping.group {
        say("group", &format!("{} {}", list(&group.by), group.as_));
    }
    for regroup in &mapping.lists {
        say("list", &format!("{} {} {} {}", regroup.name, regroup.it.of, list(&regroup.it.by), regroup.it.as_));
    }
    for required in &mapping.require {
        say("require", &format!("{} else {}", required.that.text.trim(), required.otherwise));
    }
    say("identity", &list(&mapping.identity));
    for ask in &mapping.ask {
        let it = &ask.it;
        let words = [&it.from, &it.expr, &it.as_, &it.max_length].into_iter();
        let rules = [&it.present, &it.numeric, &it.positive, &it.max_length_decimal, &it.max_length_units, &it.max_line_length];
        let parts = words.chain(rules).map(|word| optional(word.as_ref())).collect::<Vec<_>>().join(" ");
        say("ask", &format!("{} {parts}", ask.name));
    }
    for step in &mapping.steps {
        say("step", &format!("{} {} {} {}", step.action, step.from, step.to, optional(step.when.as_ref())));
    }
    for field in &mapping.write_back {
        say("write_back", &format!("{} {}", field.name, field.it));
    }
    entries(&mut text, &mapping.fields);
    text
}

fn entries(text: &mut String, fields: &[Entry]) {
    let mut rules: Vec<String> = fields.iter().filter(|field| field.to.is_some()).map(rule).collect();
    rules.sort_unstable();
    for rule in rules {
        let _ = writeln!(text, "{rule}");
    }
}

fn rule(entry: &Entry) -> String {
    let words = [&entry.to, &entry.from, &entry.expr, &entry.each, &entry.when, &entry.as_, &entry.max_length, &entry.on_overflow];
    let mut text = words.map(|word| optional(word.as_ref())).join("|");
    if let Some(key) = &entry.key {
        let _ = write!(text, "|key {}", list(&key.0));
    }
    if let Some(field) = &entry.linked_as {
        let _ = write!(text, "|linked_as {field}");
    }
    if let Some(owner) = &entry.owner {
        let _ = write!(text, "|owner {owner}");
    }
    for literal in [&entry.value, &entry.default] {
        let _ = write!(text, "|{}", literal.as_ref().map(|literal| literal.value.to_string()).unwrap_or_default());
    }
    if let Some(link) = &entry.link {
        let from = link.from.as_ref().map(|from| list(&from.0)).unwrap_or_default();
        let _ = write!(text, "|link {} {from} {}", link.mapping, optional(link.expr.as_ref()));
    }
    if !entry.fields.is_empty() {
        text.push_str("|lines\n");
        entries(&mut text, &entry.fields);
    }
    text
}

fn optional(word: Option<&Word>) -> String {
    word.map(|word| word.text.trim().to_owned()).unwrap_or_default()
}

fn list(words: &[Word]) -> String {
    words.iter().map(|word| word.text.trim()).collect::<Vec<_>>().join(",")
}
