//! What may be given anything at all? The bodies of the fuzz targets: no text may make one of them panic, hang or fill the memory.
//!
//! `fuzz/fuzz_targets/` hands them what the fuzzer makes up; the test beside this file hands them seeded mutations of the shipped files.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use crosswalk::config::{Folders, Workspace, builtin_mappings};
use crosswalk::diagnostic::{Diagnostic, Source, render};
use crosswalk::evaluate::{Context, Links, Project, beside, open};
use crosswalk::expr::{Expressions, NoLookups, Scope, path};
use crosswalk::mapping::{self, Mapping};
use crosswalk::plan::{Settings, problems_of};
use crosswalk::value::{Record, Value, date_of};

/// The shipped files, compiled once.
static SHIPPED: LazyLock<Workspace> = LazyLock::new(|| Workspace::open(Folders::default()).expect("the shipped files are sound"));
static MAPPINGS: LazyLock<Vec<Mapping>> = LazyLock::new(|| mapping_files().iter().filter_map(|source| mapping::read(source).0).collect());
static ENGINE: LazyLock<Expressions> = LazyLock::new(Expressions::new);
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let text = r#"{"id": 7, "name": " Acme ", "amount": 12.50, "date": "2026-03-05", "on": true, "none": null,
        "vendor": {"id": 77, "name": "A"}, "rows": [{"n": 1, "a": [1, 2]}, {"n": 2.5, "name": "é"}, {}]}"#;
    Value::from_json(text).expect("the document is JSON")
});

/// The files of mappings that travel with the program.
pub(crate) fn mapping_files() -> Vec<Arc<Source>> {
    let name = |source: &Source| source.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let all = builtin_mappings().into_iter();
    all.filter(|source| !name(source).contains(".cases.") && !name(source).starts_with("settings.")).collect()
}

/// A mapping file: it is read, judged among the shipped ones, and what is wrong with it is shown.
pub(crate) fn mapping(text: &str) {
    let source = Source::new("mappings/anything.yaml", text);
    let (mapping, mut problems) = mapping::read(&source);
    if let Some(mapping) = &mapping {
        let settings = Settings { defaults: SHIPPED.defaults.clone(), choices: SHIPPED.choices.clone() };
        problems.extend(problems_of(mapping, &MAPPINGS, &SHIPPED.catalog, (&settings, &ENGINE)));
    }
    assert!(mapping.is_some() || !problems.is_empty(), "nothing is made of the text, and nothing is said about it");
    shown(&problems);
}

fn shown(problems: &[Diagnostic]) {
    for problem in problems {
        if let Some(place) = &problem.place {
            assert!(place.source.text.get(place.span.clone()).is_some(), "{}", problem.message);
        }
    }
    // The first ones say as much about drawing as all of them.
    drop(render(&problems[..problems.len().min(20)], false));
}

/// An expression: it is compiled, and run over a record where it compiles.
pub(crate) fn expression(text: &str) {
    let names = ["source", "line", "settings", "target"];
    match ENGINE.compile(text, &names) {
        Ok(expression) => {
            let mut places = expression.reads().iter().map(|read| read.at.clone());
            assert!(places.all(|at| text.get(at).is_some()), "a read lies outside the text");
            let today = date_of("2026-03-05").expect("a day");
            let scope = Scope::new(today, &NoLookups).with("source", &DOCUMENT).with("line", &DOCUMENT).with("settings", &SHIPPED.defaults);
            if let Err(failure) = expression.evaluate(&scope) {
                assert!(failure.at.is_some_and(|at| text.get(at).is_some()), "{}", failure.message);
            }
        }
        Err(problem) => assert!(problem.at.is_some_and(|at| text.get(at).is_some()), "{}", problem.message),
    }
}

/// A path: it is parsed, and looked up in a record where it parses.
pub(crate) fn path(text: &str) {
    match path::parse(text) {
        Ok(path) => drop(path.select(&DOCUMENT)),
        Err(problem) => assert!(text.get(problem.at.clone()).is_some(), "{}", problem.message),
    }
}

struct Nothing;

impl Links for Nothing {
    fn other_side(&self, _mapping: &str, _key: &[&str]) -> Option<Cow<'_, str>> {
        None
    }
}

/// A record as a system may send it: every shipped mapping makes a draft of it, refuses it, or does not offer it.
pub(crate) fn record(text: &str) {
    let (ask, project) = (Value::Record(Record::new()), Project::default().to_value());
    let today = date_of("2026-03-05").expect("a day");
    drop(Value::from_json(text));
    for plan in SHIPPED.plans.iter().chain(&SHIPPED.off) {
        let context = Context { settings: &SHIPPED.settings, ask: &ask, target: &Value::Null, project: &project, links: &Nothing, today };
        let joined: Vec<(&str, &str)> =
            plan.joins.iter().map(|join| (join.name.as_str(), if join.is_list() { "[]" } else { "{}" })).collect();
        for body in [text, &beside(text, &joined)] {
            let Ok(opened) = open(plan, body) else { continue };
            for item in opened.items().iter().take(100) {
                drop(item.source());
                drop(item.offered(&context));
                let draft = item.draft(&context);
                assert_eq!(item.trace(&context).1.as_ref(), draft.as_ref(), "{} tells another story than it writes", plan.name);
                drop(item.bytes(&context, &mut String::new()));
            }
        }
    }
}
