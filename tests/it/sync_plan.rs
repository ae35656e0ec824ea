//! Plans: what a run would do, without doing it; and applying just that.

use crosswalk::evaluate::PENDING;
use crosswalk::sandbox::FaultKind;
use crosswalk::store::JournalFilter;
use crosswalk::sync::{Action, ChangeSet, Failure, Mode};
use crosswalk::value::Value;

use crate::store::Folder;
use crate::world::{Setup, World, assert_same, counts, fault, of, text, undisturbed};

/// A plan as it comes back from the file in which it was saved.
fn saved(plan: &ChangeSet) -> ChangeSet {
    let text = serde_json::to_string(plan).unwrap();
    let read = ChangeSet::read(&text).unwrap();
    assert_eq!(read, *plan);
    read
}

/// How many entries the journal of a world has.
async fn journal(world: &World) -> usize {
    world.store.read(|reading| reading.journal_entries(&JournalFilter::default())).await.unwrap().len()
}

/// A dry run makes no document that would be counted (BR-76).
#[tokio::test]
async fn a_plan_writes_nothing_in_either_system_nor_in_the_state_file() {
    let folder = Folder::new();
    let world = Setup::small().with(|setup| setup.file = Some(folder.state())).open();
    let (before, entries, mark) = (world.end_state().await, journal(&world).await, world.mark());
    let plan = world.plan().await;
    assert!(plan.changes.len() > 10, "{plan:?}");
    assert_eq!(world.writes_since(mark), Vec::<String>::new());
    assert_same(&before, &world.end_state().await, "after a plan");
    assert_eq!(journal(&world).await, entries);
    let state = world.store.read(|reading| Ok((reading.cursors()?, reading.held(None, None)?))).await.unwrap();
    assert_eq!(state, (Vec::new(), Vec::new()));
    assert_eq!(world.acumatica.sessions(), 0);
}

#[tokio::test]
async fn a_first_plan_shows_links_to_records_that_are_still_to_be_made() {
    let world = Setup::small().open();
    let plan = world.plan().await;
    let contract = plan.changes.iter().find(|change| change.mapping == "subcontracts").unwrap();
    assert_eq!(contract.action, Action::Create);
    let value = |field: &str| contract.fields.iter().find(|change| change.field == field).unwrap().new.plain();
    assert_eq!((value("VendorID"), value("Details.Project")), ("V000003".to_owned(), "1001".to_owned()));
    let code = plan.changes.iter().find(|change| change.mapping == "project_cost_codes" && change.action == Action::Create).unwrap();
    let standard = code.fields.iter().find(|change| change.field == "standard_cost_code_id").unwrap();
    assert_eq!(standard.new, Value::text(format!("{PENDING}cost_codes {}", code.source_key)));
}

#[tokio::test]
async fn a_saved_plan_is_done_as_it_was_shown() {
    let world = Setup::tiny().open();
    let plan = saved(&world.plan().await);
    let report = world.apply(&plan).await.unwrap();
    let possible = world.plan().await.changes.len() as u64;
    assert!(possible > 0 && report.beyond() == possible, "what the plan has made possible is told: {} of {possible}", report.beyond());
    for mapping in &report.mappings {
        let planned = plan.changes.iter().filter(|change| change.mapping == mapping.mapping);
        let made = planned.clone().filter(|change| change.action == Action::Create).count() as u64;
        assert_eq!((mapping.counts.created, mapping.counts.updated), (made, planned.count() as u64 - made), "{}", mapping.mapping);
    }
    assert_eq!(world.rows("direct_costs").len(), 0, "costs that came up meanwhile were not in the plan");
    assert_eq!(text(&world.books("Subcontract")[0], "Status"), "Open");
    // What was left out is not forgotten: the next run takes it along, and the end is that of one run.
    world.an_hour_later();
    world.sync().await;
    assert_same(&undisturbed().await.1, &world.end_state().await, "plan, apply, sync");
}

#[tokio::test]
async fn a_plan_is_refused_when_the_world_moved_on() {
    let world = Setup::tiny().open();
    world.sync().await;
    world.an_hour_later();
    let city = |vendor: &str, city: &str| {
        let body = format!(r#"{{"VendorID":"{vendor}","MainContact":{{"Address":{{"City":"{city}"}}}}}}"#);
        world.put("Vendor?$expand=MainContact/Address", &body);
    };
    city("V000001", "Ojai");
    let plan = saved(&world.plan().await);
    for (vendor, name, told) in [
        ("V000001", "Ventura", "`V000001` of `companies` would change otherwise"),
        ("V000002", "Ojai", "`V000002` of `companies` came new"),
    ] {
        city(vendor, name);
        let mark = world.mark();
        let refused = world.apply(&plan).await.unwrap_err();
        assert!(matches!(refused, Failure::MovedOn(_)), "{refused}");
        assert!(refused.to_string().contains(told) && refused.to_string().contains("nothing was sent"), "{refused}");
        assert_eq!(world.writes_since(mark), Vec::<String>::new());
    }
    world.sync().await;
    let refused = world.apply(&plan).await.unwrap_err().to_string();
    assert!(refused.contains("`V000001` of `companies` needs no change any more"), "{refused}");
}

#[tokio::test]
async fn a_plan_of_other_mappings_or_another_program_is_refused() {
    let world = Setup::tiny().open();
    let mut plan = world.plan().await;
    plan.mappings[0].1 = "another".to_owned();
    let refused = world.apply(&plan).await.unwrap_err().to_string();
    assert!(refused.contains("is not what it was; make the plan anew"), "{refused}");
    let told = |text: &str| ChangeSet::read(text).unwrap_err().to_string();
    assert!(told("[]").contains("not a saved plan"));
    assert!(told(r#"{"version":9,"mappings":[],"changes":[]}"#).contains("saved in form 9"));
}

#[tokio::test]
async fn a_plan_that_was_cut_off_is_ended_by_the_next_run() {
    let world = Setup::tiny().open();
    let plan = world.plan().await;
    world.procore.faults().add(fault(FaultKind::DropAfterEffect, ("PATCH", "/cost_codes/sync"), 1));
    world.acumatica.faults().add(fault(FaultKind::DropAfterEffect, ("PUT", "/Subcontract"), 1));
    world.apply(&plan).await.unwrap_err();
    world.an_hour_later();
    world.sync().await;
    assert_same(&undisturbed().await.1, &world.end_state().await, "after a plan that was cut off");
}

/// Nothing goes out that nobody accepted (BR-76).
#[tokio::test]
async fn without_consent_imports_go_and_exports_wait() {
    let world = Setup::tiny().open();
    let mark = world.mark();
    let waiting = world.run(&[], Mode::Apply { consent: false, only: None }).await.unwrap();
    assert_eq!(counts(&waiting, "projects"), "waiting 1");
    assert_eq!((counts(&waiting, "companies").as_str(), of(&waiting, "projects").changes.len()), ("created 1, updated 2", 1));
    assert!(world.writes_since(mark).iter().all(|told| !told.contains("/entity/")), "{:?}", world.writes_since(mark));
    assert!(waiting.is_incomplete());
    world.an_hour_later();
    world.run(&[], Mode::Apply { consent: false, only: None }).await.unwrap();
    let done = world.sync().await;
    assert_eq!((counts(&done, "projects").as_str(), counts(&done, "subcontracts").as_str()), ("created 1", "created 1"));
    world.an_hour_later();
    world.sync().await;
    assert_same(&undisturbed().await.1, &world.end_state().await, "with consent at last");
}

#[tokio::test]
async fn a_change_that_waits_for_consent_is_sent_once_it_has_it() {
    let world = Setup::tiny().open();
    world.sync().await;
    world.an_hour_later();
    let contract = world.rows("work_order_contracts").remove(0);
    let path = format!("/rest/v1.0/work_order_contracts/{}?project_id={}", text(&contract, "id"), text(&contract, "project_id"));
    world.in_procore("PATCH", &path, r#"{"work_order_contract":{"title":"Later"}}"#);
    for _ in 0..2 {
        let waiting = world.run(&[], Mode::Apply { consent: false, only: None }).await.unwrap();
        let change = &of(&waiting, "subcontracts").changes[0];
        assert_eq!((change.fields[0].field.as_str(), change.fields[0].new.clone()), ("Description", Value::from("Later")));
        world.an_hour_later();
    }
    assert_eq!(counts(&world.sync().await, "subcontracts"), "updated 1");
    assert_eq!(text(&world.books("Subcontract")[0], "Description"), "Later");
}

#[tokio::test]
async fn mappings_can_be_run_by_name_and_an_unknown_name_is_told() {
    let world = Setup::tiny().open();
    let report = world.run(&["cost_types", "companies"], Mode::Apply { consent: true, only: None }).await.unwrap();
    assert_eq!(report.mappings.iter().map(|told| told.mapping.as_str()).collect::<Vec<_>>(), ["companies", "cost_types"]);
    let unknown = world.run(&["company"], Mode::Plan).await.unwrap_err().to_string();
    assert!(unknown.contains("no mapping named `company`") && unknown.contains("companies"), "{unknown}");
}
