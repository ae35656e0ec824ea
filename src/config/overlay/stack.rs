//! Which overlays are in force, in which order, and what the files below look like once they are laid over them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::edit::edit;
use super::matched::{self, MATCHED_FILE, Matched};
use super::package::PACKAGE_FILE;
use super::rules::is_mapping;
use super::{Overlay, read, resource};
use crate::config::builtin::builtin_overlays;
use crate::config::documented::documents;
use crate::config::workspace::{CASES, named, read_folder};
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::mapping::Word;
use crate::mapping::yaml::{self, Node};

/// The file that makes a folder an overlay.
pub const OVERLAY_FILE: &str = "overlay.yaml";

/// An overlay that is asked for: the name of one, or its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverlayChoice {
    /// `acme`, or `../acme`.
    pub words: String,
    /// Where it was asked for; none for the command line.
    pub place: Option<Place>,
}

impl OverlayChoice {
    /// An overlay by its name, or a folder by its path.
    pub fn named(words: impl Into<String>) -> Self {
        Self { words: words.into(), place: None }
    }

    /// As a file means it, which names folders beside it.
    pub(in crate::config) fn written(word: Word, folder: &Path) -> Self {
        let choice = Self { words: word.text, place: Some(word.place) };
        match choice.folder() {
            Some(path) => Self { words: folder.join(path).display().to_string(), ..choice },
            None => choice,
        }
    }

    /// The folder, where one is named.
    pub fn folder(&self) -> Option<PathBuf> {
        self.words.contains(['/', '\\']).then(|| PathBuf::from(&self.words))
    }

    fn wrong(&self, code: &'static str, message: String) -> Diagnostic {
        let problem = Diagnostic::anywhere(code, message);
        match &self.place {
            Some(place) => problem.at(place).label("no such overlay"),
            None => problem,
        }
    }
}

/// What a folder of overlays, and the overlays that are asked for, come to: each behind the one that it lies on.
pub fn overlays(home: Option<&Path>, asked: &[OverlayChoice], problems: &mut Vec<Diagnostic>) -> Vec<Overlay> {
    let mut stack = Stack::new(home, problems);
    asked.iter().for_each(|choice| stack.take(choice));
    stack.found
}

pub(super) struct Stack<'s> {
    home: Option<&'s Path>,
    found: Vec<Overlay>,
    /// Those whose lower ones are being looked for, with the word that asked for the next.
    open: Vec<String>,
    problems: &'s mut Vec<Diagnostic>,
}

impl<'s> Stack<'s> {
    pub(super) fn new(home: Option<&'s Path>, problems: &'s mut Vec<Diagnostic>) -> Self {
        Self { home, found: Vec::new(), open: Vec::new(), problems }
    }

    /// The package of a folder, and the schemas of further resources beside it.
    pub(super) fn package(&mut self, choice: &OverlayChoice) -> Option<(Arc<Source>, Vec<Arc<Source>>)> {
        let (folder, files) = self.files(choice)?;
        let Some(source) = files.iter().find(|source| source.path == folder.join(PACKAGE_FILE)).cloned() else {
            let problem = choice.wrong("unreadable", format!("{} holds no {PACKAGE_FILE}", folder.display()));
            self.problems.push(problem.help("describe there what the instance has, for the sandbox"));
            return None;
        };
        Some((source, files.into_iter().filter(|source| source.path.starts_with(folder.join("schemas"))).collect()))
    }

    fn take(&mut self, choice: &OverlayChoice) {
        let Some(overlay) = self.read(choice) else { return };
        let name = overlay.name.text.clone();
        if self.found.iter().any(|known| known.name.text == name) {
            return;
        }
        if self.open.contains(&name) {
            let around = self.open.iter().chain([&name]).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" on ");
            self.problems.push(choice.wrong("overlay-loop", format!("overlays lie on each other: {around}")).help("take one `on` out"));
            return;
        }
        self.open.push(name);
        if let Some(below) = &overlay.on {
            let home = overlay.source.path.parent().and_then(Path::parent).unwrap_or(Path::new(""));
            self.take(&OverlayChoice::written(below.clone(), home));
        }
        self.open.pop();
        self.found.push(overlay);
    }

    fn read(&mut self, choice: &OverlayChoice) -> Option<Overlay> {
        let (folder, files) = self.files(choice)?;
        let Some(source) = files.iter().find(|source| source.path == folder.join(OVERLAY_FILE)) else {
            let problem = choice.wrong("unreadable", format!("{} holds no {OVERLAY_FILE}", folder.display()));
            self.problems.push(problem.help("name the folder of an overlay, or begin one with `crosswalk overlay new`"));
            return None;
        };
        let mut overlay = read::overlay(source, self.problems)?;
        let expected = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if overlay.name.text != expected {
            let message = format!("this folder is `{expected}`, and the overlay in it `{}`", overlay.name);
            let problem = Diagnostic::error("overlay", &overlay.name.place, message).help(format!("write `overlay: {expected}`"));
            self.problems.push(problem.replaced_by(Some(expected)));
        }
        let below = |name: &str| files.iter().filter(|source| source.path.starts_with(folder.join(name))).cloned().collect();
        overlay.files = below("mappings");
        overlay.schemas = below("schemas");
        overlay.matched = files.iter().find(|source| source.path == folder.join(MATCHED_FILE)).cloned();
        Some(overlay)
    }

    /// The files of an overlay, and its folder.
    fn files(&mut self, choice: &OverlayChoice) -> Option<(PathBuf, Vec<Arc<Source>>)> {
        let folder = match (choice.folder(), self.home) {
            (Some(folder), _) => folder,
            (None, Some(home)) => home.join(&choice.words),
            (None, None) => {
                let folder = Path::new("overlays").join(&choice.words);
                let files: Vec<_> = builtin_overlays().into_iter().filter(|source| source.path.starts_with(&folder)).collect();
                if files.is_empty() {
                    self.unknown(choice);
                    return None;
                }
                return Some((folder, files));
            }
        };
        if !folder.is_dir() {
            self.unknown(choice);
            return None;
        }
        let mut files = Vec::new();
        for (below, ending) in [("", "yaml"), ("mappings", "yaml"), ("schemas", "json")] {
            let part = folder.join(below);
            if part.is_dir() {
                let nothing = || Vec::new();
                files.extend(read_folder(Some(&part), ending, nothing).unwrap_or_else(|problem| {
                    self.problems.push(problem);
                    Vec::new()
                }));
            }
        }
        // `a/` and `a/.` are the folder `a`.
        let folder: PathBuf = folder.components().collect();
        Some((folder, files))
    }

    fn unknown(&mut self, choice: &OverlayChoice) {
        let known = match self.home {
            Some(home) => std::fs::read_dir(home).map(folders_of).unwrap_or_default(),
            None => builtin_names(),
        };
        let message = match choice.folder() {
            Some(folder) => format!("there is no folder {}", folder.display()),
            None => format!("there is no overlay named `{}`", choice.words),
        };
        self.problems.push(choice.wrong("unknown-overlay", message).meant(&choice.words, known.iter().map(String::as_str)));
    }
}

fn folders_of(entries: std::fs::ReadDir) -> Vec<String> {
    let folders = entries.filter_map(Result::ok).filter(|entry| entry.path().join(OVERLAY_FILE).is_file());
    let mut names: Vec<String> = folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

fn builtin_names() -> Vec<String> {
    let files = builtin_overlays();
    let overlays = files.iter().filter(|source| named(source) == OVERLAY_FILE);
    overlays.filter_map(|source| Some(source.path.parent()?.file_name()?.to_str()?.to_owned())).collect()
}

/// Files with overlays laid over them.
#[derive(Debug, Default)]
pub struct Laid {
    /// The mappings: each a tree whose parts know the files that they come from.
    pub mappings: Vec<(Arc<Source>, Node)>,
    /// Names of files that hold no mapping that can be read.
    pub unread: Vec<Arc<Source>>,
    /// The schema files, and the place to blame for what an overlay made of one.
    pub schemas: Vec<(Arc<Source>, Option<Place>)>,
    /// For each overlay the text that its `matched.yaml` has to have.
    pub matched: Vec<String>,
}

/// Lays overlays over mappings and schemas, from the lowest to the highest. What does not fit goes into `problems`.
pub fn laid(mappings: &[Arc<Source>], schemas: Vec<Arc<Source>>, overlays: &[Overlay], problems: &mut Vec<Diagnostic>) -> Laid {
    let mut laid = Laid::default();
    laid.take(mappings, problems);
    for overlay in overlays {
        let holds_mapping = |source: &&Arc<Source>| !named(source).ends_with(CASES) && !documents(source);
        laid.take(&overlay.files.iter().filter(holds_mapping).cloned().collect::<Vec<_>>(), problems);
        let matched = matched::text(overlay, &laid.mappings);
        laid.matched.push(matched);
        let matched = Matched::read(overlay.matched.as_ref(), problems);
        for changes in &overlay.mappings {
            match laid.mappings.iter_mut().find(|(_, node)| is_mapping(node, &changes.name.text)) {
                Some((_, node)) => {
                    matched.moved((node, &changes.name), &changes.it, problems);
                    edit(node, &changes.name, &changes.it, &matched, problems);
                }
                None => problems.push(laid.unknown(&changes.name)),
            }
        }
    }
    laid.disable(overlays, problems);
    laid.schemas = resource::schemas(schemas, overlays, problems);
    laid
}

impl Laid {
    fn take(&mut self, sources: &[Arc<Source>], problems: &mut Vec<Diagnostic>) {
        for (source, parsed) in sources.iter().zip(sources.par_iter().map(yaml::parse).collect::<Vec<_>>()) {
            match parsed {
                Ok(node) => self.mappings.push((Arc::clone(source), node)),
                Err(problem) => {
                    problems.push(problem);
                    self.unread.push(Arc::clone(source));
                }
            }
        }
    }

    /// Takes out what an instance cannot carry at all: it is not held against the instance's schemas.
    fn disable(&mut self, overlays: &[Overlay], problems: &mut Vec<Diagnostic>) {
        for word in overlays.iter().flat_map(|overlay| &overlay.disable) {
            match self.mappings.iter().position(|(_, node)| is_mapping(node, &word.text)) {
                Some(at) => drop(self.mappings.remove(at)),
                None => problems.push(self.unknown(word)),
            }
        }
    }

    fn unknown(&self, name: &Word) -> Diagnostic {
        let known: Vec<Word> = self.mappings.iter().filter_map(|(_, node)| node.get("mapping")?.word()).collect();
        let problem = Diagnostic::error("unknown-mapping", &name.place, format!("there is no mapping named `{name}`"));
        problem.label("no such mapping").meant(&name.text, known.iter().map(|word| word.text.as_str()))
    }
}
