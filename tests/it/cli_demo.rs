//! `crosswalk demo`: the main job from nothing, in an empty folder, and what is left of it.

use std::sync::LazyLock;

use super::program::{Folder, Ran};

/// A demo of two projects in both profiles, and the folder it leaves.
static DEMO: LazyLock<(Folder, Ran)> = LazyLock::new(|| {
    let folder = Folder::new();
    let ran = folder.run(&["demo", "--projects", "2"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran}");
    (folder, ran)
});

/// What the demo tells of one profile.
fn story(profile: &str) -> &'static str {
    DEMO.1.out.split("== profile ").find(|story| story.starts_with(&format!("{profile}: "))).unwrap()
}

#[test]
fn the_main_job_is_done_and_reconciles_in_every_profile() {
    for profile in ["vision", "edge"] {
        reconciles(story(profile));
        assert!(DEMO.0.has(&format!("crosswalk-demo/{profile}/crosswalk.db")));
    }
}

#[test]
fn another_demo_clears_what_an_earlier_one_left() {
    let folder = Folder::new().with("crosswalk-demo/edge/crosswalk.db", "of an earlier demo");
    let again = folder.run(&["demo", "--projects", "1", "--profile", "edge"]);
    assert!(again.code == 0 && !again.out.contains("== profile vision"), "{again}");
    let links = folder.run(&["--settings", "crosswalk-demo/edge/crosswalk.yaml", "links", "list", "projects"]);
    assert!(links.code == 0 && links.out.ends_with("\n1 link\n"), "{links}");
}

/// What a story tells of totals.
fn reconciles(story: &str) {
    let story = story.split("\ntotal ").nth(1).unwrap();
    let line = |label: &str| story.lines().find(|line| line.starts_with(label)).unwrap_or_else(|| panic!("{label}\n{story}"));
    for label in
        ["job to date (Direct Cost tool)", "job to date (report)", "commitment invoiced", "direct costs", "subcontracts with their changes"]
    {
        let amounts: Vec<&str> = line(label).trim_start_matches(label).split_whitespace().collect();
        assert!(amounts.len() == 3 && amounts[0] == amounts[1] && amounts[0] != "0.00" && amounts[2] == "yes", "{story}");
    }
}

#[test]
fn every_project_agrees_and_nothing_is_left_to_do() {
    let (folder, told) = (&DEMO.0, story("vision"));
    let totals: Vec<Vec<&str>> =
        told.lines().map(|line| line.split_whitespace().collect()).filter(|words: &Vec<_>| words.len() == 8).collect();
    let totals: Vec<_> = totals.iter().filter(|words| matches!(words[7], "yes" | "NO") && words[1].contains('.')).collect();
    assert_eq!(totals.iter().map(|words| (words[0], words[7])).collect::<Vec<_>>(), [("1001", "yes"), ("1002", "yes"), ("all", "yes")]);
    assert!(totals.iter().all(|words| words[1] == words[4] && words[3] == words[5] && words[1] != "0.00"), "{told}");
    assert!(told.contains("\n   0 records written, "), "{told}");

    let secret = folder.read("crosswalk-demo/vision/procore.secret");
    assert!(!DEMO.1.out.contains(secret.trim()));
    let links = folder.run(&["--settings", "crosswalk-demo/vision/crosswalk.yaml", "links", "list", "projects"]);
    assert!(links.code == 0 && links.out.ends_with("\n2 links\n"), "{links}");
    let journal = folder.run(&["--settings", "crosswalk-demo/vision/crosswalk.yaml", "journal", "verify"]);
    assert_eq!(journal.code, 0, "{journal}");
}

#[test]
fn a_folder_of_somebody_else_is_left_alone() {
    let folder = Folder::new().with("crosswalk-demo/thesis.txt", "chapter 1");
    let ran = folder.run(&["demo"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
    assert!(ran.err.contains("crosswalk-demo holds `thesis.txt`, which is not from an earlier demo") && ran.err.contains("--dir"), "{ran}");
    assert_eq!(folder.read("crosswalk-demo/thesis.txt"), "chapter 1");
    assert!(!folder.has("crosswalk-demo/crosswalk.yaml"));
}
