//! What was a function given? Its arguments, asked for by kind; a wrong kind is a failure at that argument.

use std::borrow::Cow;
use std::ops::Range;

use jiff::civil::Date;

use crate::expr::machine::{Answer, Found, Machine};
use crate::expr::problem::ExprFailure;
use crate::expr::scope::{Lookups, Scope};
use crate::expr::term::{Call, Node, Term};
use crate::value::{Decimal, Value, date_of, plain_text};

/// The arguments of one call, the receiver of a method call first.
pub(in crate::expr) struct Arguments<'m, 'v> {
    pub(in crate::expr) machine: &'m mut Machine<'v>,
    pub(in crate::expr) call: &'v Call,
    /// `None` where a closure stands.
    pub(in crate::expr) values: Vec<Option<Found<'v>>>,
    pub(in crate::expr) receives: bool,
}

impl<'v> Arguments<'_, 'v> {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.values.len()
    }

    /// The value of an argument; `()` where it was left out.
    pub(super) fn value(&self, place: usize) -> &Value {
        self.values.get(place).and_then(Option::as_deref).unwrap_or(&Value::Null)
    }

    pub(super) fn text(&self, place: usize) -> Result<&str, ExprFailure> {
        self.value(place).as_text().ok_or_else(|| self.needs(place, "text"))
    }

    pub(super) fn number(&self, place: usize) -> Result<Decimal, ExprFailure> {
        match self.value(place) {
            Value::Number(number) => Ok(*number),
            _ => Err(self.needs(place, "a number")),
        }
    }

    /// A whole number within bounds.
    pub(super) fn whole(&self, place: usize, bounds: Range<i64>) -> Result<i64, ExprFailure> {
        let number = self.number(place)?;
        let whole = i64::try_from(number).ok().filter(|whole| Decimal::from(*whole) == number && bounds.contains(whole));
        whole.ok_or_else(|| {
            let message = format!("`{}` needs a whole number from {} to {}, found `{number}`", self.name(), bounds.start, bounds.end - 1);
            self.failure(place, message)
        })
    }

    /// A calendar date from a text that shows one.
    pub(super) fn date(&self, place: usize) -> Result<Date, ExprFailure> {
        let text = self.text(place)?;
        date_of(text).ok_or_else(|| self.failure(place, format!("`{text}` is not a date")))
    }

    /// A key for tables and links: texts as they are, numbers without trailing zeros; `None` for `()`.
    pub(super) fn key(&self, place: usize) -> Result<Option<Cow<'_, str>>, ExprFailure> {
        match self.value(place) {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(Cow::Borrowed(text))),
            Value::Number(number) => Ok(Some(Cow::Owned(plain_text(*number)))),
            Value::Bool(flag) => Ok(Some(Cow::Owned(flag.to_string()))),
            Value::List(_) | Value::Record(_) => Err(self.needs(place, "text or a number")),
        }
    }

    pub(super) fn list(&self, place: usize) -> Result<&[Value], ExprFailure> {
        self.value(place).as_list().ok_or_else(|| self.needs(place, "a list"))
    }

    /// The members of a list, borrowed where the list is.
    pub(super) fn members(&mut self, place: usize) -> Result<Vec<Found<'v>>, ExprFailure> {
        match self.values.get_mut(place).and_then(Option::take) {
            Some(Cow::Borrowed(Value::List(list))) => Ok(list.iter().map(Cow::Borrowed).collect()),
            Some(Cow::Owned(Value::List(list))) => Ok(list.into_iter().map(Cow::Owned).collect()),
            other => {
                self.values[place] = other;
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
    pub(super) fn holds(&mut self, body: &'v Node, member: Found<'v>) -> Result<bool, ExprFailure> {
        match &*self.each(body, member)? {
            Value::Bool(flag) => Ok(*flag),
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
    pub(super) fn failure(&self, place: usize, message: impl Into<String>) -> ExprFailure {
        let written = place.checked_sub(usize::from(self.receives)).and_then(|place| self.call.arguments.get(place));
        ExprFailure::new(message, written.map_or(&self.call.at, |node| &node.at))
    }

    /// That an argument is of the wrong kind.
    pub(super) fn needs(&self, place: usize, kind: &str) -> ExprFailure {
        let value = self.value(place);
        let remedy = if value.is_null() { "; give it a value with `??`, or skip the call with `?.`" } else { "" };
        self.failure(place, format!("`{}` needs {kind}, found {}{remedy}", self.name(), value.kind_word()))
    }
}
