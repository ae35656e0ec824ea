//! What the state file remembers: links, cursors, held records, runs, drafts, tokens.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crosswalk::schema::System::{Acumatica, Procore};
use crosswalk::store::{
    Cursor, Digest, End, Hold, JournalFilter, LinkFilter, LinkState, NewLine, NewLink, Outcome, Put, Stamp, Store, StoreTrouble,
};
use jiff::Timestamp;

/// A folder of its own for a test, gone afterwards.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("store-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The state file of the test.
    pub(crate) fn state(&self) -> PathBuf {
        self.0.join("state.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A moment of the one day on which all of this happens.
pub(crate) fn at(time: &str) -> Timestamp {
    format!("2026-03-02T{time}Z").parse().unwrap()
}

pub(crate) fn anna(time: &str) -> Stamp {
    Stamp::new(at(time), "anna")
}

/// Companies `1`, `2`, … and vendors `V1`, `V2`, …, all linked.
pub(crate) fn company(number: u32) -> NewLink {
    NewLink {
        mapping: "companies".to_owned(),
        procore: End::id(number.to_string()),
        acumatica: End::new(guid(number), format!("V{number}    ")),
        ..NewLink::default()
    }
}

pub(crate) fn guid(number: u32) -> String {
    format!("0000000A-0000-0000-0000-{number:012}")
}

fn subcontract(lines: &[(&str, u32)]) -> NewLink {
    let line = |(procore, acumatica): &(&str, u32)| NewLine {
        part: "Details".to_owned(),
        procore: End::id(*procore),
        acumatica: End::new(guid(*acumatica), acumatica.to_string()),
    };
    NewLink {
        mapping: "subcontracts".to_owned(),
        scope: "77".to_owned(),
        procore: End::new("500", "SC-500"),
        acumatica: End::new(guid(500), "SC-500"),
        lines: Some(lines.iter().map(line).collect()),
        ..NewLink::default()
    }
}

/// The kinds of all journal entries, in order.
pub(crate) async fn kinds(store: &Store) -> Vec<String> {
    let entries = store.read(|reading| reading.journal_entries(&JournalFilter::default())).await.unwrap();
    entries.into_iter().map(|entry| entry.entry.kind).collect()
}

#[tokio::test]
async fn a_link_is_found_by_the_ids_and_keys_of_either_side() {
    let store = Store::in_memory().unwrap();
    store.write(&anna("08:00:00"), |writing| writing.put_link(&company(12))).await.unwrap();
    let found = |side, name: &'static str| {
        let store = store.clone();
        async move { store.read(move |reading| reading.find_link("companies", "", side, name)).await.unwrap().is_some() }
    };
    assert!(found(Procore, "12").await);
    assert!(found(Acumatica, "0000000a-0000-0000-0000-000000000012").await, "a GUID in either case");
    assert!(found(Acumatica, "v12 ").await, "a key trimmed and in either case");
    assert!(!found(Procore, "012").await, "a Procore id is exact");
    assert!(!found(Procore, "V12").await, "a key belongs to its side");
    let elsewhere = store.read(|reading| reading.find_link("companies", "77", Procore, "12")).await.unwrap();
    assert!(elsewhere.is_none(), "another scope");
}

#[tokio::test]
async fn a_key_that_two_links_bear_names_neither() {
    let store = Store::in_memory().unwrap();
    let renamed = NewLink { acumatica: End::new(guid(2), "v1"), ..company(2) };
    store
        .write(&anna("08:00:00"), move |writing| {
            [writing.put_link(&company(1)), writing.put_link(&renamed)].into_iter().collect::<Result<Vec<_>, _>>()
        })
        .await
        .unwrap();
    let (found, book) =
        store.read(|reading| Ok((reading.find_link("companies", "", Acumatica, "V1")?, reading.link_book(&["companies"])?))).await.unwrap();
    assert_eq!(found, None);
    assert_eq!(book.other_side("companies", "", Acumatica, "V1"), None);
    assert_eq!(book.candidates("companies", "", Acumatica, "V1").len(), 2);
    assert_eq!(book.other_side("companies", "", Acumatica, &guid(2)).unwrap().procore.id, "2", "an id still names one");
}

#[tokio::test]
async fn putting_the_same_link_again_writes_nothing() {
    let store = Store::in_memory().unwrap();
    let put = |time: &'static str, link: NewLink| {
        let store = store.clone();
        async move { store.write(&anna(time), move |writing| writing.put_link(&link)).await.unwrap() }
    };
    let first = put("08:00:00", subcontract(&[("1", 1), ("2", 2)])).await;
    assert_eq!((first.put, first.lines.len()), (Put::Made, 2));
    let same = put("09:00:00", subcontract(&[("1", 1), ("2", 2)])).await;
    assert_eq!((same.put, &same.link, &same.lines), (Put::Unchanged, &first.link, &first.lines));
    let written = NewLink { fingerprint: Some(Digest::of("payload")), lines: None, ..subcontract(&[]) };
    let changed = put("10:00:00", written).await;
    assert_eq!((changed.put, changed.lines.len()), (Put::Changed, 2), "lines that are not given stay");
    assert_eq!((changed.link.since, changed.link.changed), (at("08:00:00"), at("10:00:00")));
    assert_eq!(kinds(&store).await, ["link.made", "link.changed"]);
}

#[tokio::test]
async fn lines_come_and_go_with_their_document() {
    let store = Store::in_memory().unwrap();
    let put = |lines: &'static [(&str, u32)]| {
        let store = store.clone();
        async move { store.write(&anna("08:00:00"), move |writing| writing.put_link(&subcontract(lines))).await }
    };
    let mut book = store.read(|reading| reading.link_book(&[])).await.unwrap();
    book.take_over(&put(&[("1", 1), ("2", 2), ("3", 3)]).await.unwrap());
    // Line 2 is gone, line 3 has another partner, line 4 is new.
    let after = put(&[("1", 1), ("3", 33), ("4", 4)]).await.unwrap();
    assert_eq!((after.put, after.lost.len()), (Put::Changed, 2));
    book.take_over(&after);
    let document = book.other_side("subcontracts", "77", Procore, "sc-500").unwrap();
    let partner = |line: &str| book.line(&document, "Details", Procore, line).map(|line| line.acumatica.key.unwrap());
    assert_eq!(partner("1").as_deref(), Some("1"));
    assert_eq!(partner("2"), None);
    assert_eq!(partner("3").as_deref(), Some("33"));
    assert_eq!(book.line(&document, "Details", Acumatica, "4").unwrap().procore.id, "4", "by the line number");
    let stored = store.read(|reading| reading.link_book(&["subcontracts"])).await.unwrap();
    assert_eq!((stored.len(), book.len()), (4, 4));

    let removed = store.write(&anna("09:00:00"), move |writing| writing.remove_link(document.id, "deleted in Acumatica")).await.unwrap();
    assert_eq!(removed.unwrap().state, LinkState::Removed);
    assert!(store.read(|reading| reading.link_book(&[])).await.unwrap().is_empty());
    book.remove(document.id);
    assert!(book.is_empty(), "the book lets the lines go as well");
    let history = LinkFilter { lines: true, removed: true, ..LinkFilter::default() };
    assert_eq!(store.read(move |reading| reading.links(&history)).await.unwrap().len(), 6, "history stays");
    assert!(matches!(put(&[("1", 1)]).await.unwrap().put, Put::Made), "either item may be linked anew");
}

#[tokio::test]
async fn an_item_is_linked_once() {
    let store = Store::in_memory().unwrap();
    store.write(&anna("08:00:00"), |writing| writing.put_link(&company(1))).await.unwrap();
    let other_vendor = NewLink { acumatica: End::new(guid(9), "V9"), ..company(1) };
    let other_company = NewLink { procore: End::id("9"), ..company(1) };
    for second in [other_vendor, other_company] {
        let problem = store.write(&anna("09:00:00"), move |writing| writing.put_link(&second)).await.unwrap_err();
        assert_eq!(problem.trouble, StoreTrouble::Conflict);
        assert!(problem.what.contains("Procore `1` is linked to Acumatica `V1 (0000000a-"), "{problem}");
    }
    let elsewhere = NewLink { scope: "77".to_owned(), ..company(1) };
    store.write(&anna("09:00:00"), move |writing| writing.put_link(&elsewhere)).await.unwrap();
    let half = NewLink { acumatica: End::id(" "), ..company(2) };
    assert!(store.write(&anna("09:00:00"), move |writing| writing.put_link(&half)).await.is_err(), "no half link");
    assert_eq!(kinds(&store).await, ["link.made", "link.made"]);
}

#[tokio::test]
async fn two_documents_cannot_claim_one_line() {
    let store = Store::in_memory().unwrap();
    store.write(&anna("08:00:00"), |writing| writing.put_link(&subcontract(&[("1", 1)]))).await.unwrap();
    let twice = subcontract(&[("1", 1), ("1", 1)]);
    let mut other = subcontract(&[("1", 2)]);
    (other.procore, other.acumatica) = (End::id("501"), End::id(guid(501)));
    for wrong in [twice, other] {
        let problem = store.write(&anna("09:00:00"), move |writing| writing.put_link(&wrong)).await.unwrap_err();
        assert_eq!(problem.trouble, StoreTrouble::Conflict, "{problem}");
    }
    assert_eq!(store.read(|reading| reading.link_book(&[])).await.unwrap().len(), 2, "nothing of it was kept");
}

#[tokio::test]
async fn a_thousand_links_and_their_history_are_one_change() {
    let folder = Folder::new();
    let store = Store::open(folder.state()).unwrap();
    let all = |writing: &crosswalk::store::Writing<'_>| (1..=1000).try_for_each(|number| writing.put_link(&company(number)).map(drop));
    store.write(&anna("08:00:00"), all).await.unwrap();
    drop(store);
    let store = Store::open_read_only(folder.state()).unwrap();
    let (book, verdict) = store.read(|reading| Ok((reading.link_book(&["companies"])?, reading.verify_journal()?))).await.unwrap();
    assert_eq!((book.len(), verdict.entries, verdict.problems), (1000, 1000, vec![]));
    assert_eq!(book.other_side("companies", "", Acumatica, "v777").unwrap().procore.id, "777");
    let page = |after| LinkFilter { mapping: Some("companies".to_owned()), after, limit: Some(600), ..LinkFilter::default() };
    let first = store.read(move |reading| reading.links(&page(None))).await.unwrap();
    let second = store.read(move |reading| reading.links(&page(first.last().map(|link| link.id)))).await.unwrap();
    assert_eq!(second.len(), 400);
}

#[tokio::test]
async fn a_cursor_stays_where_it_was_put() {
    let store = Store::in_memory().unwrap();
    let cursor = Cursor {
        mapping: "companies".to_owned(),
        scope: String::new(),
        modified: Some("2018-10-25T16:47:35.1234567Z".parse().unwrap()),
        state: "page 3".to_owned(),
    };
    let moved = |time: &'static str, cursor: Cursor| {
        let store = store.clone();
        async move { store.write(&anna(time), move |writing| writing.move_cursor(&cursor)).await.unwrap() }
    };
    assert!(moved("08:00:00", cursor.clone()).await);
    assert!(!moved("09:00:00", cursor.clone()).await, "it stands there already");
    assert_eq!(store.read(|reading| reading.cursor("companies", "")).await.unwrap(), Some(cursor));
    assert!(store.write(&anna("10:00:00"), |writing| writing.forget_cursor("companies", "")).await.unwrap());
    assert_eq!(store.read(|reading| reading.cursors()).await.unwrap(), []);
    assert_eq!(kinds(&store).await, ["cursor.moved", "cursor.forgotten"]);
}

#[tokio::test]
async fn a_held_record_keeps_its_first_day_and_every_reason() {
    let store = Store::in_memory().unwrap();
    let hold = |reasons: &[&str]| Hold {
        mapping: "subcontracts".to_owned(),
        scope: "77".to_owned(),
        source_id: "500".to_owned(),
        reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
        source_version: Some("v1".to_owned()),
        body: br#"{"id":500}"#.to_vec(),
    };
    for (time, reasons) in [("08:00:00", &["no vendor"][..]), ("09:00:00", &["no vendor"]), ("10:00:00", &["no vendor", "too \"long\""])] {
        let hold = hold(reasons);
        store.write(&anna(time), move |writing| writing.hold(&hold)).await.unwrap();
    }
    let held = store.read(|reading| reading.held(Some("subcontracts"), None)).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].reasons, ["no vendor", "too \"long\""]);
    assert_eq!((held[0].first_seen, held[0].last_seen), (at("08:00:00"), at("10:00:00")));
    let body = held[0].body.clone().unwrap();
    assert_eq!(store.read(move |reading| reading.body(&body)).await.unwrap().unwrap(), br#"{"id":500}"#);
    for expected in [true, false] {
        assert_eq!(store.write(&anna("11:00:00"), |writing| writing.settle("subcontracts", "77", "500")).await.unwrap(), expected);
    }
    assert_eq!(store.read(|reading| reading.held(None, Some("77"))).await.unwrap(), []);
    assert_eq!(kinds(&store).await, ["record.held", "record.held", "record.settled"], "news only");
}

#[tokio::test]
async fn a_run_that_was_killed_never_ended() {
    let store = Store::in_memory().unwrap();
    let begun = store.write(&anna("08:00:00"), |writing| Ok((writing.begin_run("sync")?, writing.begin_run("sync companies")?))).await;
    let (killed, done) = begun.unwrap();
    let end = move |writing: &crosswalk::store::Writing<'_>| {
        writing.put_link(&company(1))?;
        writing.end_run(done, Outcome::Incomplete, &[("created".to_owned(), 3), ("held".to_owned(), u64::MAX >> 1)].into())
    };
    store.write(&anna("08:05:00").in_run(done), end).await.unwrap();
    let runs = store.read(|reading| reading.runs(10)).await.unwrap();
    assert_eq!((runs[0].id, runs[0].ended, runs[0].counts["held"]), (done, Some((at("08:05:00"), Outcome::Incomplete)), u64::MAX >> 1));
    assert_eq!((runs[1].id, runs[1].ended, runs[1].actor.as_str()), (killed, None, "anna"));
    let of_run = JournalFilter { run: Some(done), ..JournalFilter::default() };
    assert_eq!(store.read(move |reading| reading.journal_entries(&of_run)).await.unwrap().len(), 2);
    let twice = store.write(&anna("08:06:00"), move |writing| writing.end_run(done, Outcome::Done, &[].into())).await;
    assert_eq!(twice.unwrap_err().trouble, StoreTrouble::Defect);
}

#[tokio::test]
async fn the_last_written_draft_is_remembered_for_what_cannot_be_read() {
    let store = Store::in_memory().unwrap();
    let remember = |draft: &'static [u8]| {
        let store = store.clone();
        let change = move |writing: &crosswalk::store::Writing<'_>| writing.remember_written("job_costs", "77", "01-100", draft);
        async move { store.write(&anna("08:00:00"), change).await.unwrap() }
    };
    assert!(remember(br#"{"amount":"1.00"}"#).await);
    assert!(!remember(br#"{"amount":"1.00"}"#).await, "the same draft again is no news");
    assert!(remember(br#"{"amount":"2.00"}"#).await);
    let written = store.read(|reading| reading.written("job_costs", "77")).await.unwrap();
    assert_eq!(written["01-100"].draft, br#"{"amount":"2.00"}"#);
    assert_eq!(written["01-100"].digest, Digest::of(br#"{"amount":"2.00"}"#));
    assert!(store.write(&anna("09:00:00"), |writing| writing.forget_written("job_costs", "77", "01-100")).await.unwrap());
    assert_eq!(kinds(&store).await, ["draft.written", "draft.written", "draft.forgotten"]);
}

#[tokio::test]
async fn a_token_is_kept_and_never_shown() {
    let store = Store::in_memory().unwrap();
    for value in ["secret-1", "secret-2"] {
        store.write(&anna("08:00:00"), move |writing| writing.keep_token("procore", value)).await.unwrap();
    }
    let token = store.read(|reading| reading.token("procore")).await.unwrap().unwrap();
    assert_eq!(token.value, "secret-2");
    assert!(!format!("{token:?}").contains("secret"), "{token:?}");
    assert_eq!(kinds(&store).await, [""; 0], "nothing of it in the journal");
    assert!(store.write(&anna("08:00:00"), |writing| writing.forget_token("procore")).await.unwrap());
    assert_eq!(store.read(|reading| reading.token("procore")).await.unwrap(), None);
}
