//! What the demo does in one profile: everything once, both sides added up, and once more.

use std::time::Instant;

use super::totals::{Books, totals};
use crate::cli::exit::Stop;
use crate::cli::view::{progress::Progress, run};
use crate::config::Wired;
use crate::sandbox::Sandbox;
use crate::sync::{Counts, Mode, Reconciled, Report, Silence};

/// Tells it; gives back whether both sides agree and nothing is left to do.
pub(super) async fn tell(wired: &Wired, sandbox: &Sandbox) -> Result<bool, Stop> {
    let begun = Instant::now();
    println!("1. everything once: reference data in, projects and commitments out, job costs in\n");
    let first = sync(wired, "demo, first sync").await?;
    print!("{}", run::report(&first));
    println!("\n   took {:.1} s", begun.elapsed().as_secs_f32());
    println!("\n2. both sides added up, to the cent: direct costs = job to date cost - commitment invoiced\n");
    let reconciled = by_project(wired).await?;
    let totals = totals(&wired.workspace, &Books::of(sandbox));
    print!("{}", run::totals(&totals));
    println!("\n3. once more, to see that nothing is left to do\n");
    let begun = Instant::now();
    let second = sync(wired, "demo, second sync").await?;
    let sum = |of: fn(&Counts) -> u64| second.mappings.iter().map(|mapping| of(&mapping.counts)).sum::<u64>();
    let written = sum(|counts| counts.created + counts.updated + counts.adopted);
    let (unchanged, held) = (sum(|counts| counts.unchanged), sum(|counts| counts.held));
    println!("   {written} records written, {unchanged} unchanged, {held} held; took {:.1} s", begun.elapsed().as_secs_f32());
    let held = second.mappings.iter().filter(|mapping| mapping.counts.held > 0);
    let held: Vec<String> = held.map(|mapping| format!("{} of {}", mapping.counts.held, mapping.mapping)).collect();
    if !held.is_empty() {
        println!("   held for a person to settle, with the reasons told above: {}", held.join(", "));
    }
    Ok(written == 0 && reconciled.iter().all(Reconciled::agrees) && totals.iter().all(run::Total::agrees))
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
