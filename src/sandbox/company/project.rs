//! The practice company: a project and all that belongs to it.

use fastrand::Rng;

use super::budget::{BudgetLine, BudgetMove, draw_budget, draw_moves};
use super::changes::{CommitmentChange, draw_commitment_changes};
use super::codes::{BudgetCode, COST_CODES};
use super::contracts::{PurchaseOrder, Subcontract, draw_purchase_orders, draw_subcontract};
use super::invoices::{Invoice, OwnerInvoice, Period, draw_invoices, draw_owner_invoices, draw_periods};
use super::prime::{PrimeChange, PrimeContract, draw_prime, draw_prime_changes};
use super::size::Size;
use super::vendors::{OWNERS, PLACES, TWIN, Vendor};
use crate::value::Decimal;

/// A project.
#[derive(Clone, Debug)]
pub struct Project {
    /// `1001`.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Street.
    pub address: String,
    /// City.
    pub city: &'static str,
    /// Two-letter state.
    pub state: &'static str,
    /// Postal code.
    pub zip: String,
    /// `2026-01-05`.
    pub start_date: String,
    /// `2027-03-31`.
    pub completion_date: String,
    /// Who has it built: a customer of Acumatica, a company of Procore's directory.
    pub owner: Owner,
    /// Parts that are budgeted and costed by themselves.
    pub sub_jobs: Vec<SubJob>,
    /// Tiers of change orders in Procore: 1, 2 or 3.
    pub tiers: u8,
    /// Whether the budget is locked in Procore (BR-30).
    pub budget_locked: bool,
    /// Its budget, but for the lines that its subcontracts come to.
    pub budget: Vec<BudgetLine>,
    /// What was moved within these lines.
    pub budget_moves: Vec<BudgetMove>,
    /// The contract with the owner.
    pub prime: PrimeContract,
    /// Changes of it, where it is in Procore.
    pub prime_changes: Vec<PrimeChange>,
    /// Billing periods.
    pub periods: Vec<Period>,
    /// Invoices to the owner, where the contract is in Procore.
    pub owner_invoices: Vec<OwnerInvoice>,
    /// Its subcontracts in Procore.
    pub subcontracts: Vec<Subcontract>,
    /// Its purchase orders in Procore.
    pub purchase_orders: Vec<PurchaseOrder>,
    /// Changes of both.
    pub commitment_changes: Vec<CommitmentChange>,
    /// Invoices against both.
    pub invoices: Vec<Invoice>,
}

/// Who has a project built.
#[derive(Clone, Debug, Default)]
pub struct Owner {
    /// `C000001`, in Acumatica.
    pub id: String,
    /// The name, in both.
    pub name: String,
}

/// A sub job of a project.
#[derive(Clone, Debug)]
pub struct SubJob {
    /// `EAST`: the first segment of its budget codes.
    pub code: &'static str,
    /// What it is.
    pub name: &'static str,
    /// Indexes into [`Company::cost_codes`](super::Company::cost_codes): the codes that it has copies of.
    pub cost_codes: Vec<usize>,
}

/// Code and name of the sub jobs that projects have.
const SUB_JOBS: [(&str, &str); 3] = [("EAST", "East wing"), ("WEST", "West wing"), ("SITE", "Site and roads")];

impl Project {
    /// Budget codes that lines may have: cost codes that its subcontracts use, and those of its sub jobs, each with the first
    /// account groups.
    pub(super) fn codes_at_hand(&self, groups: usize) -> Vec<BudgetCode> {
        let own = self.contract_codes().into_iter().map(|code| (None, code.cost_code));
        let below = self.sub_jobs.iter().enumerate().flat_map(|(at, job)| job.cost_codes.iter().map(move |code| (Some(at), *code)));
        let mut pairs: Vec<(Option<usize>, usize)> = own.chain(below).collect();
        pairs.dedup();
        let with_group = |(sub_job, cost_code): (Option<usize>, usize)| {
            (0..groups).map(move |account_group| BudgetCode { sub_job, cost_code, account_group })
        };
        pairs.into_iter().flat_map(with_group).collect()
    }
}

/// The project as it was first drawn: where it is, and its subcontracts.
pub(super) fn draw_project(rng: &mut Rng, at: usize, vendors: &[Vendor], size: Size) -> Project {
    let active: Vec<usize> = (0..vendors.len()).filter(|at| vendors[*at].active && vendors[*at].name != TWIN).collect();
    let (city, state) = PLACES[rng.usize(..PLACES.len())];
    let number = format!("{}", 1001 + at);
    let kinds = ["Elementary School", "Medical Office", "Distribution Center", "Parking Structure", "Library", "Fire Station"];
    let drawn = 2 + rng.usize(..4);
    let count = size.subcontracts.unwrap_or(drawn);
    let prime = PrimeContract {
        number: number.clone(),
        title: String::new(),
        retainage_percent: Decimal::ZERO,
        in_procore: false,
        lines: Vec::new(),
    };
    Project {
        name: format!("{} {}", OWNERS[(at * 7 + 3) % OWNERS.len()], kinds[at % kinds.len()]),
        address: format!("{} {} Avenue", 1 + rng.u32(..999), OWNERS[rng.usize(..OWNERS.len())]),
        city,
        state,
        zip: format!("{:05}", 10_000 + rng.u32(..89_000)),
        start_date: format!("2026-{:02}-01", 1 + rng.u32(..6)),
        completion_date: format!("2027-{:02}-28", 1 + rng.u32(..12)),
        subcontracts: (0..count).map(|nth| draw_subcontract(rng, &number, nth, &active)).collect(),
        number,
        owner: Owner::default(),
        sub_jobs: Vec::new(),
        tiers: 1,
        budget_locked: true,
        budget: Vec::new(),
        budget_moves: Vec::new(),
        prime,
        prime_changes: Vec::new(),
        periods: Vec::new(),
        owner_invoices: Vec::new(),
        purchase_orders: Vec::new(),
        commitment_changes: Vec::new(),
        invoices: Vec::new(),
    }
}

/// All that came later, each part from those before it.
pub(super) fn complete(rng: &mut Rng, project: &mut Project, vendors: &[Vendor], (at, size): (usize, Size)) {
    project.owner = Owner { id: format!("C{:06}", at + 1), name: format!("{} Public Works {}", project.city, project.number) };
    project.sub_jobs = SUB_JOBS.iter().take(size.sub_jobs).map(|(code, name)| sub_job(rng, (code, name), size)).collect();
    project.tiers = [1, 2, 3][at % 3];
    project.budget_locked = at % 10 != 2;
    project.budget = draw_budget(rng, project, size);
    project.budget_moves = draw_moves(rng, project.budget.len());
    project.prime = draw_prime(rng, project, at);
    project.periods = draw_periods(&project.start_date);
    if project.prime.in_procore {
        project.prime_changes = draw_prime_changes(rng, &project.prime);
        project.owner_invoices = draw_owner_invoices(&project.prime, project);
    }
    project.purchase_orders = draw_purchase_orders(rng, project, vendors, (at, size));
    project.commitment_changes = draw_commitment_changes(rng, project, size);
    project.invoices = draw_invoices(rng, project, size);
}

/// A few codes in a small company, all of them in a large one.
fn sub_job(rng: &mut Rng, (code, name): (&'static str, &'static str), size: Size) -> SubJob {
    let mut cost_codes: Vec<usize> = (0..COST_CODES.len()).collect();
    if size.budget_lines.is_none() {
        rng.shuffle(&mut cost_codes);
        cost_codes.truncate(3);
        cost_codes.sort_unstable();
    }
    SubJob { code, name, cost_codes }
}
