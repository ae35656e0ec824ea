//! What can a script say besides values? The statements of Rhai that change nothing but the author's own variables.

use std::ops::Range;

use crate::expr::term::{Node, Operator};

/// One statement.
#[derive(Debug)]
pub(in crate::expr) enum Statement {
    /// A value; the last one is the value of its block.
    Value(Node),
    /// `let a = b`, `const a = b`.
    Let(String, Node),
    /// `a = b`, `a.b[c] += d`: a variable or a chain down from one, and the operator with its bytes.
    Assign(Box<(Node, Node)>, Option<(Operator, Range<usize>)>),
    /// `while a { … }`; `loop { … }` has no condition.
    While(Option<Node>, Vec<Statement>),
    /// `do { … } while a`; `until` where it says so.
    Do(Vec<Statement>, Node, bool),
    /// `for a in b { … }`, `for (a, n) in b { … }`.
    For(Box<For>),
    /// `break`, `break a`.
    Break(Option<Node>),
    /// `continue`.
    Continue,
    /// `return`, `return a`.
    Return(Option<Node>),
}

/// A loop over members.
#[derive(Debug)]
pub(in crate::expr) struct For {
    /// The variable, and the one that counts.
    pub(super) names: (String, Option<String>),
    pub(super) over: Over,
    pub(super) body: Vec<Statement>,
}

/// What a `for` runs over.
#[derive(Debug)]
pub(in crate::expr) enum Over {
    /// The members of a list.
    Members(Node),
    /// `a..b`; with `b` where it is `a..=b`.
    Range(Node, Node, bool),
}

impl Statement {
    /// The terms directly inside it, and inside its statements.
    pub(in crate::expr) fn children(&self) -> Vec<&Node> {
        match self {
            Self::Value(value) | Self::Let(_, value) => vec![value],
            Self::Assign(parts, _) => vec![&parts.0, &parts.1],
            Self::While(condition, body) => condition.iter().chain(inside(body)).collect(),
            Self::Do(body, condition, _) => inside(body).chain([condition]).collect(),
            Self::For(parts) => parts.over.children().into_iter().chain(inside(&parts.body)).collect(),
            Self::Break(value) | Self::Return(value) => value.iter().collect(),
            Self::Continue => Vec::new(),
        }
    }

    /// Whether it can be what a script ends with.
    pub(super) fn gives_a_value(&self) -> bool {
        matches!(self, Self::Value(_) | Self::Return(Some(_)) | Self::While(None, _))
    }
}

impl Over {
    fn children(&self) -> Vec<&Node> {
        match self {
            Self::Members(list) => vec![list],
            Self::Range(from, to, _) => vec![from, to],
        }
    }
}

fn inside(statements: &[Statement]) -> impl Iterator<Item = &Node> {
    statements.iter().flat_map(Statement::children)
}
