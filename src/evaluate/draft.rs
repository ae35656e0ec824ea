//! What a plan makes of a record.

use crate::value::Record;

/// What a plan makes of a record: the fields for the target, and the source ids of its lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The target's fields, in the order of the table.
    pub fields: Record,
    /// The lines that have an id at the source.
    pub lines: Vec<Line>,
}

/// A line of a draft that has an id at the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The list: `Details`.
    pub field: String,
    /// Which member of it, from 0.
    pub at: usize,
    /// The line's id at the source.
    pub key: String,
    /// Which of the entries that fill the list made it, from 0.
    pub part: usize,
}
