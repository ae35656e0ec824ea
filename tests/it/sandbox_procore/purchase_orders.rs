//! Purchase orders, the practice company's awkward cases among them.

use serde_json::{Value as Json, json};

use super::Desk;

fn projects(desk: &Desk) -> Vec<i64> {
    let list = desk.read(&format!("/rest/v1.1/projects?company_id={}", desk.company_id()));
    list.as_array().unwrap().iter().map(|project| project["id"].as_i64().unwrap()).collect()
}

/// The purchase order whose number ends so, shown whole, and its project.
fn order(desk: &Desk, ending: &str) -> (i64, Json) {
    for project in projects(desk) {
        let list = desk.read(&format!("/rest/v1.0/purchase_order_contracts?project_id={project}&view=extended"));
        if let Some(found) = list.as_array().unwrap().iter().find(|row| row["number"].as_str().unwrap().ends_with(ending)) {
            return (project, desk.read(&format!("/rest/v1.0/purchase_order_contracts/{}?project_id={project}", found["id"])));
        }
    }
    panic!("no purchase order ends in `{ending}`");
}

fn decimal(value: &Json) -> crosswalk::value::Decimal {
    crosswalk::value::decimal(value.as_str().unwrap()).unwrap()
}

#[test]
fn a_purchase_order_is_read_and_written_back_to_as_a_subcontract_is() {
    let desk = Desk::new();
    let (project, order) = order(&desk, "-001");
    assert_eq!((&order["status"], &order["accounting_method"]), (&json!("Approved"), &json!("unit")));
    assert!(order["delivery_date"].is_string() && order["line_items"][0]["quantity"].is_string());
    let row = json!([{"id": order["id"], "origin_id": "po:1", "origin_code": "PO1"}]);
    let synced = desk.sync_all("/rest/v1.0/purchase_order_contracts/sync", json!({"project_id": project}), row);
    assert_eq!(synced[0]["origin_code"], "PO1");
    let found = desk.read(&format!("/rest/v1.0/purchase_order_contracts?project_id={project}&filters[origin_id]=po:1"));
    assert_eq!(found[0]["id"], order["id"]);
    let path = format!("/rest/v1.0/purchase_order_contracts/{}", order["id"]);
    let update = |fields: Json| desk.call("PATCH", &path, json!({"project_id": project, "purchase_order_contract": fields}));
    assert_eq!(update(json!({"number": "X"})).status, 422, "synced");
    assert_eq!(update(json!({"title": "Doors"})).status, 200);
    assert_eq!(update(json!({"contract_start_date": "2026-01-01"})).status, 406, "a subcontract's field");
    let line = json!([{"id": order["line_items"][0]["id"], "origin_id": "po:1:1"}]);
    let lines = format!("{path}/line_items/sync?project_id={project}");
    assert_eq!(desk.sync_all(&lines, json!({}), line)[0]["holder"]["holder_type"], "PurchaseOrderContract");
    assert_eq!(desk.call("DELETE", &format!("{path}?project_id={project}"), Json::Null).status, 422);
}

#[test]
fn odd_lines_are_there_and_a_deleted_one_leaves_a_gap() {
    let desk = Desk::new();
    let (_, odd) = order(&desk, "-A01");
    let lines = odd["line_items"].as_array().unwrap();
    let places: Vec<i64> = lines.iter().map(|line| line["position"].as_i64().unwrap()).collect();
    assert_eq!(places, [1, 2, 4]);
    assert_eq!(lines[0]["amount"], "0.0");
    assert!(decimal(&lines[1]["amount"]) < crosswalk::value::Decimal::ZERO);
}

#[test]
fn a_header_may_differ_from_its_lines_and_a_vendor_may_be_inactive() {
    let desk = Desk::new();
    let sum = |order: &Json| {
        order["line_items"].as_array().unwrap().iter().map(|line| decimal(&line["amount"])).sum::<crosswalk::value::Decimal>()
    };
    let mut off = 0;
    let mut seen = Vec::new();
    for project in projects(&desk) {
        let list = desk.read(&format!("/rest/v1.0/purchase_order_contracts?project_id={project}&per_page=100"));
        for row in list.as_array().unwrap() {
            let order = desk.read(&format!("/rest/v1.0/purchase_order_contracts/{}?project_id={project}", row["id"]));
            off += i32::from(sum(&order) != decimal(&order["grand_total"]));
            assert_eq!(order.get("off_by"), None);
            seen.push((order["title"].as_str().unwrap().chars().count() > 60, order["vendor"]["company"].clone()));
        }
    }
    assert_eq!(off, 1);
    assert!(seen.iter().any(|(long, _)| *long) && seen.iter().any(|(_, name)| name == "Summit Supply"));
    let inactive = &desk.company.vendors.iter().find(|vendor| !vendor.active).unwrap().name;
    assert!(seen.iter().any(|(_, name)| name == inactive), "an inactive vendor has a purchase order");
}

#[test]
fn a_deleted_order_is_shown_only_to_who_asks_for_it() {
    let desk = Desk::new();
    let project = desk.project();
    let count = |more: &str| {
        let rows = desk.read(&format!("/rest/v1.0/purchase_order_contracts?project_id={project}&per_page=100{more}"));
        rows.as_array().unwrap().iter().filter(|row| !row["deleted_at"].is_null()).count()
    };
    assert_eq!((count(""), count("&filters[include_deleted]=with"), count("&filters[include_deleted]=only")), (0, 1, 1));
}

#[test]
fn people_can_do_what_no_call_lets_a_client_do() {
    let desk = Desk::new();
    let (project, order) = order(&desk, "-001");
    let line = &order["line_items"][0]["id"];
    desk.turn(60);
    let path = format!("/sandbox/records/purchase_order_contract_line_items/{line}");
    assert_eq!(desk.call("PATCH", &path, json!({"description": "By hand"})).body["description"], "By hand");
    let shown = || desk.read(&format!("/rest/v1.0/purchase_order_contracts/{}?project_id={project}", order["id"]));
    assert_eq!((&shown()["line_items"][0]["description"], &shown()["updated_at"]), (&json!("By hand"), &json!("2026-11-22T08:01:00Z")));
    assert_eq!(desk.call("DELETE", &path, Json::Null).status, 200);
    assert!(shown()["line_items"].as_array().unwrap().iter().all(|other| other["id"] != *line));
    assert_eq!(desk.call("DELETE", &format!("/sandbox/records/purchase_order_contracts/{}", order["id"]), Json::Null).status, 200);
    assert_eq!(desk.get(&format!("/rest/v1.0/purchase_order_contracts/{}?project_id={project}", order["id"])).status, 404);
    let list = desk.read(&format!("/rest/v1.0/purchase_order_contracts?project_id={project}&filters[include_deleted]=only&per_page=100"));
    assert!(list.as_array().unwrap().iter().any(|row| row["id"] == order["id"]), "softly");
    assert_eq!(desk.call("PATCH", "/sandbox/records/vendors/7", json!({})).status, 404);
}
