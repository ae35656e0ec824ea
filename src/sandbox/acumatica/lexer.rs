//! How does an imitated Acumatica behave on the wire? The words that a `$filter` is made of.

use crate::value::{Decimal, decimal};

/// One word of a filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// `=`, in `cf.String(f='…')`
    Equals,
    /// A field, an operator, a function: `MainContact/Email`, `eq`, `cf.String`.
    Word(String),
    /// `'text'`, with doubled quotes undone.
    Text(String),
    /// `12`, `-1.5M`
    Number(Decimal),
    /// `datetimeoffset'2024-08-18T00:00:00Z'`: kind and text.
    Typed(String, String),
}

/// Takes a filter apart.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '(' => (Token::Open, &rest[1..]),
            ')' => (Token::Close, &rest[1..]),
            ',' => (Token::Comma, &rest[1..]),
            '=' => (Token::Equals, &rest[1..]),
            '\'' => quoted(rest).map(|(inner, after)| (Token::Text(inner), after))?,
            '-' | '0'..='9' => number(rest)?,
            letter if letter.is_alphabetic() || letter == '_' => word(rest)?,
            other => return Err(format!("Syntax error: character '{other}' is not valid in '{text}'.")),
        };
        found.push(token);
        rest = after.trim_start();
    }
    Ok(found)
}

/// The text between quotes at the start, and what follows.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut inner = String::new();
    let mut rest = &text[1..];
    loop {
        let Some(end) = rest.find('\'') else { return Err(format!("There is an unterminated string literal in {text}.")) };
        inner.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        if !rest.starts_with('\'') {
            return Ok((inner, rest));
        }
        inner.push('\'');
        rest = &rest[1..];
    }
}

fn number(text: &str) -> Result<(Token, &str), String> {
    let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || "+-.".contains(letter))).unwrap_or(text.len());
    let digits = text[..end].trim_end_matches(['M', 'm', 'L', 'l', 'd', 'D', 'f', 'F']);
    let value = decimal(digits).map_err(|_| format!("Unrecognized literal '{}'.", &text[..end]))?;
    Ok((Token::Number(value), &text[end..]))
}

fn word(text: &str) -> Result<(Token, &str), String> {
    let end = text.find(|letter: char| !(letter.is_alphanumeric() || "_/.".contains(letter))).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    if rest.starts_with('\'') {
        let (inner, after) = quoted(rest)?;
        return Ok((Token::Typed(word.to_owned(), inner), after));
    }
    Ok((Token::Word(word.to_owned()), rest))
}

#[cfg(test)]
mod tests {
    use super::{Token, tokens};

    #[test]
    fn a_filter_falls_into_words() {
        let found = tokens("VendorName eq 'O''Hara' and (Amount ge -1.50M)").unwrap();
        assert_eq!(found[2], Token::Text("O'Hara".into()));
        assert_eq!(found[7], Token::Number("-1.50".parse().unwrap()));
        assert_eq!(found.len(), 9);
        let stamp = tokens("Date gt datetimeoffset'2024-08-18T23:59:59+04:00'").unwrap();
        assert_eq!(stamp[2], Token::Typed("datetimeoffset".into(), "2024-08-18T23:59:59+04:00".into()));
    }

    #[test]
    fn broken_filters_say_so() {
        for broken in ["A eq 'x", "A eq 12x", "A & B"] {
            assert!(tokens(broken).is_err(), "{broken}");
        }
    }
}
