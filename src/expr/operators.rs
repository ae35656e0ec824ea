//! What do operators do? Exact arithmetic, and comparisons that never guess across kinds.

use std::cmp::Ordering;

use super::term::Operator;
use crate::value::{Decimal, Value, shifted, trimmed};

/// Applies an operator to two values.
///
/// A result keeps 28 digits: a quotient or product is rounded at its last place to fit, and a number too large is refused.
///
/// # Errors
/// Why these two values have no result under this operator.
pub(super) fn apply(operator: Operator, left: &Value, right: &Value) -> Result<Value, String> {
    match operator {
        Operator::Equal => equal(left, right).map(Value::Bool),
        Operator::NotEqual => equal(left, right).map(|same| Value::Bool(!same)),
        Operator::Less => compare(operator, left, right).map(|order| Value::Bool(order.is_lt())),
        Operator::LessOrEqual => compare(operator, left, right).map(|order| Value::Bool(order.is_le())),
        Operator::Greater => compare(operator, left, right).map(|order| Value::Bool(order.is_gt())),
        Operator::GreaterOrEqual => compare(operator, left, right).map(|order| Value::Bool(order.is_ge())),
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => match (left, right) {
            (Value::Number(left), Value::Number(right)) => calculate(operator, *left, *right).map(Value::Number),
            (Value::Text(left), Value::Text(right)) if operator == Operator::Add => Ok(Value::Text(format!("{left}{right}"))),
            _ => Err(mixed(operator, left, right)),
        },
    }
}

fn calculate(operator: Operator, left: Decimal, right: Decimal) -> Result<Decimal, String> {
    let result = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
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
pub(super) fn equal(left: &Value, right: &Value) -> Result<bool, String> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => Ok(left.is_null() && right.is_null()),
        _ if std::mem::discriminant(left) == std::mem::discriminant(right) => Ok(same(left, right)),
        _ => Err(format!("{} is compared with {}", left.kind_word(), right.kind_word())),
    }
}

/// Deep equality: numbers by value, records whatever the order of their fields.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Record(left), Value::Record(right)) => {
            left.len() == right.len() && left.iter().all(|(name, value)| right.get(name).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

fn compare(operator: Operator, left: &Value, right: &Value) -> Result<Ordering, String> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => Ok(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Ok(left.cmp(right)),
        _ => Err(mixed(operator, left, right)),
    }
}

fn mixed(operator: Operator, left: &Value, right: &Value) -> String {
    let symbol = operator.symbol();
    let found = format!("`{symbol}` stands between {} and {}", left.kind_word(), right.kind_word());
    match (operator, left, right) {
        (_, Value::Null, _) | (_, _, Value::Null) => format!("{found}; give the missing one a value with `??`"),
        (Operator::Add, Value::Text(_), _) | (Operator::Add, _, Value::Text(_)) => {
            format!("{found}; print numbers into text with backticks and `${{…}}`")
        }
        (_, Value::Text(_), Value::Number(_)) | (_, Value::Number(_), Value::Text(_)) => {
            format!("{found}; `decimal(…)` reads a number from text")
        }
        _ => found,
    }
}
