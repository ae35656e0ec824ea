//! Sub jobs, the cost codes below them, and budget codes of three segments.

use serde_json::{Value as Json, json};

use super::Desk;

fn first(desk: &Desk, project: i64) -> Json {
    desk.read(&format!("/rest/v1.0/sub_jobs?project_id={project}"))[0].clone()
}

#[test]
fn a_sub_job_with_cost_codes_stays() {
    let desk = Desk::new();
    let project = desk.project();
    let job = first(&desk, project);
    assert_eq!((&job["code"], &job["origin_id"]), (&json!("EAST"), &Json::Null));
    let path = |id: &Json| format!("/rest/v1.0/sub_jobs/{id}?project_id={project}");
    assert_eq!(desk.call("DELETE", &path(&job["id"]), Json::Null).status, 422);
    let made = desk.sync_all(
        &format!("/rest/v1.0/sub_jobs/sync?project_id={project}"),
        json!({"project_id": project}),
        json!([{"code": "ROOF", "name": "Roof", "origin_id": "task:1"}]),
    )[0]
    .clone();
    assert_eq!(desk.read(&path(&made["id"]))["origin_id"], "task:1");
    let (_, errors) = desk.sync(
        &format!("/rest/v1.0/sub_jobs/sync?project_id={project}"),
        json!({"project_id": project}),
        json!([{"code": "ROOF", "name": "Other"}, {"code": "a code of more than thirty letters", "name": "Long"}]),
    );
    assert_eq!(errors[0]["errors"]["code"], json!(["has already been taken"]));
    assert!(errors[1]["errors"]["code"][0].as_str().unwrap().contains("too long"));
}

#[test]
fn cost_codes_of_a_sub_job_are_listed_with_those_of_the_project() {
    let desk = Desk::new();
    let project = desk.project();
    let job = first(&desk, project)["id"].clone();
    let list = |more: &str| desk.read(&format!("/rest/v1.0/cost_codes?project_id={project}&per_page=1000{more}"));
    let all = list("");
    let below: Vec<&Json> = all.as_array().unwrap().iter().filter(|code| code["biller_id"] == job).collect();
    assert!(!below.is_empty() && below.iter().all(|code| code["biller_type"] == "SubJob" && code["biller"] == "East wing"));
    assert_eq!(list(&format!("&sub_job_id={job}")).as_array().unwrap().len(), below.len());
    assert_eq!(desk.get(&format!("/rest/v1.0/cost_codes?project_id={project}&sub_job_id=7")).status, 404);
    let own = all.as_array().unwrap().iter().find(|code| code["biller_type"] == "Project").unwrap();
    assert_eq!(own["biller_id"], json!(project));

    // The same code may stand in the project and in the sub job, once in each.
    let row = json!([{"code": own["code"], "name": own["name"], "origin_id": "cost_code:x"}]);
    let path = format!("/rest/v1.0/cost_codes/sync?project_id={project}");
    let taken = below.iter().any(|code| code["code"] == own["code"]);
    if !taken {
        let made = desk.sync_all(&format!("{path}&sub_job_id={job}"), json!({}), row)[0].clone();
        assert_eq!((&made["biller_id"], &made["biller_type"]), (&job, &json!("SubJob")));
    }
    let again = json!([{"code": own["code"], "name": "Twice"}]);
    assert_eq!(desk.sync(&path, json!({}), again).1[0]["errors"]["code"], json!(["has already been taken"]));
}

#[test]
fn a_budget_code_of_a_sub_job_has_three_segments() {
    let desk = Desk::new();
    let project = desk.project();
    let codes = desk.read(&format!("/rest/v1.0/projects/{project}/work_breakdown_structure/wbs_codes?per_page=1000"));
    let code = codes.as_array().unwrap().iter().find(|code| code["segment_items"].as_array().unwrap().len() == 3).unwrap();
    let parts: Vec<&str> = code["segment_items"].as_array().unwrap().iter().map(|item| item["segment"]["type"].as_str().unwrap()).collect();
    assert_eq!(parts, ["sub_job", "cost_code", "line_item_type"]);
    let flat: Vec<&str> = code["segment_items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap()).collect();
    assert_eq!(code["flat_code"], json!(flat.join(".")));

    let view = desk.procore.settings().budget_view_id;
    let rows = desk.read(&format!("/rest/v1.0/budget_views/{view}/detail_rows?project_id={project}&per_page=1000"));
    let row = rows.as_array().unwrap().iter().find(|row| row["wbs_code_id"] == code["id"]).unwrap();
    assert_eq!((&row["biller_type"], &row["biller_id"]), (&json!("SubJob"), &code["segment_items"][0]["id"]));

    // A code of a sub job must be named with its sub job.
    let segment =
        |at: usize| json!({"segment_id": code["segment_items"][at]["segment"]["id"], "segment_item_id": code["segment_items"][at]["id"]});
    let bulk = json!({"bulk": [{"segment_items": [segment(1), segment(2)]}, {"segment_items": [segment(0), segment(1), segment(2)]}]});
    let answer = desk.call("PATCH", &format!("/rest/v1.0/projects/{project}/work_breakdown_structure/wbs_codes/bulk_create"), bulk);
    let errors = answer.body["errors"].as_array().unwrap();
    assert_eq!((answer.status, errors.len()), (201, 2));
    assert!(errors[0]["errors"]["segment_items"][0].as_str().unwrap().contains("sub job"));
    assert_eq!(errors[1]["errors"]["segment_items"], json!(["has already been taken"]));
}
