//! Where are slips mended? In the author's own files, each written whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::setup::Checked;
use crate::diagnostic::{Fix, Source, fixed};

/// A word that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// `mappings/companies.yaml:14:12`.
    pub place: String,
    /// The word that stood there.
    pub before: String,
    /// The word that stands there now.
    pub after: String,
}

/// Makes every fix that a check has found. Files of this program itself are nobody's to change, and a file that has changed since
/// it was read is left as it is.
///
/// # Errors
/// The first file that cannot be written; those before it are.
pub fn mend(checked: &Checked) -> Result<Vec<Mended>, (PathBuf, io::Error)> {
    let mut by_file: BTreeMap<&Path, (&Source, Vec<&Fix>)> = BTreeMap::new();
    for problem in &checked.problems {
        if let (Some(place), Some(fix)) = (&problem.place, &problem.fix) {
            by_file.entry(&place.source.path).or_insert_with(|| (&place.source, Vec::new())).1.push(fix);
        }
    }
    let mut mended = Vec::new();
    for (path, (source, fixes)) in by_file {
        let is_shipped = checked.shipped.iter().any(|folder| path.starts_with(folder));
        if is_shipped || fs::read_to_string(path).ok().as_deref() != Some(&source.text) {
            continue;
        }
        let (text, made) = fixed(&source.text, fixes);
        write_whole(path, &text).map_err(|problem| (path.to_owned(), problem))?;
        mended.extend(made.into_iter().map(|fix| {
            let (line, column) = source.line_column(fix.span.start);
            Mended {
                place: format!("{}:{line}:{column}", path.display()),
                before: source.text[fix.span.clone()].to_owned(),
                after: fix.text.clone(),
            }
        }));
    }
    Ok(mended)
}

/// A file that is written beside the old one and then takes its place.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    // What a link points at is written, and the link stays.
    let path = fs::canonicalize(path)?;
    let beside = path.with_extension(format!("{}.crosswalk", std::process::id()));
    fs::write(&beside, text)?;
    let written =
        fs::metadata(&path).and_then(|known| fs::set_permissions(&beside, known.permissions())).and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        // Best effort: the reason is told below.
        drop(fs::remove_file(&beside));
    }
    written
}
