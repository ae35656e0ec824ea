//! Rules: each entry of `fields`, checked against the target and put in the target's shape.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::{carries, constant_fits, kind_of};
use super::compile::{Compiler, LineScope};
use super::resolve::resolve;
use super::table::written;
use super::{Asked, LinesOf, LinesRule, Node, Place, Rule, Term};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::expr::As;
use crate::expr::path::{JsonPath, Step as PathStep, parse as parse_path};
use crate::mapping::{Ask, Field as Entry, Link, Literal, Named, Word};
use crate::schema::{Field, Kind, Schema, Shape};

impl Compiler<'_> {
    /// All rules of the mapping, in the shape of the target.
    pub(super) fn nodes(&mut self) -> Vec<Node> {
        let mapping = self.mapping;
        let target = Arc::clone(&self.target);
        let nodes = self.entries(&mapping.fields, &target.shape);
        let writes = target.resource.wire.procore().is_none_or(|wire| wire.sync.is_some() || wire.create.is_some());
        if writes {
            self.required(&target.shape, &mapping.fields, &mapping.target, "");
        }
        nodes
    }

    fn entries(&mut self, entries: &[Entry], shape: &Shape) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut taken: BTreeMap<&str, &Word> = BTreeMap::new();
        for entry in entries {
            let Some(to) = &entry.to else {
                self.bare_rows(entry);
                continue;
            };
            if let Some(first) = taken.insert(&to.text, to) {
                let message = format!("`{to}` is given twice");
                self.problems.push(Diagnostic::error("field-twice", &to.place, message).related(&first.place, "first given here"));
                continue;
            }
            let Some(field) = self.target_field(to, shape) else { continue };
            if let Some(node) = self.entry(entry, to, field) {
                insert(&mut nodes, &to.text, node);
            }
        }
        nodes
    }

    fn bare_rows(&mut self, entry: &Entry) {
        let place = entry.row.as_ref().and_then(|rows| rows.0.first()).map(|row| row.id.place.clone());
        let words = [&entry.from, &entry.expr, &entry.each];
        let value = words.into_iter().flatten().next().map(|word| word.place.clone());
        let value = value
            .or_else(|| entry.link.as_ref().map(|link| link.mapping.place.clone()))
            .or_else(|| entry.value.as_ref().map(|v| v.place.clone()));
        match (value, place) {
            (Some(value), _) => {
                self.problems.push(Diagnostic::error("no-target", &value, "this value has no target field").help("add `to:`"));
            }
            (None, None) => {
                let place = &self.mapping.mapping.place;
                self.problems.push(Diagnostic::error("no-target", place, "an entry of `fields` has neither `to` nor `row`"));
            }
            (None, Some(_)) => {}
        }
    }

    fn target_field<'s>(&mut self, to: &Word, shape: &'s Shape) -> Option<&'s Field> {
        let steps: Vec<&str> = to.text.split('.').collect();
        match resolve(shape, &steps, self.target.resource.system) {
            Ok(found) if found.field.is_some() => found.field,
            Ok(_) => None,
            Err(lost) => {
                let start: usize = steps[..lost.step].iter().map(|step| step.len() + 1).sum();
                let place = to.part(start..start + steps[lost.step].len());
                let owner = lost.above.map_or_else(|| self.target.name.clone(), |above| above.name.clone());
                let known: Vec<&str> = lost.shape.iter().flat_map(|shape| shape.names()).collect();
                let message = format!("`{}` is not a field of `{owner}`", steps[lost.step]);
                let help = did_you_mean(steps[lost.step], known.iter().copied());
                self.problems.push(Diagnostic::error("unknown-field", &place, message).label("no such field").maybe_help(help));
                None
            }
        }
    }

    fn entry(&mut self, entry: &Entry, to: &Word, field: &Field) -> Option<Node> {
        let given = [entry.from.is_some(), entry.expr.is_some(), entry.value.is_some(), entry.link.is_some(), entry.each.is_some()];
        let count = given.iter().filter(|given| **given).count();
        if count != 1 {
            let message = if count == 0 {
                format!("nothing says where `{to}` comes from")
            } else {
                format!("`{to}` has {count} sources, and may have one")
            };
            let help = "give exactly one of `from`, `expr`, `value`, `link` and `each`";
            self.problems.push(Diagnostic::error("one-source", &to.place, message).help(help));
            return None;
        }
        match &entry.each {
            Some(each) => self.lines(entry, each, to, field),
            None => self.rule(entry, to, field),
        }
    }

    fn rule(&mut self, entry: &Entry, to: &Word, field: &Field) -> Option<Node> {
        if matches!(field.kind, Kind::Record | Kind::Lines) {
            let help = if field.kind == Kind::Lines { "map its lines with `each`" } else { "name a field of it: `record.field`" };
            let message = format!("`{to}` holds {}, not a single value", if field.kind == Kind::Lines { "lines" } else { "a record" });
            self.problems.push(Diagnostic::error("wrong-kind", &to.place, message).help(help));
            return None;
        }
        let as_ = self.conversion(entry.as_.as_ref());
        let term = self.term(entry, field, as_)?;
        for literal in entry.default.iter().chain(&entry.value) {
            self.constant(literal, field);
        }
        let max_length = self.number(entry.max_length.as_ref());
        let truncate = self.overflow(entry.on_overflow.as_ref());
        let when = entry.when.as_ref().and_then(|word| self.formula(word));
        let (line, _) = to.place.source.line_column(to.place.span.start);
        Some(Node::Field(Box::new(Rule {
            field: field.clone(),
            to: to.text.clone(),
            rows: row_ids(entry),
            term,
            default: entry.default.as_ref().map(|literal| literal.value.clone()),
            when,
            as_,
            max_length: max_length.or(field.max_length),
            truncate,
            written: written(entry),
            place: format!("{}:{line}", to.place.source.path.display()),
        })))
    }

    fn term(&mut self, entry: &Entry, field: &Field, as_: Option<As>) -> Option<Term> {
        if let Some(word) = &entry.from {
            let term = self.path(word)?;
            if let Term::Slot(place) = &term {
                self.kinds(word, place.kind, as_, field);
            }
            return Some(term);
        }
        if let Some(word) = &entry.expr {
            return self.formula(word).map(|formula| Term::Formula(Box::new(formula)));
        }
        if let Some(link) = &entry.link {
            return self.link(link);
        }
        entry.value.as_ref().map(|literal| Term::Constant(literal.value.clone()))
    }

    fn kinds(&mut self, word: &Word, from: Kind, as_: Option<As>, field: &Field) {
        if let Err(help) = carries(from, as_, field.kind) {
            let read = as_.map_or(from.word(), |as_| kind_of(as_).word());
            let message = format!("`{}` holds {}, and this is {read}", field.name, field.kind.word());
            self.problems.push(Diagnostic::error("wrong-kind", &word.place, message).label(read).help(help));
        }
    }

    fn constant(&mut self, literal: &Literal, field: &Field) {
        if let Err((message, help)) = constant_fits(&literal.value, field) {
            self.problems.push(Diagnostic::error("wrong-kind", &literal.place, message).maybe_help(help));
        }
    }

    fn link(&mut self, link: &Link) -> Option<Term> {
        let known = self.known_mapping(&link.mapping);
        let parts: Vec<Term> = match (&link.from, &link.expr) {
            (Some(from), None) => from.0.iter().filter_map(|word| self.path(word)).collect(),
            (None, Some(word)) => self.formula(word).map(|formula| Term::Formula(Box::new(formula))).into_iter().collect(),
            _ => {
                let message = "a link takes exactly one of `from` and `expr`";
                self.problems.push(Diagnostic::error("one-source", &link.mapping.place, message));
                return None;
            }
        };
        let expected = link.from.as_ref().map_or(1, |from| from.0.len());
        if !known || parts.len() != expected {
            return None;
        }
        if link.mapping.text != self.mapping.mapping.text {
            self.after.push(link.mapping.text.clone());
        }
        Some(Term::Link { mapping: link.mapping.text.clone(), parts })
    }

    fn lines(&mut self, entry: &Entry, each: &Word, to: &Word, field: &Field) -> Option<Node> {
        let Some(inner) = field.shape.as_ref().filter(|_| field.kind == Kind::Lines) else {
            let message = format!("`{to}` holds {}, not lines", field.kind.word());
            self.problems.push(Diagnostic::error("wrong-kind", &each.place, message).help("give its value with `from` or `expr`"));
            return None;
        };
        let itself = names(&self.json_path(each)?).is_some_and(|names| names.is_empty());
        if self.line.is_some() && !itself {
            self.problems.push(Diagnostic::error("lines-in-lines", &each.place, "lines within lines cannot be mapped"));
            return None;
        }
        let of = if itself { LinesOf::Itself } else { self.enter(each)? };
        let key = entry.key.as_ref().and_then(|word| self.place(word));
        let when = entry.when.as_ref().and_then(|word| self.formula(word));
        let nodes = self.entries(&entry.fields, inner);
        self.required(inner, &entry.fields, to, "");
        if !itself {
            self.line = None;
        }
        Some(Node::Lines(Box::new(LinesRule { field: field.clone(), of, key, when, nodes, rows: row_ids(entry) })))
    }

    fn enter(&mut self, each: &Word) -> Option<LinesOf> {
        let (list, shape, _) = self.list(each)?;
        self.line = Some(LineScope { shape, list });
        Some(LinesOf::List(list))
    }

    fn required(&mut self, shape: &Shape, entries: &[Entry], word: &Word, above: &str) {
        for field in shape.fields.iter().filter(|field| field.required && !field.read_only) {
            let path = format!("{above}{}", field.name);
            let given =
                entries.iter().filter_map(|entry| entry.to.as_ref()).any(|to| to.text == path || to.text.starts_with(&format!("{path}.")));
            if !given {
                let message = format!("`{path}` of `{word}` is required, and no row gives it");
                self.problems
                    .push(Diagnostic::error("required-field", &word.place, message).help(format!("add an entry with `to: {path}`")));
            }
        }
    }

    pub(super) fn asked(&mut self, named: &Named<Ask>) -> Option<Asked> {
        let ask = &named.it;
        let term = match (&ask.from, &ask.expr) {
            (Some(word), None) => self.path(word)?,
            (None, Some(word)) => Term::Formula(Box::new(self.formula(word)?)),
            (None, None) => Term::Constant(crate::value::Value::Null),
            (Some(_), Some(expr)) => {
                self.problems.push(Diagnostic::error("one-source", &expr.place, "an asked value has at most one of `from` and `expr`"));
                return None;
            }
        };
        let as_ = self.conversion(ask.as_.as_ref());
        let max_length = self.number(ask.max_length.as_ref());
        Some(Asked { name: named.name.text.clone(), label: ask.label.text.clone(), term, as_, max_length })
    }

    fn conversion(&mut self, word: Option<&Word>) -> Option<As> {
        let word = word?;
        let as_ = As::from_word(&word.text);
        if as_.is_none() {
            let message = format!("`{word}` is not something a value can be read as");
            self.problems
                .push(Diagnostic::error("unknown-word", &word.place, message).maybe_help(did_you_mean(&word.text, As::ALL.map(As::word))));
        }
        as_
    }

    fn number(&mut self, word: Option<&Word>) -> Option<usize> {
        let word = word?;
        let number = word.text.parse().ok().filter(|number| *number > 0);
        if number.is_none() {
            self.problems.push(Diagnostic::error("wrong-kind", &word.place, format!("`{word}` is not a number of characters")));
        }
        number
    }

    fn overflow(&mut self, word: Option<&Word>) -> bool {
        let Some(word) = word else { return false };
        if !["refuse", "truncate"].contains(&word.text.as_str()) {
            let message = format!("`{word}` is not what can happen to a long text");
            self.problems
                .push(Diagnostic::error("unknown-word", &word.place, message).maybe_help(did_you_mean(&word.text, ["refuse", "truncate"])));
        }
        word.text == "truncate"
    }

    /// Compiles a path where it stands: into the line if there is one, else into the record.
    fn path(&mut self, word: &Word) -> Option<Term> {
        let path = self.json_path(word)?;
        if let Some(names) = names(&path) {
            return self.named(word, &names).map(Term::Slot);
        }
        let in_line = self.line.is_some();
        let shape = self.line.as_ref().map_or_else(|| self.shape.clone(), |line| line.shape.clone());
        let slot = self.slot(in_line, &[]);
        Some(Term::Search { root: Place { in_line, slot, kind: Kind::Record }, shape: Arc::new(shape), path })
    }

    fn json_path(&mut self, word: &Word) -> Option<JsonPath> {
        match parse_path(&word.text) {
            Ok(path) => Some(path),
            Err(problem) => {
                let place = word.part(problem.at);
                self.problems
                    .push(Diagnostic::error("path", &place, problem.message).help("a path is a JSONPath (RFC 9535) such as `$.vendor.id`"));
                None
            }
        }
    }

    fn named(&mut self, word: &Word, names: &[String]) -> Option<Place> {
        let in_line = self.line.is_some();
        let shape = self.line.as_ref().map_or_else(|| self.shape.clone(), |line| line.shape.clone());
        let steps: Vec<&str> = names.iter().map(String::as_str).collect();
        match resolve(&shape, &steps, self.source.resource.system) {
            Ok(found) => {
                let kind = found.field.map_or(Kind::Anything, |field| field.kind);
                Some(Place { in_line, slot: self.slot(in_line, &found.wire), kind })
            }
            Err(lost) => {
                let name = steps[lost.step];
                let place = word.text.find(name).map_or_else(|| word.place.clone(), |at| word.part(at..at + name.len()));
                let owner = lost
                    .above
                    .map_or_else(|| if in_line { "the line".to_owned() } else { self.source.name.clone() }, |above| above.name.clone());
                let known: Vec<&str> = lost.shape.iter().flat_map(|shape| shape.names()).collect();
                let message = format!("`{name}` is not a field of `{owner}`");
                let help = did_you_mean(name, known.iter().copied());
                self.problems.push(Diagnostic::error("unknown-field", &place, message).label("no such field").maybe_help(help));
                None
            }
        }
    }

    /// A path that names one place, as a place.
    pub(super) fn place(&mut self, word: &Word) -> Option<Place> {
        match self.path(word)? {
            Term::Slot(place) => Some(place),
            _ => {
                let message = format!("`{word}` may name several values, and one is needed here");
                self.problems.push(Diagnostic::error("path", &word.place, message).help("use a plain path such as `$.vendor.id`"));
                None
            }
        }
    }

    /// A path that names one place, as the members that lead to it on the wire.
    pub(super) fn steps_of(&mut self, word: &Word) -> Option<Vec<String>> {
        let names = names(&self.json_path(word)?)?;
        self.named(word, &names)?;
        let steps: Vec<&str> = names.iter().map(String::as_str).collect();
        resolve(&self.shape, &steps, self.source.resource.system).ok().map(|found| found.wire)
    }

    /// A path to the members of a list: the list's number, the fields of a member, and the keys of a member.
    pub(super) fn list(&mut self, word: &Word) -> Option<(usize, Shape, Vec<String>)> {
        let path = self.json_path(word)?;
        let names = path.steps().and_then(|steps| match steps.split_last() {
            Some((PathStep::Each, head)) => names_of(head),
            _ => None,
        });
        let Some(names) = names else {
            let message = format!("`{word}` does not name the members of one list");
            self.problems
                .push(Diagnostic::error("path", &word.place, message).help("write `$.line_items[*]`; choose among the lines with `when`"));
            return None;
        };
        let at_home = self.line.take();
        let place = self.named(word, &names);
        self.line = at_home;
        place?;
        let steps: Vec<&str> = names.iter().map(String::as_str).collect();
        let shape = self.shape.clone();
        let found = resolve(&shape, &steps, self.source.resource.system).ok()?;
        let Some(field) = found.field.filter(|field| field.kind == Kind::Lines) else {
            self.problems.push(Diagnostic::error("wrong-kind", &word.place, format!("`{word}` does not hold lines")));
            return None;
        };
        let list = self.wanted.list(&found.wire);
        Some((list, field.shape.clone().unwrap_or_default(), field.line_key.clone()))
    }

    pub(super) fn unknown_target(&mut self, word: &Word, schema: &Schema) {
        let message = format!("`{word}` is not a field of `{}`", schema.name);
        let help = did_you_mean(&word.text, schema.shape.names());
        self.problems.push(Diagnostic::error("unknown-field", &word.place, message).label("no such field").maybe_help(help));
    }
}

fn row_ids(entry: &Entry) -> Vec<String> {
    entry.row.iter().flat_map(|rows| &rows.0).map(|row| row.id.text.clone()).collect()
}

/// The names of a path that is nothing but names.
fn names(path: &JsonPath) -> Option<Vec<String>> {
    names_of(path.steps()?)
}

fn names_of(steps: &[PathStep]) -> Option<Vec<String>> {
    let names = steps.iter().map(|step| match step {
        PathStep::Name(name) => Some(name.clone()),
        PathStep::Index(_) | PathStep::Each => None,
    });
    names.collect()
}

/// Puts a node at `a.b.c`, making records on the way.
fn insert(nodes: &mut Vec<Node>, path: &str, node: Node) {
    let Some((first, rest)) = path.split_once('.') else {
        nodes.push(node);
        return;
    };
    let at = nodes.iter().position(|known| matches!(known, Node::Record { name, .. } if name == first)).unwrap_or_else(|| {
        nodes.push(Node::Record { name: first.to_owned(), nodes: Vec::new() });
        nodes.len() - 1
    });
    if let Node::Record { nodes, .. } = &mut nodes[at] {
        insert(nodes, rest, node);
    }
}
