//! Syncing again: what did not change is read as little as can be and written not at all; what changed is sent, and nothing else.

use crosswalk::value::{Value, json_text};

use crate::world::{Setup, World, counts, of, text};

async fn synced(setup: Setup) -> World {
    let world = setup.open();
    world.sync().await;
    world.an_hour_later();
    world
}

/// The body of the only write since a mark, which goes to this address.
fn only_write(world: &World, mark: usize, address: &str) -> Value {
    let writes = world.writes_since(mark);
    assert_eq!(writes.len(), 1, "{writes:#?}");
    assert!(writes[0].starts_with(address), "{writes:?}");
    world.sent_since(mark, "").remove(0)
}

/// Somebody changes a vendor's city in Acumatica.
fn move_vendor(world: &World, vendor: &str, city: &str) {
    world.put(
        "Vendor?$expand=MainContact/Address",
        &format!(r#"{{"VendorID":"{vendor}","MainContact":{{"Address":{{"City":"{city}"}}}}}}"#),
    );
}

/// What we wrote echoes back as changed, and changes nothing (BR-81).
#[tokio::test]
async fn a_second_sync_without_changes_writes_nothing_anywhere() {
    let world = synced(Setup::usual()).await;
    let (mark, before) = (world.mark(), world.end_state().await);
    let report = world.sync().await;
    assert_eq!(world.writes_since(mark), Vec::<String>::new());
    assert!(report.is_nothing(), "{report:?}");
    for mapping in &report.mappings {
        let counts = mapping.counts;
        assert_eq!(counts.unchanged + counts.held, counts.offered, "{}", mapping.mapping);
    }
    assert_eq!(world.end_state().await, before);
}

/// Lines have no stamp of their own: the cursor is that of what they belong to (BR-73).
#[tokio::test]
async fn hours_later_only_those_reads_are_made_that_prove_that_nothing_changed() {
    let world = synced(Setup::usual()).await;
    world.sync().await;
    world.an_hour_later();
    let mark = world.mark();
    world.sync().await;
    let reads = world.since(mark);
    for entity in ["Vendor", "CostCode", "AccountGroup", "ProjectTransaction", "Bill"] {
        let start = format!("GET /entity/Default/24.200.001/{entity}?");
        let mut lists: Vec<&String> = reads.iter().filter(|read| read.starts_with(&start)).collect();
        if entity == "CostCode" {
            // Every code stands beside each task that is read: they are read whole, once.
            let whole = lists.iter().position(|read| !read.contains("filter")).map(|at| lists.remove(at));
            assert!(whole.is_some(), "{lists:?}");
        }
        assert!(!lists.is_empty() && lists.iter().all(|read| read.contains("LastModifiedDateTime%20gt")), "{lists:?}");
    }
    for list in ["/rest/v1.1/projects?", "/rest/v1.0/work_order_contracts?"] {
        let lists: Vec<&String> = reads.iter().filter(|read| read.contains(list)).collect();
        assert!(!lists.is_empty() && lists.iter().all(|read| read.contains("filters%5Bupdated_at%5D")), "{lists:?}");
    }
    // Of three projects: about twenty lists each, a dozen of the company, and what changed in the minutes before the last sync.
    assert!(reads.len() < 125, "{} requests: {reads:#?}", reads.len());
}

/// A linked company follows Acumatica (BR-19).
#[tokio::test]
async fn a_changed_address_is_one_update_of_that_field() {
    let world = synced(Setup::small()).await;
    move_vendor(&world, "V000001", "Ojai");
    let before = world.row("vendors", ("origin_code", "V000001"));
    let plan = world.plan().await;
    assert_eq!(plan.changes.len(), 1, "{plan:?}");
    let (change, field) = (&plan.changes[0], &plan.changes[0].fields[0]);
    assert_eq!((change.source_key.as_str(), change.fields.len(), field.field.as_str()), ("V000001", 1, "city"));
    assert_eq!(
        (field.old.clone(), field.new.clone(), &field.rows[..]),
        (before.get("city").unwrap().clone(), "Ojai".into(), &["companies.city".to_owned()][..])
    );
    let mark = world.mark();
    let report = world.sync().await;
    assert!(counts(&report, "companies").starts_with("updated 1"), "{}", counts(&report, "companies"));
    let sent = only_write(&world, mark, "PATCH /rest/v1.0/vendors/sync");
    assert_eq!(json_text(sent.at("updates").unwrap()), format!(r#"[{{"id":{},"city":"Ojai"}}]"#, text(&before, "id")));
    let after = world.row("vendors", ("origin_code", "V000001"));
    for (name, value) in before.iter().filter(|(name, _)| !["city", "updated_at"].contains(name)) {
        assert_eq!(after.get(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn a_change_that_people_made_on_both_sides_is_noted_and_not_sent() {
    let world = synced(Setup::tiny()).await;
    move_vendor(&world, "V000001", "Ojai");
    let row = world.row("vendors", ("origin_code", "V000001"));
    world.in_procore("PATCH", "/rest/v1.0/vendors/sync", &format!(r#"{{"updates":[{{"id":{},"city":"Ojai"}}]}}"#, text(&row, "id")));
    let mark = world.mark();
    let report = world.sync().await;
    assert_eq!(counts(&report, "companies"), "unchanged 3");
    assert_eq!(world.writes_since(mark), Vec::<String>::new());
}

#[tokio::test]
async fn a_changed_title_is_one_update_of_the_description() {
    let world = synced(Setup::small()).await;
    let contract = world.rows("work_order_contracts").remove(0);
    let project = text(&contract, "project_id");
    let path = format!("/rest/v1.0/work_order_contracts/{}?project_id={project}", text(&contract, "id"));
    world.in_procore("PATCH", &path, r#"{"work_order_contract":{"title":"Concrete, second part"}}"#);
    let before = world.books("Subcontract").remove(0);
    let mark = world.mark();
    let report = world.sync().await;
    assert_eq!(counts(&report, "subcontracts"), "updated 1");
    let puts = world.sent_since(mark, "PUT /entity/Default/24.200.001/Subcontract");
    assert_eq!(puts.len(), 1);
    let expected = format!(r#"{{"id":"{}","Description":{{"value":"Concrete, second part"}}}}"#, text(&before, "id"));
    assert_eq!(json_text(&puts[0]), expected);
    let after = world.books("Subcontract").remove(0);
    for (name, value) in before.iter().filter(|(name, _)| !["Description", "LastModifiedDateTime"].contains(name)) {
        assert_eq!(after.get(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn a_change_and_its_undoing_and_the_change_again_all_arrive() {
    let world = synced(Setup::tiny()).await;
    for city in ["Ojai", "Ventura", "Ojai", "Ventura", "Ojai"] {
        move_vendor(&world, "V000001", city);
        let report = world.sync().await;
        assert!(counts(&report, "companies").starts_with("updated 1"), "{city}");
        assert_eq!(text(&world.row("vendors", ("origin_code", "V000001")), "city"), city);
        world.an_hour_later();
    }
}

/// Costs and what takes them back arrive by the stamp of their transaction (BR-71, BR-73).
#[tokio::test]
async fn totals_that_go_up_and_down_and_up_again_all_arrive() {
    let world = synced(Setup::tiny()).await;
    for amount in ["250", "-250", "250", "-250"] {
        world.book_cost(amount);
        let report = world.sync().await;
        assert_eq!(of(&report, "direct_costs").counts.created, 1, "{amount}");
        assert_eq!(of(&report, "job_costs_report").counts.updated, 1, "{amount}");
        assert!(of(&report, "budget_costs").mismatches.is_empty(), "{amount}: {:?}", of(&report, "budget_costs").mismatches);
        world.an_hour_later();
    }
}

/// Nobody has to be notified: every run sweeps (BR-80).
#[tokio::test]
async fn what_is_new_at_the_source_comes_by_itself() {
    let world = synced(Setup::tiny()).await;
    world.put("Vendor", r#"{"VendorName":"Ojai Glass","VendorClass":"SUBCON"}"#);
    world.put("CostCode", r#"{"CostCodeID":"08-9999","Description":"Mirrors"}"#);
    let report = world.sync().await;
    assert!(counts(&report, "companies").starts_with("created 1"), "{}", counts(&report, "companies"));
    assert!(counts(&report, "cost_codes").starts_with("created 1"));
    assert!(counts(&report, "project_cost_codes").starts_with("created 1"));
    assert!(text(&world.row("vendors", ("name", "Ojai Glass")), "origin_id").starts_with("vendor:"));
}

/// Or keeps its own name, as the settings say (BR-19).
#[tokio::test]
async fn other_settings_count_for_records_that_were_read_before() {
    let mut world = synced(Setup::tiny().settings(r#"{"companies":{"updates":{"name":false}}}"#)).await;
    world.put("Vendor", r#"{"VendorID":"V000001","VendorName":"Alder & Sons"}"#);
    world.sync().await;
    world.an_hour_later();
    move_vendor(&world, "V000002", "Ojai");
    world.sync().await;
    world.an_hour_later();
    world.choose(r#"{"companies":{"updates":{"name":true}}}"#);
    let report = world.sync().await;
    assert_eq!(counts(&report, "companies"), "updated 1, unchanged 2");
    assert_eq!(text(&world.row("vendors", ("origin_code", "V000001")), "name"), "Alder & Sons");
    world.an_hour_later();
    assert_eq!(of(&world.sync().await, "companies").counts.read, 1);
}

/// A project goes out without a cost code, for codes come to it once it is there (BR-27).
#[tokio::test]
async fn a_project_that_comes_later_gets_all_that_older_ones_have() {
    let world = synced(Setup::tiny()).await;
    world.in_procore("PATCH", "/rest/v1.0/projects/sync", r#"{"updates":[{"name":"Library","project_number":"2001","active":true}]}"#);
    let report = world.sync().await;
    assert_eq!(counts(&report, "projects"), "created 1, unchanged 1");
    assert!(counts(&report, "project_cost_codes").starts_with("created 2"), "{}", counts(&report, "project_cost_codes"));
    assert!(of(&report, "direct_costs").counts.created > 2, "{}", counts(&report, "direct_costs"));
    world.an_hour_later();
    let mark = world.mark();
    world.sync().await;
    assert_eq!(world.writes_since(mark), Vec::<String>::new());
}

/// An inactive company stays linked (BR-18).
#[tokio::test]
async fn a_vendor_that_becomes_inactive_is_marked_so_and_stays() {
    let world = synced(Setup::tiny()).await;
    world.put("Vendor", r#"{"VendorID":"V000001","Status":"Inactive"}"#);
    let mark = world.mark();
    world.sync().await;
    let sent = only_write(&world, mark, "PATCH /rest/v1.0/vendors/sync");
    assert_eq!(sent.at("updates").unwrap().as_list().unwrap()[0].as_record().unwrap().get("is_active"), Some(&Value::Bool(false)));
    assert_eq!(text(&world.row("vendors", ("origin_code", "V000001")), "is_active"), "false");
}
