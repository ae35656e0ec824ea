//! Fields that the company has added: definitions to list, and values in the records that have them.

use crosswalk::sandbox::CustomField;
use serde_json::{Value as Json, json};

use super::Desk;

fn site() -> CustomField {
    let value = crosswalk::value::Value::from("North");
    CustomField { id: 4711, label: "Site".into(), data_type: "string".into(), resource: "work_order_contracts".into(), value }
}

#[test]
fn definitions_are_listed_page_by_page_for_our_company() {
    let path = |desk: &Desk| format!("/rest/v1.1/companies/{}/custom_field_definitions", desk.company_id());
    let none = Desk::new();
    assert_eq!(none.read(&path(&none)), json!([]));
    let desk = Desk::with(|options| {
        options.custom_fields = (0..3).map(|more| CustomField { id: 4711 + more, ..site() }).collect();
    });
    let first = desk.get(&format!("{}?page=1&per_page=2", path(&desk)));
    assert_eq!(first.body.as_array().unwrap().len(), 2);
    assert!(first.response.header("link").unwrap().contains("rel=\"next\""));
    assert_eq!(
        (&first.body[0]["id"], &first.body[0]["label"], &first.body[0]["data_type"]),
        (&4711.into(), &"Site".into(), &"string".into())
    );
    assert_eq!(desk.get("/rest/v1.1/companies/1/custom_field_definitions").status, 404);
}

#[test]
fn records_show_custom_fields_under_one_member() {
    let desk = Desk::with(|options| options.custom_fields = vec![site()]);
    let rows = desk.procore.records("work_order_contracts");
    let row: Json = serde_json::from_str(&crosswalk::value::Value::Record(rows[0].clone()).to_string()).unwrap();
    let (project, id) = (&row["project_id"], &row["id"]);
    let path = format!("/rest/v1.0/work_order_contracts/{id}?project_id={project}");
    assert_eq!(desk.read(&path)["custom_fields"], json!({"custom_field_4711": {"data_type": "string", "value": "North"}}));
    // Somebody fills it in.
    desk.call("PATCH", &format!("/sandbox/records/work_order_contracts/{id}"), json!({"custom_field_4711": "South"}));
    let shown = desk.read(&path);
    assert_eq!(shown["custom_fields"]["custom_field_4711"]["value"], "South");
    assert!(shown.get("custom_field_4711").is_none());
    assert!(desk.read(&format!("/rest/v1.0/purchase_order_contracts?project_id={project}")).to_string().find("custom_fields").is_none());
}
