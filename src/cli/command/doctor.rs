//! `doctor`: whether both systems have what settings and mappings ask of them.

use std::sync::Arc;

use clap::Args;

use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on, wiring};
use crate::cli::view::{Done, Shown, doctor};
use crate::config::{Examination, Standing};
use crate::connector::WallClock;

/// Sign in to both systems and tell what is right there, what is missing, and how to mend it
///
/// Both are only read, and so is nothing of the state file. The exit code is 1 when there is something to mend, and 4 when a system
/// could not be asked; the other one is examined all the same.
#[derive(Debug, Args)]
pub(crate) struct Doctor {}

/// Runs it.
pub(super) fn run(_doctor: &Doctor, session: &Session) -> Result<Done, Stop> {
    let setup = session.setup_to_look()?;
    let actor = session.acting(&setup)?.name().to_owned();
    block_on(async {
        let (workspace, wiring) = wiring(setup, &actor, true)?;
        let examination = wiring.examine(&workspace, Arc::new(WallClock)).await?;
        Ok(Done::new(exit(&examination), Shown { text: doctor::text(&examination), data: examination }))
    })
}

fn exit(examination: &Examination) -> Exit {
    match (examination.count(Standing::OutOfReach), examination.count(Standing::Amiss)) {
        (0, 0) => Exit::Done,
        (0, _) => Exit::Look,
        _ => Exit::Unreachable,
    }
}
