//! Subcontracts as they are shown, written back to, and locked.

use serde_json::{Value as Json, json};

use super::Desk;

/// A contract of the first project with this status and kind, shown whole.
fn contract(desk: &Desk, project: i64, fits: impl Fn(&Json) -> bool) -> Json {
    let list = desk.read(&format!("/rest/v1.0/work_order_contracts?project_id={project}&view=extended"));
    let id = list.as_array().unwrap().iter().find(|row| fits(row)).unwrap()["id"].clone();
    assert_eq!(list[0].get("line_items"), None, "lists bring no lines");
    desk.read(&format!("/rest/v1.0/work_order_contracts/{id}?project_id={project}"))
}

/// Any project that has a contract that fits.
fn anywhere(desk: &Desk, fits: impl Fn(&Json) -> bool + Copy) -> (i64, Json) {
    let projects = desk.read(&format!("/rest/v1.1/projects?company_id={}", desk.company_id()));
    for project in projects.as_array().unwrap() {
        let id = project["id"].as_i64().unwrap();
        let list = desk.read(&format!("/rest/v1.0/work_order_contracts?project_id={id}"));
        if list.as_array().unwrap().iter().any(fits) {
            return (id, contract(desk, id, fits));
        }
    }
    panic!("the practice company has no such contract");
}

fn is_text(value: &Json) -> bool {
    value.as_str().is_some_and(|text| text.contains('.') && crosswalk::value::decimal(text).is_ok())
}

#[test]
fn money_travels_as_text_and_amount_lines_have_no_quantity() {
    let desk = Desk::new();
    let (_, by_amount) = anywhere(&desk, |row| row["accounting_method"] == "amount");
    let (_, by_unit) = anywhere(&desk, |row| row["accounting_method"] == "unit");
    let (amount_line, unit_line) = (&by_amount["line_items"][0], &by_unit["line_items"][0]);
    assert!(is_text(&by_amount["grand_total"]) && is_text(&amount_line["amount"]) && is_text(&unit_line["unit_cost"]));
    assert_eq!((&amount_line["quantity"], &amount_line["extended_type"]), (&Json::Null, &json!("manual")));
    assert_eq!((&unit_line["extended_type"], &unit_line["uom"]), (&json!("calculated"), &json!("ea")));
    assert!(is_text(&unit_line["quantity"]));
    let code = &amount_line["cost_code"];
    let flat = format!("{}.{}", code["full_code"].as_str().unwrap(), amount_line["line_item_type"]["code"].as_str().unwrap());
    assert_eq!(amount_line["wbs_code"]["flat_code"], json!(flat));
    assert_eq!((&code["origin_id"], &amount_line["origin_id"]), (&Json::Null, &Json::Null));
    let some_blank = desk.read("/sandbox/records/work_order_contract_line_items");
    assert!(some_blank.as_array().unwrap().iter().any(|line| line["description"].is_null()));
}

#[test]
fn contract_companies_are_in_the_directory_under_their_names() {
    let desk = Desk::new();
    let vendors = desk.vendors();
    for project in &desk.company.projects {
        for contract in &project.subcontracts {
            let name = &desk.company.vendors[contract.vendor].name;
            let same = vendors.as_array().unwrap().iter().filter(|vendor| vendor["name"] == json!(name)).collect::<Vec<_>>();
            assert_eq!(same.len(), 1, "{name}");
            assert_eq!(same[0]["origin_id"], Json::Null);
        }
    }
    let twins = vendors.as_array().unwrap().iter().filter(|vendor| vendor["name"] == "Summit Supply").count();
    assert_eq!(twins, 2);
}

/// Company and schedule of values of an approved contract do not change (BR-07).
#[test]
fn external_ids_are_written_back_and_an_approved_contract_is_closed() {
    let desk = Desk::new();
    let (project, approved) = anywhere(&desk, |row| row["status"] == "Approved");
    let id = &approved["id"];
    let row = json!([{"id": id, "origin_id": "sc:SC-1", "origin_code": "SC-1", "origin_data": "{}"}]);
    let synced = desk.sync_all("/rest/v1.0/work_order_contracts/sync", json!({"project_id": project}), row);
    assert_eq!((&synced[0]["origin_id"], &synced[0]["origin_code"]), (&json!("sc:SC-1"), &json!("SC-1")));
    let found = desk.read(&format!("/rest/v1.0/work_order_contracts?project_id={project}&filters[origin_id]=sc:SC-1"));
    assert_eq!(&found[0]["id"], id);

    let lines = format!("/rest/v1.0/work_order_contracts/{id}/line_items");
    let line = &approved["line_items"][0]["id"];
    let sync = |row: Json| desk.sync(&format!("{lines}/sync?project_id={project}"), json!({}), json!([row]));
    assert_eq!(sync(json!({"id": line, "origin_id": "sc:SC-1:1"})).1, json!([]));
    let (_, errors) = sync(json!({"id": line, "description": "Other work"}));
    assert!(errors[0]["errors"]["base"][0].as_str().unwrap().contains("approved"));
    let add = json!({"project_id": project, "line_item": {"amount": "5.0", "wbs_code_id": approved["line_items"][0]["wbs_code"]["id"]}});
    let added = desk.call("POST", &lines, add);
    assert_eq!((added.status, &added.body["code"], &added.body["fields"]), (422, &json!(422), &json!("base")), "contracts refuse flatly");
    let other = desk.vendors()[0]["id"].clone();
    let path = format!("/rest/v1.0/work_order_contracts/{id}");
    let update = |fields: Json| desk.call("PATCH", &path, json!({"project_id": project, "work_order_contract": fields}));
    assert_eq!(update(json!({"vendor_id": other})).status, 422);
    assert_eq!(update(json!({"number": "X"})).status, 422, "synced");
    assert_eq!(update(json!({"description": "Scope"})).status, 200);
    assert_eq!(desk.call("DELETE", &format!("{path}?project_id={project}"), Json::Null).status, 422);
    let whole = desk.read(&format!("{path}?project_id={project}"));
    assert_eq!(whole["line_items"], desk.read(&format!("{lines}?project_id={project}")));
    assert_eq!(whole["line_items"][0]["origin_id"], "sc:SC-1:1");
}

#[test]
fn a_draft_contract_can_be_changed_and_deleted_softly() {
    let desk = Desk::new();
    let (project, draft) = anywhere(&desk, |row| row["status"] == "Draft");
    let path = format!("/rest/v1.0/work_order_contracts/{}", draft["id"]);
    let line = &draft["line_items"][0]["id"];
    desk.turn(60);
    let fields = json!({"extended_type": "calculated", "quantity": "3", "unit_cost": "0.335"});
    let changed = desk.call("PATCH", &format!("{path}/line_items/{line}"), json!({"project_id": project, "line_item": fields}));
    assert_eq!((changed.status, &changed.body["amount"]), (200, &json!("1.01")), "rounded half up");
    let whole = desk.read(&format!("{path}?project_id={project}"));
    assert_eq!(whole["updated_at"], json!("2026-11-22T08:01:00Z"), "a contract changes with its lines");
    assert_eq!(desk.call("DELETE", &format!("{path}?project_id={project}"), Json::Null).status, 200);
    let list = |deleted: &str| {
        let rows = desk.read(&format!("/rest/v1.0/work_order_contracts?project_id={project}&per_page=100{deleted}"));
        rows.as_array().unwrap().iter().filter(|row| row["id"] == draft["id"]).count()
    };
    assert_eq!((list(""), list("&filters[include_deleted]=with"), list("&filters[include_deleted]=only")), (0, 1, 1));
    assert_eq!(desk.get(&format!("{path}?project_id={project}")).status, 404);
}
