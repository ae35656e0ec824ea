//! Who may do what: the whole matrix of permissions as a table, and what the program says to those who may not.

use std::collections::BTreeMap;
use std::path::Path;

use crosswalk::config::{Acting, Asked, Level, Setup};
use crosswalk::diagnostic::Source;
use crosswalk::mapping::yaml;
use crosswalk::plan::Direction;
use crosswalk::value::Value;

use super::practice::Practice;
use super::program::Folder;

const STANDARD: &[Level] = &[Level::Standard, Level::Admin];
const ADMIN: &[Level] = &[Level::Admin];
const NONE: &[Level] = &[];

/// Our name of an action, the words of the reference, the levels that may, whether approvers only.
const MATRIX: [(&str, &str, &[Level], bool); 38] = [
    ("accept_cost_codes", "accept or reject cost codes for export", ADMIN, true),
    ("accept_owner_invoice", "accept or reject owner invoices for export", ADMIN, true),
    ("accept_subcontractor_invoice", "accept or reject subcontractor invoices for export", ADMIN, true),
    ("accept_budget", "accept or reject a budget for export", ADMIN, true),
    ("accept_cco", "accept or reject a CCO for export", ADMIN, true),
    ("accept_commitment", "accept or reject a commitment for export", ADMIN, true),
    ("accept_company", "accept or reject a company for export", ADMIN, true),
    ("accept_pcco", "accept or reject a PCCO for export", ADMIN, true),
    ("accept_project", "accept or reject a project for export", ADMIN, true),
    ("accept_sub_job", "accept or reject a sub job for export", ADMIN, true),
    ("add_project_to_erp", "add a Procore project to the ERP system", STANDARD, false),
    ("add_company", "add an ERP company to the company directory", STANDARD, false),
    ("add_job", "add an ERP job to Procore", ADMIN, false),
    ("archive_company", "archive an ERP company", STANDARD, false),
    ("assign_cost_types", "assign default cost types to ERP standard cost codes", STANDARD, false),
    ("configure_advanced", "configure advanced settings", ADMIN, false),
    ("configure_schedule", "configure the sync schedule", ADMIN, false),
    ("enable_direct_exports", "enable or disable direct exports", ADMIN, false),
    ("import_budget", "import a budget from ERP", STANDARD, false),
    ("import_prime_contract", "import a prime contract from ERP", STANDARD, false),
    ("import_sub_job", "import an ERP sub job to a project", STANDARD, false),
    ("link_company", "link ERP companies to Procore companies", ADMIN, false),
    ("refresh_companies", "refresh the companies list", ADMIN, false),
    ("refresh_cost_codes", "refresh the cost codes on a project", ADMIN, false),
    ("send_items", "send, retrieve or resend items to ERP Integrations", NONE, false),
    ("sync_job_costs", "sync job cost transactions into Procore", ADMIN, false),
    ("sync_paid_invoices", "sync paid invoice notifications into Procore", ADMIN, false),
    ("unlink_cco", "unlink CCOs", STANDARD, false),
    ("unlink_commitment", "unlink commitments", STANDARD, false),
    ("unlink_owner_invoice", "unlink owner invoices", STANDARD, false),
    ("unlink_pcco", "unlink PCCOs", STANDARD, false),
    ("unlink_subcontractor_invoice", "unlink subcontractor invoices", STANDARD, false),
    ("unlink_company", "unlink a company", STANDARD, false),
    ("view_sub_jobs", "view synced sub jobs", STANDARD, false),
    ("view_accountant_report", "view the accountant report", STANDARD, false),
    ("view_job_costs_report", "view the job costs report", STANDARD, false),
    ("view_unsyncable_costs_report", "view the unsyncable direct costs report", NONE, false),
    ("view_archived_companies", "view the archived companies list", STANDARD, false),
];

const LEVELS: [Level; 4] = [Level::None, Level::ReadOnly, Level::Standard, Level::Admin];

const ALL_TOOLS: &str = "{budget: admin, commitments: admin, change_orders: admin, prime_contracts: admin, invoicing: admin, projects: admin, directory: admin, reports: admin}";

/// A user for each level, approver or not, with and without rights on other tools.
fn everybody() -> (Folder, Setup) {
    let mut text = "users:\n".to_owned();
    for level in LEVELS {
        for push in [true, false] {
            text.push_str(&format!("  - {{name: {level}-{push}, erp: {level}, push_to_accounting: {push}, tools: {ALL_TOOLS}}}\n"));
        }
    }
    text.push_str("  - {name: toolless, erp: admin, push_to_accounting: true}\n");
    text.push_str("  - {name: foreman, erp: none, tools: {commitments: admin, reports: read_only, budget: admin}}\n");
    opened(&text)
}

fn opened(settings: &str) -> (Folder, Setup) {
    let folder = Folder::new().with("crosswalk.yaml", settings);
    let asked = Asked { settings: Some(folder.path().join("crosswalk.yaml")), ..Asked::default() };
    let setup = Setup::open(&asked).unwrap_or_else(|problems| panic!("{problems:#?}"));
    (folder, setup)
}

fn acting(setup: &Setup, name: &str) -> Acting {
    setup.acting(Some(name)).unwrap()
}

/// BR-10: who may accept is a matrix that ships as data, and every cell of it holds.
#[test]
fn every_action_is_allowed_to_whom_the_matrix_allows_it() {
    let (_folder, setup) = everybody();
    for (action, _, levels, approver) in MATRIX {
        for level in LEVELS {
            for push in [true, false] {
                let allowed = (levels.is_empty() || levels.contains(&level)) && (!approver || (push && level >= Level::Standard));
                let user = acting(&setup, &format!("{level}-{push}"));
                // Items are sent from a tool: that of a mapping.
                let answer = if action == "send_items" { user.may_send("subcontracts") } else { user.may(action) };
                assert_eq!(answer.is_ok(), allowed, "{action} by {level}, approver: {push}: {answer:?}");
            }
        }
    }
    let ours: Vec<&str> = setup.permissions.iter().map(|(id, _)| id).collect();
    assert_eq!(ours.len(), MATRIX.len(), "{ours:?}");
}

#[test]
fn the_matrix_is_that_of_the_reference() {
    let Some(reference) = std::env::var_os("CROSSWALK_REFERENCE") else { return };
    let path = Path::new(&reference).join("workflows.yaml");
    let source = Source::new("workflows.yaml", std::fs::read_to_string(path).unwrap());
    let whole = yaml::parse(&source).unwrap().to_value();
    let list = whole.at("permissions").and_then(Value::as_list).unwrap().iter().filter_map(Value::as_record);
    let stated: BTreeMap<String, (Vec<String>, bool)> = list
        .map(|entry| {
            let levels = entry.get("levels").and_then(Value::as_list).unwrap().iter().map(Value::plain).collect();
            (entry.text("action").unwrap().to_owned(), (levels, entry.get("approver").is_some_and(|flag| flag == &Value::Bool(true))))
        })
        .collect();
    let (_folder, setup) = everybody();
    let shipped: BTreeMap<String, (Vec<String>, bool)> = MATRIX
        .iter()
        .map(|(action, words, _, _)| {
            let permission = setup.permissions.get(action).unwrap_or_else(|| panic!("there is no `{action}`"));
            ((*words).to_owned(), (permission.levels.iter().map(ToString::to_string).collect(), permission.approver))
        })
        .collect();
    assert_eq!(shipped, stated);
}

#[test]
fn the_page_of_roles_names_every_action() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/roles.md")).unwrap();
    let (_folder, setup) = everybody();
    for (action, permission) in setup.permissions.iter() {
        assert!(page.contains(&format!("| `{action}` | {} |", permission.label)), "docs/roles.md has no row for `{action}`");
    }
}

#[test]
fn every_mapping_of_both_profiles_has_its_action() {
    let (_folder, setup) = everybody();
    let admin = acting(&setup, "admin-true");
    let nobody = acting(&setup, "none-true");
    for plan in setup.workspace.plans.iter().chain(&setup.workspace.off) {
        let (may, refused) = match plan.direction {
            Direction::Export => (admin.may_accept(&plan.name), nobody.may_accept(&plan.name)),
            Direction::Import => (admin.may_import(&plan.name), nobody.may_import(&plan.name)),
        };
        assert_eq!(may, Ok(()), "{}", plan.name);
        let refusal = refused.unwrap_err();
        assert!(refusal.contains("the entry `"), "`{}` is in no entry: {refusal}", plan.name);
        if plan.direction == Direction::Export {
            assert_eq!(admin.may_send(&plan.name), Ok(()), "{}", plan.name);
        }
    }
}

#[test]
fn a_partners_own_mapping_is_for_admins_who_approve() {
    let (_folder, setup) = everybody();
    for level in LEVELS {
        for push in [true, false] {
            let user = acting(&setup, &format!("{level}-{push}"));
            for answer in [user.may_accept("timesheets"), user.may_send("timesheets"), user.may_unlink("timesheets")] {
                assert_eq!(answer.is_ok(), level == Level::Admin && push, "{answer:?}");
            }
        }
    }
}

#[test]
fn items_are_sent_by_whoever_administers_their_tool() {
    let (_folder, setup) = everybody();
    let (foreman, toolless) = (acting(&setup, "foreman"), acting(&setup, "toolless"));
    assert_eq!(foreman.may_send("purchase_orders"), Ok(()));
    assert_eq!(foreman.may("view_unsyncable_costs_report"), Ok(()));
    let refusal = foreman.may_send("commitment_change_orders").unwrap_err();
    assert!(refusal.contains("may not send, retrieve or resend items of `commitment_change_orders`"), "{refusal}");
    assert!(refusal.contains("needs `admin` on the tool `change_orders`"), "{refusal}");
    assert!(toolless.may_send("purchase_orders").is_err() && toolless.may("view_sub_jobs").is_err());
}

#[test]
fn an_administrator_may_change_an_entry() {
    let (_folder, setup) = opened(
        "users: [{name: bob, erp: standard, push_to_accounting: true}]\npermissions:\n  accept_commitment: {levels: [standard, admin]}\n",
    );
    let bob = acting(&setup, "bob");
    assert_eq!(bob.may_accept("subcontracts"), Ok(()));
    let refusal = bob.may_accept("budgets").unwrap_err();
    assert_eq!(
        refusal,
        "`bob` may not accept or reject the export of a budget: that needs `admin` on the ERP Integrations tool and the right to push to \
         accounting, and `bob` has `standard` there, with the right to push to accounting; act as one who may with `--as`, or have an \
         administrator change `users`, or the entry `accept_budget` of `permissions`, in the settings file"
    );
}

#[test]
fn without_a_list_one_operator_does_everything() {
    let (_folder, setup) = opened("actor: jane\n");
    let jane = setup.acting(None).unwrap();
    assert_eq!((jane.name(), jane.may_accept("subcontracts"), jane.may_look()), ("jane", Ok(()), Ok(())));
    assert_eq!(setup.acting(Some("anna")).unwrap().name(), "anna");
}

#[test]
fn slips_are_told_at_their_place() {
    let settings = "actor: jnae\nusers:\n  - {name: jane, erp: admn, tools: {comitments: admin}}\n  - {name: jane, erp: standard}\n  - {erp: admin}\n\
                    permissions:\n  accept_comitment: {levels: [admin]}\n  accept_cco: {levels: [boss], aprover: true}\n";
    let ran = Folder::new().with("crosswalk.yaml", settings).run(&["check"]);
    assert_eq!(ran.code, 3, "{ran}");
    insta::assert_snapshot!(ran.err);
}

#[test]
fn slips_of_the_matrix_are_told_at_their_place() {
    let folder = Folder::new().with_shipped_files();
    folder.replace("profiles/permissions.yaml", "accepts: [budgets,", "accepts: [budgetz,");
    folder.replace("profiles/permissions.yaml", "label: accept or reject the export of a budget", "labl: accept");
    folder.replace("profiles/permissions.yaml", "\n  invoicing:", "\n  invoices:");
    let ran = folder.run(&["check"]);
    assert_eq!(ran.code, 3, "{ran}");
    insta::assert_snapshot!(ran.err);
}

const USERS: &str = "users:
  - {name: jane, erp: admin, push_to_accounting: true}
  - {name: bob, erp: standard, push_to_accounting: true}
  - {name: eve, erp: none}
procore:\n";

#[test]
fn a_run_is_refused_before_anything_is_read() {
    let mut practice = Practice::with_projects(1);
    practice.folder.replace("sandbox/crosswalk.yaml", "procore:\n", USERS);
    let looks = practice.run(&["plan"]);
    assert_eq!((looks.code, looks.err.as_str()), (1, ""), "whoever is not in the list may look: {looks}");
    assert_eq!(practice.run(&["--as", "jane", "sync", "cost_types", "projects", "--yes"]).code, 0);
    let begun = practice.json(&["journal", "--kind", "run.began"]);
    assert_eq!(begun[0]["actor"], "jane");
    let state = practice.state();
    practice.stop();

    let refused = |arguments: &[&str], parts: &[&str]| {
        let ran = practice.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
        parts.iter().for_each(|part| assert!(ran.err.contains(part), "{part}\n{ran}"));
    };
    refused(
        &["sync"],
        &[
            "`tester` may not run",
            "`job_costs_report` (bring job costs into Procore,",
            "(stage exports, which needs `standard` or `admin`",
            "`tester` is not one of the `users`",
        ],
    );
    refused(
        &["sync", "--as", "bob", "direct_costs", "prime_contracts", "payments_issued"],
        &[
            "error: `bob` may not run `direct_costs` (bring job costs",
            "`payments_issued` (bring payments of invoices into Procore, which needs `admin`",
        ],
    );
    let ran = practice.run(&["sync", "--as", "bob", "direct_costs", "prime_contracts"]);
    assert!(!ran.err.contains("`prime_contracts`"), "{ran}");
    refused(
        &["sync", "--as", "bob", "subcontracts", "--yes"],
        &[
            "`subcontracts` (accept or reject the export of a commitment, which needs `admin`",
            "nothing was read or sent",
            "name the mappings",
        ],
    );
    refused(&["sync", "--as", "jnae"], &["there is no user named `jnae`; did you mean `jane`?"]);
    refused(&["plan", "--as", "eve"], &["`eve` may not look", "`read_only` or more"]);
    refused(&["links", "list", "--as", "eve"], &["`eve` may not look"]);
    assert!(state == practice.state());
}

#[test]
fn a_saved_plan_is_applied_by_approvers_only() {
    let practice = Practice::with_projects(1);
    practice.folder.replace("sandbox/crosswalk.yaml", "procore:\n", USERS);
    assert_eq!(practice.run(&["plan", "projects", "--out", "all.json"]).code, 1);
    let ran = practice.run(&["apply", "all.json", "--yes", "--as", "bob"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
    assert!(ran.err.contains("`bob` may not run `projects` (accept or reject the export of a project"), "{ran}");
    let done = practice.run(&["apply", "all.json", "--yes", "--as", "jane"]);
    assert_eq!((done.code, done.err.as_str()), (0, ""), "{done}");
}
