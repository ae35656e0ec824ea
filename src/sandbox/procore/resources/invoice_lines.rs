//! How do both systems behave on the wire? What the lines of Procore's invoices have in common: progress, and its sums.

use super::super::state::{State, cents, number};
use super::super::store::{Collection, Row};
use crate::sandbox::company::Progress;
use crate::value::{Decimal, Record, Value};

/// The kept numbers of a line, by the names they are kept under.
pub(crate) const KEPT: [&str; 13] = [
    "scheduled",
    "work_before",
    "work",
    "stored_before",
    "moved",
    "stored_now",
    "percent",
    "held_before",
    "held",
    "released",
    "stored_held_before",
    "held_moved",
    "stored_held",
];

/// The numbers of a line, to be kept.
pub(crate) fn kept(item: &Progress) -> Record {
    let numbers = [
        item.scheduled,
        item.work_before,
        item.work,
        item.stored_before,
        item.moved,
        item.stored_now,
        item.percent,
        item.held_before,
        item.held,
        item.released,
        item.stored_held_before,
        item.held_moved,
        item.stored_held,
    ];
    KEPT.into_iter().zip(numbers).collect()
}

/// The progress that a kept line tells of.
pub(crate) fn progress(row: &Row) -> Progress {
    let of = |name: &str| number(row, name);
    Progress {
        line: 0,
        scheduled: of("scheduled"),
        work_before: of("work_before"),
        work: of("work"),
        stored_before: of("stored_before"),
        moved: of("moved"),
        stored_now: of("stored_now"),
        percent: of("percent"),
        held_before: of("held_before"),
        held: of("held"),
        released: of("released"),
        stored_held_before: of("stored_held_before"),
        held_moved: of("held_moved"),
        stored_held: of("stored_held"),
    }
}

/// The lines of an invoice, in their order.
pub(crate) fn of(state: &State, collection: Collection, invoice: i64) -> Vec<(&Row, Progress)> {
    super::lines::of(state, collection, invoice).into_iter().map(|row| (row, progress(row))).collect()
}

/// What the lines ask for together.
pub(crate) fn due(lines: &[(&Row, Progress)]) -> Decimal {
    lines.iter().map(|(_, item)| item.due()).sum()
}

/// The sums of an invoice, as a `summary` or a `g702` shows them; `changed` tells the lines of change orders.
pub(crate) fn sums(lines: &[(&Row, Progress)], changed: impl Fn(&Row) -> bool) -> Record {
    let sum = |of: fn(&Progress) -> Decimal| lines.iter().map(|(_, item)| of(item)).sum::<Decimal>();
    let original: Decimal = lines.iter().filter(|(row, _)| !changed(row)).map(|(_, item)| item.scheduled).sum();
    let changes: Decimal = lines.iter().filter(|(row, _)| changed(row)).map(|(_, item)| item.scheduled).sum();
    let to_date = sum(Progress::to_date);
    let (work_held, stored_held) = (sum(Progress::held_after), sum(|item| item.stored_held));
    let earned = to_date - work_held - stored_held;
    let share = |part: Decimal, whole: Decimal| if whole.is_zero() { Decimal::ZERO } else { part * Decimal::ONE_HUNDRED / whole };
    let (work, stored) = (to_date - sum(|item| item.stored_now), sum(|item| item.stored_now));
    let figures = [
        ("original_contract_sum", original),
        ("net_change_by_change_orders", changes),
        ("contract_sum_to_date", original + changes),
        ("total_completed_and_stored_to_date", to_date),
        ("completed_work_retainage_percent", share(work_held, work)),
        ("completed_work_retainage_amount", work_held),
        ("stored_materials_retainage_percent", share(stored_held, stored)),
        ("stored_materials_retainage_amount", stored_held),
        ("total_retainage", work_held + stored_held),
        ("total_earned_less_retainage", earned),
        ("less_previous_certificates_for_payment", earned - due(lines)),
        ("current_payment_due", due(lines)),
        ("balance_to_finish_including_retainage", original + changes - earned),
        ("tax_applicable_to_this_payment", Decimal::ZERO),
    ];
    figures.into_iter().map(|(name, figure)| (name, cents(crate::value::round_half_up(figure, 2)))).collect()
}

/// `96.36`: the share of a value that is done.
pub(crate) fn done(to_date: Decimal, scheduled: Decimal) -> Decimal {
    if scheduled.is_zero() { Decimal::ZERO } else { crate::value::round_half_up(to_date * Decimal::ONE_HUNDRED / scheduled, 2) }
}

/// The fields in which the lines of all invoices are alike.
pub(crate) fn show(item: &Progress) -> [(&'static str, Value); 13] {
    [
        ("scheduled_value", cents(item.scheduled)),
        ("work_completed_this_period", cents(item.work)),
        ("materials_presently_stored", cents(item.stored_now)),
        ("total_completed_and_stored_to_date", cents(item.to_date())),
        ("total_completed_and_stored_to_date_percent", cents(done(item.to_date(), item.scheduled))),
        ("work_completed_retainage_from_previous_application", cents(item.held_before)),
        ("work_completed_retainage_retained_this_period", cents(item.held)),
        ("work_completed_retainage_percent_this_period", cents(item.percent)),
        ("work_completed_retainage_released_this_period", cents(item.released)),
        ("materials_stored_retainage_currently_retained", cents(item.stored_held)),
        ("materials_stored_retainage_percent_this_period", cents(if item.stored_now.is_zero() { Decimal::ZERO } else { item.percent })),
        ("materials_stored_retainage_released_this_period", cents(Decimal::ZERO)),
        ("comment", Value::Null),
    ]
}
