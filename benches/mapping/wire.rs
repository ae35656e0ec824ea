//! What do the hand-written programs share? Acumatica's wrapper and exact decimals, as an experienced author writes them with serde.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

/// `{"value": x}`.
#[derive(Serialize)]
pub(crate) struct Wrapped<T> {
    value: T,
}

/// A wrapped value.
pub(crate) fn wrap<T>(value: T) -> Wrapped<T> {
    Wrapped { value }
}

/// A decimal in a JSON number token, digit for digit.
#[derive(Clone, Copy)]
pub(crate) struct Exact(pub(crate) Decimal);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_string()).map_err(serde::ser::Error::custom)?.serialize(sink)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let raw: &RawValue = Deserialize::deserialize(source)?;
        Decimal::from_str_exact(raw.get()).map(Self).map_err(Error::custom)
    }
}

/// A decimal in a JSON text, as Procore sends money.
pub(crate) struct Quoted(pub(crate) Decimal);

impl<'de> Deserialize<'de> for Quoted {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Digits;
        impl Visitor<'_> for Digits {
            type Value = Quoted;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a decimal in text")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Quoted, E> {
                Decimal::from_str_exact(text).map(Quoted).map_err(E::custom)
            }
        }
        source.deserialize_str(Digits)
    }
}

/// Why a record is refused.
#[derive(Debug)]
pub(crate) struct Refused(#[allow(dead_code, reason = "shown by Debug when a drawn record is refused")] pub(crate) String);

impl From<serde_json::Error> for Refused {
    fn from(problem: serde_json::Error) -> Self {
        Self(problem.to_string())
    }
}

/// Refuses a text that is longer than the field.
pub(crate) fn at_most(text: &str, most: usize) -> Result<(), Refused> {
    if text.len() <= most || text.chars().count() <= most { Ok(()) } else { Err(Refused(format!("`{text}` is too long"))) }
}

/// Refuses a number that is finer than the field.
pub(crate) fn scaled(number: Decimal, places: u32) -> Result<Exact, Refused> {
    if number.scale() <= places || number.normalize().scale() <= places {
        Ok(Exact(number))
    } else {
        Err(Refused(format!("`{number}` has more than {places} decimal places")))
    }
}
