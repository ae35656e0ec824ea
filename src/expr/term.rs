//! What can an expression say? The terms that every expression is made of, after Rhai has parsed it.
//!
//! Rhai is the grammar; these terms are the meaning. Each is evaluated by `machine` over borrowed values, so that an
//! expression costs no copy of the record it reads, and each knows the bytes of the text that it came from.

use std::ops::Range;
use std::sync::Arc;

use super::functions::{Function, Known};
use super::script::{Lent, Statement};
use crate::value::{Hint, Value};

/// A term and the bytes of the text it stands on: all of them where they are told, without parentheses around it.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) term: Term,
    pub(super) at: Range<usize>,
}

/// The language reference, in one enumeration.
#[derive(Debug)]
pub(super) enum Term {
    /// `12.5`, `"text"`, `true`, `()`.
    Constant(Value),
    /// `` `Invoice ${source.number}` ``: the parts printed one after the other.
    Printed(Vec<Node>),
    /// `[a, b]`.
    List(Vec<Node>),
    /// `#{name: a}`.
    Record(Vec<(Arc<str>, Node)>),
    /// A variable of the scope, by its place in the names the expression was compiled with.
    Variable(usize),
    /// A parameter of a closure, counted from the outermost closure inwards.
    Local(usize),
    /// `source.vendor?.name`, `list[0]`, `text.trim()`: a value and what is done to it, left to right.
    Chain(Box<Node>, Vec<Link>),
    /// `trim(text)`.
    Call(Call),
    /// `|row| row.amount`; only as an argument of a function that takes one.
    Closure(Closure),
    /// `a + b`, `a < b` and so on; with the bytes of the operator.
    Binary(Operator, Range<usize>, Box<(Node, Node)>),
    /// `-a`.
    Negate(Box<Node>),
    /// `!a`.
    Not(Box<Node>),
    /// `a && b`: stops at the first false.
    All(Vec<Node>),
    /// `a || b`: stops at the first true.
    Any(Vec<Node>),
    /// `a ?? b`: the first that is not `()`.
    Coalesce(Vec<Node>),
    /// `if a { b } else { c }`; without `else` it is `()`.
    If(Box<(Node, Node, Option<Node>)>),
    /// `switch a { "x" | "y" => b, _ => c }`; without `_` it is `()`.
    Switch(Box<Node>, Vec<Case>),
    /// `{ let a = 1; a + 1 }`: statements, which Rhai runs.
    Block(Vec<Statement>),
    /// `text.index_of("a")`: a function of Rhai's, which Rhai runs; the value on its left comes first.
    Lent(&'static Lent, Vec<Node>),
    /// What one of the closures that Rhai runs makes of the member at hand.
    Outside(usize),
}

/// What is done to the value on the left of a chain.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) step: Step,
    /// `?.` and `?[`: on `()` the rest of the chain is left out.
    pub(super) safe: bool,
    /// The word that says it: the property, the index, the function's name.
    pub(super) at: Range<usize>,
    /// Where the text of the chain up to here ends.
    pub(super) end: usize,
    /// The number under which the value that the chain has here may be at hand.
    pub(super) at_hand: Option<usize>,
    /// Where the property stood last time.
    pub(super) hint: Hint,
}

/// A step of a chain.
#[derive(Debug)]
pub(super) enum Step {
    /// `.name`.
    Name(Arc<str>),
    /// `[index]`.
    Index(Node),
    /// `.call(arguments)`: the value on the left is the first argument.
    Method(Call),
}

/// A call of one of our functions.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) function: &'static Function,
    /// The same, for the quick way.
    pub(super) known: Known,
    /// Without the receiver of a method call.
    pub(super) arguments: Vec<Node>,
    /// The function's name in the text.
    pub(super) at: Range<usize>,
}

/// `|a, b| body`.
#[derive(Debug)]
pub(super) struct Closure {
    pub(super) parameters: Vec<String>,
    pub(super) body: Box<Node>,
}

/// One line of a `switch`.
#[derive(Debug)]
pub(super) struct Case {
    /// Empty for `_`.
    pub(super) labels: Vec<(Value, Range<usize>)>,
    /// `if condition` after the labels.
    pub(super) condition: Option<Node>,
    pub(super) result: Node,
}

/// Operators with two operands that are both evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    /// The operator that a symbol stands for.
    pub(super) fn from_symbol(symbol: &str) -> Option<Self> {
        Some(match symbol {
            "+" => Self::Add,
            "-" => Self::Subtract,
            "*" => Self::Multiply,
            "/" => Self::Divide,
            "%" => Self::Remainder,
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    /// The symbol as it is written.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}
