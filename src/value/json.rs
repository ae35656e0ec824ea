//! JSON in and out, with every digit of every number kept.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use thiserror::Error;

use super::{Record, Value, decimal, is_plain, push_decimal};

/// Levels of nesting that are read: far more than any record has, few enough for any stack.
const MOST_LEVELS: usize = 128;

/// A text that is not JSON, or holds a number that no decimal can keep.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("not JSON: {0}")]
pub struct NotJson(
    /// What the parser met, and where.
    pub String,
);

impl Value {
    /// Reads JSON text. Numbers become decimals from their own digits.
    ///
    /// # Errors
    /// [`NotJson`] with what was met and where.
    pub fn from_json(text: &str) -> Result<Self, NotJson> {
        let raw: &RawValue = serde_json::from_str(text).map_err(|problem| NotJson(problem.to_string()))?;
        from_raw(raw, MOST_LEVELS)
    }

    /// Takes over a tree that other code built. For tests and constants: a `serde_json` number may already have
    /// lost digits.
    ///
    /// # Errors
    /// [`NotJson`] for a number that is no decimal.
    pub fn from_tree(tree: &serde_json::Value) -> Result<Self, NotJson> {
        Self::from_json(&tree.to_string())
    }
}

/// The fields of an object in their order.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Vec<(String, &'de RawValue)>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(fields)
            }
        }
        source.deserialize_map(Collect).map(Fields)
    }
}

fn from_raw(raw: &RawValue, levels: usize) -> Result<Value, NotJson> {
    let text = raw.get();
    let Some(below) = levels.checked_sub(1) else { return Err(NotJson(format!("more than {MOST_LEVELS} levels of nesting"))) };
    let wrong = |problem: serde_json::Error| NotJson(problem.to_string());
    Ok(match text.as_bytes().first() {
        Some(b'{') => {
            let Fields(fields) = serde_json::from_str(text).map_err(wrong)?;
            let fields = fields.into_iter().map(|(name, value)| Ok((name.into(), from_raw(value, below)?)));
            Value::Record(Record::gathered(fields.collect::<Result<_, NotJson>>()?))
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(wrong)?;
            Value::List(items.into_iter().map(|item| from_raw(item, below)).collect::<Result<_, _>>()?)
        }
        Some(b'"') => Value::Text(unquoted(text)?.into_owned()),
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') | None => Value::Null,
        Some(_) => Value::Number(decimal(text).map_err(|problem| NotJson(problem.to_string()))?),
    })
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(source)?;
        from_raw(&raw, MOST_LEVELS).map_err(de::Error::custom)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => sink.serialize_unit(),
            Self::Bool(flag) => sink.serialize_bool(*flag),
            Self::Number(number) => {
                let raw = RawValue::from_string(number.to_string()).map_err(serde::ser::Error::custom)?;
                raw.serialize(sink)
            }
            Self::Text(text) => sink.serialize_str(text),
            Self::List(list) => sink.collect_seq(list),
            Self::Record(record) => record.serialize(sink),
        }
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        sink.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        match Value::deserialize(source)? {
            Value::Record(record) => Ok(record),
            other => Err(de::Error::custom(format!("expected a record, found {}", other.kind_word()))),
        }
    }
}

impl From<BTreeMap<String, Value>> for Record {
    fn from(fields: BTreeMap<String, Value>) -> Self {
        fields.into_iter().map(|(name, value)| (Arc::<str>::from(name), value)).collect()
    }
}

/// The compact JSON text of a value; numbers in their own digits.
pub fn json_text(value: &Value) -> String {
    let mut text = String::new();
    push_json(&mut text, value);
    text
}

/// Appends `text` as a JSON string, quotes and escapes included.
pub fn push_json_text(sink: &mut String, text: &str) {
    if is_plain(text.as_bytes()) {
        sink.push('"');
        sink.push_str(text);
        sink.push('"');
        return;
    }
    // A string always serialises.
    sink.push_str(&serde_json::to_string(text).expect("text is always JSON"));
}

/// Appends the compact JSON text of a value.
pub fn push_json(sink: &mut String, value: &Value) {
    match value {
        Value::Null => sink.push_str("null"),
        Value::Bool(flag) => sink.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => push_decimal(sink, number),
        Value::Text(text) => push_json_text(sink, text),
        Value::List(list) => {
            sink.push('[');
            for (at, item) in list.iter().enumerate() {
                if at > 0 {
                    sink.push(',');
                }
                push_json(sink, item);
            }
            sink.push(']');
        }
        Value::Record(record) => {
            sink.push('{');
            for (at, (name, value)) in record.iter().enumerate() {
                if at > 0 {
                    sink.push(',');
                }
                push_json_text(sink, name);
                sink.push(':');
                push_json(sink, value);
            }
            sink.push('}');
        }
    }
}

/// The text of a JSON string that was parsed once: a slice of it where it has no escapes.
///
/// # Errors
/// [`NotJson`] for escapes that spell no text.
pub fn unquoted(raw: &str) -> Result<Cow<'_, str>, NotJson> {
    match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) if !text.contains('\\') => Ok(Cow::Borrowed(text)),
        _ => serde_json::from_str(raw).map(Cow::Owned).map_err(|problem| NotJson(problem.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, json_text};

    #[test]
    fn every_digit_survives_the_way_through() {
        let text = r#"{"id":598134325841112,"amount":7396144.10,"pct":"96.36%","none":null,"lines":[{"q":0.20},[]],"t":"a\"b\u00e9"}"#;
        let value = Value::from_json(text).unwrap();
        assert_eq!(json_text(&value), text.replace("\\u00e9", "é"));
        assert_eq!(serde_json::to_string(&value).unwrap(), json_text(&value));
    }

    #[test]
    fn a_number_that_no_decimal_keeps_is_refused() {
        assert!(Value::from_json("[1e400]").is_err());
        assert!(Value::from_json("{\"a\":}").is_err());
        assert!(Value::from_json(&"[".repeat(100_000)).is_err());
        assert!(Value::from_json(&format!("{}{}", "[".repeat(5_000), "]".repeat(5_000))).is_err());
    }
}
