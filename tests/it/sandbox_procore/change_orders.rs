//! Change orders of one, two and three tiers, with their lines and markups.

use serde_json::{Value as Json, json};

use super::Desk;

fn decimal(value: &Json) -> crosswalk::value::Decimal {
    crosswalk::value::decimal(value.as_str().unwrap()).unwrap()
}

fn projects(desk: &Desk) -> Vec<i64> {
    let list = desk.read(&format!("/rest/v1.1/projects?company_id={}", desk.company_id()));
    list.as_array().unwrap().iter().map(|project| project["id"].as_i64().unwrap()).collect()
}

fn orders(desk: &Desk, project: i64, kind: &str, more: &str) -> Vec<Json> {
    desk.read(&format!("/rest/v1.0/projects/{project}/{kind}{more}")).as_array().unwrap().clone()
}

fn lines(desk: &Desk, project: i64, kind: &str, id: &Json) -> Json {
    desk.read(&format!("/rest/v2.0/companies/{}/projects/{project}/{kind}/{id}/line_items", desk.company_id()))["data"].clone()
}

#[test]
fn tiers_decide_where_a_change_is_found() {
    let desk = Desk::new();
    let seen: Vec<(usize, usize, Json)> = projects(&desk)
        .into_iter()
        .map(|project| {
            let packages = desk.read(&format!("/rest/v1.0/change_order_packages?project_id={project}&per_page=100"));
            let parts = desk.read(&format!("/rest/v1.0/potential_change_orders?project_id={project}&per_page=100"));
            assert_eq!(packages.as_array().unwrap().len(), parts.as_array().unwrap().len());
            let orders =
                orders(&desk, project, "commitment_change_orders", "").len() + orders(&desk, project, "prime_change_orders", "").len();
            (orders, packages.as_array().unwrap().len(), parts[0]["change_order_tiers"].clone())
        })
        .collect();
    assert_eq!(seen.iter().map(|(_, _, tiers)| tiers.clone()).collect::<Vec<_>>(), [json!(1), json!(2), json!(3)]);
    assert!(seen[0].0 == seen[0].1 && seen[1].0 == seen[1].1 && seen[0].0 > 0, "each is there twice: {seen:?}");
    assert_eq!((seen[2].0, seen[2].1 > 0), (0, true), "three tiers have packages only");
}

#[test]
fn headers_have_no_pages_and_lines_are_of_version_two() {
    let desk = Desk::new();
    let project = desk.project();
    let path = format!("/rest/v1.0/projects/{project}/commitment_change_orders");
    let answer = desk.get(&format!("{path}?per_page=1"));
    assert!(answer.body.as_array().unwrap().len() > 1 && answer.header("total").is_empty(), "no pages");
    assert_eq!(answer.body[0].get("external_data"), None, "only with view=extended");
    let all = orders(&desk, project, "commitment_change_orders", "?view=extended");
    assert_eq!(all[0]["external_data"], json!({"origin_id": null, "origin_code": null, "origin_data": null}));
    let of_contract = orders(&desk, project, "commitment_change_orders", &format!("?filters[contract_id]={}", all[0]["contract_id"]));
    let numbers: Vec<&str> = of_contract.iter().map(|order| order["number"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["001", "002", "003"], "in order on each contract");

    let second = of_contract.iter().find(|order| order["number"] == "002").unwrap();
    let lines = lines(&desk, project, "commitment_change_orders", &second["id"]);
    assert!(lines[0]["id"].is_string() && lines[0]["quantity"].is_number() && lines[0]["amount"].is_string());
    assert!(lines[0]["commitment_line_item_id"].is_string() && lines[0]["wbs_code"]["id"].is_string());
    assert_eq!(lines[1]["commitment_line_item_id"], Json::Null, "a new line");
    let sum: crosswalk::value::Decimal = lines.as_array().unwrap().iter().map(|line| decimal(&line["amount"])).sum();
    assert_eq!(decimal(&second["grand_total"]), sum);
    let gone = format!("/rest/v2.0/companies/{}/projects/{project}/commitment_change_orders/7/line_items", desk.company_id());
    assert_eq!(desk.get(&gone).body["error"]["code"], "NOT_FOUND", "errors of version two have one shape");
    let other = format!("/rest/v2.0/companies/7/projects/{project}/commitment_change_orders/{}/line_items", second["id"]);
    assert_eq!(desk.get(&other).status, 404);
}

#[test]
fn a_package_shows_its_lines_and_markups_when_asked_for_alone() {
    let desk = Desk::new();
    let project = desk.project();
    let all = orders(&desk, project, "prime_change_orders", "?view=extended&filters[status]=approved");
    let marked = all.iter().find(|order| order["number"] == "002").unwrap();
    let id = &marked["legacy_package_id"];
    let list = desk.read(&format!("/rest/v1.0/change_order_packages?project_id={project}&contract_id={}", marked["contract_id"]));
    assert!(list.as_array().unwrap().iter().all(|row| row.get("line_items").is_none() && row.get("description").is_none()));
    let package = desk.read(&format!("/rest/v1.0/change_order_packages/{id}?project_id={project}"));
    assert_eq!(package["type"], "PrimeContractChangeOrder");
    let line = &package["line_items"][0];
    let sets: Vec<&str> =
        line["markup_line_items"].as_array().unwrap().iter().map(|markup| markup["markup"]["markup_set"].as_str().unwrap()).collect();
    assert_eq!(sets, ["horizontal", "vertical"]);
    let amount = |at: usize| decimal(&line["markup_line_items"][at]["amount"]);
    assert_eq!(decimal(&line["extended_amount"]), decimal(&line["total_amount"]) + amount(0), "vertical markups are not in it");
    let total: crosswalk::value::Decimal = package["line_items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let added = line["markup_line_items"].as_array().unwrap().iter().map(|markup| decimal(&markup["amount"]));
            decimal(&line["total_amount"]) + added.sum::<crosswalk::value::Decimal>()
        })
        .sum();
    assert_eq!((decimal(&package["grand_total"]), decimal(&marked["grand_total"])), (total, total));
    let plain = lines(&desk, project, "prime_change_orders", &marked["id"]);
    assert!(plain[0].get("markup_line_items").is_none() && plain[0].get("commitment_line_item_id").is_none());
    assert_ne!(decimal(&plain[0]["amount"]) + decimal(&plain[1]["amount"]), total);
}

#[test]
fn a_potential_change_order_wants_its_contract_named() {
    let desk = Desk::new();
    let project = desk.project();
    let part = desk.read(&format!("/rest/v1.0/potential_change_orders?project_id={project}"))[0].clone();
    let path = format!("/rest/v1.0/potential_change_orders/{}", part["id"]);
    assert_eq!(desk.get(&format!("{path}?project_id={project}")).status, 400);
    assert_eq!(desk.get(&format!("{path}?project_id={project}&contract_id=7")).status, 404);
    let whole = desk.read(&format!("{path}?project_id={project}&contract_id={}", part["contract_id"]));
    assert_eq!(whole["line_items"].as_array().unwrap().len(), 1);
    let lines = desk.read(&format!("{path}/line_items?project_id={project}"));
    assert_eq!((&lines[0]["holder"]["holder_type"], lines[0].get("markups")), (&json!("PotentialChangeOrder"), None));
}

#[test]
fn a_change_that_is_approved_counts_in_its_contract_and_in_its_package() {
    let desk = Desk::new();
    let project = desk.project();
    let pending = orders(&desk, project, "commitment_change_orders", "?filters[status]=pending")[0].clone();
    let contract = || {
        let path = |kind: &str| format!("/rest/v1.0/{kind}/{}?project_id={project}", pending["contract_id"]);
        let found = desk.get(&path("work_order_contracts"));
        if found.status == 200 { found.body } else { desk.read(&path("purchase_order_contracts")) }
    };
    let before = decimal(&contract()["approved_change_orders"]);
    desk.turn(60);
    let path = format!("/rest/v1.0/projects/{project}/commitment_change_orders/{}", pending["id"]);
    let update = |fields: Json| desk.call("PATCH", &path, json!({"change_order": fields}));
    assert_eq!(update(json!({"status": "agreed"})).status, 422);
    assert_eq!(update(json!({"status": "approved"})).body["reviewed_at"], "2026-11-22T08:01:00Z");
    assert_eq!(decimal(&contract()["approved_change_orders"]), before + decimal(&pending["grand_total"]));
    let package = format!("/rest/v1.0/change_order_packages/{}?project_id={project}", pending["legacy_package_id"]);
    assert_eq!(desk.read(&package)["status"], "approved");

    let row = json!([{"item_type": "change_order", "item_id": pending["id"], "origin_id": "co:1", "origin_code": "000001"}]);
    desk.sync_all(&format!("/rest/v1.0/companies/{}/external_data/sync", desk.company_id()), json!({}), row);
    assert_eq!(desk.read(&format!("{path}?view=extended"))["external_data"]["origin_code"], "000001");
    assert_eq!(update(json!({"status": "void"})).status, 422, "synced");
    assert_eq!(update(json!({"title": "More"})).status, 200);
    assert_eq!(desk.read(&package)["title"], "More");
    assert_eq!(desk.call("DELETE", &path, Json::Null).status, 422);
    let body = json!({"project_id": project, "change_order": {"origin_id": "pkg:1", "number": "7"}});
    assert_eq!(desk.call("PATCH", package.split('?').next().unwrap(), body).status, 406, "a number cannot be changed there");
}
