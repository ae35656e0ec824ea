//! Walks JSON text without building anything: strings, numbers and whole values are passed over, each held against the grammar.

use crate::value::{digit_run, plain_run};

/// The text is not JSON. What is wrong is told by serde_json, which reads it once more.
#[derive(Debug)]
pub(super) struct Malformed;

pub(super) type Scanned<T> = Result<T, Malformed>;

/// A place in a text.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// The brackets that close the records and lists around a value that is passed over.
    open: Vec<u8>,
}

impl<'a> Scanner<'a> {
    /// The beginning of a text.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, open: Vec::new() }
    }

    /// The byte at this place; 0 at the end.
    #[inline]
    pub(super) fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or_default()
    }

    /// How far the text has been walked.
    #[inline]
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// How much of the text is left.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The text from a place that was passed to here.
    #[inline]
    pub(super) fn since(&self, begun: usize) -> &'a str {
        &self.text[begun..self.at]
    }

    /// Passes over blanks.
    #[inline]
    pub(super) fn blanks(&mut self) {
        if self.peek() > b' ' {
            return;
        }
        while matches!(self.peek(), b' ' | b'\n' | b'\t' | b'\r') {
            self.at += 1;
        }
    }

    /// Passes over one byte.
    #[inline]
    pub(super) fn next(&mut self) -> u8 {
        let byte = self.peek();
        self.at += usize::from(byte != 0);
        byte
    }

    /// Passes over one byte where it is the one that is meant.
    #[inline]
    pub(super) fn takes(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == byte;
        self.at += usize::from(is_there);
        is_there
    }

    /// Passes over a text where it is the one that is meant.
    #[inline]
    pub(super) fn takes_all(&mut self, text: &str) -> bool {
        let is_there = self.bytes.get(self.at..self.at + text.len()).is_some_and(|here| alike(here, text.as_bytes()));
        self.at += if is_there { text.len() } else { 0 };
        is_there
    }

    /// That nothing but blanks follows.
    pub(super) fn end(mut self) -> Scanned<()> {
        self.blanks();
        if self.at == self.bytes.len() { Ok(()) } else { Err(Malformed) }
    }

    /// A member's name in its quotes, and whether it has escapes; what follows is its value.
    pub(super) fn name(&mut self) -> Scanned<(&'a str, bool)> {
        let begun = self.at;
        let escaped = self.string()?;
        let name = self.since(begun);
        self.colon()?;
        Ok((name, escaped))
    }

    /// What stands between a member's name and its value.
    #[inline]
    pub(super) fn colon(&mut self) -> Scanned<()> {
        self.blanks();
        if !self.takes(b':') {
            return Err(Malformed);
        }
        self.blanks();
        Ok(())
    }

    /// Passes over a whole value.
    #[inline]
    pub(super) fn value(&mut self) -> Scanned<()> {
        if matches!(self.peek(), b'{' | b'[') { self.nest() } else { self.single() }
    }

    /// Passes over a value that is no record and no list.
    #[inline]
    fn single(&mut self) -> Scanned<()> {
        match self.peek() {
            b'"' => self.string().map(|_| ()),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => Err(Malformed),
        }
    }

    /// Passes over a record or a list.
    fn nest(&mut self) -> Scanned<()> {
        self.open.clear();
        loop {
            if matches!(self.peek(), b'{' | b'[') {
                if self.opens()? {
                    continue;
                }
            } else {
                self.single()?;
            }
            if self.closes()? {
                return Ok(());
            }
        }
    }

    /// Opens a record or list; whether a value follows in it.
    fn opens(&mut self) -> Scanned<bool> {
        let close = if self.next() == b'{' { b'}' } else { b']' };
        self.blanks();
        if self.takes(close) {
            return Ok(false);
        }
        if close == b'}' {
            self.name()?;
        }
        self.open.push(close);
        Ok(true)
    }

    /// After a value: closes what ends here. Whether nothing is open; else the next value follows.
    fn closes(&mut self) -> Scanned<bool> {
        while let Some(close) = self.open.last().copied() {
            self.blanks();
            match self.next() {
                b',' => {
                    self.blanks();
                    if close == b'}' {
                        self.name()?;
                    }
                    return Ok(false);
                }
                byte if byte == close => {
                    self.open.pop();
                }
                _ => return Err(Malformed),
            }
        }
        Ok(true)
    }

    /// Passes over a string; whether it has escapes.
    fn string(&mut self) -> Scanned<bool> {
        if !self.takes(b'"') {
            return Err(Malformed);
        }
        let mut escaped = false;
        loop {
            self.at += plain_run(&self.bytes[self.at..]);
            match self.next() {
                b'"' => return Ok(escaped),
                b'\\' => self.escape()?,
                _ => return Err(Malformed),
            }
            escaped = true;
        }
    }

    fn escape(&mut self) -> Scanned<()> {
        match self.next() {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => {
                let digits = self.bytes.get(self.at..self.at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
                self.at += digits.ok_or(Malformed)?.len();
                Ok(())
            }
            _ => Err(Malformed),
        }
    }

    fn number(&mut self) -> Scanned<()> {
        self.takes(b'-');
        if !self.takes(b'0') {
            self.digits()?;
        }
        if self.takes(b'.') {
            self.digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Scanned<()> {
        let digits = digit_run(&self.bytes[self.at..]);
        self.at += digits;
        if digits > 0 { Ok(()) } else { Err(Malformed) }
    }

    fn word(&mut self, word: &str) -> Scanned<()> {
        if self.takes_all(word) { Ok(()) } else { Err(Malformed) }
    }
}

/// Whether two texts of one length are the same: most are short, and are compared here word by word.
#[inline]
fn alike(one: &[u8], two: &[u8]) -> bool {
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    match (one.last_chunk(), two.last_chunk()) {
        (Some(last), Some(other)) => {
            let pairs = one.as_chunks().0.iter().zip(two.as_chunks().0);
            word(last) == word(other) && pairs.fold(true, |same, (one, two)| same & (word(one) == word(two)))
        }
        _ => one.iter().zip(two).fold(true, |same, (one, two)| same & (one == two)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::Scanner;

    fn is_json(text: &str) -> bool {
        let mut scanner = Scanner::new(text);
        scanner.blanks();
        scanner.value().is_ok() && scanner.end().is_ok()
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
