//! `plan`: shows the change set, and writes nothing anywhere.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on};
use crate::cli::view::check::shipped_line;
use crate::cli::view::{Done, Shown, run};
use crate::config::Wired;
use crate::sync::{ChangeSet, Mode, Report};

/// Show what a sync would do, field by field, without doing it
///
/// Nothing is written to either system or to the state file. The exit code is 1 when there is something to do.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// Mappings to plan; all of them when none is named
    #[arg(value_name = "MAPPING")]
    names: Vec<String>,
    /// Save the plan to a file, for `crosswalk apply`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs it.
pub(super) fn run(plan: &Plan, session: &Session) -> Result<Done, Stop> {
    block_on(async {
        let wired = session.looking_on().await?;
        let progress = session.progress();
        let report = wired.run(&progress, &plan.names, Mode::Plan, "plan").await?;
        if let Some(file) = &plan.out {
            let text = serde_json::to_string_pretty(&change_set(&report, &wired)).expect("a plan is always JSON");
            fs::write(file, text).map_err(|problem| Stop::file(file, "written", &problem))?;
        }
        let exit = if report.is_nothing() && !report.is_incomplete() { Exit::Done } else { Exit::Look };
        Ok(Done::new(
            exit,
            Shown { text: format!("{}{}", shipped_line(&wired.workspace.folders.shipped()), text(plan, &report)), data: report },
        ))
    })
}

/// The change set of a report, under the mappings as they are now.
pub(super) fn change_set(report: &Report, wired: &Wired) -> ChangeSet {
    let mappings = wired.workspace.plans.iter().map(|plan| (plan.name.clone(), plan.fingerprint.clone())).collect();
    ChangeSet::of(report, mappings)
}

fn text(plan: &Plan, report: &Report) -> String {
    let next = match (&plan.out, report.is_nothing()) {
        (_, true) => "nothing to do".to_owned(),
        (Some(file), false) => format!("saved; do exactly this with `crosswalk apply {} --yes`", file.display()),
        (None, false) => "nothing was written; do it with `crosswalk sync --yes`, or save the plan with `--out FILE`".to_owned(),
    };
    format!("{}{}\n{next}\n", run::changes(report), run::report(report))
}
