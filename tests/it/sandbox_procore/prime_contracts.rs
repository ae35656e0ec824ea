//! Prime contracts and the invoices to owners.

use serde_json::{Value as Json, json};

use super::Desk;

fn decimal(value: &Json) -> crosswalk::value::Decimal {
    crosswalk::value::decimal(value.as_str().unwrap()).unwrap()
}

fn contract(desk: &Desk, project: i64) -> Json {
    let list = desk.read(&format!("/rest/v1.0/prime_contracts?project_id={project}"));
    assert_eq!(list[0].get("line_items"), None, "lists bring no lines");
    desk.read(&format!("/rest/v1.0/prime_contract/{}?project_id={project}", list[0]["id"]))
}

#[test]
fn the_contract_with_the_owner_shows_its_sums_and_lines() {
    let desk = Desk::new();
    let project = desk.project();
    let prime = contract(&desk, project);
    assert_eq!((&prime["number"], &prime["status"]), (&json!("1001"), &json!("Approved")));
    let sum: crosswalk::value::Decimal = prime["line_items"].as_array().unwrap().iter().map(|line| decimal(&line["amount"])).sum();
    assert_eq!(decimal(&prime["grand_total"]), sum);
    assert!(decimal(&prime["approved_change_orders"]) != crosswalk::value::Decimal::ZERO);
    assert!(prime["vendor"]["name"].as_str().unwrap().contains("Public Works"));
    let none = desk.read(&format!("/rest/v1.1/projects?company_id={}", desk.company_id()))[1]["id"].clone();
    assert_eq!(desk.read(&format!("/rest/v1.0/prime_contracts?project_id={none}")), json!([]), "accounting has it alone");
}

#[test]
fn a_header_comes_by_create_and_lines_by_sync() {
    let desk = Desk::new();
    let project = desk.read(&format!("/rest/v1.1/projects?company_id={}", desk.company_id()))[1]["id"].as_i64().unwrap();
    let body = |fields: Json| json!({"project_id": project, "prime_contract": fields});
    let fields = json!({"number": "1002", "title": "Works", "status": "Approved", "origin_id": "prime:1", "accounting_method": "amount"});
    let made = desk.call("POST", "/rest/v1.0/prime_contract", body(fields));
    assert_eq!((made.status, &made.body["origin_id"], &made.body["grand_total"]), (201, &json!("prime:1"), &json!("0.0")));
    let twice = desk.call("POST", "/rest/v1.0/prime_contract", body(json!({"number": "9", "origin_id": "prime:1"})));
    assert_eq!(twice.status, 409);
    assert_eq!(desk.call("POST", "/rest/v1.0/prime_contract", body(json!({"number": "1002"}))).status, 422);
    assert_eq!(desk.call("POST", "/rest/v1.0/prime_contract", body(json!({"line_items": []}))).status, 406);

    let code = desk.read(&format!("/rest/v1.0/projects/{project}/work_breakdown_structure/wbs_codes"))[0].clone();
    let lines = format!("/rest/v1.0/prime_contracts/{}/line_items", made.body["id"]);
    let sync = |rows: Json| desk.sync(&format!("{lines}/sync?project_id={project}"), json!({}), rows);
    let row = json!({"wbs_code_id": code["id"], "amount": "1000.10", "description": "All", "origin_id": "prime_line:1"});
    let (entities, errors) = sync(json!([row, {"wbs_code_id": 5, "amount": "1"}]));
    assert_eq!((&entities[0]["amount"], &entities[0]["wbs_code"]["flat_code"]), (&json!("1000.1"), &code["flat_code"]));
    assert_eq!(errors[0]["errors"]["wbs_code_id"], json!(["is not a budget code of this project"]));
    let again = sync(json!([{"origin_id": "prime_line:1", "amount": "2000"}])).0;
    assert_eq!((&again[0]["id"], &again[0]["amount"]), (&entities[0]["id"], &json!("2000.0")), "accounting may be imported again");
    let plain = json!({"project_id": project, "line_item": {"amount": "5"}});
    let refused = desk.call("PATCH", &format!("{lines}/{}", entities[0]["id"]), plain);
    assert_eq!(refused.status, 422, "an approved contract is closed to everybody else");
    let path = format!("/rest/v1.0/prime_contract/{}", made.body["id"]);
    let title = json!({"project_id": project, "prime_contract": {"title": "All works"}});
    assert_eq!(desk.call("PATCH", &path, title).body["title"], "All works");
}

#[test]
fn an_invoice_to_the_owner_adds_up_and_shows_lines_when_asked_for_alone() {
    let desk = Desk::new();
    let project = desk.project();
    let list = desk.read(&format!("/rest/v1.0/payment_applications?project_id={project}"));
    assert_eq!(list[0].get("g703"), None);
    let (first, second) = (&list[0], &list[1]);
    let show = |row: &Json| desk.read(&format!("/rest/v1.0/payment_applications/{}?project_id={project}", row["id"]));
    let (one, two) = (show(first), show(second));
    let earned = |invoice: &Json| decimal(&invoice["g702"]["total_earned_less_retainage"]);
    assert_eq!(earned(&two) - earned(&one), decimal(&two["g702"]["current_payment_due"]));
    assert_eq!(decimal(&two["g702"]["less_previous_certificates_for_payment"]), earned(&one));
    let (lines_one, lines_two) = (one["g703"].as_array().unwrap(), two["g703"].as_array().unwrap());
    let before = |line: &Json| decimal(&line["work_completed_from_previous_application"]);
    let stored = |line: &Json| decimal(&line["materials_presently_stored"]);
    let work = |line: &Json| decimal(&line["work_completed_this_period"]);
    let (old, new) = (&lines_one[0], &lines_two[0]);
    assert!(stored(old) > crosswalk::value::Decimal::ZERO && stored(new) == crosswalk::value::Decimal::ZERO);
    assert_eq!(before(new), before(old) + work(old) + stored(old), "what was stored and built in counts as work of before");
    assert!(decimal(&new["work_completed_retainage_released_this_period"]) > crosswalk::value::Decimal::ZERO);
    assert_eq!(new["origin_type"], "LineItem");
    assert!(lines_two.iter().any(|line| line["origin_type"] == "ChangeOrderPackage"));
    let third = show(&list[2]);
    assert_eq!(third["status"], "draft");

    let path = format!("/rest/v1.0/prime_contracts/{}/payment_applications/{}", one["contract"]["id"], one["id"]);
    let update = |fields: Json| desk.call("PATCH", &path, json!({"project_id": project, "payment_application": fields}));
    assert_eq!(update(json!({"origin_id": "ar:1"})).body["origin_id"], "ar:1");
    assert_eq!(update(json!({"billing_date": "2026-01-01"})).status, 422);
    let elsewhere = format!("/rest/v1.0/prime_contracts/7/payment_applications/{}", one["id"]);
    let body = json!({"project_id": project, "payment_application": {"status": "approved"}});
    assert_eq!(desk.call("PATCH", &elsewhere, body).status, 404);
}
