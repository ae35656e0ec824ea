//! The practice company: the contract with the owner, and its changes with their markups.

use std::collections::BTreeSet;

use fastrand::Rng;

use super::changes::ChangeLine;
use super::codes::BudgetCode;
use super::progress::of_percent;
use super::project::Project;
use crate::value::Decimal;

/// The contract with the owner. Accounting has it as the project's revenue budget.
#[derive(Clone, Debug)]
pub struct PrimeContract {
    /// The project's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Percent 0–100.
    pub retainage_percent: Decimal,
    /// Somebody has entered it in Procore; elsewhere it has to come from accounting.
    pub in_procore: bool,
    /// The schedule of values.
    pub lines: Vec<PrimeLine>,
}

/// A line of the prime contract.
#[derive(Clone, Debug)]
pub struct PrimeLine {
    /// Its budget code; accounting keeps it under one income account group.
    pub code: BudgetCode,
    /// What it is for.
    pub description: String,
    /// Its amount, to the cent.
    pub amount: Decimal,
}

/// A change of the prime contract.
#[derive(Clone, Debug)]
pub struct PrimeChange {
    /// `001`.
    pub number: String,
    /// What it is about, in a line.
    pub title: String,
    /// `approved`, or a status that is not offered to accounting.
    pub status: &'static str,
    /// Its lines, without markup.
    pub lines: Vec<ChangeLine>,
    /// What is added to each line, in this order.
    pub markups: Vec<Markup>,
}

/// A share that is added to the lines of a change.
#[derive(Clone, Debug)]
pub struct Markup {
    /// Its name.
    pub name: &'static str,
    /// A line of its own rather than part of each line.
    pub vertical: bool,
    /// Percent 0–100.
    pub percent: Decimal,
    /// Taken of the line with the markups above it.
    pub compounds: bool,
}

impl PrimeChange {
    /// What each markup comes to on a line, in order.
    pub fn added(&self, line: &ChangeLine) -> Vec<Decimal> {
        let mut sum = line.amount;
        let mut added = Vec::new();
        for markup in &self.markups {
            let share = of_percent(if markup.compounds { sum } else { line.amount }, markup.percent);
            added.push(share);
            sum += share;
        }
        added
    }

    /// The change with all markups.
    pub fn total(&self) -> Decimal {
        self.lines.iter().map(|line| line.amount + self.added(line).into_iter().sum::<Decimal>()).sum()
    }
}

pub(super) fn draw_prime(rng: &mut Rng, project: &Project, at: usize) -> PrimeContract {
    let mut codes = project.codes_at_hand(3);
    rng.shuffle(&mut codes);
    // Accounting keeps one line of revenue for each cost code of a task, whatever the cost type.
    let mut kept = BTreeSet::new();
    codes.retain(|code| kept.insert((code.sub_job, code.cost_code)));
    codes.truncate(5);
    let line = |code: BudgetCode, nth: usize, rng: &mut Rng| PrimeLine {
        code,
        description: format!("Part {} of the works", nth + 1),
        amount: Decimal::new(rng.i64(1_000_000..40_000_000), 2),
    };
    PrimeContract {
        number: project.number.clone(),
        title: format!("{} for {}", project.name, project.owner.name),
        retainage_percent: Decimal::from(10),
        in_procore: at % 3 != 1,
        lines: codes.into_iter().enumerate().map(|(nth, code)| line(code, nth, rng)).collect(),
    }
}

/// One with a horizontal markup, one with a vertical one on top and something taken away, and one that is not agreed.
pub(super) fn draw_prime_changes(rng: &mut Rng, prime: &PrimeContract) -> Vec<PrimeChange> {
    let percent = Decimal::from;
    let overhead = Markup { name: "Overhead", vertical: false, percent: percent(10), compounds: false };
    let fee = Markup { name: "Fee", vertical: true, percent: Decimal::new(55, 1), compounds: true };
    let Some(first) = prime.lines.first() else { return Vec::new() };
    let mut line = |alters: Option<usize>, code: BudgetCode, sign: i64| {
        let amount = Decimal::new(sign * rng.i64(50_000..2_000_000), 2);
        let description = alters.is_none().then(|| "Wish of the owner".to_owned());
        ChangeLine { alters, code, description, quantity: Decimal::from(sign), unit_cost: amount * Decimal::from(sign), amount }
    };
    let last = prime.lines.len() - 1;
    let change = |number: &str, title: &str, status, lines, markups| PrimeChange {
        number: number.to_owned(),
        title: title.to_owned(),
        status,
        lines,
        markups,
    };
    vec![
        change("001", "Better doors", "approved", vec![line(Some(0), first.code, 1)], vec![overhead.clone()]),
        change(
            "002",
            "A canopy, and less paving",
            "approved",
            vec![line(None, first.code, 1), line(Some(last), prime.lines[last].code, -1)],
            vec![overhead.clone(), fee],
        ),
        change("003", "Another colour", "pending", vec![line(None, first.code, 1)], vec![overhead]),
    ]
}
