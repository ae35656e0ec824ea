//! Exactly once: whatever request is cut, and wherever the process dies, the next run ends in the state in which it would have
//! ended had nothing happened: one record for each source, whole links, right statuses, every origin id written back.
//!
//! What is covered here: in a tiny company (master data, a subcontract, costs), over the way that stories use, each write is spoilt
//! in one of four ways, turn and turn about, and a process dies between steps, once and again and again. Every crash point of every
//! kind of document, releases of retainage and payments on a second day among them, is met in `simulation` (a sample of them) and by
//! `examples/simulate.rs` (all of them); what actions make is told by `sync_made`, what is written one by one by `sync_payments`.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use crosswalk::store::JournalFilter;

use crate::store::Folder;
use crate::world::{Setup, World, assert_same, counts, is_write, place_of, text, undisturbed};

/// What happens at a request.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    /// The connection breaks before the request has its effect.
    CutBefore,
    /// The connection breaks after the effect.
    CutAfter,
    /// The process dies before the request has its effect.
    DeathBefore,
    /// The process dies after the effect.
    DeathAfter,
}

const ALL: [Trouble; 4] = [Trouble::CutBefore, Trouble::CutAfter, Trouble::DeathBefore, Trouble::DeathAfter];

/// A run that meets this trouble at this request; then, an hour later, one that meets none.
async fn end_state_after(setup: Setup, trouble: Trouble, nth: usize) -> Vec<String> {
    let world = setup.open();
    match trouble {
        Trouble::CutBefore => world.wire.cut_at(nth, false),
        Trouble::CutAfter => world.wire.cut_at(nth, true),
        Trouble::DeathBefore => world.wire.die_at(nth, false),
        Trouble::DeathAfter => world.wire.die_at(nth, true),
    }
    tokio::select! {
        biased;
        () = world.wire.death() => {}
        _ = world.try_sync() => {}
    }
    world.wire.heal();
    world.an_hour_later();
    world.sync().await;
    world.end_state().await
}

/// Every write of one system is spoilt, turn and turn about in every way; the process also dies at each read that follows a write.
async fn spoil_every_write(of: fn(&str) -> bool) {
    let (requests, expected) = undisturbed().await;
    let mut spoilt = 0;
    for (nth, request) in requests.iter().enumerate().filter(|(_, request)| of(request)) {
        let follows_a_write = nth > 0 && is_write(&requests[nth - 1]);
        if is_write(request) || follows_a_write {
            let trouble = if is_write(request) { ALL[spoilt % ALL.len()] } else { Trouble::DeathBefore };
            assert_same(expected, &end_state_after(Setup::tiny(), trouble, nth).await, &format!("{trouble:?} at `{request}`"));
            spoilt += 1;
        }
    }
    assert!(spoilt > 6, "{spoilt} troubles in {requests:#?}");
}

#[tokio::test]
async fn whichever_request_to_acumatica_is_spoilt_the_next_run_ends_as_if_nothing_had_happened() {
    spoil_every_write(|request| request.contains("/entity/")).await;
}

#[tokio::test]
async fn whichever_request_to_procore_is_spoilt_the_next_run_ends_as_if_nothing_had_happened() {
    spoil_every_write(|request| !request.contains("/entity/")).await;
}

/// Lets a future run for so many turns, then drops it; whether it came to its end.
async fn for_turns(turns: usize, future: impl Future) -> bool {
    let (mut future, mut turn) = (pin!(future), 0);
    poll_fn(|context| {
        turn += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if turn >= turns => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::test]
async fn a_process_that_dies_between_two_steps_loses_and_doubles_nothing() {
    let (_, expected) = undisturbed().await;
    for turns in (5..).step_by(41) {
        let folder = Folder::new();
        let world = Setup::tiny().with(|setup| setup.file = Some(folder.state())).open();
        let to_its_end = for_turns(turns, world.try_sync()).await;
        world.an_hour_later();
        world.sync().await;
        assert_same(expected, &world.end_state().await, &format!("dead after {turns} turns"));
        if to_its_end {
            assert!(turns > 50, "a run of {turns} turns is none");
            return;
        }
    }
}

#[tokio::test]
async fn a_process_that_dies_again_and_again_comes_to_the_same_end() {
    let (_, expected) = undisturbed().await;
    let world = Setup::tiny().open();
    let mut deaths = 0;
    while !for_turns(12 + 3 * deaths, world.try_sync()).await {
        deaths += 1;
        world.clock.turn(std::time::Duration::from_secs(900));
    }
    assert!(deaths > 4, "{deaths}");
    world.an_hour_later();
    world.sync().await;
    assert_same(expected, &world.end_state().await, &format!("after {deaths} deaths"));
}

async fn lost_once(request: &str) -> World {
    let world = Setup::tiny().open();
    world.wire.cut_at(place_of(request).await, true);
    let failure = world.try_sync().await.unwrap_err().to_string();
    assert!(failure.contains("unknown"), "{failure}");
    world
}

/// Our reference is looked up before anything is sent again (BR-84).
#[tokio::test]
async fn a_subcontract_whose_answer_was_lost_is_looked_up_and_not_sent_again() {
    let world = lost_once("PUT /entity/Default/24.200.001/Subcontract").await;
    let mark = world.mark();
    let report = world.sync().await;
    assert_eq!(counts(&report, "subcontracts"), "created 1, unchanged 1");
    assert!(world.sent_since(mark, "PUT").is_empty(), "{:?}", world.writes_since(mark));
    assert_eq!(text(&world.books("Subcontract")[0], "Status"), "Open");
    let journal =
        world.store.read(|reading| reading.journal_entries(&JournalFilter { kind: Some("step.".into()), ..JournalFilter::default() }));
    let kinds: Vec<String> =
        journal.await.unwrap().into_iter().filter(|entry| entry.entry.mapping == "subcontracts").map(|entry| entry.entry.kind).collect();
    assert_eq!(kinds[..4], ["step.intended", "step.unknown", "step.intended", "step.done"], "{kinds:?}");
}

#[tokio::test]
async fn an_action_whose_answer_was_lost_is_not_done_twice() {
    let world = lost_once("/Subcontract/ReleaseFromHold").await;
    world.an_hour_later();
    let mark = world.mark();
    world.sync().await;
    let writes = world.writes_since(mark);
    assert!(!writes.iter().any(|told| told.contains("ReleaseFromHold")), "{writes:?}");
    assert_eq!(text(&world.books("Subcontract")[0], "Status"), "Open");
    assert!(text(&world.rows("work_order_contracts")[0], "origin_id").starts_with("sc:"));
}
