//! Invoices of subcontractors and suppliers, and their payments.

use serde_json::{Value as Json, json};

use super::Desk;

fn decimal(value: &Json) -> crosswalk::value::Decimal {
    crosswalk::value::decimal(value.as_str().unwrap()).unwrap()
}

fn zero() -> crosswalk::value::Decimal {
    crosswalk::value::Decimal::ZERO
}

fn invoices(desk: &Desk, project: i64) -> Vec<Json> {
    desk.read(&format!("/rest/v1.1/requisitions?project_id={project}&view=items&per_page=200")).as_array().unwrap().clone()
}

#[allow(clippy::needless_pass_by_value)] // bodies are made where they are sent
fn update(desk: &Desk, project: i64, invoice: &Json, fields: Json) -> super::Answer {
    let body = json!({"project_id": project, "commitment_id": invoice["commitment_id"], "requisition": fields});
    desk.call("PATCH", &format!("/rest/v1.1/requisitions/{}", invoice["id"]), body)
}

#[test]
fn items_come_with_their_view_and_add_up_to_what_is_due() {
    let desk = Desk::new();
    let project = desk.project();
    let plain = desk.get(&format!("/rest/v1.1/requisitions?project_id={project}"));
    assert_eq!((plain.body[0].get("items"), plain.header("per-page")), (None, "30"));
    for invoice in invoices(&desk, project) {
        let changes = desk.read(&format!("/rest/v1.0/requisitions/{}/change_order_items?project_id={project}", invoice["id"]));
        let contract = desk.read(&format!("/rest/v1.0/requisitions/{}/contract_items?project_id={project}", invoice["id"]));
        assert_eq!(invoice["items"], contract, "lines of the contract and lines of changes are lists of their own");
        let all = || invoice["items"].as_array().unwrap().iter().chain(changes.as_array().unwrap());
        let of = |name: &str| all().map(|item| decimal(&item[name])).sum::<crosswalk::value::Decimal>();
        assert_eq!(decimal(&invoice["summary"]["total_completed_and_stored_to_date"]), of("total_completed_and_stored_to_date"));
        let before: crosswalk::value::Decimal = of("work_completed_from_previous_application");
        if of("materials_presently_stored") == zero() && of("materials_moved") == zero() {
            let due = of("work_completed_this_period") - of("work_completed_retainage_retained_this_period")
                + of("work_completed_retainage_released_this_period");
            assert_eq!(decimal(&invoice["summary"]["current_payment_due"]), due, "{invoice}");
            assert_eq!(of("total_completed_and_stored_to_date"), before + of("work_completed_this_period"));
        }
    }
}

#[test]
fn every_kind_of_invoice_is_there() {
    let desk = Desk::new();
    let list = desk.read(&format!("/rest/v1.1/projects?company_id={}", desk.company_id()));
    let all: Vec<Json> = list.as_array().unwrap().iter().flat_map(|project| invoices(&desk, project["id"].as_i64().unwrap())).collect();
    let some = |fits: &dyn Fn(&Json) -> bool| all.iter().any(fits);
    let item = |invoice: &Json, name: &str| invoice["items"].as_array().unwrap().iter().any(|item| decimal(&item[name]) > zero());
    assert!(some(&|invoice| item(invoice, "work_completed_retainage_retained_this_period")));
    assert!(some(&|invoice| item(invoice, "work_completed_retainage_released_this_period")));
    assert!(some(&|invoice| item(invoice, "materials_presently_stored")) && some(&|invoice| item(invoice, "materials_moved")));
    assert!(some(&|invoice| decimal(&invoice["summary"]["current_payment_due"]) < zero()), "a credit");
    assert!(some(&|invoice| invoice["status"] == "draft") && some(&|invoice| invoice["commitment_type"] == "PurchaseOrderContract"));
    assert!(some(&|invoice| !invoice["item_packages"].as_array().unwrap().is_empty()));
    let first = &all[0];
    assert!(first["percent_complete"].as_str().unwrap().ends_with('%'));
    assert_eq!(first["items"][0]["wbs_code"]["segment_items"].as_array().unwrap().last().unwrap()["segment_type"], "line_item_type");
}

#[test]
fn a_change_order_item_names_the_line_that_it_alters() {
    let desk = Desk::new();
    let project = desk.project();
    let with = invoices(&desk, project).into_iter().find(|invoice| !invoice["item_packages"].as_array().unwrap().is_empty()).unwrap();
    let items = desk.read(&format!("/rest/v1.0/requisitions/{}/change_order_items?project_id={project}", with["id"]));
    let items = items.as_array().unwrap();
    assert!(
        items.iter().any(|item| item["commitment_line_item_id"].is_null())
            && items.iter().any(|item| item["commitment_line_item_id"].is_number())
    );
    assert_eq!(items[0]["change_order_package_id"], with["item_packages"][0]["id"]);
}

/// Invoices lock as a whole (BR-07).
#[test]
fn an_external_id_locks_an_invoice_for_good() {
    let desk = Desk::new();
    let project = desk.project();
    let invoice = invoices(&desk, project)[0].clone();
    let body = json!({"project_id": project, "requisition": {"origin_id": "bill:1"}});
    let path = format!("/rest/v1.1/requisitions/{}", invoice["id"]);
    assert_eq!(desk.call("PATCH", &path, body).status, 400, "the commitment must be named");
    let wrong = json!({"project_id": project, "commitment_id": 7, "requisition": {"origin_id": "bill:1"}});
    assert_eq!(desk.call("PATCH", &path, wrong).status, 404);
    let synced = update(&desk, project, &invoice, json!({"origin_id": "bill:1", "origin_data": "{}"}));
    assert_eq!((synced.status, &synced.body["erp_status"]), (200, &json!("synced")));
    let found = desk.read(&format!("/rest/v1.1/requisitions?project_id={project}&filters[origin_id]=bill:1"));
    assert_eq!(found[0]["id"], invoice["id"]);
    assert_eq!(update(&desk, project, &invoice, json!({"billing_date": "2026-01-01"})).status, 422);
    let item = json!({"items": [{"id": invoice["items"][0]["id"], "item_type": "contract_item", "work_completed_this_period": "1.00"}]});
    assert_eq!(update(&desk, project, &invoice, item).status, 422);
    assert_eq!(desk.call("DELETE", &format!("{path}?project_id={project}"), Json::Null).status, 422);
    let other = &invoices(&desk, project)[1];
    assert_eq!(update(&desk, project, other, json!({"origin_id": "bill:1"})).status, 409);
}

/// Of the invoices of a commitment one may change (BR-57).
#[test]
fn only_the_latest_invoice_of_an_open_period_changes() {
    let desk = Desk::new();
    let project = desk.project();
    let all = invoices(&desk, project);
    let latest = all.iter().find(|invoice| invoice["deletable"] == true).unwrap();
    let earlier = all.iter().find(|invoice| invoice["deletable"] == false).unwrap();
    assert_eq!(update(&desk, project, earlier, json!({"invoice_number": "X"})).status, 422);
    assert_eq!(update(&desk, project, earlier, json!({"origin_id": "bill:7"})).status, 200, "linking is no change");
    let item = &latest["items"][0];
    let work = json!({"items": [{"id": item["id"], "item_type": "contract_item", "work_completed_this_period": "1000.00"}]});
    let changed = update(&desk, project, latest, work);
    assert_eq!((changed.status, &changed.body.get("items")), (200, &None));
    let shown = desk.read(&format!("/rest/v1.1/requisitions/{}?project_id={project}&view=items", latest["id"]));
    assert_eq!(shown["items"][0]["work_completed_this_period"], "1000.00");
    let percent = decimal(&shown["items"][0]["work_completed_retainage_percent_this_period"]);
    assert_eq!(decimal(&shown["items"][0]["work_completed_retainage_retained_this_period"]), percent * crosswalk::value::Decimal::TEN);
    let odd = json!({"items": [{"id": item["id"], "colour": "red"}]});
    assert_eq!(update(&desk, project, latest, odd).status, 406);
    assert_eq!(update(&desk, project, latest, json!({"status": "paid"})).status, 422);
}

/// A linked payment is locked (BR-65).
#[test]
fn payments_are_listed_for_one_contract_and_locked_once_synced() {
    let desk = Desk::new();
    let project = desk.project();
    let invoice = invoices(&desk, project)[0].clone();
    let path = "/rest/v1.0/contract_payments";
    assert_eq!(desk.get(&format!("{path}?project_id={project}")).status, 400);
    let scope = |fields: Json| json!({"project_id": project, "contract_id": invoice["commitment_id"], "contract_payment": fields});
    let fields = json!({"requisition_id": invoice["id"], "amount": "100.50", "date": "2026-06-01", "payment_number": 12, "check_number": "CHK12", "payment_method": "check"});
    let made = desk.call("POST", path, scope(fields));
    assert_eq!((made.status, &made.body["amount"], &made.body["payment_method"]), (201, &json!("100.5"), &Json::Null));
    let inside = json!({"contract_id": invoice["commitment_id"], "amount": "1"});
    assert_eq!(desk.call("POST", path, scope(inside)).status, 406, "the contract stands beside the payment");
    assert_eq!(desk.call("POST", path, scope(json!({"amount": "1", "payment_number": "CHK1"}))).status, 422);
    assert_eq!(desk.call("POST", path, scope(json!({"amount": "1", "requisition_id": 7}))).status, 422);
    let list = || desk.read(&format!("{path}?project_id={project}&contract_id={}", invoice["commitment_id"]));
    assert_eq!(list().as_array().unwrap().len(), 1);
    let one = format!("{path}/{}", made.body["id"]);
    assert_eq!(desk.call("PATCH", &one, scope(json!({"amount": "90.00"}))).body["amount"], "90.0");
    assert_eq!(desk.call("PATCH", &one, scope(json!({"origin_id": "check:1"}))).status, 200);
    assert_eq!(desk.call("PATCH", &one, scope(json!({"amount": "1.00"}))).status, 422);
    let away = format!("{one}?project_id={project}&contract_id={}", invoice["commitment_id"]);
    assert_eq!(desk.call("DELETE", &away, Json::Null).status, 422);
    let row = json!([{"item_type": "contract_payment", "item_id": made.body["id"], "origin_id": null}]);
    desk.sync_all(&format!("/rest/v1.0/companies/{}/external_data/sync", desk.company_id()), json!({}), row);
    assert_eq!(desk.call("DELETE", &away, Json::Null).status, 200);
    assert_eq!(list(), json!([]));
}
