//! What is a general path made of? Segments, selectors and conditions, each well-typed by construction.

use super::Step;
use super::pattern::Pattern;
use crate::value::Value;

/// A general path from the top of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub(super) segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Segment {
    /// `[a, b]`: the selectors on each value.
    Child(Vec<Selector>),
    /// `..[a, b]`: the selectors on each value and on all that is in it.
    Descendant(Vec<Selector>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Selector {
    Name(String),
    Index(i64),
    Wildcard,
    Slice { start: Option<i64>, end: Option<i64>, step: i64 },
    Filter(Condition),
}

/// What a filter asks of each member.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    Or(Vec<Condition>),
    And(Vec<Condition>),
    Not(Box<Condition>),
    /// There is at least one such value.
    Exists(Nodes),
    Compare(Comparison, Operand, Operand),
    /// `match(text, pattern)`, or `search` when not the whole text must match.
    Matches {
        text: Operand,
        pattern: Pattern,
        whole: bool,
    },
}

/// A path inside a condition: from the member at hand, or from the top.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Nodes {
    pub(super) from_top: bool,
    pub(super) segments: Vec<Segment>,
}

/// A single value, or the absence of one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Literal(Value),
    Singular { from_top: bool, steps: Vec<Step> },
    Length(Box<Operand>),
    Count(Nodes),
    ValueOf(Nodes),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Segment {
    /// The plain step that a segment is, if it is one.
    pub(super) fn as_step(&self) -> Option<Step> {
        match self {
            Self::Child(selectors) => match selectors.as_slice() {
                [Selector::Name(name)] => Some(Step::Name(name.clone())),
                [Selector::Index(index)] => Some(Step::Index(*index)),
                [Selector::Wildcard] => Some(Step::Each),
                _ => None,
            },
            Self::Descendant(_) => None,
        }
    }

    pub(super) fn selectors(&self) -> &[Selector] {
        match self {
            Self::Child(selectors) | Self::Descendant(selectors) => selectors,
        }
    }
}
