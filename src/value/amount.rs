//! Decimals: read exactly from text, rounded by a stated rule, written without loss.

use std::fmt::Write;

use arrayvec::ArrayString;
use rust_decimal::{Decimal, RoundingStrategy};
use thiserror::Error;

use super::short::{self, DIGITS, Short, halves};

/// A text that is no decimal number, or one with more digits than a decimal holds (28).
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{0}` is not a decimal number")]
pub struct NotADecimal(
    /// The text as it was met.
    pub String,
);

/// How a decimal loses digits. There is no default: whoever rounds says how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundMode {
    /// 0.125 → 0.13, −0.125 → −0.13: away from zero at the half, as books are kept.
    HalfUp,
    /// 0.125 → 0.12: to the even digit at the half.
    HalfEven,
    /// Toward zero.
    Down,
    /// Away from zero.
    Up,
}

/// Reads a decimal from text: sign, digits, point, exponent, blanks around it, and a trailing `%`, which is
/// dropped (Procore sends `"96.36%"`). A percent is 0–100, never a fraction.
///
/// ```
/// use crosswalk::value::decimal;
/// assert_eq!(decimal(" 96.36% ").unwrap().to_string(), "96.36");
/// assert_eq!(decimal("250.0").unwrap().to_string(), "250.0");
/// assert!(decimal("1,250.00").is_err());
/// ```
///
/// # Errors
/// [`NotADecimal`] when the text is no number, or has digits that a decimal cannot keep.
pub fn decimal(text: &str) -> Result<Decimal, NotADecimal> {
    if let Some(number) = Short::parse(text) {
        return Ok(number.into());
    }
    let trimmed = text.trim();
    let digits = trimmed.strip_suffix('%').map_or(trimmed, str::trim_end);
    let plain = digits.strip_prefix('+').unwrap_or(digits);
    let parsed = if plain.contains(['e', 'E']) { Decimal::from_scientific(plain) } else { Decimal::from_str_exact(plain) };
    match parsed {
        Ok(number) if !plain.contains('_') => Ok(number),
        _ => Err(NotADecimal(text.to_owned())),
    }
}

/// Appends a number in its own digits.
pub fn push_decimal(text: &mut impl Write, number: &Decimal) {
    let scale = number.scale() as usize;
    match u64::try_from(number.mantissa().unsigned_abs()) {
        Ok(mantissa) if scale <= DIGITS && (mantissa > 0 || number.is_sign_positive()) => {
            push_digits(text, number.is_sign_negative(), mantissa, scale);
        }
        _ => write!(text, "{number}").expect("there is room for any number"),
    }
}

/// Appends a number in its own digits.
#[inline]
pub fn push_short(text: &mut impl Write, number: Short) {
    let (digits, negative) = number.written();
    match number.scale() as usize {
        scale if scale <= DIGITS => push_digits(text, negative, digits, scale),
        _ => push_decimal(text, &number.into()),
    }
}

fn push_digits(text: &mut impl Write, negative: bool, digits: u64, scale: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(digits);
    let (whole, zeros, rest) = match digits.len().checked_sub(scale) {
        Some(point @ 1..) => (&digits[..point], "", &digits[point..]),
        _ => ("0", &"00000000000000000000"[..scale - digits.len()], digits),
    };
    let written = [if negative { "-" } else { "" }, whole, if scale > 0 { "." } else { "" }, zeros, rest];
    written.into_iter().filter(|part| !part.is_empty()).for_each(|part| text.write_str(part).expect("there is room for any number"));
}

/// The sum; none where it has more than 28 digits.
pub fn sum(left: Decimal, right: Decimal) -> Option<Decimal> {
    short::sum(left, right).or_else(|| left.checked_add(right))
}

/// The difference; none where it has more than 28 digits.
pub fn difference(left: Decimal, right: Decimal) -> Option<Decimal> {
    short::sum(left, -right).or_else(|| left.checked_sub(right))
}

/// The product, rounded at its last place where it has more than 28; none where it is too large.
pub fn product(left: Decimal, right: Decimal) -> Option<Decimal> {
    short::product(left, right).or_else(|| left.checked_mul(right))
}

/// Rounds to `places` decimal places.
pub fn round_half_up(number: Decimal, places: u32) -> Decimal {
    RoundMode::HalfUp.round(number, places)
}

/// The number without trailing zeros: `100.000000` → `100`, the form in which numbers are compared and keyed.
pub fn plain_text(number: Decimal) -> String {
    short_text(number).to_string()
}

/// The same in place: a sign, a zero, a point and 28 digits at most.
pub fn short_text(number: Decimal) -> ArrayString<32> {
    let mut text = ArrayString::new();
    push_decimal(&mut text, &trimmed(number));
    text
}

/// The number without trailing zeros.
pub fn trimmed(number: Decimal) -> Decimal {
    let (mut mantissa, mut scale) = match u64::try_from(number.mantissa().unsigned_abs()) {
        Ok(mantissa) if mantissa > 0 => (mantissa, number.scale()),
        _ => return number.normalize(),
    };
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    let (low, middle) = halves(mantissa);
    Decimal::from_parts(low, middle, 0, number.is_sign_negative(), scale)
}

/// The number with its point so many places further left, which is what dividing by 10, 100 and so on gives; none where it has too
/// many places for that, and of nothing.
pub fn shifted(number: Decimal, places: u32) -> Option<Decimal> {
    if number.is_zero() {
        return None;
    }
    let mut shifted = number;
    shifted.set_scale(number.scale() + places).ok()?;
    Some(trimmed(shifted))
}

impl RoundMode {
    /// Rounds to `places` decimal places.
    pub fn round(self, number: Decimal, places: u32) -> Decimal {
        short::rounded(number, places, self).unwrap_or_else(|| number.round_dp_with_strategy(places, self.strategy()))
    }

    pub(super) fn strategy(self) -> RoundingStrategy {
        match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::Down => RoundingStrategy::ToZero,
            Self::Up => RoundingStrategy::AwayFromZero,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Decimal, Short, decimal, plain_text, push_decimal, push_short, round_half_up, shifted, trimmed};

    proptest! {
        #[test]
        fn the_short_way_gives_what_the_long_way_gives(text in r"-?[0-9]{0,3}(0{0,3}[0-9]{0,16})(\.[0-9]{0,12})?") {
            if let Some(short) = Short::parse(&text) {
                let long = Decimal::from_str_exact(&text).unwrap();
                let number = Decimal::from(short);
                let mut written = String::new();
                push_short(&mut written, short);
                prop_assert_eq!(written, long.to_string());
                prop_assert_eq!(number.serialize(), long.serialize());
                prop_assert_eq!(trimmed(number).serialize(), long.normalize().serialize());
                let divided = (long / Decimal::ONE_HUNDRED).normalize();
                prop_assert_eq!(shifted(number, 2).unwrap_or(divided).serialize(), divided.serialize());
            }
            if let Ok(number) = decimal(&text) {
                let mut written = String::new();
                push_decimal(&mut written, &number);
                prop_assert_eq!(written, number.to_string());
            }
        }
    }

    #[test]
    fn numbers_of_all_sizes_are_written_as_they_are() {
        for text in [
            "0",
            "-0",
            "0.00",
            "-0.00",
            "7",
            "-7.5",
            "0.05",
            "18446744073709551615",
            "0.000000000000000001",
            "79228162514264337593543950335",
        ] {
            let number = Decimal::from_str_exact(text).unwrap();
            let mut written = String::new();
            push_decimal(&mut written, &number);
            assert_eq!(written, number.to_string());
        }
    }

    #[test]
    fn half_cents_go_away_from_zero() {
        assert_eq!(round_half_up(decimal("0.125").unwrap(), 2).to_string(), "0.13");
        assert_eq!(round_half_up(decimal("-0.125").unwrap(), 2).to_string(), "-0.13");
    }

    #[test]
    fn digits_beyond_a_decimal_are_refused_rather_than_lost() {
        assert!(decimal("1234567890.12345678901234567890123").is_err());
        assert!(decimal("12345678901234567890123456789012").is_err());
        assert!(decimal("").is_err());
        assert!(decimal("1_000").is_err());
    }

    #[test]
    fn exponents_are_exact() {
        assert_eq!(decimal("1.5e3").unwrap(), Decimal::from(1500));
        assert_eq!(plain_text(decimal("100.000000").unwrap()), "100");
    }
}
