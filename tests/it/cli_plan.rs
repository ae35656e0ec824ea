//! `crosswalk plan` and `crosswalk apply`, against the sandbox: looking changes nothing, and a saved plan is done as it stands or not at all.

use super::practice::Practice;

#[test]
fn a_plan_is_shown_and_nothing_is_written() {
    let practice = Practice::with_projects(1);
    let ran = practice.run(&["plan"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{ran}");
    for part in [
        "Projects (Procore -> Acumatica): 1 to create",
        "      ProjectID: \"1001\"   # projects.number",
        "nothing was written",
        "with the shipped mappings, ",
    ] {
        assert!(ran.out.contains(part), "{part}\n{ran}");
    }
    assert!(!practice.folder.has("sandbox/crosswalk.db"), "looking makes no state file");
    let planned = practice.json(&["plan"]);
    let named = |name: &str| planned["mappings"].as_array().unwrap().iter().find(|one| one["mapping"] == name).cloned().unwrap();
    assert_eq!(named("projects")["changes"][0]["fields"][0]["new"], "1001");
    assert_eq!(named("companies")["held"].as_array().unwrap().len(), 2);

    practice.run(&["sync", "cost_types"]);
    let before = practice.state();
    assert_eq!(practice.run(&["plan"]).code, 1);
    assert!(before == practice.state(), "looking left a trace in the state file");
    let nothing = practice.run(&["plan", "cost_types"]);
    assert_eq!(nothing.code, 0, "{nothing}");
    assert!(nothing.out.ends_with("\nnothing to do\n"), "{nothing}");
}

#[test]
fn a_saved_plan_is_done_as_it_stands_or_not_at_all() {
    let practice = Practice::with_projects(1);
    let saved = practice.run(&["plan", "--out", "all.json"]);
    assert!(saved.out.ends_with("saved; do exactly this with `crosswalk apply all.json --yes`\n"), "{saved}");
    assert_eq!(practice.run(&["plan", "projects", "--out", "projects.json"]).code, 1);
    let unasked = practice.run(&["apply", "projects.json"]);
    assert_eq!((unasked.code, unasked.out.as_str()), (2, ""), "{unasked}");
    assert!(unasked.err.contains("--yes"), "{unasked}");

    let done = practice.run(&["apply", "projects.json", "--yes"]);
    assert_eq!((done.code, done.err.as_str()), (0, ""), "{done}");
    let linked = practice.json(&["links", "list"]);
    let linked: Vec<_> = linked.as_array().unwrap().iter().map(|link| (&link["mapping"], &link["acumatica"]["key"])).collect();
    assert!(linked.len() == 1 && linked[0].0 == "projects" && linked[0].1 == "1001", "{linked:?}");

    // The other plan holds the project too, which is there by now.
    let journal = practice.json(&["journal"]);
    let late = practice.run(&["apply", "all.json", "--yes"]);
    assert_eq!((late.code, late.out.as_str()), (1, ""), "{late}");
    for part in ["the world moved on since the plan was made", "`1001` of `projects` needs no change any more", "nothing was sent"] {
        assert!(late.err.contains(part), "{part}\n{late}");
    }
    assert_eq!(practice.json(&["journal"]), journal);
    assert_eq!(practice.json(&["links", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_file_that_is_no_plan_is_named() {
    let folder = super::program::Folder::new().with("plan.json", "{\"version\": 1}");
    for (file, part) in [("plan.json", "plan.json: this is not a saved plan"), ("lost.json", "lost.json cannot be read")] {
        let ran = folder.run(&["apply", file, "--yes"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
        assert!(ran.err.contains(part), "{ran}");
    }
}
