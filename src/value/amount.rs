//! Decimals: read exactly from text, rounded by a stated rule, written without loss.

use rust_decimal::{Decimal, RoundingStrategy};
use thiserror::Error;

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
    let trimmed = text.trim();
    let digits = trimmed.strip_suffix('%').map_or(trimmed, str::trim_end);
    let plain = digits.strip_prefix('+').unwrap_or(digits);
    let parsed = if plain.contains(['e', 'E']) { Decimal::from_scientific(plain) } else { Decimal::from_str_exact(plain) };
    match parsed {
        Ok(number) if !plain.contains('_') => Ok(number),
        _ => Err(NotADecimal(text.to_owned())),
    }
}

/// Rounds to `places` decimal places.
pub fn round_half_up(number: Decimal, places: u32) -> Decimal {
    RoundMode::HalfUp.round(number, places)
}

/// The number without trailing zeros: `100.000000` → `100`, the form in which numbers are compared and keyed.
pub fn plain_text(number: Decimal) -> String {
    number.normalize().to_string()
}

impl RoundMode {
    /// Rounds to `places` decimal places.
    pub fn round(self, number: Decimal, places: u32) -> Decimal {
        let strategy = match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::Down => RoundingStrategy::ToZero,
            Self::Up => RoundingStrategy::AwayFromZero,
        };
        number.round_dp_with_strategy(places, strategy)
    }
}

#[cfg(test)]
mod tests {
    use super::{Decimal, decimal, plain_text, round_half_up};

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
