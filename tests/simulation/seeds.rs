//! Whole weeks drawn from a seed: a company, what people do, and what goes wrong meanwhile; in the end all is as if nothing had.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use fastrand::Rng;

use super::bugs::Bug;
use super::checks::Broken;
use super::days::{Course, Deed};
use super::edge::Fate;
use super::lab::{Lab, Reference};
use super::life::Life;
use super::people;
use super::trouble::Troubles;

/// How many different courses there are; what goes wrong in them is another matter.
const COURSES: u64 = 64;

type Known = (Course, Arc<Reference>);

/// The course of this number, and what it comes to; walked once for all seeds.
fn course(number: u64) -> Known {
    static KNOWN: LazyLock<Mutex<HashMap<u64, Known>>> = LazyLock::new(Mutex::default);
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = known().get(&number) {
        return known.clone();
    }
    // How much of a bulk write has arrived that Procore refused in part depends on how often it was tried.
    let mut drawn = (number..).step_by(1_000).map(Course::draw).map(|course| (Reference::of(&course), course));
    let (reference, course) = drawn.find(|(reference, _)| !reference.is_refused_in_part()).expect("some company is not refused in part");
    let walked = (course, Arc::new(reference));
    known().insert(number, walked.clone());
    walked
}

/// Plays a seed; what it breaks.
pub(crate) fn play(seed: u64, bug: Option<Bug>) -> Vec<Broken> {
    let mut dice = Rng::with_seed(seed);
    let (course, reference) = course(dice.u64(0..COURSES));
    // Less than the engine waits for what does not show.
    let delay = dice.choice([0, 0, 5, 20, 29]).unwrap_or_default();
    let lab = Lab::open(&course, bug, Duration::from_secs(delay)).within(&reference);
    for (day, (deeds, expected)) in course.days.iter().zip(&reference.states).enumerate() {
        let late: Vec<Deed> = deeds.iter().copied().filter(|deed| deed.may_come_late() && dice.bool()).collect();
        let early: Vec<Deed> = deeds.iter().copied().filter(|deed| !late.contains(deed)).collect();
        lab.morning(&early);
        for round in 0..dice.usize(1..=3) {
            disturbed(&lab, reference.moments[day], &mut dice);
            people::think_twice(&lab.world, &mut dice);
            if round == 0 {
                late.iter().for_each(|deed| deed.done_in(&lab.world));
            }
            // Some start again at once, when what was made does not show yet.
            lab.world.clock.turn(Duration::from_secs(dice.choice([1, 3, 20, 300, 1_500, 2_400]).unwrap_or_default()));
        }
        lab.come_to_rest();
        lab.compare(expected);
        if !lab.broken().is_empty() {
            return lab.broken();
        }
    }
    lab.reconcile();
    lab.broken()
}

/// One or two processes that something happens to.
fn disturbed(lab: &Lab, moments: usize, dice: &mut Rng) {
    match dice.u32(0..9) {
        0 | 8 => {
            let fate = Fate { consent: false, ..strewn(dice) };
            lab.run(fate);
        }
        1 | 2 => {
            let two = (strewn(dice), strewn(dice));
            lab.run_two(two, dice);
        }
        3 | 4 => {
            lab.run(Fate { life: Life::until(dice.usize(1..=moments)), ..Fate::kind() });
        }
        5 => {
            let both = Fate { life: Life::until(dice.usize(1..=moments)), ..strewn(dice) };
            lab.run(both);
        }
        _ => {
            let fate = strewn(dice);
            lab.run(fate);
        }
    }
}

fn strewn(dice: &mut Rng) -> Fate {
    let troubles = Troubles::Drawn { one_in: dice.usize(2..60), left: dice.usize(1..6), dice: dice.fork() };
    Fate { troubles, ..Fate::kind() }
}
