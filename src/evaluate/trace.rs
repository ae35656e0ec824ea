//! The way of every value: which rule, which rows, what it was made of.

use std::sync::Arc;

use serde::Serialize;

use super::draft::Draft;
use super::moving::Moving;
use super::sink::{DraftSink, Sink, Skipped};
use crate::plan::{LinesRule, Rule};
use crate::value::Value;

/// What `explain` shows: every rule of the plan for one record, in order.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Trace {
    /// One entry per rule and line.
    pub values: Vec<Traced>,
}

/// What one rule made.
#[derive(Clone, Debug, Serialize)]
pub struct Traced {
    /// The target field.
    pub field: Arc<str>,
    /// The source id of the line.
    pub line: Option<Arc<str>>,
    /// The rows of the published table.
    pub rows: Arc<[String]>,
    /// Where the value comes from, in the author's words.
    pub from: Arc<str>,
    /// The value; `null` where there is none.
    pub value: Value,
    /// Why there is none.
    pub skipped: Option<&'static str>,
    /// Where the rule stands.
    pub place: Arc<str>,
}

/// Builds a draft and a trace.
#[derive(Debug, Default)]
pub(crate) struct TraceSink {
    draft: DraftSink,
    trace: Trace,
    line: Option<Arc<str>>,
}

impl TraceSink {
    pub(crate) fn finish(self) -> (Trace, Draft) {
        (self.trace, self.draft.finish())
    }

    fn note(&mut self, rule: &Rule, value: Value, skipped: Option<&'static str>) {
        self.trace.values.push(Traced {
            field: Arc::clone(&rule.path),
            line: self.line.clone(),
            rows: Arc::clone(&rule.rows),
            from: Arc::clone(&rule.written),
            value,
            skipped,
            place: Arc::clone(&rule.place),
        });
    }
}

impl Sink for TraceSink {
    fn put(&mut self, rule: &Rule, value: &Moving<'_>) {
        let value = value.value();
        self.note(rule, value.clone(), None);
        self.draft.set(rule, value);
    }

    fn skip(&mut self, rule: &Rule, why: Skipped) {
        let why = match why {
            Skipped::WhenFalse => "its `when` is false",
            Skipped::Absent => "the record has no value for it",
            Skipped::Refused => "refused",
        };
        self.note(rule, Value::Null, Some(why));
    }

    fn open(&mut self, name: &str) {
        self.draft.open(name);
    }

    fn close(&mut self) {
        self.draft.close();
    }

    fn open_lines(&mut self, rule: &LinesRule) {
        self.draft.open_lines(rule);
    }

    fn open_line(&mut self, key: Option<&str>, part: usize) {
        self.line = key.map(Arc::from);
        self.draft.open_line(key, part);
    }

    fn close_line(&mut self) {
        self.line = None;
        self.draft.close_line();
    }

    fn close_lines(&mut self) {
        self.draft.close_lines();
    }
}
