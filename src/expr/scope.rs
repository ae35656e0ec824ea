//! What may an expression read while it runs? Variables by name, the day, and two look-ups.

use std::borrow::Cow;
use std::cell::OnceCell;

use jiff::civil::Date;

use crate::value::{Found, Value};

/// Tables and links, handed in by whoever has them.
pub trait Lookups {
    /// The entry of a settings table; `None` where the table or the entry is missing.
    fn table(&self, table: &str, key: &str) -> Option<Cow<'_, Value>>;
    /// The other side of a link; `None` where nothing is linked.
    fn linked(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>>;
    /// The business key of the other side of a link.
    fn linked_key(&self, _mapping: &str, _key: &[&str]) -> Option<Cow<'_, str>> {
        None
    }
    /// The id on this side of the link that has this id or key on the other side.
    fn linked_back(&self, _mapping: &str, _key: &[&str]) -> Option<Cow<'_, str>> {
        None
    }
    /// The other side of a line of a linked document, by its list and its id on this side.
    fn linked_line(&self, _mapping: &str, _document: &str, _line: (&str, &str)) -> Option<Cow<'_, str>> {
        None
    }
}

/// Variables, handed in by whoever has them.
pub trait Variables {
    /// The value of a variable.
    ///
    /// # Errors
    /// A reason, when it cannot be read.
    fn variable(&self, name: &str) -> Result<Option<&Value>, String>;
    /// The value that an expression was told of with [`Expression::shorten`](super::Expression::shorten); `None` where it is absent.
    ///
    /// # Errors
    /// A reason, when it cannot be read.
    fn at_hand(&self, number: usize) -> Result<Option<Found<'_>>, String>;
}

/// No tables and no links: for cases and tests that need none.
pub struct NoLookups;

impl Lookups for NoLookups {
    fn table(&self, _table: &str, _key: &str) -> Option<Cow<'_, Value>> {
        None
    }

    fn linked(&self, _mapping: &str, _key: &[&str]) -> Option<Cow<'_, str>> {
        None
    }
}

/// The variables of one evaluation. Values are borrowed; a lazy one is built when an expression first reads it.
pub struct Scope<'a> {
    variables: Vec<(&'a str, Variable<'a>)>,
    more: Option<&'a dyn Variables>,
    pub(super) today: Date,
    pub(super) lookups: &'a dyn Lookups,
}

enum Variable<'a> {
    Ready(&'a Value),
    Lazy(&'a dyn Fn() -> Value, OnceCell<Value>),
}

impl<'a> Scope<'a> {
    /// A scope without variables.
    pub fn new(today: Date, lookups: &'a dyn Lookups) -> Self {
        Self { variables: Vec::new(), more: None, today, lookups }
    }

    /// A scope of these variables.
    pub fn over(today: Date, lookups: &'a dyn Lookups, variables: &'a dyn Variables) -> Self {
        Self { variables: Vec::new(), more: Some(variables), today, lookups }
    }

    /// Adds a variable, or gives one a new value (the next line of a loop).
    pub fn set(&mut self, name: &'a str, value: &'a Value) {
        self.put(name, Variable::Ready(value));
    }

    /// Adds a variable that is built when it is read, at most once.
    pub fn set_lazy(&mut self, name: &'a str, build: &'a dyn Fn() -> Value) {
        self.put(name, Variable::Lazy(build, OnceCell::new()));
    }

    /// [`Self::set`], for building a scope in one expression.
    #[must_use]
    pub fn with(mut self, name: &'a str, value: &'a Value) -> Self {
        self.set(name, value);
        self
    }

    /// The value of a variable, if there is one of that name.
    pub(super) fn get(&self, name: &str) -> Result<Option<&Value>, String> {
        match self.variables.iter().find(|(known, _)| *known == name) {
            Some((_, Variable::Ready(value))) => Ok(Some(value)),
            Some((_, Variable::Lazy(build, cell))) => Ok(Some(cell.get_or_init(build))),
            None => self.more.map_or(Ok(None), |more| more.variable(name)),
        }
    }

    /// The value at hand under a number.
    pub(super) fn at_hand(&self, number: usize) -> Result<Option<Found<'_>>, String> {
        self.more.map_or(Ok(None), |more| more.at_hand(number))
    }

    fn put(&mut self, name: &'a str, variable: Variable<'a>) {
        match self.variables.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = variable,
            None => self.variables.push((name, variable)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{NoLookups, Scope};
    use crate::value::Value;

    #[test]
    fn a_lazy_variable_is_built_once_and_only_when_it_is_read() {
        let built = Cell::new(0);
        let build = || {
            built.set(built.get() + 1);
            Value::from("here")
        };
        let mut scope = Scope::new(jiff::civil::date(2026, 3, 5), &NoLookups);
        scope.set_lazy("target", &build);
        assert_eq!((scope.get("source"), built.get()), (Ok(None), 0));
        assert_eq!(scope.get("target"), Ok(Some(&Value::from("here"))));
        assert_eq!(scope.get("target"), Ok(Some(&Value::from("here"))));
        assert_eq!(built.get(), 1);
        let line = Value::from(true);
        scope.set("target", &line);
        assert_eq!(scope.get("target"), Ok(Some(&line)));
    }
}
