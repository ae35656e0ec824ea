//! The rules of a plan in the shape of the target: fields, records, lines, and where each value comes from.

use std::sync::Arc;

use super::{Formula, Place};
use crate::expr::As;
use crate::expr::path::JsonPath;
use crate::schema::{Field, Frame, Shape};
use crate::value::Value;

/// The rules in the shape of the target.
#[derive(Debug)]
pub enum Node {
    /// A field.
    Field(Box<Rule>),
    /// A record with rules for its fields.
    Record {
        /// Its name.
        name: String,
        /// The rules.
        nodes: Vec<Node>,
    },
    /// Lines.
    Lines(Box<LinesRule>),
}

impl Node {
    /// Puts the list in front whose lines have these rules.
    pub(super) fn within(&mut self, list: &str) {
        match self {
            Self::Field(rule) => rule.path = format!("{list}.{}", rule.path).into(),
            Self::Record { nodes, .. } => nodes.iter_mut().for_each(|node| node.within(list)),
            Self::Lines(lines) => lines.parts.iter_mut().flat_map(|part| &mut part.nodes).for_each(|node| node.within(list)),
        }
    }
}

/// Whose value a field is once its record is there (BR-19).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The source's: what people made of it at the target is overwritten.
    Source,
    /// The target's: it is sent with a new record, and left alone afterwards.
    Target,
}

/// Where one target field's value comes from, and what is asked of it.
#[derive(Debug)]
pub struct Rule {
    /// The target field.
    pub field: Field,
    /// Its name, for records.
    pub name: Arc<str>,
    /// What stands around its value where it is sent.
    pub frame: Frame,
    /// Its path, for people: `MainContact.Address.City`.
    pub to: Arc<str>,
    /// The same with the list in front whose lines have it: `Details.Task`.
    pub path: Arc<str>,
    /// The rows that it carries.
    pub rows: Arc<[String]>,
    /// Where the value comes from.
    pub term: Term,
    /// Taken when the value is absent, null or blank.
    pub default: Option<Value>,
    /// The field is sent only when this is true.
    pub when: Option<Formula>,
    /// How the value is read.
    pub as_: Option<As>,
    /// Most characters of a text.
    pub max_length: Option<usize>,
    /// A longer text is cut rather than refused.
    pub truncate: bool,
    /// Whose value it is once the record is there; none where a field that both sides changed is a person's matter.
    pub owner: Option<Owner>,
    /// The author's words: `$.vendor.id`, `ask.number`.
    pub written: Arc<str>,
    /// `mappings/subcontracts.yaml:24`.
    pub place: Arc<str>,
}

/// How lines come about: those of each part, one part after the other.
#[derive(Debug)]
pub struct LinesRule {
    /// The target field.
    pub field: Field,
    /// The entries that fill it, in the order of the table.
    pub parts: Vec<LinesPart>,
}

/// How the members of a source list become lines.
#[derive(Debug)]
pub struct LinesPart {
    /// What its lines are made of.
    pub of: LinesOf,
    /// The line's id at the source, part by part; empty for lines without a link of their own.
    pub key: Vec<KeyPart>,
    /// The field of the target's line by which others know it, where it is another than its key.
    pub linked_as: Option<String>,
    /// Only lines for which this is true.
    pub when: Option<Formula>,
    /// The rules of a line.
    pub nodes: Vec<Node>,
    /// The rows that it carries itself.
    pub rows: Vec<String>,
}

/// A part of a line's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPart {
    /// A value of the line.
    Place(Place),
    /// A word that tells lines of one list from those of another.
    Word(String),
    /// The record's own id, before parts that tell lines apart within one record only.
    Record,
}

/// What lines are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinesOf {
    /// The members of this list of the record.
    List(usize),
    /// The record (or the unfolded line) itself: exactly one line, written `each: $`.
    Itself,
}

/// Where a value comes from.
#[derive(Debug)]
pub enum Term {
    /// A value that stands in the record.
    Slot(Place),
    /// A path that only a search can answer, over the whole record or line.
    Search {
        /// Where the search starts.
        root: Place,
        /// The fields of the root, for reading it.
        shape: Arc<Shape>,
        /// The path.
        path: JsonPath,
    },
    /// A constant.
    Constant(Value),
    /// An expression.
    Formula(Box<Formula>),
    /// The other side of a link.
    Link {
        /// Whose links are asked.
        mapping: String,
        /// The id or key, part by part.
        parts: Vec<Term>,
    },
}
