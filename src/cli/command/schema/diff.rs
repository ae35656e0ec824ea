//! `schema diff`: what an instance cannot carry of what the mappings do, before anything is sent.

use std::path::PathBuf;

use clap::Args;

use crate::cli::command::instance;
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::Session;
use crate::cli::view::Done;
use crate::cli::view::contract::{Compared, Form};
use crate::config::Setup;
use crate::contract::{self, Instance};

/// Hold the mappings in force against an instance, before anything is sent
///
/// Tells the rows that the instance cannot carry, types and lengths that differ, fields that it wants and no row fills, actions, entities
/// and custom fields that it lacks. Asks the configured instance, unless a file, a folder or a version is named.
#[derive(Args, Debug)]
pub(crate) struct Diff {
    #[command(flatten)]
    against: Against,
    /// The form of the answer: `github` for annotations of a nightly job
    #[arg(long, value_name = "FORM", default_value = "text", conflicts_with = "json")]
    format: Form,
}

/// What mappings are held against.
#[derive(Args, Debug)]
#[group(multiple = false)]
struct Against {
    /// Read the contract from this file, which an instance gave as `swagger.json`
    #[arg(long, value_name = "FILE")]
    swagger: Option<PathBuf>,
    /// Read everything from this folder, which `schema pull` made
    #[arg(long, value_name = "DIR")]
    pulled: Option<PathBuf>,
    /// Go by what is known of this version of the endpoint Default, such as 23.200.001
    #[arg(long, value_name = "VERSION")]
    endpoint_version: Option<String>,
}

/// Runs it.
pub(super) fn run(diff: &Diff, session: &Session) -> Result<Done, Stop> {
    let setup = session.setup_to_look()?;
    let instance = known(&diff.against, &setup, session)?;
    let found = contract::diff(&setup.workspace.plans, &setup.workspace.catalog, &instance);
    let exit = if found.findings.is_empty() { Exit::Done } else { Exit::Look };
    let profile = setup.workspace.profile.name;
    Ok(Done::new(exit, Compared::new(found, &instance, profile, diff.format)))
}

fn known(against: &Against, setup: &Setup, session: &Session) -> Result<Instance, Stop> {
    if let Some(version) = &against.endpoint_version {
        return match is_version(version) {
            true => Ok(Instance::of_version(&setup.workspace.catalog, version)),
            false => {
                let help = "versions of the vendor's own endpoint are written like `23.200.001`";
                Err(Stop::usage(format!("`{version}` is not a version of the endpoint Default"), Some(help.to_owned())))
            }
        };
    }
    match against.swagger.as_ref().or(against.pulled.as_ref()) {
        Some(path) => instance::kept(path, setup),
        None => instance::asked(setup, session).map(|(_, instance)| instance),
    }
}

/// `23.200.001`, as versions of the vendor's own endpoint are written.
fn is_version(text: &str) -> bool {
    let parts: Vec<usize> = text.split('.').filter(|part| part.bytes().all(|byte| byte.is_ascii_digit())).map(str::len).collect();
    parts == [2, 3, 3]
}
