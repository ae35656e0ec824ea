//! A value on its way from the record to the draft: a slice of the input as long as it only moves.

use std::borrow::Cow;

use super::context::PENDING;
use crate::expr::convert;
use crate::plan::{Rule, kind_of};
use crate::schema::{Field, Kind, System, plain_value, scalar};
use crate::value::{Decimal, Found, Short, Value, date_of, day_of, decimal, digit_run, instant_of, is_digits, unquoted};

/// A value on its way.
#[derive(Clone, Debug)]
pub(crate) enum Moving<'a> {
    /// No value.
    Absent,
    /// The digits of a number, as they stood in the input.
    Digits(&'a str),
    /// A number that was computed at a glance.
    Short(Short),
    /// A text that was found at a glance.
    Text(&'a str),
    /// A JSON string, quotes and escapes included, as it stood in the input.
    Quoted(&'a str),
    /// A value that was computed or read.
    Made(Found<'a>),
}

impl Moving<'_> {
    /// `true` for no value, `null`, `{}` and blank text.
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Self::Absent => true,
            Self::Digits(_) | Self::Short(_) => false,
            Self::Quoted(raw) => raw[1..raw.len() - 1].bytes().all(|byte| byte == b' '),
            Self::Made(Found::Nothing) => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Made(Found::Text(text)) => text.trim().is_empty(),
            Self::Made(_) => false,
        }
    }

    /// The value as data.
    pub(crate) fn value(&self) -> Value {
        match self {
            Self::Absent => Value::Null,
            Self::Digits(digits) => decimal(digits).map_or_else(|_| Value::text(*digits), Value::Number),
            Self::Short(short) => Value::Number((*short).into()),
            Self::Quoted(raw) => Value::text(unquoted(raw).unwrap_or(Cow::Borrowed(raw))),
            Self::Text(text) => Value::text(*text),
            Self::Made(found) => found.clone().into_value(),
        }
    }
}

/// Reads a slice of the input for a rule that only moves it, where it is not in the form in which it is sent.
///
/// # Errors
/// A reason, when the text is not of the rule's kind.
pub(crate) fn moved<'a>(raw: &'a str, from: Kind, rule: &Rule, system: System) -> Result<Moving<'a>, String> {
    let found = scalar(raw, from, system)?;
    let found = match rule.as_ {
        Some(as_) => convert(found, as_)?,
        None => found,
    };
    Ok(if found.is_nothing() { Moving::Absent } else { Moving::Made(found) })
}

/// A slice of the input that is already in the form in which a rule sends it.
#[inline]
pub(crate) fn untouched<'a>(raw: &'a str, from: Kind, rule: &Rule, system: System) -> Option<Moving<'a>> {
    match rule.as_.map_or(from, kind_of) {
        read if read == from => as_it_stands(raw, read, system),
        // A number as text has its own digits.
        Kind::Text if from.is_number() && !raw.starts_with('-') && plain_digits(raw) => Some(Moving::Text(raw)),
        _ => None,
    }
}

#[inline]
fn as_it_stands(raw: &str, kind: Kind, system: System) -> Option<Moving<'_>> {
    let first = *raw.as_bytes().first()?;
    match (first, kind) {
        (b'n' | b'{', _) => Some(Moving::Absent),
        (b'"', Kind::Text) => {
            let padded = system == System::Acumatica && raw.ends_with(" \"");
            (!padded).then_some(Moving::Quoted(raw))
        }
        (b'"', Kind::Decimal | Kind::Percent) => plain_digits(&raw[1..raw.len() - 1]).then(|| Moving::Digits(&raw[1..raw.len() - 1])),
        (b'"', Kind::Date) if raw.len() == 12 => day_of(&raw[1..11]).is_some().then_some(Moving::Quoted(raw)),
        (b'-' | b'0'..=b'9', Kind::Decimal | Kind::Percent | Kind::Integer) => plain_digits(raw).then_some(Moving::Digits(raw)),
        _ => None,
    }
}

/// Digits that JSON takes as a number and a decimal keeps for certain, seen without parsing them.
fn plain_digits(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let whole = digit_run(digits);
    let is_whole = matches!(digits, [b'0', ..] if whole == 1) || matches!(digits, [b'1'..=b'9', ..]);
    let is_fraction = match digits[whole..].split_first() {
        None => true,
        Some((point, places)) => *point == b'.' && !places.is_empty() && is_digits(places),
    };
    digits.len() <= 28 && is_whole && is_fraction
}

/// The value of a place whose shape may be a record or lines, for formulas and searches.
///
/// # Errors
/// A reason, when the text is not of the field's kind.
pub(crate) fn seen(raw: &str, field: Option<&Field>, system: System) -> Result<Value, String> {
    match field {
        Some(field) => plain_value(raw, field, system).map_err(|problem| problem.0),
        None => Value::from_json(raw).map_err(|problem| problem.to_string()),
    }
}

/// Whether a value is one for the target field as it stands: almost all are. Of another one, more has to be asked.
#[inline]
pub(crate) fn fits(moving: &Moving<'_>, rule: &Rule) -> bool {
    let text = |text: &str| {
        let is_seen = text.as_bytes().first().is_some_and(u8::is_ascii_graphic);
        is_seen && rule.field.labels.is_empty() && rule.max_length.is_none_or(|most| text.len() <= most)
    };
    match (moving, rule.field.kind) {
        (Moving::Digits(digits), Kind::Decimal | Kind::Percent) => rule.field.scale.is_none_or(|most| places(digits) <= most as usize),
        (Moving::Short(short), Kind::Decimal | Kind::Percent) => rule.field.scale.is_none_or(|most| short.scale() <= most),
        (Moving::Quoted(raw), Kind::Text) => text(&raw[1..raw.len() - 1]) && (rule.max_length.is_none() || !raw.contains('\\')),
        (Moving::Quoted(raw), Kind::Date) => text(&raw[1..raw.len() - 1]),
        (Moving::Made(Found::Bool(_)), Kind::Boolean) => true,
        (Moving::Text(made), Kind::Text) => text(made),
        (Moving::Made(Found::Text(made)), Kind::Text) => text(made),
        _ => false,
    }
}

/// Holds a value against what the target field can hold, and brings it into the field's form; whether it had another.
///
/// # Errors
/// A reason with the remedy.
pub(crate) fn settle<'m>(moving: &mut Moving<'m>, rule: &Rule) -> Result<bool, String> {
    let changed = match moving {
        Moving::Absent => None,
        Moving::Quoted(raw) => text_fits(raw, rule)?,
        Moving::Digits(digits) => digits_fit(digits, rule)?,
        Moving::Short(short) => match rule.field.scale {
            Some(most) if !short.fits(most) => return Err(too_fine(&Decimal::from(*short).to_string(), most)),
            _ => None,
        },
        Moving::Text(text) => made(&Found::from(*text), rule)?,
        Moving::Made(found) => made(found, rule)?,
    };
    let Some(found) = changed else { return Ok(false) };
    *moving = Moving::Made(found);
    Ok(true)
}

// Each of these gives the value in the field's form where that is another than it has.

fn text_fits<'m>(raw: &'m str, rule: &Rule) -> Result<Option<Found<'m>>, String> {
    let fits = rule.max_length.is_none_or(|most| raw.len() - 2 <= most && !raw.contains('\\'));
    if rule.field.kind == Kind::Date || (fits && rule.field.labels.is_empty()) {
        return Ok(None);
    }
    match unquoted(raw).map_err(|problem| problem.0)? {
        Cow::Borrowed(text) => limits(text, rule),
        Cow::Owned(text) => Ok(limits(&text, rule)?.map(owned)),
    }
}

fn digits_fit(digits: &str, rule: &Rule) -> Result<Option<Found<'static>>, String> {
    let most = if rule.field.kind == Kind::Integer { Some(0) } else { rule.field.scale };
    let places = places(digits);
    match most {
        Some(most) if places > most as usize && digits.trim_end_matches('0').len() > digits.len() - places + most as usize => {
            Err(too_fine(digits, most))
        }
        _ if rule.field.kind == Kind::Integer => whole(decimal(digits).map_err(|problem| problem.to_string())?).map(Some),
        _ => Ok(None),
    }
}

/// The decimal places that digits are written with.
fn places(digits: &str) -> usize {
    digits.bytes().rev().position(|byte| byte == b'.').unwrap_or_default()
}

fn too_fine(digits: &str, most: u32) -> String {
    match most {
        0 => format!("`{digits}` is not a whole number"),
        most => format!("`{digits}` has more than {most} decimal places; round it by a stated rule, such as `round_half_up(x, {most})`"),
    }
}

fn whole(number: Decimal) -> Result<Found<'static>, String> {
    let whole = number.normalize();
    if whole.scale() > 0 {
        return Err(too_fine(&number.to_string(), 0));
    }
    i64::try_from(whole).map(Found::from).map_err(|_| format!("`{number}` is beyond 64 bits"))
}

fn made<'m>(found: &Found<'m>, rule: &Rule) -> Result<Option<Found<'m>>, String> {
    match (found, rule.field.kind) {
        // A record that the same plan makes has no key yet; whatever the field holds, it will be that.
        (Found::Text(text), _) if text.starts_with(PENDING) => Ok(None),
        (Found::Nothing, _) | (_, Kind::Anything | Kind::List) | (Found::Bool(_), Kind::Boolean) => Ok(None),
        (Found::Number(number), Kind::Decimal | Kind::Percent) => match rule.field.scale {
            Some(most) if number.scale() > most && number.normalize().scale() > most => Err(too_fine(&number.to_string(), most)),
            _ => Ok(None),
        },
        (Found::Number(number), Kind::Integer) => whole(*number).map(Some),
        (Found::Text(Cow::Borrowed(text)), Kind::Text) => limits(text, rule),
        (Found::Text(Cow::Owned(text)), Kind::Text) => Ok(limits(text, rule)?.map(owned)),
        (Found::Text(text), Kind::Date) if day_of(text).is_some_and(|day| day.len() == text.len()) => Ok(None),
        (Found::Text(text), Kind::Date) => match date_of(text) {
            Some(date) => Ok(Some(date.to_string().into())),
            None => Err(format!("`{text}` is not a date")),
        },
        (Found::Text(text), Kind::Instant) => match instant_of(text) {
            Some(instant) => Ok(Some(instant.to_string().into())),
            None => Err(format!("`{text}` is not an instant with its offset")),
        },
        // The other side of a link is text; an id of Procore is a number on the wire.
        (Found::Text(text), Kind::Integer) if matches!(rule.term, crate::plan::Term::Link { .. }) => {
            decimal(text).map_err(|_| format!("`{text}` is not an id")).and_then(whole).map(Some)
        }
        (found, kind) => Err(format!("expected {}, found {}", expected(kind), found.kind_word())),
    }
}

/// The same apart from the text that it was cut from.
fn owned(found: Found<'_>) -> Found<'static> {
    found.into_value().into()
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer => "a whole number",
        Kind::Decimal | Kind::Percent => "a number",
        Kind::Boolean => "true or false",
        Kind::Date => "a date",
        Kind::Instant => "an instant",
        _ => "text",
    }
}

fn limits<'m>(text: &'m str, rule: &Rule) -> Result<Option<Found<'m>>, String> {
    let labels = &rule.field.labels;
    if !labels.is_empty() && !labels.iter().any(|label| label == text) {
        let known = labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        return Err(format!("`{text}` is not one of {known}"));
    }
    // No text has more characters than bytes.
    let Some(most) = rule.max_length.filter(|most| text.len() > *most) else { return Ok(None) };
    let length = text.chars().count();
    if length <= most {
        return Ok(None);
    }
    if rule.truncate {
        let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
        return Ok(Some(text[..end].trim_end().into()));
    }
    Err(format!("`{}` has {length} characters, and {most} fit; shorten it, or set `on_overflow: truncate`", shown(text)))
}

/// The beginning of a long text.
fn shown(text: &str) -> Cow<'_, str> {
    if text.chars().count() <= 60 {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().take(57).chain("...".chars()).collect())
}

#[cfg(test)]
mod tests {
    use super::{Moving, as_it_stands, plain_digits};
    use crate::schema::{Kind, System};

    #[test]
    fn what_only_moves_stays_a_slice() {
        assert!(matches!(as_it_stands("\"250.0\"", Kind::Decimal, System::Procore), Some(Moving::Digits("250.0"))));
        assert!(matches!(as_it_stands("7396144.10", Kind::Decimal, System::Acumatica), Some(Moving::Digits("7396144.10"))));
        assert!(matches!(as_it_stands("{}", Kind::Text, System::Acumatica), Some(Moving::Absent)));
        assert!(as_it_stands("\"96.36%\"", Kind::Percent, System::Procore).is_none());
        assert!(as_it_stands("\"V0001  \"", Kind::Text, System::Acumatica).is_none());
        assert!(as_it_stands("1e5", Kind::Decimal, System::Procore).is_none());
    }

    #[test]
    fn digits_are_plain_only_when_a_decimal_keeps_them() {
        for good in ["0", "-1.50", "12345678901234567890.1234567"] {
            assert!(plain_digits(good), "{good}");
        }
        for bad in ["", "-", ".5", "5.", "1.2.3", "+1", "1,0", "007.50", "00", "12345678901234567890123456789"] {
            assert!(!plain_digits(bad), "{bad}");
        }
    }
}
