//! A company of its own for an example: a folder with settings and state, both systems in a child process, and ways to ask them.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use crosswalk::connector::{HttpSettings, HttpTransport, Request, Response, Transport};
use tokio::runtime::Runtime;

/// What an example comes to.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// Both systems, served from a folder that goes when they do.
pub(crate) struct Served {
    /// Settings and state lie here.
    pub(crate) folder: PathBuf,
    /// Where Procore is: `http://127.0.0.1:1234`.
    pub(crate) procore: String,
    /// Where Acumatica is.
    pub(crate) acumatica: String,
    child: Child,
    transport: HttpTransport,
    runtime: Runtime,
}

impl Served {
    /// Serves a company, of which these arguments of `crosswalk sandbox` say more.
    pub(crate) fn open(name: &str, arguments: &[String]) -> Outcome<Self> {
        let folder = std::env::temp_dir().join(format!("crosswalk-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let mut command = program(&folder)?;
        command.args(["sandbox", "--procore-port", "0", "--acumatica-port", "0", "--settings-dir", ".", "--action-time", "0"]);
        let mut child = command.args(arguments).stdout(Stdio::piped()).spawn()?;
        let told = BufReader::new(child.stdout.take().ok_or("the sandbox says nothing")?).lines().map_while(Result::ok);
        let told: Vec<String> = told.take_while(|line| !line.starts_with("stop it")).collect();
        let address = |name: &str| {
            let line =
                told.iter().find(|line| line.starts_with(name)).ok_or_else(|| format!("the sandbox does not say where {name} is"))?;
            let host = line.split_once("http://").and_then(|(_, rest)| rest.split(['/', ' ']).next()).unwrap_or_default();
            Ok::<_, String>(format!("http://{host}"))
        };
        let (procore, acumatica) = (address("Procore")?, address("Acumatica")?);
        let transport = HttpTransport::new(HttpSettings { connect_seconds: 10, answer_seconds: 60, most_bytes: 1 << 28 })?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { folder, procore, acumatica, child, transport, runtime })
    }

    /// The program, to be run in the folder.
    pub(crate) fn program(&self) -> Outcome<Command> {
        program(&self.folder)
    }

    /// One request; the body of its answer.
    pub(crate) fn ask(&self, (method, url): (&str, String), headers: &[(&str, String)], body: &str) -> Outcome<String> {
        let told = format!("{method} {url}");
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let headers = headers.chain([("content-type".to_owned(), "application/json".to_owned())]).collect();
        let request = Request { method: method.to_owned(), url, headers, body: body.into() };
        let Response { status, body, .. } = self.runtime.block_on(self.transport.send(request))?;
        let body = String::from_utf8(body)?;
        if (200..300).contains(&status) { Ok(body) } else { Err(format!("{told}: {status} {body}").into()) }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// How an example ends: what it measured is sound, is not, or could not be measured.
pub(crate) fn ended(name: &str, measured: Outcome<bool>) -> ExitCode {
    match measured {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("{name}: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// The most memory of a process so far, in KiB.
pub(crate) fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

/// The program as it was built beside this one.
pub(crate) fn program(folder: &Path) -> Outcome<Command> {
    let own = std::env::current_exe()?;
    let built = own.parent().and_then(Path::parent).map(|folder| folder.join("crosswalk")).filter(|program| program.exists());
    let mut command = Command::new(built.ok_or("the program is not built; run `cargo build --release` first")?);
    command.current_dir(folder).stdin(Stdio::null()).env_remove("CROSSWALK_LOG");
    Ok(command)
}
