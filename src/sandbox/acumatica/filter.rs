//! How does an imitated Acumatica behave on the wire? What `$filter` asks for: the grammar it understands, and what meets it.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::fields::Fields;
use super::lexer::{Token, tokens};
use crate::schema::{Kind, Shape};
use crate::value::{Decimal, Record, Value, instant_of};

/// A condition on records of one entity.
#[derive(Debug, PartialEq)]
pub(super) enum Filter {
    /// Both hold.
    And(Box<Filter>, Box<Filter>),
    /// One holds.
    Or(Box<Filter>, Box<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// A field compared with a constant.
    Compare(Operand, Comparison, Literal),
    /// A text field searched for a text.
    Search(Operand, Search, String),
}

/// A field of the record or of a linked entity.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operand {
    path: String,
    kind: Kind,
}

/// `eq ne gt ge lt le`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// `eq`
    Equal,
    /// `ne`
    NotEqual,
    /// `gt`
    Greater,
    /// `ge`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `le`
    LessOrEqual,
}

/// `substringof startswith endswith`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// Anywhere.
    Within,
    /// At the start.
    Start,
    /// At the end.
    End,
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    /// `null`
    Null,
    /// `'text'`
    Text(String),
    /// `12.5M`
    Number(Decimal),
    /// `true`
    Flag(bool),
    /// `datetimeoffset'…'`
    Instant(Timestamp),
    /// `date'…'`
    Day(Date),
}

/// What a filter may name.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    /// The fields.
    pub shape: &'a Shape,
    /// `date'2025-06-17'` is understood (from 25.200.001).
    pub days: bool,
}

impl Filter {
    /// Reads a filter; the message says what cannot be done.
    pub(super) fn parse(text: &str, ground: Ground<'_>) -> Result<Self, String> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0, ground };
        let filter = parser.either()?;
        match parser.tokens.get(parser.at) {
            None => Ok(filter),
            Some(rest) => Err(format!("Syntax error: {rest:?} was not expected in '{text}'.")),
        }
    }

    /// Whether a record meets it; business dates are midnight at this offset.
    pub(super) fn meets(&self, record: &Record, offset: Offset) -> bool {
        match self {
            Self::And(one, two) => one.meets(record, offset) && two.meets(record, offset),
            Self::Or(one, two) => one.meets(record, offset) || two.meets(record, offset),
            Self::Not(inner) => !inner.meets(record, offset),
            Self::Compare(operand, comparison, literal) => {
                let value = record.at(&operand.path).filter(|value| !value.is_null());
                comparison.holds(value.and_then(|value| order(value, operand.kind, literal, offset)), value.is_none(), literal)
            }
            Self::Search(operand, search, wanted) => {
                let text = record.at(&operand.path).and_then(Value::as_text).unwrap_or_default().to_lowercase();
                let wanted = wanted.to_lowercase();
                match search {
                    Search::Within => text.contains(&wanted),
                    Search::Start => text.starts_with(&wanted),
                    Search::End => text.trim_end().ends_with(wanted.trim_end()),
                }
            }
        }
    }
}

impl Comparison {
    fn holds(self, order: Option<std::cmp::Ordering>, absent: bool, literal: &Literal) -> bool {
        match (self, order) {
            (Self::Equal, None) => absent && *literal == Literal::Null,
            (Self::NotEqual, None) => absent != (*literal == Literal::Null),
            (_, None) => false,
            (Self::Equal, Some(order)) => order.is_eq(),
            (Self::NotEqual, Some(order)) => order.is_ne(),
            (Self::Greater, Some(order)) => order.is_gt(),
            (Self::GreaterOrEqual, Some(order)) => order.is_ge(),
            (Self::Less, Some(order)) => order.is_lt(),
            (Self::LessOrEqual, Some(order)) => order.is_le(),
        }
    }
}

/// How a present value stands to a literal. Text compares as the database does: without case and trailing blanks.
fn order(value: &Value, kind: Kind, literal: &Literal, offset: Offset) -> Option<std::cmp::Ordering> {
    Some(match (value, literal) {
        (Value::Text(text), Literal::Text(wanted)) => text.trim_end().to_lowercase().cmp(&wanted.trim_end().to_lowercase()),
        (Value::Number(number), Literal::Number(wanted)) => number.cmp(wanted),
        (Value::Bool(flag), Literal::Flag(wanted)) => flag.cmp(wanted),
        (Value::Text(text), Literal::Instant(wanted)) => moment(text, kind, offset)?.cmp(wanted),
        (Value::Text(text), Literal::Day(day)) => moment(text, kind, offset)?.cmp(&moment(&day.to_string(), Kind::Date, offset)?),
        _ => return None,
    })
}

fn moment(text: &str, kind: Kind, offset: Offset) -> Option<Timestamp> {
    match kind {
        Kind::Date => offset.to_timestamp(text.parse::<Date>().ok()?.to_datetime(Time::midnight())).ok(),
        _ => instant_of(text),
    }
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    ground: Ground<'a>,
}

impl Parser<'_> {
    fn next(&mut self) -> Result<Token, String> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned().ok_or_else(|| "Syntax error: the filter ends too early.".to_owned())
    }

    fn takes(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(known)) if known == word);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &Token) -> Result<(), String> {
        let found = self.next()?;
        if found == *token { Ok(()) } else { Err(format!("Syntax error: {token:?} was expected, not {found:?}.")) }
    }

    fn either(&mut self) -> Result<Filter, String> {
        let mut left = self.both()?;
        while self.takes("or") {
            left = Filter::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Filter, String> {
        let mut left = self.single()?;
        while self.takes("and") {
            left = Filter::And(Box::new(left), Box::new(self.single()?));
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Filter, String> {
        if self.takes("not") {
            return Ok(Filter::Not(Box::new(self.single()?)));
        }
        match self.next()? {
            Token::Open => {
                let inner = self.either()?;
                self.expect(&Token::Close)?;
                Ok(inner)
            }
            Token::Word(word) if ["substringof", "startswith", "endswith"].contains(&word.as_str()) => self.search(&word),
            Token::Word(word) if word.starts_with("cf.") => {
                let operand = self.custom(&word)?;
                self.comparison(operand)
            }
            Token::Word(word) => {
                let operand = self.operand(&word)?;
                self.comparison(operand)
            }
            other => Err(format!("Syntax error: a field was expected, not {other:?}.")),
        }
    }

    fn comparison(&mut self, operand: Operand) -> Result<Filter, String> {
        let comparison = match self.next()? {
            Token::Word(word) => match word.as_str() {
                "eq" => Comparison::Equal,
                "ne" => Comparison::NotEqual,
                "gt" => Comparison::Greater,
                "ge" => Comparison::GreaterOrEqual,
                "lt" => Comparison::Less,
                "le" => Comparison::LessOrEqual,
                other => return Err(format!("Syntax error: '{other}' is not an operator.")),
            },
            other => return Err(format!("Syntax error: an operator was expected, not {other:?}.")),
        };
        let literal = self.literal()?;
        fits(&operand, &literal)?;
        Ok(Filter::Compare(operand, comparison, literal))
    }

    fn literal(&mut self) -> Result<Literal, String> {
        match self.next()? {
            Token::Text(text) => Ok(Literal::Text(text)),
            Token::Number(number) => Ok(Literal::Number(number)),
            Token::Word(word) => match word.as_str() {
                "true" => Ok(Literal::Flag(true)),
                "false" => Ok(Literal::Flag(false)),
                "null" => Ok(Literal::Null),
                other => Err(format!("Comparing with '{other}' is not supported; a constant was expected.")),
            },
            Token::Typed(kind, text) => match kind.as_str() {
                "datetimeoffset" => instant_of(&text).map(Literal::Instant).ok_or_else(|| format!("Unrecognized literal '{text}'.")),
                "date" if self.ground.days => text.parse().map(Literal::Day).map_err(|_| format!("Unrecognized literal '{text}'.")),
                other => Err(format!("Unrecognized '{other}' literal.")),
            },
            other => Err(format!("Syntax error: a constant was expected, not {other:?}.")),
        }
    }

    /// `substringof('x',Field)`, but `startswith(Field,'x')`.
    fn search(&mut self, word: &str) -> Result<Filter, String> {
        self.expect(&Token::Open)?;
        let (first, _, second) = (self.next()?, self.expect(&Token::Comma)?, self.next()?);
        self.expect(&Token::Close)?;
        let (field, text, search) = match (word, first, second) {
            ("substringof", Token::Text(text), Token::Word(field)) => (field, text, Search::Within),
            ("startswith", Token::Word(field), Token::Text(text)) => (field, text, Search::Start),
            ("endswith", Token::Word(field), Token::Text(text)) => (field, text, Search::End),
            _ => return Err(format!("No function signature for the function with name '{word}' matches the specified arguments.")),
        };
        let operand = self.operand(&field)?;
        if operand.kind != Kind::Text {
            return Err(format!("No function signature for '{word}' matches the type of '{field}'."));
        }
        Ok(Filter::Search(operand, search, text))
    }

    fn operand(&self, path: &str) -> Result<Operand, String> {
        let mut shape = self.ground.shape;
        let mut steps = path.split('/').peekable();
        let mut ours = Vec::new();
        while let Some(step) = steps.next() {
            let field = shape
                .on_wire(step)
                .filter(|field| field.custom.is_none())
                .ok_or_else(|| format!("Could not find a property named '{step}' in '{path}'."))?;
            ours.push(field.name.as_str());
            match (field.kind, &field.shape, steps.peek()) {
                (Kind::Lines, ..) => return Err(format!("Filtering by fields of the detail '{step}' is not supported.")),
                (Kind::Record, Some(inner), Some(_)) => shape = inner,
                (Kind::Record, ..) | (_, _, Some(_)) => return Err(format!("'{path}' is not a field.")),
                (kind, ..) => return Ok(Operand { path: ours.join("."), kind }),
            }
        }
        Err("Syntax error: a field was expected.".to_owned())
    }

    /// `cf.String(f='View.Field')`.
    fn custom(&mut self, word: &str) -> Result<Operand, String> {
        self.expect(&Token::Open)?;
        self.expect(&Token::Word("f".to_owned()))?;
        self.expect(&Token::Equals)?;
        let Token::Text(name) = self.next()? else { return Err(format!("{word}: the field is given as f='View.Field'.")) };
        self.expect(&Token::Close)?;
        let known = self.ground.shape.fields.iter().find(|field| {
            field.custom.as_ref().is_some_and(|custom| name.split_once('.') == Some((custom.view.as_str(), custom.field.as_str())))
        });
        let field = known.ok_or_else(|| format!("The custom field '{name}' cannot be found."))?;
        if word != format!("cf.{}", super::describe::custom_word(field.kind)) {
            return Err(format!("The custom field '{name}' is not of the type '{word}'."));
        }
        Ok(Operand { path: field.name.clone(), kind: field.kind })
    }
}

fn fits(operand: &Operand, literal: &Literal) -> Result<(), String> {
    let fits = match literal {
        Literal::Null => true,
        Literal::Text(_) => operand.kind == Kind::Text,
        Literal::Number(_) => operand.kind.is_number(),
        Literal::Flag(_) => operand.kind == Kind::Boolean,
        Literal::Instant(_) | Literal::Day(_) => matches!(operand.kind, Kind::Date | Kind::Instant),
    };
    if fits {
        return Ok(());
    }
    Err(format!(
        "A binary operator with incompatible types was detected: '{}' is {}, the constant is {literal:?}.",
        operand.path,
        operand.kind.word()
    ))
}
