//! `check`: every problem of every file, at its place.

use clap::Args;

use crate::cli::exit::{Exit, Stop};
use crate::cli::session::Session;
use crate::cli::view::{
    Done,
    check::{Findings, Form, Why},
    costs::Costs,
};
use crate::config::{self, mend, page_of, pages};
use crate::diagnostic::{any_error, did_you_mean};

/// Check the settings file, mappings, schemas and cases
///
/// Prints every problem of every file at its place, with what to do about it. Nothing is sent anywhere.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The form of the answer: `github` for annotations of a pull request, `sarif` for editors and code scanning
    #[arg(long, value_name = "FORM", default_value = "text", conflicts_with = "json")]
    format: Form,

    /// Put the right word in the place of each slip that leaves no choice, and check again
    #[arg(long)]
    fix: bool,

    /// List every expression: whether it runs as terms of our own or in Rhai, and which word keeps it there
    #[arg(long, conflicts_with_all = ["fix", "format"])]
    explain_cost: bool,

    /// Explain a code, such as `unknown-field`, with a wrong and a right example
    #[arg(long, value_name = "CODE", conflicts_with_all = ["fix", "format", "explain_cost"])]
    why: Option<String>,
}

/// Runs it.
pub(super) fn run(check: &Check, session: &Session) -> Result<Done, Stop> {
    if let Some(code) = &check.why {
        let page = page_of(code).ok_or_else(|| Stop::usage(format!("there is no code `{code}`"), did_you_mean(code, pages())))?;
        return Ok(Done::new(Exit::Done, Why { code: code.clone(), page }));
    }
    let mut checked = config::check(&session.asked);
    let mut mended = Vec::new();
    if check.fix {
        mended = mend(&checked).map_err(|(path, problem)| Stop::file(&path, "written", &problem))?;
        if !mended.is_empty() {
            checked = config::check(&session.asked);
        }
    }
    if check.explain_cost && !any_error(&checked.problems) {
        return Ok(Done::new(Exit::Done, Costs(checked.costs)));
    }
    let exit = if any_error(&checked.problems) { Exit::Unsound } else { Exit::Done };
    Ok(Done::new(exit, Findings { checked, form: check.format, mended }))
}
