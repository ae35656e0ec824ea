//! What is wrong with an expression, in the author's words rather than the parser's?

use std::ops::Range;

use rhai::{LexError, ParseError, ParseErrorType};

use super::places::Places;

/// Why a text is no expression of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprProblem {
    /// What is wrong: lower case, no full stop, values in backticks.
    pub message: String,
    /// The bytes of the word at fault.
    pub at: Option<Range<usize>>,
    /// What to write instead, if we know.
    pub help: Option<String>,
    /// The word that was meant, if it is near.
    pub meant: Option<String>,
}

/// Why an expression has no value for this record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExprFailure {
    /// What happened, with the remedy if there is one.
    pub message: String,
    /// The bytes of the word at fault.
    pub at: Option<Range<usize>>,
}

impl ExprProblem {
    pub(super) fn new(message: impl Into<String>, at: Range<usize>) -> Self {
        Self { message: message.into(), at: Some(at), help: None, meant: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn meant(mut self, word: Option<&str>) -> Self {
        self.meant = word.map(str::to_owned);
        self
    }

    pub(super) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }
}

impl ExprFailure {
    /// In a box: a failure is rare, and what may fail is quick where it is small.
    pub(super) fn new(message: impl Into<String>, at: &Range<usize>) -> Box<Self> {
        Box::new(Self { message: message.into(), at: Some(at.clone()) })
    }
}

/// A word that belongs to scripts and not to expressions.
pub(super) fn not_an_expression(text: &str, at: Range<usize>) -> ExprProblem {
    let word = &text[at.clone()];
    match explain_word(word) {
        Some((message, help)) => ExprProblem::new(message, at).help(help),
        None => ExprProblem::new(format!("`{word}` does not belong in an expression"), at),
    }
}

fn explain_word(word: &str) -> Option<(String, &'static str)> {
    let statement = || format!("`{word}` is a statement, and an expression is one value");
    Some(match word {
        "let" | "const" => (statement(), "write the value where it is used"),
        "while" | "loop" | "for" | "do" | "until" | "break" | "continue" => {
            (statement(), "use `map`, `filter`, `some`, `all` or `sum` on a list")
        }
        "fn" | "private" | "import" | "export" | "try" | "catch" => (statement(), "only the documented functions can be called"),
        "return" | "throw" => (statement(), "the expression itself is the result; refusals are a mapping's `when`"),
        "=" | "+=" | "-=" | "*=" | "/=" => {
            ("an expression reads and never assigns".to_owned(), "`==` compares; a field's value is the whole expression")
        }
        "===" | "!==" => (format!("there is no `{word}`"), "`==` and `!=` compare values of one kind"),
        ";" => ("an expression is one value, without `;`".to_owned(), "join values with operators or functions"),
        "this" => ("there is no `this` here".to_owned(), "name the variable, or the closure's parameter"),
        _ => return None,
    })
}

/// Rhai's parse error in our words.
pub(super) fn explain(error: &ParseError, text: &str) -> ExprProblem {
    let places = Places::new(text);
    let at = match error.err_type() {
        ParseErrorType::UnexpectedEOF => places.last_character(),
        _ => places.word(error.position()),
    };
    let word = &text[at.clone()];
    if let Some((message, help)) = explain_word(word) {
        return ExprProblem::new(message, at).help(help);
    }
    if let Some(number) = number_with_exponent(text, &at) {
        return ExprProblem::new(format!("`{}` has an exponent", &text[number.clone()]), number)
            .help("write all digits: `1500`, not `1.5e3`");
    }
    if let Some((bracket, alone)) = alone(text) {
        return ExprProblem::new(alone, bracket);
    }
    match error.err_type() {
        ParseErrorType::UnexpectedEOF => ExprProblem::new("the expression ends too early", at),
        ParseErrorType::ExprTooDeep | ParseErrorType::TooManyFunctions => ExprProblem::new("the expression is nested too deeply", at)
            .help("split it over several fields, or look the value up in a table"),
        ParseErrorType::BadInput(LexError::UnterminatedString) => ExprProblem::new("the text is not closed", at),
        ParseErrorType::BadInput(LexError::MalformedChar(_)) => {
            ExprProblem::new("single quotes hold one character", at).help("write text in double quotes")
        }
        ParseErrorType::BadInput(LexError::MalformedNumber(number)) => {
            ExprProblem::new(format!("`{number}` is not a number with at most 28 digits"), at)
        }
        other => ExprProblem::new(in_our_style(&other.to_string()), at),
    }
}

/// The bracket that has no partner, where texts are closed: the parser notices it far behind.
fn alone(text: &str) -> Option<(Range<usize>, String)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        let is_closed = |open: &(usize, char)| matches!((open.1, letter), ('(', ')') | ('[', ']') | ('{', '}'));
        match letter {
            '`' | '"' | '\'' => loop {
                match letters.next()? {
                    (_, '\\') => {
                        letters.next();
                    }
                    (_, other) if other == letter => break,
                    _ => {}
                }
            },
            '(' | '[' | '{' => open.push((at, letter)),
            ')' | ']' | '}' => match open.pop() {
                Some(last) if is_closed(&last) => {}
                Some((before, bracket)) => return Some((before..before + 1, format!("`{bracket}` is not closed"))),
                None => return Some((at..at + 1, format!("`{letter}` closes nothing"))),
            },
            _ => {}
        }
    }
    let (at, bracket) = open.pop()?;
    Some((at..at + 1, format!("`{bracket}` is not closed")))
}

/// Rhai reads `1.5e3` as a number and a stray name.
fn number_with_exponent(text: &str, word: &Range<usize>) -> Option<Range<usize>> {
    let before = text[..word.start].trim_end_matches(|character: char| character.is_ascii_digit() || character == '.');
    let exponent = text[word.clone()].starts_with(['e', 'E']) && before.len() < word.start;
    exponent.then_some(before.len()..word.end)
}

/// Lower case at the start, values in backticks, no full stop.
fn in_our_style(message: &str) -> String {
    let mut characters = message.trim_end_matches('.').replace('\'', "`").chars().collect::<Vec<_>>();
    if let Some(first) = characters.first_mut() {
        *first = first.to_ascii_lowercase();
    }
    characters.into_iter().collect()
}
