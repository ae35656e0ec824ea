//! `drift`: whether linked records are as they were left, and whether both sides add up to the same money.

use clap::Args;

use super::known_mappings;
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on};
use crate::cli::view::{Done, Shown, drift};
use crate::sync::{Reconciled, Total};
use crate::value::{Record, Value};

/// Compare what both systems hold now with what was left: edits, deletions, new codes, duplicates
///
/// Nothing is written anywhere. The exit code is 1 when something is not as it was left, or (with `--reconcile`) when the money differs.
#[derive(Debug, Args)]
pub(crate) struct Drift {
    /// Mappings to look at, with all that share their links; all of them when none is named
    #[arg(value_name = "MAPPING")]
    names: Vec<String>,
    /// Add up money on both sides instead, for each project and mapping, to the cent
    #[arg(long)]
    reconcile: bool,
}

/// Runs it.
pub(super) fn run(drift: &Drift, session: &Session) -> Result<Done, Stop> {
    known_mappings(&drift.names, &session.setup()?)?;
    block_on(async {
        let wired = session.looking_on().await?;
        if drift.reconcile {
            let (totals, costs) = wired.totals(&drift.names).await?;
            let exit = if totals.agree() && costs.iter().all(Reconciled::agrees) { Exit::Done } else { Exit::Look };
            let mut data = Record::new();
            data.set("totals", totals.lines.iter().map(Total::to_value).collect::<Vec<_>>());
            data.set("job_costs", costs.iter().map(Reconciled::to_value).collect::<Vec<_>>());
            data.set("notes", totals.notes.iter().map(|note| Value::text(note.as_str())).collect::<Vec<_>>());
            data.set("agree", exit == Exit::Done);
            return Ok(Done::new(exit, Shown { text: drift::totals(&totals, &costs), data: Value::Record(data) }));
        }
        let report = wired.drift(&session.progress(), &drift.names).await?;
        let exit = if report.is_nothing() { Exit::Done } else { Exit::Look };
        Ok(Done::new(exit, Shown { text: drift::text(&report), data: report }))
    })
}
