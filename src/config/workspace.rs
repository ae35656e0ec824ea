//! Mappings, schemas, profiles and defaults read from their folders, checked and compiled together.

use std::fs;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use super::builtin::{builtin_mappings, builtin_schemas};
use super::choices::Words;
use super::documented::{Documented, documents};
use super::in_force::{idle, needed, unknown};
use super::profile::{Profile, ProfileChoice, chosen, profiles};
use crate::diagnostic::{Diagnostic, Source, any_error};
use crate::expr::Expressions;
use crate::mapping::{self, Mapping};
use crate::plan::{Plan, Settings, compile_and_warn};
use crate::schema::{Catalog, load};
use crate::value::Value;

/// Where mappings, schemas and profiles lie; none for the shipped ones in the binary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders {
    /// The folder of mapping files.
    pub mappings: Option<PathBuf>,
    /// The folder of schema files, with one folder per system.
    pub schemas: Option<PathBuf>,
    /// The folder of profiles.
    pub profiles: Option<PathBuf>,
}

impl Folders {
    /// What is taken from this program, for there is no folder of it.
    pub fn shipped(&self) -> Vec<&'static str> {
        let folders = [("mappings", &self.mappings), ("schemas", &self.schemas), ("profiles", &self.profiles)];
        folders.into_iter().filter(|(_, folder)| folder.is_none()).map(|(name, _)| name).collect()
    }
}

/// Everything that the authors wrote, checked and compiled.
#[derive(Debug)]
pub struct Workspace {
    /// The plans in force, in the order of their files.
    pub plans: Vec<Plan>,
    /// The plans that the profile leaves off.
    pub off: Vec<Plan>,
    /// The profile that says which are in force.
    pub profile: Profile,
    /// Every profile there is.
    pub profiles: Vec<Profile>,
    /// The schemas.
    pub catalog: Arc<Catalog>,
    /// The documented defaults, from which cases start.
    pub defaults: Value,
    /// The words among which some settings choose.
    pub choices: Words,
    /// The settings that expressions see, before the settings file has its say: the defaults with the profile's choices.
    pub settings: Value,
    /// The files of cases, by mapping.
    pub cases: Vec<Arc<Source>>,
    /// Where the mappings were read from.
    pub folders: Folders,
    /// What does not stop a run, and should be looked at.
    pub warnings: Vec<Diagnostic>,
}

pub(super) const CASES: &str = ".cases.yaml";

impl Workspace {
    /// Reads and compiles, for the profile that holds where none is chosen.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn open(folders: Folders) -> Result<Self, Vec<Diagnostic>> {
        Self::open_in(folders, &ProfileChoice::default())
    }

    /// Reads and compiles. All mappings are checked under the values of the chosen profile, which says which of them run.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn open_in(folders: Folders, choice: &ProfileChoice) -> Result<Self, Vec<Diagnostic>> {
        Self::read(folders, choice, false)
    }

    /// The same, with all mappings checked under the values of every other profile as well.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn checked_in(folders: Folders, choice: &ProfileChoice) -> Result<Self, Vec<Diagnostic>> {
        Self::read(folders, choice, true)
    }

    fn read(folders: Folders, choice: &ProfileChoice, all_profiles: bool) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let sources = read_folder(folders.mappings.as_deref(), "yaml", builtin_mappings).unwrap_or_else(|problem| {
            problems.push(problem);
            Vec::new()
        });
        let (cases, rest): (Vec<_>, Vec<_>) = sources.into_iter().partition(|source| named(source).ends_with(CASES));
        let (settings, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|source| documents(source));
        // Schemas and mappings are read side by side: nothing of one is in the other.
        let ((catalog, of_schemas), (mappings, unread, of_mappings)) = thread::scope(|threads| {
            let schemas = threads.spawn(|| catalog(folders.schemas.as_deref()));
            let mappings = mappings(&rest);
            (schemas.join().unwrap_or_else(|panic| resume_unwind(panic)), mappings)
        });
        problems.extend(of_schemas);
        let documented = Documented::read(&settings, &mut problems);
        let (defaults, choices) = (&documented.defaults, &documented.words);
        problems.extend(of_mappings);
        let profiles = profiles(folders.profiles.as_deref(), choice, &mut problems);
        let profile = chosen(&profiles, choice, &mut problems).cloned();
        let values = profile.as_ref().map_or_else(|| defaults.clone(), |profile| profile.over((defaults, choices), &mut problems));
        let names = mappings.iter().map(|mapping| mapping.mapping.text.as_str());
        let known = names.chain(rest.iter().map(|source| stem(source))).collect();
        let written = Written { mappings: &mappings, unread: &unread, known, catalog: &catalog, choices };
        let others =
            profiles.iter().filter(|_| all_profiles).filter(|other| profile.as_ref().is_none_or(|profile| profile.source != other.source));
        let others = others.map(|other| {
            let mut told = Vec::new();
            (other.over((defaults, choices), &mut told), told)
        });
        let plans = written.compile(&values, &others.collect::<Vec<_>>(), &mut problems);
        // Where no folder can be read, nothing is missing from it.
        if !written.known.is_empty() {
            written.in_profiles(&profiles, &plans, &mut problems);
        }
        if !any_error(&problems) {
            let of_calls = catalog.iter().flat_map(|schema| &schema.resource.settings);
            let read = plans.iter().flat_map(|plan| &plan.settings).chain(of_calls).map(String::as_str).collect();
            documented.unread(&read, &mut problems);
        }
        let Documented { defaults, words: choices, .. } = documented;
        let Some(profile) = profile.filter(|_| !any_error(&problems)) else { return Err(problems) };
        let (plans, off) = plans.into_iter().partition(|plan| profile.has(&plan.name));
        Ok(Self { plans, off, profile, profiles, catalog, defaults, choices, settings: values, cases, folders, warnings: problems })
    }

    /// Whether a mapping exists and is off in this profile.
    pub fn is_off(&self, name: &str) -> bool {
        self.off.iter().any(|plan| plan.name == name)
    }

    /// What to say to somebody who asks for a mapping that is off.
    pub fn told_off(&self, name: &str) -> Option<String> {
        let here = &self.profile.name;
        self.is_off(name).then(|| match self.profiles.iter().find(|profile| profile.has(name)) {
            Some(other) => format!("`{name}` is off in profile `{here}`; add `--profile {}`", other.name),
            None => format!("`{name}` is off in every profile; add it to the mappings of one"),
        })
    }

    /// A plan by the name of its mapping.
    pub fn plan(&self, name: &str) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.name == name)
    }
}

/// What the authors wrote, before it is compiled.
struct Written<'w> {
    mappings: &'w [Mapping],
    /// Names of files that hold no mapping that can be read.
    unread: &'w [&'w str],
    /// Names of mappings, and of files that should hold one.
    known: Vec<&'w str>,
    catalog: &'w Catalog,
    choices: &'w Words,
}

impl Written<'_> {
    /// The plans of all mappings under these settings; none when there are problems. Those of other profiles are only checked, side by
    /// side with them.
    fn compile(&self, values: &Value, others: &[(Value, Vec<Diagnostic>)], problems: &mut Vec<Diagnostic>) -> Vec<Plan> {
        let compiled = |values: &Value| {
            let settings = Settings { defaults: values.clone(), choices: self.choices.clone() };
            compile_and_warn(self.mappings, self.catalog, &settings, &Expressions::new())
        };
        thread::scope(|threads| {
            // What a profile chooses is a matter of values; only other values can make other problems.
            let checks: Vec<_> = others.iter().map(|(other, _)| (other != values).then(|| threads.spawn(|| compiled(other).1))).collect();
            let (plans, of_plans) = compiled(values);
            self.tell(of_plans, problems);
            for ((_, told), check) in others.iter().zip(checks) {
                problems.extend(told.iter().cloned());
                let more = check.map(|check| check.join().unwrap_or_else(|panic| resume_unwind(panic)));
                self.tell(more.unwrap_or_default(), problems);
            }
            plans
        })
    }

    fn tell(&self, more: Vec<Diagnostic>, problems: &mut Vec<Diagnostic>) {
        let new: Vec<_> = more.into_iter().filter(|problem| !misses(problem, self.unread) && !problems.contains(problem)).collect();
        problems.extend(new);
    }

    /// What the profiles say of mappings.
    fn in_profiles(&self, profiles: &[Profile], plans: &[Plan], problems: &mut Vec<Diagnostic>) {
        for profile in profiles {
            unknown(profile, &self.known, problems);
            needed(profile, (self.mappings, plans), problems);
        }
        idle(profiles, self.mappings, problems);
    }
}

pub(super) fn named(source: &Source) -> &str {
    source.path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// The name of the mapping that a file should hold.
fn stem(source: &Source) -> &str {
    source.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
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

fn catalog(folder: Option<&Path>) -> (Arc<Catalog>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
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
    (Arc::new(Catalog::new(schemas)), problems)
}

/// The settings before the settings file has its say, for judging it when the mappings are not sound; and the words among which
/// some of them choose.
pub(super) fn documented(folders: &Folders, choice: &ProfileChoice) -> (Value, Words) {
    let sources = read_folder(folders.mappings.as_deref(), "yaml", builtin_mappings).unwrap_or_default();
    let settings: Vec<_> = sources.into_iter().filter(|source| documents(source)).collect();
    let told = &mut Vec::new();
    let Documented { defaults, words, .. } = Documented::read(&settings, told);
    let profiles = profiles(folders.profiles.as_deref(), choice, told);
    let values = chosen(&profiles, choice, told).map(|profile| profile.over((&defaults, &words), told));
    (values.unwrap_or(defaults), words)
}

/// The mappings, and the names of files that hold none that can be read.
fn mappings(sources: &[Arc<Source>]) -> (Vec<Mapping>, Vec<&str>, Vec<Diagnostic>) {
    let (mut mappings, mut unread, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for source in sources {
        let (mapping, more) = mapping::read(source);
        problems.extend(more);
        let Some(mapping) = mapping else {
            unread.push(stem(source));
            continue;
        };
        problems.extend(misnamed(&mapping));
        mappings.push(mapping);
    }
    (mappings, unread, problems)
}

/// A mapping is named as its file is.
pub fn misnamed(mapping: &Mapping) -> Option<Diagnostic> {
    let source = &mapping.mapping.place.source;
    let expected = stem(source);
    (mapping.mapping.text != expected).then(|| {
        let message = format!("this file is `{}`, and the mapping in it `{}`", named(source), mapping.mapping);
        Diagnostic::error("mapping-name", &mapping.mapping.place, message)
            .help(format!("write `mapping: {expected}`"))
            .replaced_by(Some(expected))
    })
}

/// Whether a problem says only that a mapping is missing whose file cannot be read: that is told at the file.
fn misses(problem: &Diagnostic, unread: &[&str]) -> bool {
    let Some(place) = &problem.place else { return false };
    let word = place.source.text.get(place.span.clone()).unwrap_or_default();
    ["unknown-mapping", "unknown-name", "pair"].contains(&problem.code) && unread.contains(&word)
}
