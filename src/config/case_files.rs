//! The cases beside the mappings, file by file.

use std::sync::Arc;

use super::builtin::builtin_mappings;
use super::workspace::{CASES, Folders, named, read_folder};
use crate::cases::{Case, read};
use crate::diagnostic::{Diagnostic, Source};

/// The cases of one mapping.
#[derive(Debug)]
pub struct CaseFile {
    /// The mapping, by the name of the file.
    pub mapping: String,
    /// The file.
    pub source: Arc<Source>,
    /// Its cases.
    pub cases: Vec<Case>,
}

/// Reads every file of cases. What does not fit goes into `problems`.
pub fn case_files(folders: &Folders, problems: &mut Vec<Diagnostic>) -> Vec<CaseFile> {
    // A folder that cannot be read has been told when the mappings were.
    let sources = read_folder(folders.mappings.as_deref(), "yaml", builtin_mappings).unwrap_or_default();
    let mut files = Vec::new();
    for source in sources {
        let Some(mapping) = named(&source).strip_suffix(CASES).map(str::to_owned) else { continue };
        match read(&source) {
            Ok(cases) => files.push(CaseFile { mapping, source, cases }),
            Err(more) => problems.extend(more),
        }
    }
    files
}
