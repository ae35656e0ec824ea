//! `crosswalk schema diff`: what an instance cannot carry, told by row before anything is sent; and files that tell nothing.

use std::fs::File;

use serde_json::{Value, json};

use super::program::{Folder, Ran};

/// What was found, by the JSON of the answer.
pub(crate) fn findings(ran: &Ran) -> Vec<Value> {
    let told: Value = serde_json::from_str(&ran.out).unwrap_or_else(|problem| panic!("{problem}\n{ran}"));
    told["findings"].as_array().unwrap().clone()
}

/// `kind resource path`, as far as there is one.
pub(crate) fn places(ran: &Ran) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    findings(ran).iter().map(|found| [text(&found["kind"]), text(&found["resource"]), text(&found["path"])].join(" ")).collect()
}

fn at_version(version: &str) -> Ran {
    Folder::new().run(&["schema", "diff", "--endpoint-version", version, "--json"])
}

#[test]
fn what_an_older_version_lacks_is_told_without_any_instance() {
    let oldest = at_version("20.200.001");
    assert_eq!(oldest.code, 1, "{oldest}");
    let found = findings(&oldest);
    let one = |kind: &str, resource: &str| found.iter().find(|one| one["kind"] == kind && one["resource"] == resource).unwrap();
    let subcontract = one("entity-missing", "acumatica/Subcontract");
    assert_eq!(subcontract["since"], "23.200.001", "the version that would bring it");
    let rows: Vec<&str> = subcontract["used_by"].as_array().unwrap().iter().filter_map(|user| user["row"].as_str()).collect();
    assert!(rows.contains(&"commitments.number") && rows.contains(&"commitments.retainage"), "{rows:?}");
    let place = subcontract["used_by"][0]["place"].as_str().unwrap();
    assert!(place.starts_with("mappings/subcontracts.yaml:"), "{place}");
    assert_eq!(one("action-missing", "acumatica/RetainageRelease")["since"], "23.200.001", "the action that makes them");
    let places = places(&oldest);
    for expected in [
        "field-missing acumatica/ChangeOrder Commitments.POType",
        "field-missing acumatica/Project ProjectAddress",
        "field-missing acumatica/AccountGroup LastModifiedDateTime",
        "field-missing acumatica/Bill IsTaxValid",
    ] {
        assert!(places.contains(&expected.to_owned()), "{expected}: {places:#?}");
    }
    // An address that is not there is told once, and the rows of its parts with it.
    assert!(!places.iter().any(|place| place.contains("ProjectAddress.City")), "{places:#?}");
    let address = found.iter().find(|one| one["path"] == "ProjectAddress").unwrap();
    assert!(address["used_by"].as_array().unwrap().iter().any(|user| user["row"] == "projects.city"), "{address:#}");
    // What the form itself has a name for is called by that.
    assert!(!places.iter().any(|place| place.contains("ActivateProject")), "{places:#?}");

    let middle = self::places(&at_version("22.200.001"));
    assert!(middle.contains(&"entity-missing acumatica/Subcontract ".to_owned()), "{middle:#?}");
    assert!(middle.len() < places.len() && !middle.iter().any(|place| place.contains("POType")), "{middle:#?}");
    for version in ["23.200.001", "24.200.001", "25.200.001"] {
        let ran = Folder::new().run(&["schema", "diff", "--endpoint-version", version]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran}");
        assert!(ran.out.starts_with("all fits: "), "{ran}");
    }
    let none = at_version("newest");
    assert_eq!(none.code, 2, "{none}");
    assert!(none.out.contains("not a version") && none.out.contains("23.200.001"), "{none}");
}

#[test]
fn a_nightly_job_gets_an_annotation_at_every_row() {
    let ran = Folder::new().run(&["schema", "diff", "--endpoint-version", "22.200.001", "--format", "github"]);
    assert_eq!(ran.code, 1, "{ran}");
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines.iter().all(|line| line.starts_with("::error ")), "{ran}");
    let number = lines.iter().find(|line| line.contains("(row commitments.number)")).unwrap();
    assert!(number.starts_with("::error file=mappings/subcontracts.yaml,line=") && number.contains(",title=entity-missing::"), "{number}");
    assert!(number.contains("%0Ait came with 23.200.001"), "{number}");
    // Settings and mappings that are unsound are told before anything is compared.
    let folder = Folder::new().with_shipped_files();
    folder.replace("mappings/companies.yaml", "from: $.VendorName", "from: $.VendorNmae");
    assert_eq!(folder.run(&["schema", "diff", "--endpoint-version", "22.200.001"]).code, 3);
    assert_eq!(folder.run(&["schema", "diff"]).code, 3);
}

/// A description with a subcontract that is not quite ours.
fn swagger() -> Value {
    let wrapped = |word: &str, kind: &str| json!({"type": "object", "properties": {"value": {"type": kind}, "of": {"type": word}}});
    let refer = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    json!({
        "openapi": "3.0.1",
        "info": {"title": "AcmePartner/23.200.001", "version": "4"},
        "paths": {"/Subcontract": {"get": {}, "put": {}}, "/Subcontract/ReleaseFromHold": {"post": {}}},
        "components": {"schemas": {
            "StringValue": wrapped("x", "string"), "DecimalValue": wrapped("x", "number"), "BooleanValue": wrapped("x", "boolean"),
            "DateTimeValue": wrapped("x", "string"),
            "Ring": {"allOf": [refer("Ring")]},
            "Subcontract": {"required": ["Site"], "allOf": [refer("Ring"), {"type": "object", "properties": {
                "id": {"type": "string"}, "Site": refer("StringValue"),
                "SubcontractNbr": refer("StringValue"), "ExternalReference": refer("StringValue"),
                "VendorID": {"allOf": [refer("StringValue")], "maxLength": 10},
                "Date": refer("StringValue"),
                "Details": {"type": "array", "items": refer("Line")}}}]},
            "Line": {"type": "object", "properties": {"OrderQty": refer("DecimalValue")}},
        }},
    })
}

#[test]
fn other_names_types_and_lengths_and_what_an_instance_wants_are_told() {
    let folder = Folder::new().with("acme.json", &swagger().to_string());
    let ran = folder.run(&["schema", "diff", "--swagger", "acme.json", "--json"]);
    assert_eq!(ran.code, 1, "{ran}");
    let found = findings(&ran);
    let of = |path: &str| found.iter().find(|one| one["resource"] == "acumatica/Subcontract" && one["path"] == path).unwrap();
    assert_eq!((&of("VendorRef")["kind"], &of("VendorRef")["near"]), (&"field-missing".into(), &"ExternalReference".into()));
    assert!(of("VendorRef")["help"].as_str().unwrap().contains("rename: {VendorRef: ExternalReference}"), "{:#}", of("VendorRef"));
    assert_eq!((&of("Date")["kind"], &of("Date")["near"]), (&"type-differs".into(), &"text".into()));
    assert_eq!((&of("VendorID")["kind"], &of("VendorID")["near"]), (&"length-differs".into(), &"10".into()));
    assert_eq!(of("VendorID")["used_by"][0]["row"], "commitments.company");
    assert_eq!(of("Site")["kind"], "required-field");
    assert_eq!(of("Details.UnitCost")["kind"], "field-missing");
    assert!(found.iter().any(|one| one["kind"] == "entity-missing" && one["resource"] == "acumatica/Bill"), "{ran}");
    // The package's versions are its own: nothing is said of when something came.
    assert!(found.iter().filter(|one| one["kind"] == "field-missing").all(|one| one["since"].is_null()), "{ran}");
}

/// What a file that tells nothing gets: its place, what is wrong and what to do, and no list.
fn refused(folder: &Folder, file: &str, parts: &[&str]) {
    for arguments in [&["schema", "diff", "--swagger", file][..], &["overlay", "new", "acme", "--from", file]] {
        let ran = folder.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
        parts.iter().chain(&[file, "help: "]).for_each(|part| assert!(ran.err.contains(part), "{part}\n{ran}"));
        assert!(!folder.has("overlays"), "nothing is made of it");
    }
}

#[test]
fn a_file_that_is_no_description_is_told_with_its_place_and_a_remedy() {
    let whole = serde_json::to_string_pretty(&swagger()).unwrap();
    let folder = Folder::new();
    folder.write("cut.json", &whole[..whole.len() / 2]);
    refused(&folder, "cut.json", &["cut.json:", "ends in the middle", "fetch it again"]);
    folder.write("broken.json", &whole.replacen("\"paths\"", "paths", 1));
    refused(&folder, "broken.json", &["broken.json:", "not JSON", "save the answer as it came"]);
    folder.write("page.json", "\n<!DOCTYPE html><html><body>Sign In</body></html>");
    refused(&folder, "page.json", &["a page of HTML", "sign-in"]);
    folder.write("list.json", "[1, 2]");
    refused(&folder, "list.json", &["list.json:1:", "not a description of an endpoint"]);
    folder.write("deep.json", &"[".repeat(100_000));
    refused(&folder, "deep.json", &["deep.json:1:"]);
    let with = |from: &str, to: &str| whole.replacen(from, to, 1);
    folder.write("two.json", &with("\"openapi\": \"3.0.1\"", "\"swagger\": \"2.0\""));
    refused(&folder, "two.json", &["this is Swagger 2.0", "--endpoint-version"]);
    folder.write("three.json", &with("\"version\": \"4\"", "\"version\": \"3\""));
    refused(&folder, "three.json", &["contract version 3", "Default/24.200.001"]);
    folder.write("other.json", "{\"name\": \"package\"}");
    refused(&folder, "other.json", &["no OpenAPI file"]);
    folder.write("untitled.json", &with("AcmePartner/23.200.001", "My API"));
    refused(&folder, "untitled.json", &["`My API` names no endpoint"]);
    folder.write("empty.json", &with("\"/Subcontract\":", "\"/x/y/z\":").replace("\"/Subcontract/ReleaseFromHold\"", "\"/a/b/c\""));
    refused(&folder, "empty.json", &["describes no entity"]);
    refused(&folder, "missing.json", &["cannot be read"]);
    // As long as it says, and no longer than is read of it.
    File::create(folder.path().join("huge.json")).unwrap().set_len(20_000_000_000).unwrap();
    refused(&folder, "huge.json", &["more than 64 MB"]);
}
