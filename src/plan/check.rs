//! What fits what: values and constants against the kinds of fields.

use super::resolve::Lost;
use crate::diagnostic::{Diagnostic, Place, did_you_mean};
use crate::expr::As;
use crate::schema::{Field, Kind};
use crate::value::{Value, date_of, instant_of};

/// Whether a value of one kind, read as another, may go into a field; if not, the remedy.
pub(super) fn carries(from: Kind, as_: Option<As>, to: Kind) -> Result<(), String> {
    let read = as_.map_or(from, kind_of);
    let fits = match (read, to) {
        (Kind::Anything, _) | (_, Kind::Anything) => true,
        (Kind::Integer, Kind::Decimal | Kind::Percent) | (Kind::Decimal, Kind::Percent) | (Kind::Percent, Kind::Decimal) => true,
        (one, other) => one == other,
    };
    if fits {
        return Ok(());
    }
    Err(match (read, to) {
        (Kind::Record | Kind::Lines | Kind::List, _) => "name a single value of it".to_owned(),
        (_, Kind::Record | Kind::Lines | Kind::List) => "map the fields of the target one by one".to_owned(),
        // Text may spell anything, and anything can be spelt.
        (Kind::Text, _) | (_, Kind::Text) | (Kind::Instant, Kind::Date) | (Kind::Decimal, Kind::Integer) => {
            format!("add `as: {}`", to.word())
        }
        _ => "compute it with `expr`".to_owned(),
    })
}

/// How a value may fail to fit a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    Kind,
    Label,
    Length,
}

impl Misfit {
    /// A problem of this sort; a label that is near is the one that was meant.
    pub(super) fn told(self, place: &Place, message: String, (value, field): (Option<&Value>, &Field)) -> Diagnostic {
        match self {
            Self::Kind => Diagnostic::error("wrong-kind", place, message),
            Self::Label => {
                let told = Diagnostic::error("unknown-label", place, message).label("no such label");
                match value.and_then(Value::as_text) {
                    Some(text) => told.meant(text, field.labels.iter().map(String::as_str)),
                    None => told,
                }
            }
            Self::Length => Diagnostic::error("too-long", place, message),
        }
    }
}

/// Whether a constant may go into a field; if not, how it fails, what is wrong and the remedy.
pub(super) fn constant_fits(value: &Value, field: &Field) -> Result<(), (Misfit, String, Option<String>)> {
    let kind = field.kind;
    let fits = match value {
        Value::Null => true,
        Value::Bool(_) => matches!(kind, Kind::Boolean | Kind::Anything),
        Value::Number(number) => match kind {
            Kind::Integer => number.fract().is_zero(),
            _ => kind.is_number() || kind == Kind::Anything,
        },
        Value::Text(text) => match kind {
            Kind::Date => date_of(text).is_some(),
            Kind::Instant => instant_of(text).is_some(),
            _ => matches!(kind, Kind::Text | Kind::Anything),
        },
        Value::List(_) | Value::Record(_) => false,
    };
    if !fits {
        let help = match kind {
            Kind::Text => Some("put it in quotes"),
            Kind::Boolean => Some("write `true` or `false`, without quotes"),
            Kind::Date => Some("write year, month and day: `2026-01-31`"),
            Kind::Instant => Some("write it with its offset: `2026-01-31T08:00:00Z`"),
            Kind::Decimal | Kind::Percent | Kind::Integer => Some("write a number, without quotes"),
            Kind::Record | Kind::Lines | Kind::List | Kind::Anything => None,
        };
        let message = format!("`{}` holds {}, and `{}` is {}", field.name, phrase(kind), value.plain(), value.kind_word());
        return Err((Misfit::Kind, message, help.map(str::to_owned)));
    }
    let Value::Text(text) = value else { return Ok(()) };
    if !field.labels.is_empty() && !field.labels.contains(text) {
        let help = did_you_mean(text, field.labels.iter().map(String::as_str));
        return Err((Misfit::Label, format!("`{text}` is not a label of `{}`", field.name), help));
    }
    match field.max_length {
        Some(most) if text.chars().count() > most => {
            let message = format!("`{}` holds {most} characters, and this has {}", field.name, text.chars().count());
            Err((Misfit::Length, message, Some("shorten it".to_owned())))
        }
        _ => Ok(()),
    }
}

/// A kind as a message says it: `a date`, `text`.
pub(super) fn phrase(kind: Kind) -> String {
    match kind {
        Kind::Text | Kind::Lines | Kind::Anything => kind.word().to_owned(),
        Kind::Integer | Kind::Instant => format!("an {}", kind.word()),
        Kind::Decimal | Kind::Percent | Kind::Boolean | Kind::Date | Kind::Record | Kind::List => format!("a {}", kind.word()),
    }
}

/// A name that its owner does not have.
pub(super) fn no_field((name, owner): (&str, &str), lost: &Lost<'_>, place: &Place) -> Diagnostic {
    let known: Vec<&str> = lost.shape.iter().flat_map(|shape| shape.names()).collect();
    let (message, label) = match (lost.shape, lost.above) {
        (None, Some(above)) if above.kind == Kind::Lines => (format!("`{owner}` is a list"), "name its members: `[*]`"),
        (None, _) => (format!("`{owner}` has no fields"), "nothing below this"),
        (Some(_), _) => (format!("`{name}` is not a field of `{owner}`"), "no such field"),
    };
    Diagnostic::error("unknown-field", place, message).label(label).meant(name, known)
}

/// The kind that `as` reads a value as.
pub(crate) fn kind_of(as_: As) -> Kind {
    match as_ {
        As::Text => Kind::Text,
        As::Decimal => Kind::Decimal,
        As::Integer => Kind::Integer,
        As::Date => Kind::Date,
        As::Instant => Kind::Instant,
        As::Percent => Kind::Percent,
        As::Boolean => Kind::Boolean,
    }
}
