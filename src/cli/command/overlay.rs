//! `overlay`: what an instance has otherwise, laid over the mappings and schemas.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::instance;
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::Session;
use crate::cli::view::{Done, Shown};
use crate::config::merge;
use crate::config::overlay::Merged;
use crate::contract::suggestion;
use crate::diagnostic::did_you_mean;
use crate::value::{Record, Value};

/// Fit the mappings to a customised package, look at what overlays change, and keep it in view over upgrades
#[derive(Debug, Args)]
pub(crate) struct Overlay {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    New(New),
    /// Print mappings as they are with the overlays laid over them, each line with the file and line that it comes from
    Show {
        /// Of these mappings [default: those that an overlay brings or changes]
        #[arg(value_name = "MAPPING")]
        names: Vec<String>,
    },
    /// Write down what the changes of the overlays match, so that a later change of it is told
    Pin,
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
    match &overlay.act {
        Act::New(new) => write(new, session),
        Act::Show { names } => show(&in_force(session)?, names),
        Act::Pin => pin(&in_force(session)?),
    }
}

/// The files with the overlays in force laid over them.
fn in_force(session: &Session) -> Result<Merged, Stop> {
    let merged = merge(&session.asked)?;
    if merged.overlays.is_empty() {
        let help = "name one: `--overlay NAME`, or `overlay: NAME` in the settings file";
        return Err(Stop::usage("no overlay is in force", Some(help.to_owned())));
    }
    Ok(merged)
}

fn show(merged: &Merged, names: &[String]) -> Result<Done, Stop> {
    let asked: Vec<&str> = if names.is_empty() { merged.changed() } else { names.iter().map(String::as_str).collect() };
    let stack = merged.overlays.iter().map(|overlay| overlay.name.text.as_str());
    let mut text = format!("# {}\n", ["the mappings"].into_iter().chain(stack.clone()).collect::<Vec<_>>().join(" < "));
    let instance = merged.instance();
    text.push_str(&instance);
    let mut mappings = Record::new();
    for name in asked {
        let Some(mapping) = merged.mapping(name) else {
            let known: Vec<String> = merged.names().collect();
            return Err(Stop::usage(format!("there is no mapping named `{name}`"), did_you_mean(name, known.iter().map(String::as_str))));
        };
        text.push_str(&format!("---\n{mapping}"));
        mappings.set(name, mapping.as_str());
    }
    let data = Record::from_iter([
        ("overlays", Value::List(stack.map(Value::from).collect())),
        ("instance", instance.into()),
        ("mappings", mappings.into()),
    ]);
    Ok(Done::new(Exit::Done, Shown { text, data: Value::from(data) }))
}

fn pin(merged: &Merged) -> Result<Done, Stop> {
    let (mut text, mut written) = (String::new(), Vec::new());
    for (path, matched) in merged.matched() {
        if !path.parent().is_some_and(|folder| folder.is_dir()) {
            continue;
        }
        if fs::read_to_string(&path).is_ok_and(|known| known == matched) {
            text.push_str(&format!("{} is up to date\n", path.display()));
            continue;
        }
        fs::write(&path, matched).map_err(|problem| Stop::file(&path, "written", &problem))?;
        text.push_str(&format!("wrote {}\n", path.display()));
        written.push(Value::from(path.display().to_string()));
    }
    if text.is_empty() {
        return Err(Stop::usage(
            "the overlays in force are shipped ones, which nobody changes",
            Some("copy them with `crosswalk init`".to_owned()),
        ));
    }
    Ok(Done::new(Exit::Done, Shown { text, data: Value::from(Record::from_iter([("written", Value::List(written))])) }))
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
