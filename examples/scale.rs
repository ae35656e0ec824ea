//! A company of many projects, from nothing to synced and once more: how long, with how many requests, in how much memory?
//!
//! `cargo build --release && cargo run --release --example scale -- --projects 40` serves the sandbox in one child process and runs the
//! program in another, over TCP, as a user would: everything once, once more with nothing to do, and once more after one change; then a
//! plan, and a replay of all that is on record. What breaks a limit ends with an error.

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use serde_json::Value;

/// Most memory that the program may hold at once, in KiB.
const MOST_MEMORY: u64 = 150 * 1024;
/// Most requests that one change may take beyond those that look for changes.
const MOST_FOR_A_CHANGE: u64 = 25;

type Outcome<T> = Result<T, Box<dyn Error>>;

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
    match measure(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("scale: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> Outcome<bool> {
    let folder = std::env::temp_dir().join(format!("crosswalk-scale-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = in_folder(arguments, &folder);
    std::fs::remove_dir_all(&folder)?;
    done
}

fn in_folder(arguments: &Arguments, folder: &Path) -> Outcome<bool> {
    let (mut served, procore) = serve(arguments, folder)?;
    let told = runs(arguments, folder, &procore);
    served.kill()?;
    served.wait()?;
    told
}

fn runs(arguments: &Arguments, folder: &Path, procore: &str) -> Outcome<bool> {
    let first = sync(folder)?;
    first.tell("everything once");
    let settled = sync(folder)?;
    settled.tell("once more");
    let quiet = sync(folder)?;
    quiet.tell("nothing new");
    approve_one(folder, procore)?;
    let second = sync(folder)?;
    second.tell("after one change");
    let documents = quiet.unchanged.max(1);
    let (planned, replayed) = (timed(folder, &["plan"])?, timed(folder, &["replay"])?);
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

/// Serves the sandbox in a child; gives back where Procore is.
fn serve(arguments: &Arguments, folder: &Path) -> Outcome<(Child, String)> {
    let mut command = program(folder)?;
    command.args(["sandbox", "--procore-port", "0", "--acumatica-port", "0", "--settings-dir", ".", "--action-time", "0"]);
    command.args(["--projects", &arguments.projects.to_string()]);
    if let Some(costs) = arguments.costs {
        command.args(["--costs", &costs.to_string()]);
    }
    let mut served = command.stdout(Stdio::piped()).spawn()?;
    let mut lines = BufReader::new(served.stdout.take().ok_or("the sandbox says nothing")?).lines().map_while(Result::ok);
    let procore = lines.find_map(|line| line.strip_prefix("Procore   http://").map(str::to_owned)).ok_or("the sandbox did not start")?;
    lines.find(|line| line.starts_with("stop it")).ok_or("the sandbox did not start")?;
    Ok((served, procore))
}

/// Runs the program once, for the time that it takes.
fn timed(folder: &Path, arguments: &[&str]) -> Outcome<Duration> {
    let begun = Instant::now();
    let output = program(folder)?.args(arguments).output()?;
    // A plan or replay that finds something to look at ends with 1.
    if output.status.code().is_some_and(|code| code <= 1) {
        return Ok(begun.elapsed());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
}

/// Runs the program once, and looks on at its memory.
fn sync(folder: &Path) -> Outcome<Run> {
    let begun = Instant::now();
    let mut child = program(folder)?.args(["sync", "--yes", "--json"]).stdout(Stdio::piped()).spawn()?;
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

/// The most memory of a process so far, in KiB.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

/// The program as it was built beside this one.
fn program(folder: &Path) -> Outcome<Command> {
    let own = std::env::current_exe()?;
    let built = own.parent().and_then(Path::parent).map(|folder| folder.join("crosswalk")).filter(|program| program.exists());
    let mut command = Command::new(built.ok_or("the program is not built; run `cargo build --release` first")?);
    command.current_dir(folder).stdin(Stdio::null()).env_remove("CROSSWALK_LOG");
    Ok(command)
}

/// Somebody approves a subcontract in Procore.
fn approve_one(folder: &Path, procore: &str) -> Outcome<()> {
    let settings = std::fs::read_to_string(folder.join("crosswalk.yaml"))?;
    let setting = |name: &str| {
        let found = settings.lines().find_map(|line| line.trim().strip_prefix(name));
        found.map(|value| value.trim().trim_matches('"').to_owned()).ok_or_else(|| format!("no `{name}`"))
    };
    let secret = std::fs::read_to_string(folder.join("procore.secret"))?;
    let credentials =
        format!(r#"{{"grant_type":"client_credentials","client_id":"{}","client_secret":"{}"}}"#, setting("client_id:")?, secret.trim());
    let token = call(procore, ("POST", "/oauth/token"), "", &credentials)?;
    let company = setting("company_id:")?;
    let headers =
        format!("authorization: Bearer {}\r\nprocore-company-id: {company}\r\n", token["access_token"].as_str().unwrap_or_default());
    let projects = call(procore, ("GET", &format!("/rest/v1.0/projects?company_id={company}")), &headers, "")?;
    let project = &projects[0]["id"];
    let list = format!("/rest/v1.0/work_order_contracts?project_id={project}&company_id={company}");
    let contracts = call(procore, ("GET", &list), &headers, "")?;
    let draft = contracts.as_array().into_iter().flatten().find(|contract| contract["status"] == "Draft").ok_or("no draft is left")?;
    let path = format!("/rest/v1.0/work_order_contracts/{}?project_id={project}&company_id={company}", draft["id"]);
    let body = format!(r#"{{"project_id":{project},"work_order_contract":{{"status":"Approved"}}}}"#);
    call(procore, ("PATCH", &path), &headers, &body).map(drop)
}

/// One request, with a connection of its own.
fn call(host: &str, (method, path): (&str, &str), headers: &str, body: &str) -> Outcome<Value> {
    let mut stream = TcpStream::connect(host)?;
    let length = body.len();
    let head = "content-type: application/json\r\nconnection: close\r\n";
    write!(stream, "{method} {path} HTTP/1.1\r\nhost: {host}\r\n{headers}{head}content-length: {length}\r\n\r\n{body}")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or("no answer")?;
    if !head.starts_with("HTTP/1.1 2") {
        return Err(format!("{method} {path}: {text}").into());
    }
    Ok(serde_json::from_str(body)?)
}
