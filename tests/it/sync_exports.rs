//! Exports with an approver's consent: what is offered, what people decide, and what goes after that.

use crosswalk::sandbox::Company;
use crosswalk::store::{
    Export, ExportFilter, ExportState, Handle, JournalFilter, LinkFilter, LinkState, Stamp, StoreError, StoreTrouble, Writing,
};
use crosswalk::sync::{Failure, Mode, ReplayFilter, Report};
use crosswalk::value::{Record, Value};

use crate::world::{Setup, World, counts, of, text, why};

/// A run by a schedule: it accepts nothing by itself.
async fn unattended(world: &World) -> Report {
    world.run(&[], Mode::Apply { consent: false, only: None }).await.unwrap_or_else(|failure| panic!("{failure}"))
}

async fn exports(world: &World, mapping: &str) -> Vec<Export> {
    let filter = ExportFilter { mapping: Some(mapping.to_owned()), ..ExportFilter::default() };
    world.store.read(move |reading| reading.exports(&filter)).await.unwrap()
}

async fn only(world: &World, mapping: &str) -> Export {
    let mut found = exports(world, mapping).await;
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// Somebody decides.
async fn by(
    world: &World,
    who: &str,
    decide: impl FnOnce(&Writing<'_>) -> Result<Export, StoreError> + Send + 'static,
) -> Result<Export, StoreError> {
    world.store.write(&Stamp::new(world.clock_now(), who), decide).await
}

async fn accept(world: &World, mapping: &str) -> Vec<Export> {
    let mut accepted = Vec::new();
    for export in exports(world, mapping).await {
        if export.state == ExportState::Staged {
            accepted.push(by(world, "maria", move |writing| writing.accept_export(export.handle, &Record::new())).await.unwrap());
        }
    }
    accepted
}

/// Everything that is offered is accepted, run by run, until nothing waits.
async fn accept_all(world: &World) {
    for _ in 0..12 {
        unattended(world).await;
        let staged = ExportFilter { states: vec![ExportState::Staged], ..ExportFilter::default() };
        let waiting = world.store.read(move |reading| reading.exports(&staged)).await.unwrap();
        if waiting.is_empty() {
            return;
        }
        for export in waiting {
            by(world, "maria", move |writing| writing.accept_export(export.handle, &Record::new())).await.unwrap();
        }
        world.an_hour_later();
    }
    panic!("something waits for ever");
}

/// A world in which the project is there and the subcontract waits for consent.
async fn with_a_subcontract_that_waits(setup: Setup) -> World {
    let world = setup.open();
    for _ in 0..8 {
        unattended(&world).await;
        if !exports(&world, "subcontracts").await.is_empty() {
            return world;
        }
        for mapping in ["projects", "main_tasks", "project_cost_codes"] {
            accept(&world, mapping).await;
        }
        world.an_hour_later();
    }
    panic!("the subcontract is never offered");
}

/// BR-08, BR-10: nothing reaches the ERP before somebody has accepted it, and each write says who did.
#[tokio::test]
async fn nothing_is_written_to_the_erp_that_nobody_has_accepted() {
    let world = Setup::small().open();
    let first = unattended(&world).await;
    assert_eq!(counts(&first, "projects"), "waiting 1");
    let writes = |from: usize| world.writes_since(from).into_iter().filter(|told| told.contains("/entity/")).collect::<Vec<_>>();
    assert_eq!(writes(0), [""; 0]);
    unattended(&world).await;
    assert_eq!((writes(0), exports(&world, "projects").await.len()), (Vec::new(), 1), "it is offered once");
    let waiting = only(&world, "projects").await;
    assert_eq!((waiting.state, waiting.handle.version), (ExportState::Staged, 1));
    accept(&world, "projects").await;
    assert_eq!(counts(&unattended(&world).await, "projects"), "created 1");
    let synced = only(&world, "projects").await;
    assert_eq!((synced.state, synced.approver.as_str()), (ExportState::Synced, "maria"));
    accept_all(&world).await;
    assert_eq!(world.books("Subcontract").len(), 1);
    assert_eq!(text(&world.books("Subcontract")[0], "Status"), "Open");
    let intents = world.store.read(|reading| {
        let opened = JournalFilter { kind: Some("flow.opened".to_owned()), ..JournalFilter::default() };
        reading.journal_entries(&opened)
    });
    for entry in intents.await.unwrap() {
        let intent = entry.entry.details.get("intent").and_then(Value::as_record).cloned().unwrap();
        let exported = ["projects", "subcontracts", "main_tasks"].contains(&entry.entry.mapping.as_str());
        assert_eq!(intent.text("approver"), exported.then_some("maria"), "{}", entry.entry.mapping);
        assert!(intent.text("plan").is_some_and(|plan| plan.len() > 8));
        assert!(entry.entry.bodies.contains_key("parcels") && entry.entry.bodies.contains_key("inputs"));
    }
    let quiet = unattended(&world).await;
    assert_eq!(counts(&quiet, "subcontracts"), "unchanged 1");
}

/// BR-09: the second of two approvers is told who was first; a rejection says why.
#[tokio::test]
async fn of_two_approvers_the_second_is_told_who_was_first() {
    let world = Setup::small().open();
    unattended(&world).await;
    let export = only(&world, "projects").await;
    let refused = by(&world, "otto", move |writing| writing.reject_export(export.handle, "  ")).await.unwrap_err();
    assert!(refused.to_string().contains("has no reason"), "{refused}");
    by(&world, "maria", move |writing| writing.accept_export(export.handle, &Record::new())).await.unwrap();
    let second = by(&world, "otto", move |writing| writing.reject_export(export.handle, "the number is wrong")).await.unwrap_err();
    assert_eq!(second.trouble, StoreTrouble::Conflict);
    assert!(second.to_string().contains("is accepted since") && second.to_string().contains("by `maria`"), "{second}");
    let third = by(&world, "otto", move |writing| writing.accept_export(export.handle, &Record::new())).await.unwrap_err();
    assert!(third.to_string().contains("by `maria`"), "{third}");
}

/// What was rejected stays where it is until its sender resends it, and then an approver has to see it anew (BR-09).
#[tokio::test]
async fn a_rejected_export_goes_only_after_it_was_resent_and_accepted() {
    let world = Setup::small().open();
    unattended(&world).await;
    let export = only(&world, "projects").await;
    by(&world, "maria", move |writing| writing.reject_export(export.handle, "wrong template")).await.unwrap();
    assert_eq!(counts(&unattended(&world).await, "projects"), "set_aside 1");
    assert_eq!(counts(&world.sync().await, "projects"), "set_aside 1", "a consent to all that waits is none to what was rejected");
    let rejected = only(&world, "projects").await;
    assert_eq!((rejected.state, rejected.reason.as_str(), rejected.actor.as_str()), (ExportState::Rejected, "wrong template", "maria"));
    let resent = by(&world, "site", move |writing| writing.resend_export(export.handle.id)).await.unwrap();
    assert_eq!((resent.state, resent.handle.version), (ExportState::Staged, 2));
    let old = by(&world, "maria", move |writing| writing.accept_export(export.handle, &Record::new())).await.unwrap_err();
    assert!(old.to_string().contains("was changed since version 1 was shown"), "{old}");
    assert_eq!(counts(&unattended(&world).await, "projects"), "waiting 1");
    by(&world, "maria", move |writing| writing.accept_export(resent.handle, &Record::new())).await.unwrap();
    assert_eq!(counts(&unattended(&world).await, "projects"), "created 1");
    let again = by(&world, "site", move |writing| writing.resend_export(export.handle.id)).await.unwrap_err();
    assert!(again.to_string().contains("is synced"), "{again}");
}

/// Retrieval is possible only while nobody has decided (BR-08).
#[tokio::test]
async fn an_export_is_taken_back_only_while_nobody_has_decided() {
    let world = Setup::small().open();
    unattended(&world).await;
    let id = only(&world, "projects").await.handle.id;
    by(&world, "site", move |writing| writing.retrieve_export(id, "too early")).await.unwrap();
    assert_eq!(counts(&world.sync().await, "projects"), "set_aside 1");
    let resent = by(&world, "site", move |writing| writing.resend_export(id)).await.unwrap();
    by(&world, "maria", move |writing| writing.accept_export(resent.handle, &Record::new())).await.unwrap();
    let late = by(&world, "site", move |writing| writing.retrieve_export(id, "too early")).await.unwrap_err();
    assert!(late.to_string().contains("is accepted since") && late.to_string().contains("`maria`"), "{late}");
    let missing = by(&world, "site", |writing| writing.retrieve_export(4711, "x")).await.unwrap_err();
    assert!(missing.to_string().contains("there is no export 4711"), "{missing}");
}

/// An accepted change that is another one by the time it would go is offered anew, and does not go.
#[tokio::test]
async fn what_changed_after_it_was_accepted_is_shown_again() {
    let world = with_a_subcontract_that_waits(Setup::small()).await;
    let accepted = accept(&world, "subcontracts").await.remove(0);
    world.retitle("Another title");
    assert_eq!(counts(&unattended(&world).await, "subcontracts"), "waiting 1");
    let anew = only(&world, "subcontracts").await;
    assert_eq!((anew.state, anew.handle), (ExportState::Staged, Handle { version: 2, ..accepted.handle }));
    assert!(world.books("Subcontract").is_empty());
    accept(&world, "subcontracts").await;
    assert_eq!(counts(&unattended(&world).await, "subcontracts"), "created 1");
    assert_eq!(text(&world.books("Subcontract")[0], "Description"), "Another title");
    world.retitle("A third one");
    world.an_hour_later();
    assert_eq!(counts(&unattended(&world).await, "subcontracts"), "waiting 1", "a change of what is there needs consent as well");
    assert_eq!(only(&world, "subcontracts").await.handle.version, 3);
}

/// An offer that is needed no more goes away by itself.
#[tokio::test]
async fn an_offer_whose_record_is_as_it_was_again_is_withdrawn() {
    let world = with_a_subcontract_that_waits(Setup::small()).await;
    accept(&world, "subcontracts").await;
    unattended(&world).await;
    let title = text(&world.rows("work_order_contracts")[0], "title");
    world.retitle("Another title");
    world.an_hour_later();
    unattended(&world).await;
    assert_eq!(only(&world, "subcontracts").await.state, ExportState::Staged);
    world.retitle(&title);
    world.an_hour_later();
    unattended(&world).await;
    assert!(exports(&world, "subcontracts").await.is_empty());
    let kinds = world.store.read(|reading| {
        reading.journal_entries(&JournalFilter {
            kind: Some("export.".to_owned()),
            mapping: Some("subcontracts".to_owned()),
            ..JournalFilter::default()
        })
    });
    let kinds: Vec<String> = kinds.await.unwrap().into_iter().map(|entry| entry.entry.kind).collect();
    assert_eq!(kinds, ["export.staged", "export.accepted", "export.synced", "export.staged", "export.withdrawn"]);
}

/// What the approver fills in enters the payload (BR-14).
#[tokio::test]
async fn what_the_approver_fills_in_is_what_goes() {
    let world = with_a_subcontract_that_waits(Setup::small()).await;
    let export = only(&world, "subcontracts").await;
    let asked: Record = [("number", Value::text("SC-0777"))].into_iter().collect();
    by(&world, "maria", move |writing| writing.accept_export(export.handle, &asked)).await.unwrap();
    assert_eq!(counts(&unattended(&world).await, "subcontracts"), "created 1");
    assert_eq!(text(&world.books("Subcontract")[0], "SubcontractNbr"), "SC-0777");
    world.an_hour_later();
    let mark = world.mark();
    unattended(&world).await;
    assert_eq!(world.sent_since(mark, "/Subcontract").len(), 0, "it keeps the number that it was given");
}

/// BR-12: what the ERP refuses stands as failed with its words; the same is tried again at growing distances, at once when it is resent.
#[tokio::test]
async fn what_the_erp_refuses_is_failed_and_is_not_sent_at_every_run() {
    let world = with_a_subcontract_that_waits(Setup::small()).await;
    accept(&world, "subcontracts").await;
    let refusal =
        r#"{"message":"An error has occurred.","exceptionMessage":"The vendor is on credit hold.","exceptionType":"PX.Data.PXException"}"#;
    let answer = || crosswalk::connector::Response { status: 500, body: refusal.into(), ..Default::default() };
    world.wire.instead("PUT /entity/Default/24.200.001/Subcontract", Ok(answer()), 9);
    let report = unattended(&world).await;
    assert!(why(&report, "subcontracts").contains("credit hold"), "{}", why(&report, "subcontracts"));
    let failed = only(&world, "subcontracts").await;
    assert_eq!((failed.state, failed.refusals, failed.approver.as_str()), (ExportState::Failed, 1, "maria"));
    assert!(failed.reason.contains("credit hold"));
    unattended(&world).await;
    let mark = world.mark();
    let report = unattended(&world).await;
    assert_eq!(world.sent_since(mark, "/Subcontract").len(), 0, "the third try waits");
    assert!(why(&report, "subcontracts").contains("`crosswalk exports resend"), "{}", why(&report, "subcontracts"));
    world.an_hour_later();
    unattended(&world).await;
    assert_eq!(world.sent_since(mark, "/Subcontract").len(), 1, "an hour later it is tried again");
    world.wire.heal();
    let id = failed.handle.id;
    let resent = by(&world, "site", move |writing| writing.resend_export(id)).await.unwrap();
    assert_eq!(counts(&unattended(&world).await, "subcontracts"), "waiting 1");
    by(&world, "maria", move |writing| writing.accept_export(resent.handle, &Record::new())).await.unwrap();
    assert_eq!(counts(&unattended(&world).await, "subcontracts"), "created 1");
    assert!(of(&unattended(&world).await, "subcontracts").held.is_empty());
}

/// One purchase order beside what a small company has.
pub(crate) fn with_an_order() -> Setup {
    Setup::small().with(|setup| {
        let mut order = Company::draw(7, 1).projects[0].purchase_orders.remove(0);
        order.vendor = 2;
        order.lines.truncate(2);
        order.lines.iter_mut().for_each(|line| line.cost_code %= 3);
        setup.company.projects[0].purchase_orders = vec![order];
    })
}

/// BR-01, BR-11: a link goes only once the ERP's record is gone or undone, with the links of its lines; then the record can be sent
/// anew.
#[tokio::test]
async fn an_export_is_unlinked_only_once_its_record_at_the_erp_is_gone() {
    let world = with_an_order().open();
    accept_all(&world).await;
    let export = only(&world, "purchase_orders").await;
    let refused = unlink(&world, &export).await.unwrap_err().to_string();
    let order = world.books("PurchaseOrder").remove(0);
    let (number, id) = (text(&order, "OrderNbr"), text(&order, "id"));
    assert!(refused.contains(&format!("`Normal/{number}` lives at acumatica (Open)")) && refused.contains("BR-11"), "{refused}");
    world.put("PurchaseOrder", &format!(r#"{{"Type":"Normal","OrderNbr":"{number}","Hold":true}}"#));
    world.in_acumatica("DELETE", &format!("/PurchaseOrder/{id}"), "");
    let unlinked = unlink(&world, &export).await.unwrap();
    assert_eq!(unlinked.state, ExportState::Unlinked);
    assert_eq!(text(&world.rows("purchase_order_contracts")[0], "origin_id"), "", "Procore's record is free again");
    let links = world.store.read(|reading| reading.link_book(&["purchase_orders"])).await.unwrap();
    assert!(links.is_empty(), "its lines are unlinked as well");
    assert_eq!(counts(&unattended(&world).await, "purchase_orders"), "set_aside 1");
    let again = unlink(&world, &unlinked).await.unwrap_err().to_string();
    assert!(again.contains("is not linked"), "{again}");
    let id = export.handle.id;
    let resent = by(&world, "site", move |writing| writing.resend_export(id)).await.unwrap();
    by(&world, "maria", move |writing| writing.accept_export(resent.handle, &Record::new())).await.unwrap();
    world.an_hour_later();
    assert_eq!(counts(&unattended(&world).await, "purchase_orders"), "created 1");
    let all = LinkFilter { removed: true, mapping: Some("purchase_orders".to_owned()), ..LinkFilter::default() };
    let history = world.store.read(move |reading| reading.links(&all)).await.unwrap();
    assert_eq!(history.iter().map(|link| link.state).collect::<Vec<_>>(), [LinkState::Removed, LinkState::Live]);
}

/// Where companies, sub jobs and the prime contract go out as well, they wait for consent like everything else.
#[tokio::test]
async fn companies_and_the_prime_contract_are_exported_with_consent_where_they_go_both_ways() {
    let world = Setup::both_ways().open();
    accept_all(&world).await;
    let synced = ExportFilter { states: vec![ExportState::Synced], ..ExportFilter::default() };
    let synced = world.store.read(move |reading| reading.exports(&synced)).await.unwrap();
    for mapping in ["companies_export", "prime_contracts_export", "sub_jobs", "budgets", "subcontracts", "subcontractor_invoices"] {
        assert!(synced.iter().any(|export| export.mapping == mapping), "{mapping}");
    }
    assert!(synced.iter().all(|export| export.approver == "maria"));
}

async fn unlink(world: &World, export: &Export) -> Result<Export, Failure> {
    let doors = world.doors();
    world.engine(&doors, "office").await.unlink(export, "set up twice").await
}

/// Every write is on record with what it was made from: the same mappings make the same of it, other settings tell what they change.
#[tokio::test]
async fn what_was_sent_is_made_again_from_what_is_on_record() {
    let mut world = Setup::small().open();
    world.sync().await;
    world.a_day_later().await;
    let replayed = replay(&world).await;
    assert!(replayed.records > 25, "{}", replayed.records);
    assert_eq!(replayed.differences.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>(), [""; 0]);
    assert!(replayed.mappings.iter().all(|mapping| mapping.unchanged), "{:?}", replayed.mappings);
    let mark = world.mark();
    world.choose(r#"{"commitments": {"date": "contract_date"}}"#);
    let replayed = replay(&world).await;
    assert_eq!(world.since(mark), [""; 0], "neither system is asked");
    let told: Vec<String> = replayed.differences.iter().map(|one| one.mapping.clone()).collect();
    assert!(told.iter().all(|mapping| mapping == "subcontracts") && !told.is_empty(), "{told:?}");
    assert!(replayed.differences[0].fields.iter().any(|field| field.field == "Date"), "{:?}", replayed.differences[0]);
}

async fn replay(world: &World) -> crosswalk::sync::Replayed {
    let doors = world.doors();
    world.engine(&doors, "office").await.replay(&ReplayFilter::default()).await.unwrap()
}
