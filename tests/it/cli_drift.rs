//! `crosswalk drift` against the sandbox: what people read and scripts get, and that nothing is written.

use serde_json::Value;

use super::practice::Practice;

/// A practice company, synced until nothing is left to do.
fn synced() -> Practice {
    let practice = Practice::with_projects(1);
    for _ in 0..2 {
        practice.run(&["sync", "--yes"]);
    }
    practice
}

#[test]
fn records_as_they_were_left_are_no_drift_and_an_edit_is_shown_with_what_would_be_done() {
    let practice = synced();
    let before = practice.state();
    for url in [&practice.procore_url, &practice.acumatica_url] {
        practice.control(url, ("DELETE", "/sandbox/requests"), "");
    }
    let ran = practice.run(&["drift"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran}");
    assert!(ran.out.contains("linked records compared: all as they were left; nothing was written\n"), "{ran}");

    let vendor = practice.rows("vendors").into_iter().find(|vendor| vendor["origin_id"] != Value::Null).unwrap();
    let path = format!("/sandbox/records/vendors/{}", vendor["id"]);
    practice.control(&practice.procore_url, ("PATCH", &path), r#"{"city":"Elsewhere"}"#);
    let ran = practice.run(&["drift", "companies"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{ran}");
    for part in [
        "Companies/Vendors (Procore <- Acumatica): ",
        ", 1 drifted\n",
        ": edited at Procore (changed Acumatica 20",
        "Procore has \"Elsewhere\", Acumatica makes it ",
        "      apply: nothing, as long as the source stays as it is\n",
        "compared: 1 changed; nothing was written\n",
    ] {
        assert!(ran.out.contains(part), "{part}\n{ran}");
    }
    let told = practice.json(&["drift", "companies"]);
    let drift = &told["mappings"][0]["drifts"][0];
    assert_eq!((drift["who"].as_str(), drift["apply"].as_str()), (Some("target"), Some("nothing")), "{told:#}");
    assert_eq!(drift["fields"][0]["target"], "Elsewhere");
    let known = practice.records("Vendor").into_iter().find(|known| known["VendorID"] == drift["label"]);
    assert_eq!(drift["fields"][0]["source"], known.unwrap()["MainContact"]["Address"]["City"], "what the books say");

    let writes = practice
        .visits()
        .into_iter()
        .filter(|visit| !["GET ", "POST /oauth/token", "POST /entity/auth/"].iter().any(|harmless| visit.starts_with(harmless)));
    assert_eq!(writes.collect::<Vec<_>>(), Vec::<String>::new());
    assert!(before == practice.state(), "looking left a trace in the state file");
}

#[test]
fn a_record_that_is_gone_is_told_with_how_to_go_on() {
    let practice = synced();
    let contract = practice.rows("work_order_contracts").into_iter().find(|row| row["origin_id"] != Value::Null);
    let path = format!("/sandbox/records/work_order_contracts/{}", contract.unwrap()["id"]);
    practice.control(&practice.procore_url, ("DELETE", &path), "");
    let ran = practice.run(&["drift", "subcontracts"]);
    assert_eq!(ran.code, 1, "{ran}");
    for part in
        [": Procore has it no more (", "apply: nothing; undo it at the target as well, and take the link away", "1 gone from the source"]
    {
        assert!(ran.out.contains(part), "{part}\n{ran}");
    }
}

#[test]
fn money_is_shown_project_by_project_and_a_cent_ends_with_1() {
    let practice = synced();
    let mappings = ["budgets", "subcontracts", "direct_costs"];
    let reconcile = [&["drift"], &mappings[..], &["--reconcile"]].concat();
    let ran = practice.run(&reconcile);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran}");
    for part in [
        "1001     budgets ",
        "1001     subcontracts  Details.ExtendedCost",
        "job costs: what the books say",
        "both sides agree to the cent",
    ] {
        assert!(ran.out.contains(part), "{part}\n{ran}");
    }
    let told = practice.json(&reconcile);
    assert_eq!(told["agree"], true);
    let budgets = told["totals"].as_array().unwrap().iter().find(|total| total["mapping"] == "budgets").unwrap();
    assert_eq!((&budgets["procore"], budgets["difference"].as_f64()), (&budgets["acumatica"], Some(0.0)), "{budgets}");

    let line = practice.rows("work_order_contract_line_items").remove(0);
    let amount: String = line["amount"].to_string().trim_matches('"').to_owned();
    let (whole, cents) = amount.split_once('.').unwrap_or((&amount, "0"));
    let cents: u32 = format!("{cents:0<2}").parse().unwrap();
    let other = format!("{whole}.{:02}", if cents == 99 { cents - 1 } else { cents + 1 });
    let path = format!("/sandbox/records/work_order_contract_line_items/{}", line["id"]);
    practice.control(&practice.procore_url, ("PATCH", &path), &format!(r#"{{"amount":{other}}}"#));
    let ran = practice.run(&["drift", "subcontracts", "--reconcile"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.out.contains("0.01") && ran.out.contains("the two sides are apart, by 0.01 over all lines"), "{ran}");
}

#[test]
fn what_cannot_be_compared_is_told() {
    let mut practice = Practice::with_projects(1);
    let ran = practice.run(&["drift"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran}");
    assert_eq!(ran.out, "nothing is linked yet, so nothing can have drifted; `crosswalk sync` makes links\n");
    assert!(practice.visits().is_empty() && !practice.folder.has("sandbox/crosswalk.db"), "nobody is asked, and no file is made");
    assert_eq!(practice.run(&["drift", "--reconcile"]).code, 0);
    let ran = practice.run(&["drift", "subcontract"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
    assert!(ran.err.contains("there is no mapping named `subcontract`") && ran.err.contains("did you mean `subcontracts`?"), "{ran}");
    let ran = practice.run(&["drift", "companies_export"]);
    assert!(ran.code == 2 && ran.err.contains("`companies_export` is off in profile `vision`"), "{ran}");

    practice.run(&["sync", "cost_types"]);
    let before = practice.state();
    let secret = practice.folder.read("sandbox/acumatica.secret");
    practice.folder.write("sandbox/acumatica.secret", "not-the-password-of-anybody");
    let ran = practice.run(&["drift"]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{ran}");
    assert!(ran.err.contains("did not accept the sign-in") && !ran.err.contains(&secret), "{ran}");
    practice.folder.write("sandbox/acumatica.secret", &secret);
    practice.stop();
    let ran = practice.run(&["drift"]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{ran}");
    assert!(ran.err.lines().last().unwrap().contains("could not be reached"), "{ran}");
    assert!(before == practice.state());
}
