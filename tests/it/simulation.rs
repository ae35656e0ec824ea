//! Effects happen exactly once, by simulation: a sample of all crash points, some seeds, and every planted bug caught. The whole of
//! each is played by `examples/simulate.rs`; `docs/reliability.md` tells what is promised.

#[path = "../simulation/mod.rs"]
#[allow(dead_code)] // the example plays more of it
mod simulated;

use std::sync::LazyLock;

use simulated::bugs::{Bug, Caught};
use simulated::crash::Enumeration;
use simulated::seeds::play;

/// Of some thousand crash points, every so manieth is met here.
const EVERY: usize = 150;
/// Seeds that are played here.
const SEEDS: u64 = 12;

static ENUMERATION: LazyLock<Enumeration> = LazyLock::new(Enumeration::new);

#[test]
fn wherever_a_process_dies_the_next_one_ends_as_if_nothing_had_happened() {
    for point in ENUMERATION.points().into_iter().skip(40).step_by(EVERY) {
        let broken = ENUMERATION.meet(point, None);
        assert!(broken.is_empty(), "{point:?}: {}", broken[0]);
    }
}

#[test]
fn whatever_goes_wrong_in_a_drawn_week_its_end_is_the_same() {
    for seed in 0..SEEDS {
        let broken = play(seed, None);
        assert!(broken.is_empty(), "seed {seed}: {}", broken[0]);
    }
}

/// The mistakes are looked for with few points and seeds, with which nothing is wrong where none is planted.
#[test]
fn every_planted_bug_is_caught() {
    for point in ENUMERATION.telling() {
        let broken = ENUMERATION.meet(point, None);
        assert!(broken.is_empty(), "{point:?} without a bug: {}", broken[0]);
    }
    let caught: Vec<Caught> = Bug::ALL.into_iter().map(|bug| Caught::hunt(bug, &ENUMERATION, SEEDS)).collect();
    let table: Vec<String> = caught.iter().map(ToString::to_string).collect();
    println!("planted bugs: {} caught\n{}", caught.iter().filter(|caught| caught.by.is_some()).count(), table.join("\n"));
    let missed: Vec<Bug> = caught.iter().filter(|caught| caught.by.is_none()).map(|caught| caught.bug).collect();
    assert!(missed.is_empty(), "{missed:?} went unnoticed");
    assert!(caught.len() >= 12, "{}", caught.len());
}
