//! The cases beside the mappings, file by file.

use std::sync::Arc;

use super::builtin::builtin_mappings;
use super::choices::{Words, choices};
use super::workspace::{CASES, Folders, named, read_folder};
use crate::cases::{Case, read, unknown_names};
use crate::diagnostic::{Diagnostic, Source};
use crate::plan::Plan;
use crate::value::Value;

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

impl CaseFile {
    /// Names of fields and settings that the cases use and that do not exist.
    pub fn faults(&self, plan: &Plan, settings: (&Value, &Words)) -> Vec<Diagnostic> {
        self.cases.iter().flat_map(|case| faults(case, plan, settings)).collect()
    }
}

/// Names of fields and settings that a case uses and that do not exist.
pub fn faults(case: &Case, plan: &Plan, settings: (&Value, &Words)) -> Vec<Diagnostic> {
    let mut problems = unknown_names(case, plan);
    choices(settings, case.written.get("settings"), &mut problems);
    problems
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
