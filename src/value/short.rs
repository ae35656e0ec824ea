//! Decimals whose digits fit a machine word, which almost all do: two words, handed on in registers. What does not fit, and where the
//! rules of `rust_decimal` for nothing and its sign would count, is left to `rust_decimal`.

use std::cmp::Ordering;
use std::num::NonZeroU32;

use super::{Decimal, RoundMode};

/// Most digits whose number fits 64 bits for certain.
pub(super) const DIGITS: usize = 18;

const POWERS: [u64; 19] = {
    let mut powers = [1; 19];
    let mut at = 1;
    while at < 19 {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// A decimal of so many digits: a currency amount, a quantity, a percent. Two of one value may differ in their scale, as decimals may;
/// nothing has no sign.
#[derive(Clone, Copy, Debug)]
pub struct Short {
    digits: i64,
    /// The decimal places and one more, so that "no number" needs no word of its own.
    places: NonZeroU32,
}

impl Short {
    /// A whole number.
    pub const ZERO: Self = Self { digits: 0, places: NonZeroU32::MIN };

    #[inline]
    fn new(digits: i64, scale: u32) -> Self {
        Self { digits, places: NonZeroU32::MIN.saturating_add(scale) }
    }

    /// The number of a text that is digits, with a sign and a point perhaps, and no more of them than 64 bits hold: all but very few.
    #[inline]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (negative, digits) = match bytes.split_first() {
            Some((b'-', digits)) => (true, digits),
            _ => (false, bytes),
        };
        if digits.len() > DIGITS + 1 || !digits.first()?.is_ascii_digit() || !digits.last()?.is_ascii_digit() {
            return None;
        }
        // Nineteen digits, where there is no point, still fit without the sign.
        let (mut number, mut scale, mut points) = (0_u64, 0, 0);
        for byte in digits {
            let digit = byte.wrapping_sub(b'0');
            if digit < 10 {
                number = number * 10 + u64::from(digit);
                scale += points;
            } else if *byte == b'.' && points == 0 {
                points = 1;
            } else {
                return None;
            }
        }
        // Nothing has no sign.
        if (negative && number == 0) || digits.len() - points as usize > DIGITS {
            return None;
        }
        let number = i64::try_from(number).ok()?;
        Some(Self::new(if negative { -number } else { number }, scale))
    }

    /// The same number; none where it has more digits.
    #[inline]
    pub fn of(number: Decimal) -> Option<Self> {
        let digits = i64::try_from(number.mantissa()).ok()?;
        (digits != 0 || number.is_sign_positive()).then(|| Self::new(digits, number.scale()))
    }

    /// The decimal places that it is written with.
    #[inline]
    pub fn scale(self) -> u32 {
        self.places.get() - 1
    }

    /// Its digits without the point and the sign, and whether there is a sign.
    #[inline]
    pub(super) fn written(self) -> (u64, bool) {
        (self.digits.unsigned_abs(), self.digits < 0)
    }

    /// The same as a whole number that is not negative; none where it is written with a point.
    #[inline]
    pub fn whole(self) -> Option<u32> {
        u32::try_from(self.digits).ok().filter(|_| self.scale() == 0)
    }

    /// The sum; none where it has more digits, or where it is nothing.
    #[inline]
    pub fn plus(self, other: Self) -> Option<Self> {
        match (self.digits, other.digits) {
            (0, _) => Some(other),
            (_, 0) => Some(self),
            (left, right) if self.places == other.places => {
                left.checked_add(right).filter(|digits| *digits != 0).map(|digits| Self { digits, ..self })
            }
            _ => word(total(self, other)?),
        }
    }

    /// The difference; none where it has more digits, or where it is nothing.
    #[inline]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { digits: other.digits.checked_neg()?, ..other })
    }

    /// The product; none where it has more digits.
    #[inline]
    pub fn times(self, other: Self) -> Option<Self> {
        let digits = self.digits.checked_mul(other.digits)?;
        match digits {
            0 => Some(Self::ZERO),
            _ => Some(Self::new(digits, Some(self.scale() + other.scale()).filter(|scale| *scale <= Decimal::MAX_SCALE)?)),
        }
    }

    /// The quotient by ten, a hundred or a thousand, which moves the point: percents and per mille are divided by these.
    #[inline]
    pub fn by_power_of_ten(self, other: Self) -> Option<Self> {
        let places = match (other.places.get(), other.digits) {
            (1, 10) => 1,
            (1, 100) => 2,
            (1, 1_000) => 3,
            _ => return None,
        };
        let (mut digits, mut scale) = (self.digits, self.scale() + places);
        if digits == 0 || scale > Decimal::MAX_SCALE {
            return None;
        }
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
        }
        Some(Self::new(digits, scale))
    }

    /// The number with at most so many places.
    #[inline]
    pub fn rounded(self, places: u32, mode: RoundMode) -> Option<Self> {
        if self.scale() <= places {
            return Some(self);
        }
        if self.digits == 0 {
            return Some(Self::new(0, places));
        }
        word(cut(self, places, mode)?)
    }

    /// Which of two is larger; none where that takes more than a word.
    #[inline]
    pub fn against(self, other: Self) -> Option<Ordering> {
        if self.places == other.places {
            return Some(self.digits.cmp(&other.digits));
        }
        let scale = self.places.max(other.places);
        Some(self.grown(scale)?.cmp(&other.grown(scale)?))
    }

    /// Whether it has no more than so many places that say something.
    #[inline]
    pub fn fits(self, places: u32) -> bool {
        let more = self.scale().saturating_sub(places);
        more == 0 || self.digits == 0 || POWERS.get(more as usize).is_some_and(|power| self.digits.unsigned_abs().is_multiple_of(*power))
    }

    /// The digits with so many places more.
    #[inline]
    fn grown(self, places: NonZeroU32) -> Option<i128> {
        let power = *POWERS.get((places.get() - self.places.get()) as usize)?;
        Some(i128::from(self.digits) * i128::from(power))
    }
}

impl From<Short> for Decimal {
    fn from(short: Short) -> Self {
        let (digits, negative) = short.written();
        let (low, middle) = halves(digits);
        Self::from_parts(low, middle, 0, negative, short.scale())
    }
}

#[allow(clippy::cast_possible_truncation, reason = "each half of a word")]
pub(super) fn halves(number: u64) -> (u32, u32) {
    (number as u32, (number >> 32) as u32)
}

/// Digits and places; the digits may be more than a word has.
type Digits = (i128, u32);

#[inline]
fn word((digits, scale): Digits) -> Option<Short> {
    i64::try_from(digits).ok().filter(|digits| *digits != 0).map(|digits| Short::new(digits, scale))
}

/// The sum of two that are not nothing.
#[inline]
fn total(left: Short, right: Short) -> Option<Digits> {
    let places = left.places.max(right.places);
    Some((left.grown(places)?.checked_add(right.grown(places)?)?, places.get() - 1))
}

/// A number that is not nothing with fewer places.
#[inline]
fn cut(number: Short, places: u32, mode: RoundMode) -> Option<Digits> {
    let dropped = number.scale().checked_sub(places).filter(|dropped| *dropped > 0)?;
    let (power, digits) = (*POWERS.get(dropped as usize)?, number.digits.unsigned_abs());
    let (kept, rest) = (digits / power, digits % power);
    let up = match mode {
        RoundMode::HalfUp => rest >= power - rest,
        RoundMode::HalfEven => rest > power - rest || (rest == power - rest && kept % 2 == 1),
        RoundMode::Down => false,
        RoundMode::Up => rest > 0,
    };
    let kept = i128::from(kept) + i128::from(up);
    Some((if number.digits < 0 { -kept } else { kept }, places))
}

/// A decimal of these digits; none of nothing, whose scale and sign follow rules of their own, nor of more digits than it holds.
fn decimal((digits, scale): Digits) -> Option<Decimal> {
    let size = digits.unsigned_abs();
    if size == 0 || size >> 96 != 0 || scale > Decimal::MAX_SCALE {
        return None;
    }
    let word = |at: u32| u32::try_from(size >> at & u128::from(u32::MAX)).ok();
    Some(Decimal::from_parts(word(0)?, word(32)?, word(64)?, digits < 0, scale))
}

/// A decimal that is not nothing, where its digits fit a word.
fn filled(number: Decimal) -> Option<Short> {
    Short::of(number).filter(|short| short.digits != 0)
}

/// The sum.
pub(super) fn sum(left: Decimal, right: Decimal) -> Option<Decimal> {
    decimal(total(filled(left)?, filled(right)?)?)
}

/// The product.
pub(super) fn product(left: Decimal, right: Decimal) -> Option<Decimal> {
    let (left, right) = (filled(left)?, filled(right)?);
    decimal((i128::from(left.digits) * i128::from(right.digits), left.scale() + right.scale()))
}

/// The number with fewer places.
pub(super) fn rounded(number: Decimal, places: u32, mode: RoundMode) -> Option<Decimal> {
    decimal(cut(filled(number)?, places, mode)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{difference, shifted, trimmed};
    use super::{Decimal, RoundMode, Short, product, rounded, sum};

    fn number() -> impl Strategy<Value = Decimal> {
        let digits =
            prop_oneof![-2_000_i64..2_000, any::<i64>(), (0..19_u32).prop_map(|zeros| 5 * 10_i64.pow(zeros.min(17))), Just(0), Just(100)];
        (digits, prop_oneof![0..=4_u32, 0..=28_u32]).prop_map(|(digits, scale)| Decimal::new(digits, scale))
    }

    const MODES: [RoundMode; 4] = [RoundMode::HalfUp, RoundMode::HalfEven, RoundMode::Down, RoundMode::Up];

    #[test]
    fn as_many_digits_as_a_word_holds_for_certain_are_read() {
        for (text, read) in [("999999999999999999", true), ("-99999999.9999999999", true), ("9999999999999999999", false), ("1.2.3", false)]
        {
            assert_eq!(Short::parse(text).map(|short| Decimal::from(short).to_string()), read.then(|| text.to_owned()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_gives_what_the_long_way_gives(left in number(), right in number(), places in 0..=28_u32) {
            if let Some(short) = sum(left, right) {
                prop_assert_eq!(Some(short.serialize()), left.checked_add(right).map(|long| long.serialize()), "{} + {}", left, right);
            }
            if let Some(short) = product(left, right) {
                prop_assert_eq!(Some(short.serialize()), left.checked_mul(right).map(|long| long.serialize()), "{} * {}", left, right);
            }
            for mode in MODES {
                if let Some(short) = rounded(left, places, mode) {
                    let long = left.round_dp_with_strategy(places, mode.strategy());
                    prop_assert_eq!(short.serialize(), long.serialize(), "{} to {} {:?}", left, places, mode);
                }
            }
        }

        #[test]
        fn words_are_reckoned_with_as_decimals_are(left in number(), right in number(), places in 0..=28_u32) {
            let (Some(one), Some(two)) = (Short::of(left), Short::of(right)) else { return Ok(()) };
            let told = |short: Short| Decimal::from(short).serialize();
            prop_assert_eq!(told(one), left.serialize());
            if let Some(short) = one.plus(two) {
                prop_assert_eq!(Some(told(short)), super::super::sum(left, right).map(|long| long.serialize()), "{} + {}", left, right);
            }
            if let Some(short) = one.minus(two) {
                prop_assert_eq!(Some(told(short)), difference(left, right).map(|long| long.serialize()), "{} - {}", left, right);
            }
            if let Some(short) = one.times(two) {
                prop_assert_eq!(Some(told(short)), left.checked_mul(right).map(|long| long.serialize()), "{} * {}", left, right);
            }
            if let Some(short) = one.by_power_of_ten(two) {
                prop_assert_eq!(Some(told(short)), left.checked_div(right).map(|long| trimmed(long).serialize()), "{} / {}", left, right);
                prop_assert!(shifted(left, right.mantissa().to_string().len() as u32 - 1).is_some());
            }
            for mode in MODES {
                if let Some(short) = one.rounded(places, mode) {
                    prop_assert_eq!(told(short), mode.round(left, places).serialize(), "{} to {} {:?}", left, places, mode);
                }
            }
            if let Some(order) = one.against(two) {
                prop_assert_eq!(order, left.cmp(&right), "{} against {}", left, right);
            }
            prop_assert_eq!(one.fits(places), left.normalize().scale() <= places, "{} in {} places", left, places);
        }
    }
}
