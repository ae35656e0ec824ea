//! The practice company: who and what both imitated systems know about, drawn from one seed.
//!
//! What it holds is neutral: each system shows its part in its own way. Indexes lead from one list to another
//! ([`ContractLine::cost_code`] into [`Company::cost_codes`]); a story may shorten the lists, and what then leads nowhere is
//! left out.

mod budget;
mod changes;
mod codes;
mod contracts;
mod invoices;
mod prime;
mod progress;
mod project;
mod size;
mod vendors;

use fastrand::Rng;

pub use budget::{BudgetLine, BudgetMove};
pub use changes::{ChangeLine, CommitmentChange};
pub use codes::{AccountGroup, BudgetCode, CostCode};
pub use contracts::{Commitment, ContractLine, PurchaseOrder, Subcontract};
pub use invoices::{Invoice, OwnerInvoice, Period};
pub use prime::{Markup, PrimeChange, PrimeContract, PrimeLine};
pub use progress::{Progress, of_percent};
pub use project::{Owner, Project, SubJob};
pub use size::Size;
pub use vendors::{TWIN, Vendor};

/// A general contractor whose people use Procore and whose accountants use Acumatica.
#[derive(Clone, Debug)]
pub struct Company {
    /// The seed it was drawn from.
    pub seed: u64,
    /// Vendors, in Acumatica from the start; some are in Procore's directory as well.
    pub vendors: Vec<Vendor>,
    /// Cost codes of Acumatica.
    pub cost_codes: Vec<CostCode>,
    /// Account groups of Acumatica; the expense ones are Procore's cost types.
    pub account_groups: Vec<AccountGroup>,
    /// Budget Changes are turned on in Procore: budget modifications can only be read (BR-37).
    pub budget_changes: bool,
    /// Projects, in Procore from the start.
    pub projects: Vec<Project>,
}

impl Company {
    /// Draws the company with this many projects. The same seed and size give the same company.
    pub fn draw(seed: u64, projects: usize) -> Self {
        Self::draw_sized(seed, projects, Size::of(projects))
    }

    /// The same with so much in each project.
    pub fn draw_sized(seed: u64, projects: usize, size: Size) -> Self {
        let mut rng = Rng::with_seed(seed);
        let vendors = vendors::draw_vendors(&mut rng, 24 + projects);
        let mut drawn: Vec<Project> = Vec::with_capacity(projects);
        for at in 0..projects {
            drawn.push(project::draw_project(&mut rng, at, &vendors, size));
        }
        // What came later is drawn apart, so that all above stays as it was.
        for (at, project) in drawn.iter_mut().enumerate() {
            let mut rng = Rng::with_seed(seed.rotate_left(17) ^ 0x7061_7274_206f_6e65 ^ at as u64);
            project::complete(&mut rng, project, &vendors, (at, size));
        }
        Self {
            seed,
            vendors,
            cost_codes: codes::COST_CODES.to_vec(),
            account_groups: codes::ACCOUNT_GROUPS.to_vec(),
            budget_changes: false,
            projects: drawn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Commitment, Company};
    use crate::value::Decimal;

    #[test]
    fn one_seed_draws_one_company() {
        let (one, two) = (Company::draw(7, 3), Company::draw(7, 3));
        assert_eq!(format!("{one:?}"), format!("{two:?}"));
        assert_eq!(one.projects.len(), 3);
    }

    #[test]
    fn forty_projects_are_a_large_company() {
        let company = Company::draw(7, 40);
        let commitments: usize = company.projects.iter().map(|project| project.subcontracts.len() + project.purchase_orders.len()).sum();
        let budget: usize = company.projects.iter().map(super::Project::budget_size).sum();
        assert_eq!((commitments, budget), (1_200, 8_000));
    }

    #[test]
    fn three_projects_have_every_awkward_case() {
        let company = Company::draw(7, 3);
        let orders = || company.projects.iter().flat_map(|project| &project.purchase_orders);
        let lines = || orders().flat_map(|order| &order.lines);
        assert!(lines().any(|line| line.description.is_none()) && lines().any(|line| line.deleted));
        assert!(lines().any(|line| line.amount == Decimal::ZERO) && lines().any(|line| line.amount < Decimal::ZERO));
        assert!(orders().any(|order| !company.vendors[order.vendor].active));
        assert!(orders().any(|order| company.vendors[order.vendor].name == super::TWIN));
        assert!(orders().any(|order| order.title.chars().count() > 60));
        assert!(orders().any(|order| order.off_by != Decimal::ZERO) && orders().any(|order| order.deleted));
        let invoices = || company.projects.iter().flat_map(|project| &project.invoices);
        assert!(invoices().any(|invoice| invoice.status == "draft") && invoices().any(|invoice| invoice.due() < Decimal::ZERO));
        assert!(invoices().any(|invoice| invoice.items.iter().any(|item| item.released > Decimal::ZERO)));
        assert!(invoices().any(|invoice| invoice.items.iter().any(|item| item.stored_now > Decimal::ZERO)));
        assert!(invoices().any(|invoice| !invoice.change_items.is_empty()));
        assert!(invoices().any(|invoice| matches!(invoice.commitment, Commitment::PurchaseOrder(_))));
        assert_eq!(company.projects.iter().map(|project| project.tiers).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(company.projects.iter().filter(|project| !project.budget_locked).count(), 1);
        assert!(company.projects.iter().any(|project| !project.prime.in_procore));
        assert!(company.projects.iter().flat_map(|project| &project.prime_changes).any(|change| change.markups.len() > 1));
    }
}
