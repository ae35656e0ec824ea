//! `crosswalk demo`: the main job from nothing, in an empty folder, and what is left of it.

use super::program::Folder;

#[test]
fn the_main_job_is_done_and_reconciles() {
    let folder = Folder::new();
    let ran = folder.run(&["demo", "--projects", "2"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran}");
    let totals: Vec<Vec<&str>> =
        ran.out.lines().map(|line| line.split_whitespace().collect()).filter(|words: &Vec<_>| words.len() == 8).collect();
    let totals: Vec<_> = totals.iter().filter(|words| matches!(words[7], "yes" | "NO")).collect();
    assert_eq!(totals.iter().map(|words| (words[0], words[7])).collect::<Vec<_>>(), [("1001", "yes"), ("1002", "yes"), ("all", "yes")]);
    assert!(totals.iter().all(|words| words[1] == words[4] && words[3] == words[5] && words[1] != "0.00"), "{ran}");
    assert!(ran.out.contains("\n   0 records written, "), "{ran}");

    let secret = folder.read("crosswalk-demo/procore.secret");
    assert!(!ran.out.contains(secret.trim()));
    let links = folder.run(&["--settings", "crosswalk-demo/crosswalk.yaml", "links", "list", "projects"]);
    assert!(links.code == 0 && links.out.ends_with("\n2 links\n"), "{links}");
    let journal = folder.run(&["--settings", "crosswalk-demo/crosswalk.yaml", "journal", "--verify"]);
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
