//! The folder of the demo: what an earlier one left is cleared, what is anybody else's is not touched.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::practice_only;
use crate::cli::exit::Stop;

/// A sandbox begins anew, so what an earlier demo remembers of it is of no use. The folders of these profiles are cleared as well;
/// everything is looked at before anything is removed.
pub(super) fn forget_earlier(folder: &Path, profiles: &[&str]) -> Result<(), Stop> {
    let own = ours(folder, profiles)?;
    let mut inside = Vec::new();
    for profile in profiles {
        inside.extend(ours(&folder.join(profile), &[])?.into_iter().map(|name| Path::new(profile).join(name)));
    }
    for name in own.iter().map(Path::new).chain(inside.iter().map(|name| name.as_path())) {
        let path = folder.join(name);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(|problem| Stop::file(&path, "removed", &problem))?;
    }
    Ok(())
}

/// The names of what an earlier demo left in a folder; folders of profiles stay.
fn ours(folder: &Path, profiles: &[&str]) -> Result<Vec<String>, Stop> {
    practice_only(folder)?;
    let wrong = |problem: io::Error| Stop::file(folder, "cleared", &problem);
    let entries = match fs::read_dir(folder) {
        Err(problem) if problem.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(wrong)?,
    };
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect::<io::Result<Vec<String>>>();
    let mut names = names.map_err(wrong)?;
    names.retain(|name| !is_of_a_demo(&folder.join(name), name, profiles));
    let ours = |name: &String| {
        ["crosswalk.yaml", "procore.secret", "acumatica.secret"].contains(&name.as_str())
            || ["crosswalk.db", "crosswalk.tokens"].iter().any(|begin| name.starts_with(begin))
    };
    if let Some(other) = names.iter().find(|name| !ours(name)) {
        let message = format!("{} holds `{other}`, which is not from an earlier demo", folder.display());
        return Err(Stop::usage(message, Some("name another folder with `--dir`".to_owned())));
    }
    Ok(names)
}

/// Whether it is the folder of a profile: of one of these, or of one that an earlier demo ran.
fn is_of_a_demo(path: &Path, name: &str, profiles: &[&str]) -> bool {
    profiles.contains(&name) || (path.is_dir() && path.join("crosswalk.yaml").exists() && practice_only(path).is_ok())
}
