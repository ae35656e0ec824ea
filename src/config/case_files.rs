//! The cases beside the mappings, file by file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::builtin::builtin_mappings;
use super::choices::{Words, choices};
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

/// Every file of cases beside the mappings, read before it is known which of them overlays put aside.
pub(super) struct CasesBeside(Vec<Read>);

/// A file of cases, and what it holds.
struct Read {
    mapping: String,
    source: Arc<Source>,
    folder: Option<PathBuf>,
    cases: Result<Vec<Case>, Vec<Diagnostic>>,
}

impl CasesBeside {
    /// Reads them.
    pub(super) fn read(folders: &Folders) -> Self {
        // A folder that cannot be read is told when the mappings are.
        let sources = read_folder(folders.mappings.as_deref(), "yaml", builtin_mappings).unwrap_or_default();
        Self(read_all(sources.into_iter().map(|source| (source, folders.mappings.clone()))))
    }

    /// The cases that hold under these overlays: those beside the mappings, but of mappings that an overlay changes those beside the
    /// overlay. What does not fit goes into `problems`.
    pub(super) fn under(self, overlays: &[Overlay], problems: &mut Vec<Diagnostic>) -> Vec<CaseFile> {
        let changed = overlays.iter().flat_map(|overlay| &overlay.mappings).map(|changes| &changes.name);
        let changed: Vec<_> = changed.chain(overlays.iter().flat_map(|overlay| &overlay.disable)).collect();
        let base = self.0.into_iter().filter(|read| !changed.iter().any(|word| word.text == read.mapping));
        let laid_over = read_all(overlays.iter().flat_map(|overlay| &overlay.files).map(|source| {
            let folder = source.path.parent().filter(|folder| folder.is_dir()).map(Path::to_owned);
            (Arc::clone(source), folder)
        }));
        let mut files: Vec<CaseFile> = Vec::new();
        for Read { mapping, source, folder, cases } in base.chain(laid_over) {
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
}

/// Those of these files that are files of cases, read; each with the folder that it lies in.
fn read_all(sources: impl Iterator<Item = (Arc<Source>, Option<PathBuf>)>) -> Vec<Read> {
    let of_cases: Vec<_> =
        sources.filter_map(|(source, folder)| Some((named(&source).strip_suffix(CASES)?.to_owned(), source, folder))).collect();
    of_cases.into_par_iter().map(|(mapping, source, folder)| Read { mapping, cases: read(&source), source, folder }).collect()
}
