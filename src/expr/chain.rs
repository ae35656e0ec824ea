//! What is done to a value, left to right? Property steps, indices and calls, with their names resolved.

use std::ops::Range;

use rhai::{BinaryExpr, Expr, Position};

use super::functions::{self, Known, Takes};
use super::lower::{Lowered, Lowering};
use super::problem::{ExprProblem, not_an_expression};
use super::term::{Call, Link, Node, Step, Term};
use crate::value::Hint;

/// Rhai nests `a.b[c].d` to the right: the first part of each right side belongs to the operator before it.
pub(super) enum Written<'e> {
    Dot(&'e BinaryExpr, Position),
    Index(&'e BinaryExpr, bool, Position),
}

impl<'e> Written<'e> {
    fn of(expression: &'e Expr) -> Option<Self> {
        match expression {
            Expr::Dot(parts, _, position) => Some(Self::Dot(parts, *position)),
            Expr::Index(parts, flags, position) => Some(Self::Index(parts, flags.contains(rhai::ASTFlags::BREAK), *position)),
            _ => None,
        }
    }

    fn parts(&self) -> &'e BinaryExpr {
        match self {
            Self::Dot(parts, _) | Self::Index(parts, _, _) => parts,
        }
    }

    /// What stands right of the operator, and the operator after that.
    fn right(&self) -> (&'e Expr, Option<Self>) {
        let right = &self.parts().rhs;
        match (self, Self::of(right)) {
            (Self::Index(_, true, _), _) | (_, None) => (right, None),
            (_, Some(next)) => (&next.parts().lhs, Some(next)),
        }
    }

    fn position(&self) -> Position {
        match self {
            Self::Dot(_, position) | Self::Index(_, _, position) => *position,
        }
    }
}

impl Lowering<'_> {
    pub(super) fn chain(&mut self, expression: &Expr) -> Lowered {
        let mut written = Written::of(expression);
        let Some(first) = &written else { return Err(not_an_expression(self.text, self.places.last_character())) };
        let mut root = self.expression(&first.parts().lhs)?;
        let mut links = Vec::new();
        while let Some(current) = written {
            let (right, next) = current.right();
            match self.lent_by_rhai(right) {
                Some((lent, call, at)) => {
                    root = self.lent(lent, Some((chained(root, std::mem::take(&mut links)), &current)), (call, at))?
                }
                None => links.push(self.link(&current, right)?),
            }
            written = next;
        }
        Ok(chained(root, links))
    }

    /// Rhai mixes up the marks of `a?[0][1]`, so the text says which operator was written.
    pub(super) fn is_safe(&self, written: &Written<'_>) -> bool {
        self.text[self.places.byte(written.position())..].starts_with('?')
    }

    fn link(&mut self, written: &Written<'_>, right: &Expr) -> Lowered<Link> {
        let safe = self.is_safe(written);
        let (step, at) = match (written, right) {
            (Written::Index(..), index) => {
                let index = self.expression(index)?;
                let at = index.at.clone();
                (Step::Index(index), at)
            }
            (Written::Dot(..), Expr::Property(property, position)) => (Step::Name(property.2.as_str().into()), self.places.word(*position)),
            (Written::Dot(..), Expr::MethodCall(call, position)) => {
                let at = self.places.word(*position);
                (Step::Method(self.call(&call.name, at.clone(), &call.args, true)?), at)
            }
            _ => return Err(not_an_expression(self.text, self.places.word(right.position()))),
        };
        let end = match &step {
            Step::Name(_) => at.end,
            Step::Index(_) => self.closed(at.end, ']'),
            Step::Method(call) => self.call_end(call),
        };
        Ok(Link { step, safe, at, end, at_hand: None, hint: Hint::default() })
    }

    /// A call of one of our functions, its arguments counted and its closure where it belongs.
    pub(super) fn call(&mut self, name: &str, at: Range<usize>, arguments: &[Expr], receiver: bool) -> Lowered<Call> {
        let Some(function) = functions::find(name) else {
            return Err(ExprProblem::new(format!("there is no function `{name}`"), at)
                .maybe_help(functions::suggest(name))
                .meant(functions::near(name)));
        };
        let given = arguments.len() + usize::from(receiver);
        let usage = format!("write `{}`", function.doc.signature);
        if !function.arguments.contains(&given) {
            return Err(ExprProblem::new(
                format!("`{name}` does not take {given} {}", if given == 1 { "argument" } else { "arguments" }),
                at,
            )
            .help(usage));
        }
        let mut lowered = Vec::with_capacity(arguments.len());
        for (place, argument) in arguments.iter().enumerate().map(|(place, argument)| (place + usize::from(receiver), argument)) {
            let node = match self.closure(argument) {
                Some(closure) if place == 1 && function.takes != Takes::Values => closure?,
                Some(closure) => return Err(ExprProblem::new(format!("`{name}` takes no closure here"), closure?.at).help(usage)),
                None => self.expression(argument)?,
            };
            match &node.term {
                Term::Closure(closure) if closure.parameters.len() != 1 => {
                    return Err(ExprProblem::new(format!("the closure of `{name}` has one parameter"), node.at).help(usage));
                }
                Term::Closure(_) => {}
                _ if place == 1 && function.takes == Takes::Closure => {
                    return Err(ExprProblem::new(format!("`{name}` needs a closure"), node.at).help(usage));
                }
                _ => {}
            }
            lowered.push(node);
        }
        Ok(Call { function, known: Known::of(function), arguments: lowered, at })
    }

    /// Where a call ends, its arguments included. `in` is a call without parentheses.
    pub(super) fn call_end(&self, call: &Call) -> usize {
        let inside = call.arguments.iter().map(|argument| argument.at.end).fold(call.at.end, usize::max);
        if self.text[call.at.clone()].ends_with("in") && call.function.doc.name == "contains" { inside } else { self.closed(inside, ')') }
    }

    pub(super) fn closed(&self, from: usize, bracket: char) -> usize {
        self.text[from..].find(bracket).map_or(from, |at| from + at + bracket.len_utf8())
    }
}

fn chained(root: Node, links: Vec<Link>) -> Node {
    match links.last().map(|link| link.end) {
        Some(end) => Node { at: root.at.start..end, term: Term::Chain(Box::new(root), links) },
        None => root,
    }
}
