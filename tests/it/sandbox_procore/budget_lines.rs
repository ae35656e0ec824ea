//! Budget lines, the lock, budget modifications and Budget Changes.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::Desk;

fn rows(desk: &Desk, project: i64) -> Vec<Json> {
    let view = desk.procore.settings().budget_view_id;
    let rows = desk.read(&format!("/rest/v1.0/budget_views/{view}/detail_rows?project_id={project}&per_page=2000"));
    rows.as_array().unwrap().clone()
}

/// A desk of a company that has turned Budget Changes on.
fn with_changes() -> Desk {
    Desk::with(|options| {
        let mut company = (*options.company).clone();
        company.budget_changes = true;
        options.company = Arc::new(company);
    })
}

/// The project whose budget is not locked.
fn open_project(desk: &Desk) -> i64 {
    let projects = desk.read(&format!("/rest/v1.1/projects?company_id={}", desk.company_id()));
    let open = |project: &&Json| desk.read(&format!("/rest/v1.0/projects/{}/budget", project["id"])) == json!({"locked": false});
    projects.as_array().unwrap().iter().find(open).unwrap()["id"].as_i64().unwrap()
}

/// A locked budget stops an import (BR-30, BR-35).
#[test]
fn a_locked_budget_takes_lines_at_nothing_only() {
    let desk = Desk::new();
    let project = desk.project();
    let row = rows(&desk, project)[0].clone();
    let line = desk.read(&format!("/rest/v1.1/budget_line_items/{}?project_id={project}", row["id"]));
    assert!(line["original_budget_amount"].is_number() && line.get("created_at").is_none());
    assert_eq!(line["wbs_code"]["id"], row["wbs_code_id"]);
    let change = json!({"project_id": project, "budget_line_item": {"original_budget_amount": 5.25}});
    let path = format!("/rest/v1.1/budget_line_items/{}", row["id"]);
    let refused = desk.call("PATCH", &path, change);
    assert!(refused.status == 422 && refused.body["errors"]["base"][0].as_str().unwrap().contains("locked"), "{refused:?}");

    let open = open_project(&desk);
    let row = rows(&desk, open)[0].clone();
    let path = format!("/rest/v1.1/budget_line_items/{}", row["id"]);
    let changed = desk.call("PATCH", &path, json!({"project_id": open, "budget_line_item": {"original_budget_amount": 5.25}}));
    assert_eq!((changed.status, &changed.body["original_budget_amount"]), (200, &json!(5.25)));
    let twice = json!({"project_id": open, "budget_line_item": {"wbs_code_id": row["wbs_code_id"], "original_budget_amount": 1}});
    assert_eq!(desk.call("POST", "/rest/v1.1/budget_line_items", twice).status, 422, "a budget code has one line");
    let odd = json!({"project_id": open, "budget_line_item": {"cost_code_id": 5}});
    assert_eq!(desk.call("POST", "/rest/v1.1/budget_line_items", odd).status, 406);
    let bulk = json!({"project_id": open, "budget_line_items": [{"wbs_code_id": row["wbs_code_id"], "original_budget_amount": 7}]});
    let answer = desk.call("POST", "/rest/v1.0/budget_line_items/sync", bulk);
    assert_eq!(answer.body[0]["original_budget_amount"], json!(7), "a bare array");
}

#[test]
fn a_budget_within_which_something_was_moved_stays_locked() {
    let desk = Desk::new();
    let path = format!("/rest/v1.0/projects/{}/budget", desk.project());
    assert_eq!(desk.read(&path), json!({"locked": true}));
    assert_eq!(desk.call("DELETE", &format!("{path}/lock"), Json::Null).status, 422);
    let open = open_project(&desk);
    let path = format!("/rest/v1.0/projects/{open}/budget");
    assert_eq!(desk.call("POST", &format!("{path}/lock"), Json::Null).status, 201);
    assert_eq!(desk.read(&path), json!({"locked": true}));
    assert_eq!(desk.call("DELETE", &format!("{path}/lock"), Json::Null).status, 200);
    assert_eq!(desk.read(&path), json!({"locked": false}));
}

#[test]
fn a_modification_moves_money_and_is_immutable_once_synced() {
    let desk = Desk::new();
    let project = desk.project();
    let path = format!("/rest/v1.0/projects/{project}/budget_modifications");
    let list = desk.read(&path);
    let moved = list.as_array().unwrap().iter().find(|row| !row["from_budget_line_item_id"].is_null()).unwrap();
    assert!(moved["transfer_amount"].as_str().unwrap().contains('.'), "text, not a number");
    let column = |id: &Json| {
        let row = rows(&desk, project).into_iter().find(|row| row["id"] == *id).unwrap();
        crosswalk::value::decimal(row["budget_modifications"].as_str().unwrap()).unwrap()
    };
    assert!(column(&moved["from_budget_line_item_id"]) < crosswalk::value::Decimal::ZERO);
    let one = format!("{path}/{}", moved["id"]);
    let update = |fields: Json| desk.call("PATCH", &one, json!({"budget_modification": fields}));
    assert_eq!(update(json!({"origin_id": "co:1"})).status, 200);
    assert_eq!(update(json!({"notes": "Later"})).status, 422);
    assert_eq!(desk.call("DELETE", &one, Json::Null).status, 422);
    let odd = json!({"budget_modification": {"to_budget_line_item_id": 5, "transfer_amount": "1.0"}});
    assert_eq!(desk.call("POST", &path, odd).status, 422);
    let open = open_project(&desk);
    let line = rows(&desk, open)[0]["id"].clone();
    let early = json!({"budget_modification": {"to_budget_line_item_id": line, "transfer_amount": "1.0"}});
    assert_eq!(desk.call("POST", &format!("/rest/v1.0/projects/{open}/budget_modifications"), early).status, 422, "not locked yet");
}

/// One shape at a time (BR-37).
#[test]
fn budget_changes_make_modifications_read_only() {
    let desk = with_changes();
    let project = desk.project();
    let old = format!("/rest/v1.0/projects/{project}/budget_modifications");
    let id = desk.read(&old)[0]["id"].clone();
    let refused = desk.call("PATCH", &format!("{old}/{id}"), json!({"budget_modification": {"origin_id": "co:1"}}));
    assert_eq!((refused.status, refused.header("allow")), (405, "GET"));

    let path = format!("/rest/v1.0/projects/{project}/budget_changes");
    let list = desk.read(&path);
    let summary = &list["data"][0];
    assert!(summary["amount"].is_number() && summary.get("adjustment_line_items").is_none() && summary.get("created_at").is_none());
    let whole = desk.read(&format!("{path}/{}", summary["id"]));
    let lines = whole["data"]["adjustment_line_items"].as_array().unwrap();
    assert_eq!((&lines[0]["type"], &lines[1]["type"]), (&json!("change_event"), &json!("budget_change")));
    assert_eq!(lines[0]["amount"].as_f64().unwrap(), -lines[1]["amount"].as_f64().unwrap());

    let all = format!("/rest/v2.0/companies/{}/projects/{project}/budget_changes/adjustment_line_items", desk.company_id());
    let first = desk.get(&format!("{all}?per_page=2"));
    assert_eq!((first.body["data"].as_array().unwrap().len(), first.header("per-page")), (2, "2"));
    assert!(first.body["data"][0]["id"].is_string() && first.body["data"][0]["amount"].is_number());
    assert_eq!(first.body["data"][0]["budget_change_id"], json!(summary["id"].to_string()));
    assert_eq!(desk.get(&format!("{all}?per_page=1000")).header("per-page"), "100", "version 2 has small pages");

    let lines = json!([{"type": "budget_change", "adjustment_number": 1, "wbs_code_id": lines[0]["wbs_code"]["id"], "amount": 5}]);
    let wrong = desk.call("POST", &path, json!({"status": "draft", "adjustment_line_items": lines}));
    assert_eq!(wrong.body["errors"]["amount"], json!(["has the wrong sign for its type"]), "{wrong:?}");
    let before = desk.read(&path)["data"].as_array().unwrap().len();
    assert_eq!(before, list["data"].as_array().unwrap().len(), "nothing is left of it");
    let gone = json!({"adjustment_line_items": [{"id": whole["data"]["adjustment_line_items"][1]["id"], "_delete": true}]});
    let changed = desk.call("PATCH", &format!("{path}/{}", summary["id"]), gone);
    assert_eq!(changed.body["data"]["adjustment_line_items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_company_without_budget_changes_has_none() {
    let desk = Desk::new();
    let path = format!("/rest/v1.0/projects/{}/budget_changes", desk.project());
    assert_eq!(desk.read(&path), json!({"data": []}));
    assert_eq!(desk.call("POST", &path, json!({"status": "draft"})).status, 403);
}

#[test]
fn a_synced_budget_change_says_so_by_its_status() {
    let desk = with_changes();
    let project = desk.project();
    let path = format!("/rest/v1.0/projects/{project}/budget_changes");
    let id = desk.read(&path)["data"][0]["id"].clone();
    let row = json!([{"item_type": "budget_change", "item_id": id, "origin_id": "co:9"}]);
    desk.sync_all(&format!("/rest/v1.0/companies/{}/external_data/sync", desk.company_id()), json!({}), row);
    let shown = desk.read(&format!("{path}/{id}"));
    assert_eq!((&shown["data"]["erp_status"], shown["data"].get("origin_id")), (&json!("synced"), None));
    assert_eq!(desk.call("PATCH", &format!("{path}/{id}"), json!({"title": "New"})).status, 422);
}
