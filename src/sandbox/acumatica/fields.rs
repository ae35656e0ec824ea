//! How do both systems behave on the wire? Short words for the fields of a record, and ids drawn from a seed.

use fastrand::Rng;

use crate::value::{Decimal, Record, Value};

/// Fields as business rules read them: absent is empty, zero, or false.
pub(super) trait Fields {
    /// The text of a field.
    fn word(&self, name: &str) -> &str;
    /// The number of a field.
    fn number(&self, name: &str) -> Decimal;
    /// Whether a flag is set.
    fn flag(&self, name: &str) -> bool;
    /// Whether there is no value.
    fn lacks(&self, name: &str) -> bool;
    /// Sets a field that has no value.
    fn default(&mut self, name: &str, value: impl Into<Value>);
    /// The value at `a.b.c`.
    fn at(&self, path: &str) -> Option<&Value>;
    /// The lines of a detail.
    fn lines(&self, detail: &str) -> &[Value];
}

impl Fields for Record {
    fn word(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    fn number(&self, name: &str) -> Decimal {
        match self.get(name) {
            Some(Value::Number(number)) => *number,
            _ => Decimal::ZERO,
        }
    }

    fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Bool(true)))
    }

    fn lacks(&self, name: &str) -> bool {
        self.get(name).is_none_or(Value::is_null)
    }

    fn default(&mut self, name: &str, value: impl Into<Value>) {
        if self.lacks(name) {
            self.set(name, value);
        }
    }

    fn at(&self, path: &str) -> Option<&Value> {
        match path.split_once('.') {
            None => self.get(path),
            Some((first, rest)) => self.get(first)?.at(rest),
        }
    }

    fn lines(&self, detail: &str) -> &[Value] {
        self.get(detail).and_then(Value::as_list).unwrap_or_default()
    }
}

/// The key form in which codes are compared: without trailing blanks and without case.
pub(super) fn normal(code: &str) -> String {
    code.trim_end().to_uppercase()
}

/// One number out of a seed and some words: FNV-1a, so that ids do not depend on the order of requests.
pub(super) fn mix(seed: u64, words: &[&str]) -> u64 {
    let start = seed.to_le_bytes().into_iter().fold(0xcbf2_9ce4_8422_2325, step);
    words.iter().fold(start, |hash, word| word.bytes().chain([0xff]).fold(hash, step))
}

fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

/// A source of randomness that depends on the seed and these words only.
pub(super) fn drawn(seed: u64, words: &[&str]) -> Rng {
    Rng::with_seed(mix(seed, words))
}

/// A GUID that depends on the seed and these words only.
pub(super) fn guid(seed: u64, words: &[&str]) -> String {
    let mut rng = drawn(seed, words);
    let (high, low) = (rng.u64(..), rng.u64(..));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0x0fff,
        0x8000 | (low >> 48) & 0x3fff,
        low & 0xffff_ffff_ffff
    )
}

/// Whether a text has the form of a GUID.
pub(super) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::{guid, is_guid, normal};

    #[test]
    fn ids_depend_on_seed_and_words_alone() {
        let id = guid(7, &["Vendor", "V000001"]);
        assert!(is_guid(&id), "{id}");
        assert_eq!(id, guid(7, &["Vendor", "V000001"]));
        assert_ne!(id, guid(8, &["Vendor", "V000001"]));
        assert_ne!(guid(7, &["a", "bc"]), guid(7, &["ab", "c"]));
    }

    #[test]
    fn codes_compare_without_case_and_trailing_blanks() {
        assert_eq!(normal("sc-1  "), normal("SC-1"));
        assert_ne!(normal(" sc-1"), normal("SC-1"));
    }
}
