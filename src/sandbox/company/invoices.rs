//! The practice company: what subcontractors and suppliers ask for, and what the owner is asked for, period by period.

use fastrand::Rng;

use super::changes::evenly;
use super::contracts::Commitment;
use super::prime::PrimeContract;
use super::progress::{Progress, Step};
use super::project::Project;
use super::size::Size;
use crate::value::Decimal;

/// A billing period of a project.
#[derive(Clone, Debug)]
pub struct Period {
    /// First day.
    pub start: String,
    /// Last day.
    pub end: String,
}

/// An invoice against a commitment.
#[derive(Clone, Debug)]
pub struct Invoice {
    /// What it is against.
    pub commitment: Commitment,
    /// Running number on the commitment, from 1.
    pub number: usize,
    /// The supplier's own number.
    pub invoice_number: String,
    /// Index into [`Project::periods`].
    pub period: usize,
    /// `approved`, or a status that is not offered to accounting.
    pub status: &'static str,
    /// Lines of the contract.
    pub items: Vec<Progress>,
    /// Lines of approved change orders: index into [`Project::commitment_changes`], and the line of it.
    pub change_items: Vec<(usize, Progress)>,
}

/// An invoice to the owner.
#[derive(Clone, Debug)]
pub struct OwnerInvoice {
    /// Running number, from 1.
    pub number: usize,
    /// Index into [`Project::periods`].
    pub period: usize,
    /// `approved`, or a status that is not offered to accounting.
    pub status: &'static str,
    /// Lines of the prime contract.
    pub items: Vec<Progress>,
    /// Approved changes as wholes: the line is an index into [`Project::prime_changes`].
    pub change_items: Vec<Progress>,
}

impl Invoice {
    /// What it asks for; less than nothing in a credit.
    pub fn due(&self) -> Decimal {
        self.items.iter().chain(self.change_items.iter().map(|(_, item)| item)).map(Progress::due).sum()
    }
}

impl OwnerInvoice {
    /// What it asks for.
    pub fn due(&self) -> Decimal {
        self.items.iter().chain(&self.change_items).map(Progress::due).sum()
    }
}

const WORK: fn(i64) -> Step = |work| Step { work, stored: 0, released: 0 };

/// What happens in the periods of the first commitments, in turn: plain work and a release of retainage; materials that are
/// stored and built in; work and a credit; work, and a draft.
fn story(nth: usize) -> Vec<(Step, &'static str)> {
    match nth % 4 {
        0 => vec![(WORK(40), "approved"), (WORK(35), "approved_as_noted"), (Step { released: 50, ..WORK(10) }, "approved")],
        1 => vec![(Step { stored: 15, ..WORK(30) }, "approved"), (WORK(20), "approved")],
        2 => vec![(WORK(50), "approved"), (WORK(-10), "approved")],
        _ => vec![(WORK(25), "pending_owner_approval"), (WORK(25), "draft")],
    }
}

/// Three months from the month after the start.
pub(super) fn draw_periods(start: &str) -> Vec<Period> {
    let month = |at: u32| start.get(5..7).and_then(|month| month.parse::<u32>().ok()).unwrap_or(1) + 1 + at;
    (0..3).map(month).map(|month| Period { start: format!("2026-{month:02}-01"), end: format!("2026-{month:02}-28") }).collect()
}

pub(super) fn draw_invoices(rng: &mut Rng, project: &Project, size: Size) -> Vec<Invoice> {
    let mut invoices = Vec::new();
    for (nth, commitment) in evenly(project, size.invoiced).into_iter().enumerate() {
        let (lines, _, percent) = project.terms(commitment);
        let standing = lines.iter().enumerate().filter(|(_, line)| !line.deleted);
        let mut items: Vec<Progress> = standing.map(|(at, line)| Progress::start(at, line.amount, percent)).collect();
        let mut change_items = added_lines(project, commitment, percent);
        for (period, (step, status)) in story(nth).into_iter().enumerate() {
            items = items.iter().map(|item| item.next(step)).collect();
            // Change orders were agreed in the first period and worked on from the second.
            if period > 0 {
                change_items = change_items.iter().map(|(change, item)| (*change, item.next(step))).collect();
            }
            invoices.push(Invoice {
                commitment,
                number: period + 1,
                invoice_number: format!("{}-{:03}-{}", rng.u32(1_000..9_000), nth + 1, period + 1),
                period,
                status,
                items: items.clone(),
                change_items: if period > 0 { change_items.clone() } else { Vec::new() },
            });
        }
    }
    invoices
}

/// The lines of approved changes, with nothing invoiced of them.
fn added_lines(project: &Project, commitment: Commitment, percent: Option<Decimal>) -> Vec<(usize, Progress)> {
    let changes = project.commitment_changes.iter().enumerate();
    let approved = changes.filter(|(_, change)| change.commitment == commitment && change.is_approved());
    let lines = approved.flat_map(|(at, change)| change.lines.iter().enumerate().map(move |(line, of)| (at, line, of)));
    lines.map(|(at, line, of)| (at, Progress::start(line, of.amount, percent))).collect()
}

/// Two that went out, the second with materials built in and retainage released, and a draft.
pub(super) fn draw_owner_invoices(prime: &PrimeContract, project: &Project) -> Vec<OwnerInvoice> {
    let percent = Some(prime.retainage_percent);
    let mut items: Vec<Progress> = prime.lines.iter().enumerate().map(|(at, line)| Progress::start(at, line.amount, percent)).collect();
    let approved = project.prime_changes.iter().enumerate().filter(|(_, change)| change.status == "approved");
    let mut change_items: Vec<Progress> = approved.map(|(at, change)| Progress::start(at, change.total(), percent)).collect();
    let story = [(Step { stored: 10, ..WORK(30) }, "approved"), (Step { released: 25, ..WORK(30) }, "approved"), (WORK(10), "draft")];
    let mut invoices = Vec::new();
    for (period, (step, status)) in story.into_iter().enumerate() {
        items = items.iter().map(|item| item.next(step)).collect();
        if period > 0 {
            change_items = change_items.iter().map(|item| item.next(step)).collect();
        }
        let change_items = if period > 0 { change_items.clone() } else { Vec::new() };
        invoices.push(OwnerInvoice { number: period + 1, period, status, items: items.clone(), change_items });
    }
    invoices
}
