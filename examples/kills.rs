//! Kills the real program at random moments of its syncs and starts it again: does it come to the end of a run that nobody disturbed?
//!
//! `cargo build --release && cargo run --release --example kills -- --kills 25` serves the sandbox in one child process and runs
//! `crosswalk sync --yes` in another, over TCP, and ends it with SIGKILL. After a handful of kills a company is brought to its end and
//! compared, record by record, and the next one begins from nothing.

#![allow(clippy::unwrap_used)] // a record that cannot be read ends the comparison

#[path = "../tests/it/world/mod.rs"]
#[allow(dead_code, unused_imports)] // tests use more of it
mod world;

#[allow(dead_code)] // others look at memory
mod served;

use std::collections::BTreeMap;
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use crosswalk::store::Store;
use crosswalk::value::{Record, Value};
use rusqlite::OpenFlags;

use served::{Outcome, Served, ended};
use world::{COLLECTIONS, ENTITIES, difference, end_state};

/// Kills of one company, before it is brought to its end.
const KILLS_OF_ONE: usize = 5;

/// How often to kill.
#[derive(Parser)]
struct Arguments {
    /// Kills
    #[arg(long, default_value_t = 25)]
    kills: usize,
    /// Draws their moments
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// A company of its own, whose syncs are killed.
struct Stage(Served);

fn main() -> ExitCode {
    ended("kills", play(&Arguments::parse()))
}

fn play(arguments: &Arguments) -> Outcome<bool> {
    let begun = Instant::now();
    let mut dice = fastrand::Rng::with_seed(arguments.seed);
    let undisturbed = Stage::open(0)?;
    let first = Instant::now();
    undisturbed.finish()?;
    let longest = u64::try_from(first.elapsed().as_millis() / 4)?;
    let expected = undisturbed.state()?;
    let (mut hit, mut killed, mut companies, mut sound) = (BTreeMap::new(), 0, 0, true);
    while killed < arguments.kills {
        companies += 1;
        let stage = Stage::open(companies)?;
        for _ in 0..KILLS_OF_ONE.min(arguments.kills - killed) {
            *hit.entry(stage.kill(Duration::from_millis(dice.u64(5..=longest)))?).or_insert(0) += 1;
            killed += 1;
        }
        stage.finish()?;
        if let Some(difference) = difference(&expected, &stage.state()?) {
            println!("company {companies} ended otherwise:\n{difference}");
            sound = false;
        }
    }
    let phases: Vec<String> = hit.iter().map(|(phase, times)| format!("{times} {phase}")).collect();
    let verdict = if sound { "each ended as if nobody had been killed" } else { "NOT all ended alike" };
    println!(
        "kills: {killed} with seed {} in {companies} companies and {} s ({}); {verdict}",
        arguments.seed,
        begun.elapsed().as_secs(),
        phases.join(", ")
    );
    Ok(sound)
}

impl Stage {
    fn open(number: usize) -> Outcome<Self> {
        let size = ["--projects", "1", "--costs", "3"].map(str::to_owned);
        Ok(Self(Served::open(&format!("kills-{number}"), &size)?))
    }

    /// Kills a sync after this time; what it was at.
    fn kill(&self, after: Duration) -> Outcome<&'static str> {
        let served = &self.0;
        let each = |method: &str| -> Outcome<Vec<String>> {
            let ask = |host| served.ask((method, format!("{host}/sandbox/requests")), &[], "");
            [&served.procore, &served.acumatica].into_iter().map(ask).collect()
        };
        each("DELETE")?;
        let mut child = served.program()?.args(["sync", "--yes"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        std::thread::sleep(after);
        let done = child.try_wait()?.is_some();
        child.kill()?;
        child.wait()?;
        // The dead keep their sessions for ten minutes, and the licence has few: an hour goes by in no time here. An hour that nobody
        // has seen go by need not go by twice.
        let faults = || format!("{}/sandbox/faults", served.acumatica);
        served.ask(("DELETE", faults()), &[], "")?;
        served.ask(("POST", faults()), &[], r#"{"kind":"expire_token"}"#)?;
        let asked = each("GET")?;
        let none = asked.iter().all(|text| text.contains(r#""count":0"#));
        let state = rusqlite::Connection::open_with_flags(self.0.folder.join("crosswalk.db"), OpenFlags::SQLITE_OPEN_READ_ONLY);
        let count =
            |sql: &str| state.as_ref().ok().and_then(|state| state.query_row(sql, [], |row| row.get::<_, i64>(0)).ok()).unwrap_or_default();
        Ok(if done {
            "after the end"
        } else if none {
            "before the first request"
        } else if count("select count(*) from step where state = 'intended'") > 0 {
            "with a write under way"
        } else if count("select count(*) from flow where state = 'open'") > 0 {
            "between two steps of a document"
        } else {
            "while reading"
        })
    }

    /// Syncs until nothing is left to do.
    fn finish(&self) -> Outcome<()> {
        for _ in 0..2 {
            let output = self.0.program()?.args(["sync", "--yes"]).output()?;
            // 1 tells that some records are held, as some of the practice company are.
            if !matches!(output.status.code(), Some(0 | 1)) {
                return Err(
                    format!("a sync that nobody killed ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into()
                );
            }
        }
        let verified = self.0.program()?.args(["journal", "verify"]).output()?;
        let told = String::from_utf8_lossy(&verified.stdout).into_owned();
        if verified.status.success() { Ok(()) } else { Err(format!("the journal is not sound: {told}").into()) }
    }

    /// What both systems and the state file hold.
    fn state(&self) -> Outcome<Vec<String>> {
        let records = |host: &str, name: &str| -> Outcome<Vec<Record>> {
            let list = Value::from_json(&self.0.ask(("GET", format!("{host}/sandbox/records/{name}")), &[], "")?)?;
            let rows = list.as_list().unwrap_or_default().iter().filter_map(|row| row.as_record().cloned());
            Ok(rows.filter(|row| row.get("deleted_at").is_none_or(Value::is_null)).collect())
        };
        let all = |host: &str, names: &[&'static str]| names.iter().map(|name| Ok((*name, records(host, name)?))).collect::<Outcome<_>>();
        let rows: BTreeMap<&str, Vec<Record>> = all(&self.0.procore, &COLLECTIONS)?;
        let books: BTreeMap<&str, Vec<Record>> = all(&self.0.acumatica, &ENTITIES)?;
        let store = Store::open(self.0.folder.join("crosswalk.db"))?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        Ok(runtime.block_on(end_state(|name| rows[name].clone(), |name| books[name].clone(), &store)))
    }
}
