//! What does a formula see? Values of the record and the line, each read from its text once, and what the context knows.

use std::cell::OnceCell;

use super::context::Context;
use super::moving::seen;
use super::read::Slots;
use crate::expr::Variables;
use crate::plan::{Formula, Part};
use crate::schema::System;
use crate::value::{Record, Value};

/// The values of one record or line that formulas have asked for, by slot; `None` inside for those it does not have.
#[derive(Debug)]
pub(super) struct Seen {
    values: Vec<OnceCell<Option<Value>>>,
}

impl Seen {
    /// Nothing read yet.
    pub(super) fn new(slots: usize) -> Self {
        Self { values: vec![OnceCell::new(); slots] }
    }

    /// Reads what a formula needs.
    ///
    /// # Errors
    /// A reason, when a text is not of its field's kind.
    pub(super) fn read(&self, parts: &[Part], slots: &Slots<'_>, system: System) -> Result<(), String> {
        for part in parts {
            let cell = &self.values[part.slot];
            if cell.get().is_none() {
                let value = slots.values[part.slot].map(|raw| seen(raw, part.field.as_ref(), system)).transpose()?;
                cell.get_or_init(|| value);
            }
        }
        Ok(())
    }

    fn get(&self, slot: usize) -> Option<&Value> {
        self.values.get(slot)?.get()?.as_ref()
    }

    /// The record that these parts are of.
    fn record(&self, parts: &[Part]) -> Value {
        let mut record = Record::new();
        for part in parts {
            let Some(value) = self.get(part.slot) else { continue };
            match part.path.as_str() {
                "" => return value.clone(),
                path => record.set_at(path, value.clone()),
            }
        }
        Value::Record(record)
    }
}

/// The variables of one formula.
pub(super) struct Sight<'r> {
    pub(super) formula: &'r Formula,
    pub(super) context: &'r Context<'r>,
    pub(super) ask: &'r Value,
    pub(super) source: &'r Seen,
    /// None outside lines.
    pub(super) line: Option<&'r Seen>,
    pub(super) whole: Whole,
}

/// The record and the line as values: made only for a formula that needs more of them than single values at hand.
#[derive(Debug, Default)]
pub(super) struct Whole {
    source: OnceCell<Value>,
    line: OnceCell<Value>,
}

impl Variables for Sight<'_> {
    fn variable(&self, name: &str) -> Option<&Value> {
        Some(match name {
            "source" => self.whole.source.get_or_init(|| self.source.record(&self.formula.source)),
            "line" => self.whole.line.get_or_init(|| self.line.map_or(Value::Null, |line| line.record(&self.formula.line))),
            "ask" => self.ask,
            "settings" => self.context.settings,
            "target" => self.context.target,
            "project" => self.context.project,
            _ => return None,
        })
    }

    fn at_hand(&self, number: usize) -> Option<&Value> {
        match number.checked_sub(self.formula.source.len()) {
            None => self.source.get(self.formula.source[number].slot),
            Some(of_line) => self.line?.get(self.formula.line.get(of_line)?.slot),
        }
    }
}
