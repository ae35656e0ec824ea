//! The practice company: how much there is in each of its projects.

/// Counts for one project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Subcontracts; none draws two to five.
    pub subcontracts: Option<usize>,
    /// Purchase orders.
    pub purchase_orders: usize,
    /// Lines of the budget, with those that the subcontracts come to; none draws a few more than these.
    pub budget_lines: Option<usize>,
    /// Sub jobs.
    pub sub_jobs: usize,
    /// Commitments that have change orders.
    pub changed: usize,
    /// Commitments that are invoiced.
    pub invoiced: usize,
    /// Cost lines that accountants post.
    pub costs: usize,
}

impl Size {
    /// A project that a person can look through.
    pub const SMALL: Self =
        Self { subcontracts: None, purchase_orders: 3, budget_lines: None, sub_jobs: 2, changed: 3, invoiced: 6, costs: 12 };
    /// A project of a company at work.
    pub const LARGE: Self =
        Self { subcontracts: Some(18), purchase_orders: 12, budget_lines: Some(200), sub_jobs: 3, changed: 6, invoiced: 12, costs: 1_500 };

    /// What suits a company with this many projects.
    pub fn of(projects: usize) -> Self {
        if projects < 10 { Self::SMALL } else { Self::LARGE }
    }
}
