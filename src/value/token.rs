//! A value as it stands in the JSON text of a record: read where a glance is enough. What takes more, and what is wrong with it, is left
//! to whoever reads it as a value.

use super::{Short, is_digits, is_plain};

/// What a token is to be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Text; numbers are texts of their digits. Padded: blanks at its end are none of it.
    Text {
        /// Whether the system pads its texts.
        padded: bool,
    },
    /// A date or an instant, in quotes.
    Moment {
        /// Whether the system pads its texts.
        padded: bool,
    },
    /// A number, in quotes or not.
    Number,
    /// `true` or `false`.
    Truth,
    /// Something that no glance tells.
    Other,
}

/// What a glance tells of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// There is none.
    Nothing,
    /// `true` or `false`.
    Truth,
    /// A number.
    Number,
    /// A text.
    Text,
    /// Something else, or nobody knows.
    Other,
}

/// A value as it stands in the text of a record.
#[derive(Clone, Copy, Debug)]
pub struct Token<'v> {
    raw: &'v str,
    reading: Reading,
}

impl<'v> Token<'v> {
    /// No value.
    pub const NOTHING: Self = Self { raw: "", reading: Reading::Other };

    /// What stands there; none where nothing does.
    #[inline(always)]
    pub fn new(raw: Option<&'v str>, reading: Reading) -> Self {
        Self { raw: raw.unwrap_or_default(), reading }
    }

    /// What it is.
    #[inline(always)]
    pub fn flavour(self) -> Flavour {
        match (self.raw.as_bytes().first(), self.reading) {
            (None, _) => Flavour::Nothing,
            (_, Reading::Other) | (Some(b'['), _) => Flavour::Other,
            (Some(b'n' | b'{'), _) => Flavour::Nothing,
            (Some(b't' | b'f'), _) => Flavour::Truth,
            (Some(b'"'), Reading::Text { .. } | Reading::Moment { .. }) | (Some(_), Reading::Text { .. }) => Flavour::Text,
            (Some(b'"'), Reading::Truth) => Flavour::Other,
            (Some(_), _) => Flavour::Number,
        }
    }

    /// Its text; none where it is something else, or has escapes.
    #[inline(always)]
    pub fn text(self) -> Option<&'v str> {
        text(self.raw, self.reading)
    }

    /// Its number; none where it is something else, or has more digits than a word.
    #[inline(always)]
    pub fn number(self) -> Option<Short> {
        number(self.raw, self.reading)
    }

    /// Whether it is true; none where it is something else.
    #[inline(always)]
    pub fn truth(self) -> Option<bool> {
        (self.flavour() == Flavour::Truth).then(|| self.raw.starts_with('t'))
    }

    /// Whether there is none; not told where what is there cannot be read at a glance.
    #[inline]
    pub fn is_nothing(self) -> Option<bool> {
        match self.flavour() {
            Flavour::Nothing => Some(true),
            Flavour::Truth => Some(false),
            Flavour::Text => self.text().map(|_| false),
            Flavour::Number => self.number().map(|_| false),
            Flavour::Other => None,
        }
    }

    /// Its text, or the digits of a whole number as they are written in keys.
    #[inline]
    pub fn key(self) -> Option<&'v str> {
        match self.flavour() {
            Flavour::Text => self.text(),
            Flavour::Number => Some(bare(self.raw)).filter(|digits| is_whole(digits)),
            _ => None,
        }
    }
}

// What a token is takes two words and what it is read as: these go in registers.

fn text(raw: &str, reading: Reading) -> Option<&str> {
    if Token::new(Some(raw), reading).flavour() != Flavour::Text {
        return None;
    }
    let Some(quoted) = raw.strip_prefix('"') else { return Some(raw) };
    let text = quoted.strip_suffix('"').filter(|text| is_plain(text.as_bytes()))?;
    match reading {
        Reading::Text { padded: true } | Reading::Moment { padded: true } => unpadded(text),
        _ => Some(text),
    }
}

fn number(raw: &str, reading: Reading) -> Option<Short> {
    if Token::new(Some(raw), reading).flavour() != Flavour::Number {
        return None;
    }
    Short::parse(bare(raw))
}

/// What stands between the quotes, where there are any.
#[inline]
fn bare(raw: &str) -> &str {
    raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw)
}

/// A text without the blanks at its end; none where these may be others than spaces.
#[inline]
fn unpadded(text: &str) -> Option<&str> {
    let text = if text.ends_with(' ') { text.trim_end_matches(' ') } else { text };
    text.bytes().next_back().is_none_or(|last| last.is_ascii_graphic()).then_some(text)
}

/// Digits that a number has in a key: a whole one without a sign, and with no zeros before it.
#[inline]
fn is_whole(digits: &str) -> bool {
    digits.len() <= 18 && matches!(digits.as_bytes(), [b'0'] | [b'1'..=b'9', ..]) && is_digits(digits.as_bytes())
}
