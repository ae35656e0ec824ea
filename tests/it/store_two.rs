//! Two processes, or two people, at one state file: nothing is lost, and the second is told who was first.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use crosswalk::store::{
    Answer, Attempt, Decision, Effect, Flow, FlowId, Intent, JournalFilter, Shift, Stamp, Step, StepError, Steps, Store, StoreTrouble,
    Worker,
};
use crosswalk::value::Record;
use jiff::{SignedDuration, Timestamp};

use crate::store::{Folder, anna, at, company};

/// A clock that a test turns.
#[derive(Clone)]
struct Clock(Arc<Mutex<Timestamp>>);

impl Clock {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(at("08:00:00"))))
    }

    fn turn(&self, time: &str) {
        *self.0.lock().unwrap() = at(time);
    }
}

/// A worker of a process of its own, with leases of five minutes.
async fn worker(file: PathBuf, name: &str, clock: &Clock) -> Worker {
    let clock = clock.clone();
    let shift = Shift {
        actor: name.to_owned(),
        name: format!("{name} on build-7"),
        now: Arc::new(move || *clock.0.lock().unwrap()),
        lease: SignedDuration::from_mins(5),
    };
    Worker::sign_in(&Store::open(file).unwrap(), shift).await.unwrap()
}

fn intent(fingerprint: &str) -> Intent {
    let id = FlowId { mapping: "bills".into(), scope: "77".into(), source_id: "9".into(), fingerprint: fingerprint.into() };
    Intent { details: Record::from_iter([("mapping", "m1")]), bodies: vec![("source".into(), b"{}".to_vec())], ..Intent::new(id) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_writers_lose_nothing() {
    let folder = Folder::new();
    let write = |first: u32| {
        let file = folder.state();
        tokio::spawn(async move {
            let store = Store::open(file).unwrap();
            for number in first..first + 40 {
                store.write(&anna("08:00:00"), move |writing| writing.put_link(&company(number))).await.unwrap();
            }
        })
    };
    let (one, two) = (write(1), write(1001));
    one.await.unwrap();
    two.await.unwrap();
    let store = Store::open_read_only(folder.state()).unwrap();
    let (book, verdict) = store.read(|reading| Ok((reading.link_book(&[])?, reading.verify_journal()?))).await.unwrap();
    assert_eq!((book.len(), verdict.entries, verdict.problems), (80, 80, vec![]));
}

#[test]
fn a_file_that_many_make_at_once_is_made_once() {
    for _ in 0..5 {
        let folder = Folder::new();
        std::thread::scope(|scope| {
            let openings: Vec<_> = (0..4).map(|_| scope.spawn(|| Store::open(folder.state()).map(drop))).collect();
            openings.into_iter().for_each(|opening| opening.join().unwrap().unwrap());
        });
        let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        // SQLite leaves its log behind when the last two doors close in the same instant.
        let names: Vec<_> = names.filter(|name| !["state.db-wal", "state.db-shm"].contains(&name.as_str())).collect();
        assert_eq!(names, ["state.db"]);
    }
}

#[tokio::test]
async fn the_second_is_told_who_holds_the_run() {
    let (folder, clock) = (Folder::new(), Clock::new());
    let (berta, carl) = (worker(folder.state(), "berta", &clock).await, worker(folder.state(), "carl", &clock).await);
    let held = berta.lease_run("bills", "77").await.unwrap();
    let problem = carl.lease_run("bills", "77").await.err().unwrap();
    assert_eq!(problem.trouble, StoreTrouble::Leased);
    assert!(problem.what.contains("run of `bills` in project `77` is held by `berta on build-7` until 2026-03-02T08:05:00Z"), "{problem}");
    assert!(berta.lease_run("bills", "77").await.is_err(), "not even by another task of the same process");
    carl.lease_run("bills", "78").await.unwrap();
    clock.turn("08:04:00");
    held.renew().await.unwrap();
    clock.turn("08:06:00");
    assert!(carl.lease_run("bills", "77").await.is_err(), "it was renewed");
    held.give_back().await.unwrap();
    let held = carl.lease_run("bills", "77").await.unwrap();
    drop(held);
    clock.turn("08:12:00");
    berta.lease_run("bills", "77").await.unwrap();
}

#[tokio::test]
async fn a_process_that_goes_gives_everything_back() {
    let (folder, clock) = (Folder::new(), Clock::new());
    let carl = worker(folder.state(), "carl", &clock).await;
    let berta = worker(folder.state(), "berta", &clock).await;
    let flow = Flow::open(&berta, intent("f1")).await.unwrap();
    drop(berta);
    assert!(Flow::open(&carl, intent("f2")).await.is_err(), "the flow keeps its worker at work; another fingerprint is the same document");
    drop(flow);
    drop(Flow::open(&carl, intent("f2")).await.unwrap());
    drop(carl);
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["state.db"], "locks and all");
}

#[tokio::test]
async fn who_slept_through_the_end_of_a_lease_records_nothing_more() {
    let (folder, clock) = (Folder::new(), Clock::new());
    let (berta, carl) = (worker(folder.state(), "berta", &clock).await, worker(folder.state(), "carl", &clock).await);
    let slow = Flow::open(&berta, intent("f1")).await.unwrap();
    let (clock, carl) = (&clock, &carl);
    let outcome: Result<String, _> = slow
        .step(Step::named("put").sending(b"payload"), async move |_| {
            // Berta's request hangs; meanwhile Carl takes over and looks at the target.
            clock.turn("08:05:00");
            let flow = Flow::open(carl, intent("f1")).await.unwrap();
            let told: Result<String, _> = flow
                .step(Step::named("put").sending(b"other"), async |attempt: Attempt| {
                    assert_eq!(attempt.earlier, Effect::Possible { since: at("08:00:00"), last: at("08:00:00") });
                    assert_eq!(attempt.payload, b"payload", "what was sent is what is looked for");
                    Ok(Answer::from("found by carl".to_owned()))
                })
                .await;
            assert_eq!(told.unwrap(), "found by carl");
            Ok(Answer::from("answered to berta".to_owned()))
        })
        .await;
    let Err(StepError::Store(problem)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(problem.trouble, StoreTrouble::LeaseLost, "{problem}");
    let store = carl.store();
    let id = intent("f1").id;
    let steps = store.read(move |reading| reading.steps(&id)).await.unwrap();
    assert_eq!(steps[0].result.as_deref(), Some("\"found by carl\""));
    let filter = JournalFilter { kind: Some("lease.".into()), ..JournalFilter::default() };
    let entries = store.read(move |reading| reading.journal_entries(&filter)).await.unwrap();
    assert_eq!(entries[0].entry.details.text("from"), Some("berta on build-7"));
}

#[tokio::test]
async fn a_flow_is_remembered_with_its_intent_and_every_body() {
    let (folder, clock) = (Folder::new(), Clock::new());
    let anna = worker(folder.state(), "anna", &clock).await;
    let flow = Flow::open(&anna, intent("f1")).await.unwrap();
    let sent: Result<u32, _> =
        flow.step(Step::named("put").sending(b"payload"), async |_| Err(crosswalk::store::Setback::unknown("time-out"))).await;
    assert_eq!(sent.unwrap_err().to_string(), "step `put`: no answer: time-out");
    drop(flow);
    let open = anna.store().read(|reading| reading.open_flows(Some("bills"))).await.unwrap();
    assert_eq!((open.len(), &open[0].details), (1, &intent("f1").details));

    let other = Intent { details: Record::new(), ..intent("f1") };
    let flow = Flow::open(&anna, other).await.unwrap();
    assert_eq!(flow.row().details, intent("f1").details, "the intent is that of the first opening");
    let problem = flow.finish().await.unwrap_err();
    assert!(problem.what.contains("what came of its step `put` is unknown"), "{problem}");

    let flow = Flow::open(&anna, intent("f1")).await.unwrap();
    let done: Result<u32, _> = flow.step("put", async |_| Ok(Answer::new(7, "the answer"))).await;
    assert_eq!(done.unwrap(), 7);
    flow.put_aside().await.unwrap();
    let flow = Flow::open(&anna, intent("f1")).await.unwrap();
    flow.finish().await.unwrap();
    let all = |reading: &crosswalk::store::Reading<'_>| {
        let entries = reading.journal_entries(&JournalFilter { source_id: Some("9".into()), ..JournalFilter::default() })?;
        let bodies = entries.iter().flat_map(|entry| &entry.entry.bodies);
        let bodies = bodies
            .map(|(part, digest)| Ok((part.clone(), reading.body(digest)?.unwrap())))
            .collect::<Result<Vec<_>, crosswalk::store::StoreError>>()?;
        Ok((entries.into_iter().map(|entry| entry.entry.kind).collect::<Vec<_>>(), bodies, reading.open_flows(None)?))
    };
    let (kinds, bodies, open) = anna.store().read(all).await.unwrap();
    assert_eq!(kinds, ["flow.opened", "step.intended", "step.unknown", "step.intended", "step.done", "flow.finished"]);
    let body = |part: &str, text: &str| (part.to_owned(), text.as_bytes().to_vec());
    assert_eq!(bodies, [body("source", "{}"), body("payload", "payload"), body("payload", "payload"), body("answer", "the answer")]);
    assert_eq!(open, []);
}

#[tokio::test]
async fn the_second_approver_is_told_who_was_first() {
    let (folder, clock) = (Folder::new(), Clock::new());
    let anna = worker(folder.state(), "anna", &clock).await;
    let decide = |who: &'static str, time: &str, decision: Decision| {
        let (store, stamp) = (anna.store().clone(), Stamp::new(at(time), who));
        async move { store.write(&stamp, move |writing| writing.decide(&intent("f1").id, "approval", &decision)).await }
    };
    let early = decide("berta", "08:00:00", Decision::accepted()).await.unwrap_err();
    assert!(early.what.contains("`bills/77/9/f1` does not wait for a decision"), "{early}");
    let flow = Flow::open(&anna, intent("f1")).await.unwrap();
    assert!(flow.consent("approval").await.is_err());
    let waiting = anna.store().read(|reading| reading.waiting_consents()).await.unwrap();
    assert_eq!((waiting.len(), &waiting[0].flow), (1, &intent("f1").id));
    assert!(decide("berta", "09:00:00", Decision::Rejected { reason: " ".into() }).await.is_err(), "a rejection needs a reason");
    decide("berta", "09:01:00", Decision::Rejected { reason: "wrong vendor".into() }).await.unwrap();
    let second = decide("carl", "09:02:00", Decision::accepted()).await.unwrap_err();
    assert_eq!(second.trouble, StoreTrouble::Conflict);
    assert!(second.what.contains("was rejected by `berta` at 2026-03-02T09:01:00Z"), "{second}");
    assert_eq!(flow.consent("approval").await.unwrap().decision, Decision::Rejected { reason: "wrong vendor".into() });
    assert_eq!(anna.store().read(|reading| reading.waiting_consents()).await.unwrap(), []);
}

/// Starts this test program again, as another process that plays one part on a state file.
fn child(part: &str, folder: &Folder) -> (Child, impl Iterator<Item = String>) {
    let test = format!("{}::the_other_process", module_path!().trim_start_matches("it::"));
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &test, "--nocapture"])
        .env("STORE_TEST_PART", part)
        .env("STORE_TEST_FILE", folder.state())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    (child, lines.filter_map(|line| line.strip_prefix("child: ").map(str::to_owned)))
}

/// The part that other tests start, told so by the environment; on its own it has nothing to do.
#[tokio::test]
async fn the_other_process() {
    let (Ok(part), Ok(file)) = (std::env::var("STORE_TEST_PART"), std::env::var("STORE_TEST_FILE")) else { return };
    match part.as_str() {
        "holds a flow" => {
            let berta = worker(file.into(), "berta", &Clock::new()).await;
            let flow = Flow::open(&berta, intent("f1")).await.unwrap();
            let held: Result<u32, _> = flow
                .step(Step::named("put").sending(b"payload"), async |_| {
                    println!("child: at work");
                    // Until the parent kills us.
                    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
                    Ok(Answer::from(1))
                })
                .await;
            panic!("nobody killed us: {held:?}");
        }
        _ => {
            let store = Store::open(file).unwrap();
            for number in 1.. {
                store.write(&anna("08:00:00"), move |writing| writing.put_link(&company(number))).await.unwrap();
                println!("child: {number}");
            }
        }
    }
}

#[tokio::test]
async fn the_document_of_a_killed_process_is_free_at_once() {
    let (folder, clock) = (Folder::new(), Clock::new());
    drop(Store::open(folder.state()).unwrap());
    let (mut process, mut lines) = child("holds a flow", &folder);
    assert_eq!(lines.next().as_deref(), Some("at work"));
    let carl = worker(folder.state(), "carl", &clock).await;
    let problem = Flow::open(&carl, intent("f1")).await.err().unwrap();
    assert!(problem.what.contains("`9` of `bills` in project `77` is held by `berta on build-7`"), "{problem}");
    process.kill().unwrap();
    process.wait().unwrap();
    let flow = Flow::open(&carl, intent("f1")).await.unwrap();
    let told: Result<bool, _> =
        flow.step("put", async |attempt: Attempt| Ok(Answer::from(attempt.earlier != Effect::None && attempt.payload == b"payload"))).await;
    assert!(told.unwrap(), "the new one knows that something may have been sent, and what");
    drop((flow, carl));
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["state.db"], "the lock of the dead is cleared away");
}

#[tokio::test]
async fn a_kill_between_two_writes_leaves_links_and_journal_in_step() {
    let mut rng = fastrand::Rng::with_seed(11);
    for _ in 0..5 {
        let folder = Folder::new();
        drop(Store::open(folder.state()).unwrap());
        let (mut process, lines) = child("writes", &folder);
        let confirmed = lines.take(rng.usize(1..25)).last().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
        let store = Store::open(folder.state()).unwrap();
        let (book, verdict) = store.read(|reading| Ok((reading.link_book(&[])?, reading.verify_journal()?))).await.unwrap();
        assert!(verdict.is_sound(), "{verdict:?}");
        assert_eq!(u64::try_from(book.len()).unwrap(), verdict.entries);
        assert!(verdict.entries >= confirmed.parse().unwrap(), "{} of {confirmed}", verdict.entries);
    }
}
