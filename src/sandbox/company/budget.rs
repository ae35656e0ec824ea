//! The practice company: what a project was meant to cost, and what was moved since.

use fastrand::Rng;

use super::codes::BudgetCode;
use super::project::Project;
use super::size::Size;
use crate::value::Decimal;

/// A line of the budget.
#[derive(Clone, Debug)]
pub struct BudgetLine {
    /// Its budget code.
    pub code: BudgetCode,
    /// The original amount; zero on one line of each project.
    pub amount: Decimal,
}

/// A sum moved within the budget.
#[derive(Clone, Debug)]
pub struct BudgetMove {
    /// Index of the giving line in [`Project::budget`]; none where the sum comes from outside.
    pub from: Option<usize>,
    /// Index of the getting line.
    pub to: usize,
    /// The sum.
    pub amount: Decimal,
    /// Why.
    pub notes: String,
    /// `approved`, or a status that does not count; a budget modification has none and always counts.
    pub status: &'static str,
}

/// Cost types that budgets are made of: the first account groups, which are those with an item.
const TYPES: usize = 4;
/// Lines of a small budget beside those that the subcontracts come to.
const FEW: usize = 10;

impl Project {
    /// Lines of its budget in all: those that its subcontracts come to, and the others.
    pub fn budget_size(&self) -> usize {
        self.contract_codes().len() + self.budget.len()
    }

    /// The budget codes of its subcontracts, in order, each once.
    pub(super) fn contract_codes(&self) -> Vec<BudgetCode> {
        let mut codes: Vec<BudgetCode> = self.subcontracts.iter().flat_map(|contract| &contract.lines).map(|line| line.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// The lines that no subcontract stands behind. Those of the project itself keep to cost codes that it has already.
pub(super) fn draw_budget(rng: &mut Rng, project: &Project, size: Size) -> Vec<BudgetLine> {
    let known = project.contract_codes();
    let wanted = size.budget_lines.map_or(FEW, |lines| lines.saturating_sub(known.len()));
    let mut codes = project.codes_at_hand(TYPES);
    codes.retain(|code| !known.contains(code));
    rng.shuffle(&mut codes);
    codes.truncate(wanted);
    codes
        .into_iter()
        .enumerate()
        .map(|(at, code)| BudgetLine { code, amount: if at == 2 { Decimal::ZERO } else { Decimal::new(rng.i64(100_000..9_000_000), 2) } })
        .collect()
}

/// A few sums from line to line, one that comes from outside, one that is not approved.
pub(super) fn draw_moves(rng: &mut Rng, lines: usize) -> Vec<BudgetMove> {
    if lines < 5 {
        return Vec::new();
    }
    let mut moved = |from, to, notes: &str, status| BudgetMove {
        from,
        to,
        amount: Decimal::new(rng.i64(1_000..90_000), 2),
        notes: notes.to_owned(),
        status,
    };
    vec![
        moved(Some(0), 1, "Less demolition, more forming", "approved"),
        moved(Some(3), 2, "Rental instead of purchase", "approved"),
        moved(None, 4, "Contingency of the owner", "approved"),
        moved(Some(1), 3, "To be looked at again", "draft"),
    ]
}
