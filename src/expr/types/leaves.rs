//! Which terms may be the value of an expression? Its leaves, each with what is known of it where it stands.

use std::ops::Range;

use super::facts::Facts;
use super::typing::Typing;
use super::{Kinds, Type};
use crate::expr::term::{Node, Term};
use crate::value::Value;

/// A term that may be the expression's value.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Its bytes.
    pub at: Range<usize>,
    /// What is known of it.
    pub of: Type,
    /// Its value, where it is a constant.
    pub constant: Option<Value>,
    /// It stands for a branch that is not written: an `if` without `else`, a `switch` without `_`.
    pub unwritten: bool,
}

impl Typing<'_> {
    pub(super) fn leaves(&mut self, node: &Node, into: &mut Vec<Leaf>) {
        let facts = Facts { names: self.names };
        match &node.term {
            Term::Coalesce(parts) => {
                let last = parts.len() - 1;
                for (place, part) in parts.iter().enumerate() {
                    let from = into.len();
                    self.leaves(part, into);
                    // What is `()` gives its place to the next.
                    into[from..].iter_mut().filter(|_| place < last).for_each(|leaf| leaf.of.kinds = leaf.of.kinds.present());
                }
            }
            Term::If(branches) => {
                let (condition, then, otherwise) = &**branches;
                self.where_holds(facts.when(condition, true), |typing| typing.leaves(then, into));
                match otherwise {
                    Some(otherwise) => self.where_holds(facts.when(condition, false), |typing| typing.leaves(otherwise, into)),
                    None => into.push(unwritten(node)),
                }
            }
            Term::Switch(subject, cases) => {
                let mut taken: Vec<&Value> = Vec::new();
                for case in cases {
                    self.where_holds(facts.case(subject, case, &taken), |typing| typing.leaves(&case.result, into));
                    if case.condition.is_none() {
                        taken.extend(case.labels.iter().map(|(label, _)| label));
                    }
                }
                if self.falls_through(subject, cases) {
                    into.push(unwritten(node));
                }
            }
            term => {
                let constant = if let Term::Constant(value) = term { Some(value.clone()) } else { None };
                into.push(Leaf { at: node.at.clone(), of: self.of(node), constant, unwritten: false });
            }
        }
    }
}

fn unwritten(node: &Node) -> Leaf {
    Leaf { at: node.at.clone(), of: Type::of(Kinds::NULL), constant: None, unwritten: true }
}
