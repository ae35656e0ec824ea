//! `overlay`: what an instance has otherwise, laid over the mappings and schemas.

use std::fs;

use clap::{Args, Subcommand};

use crate::cli::exit::{Exit, Stop};
use crate::cli::session::Session;
use crate::cli::view::{Done, Shown};
use crate::config::merge;
use crate::config::overlay::Merged;
use crate::diagnostic::did_you_mean;
use crate::value::{Record, Value};

/// Look at what overlays change, and keep it in view over upgrades
#[derive(Debug, Args)]
pub(crate) struct Overlay {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Print mappings as they are with the overlays laid over them, each line with the file and line that it comes from
    Show {
        /// Of these mappings [default: those that an overlay brings or changes]
        #[arg(value_name = "MAPPING")]
        names: Vec<String>,
    },
    /// Write down what the changes of the overlays match, so that a later change of it is told
    Pin,
}

/// Runs it.
pub(super) fn run(overlay: &Overlay, session: &Session) -> Result<Done, Stop> {
    let merged = merge(&session.asked)?;
    if merged.overlays.is_empty() {
        let help = "name one: `--overlay NAME`, or `overlay: NAME` in the settings file";
        return Err(Stop::usage("no overlay is in force", Some(help.to_owned())));
    }
    match &overlay.act {
        Act::Show { names } => show(&merged, names),
        Act::Pin => pin(&merged),
    }
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
