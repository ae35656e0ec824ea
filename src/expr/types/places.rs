//! How many digits may a number have behind its decimal point? What operators and functions make of them.

use crate::value::Decimal;

/// Digits behind the decimal point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Places {
    /// Nobody knows.
    #[default]
    Unknown,
    /// No more than these.
    Most(u32),
    /// As many as a decimal keeps: of a quotient.
    Endless,
}

/// Beyond these a quotient by a constant counts as one that never ends.
const LONGEST: u32 = 12;

impl Places {
    /// Of what is one or the other, and of a sum or difference.
    pub(super) fn widest(self, other: Self) -> Self {
        self.both(other, u32::max)
    }

    /// Of a product.
    pub(super) fn product(self, other: Self) -> Self {
        self.both(other, |one, two| one + two)
    }

    /// Of a quotient by a constant or by something computed.
    pub(super) fn quotient(self, by: Option<Decimal>) -> Self {
        let inverse = by.and_then(|by| Decimal::ONE.checked_div(by)).map(|inverse| inverse.normalize().scale());
        match inverse {
            Some(more) if more <= LONGEST => self.product(Self::Most(more)),
            _ => Self::Endless,
        }
    }

    fn both(self, other: Self, most: impl Fn(u32, u32) -> u32) -> Self {
        match (self, other) {
            (Self::Endless, _) | (_, Self::Endless) => Self::Endless,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Most(one), Self::Most(two)) => Self::Most(most(one, two)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Places::{Endless, Most, Unknown};
    use crate::value::Decimal;

    #[test]
    fn sums_keep_the_larger_and_products_add_up() {
        assert_eq!(Most(2).widest(Most(4)), Most(4));
        assert_eq!(Most(2).product(Most(4)), Most(6));
        assert_eq!((Most(2).widest(Unknown), Unknown.product(Endless)), (Unknown, Endless));
    }

    #[test]
    fn a_quotient_by_a_hundred_ends_and_one_by_three_does_not() {
        assert_eq!(Most(2).quotient(Some(Decimal::from(100))), Most(4));
        assert_eq!(Most(2).quotient(Some(Decimal::from(3))), Endless);
        assert_eq!(Most(2).quotient(Some(Decimal::ZERO)), Endless);
        assert_eq!(Most(2).quotient(None), Endless);
    }
}
