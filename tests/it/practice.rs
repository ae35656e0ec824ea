//! The real sandbox in a process of its own, and the real program against it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::program::{Folder, Ran};

/// Both systems, served by a child that ends with the test, however the test ends.
pub(crate) struct Practice {
    /// Where the program is called; `sandbox/` in it has the settings.
    pub(crate) folder: Folder,
    /// Where Procore is served.
    pub(crate) procore_url: String,
    /// Where Acumatica is served.
    pub(crate) acumatica_url: String,
    served: AtWork,
}

/// The program at work beside the test; it is killed at the end.
pub(crate) struct AtWork(pub(crate) Child);

impl Practice {
    /// Serves a company with this many projects, whose actions take no time.
    pub(crate) fn with_projects(projects: u8) -> Self {
        Self::with(projects, &[])
    }

    /// The same, served with further arguments.
    pub(crate) fn with(projects: u8, more: &[&str]) -> Self {
        let folder = Folder::new();
        let ports = ["--procore-port", "0", "--acumatica-port", "0", "--settings-dir", "sandbox", "--action-time", "0"];
        let mut command = program(folder.path());
        command.arg("sandbox").args(ports).args(["--projects", &projects.to_string()]).args(more).stdout(Stdio::piped());
        let mut served = AtWork(command.spawn().unwrap());
        let greeting = BufReader::new(served.0.stdout.take().unwrap());
        let mut lines = greeting.lines().map(Result::unwrap);
        let procore_url = lines.find_map(|line| line.strip_prefix("Procore   ").map(str::to_owned)).unwrap();
        let acumatica_url = lines.find_map(|line| line.strip_prefix("Acumatica ").map(str::to_owned)).unwrap();
        assert!(lines.any(|line| line == "stop it with Ctrl-C"));
        Self { folder, procore_url, acumatica_url, served }
    }

    /// Runs the program with the sandbox's settings. Whatever it says, it says no secret.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let ran = self.folder.run(&[&["--settings", "sandbox/crosswalk.yaml"], arguments].concat());
        self.tells_no_secret(&ran.to_string());
        assert!(!ran.err.contains("panicked") && !ran.err.contains("src/"), "{ran}");
        ran
    }

    /// Runs it in the folder of the settings file, as somebody does who works there.
    pub(crate) fn at_home(&self, arguments: &[&str]) -> Ran {
        let ran = self.folder.run_in("sandbox", arguments);
        self.tells_no_secret(&ran.to_string());
        ran
    }

    /// Runs it for its JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.run(&[arguments, &["--json"]].concat());
        serde_json::from_str(&ran.out).unwrap_or_else(|problem| panic!("{problem}\n{ran}"))
    }

    /// What Acumatica's books hold of an entity.
    pub(crate) fn records(&self, entity: &str) -> Vec<Value> {
        self.kept(&self.acumatica_url, entity)
    }

    /// The addresses that Acumatica was asked at.
    pub(crate) fn addresses(&self) -> String {
        self.control(&self.acumatica_url, ("GET", "/sandbox/requests"), "")
    }

    /// What Procore keeps of a collection.
    pub(crate) fn rows(&self, collection: &str) -> Vec<Value> {
        self.kept(&self.procore_url, collection)
    }

    fn kept(&self, url: &str, name: &str) -> Vec<Value> {
        serde_json::from_str(&self.control(url, ("GET", &format!("/sandbox/records/{name}")), "")).unwrap()
    }

    /// The state file, byte by byte.
    pub(crate) fn state(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("sandbox/crosswalk.db")).unwrap()
    }

    /// A text holds none of the sandbox's secrets.
    pub(crate) fn tells_no_secret(&self, text: &str) {
        for file in ["sandbox/procore.secret", "sandbox/acumatica.secret"] {
            let secret = self.folder.read(file);
            assert!(secret.len() > 12 && !text.contains(secret.trim()), "{file} is told:\n{text}");
        }
    }

    /// Asks a sandbox for what is beside the vendors' addresses; gives back the body of its answer.
    pub(crate) fn control(&self, url: &str, (method, path): (&str, &str), body: &str) -> String {
        let host = url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).unwrap();
        let length = body.len();
        write!(stream, "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 20"), "{method} {path}: {answer}");
        body.to_owned()
    }

    /// Every request that both systems met: `GET /rest/v1.0/me`.
    pub(crate) fn visits(&self) -> Vec<String> {
        let of = |url: &str| {
            let told: Value = serde_json::from_str(&self.control(url, ("GET", "/sandbox/requests"), "")).unwrap();
            let visits = told["requests"].as_array().unwrap().clone();
            visits.into_iter().map(|visit| format!("{} {}", visit["method"].as_str().unwrap(), visit["path"].as_str().unwrap()))
        };
        of(&self.procore_url).chain(of(&self.acumatica_url)).collect()
    }

    /// Takes both systems away.
    pub(crate) fn stop(&mut self) {
        self.served.0.kill().unwrap();
        self.served.0.wait().unwrap();
    }
}

impl AtWork {
    /// Starts the program, with its errors to be read.
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self(program(folder).args(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program in this folder, with nobody at the terminal.
fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crosswalk"));
    command.current_dir(folder).stdin(Stdio::null()).env("USER", "tester").env_remove("CROSSWALK_LOG");
    command
}
