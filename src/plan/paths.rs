//! Paths of an author against the shape of what is read: which value they name, and where it sits.

use std::sync::Arc;

use super::check::no_field;
use super::compile::Compiler;
use super::resolve::resolve;
use super::{Place, Term};
use crate::diagnostic::Diagnostic;
use crate::expr::path::{JsonPath, Step as PathStep, parse as parse_path};
use crate::mapping::Word;
use crate::schema::{Kind, Shape};

impl Compiler<'_> {
    /// Compiles a path where it stands: into the line if there is one, else into the record.
    pub(super) fn path(&mut self, word: &Word) -> Option<Term> {
        let path = self.json_path(word)?;
        if let Some(names) = names(&path) {
            return self.named(word, &names).map(Term::Slot);
        }
        let in_line = self.line.is_some();
        let shape = self.line.as_ref().map_or_else(|| self.shape.clone(), |line| line.shape.clone());
        let slot = self.slot(in_line, &[]);
        if !in_line {
            self.used.path(None);
        }
        Some(Term::Search { root: Place { in_line, slot, kind: Kind::Record }, shape: Arc::new(shape), path })
    }

    pub(super) fn json_path(&mut self, word: &Word) -> Option<JsonPath> {
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
        if !in_line {
            self.used.path(Some(names));
        }
        let shape = self.line.as_ref().map_or_else(|| self.shape.clone(), |line| line.shape.clone());
        let steps: Vec<&str> = names.iter().map(String::as_str).collect();
        match resolve(&shape, &steps, self.source.resource.system) {
            Ok(found) => {
                let kind = found.field.map_or(Kind::Anything, |field| field.kind);
                Some(Place { in_line, slot: self.slot(in_line, &found.wire), kind })
            }
            Err(lost) => {
                let name = steps[lost.step];
                let at = begins(&word.text, &steps[..=lost.step]);
                let place = at.map_or_else(|| word.place.clone(), |at| word.part(at..at + name.len()));
                let home = if in_line { "line".to_owned() } else { self.source.name.clone() };
                let owner = lost.above.map_or(home, |above| above.name.clone());
                self.problems.push(no_field((name, &owner), &lost, &place));
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

    /// A path that names one place in a member of a list, as the members that lead to it on the wire.
    pub(super) fn steps_in(&mut self, word: &Word, shape: &Shape) -> Option<Vec<String>> {
        let Some(names) = names(&self.json_path(word)?) else {
            let message = format!("`{word}` may name several values, and one is needed here");
            self.problems.push(Diagnostic::error("path", &word.place, message).help("use a plain path such as `$.wbs_code.flat_code`"));
            return None;
        };
        let steps: Vec<&str> = names.iter().map(String::as_str).collect();
        match resolve(shape, &steps, self.source.resource.system) {
            Ok(found) => Some(found.wire),
            Err(lost) => {
                let at = begins(&word.text, &steps[..=lost.step]);
                let place = at.map_or_else(|| word.place.clone(), |at| word.part(at..at + steps[lost.step].len()));
                let owner = lost.above.map_or("line", |above| above.name.as_str());
                self.problems.push(no_field((steps[lost.step], owner), &lost, &place));
                None
            }
        }
    }

    /// A path to the members of a list: the list's number, the fields of a member, and the keys of a member.
    pub(super) fn list(&mut self, word: &Word) -> Option<(usize, Shape, Vec<String>)> {
        let (wire, shape, keys) = self.list_of(word)?;
        Some((self.wanted.list(&wire), shape, keys))
    }

    /// The same without reading its members: the list's place on the wire in front.
    pub(super) fn list_of(&mut self, word: &Word) -> Option<(Vec<String>, Shape, Vec<String>)> {
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
        Some((found.wire.clone(), field.shape.clone().unwrap_or_default(), field.line_key.clone()))
    }
}

/// The names of a path that is nothing but names.
pub(super) fn names(path: &JsonPath) -> Option<Vec<String>> {
    names_of(path.steps()?)
}

fn names_of(steps: &[PathStep]) -> Option<Vec<String>> {
    let names = steps.iter().map(|step| match step {
        PathStep::Name(name) => Some(name.clone()),
        PathStep::Index(_) | PathStep::Each => None,
    });
    names.collect()
}

/// Where the last of these names begins in a path.
fn begins(path: &str, names: &[&str]) -> Option<usize> {
    let mut from = 0;
    let mut at = None;
    for name in names {
        at = path[from..].find(name).map(|found| from + found);
        from = at? + name.len();
    }
    at
}
