//! What was a function given? Its arguments, asked for by kind; a wrong kind is a failure at that argument.

use std::borrow::Cow;
use std::ops::{Deref, Range};

use arrayvec::ArrayString;
use jiff::civil::Date;
use smallvec::SmallVec;

use crate::expr::machine::{Answer, Machine};
use crate::expr::problem::ExprFailure;
use crate::expr::scope::{Lookups, Scope};
use crate::expr::term::{Call, Node, Term};
use crate::value::{Decimal, Found, Lines, Value, date_of, short_text};

/// The arguments of one call, the receiver of a method call first.
pub(in crate::expr) struct Arguments<'m, 'v> {
    pub(in crate::expr) machine: &'m mut Machine<'v>,
    pub(in crate::expr) call: &'v Call,
    /// `None` where a closure stands.
    pub(in crate::expr) values: SmallVec<[Option<Found<'v>>; 3]>,
    pub(in crate::expr) receives: bool,
}

impl<'v> Arguments<'_, 'v> {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.values.len()
    }

    /// The value of an argument; `()` where it was left out.
    pub(super) fn value(&self, place: usize) -> &Found<'v> {
        self.values.get(place).and_then(Option::as_ref).unwrap_or(&Found::Nothing)
    }

    /// The value of an argument, taken from here.
    pub(super) fn taken(&mut self, place: usize) -> Found<'v> {
        self.values.get_mut(place).and_then(Option::take).unwrap_or_default()
    }

    pub(super) fn text(&self, place: usize) -> Result<&str, Box<ExprFailure>> {
        self.value(place).as_text().ok_or_else(|| self.needs(place, "text"))
    }

    /// A text where it stands.
    pub(super) fn piece(&mut self, place: usize) -> Result<Cow<'v, str>, Box<ExprFailure>> {
        match self.taken(place) {
            Found::Text(text) => Ok(text),
            other => {
                self.values[place] = Some(other);
                Err(self.needs(place, "text"))
            }
        }
    }

    pub(super) fn number(&self, place: usize) -> Result<Decimal, Box<ExprFailure>> {
        match self.value(place) {
            Found::Number(number) => Ok(*number),
            _ => Err(self.needs(place, "a number")),
        }
    }

    /// A whole number within bounds.
    pub(super) fn whole(&self, place: usize, bounds: Range<i64>) -> Result<i64, Box<ExprFailure>> {
        let number = self.number(place)?;
        let whole = i64::try_from(number).ok().filter(|whole| Decimal::from(*whole) == number && bounds.contains(whole));
        whole.ok_or_else(|| {
            let message = format!("`{}` needs a whole number from {} to {}, found `{number}`", self.name(), bounds.start, bounds.end - 1);
            self.failure(place, message)
        })
    }

    /// A calendar date from a text that shows one.
    pub(super) fn date(&self, place: usize) -> Result<Date, Box<ExprFailure>> {
        let text = self.text(place)?;
        date_of(text).ok_or_else(|| self.failure(place, format!("`{text}` is not a date")))
    }

    /// A key for tables and links: texts as they are, numbers without trailing zeros; `None` for `()`.
    pub(super) fn key(&self, place: usize) -> Result<Option<Key<'_>>, Box<ExprFailure>> {
        match self.value(place) {
            Found::Nothing => Ok(None),
            Found::Text(text) => Ok(Some(Key::Text(text))),
            Found::Number(number) => Ok(Some(Key::Number(short_text(*number)))),
            Found::Bool(flag) => Ok(Some(Key::Text(if *flag { "true" } else { "false" }))),
            _ => Err(self.needs(place, "text or a number")),
        }
    }

    /// A list that is only looked at.
    pub(super) fn list(&self, place: usize) -> Result<&Found<'v>, Box<ExprFailure>> {
        let list = self.value(place);
        if list.count().is_some() { Ok(list) } else { Err(self.needs(place, "a list")) }
    }

    /// The members of a list, where they stand.
    pub(super) fn members(&mut self, place: usize) -> Result<Members<'v>, Box<ExprFailure>> {
        match self.taken(place) {
            Found::List(list) => Ok(Members::Standing(list.iter())),
            Found::Members(list) => Ok(Members::Made(list.into_iter())),
            Found::Lines(lines, list) => Ok(Members::Lines(lines, list, 0..lines.count(list))),
            other => {
                self.values[place] = Some(other);
                Err(self.needs(place, "a list"))
            }
        }
    }

    /// The closure that stands second, if one does.
    pub(super) fn closure(&self) -> Option<&'v Node> {
        let second = if self.receives { self.call.arguments.first() } else { self.call.arguments.get(1) };
        match second.map(|node| &node.term) {
            Some(Term::Closure(closure)) => Some(&closure.body),
            _ => None,
        }
    }

    /// The closure's value for one member.
    pub(super) fn each(&mut self, body: &'v Node, member: Found<'v>) -> Answer<'v> {
        self.machine.with_local(member, body)
    }

    /// The closure's answer for one member, which must be true or false.
    pub(super) fn holds(&mut self, body: &'v Node, member: Found<'v>) -> Result<bool, Box<ExprFailure>> {
        match self.each(body, member)? {
            Found::Bool(flag) => Ok(flag),
            other => {
                let message = format!("the closure of `{}` gives {} instead of true or false", self.name(), other.kind_word());
                Err(ExprFailure::new(message, &body.at))
            }
        }
    }

    pub(super) fn scope(&self) -> &'v Scope<'v> {
        self.machine.scope
    }

    pub(super) fn lookups(&self) -> &'v dyn Lookups {
        self.machine.scope.lookups
    }

    pub(super) fn name(&self) -> &'static str {
        self.call.function.doc.name
    }

    /// A failure at an argument, or at the name where the argument is the receiver.
    pub(super) fn failure(&self, place: usize, message: impl Into<String>) -> Box<ExprFailure> {
        let written = place.checked_sub(usize::from(self.receives)).and_then(|place| self.call.arguments.get(place));
        ExprFailure::new(message, written.map_or(&self.call.at, |node| &node.at))
    }

    /// That an argument is of the wrong kind.
    pub(super) fn needs(&self, place: usize, kind: &str) -> Box<ExprFailure> {
        let value = self.value(place);
        let remedy = if value.is_nothing() { "; give it a value with `??`, or skip the call with `?.`" } else { "" };
        self.failure(place, format!("`{}` needs {kind}, found {}{remedy}", self.name(), value.kind_word()))
    }
}

/// A key, or a part of one.
pub(super) enum Key<'g> {
    Text(&'g str),
    Number(ArrayString<32>),
}

impl Deref for Key<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Number(digits) => digits,
        }
    }
}

/// The members of a list, one after the other.
pub(super) enum Members<'v> {
    Standing(std::slice::Iter<'v, Value>),
    Made(std::vec::IntoIter<Found<'v>>),
    Lines(&'v dyn Lines, usize, Range<usize>),
}

impl<'v> Iterator for Members<'v> {
    type Item = Found<'v>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Standing(list) => list.next().map(Found::from),
            Self::Made(list) => list.next(),
            Self::Lines(lines, list, left) => left.next().map(|at| Found::line(*lines, *list, at)),
        }
    }
}
