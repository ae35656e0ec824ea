//! `schema pull`: what both systems say of themselves, as files to commit.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::cli::command::instance;
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::Session;
use crate::cli::terminal::count;
use crate::cli::view::{Done, Shown};
use crate::contract::endpoints_in_use;

/// Read what both systems say of themselves into files to commit
///
/// The endpoints of the instance, the contract of those that are used, the custom fields of every entity that a mapping in force has to do
/// with, and the custom fields of the company at Procore. All of it is written, or nothing.
#[derive(Args, Debug)]
pub(crate) struct Pull {
    /// The folder; what was pulled into it before makes way
    #[arg(long, value_name = "DIR", default_value = "instance")]
    into: PathBuf,
}

#[derive(Serialize)]
struct Written {
    folder: PathBuf,
    files: Vec<String>,
}

/// Runs it.
pub(super) fn run(pull: &Pull, session: &Session) -> Result<Done, Stop> {
    let setup = session.setup_to_look()?;
    let usual = instance::usual_endpoint(&setup).unwrap_or_default();
    let (pulled, instance) = instance::asked(&setup, session)?;
    let listed = instance.listed.unwrap_or_default();
    if let Some(lost) = endpoints_in_use(&setup.workspace.plans, &usual).into_iter().find(|endpoint| !listed.contains(endpoint)) {
        let known = listed.iter().map(|known| format!("{}/{}", known.name, known.version)).collect::<Vec<_>>().join(", ");
        let message = format!("the instance has no endpoint {}/{}", lost.name, lost.version);
        return Err(Stop::usage(message, Some(format!("it has {known}: name one of these in the settings or in an overlay"))));
    }
    pulled.write(&pull.into)?;
    let files: Vec<String> = pulled.paths().map(str::to_owned).collect();
    let mut text = String::new();
    files.iter().for_each(|file| text.push_str(&format!("{}\n", pull.into.join(file).display())));
    let folder = pull.into.display();
    text.push_str(&format!(
        "\n{}; commit them, and hold mappings against them with `crosswalk schema diff --pulled {folder}`\n",
        count(files.len(), "file")
    ));
    Ok(Done::new(Exit::Done, Shown { text, data: Written { folder: pull.into.clone(), files } }))
}
