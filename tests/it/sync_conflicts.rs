//! What people change at the target: noticed before it would be overwritten, and left alone where nobody overwrites it.

use crosswalk::value::json_text;

use crate::world::{Setup, World, counts, of, text};

async fn synced() -> World {
    let world = Setup::small().open();
    world.sync().await;
    world.an_hour_later();
    world
}

/// What somebody edited in Acumatica is not overwritten: a budget amount, a prime contract, anything that goes out (BR-32).
#[tokio::test]
async fn a_field_that_both_sides_changed_is_held_with_what_was_sent_what_is_there_and_what_is_wanted() {
    let world = synced().await;
    let sent = text(&world.books("Subcontract")[0], "Description");
    world.edit_subcontract("Description", "As accounting says");
    world.retitle("As the site says");
    let mark = world.mark();
    let report = world.sync().await;
    assert_eq!(counts(&report, "subcontracts"), "held 1");
    let reason = of(&report, "subcontracts").held[0].reasons.join("; ");
    let expected = format!(
        "`Description` was changed at acumatica since it was sent: it was \"{sent}\", is \"As accounting says\" and would become \"As the site says\""
    );
    assert!(reason.starts_with(&expected), "{reason}");
    assert_eq!(world.sent_since(mark, "/Subcontract").len(), 0);
    world.edit_subcontract("Description", &sent);
    world.an_hour_later();
    assert_eq!(counts(&world.sync().await, "subcontracts"), "updated 1", "set back, it is overwritten");
    assert_eq!(text(&world.books("Subcontract")[0], "Description"), "As the site says");
}

#[tokio::test]
async fn a_change_that_the_source_takes_over_ends_the_conflict() {
    let world = synced().await;
    world.edit_subcontract("Description", "As accounting says");
    world.retitle("As the site says");
    assert_eq!(counts(&world.sync().await, "subcontracts"), "held 1");
    world.an_hour_later();
    world.retitle("As accounting says");
    assert_eq!(counts(&world.sync().await, "subcontracts"), "unchanged 1");
    world.an_hour_later();
    world.retitle("Later");
    assert_eq!(counts(&world.sync().await, "subcontracts"), "updated 1");
}

#[tokio::test]
async fn a_field_that_stays_as_it_is_at_the_source_keeps_what_people_made_of_it() {
    let world = synced().await;
    world.put_on_hold();
    world.edit_subcontract("StartDate", "2026-12-24");
    world.retitle("As the site says");
    let mark = world.mark();
    let report = world.sync().await;
    // The draft wants its own start date back: that is an edit at the target which would be overwritten.
    let held = of(&report, "subcontracts").held.iter().flat_map(|held| held.reasons.clone()).collect::<Vec<_>>().join("; ");
    assert!(held.contains("`StartDate` was changed at acumatica") && !held.contains("`Description`"), "{held}");
    assert_eq!(world.sent_since(mark, "/Subcontract").len(), 0);
}

#[tokio::test]
async fn what_the_target_keeps_otherwise_than_it_was_sent_is_no_edit() {
    let world = Setup::small().with(|setup| setup.company.projects[0].subcontracts[0].title = "Concrete   ".to_owned()).open();
    world.sync().await;
    world.an_hour_later();
    world.retitle("Concrete, second part");
    let mark = world.mark();
    assert_eq!(counts(&world.sync().await, "subcontracts"), "updated 1");
    let puts = world.sent_since(mark, "PUT /entity/Default/24.200.001/Subcontract");
    assert!(json_text(&puts[0]).contains("second part"), "{puts:?}");
}

/// BR-19: a mapping may say whose value a field is once the record is there.
#[tokio::test]
async fn a_field_with_an_owner_is_overwritten_or_left_alone_without_asking_anybody() {
    for (owner, kept) in [("source", "As the site says"), ("target", "As accounting says")] {
        let owned = include_str!("../../mappings/subcontracts.yaml");
        let title = owned.lines().find(|line| line.trim_start().starts_with("to: Description")).unwrap();
        let blanks = &title[..title.len() - title.trim_start().len()];
        let anew = owned.replacen(title, &format!("{title}\n{blanks}owner: {owner}"), 1);
        let world = Setup::small().mapping(Box::leak(anew.into_boxed_str())).open();
        world.sync().await;
        world.an_hour_later();
        world.edit_subcontract("Description", "As accounting says");
        world.retitle("As the site says");
        let report = world.sync().await;
        assert_eq!(of(&report, "subcontracts").counts.held, 0, "{owner}: {:?}", of(&report, "subcontracts").held);
        assert_eq!(text_of(&world), kept, "owned by the {owner}");
        world.an_hour_later();
        assert_eq!(counts(&world.sync().await, "subcontracts"), "unchanged 1");
    }
}

fn text_of(world: &World) -> String {
    text(&world.books("Subcontract")[0], "Description")
}
