//! Overlays: what an instance has otherwise, laid over what is shipped, looked at and kept in view.

use super::program::Folder;

/// A customer's overlay over a partner's.
const CUSTOMER: &str = "overlay: customer\ntitle: A customer of the partner\non: partner_endpoint\nmappings:\n  \
    subcontracts:\n    - change: {to: SiteCode}\n      because: The customer has one site.\n      with: {value: MAIN}\n  \
    companies:\n    - drop: companies.email\n      because: Nobody may write to vendors.\n\
    settings:\n  country: CA\n  main_task: '9999'\n";

fn with_customer() -> Folder {
    Folder::new().with_shipped_files().with("overlays/customer/overlay.yaml", CUSTOMER)
}

#[test]
fn shipped_overlays_are_sound_and_their_cases_pass() {
    let folder = Folder::new().with_shipped_files();
    for overlay in ["partner_endpoint", "default_2020", "three_tiers"] {
        for command in ["check", "test"] {
            let ran = folder.run(&[command, "--overlay", overlay]);
            assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{overlay}: {ran}");
        }
        let bare = folder.run(&["test", "subcontracts", "--overlay", overlay]);
        let told = "changed by an overlay, which has no cases for them: commitment_change_orders, projects, subcontractor_invoices\n";
        assert_eq!(bare.out.contains(told), overlay == "default_2020", "{bare}");
        let pinned = folder.run(&["overlay", "pin", "--overlay", overlay]);
        assert_eq!(pinned.out, format!("overlays/{overlay}/matched.yaml is up to date\n"), "{pinned}");
    }
}

#[test]
fn what_overlays_make_of_a_mapping_is_shown_line_by_line_with_origins() {
    let folder = with_customer();
    let shown = folder.run(&["overlay", "show", "subcontracts", "--overlay", "customer"]);
    assert_eq!((shown.code, shown.err.as_str()), (0, ""), "{shown}");
    let line = |words: &str, origin: &str| {
        let found = shown.out.lines().any(|line| line.trim_start().starts_with(words) && line.ends_with(origin));
        assert!(found, "no `{words}` from `{origin}` in\n{}", shown.out);
    };
    assert!(shown.out.starts_with("# the mappings < partner_endpoint < customer\n"), "{}", shown.out);
    line("name: PartnerConstruction", "# overlays/partner_endpoint/overlay.yaml:5");
    line("VendorRef: ContractReference", "# overlays/partner_endpoint/overlay.yaml:15");
    line("country: CA", "# overlays/customer/overlay.yaml:13");
    line("mapping: subcontracts", "# mappings/subcontracts.yaml:2");
    line("expr: \"source.contract_start_date ?? source.execution_date\"", "# overlays/partner_endpoint/overlay.yaml:38");
    line("value: MAIN", "# overlays/customer/overlay.yaml:8");
    let data: serde_json::Value = serde_json::from_str(&folder.run(&["overlay", "show", "--overlay", "customer", "--json"]).out).unwrap();
    let changed: Vec<&String> = data["mappings"].as_object().unwrap().keys().collect();
    assert_eq!(changed, ["companies", "purchase_orders", "subcontracts"]);
    assert_eq!(data["overlays"], serde_json::json!(["partner_endpoint", "customer"]));

    let unknown = folder.run(&["overlay", "show", "subcontract", "--overlay", "customer"]);
    assert!(unknown.code == 2 && unknown.err.contains("did you mean `subcontracts`?"), "{unknown}");
    let none = folder.run(&["overlay", "show"]);
    assert!(none.code == 2 && none.err.contains("no overlay is in force"), "{none}");
    let lost = folder.run(&["overlay", "show", "--overlay", "custmer"]);
    assert!(lost.code == 3 && lost.err.contains("did you mean `customer`?"), "{lost}");
}

#[test]
fn an_upgrade_that_changes_what_an_overlay_matches_is_told() {
    let folder = with_customer();
    let write = ["overlay", "pin", "--overlay", "customer"];
    let pinned = folder.run(&write);
    assert!(pinned.code == 0 && pinned.out.contains("wrote overlays/customer/matched.yaml\n"), "{pinned}");
    assert!(folder.read("overlays/customer/matched.yaml").contains("    to: email_address\n"));
    // A comment is no change of a rule.
    folder.replace("mappings/companies.yaml", "  - row: {companies.email:", "  # By mail.\n  - row: {companies.email:");
    let sound = folder.run(&["check", "--overlay", "customer"]);
    assert_eq!((sound.code, sound.err.as_str()), (0, ""), "{sound}");

    let mapping = folder.read("mappings/companies.yaml");
    let rule = mapping.split("  - row: {companies.email:").nth(1).unwrap().split("\n  - ").next().unwrap();
    folder.replace("mappings/companies.yaml", rule, &format!("{rule}\n    max_length: 100"));
    let moved = folder.run(&["check", "--overlay", "customer"]);
    assert!(moved.code == 0 && moved.err.contains("warning[overlay-moved]: the rule that this changes is another than it was"), "{moved}");
    assert!(moved.err.contains("overlays/customer/overlay.yaml:10:13") && moved.err.contains("max_length: 100"), "{moved}");

    folder.replace("mappings/companies.yaml", "{companies.email:", "{companies.mail:");
    let lost = folder.run(&["check", "--overlay", "customer"]);
    assert!(lost.code == 3 && lost.err.contains("no rule of `companies` carries the row `companies.email`"), "{lost}");
    assert!(lost.err.contains("it used to match") && lost.err.contains("to: email_address"), "{lost}");
}

#[test]
fn a_diagnostic_points_into_the_file_that_is_to_blame() {
    let folder = with_customer();
    folder.replace("overlays/customer/overlay.yaml", "with: {value: MAIN}", "with: {expr: project.acumatic}");
    let blamed = folder.run(&["check", "--overlay", "customer"]);
    assert!(blamed.code == 3 && blamed.err.contains(" overlays/customer/overlay.yaml:8:"), "{blamed}");
    assert!(blamed.err.contains("`acumatic`") && !blamed.err.contains(" mappings/subcontracts.yaml"), "{blamed}");
    // Of a rule that is changed in part, the other part stays where it was.
    folder.replace("overlays/customer/overlay.yaml", "expr: project.acumatic", "value: MAIN");
    folder.replace("mappings/subcontracts.yaml", "to: StartDate", "to: StrtDate");
    let base = folder.run(&["check", "--overlay", "customer"]);
    assert!(base.code == 3 && base.err.contains(" mappings/subcontracts.yaml:") && base.err.contains("`StartDate`"), "{base}");
    // And a fix is made there.
    let mended = folder.run(&["check", "--overlay", "customer", "--fix"]);
    assert_eq!(mended.code, 0, "{mended}");
    assert!(folder.read("mappings/subcontracts.yaml").contains("to: StartDate"));
}

#[test]
fn what_a_lower_overlay_has_dropped_is_not_changed_by_a_higher_one() {
    let folder = with_customer();
    folder.write(
        "overlays/higher/overlay.yaml",
        "overlay: higher\ntitle: Above\non: customer\nmappings:\n  companies:\n    - change: companies.email\n      because: It is shorter.\n      with: {max_length: 9}\n",
    );
    let told = folder.run(&["check", "--overlay", "higher"]);
    assert!(told.code == 3 && told.err.contains("the row `companies.email` of `companies` fills no field"), "{told}");
    assert!(told.err.contains("overlays/customer/overlay.yaml:11") && told.err.contains("it says why"), "{told}");
}

#[test]
fn settings_go_over_overlays_and_overlays_over_profiles() {
    let folder = with_customer();
    folder.write("crosswalk.yaml", "overlay: customer\nsettings: {main_task: '0001'}\n");
    let known = folder.run(&["check"]);
    assert_eq!((known.code, known.err.as_str()), (0, ""), "{known}");
    folder.write("crosswalk.yaml", "overlay: [partner_endpoint, nowhere]\n");
    let lost = folder.run(&["check"]);
    assert!(lost.code == 3 && lost.err.contains("crosswalk.yaml:1:29") && lost.err.contains("`nowhere`"), "{lost}");
    folder.write("crosswalk.yaml", "overlay: ./overlays/customer\n");
    assert_eq!(folder.run(&["check"]).code, 0);
}

/// A resource, a mapping and a setting that only this package has.
#[test]
fn an_overlay_brings_mappings_of_its_own() {
    let folder = Folder::new().with_shipped_files();
    let schema = folder.read("schemas/acumatica/VendorClass.json").replace("VendorClass", "SiteClass");
    folder.write("overlays/sites/schemas/acumatica/SiteClass.json", &schema);
    folder.write("overlays/sites/mappings/settings.yaml", "sites: {prefix: S-}\n");
    let key = serde_json::from_str::<serde_json::Value>(&schema).unwrap()["x-resource"]["key"][0].as_str().unwrap().to_owned();
    let mapping = format!(
        "mapping: site_classes\ntitle: Sites\ndirection: import\nsource: acumatica/SiteClass\ntarget: procore/line_item_types\nidentity: [code]\n\
         fields:\n  - {{to: code, expr: 'settings.sites.prefix + source.{key}'}}\n  - {{to: name, from: $.{key}}}\n  - {{to: base_type, value: other}}\n"
    );
    folder.write("overlays/sites/mappings/site_classes.yaml", &mapping);
    folder.write("overlays/sites/overlay.yaml", "overlay: sites\ntitle: Sites\nenable: [site_classes]\ndisable: [budget_costs]\n");
    let cases = format!("cases:\n  - name: a site\n    given: {{{key}: NORTH, id: g1}}\n    expect: {{code: S-NORTH, name: NORTH}}\n");
    folder.write("overlays/sites/mappings/site_classes.cases.yaml", &cases);
    let checked = folder.run(&["check", "--overlay", "sites"]);
    assert_eq!((checked.code, checked.err.as_str()), (0, ""), "{checked}");
    let tested = folder.run(&["test", "site_classes", "--overlay", "sites"]);
    assert!(tested.out.contains("1 new"), "{tested}");
    assert!(folder.path().join("overlays/sites/mappings/snapshots").is_dir());
    assert_eq!(folder.run(&["review", "--accept", "--overlay", "sites"]).code, 0);
    let again = folder.run(&["test", "--overlay", "sites"]);
    assert_eq!(again.code, 0, "{again}");
    let off = folder.run(&["test", "budget_costs", "--overlay", "sites"]);
    assert!(off.code == 2 && off.err.contains("`budget_costs` is disabled by overlay `sites`"), "{off}");
    // Without the overlay none of it is there.
    assert_eq!(folder.run(&["test", "site_classes"]).code, 2);
}
