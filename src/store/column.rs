//! How our values stand in columns: instants as text that sorts, digests, and small JSON.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use sha2::{Digest as _, Sha256};

use crate::value::{Record, Value, json_text};

/// The SHA-256 of some bytes, as 64 hexadecimal digits: names a body, marks a payload.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(String);

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(hex(&Sha256::digest(bytes.as_ref())))
    }

    /// A digest from its 64 lower-case hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let good = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        good.then(|| Self(text.to_owned()))
    }

    /// Its 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digest({})", &self.0[..12])
    }
}

impl ToSql for Digest {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_str()))
    }
}

impl FromSql for Digest {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::from_hex(value.as_str()?).ok_or_else(|| wrong("not a digest"))
    }
}

/// An instant in a column: nine digits of a second always, so that text order is time order.
pub(super) struct At(pub(super) Timestamp);

impl ToSql for At {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(format!("{:.9}", self.0)))
    }
}

impl FromSql for At {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(|_| wrong("not an instant"))
    }
}

/// A record in a column, as JSON text.
pub(super) struct Json(pub(super) Record);

impl ToSql for Json {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(record_text(&self.0)))
    }
}

impl FromSql for Json {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match Value::from_json(value.as_str()?) {
            Ok(Value::Record(record)) => Ok(Self(record)),
            _ => Err(wrong("not a JSON object")),
        }
    }
}

/// Which bodies belong to something, by the part they play (`payload`, `answer`): a JSON object of name and digest.
pub(super) struct Bodies(pub(super) BTreeMap<String, Digest>);

impl Bodies {
    pub(super) fn text(bodies: &BTreeMap<String, Digest>) -> String {
        let record: Record = bodies.iter().map(|(name, digest)| (name.as_str(), digest.as_str())).collect();
        record_text(&record)
    }

    /// The bodies that such a text names; `None` for another text.
    pub(super) fn from_text(text: &str) -> Option<BTreeMap<String, Digest>> {
        Self::column_result(ValueRef::Text(text.as_bytes())).ok().map(|Self(bodies)| bodies)
    }
}

impl FromSql for Bodies {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let Json(record) = Json::column_result(value)?;
        let digest = |value: &Value| value.as_text().and_then(Digest::from_hex).ok_or_else(|| wrong("not a digest"));
        record.iter().map(|(name, value)| Ok((name.to_owned(), digest(value)?))).collect::<Result<_, _>>().map(Self)
    }
}

/// The compact JSON text of a record.
pub(super) fn record_text(record: &Record) -> String {
    json_text(&Value::Record(record.clone()))
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        text.push(char::from(b"0123456789abcdef"[usize::from(byte >> 4)]));
        text.push(char::from(b"0123456789abcdef"[usize::from(byte & 15)]));
        text
    })
}

/// A column that this program did not write.
pub(super) fn wrong(what: &str) -> FromSqlError {
    FromSqlError::Other(what.into())
}

#[cfg(test)]
mod tests {
    use rusqlite::types::{FromSql, ToSql, ToSqlOutput, Value as Column, ValueRef};

    use super::{At, Digest};

    fn column(at: &str) -> String {
        match At(at.parse().unwrap()).to_sql().unwrap() {
            ToSqlOutput::Owned(Column::Text(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn instants_sort_as_text_and_keep_every_digit() {
        let (early, late) = (column("2026-01-31T08:00:00Z"), column("2026-01-31T08:00:00.123456789Z"));
        assert!(early < late, "{early} {late}");
        assert_eq!(At::column_result(ValueRef::Text(late.as_bytes())).unwrap().0.to_string(), "2026-01-31T08:00:00.123456789Z");
    }

    #[test]
    fn a_digest_is_the_known_one_and_nothing_else_passes_for_it() {
        let digest = Digest::of("abc");
        assert_eq!(digest.as_str(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(Digest::from_hex(digest.as_str()), Some(digest.clone()));
        assert_eq!(Digest::from_hex(&digest.as_str().to_uppercase()), None);
        assert_eq!(Digest::from_hex("ba78"), None);
    }
}
