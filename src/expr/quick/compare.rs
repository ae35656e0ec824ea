//! How do two values compare at a glance? Each kind with its own, and anything with nothing.

use std::cmp::Ordering;

use super::{Glance, Quick, Standing};
use crate::expr::functions::Known;
use crate::expr::term::{Node, Operator, Term};
use crate::value::{Flavour, Value};

impl<'v, G: Glance<'v>> Quick<'v, G> {
    pub(super) fn compared(&self, operator: Operator, left: &'v Node, right: &'v Node) -> Option<bool> {
        let wanted = match operator {
            Operator::Equal => true,
            Operator::NotEqual => false,
            _ => return self.ordered(operator, left, right),
        };
        let flavour = match self.flavour(right) {
            Flavour::Other | Flavour::Nothing => self.flavour(left),
            told => told,
        };
        let same = match flavour {
            Flavour::Text => alike(self.text(left), self.text(right), |left, right| Some(left == right)),
            Flavour::Number => alike(self.number(left), self.number(right), |left, right| Some(left.against(right)?.is_eq())),
            Flavour::Truth => alike(self.truth(left), self.truth(right), |left, right| Some(left == right)),
            Flavour::Nothing | Flavour::Other => Alike::Unknown,
        };
        let same = match same {
            Alike::Told(same) => same,
            // What is nothing is like nothing else.
            Alike::OneOf => match (self.is_nothing(left)?, self.is_nothing(right)?) {
                (false, false) => return None,
                (left, right) => left && right,
            },
            Alike::Unknown => match (&left.term, &right.term) {
                (Term::Constant(Value::Null), _) => self.is_nothing(right)?,
                (_, Term::Constant(Value::Null)) => self.is_nothing(left)?,
                _ => return None,
            },
        };
        Some(same == wanted)
    }

    fn ordered(&self, operator: Operator, left: &'v Node, right: &'v Node) -> Option<bool> {
        let order = match self.flavour(right) {
            Flavour::Number => self.number(left)?.against(self.number(right)?)?,
            Flavour::Text => self.text(left)?.cmp(self.text(right)?),
            _ => return None,
        };
        match operator {
            Operator::Less => Some(order.is_lt()),
            Operator::LessOrEqual => Some(order != Ordering::Greater),
            Operator::Greater => Some(order.is_gt()),
            Operator::GreaterOrEqual => Some(order != Ordering::Less),
            _ => None,
        }
    }

    /// What a term will be, if it is anything, as far as that is seen without computing it.
    pub(super) fn flavour(&self, node: &'v Node) -> Flavour {
        match &node.term {
            Term::Constant(value) => Standing::Value(value).flavour(),
            Term::Chain(root, links) => self.walked(root, links).map_or(Flavour::Other, |standing| standing.flavour()),
            Term::Printed(_) => Flavour::Text,
            Term::Call(call) => match call.known {
                Known::Linked | Known::Trim | Known::Upper | Known::Date => Flavour::Text,
                Known::Sum | Known::Round(_) => Flavour::Number,
                Known::Lookup | Known::Split | Known::Other => Flavour::Other,
            },
            Term::Binary(Operator::Subtract | Operator::Multiply | Operator::Divide, ..) => Flavour::Number,
            Term::Binary(Operator::Add, _, operands) => self.flavour(&operands.0),
            Term::Coalesce(parts) => {
                parts.iter().map(|part| self.flavour(part)).find(|flavour| *flavour != Flavour::Nothing).unwrap_or(Flavour::Nothing)
            }
            _ => Flavour::Other,
        }
    }
}

/// How two values compare that should be of one kind.
enum Alike {
    Told(bool),
    /// One of them is there, and the other is not of the kind, or not at all.
    OneOf,
    Unknown,
}

#[inline]
fn alike<T>(left: Option<T>, right: Option<T>, same: impl Fn(T, T) -> Option<bool>) -> Alike {
    match (left, right) {
        (Some(left), Some(right)) => same(left, right).map_or(Alike::Unknown, Alike::Told),
        (None, None) => Alike::Unknown,
        _ => Alike::OneOf,
    }
}
