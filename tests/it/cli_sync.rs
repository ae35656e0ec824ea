//! `crosswalk sync`, and looking at what it did: `explain`, `links` and `journal`, against the sandbox.

use serde_json::Value;

use super::practice::Practice;

/// How many records a run wrote to both systems.
fn written(report: &Value) -> u64 {
    let count = |one: &Value| ["created", "updated", "adopted"].iter().map(|name| one["counts"][*name].as_u64().unwrap()).sum::<u64>();
    report["mappings"].as_array().unwrap().iter().map(count).sum()
}

#[test]
fn exports_wait_for_consent_and_nothing_is_done_twice() {
    let practice = Practice::with_projects(1);
    // Retainage is released on bills that accountants have released, and they are not at work here.
    practice.folder.replace(
        "sandbox/crosswalk.yaml",
        "projects: {template: BUILD}",
        "projects: {template: BUILD}\n  retainage: {release: false}",
    );
    let first = practice.run(&["sync"]);
    assert_eq!((first.code, first.err.as_str()), (1, ""), "{first}");
    assert!(first.out.contains("\n1 export waits for an approver's consent"), "{first}");
    assert!(practice.json(&["links", "list", "companies"]).as_array().unwrap().len() > 10);
    assert_eq!(practice.run(&["links", "list", "projects"]).out, "no links yet; `crosswalk sync` makes them\n");

    let second = practice.json(&["sync", "--yes"]);
    assert!(written(&second) > 50, "{second:#}");
    let third = practice.run(&["sync", "--yes", "--json"]);
    assert_eq!(third.code, 1, "two vendors of one name are still held: {third}");
    assert_eq!(written(&serde_json::from_str(&third.out).unwrap()), 0, "{third}");
    let planned = practice.run(&["plan"]);
    assert!(planned.out.ends_with("\nnothing to do\n"), "{planned}");

    explained(&practice);
    listed(&practice);
    told(&practice);
}

fn explained(practice: &Practice) {
    let links = practice.json(&["links", "list", "subcontracts"]);
    let id = links[0]["procore"]["id"].as_str().unwrap();
    let by_id = practice.run(&["explain", "subcontracts", id]);
    assert_eq!((by_id.code, by_id.err.as_str()), (0, ""), "{by_id}");
    let number = by_id.out.split_whitespace().nth(1).unwrap();
    let by_number = practice.run(&["explain", "subcontracts", number]);
    assert_eq!(by_number.out, by_id.out);
    for part in ["linked to SC000001", "commitments.company", "link companies of $.vendor.id", "mappings/subcontracts.yaml:"] {
        assert!(by_id.out.contains(part), "{part}\n{by_id}");
    }
    let held = practice.run(&["explain", "companies", "V000020"]);
    assert_eq!(held.code, 1, "{held}");
    assert!(held.out.contains("held by the last run:\n  several records at procore have this name"), "{held}");
    let missing = practice.run(&["explain", "companies", "V999999"]);
    assert_eq!((missing.code, missing.out.as_str()), (2, ""), "{missing}");
    assert!(missing.err.contains("acumatica/Vendor has no record `V999999`"), "{missing}");
}

fn listed(practice: &Practice) {
    let (headers, lines) =
        (practice.json(&["links", "list", "subcontracts"]), practice.json(&["links", "list", "subcontracts", "--lines"]));
    let headers = headers.as_array().unwrap().len();
    let lines: Vec<_> = lines.as_array().unwrap().iter().filter(|link| link["list"] == "Details").cloned().collect();
    assert!(headers >= 2 && lines.len() > headers, "{headers} {lines:?}");
    let people = practice.run(&["links", "list", "subcontracts"]);
    assert!(people.out.contains("SC000001") && people.out.ends_with(&format!("\n{headers} links\n")), "{people}");
    for arguments in [&["links", "list", "compnies"][..], &["journal", "--mapping", "compnies"], &["explain", "compnies", "1"]] {
        let ran = practice.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
        assert!(ran.err.contains("there is no mapping named `compnies`") && ran.err.contains("did you mean `companies`?"), "{ran}");
    }
    for arguments in [&["sync", "compnies"][..], &["plan", "compnies"]] {
        let ran = practice.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
        assert!(ran.err.contains("there is no mapping named `compnies`; did you mean `companies`?"), "{ran}");
    }
}

fn told(practice: &Practice) {
    let newest = practice.run(&["journal", "--limit", "2"]);
    assert_eq!(newest.code, 0, "{newest}");
    assert!(newest.out.lines().count() == 4 && newest.out.contains("run.ended"), "{newest}");
    let begun = practice.json(&["journal", "--kind", "run.began"]);
    let commands: Vec<_> = begun.as_array().unwrap().iter().map(|entry| entry["details"]["command"].as_str().unwrap()).collect();
    assert_eq!(commands, ["sync", "sync --yes", "sync --yes"]);
    let held = practice.json(&["journal", "--kind", "record.held", "--mapping", "companies"]);
    assert_eq!(held.as_array().unwrap().len(), 2, "{held:#}");
    let sound = practice.run(&["journal", "verify"]);
    assert_eq!(sound.code, 0, "{sound}");
    assert!(sound.out.starts_with("the journal is whole: "), "{sound}");
    practice.tells_no_secret(&String::from_utf8_lossy(&practice.state()));
}
