//! Slips in keys and in plain words: names of fields, resources, mappings and settings of a rule.

use std::collections::HashSet;

use crosswalk::mapping::yaml::{Node, NodeKind};
use crosswalk::schema::{Field, Schema, Shape};

use super::mutant::{Bench, extent};

/// What the slips know of the mapping.
pub(super) struct Known<'k> {
    pub(super) target: &'k Schema,
    /// Rows that are declared here, so that a use of them may be misspelt.
    pub(super) rows: HashSet<String>,
}

impl Bench<'_> {
    /// Slips in a part of a mapping: `what` is the part's name.
    pub(super) fn part(&mut self, node: &Node, what: &'static str, shape: &Shape, known: &Known<'_>) {
        let NodeKind::Map(entries) = &node.kind else { return };
        let mut end = node.place.span.start;
        for (at, (key, value)) in entries.iter().enumerate() {
            let Some(name) = key.word() else { continue };
            self.typo("key", key.place.span.clone());
            let next = entries.get(at + 1).map(|(next, _)| next.place.span.start);
            self.without((what, &name.text), node, (key.place.span.start, end, extent(value, self.text).end, next));
            self.value((what, &name.text), value, entries, (shape, known));
            end = extent(value, self.text).end;
        }
        if let Some((key, value)) = entries.first().filter(|(_, value)| value.word().is_some())
            && !self.text[value.place.span.clone()].starts_with('|')
        {
            let line = &self.text[key.place.span.start..value.place.span.end];
            let column = key.place.span.start - self.text[..key.place.span.start].rfind('\n').map_or(0, |at| at + 1);
            let flow = self.text[..key.place.span.start].ends_with('{');
            let again = if flow { format!("{line}, {line}") } else { format!("{line}\n{}{line}", " ".repeat(column)) };
            let start = key.place.span.start;
            let second = start + again.len() - line.len();
            self.change("key twice", start..value.place.span.end, &again, vec![start..start + line.len(), second..second + line.len()]);
        }
    }

    fn without(&mut self, (what, key): (&str, &str), node: &Node, (start, before, end, next): (usize, usize, usize, Option<usize>)) {
        let needed = match what {
            "mapping" => ["mapping", "title", "direction", "source", "target", "fields"].contains(&key),
            "field" => ["to", "from", "expr", "value", "link", "each"].contains(&key),
            "join" => ["resource", "key", "id", "all"].contains(&key),
            "link" => true,
            "step" => key != "when",
            "ask" => key == "label",
            "require" | "group" | "list" => true,
            _ => false,
        };
        if !needed || (next.is_none() && before == node.place.span.start) {
            return;
        }
        let cut = next.map_or(before..end, |next| start..next);
        let all = extent(node, self.text);
        let whole = all.start..all.end - cut.len();
        let name: &'static str = if what == "mapping" { "key of a mapping left out" } else { "key left out" };
        self.change(name, cut, "", vec![whole]);
    }

    fn value(&mut self, (what, key): (&'static str, &str), value: &Node, entries: &[(Node, Node)], (shape, known): (&Shape, &Known<'_>)) {
        let at = value.place.span.clone();
        let inner = self.inner(value);
        match (what, key) {
            ("mapping", "mapping") => self.typo("name of a mapping", inner),
            ("mapping", "direction") => {
                self.typo("direction", inner.clone());
                let other = if &self.text[inner.clone()] == "export" { "import" } else { "export" };
                let ends = ["source", "target"]
                    .iter()
                    .filter_map(|end| entries.iter().find(|(key, _)| key.word().is_some_and(|key| key == **end)));
                let mut broken: Vec<_> = ends.map(|(_, end)| end.place.span.clone()).collect();
                broken.push(inner.clone());
                self.change("wrong direction", inner, other, broken);
            }
            ("mapping", "source" | "target") | ("join", "resource") => self.typo("resource", inner),
            ("mapping", "pair" | "project") | ("project", "of") | ("link", "mapping") => {
                if value.word().is_some_and(|word| word.text.starts_with('$')) {
                    self.path(value);
                } else if value.word().is_some() {
                    self.typo("mapping", inner);
                } else {
                    self.part(value, "project", shape, known);
                }
            }
            ("mapping", "needs") => each(value, |one| self.typo("mapping", one.place.span.clone())),
            ("mapping", "identity") => each(value, |one| self.typo("field of the target", one.place.span.clone())),
            ("mapping", "join") => named(value, |_, one| self.part(one, "join", shape, known)),
            ("mapping", "lists") => named(value, |_, one| self.part(one, "list", shape, known)),
            ("mapping", "group") => self.part(value, "group", shape, known),
            ("mapping", "ask") => named(value, |name, one| {
                self.typo("name of an asked value", name.place.span.clone());
                self.part(one, "ask", shape, known);
            }),
            ("mapping", "require") => each(value, |one| self.part(one, "require", shape, known)),
            ("mapping", "steps") => each(value, |one| self.part(one, "step", shape, known)),
            ("mapping", "write_back") => named(value, |name, one| {
                self.typo("field of the source", name.place.span.clone());
                self.expression(one, None);
            }),
            ("mapping", "fields") => {
                self.replace("wrong kind of node", extent(value, self.text), "none");
                self.fields(value, &known.target.shape, known);
            }
            ("field", "fields") => {
                let inside = to(entries).and_then(|to| shape.at(&to)).and_then(|field| field.shape.clone());
                self.fields(value, &inside.unwrap_or_default(), known);
            }
            ("field", "to" | "linked_as") => {
                let last = self.text[inner.clone()].rfind('.').map_or(inner.start, |dot| inner.start + dot + 1);
                self.typo("field of the target", last..inner.end);
                let list = format!("[{}]", &self.text[at.clone()]);
                self.replace("wrong kind of node", at, &list);
            }
            ("field", "row") => self.row(value, known),
            ("field" | "ask" | "group" | "link" | "project" | "list" | "join", "from" | "each" | "by" | "of" | "key" | "id")
            | ("mapping", "unfold") => {
                each_or_one(value, |one| self.path(one));
            }
            ("join", "all") => named(value, |name, one| {
                self.typo("field of the source", name.place.span.clone());
                self.path(one);
            }),
            ("field", "expr") => self.expression(value, to(entries).and_then(|to| shape.at(&to).cloned()).as_ref()),
            ("mapping", "when" | "enabled")
            | ("field" | "step" | "join", "when")
            | ("ask" | "link" | "join", "expr")
            | ("require", "that") => {
                self.expression(value, None);
            }
            ("field", "value" | "default") => {
                if let Some(field) = to(entries).and_then(|to| shape.at(&to).cloned()) {
                    self.literal(value, &field);
                }
            }
            ("field", "link") => self.part(value, "link", shape, known),
            ("field" | "ask", "as") => self.typo("as", inner),
            ("field", "owner" | "on_overflow") => self.typo("word of a rule", inner),
            ("field" | "ask", "max_length" | "max_length_decimal" | "max_length_units" | "max_line_length") => {
                self.replace("wrong kind of constant", at.clone(), "sixty");
                self.replace("wrong kind of constant", at, "0");
            }
            ("ask", "present" | "numeric" | "positive") => self.replace("wrong kind of constant", at, "sometimes"),
            ("step", "action") => self.typo("action", inner),
            ("step", "from" | "to") => self.typo("status", inner),
            _ => {}
        }
    }

    fn fields(&mut self, list: &Node, shape: &Shape, known: &Known<'_>) {
        let mut before: Option<String> = None;
        each(list, |one| {
            self.part(one, "field", shape, known);
            let NodeKind::Map(entries) = &one.kind else { return };
            let here = entries.iter().find(|(key, _)| key.word().is_some_and(|key| key == *"to"));
            if let (Some(before), Some((_, here))) = (&before, here) {
                let is_lines = entries.iter().any(|(key, _)| key.word().is_some_and(|key| key == *"each"));
                if !is_lines && here.word().is_some_and(|word| word.text != *before) {
                    self.replace("target given twice", here.place.span.clone(), before);
                }
            }
            before = to(entries).or(before.take());
        });
    }

    fn row(&mut self, value: &Node, known: &Known<'_>) {
        match &value.kind {
            NodeKind::Map(rows) => {
                for (id, labels) in rows {
                    let declared = id.place.span.clone();
                    if let Some((other, _)) = rows.first().filter(|(other, _)| other.place.span != declared) {
                        let again = self.text[other.place.span.clone()].to_owned();
                        self.change(
                            "row twice",
                            declared.clone(),
                            &again,
                            vec![declared.start..declared.start + again.len(), other.place.span.clone()],
                        );
                    }
                    if matches!(labels.kind, NodeKind::List(_)) && self.text[labels.place.span.clone()].starts_with('[') {
                        let one = extent(labels, self.text).end - 1;
                        self.change("labels of a row", one..one + 1, ", again]", vec![labels.place.span.start..one + 8]);
                    }
                }
            }
            _ => each_or_one(value, |one| {
                let Some(id) = one.word().filter(|id| known.rows.contains(&id.text)) else { return };
                self.typo("row", one.place.span.clone());
                let again = format!("{{{id}: [Once, More]}}");
                self.replace("row twice", one.place.span.clone(), &again);
            }),
        }
    }

    fn literal(&mut self, value: &Node, field: &Field) {
        let at = value.place.span.clone();
        if !field.labels.is_empty() {
            self.typo("label", self.inner(value));
        }
        let wrong = match field.kind {
            kind if kind.is_number() => "plenty",
            crosswalk::schema::Kind::Boolean => "\"yes\"",
            crosswalk::schema::Kind::Text => "12.50",
            crosswalk::schema::Kind::Date => "tomorrow",
            _ => return,
        };
        self.replace("wrong kind of constant", at.clone(), wrong);
        self.replace("wrong kind of constant", at.clone(), "[1, 2]");
        if let Some(most) = field.max_length.filter(|_| field.labels.is_empty()) {
            self.replace("text that is too long", at, &"long ".repeat(most / 5 + 1));
        }
    }

    /// The bytes of a scalar without its quotes.
    pub(super) fn inner(&self, value: &Node) -> std::ops::Range<usize> {
        let at = value.place.span.clone();
        let quoted = at.len() > 1 && self.text[at.clone()].starts_with(['"', '\'']);
        if quoted { at.start + 1..at.end - 1 } else { at }
    }
}

fn to(entries: &[(Node, Node)]) -> Option<String> {
    entries.iter().find(|(key, _)| key.word().is_some_and(|key| key == *"to")).and_then(|(_, to)| to.word()).map(|word| word.text)
}

fn each(node: &Node, mut visit: impl FnMut(&Node)) {
    if let NodeKind::List(items) = &node.kind {
        items.iter().for_each(&mut visit);
    }
}

fn each_or_one(node: &Node, mut visit: impl FnMut(&Node)) {
    match &node.kind {
        NodeKind::List(items) => items.iter().for_each(&mut visit),
        _ => visit(node),
    }
}

fn named(node: &Node, mut visit: impl FnMut(&Node, &Node)) {
    if let NodeKind::Map(entries) = &node.kind {
        entries.iter().for_each(|(key, value)| visit(key, value));
    }
}
