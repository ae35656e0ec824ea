//! `schema show`: the fields of one resource.

use std::sync::Arc;

use clap::Args;

use crate::cli::exit::{Exit, Stop};
use crate::cli::session::Session;
use crate::cli::view::Done;
use crate::cli::view::schema::Resources;
use crate::diagnostic::closest;
use crate::schema::{Catalog, Schema};

/// List the fields of a resource: types, lengths, labels, and what each is for
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// Which one: `acumatica/Subcontract`, or `Subcontract`
    resource: String,
}

/// Runs it.
pub(super) fn run(show: &Show, session: &Session) -> Result<Done, Stop> {
    let setup = session.setup()?;
    Ok(Done::new(Exit::Done, Resources::of(&named(&show.resource, &setup.workspace.catalog)?)))
}

/// The resources of a name, with or without its system in front, whatever the case of its letters.
fn named<'c>(name: &str, catalog: &'c Catalog) -> Result<Vec<&'c Arc<Schema>>, Stop> {
    let is_meant = |schema: &&Arc<Schema>| schema.name.eq_ignore_ascii_case(name) || schema.resource.name.eq_ignore_ascii_case(name);
    let found: Vec<_> = catalog.iter().filter(is_meant).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let short = !name.contains('/');
    let known = catalog.iter().map(|schema| if short { schema.resource.name.as_str() } else { schema.name.as_str() });
    let help = match closest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`crosswalk schema search WORD` finds fields and resources".to_owned(),
    };
    Err(Stop::usage(format!("there is no resource `{name}`"), Some(help)))
}
