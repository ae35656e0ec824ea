//! What runs in Rhai? Expressions with statements, loops, or one of the functions that only Rhai has: bounded, pure, over our values.
//!
//! The same lowering makes terms of them, with statements among these (`statement`). They are printed as a program for Rhai (`print`) in
//! which Rhai does what is its own: variables, choices, loops, closures. Whatever touches data (an operator, a step of a chain, a
//! function of ours) is a call back to `machine`, with the very term it came from. So a value means the same on both roads, a
//! failure has the same words at the same place, and there is no second arithmetic. `agreement` compares the two.
//!
//! It runs on a thread of its own (`run`), which has a stack of known size and asks for look-ups by message.

mod chain;
mod engine;
mod flow;
mod held;
mod lend;
mod lower;
mod print;
mod run;
mod statement;

use std::ops::Range;
use std::sync::Arc;

use rhai::AST;

pub use lend::{LENT, Lent};
pub(super) use lower::Names;
pub(super) use statement::Statement;

use super::problem::ExprProblem;
use super::term::Node;
use print::Printer;

/// What keeps an expression in Rhai.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The construct, as a message says it: `let`.
    pub construct: String,
    /// Its bytes in the text.
    pub at: Range<usize>,
}

/// A program for Rhai, and the terms that it calls back to.
#[derive(Debug)]
pub(super) struct Script {
    tree: AST,
    sites: Vec<Node>,
    marks: Vec<(usize, Range<usize>)>,
    /// The author's text, for messages.
    text: String,
    /// The variables that are handed in, then those of the author's own.
    names: Vec<String>,
    /// How many are handed in.
    given: usize,
    /// Why.
    pub(super) kept: Kept,
}

impl Script {
    /// The program that runs a term.
    pub(super) fn new(text: &str, (names, given): (&[String], usize), root: &Node, kept: Kept) -> Result<Arc<Self>, ExprProblem> {
        let printed = Printer::new(names, given).print(root);
        let tree = run::on_a_stack(|| engine::runner().compile(&printed.program))
            .and_then(Result::ok)
            .ok_or_else(|| ExprProblem::new("the expression is nested too deeply", kept.at.clone()).help("split it over several fields"))?;
        let (text, names) = (text.to_owned(), names.to_vec());
        Ok(Arc::new(Self { tree, sites: printed.sites, marks: printed.marks, text, names, given, kept }))
    }
}
