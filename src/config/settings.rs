//! The settings file: where the systems, the state, the mappings and the secrets are, and what a company chooses.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::beside::{acumatica, beside, procore};
use super::block::block;
use super::limits::meant;
use super::mask::cross_out;
use super::overlay::OverlayChoice;
use super::profile::ProfileChoice;
use super::secrets::{missing, references};
use super::user::{User, known_actor, users};
use super::workspace::Folders;
use crate::connector::{AcumaticaSettings, HttpSettings, ProcoreSettings};
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::mapping::Word;
use crate::mapping::yaml::{self, Node, NodeKind};

/// The settings file that is read when none is named.
pub const SETTINGS_FILE: &str = "crosswalk.yaml";

/// The commented settings file that `init` writes.
pub const TEMPLATE: &str = include_str!("template.yaml");

/// What the settings file says, with the defaults of what it leaves out.
#[derive(Clone, Debug)]
pub struct SettingsFile {
    /// Where it was read from; none when there is no such file.
    pub file: Option<PathBuf>,
    /// The state file.
    pub state: PathBuf,
    /// Where mappings, schemas and profiles lie.
    pub folders: Folders,
    /// The named set of choices.
    pub profile: ProfileChoice,
    /// Who acts where nobody is named, as the journal names it.
    pub actor: String,
    /// Who may act, and with which rights; none where one operator does everything.
    pub users: Option<Vec<User>>,
    /// What differs from the shipped matrix of permissions.
    pub permissions: Option<Node>,
    /// Procore; none when the block is missing.
    pub procore: Option<ProcoreSettings>,
    /// Acumatica; none when the block is missing.
    pub acumatica: Option<AcumaticaSettings>,
    /// Limits of the HTTP client.
    pub http: HttpSettings,
    /// What a company chooses, to be laid over the defaults of the mappings.
    pub choices: Option<Node>,
    /// References to secrets, where they stand.
    references: Vec<Word>,
}

const KEYS: [&str; 14] = [
    "state",
    "mappings",
    "schemas",
    "profiles",
    "overlays",
    "profile",
    "overlay",
    "actor",
    "users",
    "permissions",
    "procore",
    "acumatica",
    "http",
    "settings",
];

impl Default for SettingsFile {
    /// What holds without a settings file.
    fn default() -> Self {
        Self {
            file: None,
            state: PathBuf::from("crosswalk.db"),
            folders: Folders::default(),
            profile: ProfileChoice::default(),
            actor: ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok()).unwrap_or_else(|| "operator".to_owned()),
            users: None,
            permissions: None,
            procore: None,
            acumatica: None,
            http: HttpSettings::default(),
            choices: None,
            references: Vec::new(),
        }
    }
}

impl SettingsFile {
    /// Reads a settings file, or `crosswalk.yaml` in this folder if there is one. What could be understood is given back
    /// beside the problems.
    pub fn read(named: Option<&Path>, problems: &mut Vec<Diagnostic>) -> Self {
        let path = named.unwrap_or(Path::new(SETTINGS_FILE));
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(path, &text, problems),
            Err(problem) if named.is_none() && problem.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(problem) => {
                let message = format!("{} cannot be read: {problem}", path.display());
                problems.push(Diagnostic::anywhere("unreadable", message).help("write one with `crosswalk init`"));
                Self::default()
            }
        }
    }

    /// The secrets that are named and not there: told before anything is sent.
    pub fn missing_secrets(&self) -> Vec<Diagnostic> {
        missing(&self.references, self.file.as_deref().and_then(Path::parent).unwrap_or(Path::new("")))
    }

    /// Understands the text of a settings file. A secret that was written into it is neither kept nor shown.
    pub fn parse(path: &Path, text: &str, problems: &mut Vec<Diagnostic>) -> Self {
        let (masked, secrets) = cross_out(text);
        let source = Source::new(path, masked);
        let mut settings = Self { file: Some(path.to_owned()), ..Self::default() };
        let folder = path.parent().unwrap_or(Path::new(""));
        settings.state = beside(folder, &settings.state);
        let secrets: Vec<Place> = secrets.into_iter().map(|span| Place::new(&source, span)).collect();
        problems.extend(secrets.iter().map(written_secret));
        match yaml::parse(&source) {
            Ok(Node { kind: NodeKind::Null, .. }) => {}
            Ok(node) => Reading { source, folder, secrets, problems }.all(&node, &mut settings),
            Err(problem) => problems.push(problem),
        }
        settings
    }
}

fn written_secret(place: &Place) -> Diagnostic {
    let before = &place.source.text[..place.span.start];
    let key = before.trim_end_matches([' ', '"', '\'', ':', '|', '\n']).rsplit([' ', '{', ',', '\n', '"']).next().unwrap_or_default();
    let message = format!("`{key}` is a secret, and a settings file is no place for one");
    let help =
        format!("put it in an environment variable and write `{key}: env:NAME`, or in a file of its own and write `{key}: file:PATH`");
    Diagnostic::error("written-secret", place, message).label("crossed out here").help(help)
}

/// One settings file while it is read.
struct Reading<'r> {
    source: Arc<Source>,
    folder: &'r Path,
    secrets: Vec<Place>,
    problems: &'r mut Vec<Diagnostic>,
}

impl Reading<'_> {
    fn all(mut self, node: &Node, settings: &mut SettingsFile) {
        let NodeKind::Map(entries) = &node.kind else {
            let message = format!("a settings file holds keys and values, and this is {}", node.kind_word());
            self.problems.push(Diagnostic::error("wrong-kind", &Place::new(&self.source, 0..1), message));
            return;
        };
        for (key, value) in entries.iter().filter(|(_, value)| !matches!(value.kind, NodeKind::Null)) {
            let Some(word) = key.word() else { continue };
            if ["procore", "acumatica", "http"].contains(&word.text.as_str()) {
                references(value, &mut settings.references);
                meant(value, self.problems);
            }
            match word.text.as_str() {
                "state" => self.path(value, |path| settings.state = path),
                "mappings" => self.path(value, |path| settings.folders.mappings = Some(path)),
                "schemas" => self.path(value, |path| settings.folders.schemas = Some(path)),
                "profiles" => self.path(value, |path| settings.folders.profiles = Some(path)),
                "overlays" => self.path(value, |path| settings.folders.overlays = Some(path)),
                "profile" => self.profile(value, settings),
                "overlay" => self.overlays(value, settings),
                "actor" => self.text(value, |actor| settings.actor = actor),
                "users" => settings.users = Some(users(value, self.problems)),
                "permissions" => settings.permissions = Some(value.clone()),
                "procore" => {
                    settings.procore = self.block(value);
                    settings.procore.iter_mut().for_each(|block| procore(block, self.folder));
                }
                "acumatica" => {
                    settings.acumatica = self.block(value);
                    settings.acumatica.iter_mut().for_each(|block| acumatica(block, self.folder));
                }
                "http" => settings.http = self.block(value).unwrap_or_default(),
                "settings" => settings.choices = Some(value.clone()),
                other => {
                    let message = format!("`{other}` is not a key of the settings file");
                    self.problems.push(Diagnostic::error("unknown-key", &word.place, message).label("no such key").meant(other, KEYS));
                }
            }
        }
        let listed = node.get("users").filter(|users| !matches!(users.kind, NodeKind::Null));
        if let (Some(users), Some(actor)) = (listed, node.get("actor").and_then(Node::word)) {
            known_actor(&actor, users, self.problems);
        }
    }

    fn text(&mut self, node: &Node, take: impl FnOnce(String)) {
        match node.word() {
            Some(word) => take(word.text),
            None => self.problems.push(Diagnostic::error("setting", &node.place, format!("expected text, found {}", node.kind_word()))),
        }
    }

    fn path(&mut self, node: &Node, take: impl FnOnce(PathBuf)) {
        let folder = self.folder;
        self.text(node, |path| take(beside(folder, path)));
    }

    fn profile(&mut self, node: &Node, settings: &mut SettingsFile) {
        match node.word() {
            Some(word) => settings.profile = ProfileChoice::written(word, self.folder),
            None => self.text(node, |_| {}),
        }
    }

    /// One overlay, or a list from the lowest to the highest.
    fn overlays(&mut self, node: &Node, settings: &mut SettingsFile) {
        let words = if node.items().is_empty() { std::slice::from_ref(node) } else { node.items() };
        for one in words {
            match one.word() {
                Some(word) => settings.folders.overlay.push(OverlayChoice::written(word, self.folder)),
                None => self.text(one, |_| {}),
            }
        }
    }

    fn block<T: DeserializeOwned>(&mut self, node: &Node) -> Option<T> {
        // A quoted secret is crossed out with its quotes, a `|` block without its head: any overlap is told already.
        let mut told = Vec::new();
        overlapping(node, &self.secrets, &mut told);
        block(node, &told, self.problems)
    }
}

/// The spans of the scalars that hold a written secret.
fn overlapping(node: &Node, secrets: &[Place], into: &mut Vec<std::ops::Range<usize>>) {
    match &node.kind {
        NodeKind::List(items) => items.iter().for_each(|item| overlapping(item, secrets, into)),
        NodeKind::Map(entries) => entries.iter().for_each(|(_, value)| overlapping(value, secrets, into)),
        NodeKind::Null | NodeKind::Bool(_) | NodeKind::Number(_) | NodeKind::Text(_) => {
            let span = &node.place.span;
            if secrets.iter().any(|secret| secret.span.start < span.end && span.start < secret.span.end) {
                into.push(span.clone());
            }
        }
    }
}
