//! How many requests a first load and an accounting day take, beside the least that could do.

mod day;
mod least;

use crosswalk::sandbox::company::Size;
use crosswalk::sandbox::{Company, Numbering};

use crate::world::{Setup, World, without_releases};
use day::{approve, assert_sent, hold_back, reconsider};
use least::Least;

/// What an instance is set up for, as a settings file for practice says it.
const SETTINGS: &str =
    r#"{"numbering":{"subcontracts":{"automatic":true}},"projects":{"template":"BUILD"},"prime_contracts":{"cost_code":"01-1000"}}"#;

/// A company of few projects with much in each.
fn office() -> Setup {
    let size = Size { subcontracts: Some(14), purchase_orders: 12, budget_lines: None, sub_jobs: 2, changed: 8, invoiced: 16, costs: 60 };
    let mut company = Company::draw_sized(7, 4, size);
    without_releases(&mut company);
    Setup::usual().settings(SETTINGS).with(|setup| {
        setup.company = company;
        // Estimators have entered nothing: budgets come from Procore.
        setup.acumatica = Some(|options| options.estimates_where_locked = false);
        setup.subcontract_numbers = Numbering::Automatic;
        setup.costs = size.costs;
    })
}

/// What it took, beside the least possible: told, and at most a tenth more.
fn assert_few(what: &str, world: &World, mark: usize) {
    let told = world.since(mark);
    let least = Least::of(&told);
    let (made, least_made) = (told.len(), least.total());
    println!("{}", least.table());
    println!("requests: {what} {made}, least possible {least_made}, ratio {}.{:02}", made / least_made, made * 100 / least_made % 100);
    assert!(made * 100 <= least_made * 110, "{what}: {made} requests, and {least_made} could do");
}

#[tokio::test]
async fn a_first_load_and_an_accounting_day_take_hardly_more_requests_than_they_must() {
    let world = office().with(|setup| hold_back(&mut setup.company)).open();
    world.sync().await;
    assert_few("first load of 4 projects", &world, 0);
    world.an_hour_later();
    world.sync().await;
    world.an_hour_later();
    reconsider(&world);
    world.sync().await;
    world.an_hour_later();
    approve(&world);
    let mark = world.mark();
    let report = world.sync().await;
    assert_sent(&report);
    assert_few("accounting day", &world, mark);
}
