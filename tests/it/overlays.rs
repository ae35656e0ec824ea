//! The shipped overlays, each against a sandbox that was started with its package.

use serde_json::Value;

use super::practice::Practice;

/// Everything goes over, and a second run writes nothing.
fn synced(package: &str) -> (Practice, Value) {
    let practice = Practice::with(1, &["--package", package]);
    let settings = practice.folder.read("sandbox/crosswalk.yaml");
    assert!(settings.ends_with(&format!("overlay: \"{package}\"\n")), "{settings}");
    let fits = practice.run(&["schema", "diff"]);
    assert!(fits.code == 0 && fits.out.starts_with("all fits: "), "{fits}");
    let first = practice.json(&["sync", "--yes"]);
    let again = practice.json(&["sync", "--yes"]);
    for mapping in again["mappings"].as_array().unwrap() {
        for written in ["created", "updated", "adopted"] {
            assert_eq!(mapping["counts"][written], 0, "{written} again: {mapping}");
        }
    }
    println!("overlay {package}: synced against its package, and nothing left to do");
    (practice, first)
}

fn settings_of(practice: &Practice) -> String {
    practice.folder.read("sandbox/crosswalk.yaml")
}

/// How many records of a mapping were made.
fn made(report: &Value, mapping: &str) -> u64 {
    let mappings = report["mappings"].as_array().unwrap();
    let found = mappings.iter().find(|one| one["mapping"] == mapping).unwrap_or_else(|| panic!("no {mapping} in {report}"));
    found["counts"]["created"].as_u64().unwrap()
}

#[test]
fn a_partner_endpoint_is_served_under_its_own_names_with_its_own_fields() {
    let (practice, report) = synced("partner_endpoint");
    let subcontracts = practice.records("Subcontract");
    assert_eq!((made(&report, "subcontracts"), subcontracts.len()), (3, 3));
    for contract in &subcontracts {
        // The books keep it under the form's own name, whatever the endpoint calls it.
        assert!(contract["VendorRef"].as_str().unwrap().starts_with("SC-"), "{contract}");
        assert_eq!(contract["SiteCode"], contract["Details"][0]["Project"], "{contract}");
        // Lines that change orders add later are Acumatica's own.
        assert!(["MAIN", "SUB"].contains(&contract["Details"][0]["Phase"].as_str().unwrap()), "{contract}");
    }
    // A plan is one of a profile and its overlays.
    let plan = practice.run(&["plan", "--out", "plan.json"]);
    assert!(plan.out.contains("profile vision + partner_endpoint; "), "{plan}");
    practice.folder.write("sandbox/plain.yaml", &settings_of(&practice).replace("overlay: \"partner_endpoint\"", ""));
    let other = practice.folder.run(&["--settings", "sandbox/plain.yaml", "apply", "plan.json", "--yes"]);
    assert!(other.code == 2 && other.err.contains("choose the same profile and overlays"), "{other}");

    // On the wire the names are the partner's.
    let asked = practice.addresses();
    for words in
        ["/entity/PartnerConstruction/23.1/Subcontract?", "ContractReference", "Details/ScopeOfWork", "Details/Transactions.AttributePHASE"]
    {
        assert!(asked.contains(words) || asked.contains(&words.replace('/', "%2F")), "{words} in {asked}");
    }
    assert!(!asked.contains("VendorRef,") && !asked.contains("/entity/Default/24.200.001/Subcontract"), "{asked}");
    assert!(
        asked.contains("/entity/Default/24.200.001/AccountGroup?") && !asked.contains("/entity/PartnerConstruction/23.1/AccountGroup?"),
        "{asked}"
    );

    // The shipped mappings alone meet names that the endpoint does not have.
    let settings = settings_of(&practice);
    let plain = settings
        .replace("overlay: \"partner_endpoint\"", "")
        .replace("acumatica:\n", "acumatica:\n  endpoint: {name: PartnerConstruction, version: '23.1'}\n");
    practice.folder.write("sandbox/crosswalk.yaml", &plain);
    let misfit = practice.run(&["schema", "diff"]);
    assert!(misfit.code == 1 && misfit.out.contains("`VendorRef`") && misfit.out.contains("ContractReference"), "{misfit}");
    // What is suggested for it is sound, and fits.
    assert_eq!(practice.at_home(&["overlay", "new", "first", "--from", "instance"]).code, 0);
    for command in [&["check", "--overlay", "first"][..], &["schema", "diff", "--overlay", "first"]] {
        let ran = practice.at_home(command);
        assert_eq!(ran.code, 0, "{ran}");
    }
}

#[test]
fn an_instance_without_subcontracts_has_them_as_purchase_orders() {
    let (practice, report) = synced("default_2020");
    assert_eq!(made(&report, "subcontracts"), 3);
    let orders = practice.records("PurchaseOrder");
    let of = |kind: &str| orders.iter().filter(|order| order["Type"] == kind).collect::<Vec<_>>();
    assert_eq!((of("Project Drop-Ship").len(), of("Normal").len()), (3, 3));
    for order in of("Project Drop-Ship") {
        assert!(order["VendorRef"].as_str().unwrap().starts_with("SC-") && order["Status"] == "Open", "{order}");
    }
    // Their invoices are bills of those orders, and only changes of normal orders go out.
    assert!(made(&report, "subcontractor_invoices") >= 10, "{report}");
    assert_eq!(made(&report, "commitment_change_orders"), 2);
    assert!(
        practice
            .records("Bill")
            .iter()
            .flat_map(|bill| bill["Details"].as_array().unwrap())
            .any(|line| line["POOrderType"] == "Project Drop-Ship")
    );
    assert!(!report["mappings"].as_array().unwrap().iter().any(|one| one["mapping"] == "retainage_releases"));

    let settings = settings_of(&practice);
    let plain = settings
        .replace("overlay: \"default_2020\"", "")
        .replace("acumatica:\n", "acumatica:\n  endpoint: {name: Default, version: 20.200.001}\n");
    practice.folder.write("sandbox/crosswalk.yaml", &plain);
    let misfit = practice.run(&["schema", "diff"]);
    assert!(misfit.code == 1 && misfit.out.contains("acumatica/Subcontract") && misfit.out.contains("23.200.001"), "{misfit}");
}

#[test]
fn a_company_with_budget_changes_custom_fields_and_three_tiers() {
    let (practice, report) = synced("three_tiers");
    assert_eq!((made(&report, "budget_changes"), made(&report, "commitment_change_orders")), (3, 0));
    assert_eq!((made(&report, "commitment_change_order_packages"), made(&report, "prime_contract_change_order_packages")), (6, 2));
    let sites: Vec<Value> = practice.records("Subcontract").iter().map(|contract| contract["Site"].clone()).collect();
    assert_eq!(sites, ["NORTH", "NORTH", "NORTH"]);
    assert!(practice.records("PurchaseOrder").iter().all(|order| order["Description"].as_str().unwrap().starts_with("SOUTH: ")));
}
