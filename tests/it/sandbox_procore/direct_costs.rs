//! Direct costs: header, lines, then the external id that locks both.

use serde_json::{Value as Json, json};

use super::Desk;

/// A project with one of its budget codes.
struct Site {
    desk: Desk,
    project: i64,
    cost_code: Json,
    cost_type: Json,
}

impl Site {
    fn new() -> Self {
        let desk = Desk::new();
        let project = desk.project();
        let contracts = desk.read(&format!("/rest/v1.0/work_order_contracts?project_id={project}"));
        let lines = desk.read(&format!("/rest/v1.0/work_order_contracts/{}/line_items?project_id={project}", contracts[0]["id"]));
        Self { desk, project, cost_code: lines[0]["cost_code"]["id"].clone(), cost_type: lines[0]["line_item_type"]["id"].clone() }
    }

    fn sync(&self, rows: Json) -> (Json, Json) {
        self.desk.sync(&format!("/rest/v1.0/projects/{}/direct_costs/sync", self.project), json!({}), rows)
    }

    fn sync_lines(&self, rows: Json) -> (Json, Json) {
        self.desk.sync(&format!("/rest/v1.0/projects/{}/direct_costs/line_items/sync", self.project), json!({}), rows)
    }

    fn header(&self) -> Json {
        let row = json!({"direct_cost_type": "invoice", "status": "approved", "direct_cost_date": "2026-02-01", "origin_data": "tran:77"});
        let (entities, errors) = self.sync(json!([row]));
        assert_eq!(errors, json!([]));
        entities[0]["id"].clone()
    }

    fn line(&self, header: &Json) -> Json {
        json!({"direct_cost_id": header, "cost_code_id": self.cost_code, "line_item_type_id": self.cost_type, "amount": 99.99,
            "quantity": 2, "unit_cost": 10, "extended_type": "manual", "origin_id": "tran:77"})
    }

    fn show(&self, header: &Json) -> Json {
        self.desk.read(&format!("/rest/v1.1/projects/{}/direct_costs/{header}", self.project))
    }
}

#[test]
fn header_then_lines_then_the_external_id() {
    let site = Site::new();
    let header = site.header();
    let (lines, errors) = site.sync_lines(json!([site.line(&header)]));
    assert_eq!(errors, json!([]));
    assert_eq!((&lines[0]["amount"], &lines[0]["quantity"]), (&json!("99.99"), &json!("2.0")), "numbers in, text out");
    assert_eq!(lines[0]["holder"], json!({"id": header, "holder_type": "DirectCost"}));
    let (locked, errors) = site.sync(json!([{"id": header, "origin_id": "tran:77"}]));
    assert_eq!((errors, &locked[0]["origin_id"], &locked[0]["grand_total"]), (json!([]), &json!("tran:77"), &json!("99.99")));
    assert_eq!(locked[0].get("line_items"), None);
    let whole = site.show(&header);
    assert_eq!((&whole["line_items_count"], &whole["line_items"][0]["origin_id"]), (&json!(1), &json!("tran:77")));
    let found = site.desk.read(&format!("/rest/v1.1/projects/{}/direct_costs?filters[origin_id]=tran:77", site.project));
    assert_eq!((&found[0]["id"], &found[0]["amount"]), (&header, &json!("99.99")));
}

/// What the ERP owns cannot be edited here (BR-07, BR-72).
#[test]
fn a_synced_direct_cost_takes_nothing_more() {
    let site = Site::new();
    let header = site.header();
    let (lines, _) = site.sync_lines(json!([site.line(&header)]));
    site.sync(json!([{"id": header, "origin_id": "tran:77"}]));
    let synced = |errors: &Json| errors[0]["errors"]["base"][0].as_str().unwrap_or_default().contains("synced");

    assert_eq!(site.sync(json!([{"id": header, "origin_id": "tran:77"}])).1, json!([]), "saying it again does no harm");
    assert!(synced(&site.sync(json!([{"origin_id": "tran:77", "description": "later"}])).1));
    assert!(synced(&site.sync(json!([{"id": header, "origin_id": null, "description": "later"}])).1), "unlink first, then correct");
    let mut second = site.line(&header);
    second["origin_id"] = json!("tran:78");
    assert!(synced(&site.sync_lines(json!([second])).1));
    assert!(synced(&site.sync_lines(json!([{"id": lines[0]["id"], "amount": 1}])).1));
    assert_eq!(site.sync_lines(json!([site.line(&header)])).1, json!([]), "the same line again changes nothing");

    let path = format!("/rest/v1.1/projects/{}/direct_costs/{header}", site.project);
    let refused = site.desk.call("PATCH", &path, json!({"direct_cost": {"status": "draft"}}));
    assert_eq!((refused.status, refused.body["errors"]["base"][0].as_str().unwrap().contains("synced")), (422, true));
    assert_eq!(site.desk.call("DELETE", &path, Json::Null).status, 422);
    let lines_path = format!("/rest/v1.0/projects/{}/direct_costs/{header}/line_items", site.project);
    let line = json!({"line_item": {"cost_code_id": site.cost_code, "line_item_type_id": site.cost_type, "amount": 1}});
    assert_eq!(site.desk.call("POST", &lines_path, line).status, 422);
    assert_eq!(site.desk.call("DELETE", &format!("{lines_path}/{}", lines[0]["id"]), Json::Null).status, 422);

    assert_eq!(site.sync(json!([{"id": header, "origin_id": null}])).1, json!([]));
    assert_eq!(site.sync(json!([{"id": header, "status": "draft"}])).1, json!([]));
    assert_eq!(site.desk.call("DELETE", &path, Json::Null).status, 200);
    assert_eq!(site.desk.get(&path).status, 404);
}

#[test]
fn amounts_are_worked_out_unless_they_are_manual() {
    let site = Site::new();
    let header = site.header();
    let mut line = site.line(&header);
    line.as_object_mut().unwrap().remove("extended_type");
    let (lines, _) = site.sync_lines(json!([line]));
    assert_eq!((&lines[0]["amount"], &lines[0]["extended_type"]), (&json!("20.0"), &json!("calculated")));
}

#[test]
fn lines_need_their_direct_cost_and_a_budget_code() {
    let site = Site::new();
    let header = site.header();
    let row = |change: Json| {
        let mut row = site.line(&header);
        row.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (_, errors) = site.sync_lines(json!([row]));
        errors[0]["errors"].as_object().map(|fields| fields.keys().cloned().collect::<Vec<_>>()).unwrap_or_default()
    };
    assert_eq!(row(json!({"direct_cost_id": 5})), ["direct_cost_id"]);
    assert_eq!(row(json!({"cost_code_id": 5})), ["cost_code_id"]);
    assert_eq!(row(json!({"line_item_type_id": null})), ["line_item_type_id"]);
    assert_eq!(row(json!({"wbs_code_id": 5})), ["wbs_code_id"]);
    assert_eq!(row(json!({"amount": "ten"})), ["amount"]);
    assert_eq!(row(json!({})), Vec::<String>::new());
}

#[test]
fn a_subcontractor_invoice_comes_by_create_and_reads_back_as_an_invoice() {
    let site = Site::new();
    let (_, errors) = site.sync(json!([{"direct_cost_type": "subcontractor_invoice"}]));
    assert_eq!(errors[0]["errors"]["direct_cost_type"], json!(["is not included in the list"]));
    let path = format!("/rest/v1.1/projects/{}/direct_costs", site.project);
    let vendor = &site.desk.vendors()[0];
    let codes = site.desk.read(&format!("/rest/v1.0/projects/{}/work_breakdown_structure/wbs_codes", site.project));
    let line = |code: &Json| json!({"wbs_code_id": code, "manual_amount": 12.5, "origin_id": "tran:5"});
    let cost = |line: Json| json!({"direct_cost": {"direct_cost_type": "subcontractor_invoice", "vendor_id": vendor["id"], "origin_id": "tran:5", "line_items": [line]}});
    let before = site.desk.read("/sandbox/records/direct_costs").as_array().unwrap().len();
    assert_eq!(site.desk.call("POST", &path, cost(line(&json!(5)))).status, 422);
    assert_eq!(site.desk.call("POST", &path, cost(json!({"wbs_code_id": codes[0]["id"], "amount": 1}))).status, 406);
    assert_eq!(site.desk.read("/sandbox/records/direct_costs").as_array().unwrap().len(), before, "all or nothing");
    let made = site.desk.call("POST", &path, cost(line(&codes[0]["id"])));
    assert_eq!((made.status, &made.body["direct_cost_type"], &made.body["status"]), (201, &json!("invoice"), &json!("draft")));
    assert_eq!((&made.body["vendor"]["name"], &made.body["origin_id"]), (&vendor["name"], &json!("tran:5")));
    assert_eq!((&made.body["line_items"][0]["amount"], &made.body["grand_total"]), (&json!("12.5"), &json!("12.5")));
    assert_eq!(site.desk.call("POST", &path, cost(line(&codes[0]["id"]))).status, 409, "there already");
}

#[test]
fn lines_can_be_read_for_the_project_and_for_one_cost() {
    let site = Site::new();
    let (one, two) = (site.header(), site.header());
    let mut other = site.line(&two);
    other["origin_id"] = json!("tran:78");
    site.sync_lines(json!([site.line(&one), other]));
    let base = format!("/rest/v1.0/projects/{}/direct_costs", site.project);
    let count = |path: &str| site.desk.read(path).as_array().unwrap().len();
    assert_eq!(count(&format!("{base}/line_items")), 2);
    assert_eq!(count(&format!("{base}/line_items?filters[direct_cost_id]={one}")), 1);
    assert_eq!(count(&format!("{base}/{one}/line_items")), 1);
    let line = site.desk.read(&format!("{base}/{one}/line_items"))[0]["id"].clone();
    let changed = site.desk.call("PATCH", &format!("{base}/{one}/line_items/{line}"), json!({"line_item": {"amount": 7}}));
    assert_eq!((changed.status, &changed.body["amount"]), (200, &json!("7.0")));
    assert_eq!(site.show(&one)["grand_total"], json!("7.0"));
    assert_eq!(site.desk.get(&format!("{base}/{two}/line_items/{line}")).status, 404);
}
