//! Systems that are down, slow, or answer nonsense: the run ends with a message that helps, or waits; the state is whole, and the
//! next run ends where a run without troubles would have.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crosswalk::connector::{Clock, Response, TransportError};
use crosswalk::sandbox::{Fault, FaultKind};
use crosswalk::store::StoreTrouble;
use crosswalk::sync::{Failure, Mode, Report};

use crate::world::{Setup, World, assert_same, fault, place_of, undisturbed};

/// The next runs end where one run without troubles ends.
async fn assert_recovers(world: &World, story: &str) {
    assert_eq!(world.acumatica.sessions(), 0, "{story}: signed out, whatever happened");
    world.wire.heal();
    world.procore.faults().clear();
    world.acumatica.faults().clear();
    world.an_hour_later();
    world.sync().await;
    assert_eq!(world.acumatica.sessions(), 0, "{story}");
    assert_same(&undisturbed().await.1, &world.end_state().await, story);
}

/// The message of a run that ends because of a system.
async fn failure(world: &World) -> String {
    match world.try_sync().await.unwrap_err() {
        Failure::System(error) => error.to_string(),
        other => panic!("{other}"),
    }
}

fn page(status: u16, html: &str) -> Result<Response, TransportError> {
    Ok(Response { status, headers: vec![("content-type".into(), "text/html".into())], body: html.into() })
}

#[tokio::test]
async fn procore_going_down_in_the_middle_ends_the_run_with_the_request_and_the_next_one_goes_on() {
    let world = Setup::tiny().open();
    world.procore.faults().add(Fault { times: 1_000, ..fault(FaultKind::Status(503), ("PATCH", "/standard_cost_codes/sync"), 1) });
    let message = failure(&world).await;
    assert!(message.starts_with("procore could not serve `PATCH /rest/v1.0/standard_cost_codes/sync`: "), "{message}");
    assert!(message.contains("503") && message.contains("try again later"), "{message}");
    assert_recovers(&world, "down in the middle").await;
}

#[tokio::test]
async fn a_system_that_cannot_be_reached_is_told_with_its_request() {
    let world = Setup::tiny().open();
    let refused = Err(TransportError::NotSent("connection refused".to_owned()));
    world.wire.instead("PUT /entity/Default/24.200.001/Subcontract", refused, 1_000);
    let message = failure(&world).await;
    assert!(message.starts_with("acumatica could not be reached for `PUT /Subcontract`: no connection: connection refused"), "{message}");
    assert_recovers(&world, "unreachable").await;
}

#[tokio::test]
async fn nothing_answers_at_all() {
    let world = Setup::tiny().open();
    world.wire.instead("", Err(TransportError::NotSent("no route to host".to_owned())), 1_000);
    assert!(failure(&world).await.contains("no route to host"));
    assert_recovers(&world, "nothing answers").await;
}

/// 429 and 503 say how long to wait (BR-78).
#[tokio::test]
async fn too_many_requests_are_waited_for_as_long_as_the_system_asks() {
    let world = Setup::tiny().open();
    let later =
        |path| Fault { headers: [("retry-after".to_owned(), "600".to_owned())].into(), ..fault(FaultKind::Status(429), ("", path), 1) };
    world.procore.faults().add(later("/vendors/sync"));
    world.acumatica.faults().add(later("/Subcontract"));
    let before = world.clock.now();
    world.sync().await;
    assert!(world.clock.now().duration_since(before).as_secs() >= 1_200);
    assert_recovers(&world, "429").await;
}

/// Tokens end in the middle of long runs (BR-82).
#[tokio::test]
async fn a_token_that_ends_in_the_middle_is_renewed() {
    for nth in [3, 9, 14] {
        let world = Setup::tiny().open();
        world.procore.faults().add(fault(FaultKind::ExpireToken, ("", "/rest/"), nth));
        world.acumatica.faults().add(fault(FaultKind::ExpireToken, ("", "/Default/"), nth));
        world.sync().await;
        assert_eq!(world.since(0).iter().filter(|told| told.contains("/oauth/token")).count(), 2);
        assert_eq!(world.since(0).iter().filter(|told| told.contains("/auth/login")).count(), 2);
        assert_recovers(&world, "expired").await;
    }
}

#[tokio::test]
async fn a_page_for_people_in_place_of_an_answer_is_shortened_into_the_message() {
    for (part, told) in [
        ("GET /rest/v1.0/vendors", "`GET /rest/v1.0/vendors`"),
        ("PATCH /rest/v1.0/cost_codes/sync", "`PATCH /rest/v1.0/cost_codes/sync`"),
        ("GET /entity/Default/24.200.001/CostCode", "`GET /CostCode`"),
        ("PUT /entity/Default/24.200.001/Project", "`PUT /Project`"),
    ] {
        let world = Setup::tiny().open();
        world.wire.instead(part, page(200, "<!DOCTYPE html><html><body><h1>Planned maintenance</h1></body></html>"), 1);
        let message = failure(&world).await;
        assert!(message.contains(told) && message.contains("`Planned maintenance`"), "{message}");
        assert_recovers(&world, part).await;
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_is_no_answer() {
    let world = Setup::tiny().open();
    for (path, nth) in [("/rest/v1.0/vendors?", 1), ("/vendors/sync", 1), ("/direct_costs", 2)] {
        world.procore.faults().add(fault(FaultKind::Truncate, ("", path), nth));
    }
    world.acumatica.faults().add(fault(FaultKind::Truncate, ("PUT", "/Project"), 1));
    for _ in 0..3 {
        let _ = world.try_sync().await;
    }
    assert_recovers(&world, "cut answers").await;
}

#[tokio::test]
async fn json_of_another_shape_is_told_and_not_taken_for_an_answer() {
    let world = Setup::tiny().open();
    let odd =
        Response { status: 200, headers: vec![("content-type".into(), "application/json".into())], body: b"{\"entities\": 7}".to_vec() };
    world.wire.instead("PATCH /rest/v1.0/line_item_types/sync", Ok(odd), 1);
    let message = failure(&world).await;
    assert!(message.contains("procore gave an unreadable answer to `PATCH /rest/v1.0/line_item_types/sync`"), "{message}");
    assert_recovers(&world, "another shape").await;
}

#[tokio::test]
async fn a_wrong_password_is_told_at_once_and_all_session_slots_taken_are_waited_for() {
    let world = Setup::tiny().open();
    let wrong = r#"{"message":"An error has occurred.","exceptionMessage":"Invalid credentials. Please try again.","exceptionType":"PX.Data.PXException"}"#;
    let answer = Response { status: 500, headers: vec![("content-type".into(), "application/json".into())], body: wrong.into() };
    world.wire.instead("/entity/auth/login", Ok(answer), 1);
    let message = failure(&world).await;
    assert!(message.contains("check user, secret and tenant"), "{message}");
    let full = "<!DOCTYPE html><html><head><title>API Login Limit</title></head><body>The number of sign-ins is limited</body></html>";
    world.wire.instead("/entity/auth/login", page(500, full), 2);
    world.an_hour_later();
    world.sync().await;
    assert_recovers(&world, "at the door").await;
}

#[tokio::test]
async fn a_slow_answer_is_an_answer() {
    let world = Setup::tiny().open();
    world.acumatica.faults().add(fault(FaultKind::SlowMs(90_000), ("PUT", "/Subcontract"), 1));
    world.procore.faults().add(fault(FaultKind::SlowMs(90_000), ("PATCH", "/vendors/sync"), 1));
    world.sync().await;
    assert_recovers(&world, "slow").await;
}

/// Lets a run go until it stands still at the first request with this part.
async fn until<'w>(world: &'w World, part: &str) -> Pin<Box<dyn Future<Output = Result<Report, Failure>> + 'w>> {
    world.wire.sleep_at(place_of(part).await);
    let mut run: Pin<Box<dyn Future<Output = _>>> = Box::pin(world.try_sync());
    tokio::select! {
        biased;
        () = world.wire.death() => run,
        _ = &mut run => panic!("it should stand still at `{part}`"),
    }
}

fn trouble(failure: &Failure) -> StoreTrouble {
    match failure {
        Failure::Store(error) => error.trouble,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_second_of_two_runs_on_one_state_file_is_told_who_works() {
    let world = Setup::tiny().open();
    let first = until(&world, "GET /rest/v1.0/standard_cost_codes").await;
    let mark = world.mark();
    let doors = world.doors();
    let second = world.engine(&doors, "the other office").await;
    let told = second.run(&[], Mode::Apply { consent: true, only: None }, "sync").await.unwrap_err();
    assert_eq!(trouble(&told), StoreTrouble::Leased);
    assert!(told.to_string().contains("held by `office` until 2026-11-22T08:1"), "{told}");
    assert_eq!(world.since(mark), Vec::<String>::new(), "nothing is asked of either system");
    second.run(&[], Mode::Plan, "plan").await.unwrap();
    world.wire.wake();
    first.await.unwrap();
    assert_recovers(&world, "two at once").await;
}

#[tokio::test]
async fn a_run_that_slept_while_another_took_over_sends_nothing_more() {
    let world = Setup::tiny().open();
    let first = until(&world, "GET /entity/Default/24.200.001/Subcontract?").await;
    world.clock.turn(Duration::from_secs(1_200));
    world.sync().await;
    let mark = world.mark();
    world.wire.wake();
    assert_eq!(trouble(&first.await.unwrap_err()), StoreTrouble::LeaseLost);
    assert_eq!(world.writes_since(mark), Vec::<String>::new());
    assert_recovers(&world, "taken over").await;
}
