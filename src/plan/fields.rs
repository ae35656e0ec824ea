//! Rules: each entry of `fields`, checked against the target and put in the target's shape.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::{carries, constant_fits, kind_of, no_field, phrase};
use super::compile::{Compiler, LineScope};
use super::paths::names;
use super::resolve::resolve;
use super::table::written;
use super::{Direction, KeyPart, LinesOf, LinesPart, LinesRule, Node, Owner, Rule, Term};
use crate::diagnostic::{self, Diagnostic};
use crate::expr::As;
use crate::expr::path::Step as PathStep;
use crate::mapping::{Field as Entry, Link, Literal, Word};
use crate::schema::{Field, Kind, Schema, Shape};

impl Compiler<'_> {
    /// All rules of the mapping, in the shape of the target.
    pub(super) fn nodes(&mut self) -> Vec<Node> {
        let mapping = self.mapping;
        let target = Arc::clone(&self.target);
        let nodes = self.entries(&mapping.fields, &target.shape, &target.name);
        let writes = target.resource.wire.procore().is_none_or(|wire| wire.sync.is_some() || wire.create.is_some());
        if writes {
            self.required(&target.shape, &mapping.fields, &mapping.target, "");
        }
        nodes
    }

    fn entries(&mut self, entries: &[Entry], shape: &Shape, owner: &str) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut taken: BTreeMap<&str, (&Word, bool)> = BTreeMap::new();
        for entry in entries {
            let Some(to) = &entry.to else {
                self.bare_rows(entry);
                continue;
            };
            let lines = entry.each.is_some();
            if let Some((first, also_lines)) = taken.insert(&to.text, (to, lines))
                && !(lines && also_lines)
            {
                let message = format!("`{to}` is given twice");
                let help = (lines || also_lines).then(|| "a list may be filled by several entries when each of them has `each`".to_owned());
                self.problems
                    .push(Diagnostic::error("field-twice", &to.place, message).related(&first.place, "first given here").maybe_help(help));
                continue;
            }
            let Some(field) = self.target_field(to, shape, owner) else { continue };
            if let Some(node) = self.entry(entry, to, field) {
                insert(&mut nodes, &to.text, node);
            }
        }
        nodes
    }

    fn bare_rows(&mut self, entry: &Entry) {
        if entry.flawed {
            return;
        }
        if let Some(place) = places_of_sources(entry).into_iter().next() {
            self.problems.push(Diagnostic::error("no-target", &place, "this value has no target field").help("add `to:`"));
        } else if entry.row.is_none() {
            let words = [&entry.note, &entry.when, &entry.as_, &entry.max_length, &entry.on_overflow].into_iter().flatten();
            let place = words.chain(entry.key.iter().flat_map(|key| &key.0)).next().map_or(&self.mapping.mapping.place, |word| &word.place);
            let message = "an entry of `fields` has neither `to` nor `row`";
            self.problems.push(Diagnostic::error("no-target", place, message).help("a comment needs no entry: `# …`"));
        }
    }

    fn target_field<'s>(&mut self, to: &Word, shape: &'s Shape, owner: &str) -> Option<&'s Field> {
        let steps: Vec<&str> = to.text.split('.').collect();
        match resolve(shape, &steps, self.target.resource.system) {
            Ok(found) if found.field.is_some() => found.field,
            Ok(_) => {
                let message = format!("`{to}` reaches into a value whose fields are not described");
                self.problems.push(Diagnostic::error("unknown-field", &to.place, message).help("describe them in the schema"));
                None
            }
            Err(lost) => {
                let start: usize = steps[..lost.step].iter().map(|step| step.len() + 1).sum();
                let place = to.part(start..start + steps[lost.step].len());
                let owner = lost.above.map_or(owner, |above| above.name.as_str());
                self.problems.push(no_field((steps[lost.step], owner), &lost, &place));
                None
            }
        }
    }

    fn entry(&mut self, entry: &Entry, to: &Word, field: &Field) -> Option<Node> {
        let help = "give exactly one of `from`, `expr`, `value`, `link` and `each`";
        match places_of_sources(entry).as_slice() {
            [_] => {}
            [] if entry.flawed => return None,
            [] => {
                let message = format!("nothing says where `{to}` comes from");
                self.problems.push(Diagnostic::error("one-source", &to.place, message).help(help));
                return None;
            }
            [first, second, ..] => {
                let message = format!("`{to}` comes from two places, and may come from one");
                self.problems.push(Diagnostic::error("one-source", second, message).related(first, "the other one").help(help));
                return None;
            }
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
        if let Some(word) = &entry.linked_as {
            let message = format!("`{to}` holds a single value, which has no link of its own");
            self.problems.push(Diagnostic::error("linked-as", &word.place, message).help("only entries with `each` have `linked_as`"));
        }
        let as_ = self.conversion(entry.as_.as_ref());
        let told = self.problems.len();
        let when = entry.when.as_ref().and_then(|word| self.condition(word));
        if self.problems.len() == told {
            entry.when.iter().zip(&when).for_each(|when| self.never_left_out(when, field));
        }
        let term = self.where_holds(when.as_ref(), |this| this.term(entry, field, as_))?;
        for literal in entry.default.iter().chain(&entry.value) {
            self.constant(literal, field);
        }
        let max_length = self.number(entry.max_length.as_ref());
        let truncate = self.overflow(entry.on_overflow.as_ref());
        let owner = self.owner(entry.owner.as_ref());
        let (line, _) = to.place.source.line_column(to.place.span.start);
        Some(Node::Field(Box::new(Rule {
            name: field.name.as_str().into(),
            frame: field.frame(self.target.resource.system),
            field: field.clone(),
            to: to.text.as_str().into(),
            path: to.text.as_str().into(),
            rows: row_ids(entry).into(),
            term,
            default: entry.default.as_ref().map(|literal| literal.value.clone()),
            when,
            as_,
            max_length: max_length.or(field.max_length),
            truncate,
            owner,
            written: written(entry).into(),
            place: format!("{}:{line}", to.place.source.path.display()).into(),
        })))
    }

    fn term(&mut self, entry: &Entry, field: &Field, as_: Option<As>) -> Option<Term> {
        if let Some(word) = &entry.from {
            let term = self.path(word)?;
            if let Term::Slot(place) = &term {
                self.kinds(word, place.kind, as_, field);
                self.moves(word, (field, as_));
            }
            return Some(term);
        }
        if let Some(word) = &entry.expr {
            let (formula, typed) = self.formula_of(word)?;
            match formula.plain_kind() {
                Some(kind) => self.kinds(word, kind, as_, field),
                None => self.gives(word, &typed, (field, as_), self.most(entry, field)),
            }
            self.rounds(word, &typed, (field, as_));
            self.never_empty(entry, (word, &typed), field);
            return Some(Term::Formula(Box::new(formula)));
        }
        if let Some(link) = &entry.link {
            return self.link(link);
        }
        entry.value.as_ref().map(|literal| Term::Constant(literal.value.clone()))
    }

    /// How many characters a rule lets through; any number where it cuts what is longer.
    fn most(&self, entry: &Entry, field: &Field) -> Option<usize> {
        let cuts = entry.on_overflow.as_ref().is_some_and(|word| word.text == "truncate");
        let stated = entry.max_length.as_ref().and_then(|word| word.text.parse().ok());
        stated.or(field.max_length).filter(|_| !cuts)
    }

    fn kinds(&mut self, word: &Word, from: Kind, as_: Option<As>, field: &Field) {
        if let Err(help) = carries(from, as_, field.kind) {
            let read = phrase(as_.map_or(from, kind_of));
            let message = format!("`{}` holds {}, and this is {read}", field.name, phrase(field.kind));
            self.problems.push(Diagnostic::error("wrong-kind", &word.place, message).label(read).help(help));
        }
    }

    fn constant(&mut self, literal: &Literal, field: &Field) {
        if let Err((misfit, message, help)) = constant_fits(&literal.value, field) {
            self.problems.push(misfit.told(&literal.place, message, (Some(&literal.value), field)).maybe_help(help));
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
            let message = format!("`{to}` holds {}, not lines", phrase(field.kind));
            self.problems.push(Diagnostic::error("wrong-kind", &each.place, message).help("give its value with `from` or `expr`"));
            return None;
        };
        let itself = names(&self.json_path(each)?).is_some_and(|names| names.is_empty());
        if self.line.is_some() && !itself {
            let help = "write a mapping of its own for them, with `unfold`";
            self.problems.push(Diagnostic::error("lines-in-lines", &each.place, "lines within lines cannot be mapped").help(help));
            return None;
        }
        let of = if itself { LinesOf::Itself } else { self.enter(each)? };
        let key = self.line_key(entry);
        let linked_as = self.linked_as(entry, inner, to);
        let when = entry.when.as_ref().and_then(|word| self.condition(word));
        let mut nodes = self.where_holds(when.as_ref(), |this| this.entries(&entry.fields, inner, &field.name));
        nodes.iter_mut().for_each(|node| node.within(&field.name));
        self.required(inner, &entry.fields, to, "");
        if !itself {
            self.line = None;
        }
        let part = LinesPart { of, key, linked_as, when, nodes, rows: row_ids(entry) };
        Some(Node::Lines(Box::new(LinesRule { field: field.clone(), parts: vec![part] })))
    }

    /// Paths begin with `$`; other words stand for themselves. Words alone, and what lines were put together by, tell lines apart
    /// within one record only: links of lines are known by one id in a whole project, so that the record's id comes first.
    fn line_key(&mut self, entry: &Entry) -> Vec<KeyPart> {
        let words = entry.key.iter().flat_map(|key| &key.0);
        let part = |word: &Word| match word.text.starts_with('$') {
            true => self.place(word).map(KeyPart::Place),
            false => Some(KeyPart::Word(word.text.clone())),
        };
        let mut parts: Vec<KeyPart> = words.filter_map(part).collect();
        if !parts.is_empty() && (self.is_put_together(entry) || parts.iter().all(|part| matches!(part, KeyPart::Word(_)))) {
            parts.insert(0, KeyPart::Record);
        }
        parts
    }

    /// Whether its lines are those of `lists`.
    fn is_put_together(&mut self, entry: &Entry) -> bool {
        let path = entry.each.as_ref().and_then(|each| self.json_path(each));
        let first = path.as_ref().and_then(|path| path.steps()?.first());
        matches!(first, Some(PathStep::Name(name)) if self.mapping.lists.iter().any(|list| list.name.text == *name))
    }

    fn linked_as(&mut self, entry: &Entry, line: &Shape, to: &Word) -> Option<String> {
        let word = entry.linked_as.as_ref()?;
        if entry.key.is_none() || self.direction == Direction::Import {
            let message = "only lines of an export that have a `key` are linked under another field";
            let help = "give the entry a `key`, or take `linked_as` out";
            self.problems.push(Diagnostic::error("linked-as", &word.place, message).help(help));
            return None;
        }
        let found = self.target_field(word, line, &to.text)?;
        if matches!(found.kind, Kind::Record | Kind::Lines | Kind::List) {
            let message = format!("`{word}` is no single value");
            self.problems.push(Diagnostic::error("linked-as", &word.place, message).help("name a field that tells the line from others"));
        }
        Some(word.text.clone())
    }

    fn enter(&mut self, each: &Word) -> Option<LinesOf> {
        let (list, shape, _) = self.list(each)?;
        self.line = Some(LineScope { shape, list });
        Some(LinesOf::List(list))
    }

    pub(super) fn conversion(&mut self, word: Option<&Word>) -> Option<As> {
        let word = word?;
        let as_ = As::from_word(&word.text);
        if as_.is_none() {
            let message = format!("`{word}` is not something a value can be read as");
            self.problems.push(Diagnostic::error("unknown-word", &word.place, message).meant(&word.text, As::ALL.map(As::word)));
        }
        as_
    }

    pub(super) fn number(&mut self, word: Option<&Word>) -> Option<usize> {
        let word = word?;
        let number = word.text.parse().ok().filter(|number| *number > 0);
        if number.is_none() {
            let message = format!("`{word}` is not a number of characters");
            self.problems.push(Diagnostic::error("wrong-kind", &word.place, message).help("write a whole number from 1 on"));
        }
        number
    }

    fn owner(&mut self, word: Option<&Word>) -> Option<Owner> {
        let word = word?;
        match word.text.as_str() {
            "source" => Some(Owner::Source),
            "target" => Some(Owner::Target),
            _ => {
                let message = format!("`{word}` owns no field");
                self.problems.push(Diagnostic::error("wrong-kind", &word.place, message).help("write `source` or `target`"));
                None
            }
        }
    }

    fn overflow(&mut self, word: Option<&Word>) -> bool {
        let Some(word) = word else { return false };
        if !["refuse", "truncate"].contains(&word.text.as_str()) {
            let message = format!("`{word}` is not what can happen to a long text");
            self.problems.push(Diagnostic::error("unknown-word", &word.place, message).meant(&word.text, ["refuse", "truncate"]));
        }
        word.text == "truncate"
    }

    pub(super) fn unknown_target(&mut self, word: &Word, schema: &Schema) {
        let message = format!("`{word}` is not a field of `{}`", schema.name);
        self.problems
            .push(Diagnostic::error("unknown-field", &word.place, message).label("no such field").meant(&word.text, schema.shape.names()));
    }
}

/// Where each source of an entry's value stands.
fn places_of_sources(entry: &Entry) -> Vec<diagnostic::Place> {
    let words = [&entry.from, &entry.expr, &entry.each].into_iter().flatten().map(|word| &word.place);
    let others = entry.value.iter().map(|literal| &literal.place).chain(entry.link.iter().map(|link| &link.mapping.place));
    let mut places: Vec<_> = words.chain(others).cloned().collect();
    places.sort_by_key(|place| place.span.start);
    places
}

fn row_ids(entry: &Entry) -> Vec<String> {
    entry.row.iter().flat_map(|rows| &rows.0).map(|row| row.id.text.clone()).collect()
}

/// Puts a node at `a.b.c`, making records on the way.
fn insert(nodes: &mut Vec<Node>, path: &str, node: Node) {
    let Some((first, rest)) = path.split_once('.') else {
        let known = nodes.iter_mut().find_map(|known| match known {
            Node::Lines(lines) if lines.field.name == path => Some(&mut lines.parts),
            _ => None,
        });
        match (known, node) {
            (Some(parts), Node::Lines(more)) => parts.extend(more.parts),
            (_, node) => nodes.push(node),
        }
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
