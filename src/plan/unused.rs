//! What a mapping asks for or reads beside its records, and then never looks at.

use std::collections::BTreeSet;

use super::compile::Compiler;
use crate::diagnostic::{Diagnostic, Place};
use crate::expr::{PathStep, Read};
use crate::mapping::Word;

/// The names that rules have looked at.
#[derive(Debug, Default)]
pub(super) struct Used {
    answers: BTreeSet<String>,
    fields: BTreeSet<String>,
    settings: BTreeSet<String>,
    /// Something looks at the whole record, or at all answers.
    all: bool,
}

impl Used {
    /// What an expression reads.
    pub(super) fn read(&mut self, read: &Read) {
        if read.root == "settings" {
            let names = read.steps.iter().map_while(|step| if let PathStep::Name(name) = &step.step { Some(name.as_str()) } else { None });
            self.settings.insert(names.collect::<Vec<_>>().join("."));
        }
        let into = match read.root.as_str() {
            "ask" => &mut self.answers,
            "source" => &mut self.fields,
            _ => return,
        };
        match read.steps.first().map(|step| &step.step) {
            Some(PathStep::Name(name)) => {
                into.insert(name.clone());
            }
            _ => self.all = true,
        }
    }

    /// A table in which something is looked up.
    pub(super) fn table(&mut self, name: &str) {
        self.settings.insert(format!("tables.{name}"));
    }

    /// The settings that were read, by path.
    pub(super) fn settings(&self) -> BTreeSet<String> {
        self.settings.clone()
    }

    /// What a path of the record names first; none for a search.
    pub(super) fn path(&mut self, names: Option<&[String]>) {
        match names {
            Some([name, ..]) => {
                self.fields.insert(name.clone());
            }
            _ => self.all = true,
        }
    }
}

impl Compiler<'_> {
    /// Tells of answers and of joined records that nothing looks at.
    pub(super) fn unused(&mut self) {
        if self.used.all {
            return;
        }
        let asked = self.mapping.ask.iter().map(|ask| (&ask.name, &self.used.answers, "asked value"));
        let joined = self.mapping.join.iter().map(|join| (&join.name, &self.used.fields, "join"));
        let lists = self.mapping.lists.iter().map(|list| (&list.name, &self.used.fields, "list"));
        // What is broken itself is told so, and once.
        let home = &self.mapping.mapping.place.source;
        let line = |place: &Place| home.line_column(place.span.start).0;
        let places = self.problems.iter().filter_map(|problem| problem.place.as_ref());
        let broken: Vec<usize> = places.filter(|place| place.source == *home).map(line).collect();
        let unused = asked.chain(joined).chain(lists).filter(|(name, used, _)| !used.contains(&name.text));
        let lost: Vec<Diagnostic> = unused.filter(|(name, ..)| !broken.contains(&line(&name.place))).map(warning).collect();
        self.problems.extend(lost);
    }
}

fn warning((name, _, what): (&Word, &BTreeSet<String>, &str)) -> Diagnostic {
    let message = format!("nothing looks at the {what} `{name}`");
    Diagnostic::warning("unused", &name.place, message).label("not used").help("use it in a rule, or take it out")
}
