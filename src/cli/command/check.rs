//! `check`: every problem of every file, at its place.

use clap::Args;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::cli::view::{
    Done,
    check::{Findings, Form},
};
use crate::config;
use crate::diagnostic::any_error;

/// Check the settings file, mappings, schemas and cases
///
/// Prints every problem of every file at its place, with what to do about it. Nothing is sent anywhere.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The form of the answer: `github` for annotations of a pull request, `sarif` for editors and code scanning
    #[arg(long, value_name = "FORM", default_value = "text", conflicts_with = "json")]
    format: Form,
}

/// Runs it.
pub(super) fn run(check: &Check, session: &Session) -> Done {
    let checked = config::check(&session.asked);
    let exit = if any_error(&checked.problems) { Exit::Unsound } else { Exit::Done };
    Done::new(exit, Findings { checked, form: check.format })
}
