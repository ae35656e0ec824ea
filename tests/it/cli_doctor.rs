//! `crosswalk doctor` against the sandbox: what is right, what is missing and how to mend it, without a trace anywhere.

use serde_json::Value;

use super::practice::Practice;
use super::program::Ran;

/// What the doctor said of something: standing, found, remedy.
fn said(practice: &Practice, what: &str) -> Vec<(String, String, String)> {
    let told = practice.json(&["doctor"]);
    let findings = told["systems"].as_array().unwrap().iter().flat_map(|system| system["findings"].as_array().unwrap().clone());
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let of = findings.filter(|finding| finding["what"] == what);
    of.map(|finding| (text(&finding, "standing"), text(&finding, "found"), text(&finding, "remedy"))).collect()
}

/// Replaces the settings of the practice file by these lines.
fn with_settings(practice: &Practice, lines: &str) {
    let file = practice.folder.read("sandbox/crosswalk.yaml");
    let (before, _) = file.split_once("settings:\n  numbering").unwrap();
    practice.folder.write("sandbox/crosswalk.yaml", &format!("{before}{lines}"));
}

/// The lines that a person reads of something, the remedy below included.
fn lines<'r>(ran: &'r Ran, part: &str) -> Vec<&'r str> {
    let mut found = Vec::new();
    let mut below = false;
    for line in ran.out.lines() {
        below = line.contains(part) || (below && line.trim_start().starts_with("-> "));
        if below {
            found.push(line);
        }
    }
    found
}

#[test]
fn a_practice_company_is_right_and_only_read() {
    let practice = Practice::with_projects(1);
    let ran = practice.run(&["doctor"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran}");
    for part in [
        "accepted as `admin`",
        "26.101.0225",
        "`Default/24.200.001` is there",
        "the tenant also has `Construction/1`",
        "`CCO` is there (ChangeOrderClass)",
        "`SUBCON`: `PCSUBCON` is there, and needs no receipt",
        "no item for `OTHER`: commitment lines of such a group are held",
        "cannot be read here: check by hand on form CS201010",
        "cannot be read here: check by hand on form SM604000",
        " 0 to mend, ",
        "nothing was written\n",
    ] {
        assert!(ran.out.contains(part), "{part}\n{ran}");
    }
    let visits = practice.visits();
    let harmless = ["GET ", "POST /oauth/token", "POST /entity/auth/login", "POST /entity/auth/logout"];
    let others: Vec<&String> = visits.iter().filter(|visit| !harmless.iter().any(|start| visit.starts_with(start))).collect();
    assert!(others.is_empty() && visits.len() > 40, "{others:?} of {}", visits.len());
    assert_eq!(visits.last().unwrap(), "POST /entity/auth/logout", "its session is given back");
    assert!(!practice.folder.has("sandbox/crosswalk.db"), "looking makes no state file");

    practice.run(&["sync", "cost_types"]);
    let before = practice.state();
    assert_eq!(practice.run(&["doctor", "--profile", "edge"]).code, 0);
    assert!(before == practice.state(), "looking left a trace in the state file");
}

#[test]
fn a_wrong_secret_or_a_system_that_is_gone_is_a_line_and_the_other_system_is_examined() {
    let practice = Practice::with_projects(1);
    let right = practice.folder.read("sandbox/acumatica.secret");
    practice.folder.write("sandbox/acumatica.secret", "not-the-password-of-anybody");
    let ran = practice.run(&["doctor"]);
    assert_eq!((ran.code, ran.err.as_str()), (4, ""), "{ran}");
    assert!(!ran.out.contains(&right) && ran.out.contains("vendors") && ran.out.contains(", 1 out of reach"), "{ran}");
    let told = lines(&ran, "OUT OF REACH");
    assert!(told[0].contains("sign-in") && told[0].contains("Invalid credentials"), "{ran}");
    assert!(told[1].contains("-> check user, secret and tenant in the settings"), "{ran}");
    practice.folder.write("sandbox/acumatica.secret", &right);

    let told = practice.folder.read("sandbox/procore.secret");
    practice.folder.write("sandbox/procore.secret", "somebody-elses-secret");
    let ran = practice.run(&["doctor"]);
    assert_eq!(ran.code, 4, "{ran}");
    assert!(!ran.out.contains(&told) && ran.out.contains("`Default/24.200.001` is there"), "{ran}");
    practice.folder.write("sandbox/procore.secret", &told);

    practice.folder.replace("sandbox/crosswalk.yaml", &practice.procore_url, "http://127.0.0.1:9");
    practice.folder.replace("sandbox/crosswalk.yaml", &practice.procore_url, "http://127.0.0.1:9");
    let ran = practice.run(&["doctor"]);
    assert_eq!(ran.code, 4, "{ran}");
    assert!(lines(&ran, "OUT OF REACH").join("\n").contains("`POST /oauth/token`: no connection"), "{ran}");
    assert!(ran.out.contains("Bill, custom fields"), "{ran}");
}

#[test]
fn an_endpoint_that_is_not_there_or_too_old_is_told_with_those_that_are() {
    let practice = Practice::with_projects(1);
    let tenant = "  tenant: Company\n";
    practice.folder.replace("sandbox/crosswalk.yaml", tenant, &format!("{tenant}  endpoint: {{name: Procore, version: \"1\"}}\n"));
    let (standing, found, remedy) = said(&practice, "endpoint").remove(0);
    assert_eq!((standing.as_str(), found.as_str()), ("amiss", "`Procore/1` is not there"));
    assert!(remedy.contains("`Construction/1`, `Default/20.200.001`"), "{remedy}");
    assert_eq!(practice.run(&["doctor"]).code, 1);
    practice.folder.replace("sandbox/crosswalk.yaml", "{name: Procore, version: \"1\"}", "{name: Default, version: 20.200.001}");
    let (standing, found, remedy) = said(&practice, "Subcontract").remove(0);
    assert_eq!(standing, "amiss");
    assert!(found.contains("it came with `23.200.001`"), "{found} {remedy}");
    assert_eq!(said(&practice, "Bill")[0].0, "right", "what the older version has is read");
}

#[test]
fn settings_that_name_nothing_usable_are_told_with_their_place() {
    let practice = Practice::with_projects(1);
    with_settings(
        &practice,
        "settings:\n  projects: {template: SERVICE}\n  change_orders: {classes: {budget: NONE, commitment: OLD, prime: CCO}}\n  \
         tables: {default_non_stock: {MATERIAL: PCRECEIPT, SUBCON: LOST, STEEL: PCLABOR}}\n",
    );
    let ran = practice.run(&["doctor"]);
    assert_eq!(ran.code, 1, "{ran}");
    for (part, remedy) in [
        (
            "`SERVICE` is there (ProjectTemplate), and its `ProjectProperties.ChangeOrderWorkflow` is false",
            "in `settings.projects.template`",
        ),
        ("ChangeOrderClass has no `NONE`", "name one that is there in `settings.change_orders.classes.budget`"),
        ("`OLD` is there (ChangeOrderClass), and its `Active` is false", "in `settings.change_orders.classes.commitment`"),
        ("its `RevenueBudget` is false and must be true, its `CostBudget` is false", "in `settings.change_orders.classes.prime`"),
        ("`MATERIAL`: `PCRECEIPT` requires a receipt", "needs no receipt for `MATERIAL` in `settings.tables.default_non_stock`"),
        ("`SUBCON`: there is no non-stock item `LOST`", "for `SUBCON`"),
        ("`STEEL` is no account group of expense", "take it out of `settings.tables.default_non_stock`"),
    ] {
        let told = lines(&ran, part);
        assert!(told.len() == 2 && told[0].starts_with("TO MEND") && told[1].contains(remedy), "{part}: {told:?}\n{ran}");
    }
}

#[test]
fn a_custom_field_of_another_name_is_told_with_those_that_are_there() {
    let practice = Practice::with_projects(1);
    practice.folder.run(&["init"]);
    practice.folder.replace("schemas/acumatica/Project.json", "Project.AttributeCASHACCT", "Project.AttributeBANK");
    let told = practice.folder.read("sandbox/crosswalk.yaml");
    practice.folder.write("sandbox/crosswalk.yaml", &format!("schemas: ../schemas\n{told}"));
    let (standing, found, remedy) = said(&practice, "Project, custom fields").remove(0);
    assert_eq!(standing, "amiss");
    assert!(found.starts_with("`Project.AttributeBANK` is not there, which ") && found.contains("`CashAccount`"), "{found}");
    assert!(remedy.contains("as `x-custom` of `CashAccount`; it has `Project.AttributeCASHACCT`"), "{remedy}");
}

#[test]
fn a_form_without_access_is_told_with_its_number_and_the_rest_goes_on() {
    let practice = Practice::with_projects(1);
    let fault = r#"{"on":{"path":"/Bill?"},"kind":{"status":403},"times":2}"#;
    practice.control(&practice.acumatica_url, ("POST", "/sandbox/faults"), fault);
    let fault = r#"{"on":{"path":"/sub_jobs?"},"kind":{"status":403},"times":2}"#;
    practice.control(&practice.procore_url, ("POST", "/sandbox/faults"), fault);
    let ran = practice.run(&["doctor"]);
    assert_eq!(ran.code, 1, "{ran}");
    let told = lines(&ran, "`GET /Bill`");
    assert!(
        told.len() == 2 && told[0].starts_with("TO MEND  Bill ") && told[1].contains("access to form AP301000, or turn its feature on"),
        "{ran}"
    );
    assert!(lines(&ran, "`GET /rest/v1.0/sub_jobs`")[1].contains("give the service account the right to read it"), "{ran}");
    assert!(ran.out.contains("Subcontract") && ran.out.contains(", 2 to mend, "), "{ran}");
}

#[test]
fn a_number_of_procore_that_leads_nowhere_is_told_by_its_setting() {
    let practice = Practice::with_projects(1);
    let file = practice.folder.read("sandbox/crosswalk.yaml");
    let line = file.lines().find(|line| line.contains("budget_view_id")).unwrap();
    let (name, _) = line.split_once(':').unwrap();
    practice.folder.replace("sandbox/crosswalk.yaml", line, &format!("{name}: 77"));
    let (standing, _, remedy) = said(&practice, "budget_rows").remove(0);
    assert_eq!(standing, "amiss");
    assert!(remedy.starts_with("check `procore.settings.budget_view_id`"), "{remedy}");
    practice.folder.replace("sandbox/crosswalk.yaml", &format!("{name}: 77\n"), "");
    let (standing, found, _) = said(&practice, "budget_rows").remove(0);
    assert_eq!(standing, "amiss");
    assert!(found.contains("set `budget_view_id` under `settings` of procore"), "{found}");
    practice.folder.replace("sandbox/crosswalk.yaml", "erp_platform: true", "erp_platform: false");
    let (standing, found, _) = said(&practice, "erp_job_costs").remove(0);
    assert_eq!((standing.as_str(), found.contains("`procore.erp_platform` is off")), ("right", true), "{found}");
}

#[test]
fn a_secret_that_is_not_there_is_told_at_its_place() {
    let practice = Practice::with_projects(1);
    practice.folder.replace("sandbox/crosswalk.yaml", "file:acumatica.secret", "file:lost.secret");
    let ran = practice.run(&["doctor"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{ran}");
    assert!(ran.err.contains("`sandbox/lost.secret` cannot be read"), "{ran}");
    assert!(practice.visits().is_empty(), "nothing was sent");
}

/// A package with an endpoint and fields of its own is right with its overlay, and what is missing without the package is told.
#[test]
fn an_overlay_is_held_against_the_instance_that_it_is_for() {
    for package in ["partner_endpoint", "default_2020"] {
        let practice = Practice::with(1, &["--package", package]);
        let ran = practice.run(&["doctor"]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{package}: {ran}");
        assert_ne!(ran.out.contains("`PartnerConstruction/23.1` is there"), package == "default_2020", "{ran}");
    }
    let practice = Practice::with_projects(1);
    let ran = practice.run(&["doctor", "--overlay", "partner_endpoint"]);
    assert_eq!(ran.code, 1, "{ran}");
    let told = lines(&ran, "`PartnerConstruction/23.1` is not there");
    assert!(told.len() == 2 && told[1].contains("(or that of the overlay) to one that is there: `Construction/1`"), "{ran}");
}
