//! The practice company: changes of commitments, which alter a line or add one.

use fastrand::Rng;

use super::codes::BudgetCode;
use super::contracts::{Commitment, ContractLine};
use super::project::Project;
use super::size::Size;
use crate::value::{Decimal, round_half_up};

/// A change of a commitment.
#[derive(Clone, Debug)]
pub struct CommitmentChange {
    /// What it changes.
    pub commitment: Commitment,
    /// `001`, counted by commitment.
    pub number: String,
    /// What it is about, in a line.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// `approved`, or a status that is not offered to accounting.
    pub status: &'static str,
    /// Its lines.
    pub lines: Vec<ChangeLine>,
}

/// A line of a change order.
#[derive(Clone, Debug)]
pub struct ChangeLine {
    /// Index of the contract's line that it alters; none where it adds one.
    pub alters: Option<usize>,
    /// Its budget code.
    pub code: BudgetCode,
    /// Blank on some lines.
    pub description: Option<String>,
    /// Quantity, of unit-based contracts.
    pub quantity: Decimal,
    /// Cost of one unit.
    pub unit_cost: Decimal,
    /// The line's amount, to the cent; negative where something falls away.
    pub amount: Decimal,
}

impl CommitmentChange {
    /// Whether it counts.
    pub fn is_approved(&self) -> bool {
        self.status == "approved"
    }
}

/// Three changes of each of the first commitments: more of a line, less of one with a new line, and one not yet approved.
pub(super) fn draw_commitment_changes(rng: &mut Rng, project: &Project, size: Size) -> Vec<CommitmentChange> {
    let codes = project.codes_at_hand(4);
    let mut changes = Vec::new();
    for commitment in evenly(project, size.changed) {
        let (lines, unit_based, _) = project.terms(commitment);
        let standing: Vec<usize> = (0..lines.len()).filter(|at| !lines[*at].deleted).collect();
        let (Some(first), Some(last)) = (standing.first().copied(), standing.last().copied()) else { continue };
        let change = |number: &str, title: &str, status, lines| CommitmentChange {
            commitment,
            number: number.to_owned(),
            title: title.to_owned(),
            description: (status == "approved").then(|| format!("{title}, as agreed on site")),
            status,
            lines,
        };
        let more = alter(rng, (first, &lines[first]), unit_based, 1);
        changes.push(change("001", "More of the first line", "approved", vec![more]));
        let less = alter(rng, (last, &lines[last]), unit_based, -1);
        let code = codes[rng.usize(..codes.len())];
        let new = add(rng, code, unit_based);
        changes.push(change("002", "Less of one thing, and another", "approved", vec![less, new]));
        let pending = alter(rng, (first, &lines[first]), unit_based, 1);
        changes.push(change("003", "Asked for and not agreed", "pending", vec![pending]));
    }
    changes
}

/// This many commitments, subcontracts and purchase orders in turn.
pub(super) fn evenly(project: &Project, count: usize) -> Vec<Commitment> {
    let (subcontracts, orders): (Vec<Commitment>, Vec<Commitment>) =
        project.commitments().into_iter().partition(|commitment| matches!(commitment, Commitment::Subcontract(_)));
    let (mut one, mut other) = (subcontracts.into_iter(), orders.into_iter());
    let mut chosen = Vec::new();
    while chosen.len() < count {
        let before = chosen.len();
        chosen.extend(one.next().into_iter().chain(other.next()));
        if chosen.len() == before {
            break;
        }
    }
    chosen.truncate(count);
    chosen
}

fn alter(rng: &mut Rng, (at, line): (usize, &ContractLine), unit_based: bool, sign: i64) -> ChangeLine {
    let quantity = if unit_based { Decimal::new(sign * rng.i64(10..90), 1) } else { Decimal::from(sign) };
    let unit_cost = if unit_based { line.unit_cost } else { Decimal::new(rng.i64(10_000..500_000), 2) };
    ChangeLine {
        alters: Some(at),
        code: line.code(),
        description: line.description.clone(),
        quantity,
        unit_cost,
        amount: round_half_up(quantity * unit_cost, 2),
    }
}

fn add(rng: &mut Rng, code: BudgetCode, unit_based: bool) -> ChangeLine {
    let quantity = if unit_based { Decimal::from(rng.i64(2..20)) } else { Decimal::ONE };
    let unit_cost = Decimal::new(rng.i64(5_000..200_000), 2);
    let amount = round_half_up(quantity * unit_cost, 2);
    ChangeLine { alters: None, code, description: Some("Work that nobody had thought of".to_owned()), quantity, unit_cost, amount }
}
