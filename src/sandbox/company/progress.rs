//! The practice company: how a line of an invoice goes on from one billing period to the next.

use crate::value::{Decimal, round_half_up};

/// One line of an invoice: work, stored materials and retainage, before this period and in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Index of the line in its contract or change order.
    pub line: usize,
    /// What the line comes to in all.
    pub scheduled: Decimal,
    /// Work of the periods before, with materials that became work.
    pub work_before: Decimal,
    /// Work of this period.
    pub work: Decimal,
    /// Materials stored at the end of the period before.
    pub stored_before: Decimal,
    /// Materials of before that became work in this period.
    pub moved: Decimal,
    /// Materials stored at the end of this period.
    pub stored_now: Decimal,
    /// Retainage, in percent.
    pub percent: Decimal,
    /// Retainage on work that was held at the end of the period before.
    pub held_before: Decimal,
    /// Retainage on this period's work.
    pub held: Decimal,
    /// Retainage on work that is released in this period.
    pub released: Decimal,
    /// Retainage on materials that was held at the end of the period before.
    pub stored_held_before: Decimal,
    /// Retainage on materials that became retainage on work.
    pub held_moved: Decimal,
    /// Retainage on materials that is held at the end of this period.
    pub stored_held: Decimal,
}

/// What happens to a line in one period.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Step {
    /// Work, in percent of the line.
    pub(super) work: i64,
    /// Materials stored at the end, in percent of the line; those of before become work.
    pub(super) stored: i64,
    /// Retainage released, in percent of what was held before.
    pub(super) released: i64,
}

impl Progress {
    /// A line that nothing was invoiced of.
    pub(super) fn start(line: usize, scheduled: Decimal, percent: Option<Decimal>) -> Self {
        Self { line, scheduled, percent: percent.unwrap_or_default(), ..Self::default() }
    }

    /// The line in the next period.
    pub(super) fn next(&self, step: Step) -> Self {
        let part = |percent: i64| of_percent(self.scheduled, Decimal::from(percent));
        let (work, stored_now, moved) = (part(step.work), part(step.stored), self.stored_now);
        let held_before = self.held_after();
        Self {
            line: self.line,
            scheduled: self.scheduled,
            work_before: self.work_before + self.work + self.moved,
            work,
            stored_before: self.stored_now,
            moved,
            stored_now,
            percent: self.percent,
            held_before,
            held: of_percent(work, self.percent),
            released: of_percent(held_before, Decimal::from(step.released)),
            stored_held_before: self.stored_held,
            held_moved: self.stored_held,
            stored_held: of_percent(stored_now, self.percent),
        }
    }

    /// Retainage on work at the end of this period.
    pub fn held_after(&self) -> Decimal {
        self.held_before + self.held + self.held_moved - self.released
    }

    /// Work and materials up to the end of this period.
    pub fn to_date(&self) -> Decimal {
        self.work_before + self.work + self.moved + self.stored_now
    }

    /// What the line asks for: work and materials of this period, less what is newly kept back of them (BR-58).
    pub fn due(&self) -> Decimal {
        let earned = self.to_date() - self.work_before - self.stored_before;
        earned - (self.held_after() - self.held_before) - (self.stored_held - self.stored_held_before)
    }
}

/// A share of an amount, to the cent.
pub fn of_percent(amount: Decimal, percent: Decimal) -> Decimal {
    round_half_up(amount * percent / Decimal::ONE_HUNDRED, 2)
}

#[cfg(test)]
mod tests {
    use super::{Progress, Step};
    use crate::value::Decimal;

    #[test]
    fn a_line_that_is_done_and_released_has_been_paid_in_full() {
        let ten = Decimal::from(10);
        let first = Progress::start(0, Decimal::new(100_003, 2), Some(ten)).next(Step { work: 40, stored: 20, released: 0 });
        let second = first.next(Step { work: 40, ..Step::default() });
        assert_eq!((second.moved, second.stored_before, second.stored_now), (first.stored_now, first.stored_now, Decimal::ZERO));
        let third = second.next(Step { released: 100, ..Step::default() });
        assert_eq!(third.held_after(), Decimal::ZERO);
        assert_eq!(first.due() + second.due() + third.due(), third.to_date());
        assert_eq!(third.to_date(), Decimal::new(100_003, 2));
    }
}
