//! `init`: a folder to work in, with a commented settings file and the shipped mappings, schemas and profiles.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::{Exit, Stop};
use crate::cli::view::{Done, init::Made};
use crate::config::{SETTINGS_FILE, TEMPLATE, builtin_files};

/// Write a commented settings file, and copy the shipped mappings, schemas and profiles to edit
///
/// Files that are there already are left as they are.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The folder; it is made if there is none
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

/// The state file and what lies beside it, and differences that wait for review, are nobody else's.
const IGNORED: &str = "crosswalk.db*\n*.snap.new\n";

/// Runs it.
pub(super) fn run(init: &Init) -> Result<Done, Stop> {
    let mut made = Made { folder: init.folder.clone(), ..Made::default() };
    let texts = [(PathBuf::from(SETTINGS_FILE), TEMPLATE.as_bytes()), (PathBuf::from(".gitignore"), IGNORED.as_bytes())];
    for (path, text) in texts.into_iter().chain(builtin_files()) {
        let whole = init.folder.join(&path);
        let list = if write_new(&whole, text).map_err(|problem| Stop::file(&whole, "written", &problem))? {
            &mut made.written
        } else {
            &mut made.kept
        };
        list.push(path);
    }
    Ok(Done::new(Exit::Done, made))
}

/// Writes a file unless there is one.
fn write_new(path: &Path, text: &[u8]) -> std::io::Result<bool> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text).map(|()| true),
        Err(problem) if problem.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(problem) => Err(problem),
    }
}
