//! The quick way: what does an expression come to that only looks at texts, numbers and truths where they stand, and hands them on in
//! the processor's registers? Most do.
//!
//! It tells a value or nothing at all. A failure, a list, a record, digits beyond a machine word, whatever takes more than a glance:
//! `machine` has the last word on every value and every message, and what is told here is what it would tell.

mod compare;
mod made;

use bumpalo::Bump;

use super::coverage;
use super::expression::Expression;
use super::follow::STRICT;
use super::functions::Known;
use super::scope::Lookups;
use super::term::{Call, Case, Link, Node, Operator, Step, Term};
use crate::value::{Flavour, Short, Token, Value};

/// What an expression may look at.
pub trait Glance<'v>: Copy {
    /// The value that [`Expression::shorten`] gave this number to.
    fn at_hand(self, number: usize) -> Token<'v>;
    /// Which lines have this number, and how many there are; none where they are not plain lines that can all be read.
    fn lines(self, number: usize) -> Option<(usize, usize)>;
    /// A field of one of these lines.
    fn of_line(self, line: (usize, usize), name: &str) -> Token<'v>;
    /// A variable that stands somewhere as a value.
    fn variable(self, name: &str) -> Option<&'v Value>;
    /// Tables and links.
    fn lookups(self) -> &'v dyn Lookups;
    /// Where texts are put that have to be made.
    fn made(self) -> &'v Bump;
}

impl Expression {
    /// Its text, where a glance is enough to tell it.
    pub fn glance_text<'v>(&'v self, glance: impl Glance<'v>) -> Option<&'v str> {
        self.quickly(glance)?.text(&self.root)
    }

    /// Its number, where a glance is enough to tell it.
    pub fn glance_number<'v>(&'v self, glance: impl Glance<'v>) -> Option<Short> {
        self.quickly(glance)?.number(&self.root)
    }

    /// Whether it is true, where a glance is enough to tell.
    pub fn glance_truth<'v>(&'v self, glance: impl Glance<'v>) -> Option<bool> {
        self.quickly(glance)?.truth(&self.root)
    }

    fn quickly<'v, G: Glance<'v>>(&'v self, glance: G) -> Option<Quick<'v, G>> {
        self.script.is_none().then_some(Quick { names: &self.names, glance, line: None })
    }
}

/// One look at the terms of an expression.
struct Quick<'v, G> {
    names: &'v [String],
    glance: G,
    /// The line that the parameter of the closure around a term stands for.
    line: Option<(usize, usize)>,
}

/// A value that stands somewhere.
enum Standing<'v> {
    Token(Token<'v>),
    Value(&'v Value),
}

impl<'v> Standing<'v> {
    #[inline]
    fn flavour(&self) -> Flavour {
        match self {
            Self::Token(token) => token.flavour(),
            Self::Value(Value::Null) => Flavour::Nothing,
            Self::Value(Value::Bool(_)) => Flavour::Truth,
            Self::Value(Value::Number(_)) => Flavour::Number,
            Self::Value(Value::Text(_)) => Flavour::Text,
            Self::Value(_) => Flavour::Other,
        }
    }

    #[inline]
    fn text(&self) -> Option<&'v str> {
        match self {
            Self::Token(token) => token.text(),
            Self::Value(value) => value.as_text(),
        }
    }

    #[inline]
    fn number(&self) -> Option<Short> {
        match self {
            Self::Token(token) => token.number(),
            Self::Value(Value::Number(number)) => Short::of(*number),
            Self::Value(_) => None,
        }
    }

    #[inline]
    fn truth(&self) -> Option<bool> {
        match self {
            Self::Token(token) => token.truth(),
            Self::Value(Value::Bool(flag)) => Some(*flag),
            Self::Value(_) => None,
        }
    }

    #[inline]
    fn is_nothing(&self) -> Option<bool> {
        match self {
            Self::Token(token) => token.is_nothing(),
            Self::Value(value) => Some(value.is_null()),
        }
    }
}

impl<'v, G: Glance<'v>> Quick<'v, G> {
    /// The text of a term: mostly a constant, or a value at hand.
    #[inline(always)]
    fn text(&self, node: &'v Node) -> Option<&'v str> {
        coverage::reached(node);
        match &node.term {
            Term::Constant(Value::Text(text)) => Some(text),
            Term::Chain(root, links) => match self.token(links) {
                Some(token) => token.text(),
                None => self.text_at_end(root, links),
            },
            _ => self.text_of_others(node),
        }
    }

    fn text_of_others(&self, node: &'v Node) -> Option<&'v str> {
        match &node.term {
            Term::Call(call) => self.called(call),
            Term::Printed(parts) => self.printed(parts),
            Term::Binary(Operator::Add, _, operands) => self.joined(operands),
            _ => self.chosen(node, Self::text),
        }
    }

    /// The number of a term: mostly a value at hand.
    #[inline(always)]
    fn number(&self, node: &'v Node) -> Option<Short> {
        coverage::reached(node);
        match &node.term {
            Term::Chain(_, links) if links.last()?.at_hand.is_some() => self.token(links)?.number(),
            _ => self.number_of_others(node),
        }
    }

    fn number_of_others(&self, node: &'v Node) -> Option<Short> {
        match &node.term {
            Term::Constant(Value::Number(number)) => Short::of(*number),
            Term::Chain(root, links) => self.walked(root, links)?.number(),
            Term::Binary(operator, _, operands) => {
                let (left, right) = (self.number(&operands.0)?, self.number(&operands.1)?);
                match operator {
                    Operator::Add => left.plus(right),
                    Operator::Subtract => left.minus(right),
                    Operator::Multiply => left.times(right),
                    Operator::Divide => left.by_power_of_ten(right),
                    _ => None,
                }
            }
            Term::Call(call) => match (call.known, call.arguments.as_slice()) {
                (Known::Sum, [list, of]) => self.sum(list, of),
                (Known::Round(mode), [number, places]) => self.number(number)?.rounded(self.place(places)?, mode),
                _ => None,
            },
            _ => self.chosen(node, Self::number),
        }
    }

    fn truth(&self, node: &'v Node) -> Option<bool> {
        coverage::reached(node);
        match &node.term {
            Term::Constant(Value::Bool(flag)) => Some(*flag),
            Term::Chain(root, links) => self.walked(root, links)?.truth(),
            Term::Not(operand) => self.truth(operand).map(|flag| !flag),
            Term::All(parts) => self.logic(parts, false),
            Term::Any(parts) => self.logic(parts, true),
            Term::Binary(operator, _, operands) => self.compared(*operator, &operands.0, &operands.1),
            _ => self.chosen(node, Self::truth),
        }
    }

    /// Whether a term is `()`; not told of terms that are there always, if they can be computed.
    fn is_nothing(&self, node: &'v Node) -> Option<bool> {
        coverage::reached(node);
        match &node.term {
            Term::Constant(value) => Some(value.is_null()),
            Term::Variable(place) => self.glance.variable(&self.names[*place]).map(Value::is_null),
            Term::Chain(root, links) => self.walked(root, links)?.is_nothing(),
            Term::Call(Call { known: Known::Linked, arguments, .. }) => match arguments.as_slice() {
                [mapping, key] => Some(self.links(mapping, key)?.is_none()),
                _ => None,
            },
            Term::Coalesce(parts) => {
                for part in parts {
                    if !self.is_nothing(part)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            _ => None,
        }
    }

    /// One of several terms.
    fn chosen<T>(&self, node: &'v Node, read: impl Fn(&Self, &'v Node) -> Option<T>) -> Option<T> {
        match &node.term {
            Term::Coalesce(parts) => {
                for part in parts {
                    let found = read(self, part);
                    if found.is_some() || !self.is_nothing(part)? {
                        return found;
                    }
                }
                None
            }
            Term::If(branches) => {
                let (condition, then, otherwise) = &**branches;
                if self.truth(condition)? { read(self, then) } else { read(self, otherwise.as_ref()?) }
            }
            Term::Switch(subject, cases) => read(self, self.case(subject, cases)?),
            _ => None,
        }
    }

    fn case(&self, subject: &'v Node, cases: &'v [Case]) -> Option<&'v Node> {
        let subject = self.text(subject)?;
        for case in cases {
            let mut matches = case.labels.is_empty();
            for (label, _) in &case.labels {
                matches = matches || label.as_text()? == subject;
            }
            let holds = match &case.condition {
                Some(condition) if matches => self.truth(condition)?,
                _ => true,
            };
            if matches && holds {
                return Some(&case.result);
            }
        }
        None
    }

    fn logic(&self, parts: &'v [Node], stop: bool) -> Option<bool> {
        for part in parts {
            if self.truth(part)? == stop {
                return Some(stop);
            }
        }
        Some(!stop)
    }

    /// The token at the end of a chain whose value is at hand.
    #[inline(always)]
    fn token(&self, links: &'v [Link]) -> Option<Token<'v>> {
        Some(self.glance.at_hand(links.last()?.at_hand?))
    }

    /// The value at the end of a chain of names.
    fn walked(&self, root: &'v Node, links: &'v [Link]) -> Option<Standing<'v>> {
        if let Some(token) = self.token(links) {
            // Where it is absent, a step on the way to it may be a mistake.
            let told = token.flavour() != Flavour::Nothing || links[1..].iter().all(|link| link.safe);
            return told.then_some(Standing::Token(token));
        }
        match (&root.term, links) {
            (Term::Local(_), [Link { step: Step::Name(name), .. }]) => Some(Standing::Token(self.glance.of_line(self.line?, name))),
            (Term::Variable(place), _) => self.reached(&self.names[*place], links),
            _ => None,
        }
    }

    fn reached(&self, root: &str, links: &'v [Link]) -> Option<Standing<'v>> {
        let mut value = self.glance.variable(root)?;
        let (last, before) = links.split_last()?;
        for link in before {
            value = field(value, link)?;
        }
        match field(value, last) {
            Some(found) => Some(Standing::Value(found)),
            None if last.safe && value.is_null() => Some(Standing::Value(&Value::Null)),
            None => (matches!((value, &last.step), (Value::Record(_), Step::Name(_))) && root != STRICT)
                .then_some(Standing::Value(&Value::Null)),
        }
    }
}

/// A field of a record.
#[inline]
fn field<'v>(value: &'v Value, link: &Link) -> Option<&'v Value> {
    match (value, &link.step) {
        (Value::Record(record), Step::Name(name)) => record.get_near(name, &link.hint),
        _ => None,
    }
}
