//! A profile: a named set of choices. Which mappings are in force, and which settings differ from the documented defaults.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::builtin::builtin_profiles;
use super::choices::{Words, choices};
use super::permission::PERMISSIONS_FILE;
use super::workspace::{named, read_folder};
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::mapping::Word;
use crate::mapping::yaml::{self, Node, NodeKind};
use crate::value::Value;

/// The profile that holds where none is chosen.
const DEFAULT: &str = "vision";

const KEYS: [&str; 4] = ["profile", "title", "mappings", "settings"];

/// `profiles/<name>.yaml`, read.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name: that of its file, without `.yaml`.
    pub name: String,
    /// What it is, in a sentence.
    pub title: String,
    /// The mappings in force; every other one is off.
    pub mappings: Vec<Word>,
    /// Settings that differ from the documented defaults.
    pub settings: Option<Node>,
    /// The file.
    pub source: Arc<Source>,
}

/// Which profile is asked for: the name of one, or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileChoice {
    /// `edge`, or `../ours.yaml`.
    pub words: String,
    /// Where it was asked for; none for the command line.
    pub place: Option<Place>,
}

impl Default for ProfileChoice {
    fn default() -> Self {
        Self::named(DEFAULT)
    }
}

impl ProfileChoice {
    /// A profile by its name, or a file by its path.
    pub fn named(words: impl Into<String>) -> Self {
        Self { words: words.into(), place: None }
    }

    /// As the settings file means it, which names files beside it.
    pub(super) fn written(word: Word, folder: &Path) -> Self {
        let choice = Self { words: word.text, place: Some(word.place) };
        match choice.file() {
            Some(file) => Self { words: folder.join(file).display().to_string(), ..choice },
            None => choice,
        }
    }

    /// The file, where a file is named.
    pub fn file(&self) -> Option<PathBuf> {
        let is_path = self.words.contains(['/', '\\']) || Path::new(&self.words).extension().is_some_and(|ending| ending == "yaml");
        is_path.then(|| PathBuf::from(&self.words))
    }

    /// Whether a profile is the one that is meant.
    fn means(&self, profile: &Profile) -> bool {
        self.file().map_or(profile.name == self.words, |file| profile.source.path == file)
    }

    fn wrong(&self, code: &'static str, message: String) -> Diagnostic {
        let problem = Diagnostic::anywhere(code, message);
        match &self.place {
            Some(place) => problem.at(place).label("no such profile"),
            None => problem,
        }
    }
}

impl Profile {
    /// Whether a mapping is in force.
    pub fn has(&self, mapping: &str) -> bool {
        self.mappings.iter().any(|word| word.text == mapping)
    }

    /// The defaults with the profile's choices in their places.
    pub(super) fn over(&self, settings: (&Value, &Words), problems: &mut Vec<Diagnostic>) -> Value {
        choices(settings, self.settings.as_ref(), problems)
    }

    /// Reads a profile. What does not fit goes into `problems`.
    pub fn read(source: &Arc<Source>, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let node = match yaml::parse(source) {
            Ok(node) => node,
            Err(problem) => {
                problems.push(problem);
                return None;
            }
        };
        let NodeKind::Map(entries) = &node.kind else {
            problems.push(Diagnostic::error("profile", &node.place, "a profile holds keys and values").help("write `profile: NAME` first"));
            return None;
        };
        for word in entries.iter().filter_map(|(key, _)| key.word()).filter(|word| !KEYS.contains(&word.text.as_str())) {
            let message = format!("`{word}` is not a key of a profile");
            problems.push(Diagnostic::error("unknown-key", &word.place, message).label("no such key").meant(&word.text, KEYS));
        }
        let name = text(&node, "profile", problems);
        let title = text(&node, "title", problems);
        let mappings = listed(&node, problems);
        let (name, title, mappings) = (name?, title?, mappings?);
        let stem = source.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if name.text != stem {
            let message = format!("this file is `{stem}.yaml`, and the profile in it `{name}`");
            problems.push(Diagnostic::error("profile", &name.place, message).help(format!("write `profile: {stem}`")));
        }
        let settings = node.get("settings").filter(|node| !matches!(node.kind, NodeKind::Null)).cloned();
        Some(Self { name: name.text, title: title.text, mappings, settings, source: Arc::clone(source) })
    }
}

fn text(node: &Node, key: &str, problems: &mut Vec<Diagnostic>) -> Option<Word> {
    let word = node.get(key).and_then(Node::word);
    if word.is_none() {
        let place = node.get(key).map_or_else(|| beginning(node), |node| node.place.clone());
        problems.push(Diagnostic::error("missing-key", &place, format!("a profile needs `{key}`, a text")).label("not here"));
    }
    word
}

fn listed(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Vec<Word>> {
    let list = node.get("mappings");
    let words = match list.map(|node| &node.kind) {
        Some(NodeKind::List(items)) => items.iter().map(Node::word).collect::<Option<Vec<Word>>>(),
        _ => None,
    };
    let Some(words) = words else {
        let place = list.map_or_else(|| beginning(node), |node| node.place.clone());
        let message = "a profile needs `mappings`, the list of the mappings in force";
        problems.push(Diagnostic::error("missing-key", &place, message).label("no list of names"));
        return None;
    };
    for (at, word) in words.iter().enumerate() {
        if let Some(first) = words[..at].iter().find(|first| first.text == word.text) {
            let problem = Diagnostic::error("profile", &word.place, format!("`{word}` stands here a second time"));
            problems.push(problem.label("again").related(&first.place, "the first time").help("keep one of them"));
        }
    }
    Some(words)
}

/// A caret below the first word says enough.
fn beginning(node: &Node) -> Place {
    let start = node.place.span.start;
    let end = node.place.source.text[start..].find([':', '\n']).map_or(start, |length| start + length);
    Place::new(&node.place.source, start..end)
}

/// The profiles of a folder (the shipped ones, where there is none) and the file that is asked for.
pub(super) fn profiles(folder: Option<&Path>, choice: &ProfileChoice, problems: &mut Vec<Diagnostic>) -> Vec<Profile> {
    let mut sources = read_folder(folder, "yaml", builtin_profiles).unwrap_or_else(|problem| {
        problems.push(problem);
        Vec::new()
    });
    sources.retain(|source| named(source) != PERMISSIONS_FILE);
    if let Some(file) = choice.file() {
        // The same file under another name is not another profile.
        let same = |path: &Path| fs::canonicalize(path).ok().is_some_and(|one| fs::canonicalize(&file).is_ok_and(|two| one == two));
        sources.retain(|source| !same(&source.path));
        match fs::read_to_string(&file) {
            Ok(text) => sources.push(Source::new(file, text)),
            Err(problem) => problems.push(choice.wrong("unreadable", format!("{} cannot be read: {problem}", file.display()))),
        }
    }
    let mut profiles: Vec<Profile> = sources.iter().filter_map(|source| Profile::read(source, problems)).collect();
    profiles.sort_by_key(|profile| profile.name != DEFAULT);
    profiles
}

/// The profile that is asked for, if there is one.
pub(super) fn chosen<'p>(profiles: &'p [Profile], choice: &ProfileChoice, problems: &mut Vec<Diagnostic>) -> Option<&'p Profile> {
    let found = profiles.iter().find(|profile| choice.means(profile));
    // A file that is missing, or holds no profile, has been told.
    if found.is_none() && choice.file().is_none() {
        let problem = choice.wrong("unknown-profile", format!("there is no profile named `{}`", choice.words));
        problems.push(problem.meant(&choice.words, profiles.iter().map(|profile| profile.name.as_str())));
    }
    found
}
