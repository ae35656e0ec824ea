//! `overlay`: what a customer's package has otherwise, as data beside the mappings.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::instance;
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::Session;
use crate::cli::view::{Done, Shown};
use crate::contract::suggestion;

/// Fit the mappings to a customised package
#[derive(Debug, Args)]
pub(crate) struct Overlay {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(New),
}

/// Write a first overlay with suggestions, each to be confirmed
///
/// Holds the mappings in force against the instance, and writes what it has otherwise: renamed and missing fields, other types and lengths,
/// custom fields that could be mapped. Each line that somebody has to look at says `# confirm:`.
#[derive(Args, Debug)]
struct New {
    /// Its name, and that of its folder
    name: String,
    /// The `swagger.json` of an endpoint, a folder that `schema pull` made, or `instance` for the configured one
    #[arg(long, value_name = "FILE|DIR|instance")]
    from: String,
    /// The folder of overlays
    #[arg(long, value_name = "DIR", default_value = "overlays")]
    overlays: PathBuf,
}

#[derive(Serialize)]
struct Written {
    overlay: String,
    file: PathBuf,
    to_confirm: usize,
}

/// Runs it.
pub(super) fn run(overlay: &Overlay, session: &Session) -> Result<Done, Stop> {
    match &overlay.command {
        Command::New(new) => write(new, session),
    }
}

fn write(new: &New, session: &Session) -> Result<Done, Stop> {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if !is_name(&new.name) {
        let help = "an overlay is named with letters, digits, `_` and `-`, for its folder is called so";
        return Err(Stop::usage(format!("`{}` is no name for an overlay", new.name), Some(help.to_owned())));
    }
    let folder = new.overlays.join(&new.name);
    let file = folder.join("overlay.yaml");
    if file.exists() {
        let help = "take another name, or move it away: it is not overwritten";
        return Err(Stop::usage(format!("{} is there", file.display()), Some(help.to_owned())));
    }
    let setup = session.setup_to_look()?;
    let instance = match new.from.as_str() {
        "instance" => instance::asked(&setup, session)?.1,
        path => instance::kept(Path::new(path), &setup)?,
    };
    let text = suggestion(&new.name, (&setup.workspace.plans, &setup.workspace.catalog), &instance);
    fs::create_dir_all(&folder).and_then(|()| fs::write(&file, &text)).map_err(|problem| Stop::file(&file, "written", &problem))?;
    let to_confirm = text.matches("# confirm:").count();
    let told = match to_confirm {
        0 => "nothing in it is to be confirmed".to_owned(),
        1 => "1 line of it is to be confirmed: look for `# confirm:`".to_owned(),
        many => format!("{many} lines of it are to be confirmed: look for `# confirm:`"),
    };
    let text = format!("{}\n{told}\n", file.display());
    Ok(Done::new(Exit::Done, Shown { text, data: Written { overlay: new.name.clone(), file, to_confirm } }))
}
