//! Which files are there? Those of the folders, or the shipped ones, with the overlays laid over them.

use std::path::PathBuf;
use std::sync::Arc;

use super::builtin::{builtin_mappings, builtin_schemas};
use super::documented::{Documented, documents};
use super::overlay::{Laid, Merged, Overlay, laid, overlays};
use super::workspace::{CASES, Folders, named, read_folder};
use crate::diagnostic::{Diagnostic, Source, any_error};

/// The files of the folders, with the overlays laid over them.
pub(super) struct Files {
    pub(super) overlays: Vec<Overlay>,
    pub(super) cases: Vec<Arc<Source>>,
    /// Files that should hold a mapping.
    pub(super) rest: Vec<Arc<Source>>,
    pub(super) documented: Documented,
    pub(super) laid: Laid,
}

impl Files {
    pub(super) fn read(folders: &Folders, problems: &mut Vec<Diagnostic>) -> Self {
        let mut sources = |folder: &Option<PathBuf>, ending: &str, builtin: fn() -> Vec<Arc<Source>>| {
            read_folder(folder.as_deref(), ending, builtin).unwrap_or_else(|problem| {
                problems.push(problem);
                Vec::new()
            })
        };
        let (written, schemas) = (sources(&folders.mappings, "yaml", builtin_mappings), sources(&folders.schemas, "json", builtin_schemas));
        let overlays = overlays(folders.overlays.as_deref(), &folders.overlay, problems);
        let (cases, rest): (Vec<_>, Vec<_>) = written.into_iter().partition(|source| named(source).ends_with(CASES));
        let (mut settings, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|source| documents(source));
        settings.extend(overlays.iter().flat_map(|overlay| &overlay.files).filter(|source| documents(source)).cloned());
        let documented = Documented::read(&settings, problems);
        let laid = laid(&rest, schemas, &overlays, problems);
        Self { overlays, cases, rest, documented, laid }
    }
}

/// What overlays make of the files below them.
///
/// # Errors
/// What is wrong with the files, as far as it keeps them from being put together.
pub(super) fn merged(folders: &Folders) -> Result<Merged, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let files = Files::read(folders, &mut problems);
    if any_error(&problems) { Err(problems) } else { Ok(Merged::new(files.overlays, files.laid)) }
}
