//! What does a formula see? Values of the record and the line where they stand, and what the context knows.

use std::cell::OnceCell;
use std::sync::Arc;

use super::finder::Finder;
use super::moving::seen;
use super::open::Item;
use super::read::Slots;
use crate::expr::Variables;
use crate::plan::{Formula, Part, View};
use crate::schema::System;
use crate::value::{Found, Lines, Record, Token, Value};

/// Lists and records of one record or line that formulas have asked for, each read once. Single values are read where they stand.
#[derive(Debug, Default)]
pub(super) struct Seen {
    values: Cells<Value>,
    views: Cells<Value>,
    /// That the lines which a view shows can be read.
    sound: Cells<()>,
}

impl Seen {
    /// Whether each of the fields that a view shows can be read, in all lines.
    pub(super) fn sound(&self, number: usize, item: &Item<'_, '_, '_>) -> Result<(), String> {
        let views = &item.plan.wanted.views;
        let sound = self.sound.get((number, views.len()), || sound(&views[number], item.slots, item.plan.source.resource.system));
        sound.copied()
    }
}

/// What was read, by number, each when it was first asked for.
#[derive(Debug)]
struct Cells<T>(OnceCell<Box<[Cell<T>]>>);

type Cell<T> = OnceCell<Result<T, String>>;

impl<T> Default for Cells<T> {
    fn default() -> Self {
        Self(OnceCell::new())
    }
}

impl<T> Cells<T> {
    /// One of so many.
    fn get(&self, (at, count): (usize, usize), read: impl FnOnce() -> Result<T, String>) -> Result<&T, String> {
        let cells = self.0.get_or_init(|| (0..count).map(|_| Cell::new()).collect());
        cells[at].get_or_init(read).as_ref().map_err(Clone::clone)
    }
}

/// A member of a list with those of its fields that a view shows.
fn member(view: &View, line: Slots<'_, '_>, system: System) -> Result<Record, String> {
    let mut record = Record::new();
    for part in &view.fields {
        let value = line.values[part.slot].map(|raw| seen(raw, part.field.as_ref(), system)).transpose()?;
        match value {
            None | Some(Value::Null) => {}
            Some(value) if part.path.contains('.') => record.set_at(&part.path, value),
            Some(value) => record.set(Arc::clone(&part.path), value),
        }
    }
    Ok(record)
}

fn sound(view: &View, slots: Slots<'_, '_>, system: System) -> Result<(), String> {
    let fields = slots.lists[view.list].iter().flat_map(|line| view.fields.iter().map(move |part| (part, line)));
    for (part, line) in fields {
        if Token::new(line.values[part.slot], part.reading).is_nothing().is_some() {
            continue;
        }
        line.values[part.slot]
            .zip(part.field.as_ref())
            .map_or(Ok(()), |(raw, field)| field.scalar(raw, system).map(drop))
            .map_err(|problem| problem.0)?;
    }
    Ok(())
}

/// The variables of one formula.
pub(super) struct Sight<'r> {
    pub(super) formula: &'r Formula,
    pub(super) finder: &'r Finder<'r, 'r, 'r, 'r, 'r>,
    pub(super) whole: Whole,
}

/// The record and the line as values: made only for a formula that needs more of them than single values at hand.
#[derive(Debug, Default)]
pub(super) struct Whole {
    source: OnceCell<Box<Result<Value, String>>>,
    line: OnceCell<Box<Result<Value, String>>>,
}

impl Sight<'_> {
    fn system(&self) -> System {
        self.finder.item.plan.source.resource.system
    }

    /// One of the values that the formula reads of the record.
    fn of_source(&self, part: &Part) -> Result<Option<Found<'_>>, String> {
        self.part(part, self.finder.item.slots, &self.finder.seen)
    }

    /// One of those that it reads of the line; none outside lines.
    fn of_line(&self, part: &Part) -> Result<Option<Found<'_>>, String> {
        self.finder.item.line.map_or(Ok(None), |line| self.part(part, line, &self.finder.line_seen))
    }

    fn part<'s>(&'s self, part: &Part, slots: Slots<'s, 's>, seen: &'s Seen) -> Result<Option<Found<'s>>, String> {
        let Some(raw) = slots.values[part.slot] else { return Ok(None) };
        let found = match (part.view, &part.field) {
            (_, Some(field)) if field.is_scalar() => return field.scalar(raw, self.system()).map(Some).map_err(|problem| problem.0),
            (Some(view), _) if raw.starts_with('[') => return self.view(view, seen).map(Some),
            (_, field) => seen.values.get((part.slot, slots.values.len()), || self::seen(raw, field.as_ref(), self.system())),
        };
        found.map(|value| Some(value.into()))
    }

    /// The lines of the record that a view shows.
    fn view<'s>(&'s self, number: usize, seen: &'s Seen) -> Result<Found<'s>, String> {
        let (views, slots, system) = (&self.finder.item.plan.wanted.views, self.finder.item.slots, self.system());
        let view = &views[number];
        if view.is_flat() {
            return seen.sound(number, &self.finder.item).map(|()| Found::Lines(self, number));
        }
        let all = || slots.lists[view.list].iter().map(|line| member(view, line, system).map(Value::Record)).collect::<Result<_, _>>();
        seen.views.get((number, views.len()), || all().map(Value::List)).map(Found::from)
    }

    /// The record that these parts are of. A part that cannot be read is left out where only the way to another one is walked.
    fn record<'s>(&self, parts: &[Part], find: impl Fn(&Part) -> Result<Option<Found<'s>>, String>) -> Result<Value, String> {
        let mut record = Record::new();
        for part in parts {
            let found = match find(part) {
                Ok(found) => found,
                Err(message) if part.path.is_empty() || self.formula.expression.kept().is_some() => return Err(message),
                Err(_) => None,
            };
            match (found, part.path.as_str()) {
                (None, _) => {}
                (Some(found), "") => return Ok(found.into_value()),
                (Some(found), path) => record.set_at(path, found.into_value()),
            }
        }
        Ok(Value::Record(record))
    }
}

/// Lines that were found sound: what they hold can be read.
impl Lines for Sight<'_> {
    fn count(&self, view: usize) -> usize {
        self.finder.item.slots.lists[self.finder.item.plan.wanted.views[view].list].count()
    }

    fn field(&self, view: usize, at: usize, name: &str) -> Found<'_> {
        let view = &self.finder.item.plan.wanted.views[view];
        let line = self.finder.item.slots.lists[view.list].at(at);
        let part = view.fields.iter().find(|part| *part.path == *name);
        let found = part.and_then(|part| part.field.as_ref()?.scalar(line.values[part.slot]?, self.system()).ok());
        found.unwrap_or_default()
    }

    fn record(&self, view: usize, at: usize) -> Record {
        let view = &self.finder.item.plan.wanted.views[view];
        member(view, self.finder.item.slots.lists[view.list].at(at), self.system()).unwrap_or_default()
    }
}

impl Variables for Sight<'_> {
    fn variable(&self, name: &str) -> Result<Option<&Value>, String> {
        let whole = match name {
            "source" => self.whole.source.get_or_init(|| Box::new(self.record(&self.formula.source, |part| self.of_source(part)))),
            "line" => self.whole.line.get_or_init(|| match self.finder.item.line {
                Some(_) => Box::new(self.record(&self.formula.line, |part| self.of_line(part))),
                None => Box::new(Ok(Value::Null)),
            }),
            _ => return Ok(self.finder.variable(name)),
        };
        whole.as_ref().as_ref().map(Some).map_err(Clone::clone)
    }

    fn at_hand(&self, number: usize) -> Result<Option<Found<'_>>, String> {
        match number.checked_sub(self.formula.source.len()) {
            None => self.of_source(&self.formula.source[number]),
            Some(of_line) => self.formula.line.get(of_line).map_or(Ok(None), |part| self.of_line(part)),
        }
    }
}
