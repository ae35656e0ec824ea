//! What do operators do? Exact arithmetic, and comparisons that never guess across kinds.

use std::cmp::Ordering;

use super::term::Operator;
use crate::value::{Decimal, Found, Value, difference, product, shifted, sum, trimmed};

/// Applies an operator to two values.
///
/// A result keeps 28 digits: a quotient or product is rounded at its last place to fit, and a number too large is refused.
///
/// # Errors
/// Why these two values have no result under this operator.
pub(super) fn apply(operator: Operator, left: &Found<'_>, right: &Found<'_>) -> Result<Found<'static>, String> {
    match operator {
        Operator::Equal => equal(left, right).map(Found::Bool),
        Operator::NotEqual => equal(left, right).map(|same| Found::Bool(!same)),
        Operator::Less => compare(operator, left, right).map(|order| Found::Bool(order.is_lt())),
        Operator::LessOrEqual => compare(operator, left, right).map(|order| Found::Bool(order.is_le())),
        Operator::Greater => compare(operator, left, right).map(|order| Found::Bool(order.is_gt())),
        Operator::GreaterOrEqual => compare(operator, left, right).map(|order| Found::Bool(order.is_ge())),
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => match (left, right) {
            (Found::Number(left), Found::Number(right)) => calculate(operator, *left, *right).map(Found::Number),
            (Found::Text(left), Found::Text(right)) if operator == Operator::Add => Ok(format!("{left}{right}").into()),
            _ => Err(mixed(operator, left, right)),
        },
    }
}

fn calculate(operator: Operator, left: Decimal, right: Decimal) -> Result<Decimal, String> {
    let result = match operator {
        Operator::Add => sum(left, right),
        Operator::Subtract => difference(left, right),
        Operator::Multiply => product(left, right),
        _ if right.is_zero() => return Err(format!("`{left}` is divided by zero")),
        Operator::Remainder => left.checked_rem(right),
        // The scale of a quotient is an accident of the division; its zeros say nothing.
        _ => match power_of_ten(right).and_then(|places| shifted(left, places)) {
            Some(quotient) => Some(quotient),
            None => left.checked_div(right).map(trimmed),
        },
    };
    result.ok_or_else(|| format!("`{left} {} {right}` has more than 28 digits", operator.symbol()))
}

/// The places of 10, 100 or 1000: percents and per mille are divided by these.
fn power_of_ten(number: Decimal) -> Option<u32> {
    match (number.scale(), number.mantissa()) {
        (0, 10) => Some(1),
        (0, 100) => Some(2),
        (0, 1_000) => Some(3),
        _ => None,
    }
}

/// Whether two values are the same. `()` may be compared with anything; other kinds only with their own.
///
/// # Errors
/// That the kinds differ: `"1" == 1` is a mistake and not false.
pub(super) fn equal(left: &Found<'_>, right: &Found<'_>) -> Result<bool, String> {
    match (left, right) {
        (Found::Text(left), Found::Text(right)) => Ok(left == right),
        (Found::Number(left), Found::Number(right)) => Ok(left == right),
        (Found::Nothing, _) | (_, Found::Nothing) => Ok(left.is_nothing() && right.is_nothing()),
        _ if left.kind_word() == right.kind_word() => Ok(alike(left, right)),
        _ => Err(format!("{} is compared with {}", left.kind_word(), right.kind_word())),
    }
}

/// Deep equality: numbers by value, records whatever the order of their fields.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    alike(&left.into(), &right.into())
}

fn alike(left: &Found<'_>, right: &Found<'_>) -> bool {
    match (left, right) {
        (Found::Nothing, Found::Nothing) => true,
        (Found::Bool(left), Found::Bool(right)) => left == right,
        (Found::Number(left), Found::Number(right)) => left == right,
        (Found::Text(left), Found::Text(right)) => left == right,
        _ => match (left.as_record(), right.as_record()) {
            (Some(left), Some(right)) => {
                left.len() == right.len() && left.iter().all(|(name, value)| right.get(name).is_some_and(|other| same(value, other)))
            }
            _ => {
                let lists = left.count().is_some() && left.count() == right.count();
                lists && left.members().zip(right.members()).all(|(left, right)| alike(&left, &right))
            }
        },
    }
}

fn compare(operator: Operator, left: &Found<'_>, right: &Found<'_>) -> Result<Ordering, String> {
    match (left, right) {
        (Found::Number(left), Found::Number(right)) => Ok(left.cmp(right)),
        (Found::Text(left), Found::Text(right)) => Ok(left.cmp(right)),
        _ => Err(mixed(operator, left, right)),
    }
}

fn mixed(operator: Operator, left: &Found<'_>, right: &Found<'_>) -> String {
    let symbol = operator.symbol();
    let found = format!("`{symbol}` stands between {} and {}", left.kind_word(), right.kind_word());
    match (operator, left, right) {
        (_, Found::Nothing, _) | (_, _, Found::Nothing) => format!("{found}; give the missing one a value with `??`"),
        (Operator::Add, Found::Text(_), _) | (Operator::Add, _, Found::Text(_)) => {
            format!("{found}; print numbers into text with backticks and `${{…}}`")
        }
        (_, Found::Text(_), Found::Number(_)) | (_, Found::Number(_), Found::Text(_)) => {
            format!("{found}; `decimal(…)` reads a number from text")
        }
        _ => found,
    }
}
