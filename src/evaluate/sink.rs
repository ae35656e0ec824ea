//! Where evaluated values go: a draft tree, bytes on the wire, a trace.

use std::sync::Arc;

use super::draft::{Draft, Line};
use super::moving::Moving;
use crate::plan::{LinesRule, Rule};
use crate::value::{Record, Value};

/// Takes the values of one record, in the target's shape and order.
pub(crate) trait Sink {
    /// A value for a field of the innermost open record.
    fn put(&mut self, rule: &Rule, value: &Moving<'_>);
    /// A field that gets no value.
    fn skip(&mut self, _rule: &Rule, _why: Skipped) {}
    /// Opens a record inside the innermost open one.
    fn open(&mut self, name: &str);
    /// Closes it; one without values leaves nothing behind.
    fn close(&mut self);
    /// Opens a list of lines.
    fn open_lines(&mut self, rule: &LinesRule);
    /// Opens a line; `key` is its id at the source, `part` the entry that makes it.
    fn open_line(&mut self, key: Option<&str>, part: usize);
    /// Closes the line.
    fn close_line(&mut self);
    /// Closes the list.
    fn close_lines(&mut self);
}

/// Why a field gets no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Skipped {
    /// Its `when` is false.
    WhenFalse,
    /// The record has no value for it.
    Absent,
    /// The value was refused.
    Refused,
}

/// Builds a [`Draft`].
#[derive(Debug, Default)]
pub(crate) struct DraftSink {
    open: Vec<(String, Record)>,
    top: Record,
    lines: Option<OpenLines>,
    keys: Vec<Line>,
}

#[derive(Debug)]
struct OpenLines {
    name: String,
    records_outside: usize,
    done: Vec<Value>,
}

impl DraftSink {
    /// The draft, once everything is closed.
    pub(crate) fn finish(self) -> Draft {
        Draft { fields: self.top, lines: self.keys }
    }

    /// A value for a field of the innermost open record.
    pub(super) fn set(&mut self, rule: &Rule, value: Value) {
        self.here().set(Arc::clone(&rule.name), value);
    }

    fn here(&mut self) -> &mut Record {
        match self.open.last_mut() {
            Some((_, record)) => record,
            None => &mut self.top,
        }
    }
}

impl Sink for DraftSink {
    fn put(&mut self, rule: &Rule, value: &Moving<'_>) {
        self.set(rule, value.value());
    }

    fn open(&mut self, name: &str) {
        self.open.push((name.to_owned(), Record::new()));
    }

    fn close(&mut self) {
        if let Some((name, record)) = self.open.pop()
            && !record.is_empty()
        {
            self.here().set(name, record);
        }
    }

    fn open_lines(&mut self, rule: &LinesRule) {
        self.lines = Some(OpenLines { name: rule.field.name.clone(), records_outside: self.open.len(), done: Vec::new() });
    }

    fn open_line(&mut self, key: Option<&str>, part: usize) {
        if let (Some(lines), Some(key)) = (&self.lines, key) {
            self.keys.push(Line { field: lines.name.clone(), at: lines.done.len(), key: key.to_owned(), part });
        }
        self.open.push((String::new(), Record::new()));
    }

    fn close_line(&mut self) {
        if let (Some((_, record)), Some(lines)) = (self.open.pop(), &mut self.lines) {
            lines.done.push(Value::Record(record));
        }
    }

    fn close_lines(&mut self) {
        if let Some(lines) = self.lines.take() {
            self.open.truncate(lines.records_outside);
            self.here().set(lines.name, lines.done);
        }
    }
}
