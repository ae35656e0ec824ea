//! `docs`: the mapping tables back from the mappings.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::exit::{Exit, Stop};
use crate::cli::session::Session;
use crate::cli::view::Done;
use crate::cli::view::docs::{Tables, Written, html, markdown};

/// Print the mapping tables, as the mappings carry them
#[derive(Debug, Args)]
pub(crate) struct Docs {
    /// How they are written
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
    /// Write them to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// How tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Markdown with tables
    Markdown,
    /// One page for a browser
    Html,
}

/// Runs it.
pub(super) fn run(docs: Docs, session: &Session) -> Result<Done, Stop> {
    let setup = session.setup()?;
    let tables = Tables::of(&setup.workspace);
    let text = match docs.format {
        Format::Markdown => markdown(&tables),
        Format::Html => html(&tables),
    };
    if let Some(path) = &docs.out {
        std::fs::write(path, &text).map_err(|problem| Stop::file(path, "written", &problem))?;
    }
    Ok(Done::new(Exit::Done, Written { tables, text, out: docs.out }))
}
