//! What an author is told about a slip: one broken file per slip under `tests/inputs/diagnostics/`, the exact text beside it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use crosswalk::config::overlay::OverlayChoice;
use crosswalk::config::{Folders, ProfileChoice, SettingsFile, Workspace, builtin_mappings, choices, faults};
use crosswalk::diagnostic::{Diagnostic, Source, render};
use crosswalk::expr::Expressions;
use crosswalk::plan::{Settings, compile_and_warn};
use crosswalk::{cases, mapping, schema};

/// What the broken files stand among: the shipped mappings, schemas and settings.
pub(crate) struct Shipped {
    workspace: Workspace,
    catalog: schema::Catalog,
    mappings: Vec<mapping::Mapping>,
}

impl Shipped {
    pub(crate) fn read() -> Self {
        let workspace = Workspace::open(Folders::default()).unwrap();
        let named = |source: &Arc<Source>| source.path.file_name().unwrap().to_str().unwrap().to_owned();
        let sources =
            builtin_mappings().into_iter().filter(|source| !named(source).contains(".cases.") && !named(source).starts_with("settings."));
        let mappings = sources.map(|source| mapping::read(&source).0.unwrap()).collect();
        let catalog = schema::Catalog::new(super::schemas::all().into_iter().chain([keyless()]));
        Self { workspace, catalog, mappings }
    }

    fn mapping(&self, paths: &[PathBuf]) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let mut mappings = self.mappings.clone();
        for path in paths {
            let (mapping, more) = mapping::read(&source(path));
            problems.extend(more);
            mappings.extend(mapping);
        }
        let settings = Settings { defaults: self.workspace.defaults.clone(), choices: self.workspace.choices.clone() };
        problems.extend(compile_and_warn(&mappings, &self.catalog, &settings, &Expressions::new()).1);
        problems
    }

    /// Cases of the mapping after which the file is named, where they can be read.
    fn cases(&self, path: &Path) -> Vec<Diagnostic> {
        let read = match cases::read(&source(path)) {
            Ok(read) => read,
            Err(problems) => return problems,
        };
        let name = path.file_name().unwrap().to_str().unwrap().split("__").next().unwrap();
        let plan = self.workspace.plan(name).unwrap();
        read.iter().flat_map(|case| faults(case, plan, (&self.workspace.defaults, &self.workspace.choices))).collect()
    }

    fn settings(&self, path: &Path) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let text = std::fs::read_to_string(path).unwrap();
        let file = SettingsFile::parse(Path::new("crosswalk.yaml"), &text, &mut problems);
        choices((&self.workspace.defaults, &self.workspace.choices), file.choices.as_ref(), &mut problems);
        problems
    }

    /// A folder of profiles, or one file that is asked for beside the shipped ones.
    fn profile(path: &Path) -> Vec<Diagnostic> {
        let bare = |mut problem: Diagnostic| {
            for place in problem.place.iter_mut().chain(problem.related.iter_mut().map(|(place, _)| place)) {
                if let Ok(rest) = place.source.path.strip_prefix(path) {
                    let name = if path.is_dir() { rest } else { Path::new(path.file_name().unwrap()) };
                    place.source = Source::new(name, place.source.text.clone());
                }
            }
            problem
        };
        let opened = match path.is_dir() {
            true => Workspace::checked_in(Folders { profiles: Some(path.to_owned()), ..Folders::default() }, &ProfileChoice::default()),
            false => Workspace::checked_in(Folders::default(), &ProfileChoice::named(path.to_str().unwrap())),
        };
        let problems = opened.map_or_else(|problems| problems, |workspace| workspace.warnings).into_iter();
        // One mapping stands for all that may come to be left out.
        problems.filter(|one| one.code != "in-no-profile" || one.message.starts_with("`job_costs_report`")).map(bare).collect()
    }

    /// An overlay in a folder of its own, or a folder of overlays of which one is asked for: the first.
    fn overlay(path: &Path) -> Vec<Diagnostic> {
        let folder = super::program::Folder::new();
        let (home, name) = match path.is_dir() {
            true => (path.to_owned(), entries(path)[0].file_name().unwrap().to_str().unwrap().to_owned()),
            false => {
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                folder.write(&format!("{name}/overlay.yaml"), &std::fs::read_to_string(path).unwrap());
                (folder.path().to_owned(), name)
            }
        };
        let folders = Folders { overlays: Some(home.clone()), overlay: vec![OverlayChoice::named(name)], ..Folders::default() };
        let bare = |mut problem: Diagnostic| {
            for place in problem.place.iter_mut().chain(problem.related.iter_mut().map(|(place, _)| place)) {
                if let Ok(rest) = place.source.path.strip_prefix(&home) {
                    place.source = Source::new(rest, place.source.text.clone());
                }
            }
            problem
        };
        let opened = Workspace::checked_in(folders, &ProfileChoice::default());
        opened.map_or_else(|problems| problems, |workspace| workspace.warnings).into_iter().map(bare).collect()
    }

    pub(crate) fn problems(&self, kind: &str, path: &Path) -> Vec<Diagnostic> {
        match kind {
            "mapping" if path.is_dir() => self.mapping(&entries(path)),
            "mapping" => self.mapping(&[path.to_owned()]),
            "cases" => self.cases(path),
            "settings" => self.settings(path),
            "profile" => Self::profile(path),
            "overlay" => Self::overlay(path),
            "schema" => {
                schema::load(Path::new("schemas/procore/things.json"), &std::fs::read_to_string(path).unwrap()).err().into_iter().collect()
            }
            other => panic!("what is a broken {other}?"),
        }
    }
}

/// Every list of the shipped schemas has a key of its lines; this one has lost it.
fn keyless() -> schema::Schema {
    let bill = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/acumatica/Bill.json")).unwrap();
    let text = bill.replace(r#""name": "Bill""#, r#""name": "Keyless""#).replace(r#""x-key": ["LineNbr"], "#, "");
    schema::load(Path::new("Keyless.json"), &text).unwrap_or_else(|problem| panic!("{problem:?}"))
}

fn inputs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inputs/diagnostics")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn source(path: &Path) -> Arc<Source> {
    Source::new(path.file_name().unwrap(), std::fs::read_to_string(path).unwrap())
}

/// Every broken file, with what it is.
fn broken() -> Vec<(String, PathBuf)> {
    let kinds = entries(&inputs()).into_iter();
    let files =
        kinds.flat_map(|kind| entries(&kind).into_iter().map(move |path| (kind.file_name().unwrap().to_str().unwrap().to_owned(), path)));
    files.collect()
}

/// Every broken file with what an author is told about it: looked at once for all tests.
static TOLD: LazyLock<Vec<(String, PathBuf, Vec<Diagnostic>)>> = LazyLock::new(|| {
    let shipped = Shipped::read();
    let told = broken().into_iter().map(|(kind, path)| {
        let problems = shipped.problems(&kind, &path);
        (kind, path, problems)
    });
    told.collect()
});

#[test]
fn every_slip_is_told_at_its_place_with_a_remedy() {
    for (kind, path, problems) in &*TOLD {
        assert!(!problems.is_empty(), "{} is not broken", path.display());
        let name = format!("{kind}__{}", path.file_stem().unwrap().to_str().unwrap());
        insta::with_settings!({snapshot_path => "../snapshots/diagnostics", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(name, render(problems, false));
        });
    }
}

/// The code of every problem that the sources tell of.
pub(crate) fn codes() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for file in super::tidy::sources() {
        let text: String = file.text.split_whitespace().collect::<Vec<_>>().join(" ");
        for call in ["Diagnostic::error(", "Diagnostic::warning(", "Diagnostic::anywhere("] {
            let found = text
                .split(call)
                .skip(1)
                .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"').map(|(code, _)| code.to_owned()));
            codes.extend(found);
        }
    }
    // Handed on by a function that also names the reason.
    codes.extend(["unknown-profile", "unknown-overlay", "overlay-loop"].map(str::to_owned));
    codes
}

#[test]
fn every_kind_of_problem_has_a_broken_file() {
    let told: BTreeSet<&str> = TOLD.iter().flat_map(|(_, _, problems)| problems).map(|problem| problem.code).collect();
    // These need folders rather than one file: see `cli_check`.
    let elsewhere = ["unreadable", "mapping-name", "cases-without-mapping", "no-secret"];
    let codes = codes();
    assert!(codes.len() > 30, "{codes:?}");
    let untold: Vec<&String> = codes.iter().filter(|code| !told.contains(code.as_str()) && !elsewhere.contains(&code.as_str())).collect();
    assert!(untold.is_empty(), "no broken file shows {untold:?}");
}

#[test]
fn the_bytes_of_a_caret_lie_in_its_file() {
    for (_, path, problems) in &*TOLD {
        for problem in problems {
            let Some(place) = &problem.place else { continue };
            assert!(place.source.text.get(place.span.clone()).is_some(), "{}: {:?}", path.display(), place.span);
            assert!(!problem.message.ends_with('.'), "{}", problem.message);
        }
    }
}
