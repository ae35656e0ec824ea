//! Consent by command line: an approver lists, looks, accepts and rejects; a sender resends and retrieves; and every flow of the
//! workflow document is walked from Procore to the ERP in this way.

use std::collections::BTreeSet;

use serde_json::Value;

use super::practice::Practice;

const USERS: &str = "users:
  - {name: maria, erp: admin, push_to_accounting: true}
  - {name: otto, erp: admin, push_to_accounting: true}
  - {name: tess, erp: standard}
  - {name: site, erp: admin, tools: {commitments: admin, projects: admin, budget: admin, change_orders: admin, invoicing: admin, prime_contracts: admin, directory: admin}}
";

fn practice() -> Practice {
    let practice = Practice::with_projects(1);
    let settings = practice.folder.read("sandbox/crosswalk.yaml");
    practice.folder.write("sandbox/crosswalk.yaml", &format!("{settings}\n{USERS}"));
    practice
}

fn texts(list: &Value, field: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one[field].as_str().unwrap_or_default().to_owned()).collect()
}

/// BR-08, BR-09, BR-11, BR-14
#[test]
fn an_approver_decides_by_command_line_and_hears_what_came_of_it() {
    let practice = practice();
    let before = practice.run(&["exports", "list", "--as", "maria"]);
    assert!(before.code == 2 && before.err.contains("crosswalk.db"), "{before}");
    let offered = practice.run(&["sync", "--as", "site"]);
    assert!(offered.out.contains("1 export waits for an approver's consent"), "{offered}");
    let listed = practice.run(&["exports", "list", "--as", "maria"]);
    assert_eq!(listed.code, 1, "something waits: {listed}");
    assert!(listed.out.contains("1.1     staged  projects"), "{listed}");
    let shown = practice.run(&["exports", "show", "1", "--as", "tess"]);
    for part in ["export 1.1 of projects", "staged", "ProjectID: ", "history:", "export.staged", "`crosswalk exports accept 1.1`"] {
        assert!(shown.out.contains(part), "{part}\n{shown}");
    }

    let wrong = practice.run(&["exports", "accept", "1.1", "--as", "tess"]);
    assert!(wrong.code == 2 && wrong.err.contains("`tess`") && wrong.err.contains("project"), "{wrong}");
    let bare = practice.run(&["exports", "accept", "1", "--as", "maria"]);
    assert!(bare.code == 2 && bare.err.contains("`12.3` is the third version of export 12"), "{bare}");
    let nothing = practice.run(&["exports", "accept", "--as", "maria"]);
    assert!(nothing.code == 2 && nothing.err.contains("no export is named"), "{nothing}");
    let unasked = practice.run(&["exports", "accept", "1.1", "--set", "colour=red", "--as", "maria"]);
    assert!(
        unasked.code == 2 && unasked.err.contains("does not ask `colour`") && unasked.err.contains("nothing was accepted"),
        "{unasked}"
    );

    let unexplained = practice.run(&["exports", "reject", "1.1", "--as", "maria"]);
    assert!(unexplained.code == 2 && unexplained.err.contains("--because"), "{unexplained}");
    let rejected = practice.run(&["exports", "reject", "1.1", "--because", "wrong template", "--as", "maria"]);
    assert!(rejected.code == 0 && rejected.out.contains("rejected") && rejected.out.contains("exports resend"), "{rejected}");
    let late = practice.run(&["exports", "accept", "1.1", "--as", "otto"]);
    assert!(late.code == 2 && late.err.contains("by `maria`") && late.err.contains("wrong template"), "{late}");
    let set_aside = practice.json(&["sync", "--yes", "--as", "maria"]);
    assert_eq!(set_aside["mappings"].as_array().unwrap().iter().filter(|one| one["counts"]["set_aside"] == 1).count(), 1);

    let resent = practice.run(&["exports", "resend", "1", "--as", "site"]);
    assert!(resent.code == 0 && resent.out.contains("1.2 ") && resent.out.contains("accept them anew"), "{resent}");
    let old = practice.run(&["exports", "accept", "1.1", "--as", "maria"]);
    assert!(old.code == 2 && old.err.contains("was changed since version 1 was shown"), "{old}");
    let back = practice.run(&["exports", "retrieve", "1", "--as", "site"]);
    assert!(back.code == 0 && back.out.contains("retrieved"), "{back}");
    assert_eq!(practice.run(&["exports", "resend", "1", "--as", "site"]).code, 0);
    let accepted = practice.run(&["exports", "accept", "1.3", "--as", "maria"]);
    assert!(accepted.code == 0 && accepted.out.contains("the next `crosswalk sync` sends what is accepted"), "{accepted}");
    let decided = practice.run(&["exports", "retrieve", "1", "--as", "site"]);
    assert!(decided.code == 2 && decided.err.contains("is accepted since"), "{decided}");

    practice.run(&["sync", "--as", "site"]);
    let synced = practice.json(&["exports", "show", "1", "--as", "maria"]);
    assert_eq!((synced["state"].as_str(), synced["approver"].as_str()), (Some("synced"), Some("maria")), "{synced:#}");
    let kinds = texts(&synced["history"], "kind");
    for kind in ["export.staged", "export.rejected", "export.resent", "export.retrieved", "export.accepted", "flow.opened", "export.synced"]
    {
        assert!(kinds.iter().any(|known| known == kind), "{kind} in {kinds:?}");
    }
    let lives = practice.run(&["exports", "unlink", "1", "--because", "set up twice", "--as", "site"]);
    assert!(lives.code == 2 && (lives.err.contains("lives at acumatica") || lives.err.contains("may not")), "{lives}");
    let unknown = practice.run(&["exports", "show", "99", "--as", "maria"]);
    assert!(unknown.code == 2 && unknown.err.contains("there is no export 99"), "{unknown}");

    bulk(&practice);
    let whole = practice.run(&["journal", "verify", "--as", "maria"]);
    assert!(whole.code == 0 && whole.out.contains("the journal is whole"), "{whole}");
    replayed(&practice);
}

/// By file and by filter: all of them, or none.
fn bulk(practice: &Practice) {
    let waiting = practice.json(&["exports", "list", "--state", "staged", "--as", "maria"]);
    let handles = texts(&waiting, "export");
    assert!(handles.len() > 3, "{waiting:#}");
    practice.folder.write("some.txt", &format!("# two of them\n{}\n\n{}\n", handles[0], handles[1]));
    let two = practice.run(&["exports", "accept", "--file", "some.txt", "--as", "maria"]);
    assert!(two.code == 0 && two.out.contains("2 exports"), "{two}");
    practice.folder.write("some.txt", &format!("{}\n{}\n", handles[2], handles[0]));
    let none = practice.run(&["exports", "accept", "--file", "some.txt", "--as", "maria"]);
    assert!(none.code == 2 && none.err.contains("is accepted since"), "{none}");
    let still = practice.json(&["exports", "list", "--state", "staged", "--as", "maria"]);
    assert!(texts(&still, "export").contains(&handles[2]), "of a file that cannot be taken whole nothing is");
    practice.folder.write("some.txt", "12\n");
    let garbled = practice.run(&["exports", "accept", "--file", "some.txt", "--as", "maria"]);
    assert!(garbled.code == 2 && garbled.err.contains("some.txt:1:"), "{garbled}");
    practice.folder.write("rest.json", &still.to_string());
    let rest = practice.run(&["exports", "accept", "--file", "rest.json", "--as", "maria"]);
    assert_eq!(rest.code, 0, "{rest}");
}

/// BR-31: who accepts a budget is told first that it is not imported any more.
fn cautioned(practice: &Practice) {
    let budgets = practice.json(&["exports", "list", "--mapping", "budgets", "--as", "maria", "--all"]);
    let first = budgets[0]["export"].as_str().unwrap().split('.').next().unwrap().to_owned();
    let shown = practice.run(&["exports", "show", &first, "--as", "maria"]);
    assert!(shown.out.contains("caution: Once a budget line is exported"), "{shown}");
}

fn replayed(practice: &Practice) {
    let same = practice.run(&["replay", "projects", "--as", "maria"]);
    assert!(same.code == 0 && same.out.contains("1 record replayed, 0 would be sent otherwise"), "{same}");
    practice.folder.replace("sandbox/crosswalk.yaml", "projects: {template: BUILD}", "projects: {template: OTHER}");
    let other = practice.run(&["replay", "projects", "--as", "maria"]);
    assert!(other.code == 1 && other.out.contains("\"BUILD\" -> \"OTHER\""), "{other}");
}

/// Accepts whatever waits and runs until nothing does; the mappings of what is at the ERP then.
fn walked(practice: &Practice) -> BTreeSet<String> {
    for _ in 0..14 {
        practice.run(&["sync", "--as", "site"]);
        if practice.run(&["exports", "accept", "--all", "--as", "maria"]).code == 2 {
            break;
        }
    }
    let synced = practice.json(&["exports", "list", "--state", "synced", "--as", "maria"]);
    texts(&synced, "mapping").into_iter().collect()
}

#[test]
fn every_flow_of_the_workflow_document_is_walked_by_command_line() {
    let expected = [
        "projects",
        "main_tasks",
        "sub_jobs",
        "budgets",
        "budget_changes",
        "subcontracts",
        "purchase_orders",
        "commitment_change_orders",
        "prime_contract_change_orders",
        "subcontractor_invoices",
        "prime_contract_invoices",
    ];
    let practice = practice();
    let synced = walked(&practice);
    for mapping in expected {
        assert!(synced.contains(mapping), "{mapping} in {synced:?}");
    }
    assert_eq!(practice.run(&["journal", "verify", "--as", "maria"]).code, 0);
    cautioned(&practice);
}
