//! Which functions can an expression call? A table of them by family, each with its documentation beside what it does.
//!
//! A function stands in its family's file with five parts: purpose, parameters, examples, behaviour, tests. Examples are data:
//! a test runs each of them, and `docs/functions.md` is written from them.

mod arguments;
mod codes;
mod dates;
mod document;
mod links;
mod lists;
mod numbers;
mod refusing;
mod tables;
mod text;

use std::ops::RangeInclusive;

pub(super) use arguments::Arguments;
pub use document::documentation;

use super::machine::Answer;
use crate::diagnostic::{closest, did_you_mean};
use crate::value::RoundMode;

/// Bytes of a text that an expression makes.
pub(super) const MAX_TEXT: usize = 100_000;
/// Members of a list that an expression makes.
pub(super) const MAX_MEMBERS: usize = 100_000;

/// What authors read about a function.
#[derive(Debug)]
pub struct FunctionDoc {
    /// The name it is called by.
    pub name: &'static str,
    /// The name with its parameters; those in brackets may be left out.
    pub signature: &'static str,
    /// What it is for, in a sentence.
    pub purpose: &'static str,
    /// Each parameter and what it means.
    pub parameters: &'static [(&'static str, &'static str)],
    /// Expressions and what they give.
    pub examples: &'static [(&'static str, &'static str)],
}

/// A function: its documentation and its behaviour.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) doc: FunctionDoc,
    /// How many arguments it takes, the receiver of a method call included.
    pub(super) arguments: RangeInclusive<usize>,
    pub(super) takes: Takes,
    pub(super) run: for<'v> fn(&mut Arguments<'_, 'v>) -> Answer<'v>,
}

/// Functions that the quick way knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Date,
    Linked,
    Lookup,
    Round(RoundMode),
    Split,
    Sum,
    Trim,
    Upper,
    Other,
}

impl Known {
    pub(super) fn of(function: &Function) -> Self {
        match function.doc.name {
            "date" => Self::Date,
            "linked" => Self::Linked,
            "lookup" => Self::Lookup,
            "round_down" => Self::Round(RoundMode::Down),
            "round_half_even" => Self::Round(RoundMode::HalfEven),
            "round_half_up" => Self::Round(RoundMode::HalfUp),
            "split" => Self::Split,
            "sum" => Self::Sum,
            "trim" => Self::Trim,
            "upper" => Self::Upper,
            _ => Self::Other,
        }
    }
}

/// What the second argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Values,
    Closure,
    Either,
}

/// A family and its title in the documentation.
struct Family {
    title: &'static str,
    functions: &'static [Function],
}

static FAMILIES: [Family; 8] =
    [text::FAMILY, numbers::FAMILY, dates::FAMILY, lists::FAMILY, codes::FAMILY, tables::FAMILY, links::FAMILY, refusing::FAMILY];

/// Names that people bring from elsewhere, and what to write here.
const FOREIGN: [(&str, &str); 22] = [
    ("round", "`round_half_up(x, 2)`, `round_half_even(x, 2)` or `round_down(x, 2)` say which way"),
    ("len", "`length(text)` or `count(list)`"),
    ("size", "`length(text)` or `count(list)`"),
    ("to_upper", "`upper(text)`"),
    ("to_lower", "`lower(text)`"),
    ("to_string", "print it into text: `${x}` between backticks"),
    ("to_text", "print it into text: `${x}` between backticks"),
    ("sub_string", "`substring(text, start, length)`"),
    ("to_decimal", "`decimal(x)`"),
    ("parse_decimal", "`decimal(x)`"),
    ("parse_int", "`decimal(x)`"),
    ("to_int", "`round_down(x, 0)`"),
    ("is_empty", "`blank(x)`"),
    ("floor", "`round_down(x, 0)`"),
    ("reduce", "`sum(list, |row| …)`"),
    ("find", "`first(filter(list, |row| …))`"),
    ("timestamp", "`today()`; expressions have no clock"),
    ("eval", "expressions cannot be made while running"),
    ("print", "expressions have no output"),
    ("debug", "expressions have no output"),
    ("type_of", "compare with `()`, or convert with `as`"),
    ("call", "closures stand in `map`, `filter`, `some`, `all` and `sum`"),
];

fn all() -> impl Iterator<Item = &'static Function> + Clone {
    FAMILIES.iter().flat_map(|family| family.functions)
}

/// The function of that name.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    all().find(|function| function.doc.name == name)
}

/// The names of all functions.
pub fn function_names() -> impl Iterator<Item = &'static str> + Clone {
    all().map(|function| function.doc.name)
}

/// The remedy for a name that is no function.
pub(super) fn suggest(name: &str) -> Option<String> {
    if let Some((_, instead)) = FOREIGN.iter().find(|(foreign, _)| *foreign == name) {
        return Some((*instead).to_owned());
    }
    match closest(name, function_names()) {
        Some(_) => did_you_mean(name, function_names()),
        None => Some("the functions are listed in docs/functions.md".to_owned()),
    }
}

/// The function that was meant by a name, where it is a slip of the fingers and not a word from elsewhere.
pub(super) fn near(name: &str) -> Option<&'static str> {
    closest(name, function_names()).filter(|_| FOREIGN.iter().all(|(foreign, _)| *foreign != name))
}
