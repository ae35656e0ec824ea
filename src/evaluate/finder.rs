//! Where does a value come from? A rule's term, found in the record, the line and what the context knows.

use std::borrow::Cow;

use bumpalo::Bump;
use smallvec::SmallVec;

use super::context::{Context, PENDING};
use super::glance::Glimpse;
use super::moving::{Moving, fits, moved, seen, settle, untouched};
use super::open::Item;
use super::refusal::{Reason, Refusal};
use super::seen::{Seen, Sight, Whole};
use super::sink::Skipped;
use crate::expr::{Scope, convert};
use crate::plan::{Formula, Rule, Term};
use crate::schema::{Kind, System, plain};
use crate::value::{Found, Reading, Record, Token, Value, plain_text};

/// What rules look at: one item, and what was read of it so far.
pub(super) struct Finder<'r, 'o, 'p, 'a, 'c> {
    pub(super) item: Item<'o, 'p, 'a>,
    pub(super) context: &'r Context<'c>,
    pub(super) ask: Option<Value>,
    /// Texts that formulas made at a glance.
    pub(super) made: Bump,
    system: System,
    pub(super) seen: Seen,
    /// Of the line that is evaluated now.
    pub(super) line_seen: Seen,
}

impl<'r, 'o, 'p, 'a, 'c> Finder<'r, 'o, 'p, 'a, 'c> {
    pub(super) fn new(item: Item<'o, 'p, 'a>, context: &'r Context<'c>) -> Self {
        let system = item.plan.source.resource.system;
        Self { item, context, ask: None, made: Bump::new(), system, seen: Seen::default(), line_seen: Seen::default() }
    }

    /// The values that the approver is shown first, with what was answered already.
    pub(super) fn first_answers(&self) -> Result<Record, Refusal> {
        let mut answers = Record::new();
        for asked in &self.item.plan.ask {
            let given = self.context.ask.as_record().and_then(|ask| ask.get(&asked.name)).cloned();
            let wrong = |message: String| Refusal {
                reasons: vec![Reason { field: Some(format!("ask.{}", asked.name)), message, ..Reason::default() }],
            };
            let value = match given {
                Some(value) => value,
                None => self.found(&asked.term).map_err(wrong)?.into_value(),
            };
            let value = match asked.as_ {
                Some(as_) => convert(value.into(), as_).map_err(wrong)?.into_value(),
                None => value,
            };
            if let Some(fault) = asked.rules.fault(&value) {
                return Err(wrong(fault));
            }
            answers.set(asked.name.as_str(), value);
        }
        Ok(answers)
    }

    /// Hands on the value of a rule, or says why there is none.
    ///
    /// # Errors
    /// Why the value is refused.
    pub(super) fn outcome(&self, rule: &Rule, put: impl FnOnce(&Moving<'_>)) -> Result<Option<Skipped>, String> {
        if let Some(when) = &rule.when
            && !self.condition(when)?
        {
            return Ok(Some(Skipped::WhenFalse));
        }
        match &rule.term {
            Term::Formula(formula) if rule.as_.is_none() => {
                let (expression, glance) = (&formula.expression, Glimpse::new(self, formula));
                match rule.field.kind {
                    Kind::Decimal | Kind::Percent => {
                        if let Some(number) = expression.glance_number(glance) {
                            return settled(&mut Moving::Short(number), rule, put);
                        }
                    }
                    Kind::Text | Kind::Date => {
                        if let Some(text) = expression.glance_text(glance) {
                            return settled(&mut Moving::Text(text), rule, put);
                        }
                    }
                    Kind::Boolean => {
                        if let Some(flag) = expression.glance_truth(glance) {
                            return settled(&mut Moving::Made(Found::Bool(flag)), rule, put);
                        }
                    }
                    _ => {}
                }
            }
            Term::Slot(place) => {
                if let Some(raw) = self.item.raw(*place)
                    && let Some(mut moving) = untouched(raw, place.kind, rule, self.system)
                {
                    return settled(&mut moving, rule, put);
                }
            }
            _ => {}
        }
        self.at_length(rule, put)
    }

    /// The same for a value for which a glance is not enough.
    #[inline(never)]
    fn at_length(&self, rule: &Rule, put: impl FnOnce(&Moving<'_>)) -> Result<Option<Skipped>, String> {
        match &rule.term {
            // What a formula finds is used where it stands.
            Term::Formula(formula) if rule.as_.is_none() => self.over(formula, |scope| {
                let found = formula.expression.find(scope).map_err(|failure| failure.message)?;
                settled(&mut Moving::Made(found), rule, put)
            }),
            _ => settled(&mut self.value(rule)?, rule, put),
        }
    }

    fn value<'m>(&'m self, rule: &'m Rule) -> Result<Moving<'m>, String> {
        match &rule.term {
            Term::Constant(value) => Ok(Moving::Made(value.into())),
            Term::Slot(place) => match self.item.raw(*place) {
                Some(raw) => moved(raw, place.kind, rule, self.system),
                None => Ok(Moving::Absent),
            },
            Term::Search { .. } | Term::Formula(_) | Term::Link { .. } => {
                let found = self.found(&rule.term)?;
                let found = match rule.as_ {
                    // The key of a record that is only planned is not known yet.
                    Some(as_) if !found.as_text().is_some_and(|text| text.starts_with(PENDING)) => convert(found, as_)?,
                    _ => found,
                };
                Ok(Moving::Made(found))
            }
        }
    }

    fn found<'m>(&'m self, term: &'m Term) -> Result<Found<'m>, String> {
        match term {
            Term::Slot(place) => match self.item.raw(*place) {
                Some(raw) => crate::schema::scalar(raw, place.kind, self.system).or_else(|_| seen(raw, None, self.system).map(Found::from)),
                None => Ok(Found::Nothing),
            },
            Term::Constant(value) => Ok(value.into()),
            Term::Formula(formula) => self.compute(formula).map(Found::from),
            Term::Search { root, shape, path } => {
                let Some(raw) = self.item.raw(*root) else { return Ok(Found::Nothing) };
                let record = Value::Record(plain(raw, shape, self.system).map_err(|problem| problem.0)?);
                match path.select(&record).map_err(|problem| problem.to_string())?.as_slice() {
                    [] => Ok(Found::Nothing),
                    [one] => Ok(Value::clone(one).into()),
                    many => Err(format!("the path finds {} values, and one is needed", many.len())),
                }
            }
            Term::Link { mapping, parts } => self.link(mapping, parts),
        }
    }

    /// The digits of a number that is a part of a key as it stands: most ids.
    fn digits(&self, part: &Term) -> Option<&'a str> {
        match part {
            Term::Slot(place) if place.kind == Kind::Integer => Token::new(self.item.raw(*place), Reading::Number).key(),
            _ => None,
        }
    }

    fn link(&self, mapping: &str, parts: &[Term]) -> Result<Found<'_>, String> {
        let mut key: SmallVec<[Cow<'_, str>; 2]> = SmallVec::new();
        for part in parts {
            key.push(match self.digits(part) {
                Some(digits) => Cow::Borrowed(digits),
                None => match self.found(part)? {
                    Found::Nothing => return Ok(Found::Nothing),
                    Found::Number(number) => Cow::Owned(plain_text(number)),
                    Found::Text(text) => text,
                    other => Cow::Owned(other.into_value().plain()),
                },
            });
        }
        let key: SmallVec<[&str; 2]> = key.iter().map(|part| &**part).collect();
        if key.iter().all(|part| part.trim().is_empty()) {
            return Ok(Found::Nothing);
        }
        match self.context.links.other_side(mapping, &key) {
            Some(other) => Ok(Found::Text(other)),
            None => Err(format!("`{}` is not linked by `{mapping}` yet; it is offered again once it is", key.join("/"))),
        }
    }

    /// Computes a condition.
    pub(super) fn condition(&self, formula: &Formula) -> Result<bool, String> {
        if let Some(flag) = formula.expression.glance_truth(Glimpse::new(self, formula)) {
            return Ok(flag);
        }
        self.over(formula, |scope| match formula.expression.find(scope).map_err(|failure| failure.message)? {
            Found::Bool(flag) => Ok(flag),
            other => Err(format!("`{}` is {}, not true or false", formula.written, other.kind_word())),
        })
    }

    /// Whether the first conditions of a condition deny it.
    pub(super) fn is_denied_by(&self, formula: &Formula, conditions: usize) -> bool {
        self.over(formula, |scope| formula.expression.is_denied_by(conditions, scope))
    }

    /// Computes a value.
    pub(super) fn compute(&self, formula: &Formula) -> Result<Value, String> {
        self.over(formula, |scope| formula.expression.evaluate(scope).map_err(|failure| failure.message))
    }

    /// A variable that stands somewhere as a value.
    pub(super) fn variable(&self, name: &str) -> Option<&Value> {
        match name {
            "ask" => Some(self.ask.as_ref().unwrap_or(self.context.ask)),
            "settings" => Some(self.context.settings),
            "target" => Some(self.context.target),
            "project" => Some(self.context.project),
            _ => None,
        }
    }

    /// Does something with what a formula reads.
    fn over<T>(&self, formula: &Formula, evaluate: impl FnOnce(&Scope<'_>) -> T) -> T {
        let sight = Sight { formula, finder: self, whole: Whole::default() };
        evaluate(&Scope::over(self.context.today, self.context, &sight))
    }
}

/// Brings a value into the form of the rule's field and hands it on, or says why there is none.
#[inline]
fn settled<'m>(value: &mut Moving<'m>, rule: &'m Rule, put: impl FnOnce(&Moving<'_>)) -> Result<Option<Skipped>, String> {
    if !fits(value, rule)
        && let Some(skipped) = brought(value, rule)?
    {
        return Ok(Some(skipped));
    }
    put(value);
    Ok(None)
}

fn brought<'m>(value: &mut Moving<'m>, rule: &'m Rule) -> Result<Option<Skipped>, String> {
    if value.is_blank() {
        match &rule.default {
            Some(default) if !default.is_null() => *value = Moving::Made(default.into()),
            _ => return Ok(Some(Skipped::Absent)),
        }
    }
    if settle(value, rule)? && value.is_blank() {
        return Ok(Some(Skipped::Absent));
    }
    Ok(None)
}
