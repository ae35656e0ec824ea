//! What does `as` make of a value? Lenient reading of what systems send, exact in its result.

use crate::value::{Decimal, Found, date_of, decimal, instant_of};

/// The kind that a field's `as` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum As {
    /// Text; numbers in their own digits.
    Text,
    /// A number, from a number or a text.
    Decimal,
    /// A number without a fraction: `3.00` is 3, `3.5` is refused.
    Integer,
    /// The calendar date that is printed, `2026-03-05`.
    Date,
    /// A moment in UTC, `2026-03-05T08:00:00Z`.
    Instant,
    /// A percent from 0 to 100 as the systems write it; a `%` sign is dropped.
    Percent,
    /// `true` or `false`, or a text that says so.
    Boolean,
}

impl As {
    /// All kinds.
    pub const ALL: [Self; 7] = [Self::Text, Self::Decimal, Self::Integer, Self::Date, Self::Instant, Self::Percent, Self::Boolean];

    /// The word that a mapping writes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::Date => "date",
            Self::Instant => "instant",
            Self::Percent => "percent",
            Self::Boolean => "boolean",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Reads a value as another kind. `()` and texts of blanks become `()`, whatever the kind.
///
/// # Errors
/// The reason, with the value as it was met.
pub fn convert(value: Found<'_>, kind: As) -> Result<Found<'_>, String> {
    let blank = match &value {
        Found::Nothing => true,
        Found::Text(text) => text.trim().is_empty(),
        _ => false,
    };
    if blank {
        return Ok(Found::Nothing);
    }
    match kind {
        As::Text => as_text(value),
        As::Decimal | As::Percent => as_number(&value, kind).map(Found::Number),
        As::Integer => {
            let number = as_number(&value, kind)?;
            if number.fract().is_zero() { Ok(number.trunc().into()) } else { Err(format!("`{number}` has a fraction and is no integer")) }
        }
        As::Date => {
            let text = as_str(&value, kind)?;
            date_of(text).map(|date| date.to_string().into()).ok_or_else(|| format!("`{text}` is not a date"))
        }
        As::Instant => {
            let text = as_str(&value, kind)?;
            instant_of(text).map(|instant| instant.to_string().into()).ok_or_else(|| format!("`{text}` is not an instant with an offset"))
        }
        As::Boolean => match &value {
            Found::Bool(flag) => Ok((*flag).into()),
            _ => match as_str(&value, kind)?.trim() {
                text if text.eq_ignore_ascii_case("true") => Ok(true.into()),
                text if text.eq_ignore_ascii_case("false") => Ok(false.into()),
                text => Err(format!("`{text}` is neither `true` nor `false`")),
            },
        },
    }
}

fn as_text(value: Found<'_>) -> Result<Found<'_>, String> {
    match &value {
        Found::Text(_) => Ok(value),
        Found::Number(_) | Found::Bool(_) => {
            let mut text = String::new();
            value.push_plain(&mut text);
            Ok(text.into())
        }
        other => Err(unfit(other, As::Text)),
    }
}

fn as_number(value: &Found<'_>, kind: As) -> Result<Decimal, String> {
    match value {
        Found::Number(number) => Ok(*number),
        Found::Text(text) => decimal(text).map_err(|problem| problem.to_string()),
        other => Err(unfit(other, kind)),
    }
}

fn as_str<'t>(value: &'t Found<'_>, kind: As) -> Result<&'t str, String> {
    value.as_text().ok_or_else(|| unfit(value, kind))
}

fn unfit(value: &Found<'_>, kind: As) -> String {
    format!("{} cannot be read as `{}`", value.kind_word(), kind.word())
}

#[cfg(test)]
mod tests {
    use super::{As, convert};
    use crate::value::Value;

    fn converted(json: &str, kind: As) -> Result<String, String> {
        convert(Value::from_json(json).unwrap().into(), kind).map(|value| value.into_value().to_string())
    }

    #[test]
    fn what_systems_send_is_read_leniently() {
        let cases = [
            (r#""7396144.10""#, As::Decimal, "7396144.10"),
            ("250.0", As::Decimal, "250.0"),
            (r#"" 96.36% ""#, As::Percent, "96.36"),
            ("3.00", As::Integer, "3"),
            (r#""12""#, As::Integer, "12"),
            (r#""2018-01-30T00:00:00+00:00""#, As::Date, r#""2018-01-30""#),
            (r#""2018-01-30T23:00:00-08:00""#, As::Date, r#""2018-01-30""#),
            (r#""10/18/2021""#, As::Date, r#""2021-10-18""#),
            (r#""2024-08-18T23:59:59.999+04:00""#, As::Instant, r#""2024-08-18T19:59:59.999Z""#),
            (r#""True""#, As::Boolean, "true"),
            ("false", As::Boolean, "false"),
            ("598134325841112", As::Text, r#""598134325841112""#),
            ("10.50", As::Text, r#""10.50""#),
        ];
        for (json, kind, expected) in cases {
            assert_eq!(converted(json, kind).as_deref(), Ok(expected), "{json} as {}", kind.word());
        }
    }

    #[test]
    fn blanks_are_nothing_in_every_kind() {
        for kind in As::ALL {
            assert_eq!(converted("null", kind).unwrap(), "null");
            assert_eq!(converted(r#""  ""#, kind).unwrap(), "null");
            assert_eq!(As::from_word(kind.word()), Some(kind));
        }
        assert_eq!(As::from_word("number"), None);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_reason() {
        let cases = [
            (r#""1,250.00""#, As::Decimal, "`1,250.00` is not a decimal number"),
            ("true", As::Decimal, "true or false cannot be read as `decimal`"),
            ("3.5", As::Integer, "`3.5` has a fraction and is no integer"),
            (r#""soon""#, As::Date, "`soon` is not a date"),
            ("20260305", As::Date, "a number cannot be read as `date`"),
            (r#""2024-08-18T23:59:59""#, As::Instant, "`2024-08-18T23:59:59` is not an instant with an offset"),
            (r#""yes""#, As::Boolean, "`yes` is neither `true` nor `false`"),
            ("1", As::Boolean, "a number cannot be read as `boolean`"),
            ("[1]", As::Text, "a list cannot be read as `text`"),
        ];
        for (json, kind, reason) in cases {
            assert_eq!(converted(json, kind), Err(reason.to_owned()), "{json} as {}", kind.word());
        }
    }
}
