//! Settings, mappings, schemas and cases put together: what every command starts from.

use std::path::{Path, PathBuf};

use super::acting::Acting;
use super::case_files::{CaseFile, CasesBeside};
use super::choices::choices;
use super::earlier::Earlier;
use super::files::merged;
use super::overlay::{Merged, OverlayChoice};
use super::permission::Permissions;
use super::profile::ProfileChoice;
use super::settings::SettingsFile;
use super::workspace::{Folders, Workspace, documented};
use crate::diagnostic::{Diagnostic, Place, any_error};
use crate::plan::Cost;
use crate::value::Value;

/// What the command line says about files; it goes before the settings file.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The settings file.
    pub settings: Option<PathBuf>,
    /// The folder of mappings.
    pub mappings: Option<PathBuf>,
    /// The folder of schemas.
    pub schemas: Option<PathBuf>,
    /// The profile: its name, or a file.
    pub profile: Option<String>,
    /// The overlays: their names, or folders; none for those that the settings name.
    pub overlays: Vec<String>,
}

/// Everything that the authors wrote, sound.
#[derive(Debug)]
pub struct Setup {
    /// The settings file.
    pub file: SettingsFile,
    /// Mappings and schemas.
    pub workspace: Workspace,
    /// The settings that expressions see.
    pub settings: Value,
    /// Which right each action needs.
    pub permissions: Permissions,
}

/// What a check of all files found.
#[derive(Debug)]
pub struct Checked {
    /// Every problem of every file.
    pub problems: Vec<Diagnostic>,
    /// How many there are of what; none where they could not be read.
    pub counts: Option<Counts>,
    /// What is taken from this program, for there is no folder of it.
    pub shipped: Vec<&'static str>,
    /// How each expression of each mapping runs; empty where the mappings are unsound.
    pub costs: Vec<Cost>,
}

/// How many files' worth of what was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Mappings, in force or not.
    pub mappings: usize,
    /// Schemas.
    pub schemas: usize,
    /// Cases.
    pub cases: usize,
    /// Profiles.
    pub profiles: usize,
}

impl Setup {
    /// Reads and compiles everything but the cases.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn open(asked: &Asked) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let file = settings_file(asked, &mut problems);
        Self::of(file, problems)
    }

    /// The same under mappings, schemas, profiles and overlays of another time.
    ///
    /// # Errors
    /// Every problem of every file of that time.
    pub fn at(&self, earlier: &Earlier) -> Result<Self, Vec<Diagnostic>> {
        let mut file = self.file.clone();
        file.folders = earlier.folders.clone();
        Self::of(file, Vec::new())
    }

    fn of(mut file: SettingsFile, mut problems: Vec<Diagnostic>) -> Result<Self, Vec<Diagnostic>> {
        let settings = chosen(&file, &mut problems);
        match by_every_core(|| Workspace::open_in(file.folders.clone(), &file.profile)) {
            Ok(workspace) => {
                if let (Some(acumatica), Some(endpoint)) = (&mut file.acumatica, workspace.endpoint()) {
                    acumatica.endpoint.get_or_insert_with(|| endpoint.clone());
                }
                let permissions = permissions(&file, Some(&workspace), &mut problems);
                if any_error(&problems) { Err(in_order(problems)) } else { Ok(Self { file, workspace, settings, permissions }) }
            }
            Err(more) => {
                permissions(&file, None, &mut problems);
                problems.extend(more);
                Err(in_order(problems))
            }
        }
    }

    /// The user who acts: the one that is named, else the settings' `actor`, else the user of this computer.
    ///
    /// # Errors
    /// A name that is not one of the `users`, in a sentence.
    pub fn acting(&self, as_user: Option<&str>) -> Result<Acting, String> {
        Acting::new(&self.file, &self.permissions, as_user)
    }

    /// The cases of the mappings.
    ///
    /// # Errors
    /// Every problem of every file of cases.
    pub fn cases(&self) -> Result<Vec<CaseFile>, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let files = CasesBeside::read(&self.workspace.folders).under(&self.workspace.overlays, &mut problems);
        problems.extend(against(&files, &self.workspace));
        if problems.is_empty() { Ok(files) } else { Err(in_order(problems)) }
    }
}

/// What overlays make of the files below them.
///
/// # Errors
/// Every problem of the files that are put together.
pub fn merge(asked: &Asked) -> Result<Merged, Vec<Diagnostic>> {
    merged(&settings_file_of(asked)?.folders)
}

/// Checks every file, the cases among them.
pub fn check(asked: &Asked) -> Checked {
    let mut problems = Vec::new();
    let file = settings_file(asked, &mut problems);
    // Half of the work is to read the cases, which nothing else needs until all is read.
    let workspace = || {
        chosen(&file, &mut problems);
        Workspace::checked_in(file.folders.clone(), &file.profile)
    };
    let (workspace, cases) = by_every_core(|| rayon::join(workspace, || CasesBeside::read(&file.folders)));
    let workspace = match workspace {
        Ok(workspace) => {
            problems.extend(workspace.warnings.iter().cloned());
            Some(workspace)
        }
        Err(more) => {
            problems.extend(more);
            None
        }
    };
    permissions(&file, workspace.as_ref(), &mut problems);
    let overlays = workspace.as_ref().map_or(&[][..], |workspace| &workspace.overlays);
    let cases = cases.under(overlays, &mut problems);
    let costs = workspace.iter().flat_map(|workspace| workspace.plans.iter().chain(&workspace.off)).flat_map(|plan| plan.costs.clone());
    let costs = costs.collect();
    let counts = workspace.map(|workspace| {
        problems.extend(against(&cases, &workspace));
        Counts {
            mappings: workspace.plans.len() + workspace.off.len(),
            schemas: workspace.catalog.iter().count(),
            cases: cases.iter().map(|file| file.cases.len()).sum(),
            profiles: workspace.profiles.len(),
        }
    });
    Checked { problems: in_order(problems), counts, shipped: file.folders.shipped(), costs }
}

/// By threads that go when the work is done: a run that takes hours later wants their memory, not them.
fn by_every_core<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().build() {
        Ok(threads) => threads.install(work),
        Err(_) => work(),
    }
}

/// The settings as the file chooses them.
fn chosen(file: &SettingsFile, problems: &mut Vec<Diagnostic>) -> Value {
    let (settings, words) = documented(&file.folders, &file.profile);
    choices((&settings, &words), file.choices.as_ref(), problems)
}

/// The matrix of permissions, as the settings file wants it.
fn permissions(file: &SettingsFile, workspace: Option<&Workspace>, problems: &mut Vec<Diagnostic>) -> Permissions {
    let plans = workspace.into_iter().flat_map(|workspace| workspace.plans.iter().chain(&workspace.off));
    let disabled = workspace.into_iter().flat_map(|workspace| &workspace.overlays).flat_map(|overlay| &overlay.disable);
    let mappings: Vec<&str> = plans.map(|plan| plan.name.as_str()).chain(disabled.map(|word| word.text.as_str())).collect();
    Permissions::read_beside(file.folders.profiles.as_deref(), &mappings, problems).over(file.permissions.as_ref(), problems)
}

/// File by file, from top to bottom, as an author goes through them.
fn in_order(mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    problems.sort_by_key(|problem| problem.place.as_ref().map(|place| (place.source.path.clone(), place.span.start)));
    problems
}

/// What is wrong with cases, seen from the mappings: files without one, and names that do not exist.
fn against(files: &[CaseFile], workspace: &Workspace) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for file in files {
        let off = workspace.off.iter().find(|plan| plan.name == file.mapping);
        match workspace.plan(&file.mapping).or(off) {
            Some(plan) => problems.extend(file.faults(plan, (&workspace.defaults, &workspace.choices))),
            None => {
                let message = format!("there is no mapping `{}` for these cases", file.mapping);
                let problem = Diagnostic::error("cases-without-mapping", &Place::new(&file.source, 0..1), message);
                problems.push(problem.help("name the file after its mapping: `<mapping>.cases.yaml`"));
            }
        }
    }
    problems
}

/// The settings file, with what the command line says about files.
///
/// # Errors
/// Every problem of it.
pub fn settings_file_of(asked: &Asked) -> Result<SettingsFile, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let file = settings_file(asked, &mut problems);
    if any_error(&problems) { Err(problems) } else { Ok(file) }
}

fn settings_file(asked: &Asked, problems: &mut Vec<Diagnostic>) -> SettingsFile {
    let mut file = SettingsFile::read(asked.settings.as_deref(), problems);
    let home = file.file.as_deref().and_then(Path::parent).unwrap_or(Path::new("")).to_owned();
    let Folders { mappings, schemas, profiles, overlays, overlay } = file.folders;
    file.folders = Folders {
        mappings: asked.mappings.clone().or(mappings).or_else(|| found(&home, "mappings")),
        schemas: asked.schemas.clone().or(schemas).or_else(|| found(&home, "schemas")),
        profiles: profiles.or_else(|| found(&home, "profiles")),
        overlays: overlays.or_else(|| found(&home, "overlays")),
        overlay: if asked.overlays.is_empty() { overlay } else { asked.overlays.iter().map(OverlayChoice::named).collect() },
    };
    if let Some(words) = &asked.profile {
        file.profile = ProfileChoice::named(words);
    }
    file
}

/// A folder of this name, if there is one; else the shipped files are used.
fn found(home: &Path, name: &str) -> Option<PathBuf> {
    Some(home.join(name)).filter(|folder| folder.is_dir())
}
