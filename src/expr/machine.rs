//! What does an expression make of its variables? One function runs every term, over borrowed values where it can.

use std::borrow::Cow;
use std::ops::Range;

use smallvec::SmallVec;

use super::coverage;
use super::functions::{Arguments, MAX_MEMBERS, MAX_TEXT};
use super::operators::{apply, equal};
use super::problem::ExprFailure;
use super::scope::Scope;
use super::term::{Call, Case, Node, Operator, Term};
use crate::value::{Found, Record, Value};

/// Terms run in one evaluation. A list of 10,000 rows through three closures takes some 100,000.
const MAX_STEPS: u64 = 2_000_000;

pub(super) type Answer<'v> = Result<Found<'v>, Box<ExprFailure>>;

/// What a closure that Rhai runs makes of a member.
pub(super) type Outside<'v> = dyn Fn(usize, &Value) -> Result<Value, Box<ExprFailure>> + 'v;

/// One evaluation.
pub(super) struct Machine<'v> {
    pub(super) scope: &'v Scope<'v>,
    pub(super) text: &'v str,
    pub(super) names: &'v [String],
    /// Values of closure parameters, outermost first.
    pub(super) locals: Vec<Found<'v>>,
    /// Closures that Rhai runs, by their number.
    pub(super) outside: Option<&'v Outside<'v>>,
    steps: u64,
}

impl<'v> Machine<'v> {
    pub(super) fn new(scope: &'v Scope<'v>, text: &'v str, names: &'v [String]) -> Self {
        Self { scope, text, names, locals: Vec::new(), outside: None, steps: 0 }
    }

    /// The value of a term.
    pub(super) fn run(&mut self, node: &'v Node) -> Answer<'v> {
        self.charge(1, &node.at)?;
        coverage::reached(node);
        match &node.term {
            Term::Constant(value) => Ok(value.into()),
            Term::Printed(parts) => self.printed(parts),
            Term::List(members) => {
                let members = members.iter().map(|member| self.kept(member));
                Ok(Found::Members(members.collect::<Result<_, _>>()?))
            }
            Term::Record(fields) => {
                let mut record = Record::new();
                for (name, value) in fields {
                    record.set(name.clone(), self.kept(value)?.into_value());
                }
                Ok(record.into())
            }
            Term::Variable(place) => self.variable(*place, &node.at),
            Term::Local(place) => {
                let local = self.locals[*place].clone();
                if !is_borrowed(&local) {
                    self.charge(weight(&local), &node.at)?;
                }
                Ok(local)
            }
            Term::Chain(root, links) => self.chain(root, links),
            Term::Call(call) => self.call(call, None),
            Term::Closure(_) => Err(ExprFailure::new("a closure is no value of its own", &node.at)),
            Term::Binary(operator, at, operands) => self.binary(*operator, operands, at),
            Term::Negate(operand) => match self.run(operand)? {
                Found::Number(number) => Ok(Found::Number(-number)),
                other => Err(ExprFailure::new(format!("`-` needs a number, found {}", other.kind_word()), &operand.at)),
            },
            Term::Not(operand) => Ok(Found::Bool(!self.truth(operand, "!")?)),
            Term::All(parts) => self.logic(parts, "&&"),
            Term::Any(parts) => self.logic(parts, "||"),
            Term::Coalesce(parts) => {
                for part in parts {
                    let found = self.run(part)?;
                    if !found.is_nothing() {
                        return Ok(found);
                    }
                }
                Ok(Found::Nothing)
            }
            Term::If(branches) => {
                let (condition, then, otherwise) = &**branches;
                match (self.truth(condition, "if")?, otherwise) {
                    (true, _) => self.run(then),
                    (false, Some(otherwise)) => self.run(otherwise),
                    (false, None) => Ok(Found::Nothing),
                }
            }
            Term::Switch(subject, cases) => self.switch(subject, cases),
            Term::Outside(number) => match (self.outside, self.locals.last()) {
                (Some(outside), Some(member)) => Ok(outside(*number, &member.clone().into_value())?.into()),
                _ => Err(ExprFailure::new("a closure is no value of its own", &node.at)),
            },
            // An expression with one of these in it runs in Rhai as a whole.
            Term::Block(_) | Term::Lent(..) => Err(ExprFailure::new("only Rhai runs this", &node.at)),
        }
    }

    /// Takes so many steps more. What is copied and what is searched counts, so that neither work nor memory grows without end.
    pub(super) fn charge(&mut self, steps: u64, at: &Range<usize>) -> Result<(), Box<ExprFailure>> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps <= MAX_STEPS { Ok(()) } else { Err(ExprFailure::new("the expression takes too many steps", at)) }
    }

    /// A value that becomes part of another.
    fn kept(&mut self, node: &'v Node) -> Answer<'v> {
        let found = self.run(node)?;
        if is_borrowed(&found) {
            self.charge(weight(&found), &node.at)?;
        }
        Ok(found)
    }

    /// The value of a closure's body for one member of a list.
    pub(super) fn with_local(&mut self, member: Found<'v>, body: &'v Node) -> Answer<'v> {
        self.locals.push(member);
        let found = self.run(body);
        self.locals.pop();
        found
    }

    fn variable(&self, place: usize, at: &Range<usize>) -> Answer<'v> {
        let name = &self.names[place];
        match self.scope.get(name).map_err(|message| ExprFailure::new(message, at))? {
            Some(value) => Ok(value.into()),
            None => Err(ExprFailure::new(format!("`{name}` has no value here"), at)),
        }
    }

    fn printed(&mut self, parts: &'v [Node]) -> Answer<'v> {
        let mut text = String::new();
        for part in parts {
            match self.run(part)? {
                found @ (Found::Text(_) | Found::Number(_) | Found::Bool(_)) => found.push_plain(&mut text),
                other => {
                    let message = format!("{} cannot be printed into text; give it a value with `??`", other.kind_word());
                    return Err(ExprFailure::new(message, &part.at));
                }
            }
            limited(text.len(), MAX_TEXT, &part.at)?;
        }
        Ok(text.into())
    }

    fn binary(&mut self, operator: Operator, operands: &'v (Node, Node), at: &Range<usize>) -> Answer<'v> {
        let left = self.run(&operands.0)?;
        let right = self.run(&operands.1)?;
        let found = apply(operator, &left, &right).map_err(|message| ExprFailure::new(message, at))?;
        if let Found::Text(text) = &found {
            limited(text.len(), MAX_TEXT, at)?;
        }
        Ok(found)
    }

    fn truth(&mut self, node: &'v Node, word: &str) -> Result<bool, Box<ExprFailure>> {
        match self.run(node)? {
            Found::Bool(flag) => Ok(flag),
            other => Err(ExprFailure::new(format!("`{word}` needs true or false, found {}", other.kind_word()), &node.at)),
        }
    }

    /// `&&` stops at the first false, `||` at the first true; every part that is run must be true or false.
    fn logic(&mut self, parts: &'v [Node], word: &str) -> Answer<'v> {
        let stop = word == "||";
        for part in parts {
            if self.truth(part, word)? == stop {
                return Ok(Found::Bool(stop));
            }
        }
        Ok(Found::Bool(!stop))
    }

    fn switch(&mut self, subject: &'v Node, cases: &'v [Case]) -> Answer<'v> {
        let value = self.run(subject)?;
        for case in cases {
            let mut matches = case.labels.is_empty();
            for (label, at) in &case.labels {
                matches = matches || equal(&value, &label.into()).map_err(|message| ExprFailure::new(message, at))?;
            }
            let holds = match &case.condition {
                Some(condition) if matches => self.truth(condition, "if")?,
                _ => true,
            };
            if matches && holds {
                return self.run(&case.result);
            }
        }
        Ok(Found::Nothing)
    }

    pub(super) fn call(&mut self, call: &'v Call, receiver: Option<Found<'v>>) -> Answer<'v> {
        let receives = receiver.is_some();
        let mut values: SmallVec<[Option<Found<'v>>; 3]> = SmallVec::new();
        if receives {
            values.push(receiver);
        }
        for argument in &call.arguments {
            values.push(if matches!(argument.term, Term::Closure(_)) { None } else { Some(self.run(argument)?) });
        }
        let searched = values.iter().flatten().map(searched).sum();
        self.charge(searched, &call.at)?;
        let found = (call.function.run)(&mut Arguments { machine: self, call, values, receives })?;
        match &found {
            Found::Text(text) => limited(text.len(), MAX_TEXT, &call.at)?,
            Found::Members(list) => limited(list.len(), MAX_MEMBERS, &call.at)?,
            _ => {}
        }
        Ok(found)
    }
}

/// What a function may look through, in steps: a text by some of its lines, a list by some of its members.
fn searched(found: &Found<'_>) -> u64 {
    let size = match found {
        Found::Text(text) => text.len() / 256,
        other => other.count().unwrap_or_default() / 64,
    };
    u64::try_from(size).unwrap_or(u64::MAX)
}

/// How much a value weighs: its members, all the way down, and its texts by the line.
pub(super) fn weight(found: &Found<'_>) -> u64 {
    match found {
        Found::Nothing | Found::Bool(_) | Found::Number(_) => 1,
        Found::Text(text) => 1 + u64::try_from(text.len() / 64).unwrap_or(u64::MAX),
        other => match other.as_record() {
            Some(record) => record.iter().map(|(_, value)| weight(&value.into())).fold(1, u64::saturating_add),
            None => other.members().map(|member| weight(&member)).fold(1, u64::saturating_add),
        },
    }
}

/// Whether a value is copied once it becomes part of another.
fn is_borrowed(found: &Found<'_>) -> bool {
    match found {
        Found::Text(text) => matches!(text, Cow::Borrowed(_)),
        Found::Record(record) => matches!(record, Cow::Borrowed(_)),
        Found::List(_) | Found::Lines(..) | Found::Line(..) => true,
        Found::Nothing | Found::Bool(_) | Found::Number(_) | Found::Members(_) => false,
    }
}

pub(super) fn limited(size: usize, most: usize, at: &Range<usize>) -> Result<(), Box<ExprFailure>> {
    if size <= most { Ok(()) } else { Err(ExprFailure::new(format!("the result is larger than {most}"), at)) }
}
