//! JSON that stays text: which members has an object, which items a list, and how does one get another member?

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::value::{Value, push_json_text};

/// The members of an object, in order, values untouched.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Vec<(String, &'de RawValue)>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        source.deserialize_map(Collect).map(Members)
    }
}

/// The members of an object; `None` when it is something else.
pub(super) fn members(raw: &RawValue) -> Option<Vec<(String, &RawValue)>> {
    serde_json::from_str(raw.get()).ok().map(|Members(members)| members)
}

/// One member of an object; the last one where a name comes twice.
pub(super) fn member<'a>(raw: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    members(raw)?.into_iter().rev().find(|(member, _)| member == name).map(|(_, value)| value)
}

/// The items of a list; `None` when it is something else.
pub(super) fn items(raw: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(raw.get()).ok()
}

/// The value inside Acumatica's `{"value": …}`; a bare value is given back as it is, `{}` is nothing.
pub(super) fn inner(raw: &RawValue) -> Option<&RawValue> {
    match members(raw) {
        Some(members) => members.into_iter().find(|(name, _)| name == "value").map(|(_, value)| value),
        None => Some(raw),
    }
}

/// A text, number or flag as plain text; nothing for `null`, lists and objects.
pub(super) fn plain(raw: &RawValue) -> Option<Cow<'_, str>> {
    let text = raw.get();
    match text.as_bytes().first()? {
        b'"' => serde_json::from_str::<String>(text).ok().map(Cow::Owned),
        b'{' | b'[' | b'n' => None,
        _ => Some(Cow::Borrowed(text)),
    }
}

/// A member of an object as plain text, wrapped or not.
pub(super) fn plain_member(raw: &RawValue, name: &str) -> Option<String> {
    plain(inner(member(raw, name)?)?).map(Cow::into_owned)
}

/// The object with this member set; a member of the same name gives way.
pub(super) fn with_member(raw: &RawValue, name: &str, value: &str) -> Option<Box<RawValue>> {
    let mut text = String::with_capacity(raw.get().len() + name.len() + value.len() + 4);
    text.push('{');
    for (member, kept) in members(raw)?.iter().filter(|(member, _)| member != name) {
        push_json_text(&mut text, member);
        text.push(':');
        text.push_str(kept.get());
        text.push(',');
    }
    push_json_text(&mut text, name);
    text.push(':');
    text.push_str(value);
    text.push('}');
    RawValue::from_string(text).ok()
}

/// A body as JSON text, when it is that.
pub(super) fn parse(body: &[u8]) -> Option<Box<RawValue>> {
    serde_json::from_slice(without_mark(body)).ok()
}

/// A body as a value, for reading errors; nothing when it is no JSON.
pub(super) fn value(body: &[u8]) -> Option<Value> {
    Value::from_json(std::str::from_utf8(without_mark(body)).ok()?).ok()
}

/// Some servers put a byte order mark before their text.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body)
}

/// A list of raw items as JSON text.
pub(super) fn list_text<'a>(items: impl IntoIterator<Item = &'a RawValue>) -> String {
    let joined: Vec<&str> = items.into_iter().map(RawValue::get).collect();
    format!("[{}]", joined.join(","))
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::{inner, items, list_text, member, parse, plain, plain_member, with_member};

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn a_member_is_added_or_replaced_without_touching_the_others() {
        let order = raw(r#"{"id": 7, "amount": 10.100, "lines": null}"#);
        let lines = raw(r#"[{"id":1},{"id":2}]"#);
        let text = list_text(items(&lines).unwrap());
        assert_eq!(with_member(&order, "lines", &text).unwrap().get(), r#"{"id":7,"amount":10.100,"lines":[{"id":1},{"id":2}]}"#);
        assert!(with_member(&lines, "x", "1").is_none());
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(parse("\u{feff}{\"a\":1}".as_bytes()).unwrap().get(), r#"{"a":1}"#);
        assert!(parse(b"{").is_none());
    }

    #[test]
    fn wrapped_and_bare_values_read_alike() {
        let record = raw(r#"{"id":"g","A":{"value":"x\u00e9"},"B":{},"C":{"value":1.50},"D":null}"#);
        assert_eq!(plain_member(&record, "id").unwrap(), "g");
        assert_eq!(plain_member(&record, "A").unwrap(), "xé");
        assert_eq!(plain_member(&record, "C").unwrap(), "1.50");
        assert!(inner(member(&record, "B").unwrap()).is_none());
        assert!(plain(member(&record, "D").unwrap()).is_none());
    }
}
