//! The practice company: subcontracts and purchase orders with their schedules of values.

use fastrand::Rng;

use super::codes::{BudgetCode, COST_CODES};
use super::project::Project;
use super::size::Size;
use super::vendors::{TWIN, Vendor};
use crate::value::{Decimal, round_half_up};

/// A subcontract of a project.
#[derive(Clone, Debug)]
pub struct Subcontract {
    /// `SC-1001-001`.
    pub number: String,
    /// Index into [`Company::vendors`](super::Company::vendors); always an active vendor.
    pub vendor: usize,
    /// Its title.
    pub title: String,
    /// `Approved`, or a status that is not offered to accounting.
    pub status: &'static str,
    /// Unit-based (quantity × unit cost) rather than amount-based.
    pub unit_based: bool,
    /// Percent 0–100; none on some.
    pub retainage_percent: Option<Decimal>,
    /// `2026-02-01`.
    pub start_date: String,
    /// The schedule of values.
    pub lines: Vec<ContractLine>,
}

/// A purchase order of a project. The awkward cases are among these.
#[derive(Clone, Debug)]
pub struct PurchaseOrder {
    /// `PO-1001-001`.
    pub number: String,
    /// Index into [`Company::vendors`](super::Company::vendors); inactive on one, one of the twins on another.
    pub vendor: usize,
    /// Its title; longer than accounting allows on one (BR-49).
    pub title: String,
    /// `Approved`, or a status that is not offered to accounting.
    pub status: &'static str,
    /// Unit-based (quantity × unit cost) rather than amount-based.
    pub unit_based: bool,
    /// Percent 0–100; none on some.
    pub retainage_percent: Option<Decimal>,
    /// `2026-02-01`.
    pub delivery_date: String,
    /// By how much the header differs from the sum of the lines.
    pub off_by: Decimal,
    /// It was deleted since.
    pub deleted: bool,
    /// The schedule of values.
    pub lines: Vec<ContractLine>,
}

/// A line of a schedule of values.
#[derive(Clone, Debug)]
pub struct ContractLine {
    /// Index into the project's sub jobs; none for the project itself.
    pub sub_job: Option<usize>,
    /// Index into [`Company::cost_codes`](super::Company::cost_codes).
    pub cost_code: usize,
    /// Index into [`Company::account_groups`](super::Company::account_groups); always an active expense group with an item.
    pub account_group: usize,
    /// Blank on some lines.
    pub description: Option<String>,
    /// Quantity of a unit-based line.
    pub quantity: Decimal,
    /// Cost of one unit.
    pub unit_cost: Decimal,
    /// The line's amount, to the cent.
    pub amount: Decimal,
    /// It was deleted since.
    pub deleted: bool,
}

/// Which commitment of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commitment {
    /// Index into [`Project::subcontracts`].
    Subcontract(usize),
    /// Index into [`Project::purchase_orders`].
    PurchaseOrder(usize),
}

impl ContractLine {
    /// Its budget code.
    pub fn code(&self) -> BudgetCode {
        BudgetCode { sub_job: self.sub_job, cost_code: self.cost_code, account_group: self.account_group }
    }
}

impl Project {
    /// Its approved commitments that are still there, subcontracts first.
    pub fn commitments(&self) -> Vec<Commitment> {
        let approved = |status: &str| status == "Approved";
        let subcontracts = self.subcontracts.iter().enumerate().filter(|(_, contract)| approved(contract.status));
        let orders = self.purchase_orders.iter().enumerate().filter(|(_, order)| approved(order.status) && !order.deleted);
        subcontracts.map(|(at, _)| Commitment::Subcontract(at)).chain(orders.map(|(at, _)| Commitment::PurchaseOrder(at))).collect()
    }

    /// The lines of a commitment, whether it is unit-based, and its retainage.
    pub fn terms(&self, commitment: Commitment) -> (&[ContractLine], bool, Option<Decimal>) {
        match commitment {
            Commitment::Subcontract(at) => {
                let contract = &self.subcontracts[at];
                (&contract.lines, contract.unit_based, contract.retainage_percent)
            }
            Commitment::PurchaseOrder(at) => {
                let order = &self.purchase_orders[at];
                (&order.lines, order.unit_based, order.retainage_percent)
            }
        }
    }
}

pub(super) fn draw_subcontract(rng: &mut Rng, project: &str, nth: usize, vendors: &[usize]) -> Subcontract {
    let unit_based = rng.u8(..3) == 0;
    let lines = 2 + rng.usize(..6);
    Subcontract {
        number: format!("SC-{project}-{:03}", nth + 1),
        vendor: vendors[rng.usize(..vendors.len())],
        title: format!("Work package {} of project {project}", nth + 1),
        status: if nth == 1 { "Draft" } else { "Approved" },
        unit_based,
        retainage_percent: [Some(Decimal::new(100, 1)), Some(Decimal::from(5)), None][rng.usize(..3)],
        start_date: format!("2026-{:02}-{:02}", 2 + rng.u32(..8), 1 + rng.u32(..28)),
        lines: (0..lines).map(|line| draw_line(rng, unit_based, line)).collect(),
    }
}

fn draw_line(rng: &mut Rng, unit_based: bool, nth: usize) -> ContractLine {
    let unit_cost = Decimal::new(rng.i64(500..9_000_000), 2);
    let quantity = if unit_based { Decimal::new(rng.i64(1..4_000), 1) } else { Decimal::ONE };
    ContractLine {
        sub_job: None,
        cost_code: rng.usize(..COST_CODES.len()),
        account_group: rng.usize(..4),
        description: (nth % 5 != 3).then(|| format!("Schedule of values line {}", nth + 1)),
        quantity,
        unit_cost,
        amount: round_half_up(quantity * unit_cost, 2),
        deleted: false,
    }
}

/// Purchase orders of companies that the directory has already, with codes that the project has already. The second is a
/// draft; the third is this project's awkward one.
pub(super) fn draw_purchase_orders(rng: &mut Rng, project: &Project, vendors: &[Vendor], (at, size): (usize, Size)) -> Vec<PurchaseOrder> {
    let known = |at: &usize| vendors[*at].in_procore && vendors[*at].active && vendors[*at].name != TWIN;
    let sellers: Vec<usize> = (0..vendors.len()).filter(known).collect();
    let codes = project.codes_at_hand(4);
    let mut orders: Vec<PurchaseOrder> = (0..size.purchase_orders)
        .map(|nth| {
            let unit_based = nth % 2 == 0;
            let count = 2 + rng.usize(..4);
            PurchaseOrder {
                number: format!("PO-{}-{:03}", project.number, nth + 1),
                vendor: sellers[rng.usize(..sellers.len())],
                title: format!("Material {} of project {}", nth + 1, project.number),
                status: if nth == 1 { "Draft" } else { "Approved" },
                unit_based,
                retainage_percent: [None, Some(Decimal::from(5))][rng.usize(..2)],
                delivery_date: format!("2026-{:02}-{:02}", 3 + rng.u32(..8), 1 + rng.u32(..28)),
                off_by: Decimal::ZERO,
                deleted: false,
                lines: (0..count).map(|line| draw_order_line(rng, &codes, (unit_based, line))).collect(),
            }
        })
        .collect();
    make_awkward(rng, vendors, (at, &codes), &mut orders);
    orders
}

fn draw_order_line(rng: &mut Rng, codes: &[BudgetCode], (unit_based, nth): (bool, usize)) -> ContractLine {
    let code = codes[rng.usize(..codes.len())];
    let line = draw_line(rng, unit_based, nth);
    ContractLine { sub_job: code.sub_job, cost_code: code.cost_code, account_group: code.account_group, ..line }
}

/// One order that was deleted, one whose lines are odd, and one that accounting cannot take: its vendor is inactive, its
/// title too long or its header off; the twin's turn comes with the third project, too.
fn make_awkward(rng: &mut Rng, vendors: &[Vendor], (at, codes): (usize, &[BudgetCode]), orders: &mut Vec<PurchaseOrder>) {
    let Some(pattern) = orders.last().cloned() else { return };
    let prefix = pattern.number.trim_end_matches(|letter: char| letter != '-').to_owned();
    let mut awkward = |suffix: &str, title: &str| PurchaseOrder {
        number: format!("{prefix}{suffix}"),
        title: title.to_owned(),
        unit_based: false,
        off_by: Decimal::ZERO,
        lines: (0..4).map(|nth| draw_order_line(rng, codes, (false, nth))).collect(),
        ..pattern.clone()
    };
    let mut odd = awkward("A01", "Odds and ends");
    odd.lines[0].amount = Decimal::ZERO;
    odd.lines[1].amount = -odd.lines[1].amount;
    odd.lines[2].deleted = true;
    let mut gone = awkward("A02", "Ordered twice");
    (gone.deleted, gone.status) = (true, "Draft");
    let mut refused = awkward("A03", "Fasteners and small parts");
    match at % 3 {
        0 => refused.vendor = vendors.iter().position(|vendor| !vendor.active).unwrap_or(refused.vendor),
        1 => refused.title = "Delivery of all doors, frames and hardware for the second and the third floor".to_owned(),
        _ => refused.off_by = Decimal::new(1_250, 2),
    }
    let count = orders.len();
    // They take the place of ordinary ones where a company is to have so many and no more.
    if count > 6 {
        orders.truncate(count - 3);
        if at % 3 == 2 {
            orders.truncate(count - 4);
        }
    }
    orders.extend([odd, gone, refused]);
    if at % 3 == 2 {
        let mut twin = awkward("A04", "From one of two");
        twin.vendor = vendors.iter().position(|vendor| vendor.name == TWIN).unwrap_or(twin.vendor);
        orders.push(twin);
    }
}
