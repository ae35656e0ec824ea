//! `crosswalk check`: what a person sees of sound and of broken files.

use insta::assert_snapshot;

use super::program::Folder;

#[test]
fn the_shipped_files_are_sound() {
    let ran = Folder::new().run(&["check"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran}");
    assert!(ran.out.starts_with("sound: ") && ran.out.contains(" mappings, ") && ran.out.contains(" and 2 profiles\n"), "{ran}");
    assert!(ran.out.ends_with(
        "\nwith the shipped mappings, schemas and profiles, for there is no folder of them here; `crosswalk init` copies them\n"
    ));
    let copied = Folder::new().with_shipped_files().run(&["check"]);
    assert!(copied.code == 0 && !copied.out.contains("with the shipped"), "{copied}");
}

#[test]
fn every_problem_of_every_file_is_told_in_one_run() {
    let folder = Folder::new().with_shipped_files();
    folder.write("crosswalk.yaml", "mappings: mappings\nschemas: schemas\nprofil: vision\nsettings:\n  contry: US\n");
    folder.replace("mappings/companies.yaml", "from: $.VendorName", "from: $.VendorNmae");
    folder.replace("mappings/subcontracts.yaml", "line.unit_cost ?? line.amount", "line.unit_cots ?? line.amount");
    folder.replace("mappings/cost_codes.cases.yaml", "expect:", "expects:");
    folder.replace("mappings/projects.yaml", "mapping: projects", "mapping: project");
    folder.replace("schemas/procore/vendors.json", "\"readOnly\"", "\"readonly\"");
    assert_snapshot!(folder.run(&["check"]));
}

#[test]
fn problems_as_json_name_their_place() {
    let folder = Folder::new().with_shipped_files();
    folder.replace("mappings/companies.yaml", "from: $.VendorName", "from: $.VendorNmae");
    assert_snapshot!(folder.run(&["check", "--json"]));
}

#[test]
fn a_mapping_that_cannot_be_read_is_not_told_to_be_missing() {
    for (from, to) in [("title:", "title: one\ntitle:"), ("title:", "\ttitle:")] {
        let folder = Folder::new().with_shipped_files();
        folder.replace("mappings/companies.yaml", from, to);
        let ran = folder.run(&["check"]);
        assert_eq!(ran.code, 3, "{ran}");
        assert!(ran.to_string().contains("found 1 error in 1 file"), "{ran}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    assert_snapshot!(Folder::new().run(&["check", "--mappings", "mapings"]));
}

#[test]
fn a_settings_file_that_is_not_there_is_named() {
    assert_snapshot!(Folder::new().run(&["check", "--settings", "other.yaml"]));
}

#[test]
fn cases_need_their_mapping() {
    let folder = Folder::new().with_shipped_files();
    folder.write("mappings/vendors.cases.yaml", "cases: []\n");
    assert_snapshot!(folder.run(&["check"]));
}

#[test]
fn a_written_secret_is_shown_nowhere() {
    let text = "procore:\n  company_id: 1\n  client_id: a\n  client_secret: hunter22\n  api_token: hunter23\n";
    for arguments in [&["check"][..], &["check", "--json"], &["test"], &["docs", "--json"]] {
        let ran = Folder::new().with("crosswalk.yaml", text).run(arguments);
        assert_eq!(ran.code, 3, "{ran}");
        assert!(!ran.to_string().contains("hunter"), "{ran}");
        assert!(ran.to_string().contains("client_secret: env:NAME"), "{ran}");
    }
}

#[test]
fn commands_that_need_sound_files_do_nothing_without_them() {
    let folder = Folder::new().with_shipped_files();
    folder.replace("mappings/companies.yaml", "from: $.VendorName", "from: $.VendorNmae");
    for arguments in [&["test"][..], &["docs", "--out", "tables.md"], &["review"]] {
        let ran = folder.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{ran}");
        assert!(ran.err.contains("did you mean `VendorName`?") && ran.err.contains("found 1 error in 1 file; nothing was done"), "{ran}");
    }
    assert!(!folder.has("tables.md"));
}

#[test]
fn slips_that_leave_no_choice_are_mended_and_the_rest_is_told() {
    let folder = Folder::new().with_shipped_files();
    folder.write("crosswalk.yaml", "settings:\n  contry: US\n");
    folder.replace("mappings/companies.yaml", "from: $.VendorName", "from: $.VendorNmae");
    folder.replace("mappings/companies.yaml", "source.Status != \"Inactive\" ||", "source.Status != \"Inactve\" ||");
    folder.replace("mappings/companies.yaml", "upper(source.MainContact.Address.State)", "uper(source.MainContact.Address.State)");
    folder.replace("mappings/cost_codes.yaml", "direction: import", "direction: improt");
    folder.replace("mappings/subcontracts.yaml", "mapping: companies", "\"mapping\": 'compnies'");
    folder.replace("mappings/subcontracts.yaml", "expr: project.acumatica", "expr: project.somewhere");
    let ran = folder.run(&["check", "--fix"]);
    assert_eq!(ran.code, 3, "{ran}");
    for told in [
        "crosswalk.yaml:2:3: `contry` is now `country`\n",
        "`VendorNmae` is now `VendorName`\n",
        "`Inactve` is now `Inactive`\n",
        "`uper` is now `upper`\n",
        "mappings/cost_codes.yaml:4:12: `improt` is now `import`\n",
        "`compnies` is now `companies`\n",
        "found 1 error in 1 file",
    ] {
        assert!(ran.out.contains(told), "no {told} in {ran}");
    }
    assert!(folder.read("mappings/subcontracts.yaml").contains("\"mapping\": 'companies'"));
    folder.replace("mappings/subcontracts.yaml", "expr: project.somewhere", "expr: project.acumatica");
    let again = folder.run(&["check", "--fix"]);
    assert!(again.code == 0 && again.out.starts_with("sound: "), "{again}");
    let left: Vec<String> = std::fs::read_dir(folder.path().join("mappings"))
        .unwrap()
        .map(|entry| entry.unwrap().path().display().to_string())
        .filter(|path| path.contains(".crosswalk"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn shipped_files_are_nobodys_to_mend() {
    let folder = Folder::new();
    folder.write("crosswalk.yaml", "settings:\n  country: US\n");
    let ran = folder.run(&["check", "--fix"]);
    assert!(ran.code == 0 && !ran.out.contains("is now") && !folder.has("mappings"), "{ran}");
}

#[test]
fn fixes_travel_in_json_and_sarif() {
    let folder = Folder::new().with_shipped_files();
    folder.replace("mappings/companies.yaml", "from: $.VendorName", "from: $.VendorNmae");
    let json: serde_json::Value = serde_json::from_str(&folder.run(&["check", "--json"]).out).unwrap();
    assert_eq!(json["problems"][0]["fix"]["text"], "VendorName");
    let log: serde_json::Value = serde_json::from_str(&folder.run(&["check", "--format", "sarif"]).out).unwrap();
    let change = &log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "VendorName");
    assert!(folder.read("mappings/companies.yaml").contains("VendorNmae"), "telling a fix makes none");
}

#[test]
fn a_code_is_explained_with_its_page() {
    let ran = Folder::new().run(&["check", "--why", "unknown-label"]);
    assert!(ran.code == 0 && ran.out.starts_with("# `unknown-label`\n") && ran.out.contains("Right:"), "{ran}");
    let slip = Folder::new().run(&["check", "--why", "unknown-lable"]);
    assert!(slip.code == 2 && slip.err.contains("did you mean `unknown-label`?"), "{slip}");
}

/// What no record could make good is told before one is there, and a warning stops nothing.
#[test]
fn a_warning_is_told_and_stops_nothing() {
    let folder = Folder::new().with_shipped_files();
    folder.replace(
        "mappings/companies.yaml",
        "identity: [name]",
        "identity: [name]\njoin:\n  class: {resource: acumatica/VendorClass, key: [$.VendorClass]}",
    );
    let ran = folder.run(&["check"]);
    assert!(ran.code == 0 && ran.err.contains("nothing looks at the join `class`") && ran.out.contains("found 1 warning"), "{ran}");
}

#[test]
fn settings_that_nothing_reads_and_defaults_that_are_no_choice_are_told() {
    let folder = Folder::new().with_shipped_files();
    folder.replace("mappings/settings.yaml", "country: US", "country: US\ncurrency: {of: {bills: USD}}");
    let ran = folder.run(&["check"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.to_string().contains("nothing reads the setting `currency.of.bills`"), "{ran}");
    folder.replace("mappings/settings.yaml", "change_date: created_at", "change_date: created");
    folder.replace("mappings/settings.choices.yaml", "commitments.date:", "commitments.dates:");
    let ran = folder.run(&["check"]);
    assert_eq!(ran.code, 3, "{ran}");
    assert!(ran.to_string().contains("`created` is not a choice of `budgets.change_date`"), "{ran}");
    assert!(ran.to_string().contains("`commitments.dates` is not a setting"), "{ran}");
}
