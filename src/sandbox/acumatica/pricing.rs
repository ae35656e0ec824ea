//! How does an imitated Acumatica behave on the wire? How amounts of a document's lines follow from what was typed.

use std::collections::BTreeSet;

use super::fields::Fields;
use crate::value::{Decimal, Record, round_half_up};

/// What the fields of a line are called.
pub(super) struct LineNames {
    /// `OrderQty` or `Qty`.
    pub qty: &'static str,
    /// `UnitCost` or `UnitPrice`.
    pub unit: &'static str,
    /// `ExtendedCost` or `ExtendedPrice`.
    pub extended: &'static str,
    /// Amount kept back.
    pub retained: &'static str,
}

/// What a header says about retainage, before and after the request.
pub(super) struct Retainage {
    /// Whether any is kept back.
    pub apply: bool,
    /// The share of the header, in percent.
    pub percent: Decimal,
    /// The share before.
    pub before: Decimal,
}

/// Works out the extended amount and the unit's.
///
/// A changed quantity or unit cost makes `ExtendedCost` = quantity × unit cost, to the cent, whatever was sent for it.
/// Only an extended cost that changes by itself stands; the unit cost then follows from it. So a line with `ExtendedCost`
/// alone keeps it, and one whose quantity was forgotten comes to zero.
pub(super) fn extend(line: &mut Record, names: &LineNames, changed: &BTreeSet<String>) {
    let (qty, unit) = (line.number(names.qty), line.number(names.unit));
    if changed.contains(names.extended) && !changed.contains(names.unit) {
        let unit = if qty.is_zero() { Decimal::ZERO } else { round_half_up(line.number(names.extended) / qty, 6) };
        line.set(names.unit, unit);
    } else if line.lacks(names.extended) || changed.contains(names.qty) || changed.contains(names.unit) {
        line.set(names.extended, round_half_up(qty * unit, 2));
    }
    line.default(names.qty, Decimal::ZERO);
    line.default(names.unit, Decimal::ZERO);
}

/// Works out discount and retainage of a line, and `Amount`, which is what remains.
pub(super) fn retain(line: &mut Record, names: &LineNames, changed: &BTreeSet<String>, header: &Retainage) {
    let extended = line.number(names.extended);
    if changed.contains("DiscountPct") && !changed.contains("DiscountAmount") {
        line.set("DiscountAmount", share(extended, line.number("DiscountPct")));
    }
    let net = extended - line.number("DiscountAmount");
    if !header.apply {
        line.set("RetainagePct", Decimal::ZERO);
        line.set(names.retained, Decimal::ZERO);
    } else if changed.contains(names.retained) && !changed.contains("RetainagePct") {
        let percent =
            if net.is_zero() { Decimal::ZERO } else { round_half_up(line.number(names.retained) / net * Decimal::ONE_HUNDRED, 6) };
        line.set("RetainagePct", percent);
    } else {
        let untouched = !changed.contains("RetainagePct") && line.number("RetainagePct") == header.before;
        if line.lacks("RetainagePct") || untouched {
            line.set("RetainagePct", header.percent);
        }
        line.set(names.retained, share(net, line.number("RetainagePct")));
    }
    line.set("Amount", net - line.number(names.retained));
}

fn share(amount: Decimal, percent: Decimal) -> Decimal {
    round_half_up(amount * percent / Decimal::ONE_HUNDRED, 2)
}

/// Units that the instance knows; one without a conversion to the item's unit is refused.
const UNITS: &str = "EA EACH HOUR HR DAY WK WEEK MO MONTH LS LF SF SY CF CY FT IN YD TON TONS LB LBS GAL BF M M2 M3 KG L PC PCS MSF \
    SQ PAIR SET ROLL BOX LOT PERCENT MILE";

/// The unit as it is kept, or why not.
pub(super) fn unit(text: &str) -> Result<String, String> {
    let unit = text.trim().to_uppercase();
    if UNITS.split(' ').any(|known| known == unit) {
        Ok(unit)
    } else {
        Err(format!("The unit of measure '{text}' cannot be found in the system."))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{LineNames, Retainage, extend, retain};
    use crate::sandbox::acumatica::fields::Fields;
    use crate::value::{Decimal, Record};

    const NAMES: LineNames = LineNames { qty: "OrderQty", unit: "UnitCost", extended: "ExtendedCost", retained: "RetainageAmount" };

    fn line(fields: &[(&'static str, &str)]) -> (Record, BTreeSet<String>) {
        let record = fields.iter().map(|(name, value)| (*name, value.parse::<Decimal>().unwrap())).collect();
        (record, fields.iter().map(|(name, _)| (*name).to_owned()).collect())
    }

    #[test]
    fn quantity_times_cost_wins_over_a_sent_amount() {
        let (mut record, changed) = line(&[("OrderQty", "3"), ("UnitCost", "1.115"), ("ExtendedCost", "999")]);
        extend(&mut record, &NAMES, &changed);
        assert_eq!(record.number("ExtendedCost").to_string(), "3.35");
    }

    #[test]
    fn an_amount_alone_stands() {
        let (mut record, changed) = line(&[("OrderQty", "3"), ("ExtendedCost", "100")]);
        extend(&mut record, &NAMES, &changed);
        assert_eq!(record.number("ExtendedCost").to_string(), "100");
        assert_eq!(record.number("UnitCost").to_string(), "33.333333");
        let (mut forgotten, changed) = line(&[("UnitCost", "50")]);
        extend(&mut forgotten, &NAMES, &changed);
        assert!(forgotten.number("ExtendedCost").is_zero());
    }

    #[test]
    fn the_amount_is_net_of_retainage() {
        let (mut record, changed) = line(&[("ExtendedCost", "1000")]);
        let header = Retainage { apply: true, percent: Decimal::from(10), before: Decimal::ZERO };
        retain(&mut record, &NAMES, &changed, &header);
        assert_eq!((record.number("RetainageAmount"), record.number("Amount")), (Decimal::from(100), Decimal::from(900)));
        let none = Retainage { apply: false, ..header };
        retain(&mut record, &NAMES, &BTreeSet::new(), &none);
        assert_eq!(record.number("Amount"), Decimal::from(1000));
    }
}
