//! `crosswalk schema pull`, `schema diff` and `overlay new` against the sandbox, and what becomes of answers that are none.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::cli_schema_diff::{findings, places};
use super::practice::Practice;

/// Every file of a folder, by its path.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let (mut found, mut open) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(here) = open.pop() {
        for entry in std::fs::read_dir(here).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().display().to_string(), std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn endpoint(practice: &Practice, version: &str) {
    let text = practice.folder.read("sandbox/crosswalk.yaml");
    let kept: String = text.lines().filter(|line| !line.starts_with("  endpoint:")).map(|line| format!("{line}\n")).collect();
    let tenant = "  tenant: Company\n";
    let with = kept.replacen(tenant, &format!("{tenant}  endpoint: {{name: Default, version: \"{version}\"}}\n"), 1);
    assert_ne!(kept, with);
    practice.folder.write("sandbox/crosswalk.yaml", &with);
}

#[test]
fn what_both_systems_say_of_themselves_is_kept_whole_and_the_same_every_time() {
    let mut practice = Practice::with_projects(1);
    let first = practice.run(&["schema", "pull", "--into", "acme"]);
    assert_eq!((first.code, first.err.as_str()), (0, ""), "{first}");
    let pulled = files(&practice.folder.path().join("acme"));
    for file in ["acumatica/endpoints.json", "acumatica/swagger.json", "acumatica/adhoc/Bill.json", "procore/custom_fields.json"] {
        assert!(first.out.contains(file) && pulled[file].ends_with('\n'), "{file}: {first}");
    }
    assert!(!pulled.contains_key("acumatica/adhoc/ChangeOrderClass.json"), "no mapping in force has to do with it");
    practice.tells_no_secret(&pulled.values().cloned().collect::<String>());
    assert!(!pulled.values().any(|text| text.contains("2026-")), "no day is kept, or every pull would differ");
    assert!(!practice.folder.has("sandbox/crosswalk.db"), "looking makes no state file");

    // Another project, another session, another day: the files are the same, and nothing is left beside them.
    assert_eq!(practice.run(&["schema", "pull", "--into", "acme"]).code, 0);
    assert_eq!(files(&practice.folder.path().join("acme")), pulled);
    assert!(!practice.folder.has("acme.new") && !practice.folder.has("acme.old"));
    // They are a description to go by, without any system.
    let kept = practice.folder.run(&["schema", "diff", "--pulled", "acme"]);
    assert!(kept.code == 0 && kept.out.starts_with("all fits: "), "{kept}");
    // A folder of somebody's is left alone.
    practice.folder.write("notes/mine.txt", "keep");
    let refused = practice.run(&["schema", "pull", "--into", "notes"]);
    assert!(refused.code == 2 && refused.err.contains("`mine.txt`"), "{refused}");
    assert_eq!(files(&practice.folder.path().join("notes")).len(), 1);

    // Nothing half-pulled: what was there stays, whole.
    practice.stop();
    let lost = practice.run(&["schema", "pull", "--into", "acme"]);
    assert_eq!(lost.code, 4, "{lost}");
    assert_eq!(practice.run(&["schema", "pull", "--into", "other"]).code, 4);
    assert_eq!(practice.run(&["schema", "diff"]).code, 4, "out of reach is not the same as fitting");
    assert_eq!(files(&practice.folder.path().join("acme")), pulled);
    assert!(!practice.folder.has("other") && !practice.folder.has("acme.new"));
}

#[test]
fn an_instance_of_each_version_tells_what_its_version_is_known_to_lack() {
    let practice = Practice::with_projects(1);
    for version in ["20.200.001", "22.200.001", "23.200.001", "25.200.001"] {
        endpoint(&practice, version);
        let live = practice.run(&["schema", "diff", "--json"]);
        let known = practice.folder.run(&["schema", "diff", "--endpoint-version", version, "--json"]);
        assert_eq!((places(&live), live.code), (places(&known), known.code), "{version}: {live}");
    }
    // A version that the instance has not: told by what it has, and nothing is pulled.
    endpoint(&practice, "21.200.001");
    let lost = practice.run(&["schema", "diff", "--json"]);
    assert_eq!(lost.code, 1, "{lost}");
    let found = findings(&lost);
    assert!(found.iter().all(|one| one["kind"] == "endpoint-missing") && found.len() > 10, "{lost}");
    assert!(found[0]["help"].as_str().unwrap().contains("Construction/1, Default/20.200.001"), "{lost}");
    let refused = practice.run(&["schema", "pull"]);
    assert!(refused.code == 2 && refused.err.contains("no endpoint Default/21.200.001"), "{refused}");
    assert!(!practice.folder.has("instance"));
}

/// A package that extends the vendor's endpoint: other names, missing fields, fields of its own.
fn package(practice: &Practice) {
    assert_eq!(practice.run(&["schema", "pull", "--into", "acme"]).code, 0);
    let folder = &practice.folder;
    folder.replace("acme/acumatica/swagger.json", "\"title\": \"Default/24.200.001\"", "\"title\": \"AcmePartner/23.200.001\"");
    folder.replace(
        "acme/acumatica/endpoints.json",
        "\"Construction\",\n      \"version\": \"1\"",
        "\"AcmePartner\",\n      \"version\": \"23.200.001\"",
    );
    let (swagger, adhoc) = ("acme/acumatica/swagger.json", "acme/acumatica/adhoc/Subcontract.json");
    let mut json: Value = serde_json::from_str(&folder.read(adhoc)).unwrap();
    for (ours, theirs) in [("VendorRef", "ExternalReference"), ("StartDate", "Zone")] {
        let text = folder.read(swagger);
        let at = text.find("\"Subcontract\": {\n").unwrap();
        folder.write(swagger, &format!("{}{}", &text[..at], text[at..].replacen(&format!("\"{ours}\""), &format!("\"{theirs}\""), 1)));
        let field = json.as_object_mut().unwrap().remove(ours).unwrap();
        json[theirs] = field;
    }
    let custom = r#"{"Document": {"UsrSiteCode": {"type": "CustomStringField"}, "UsrShare": {"type": "CustomDecimalField"}}}"#;
    json["custom"] = serde_json::from_str(custom).unwrap();
    json["Details"][0]["custom"] = serde_json::json!({"Transactions": {"UsrPhase": {"type": "CustomStringField"}}});
    folder.write(adhoc, &json.to_string());
    // The retainage of bills stands on another view there.
    folder.replace("acme/acumatica/adhoc/Bill.json", "\"RetainageApply\"", "\"UsrRetainageApply\"");
    folder.write("acme/procore/custom_fields.json", r#"[{"id": 4711, "label": "Site", "data_type": "string"}]"#);
}

#[test]
fn a_first_overlay_suggests_names_and_types_and_asks_for_each_to_be_confirmed() {
    let practice = Practice::with_projects(1);
    package(&practice);
    let folder = &practice.folder;
    let told = places(&folder.run(&["schema", "diff", "--pulled", "acme", "--json"]));
    for expected in [
        "field-missing acumatica/Subcontract VendorRef",
        "field-missing acumatica/Subcontract StartDate",
        "custom-field-missing acumatica/Bill RetainageApply",
    ] {
        assert!(told.contains(&expected.to_owned()), "{expected}: {told:#?}");
    }
    let made = folder.run(&["overlay", "new", "acme", "--from", "acme"]);
    assert_eq!((made.code, made.err.as_str()), (0, ""), "{made}");
    let text = folder.read("overlays/acme/overlay.yaml");
    for line in [
        "overlay: acme\n",
        "endpoint: {name: AcmePartner, version: \"23.200.001\"}\n",
        "  acumatica/Subcontract:\n    because: ",
        "        VendorRef: ExternalReference  # confirm: ",
        "        - StartDate  # confirm: ",
        "        SiteCode: {type: text, custom: Document.UsrSiteCode, description: ",
        "        Share: {type: decimal, custom: Document.UsrShare, description: ",
        "        Details.Phase: {type: text, custom: Transactions.UsrPhase, description: ",
        "        RetainageApply: {custom: Document.UsrRetainageApply}  # confirm: ",
        "    - drop: {row: commitments.start_date, to: StartDate}  # confirm: ",
        "#   custom_fields.custom_field_4711: Site, string\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let marked = text.matches("# confirm:").count();
    assert!(marked >= 7 && made.out.contains(&format!("{marked} lines of it are to be confirmed")), "{made}");
    // Somebody's work is not overwritten.
    folder.write("overlays/acme/overlay.yaml", "mine\n");
    let again = folder.run(&["overlay", "new", "acme", "--from", "acme"]);
    assert!(again.code == 2 && again.err.contains("is there"), "{again}");
    assert_eq!(folder.read("overlays/acme/overlay.yaml"), "mine\n");
    let wrong = folder.run(&["overlay", "new", "../acme", "--from", "acme"]);
    assert!(wrong.code == 2 && wrong.err.contains("no name for an overlay"), "{wrong}");

    // An instance that carries all needs no answer: the overlay says no more than its endpoint.
    let fits = practice.run(&["overlay", "new", "plain", "--from", "instance"]);
    assert!(fits.code == 0 && fits.out.contains("nothing in it is to be confirmed"), "{fits}");
    let text = folder.read("overlays/plain/overlay.yaml");
    assert!(text.ends_with("endpoint: {name: Default, version: \"24.200.001\"}\n"), "{text}");
}

#[test]
fn pulled_files_that_contradict_each_other_or_are_broken_are_told_by_name() {
    let practice = Practice::with_projects(1);
    assert_eq!(practice.run(&["schema", "pull", "--into", "acme"]).code, 0);
    let folder = &practice.folder;
    let bill = folder.read("acme/acumatica/adhoc/Bill.json");
    let told = |parts: &[&str]| {
        let ran = folder.run(&["schema", "diff", "--pulled", "acme"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
        parts.iter().for_each(|part| assert!(ran.err.contains(part), "{part}\n{ran}"));
    };
    folder.write("acme/acumatica/adhoc/Bill.json", &bill.replacen("\"VendorRef\"", "\"Vendor_Ref\"", 1));
    told(&["`Bill/$adHocSchema` lacks `VendorRef`, which swagger.json of Default/24.200.001 has", "pull again"]);
    folder.write("acme/acumatica/adhoc/Bill.json", &bill[..bill.len() / 2]);
    told(&["acme/acumatica/adhoc/Bill.json:", "ends in the middle of an `$adHocSchema`"]);
    folder.write("acme/acumatica/adhoc/Bill.json", &bill);
    folder.write("acme/procore/custom_fields.json", "{}");
    told(&["acme/procore/custom_fields.json:1:", "a list of custom field definitions"]);
    std::fs::remove_dir_all(folder.path().join("acme/acumatica")).unwrap();
    told(&["acme holds no description of an instance", "schema pull"]);
}
