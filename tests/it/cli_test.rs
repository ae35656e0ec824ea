//! `crosswalk test` and `crosswalk review`: cases that fail, snapshots that change, and what a reviewer decides.

use insta::assert_snapshot;

use super::program::Folder;

/// A folder whose snapshots are those that were shipped.
fn folder() -> Folder {
    Folder::new().with_shipped_files()
}

/// What differs in every snapshot of the companies, once names are shouted.
fn shouted(folder: &Folder) {
    folder.replace("mappings/companies.yaml", "from: $.VendorName", "expr: upper(source.VendorName)");
}

#[test]
fn the_shipped_cases_pass_and_their_snapshots_are_the_accepted_ones() {
    let folder = folder();
    let ran = folder.run(&["test"]);
    assert_eq!(ran.code, 0, "{ran}\n{}", folder.run(&["review"]));
    assert!(ran.out.ends_with(" cases passed\n"), "{ran}");
    let review = folder.run(&["review"]);
    assert_eq!((review.code, review.out.as_str()), (0, "no snapshot waits for review\n"));
}

#[test]
fn the_shipped_cases_run_without_any_file() {
    let folder = Folder::new();
    let ran = folder.run(&["test", "cost_codes"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    assert_snapshot!(folder.run(&["review"]));
}

#[test]
fn a_failed_case_is_told_field_by_field() {
    let folder = folder();
    folder.write(
        "mappings/cost_types.cases.yaml",
        r#"cases:
  - name: a cost type that is expected otherwise
    given: {id: 6f1a, AccountGroupID: "LABOR ", Description: Labor, Type: Expense, Active: true}
    expect: {code: LABOUR, name: null, base_type: other}
  - name: a cost type that should be refused
    given: {id: 6f1b, AccountGroupID: "LABOR ", Description: Labor, Type: Expense, Active: true}
    refuse: nothing to map
  - name: income is expected to be offered
    given: {id: 6f1c, AccountGroupID: SALES, Description: Sales, Type: Income, Active: true}
    expect: {code: SALES}
"#,
    );
    assert_snapshot!("a_failed_case_is_told_field_by_field", folder.run(&["test", "cost_types"]));
    assert_snapshot!("failed_cases_as_json", folder.run(&["test", "cost_types", "--json"]));
}

#[test]
fn a_change_of_a_mapping_is_shown_and_accepted() {
    let folder = folder();
    shouted(&folder);
    let ran = folder.run(&["test", "companies"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.out.contains("changed snapshots wait for `crosswalk review`"), "{ran}");
    let shown = folder.run(&["review"]);
    assert_eq!(shown.code, 1, "{shown}");
    assert!(shown.out.contains("\n- name: \"") && shown.out.contains("\n+ name: \""), "{shown}");
    let listed = folder.run(&["review", "--list"]);
    assert!(listed.out.lines().all(|line| line.starts_with("companies__") || line.ends_with(" waiting")), "{listed}");
    let accepted = folder.run(&["review", "--accept"]);
    assert_eq!(accepted.code, 0, "{accepted}");
    assert!(accepted.out.ends_with(" accepted\n"), "{accepted}");
    let again = folder.run(&["test", "companies"]);
    assert!(!again.out.contains("review"), "{again}");
}

#[test]
fn a_rejected_change_leaves_the_accepted_snapshot() {
    let folder = folder();
    shouted(&folder);
    folder.run(&["test", "companies"]);
    let rejected = folder.run(&["review", "--reject"]);
    assert_eq!(rejected.code, 0, "{rejected}");
    assert_eq!(folder.run(&["review"]).out, "no snapshot waits for review\n");
    let again = folder.run(&["test", "companies"]);
    assert!(again.out.contains("changed snapshots wait"), "{again}");
}

#[test]
fn a_comment_changes_no_snapshot() {
    let folder = folder();
    let text = folder.read("mappings/budget_costs.yaml");
    folder.write("mappings/budget_costs.yaml", &format!("# One more line above every rule.\n{text}"));
    let ran = folder.run(&["test", "budget_costs"]);
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn a_mapping_that_is_not_there_is_named() {
    assert_snapshot!(folder().run(&["test", "company"]));
}

#[test]
fn every_row_of_the_shipped_tables_and_19_of_20_branches_are_reached_by_a_case() {
    let told = Folder::new().run(&["test", "--coverage"]);
    let line = told.out.lines().find(|line| line.starts_with("coverage: ")).unwrap_or_else(|| panic!("{told}"));
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[1], words[3], "rows that no case reaches: {line}");
    let (reached, of): (usize, usize) = (words[5].parse().unwrap(), words[7].parse().unwrap());
    let unreached: Vec<&str> = told.out.lines().filter(|line| line.contains(": no case runs `")).collect();
    assert_eq!(unreached.len(), of - reached, "branches that none reaches are named: {told}");
    assert!(reached * 100 >= of * 95, "a case is missing for some of these: {unreached:#?}");
    println!("{line}");
}
