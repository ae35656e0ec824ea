//! A page for every kind of problem: its wrong example yields that problem and nothing else, its right example does not.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::diagnostics::{Shipped, codes};

fn pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics")
}

/// What stands in fences with these words behind the language: `wrong mapping`.
fn fenced(page: &str, verdict: &str) -> Option<(String, String)> {
    let (_, rest) = ["yaml", "json"].iter().find_map(|language| page.split_once(&format!("\n```{language} {verdict} ")))?;
    let (kind, rest) = rest.split_once('\n')?;
    Some((kind.to_owned(), rest.split("```").next().unwrap_or_default().to_owned()))
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let named = std::fs::read_dir(pages()).unwrap().map(|entry| entry.unwrap().path());
    let named: BTreeSet<String> = named.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let wanted: BTreeSet<String> = codes().into_iter().chain(["README".to_owned()]).collect();
    assert_eq!(named.symmetric_difference(&wanted).collect::<Vec<_>>(), Vec::<&String>::new());
    let index = std::fs::read_to_string(pages().join("README.md")).unwrap();
    for code in codes() {
        assert!(index.contains(&format!("[`{code}`]({code}.md)")), "the index lacks `{code}`");
    }
}

#[test]
fn examples_of_pages_are_wrong_and_right_as_they_say() {
    let shipped = Shipped::read();
    let folder = std::env::temp_dir().join(format!("crosswalk-pages-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (mut ran, mut wrong) = (0, Vec::new());
    for code in codes() {
        let page = std::fs::read_to_string(pages().join(format!("{code}.md"))).unwrap_or_default();
        assert!(page.starts_with(&format!("# `{code}`\n")), "{code}");
        assert!((12..=45).contains(&page.lines().count()), "{code} has {} lines", page.lines().count());
        for verdict in ["wrong", "right"] {
            let Some((kind, text)) = fenced(&page, verdict) else { continue };
            let path = folder.join(if kind == "cases" { "cost_codes__page.yaml" } else { "mine.yaml" });
            std::fs::write(&path, text).unwrap();
            let problems = shipped.problems(&kind, &path);
            let told: BTreeSet<&str> = problems.iter().map(|problem| problem.code).collect();
            let expected: BTreeSet<&str> = if verdict == "wrong" { BTreeSet::from([code.as_str()]) } else { BTreeSet::new() };
            ran += 1;
            if told != expected {
                wrong.push(format!("{code}, {verdict}: {told:?}\n{}", crosswalk::diagnostic::render(&problems, false)));
            }
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(ran > 80, "only {ran} examples");
}
