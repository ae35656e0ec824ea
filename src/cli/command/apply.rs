//! `apply`: does what a saved plan says, or nothing.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::plan::change_set;
use super::sync::{chosen, exit};
use crate::cli::exit::Stop;
use crate::cli::session::{Session, block_on};
use crate::cli::view::{Done, Shown, run};
use crate::sync::{ChangeSet, Mode};

/// Do exactly what a saved plan says
///
/// The plan is made anew first; when it comes out otherwise, because the world moved on, nothing is sent.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The file that `crosswalk plan --out` wrote
    plan: PathBuf,
    /// Consent to its exports as the accounting approver
    #[arg(long)]
    yes: bool,
}

/// Runs it.
pub(super) fn run(apply: &Apply, session: &Session) -> Result<Done, Stop> {
    let text = fs::read_to_string(&apply.plan).map_err(|problem| Stop::file(&apply.plan, "read", &problem))?;
    let saved = ChangeSet::read(&text).map_err(|problem| Stop::usage(format!("{}: {problem}", apply.plan.display()), None))?;
    if !apply.yes {
        return Err(Stop::usage("a plan is applied with the approver's consent", Some("add `--yes`".to_owned())));
    }
    let mut names: Vec<String> = saved.changes.iter().map(|change| change.mapping.clone()).collect();
    names.sort();
    names.dedup();
    let setup = session.setup()?;
    session.acting(&setup)?.may_run(chosen(&setup, &names), true)?;
    block_on(async {
        let wired = session.wire(setup).await?;
        saved.is_of(&wired.workspace.in_force())?;
        let progress = session.progress();
        let now = wired.run(&progress, &names, Mode::Plan, "plan").await?;
        saved.hold_against(&change_set(&now, &wired))?;
        let mode = Mode::Apply { consent: true, only: Some(&saved) };
        let report = wired.run(&progress, &names, mode, &format!("apply {} --yes", apply.plan.display())).await?;
        Ok(Done::new(exit(&report), Shown { text: run::report(&report), data: report }))
    })
}
