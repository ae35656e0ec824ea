//! How does Rhai hold our values? Plain ones as its own, lists and records as one shared thing that it cannot look into.

use std::sync::Arc;

use rhai::{Dynamic, ImmutableString};

use crate::value::{Decimal, Value};

/// A list or a record.
#[derive(Clone, Debug)]
pub(super) struct Held(pub(super) Arc<Value>);

/// A value for Rhai. A whole number without decimal places is an integer there, and comes back as the same number.
pub(super) fn into_rhai(value: Value) -> Dynamic {
    match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(flag) => flag.into(),
        Value::Number(number) => match i64::try_from(number) {
            Ok(whole) if number.scale() == 0 && !(number.is_zero() && number.is_sign_negative()) => whole.into(),
            _ => number.into(),
        },
        Value::Text(text) => text.into(),
        Value::List(_) | Value::Record(_) => Dynamic::from(Held(Arc::new(value))),
    }
}

/// A value from Rhai; nothing where it is none of ours, such as a closure.
pub(super) fn from_rhai(value: Dynamic) -> Option<Arc<Value>> {
    let value = value.flatten();
    if value.is_unit() {
        return Some(Arc::new(Value::Null));
    }
    if let Ok(flag) = value.as_bool() {
        return Some(Arc::new(flag.into()));
    }
    if let Ok(number) = value.as_int() {
        return Some(Arc::new(number.into()));
    }
    if let Some(number) = value.clone().try_cast::<Decimal>() {
        return Some(Arc::new(number.into()));
    }
    if value.is_string() {
        return value.try_cast::<ImmutableString>().map(|text| Arc::new(text.as_str().into()));
    }
    value.try_cast::<Held>().map(|held| held.0)
}
