//! A company of many projects, from nothing to synced and once more: how long, with how many requests, in how much memory?
//!
//! `cargo build --release && cargo run --release --example scale -- --projects 40` serves the sandbox in one child process and runs the
//! program in another, over TCP, as a user would: everything once, once more with nothing to do, and once more after one change; then a
//! plan, and a replay of all that is on record. What breaks a limit ends with an error.

#[allow(dead_code)] // others ask Acumatica as well
mod served;

use std::io::Read;
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use serde_json::Value;

use served::{Outcome, Served, ended, peak};

/// Most memory that the program may hold at once, in KiB.
const MOST_MEMORY: u64 = 150 * 1024;
/// Most requests that one change may take beyond those that look for changes.
const MOST_FOR_A_CHANGE: u64 = 25;

/// How large a company.
#[derive(Parser)]
struct Arguments {
    /// Projects
    #[arg(long, default_value_t = 40)]
    projects: usize,
    /// Cost lines of each project; what suits a company of that many projects, if not said
    #[arg(long)]
    costs: Option<usize>,
    /// Most seconds that the first load may take
    #[arg(long, default_value_t = 1_800)]
    seconds: u64,
}

/// What one run took.
struct Run {
    time: Duration,
    procore: u64,
    acumatica: u64,
    /// The most memory that was resident, in KiB.
    memory: u64,
    /// Records created, updated and linked.
    written: u64,
    unchanged: u64,
    held: u64,
}

fn main() -> ExitCode {
    ended("scale", measure(&Arguments::parse()))
}

fn measure(arguments: &Arguments) -> Outcome<bool> {
    let mut size = vec!["--projects".to_owned(), arguments.projects.to_string()];
    if let Some(costs) = arguments.costs {
        size.extend(["--costs".to_owned(), costs.to_string()]);
    }
    let served = Served::open("scale", &size)?;
    let first = sync(&served)?;
    first.tell("everything once");
    let settled = sync(&served)?;
    settled.tell("once more");
    let quiet = sync(&served)?;
    quiet.tell("nothing new");
    approve_one(&served)?;
    let second = sync(&served)?;
    second.tell("after one change");
    let documents = quiet.unchanged.max(1);
    let (planned, replayed) = (timed(&served, &["plan"])?, timed(&served, &["replay"])?);
    println!("plan               {:>7.1} s over {documents} unchanged documents", planned.as_secs_f32());
    println!("replay             {:>7.1} s of everything that is on record", replayed.as_secs_f32());
    let most_memory = [&first, &settled, &quiet, &second].iter().map(|run| run.memory).max().unwrap_or_default();
    let (before, after) = (quiet.procore + quiet.acumatica, second.procore + second.acumatica);
    let limits = [
        (
            first.time.as_secs() <= arguments.seconds,
            format!("the first load took {} s, at most {}", first.time.as_secs(), arguments.seconds),
        ),
        (most_memory <= MOST_MEMORY, format!("the most memory was {most_memory} KiB, at most {MOST_MEMORY}")),
        (quiet.written == 0, format!("{} records were written with nothing new", quiet.written)),
        // The contract; two costs that show beside it, and their two rows of the job costs report.
        ((1..=5).contains(&second.written), format!("one change wrote {} records, at most 5", second.written)),
        (
            after <= before + MOST_FOR_A_CHANGE,
            format!("one change took {} requests beyond the {before} that look for changes", after.saturating_sub(before)),
        ),
    ];
    for (kept, told) in &limits {
        println!("{} {told}", if *kept { "ok    " } else { "BROKEN" });
    }
    Ok(limits.iter().all(|(kept, _)| *kept))
}

/// Runs the program once, for the time that it takes.
fn timed(served: &Served, arguments: &[&str]) -> Outcome<Duration> {
    let begun = Instant::now();
    let output = served.program()?.args(arguments).output()?;
    // A plan or replay that finds something to look at ends with 1.
    if output.status.code().is_some_and(|code| code <= 1) {
        return Ok(begun.elapsed());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
}

/// Runs the program once, and looks on at its memory.
fn sync(served: &Served) -> Outcome<Run> {
    let begun = Instant::now();
    let mut child = served.program()?.args(["sync", "--yes", "--json"]).stdout(Stdio::piped()).spawn()?;
    let mut output = child.stdout.take().ok_or("no output")?;
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        output.read_to_string(&mut text).map(|_| text)
    });
    let mut memory = 0;
    while child.try_wait()?.is_none() {
        memory = memory.max(peak(child.id()).unwrap_or_default());
        std::thread::sleep(Duration::from_millis(20));
    }
    let time = begun.elapsed();
    let text = reader.join().map_err(|_| "the output could not be read")??;
    let report: Value = serde_json::from_str(&text).map_err(|problem| format!("{problem}: {}", text.get(..400).unwrap_or(&text)))?;
    let used = |system: &str| report["requests"][system]["used"].as_u64().ok_or_else(|| text.get(..400).unwrap_or(&text).to_owned());
    let sum = |names: &[&str]| {
        let mappings = report["mappings"].as_array().into_iter().flatten();
        mappings.flat_map(|mapping| names.iter().filter_map(|name| mapping["counts"][*name].as_u64())).sum()
    };
    let (written, unchanged, held) = (sum(&["created", "updated", "adopted"]), sum(&["unchanged"]), sum(&["held"]));
    Ok(Run { time, procore: used("procore")?, acumatica: used("acumatica")?, memory, written, unchanged, held })
}

impl Run {
    fn tell(&self, what: &str) {
        println!(
            "{what:<18} {:>7.1} s, {} requests to Procore, {} to Acumatica, peak {} MiB; {} written, {} unchanged, {} held",
            self.time.as_secs_f32(),
            self.procore,
            self.acumatica,
            self.memory / 1024,
            self.written,
            self.unchanged,
            self.held
        );
    }
}

/// Somebody approves a subcontract in Procore.
fn approve_one(served: &Served) -> Outcome<()> {
    let settings = std::fs::read_to_string(served.folder.join("crosswalk.yaml"))?;
    let setting = |name: &str| {
        let found = settings.lines().find_map(|line| line.trim().strip_prefix(name));
        found.map(|value| value.trim().trim_matches('"').to_owned()).ok_or_else(|| format!("no `{name}`"))
    };
    let secret = std::fs::read_to_string(served.folder.join("procore.secret"))?;
    let credentials =
        format!(r#"{{"grant_type":"client_credentials","client_id":"{}","client_secret":"{}"}}"#, setting("client_id:")?, secret.trim());
    let (host, company) = (&served.procore, setting("company_id:")?);
    let token: Value = serde_json::from_str(&served.ask(("POST", format!("{host}/oauth/token")), &[], &credentials)?)?;
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap_or_default());
    let headers = [("authorization", bearer), ("procore-company-id", company.clone())];
    let list = |path: &str| -> Outcome<Value> { Ok(serde_json::from_str(&served.ask(("GET", format!("{host}{path}")), &headers, "")?)?) };
    let projects = list(&format!("/rest/v1.0/projects?company_id={company}"))?;
    let project = &projects[0]["id"];
    let contracts = list(&format!("/rest/v1.0/work_order_contracts?project_id={project}&company_id={company}"))?;
    let draft = contracts.as_array().into_iter().flatten().find(|contract| contract["status"] == "Draft").ok_or("no draft is left")?;
    let url = format!("{host}/rest/v1.0/work_order_contracts/{}?project_id={project}&company_id={company}", draft["id"]);
    let body = format!(r#"{{"project_id":{project},"work_order_contract":{{"status":"Approved"}}}}"#);
    served.ask(("PATCH", url), &headers, &body).map(drop)
}
