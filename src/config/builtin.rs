//! The shipped mappings, schemas and profiles, which travel in the binary.

use std::path::PathBuf;
use std::sync::Arc;

use include_dir::{Dir, include_dir};

use super::permission::PERMISSIONS_FILE;
use crate::diagnostic::Source;

static MAPPINGS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/mappings");
static SCHEMAS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/schemas");
static PROFILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/profiles");
static OVERLAYS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/overlays");
static PAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs/diagnostics");

/// The files of `mappings/`, as they were when the binary was built.
pub fn builtin_mappings() -> Vec<Arc<Source>> {
    files(&MAPPINGS, "mappings", "yaml")
}

/// The files of `schemas/`, as they were when the binary was built.
pub fn builtin_schemas() -> Vec<Arc<Source>> {
    files(&SCHEMAS, "schemas", "json")
}

/// The profiles of `profiles/`, as they were when the binary was built.
pub fn builtin_profiles() -> Vec<Arc<Source>> {
    let mut profiles = files(&PROFILES, "profiles", "yaml");
    profiles.retain(|source| !source.path.ends_with(PERMISSIONS_FILE));
    profiles
}

/// The files of `overlays/`, as they were when the binary was built.
pub fn builtin_overlays() -> Vec<Arc<Source>> {
    ["yaml", "json"].into_iter().flat_map(|ending| files(&OVERLAYS, "overlays", ending)).collect()
}

/// The role matrix, as it was when the binary was built.
pub fn builtin_permissions() -> Arc<Source> {
    let all = files(&PROFILES, "profiles", "yaml");
    all.into_iter().find(|source| source.path.ends_with(PERMISSIONS_FILE)).expect("it lies beside the profiles")
}

/// The page of a code of `check`.
pub fn page_of(code: &str) -> Option<&'static str> {
    let code = PAGES.get_file(format!("{code}.md")).filter(|_| code != "README")?;
    code.contents_utf8()
}

/// The codes that have a page.
pub fn pages() -> Vec<&'static str> {
    let names = PAGES.files().filter_map(|file| file.path().file_stem()?.to_str());
    names.filter(|name| *name != "README").collect()
}

/// Every shipped file with its path, snapshots of cases among them, for `init`.
pub fn builtin_files() -> Vec<(PathBuf, &'static [u8])> {
    let mut found = Vec::new();
    for (above, folder) in [("mappings", &MAPPINGS), ("schemas", &SCHEMAS), ("profiles", &PROFILES), ("overlays", &OVERLAYS)] {
        let mut open = vec![folder];
        while let Some(folder) = open.pop() {
            // What waits for review where the binary was built is nobody else's business.
            let files = folder.files().filter(|file| file.path().extension().is_none_or(|ending| ending != "new"));
            found.extend(files.map(|file| (PathBuf::from(above).join(file.path()), file.contents())));
            open.extend(folder.dirs());
        }
    }
    found.sort();
    found
}

fn files(folder: &Dir<'static>, above: &str, ending: &str) -> Vec<Arc<Source>> {
    let mut found = Vec::new();
    let mut open = vec![folder];
    while let Some(folder) = open.pop() {
        for file in folder.files() {
            if file.path().extension().is_some_and(|known| known == ending)
                && let Some(text) = file.contents_utf8()
            {
                found.push(Source::new(PathBuf::from(above).join(file.path()), text));
            }
        }
        open.extend(folder.dirs());
    }
    found.sort_by(|one, two| one.path.cmp(&two.path));
    found
}
