//! What `init` made.

use std::path::PathBuf;

use serde::Serialize;

use super::{View, to_json};
use crate::cli::terminal::{Paint, count};
use crate::config::SETTINGS_FILE;

/// What was made, and what was there.
#[derive(Default, Serialize)]
pub(in crate::cli) struct Made {
    /// Where.
    pub(in crate::cli) folder: PathBuf,
    /// Files that are new.
    pub(in crate::cli) written: Vec<PathBuf>,
    /// Files that were there, and stay as they were.
    pub(in crate::cli) kept: Vec<PathBuf>,
}

impl View for Made {
    fn human(&self, paint: Paint) -> String {
        let mut text = String::new();
        for (paths, doing) in [(&self.written, "wrote"), (&self.kept, "kept")] {
            let (inside, top): (Vec<_>, Vec<_>) = paths.iter().partition(|path| path.components().count() > 1);
            for path in top {
                text.push_str(&format!("{doing} {}\n", self.folder.join(path).display()));
            }
            for above in ["mappings", "schemas", "profiles"] {
                let number = inside.iter().filter(|path| path.starts_with(above)).count();
                if number > 0 {
                    text.push_str(&format!("{doing} {} in {}\n", count(number, "file"), self.folder.join(above).display()));
                }
            }
        }
        let settings = self.folder.join(SETTINGS_FILE);
        let next = format!("next: name both systems in {}, then run {}", settings.display(), paint.bold("crosswalk check"));
        let text = text.replace("./", "");
        format!("{text}{}\n", next.replace("./", ""))
    }

    fn json(&self) -> String {
        to_json(self)
    }
}
