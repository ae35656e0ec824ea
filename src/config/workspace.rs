//! Mappings, schemas, profiles and defaults read from their folders, checked and compiled together.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::builtin::builtin_mappings;
use super::choices::Words;
use super::documented::{Documented, documents};
use super::files::Files;
use super::in_force::{idle, needed, unknown};
use super::overlay::{Laid, Overlay, OverlayChoice, overlays};
use super::profile::{Profile, ProfileChoice, chosen, profiles};
use crate::diagnostic::{Diagnostic, Place, Source, any_error};
use crate::expr::Expressions;
use crate::mapping::{self, Mapping};
use crate::plan::{Plan, Settings, compile_and_warn};
use crate::schema::{Catalog, Endpoint, load};
use crate::sync::OVER;
use crate::value::Value;

/// Where mappings, schemas, profiles and overlays lie, none for the shipped ones in the binary; and which overlays are in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders {
    /// The folder of mapping files.
    pub mappings: Option<PathBuf>,
    /// The folder of schema files, with one folder per system.
    pub schemas: Option<PathBuf>,
    /// The folder of profiles.
    pub profiles: Option<PathBuf>,
    /// The folder of overlays.
    pub overlays: Option<PathBuf>,
    /// The overlays that are laid over the rest, from the lowest to the highest.
    pub overlay: Vec<OverlayChoice>,
}

impl Folders {
    /// What is taken from this program, for there is no folder of it.
    pub fn shipped(&self) -> Vec<&'static str> {
        let folders = [("mappings", &self.mappings), ("schemas", &self.schemas), ("profiles", &self.profiles)];
        let overlays = (!self.overlay.is_empty()).then_some(("overlays", &self.overlays));
        folders.into_iter().chain(overlays).filter(|(_, folder)| folder.is_none()).map(|(name, _)| name).collect()
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
    /// The overlays in force, from the lowest to the highest.
    pub overlays: Vec<Overlay>,
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
        let Files { overlays, cases, mut rest, documented, laid } = Files::read(&folders, &mut problems);
        rest.retain(|source| !overlays.iter().flat_map(|overlay| &overlay.disable).any(|word| word.text == stem(source)));
        let (defaults, choices) = (&documented.defaults, &documented.words);
        // Schemas and mappings are read side by side: nothing of one is in the other.
        let ((mappings, unread, of_mappings), (catalog, of_schemas)) = rayon::join(|| mappings(&laid), || catalog(&laid.schemas));
        let catalog = Arc::new(catalog);
        problems.extend(of_schemas);
        // What an overlay has missed would be told of every mapping below it as well.
        if !overlays.is_empty() && any_error(&problems) {
            return Err(problems);
        }
        problems.extend(of_mappings);
        let names = mappings.iter().map(|mapping| mapping.mapping.text.as_str());
        let known: Vec<&str> = names.chain(rest.iter().map(|source| stem(source))).collect();
        let mut profiles = profiles(folders.profiles.as_deref(), choice, &mut problems);
        overlays.iter().for_each(|overlay| put_in_force(overlay, &mut profiles, &known, &mut problems));
        let profile = chosen(&profiles, choice, &mut problems).cloned();
        let over = |profile: &Profile, problems: &mut Vec<Diagnostic>| {
            let values = profile.over((defaults, choices), problems);
            let mut more = Vec::new();
            let values =
                overlays.iter().fold(values, |values, overlay| super::choices((&values, choices), overlay.settings.as_ref(), &mut more));
            // They are the same over each profile.
            more.retain(|problem| !problems.contains(problem));
            problems.extend(more);
            values
        };
        let values = profile.as_ref().map_or_else(|| defaults.clone(), |profile| over(profile, &mut problems));
        let written = Written { mappings: &mappings, unread: &unread, known, catalog: &catalog, choices };
        let others =
            profiles.iter().filter(|_| all_profiles).filter(|other| profile.as_ref().is_none_or(|profile| profile.source != other.source));
        let others = others.map(|other| {
            let mut told = Vec::new();
            (over(other, &mut told), told)
        });
        let plans = written.compile(&values, &others.collect::<Vec<_>>(), &mut problems);
        // Where no folder can be read, nothing is missing from it.
        if !written.known.is_empty() {
            written.in_profiles(&profiles, &plans, &mut problems);
        }
        if !any_error(&problems) {
            let of_calls = catalog.iter().flat_map(|schema| &schema.resource.settings);
            let read = plans.iter().flat_map(|plan| &plan.settings).chain(of_calls).map(String::as_str).collect();
            let mut unread = Vec::new();
            documented.unread(&read, &mut unread);
            // What an overlay leaves unread of the settings below it is none of its author's business.
            let of_overlay = |source: &Source| overlays.iter().flat_map(|overlay| &overlay.files).any(|file| **file == *source);
            unread.retain(|problem| overlays.is_empty() || problem.place.as_ref().is_some_and(|place| of_overlay(&place.source)));
            problems.extend(unread);
        }
        let Documented { defaults, words: choices, .. } = documented;
        let Some(profile) = profile.filter(|_| !any_error(&problems)) else { return Err(problems) };
        let (plans, off) = plans.into_iter().partition(|plan| profile.has(&plan.name));
        Ok(Self {
            plans,
            off,
            profile,
            profiles,
            catalog,
            overlays,
            defaults,
            choices,
            settings: values,
            cases,
            folders,
            warnings: problems,
        })
    }

    /// Whether a mapping exists and is off in this profile.
    pub fn is_off(&self, name: &str) -> bool {
        self.off.iter().any(|plan| plan.name == name)
    }

    /// What to say to somebody who asks for a mapping that is off.
    pub fn told_off(&self, name: &str) -> Option<String> {
        if let Some(overlay) = self.overlays.iter().find(|overlay| overlay.disable.iter().any(|word| word.text == name)) {
            return Some(format!("`{name}` is disabled by overlay `{}`", overlay.name));
        }
        let here = &self.profile.name;
        self.is_off(name).then(|| match self.profiles.iter().find(|profile| profile.has(name)) {
            Some(other) => format!("`{name}` is off in profile `{here}`; add `--profile {}`", other.name),
            None => format!("`{name}` is off in every profile; add it to the mappings of one"),
        })
    }

    /// The profile with the overlays over it, in a few words: `vision + acme`.
    pub fn in_force(&self) -> String {
        let names = [self.profile.name.as_str()].into_iter().chain(self.overlays.iter().map(|overlay| overlay.name.text.as_str()));
        names.collect::<Vec<_>>().join(OVER)
    }

    /// The endpoint that the overlays name, if one does: that of the highest.
    pub fn endpoint(&self) -> Option<&Endpoint> {
        self.overlays.iter().rev().find_map(|overlay| overlay.endpoint.as_ref())
    }

    /// The folders in which cases, and so snapshots, may lie: not those of this program itself.
    pub fn case_folders(&self) -> Vec<PathBuf> {
        let beside = self.overlays.iter().flat_map(|overlay| &overlay.files).filter_map(|source| source.path.parent());
        let mut folders: Vec<PathBuf> = beside.filter(|folder| folder.is_dir()).map(Path::to_owned).collect();
        folders.dedup();
        self.folders.mappings.iter().cloned().chain(folders).collect()
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
        // What a profile chooses is a matter of values; only other values can make other problems.
        let checked = |other: &Value| if other == values { Vec::new() } else { compiled(other).1 };
        let ((plans, of_plans), of_others) =
            rayon::join(|| compiled(values), || others.par_iter().map(|(other, _)| checked(other)).collect::<Vec<_>>());
        self.tell(of_plans, problems);
        for ((_, told), more) in others.iter().zip(of_others) {
            problems.extend(told.iter().cloned());
            self.tell(more, problems);
        }
        plans
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

/// The schemas that can be read, and what is wrong with the others.
pub(super) fn catalog(sources: &[(Arc<Source>, Option<Place>)]) -> (Catalog, Vec<Diagnostic>) {
    let (mut schemas, mut problems) = (Vec::new(), Vec::new());
    let sources: Vec<_> = sources.iter().filter(|(source, _)| named(source) != "mapping.schema.json").collect();
    let loaded: Vec<_> = sources.par_iter().map(|(source, _)| load(&source.path, &source.text)).collect();
    for ((_, blamed), loaded) in sources.into_iter().zip(loaded) {
        match (loaded, blamed) {
            (Ok(schema), _) => schemas.push(schema),
            (Err(problem), None) => problems.push(problem),
            // The text is one that nobody has written: the place is that of the change.
            (Err(problem), Some(place)) => problems.push(Diagnostic::error("overlay", place, problem.message).label("comes of this")),
        }
    }
    (Catalog::new(schemas), problems)
}

/// The profiles as an overlay wants them.
fn put_in_force(overlay: &Overlay, profiles: &mut [Profile], known: &[&str], problems: &mut Vec<Diagnostic>) {
    for word in overlay.enable.iter().filter(|word| !known.contains(&word.text.as_str())) {
        let problem = Diagnostic::error("unknown-mapping", &word.place, format!("there is no mapping named `{word}`"));
        problems.push(problem.label("no such mapping").meant(&word.text, known.iter().copied()));
    }
    for profile in profiles {
        profile.mappings.retain(|word| !overlay.disable.iter().any(|off| off.text == word.text));
        let new = overlay.enable.iter().filter(|word| known.contains(&word.text.as_str()) && !profile.has(&word.text));
        let new: Vec<_> = new.cloned().collect();
        profile.mappings.extend(new);
    }
}

/// The settings before the settings file has its say, for judging it when the mappings are not sound; and the words among which
/// some of them choose.
pub(super) fn documented(folders: &Folders, choice: &ProfileChoice) -> (Value, Words) {
    let sources = read_folder(folders.mappings.as_deref(), "yaml", builtin_mappings).unwrap_or_default();
    let told = &mut Vec::new();
    let overlays = overlays(folders.overlays.as_deref(), &folders.overlay, told);
    let beside = overlays.iter().flat_map(|overlay| overlay.files.clone());
    let settings: Vec<_> = sources.into_iter().chain(beside).filter(|source| documents(source)).collect();
    let Documented { defaults, words, .. } = Documented::read(&settings, told);
    let profiles = profiles(folders.profiles.as_deref(), choice, told);
    let values = chosen(&profiles, choice, told).map(|profile| profile.over((&defaults, &words), told)).unwrap_or(defaults);
    let over = |values: Value, overlay: &Overlay| super::choices((&values, &words), overlay.settings.as_ref(), told);
    (overlays.iter().fold(values, over), words)
}

/// The mappings, and the names of files that hold none that can be read.
fn mappings(laid: &Laid) -> (Vec<Mapping>, Vec<&str>, Vec<Diagnostic>) {
    let (mut mappings, mut problems) = (Vec::new(), Vec::new());
    let mut unread: Vec<&str> = laid.unread.iter().map(|source| stem(source)).collect();
    for (source, node) in &laid.mappings {
        let (mapping, more) = mapping::read_node(node);
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
