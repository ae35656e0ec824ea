//! How are two values of a filter compared? RFC 9535, section 2.3.5.2.2, with exact numbers.

use std::cmp::Ordering;

use super::tree::Comparison;
use crate::expr::operators::same;
use crate::value::Value;

/// Compares two values, each of which may be absent.
///
/// Equal kinds only are ordered, and only numbers and texts; `<=` also holds for what is equal, even two absences.
pub(super) fn holds(comparison: Comparison, left: Option<&Value>, right: Option<&Value>) -> bool {
    match comparison {
        Comparison::Equal => equal(left, right),
        Comparison::NotEqual => !equal(left, right),
        Comparison::Less => order(left, right) == Some(Ordering::Less),
        Comparison::LessOrEqual => order(left, right) == Some(Ordering::Less) || equal(left, right),
        Comparison::Greater => order(left, right) == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => order(left, right) == Some(Ordering::Greater) || equal(left, right),
    }
}

fn equal(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => same(left, right),
        _ => false,
    }
}

fn order(left: Option<&Value>, right: Option<&Value>) -> Option<Ordering> {
    match (left?, right?) {
        (Value::Number(left), Value::Number(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        _ => None,
    }
}
