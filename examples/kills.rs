//! Kills the real program at random moments of its syncs and starts it again: does it come to the end of a run that nobody disturbed?
//!
//! `cargo build --release && cargo run --release --example kills -- --kills 25` serves the sandbox in one child process and runs
//! `crosswalk sync --yes` in another, over TCP, and ends it with SIGKILL. After a handful of kills a company is brought to its end and
//! compared, record by record, and the next one begins from nothing.

#![allow(clippy::unwrap_used)] // a record that cannot be read ends the comparison

#[path = "../tests/it/world/mod.rs"]
#[allow(dead_code, unused_imports)] // tests use more of it
mod world;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use crosswalk::store::Store;
use crosswalk::value::{Record, Value};
use rusqlite::OpenFlags;

use world::{difference, end_state};

/// Kills of one company, before it is brought to its end.
const KILLS_OF_ONE: usize = 5;

type Outcome<T> = Result<T, Box<dyn Error>>;

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

/// A company of its own: both systems in a child process, and a folder with settings and state.
struct Stage {
    folder: PathBuf,
    served: Child,
    procore: String,
    acumatica: String,
}

fn main() -> ExitCode {
    match play(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("kills: {problem}");
            ExitCode::FAILURE
        }
    }
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
        let folder = std::env::temp_dir().join(format!("crosswalk-kills-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let mut command = program(&folder)?;
        command.args(["sandbox", "--procore-port", "0", "--acumatica-port", "0", "--settings-dir", ".", "--action-time", "0"]);
        let mut served = command.args(["--projects", "1", "--costs", "3"]).stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(served.stdout.take().ok_or("the sandbox says nothing")?).lines().map_while(Result::ok);
        let mut host = |name: &str| {
            let found = lines.find_map(|line| line.strip_prefix(name).map(|rest| rest.trim_start_matches([' ', '/', ':']).to_owned()));
            let address = found.and_then(|rest| rest.split("http://").last()?.split(['/', ' ']).next().map(str::to_owned));
            address.ok_or_else(|| format!("the sandbox does not say where {name} is"))
        };
        let (procore, acumatica) = (host("Procore")?, host("Acumatica")?);
        lines.find(|line| line.starts_with("stop it")).ok_or("the sandbox did not start")?;
        Ok(Self { folder, served, procore, acumatica })
    }

    /// Kills a sync after this time; what it was at.
    fn kill(&self, after: Duration) -> Outcome<&'static str> {
        for host in [&self.procore, &self.acumatica] {
            call(host, ("DELETE", "/sandbox/requests"), "")?;
        }
        let mut child = program(&self.folder)?.args(["sync", "--yes"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        std::thread::sleep(after);
        let done = child.try_wait()?.is_some();
        child.kill()?;
        child.wait()?;
        // The dead keep their sessions for ten minutes, and the licence has few: an hour goes by in no time here.
        call(&self.acumatica, ("POST", "/sandbox/faults"), r#"{"kind":"expire_token"}"#)?;
        let asked = [&self.procore, &self.acumatica]
            .iter()
            .map(|host| call(host, ("GET", "/sandbox/requests"), ""))
            .collect::<Outcome<Vec<_>>>()?;
        let none = asked.iter().all(|text| text.contains(r#""count":0"#));
        let state = rusqlite::Connection::open_with_flags(self.folder.join("crosswalk.db"), OpenFlags::SQLITE_OPEN_READ_ONLY);
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
            let output = program(&self.folder)?.args(["sync", "--yes"]).output()?;
            // 1 tells that some records are held, as some of the practice company are.
            if !matches!(output.status.code(), Some(0 | 1)) {
                return Err(
                    format!("a sync that nobody killed ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into()
                );
            }
        }
        let verified = program(&self.folder)?.args(["journal", "verify"]).output()?;
        let told = String::from_utf8_lossy(&verified.stdout).into_owned();
        if verified.status.success() { Ok(()) } else { Err(format!("the journal is not sound: {told}").into()) }
    }

    /// What both systems and the state file hold.
    fn state(&self) -> Outcome<Vec<String>> {
        let records = |host: &str, name: &str| {
            let text = call(host, ("GET", &format!("/sandbox/records/{name}")), "").unwrap();
            let list = Value::from_json(&text).unwrap();
            let rows = list.as_list().unwrap_or_default().iter().filter_map(|row| row.as_record().cloned());
            rows.filter(|row| row.get("deleted_at").is_none_or(Value::is_null)).collect::<Vec<Record>>()
        };
        let store = Store::open(self.folder.join("crosswalk.db"))?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        Ok(runtime.block_on(end_state(|name| records(&self.procore, name), |name| records(&self.acumatica, name), &store)))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.served.kill();
        let _ = self.served.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The program as it was built beside this one.
fn program(folder: &Path) -> Outcome<Command> {
    let own = std::env::current_exe()?;
    let built = own.parent().and_then(Path::parent).map(|folder| folder.join("crosswalk")).filter(|program| program.exists());
    let mut command = Command::new(built.ok_or("the program is not built; run `cargo build --release` first")?);
    command.current_dir(folder).stdin(Stdio::null()).env_remove("CROSSWALK_LOG");
    Ok(command)
}

/// One request, with a connection of its own; the body of the answer.
fn call(host: &str, (method, path): (&str, &str), body: &str) -> Outcome<String> {
    let mut stream = TcpStream::connect(host)?;
    let length = body.len();
    write!(stream, "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or("no answer")?;
    if head.starts_with("HTTP/1.1 2") { Ok(body.to_owned()) } else { Err(format!("{method} {path}: {text}").into()) }
}
