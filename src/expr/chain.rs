//! What is done to a value, left to right? Property steps, indices and calls, with their names resolved.

use std::ops::Range;

use rhai::{BinaryExpr, Expr, FnCallExpr, Position};

use super::functions::{self, Takes};
use super::lower::{Lowered, Lowering};
use super::problem::{ExprProblem, not_an_expression};
use super::term::{Call, Link, Node, Term};

/// Rhai nests `a.b[c].d` to the right: the first part of each right side belongs to the operator before it.
enum Step<'e> {
    Dot(&'e BinaryExpr, Position),
    Index(&'e BinaryExpr, bool, Position),
}

impl<'e> Step<'e> {
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
        let mut step = Step::of(expression);
        let Some(first) = &step else { return Err(not_an_expression(self.text, self.places.last_character())) };
        let root = self.expression(&first.parts().lhs)?;
        let mut at = root.at.clone();
        let mut links = Vec::new();
        while let Some(current) = step {
            let (right, next) = current.right();
            let link = self.link(&current, right)?;
            at.end = at.end.max(link_end(&link));
            links.push(link);
            step = next;
        }
        Ok(Node { term: Term::Chain(Box::new(root), links), at })
    }

    fn link(&mut self, step: &Step<'_>, right: &Expr) -> Lowered<Link> {
        // Rhai mixes up the marks of `a?[0][1]`, so the text says which operator was written.
        let safe = self.text[self.places.byte(step.position())..].starts_with('?');
        match (step, right) {
            (Step::Index(..), index) => Ok(Link::Index { index: self.expression(index)?, safe }),
            (Step::Dot(..), Expr::Property(property, position)) => {
                Ok(Link::Name { name: property.2.as_str().into(), at: self.places.word(*position), safe })
            }
            (Step::Dot(..), Expr::MethodCall(call, position)) => self.method(call, *position, safe),
            _ => Err(not_an_expression(self.text, self.places.word(right.position()))),
        }
    }

    fn method(&mut self, call: &FnCallExpr, position: Position, safe: bool) -> Lowered<Link> {
        let at = self.places.word(position);
        Ok(Link::Method { call: self.call(&call.name, at, &call.args, true)?, safe })
    }

    /// A call of one of our functions, its arguments counted and its closure where it belongs.
    pub(super) fn call(&mut self, name: &str, at: Range<usize>, arguments: &[Expr], receiver: bool) -> Lowered<Call> {
        let Some(function) = functions::find(name) else {
            return Err(ExprProblem::new(format!("there is no function `{name}`"), at).maybe_help(functions::suggest(name)));
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
                Term::Closure(closure) if closure.parameters != 1 => {
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
        Ok(Call { function, arguments: lowered, at })
    }
}

fn link_end(link: &Link) -> usize {
    match link {
        Link::Name { at, .. } => at.end,
        Link::Index { index, .. } => index.at.end,
        Link::Method { call, .. } => call.at.end,
    }
}
