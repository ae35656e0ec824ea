//! `crosswalk links`: a company that runs both systems already adopts its pairs, against the sandbox.

use serde_json::Value;

use super::practice::Practice;

/// The vendors of a name in the sandbox's Acumatica and the companies of it in Procore, as `links suggest` shows them.
fn pairs_of<'j>(suggested: &'j Value, key: &str) -> Vec<&'j Value> {
    suggested.as_array().unwrap().iter().filter(|pair| pair["acumatica"]["key"] == key).collect()
}

fn refused(practice: &Practice, arguments: &[&str], parts: &[&str]) {
    let ran = practice.run(arguments);
    assert!(ran.code == 1 || ran.code == 2, "{ran}");
    let told = format!("{}{}", ran.out, ran.err);
    parts.iter().for_each(|part| assert!(told.contains(part), "{part}\n{ran}"));
}

/// BR-21: suggestions show their score and the reasons; what has more to it than a name is told apart by it.
#[test]
fn pairs_are_suggested_with_their_reasons() {
    let practice = Practice::with_projects(1);
    let suggested = practice.json(&["links", "suggest", "companies"]);
    let all = suggested.as_array().unwrap();
    assert!(all.len() > 5, "{suggested:#}");
    for key in ["V000001", "V000008", "V000020"] {
        let pairs = pairs_of(&suggested, key);
        assert_eq!((pairs.len(), &pairs[0]["tie"]), (1, &Value::Bool(false)), "{suggested:#}");
        let reasons = pairs[0]["reasons"].as_array().unwrap();
        assert!(reasons.contains(&"same name".into()) && reasons.contains(&"same zip".into()), "{suggested:#}");
    }
    let people = practice.run(&["links", "suggest", "companies"]);
    assert!(people.out.contains("  same e-mail; same name; ") && people.out.contains("--accept-above"), "{people}");
    assert!(!practice.folder.has("sandbox/crosswalk.db"), "looking makes no state file");
    refused(&practice, &["links", "suggest", "companies", "--accept-above", "2"], &["`2` is not a score"]);
}

/// BR-21: never silently on a tie; BR-16: many vendors are linked at once.
#[test]
fn two_vendors_of_one_name_are_a_tie_and_are_passed_by() {
    let practice = Practice::with_projects(1);
    practice.folder.run(&["init"]);
    // A mapping that carries neither address nor phone.
    let text = practice.folder.read("mappings/companies.yaml");
    let text = ["address", "phone"].iter().fold(text, |text, part| {
        let carried = format!("settings.companies.updates.{part} || target == ()");
        assert!(text.contains(&carried));
        text.replace(&carried, "target != ()")
    });
    practice.folder.write("mappings/companies.yaml", &text);
    let suggest = ["--mappings", "mappings", "links", "suggest", "companies"];
    let suggested = practice.json(&suggest);
    for twin in ["V000008", "V000020"] {
        let pairs = pairs_of(&suggested, twin);
        assert!(pairs.len() == 2 && pairs.iter().all(|pair| pair["tie"] == true), "{twin}\n{suggested:#}");
    }
    let people = practice.run(&suggest);
    assert!(people.out.contains("4 of them are ties: name the pair that is meant with `crosswalk links add`"), "{people}");

    let sure = suggested.as_array().unwrap().iter().filter(|pair| pair["tie"] == false).count();
    let linked = practice.json(&[&suggest[..], &["--accept-above", "0.6"]].concat());
    assert_eq!(linked["made"].as_array().unwrap().len(), sure, "{linked:#}");
    assert_eq!(linked["ties"].as_array().unwrap().len(), 4, "{linked:#}");
    let chosen = practice.json(&["journal", "--kind", "link.chosen"]);
    assert!(chosen[0]["details"]["because"].as_str().unwrap().starts_with("score "), "{chosen:#}");
    assert!(practice.json(&suggest).as_array().unwrap().iter().all(|pair| pair["tie"] == true));
}

/// BR-18: an existing company is linked by hand, and the next run brings both sides into line.
#[test]
fn a_person_chooses_among_twins_and_the_run_goes_on() {
    let practice = Practice::with_projects(1);
    let first = practice.run(&["sync", "cost_types", "companies"]);
    assert_eq!(first.code, 1, "{first}");
    let suggested = practice.json(&["links", "suggest", "companies"]);
    let tie = pairs_of(&suggested, "V000008")[0];
    let procore = tie["procore"]["id"].as_str().unwrap();
    let made = practice.run(&["links", "add", "companies", procore, "V000008", "--because", "the older one"]);
    assert_eq!((made.code, made.err.as_str()), (0, ""), "{made}");
    assert!(made.out.contains("V000008") && made.out.ends_with("1 link made\n"), "{made}");
    let chosen = practice.json(&["journal", "--kind", "link.chosen"]);
    assert_eq!((&chosen[0]["details"]["because"], &chosen[0]["actor"]), (&"the older one".into(), &"tester".into()));

    refused(
        &practice,
        &["links", "add", "companies", procore, "V000020"],
        &["nothing was linked", "is linked to Acumatica `V000008", "already"],
    );
    refused(&practice, &["links", "add", "companies", "999999", "V000020"], &["procore/vendors has no record `999999`"]);
    refused(&practice, &["links", "add", "companies", procore, "V999999"], &["acumatica/Vendor has no record `V999999`"]);
    refused(&practice, &["links", "add", "compnies", "1", "2"], &["there is no mapping named `compnies`", "did you mean `companies`?"]);

    // The other twin is the only one left of its name.
    let second = practice.json(&["sync", "companies"]);
    let counts = &second["mappings"][0]["counts"];
    assert_eq!((&counts["held"], &counts["updated"]), (&0.into(), &2.into()), "{second:#}");
    let third = practice.json(&["sync", "companies"]);
    assert_eq!(third["mappings"][0]["counts"]["updated"], 0, "{third:#}");
}

/// BR-18: only active vendors are linkable.
#[test]
fn an_inactive_vendor_is_not_linked() {
    let practice = Practice::with_projects(1);
    let suggested = practice.json(&["links", "suggest", "companies"]);
    assert!(pairs_of(&suggested, "V000012").is_empty(), "{suggested:#}");
    let procore = pairs_of(&suggested, "V000001")[0]["procore"]["id"].as_str().unwrap().to_owned();
    refused(&practice, &["links", "add", "companies", &procore, "V000012"], &["`V000012` is not offered by `companies`", "BR-18"]);
}

/// BR-16: linking many vendors at once is all or nothing.
#[test]
fn a_file_with_one_bad_row_links_nothing() {
    let practice = Practice::with_projects(1);
    let suggested = practice.run(&["links", "suggest", "companies", "--json"]);
    practice.folder.write("pairs.json", &suggested.out);
    let all: Value = serde_json::from_str(&suggested.out).unwrap();
    let sure: Vec<&Value> = all.as_array().unwrap().iter().filter(|pair| pair["tie"] == false).collect();
    let line =
        |pair: &Value| format!("companies,{},{}\n", pair["procore"]["id"].as_str().unwrap(), pair["acumatica"]["key"].as_str().unwrap());
    let csv = format!("mapping,procore,acumatica\n{}{}companies,1,V000001\n", line(sure[0]), line(sure[1]));
    practice.folder.write("pairs.csv", &csv);
    refused(
        &practice,
        &["links", "add", "--file", "pairs.csv"],
        &["nothing was linked", "pairs.csv line 4: procore/vendors has no record `1`"],
    );
    assert_eq!(practice.run(&["links", "list"]).out, "no links yet; `crosswalk sync` makes them\n");
    // A record that stands in the file twice is linked to one only.
    practice.folder.write("pairs.csv", &format!("mapping,procore,acumatica\n{}{}", line(sure[0]), line(sure[0])));
    refused(&practice, &["links", "add", "--file", "pairs.csv"], &["pairs.csv line 3: Procore", "already"]);

    let made = practice.json(&["links", "add", "--file", "pairs.json"]);
    assert_eq!(made["made"].as_array().unwrap().len(), sure.len(), "{made:#}");
    let list = practice.run(&["links", "list", "companies", "--json"]);
    practice.folder.write("list.json", &list.out);
    let gone = practice.json(&["links", "remove", "--file", "list.json", "--because", "a try"]);
    assert_eq!(gone["removed"].as_array().unwrap().len(), sure.len(), "{gone:#}");
    assert_eq!(practice.run(&["links", "list"]).out, "no links yet; `crosswalk sync` makes them\n");
}

/// BR-18: what is not to be linked or added is archived, and is not offered again until it is taken back.
#[test]
fn an_archived_vendor_is_not_offered_until_it_is_taken_back() {
    let practice = Practice::with_projects(1);
    let archived = practice.run(&["links", "archive", "companies", "V000002", "--because", "went out of business"]);
    assert_eq!((archived.code, archived.err.as_str()), (0, ""), "{archived}");
    refused(&practice, &["links", "archive", "companies", "V000002"], &["`V000002` is archived already"]);
    practice.run(&["sync", "cost_types", "companies"]);
    let linked = |key: &str| {
        let links = practice.json(&["links", "list", "companies"]);
        links.as_array().unwrap().iter().any(|link| link["acumatica"]["key"] == key)
    };
    assert!(linked("V000001") && !linked("V000002"));
    refused(&practice, &["links", "archive", "companies", "V000001"], &["is linked to", "crosswalk links remove companies"]);
    refused(&practice, &["links", "archive", "subcontracts", "1"], &["`subcontracts` exports"]);
    let list = practice.json(&["links", "list", "--archived"]);
    assert_eq!((&list[0]["key"], &list[0]["because"]), (&"V000002".into(), &"went out of business".into()), "{list:#}");
    refused(&practice, &["links", "unarchive", "companies", "V000003"], &["`V000003` of `companies` is not archived"]);
    assert_eq!(practice.run(&["links", "unarchive", "companies", "V000002"]).code, 0);
    assert_eq!(practice.run(&["links", "list", "--archived"]).out, "nothing is archived\n");
    practice.run(&["sync", "companies"]);
    assert!(linked("V000002"), "an unchanged vendor is offered again");
}

/// BR-11: an export is unlinked only once its record is gone; what was imported may be parted and is offered again.
#[test]
fn a_link_of_an_export_stays_while_its_record_lives() {
    let practice = Practice::with_projects(1);
    practice.run(&["sync", "--yes", "cost_types", "companies", "projects"]);
    let projects = practice.json(&["links", "list", "projects"]);
    let id = projects[0]["procore"]["id"].as_str().unwrap();
    refused(&practice, &["links", "remove", "projects", id], &["still lives in acumatica", "`crosswalk exports unlink projects", "BR-11"]);
    assert_eq!(practice.json(&["links", "list", "projects"]), projects);

    let gone = practice.run(&["links", "remove", "companies", "V000001", "--because", "a slip"]);
    assert_eq!((gone.code, gone.err.as_str()), (0, ""), "{gone}");
    let told = practice.json(&["journal", "--kind", "link.removed"]);
    assert_eq!(told[0]["details"]["reason"], "a slip");
    refused(&practice, &["links", "remove", "companies", "V000001"], &["`V000001` of `companies` is not linked"]);
    let again = practice.json(&["sync", "companies"]);
    assert_eq!(again["mappings"][0]["counts"]["adopted"], 1, "{again:#}");
}

#[test]
fn the_pairs_of_projects_cost_codes_and_commitments_are_suggested() {
    let practice = Practice::with_projects(1);
    practice.run(&["sync", "--yes"]);
    // The company forgets what it knew: both systems hold everything, and nothing is linked.
    for file in ["crosswalk.db", "crosswalk.db-wal", "crosswalk.db-shm"] {
        let _ = std::fs::remove_file(practice.folder.path().join("sandbox").join(file));
    }
    let of = |arguments: &[&str]| practice.json(&[&["links", "suggest"], arguments].concat()).as_array().unwrap().clone();
    for mapping in ["projects", "cost_codes", "companies"] {
        let pairs = of(&[mapping]);
        assert!(!pairs.is_empty() && pairs.iter().any(|pair| pair["tie"] == false), "{mapping}: {pairs:#?}");
        let made = practice.json(&["links", "suggest", mapping, "--accept-above", "0.6"]);
        assert!(!made["made"].as_array().unwrap().is_empty(), "{mapping}: {made:#}");
    }
    assert_eq!(practice.json(&["links", "list", "projects"]).as_array().unwrap().len(), 1);
    practice.run(&["sync", "--yes", "cost_types", "main_tasks", "sub_jobs", "cost_codes", "project_cost_codes", "sub_job_cost_codes"]);
    let pairs = of(&["subcontracts"]);
    assert!(pairs.iter().any(|pair| pair["reasons"].as_array().unwrap().contains(&"same amount".into())), "{pairs:#?}");
}

#[test]
fn who_has_no_right_links_nothing() {
    let practice = Practice::with_projects(1);
    practice.folder.replace(
        "sandbox/crosswalk.yaml",
        "procore:\n",
        "users: [{name: bob, erp: standard, push_to_accounting: true}, {name: jane, erp: admin}]\nprocore:\n",
    );
    refused(
        &practice,
        &["links", "add", "companies", "1", "V000001", "--as", "bob"],
        &["`bob` may not link companies of the ERP", "needs `admin`"],
    );
    refused(&practice, &["links", "add", "companies", "1", "V000001"], &["`tester` is not one of the `users`"]);
    refused(&practice, &["links", "archive", "companies", "V000001"], &["`tester` may not archive a company"]);
    refused(&practice, &["links", "list", "--archived"], &["`tester` may not view the archived companies"]);
    // Links of cost codes are in no entry of the matrix.
    refused(&practice, &["links", "remove", "cost_codes", "1", "--as", "jane"], &["the right to push to accounting"]);
    assert_eq!(practice.run(&["links", "archive", "companies", "V000003", "--as", "bob"]).code, 0);
    assert_eq!(practice.json(&["journal", "--kind", "record.archived"])[0]["actor"], "bob");
}
