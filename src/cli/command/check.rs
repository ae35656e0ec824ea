//! `check`: every problem of every file, at its place.

use clap::Args;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::cli::view::{Done, check::Findings};
use crate::config;
use crate::diagnostic::any_error;

/// Check the settings file, mappings, schemas and cases
///
/// Prints every problem of every file at its place, with what to do about it. Nothing is sent anywhere.
#[derive(Debug, Args)]
pub(crate) struct Check {}

/// Runs it.
pub(super) fn run(session: &Session) -> Done {
    let checked = config::check(&session.asked);
    let exit = if any_error(&checked.problems) { Exit::Unsound } else { Exit::Done };
    Done::new(exit, Findings(checked))
}
