//! What a person is told when a system is gone, a port is taken, the state file cannot be used, or somebody else is at work.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::thread;

use rusqlite::Connection;

use super::practice::{AtWork, Practice};
use super::program::Folder;

#[test]
fn a_system_that_is_gone_is_named_with_the_request() {
    let mut practice = Practice::with_projects(1);
    practice.run(&["sync", "cost_types"]);
    let links = practice.json(&["links", "list"]);
    practice.stop();
    let ran = practice.run(&["sync", "--yes"]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{ran}");
    let last = ran.err.lines().last().unwrap();
    assert!(last.starts_with("error: procore could not be reached for `POST /oauth/token`: no connection"), "{ran}");
    assert!(last.ends_with("check the address in the settings and the network"), "{ran}");
    let tries = ran.err.lines().filter(|line| line.contains("trying again")).count();
    assert_eq!(tries + 1, ran.err.lines().count(), "nothing drowns the error: {ran}");
    assert_eq!(practice.json(&["links", "list"]), links);
    assert_eq!(practice.run(&["journal", "verify"]).code, 0);
    let ended = practice.json(&["journal", "--kind", "run.ended", "--limit", "1"]);
    assert_eq!(ended[0]["details"]["outcome"], "failed");
}

#[test]
fn explaining_a_record_of_a_system_that_is_gone_ends_as_soon() {
    let mut practice = Practice::with_projects(1);
    practice.stop();
    let ran = practice.run(&["explain", "companies", "V000020"]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{ran}");
    assert_eq!(ran.err.lines().filter(|line| line.contains("trying again")).count(), 4, "{ran}");
    assert!(ran.err.lines().last().unwrap().starts_with("error: acumatica could not be reached for `POST /entity/auth/login`"), "{ran}");
    assert!(!practice.folder.has("sandbox/crosswalk.db"));
}

#[test]
fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = Folder::new();
    for arguments in [["--procore-port", &port, "--acumatica-port", "0"], ["--procore-port", "0", "--acumatica-port", &port]] {
        let ran = folder.run(&[&["sandbox", "--settings-dir", "sandbox"], &arguments[..]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
        assert!(ran.err.contains(&format!("port `{port}`")) && ran.err.contains("in use: choose another, or 0 for any"), "{ran}");
    }
    assert!(!folder.has("sandbox"), "no settings are left of a sandbox that never was");
}

#[test]
fn settings_that_somebody_wrote_are_not_taken_for_practice() {
    let folder = Folder::new().with("crosswalk.yaml", "actor: jane\n").with("procore.secret", "mine");
    for arguments in [&["sandbox", "--procore-port", "0", "--acumatica-port", "0", "--settings-dir", "."][..], &["demo", "--dir", "."]] {
        let ran = folder.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
        assert!(ran.err.contains("crosswalk.yaml is there, and is not from a sandbox"), "{ran}");
    }
    assert_eq!((folder.read("crosswalk.yaml"), folder.read("procore.secret")), ("actor: jane\n".to_owned(), "mine".to_owned()));
}

#[test]
fn a_state_file_that_cannot_be_used_is_left_as_it_is() {
    let practice = Practice::with_projects(1);
    let state = practice.folder.path().join("sandbox/crosswalk.db");
    let refused = |part: &str| {
        let before = practice.state();
        for arguments in [&["sync", "--yes"][..], &["plan"], &["links", "list"], &["journal"], &["explain", "companies", "V000020"]] {
            let ran = practice.run(arguments);
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
            assert!(ran.err.contains(part) && ran.err.contains("`sandbox/crosswalk.db`"), "{part}\n{ran}");
        }
        assert!(before == practice.state());
    };
    practice.folder.write("sandbox/crosswalk.db", "Dear diary, today the foundation was poured.\n");
    refused("the file is not a state file");
    std::fs::remove_file(&state).unwrap();
    practice.run(&["sync", "cost_types"]);
    Connection::open(&state).unwrap().pragma_update(None, "user_version", 99).unwrap();
    refused("the state file was written by a newer version of this program");
    practice.folder.replace("sandbox/crosswalk.yaml", "procore:\n", "state: no/such/folder/crosswalk.db\nprocore:\n");
    let ran = practice.run(&["sync"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.err.contains("no such folder") && ran.err.contains("create the folder, or name another file for the state"), "{ran}");
}

#[test]
fn the_second_of_two_is_told_who_is_at_work() {
    let practice = Practice::with_projects(1);
    // A Procore that takes the call and never answers keeps the first one at work.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = mute.local_addr().unwrap();
    let settings = practice.folder.read("sandbox/crosswalk.yaml").replace(&practice.procore_url, &format!("http://{address}"));
    practice.folder.write("sandbox/mute.yaml", &settings);
    let mut first = AtWork::start(practice.folder.path(), &["--settings", "sandbox/mute.yaml", "sync", "--yes"]);
    let mut errors = first.0.stderr.take().unwrap();
    let said = thread::spawn(move || {
        let mut text = String::new();
        errors.read_to_string(&mut text).unwrap();
        // If it ended before it called, somebody has to, or the story would wait for ever.
        let _ = TcpStream::connect(address);
        text
    });
    let _call = mute.accept().unwrap();
    assert!(first.0.try_wait().unwrap().is_none(), "the first one ended early: {}", said.join().unwrap());

    let second = practice.run(&["sync", "projects", "--yes"]);
    assert_eq!((second.code, second.out.as_str()), (2, ""), "{second}");
    let holder = format!("the run of `all mappings` is held by `tester, process {}`", first.0.id());
    assert!(second.err.contains(&holder) && second.err.contains("wait until it has finished"), "{holder}\n{second}");

    // One that was killed is at work no more.
    first.0.kill().unwrap();
    first.0.wait().unwrap();
    let third = practice.run(&["sync", "projects", "--yes"]);
    assert_eq!((third.code, third.err.as_str()), (0, ""), "{third}");
}

#[test]
fn a_secret_that_is_not_there_is_told_at_its_place_before_anything_is_sent() {
    let mut practice = Practice::with_projects(1);
    practice.stop();
    practice.folder.replace("sandbox/crosswalk.yaml", "file:procore.secret", "env:CROSSWALK_NO_SUCH_SECRET");
    practice.folder.replace("sandbox/crosswalk.yaml", "file:acumatica.secret", "file:lost.secret");
    for arguments in [&["sync"][..], &["plan"], &["explain", "companies", "V000020"]] {
        let ran = practice.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{ran}");
        for part in [
            "the environment variable `CROSSWALK_NO_SUCH_SECRET` is not set",
            "sandbox/crosswalk.yaml:",
            "`sandbox/lost.secret` cannot be read",
        ] {
            assert!(ran.err.contains(part), "{part}\n{ran}");
        }
        assert!(ran.err.ends_with("found 2 errors in 1 file; nothing was done\n"), "{ran}");
    }
    // Whoever only checks files need not hold the secrets.
    assert_eq!(practice.run(&["check"]).code, 0);
}
