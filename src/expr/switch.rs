//! Which values does a `switch` name? Rhai keeps only their hashes, so they are read again from its words.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use rhai::{Position, Token};

use super::engine::with_statements;
use super::places::Places;
use super::problem::ExprProblem;
use crate::value::{Decimal, Value};

type Word = (Token, Position);
/// The labels of one case with their places; none for `_`.
pub(super) type Labels = Vec<(Value, Range<usize>)>;

/// The words of a text, read the first time that a `switch` asks for them.
pub(super) struct SwitchLabels<'a> {
    text: &'a str,
    words: Option<Vec<Word>>,
}

impl<'a> SwitchLabels<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, words: None }
    }

    /// The labels of each of the `count` cases of the `switch` at `position`.
    pub(super) fn of(&mut self, position: Position, count: usize, places: &Places<'_>) -> Result<Vec<Labels>, ExprProblem> {
        let words = self.words.get_or_insert_with(|| words(self.text));
        let unreadable = || {
            ExprProblem::new("the cases of this `switch` cannot be told apart", places.word(position))
                .help("put its value in parentheses: `switch (value) { … }`")
        };
        let start = words.iter().position(|(token, at)| *token == Token::Switch && *at == position).ok_or_else(unreadable)?;
        let mut reader = Reader { words: &words[start + 1..], places };
        reader.skip_to(|token| *token == Token::LeftBrace);
        let mut cases = Vec::new();
        while let Some((token, _)) = reader.words.first() {
            if *token == Token::RightBrace {
                break;
            }
            cases.push(reader.labels()?);
            reader.skip_to(|token| *token == Token::DoubleArrow);
            reader.skip_to(|token| matches!(token, Token::Comma | Token::RightBrace));
        }
        if cases.len() == count { Ok(cases) } else { Err(unreadable()) }
    }
}

/// The words that are left.
struct Reader<'w> {
    words: &'w [Word],
    places: &'w Places<'w>,
}

impl Reader<'_> {
    /// Goes past the next such word that stands in no brackets of its own; stays before the brace that ends the block.
    fn skip_to(&mut self, wanted: impl Fn(&Token) -> bool) {
        let mut depth = 0_usize;
        while let Some((token, _)) = self.words.first() {
            if depth == 0 && wanted(token) {
                if *token != Token::RightBrace {
                    self.words = &self.words[1..];
                }
                return;
            }
            match token {
                Token::LeftBrace | Token::MapStart | Token::LeftParen | Token::LeftBracket | Token::QuestionBracket => depth += 1,
                Token::RightBrace | Token::RightParen | Token::RightBracket => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.words = &self.words[1..];
        }
    }

    fn labels(&mut self) -> Result<Labels, ExprProblem> {
        let length = self.words.iter().position(|(token, _)| matches!(token, Token::DoubleArrow | Token::If));
        let (labels, rest) = self.words.split_at(length.unwrap_or(self.words.len()));
        self.words = rest;
        if matches!(labels, [(Token::Underscore, _)]) {
            return Ok(Vec::new());
        }
        labels.split(|(token, _)| *token == Token::Pipe).map(|label| self.label(label)).collect()
    }

    fn label(&self, label: &[Word]) -> Result<(Value, Range<usize>), ExprProblem> {
        let at = label.first().map_or_else(|| self.places.last_character(), |(_, position)| self.places.word(*position));
        let value = match label {
            [(token, _)] => constant(token),
            [(Token::Minus | Token::UnaryMinus, _), (token, _)] => match constant(token) {
                Some(Value::Number(number)) => Some((-number).into()),
                _ => None,
            },
            _ => None,
        };
        match value {
            Some(value) => Ok((value, at)),
            None => Err(ExprProblem::new("a case is a text, a number, `true`, `false`, `()` or `_`", at)
                .help("ranges and computed values are compared with `if … { … } else { … }`")),
        }
    }
}

fn constant(token: &Token) -> Option<Value> {
    Some(match token {
        Token::StringConstant(text) => text.as_str().into(),
        Token::CharConstant(character) => character.to_string().into(),
        Token::IntegerConstant(number) => Decimal::from(*number).into(),
        Token::DecimalConstant(number) => number.0.into(),
        Token::True => true.into(),
        Token::False => false.into(),
        Token::Unit => Value::Null,
        _ => return None,
    })
}

/// Every word of a text that is known to parse, in order.
fn words(text: &str) -> Vec<Word> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    let mut engine = with_statements();
    // The hook is marked as volatile by Rhai; the cargo lock file and the tests of this file hold it in place.
    #[allow(deprecated)]
    engine.on_parse_token(move |token, position, _| {
        if let Ok(mut seen) = sink.lock() {
            seen.push((token.clone(), position));
        }
        token
    });
    // It parsed before; what matters are the words on the way.
    drop(engine.compile(text));
    let words = seen.lock().map(|mut seen| std::mem::take(&mut *seen));
    words.unwrap_or_default()
}
