//! Which values does a path name in this document? Segment by segment, in document order, within a number of steps.

use std::borrow::Cow;

use thiserror::Error;

use super::Step;
use super::compare::holds;
use super::pattern::{self, Pattern};
use super::tree::{Condition, Nodes, Operand, Query, Segment, Selector};
use crate::value::{Decimal, Value};

/// Values looked at by one selection: a document of 100,000 values searched a few dozen times over.
const MAX_STEPS: usize = 4_000_000;
/// What it counts to read a pattern from the document and compile it.
const PATTERN_STEPS: usize = 1_000;

/// A selection that looks at too many values.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the path looks at more than {MAX_STEPS} values")]
pub struct TooManySteps;

type Selected<'v> = Result<Vec<&'v Value>, TooManySteps>;

pub(super) fn query<'v>(query: &Query, value: &'v Value) -> Selected<'v> {
    Selection { top: value, left: MAX_STEPS }.segments(&query.segments, value)
}

pub(super) fn steps<'v>(steps: &[Step], value: &'v Value) -> Selected<'v> {
    let mut selection = Selection { top: value, left: MAX_STEPS };
    let mut found = vec![value];
    for step in steps {
        let mut next = Vec::with_capacity(found.len());
        for value in found {
            match step {
                Step::Each => next.extend(members(value)),
                single => next.extend(one(single, value)),
            }
        }
        selection.spend(next.len())?;
        found = next;
    }
    Ok(found)
}

/// One run of a path over a document.
struct Selection<'v> {
    top: &'v Value,
    left: usize,
}

impl<'v> Selection<'v> {
    fn spend(&mut self, steps: usize) -> Result<(), TooManySteps> {
        self.left = self.left.checked_sub(steps).ok_or(TooManySteps)?;
        Ok(())
    }

    fn segments(&mut self, segments: &[Segment], start: &'v Value) -> Selected<'v> {
        let mut found = vec![start];
        for segment in segments {
            let mut next = Vec::new();
            for value in found {
                match segment {
                    Segment::Child(selectors) => self.selectors(selectors, value, &mut next)?,
                    Segment::Descendant(selectors) => {
                        // Parents before their members, members in their order; a list of work, so that depth takes no stack.
                        let mut waiting = vec![value];
                        while let Some(value) = waiting.pop() {
                            self.selectors(selectors, value, &mut next)?;
                            let from = waiting.len();
                            waiting.extend(members(value));
                            waiting[from..].reverse();
                        }
                    }
                }
            }
            found = next;
        }
        Ok(found)
    }

    fn selectors(&mut self, selectors: &[Selector], value: &'v Value, found: &mut Vec<&'v Value>) -> Result<(), TooManySteps> {
        for selector in selectors {
            let before = found.len();
            match selector {
                Selector::Name(name) => found.extend(value.as_record().and_then(|record| record.get(name))),
                Selector::Index(index) => found.extend(one(&Step::Index(*index), value)),
                Selector::Wildcard => found.extend(members(value)),
                Selector::Slice { start, end, step } => found.extend(slice(value.as_list().unwrap_or_default(), *start, *end, *step)),
                Selector::Filter(condition) => {
                    for member in members(value) {
                        self.spend(1)?;
                        if self.is_true(condition, member)? {
                            found.push(member);
                        }
                    }
                }
            }
            self.spend(1 + found.len() - before)?;
        }
        Ok(())
    }

    fn is_true(&mut self, condition: &Condition, member: &'v Value) -> Result<bool, TooManySteps> {
        match condition {
            Condition::Or(conditions) => {
                for condition in conditions {
                    if self.is_true(condition, member)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Condition::And(conditions) => {
                for condition in conditions {
                    if !self.is_true(condition, member)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Condition::Not(condition) => Ok(!self.is_true(condition, member)?),
            Condition::Exists(nodes) => Ok(!self.nodes(nodes, member)?.is_empty()),
            Condition::Compare(comparison, left, right) => {
                let (left, right) = (self.operand(left, member)?, self.operand(right, member)?);
                Ok(holds(*comparison, left.as_deref(), right.as_deref()))
            }
            Condition::Matches { text, pattern, whole } => {
                let text = self.operand(text, member)?;
                let Some(text) = text.as_deref().and_then(Value::as_text) else { return Ok(false) };
                match pattern {
                    Pattern::Literal { compiled, .. } => Ok(compiled.is_match(text)),
                    Pattern::Found(operand) => {
                        self.spend(PATTERN_STEPS)?;
                        let found = self.operand(operand, member)?;
                        let compiled = found.as_deref().and_then(Value::as_text).and_then(|found| pattern::compile(found, *whole));
                        Ok(compiled.is_some_and(|compiled| compiled.is_match(text)))
                    }
                }
            }
        }
    }

    fn nodes(&mut self, nodes: &Nodes, member: &'v Value) -> Selected<'v> {
        self.spend(1)?;
        self.segments(&nodes.segments, if nodes.from_top { self.top } else { member })
    }

    /// The value of an operand; `None` where there is none.
    fn operand<'q>(&mut self, operand: &'q Operand, member: &'v Value) -> Result<Option<Cow<'q, Value>>, TooManySteps>
    where
        'v: 'q,
    {
        Ok(match operand {
            Operand::Literal(value) => Some(Cow::Borrowed(value)),
            Operand::Singular { from_top, steps } => {
                let start = if *from_top { self.top } else { member };
                steps.iter().try_fold(start, |value, step| one(step, value)).map(Cow::Borrowed)
            }
            Operand::Length(inner) => self.operand(inner, member)?.as_deref().and_then(length).map(number),
            Operand::Count(nodes) => Some(number(self.nodes(nodes, member)?.len())),
            Operand::ValueOf(nodes) => match self.nodes(nodes, member)?.as_slice() {
                [value] => Some(Cow::Borrowed(*value)),
                _ => None,
            },
        })
    }
}

fn number<'q>(count: usize) -> Cow<'q, Value> {
    Cow::Owned(Value::Number(Decimal::from(count)))
}

fn length(value: &Value) -> Option<usize> {
    match value {
        Value::Text(text) => Some(text.chars().count()),
        Value::List(list) => Some(list.len()),
        Value::Record(record) => Some(record.len()),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// What a step other than `[*]` leads to.
fn one<'v>(step: &Step, value: &'v Value) -> Option<&'v Value> {
    match step {
        Step::Name(name) => value.as_record()?.get(name),
        Step::Index(index) => {
            let list = value.as_list()?;
            let place = if *index < 0 { i64::try_from(list.len()).ok()?.checked_add(*index)? } else { *index };
            list.get(usize::try_from(place).ok()?)
        }
        Step::Each => None,
    }
}

/// Every member of a list or field of a record.
fn members(value: &Value) -> Vec<&Value> {
    match value {
        Value::List(list) => list.iter().collect(),
        Value::Record(record) => record.iter().map(|(_, value)| value).collect(),
        _ => Vec::new(),
    }
}

/// RFC 9535, section 2.3.4.2.2: bounds are brought into the list, a step of 0 selects nothing.
fn slice(list: &[Value], start: Option<i64>, end: Option<i64>, step: i64) -> Vec<&Value> {
    let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
    let normal = |index: i64| if index >= 0 { index } else { index.saturating_add(length) };
    let mut places = Vec::new();
    if step > 0 {
        let mut place = start.map_or(0, normal).clamp(0, length);
        let end = end.map_or(length, normal).clamp(0, length);
        while place < end {
            places.push(place);
            place = place.saturating_add(step);
        }
    } else if step < 0 {
        let mut place = start.map_or(length - 1, normal).clamp(-1, length - 1);
        let end = end.map_or(-1, normal).clamp(-1, length - 1);
        while place > end {
            places.push(place);
            place = place.saturating_add(step);
        }
    }
    places.into_iter().filter_map(|place| usize::try_from(place).ok().and_then(|place| list.get(place))).collect()
}
