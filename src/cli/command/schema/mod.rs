//! `schema`: what mappings may hold, what both systems have, and whether an instance can carry it.

mod diff;
mod pull;
mod search;
mod show;

use clap::{Args, Subcommand};

use crate::cli::exit::{Exit, Stop};
use crate::cli::session::Session;
use crate::cli::view::{Done, Text};
use crate::mapping;

/// Look at the fields of both systems, and hold mappings against an instance
#[derive(Debug, Args)]
pub(crate) struct Schema {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print a JSON Schema of mapping files, for editors
    Mapping,
    Show(show::Show),
    Search(search::Search),
    Pull(pull::Pull),
    Diff(diff::Diff),
}

/// Runs it.
pub(super) fn run(schema: &Schema, session: &Session) -> Result<Done, Stop> {
    match &schema.command {
        Command::Mapping => Ok(Done::new(Exit::Done, Text(mapping::json_schema()))),
        Command::Show(show) => show::run(show, session),
        Command::Search(search) => search::run(search, session),
        Command::Pull(pull) => pull::run(pull, session),
        Command::Diff(diff) => diff::run(diff, session),
    }
}
