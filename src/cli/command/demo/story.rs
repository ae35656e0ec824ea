//! What the demo does in one profile: days of both offices with a sync after each, both sides added up, and once more.

use std::time::Instant;

use super::books::Books;
use super::totals::{left_out, totals};
use crate::cli::exit::Stop;
use crate::cli::view::{progress::Progress, run};
use crate::config::Wired;
use crate::sandbox::Sandbox;
use crate::sync::{Counts, Mode, Reconciled, Report, Silence};

/// Tells it; gives back whether both sides agree and nothing is left to do.
pub(super) async fn tell(wired: &Wired, sandbox: &Sandbox) -> Result<bool, Stop> {
    println!("1. everything once: reference data in, projects, budgets, contracts and invoices out\n");
    day(wired, "demo, first sync").await?;
    println!("\n2. the accountants release bills and invoices, pay by checks and void one; then a sync brings it back\n");
    at_work(sandbox);
    day(wired, "demo, second sync").await?;
    println!("\n3. they release and pay the retainage that came out meanwhile; a third sync\n");
    at_work(sandbox);
    let last = day(wired, "demo, third sync").await?;
    println!("\n4. both sides added up, to the cent: direct costs = job to date cost - commitment invoiced\n");
    let reconciled = by_project(wired).await?;
    let books = Books::of(sandbox, &last);
    let totals = totals(&wired.workspace, &books);
    print!("{}", run::totals(&totals));
    println!("\n   left out on purpose, for a person has to settle it first:");
    left_out(&wired.workspace, &books).iter().for_each(|held| println!("   {held}"));
    println!("\n5. once more, to see that nothing is left to do\n");
    let begun = Instant::now();
    let again = sync(wired, "demo, last sync").await?;
    let written = written(&again);
    let sum = |of: fn(&Counts) -> u64| again.mappings.iter().map(|mapping| of(&mapping.counts)).sum::<u64>();
    let (unchanged, held) = (sum(|counts| counts.unchanged), sum(|counts| counts.held));
    println!("   {written} records written, {unchanged} unchanged, {held} held; took {:.1} s", begun.elapsed().as_secs_f32());
    let held = again.mappings.iter().filter(|mapping| mapping.counts.held > 0);
    let held: Vec<String> = held.map(|mapping| format!("{} of {}", mapping.counts.held, mapping.mapping)).collect();
    if !held.is_empty() {
        println!("   held for a person to settle, with the reasons told above: {}", held.join(", "));
    }
    Ok(written == 0 && reconciled.iter().all(Reconciled::agrees) && totals.iter().all(run::Total::agrees))
}

/// A sync, told.
async fn day(wired: &Wired, command: &str) -> Result<Report, Stop> {
    let begun = Instant::now();
    let report = sync(wired, command).await?;
    print!("{}", run::report(&report));
    println!("\n   took {:.1} s", begun.elapsed().as_secs_f32());
    Ok(report)
}

/// The accountants' day: what came is released, vendors are paid, one check is voided.
fn at_work(sandbox: &Sandbox) {
    let checks = sandbox.acumatica.accountants().work();
    println!("   {} checks\n", checks.len());
}

fn written(report: &Report) -> u64 {
    report.mappings.iter().map(|mapping| mapping.counts.created + mapping.counts.updated + mapping.counts.adopted).sum()
}

/// What the programming interfaces show, project by project, where the job cost mappings are in force.
async fn by_project(wired: &Wired) -> Result<Vec<Reconciled>, Stop> {
    if !["job_costs_report", "budget_costs", "direct_costs"].iter().all(|name| wired.workspace.plan(name).is_some()) {
        return Ok(Vec::new());
    }
    let reconciled = wired.engine(&Silence).reconcile().await?;
    println!("{}", run::reconciled(&reconciled));
    Ok(reconciled)
}

async fn sync(wired: &Wired, command: &str) -> Result<Report, Stop> {
    Ok(wired.run(&Progress::new(false), &[], Mode::Apply { consent: true, only: None }, command).await?)
}
