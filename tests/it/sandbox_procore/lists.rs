//! Pages, filters, order, views, scope.

use serde_json::{Value as Json, json};

use super::Desk;

fn ids(rows: &Json) -> Vec<i64> {
    rows.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

#[test]
fn pages_lead_through_a_list() {
    let desk = Desk::new();
    let all = ids(&desk.vendors());
    let mut next = format!("/rest/v1.0/vendors?company_id={}&per_page=5", desk.company_id());
    let mut gathered = Vec::new();
    for page in 1.. {
        let answer = desk.get(&next);
        assert_eq!((answer.header("total"), answer.header("per-page")), (all.len().to_string().as_str(), "5"));
        gathered.extend(ids(&answer.body));
        let link = answer.header("link").to_owned();
        assert_eq!(link.contains("rel=\"first\""), page > 1, "{link}");
        assert_eq!(link.contains("rel=\"prev\""), page > 2, "{link}");
        let Some(part) = link.split(", ").find(|part| part.ends_with("rel=\"next\"")) else { break };
        assert!(link.contains("rel=\"last\""));
        next = part.trim_start_matches("<http://procore.sandbox").split('>').next().unwrap().to_owned();
    }
    assert!(all.len() > 10, "several pages");
    assert_eq!(gathered, all);
    assert!(all[0] > i64::from(u32::MAX), "ids need 64 bits");
}

#[test]
fn filters_combine() {
    let desk = Desk::new();
    let company = desk.company_id();
    let vendors = desk.vendors();
    let rows = vendors.as_array().unwrap();
    let list = |query: &str| ids(&desk.read(&format!("/rest/v1.0/vendors?company_id={company}&{query}")));
    let (one, two) = (rows[0]["id"].as_i64().unwrap(), rows[1]["id"].as_i64().unwrap());
    assert_eq!(list(&format!("filters[id][]={one}&filters[id][]={two}")), [one, two]);
    desk.sync_all("/rest/v1.0/vendors/sync", desk.company_scope(), json!([{"id": one, "origin_id": "vendor:1"}]));
    assert_eq!(list("filters[origin_id]=vendor%3A1"), [one]);
    assert_eq!(list(&format!("filters[origin_id]=vendor:1&filters[id][]={two}")), Vec::<i64>::new());
    assert_eq!(list("filters[colour]=red&per_page=1000").len(), rows.len(), "an unknown filter filters nothing");

    desk.turn(3600);
    desk.sync_all("/rest/v1.0/vendors/sync", desk.company_scope(), json!([{"id": two, "city": "Ojai"}]));
    assert_eq!(list("filters[updated_at]=2026-11-22T09:00:00Z...2026-11-23T00:00:00Z"), [two]);
    assert_eq!(list("filters[updated_at]=%222026-11-22T09:00:00Z...2026-11-23T00:00:00Z%22"), [two]);
    assert!(!list("filters[updated_at]=2026-11-22T08:00:00Z...2026-11-22T09:00:00Z&per_page=1000").contains(&two));
    desk.turn(60);
    desk.sync_all("/rest/v1.0/vendors/sync", desk.company_scope(), json!([{"id": two, "city": "Ojai"}]));
    assert_eq!(list("filters[updated_at]=2026-11-22T09:01:00Z...2026-11-23T00:00:00Z"), Vec::<i64>::new(), "nothing has changed");
}

#[test]
fn lists_are_sorted_and_shortened_on_request() {
    let desk = Desk::new();
    let company = desk.company_id();
    let names = |sort: &str| {
        let rows = desk.read(&format!("/rest/v1.0/vendors?company_id={company}&view=compact&per_page=1000&sort={sort}"));
        rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_lowercase()).collect::<Vec<_>>()
    };
    let (rising, mut falling) = (names("name"), names("-name"));
    assert!(rising.is_sorted());
    falling.reverse();
    assert!(falling.is_sorted());
    let compact = desk.read(&format!("/rest/v1.0/vendors?company_id={company}&view=compact&per_page=1"));
    assert_eq!(compact[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "name"]);
    let ids = desk.read(&format!("/rest/v1.1/projects?company_id={company}&view=ids&per_page=1"));
    assert_eq!(ids[0].as_object().unwrap().len(), 1);
    let extended = desk.read(&format!("/rest/v1.0/vendors?company_id={company}&view=extended&per_page=1"));
    assert_eq!((&extended[0]["website"], &extended[0]["synced_to_erp"]), (&Json::Null, &json!(false)));
}

#[test]
fn inactive_companies_stand_apart_and_come_back() {
    let desk = Desk::new();
    let company = desk.company_id();
    let inactive = format!("/rest/v1.0/companies/{company}/vendors/inactive");
    let gone = desk.read(&inactive);
    assert_eq!((gone.as_array().unwrap().len(), &gone[0]["name"]), (1, &json!("Old Mill Fencing")));
    assert!(!ids(&desk.vendors()).contains(&ids(&gone)[0]));
    let back = desk.call("PATCH", &format!("{inactive}/{}", ids(&gone)[0]), json!({}));
    assert_eq!((back.status, &back.body["is_active"]), (200, &json!(true)));
    assert!(ids(&desk.vendors()).contains(&ids(&gone)[0]));
}

#[test]
fn projects_and_lists_are_seen_within_their_scope_only() {
    let desk = Desk::new();
    let company = desk.company_id();
    let projects = desk.read(&format!("/rest/v1.1/projects?company_id={company}"));
    let (one, two) = (projects[0]["id"].as_i64().unwrap(), projects[1]["id"].as_i64().unwrap());
    let contract = desk.read(&format!("/rest/v1.0/work_order_contracts?project_id={one}"))[0]["id"].as_i64().unwrap();
    let path = format!("/rest/v1.0/work_order_contracts/{contract}?project_id=");
    assert_eq!(desk.get(&format!("{path}{one}")).status, 200);
    assert_eq!(desk.get(&format!("{path}{two}")).status, 404);
    assert_eq!(desk.get(&format!("{path}12")).status, 404);
    assert_eq!(desk.get(&format!("/rest/v1.0/work_order_contracts/{contract}")).status, 400, "project_id is wanted");
    let synced = |value: &str| desk.read(&format!("/rest/v1.1/projects?company_id={company}&filters[synced]={value}"));
    assert_eq!((ids(&synced("true")).len(), ids(&synced("false")).len()), (0, 3));
    let lists = desk.read(&format!("/rest/v1.0/standard_cost_code_lists?company_id={company}"));
    let erp: Vec<&Json> = lists.as_array().unwrap().iter().filter(|list| list["is_erp_list"] == json!(true)).collect();
    assert_eq!((erp.len(), &erp[0]["id"]), (1, &json!(desk.procore.settings().standard_cost_code_list_id)));
    assert_eq!(desk.get(&format!("/rest/v1.0/standard_cost_codes?company_id={company}")).status, 400);
}

#[test]
fn a_project_shows_what_was_asked_for() {
    let desk = Desk::new();
    let project = desk.project();
    let path = format!("/rest/v1.0/projects/{project}?company_id={}", desk.company_id());
    let shown = desk.get(&path);
    let ours = &desk.company.projects[0];
    assert_eq!(shown.body["project_number"], json!(ours.number));
    assert_eq!(shown.body["display_name"], json!(format!("{} - {}", ours.number, ours.name)));
    assert_eq!((&shown.body["is_erp_integrated"], &shown.body["origin_id"]), (&json!(false), &Json::Null));
    assert!(matches!(shown.value().at("latitude"), Some(crosswalk::value::Value::Number(_))), "a number, not text");
    assert_eq!(desk.read(&format!("{path}&view=minimal")).as_object().unwrap().len(), 2);
    assert_eq!(desk.get(&format!("/rest/v1.0/projects/12?company_id={}", desk.company_id())).status, 404);
}
