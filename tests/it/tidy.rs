//! The rooms stay in order: who may use whom, where heavy dependencies are met, how long a file may be.

use std::path::{Path, PathBuf};

/// One file of ours.
pub(crate) struct SourceFile {
    /// From the top of the repository.
    pub(crate) path: PathBuf,
    /// Its text.
    pub(crate) text: String,
}

impl SourceFile {
    /// The room it belongs to; none for `lib.rs` and `main.rs`.
    fn room(&self) -> Option<&str> {
        let mut steps = self.path.components().skip(1).map(|step| step.as_os_str().to_str().unwrap());
        let room = steps.next()?;
        steps.next().map(|_| room)
    }

    /// The text without comments and without the tests at its end.
    fn code(&self) -> String {
        let text = self.text.split("\n#[cfg(test)]").next().unwrap();
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    }
}

/// Every Rust file of `src/`.
pub(crate) fn sources() -> Vec<SourceFile> {
    files("src")
}

pub(crate) fn files(folder: &str) -> Vec<SourceFile> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut open) = (Vec::new(), vec![home.join(folder)]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push(SourceFile { path: path.strip_prefix(home).unwrap().to_owned(), text });
            }
        }
    }
    found.sort_by(|one, two| one.path.cmp(&two.path));
    found
}

/// Each room, and the rooms that it may use.
const ROOMS: [(&str, &[&str]); 16] = [
    ("value", &[]),
    ("diagnostic", &[]),
    ("schema", &["value", "diagnostic"]),
    ("expr", &["value", "diagnostic"]),
    ("mapping", &["value", "diagnostic"]),
    ("plan", &["mapping", "schema", "expr", "value", "diagnostic"]),
    ("evaluate", &["plan", "schema", "expr", "value", "diagnostic"]),
    ("connector", &["schema", "value", "diagnostic"]),
    ("store", &["schema", "value", "diagnostic"]),
    ("contract", &["plan", "schema", "expr", "value", "diagnostic"]),
    ("sync", &["evaluate", "connector", "store", "plan", "schema", "expr", "value", "diagnostic"]),
    ("cases", &["evaluate", "plan", "mapping", "schema", "expr", "value", "diagnostic"]),
    ("sandbox", &["connector", "schema", "value"]),
    (
        "config",
        &["sync", "contract", "cases", "evaluate", "connector", "store", "plan", "mapping", "schema", "expr", "value", "diagnostic"],
    ),
    (
        "cli",
        &[
            "config",
            "sync",
            "contract",
            "cases",
            "sandbox",
            "evaluate",
            "connector",
            "store",
            "plan",
            "mapping",
            "schema",
            "expr",
            "value",
            "diagnostic",
        ],
    ),
    ("web", &["config", "sync", "cases", "evaluate", "connector", "store", "plan", "mapping", "schema", "expr", "value", "diagnostic"]),
];

/// Dependencies with a weight of their own, and the one room that meets each.
const MET_IN: [(&str, &str); 15] = [
    ("rhai", "expr"),
    ("jsonpath_rust", "expr"),
    ("regex", "expr"),
    ("serde_saphyr", "mapping"),
    ("schemars", "mapping"),
    ("annotate_snippets", "diagnostic"),
    ("strsim", "diagnostic"),
    ("rusqlite", "store"),
    ("reqwest", "connector"),
    ("secrecy", "connector"),
    ("axum", "sandbox"),
    ("include_dir", "config"),
    ("clap", "cli"),
    ("indicatif", "cli"),
    ("similar", "cli"),
];

/// What stands before a place in a text that begins a path, and not the end of a longer word.
fn begins_word(text: &str, at: usize) -> bool {
    !text[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':')
}

#[test]
fn arrows_between_rooms_point_down_only() {
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(room) = file.room() else { continue };
        let (_, may) = ROOMS.iter().find(|(name, _)| *name == room).unwrap_or_else(|| panic!("`{room}` is no room"));
        let code = file.code();
        for (at, _) in code.match_indices("crate::") {
            let used: String = code[at + 7..].chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
            if used != room && !may.contains(&used.as_str()) {
                wrong.push(format!("{} uses `{used}`", file.path.display()));
            }
        }
        assert!(!code.contains("use crate::{"), "{}: name one room per `use`", file.path.display());
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn heavy_dependencies_are_met_in_one_room() {
    let mut met = 0;
    for file in sources() {
        let code = file.code();
        for (name, room) in MET_IN {
            if code.match_indices(&format!("{name}::")).any(|(at, _)| begins_word(&code, at)) {
                met += 1;
                assert_eq!(file.room(), Some(room), "{} meets `{name}`", file.path.display());
            }
        }
    }
    assert!(met > 20, "{met} files meet a dependency: is the search right?");
}

#[test]
fn files_are_short_and_open_with_their_purpose() {
    for file in sources().into_iter().chain(files("tests")) {
        let path = file.path.display();
        let lines = file.text.lines().count();
        assert!(lines <= 400, "{path} has {lines} lines");
        let first = file.text.lines().next().unwrap_or_default();
        let purpose = first.strip_prefix("//! ").unwrap_or_else(|| panic!("{path} does not open with its purpose"));
        assert!(purpose.len() > 10, "{path}: {purpose}");
    }
}

#[test]
fn money_never_meets_a_float() {
    let without = ["value", "schema", "expr", "mapping", "plan", "evaluate", "contract", "connector", "sync", "store"];
    for file in sources().into_iter().filter(|file| file.room().is_some_and(|room| without.contains(&room))) {
        for line in file.code().lines() {
            let float = ["f32", "f64"].iter().any(|name| {
                let whole = |at: usize| {
                    begins_word(line, at) && !line[at + 3..].starts_with(|letter: char| letter.is_alphanumeric() || letter == '_')
                };
                line.match_indices(name).any(|(at, _)| whole(at))
            });
            // serde hands every number with a fraction over in this method; its digits are read from the text instead.
            assert!(!float || line.contains("fn visit_f64"), "{}: {line}", file.path.display());
        }
    }
}

#[test]
fn nothing_is_left_undone_and_no_answer_is_taken_for_granted() {
    for file in sources() {
        let code = file.code();
        for word in ["todo!", "unimplemented!", "dbg!", ".unwrap()", "TODO", "FIXME"] {
            assert!(!code.contains(word), "{} has `{word}`", file.path.display());
        }
    }
}

#[test]
fn the_tour_names_every_room() {
    let tour: String = sources().into_iter().find(|file| file.path.ends_with("lib.rs")).unwrap().text;
    let comment: Vec<&str> = tour.lines().filter(|line| line.starts_with("//!")).collect();
    for line in tour.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        let room = line.trim_end_matches(';');
        assert!(ROOMS.iter().any(|(name, _)| *name == room), "`{room}` is no room");
        assert!(comment.iter().any(|line| line.contains(&format!("`{room}`"))), "the tour in lib.rs does not name `{room}`");
    }
}
