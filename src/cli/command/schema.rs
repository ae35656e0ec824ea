//! `schema`: what a mapping file may hold, for editors.

use clap::{Args, ValueEnum};

use crate::cli::exit::Exit;
use crate::cli::view::{Done, Text};
use crate::mapping;

/// Print a JSON Schema for editors
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Of what
    #[arg(value_enum)]
    of: Of,
}

/// What has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Of {
    /// Mapping files
    Mapping,
}

/// Runs it.
pub(super) fn run(schema: &Schema) -> Done {
    let Schema { of: Of::Mapping } = schema;
    Done::new(Exit::Done, Text(mapping::json_schema()))
}
