//! `schema search`: the fields of both systems that a word is about.

use std::collections::BTreeSet;

use clap::Args;

use crate::cli::exit::{Exit, Stop};
use crate::cli::session::Session;
use crate::cli::view::Done;
use crate::cli::view::schema::Matches;
use crate::diagnostic::closest;
use crate::schema::{Catalog, Placed, Schema};

/// Find fields of both systems by words of their names, labels and descriptions
#[derive(Args, Debug)]
pub(crate) struct Search {
    /// What to look for; of several words each must be met
    #[arg(required = true, value_name = "WORD")]
    words: Vec<String>,
}

/// Runs it.
pub(super) fn run(search: &Search, session: &Session) -> Result<Done, Stop> {
    let setup = session.setup()?;
    let catalog = &setup.workspace.catalog;
    let words: Vec<String> = search.words.iter().map(|word| word.to_lowercase()).collect();
    let met = |schema: &Schema, placed: &Placed<'_>| {
        let text = text_of(schema, placed);
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let found = Matches::of(catalog.iter().map(AsRef::as_ref), met);
    if found.is_empty() {
        let near = near(&search.words, catalog).map(|word| format!("did you mean `{word}`?"));
        return Err(Stop::usage(format!("no field of either system has to do with `{}`", search.words.join(" ")), near));
    }
    Ok(Done::new(Exit::Done, found))
}

/// Everything that a search looks at, in small letters.
fn text_of(schema: &Schema, placed: &Placed<'_>) -> String {
    let field = placed.field;
    let custom = field.custom.as_ref().map(|custom| format!("{}.{}", custom.view, custom.field)).unwrap_or_default();
    let parts = [&schema.name, &placed.path, field.on_wire(), &field.description, &custom, &field.labels.join(" ")];
    parts.join(" ").to_lowercase()
}

/// The name of a field or resource that is near one of the words.
fn near(words: &[String], catalog: &Catalog) -> Option<String> {
    let mut names: BTreeSet<&str> = catalog.iter().map(|schema| schema.resource.name.as_str()).collect();
    for schema in catalog.iter() {
        names.extend(schema.shape.placed().iter().map(|placed| placed.field.name.as_str()));
    }
    words.iter().find_map(|word| closest(word, names.iter().copied())).map(str::to_owned)
}
