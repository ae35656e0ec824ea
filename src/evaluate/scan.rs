//! Walks JSON text without building anything: strings, numbers and whole values are passed over, each held against the grammar.
//!
//! Everything is asked from a place in the text and gives the place after it, or none where the text is not JSON: what is wrong is told by
//! serde_json, which reads it once more. Places stay in the processor's registers.

use smallvec::SmallVec;

use crate::value::{digit_run, plain_run};

/// A text that is walked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan<'a>(pub(super) &'a str);

impl<'a> Scan<'a> {
    #[inline]
    fn bytes(self) -> &'a [u8] {
        self.0.as_bytes()
    }

    /// The byte at a place; 0 at the end.
    #[inline]
    pub(super) fn byte(self, at: usize) -> u8 {
        self.bytes().get(at).copied().unwrap_or_default()
    }

    /// The text between two places.
    #[inline]
    pub(super) fn between(self, begun: usize, end: usize) -> &'a str {
        &self.0[begun..end]
    }

    /// After blanks.
    #[inline]
    pub(super) fn blanks(self, mut at: usize) -> usize {
        if self.byte(at) > b' ' {
            return at;
        }
        while matches!(self.byte(at), b' ' | b'\n' | b'\t' | b'\r') {
            at += 1;
        }
        at
    }

    /// After this byte.
    #[inline]
    pub(super) fn takes(self, at: usize, byte: u8) -> Option<usize> {
        (self.byte(at) == byte).then_some(at + 1)
    }

    /// After this text.
    #[inline]
    pub(super) fn takes_all(self, at: usize, text: &str) -> Option<usize> {
        let end = at + text.len();
        self.bytes().get(at..end).filter(|here| alike(here, text.as_bytes())).map(|_| end)
    }

    /// That nothing but blanks follows.
    pub(super) fn end(self, at: usize) -> Option<()> {
        (self.blanks(at) == self.0.len()).then_some(())
    }

    /// After a member's name in its quotes, and where its value begins.
    pub(super) fn name(self, at: usize) -> Option<(usize, usize)> {
        let end = self.string(at)?;
        let colon = self.takes(self.blanks(end), b':')?;
        Some((end, self.blanks(colon)))
    }

    /// After a whole value.
    #[inline]
    pub(super) fn value(self, at: usize) -> Option<usize> {
        match self.byte(at) {
            b'"' => self.string(at),
            b'-' | b'0'..=b'9' => self.number(at),
            b't' => self.word(at, "true"),
            b'f' => self.word(at, "false"),
            b'n' => self.word(at, "null"),
            b'{' | b'[' => self.nest(at),
            _ => None,
        }
    }

    #[inline]
    fn word(self, at: usize, word: &str) -> Option<usize> {
        self.bytes()[at..].starts_with(word.as_bytes()).then_some(at + word.len())
    }

    /// After a record or a list.
    fn nest(self, mut at: usize) -> Option<usize> {
        // The brackets that close what is open.
        let mut open: SmallVec<[u8; 32]> = SmallVec::new();
        loop {
            let byte = self.byte(at);
            if matches!(byte, b'{' | b'[') {
                let close = if byte == b'{' { b'}' } else { b']' };
                at = self.blanks(at + 1);
                match self.takes(at, close) {
                    Some(end) => at = end,
                    None => {
                        open.push(close);
                        at = if close == b'}' { self.name(at)?.1 } else { at };
                        continue;
                    }
                }
            } else {
                at = self.value(at)?;
            }
            // After a value, what ends here is closed, or the next value follows.
            loop {
                let Some(close) = open.last().copied() else { return Some(at) };
                at = self.blanks(at);
                match self.byte(at) {
                    b',' => {
                        at = self.blanks(at + 1);
                        at = if close == b'}' { self.name(at)?.1 } else { at };
                        break;
                    }
                    byte if byte == close => {
                        at += 1;
                        open.pop();
                    }
                    _ => return None,
                }
            }
        }
    }

    /// After a string.
    fn string(self, at: usize) -> Option<usize> {
        let mut at = self.takes(at, b'"')?;
        loop {
            at += plain_run(&self.bytes()[at..]);
            match self.byte(at) {
                b'"' => return Some(at + 1),
                b'\\' => at = self.escape(at + 1)?,
                _ => return None,
            }
        }
    }

    fn escape(self, at: usize) -> Option<usize> {
        match self.byte(at) {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 1),
            b'u' => {
                let digits = self.bytes().get(at + 1..at + 5)?;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(at + 5)
            }
            _ => None,
        }
    }

    fn number(self, at: usize) -> Option<usize> {
        let at = self.takes(at, b'-').unwrap_or(at);
        let mut at = match self.takes(at, b'0') {
            Some(at) => at,
            None => self.digits(at)?,
        };
        if let Some(point) = self.takes(at, b'.') {
            at = self.digits(point)?;
        }
        if matches!(self.byte(at), b'e' | b'E') {
            at += 1;
            at += usize::from(matches!(self.byte(at), b'+' | b'-'));
            at = self.digits(at)?;
        }
        Some(at)
    }

    #[inline]
    fn digits(self, at: usize) -> Option<usize> {
        let digits = digit_run(&self.bytes()[at..]);
        (digits > 0).then_some(at + digits)
    }
}

/// Whether two texts of one length are the same: most are short, and are compared here word by word.
#[inline]
fn alike(one: &[u8], two: &[u8]) -> bool {
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    let last = |bytes: &[u8]| bytes.last_chunk().map(word);
    match (last(one), last(two), one.len()) {
        (Some(last), Some(other), 8..=16) => last == other && one.first_chunk() == two.first_chunk::<8>(),
        (Some(last), Some(other), _) => {
            let pairs = one.as_chunks().0.iter().zip(two.as_chunks().0);
            last == other && pairs.fold(true, |same, (one, two)| same & (word(one) == word(two)))
        }
        _ => one.iter().zip(two).fold(true, |same, (one, two)| same & (one == two)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::Scan;

    fn is_json(text: &str) -> bool {
        let scan = Scan(text);
        scan.value(scan.blanks(0)).and_then(|end| scan.end(end)).is_some()
    }

    #[test]
    fn the_grammar_is_that_of_json() {
        for good in
            ["0", " -1.50e+7 ", "[]", "{ }", r#"{"a":[1,{"b":null}],"c":"\u00e9\\"}"#, "[true,false]", &"[".repeat(9).replace('[', "[1,[]")]
        {
            assert_eq!(is_json(good), serde_json::from_str::<IgnoredAny>(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "01",
            "1.",
            "-",
            "[1,]",
            "{\"a\"}",
            "{\"a\":1,}",
            "{1:2}",
            "\"\u{1}\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "tru",
            "[1 2]",
            "1 2",
            "]",
            "[}",
        ] {
            assert!(!is_json(bad), "{bad}");
            assert!(serde_json::from_str::<IgnoredAny>(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_json_is_what_serde_json_says(text in r#"[\[\]{},:"\\0-9a-u.eE+ -]{0,12}|\{("[a-c]{0,9}":(1|"x"|\[\]|null),?){0,3}\}"#) {
            prop_assert_eq!(is_json(&text), serde_json::from_str::<IgnoredAny>(&text).is_ok(), "{}", text);
        }
    }
}
