//! What do the short commands take, and how much memory a million rows? One figure a line; what breaks its limit ends with an error.
//!
//! `cargo build --release && cargo run --release --example limits` measures all; `-- check`, `-- test` or `-- rows` one of them.

#![allow(dead_code, reason = "what is shared with the benchmark is not all used here")]

#[path = "../benches/mapping/engine.rs"]
mod engine;
#[path = "../benches/mapping/row.rs"]
mod row;
#[path = "../benches/mapping/row_by_hand.rs"]
mod row_by_hand;
mod served;
#[path = "../benches/mapping/wire.rs"]
mod wire;

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use served::{Outcome, peak, program};

/// Tells its figure; whether the limit is kept.
type Measure = fn() -> Outcome<bool>;

/// Cases in the folder that is made.
const CASES: usize = 1_000;
const ROWS: usize = 1_000_000;

fn main() -> ExitCode {
    let asked = std::env::args().nth(1);
    let measures: [(&str, Measure); 3] = [("check", check), ("test", test), ("rows", rows)];
    let mut kept = true;
    for (name, measure) in measures {
        if asked.as_deref().is_some_and(|asked| asked != name) {
            continue;
        }
        kept &= measure().unwrap_or_else(|problem| {
            eprintln!("{name}: {problem}");
            false
        });
    }
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Tells a figure beside its limit.
fn told(what: &str, found: u128, most: u128, unit: &str) -> bool {
    println!("{} {what}: {found} {unit}, at most {most}", if found <= most { "ok    " } else { "BROKEN" });
    found <= most
}

/// All shipped mappings, read and checked by a process of its own.
fn check() -> Outcome<bool> {
    let folder = std::env::temp_dir();
    Ok(told("check of all mappings, cold", median(|| run(&folder, &["check"]))?.as_millis(), 80, "ms"))
}

/// A folder of a thousand cases: the shipped ones, several times over.
fn test() -> Outcome<bool> {
    let folder = std::env::temp_dir().join(format!("crosswalk-limits-{}", std::process::id()));
    let made = cases(&folder).and_then(|cases| {
        // The first test writes the snapshots, which all wait for review.
        run(&folder, &["test"]).ok();
        run(&folder, &["review", "--accept"])?;
        let time = median(|| run(&folder, &["test"]))?;
        Ok(told(&format!("test of {cases} cases"), time.as_millis(), 1_000, "ms"))
    });
    fs::remove_dir_all(&folder)?;
    made
}

/// A million rows from bytes to bytes, and the most memory of this process meanwhile.
fn rows() -> Outcome<bool> {
    let (engine, records) = (row::engine(), row::records());
    let (begun, mut text, mut bytes) = (Instant::now(), String::new(), 0);
    for record in records.iter().cycle().take(ROWS) {
        text.clear();
        engine.bytes(record, &mut text);
        bytes += text.len();
    }
    println!("       {ROWS} rows: {} ms, {} MB written", begun.elapsed().as_millis(), bytes / 1_000_000);
    let peak = peak(std::process::id()).ok_or("the most memory is not told here")?;
    Ok(told("the most memory of a million rows", u128::from(peak / 1024), 64, "MiB"))
}

/// The median of eleven runs.
fn median(mut run: impl FnMut() -> Outcome<Duration>) -> Outcome<Duration> {
    let mut times = (0..11).map(|_| run()).collect::<Outcome<Vec<_>>>()?;
    times.sort_unstable();
    Ok(times[times.len() / 2])
}

/// Runs the program in a folder.
fn run(folder: &Path, arguments: &[&str]) -> Outcome<Duration> {
    let mut command = program(folder)?;
    let begun = Instant::now();
    let output = command.args(arguments).output()?;
    let time = begun.elapsed();
    if output.status.success() { Ok(time) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned().into()) }
}

/// Makes a folder of mappings whose cases are the shipped ones, again and again, until there are enough; how many there are.
fn cases(folder: &Path) -> Outcome<usize> {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings");
    let mappings = folder.join("mappings");
    fs::create_dir_all(&mappings)?;
    let mut files = Vec::new();
    for entry in fs::read_dir(&shipped)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned) else { continue };
        if name.ends_with(".cases.yaml") {
            files.push((name, fs::read_to_string(&path)?));
        } else if path.is_file() {
            fs::copy(&path, mappings.join(name))?;
        }
    }
    let each: usize = files.iter().map(|(_, text)| named(text)).sum();
    let times = CASES.div_ceil(each);
    for (name, text) in files {
        let (head, cases) = text.split_once("cases:\n").ok_or_else(|| format!("{name} has no cases"))?;
        let again = (0..times).map(|at| cases.replace("- name: ", &format!("- name: no. {at}, ")));
        fs::write(mappings.join(name), format!("{head}cases:\n{}", again.collect::<Vec<_>>().join("\n")))?;
    }
    Ok(each * times)
}

fn named(text: &str) -> usize {
    text.matches("- name: ").count()
}
