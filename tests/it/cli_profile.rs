//! Profiles: which mappings are in force, chosen in the settings or on the command line, and what is said of those that are off.

use super::practice::Practice;
use super::program::Folder;

/// Reference data only, from a file of one's own.
const SMALL: &str = "profile: small\ntitle: Reference data only\nmappings: [companies, cost_codes, cost_types]\nsettings: {country: CA}\n";

#[test]
fn a_plan_of_another_profile_is_refused() {
    let practice = Practice::with_projects(1);
    practice.folder.write("sandbox/small.yaml", SMALL);
    let saved = practice.run(&["plan", "cost_types", "--profile", "sandbox/small.yaml", "--out", "small.json"]);
    assert!(saved.code == 1 && saved.out.contains("profile small; requests: "), "{saved}");
    let refused = practice.run(&["apply", "small.json", "--yes"]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{refused}");
    let said = "the plan was made with profile `small`, and this is profile `vision`; add `--profile small`, or make the plan anew";
    assert!(refused.err.contains(said), "{refused}");

    let settings = practice.folder.read("sandbox/crosswalk.yaml");
    practice.folder.write("sandbox/crosswalk.yaml", &format!("{settings}profile: ./small.yaml\n"));
    let done = practice.json(&["apply", "small.json", "--yes"]);
    assert_eq!((&done["profile"], done["mappings"].as_array().unwrap().len()), (&serde_json::json!("small"), 1));
    let all = practice.json(&["sync"]);
    let ran: Vec<_> = all["mappings"].as_array().unwrap().iter().map(|one| one["mapping"].as_str().unwrap()).collect();
    assert_eq!(ran.len(), 3, "{ran:?}");
    for arguments in [&["sync", "projects"][..], &["plan", "projects"], &["explain", "projects", "1"]] {
        let off = practice.run(arguments);
        assert_eq!((off.code, off.out.as_str()), (2, ""), "{off}");
        assert!(off.err.contains("`projects` is off in profile `small`; add `--profile vision`"), "{off}");
    }
}

#[test]
fn both_shipped_profiles_are_sound_and_their_cases_pass() {
    let folder = Folder::new().with_shipped_files();
    for profile in ["vision", "edge"] {
        for command in ["check", "test"] {
            let ran = folder.run(&[command, "--profile", profile]);
            assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran}");
        }
    }
}

#[test]
fn cases_of_what_is_off_are_named_and_not_run() {
    let folder = Folder::new().with_shipped_files().with("small.yaml", SMALL);
    folder.write("crosswalk.yaml", "profile: small.yaml\n");
    let ran = folder.run(&["test"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.out.contains("off in this profile, and not run: budget_changes, budget_costs, budget_modifications, "), "{ran}");
    let named = folder.run(&["test", "projects"]);
    assert!(named.code == 2 && named.err.contains("`projects` is off in profile `small`"), "{named}");
    let docs = folder.run(&["docs"]);
    assert!(docs.out.contains("\n| Projects | `projects` | → | ✓ | ✓ |  |\n"), "{docs}");
    assert!(docs.out.contains("\n| Companies/Vendors | `companies` | ← | ✓ | ✓ | ✓ |\n"), "{docs}");
    assert!(docs.out.contains("\n## Companies/Vendors\n") && !docs.out.contains("\n## Projects\n"), "{docs}");
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let folder = Folder::new();
    let ran = folder.run(&["check", "--profile", "egde"]);
    assert!(ran.code == 3 && ran.err.contains("there is no profile named `egde`") && ran.err.contains("did you mean `edge`?"), "{ran}");
    let ran = folder.run(&["check", "--profile", "./egde.yaml"]);
    assert!(ran.code == 3 && ran.err.contains("./egde.yaml cannot be read") && ran.err.lines().count() < 6, "{ran}");
    folder.write("crosswalk.yaml", "profile: egde\n");
    let ran = folder.run(&["check"]);
    assert!(ran.code == 3 && ran.err.contains("crosswalk.yaml:1:10"), "{ran}");
}

#[test]
fn any_mapping_of_a_pair_brings_what_the_others_need() {
    let folder = Folder::new().with_shipped_files();
    let vendors = "mapping: vendors\npair: companies\ntitle: Vendors by name\ndirection: import\nsource: acumatica/Vendor\n\
        target: procore/vendors\nfields:\n  - {to: name, from: $.VendorName}\n";
    folder.write("mappings/vendors.yaml", vendors);
    let vision = folder.read("profiles/vision.yaml");
    folder.write(
        "profiles/ours.yaml",
        &vision.replacen("profile: vision", "profile: ours", 1).replacen("  - companies\n", "  - vendors\n", 1),
    );
    let ran = folder.run(&["check", "--profile", "ours"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran}");
    folder.replace("profiles/ours.yaml", "  - vendors\n", "");
    let ran = folder.run(&["check"]);
    assert!(ran.code == 3 && ran.err.contains("`subcontracts` needs `companies`, which is off in profile `ours`"), "{ran}");
}
