//! Mappings, schemas and defaults read from their folders, checked and compiled together.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::builtin::{builtin_mappings, builtin_schemas};
use crate::diagnostic::{Diagnostic, Source, any_error};
use crate::expr::Expressions;
use crate::mapping::{self, Mapping, yaml};
use crate::plan::{Plan, Settings, compile};
use crate::schema::{Catalog, load};
use crate::value::{Record, Value};

/// Where mappings and schemas lie; none for the shipped ones in the binary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders {
    /// The folder of mapping files.
    pub mappings: Option<PathBuf>,
    /// The folder of schema files, with one folder per system.
    pub schemas: Option<PathBuf>,
}

/// Everything that the authors wrote, checked and compiled.
#[derive(Debug)]
pub struct Workspace {
    /// The plans, in the order of their files.
    pub plans: Vec<Plan>,
    /// The schemas.
    pub catalog: Arc<Catalog>,
    /// The settings that expressions see, before the settings file has its say.
    pub defaults: Value,
    /// The files of cases, by mapping.
    pub cases: Vec<Arc<Source>>,
    /// Where the mappings were read from.
    pub folders: Folders,
    /// What does not stop a run, and should be looked at.
    pub warnings: Vec<Diagnostic>,
}

/// Files of `mappings/` that are not mappings.
const SETTINGS: &str = "settings.yaml";
pub(super) const CASES: &str = ".cases.yaml";

impl Workspace {
    /// Reads and compiles.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn open(folders: Folders) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let sources = read_folder(folders.mappings.as_deref(), "yaml", builtin_mappings).unwrap_or_else(|problem| {
            problems.push(problem);
            Vec::new()
        });
        let catalog = Arc::new(catalog(folders.schemas.as_deref(), &mut problems));
        let (cases, rest): (Vec<_>, Vec<_>) = sources.into_iter().partition(|source| named(source).ends_with(CASES));
        let (settings, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|source| named(source) == SETTINGS);
        let defaults = defaults(&settings, &mut problems);
        let (mappings, unread) = mappings(&rest, &mut problems);
        let settings = Settings { defaults: defaults.clone() };
        match compile(&mappings, &catalog, &settings, &Expressions::new()) {
            Ok(plans) if !any_error(&problems) => Ok(Self { plans, catalog, defaults, cases, folders, warnings: problems }),
            Ok(_) => Err(problems),
            Err(more) => {
                problems.extend(more.into_iter().filter(|problem| !misses(problem, &unread)));
                Err(problems)
            }
        }
    }

    /// A plan by the name of its mapping.
    pub fn plan(&self, name: &str) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.name == name)
    }
}

pub(super) fn named(source: &Source) -> &str {
    source.path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

pub(super) fn read_folder(folder: Option<&Path>, ending: &str, builtin: fn() -> Vec<Arc<Source>>) -> Result<Vec<Arc<Source>>, Diagnostic> {
    let Some(folder) = folder else { return Ok(builtin()) };
    let wrong = |path: &Path, problem: &std::io::Error| {
        let message = format!("{} cannot be read: {problem}", path.display());
        Diagnostic::anywhere("unreadable", message)
            .help("name the folder of mappings in the settings file, or make one with `crosswalk init`")
    };
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(|problem| wrong(&folder, &problem))? {
            let path = entry.map_err(|problem| wrong(&folder, &problem))?.path();
            if path.is_dir() && ending == "json" {
                open.push(path);
            } else if path.extension().is_some_and(|known| known == ending) {
                let text = fs::read_to_string(&path).map_err(|problem| wrong(&path, &problem))?;
                found.push(Source::new(path, text));
            }
        }
    }
    found.sort_by(|one, two| one.path.cmp(&two.path));
    Ok(found)
}

fn catalog(folder: Option<&Path>, problems: &mut Vec<Diagnostic>) -> Catalog {
    let sources = read_folder(folder, "json", builtin_schemas).unwrap_or_else(|problem| {
        problems.push(problem);
        Vec::new()
    });
    let mut schemas = Vec::new();
    for source in sources.iter().filter(|source| named(source) != "mapping.schema.json") {
        match load(&source.path, &source.text) {
            Ok(schema) => schemas.push(schema),
            Err(problem) => problems.push(problem),
        }
    }
    Catalog::new(schemas)
}

/// The documented defaults alone, for judging a settings file whose mappings are not sound.
pub(super) fn documented(folders: &Folders) -> Value {
    let sources = read_folder(folders.mappings.as_deref(), "yaml", builtin_mappings).unwrap_or_default();
    let settings: Vec<_> = sources.into_iter().filter(|source| named(source) == SETTINGS).collect();
    defaults(&settings, &mut Vec::new())
}

fn defaults(sources: &[Arc<Source>], problems: &mut Vec<Diagnostic>) -> Value {
    let Some(source) = sources.first() else { return Value::Record(Record::new()) };
    match yaml::parse(source) {
        Ok(node) => node.to_value(),
        Err(problem) => {
            problems.push(problem);
            Value::Record(Record::new())
        }
    }
}

/// The mappings, and the names of files that hold none that can be read.
fn mappings<'s>(sources: &'s [Arc<Source>], problems: &mut Vec<Diagnostic>) -> (Vec<Mapping>, Vec<&'s str>) {
    let (mut mappings, mut unread) = (Vec::new(), Vec::new());
    for source in sources {
        let (mapping, more) = mapping::read(source);
        problems.extend(more);
        let expected = source.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let Some(mapping) = mapping else {
            unread.push(expected);
            continue;
        };
        if mapping.mapping.text != expected {
            let message = format!("this file is `{}`, and the mapping in it `{}`", named(source), mapping.mapping);
            problems.push(Diagnostic::error("mapping-name", &mapping.mapping.place, message).help(format!("write `mapping: {expected}`")));
        }
        mappings.push(mapping);
    }
    (mappings, unread)
}

/// Whether a problem says only that a mapping is missing whose file cannot be read: that is told at the file.
fn misses(problem: &Diagnostic, unread: &[&str]) -> bool {
    let Some(place) = &problem.place else { return false };
    let word = place.source.text.get(place.span.clone()).unwrap_or_default();
    ["unknown-mapping", "unknown-name"].contains(&problem.code) && unread.contains(&word)
}
