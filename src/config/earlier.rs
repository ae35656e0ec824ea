//! What did the authors' files say at another time, or in another folder? Read beside those of today, never in their place.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use super::overlay::OverlayChoice;
use super::workspace::Folders;

/// The word for the files of today without overlays.
const BASE: &str = "base";

/// The files of another time, in a folder that goes away with this.
#[derive(Debug)]
pub struct Earlier {
    /// Where they lie.
    pub folders: Folders,
    /// What people call that time: `v1.4`, or `../released`.
    pub name: String,
    copy: Option<PathBuf>,
}

impl Drop for Earlier {
    fn drop(&mut self) {
        // What cannot be removed lies in the folder of temporary files.
        let _ = self.copy.as_ref().map(fs::remove_dir_all);
    }
}

impl Earlier {
    /// The files in a folder: below `mappings`, `schemas`, `profiles` and `overlays`, or mappings alone. Or those of a revision of the Git
    /// repository that the files of today lie in. `base` stands for those of today without overlays.
    ///
    /// # Errors
    /// Why there are none, in a sentence.
    pub fn open(today: &Folders, words: &str) -> Result<Self, String> {
        if words == BASE {
            let folders = Folders { overlay: Vec::new(), ..today.clone() };
            return Ok(Self { folders, name: "what lies below the overlays".to_owned(), copy: None });
        }
        let folder = Path::new(words);
        if folder.is_dir() {
            return Ok(Self { folders: in_folder(today, folder), name: words.to_owned(), copy: None });
        }
        Self::revision(today, words)
    }

    fn revision(today: &Folders, words: &str) -> Result<Self, String> {
        let Some(mappings) = &today.mappings else {
            return Err("the mappings are those of this program, which have no revisions: name a folder to compare with".to_owned());
        };
        let top = git(mappings, &["rev-parse", "--show-toplevel"], None, None)
            .map_err(|said| format!("there is no folder `{words}`, and {} is in no Git repository: {said}", mappings.display()))?;
        let top = PathBuf::from(top.trim_end());
        let wanted = format!("{words}^{{commit}}");
        let commit = git(&top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted], None, None)
            .map_err(|_| format!("there is neither a folder nor a revision `{words}`"))?;
        let copy = new_folder().map_err(|problem| format!("no folder for the files of `{words}` can be made: {problem}"))?;
        let mut earlier = Self { folders: Folders::default(), name: words.to_owned(), copy: Some(copy.clone()) };
        let index = copy.join("index");
        let within = |path: &Path| {
            fs::canonicalize(path).ok().and_then(|path| Some(path.strip_prefix(fs::canonicalize(&top).ok()?).ok()?.to_owned()))
        };
        let folders = [&today.mappings, &today.schemas, &today.profiles, &today.overlays];
        let chosen: Vec<PathBuf> = today.overlay.iter().filter_map(OverlayChoice::folder).collect();
        let kept: Vec<PathBuf> = folders.into_iter().flatten().chain(&chosen).filter_map(|path| within(path)).collect();
        git(&top, &["read-tree", commit.trim_end()], Some(&index), None)?;
        let mut arguments = vec!["ls-files".to_owned(), "-z".to_owned(), "--".to_owned()];
        arguments.extend(kept.iter().map(|path| path.display().to_string()));
        let files = git(&top, &arguments.iter().map(String::as_str).collect::<Vec<_>>(), Some(&index), None)?;
        let prefix = format!("--prefix={}/", copy.display());
        git(&top, &["checkout-index", "-z", "--stdin", &prefix], Some(&index), Some(&files))?;
        let there = |path: &Path| within(path).map(|path| copy.join(path)).filter(|path| path.is_dir());
        let then = |path: &Option<PathBuf>| path.as_deref().and_then(there);
        earlier.folders = Folders {
            mappings: Some(then(&today.mappings).ok_or_else(|| format!("`{words}` has no folder {}", mappings.display()))?),
            schemas: then(&today.schemas),
            profiles: then(&today.profiles),
            overlays: then(&today.overlays),
            overlay: today.overlay.iter().filter_map(|choice| overlay_then(choice, &there)).collect(),
        };
        Ok(earlier)
    }
}

/// An overlay as it was; none where it had not been begun.
fn overlay_then(choice: &OverlayChoice, there: &dyn Fn(&Path) -> Option<PathBuf>) -> Option<OverlayChoice> {
    match choice.folder() {
        Some(folder) => there(&folder).map(|folder| OverlayChoice::named(folder.display().to_string())),
        None => Some(choice.clone()),
    }
}

fn in_folder(today: &Folders, folder: &Path) -> Folders {
    let below = |name: &str| Some(folder.join(name)).filter(|path| path.is_dir());
    match below("mappings") {
        Some(mappings) => Folders {
            mappings: Some(mappings),
            schemas: below("schemas"),
            profiles: below("profiles"),
            overlays: below("overlays").or_else(|| today.overlays.clone()),
            overlay: today.overlay.clone(),
        },
        None => Folders { mappings: Some(folder.to_owned()), ..today.clone() },
    }
}

fn new_folder() -> std::io::Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("crosswalk-earlier-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(name);
    fs::create_dir(&folder)?;
    Ok(folder)
}

/// What `git` says; its complaint where it fails. The repository's own index and files are left alone.
fn git(folder: &Path, arguments: &[&str], index: Option<&Path>, input: Option<&str>) -> Result<String, String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    let ran = command.spawn().and_then(|mut child| {
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
            stdin.write_all(input.as_bytes())?;
        }
        child.wait_with_output()
    });
    let output = ran.map_err(|problem| format!("git cannot be run: {problem}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}
