//! Plain writes and bulk writes of reference data.

use serde_json::{Value as Json, json};

use super::Desk;

const VENDORS: &str = "/rest/v1.0/vendors/sync";

/// An origin id stands once, and changes with its id beside it only (BR-06, BR-79).
#[test]
fn the_matrix_of_ids_decides() {
    let desk = Desk::new();
    let scope = || desk.company_scope();
    let made = desk.sync_all(VENDORS, scope(), json!([{"name": "Neither Nor"}, {"name": "By Origin", "origin_id": "vendor:a"}]));
    assert_eq!((&made[0]["origin_id"], &made[1]["origin_id"], &made[1]["synced_to_erp"]), (&Json::Null, &json!("vendor:a"), &json!(true)));
    let (plain, synced) = (made[0]["id"].clone(), made[1]["id"].clone());

    let (entities, errors) = desk.sync(VENDORS, scope(), json!([{"id": 5, "name": "Nobody"}]));
    assert_eq!((entities, &errors[0]["name"]), (json!([]), &json!("Nobody")), "the row comes back as it was sent");
    assert!(errors[0]["errors"]["id"][0].is_string());

    let again = desk.sync_all(VENDORS, scope(), json!([{"id": plain, "city": "Ojai"}, {"origin_id": "vendor:a", "city": "Ojai"}]));
    assert_eq!((&again[0]["id"], &again[1]["id"], &again[1]["city"]), (&plain, &synced, &json!("Ojai")));

    let both = desk.sync_all(VENDORS, scope(), json!([{"id": synced, "origin_id": "vendor:b"}]));
    assert_eq!((&both[0]["id"], &both[0]["origin_id"]), (&synced, &json!("vendor:b")), "the only way to change an external id");
    let (_, errors) = desk.sync(VENDORS, scope(), json!([{"id": 5, "origin_id": "vendor:b"}]));
    assert!(errors[0]["errors"]["id"][0].is_string(), "of both, the id finds");
    let (_, errors) = desk.sync(VENDORS, scope(), json!([{"id": plain, "origin_id": "vendor:b"}]));
    assert_eq!(errors[0]["errors"], json!({"origin_id": ["has already been taken"]}));
    let freed = desk.sync_all(VENDORS, scope(), json!([{"id": synced, "origin_id": null}, {"id": plain, "origin_id": "vendor:b"}]));
    assert_eq!((&freed[0]["synced_to_erp"], &freed[1]["synced_to_erp"]), (&json!(false), &json!(true)));
}

#[test]
fn rows_fail_alone_and_the_call_succeeds() {
    let desk = Desk::new();
    let (entities, errors) = desk.sync(
        VENDORS,
        desk.company_scope(),
        json!([
            {"name": "Good One", "origin_id": "vendor:1"},
            {"city": "No Name", "origin_id": "vendor:2"},
            {"name": "Bad State", "origin_id": "vendor:3", "state_code": "Calif."},
            {"name": "good one", "origin_id": "vendor:4"},
            {"name": "Bad Country", "origin_id": "vendor:5", "country_code": "us"},
            {"name": "Good Two", "origin_id": "vendor:6", "state_code": "CA", "colour": "red"},
        ]),
    );
    let origins =
        |rows: &Json| rows.as_array().unwrap().iter().map(|row| row["origin_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(origins(&entities), ["vendor:1", "vendor:6"], "an unknown field of a row is passed over");
    assert_eq!(origins(&errors), ["vendor:2", "vendor:3", "vendor:4", "vendor:5"]);
    assert_eq!(errors[0]["errors"], json!({"name": ["can't be blank"]}));
    assert_eq!(errors[1]["errors"].as_object().unwrap().keys().collect::<Vec<_>>(), ["state_code"]);
    assert_eq!(errors[2]["errors"], json!({"name": ["has already been taken"]}));
    assert_eq!(entities[1].get("colour"), None);
}

#[test]
fn a_call_holds_a_thousand_rows() {
    let desk = Desk::new();
    let rows = |count: usize| {
        (0..count)
            .map(|at| json!({"code": format!("90-{at}"), "name": "x", "csv_import_code": at.to_string(), "base_type": "other"}))
            .collect::<Vec<_>>()
    };
    let list = desk.procore.settings().standard_cost_code_list_id;
    let codes = json!({"company_id": desk.company_id(), "standard_cost_code_list_id": list, "updates": rows(1001)});
    assert_eq!(desk.call("PATCH", "/rest/v1.0/standard_cost_codes/sync", codes).status, 413);
    let types = json!({"company_id": desk.company_id(), "updates": rows(1001)});
    assert_eq!(desk.call("PATCH", "/rest/v1.0/line_item_types/sync", types).status, 422);
    let whole = desk.sync_all("/rest/v1.0/line_item_types/sync", desk.company_scope(), json!(rows(1000)));
    assert_eq!(whole.as_array().unwrap().len(), 1000);
    assert_eq!(desk.call("PATCH", "/rest/v1.0/line_item_types/sync", desk.company_scope()).status, 400, "rows are wanted");
    assert_eq!(desk.call("PATCH", VENDORS, json!({"company_id": desk.company_id(), "updates": ["x"]})).status, 400);
}

#[test]
fn plain_writes_refuse_what_they_do_not_know() {
    let desk = Desk::new();
    let create = |vendor: Json| desk.call("POST", "/rest/v1.0/vendors", json!({"company_id": desk.company_id(), "vendor": vendor}));
    let made = create(json!({"name": "Plain One", "zip": 93013, "is_active": "true", "origin_id": "vendor:p"}));
    assert_eq!((made.status, &made.body["zip"], &made.body["is_active"]), (201, &json!("93013"), &json!(true)));
    assert_eq!(create(json!({"name": "Plain Two", "colour": "red"})).status, 406);
    let taken = create(json!({"name": "Plain Two", "origin_id": "vendor:p"}));
    assert_eq!((taken.status, &taken.body["errors"]["origin_id"]), (422, &json!(["has already been taken"])));
    assert_eq!(create(json!({"name": " "})).status, 422);
    assert_eq!(desk.call("POST", "/rest/v1.0/vendors", desk.company_scope()).status, 400, "the wrapper is wanted");

    let path = format!("/rest/v1.0/vendors/{}", made.body["id"]);
    let update = |vendor: Json| desk.call("PATCH", &path, json!({"company_id": desk.company_id(), "vendor": vendor}));
    let locked = update(json!({"name": "Renamed"}));
    assert_eq!(locked.status, 422);
    assert!(locked.body["errors"]["name"][0].as_str().unwrap().contains("synced"));
    assert_eq!(update(json!({"notes": "Ours to write"})).status, 200, "other fields stay open");
    desk.sync_all(VENDORS, desk.company_scope(), json!([{"origin_id": "vendor:p", "name": "Renamed"}]));
    assert_eq!(desk.read(&format!("{path}?company_id={}", desk.company_id()))["name"], "Renamed", "the integration may");
}

#[test]
fn dates_that_do_not_parse_become_nothing() {
    let desk = Desk::new();
    let path = format!("/rest/v1.0/projects/{}", desk.project());
    let update = |project: Json| desk.call("PATCH", &path, json!({"company_id": desk.company_id(), "project": project}));
    let dated = update(json!({"start_date": "2026-03-01T00:00:00Z"}));
    assert_eq!(
        (dated.status, &dated.body["start_date"], &dated.body["estimated_start_date"]),
        (200, &json!("2026-03-01"), &json!("2026-03-01"))
    );
    let twin = update(json!({"estimated_start_date": "2026-04-01"}));
    assert_eq!(twin.body["start_date"], json!("2026-04-01"), "the pair holds one value");
    let bad = update(json!({"start_date": "03/01/2026"}));
    assert_eq!((bad.status, &bad.body["start_date"]), (200, &Json::Null));
    assert_eq!(update(json!({"time_zone": "Pacific"})).status, 422);
    assert_eq!(update(json!({"time_zone": "US/Pacific", "total_value": 1250})).body["total_value"], json!("1250.0"));
}

#[test]
fn a_synced_project_is_marked_and_keeps_its_number() {
    let desk = Desk::new();
    let project = desk.project();
    let path = format!("/rest/v1.0/projects/{project}");
    let update = |project: Json| desk.call("PATCH", &path, json!({"company_id": desk.company_id(), "project": project}));
    let linked = update(json!({"origin_id": "project:g", "origin_code": "1001"}));
    assert_eq!((&linked.body["is_erp_integrated"], &linked.body["origin_code"]), (&json!(true), &json!("1001")));
    assert_eq!(update(json!({"project_number": "9"})).status, 422);
    assert_eq!(update(json!({"name": "Other name"})).status, 200);
    let synced = desk.sync_all("/rest/v1.0/projects/sync", desk.company_scope(), json!([{"id": project, "origin_code": "1002"}]));
    assert_eq!(synced[0]["origin_code"], json!("1001"), "sync does not know origin_code of projects");
    let other = desk.read(&format!("/rest/v1.1/projects?company_id={}", desk.company_id()))[1]["id"].clone();
    let (_, errors) = desk.sync("/rest/v1.0/projects/sync", desk.company_scope(), json!([{"id": other, "origin_id": "project:g"}]));
    assert_eq!(errors[0]["errors"]["origin_id"], json!(["has already been taken"]));
}

#[test]
fn cost_types_are_written_in_one_word_and_read_in_another() {
    let desk = Desk::new();
    let sync = "/rest/v1.0/line_item_types/sync";
    let made = desk.sync_all(
        sync,
        desk.company_scope(),
        json!([{"csv_import_code": "BOND", "name": "Bonds", "base_type": "other", "origin_id": "cost_type:1"}]),
    );
    assert_eq!((&made[0]["code"], made[0].get("csv_import_code"), made[0].get("created_at")), (&json!("BOND"), None, None));
    let (_, errors) = desk.sync(sync, desk.company_scope(), json!([{"code": "FEE", "name": "Fees", "base_type": "other"}, {"csv_import_code": "FEE", "name": "Fees"}, {"csv_import_code": "FEE", "name": "Fees", "base_type": "magic"}, {"csv_import_code": "labor", "name": "Labour", "base_type": "other"}]));
    let reasons: Vec<&Json> = errors.as_array().unwrap().iter().map(|row| &row["errors"]).collect();
    assert_eq!(reasons[0], &json!({"csv_import_code": ["can't be blank"]}));
    assert_eq!(reasons[1], &json!({"base_type": ["can't be blank"]}));
    assert!(reasons[2]["base_type"].as_array().unwrap().contains(&json!("is not included in the list")));
    assert_eq!(reasons[3], &json!({"csv_import_code": ["has already been taken"]}));
}

#[test]
fn cost_codes_live_in_their_list_and_project() {
    let desk = Desk::new();
    let (company, list) = (desk.company_id(), desk.procore.settings().standard_cost_code_list_id);
    let path = format!("/rest/v1.0/standard_cost_codes?company_id={company}&standard_cost_code_list_id={list}");
    let seeded = desk.read(&format!("{path}&per_page=100"));
    assert_eq!(seeded.as_array().unwrap().len(), 14, "two of three, by hand");
    assert!(seeded.as_array().unwrap().iter().all(|code| code["origin_id"].is_null()));
    let scope = json!({"company_id": company, "standard_cost_code_list_id": list});
    let made = desk.sync_all(
        "/rest/v1.0/standard_cost_codes/sync",
        scope.clone(),
        json!([{"id": seeded[0]["id"], "origin_id": "cost_code:1"}, {"code": "99", "name": "Top", "origin_id": "cost_code:2"}]),
    );
    let below =
        desk.sync_all("/rest/v1.0/standard_cost_codes/sync", scope, json!([{"code": "1", "name": "Below", "parent_id": made[1]["id"]}]));
    assert_eq!((&below[0]["full_code"], &below[0]["standard_cost_code_list_id"]), (&json!("99-1"), &json!(list)));
    assert_eq!(desk.read(&format!("{path}&filters[origin_id]=cost_code:1"))[0]["id"], seeded[0]["id"]);

    let projects = desk.read(&format!("/rest/v1.1/projects?company_id={company}"));
    let (one, two) = (&projects[0]["id"], &projects[1]["id"]);
    let sync = |project: &Json, rows: Json| desk.sync(&format!("/rest/v1.0/cost_codes/sync?project_id={project}"), json!({}), rows);
    let (entities, _) =
        sync(one, json!([{"code": "98-1", "name": "Ours", "origin_id": "cost_code:x", "standard_cost_code_id": made[1]["id"]}]));
    assert_eq!((&entities[0]["biller_type"], &entities[0]["biller_id"], &entities[0]["parent"]), (&json!("Project"), one, &Json::Null));
    let (_, errors) = sync(two, json!([{"code": "98-1", "name": "Ours", "origin_id": "cost_code:x"}]));
    assert_eq!(errors[0]["errors"], json!({"origin_id": ["has already been taken"]}), "once in a company, whatever the project");
}

#[test]
fn on_an_erp_project_cost_codes_change_by_sync_only() {
    let desk = Desk::new();
    let (company, project) = (desk.company_id(), desk.project());
    let create =
        |code: &str| desk.call("POST", "/rest/v1.0/cost_codes", json!({"project_id": project, "cost_code": {"code": code, "name": "x"}}));
    let made = create("97-1");
    assert_eq!(made.status, 201);
    desk.call("PATCH", &format!("/rest/v1.0/projects/{project}"), json!({"company_id": company, "project": {"origin_id": "project:g"}}));
    assert_eq!(create("97-2").status, 422);
    let path = format!("/rest/v1.0/cost_codes/{}", made.body["id"]);
    assert_eq!(desk.call("PATCH", &path, json!({"project_id": project, "cost_code": {"name": "y"}})).status, 422);
    desk.sync_all(&format!("/rest/v1.0/cost_codes/sync?project_id={project}"), json!({}), json!([{"id": made.body["id"], "name": "y"}]));
    let list = desk.procore.settings().standard_cost_code_list_id;
    let copy = desk.call(
        "POST",
        "/rest/v1.0/cost_codes/copy_from_standard_list",
        json!({"project_id": project, "standard_cost_code_list_id": list}),
    );
    let codes = desk.read(&format!("/rest/v1.0/cost_codes?project_id={project}&per_page=1000"));
    assert_eq!(copy.status, 201);
    assert!(!copy.body.as_array().unwrap().is_empty() && codes.as_array().unwrap().len() > 14);
}
