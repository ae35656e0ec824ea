//! Where does a word of an expression stand? Rhai's lines and columns, turned into bytes of the text.

use std::ops::Range;

use rhai::Position;

/// A text, and where each of its characters and lines begins.
pub(super) struct Places<'t> {
    text: &'t str,
    /// Byte of each character, and the length of the text at the end.
    characters: Vec<usize>,
    /// Number of the first character of each line.
    lines: Vec<usize>,
}

impl<'t> Places<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let characters = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let after_breaks = text.chars().enumerate().filter(|(_, character)| *character == '\n').map(|(at, _)| at + 1);
        Self { text, characters, lines: [0].into_iter().chain(after_breaks).collect() }
    }

    /// The byte at which a position points; the end of the text for one that points nowhere.
    pub(super) fn byte(&self, position: Position) -> usize {
        let end = self.text.len();
        let Some(line) = position.line() else { return end };
        let Some(first) = self.lines.get(line - 1) else { return end };
        let column = position.position().unwrap_or(1) - 1;
        self.characters.get(first + column).copied().unwrap_or(end)
    }

    /// The word, number, quoted text or symbol that begins at a position.
    pub(super) fn word(&self, position: Position) -> Range<usize> {
        self.word_at(self.byte(position))
    }

    fn word_at(&self, start: usize) -> Range<usize> {
        let rest = &self.text[start..];
        let Some(first) = rest.chars().next() else { return self.last_character() };
        let length = match first {
            '0'..='9' => number(rest),
            'a'..='z' | 'A'..='Z' | '_' => run(rest, belongs_to_word),
            '"' | '`' | '\'' => quoted(rest, first),
            _ => symbol(rest).unwrap_or(first.len_utf8()),
        };
        start..start + length
    }

    /// The end of the text, where something is missing: its last character, so that a caret has something to stand on.
    pub(super) fn last_character(&self) -> Range<usize> {
        let kept = self.text.trim_end();
        kept.char_indices().next_back().map_or(0..0, |(at, _)| at..kept.len())
    }
}

fn belongs_to_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// A number with its point and fraction; in `0..5` and `1.abs()` the point is no part of it.
fn number(rest: &str) -> usize {
    let whole = run(rest, belongs_to_word);
    match rest[whole..].strip_prefix('.') {
        Some(fraction) if fraction.starts_with(|character: char| character.is_ascii_digit()) => whole + 1 + run(fraction, belongs_to_word),
        _ => whole,
    }
}

fn run(rest: &str, belongs: impl Fn(char) -> bool) -> usize {
    rest.find(|character| !belongs(character)).unwrap_or(rest.len())
}

/// The length of a quoted text with its quotes; up to the end where it is not closed.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return at + quote.len_utf8(),
            _ => {}
        }
    }
    rest.trim_end().len()
}

fn symbol(rest: &str) -> Option<usize> {
    const LONG: [&str; 21] =
        ["===", "!==", "..=", "**=", "&&", "||", "??", "?.", "?[", "==", "!=", "<=", ">=", "=>", "..", "**", "#{", "+=", "-=", "()", "::"];
    LONG.iter().find(|symbol| rest.starts_with(**symbol)).map(|symbol| symbol.len())
}

#[cfg(test)]
mod tests {
    use super::{Places, Position};

    #[test]
    fn columns_count_characters_and_ranges_count_bytes() {
        let text = "\"é\" +\n  zähler.name";
        let places = Places::new(text);
        let word = |line, column| &text[places.word(Position::new(line, column))];
        assert_eq!(word(1, 1), "\"é\"");
        assert_eq!(word(1, 5), "+");
        assert_eq!(word(2, 3), "zähler");
        assert_eq!(word(2, 10), "name");
        assert_eq!(word(9, 1), "e", "a position outside the text is its end");
        assert_eq!(places.word(Position::NONE), 20..21);
        assert_eq!(Places::new("").word(Position::NONE), 0..0);
    }
}
