//! What a change of mappings or overlays does to cases and to recorded documents, against a revision or a folder.

use std::process::Command;

use super::practice::Practice;
use super::program::Folder;

fn git(folder: &Folder, arguments: &[&str]) {
    let identity =
        ["-c", "user.name=tester", "-c", "user.email=tester@example.com", "-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"];
    let ran = Command::new("git").arg("-C").arg(folder.path()).args(identity).args(arguments).output().unwrap();
    assert!(ran.status.success(), "{arguments:?} {}", String::from_utf8_lossy(&ran.stderr));
}

fn committed() -> Folder {
    let folder = Folder::new().with_shipped_files();
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-q", "-m", "shipped"]);
    folder
}

#[test]
fn only_cases_of_mappings_that_do_something_else_are_shown() {
    let folder = committed();
    // Comments and the order of rules select nothing.
    let companies = folder.read("mappings/companies.yaml");
    folder.write("mappings/companies.yaml", &format!("# Written anew.\n{companies}"));
    let same = folder.run(&["test", "--against", "HEAD"]);
    assert_eq!((same.code, same.out.as_str()), (0, "29 mappings the same\n0 cases of them run against HEAD, 0 otherwise\n"), "{same}");

    folder.replace("mappings/subcontracts.yaml", "    max_length: 60\n", "    max_length: 50\n");
    let changed = folder.run(&["test", "--against", "HEAD"]);
    assert_eq!(changed.code, 1, "{changed}");
    assert!(changed.out.contains("changed: subcontracts\n28 mappings the same\n"), "{changed}");
    assert!(changed.out.contains("has 60 characters, and 50 fit") && changed.out.contains("\n- Description: \"123456789"), "{changed}");
    // So does a schema below it.
    folder.replace("mappings/subcontracts.yaml", "    max_length: 50\n", "    max_length: 60\n");
    folder.replace("schemas/acumatica/Vendor.json", "\"maxLength\": 30", "\"maxLength\": 31");
    let below = folder.run(&["test", "companies", "--against", "HEAD"]);
    assert!(below.code == 0 && below.out.contains("changed: companies"), "{below}");

    // The repository itself is left alone.
    let status = Command::new("git").arg("-C").arg(folder.path()).args(["status", "--porcelain"]).output().unwrap();
    let status = String::from_utf8_lossy(&status.stdout).into_owned();
    assert_eq!(status.lines().count(), 2, "{status}");
}

#[test]
fn overlays_are_held_against_what_lies_below_them_and_folders_against_folders() {
    let folder = committed();
    let base = folder.run(&["test", "--against", "base", "--overlay", "default_2020"]);
    assert!(
        base.code == 1 && base.out.contains("- SubcontractNbr: \"SC-1001-001\"") && base.out.contains("+ Type: \"Project Drop-Ship\""),
        "{base}"
    );
    assert!(base.out.contains("gone: commitment_change_order_packages"), "{base}");
    folder.write("older/mappings/only.txt", "");
    let lost = folder.run(&["test", "--against", "HED"]);
    assert!(lost.code == 2 && lost.err.contains("there is neither a folder nor a revision `HED`"), "{lost}");
    let option = folder.run(&["test", "--against=--output=x"]);
    assert!(option.code == 2 && option.err.contains("neither a folder nor a revision"), "{option}");
    let own = Folder::new().run(&["test", "--against", "HEAD"]);
    assert!(own.code == 2 && own.err.contains("name a folder to compare with"), "{own}");
}

#[test]
fn recorded_documents_show_what_a_change_does_to_them() {
    let practice = Practice::with_projects(1);
    let shipped = practice.at_home(&["init"]);
    assert_eq!(shipped.code, 0, "{shipped}");
    practice.json(&["sync", "--yes"]);
    let copied = practice.folder.path().join("sandbox");
    let earlier = practice.folder.path().join("earlier");
    std::fs::create_dir(&earlier).unwrap();
    for part in ["mappings", "schemas", "profiles"] {
        let ran = Command::new("cp").arg("-r").arg(copied.join(part)).arg(&earlier).status().unwrap();
        assert!(ran.success());
    }
    let same = practice.at_home(&["replay", "--against", "../earlier"]);
    assert_eq!((same.code, same.out.as_str()), (0, "29 mappings the same\n"), "{same}");
    practice.folder.replace(
        "sandbox/mappings/subcontracts.yaml",
        "  - {to: DoNotEmail, value: true}",
        "  - {to: DoNotEmail, value: false}",
    );
    let changed = practice.at_home(&["replay", "--against", "../earlier"]);
    assert!(changed.code == 1 && changed.out.starts_with("changed: subcontracts\n28 mappings the same\n"), "{changed}");
    assert!(changed.out.contains("DoNotEmail") && changed.out.contains("3 records replayed, 3 would be sent otherwise"), "{changed}");
}
