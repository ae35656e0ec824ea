//! Which values does a JSONPath name? RFC 9535, parsed once; simple paths are plain steps, the rest is evaluated over values.
//!
//! `$.vendor.id` and `$.line_items[*].amount` are [`JsonPath::Steps`], which a plan can merge into one tree of wanted paths.
//! Filters, slices, unions and descendants are [`JsonPath::General`]. Numbers are compared as exact decimals.
//!
//! Stricter than the RFC, so that slips are found when a mapping is checked: a literal pattern of `match` or `search` must be a
//! regular expression; number literals have at most 15 digits; brackets nest at most 12 levels.

mod compare;
mod pattern;
mod read;
mod select;
mod show;
mod tree;

use std::ops::Range;

pub use select::TooManySteps;
pub use tree::Query;

use crate::value::Value;

/// Bytes of a path's text.
const MAX_TEXT: usize = 4_096;
/// Levels of brackets. The parser tries some alternatives twice at each level, so this also bounds its time.
const MAX_NESTING: usize = 12;

/// A parsed path.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonPath {
    /// A path of plain steps from the top.
    Steps(Vec<Step>),
    /// Any other path.
    General(Query),
}

/// A step from a value to what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// `.name`: the field of a record.
    Name(String),
    /// `[0]`: a member of a list; from the end when negative.
    Index(i64),
    /// `[*]`: every member of a list, or every field of a record.
    Each,
}

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathProblem {
    /// What is wrong: lower case, no full stop, values in backticks.
    pub message: String,
    /// The bytes at fault.
    pub at: Range<usize>,
}

/// Parses a path.
///
/// # Errors
/// [`PathProblem`] for what RFC 9535 does not allow, functions on the wrong kind of argument included.
pub fn parse(text: &str) -> Result<JsonPath, PathProblem> {
    read::read(text)
}

impl JsonPath {
    /// The values that the path names, in document order; none where nothing is there.
    ///
    /// # Errors
    /// [`TooManySteps`] when a path that searches everywhere in a large value takes too long.
    pub fn select<'v>(&self, value: &'v Value) -> Result<Vec<&'v Value>, TooManySteps> {
        match self {
            Self::Steps(steps) => select::steps(steps, value),
            Self::General(query) => select::query(query, value),
        }
    }

    /// The steps of a plain path.
    pub fn steps(&self) -> Option<&[Step]> {
        match self {
            Self::Steps(steps) => Some(steps),
            Self::General(_) => None,
        }
    }

    /// Whether the path names at most one value, whatever the document.
    pub fn is_singular(&self) -> bool {
        self.steps().is_some_and(|steps| !steps.contains(&Step::Each))
    }
}
