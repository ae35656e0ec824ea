//! The types of what expressions read, from schemas and settings; and what the types of expressions say about a mapping.

use super::check::{Misfit, constant_fits, phrase};
use super::compile::Compiler;
use crate::diagnostic::{Diagnostic, Place};
use crate::expr::{As, Expression, Kinds, Known, Leaf, PathStep, Places, Slip, Type, TypeProblem, Typed};
use crate::mapping::Word;
use crate::schema::{Field, Kind, Schema, Shape};
use crate::value::Value;

impl Known for Compiler<'_> {
    fn at(&self, root: &str, steps: &[PathStep]) -> Type {
        match root {
            "source" => in_shape((&self.shape, &self.source), steps, Kinds::RECORD),
            "line" => self.line.as_ref().map_or_else(Type::any, |line| in_shape((&line.shape, &self.source), steps, Kinds::RECORD)),
            "target" if steps.is_empty() => Type::of(Kinds::RECORD).at_times("`target` is what is there already: nothing for a new record"),
            "target" => in_shape((&self.target.shape, &self.target), steps, Kinds::RECORD),
            "settings" => self.setting_at(steps),
            // What belongs to a project runs where both systems know it.
            "project" => match steps {
                [] => Type::of(Kinds::RECORD),
                [PathStep::Name(name), rest @ ..] if name == "erp" => {
                    self.erp.as_ref().map_or_else(Type::any, |schema| in_shape((&schema.shape, schema), rest, Kinds::RECORD))
                }
                [PathStep::Name(name)] if name == "acumatica" => Type::of(Kinds::TEXT),
                _ => Type::any(),
            },
            "ask" => match steps {
                [] => Type::of(Kinds::RECORD),
                [PathStep::Name(name)] => {
                    let asked = self.mapping.ask.iter().find(|ask| ask.name.text == *name);
                    let as_ = asked.and_then(|ask| ask.it.as_.as_ref()).and_then(|word| As::from_word(&word.text));
                    as_.map_or_else(Type::any, |as_| Type::of(kinds_of(super::check::kind_of(as_)) | Kinds::NULL))
                }
                _ => Type::any(),
            },
            _ => Type::any(),
        }
    }
}

impl Compiler<'_> {
    fn setting_at(&self, steps: &[PathStep]) -> Type {
        let names: Vec<&str> =
            steps.iter().map_while(|step| if let PathStep::Name(name) = step { Some(name.as_str()) } else { None }).collect();
        let found = names.iter().try_fold(&self.settings.defaults, |value, name| value.as_record()?.get(name));
        match found {
            Some(value) if names.len() == steps.len() => match value {
                Value::Null => Type::any(),
                Value::Bool(_) | Value::Number(_) | Value::Record(_) => Type::of(Kinds::of(value)),
                Value::List(_) => Type::of(Kinds::LIST),
                Value::Text(_) => {
                    let path = names.join(".");
                    let owner = format!("settings.{path}");
                    let of = Type::of(Kinds::TEXT).labelled(&owner, self.settings.choices_of(&path));
                    of.told_of(&format!("`{owner}`, one of the words that `settings.yaml` explains"))
                }
            },
            _ => Type::any(),
        }
    }

    /// What the types of an expression say about it, wherever it stands.
    pub(super) fn typed(&mut self, word: &Word, expression: &Expression) -> Typed {
        let typed = expression.typed(self, &self.given);
        for problem in &typed.problems {
            let place = word.part(problem.at.clone());
            self.problems.push(told(problem, &place));
        }
        typed
    }

    /// What a condition is must be true or false.
    pub(super) fn is_condition(&mut self, word: &Word, typed: &Typed) {
        for leaf in typed.leaves.iter().filter(|leaf| !leaf.of.kinds.fits(Kinds::BOOL)) {
            let message = format!("a condition is true or false, and this is {}", leaf.of.kinds.words());
            let problem = Diagnostic::error("not-a-condition", &word.part(leaf.at.clone()), message);
            self.problems.push(problem.help("compare it: `… == …`, or ask `blank(…)`"));
        }
    }

    /// What an expression gives must be something that its field can hold. `most` is how many characters a rule lets through.
    pub(super) fn gives(&mut self, word: &Word, typed: &Typed, (field, as_): (&Field, Option<As>), most: Option<usize>) {
        for leaf in &typed.leaves {
            let Some((misfit, message, help)) = unfit(leaf, field, as_, most) else { continue };
            let problem = misfit.told(&word.part(leaf.at.clone()), message, (leaf.constant.as_ref(), field));
            self.problems.push(problem.maybe_help(help));
        }
    }
}

fn unfit(leaf: &Leaf, field: &Field, as_: Option<As>, most: Option<usize>) -> Option<(Misfit, String, Option<String>)> {
    let kinds = leaf.of.kinds;
    let read = as_.map_or_else(|| kinds_of(field.kind), readable);
    if kinds.present() == Kinds::NONE || field.kind == Kind::List {
        return None;
    }
    if !kinds.present().fits(read) {
        let message = format!("`{}` holds {}, and this is {}", field.name, phrase(field.kind), kinds.words());
        let help = as_.is_none().then(|| match (field.kind, kinds.present()) {
            (Kind::Text, Kinds::NUMBER | Kinds::BOOL) => Some("add `as: text`".to_owned()),
            (kind, Kinds::TEXT) if kind.is_number() || kind == Kind::Boolean => Some(format!("add `as: {}`", kind.word())),
            _ => None,
        });
        return Some((Misfit::Kind, message, help.flatten()));
    }
    if as_.is_some_and(|as_| as_ != As::Text) {
        return None;
    }
    match &leaf.constant {
        Some(Value::Text(text)) if text.trim().is_empty() => None,
        Some(value) if as_.is_none() => {
            let roomy = Field { max_length: None, ..field.clone() };
            constant_fits(value, &roomy).err().or_else(|| too_long(value, &field.name, most))
        }
        Some(value) => too_long(value, &field.name, most),
        None => {
            let labels = leaf.of.labels.as_ref().filter(|_| !field.labels.is_empty() && kinds.only(Kinds::TEXT | Kinds::NULL))?;
            if labels.known.iter().any(|label| field.labels.contains(label)) {
                return None;
            }
            let of = labels.of.as_ref().map_or_else(String::new, |of| format!(" of `{of}`"));
            Some((Misfit::Label, format!("no label{of} is one of `{}`", field.name), None))
        }
    }
}

fn too_long(value: &Value, name: &str, most: Option<usize>) -> Option<(Misfit, String, Option<String>)> {
    let (Value::Text(text), Some(most)) = (value, most) else { return None };
    let length = text.chars().count();
    let message = format!("`{name}` holds {most} characters, and this has {length}");
    (length > most).then(|| (Misfit::Length, message, Some("shorten it".to_owned())))
}

fn told(problem: &TypeProblem, place: &Place) -> Diagnostic {
    let message = problem.message.clone();
    let told = match problem.slip {
        Slip::Kinds => Diagnostic::error("mixed-kinds", place, message),
        Slip::Argument => Diagnostic::error("wrong-argument", place, message),
        Slip::Condition => Diagnostic::error("not-a-condition", place, message),
        Slip::Label => Diagnostic::error("unknown-label", place, message).label("no such label"),
        Slip::Unreachable => Diagnostic::error("unreachable-case", place, message),
        Slip::Never => Diagnostic::error("never-true", place, message),
        Slip::Missing => Diagnostic::error("missing-case", place, message),
        Slip::Absent => Diagnostic::error("may-be-absent", place, message).label("may be nothing"),
    };
    let told = told.maybe_help(problem.help.clone()).replaced_by(problem.meant.as_deref());
    problem.why.iter().fold(told, |told, why| told.note(why.as_str()))
}

/// What `as` can read.
fn readable(as_: As) -> Kinds {
    match as_ {
        As::Text => Kinds::PLAIN,
        As::Decimal | As::Integer | As::Percent => Kinds::ORDERED,
        As::Date | As::Instant => Kinds::TEXT,
        As::Boolean => Kinds::BOOL | Kinds::TEXT,
    }
}

/// The values that a field of this kind holds.
fn kinds_of(kind: Kind) -> Kinds {
    match kind {
        Kind::Text | Kind::Date | Kind::Instant => Kinds::TEXT,
        Kind::Decimal | Kind::Percent | Kind::Integer => Kinds::NUMBER,
        Kind::Boolean => Kinds::BOOL,
        Kind::Record => Kinds::RECORD,
        Kind::Lines | Kind::List => Kinds::LIST,
        Kind::Anything => Kinds::ANY,
    }
}

/// What lies in a shape; `of` is the resource that it belongs to.
fn in_shape((shape, of): (&Shape, &Schema), steps: &[PathStep], whole: Kinds) -> Type {
    let mut shape = Some(shape);
    let mut field: Option<&Field> = None;
    for step in steps {
        let list = field.is_some_and(|field| field.kind == Kind::Lines);
        match step {
            PathStep::Name(name) if !list => {
                let Some(found) = shape.and_then(|shape| shape.get(name)) else { return Type::any() };
                (shape, field) = (found.shape.as_ref(), Some(found));
            }
            // A member of the list has the fields of its lines.
            PathStep::Index(_) | PathStep::Each if list => field = None,
            _ => return Type::any(),
        }
    }
    match (field, steps) {
        (Some(field), _) => of_field(field, of),
        (None, []) => Type::of(whole),
        (None, _) => Type::of(Kinds::RECORD),
    }
}

fn of_field(field: &Field, of: &Schema) -> Type {
    let kinds = kinds_of(field.kind) | if field.always { Kinds::NONE } else { Kinds::NULL };
    let places = match field.kind {
        Kind::Integer => Places::Most(0),
        _ => field.scale.map_or(Places::Unknown, Places::Most),
    };
    let from = format!("`{}`, {} of `{}`", field.name, phrase(field.kind), of.name);
    Type::of(kinds).labelled(&field.name, &field.labels).with_places(places).told_of(&from)
}
