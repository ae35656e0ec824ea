//! The cases beside the mappings, file by file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::builtin::builtin_mappings;
use super::choices::{Words, choices};
use super::halves::by_halves;
use super::overlay::Overlay;
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
    /// The folder that it lies in; none for a file of this program itself.
    pub folder: Option<PathBuf>,
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

/// Reads every file of cases: those beside the mappings, but of mappings that an overlay changes those beside the overlay. What does
/// not fit goes into `problems`.
pub fn case_files(folders: &Folders, overlays: &[Overlay], problems: &mut Vec<Diagnostic>) -> Vec<CaseFile> {
    // A folder that cannot be read has been told when the mappings were.
    let sources = read_folder(folders.mappings.as_deref(), "yaml", builtin_mappings).unwrap_or_default();
    let changed = overlays.iter().flat_map(|overlay| &overlay.mappings).map(|changes| &changes.name);
    let changed: Vec<_> = changed.chain(overlays.iter().flat_map(|overlay| &overlay.disable)).collect();
    let is_changed = |mapping: &str| changed.iter().any(|word| word.text == mapping);
    let base = sources.into_iter().filter(|source| named(source).strip_suffix(CASES).is_none_or(|mapping| !is_changed(mapping)));
    let base = base.map(|source| (source, folders.mappings.clone()));
    let laid_over = overlays.iter().flat_map(|overlay| &overlay.files).map(|source| {
        let folder = source.path.parent().filter(|folder| folder.is_dir()).map(Path::to_owned);
        (Arc::clone(source), folder)
    });
    let of_cases = |(source, folder): (Arc<Source>, _)| {
        let mapping = named(&source).strip_suffix(CASES)?.to_owned();
        Some((mapping, source, folder))
    };
    let found: Vec<_> = base.chain(laid_over).filter_map(of_cases).collect();
    let cases = by_halves(&found, |(_, source, _)| read(source));
    let mut files: Vec<CaseFile> = Vec::new();
    for ((mapping, source, folder), cases) in found.into_iter().zip(cases) {
        match cases {
            // The cases of a higher overlay are the ones that hold.
            Ok(cases) => {
                files.retain(|file| file.mapping != mapping);
                files.push(CaseFile { mapping, source, cases, folder });
            }
            Err(more) => problems.extend(more),
        }
    }
    files
}
