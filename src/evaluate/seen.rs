//! What does a formula see? Values of the record and the line, each read from its text once, and what the context knows.

use std::cell::OnceCell;
use std::sync::Arc;

use super::context::Context;
use super::moving::seen;
use super::open::Item;
use super::read::Slots;
use crate::expr::Variables;
use crate::plan::{Formula, Part, View};
use crate::schema::System;
use crate::value::{Record, Value};

/// The values of one record or line that formulas have asked for, by slot; `None` inside for those it does not have.
#[derive(Debug)]
pub(super) struct Seen {
    values: Vec<OnceCell<Option<Value>>>,
    views: Vec<OnceCell<Result<Value, String>>>,
}

impl Seen {
    /// Nothing read yet.
    pub(super) fn new(slots: usize, views: usize) -> Self {
        Self { values: vec![OnceCell::new(); slots], views: vec![OnceCell::new(); views] }
    }

    /// Reads what a formula needs, but for lines.
    ///
    /// # Errors
    /// A reason, when a text is not of its field's kind.
    pub(super) fn read(&self, parts: &[Part], slots: &Slots<'_>, system: System) -> Result<(), String> {
        parts.iter().filter(|part| !part.is_late()).try_for_each(|part| self.value(part, slots, system).map(|_| ()))
    }

    fn value(&self, part: &Part, slots: &Slots<'_>, system: System) -> Result<Option<&Value>, String> {
        let cell = &self.values[part.slot];
        if let Some(value) = cell.get() {
            return Ok(value.as_ref());
        }
        let value = slots.values[part.slot].map(|raw| seen(raw, part.field.as_ref(), system)).transpose()?;
        Ok(cell.get_or_init(|| value).as_ref())
    }

    /// Nothing read any more: the next line has other values.
    pub(super) fn forget(&mut self) {
        self.values.fill_with(OnceCell::new);
    }

    fn get(&self, slot: usize) -> Option<&Value> {
        self.values.get(slot)?.get()?.as_ref()
    }

    /// A list as an expression sees it.
    fn view(&self, number: usize, view: &View, (slots, system): (&Slots<'_>, System)) -> Result<&Value, String> {
        self.views[number].get_or_init(|| members(view, slots, system)).as_ref().map_err(Clone::clone)
    }
}

/// The members of a list with those of their fields that a view shows.
fn members(view: &View, slots: &Slots<'_>, system: System) -> Result<Value, String> {
    let member = |line: &Slots<'_>| {
        let mut record = Record::new();
        for part in &view.fields {
            let value = line.values[part.slot].map(|raw| seen(raw, part.field.as_ref(), system)).transpose()?;
            match value {
                None | Some(Value::Null) => {}
                Some(value) if part.path.contains('.') => record.set_at(&part.path, value),
                Some(value) => record.set(Arc::clone(&part.path), value),
            }
        }
        Ok(Value::Record(record))
    };
    slots.lists[view.list].iter().map(member).collect::<Result<_, _>>().map(Value::List)
}

/// The variables of one formula.
pub(super) struct Sight<'r> {
    pub(super) formula: &'r Formula,
    pub(super) context: &'r Context<'r>,
    pub(super) ask: &'r Value,
    pub(super) source: &'r Seen,
    /// None outside lines.
    pub(super) line: Option<&'r Seen>,
    pub(super) item: Item<'r, 'r, 'r>,
    pub(super) whole: Whole,
}

/// The record and the line as values: made only for a formula that needs more of them than single values at hand.
#[derive(Debug, Default)]
pub(super) struct Whole {
    source: OnceCell<Value>,
    line: OnceCell<Value>,
}

impl Sight<'_> {
    /// One of the values that the formula reads of the record: read by now, but for lines.
    fn of_source(&self, part: &Part) -> Result<Option<&Value>, String> {
        let (slots, system) = (self.item.slots, self.item.plan.source.resource.system);
        match (part.view, slots.values[part.slot]) {
            (None, _) if !part.is_late() => Ok(self.source.get(part.slot)),
            (Some(view), Some(raw)) if raw.starts_with('[') => {
                self.source.view(view, &self.item.plan.wanted.views[view], (slots, system)).map(Some)
            }
            _ => self.source.value(part, slots, system),
        }
    }

    fn of_line(&self, part: &Part) -> Result<Option<&Value>, String> {
        match (self.line, self.item.line) {
            (Some(seen), Some(line)) => seen.value(part, line, self.item.plan.source.resource.system),
            _ => Ok(None),
        }
    }
}

/// The record that these parts are of.
fn record<'v>(parts: &[Part], value: impl Fn(&Part) -> Option<&'v Value>) -> Value {
    let mut record = Record::new();
    for part in parts {
        let Some(value) = value(part) else { continue };
        match part.path.as_str() {
            "" => return value.clone(),
            path => record.set_at(path, value.clone()),
        }
    }
    Value::Record(record)
}

impl Variables for Sight<'_> {
    fn variable(&self, name: &str) -> Option<&Value> {
        Some(match name {
            "source" => self.whole.source.get_or_init(|| record(&self.formula.source, |part| self.of_source(part).ok().flatten())),
            "line" => self.whole.line.get_or_init(|| match self.line {
                Some(_) => record(&self.formula.line, |part| self.of_line(part).ok().flatten()),
                None => Value::Null,
            }),
            "ask" => self.ask,
            "settings" => self.context.settings,
            "target" => self.context.target,
            "project" => self.context.project,
            _ => return None,
        })
    }

    fn at_hand(&self, number: usize) -> Result<Option<&Value>, String> {
        match number.checked_sub(self.formula.source.len()) {
            None => self.of_source(&self.formula.source[number]),
            Some(of_line) => self.formula.line.get(of_line).map_or(Ok(None), |part| self.of_line(part)),
        }
    }
}
