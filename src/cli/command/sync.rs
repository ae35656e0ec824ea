//! `sync`: brings both systems up to date.

use clap::Args;

use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on};
use crate::cli::view::{Done, Shown, run};
use crate::config::Setup;
use crate::plan::Plan;
use crate::sync::{Mode, Report};

/// Bring both systems up to date: imports, and exports with consent
///
/// Without `--yes` exports are offered and wait for `crosswalk exports accept`; what is accepted goes.
#[derive(Debug, Args)]
pub(crate) struct Sync {
    /// Mappings to run; all of them when none is named
    #[arg(value_name = "MAPPING")]
    names: Vec<String>,
    /// Consent to exports as the accounting approver
    #[arg(long)]
    yes: bool,
}

/// Runs it.
pub(super) fn run(sync: &Sync, session: &Session) -> Result<Done, Stop> {
    let setup = session.setup()?;
    session.acting(&setup)?.may_run(chosen(&setup, &sync.names), sync.yes)?;
    block_on(async {
        let wired = session.wire(setup).await?;
        let progress = session.progress();
        let words = ["sync"].into_iter().chain(sync.names.iter().map(String::as_str)).chain(sync.yes.then_some("--yes"));
        let command = words.collect::<Vec<_>>().join(" ");
        let report = wired.run(&progress, &sync.names, Mode::Apply { consent: sync.yes, only: None }, &command).await?;
        Ok(Done::new(exit(&report), Shown { text: text(&report), data: report }))
    })
}

/// The mappings that a run would be about; names that are none are told when it begins.
pub(super) fn chosen<'s>(setup: &'s Setup, names: &'s [String]) -> impl Iterator<Item = &'s Plan> {
    setup.workspace.plans.iter().filter(|plan| names.is_empty() || names.contains(&plan.name))
}

/// How a run ends: 1 when something is held, waits or differs.
pub(super) fn exit(report: &Report) -> Exit {
    if report.is_incomplete() { Exit::Look } else { Exit::Done }
}

fn text(report: &Report) -> String {
    let mut text = run::report(report);
    let waiting: u64 = report.mappings.iter().map(|mapping| mapping.counts.waiting).sum();
    if waiting > 0 {
        text.push_str(&format!(
            "\n{} for an approver's consent: look with `crosswalk exports list`, then `crosswalk exports accept`; or accept all with \
             `crosswalk sync --yes`\n",
            if waiting == 1 { "1 export waits".to_owned() } else { format!("{waiting} exports wait") }
        ));
    }
    text
}
