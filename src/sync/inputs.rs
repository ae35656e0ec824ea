//! What a draft was made from, on record with it: the record as it was read, and what rules learnt beside it. So that what was sent
//! can be made again under other mappings.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::links::Book;
use crate::connector::ProjectScope;
use crate::evaluate::Links;
use crate::value::{Record, Value};

/// What one draft was made from.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// The record as it was read, with what was joined to it.
    pub(super) document: Arc<str>,
    /// What else rules saw.
    pub(super) beside: Beside,
}

/// What rules saw beside the record.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Beside {
    /// The source's id: a document may hold several records.
    pub(super) item: String,
    /// Which of the documents of the flow.
    pub(super) document: usize,
    /// `project` of expressions.
    pub(super) project: Value,
    /// `target` of expressions, where a rule reads it.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub(super) target: Value,
    /// What the approver filled in.
    #[serde(default, skip_serializing_if = "Record::is_empty")]
    pub(super) asked: Record,
    /// The day.
    pub(super) today: String,
    /// What was asked of links, and the answers.
    pub(super) links: Answers,
}

/// Questions to links with their answers.
pub(super) type Answers = BTreeMap<String, Option<String>>;

/// What the drafts of a flow were made from, as it is kept.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Inputs {
    documents: Vec<String>,
    items: Vec<Beside>,
}

impl Inputs {
    /// The inputs of a flow; a document that several records are of is kept once.
    pub(super) fn of(inputs: &[Input]) -> Self {
        let mut kept = Self::default();
        for input in inputs {
            if kept.documents.last().is_none_or(|last| **last != *input.document) {
                kept.documents.push(input.document.to_string());
            }
            kept.items.push(Beside { document: kept.documents.len() - 1, ..input.beside.clone() });
        }
        kept
    }

    /// Each record's document, with what rules saw beside it.
    pub(super) fn each(&self) -> impl Iterator<Item = (&str, &Beside)> {
        self.items.iter().filter_map(|item| Some((self.documents.get(item.document)?.as_str(), item)))
    }
}

impl Beside {
    /// The day, as rules saw it.
    pub(super) fn day(&self) -> Option<Date> {
        self.today.parse().ok()
    }
}

/// Links as a record saw them then; what nobody asked then is asked of the links of today.
pub(super) struct Remembered<'b> {
    pub(super) answers: &'b Answers,
    pub(super) today: &'b dyn Links,
}

impl Remembered<'_> {
    fn answer<'s>(&'s self, question: &str, now: impl FnOnce(&'s dyn Links) -> Option<Cow<'s, str>>) -> Option<Cow<'s, str>> {
        match self.answers.get(question) {
            Some(known) => known.as_deref().map(Cow::Borrowed),
            None => now(self.today),
        }
    }
}

/// A question to links as one text.
pub(super) fn question(of: &str, mapping: &str, parts: &[&str]) -> String {
    let parts: Vec<&str> = [of, mapping].into_iter().chain(parts.iter().copied()).collect();
    parts.join("\u{1f}")
}

impl Links for Remembered<'_> {
    fn other_side(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        self.answer(&question("other_side", mapping, key), |links| links.other_side(mapping, key))
    }

    fn other_key(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        self.answer(&question("other_key", mapping, key), |links| links.other_key(mapping, key))
    }

    fn this_side(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        self.answer(&question("this_side", mapping, key), |links| links.this_side(mapping, key))
    }

    fn other_line(&self, mapping: &str, document: &str, (list, line): (&str, &str)) -> Option<Cow<'_, str>> {
        self.answer(&question("other_line", mapping, &[document, list, line]), |links| links.other_line(mapping, document, (list, line)))
    }
}

/// The Procore project of a scope, for links of today.
pub(super) fn project_of(book: &Book, scope: &str) -> ProjectScope {
    let known = super::scope::projects(book, &[]);
    known.into_iter().find(|project| project.procore == scope).unwrap_or_else(|| ProjectScope {
        procore: scope.to_owned(),
        acumatica: String::new(),
        procore_origin: None,
    })
}
