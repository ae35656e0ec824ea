//! The changes of an overlay, made to a mapping that is still a tree: every part keeps the place that it comes from.

use std::collections::BTreeSet;

use super::matched::Matched;
use super::rules::{Rule, at, at_mut, list_mut, rules};
use super::{Act, Edit, Which};
use crate::diagnostic::{Diagnostic, Place};
use crate::mapping::Word;
use crate::mapping::yaml::{Node, NodeKind};

/// Keys of which a rule has one: a new one takes the place of the old.
const SOURCES: [&str; 5] = ["from", "expr", "value", "link", "each"];

/// Keys of a mapping under which names stand; they are changed name by name.
const NAMED: [&str; 4] = ["ask", "join", "lists", "write_back"];

/// Makes the changes of one overlay to one mapping. What does not fit goes into `problems`.
pub(super) fn edit(mapping: &mut Node, name: &Word, edits: &[Edit], matched: &Matched, problems: &mut Vec<Diagnostic>) {
    // Places among the rules shift with every one that goes, so those go last; what comes, comes behind them.
    let before = rules(mapping);
    let mut done: Vec<(&Rule, &Edit, Vec<String>)> = Vec::new();
    let mut dropped: Vec<(&Rule, &Word)> = Vec::new();
    for edit in edits {
        let Some(which) = edit.which() else { continue };
        let met: Vec<&Rule> = before.iter().filter(|rule| rule.is(which)).collect();
        match &edit.act {
            _ if met.is_empty() => problems.push(lost(which, name, &before, matched)),
            Act::Change { with, .. } if with.get("to").is_none() && met.iter().all(|rule| rule.to.is_none()) => {
                problems.push(without(which, name, at(mapping, &met[0].path)));
            }
            // Lines that come from different lists have rules for the same field.
            Act::Change { .. } if met.iter().any(|rule| rule.to != met[0].to) => problems.push(several(which, &met)),
            Act::Change { with, .. } => {
                for met in met {
                    let keys: Vec<String> = with.entries().iter().filter_map(|(key, _)| Some(key.word()?.text)).collect();
                    if contradicts(&done, met, edit, &keys, problems) {
                        continue;
                    }
                    done.push((met, edit, keys));
                    if let Some(rule) = at_mut(mapping, &met.path) {
                        change(rule, with);
                    }
                }
            }
            Act::Drop(_) => {
                for rule in met {
                    if contradicts(&done, rule, edit, &[], problems) {
                        continue;
                    }
                    done.push((rule, edit, Vec::new()));
                    dropped.push((rule, &edit.because));
                }
            }
            Act::Add { .. } | Act::Set(_) => {}
        }
    }
    for edit in edits {
        match &edit.act {
            Act::Add { rule, inside } => add(mapping, name, (rule, inside.as_ref()), &before, problems),
            Act::Set(keys) => set(mapping, keys, problems),
            Act::Change { .. } | Act::Drop(_) => {}
        }
    }
    leave(mapping, &before, dropped);
}

/// Whether a change is at odds with an earlier one, which is told: a rule that goes is not changed as well, and no key is changed twice
/// by one overlay.
fn contradicts(done: &[(&Rule, &Edit, Vec<String>)], rule: &Rule, edit: &Edit, keys: &[String], problems: &mut Vec<Diagnostic>) -> bool {
    let drops = |edit: &Edit| matches!(edit.act, Act::Drop(_));
    let clash = done.iter().find(|(other, earlier, known)| match (drops(earlier), drops(edit)) {
        (true, _) => rule.is_in(other),
        (false, true) => other.is_in(rule),
        (false, false) => *other == rule && known.iter().any(|key| keys.contains(key)),
    });
    if let Some((_, earlier, known)) = &clash {
        let twice = known.iter().find(|key| keys.contains(key));
        let message = match twice {
            Some(key) => format!("`{key}` of this rule is changed twice"),
            None if drops(edit) && drops(earlier) => "this rule is dropped twice".to_owned(),
            None => "this rule is dropped, and changed as well".to_owned(),
        };
        problems
            .push(Diagnostic::error("overlay", &edit.place, message).related(&earlier.place, "the other change").help("keep one of them"));
    }
    clash.is_some()
}

fn change(rule: &mut Node, with: &Node) {
    for (key, value) in with.entries() {
        let Some(name) = key.word().map(|word| word.text) else { continue };
        if matches!(value.kind, NodeKind::Null) {
            rule.take(&name);
            continue;
        }
        if SOURCES.contains(&name.as_str()) {
            SOURCES.iter().filter(|source| **source != name).for_each(|source| {
                rule.take(source);
            });
        }
        rule.put(key, value.clone());
    }
}

fn add(mapping: &mut Node, name: &Word, (rule, inside): (&Node, Option<&Word>), before: &[Rule], problems: &mut Vec<Diagnostic>) {
    let above = match inside {
        None => Some(mapping),
        Some(lines) => {
            let holds = |rule: &&Rule| rule.to.as_deref() == Some(lines.text.as_str()) && at(mapping, &rule.path).is_some_and(has_rules);
            match before.iter().find(holds).map(|rule| rule.path.clone()) {
                Some(path) => at_mut(mapping, &path),
                None => {
                    let lists = before.iter().filter(|rule| at(mapping, &rule.path).is_some_and(has_rules));
                    let lists: Vec<&str> = lists.filter_map(|rule| rule.to.as_deref()).collect();
                    let problem = Diagnostic::error("overlay-lost", &lines.place, format!("`{name}` makes no lines of `{lines}`"));
                    problems.push(problem.label("no such lines").meant(&lines.text, lists));
                    None
                }
            }
        }
    };
    if let Some(list) = above.and_then(list_mut) {
        list.push(rule.clone());
    }
}

fn has_rules(rule: &Node) -> bool {
    rule.get("fields").is_some()
}

fn set(mapping: &mut Node, keys: &Node, problems: &mut Vec<Diagnostic>) {
    for (key, value) in keys.entries() {
        let Some(word) = key.word() else { continue };
        match (word.text.as_str(), &value.kind) {
            ("mapping" | "fields", _) => {
                let help = "its name stays, and its rules are changed one by one: `change`, `drop`, `add`";
                problems.push(Diagnostic::error("overlay", &word.place, format!("`{word}` is not changed as a whole")).help(help));
            }
            (name, NodeKind::Null) => {
                mapping.take(name);
            }
            (name, NodeKind::Map(entries)) if NAMED.contains(&name) && mapping.get(name).is_some() => {
                let Some(known) = mapping.get_mut(name) else { continue };
                for (inner, value) in entries {
                    match (&value.kind, inner.word()) {
                        (NodeKind::Null, Some(inner)) => drop(known.take(&inner.text)),
                        _ => known.put(inner, value.clone()),
                    }
                }
            }
            _ => mapping.put(key, value.clone()),
        }
    }
}

/// Takes rules out, last ones first. The labels of a row that others carry as well move to the first of those; of any other row they
/// stay without a field, with the reason, for another mapping of the pair may carry it.
fn leave(mapping: &mut Node, before: &[Rule], mut dropped: Vec<(&Rule, &Word)>) {
    let reason = |rule: &Rule| dropped.iter().find(|(gone, _)| rule.is_in(gone)).map(|(_, because)| *because);
    let heirs: Vec<&Rule> = before.iter().filter(|rule| reason(rule).is_none()).collect();
    let mut left = Vec::new();
    for (gone, because) in before.iter().filter_map(|rule| Some((rule, reason(rule)?))) {
        let declared = at(mapping, &gone.path).and_then(|rule| rule.get("row")).cloned();
        for (key, labels) in declared.iter().flat_map(Node::entries) {
            let Some(id) = key.word() else { continue };
            let heir = heirs.iter().find(|rule| rule.rows == [id.text.as_str()]);
            let row = heir.and_then(|heir| at_mut(mapping, &heir.path)).and_then(|rule| rule.get_mut("row"));
            match row.filter(|row| row.word().is_some()) {
                Some(row) => row.kind = NodeKind::Map(vec![(key.clone(), labels.clone())]),
                None => left.push(without_field((key, labels), because)),
            }
        }
    }
    dropped.sort_by_key(|(rule, _)| *rule);
    dropped.dedup_by_key(|(rule, _)| *rule);
    for (rule, _) in dropped.iter().rev() {
        let Some((last, above)) = rule.path.split_last() else { continue };
        if let Some(list) = at_mut(mapping, above).and_then(list_mut).filter(|list| *last < list.len()) {
            list.remove(*last);
        }
    }
    if let Some(list) = list_mut(mapping) {
        list.extend(left);
    }
}

/// `row: {id: labels}` with a `note`.
fn without_field((key, labels): (&Node, &Node), because: &Word) -> Node {
    let text = |text: &str, place: &Place| Node { kind: NodeKind::Text(text.to_owned()), place: place.clone() };
    let row = Node { kind: NodeKind::Map(vec![(key.clone(), labels.clone())]), place: key.place.clone() };
    let entries = vec![(text("row", &key.place), row), (text("note", &because.place), text(&because.text, &because.place))];
    Node { kind: NodeKind::Map(entries), place: key.place.clone() }
}

fn lost(which: &Which, name: &Word, before: &[Rule], matched: &Matched) -> Diagnostic {
    let place = &which.place;
    let (what, written, known): (_, _, Vec<&str>) = match (&which.row, &which.to) {
        (Some(row), None) => ("carries the row", row, before.iter().flat_map(|rule| &rule.rows).map(String::as_str).collect()),
        (Some(row), Some(_)) if !before.iter().any(|rule| rule.rows.contains(&row.text)) => {
            ("carries the row", row, before.iter().flat_map(|rule| &rule.rows).map(String::as_str).collect())
        }
        (_, Some(to)) => ("fills", to, before.iter().filter_map(|rule| rule.to.as_deref()).collect()),
        (None, None) => return Diagnostic::error("overlay-lost", place, "this names no rule"),
    };
    let problem = Diagnostic::error("overlay-lost", &written.place, format!("no rule of `{name}` {what} `{written}`"));
    let problem = problem.label("matches nothing");
    match matched.text(&name.text, &which.words()) {
        Some(was) => problem
            .note(format!("it used to match\n{}", was.trim_end()))
            .help("the mapping has changed below the overlay: change what has come in its place, or take this out"),
        None => problem.meant(&written.text, known.into_iter().collect::<BTreeSet<_>>()),
    }
}

/// A row that no field carries: another overlay has dropped it, or the mapping itself has none for it.
fn without(which: &Which, name: &Word, rule: Option<&Node>) -> Diagnostic {
    let row = which.row.as_ref().map_or_else(|| which.words(), |row| row.text.clone());
    let problem = Diagnostic::error("overlay-lost", &which.place, format!("the row `{row}` of `{name}` fills no field"));
    let problem = problem.label("matches a row without a field").help("say with `to` which field it fills, or take this out");
    match rule.and_then(|rule| rule.get("note")) {
        Some(note) => problem.related(&note.place, "it says why"),
        None => problem,
    }
}

fn several(which: &Which, met: &[&Rule]) -> Diagnostic {
    let fields: Vec<String> = met.iter().filter_map(|rule| rule.to.as_ref()).map(|to| format!("`{to}`")).collect();
    let row = which.row.as_ref().or(which.to.as_ref()).map(|word| word.text.as_str()).unwrap_or_default();
    let message = format!("{} rules are meant: they fill {}", met.len(), fields.join(", "));
    let help =
        format!("name the field as well: `change: {{row: {row}, to: {}}}`", fields.first().map_or("…", |field| field.trim_matches('`')));
    Diagnostic::error("overlay", &which.place, message).label("which one").help(help)
}
