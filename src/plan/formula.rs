//! An expression in its place: compiled, its names checked against the shapes in scope, and its reads turned into wanted
//! values.

use crate::diagnostic::Diagnostic;
use crate::expr::{Expression, NoLookups, PathStep, Read, Scope, Typed};
use crate::mapping::Word;
use crate::schema::{Field, Kind, Shape, System};
use crate::value::{Reading, Value};

use std::sync::Arc;

use jiff::civil::Date;

use super::check::no_field;
use super::compile::Compiler;
use super::resolve::{Lost, beside, resolve};
use super::trie::Slot;

/// An expression, and the values of the record and the line that it reads.
#[derive(Debug)]
pub struct Formula {
    /// The expression.
    pub expression: Expression,
    /// What it reads of the record. The expression knows these by their number, and those of the line by the numbers after.
    pub source: Vec<Part>,
    /// What it reads of the line.
    pub line: Vec<Part>,
    /// Where a glance finds each of these, by its number.
    pub spots: Box<[Spot]>,
    /// Whether it reads what the target holds.
    pub reads_target: bool,
    /// The author's words.
    pub written: String,
}

/// Where a value stands that an expression reads.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// In the line rather than the record.
    pub in_line: bool,
    /// What its token is to be read as.
    pub reading: Reading,
    /// Which of the wanted values it is.
    pub slot: Slot,
}

/// One value that an expression reads.
#[derive(Debug)]
pub struct Part {
    /// Where the expression sees it: `vendor.id`. Empty for the whole.
    pub path: String,
    /// Which of the wanted values it is.
    pub slot: Slot,
    /// The field, for reading it; none for values whose shape is not described and for the whole record.
    pub field: Option<Field>,
    /// Where it is a list of which only fields of the members are read: the view that shows these.
    pub view: Option<usize>,
}

impl Part {
    /// Lines are read only once an expression comes to them: there may be many.
    pub fn is_late(&self) -> bool {
        self.view.is_some() || self.field.as_ref().is_some_and(|field| field.kind == Kind::Lines)
    }
}

/// The schema of `project.erp`.
const PROJECTS_AT_ACUMATICA: &str = "acumatica/Project";

fn numbered<'p>(source: &'p [Part], line: &'p [Part]) -> impl Iterator<Item = (&'static str, &'p Part)> {
    source.iter().map(|part| ("source", part)).chain(line.iter().map(|part| ("line", part)))
}

impl Compiler<'_> {
    /// Compiles an expression where it stands.
    pub(super) fn formula(&mut self, word: &Word) -> Option<Formula> {
        self.formula_of(word).map(|(formula, _)| formula)
    }

    /// Compiles an expression that says whether something is so.
    pub(super) fn condition(&mut self, word: &Word) -> Option<Formula> {
        let (formula, typed) = self.formula_of(word)?;
        self.is_condition(word, &typed);
        Some(formula)
    }

    /// From here on a condition holds, for what it does not let through goes nowhere.
    pub(super) fn holds(&mut self, condition: Option<&Formula>) {
        self.given.extend(condition.into_iter().flat_map(|condition| condition.expression.facts(true)));
    }

    /// Compiles something that counts only where a condition holds.
    pub(super) fn where_holds<T>(&mut self, condition: Option<&Formula>, compile: impl FnOnce(&mut Self) -> T) -> T {
        let outside = self.given.len();
        self.holds(condition);
        let compiled = compile(self);
        self.given.truncate(outside);
        compiled
    }

    /// Compiles an expression whose value goes somewhere: with what is known of that value.
    pub(super) fn formula_of(&mut self, word: &Word) -> Option<(Formula, Typed)> {
        let names = self.names();
        self.formula_over(word, &names)
    }

    /// Compiles what says where a mapping runs at all: before anything is read, only settings are known.
    pub(super) fn switch(&mut self, word: &Word, what: &str) -> Option<Formula> {
        let (formula, typed) = self.formula_over(word, &["settings"])?;
        if !typed.problems.is_empty() {
            return None;
        }
        let scope = Scope::new(Date::MIN, &NoLookups).with("settings", &self.settings.defaults);
        let answer = formula.expression.evaluate(&scope).map_err(|failure| failure.message);
        let wrong = match answer {
            Ok(Value::Bool(_)) => return Some(formula),
            Ok(other) => format!("{what} is {}, not true or false", other.kind_word()),
            Err(message) => format!("{what} cannot be computed: {message}"),
        };
        let help = "compare a setting: `settings.NAME == \"value\"`";
        self.problems.push(Diagnostic::error("enabled", &word.place, wrong).help(help));
        None
    }

    fn formula_over(&mut self, word: &Word, names: &[&str]) -> Option<(Formula, Typed)> {
        let mut expression = match self.engine.compile(&word.text, names) {
            Ok(expression) => expression,
            Err(problem) => {
                let place = problem.at.map_or_else(|| word.place.clone(), |at| word.part(at));
                self.problems.push(
                    Diagnostic::error("expression", &place, problem.message).maybe_help(problem.help).replaced_by(problem.meant.as_deref()),
                );
                return None;
            }
        };
        let (mut source, mut line, mut reads_target, mut sound) = (Vec::new(), Vec::new(), false, true);
        for read in expression.reads() {
            match self.reading(word, read) {
                Some(Found::Source(part)) => source.push(part),
                Some(Found::Line(part)) => line.push(part),
                Some(Found::Target) => reads_target = true,
                Some(Found::Elsewhere) => {}
                None => sound = false,
            }
        }
        sound &= self.calls(word, &expression);
        if !sound {
            return None;
        }
        self.views(&expression, &mut source);
        let typed = self.typed(word, &expression);
        self.costs(word, &expression);
        let written = word.text.trim().to_owned();
        let mut spots = Vec::new();
        for (number, (root, part)) in numbered(&source, &line).enumerate() {
            expression.shorten(root, &part.path, number);
            let reading = part.field.as_ref().map_or(Reading::Other, |field| field.reading(self.source.resource.system));
            spots.push(Spot { in_line: root == "line", reading, slot: part.slot });
        }
        Some((Formula { expression, source, line, spots: spots.into(), reads_target, written }, typed))
    }

    fn names(&self) -> Vec<&'static str> {
        let mut names = vec!["source", "ask", "settings", "target", "project"];
        if self.line.is_some() {
            names.push("line");
        }
        names
    }

    fn reading(&mut self, word: &Word, read: &Read) -> Option<Found> {
        self.used.read(read);
        match read.root.as_str() {
            "source" | "line" => self.data(word, read),
            "settings" => self.setting(word, read).then_some(Found::Elsewhere),
            "ask" => {
                let known: Vec<&str> = self.mapping.ask.iter().map(|ask| ask.name.text.as_str()).collect();
                self.member(word, read, &known, "an asked value").then_some(Found::Elsewhere)
            }
            "project" => self.project_read(word, read).then_some(Found::Elsewhere),
            _ => {
                let target = Arc::clone(&self.target);
                self.walk(word, read, &target.shape, (target.resource.system, &target.name)).map(|_| Found::Target)
            }
        }
    }

    /// Both systems' keys of the project, and its fields as Acumatica holds them.
    fn project_read(&mut self, word: &Word, read: &Read) -> bool {
        let mut steps = read.steps.iter();
        let first = steps.next();
        if !first.is_some_and(|step| step.step == PathStep::Name("erp".to_owned())) {
            return self.member(word, read, &["procore", "acumatica", "erp"], "a key of `project`");
        }
        let Some(schema) = self.catalog.get(PROJECTS_AT_ACUMATICA).cloned() else {
            let message = format!("`project.erp` needs the schema of `{PROJECTS_AT_ACUMATICA}`");
            let place = word.part(read.at.clone());
            self.problems.push(Diagnostic::error("unknown-resource", &place, message).help("put it beside the other schemas"));
            return false;
        };
        let below = Read { root: read.root.clone(), at: read.at.clone(), steps: steps.cloned().collect() };
        let sound = self.walk(word, &below, &schema.shape, (System::Acumatica, &schema.name)).is_some();
        self.erp = Some(schema);
        sound
    }

    fn data(&mut self, word: &Word, read: &Read) -> Option<Found> {
        let in_line = read.root == "line";
        let (shape, owner) = match &self.line {
            Some(line) if in_line => (line.shape.clone(), "line".to_owned()),
            _ => (self.shape.clone(), self.source.name.clone()),
        };
        let (names, wire, field) = self.walk(word, read, &shape, (self.source.resource.system, &owner))?;
        let field = field.or_else(|| names.is_empty().then(|| beside(&read.root, Kind::Record, shape.clone())));
        let part = Part { path: names.join("."), slot: self.slot(in_line, &wire), field, view: None };
        Some(if in_line { Found::Line(part) } else { Found::Source(part) })
    }

    /// Walks a read down a shape: the names up to the first list, its place on the wire, and its field. What is read of a list's
    /// members is checked, and the list is taken as a whole.
    fn walk(&mut self, word: &Word, read: &Read, shape: &Shape, (system, owner): (System, &str)) -> Option<Walked> {
        let (mut shape, mut owner) = (shape.clone(), owner.to_owned());
        let mut first: Option<Walked> = None;
        let mut rest: &[crate::expr::ReadStep] = &read.steps;
        loop {
            let names: Vec<&str> =
                rest.iter().map_while(|step| if let PathStep::Name(name) = &step.step { Some(name.as_str()) } else { None }).collect();
            let (wire, field) = match resolve(&shape, &names, system) {
                Ok(found) => (found.wire, found.field.cloned()),
                Err(lost) => {
                    self.lost(word, &rest[lost.step], &lost, (names[lost.step], &owner));
                    return None;
                }
            };
            let inner = field.as_ref().and_then(|field| field.shape.clone());
            owner = field.as_ref().map_or(owner, |field| field.name.clone());
            let taken = first.get_or_insert_with(|| (names.iter().map(|name| (*name).to_owned()).collect(), wire, field)).clone();
            match (inner, rest.get(names.len() + 1..)) {
                (Some(inner), Some(below)) if !below.is_empty() => (shape, rest) = (inner, below),
                _ => return Some(taken),
            }
        }
    }

    fn setting(&mut self, word: &Word, read: &Read) -> bool {
        let mut here = &self.settings.defaults;
        for step in &read.steps {
            let PathStep::Name(name) = &step.step else { return true };
            let Value::Record(record) = here else { return true };
            let Some(next) = record.get(name) else {
                let known: Vec<&str> = record.iter().map(|(name, _)| name).collect();
                let place = word.part(step.at.clone());
                let message = format!("`{name}` is not a setting");
                self.problems.push(
                    Diagnostic::error("unknown-setting", &place, message).label("no such setting").meant(name, known.iter().copied()),
                );
                return false;
            };
            here = next;
        }
        true
    }

    fn member(&mut self, word: &Word, read: &Read, known: &[&str], what: &str) -> bool {
        let Some(step) = read.steps.first() else { return true };
        let PathStep::Name(name) = &step.step else { return true };
        if known.contains(&name.as_str()) {
            return true;
        }
        let place = word.part(step.at.clone());
        self.problems.push(
            Diagnostic::error("unknown-name", &place, format!("`{name}` is not {what}"))
                .label("no such name")
                .meant(name, known.iter().copied()),
        );
        false
    }

    fn lost(&mut self, word: &Word, step: &crate::expr::ReadStep, lost: &Lost<'_>, (name, owner): (&str, &str)) {
        let place = word.part(step.at.clone());
        let owner = lost.above.map_or(owner, |above| above.name.as_str());
        self.problems.push(no_field((name, owner), lost, &place));
    }
}

/// The names up to the first list, the members on the wire, and the field there.
type Walked = (Vec<String>, Vec<String>, Option<Field>);

enum Found {
    Source(Part),
    Line(Part),
    Target,
    Elsewhere,
}
