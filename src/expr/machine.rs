//! What does an expression make of its variables? One function runs every term, over borrowed values where it can.

use std::borrow::Cow;
use std::ops::Range;

use super::coverage;
use super::functions::{Arguments, MAX_MEMBERS, MAX_TEXT};
use super::operators::{apply, equal};
use super::problem::ExprFailure;
use super::scope::Scope;
use super::term::{Call, Case, Node, Operator, Term};
use crate::value::{Record, Value};

/// Terms run in one evaluation. A list of 10,000 rows through three closures takes some 100,000.
const MAX_STEPS: u64 = 2_000_000;
pub(super) static NOTHING: Value = Value::Null;

/// A value that was read, or one that was made.
pub(super) type Found<'v> = Cow<'v, Value>;
pub(super) type Answer<'v> = Result<Found<'v>, ExprFailure>;

/// What a closure that Rhai runs makes of a member.
pub(super) type Outside<'v> = dyn Fn(usize, &Value) -> Result<Value, ExprFailure> + 'v;

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
            Term::Constant(value) => Ok(Cow::Borrowed(value)),
            Term::Printed(parts) => self.printed(parts),
            Term::List(members) => {
                let members = members.iter().map(|member| self.kept(member));
                Ok(Cow::Owned(Value::List(members.collect::<Result<_, _>>()?)))
            }
            Term::Record(fields) => {
                let mut record = Record::new();
                for (name, value) in fields {
                    record.set(name.clone(), self.kept(value)?);
                }
                Ok(Cow::Owned(record.into()))
            }
            Term::Variable(place) => self.variable(*place, &node.at),
            Term::Local(place) => {
                if let Cow::Owned(value) = &self.locals[*place] {
                    let weight = weight(value);
                    self.charge(weight, &node.at)?;
                }
                Ok(self.locals[*place].clone())
            }
            Term::Chain(root, links) => self.chain(root, links),
            Term::Call(call) => self.call(call, None),
            Term::Closure(_) => Err(ExprFailure::new("a closure is no value of its own", &node.at)),
            Term::Binary(operator, at, operands) => self.binary(*operator, operands, at),
            Term::Negate(operand) => match &*self.run(operand)? {
                Value::Number(number) => Ok(Cow::Owned((-*number).into())),
                other => Err(ExprFailure::new(format!("`-` needs a number, found {}", other.kind_word()), &operand.at)),
            },
            Term::Not(operand) => Ok(Cow::Owned((!self.truth(operand, "!")?).into())),
            Term::All(parts) => self.logic(parts, "&&"),
            Term::Any(parts) => self.logic(parts, "||"),
            Term::Coalesce(parts) => {
                let mut found = Cow::Borrowed(&NOTHING);
                for part in parts {
                    found = self.run(part)?;
                    if !found.is_null() {
                        break;
                    }
                }
                Ok(found)
            }
            Term::If(branches) => {
                let (condition, then, otherwise) = &**branches;
                match (self.truth(condition, "if")?, otherwise) {
                    (true, _) => self.run(then),
                    (false, Some(otherwise)) => self.run(otherwise),
                    (false, None) => Ok(Cow::Borrowed(&NOTHING)),
                }
            }
            Term::Switch(subject, cases) => self.switch(subject, cases),
            Term::Outside(number) => match (self.outside, self.locals.last()) {
                (Some(outside), Some(member)) => Ok(Cow::Owned(outside(*number, member)?)),
                _ => Err(ExprFailure::new("a closure is no value of its own", &node.at)),
            },
            // An expression with one of these in it runs in Rhai as a whole.
            Term::Block(_) | Term::Lent(..) => Err(ExprFailure::new("only Rhai runs this", &node.at)),
        }
    }

    /// Takes so many steps more. What is copied and what is searched counts, so that neither work nor memory grows without end.
    pub(super) fn charge(&mut self, steps: u64, at: &Range<usize>) -> Result<(), ExprFailure> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps <= MAX_STEPS { Ok(()) } else { Err(ExprFailure::new("the expression takes too many steps", at)) }
    }

    /// A value that becomes part of another.
    fn kept(&mut self, node: &'v Node) -> Result<Value, ExprFailure> {
        let found = self.run(node)?;
        if let Cow::Borrowed(value) = &found {
            self.charge(weight(value), &node.at)?;
        }
        Ok(found.into_owned())
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
        match self.scope.get(name) {
            Some(value) => Ok(Cow::Borrowed(value)),
            None => Err(ExprFailure::new(format!("`{name}` has no value here"), at)),
        }
    }

    fn printed(&mut self, parts: &'v [Node]) -> Answer<'v> {
        let mut text = String::new();
        for part in parts {
            match &*self.run(part)? {
                value @ (Value::Text(_) | Value::Number(_) | Value::Bool(_)) => text.push_str(&value.plain()),
                other => {
                    let message = format!("{} cannot be printed into text; give it a value with `??`", other.kind_word());
                    return Err(ExprFailure::new(message, &part.at));
                }
            }
            limited(text.len(), MAX_TEXT, &part.at)?;
        }
        Ok(Cow::Owned(text.into()))
    }

    fn binary(&mut self, operator: Operator, operands: &'v (Node, Node), at: &Range<usize>) -> Answer<'v> {
        let left = self.run(&operands.0)?;
        let right = self.run(&operands.1)?;
        let value = apply(operator, &left, &right).map_err(|message| ExprFailure::new(message, at))?;
        if let Value::Text(text) = &value {
            limited(text.len(), MAX_TEXT, at)?;
        }
        Ok(Cow::Owned(value))
    }

    fn truth(&mut self, node: &'v Node, word: &str) -> Result<bool, ExprFailure> {
        match &*self.run(node)? {
            Value::Bool(flag) => Ok(*flag),
            other => Err(ExprFailure::new(format!("`{word}` needs true or false, found {}", other.kind_word()), &node.at)),
        }
    }

    /// `&&` stops at the first false, `||` at the first true; every part that is run must be true or false.
    fn logic(&mut self, parts: &'v [Node], word: &str) -> Answer<'v> {
        let stop = word == "||";
        for part in parts {
            if self.truth(part, word)? == stop {
                return Ok(Cow::Owned(stop.into()));
            }
        }
        Ok(Cow::Owned((!stop).into()))
    }

    fn switch(&mut self, subject: &'v Node, cases: &'v [Case]) -> Answer<'v> {
        let value = self.run(subject)?;
        for case in cases {
            let mut matches = case.labels.is_empty();
            for (label, at) in &case.labels {
                matches = matches || equal(&value, label).map_err(|message| ExprFailure::new(message, at))?;
            }
            let holds = match &case.condition {
                Some(condition) if matches => self.truth(condition, "if")?,
                _ => true,
            };
            if matches && holds {
                return self.run(&case.result);
            }
        }
        Ok(Cow::Borrowed(&NOTHING))
    }

    pub(super) fn call(&mut self, call: &'v Call, receiver: Option<Found<'v>>) -> Answer<'v> {
        let mut values: Vec<Option<Found<'v>>> = Vec::with_capacity(call.arguments.len() + 1);
        let receives = receiver.is_some();
        values.extend(receiver.map(Some));
        for argument in &call.arguments {
            values.push(if matches!(argument.term, Term::Closure(_)) { None } else { Some(self.run(argument)?) });
        }
        let searched = values.iter().flatten().map(|value| searched(value)).sum();
        self.charge(searched, &call.at)?;
        let found = (call.function.run)(&mut Arguments { machine: self, call, values, receives })?;
        match &*found {
            Value::Text(text) => limited(text.len(), MAX_TEXT, &call.at)?,
            Value::List(list) if matches!(found, Cow::Owned(_)) => limited(list.len(), MAX_MEMBERS, &call.at)?,
            _ => {}
        }
        Ok(found)
    }
}

/// What a function may look through, in steps: a text by some of its lines, a list by some of its members.
fn searched(value: &Value) -> u64 {
    let size = match value {
        Value::Text(text) => text.len() / 256,
        Value::List(list) => list.len() / 64,
        _ => 0,
    };
    u64::try_from(size).unwrap_or(u64::MAX)
}

/// How much a value weighs: its members, all the way down, and its texts by the line.
pub(super) fn weight(value: &Value) -> u64 {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 1,
        Value::Text(text) => 1 + u64::try_from(text.len() / 64).unwrap_or(u64::MAX),
        Value::List(list) => list.iter().map(weight).fold(1, u64::saturating_add),
        Value::Record(record) => record.iter().map(|(_, value)| weight(value)).fold(1, u64::saturating_add),
    }
}

pub(super) fn limited(size: usize, most: usize, at: &Range<usize>) -> Result<(), ExprFailure> {
    if size <= most { Ok(()) } else { Err(ExprFailure::new(format!("the result is larger than {most}"), at)) }
}
