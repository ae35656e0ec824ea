//! How does each way compare with the program by hand? Short turns one after the other, so that a busy machine slows all ways alike.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::{Way, Workload};

const ROUNDS: usize = 501;
/// What one way takes in a round, about: long against the clock, short against the slices in which a busy machine shares itself.
const TURN: Duration = Duration::from_millis(1);
/// What each thread maps in a round with two of them, about: long against the start of a thread.
const SHARED: Duration = Duration::from_millis(20);
/// Hundredths of the speed of the program by hand below which the engine may not fall.
const FLOOR: u128 = 100;

/// Measures and prints the ratios: above 1.00 is faster than by hand. Whether all of the engine's are above the floor.
pub(crate) fn print(workloads: &[Workload]) -> bool {
    let mut above = true;
    let mut summary = String::from("ratio");
    for workload in workloads {
        let medians = medians(workload);
        let (_, by_hand) = medians[0];
        println!("\n{:<30}{:>12}{:>8}", workload.name, "a record", "ratio");
        for (name, median) in &medians {
            println!("  {name:<28}{:>9} us{:>8}", hundredths(median.as_nanos() / 10), hundredths(hundred_times(by_hand, *median)));
        }
        for (name, median) in &medians[4..] {
            println!("  the engine is {} times as fast as {name}", hundredths(hundred_times(*median, medians[1].1)));
        }
        println!("  two threads map {} times what one does", hundredths(two_threads(workload)));
        let ratio = hundred_times(by_hand, medians[1].1);
        above &= ratio >= FLOOR;
        summary.push_str(&format!("  {} {}", workload.name, hundredths(ratio)));
    }
    println!("\n{summary}");
    if !above {
        eprintln!("the engine is below {} of the speed of the program by hand", hundredths(FLOOR));
    }
    above
}

/// The time a record takes, way by way.
fn medians(workload: &Workload) -> Vec<(&'static str, Duration)> {
    let mut turns: Vec<_> =
        workload.ways().into_iter().map(|(name, way)| Turn { name, way, records: 1, next: 0, times: Vec::new() }).collect();
    for turn in &mut turns {
        let once = (0..20).map(|_| turn.take(&workload.records)).min().unwrap_or(TURN);
        turn.records = usize::try_from(TURN.as_nanos() / once.as_nanos().max(1)).unwrap_or(1).max(1);
    }
    for _ in 0..ROUNDS {
        for turn in &mut turns {
            let time = turn.take(&workload.records);
            turn.times.push(time);
        }
    }
    turns.into_iter().map(Turn::median).collect()
}

/// How much more two threads map than one, in hundredths: the median of rounds in which one and two take turns.
fn two_threads(workload: &Workload) -> u128 {
    let (engine, records) = (&workload.engine, &workload.records);
    let pass = || {
        let mut text = String::new();
        for record in records.iter().take(200) {
            text.clear();
            engine.bytes(black_box(record), &mut text);
        }
    };
    let timed = |run: &dyn Fn()| {
        let began = Instant::now();
        run();
        began.elapsed()
    };
    let once = (0..20).map(|_| timed(&pass)).min().unwrap_or(SHARED);
    let passes = SHARED.as_nanos() / once.as_nanos().max(1) + 1;
    let alone = || (0..passes).for_each(|_| pass());
    let mut ratios: Vec<u128> = (0..31)
        .map(|_| {
            let one = timed(&alone);
            let two = timed(&|| {
                std::thread::scope(|scope| {
                    scope.spawn(alone);
                    scope.spawn(alone);
                });
            });
            2 * hundred_times(one, two)
        })
        .collect();
    ratios.sort_unstable();
    ratios[ratios.len() / 2]
}

/// One way, and the time that a record took in each of its turns.
struct Turn<'w> {
    name: &'static str,
    way: Way<'w>,
    records: usize,
    next: usize,
    times: Vec<Duration>,
}

impl Turn<'_> {
    fn take(&mut self, records: &[String]) -> Duration {
        let began = Instant::now();
        for record in records.iter().cycle().skip(self.next).take(self.records) {
            black_box((self.way)(black_box(record)));
        }
        let time = began.elapsed();
        self.next = (self.next + self.records) % records.len();
        time / u32::try_from(self.records).unwrap_or(u32::MAX)
    }

    fn median(mut self) -> (&'static str, Duration) {
        self.times.sort_unstable();
        (self.name, self.times[self.times.len() / 2])
    }
}

fn hundred_times(by_hand: Duration, other: Duration) -> u128 {
    by_hand.as_nanos() * 100 / other.as_nanos().max(1)
}

fn hundredths(number: u128) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}
