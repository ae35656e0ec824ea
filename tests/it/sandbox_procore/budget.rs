//! The budget as views show it, job costs, budget codes, external data.

use serde_json::{Value as Json, json};

use super::Desk;

/// A desk whose first project is synced, with one of its budget codes.
fn synced() -> (Desk, i64, Json) {
    let desk = Desk::new();
    let project = desk.project();
    let body = json!({"company_id": desk.company_id(), "project": {"origin_id": "project:g"}});
    assert_eq!(desk.call("PATCH", &format!("/rest/v1.0/projects/{project}"), body).status, 200);
    let row = rows(&desk, project, "")[0].clone();
    (desk, project, row)
}

fn rows(desk: &Desk, project: i64, more: &str) -> Json {
    let view = desk.procore.settings().budget_view_id;
    desk.read(&format!("/rest/v1.0/budget_views/{view}/detail_rows?project_id={project}&per_page=1000{more}"))
}

fn job_costs(desk: &Desk, updates: Json) -> (Json, Json) {
    let scope = json!({"company_id": desk.company_id(), "job_origin_id": "project:g"});
    desk.sync("/rest/v1.0/erp_job_costs/sync", scope, updates)
}

#[test]
fn job_costs_show_in_the_budget_and_direct_costs_are_what_is_left() {
    let (desk, project, row) = synced();
    assert_eq!((&row["job_to_date_costs"], &row["direct_costs"]), (&json!("0.0"), &json!("0.0")));
    assert!(row["original_budget_amount"].as_str().unwrap().contains('.'));
    let (cost_code, cost_type) = (&row["cost_code_id"], &row["category_id"]);
    let told =
        json!({"cost_code_id": cost_code, "line_item_type_id": cost_type, "job_to_date_cost": 1000.25, "commitment_invoiced": 400.2});
    let (entities, errors) = job_costs(&desk, json!([told, {"cost_code_id": 5, "line_item_type_id": cost_type}]));
    assert_eq!(entities[0]["job_to_date_cost"], json!(1000.25), "numbers both ways");
    assert_eq!(errors[0]["errors"].as_object().unwrap().keys().collect::<Vec<_>>(), ["cost_code_id"]);
    let (again, _) = job_costs(&desk, json!([told]));
    assert_eq!(again[0]["id"], entities[0]["id"], "one row for each pair");

    let lines = format!("/rest/v1.0/projects/{project}/direct_costs");
    let header =
        desk.sync_all(&format!("{lines}/sync"), json!({}), json!([{"direct_cost_type": "expense", "status": "approved"}]))[0]["id"].clone();
    let line = json!([{"direct_cost_id": header, "cost_code_id": cost_code, "line_item_type_id": cost_type, "amount": 600.05}]);
    desk.sync_all(&format!("{lines}/line_items/sync"), json!({}), line);
    let shown = rows(&desk, project, &format!("&cost_code_id[]={cost_code}&category_id[]={cost_type}"));
    assert_eq!(shown.as_array().unwrap().len(), 1);
    assert_eq!((&shown[0]["job_to_date_costs"], &shown[0]["commitments_invoiced"]), (&json!("1000.25"), &json!("400.2")));
    assert_eq!(shown[0]["direct_costs"], json!("600.05"), "the lines are not added twice");
}

#[test]
fn without_job_costs_the_budget_adds_up_approved_direct_costs() {
    let (desk, project, row) = synced();
    let lines = format!("/rest/v1.0/projects/{project}/direct_costs");
    let headers = json!([{"direct_cost_type": "expense", "status": "approved"}, {"direct_cost_type": "expense", "status": "draft"}]);
    let headers = desk.sync_all(&format!("{lines}/sync"), json!({}), headers);
    let line = |at: usize| json!({"direct_cost_id": headers[at]["id"], "wbs_code_id": row["wbs_code_id"], "amount": 10.5});
    desk.sync_all(&format!("{lines}/line_items/sync"), json!({}), json!([line(0), line(1)]));
    assert_eq!(rows(&desk, project, "")[0]["direct_costs"], json!("10.5"));
}

#[test]
fn a_job_must_be_synced() {
    let (desk, ..) = synced();
    let body = |job: Json| json!({"company_id": desk.company_id(), "job_origin_id": job, "updates": []});
    let path = "/rest/v1.0/erp_job_costs/sync";
    assert_eq!(desk.call("PATCH", path, body(json!("project:other"))).status, 422);
    assert_eq!(desk.call("PATCH", path, body(Json::Null)).status, 400);
    assert_eq!(desk.call("PATCH", path, body(json!("project:g"))).status, 200);
}

/// A locked budget shows a new pair of code and type at nothing (BR-36, BR-71).
#[test]
fn a_pair_without_budget_becomes_a_row_at_nothing() {
    let (desk, project, _) = synced();
    let types = desk.read(&format!("/rest/v1.0/line_item_types?company_id={}", desk.company_id()));
    let all = rows(&desk, project, "");
    let taken =
        |code: &Json, kind: &Json| all.as_array().unwrap().iter().any(|row| row["cost_code_id"] == *code && row["category_id"] == *kind);
    let free = |row: &Json| types.as_array().unwrap().iter().map(|kind| kind["id"].clone()).find(|kind| !taken(&row["cost_code_id"], kind));
    let (row, free) = all.as_array().unwrap().iter().find_map(|row| Some((row.clone(), free(row)?))).unwrap();
    job_costs(&desk, json!([{"cost_code_id": row["cost_code_id"], "line_item_type_id": free, "job_to_date_cost": 5}]));
    let unbudgeted = rows(&desk, project, "&budget_row_type=unbudgeted");
    let ours = |other: &&Json| other["cost_code_id"] == row["cost_code_id"] && other["category_id"] == free;
    let new = unbudgeted.as_array().unwrap().iter().find(ours).unwrap();
    assert_eq!((&new["original_budget_amount"], &new["job_to_date_costs"]), (&json!("0.0"), &json!("5.0")));
    assert!(!rows(&desk, project, "&budget_row_type=budgeted").as_array().unwrap().contains(new));
}

#[test]
fn the_columns_of_the_view_are_told() {
    let names = |desk: &Desk| {
        let path = format!(
            "/rest/v1.0/budget_views/{}/budget_detail_columns?project_id={}",
            desk.procore.settings().budget_view_id,
            desk.project()
        );
        desk.read(&path).as_array().unwrap().iter().map(|column| column["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let desk = Desk::new();
    assert_eq!(
        names(&desk),
        ["original_budget_amount", "budget_modifications", "job_to_date_costs", "commitments_invoiced", "direct_costs"]
    );
    assert_eq!(
        desk.read(&format!("/rest/v1.0/budget_views?project_id={}", desk.project()))[0]["id"],
        json!(desk.procore.settings().budget_view_id)
    );
    let closed = Desk::with(|options| options.erp_platform = false);
    assert_eq!(names(&closed), ["original_budget_amount", "budget_modifications", "direct_costs"]);
    assert_eq!(rows(&closed, closed.project(), "")[0].get("job_to_date_costs"), None);
}

#[test]
fn budget_codes_are_made_in_bulk_from_their_segments() {
    let (desk, project, row) = synced();
    let path = format!("/rest/v1.0/projects/{project}/work_breakdown_structure/wbs_codes");
    let codes = desk.read(&format!("{path}?per_page=1000"));
    let segment = |at: usize| codes[0]["segment_items"][at]["segment"]["id"].clone();
    let code =
        desk.sync_all(&format!("/rest/v1.0/cost_codes/sync?project_id={project}"), json!({}), json!([{"code": "77-1", "name": "New"}]))[0]
            ["id"]
            .clone();
    let items = |code: &Json| json!([{"segment_id": segment(0), "segment_item_id": code}, {"segment_id": segment(1), "segment_item_id": row["category_id"]}]);
    let bulk = json!({"bulk": [{"segment_items": items(&code), "description": "Ours"}, {"segment_items": items(&row["cost_code_id"])}, {"segment_items": []}]});
    let answer = desk.call("PATCH", &format!("{path}/bulk_create"), bulk);
    assert_eq!(
        (answer.status, answer.body["entities"].as_array().unwrap().len(), answer.body["errors"].as_array().unwrap().len()),
        (201, 1, 2)
    );
    let made = &answer.body["entities"][0];
    assert!(made["flat_code"].as_str().unwrap().starts_with("77-1."), "{made}");
    assert_eq!((&made["description"], &made["segment_items"][0]["segment"]["type"]), (&json!("Ours"), &json!("cost_code")));
    assert_eq!(answer.body["errors"][0]["errors"]["segment_items"], json!(["has already been taken"]));
    let listed = desk.read(&format!("/rest/v1.0/cost_codes/{code}?project_id={project}"));
    assert_eq!((&listed["budgeted"], &listed["line_item_types"][0]["id"]), (&json!(true), &row["category_id"]));
}

#[test]
fn external_data_reaches_the_record() {
    let (desk, project, _) = synced();
    let path = format!("/rest/v1.0/companies/{}/external_data", desk.company_id());
    let contract = desk.read(&format!("/rest/v1.0/work_order_contracts?project_id={project}"))[0]["id"].clone();
    let row = json!({"item_type": "work_order_contract", "item_id": contract, "origin_id": "sc:1", "origin_code": "SC1"});
    let bad = json!({"item_type": "budget", "item_id": 5, "origin_id": "b"});
    let odd = json!({"item_type": "unicorn", "item_id": contract});
    let (entities, errors) = desk.sync(&format!("{path}/sync"), json!({}), json!([row, bad, odd]));
    assert_eq!((&entities[0]["item_id"], &entities[0]["origin_code"]), (&contract, &json!("SC1")));
    assert_eq!((&errors[0]["item_type"], errors.as_array().unwrap().len()), (&json!("budget"), 2));
    let read = desk.read(&format!("{path}?item_type=work_order_contract&item_id={contract}"));
    assert_eq!((&read["origin_id"], &read["id"]), (&json!("sc:1"), &entities[0]["id"]));
    let shown = || desk.read(&format!("/rest/v1.0/work_order_contracts/{contract}?project_id={project}"));
    assert_eq!(shown()["origin_id"], json!("sc:1"));
    desk.sync_all(
        &format!("{path}/sync"),
        json!({}),
        json!([{"item_type": "work_order_contract", "item_id": contract, "origin_id": null}]),
    );
    assert_eq!(shown()["origin_id"], Json::Null);
}
