//! What is a compiled expression? Its meaning, what it reads and calls, and its value for a scope.

use std::ops::Range;
use std::sync::Arc;

use super::machine::Machine;
use super::problem::ExprFailure;
use super::reads::{Read, Reader};
use super::scope::Scope;
use super::script::{Kept, Script, Statement};
use super::term::{Call, Node, Step, Term};
use crate::value::{Found, Value};

/// An expression that compiled: it may be evaluated any number of times, by any thread.
#[derive(Debug)]
pub struct Expression {
    text: String,
    pub(super) names: Vec<String>,
    pub(super) root: Node,
    /// The program for Rhai, where our terms are not enough.
    pub(super) script: Option<Arc<Script>>,
    reads: Vec<Read>,
    calls: Vec<Called>,
}

/// A call of a function, for judging literal names such as the table of `lookup("terms", key)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The function's name.
    pub name: &'static str,
    /// The bytes of its name in the text.
    pub at: Range<usize>,
    /// Its arguments (the receiver of a method call not counted) where they are literal texts, and their bytes with the quotes.
    pub literals: Vec<Option<(String, Range<usize>)>>,
}

impl Called {
    /// An argument, if it is a literal text.
    pub fn literal(&self, place: usize) -> Option<&(String, Range<usize>)> {
        self.literals.get(place)?.as_ref()
    }
}

impl Expression {
    pub(super) fn new(text: &str, names: &[&str], root: Node) -> Self {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let reads = Reader::new(&names).read(&root);
        let mut calls = Vec::new();
        collect_calls(&root, &mut calls);
        Self { text: text.to_owned(), names, root, script: None, reads, calls }
    }

    /// An expression that Rhai runs.
    pub(super) fn in_rhai(text: &str, names: &[&str], root: Node, script: Arc<Script>) -> Self {
        Self { script: Some(script), ..Self::new(text, names, root) }
    }

    /// What keeps it in Rhai; nothing where it runs as terms of our own, which is much quicker.
    pub fn kept(&self) -> Option<&Kept> {
        self.script.as_ref().map(|script| &script.kept)
    }

    /// The text it was compiled from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every chain of properties that it reads, with the bytes of each step.
    pub fn reads(&self) -> &[Read] {
        &self.reads
    }

    /// Every call, in the order of the text.
    pub fn calls(&self) -> &[Called] {
        &self.calls
    }

    /// The bytes of each of the conditions of `a && b && c`; of the whole where it is no such chain.
    pub fn conditions(&self) -> Vec<Range<usize>> {
        self.chain().iter().map(|node| node.at.clone()).collect()
    }

    /// Whether one of so many of its first conditions is false. One that cannot be computed says nothing.
    pub fn is_denied_by(&self, first: usize, scope: &Scope<'_>) -> bool {
        if self.script.is_some() {
            return first > 0 && matches!(self.evaluate(scope), Ok(Value::Bool(false)));
        }
        let mut conditions = self.chain().iter().take(first);
        conditions.any(|node| matches!(Machine::new(scope, &self.text, &self.names).run(node), Ok(Found::Bool(false))))
    }

    fn chain(&self) -> &[Node] {
        match &self.root.term {
            Term::All(parts) if self.script.is_none() => parts,
            _ => std::slice::from_ref(&self.root),
        }
    }

    /// Its value for these variables. Only variables that it reads are asked for.
    ///
    /// # Errors
    /// [`ExprFailure`] with the word at fault: mixed kinds, a property of nothing, division by zero, a missing setting or entry.
    pub fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, Box<ExprFailure>> {
        self.find(scope).map(Found::into_value)
    }

    /// The same without a copy of a value that is found rather than made.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub fn find<'v>(&'v self, scope: &'v Scope<'v>) -> Result<Found<'v>, Box<ExprFailure>> {
        if let Some(script) = &self.script {
            return script.evaluate(scope).map(Found::from);
        }
        Machine::new(scope, &self.text, &self.names).run(&self.root)
    }
}

fn collect_calls(node: &Node, calls: &mut Vec<Called>) {
    node.term.walk(&mut |call| {
        let literals = call.arguments.iter().map(|argument| match &argument.term {
            Term::Constant(Value::Text(text)) => Some((text.clone(), argument.at.clone())),
            _ => None,
        });
        calls.push(Called { name: call.function.doc.name, at: call.at.clone(), literals: literals.collect() });
    });
    calls.sort_by_key(|call| call.at.start);
}

impl Term {
    /// Visits every call in this term.
    fn walk(&self, visit: &mut impl FnMut(&Call)) {
        for child in self.children() {
            child.term.walk(visit);
        }
        match self {
            Self::Call(call) => visit(call),
            Self::Chain(_, links) => {
                for link in links {
                    if let Step::Method(call) = &link.step {
                        visit(call);
                    }
                }
            }
            _ => {}
        }
    }

    /// The terms directly inside this one.
    pub(super) fn children(&self) -> Vec<&Node> {
        match self {
            Self::Constant(_) | Self::Variable(_) | Self::Local(_) | Self::Outside(_) => Vec::new(),
            Self::Printed(parts) | Self::List(parts) | Self::All(parts) | Self::Any(parts) | Self::Coalesce(parts) => {
                parts.iter().collect()
            }
            Self::Lent(_, parts) => parts.iter().collect(),
            Self::Block(statements) => statements.iter().flat_map(Statement::children).collect(),
            Self::Record(fields) => fields.iter().map(|(_, value)| value).collect(),
            Self::Chain(root, links) => {
                let inside = links.iter().flat_map(|link| match &link.step {
                    Step::Name(_) => Vec::new(),
                    Step::Index(index) => vec![index],
                    Step::Method(call) => call.arguments.iter().collect(),
                });
                std::iter::once(&**root).chain(inside).collect()
            }
            Self::Call(call) => call.arguments.iter().collect(),
            Self::Closure(closure) => vec![&closure.body],
            Self::Binary(_, _, operands) => vec![&operands.0, &operands.1],
            Self::Negate(operand) | Self::Not(operand) => vec![operand],
            Self::If(branches) => [Some(&branches.0), Some(&branches.1), branches.2.as_ref()].into_iter().flatten().collect(),
            Self::Switch(subject, cases) => {
                let inside = cases.iter().flat_map(|case| case.condition.iter().chain([&case.result]));
                std::iter::once(&**subject).chain(inside).collect()
            }
        }
    }
}
