//! Simulated runs by the thousand: seeds, or every crash point there is; what broke a rule is told with the line that replays it.
//!
//! `cargo run --release --example simulate -- --runs 2000` plays seeds, `-- --crash-points` lets a process die at every moment.

#![allow(clippy::unwrap_used)] // what cannot happen in a simulation ends it

#[path = "../tests/simulation/mod.rs"]
#[allow(dead_code)] // tests use more of it
mod simulation;
#[path = "../tests/it/world/mod.rs"]
#[allow(dead_code, unused_imports)]
mod world;

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use clap::Parser;

use simulation::bugs::{Bug, Caught};
use simulation::checks::Broken;
use simulation::crash::Enumeration;
use simulation::seeds::play;

/// What to simulate.
#[derive(Parser)]
struct Arguments {
    /// How many seeds to play
    #[arg(long, default_value_t = 2_000)]
    runs: u64,
    /// The first seed
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Threads
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Every crash point instead of seeds
    #[arg(long)]
    crash_points: bool,
    /// Plant each bug and tell what catches it
    #[arg(long)]
    bugs: bool,
    /// Of the crash points, every so manieth
    #[arg(long, default_value_t = 1)]
    every: usize,
    /// The first of them
    #[arg(long, default_value_t = 0)]
    first: usize,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let begun = Instant::now();
    let (what, done, failures) = match (arguments.crash_points, arguments.bugs) {
        (true, _) => crash_points(&arguments),
        (_, true) => bugs(&arguments),
        _ => seeds(&arguments),
    };
    let seconds = begun.elapsed().as_millis().max(1);
    let rate = done as u128 * 1_000 / seconds;
    let verdict = if arguments.bugs { "were not caught" } else { "broke a rule" };
    let tenths = (seconds % 1_000) / 100;
    println!("simulate: {done} {what} in {}.{tenths} s ({rate} a second), {failures} {verdict}", seconds / 1_000);
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn seeds(arguments: &Arguments) -> (&'static str, usize, usize) {
    let seeds: Vec<u64> = (arguments.seed..arguments.seed + arguments.runs).collect();
    let replay = |seed: &u64| format!("--runs 1 --seed {seed}");
    let failures = each(&seeds, arguments.threads, replay, |seed| play(*seed, None));
    ("runs", seeds.len(), failures)
}

fn crash_points(arguments: &Arguments) -> (&'static str, usize, usize) {
    let enumeration = Enumeration::new();
    let all = enumeration.points();
    let points: Vec<_> = all.iter().copied().enumerate().skip(arguments.first).step_by(arguments.every).collect();
    println!("crash points: {} of {} for {}", points.len(), all.len(), enumeration.told());
    let replay = |(at, _): &(usize, _)| format!("--crash-points --first {at} --every 1000000");
    let failures = each(&points, arguments.threads, replay, |(_, point)| enumeration.meet(*point, None));
    ("crash points", points.len(), failures)
}

/// Seeds by which each bug has to be caught.
const SEEDS: u64 = 24;

fn bugs(arguments: &Arguments) -> (&'static str, usize, usize) {
    let enumeration = Enumeration::new();
    let missed = AtomicUsize::new(0);
    each(
        &Bug::ALL,
        arguments.threads,
        |_| String::new(),
        |bug| {
            let caught = Caught::hunt(*bug, &enumeration, SEEDS);
            missed.fetch_add(usize::from(caught.by.is_none()), Ordering::Relaxed);
            println!("{caught}");
            Vec::new()
        },
    );
    ("planted bugs", Bug::ALL.len(), missed.into_inner())
}

/// Does each of these on some threads; how many broke a rule.
fn each<T: Sync>(all: &[T], threads: usize, replay: impl Fn(&T) -> String + Sync, meet: impl Fn(&T) -> Vec<Broken> + Sync) -> usize {
    let (next, failures) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let out = Mutex::new(());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let broken = meet(one);
                    if let Some(first) = broken.first() {
                        failures.fetch_add(1, Ordering::Relaxed);
                        let _alone = out.lock();
                        println!("FAILED: cargo run --release --example simulate -- {}\n  {first}", replay(one));
                    }
                }
            });
        }
    });
    failures.into_inner()
}
