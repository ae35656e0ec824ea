//! The walkthrough for partners, run as it stands in `docs/adapting.md`.

use std::path::Path;

use super::practice::Practice;

/// What is between fences, with the words behind the first one: `console`, or `yaml` and a file.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let fenced = page.split("\n```").skip(1).step_by(2);
    fenced.filter_map(|block| block.split_once('\n')).collect()
}

#[test]
fn a_custom_field_is_added_in_six_commands_and_edits() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/adapting.md")).unwrap();
    let (_, rest) = page.split_once("## A custom field, end to end").unwrap();
    let (walk, _) = rest.split_once("\n## ").unwrap();
    let blocks = blocks(walk);
    assert_eq!(blocks.len(), 6);

    let practice = Practice::with(1, &["--package", "three_tiers"]);
    practice.folder.replace("sandbox/crosswalk.yaml", "overlay: \"three_tiers\"\n", "");
    let blocks_run = blocks.len();
    for (what, text) in blocks {
        match what.split_once(' ') {
            None => {
                assert_eq!(what, "console");
                let typed: Vec<&str> = text.trim().strip_prefix("$ crosswalk ").unwrap().split(' ').collect();
                let ran = practice.at_home(&typed);
                // A record that waits for somebody is no failure of a sync.
                assert!(ran.code == 0 || (typed[0] == "sync" && ran.code == 1), "{text}{ran}");
            }
            Some((_, file)) => {
                let (file, more) = file.strip_suffix(" +").map_or((file, false), |file| (file, true));
                let path = format!("sandbox/{file}");
                let before = if more { practice.folder.read(&path) } else { String::new() };
                practice.folder.write(&path, &format!("{before}{text}\n"));
            }
        }
    }
    let subcontracts = practice.records("Subcontract");
    assert_eq!(subcontracts.len(), 3);
    assert!(subcontracts.iter().all(|contract| contract["Site"] == "NORTH"), "{subcontracts:?}");
    println!("walkthrough: a custom field in {} commands and edits", blocks_run);
}

#[test]
fn the_page_tells_every_key_of_an_overlay() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/adapting.md")).unwrap();
    let read = ["read.rs", "property.rs"].map(|file| std::fs::read_to_string(root.join("src/config/overlay").join(file)).unwrap());
    let mut keys = 0;
    let described = read[1].split("const KEYS").nth(1).unwrap().split(';').nth(1).unwrap();
    for text in [read[0].as_str(), described] {
        for call in ["required(\"", "required::<Word>(\"", "list(\"", "optional(\"", "(\"", " \"", "[\""] {
            for rest in text.split(call).skip(1) {
                let Some((key, _)) = rest.split_once('"') else { continue };
                if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
                    keys += 1;
                    assert!(page.contains(key), "the page does not tell `{key}`");
                }
            }
        }
    }
    assert!(keys > 20, "{keys}");
}

#[test]
fn the_workflow_for_pull_requests_calls_what_there_is() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/review.yaml")).unwrap();
    let folder = super::program::Folder::new();
    let mut calls = 0;
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("run: crosswalk ")) {
        let line = line.split(" || ").next().unwrap().replace("origin/${{ github.base_ref }}", "HEAD");
        let typed: Vec<&str> = line.split(' ').chain(["--help"]).collect();
        let ran = folder.run(&typed);
        assert_eq!(ran.code, 0, "{typed:?} {ran}");
        calls += 1;
    }
    assert_eq!(calls, 4);
}
