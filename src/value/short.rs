//! Arithmetic of decimals whose digits fit a machine word, which almost all do; what does not fit is left to `rust_decimal`.

use super::{Decimal, RoundMode};

const POWERS: [u64; 19] = {
    let mut powers = [1; 19];
    let mut at = 1;
    while at < 19 {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// A decimal of these digits; none of nothing, whose scale and sign follow rules of their own, nor of more digits than it holds.
fn of(digits: i128, scale: u32) -> Option<Decimal> {
    let size = digits.unsigned_abs();
    if size == 0 || size >> 96 != 0 || scale > Decimal::MAX_SCALE {
        return None;
    }
    let word = |at: u32| u32::try_from(size >> at & u128::from(u32::MAX)).ok();
    Some(Decimal::from_parts(word(0)?, word(32)?, word(64)?, digits < 0, scale))
}

/// The digits of a decimal with its sign; none of nothing, nor where they fit no word.
fn digits(number: Decimal) -> Option<i64> {
    i64::try_from(number.mantissa()).ok().filter(|digits| *digits != 0)
}

/// The sum.
pub(super) fn sum(left: Decimal, right: Decimal) -> Option<Decimal> {
    let scale = left.scale().max(right.scale());
    let grown = |number: Decimal| Some(i128::from(digits(number)?) * i128::from(*POWERS.get((scale - number.scale()) as usize)?));
    of(grown(left)?.checked_add(grown(right)?)?, scale)
}

/// The product.
pub(super) fn product(left: Decimal, right: Decimal) -> Option<Decimal> {
    of(i128::from(digits(left)?) * i128::from(digits(right)?), left.scale() + right.scale())
}

/// The number with fewer places.
pub(super) fn rounded(number: Decimal, places: u32, mode: RoundMode) -> Option<Decimal> {
    let dropped = number.scale().checked_sub(places).filter(|dropped| *dropped > 0)?;
    let (digits, power) = (digits(number)?, *POWERS.get(dropped as usize)?);
    let (kept, rest) = (digits.unsigned_abs() / power, digits.unsigned_abs() % power);
    let up = match mode {
        RoundMode::HalfUp => rest >= power - rest,
        RoundMode::HalfEven => rest > power - rest || (rest == power - rest && kept % 2 == 1),
        RoundMode::Down => false,
        RoundMode::Up => rest > 0,
    };
    let kept = i128::from(kept) + i128::from(up);
    of(if digits < 0 { -kept } else { kept }, places)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Decimal, RoundMode, product, rounded, sum};

    fn number() -> impl Strategy<Value = Decimal> {
        let digits = prop_oneof![-2_000_i64..2_000, any::<i64>(), (0..19_u32).prop_map(|zeros| 5 * 10_i64.pow(zeros.min(17)))];
        (digits, 0..=28_u32).prop_map(|(digits, scale)| Decimal::new(digits, scale))
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
            for mode in [RoundMode::HalfUp, RoundMode::HalfEven, RoundMode::Down, RoundMode::Up] {
                if let Some(short) = rounded(left, places, mode) {
                    let long = left.round_dp_with_strategy(places, mode.strategy());
                    prop_assert_eq!(short.serialize(), long.serialize(), "{} to {} {:?}", left, places, mode);
                }
            }
        }
    }
}
