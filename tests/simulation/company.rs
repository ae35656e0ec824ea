//! The smallest companies that have a document of every kind: what simulated runs carry from one system to the other.

use std::collections::BTreeSet;

use crosswalk::connector::Clock;
use crosswalk::sandbox::company::{BudgetCode, ChangeLine};
use crosswalk::sandbox::{AcumaticaOptions, Company, Numbering, Size};

use crate::world::Setup;

/// A world with one project that has a sub job, a budget, a subcontract, an order, a prime contract, a change of each, invoices
/// both ways with retainage, and costs.
pub(crate) fn small(seed: u64) -> Setup {
    let size = Size { subcontracts: Some(1), purchase_orders: 1, budget_lines: Some(4), sub_jobs: 1, changed: 1, invoiced: 1, costs: 1 };
    let mut company = Company::draw_sized(seed, 1, size);
    // One in four has everything.
    if !seed.is_multiple_of(4) {
        leave_out(&mut company, fastrand::Rng::with_seed(seed));
    }
    shrink(&mut company);
    // Odd companies number by hand.
    let by_itself = seed.is_multiple_of(2);
    let settings = if by_itself {
        r#"{"projects": {"template": "BUILD"}, "prime_contracts": {"cost_code": "01-1000"}, "budgets": {"changes": "budget_modifications"},
            "numbering": {"vendors": {"automatic": true}, "subcontracts": {"automatic": true}, "purchase_orders": {"automatic": true}}}"#
    } else {
        r#"{"projects": {"template": "BUILD"}, "prime_contracts": {"cost_code": "01-1000"}, "budgets": {"changes": "budget_modifications"}}"#
    };
    let numbering = if by_itself { Numbering::Automatic } else { Numbering::Manual };
    let numbered = |options: &mut AcumaticaOptions| {
        let orders = options.numbering.get("Subcontract").copied().unwrap_or(Numbering::Manual);
        options.numbering.insert("PurchaseOrder".to_owned(), orders);
    };
    let usual = Setup { company, costs: 1, subcontract_numbers: numbering, ..Setup::usual() }.settings(settings);
    Setup { acumatica: Some(numbered), ..usual }
}

/// Leaves out some kinds of documents: most runs are about a few of them.
fn leave_out(company: &mut Company, mut dice: fastrand::Rng) {
    let project = &mut company.projects[0];
    if dice.bool() {
        project.prime.lines.clear();
        project.prime_changes.clear();
        project.owner_invoices.clear();
    }
    if dice.bool() {
        project.sub_jobs.clear();
        project.budget.clear();
        project.budget_moves.clear();
        // What lay below a sub job lies below the project.
        let lines = project.subcontracts.iter_mut().flat_map(|contract| &mut contract.lines);
        lines.chain(project.purchase_orders.iter_mut().flat_map(|order| &mut order.lines)).for_each(|line| line.sub_job = None);
        project.commitment_changes.iter_mut().flat_map(|order| &mut order.lines).for_each(|line| line.code.sub_job = None);
        project.prime_changes.iter_mut().flat_map(|order| &mut order.lines).for_each(|line| line.code.sub_job = None);
        project.prime.lines.iter_mut().for_each(|line| line.code.sub_job = None);
    }
    if dice.bool() {
        // Invoices come before what they bill.
        project.invoices.clear();
        project.commitment_changes.clear();
    }
}

/// Leaves out vendors, cost codes and lines that no document needs.
fn shrink(company: &mut Company) {
    let project = &mut company.projects[0];
    project.purchase_orders.retain(|order| !order.deleted);
    project.purchase_orders.truncate(1);
    project.budget_locked = true;
    // Lines of a contract that Procore has already are taken over in the order of a list that has none: which is which is chance.
    project.prime.in_procore = false;
    for sub_job in &mut project.sub_jobs {
        sub_job.cost_codes.truncate(1);
    }
    let mut vendors: Vec<usize> = project.subcontracts.iter().map(|contract| contract.vendor).collect();
    vendors.extend(project.purchase_orders.iter().map(|order| order.vendor));
    // One whom only Acumatica knows.
    vendors.push((0..company.vendors.len()).find(|at| !company.vendors[*at].in_procore && company.vendors[*at].active).unwrap_or(0));
    vendors.sort_unstable();
    vendors.dedup();
    let place = |old: usize, kept: &[usize]| kept.iter().position(|kept| *kept == old).unwrap_or(0);
    project.subcontracts.iter_mut().for_each(|contract| contract.vendor = place(contract.vendor, &vendors));
    project.purchase_orders.iter_mut().for_each(|order| order.vendor = place(order.vendor, &vendors));
    let mut codes = BTreeSet::from([0, 1]);
    let mut each_code = |change: &mut dyn FnMut(&mut usize)| {
        let contract_lines = project.subcontracts.iter_mut().flat_map(|contract| &mut contract.lines);
        contract_lines
            .chain(project.purchase_orders.iter_mut().flat_map(|order| &mut order.lines))
            .for_each(|line| change(&mut line.cost_code));
        let of_change = |line: &mut ChangeLine, change: &mut dyn FnMut(&mut usize)| change(&mut line.code.cost_code);
        project.commitment_changes.iter_mut().flat_map(|order| &mut order.lines).for_each(|line| of_change(line, change));
        project.prime_changes.iter_mut().flat_map(|order| &mut order.lines).for_each(|line| of_change(line, change));
        let of_code = |code: &mut BudgetCode, change: &mut dyn FnMut(&mut usize)| change(&mut code.cost_code);
        project.budget.iter_mut().for_each(|line| of_code(&mut line.code, change));
        project.prime.lines.iter_mut().for_each(|line| of_code(&mut line.code, change));
        project.sub_jobs.iter_mut().flat_map(|job| &mut job.cost_codes).for_each(change);
    };
    each_code(&mut |code| {
        codes.insert(*code);
    });
    let codes: Vec<usize> = codes.into_iter().collect();
    each_code(&mut |code| *code = place(*code, &codes));
    company.cost_codes = codes.iter().filter_map(|at| company.cost_codes.get(*at).cloned()).collect();
    company.vendors = vendors.iter().map(|at| company.vendors[*at].clone()).collect();
}

/// The morning after: every day begins at the same hour, whatever the one before was like.
pub(crate) fn next_morning(clock: &crosswalk::connector::TurnedClock) {
    let now = clock.now().to_zoned(jiff::tz::TimeZone::UTC);
    let morning = now.date().tomorrow().and_then(|day| day.at(8, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC));
    let left = morning.map(|morning| morning.timestamp().duration_since(now.timestamp()));
    clock.turn(left.unwrap_or_default().unsigned_abs());
}
