//! The journal: nothing happens without it, and nobody changes it unseen.

use crosswalk::store::{Digest, Entry, JournalFilter, Store, StoreError, StoreTrouble, Verdict};
use rusqlite::Connection;

use crate::store::{Folder, anna, at, company, kinds};

/// A state file with five entries, each with a body of its own, and then the hand of somebody else in it.
async fn after(tampering: &str) -> Verdict {
    let folder = Folder::new();
    let store = Store::open(folder.state()).unwrap();
    for number in 1..=5_i64 {
        let write = move |writing: &crosswalk::store::Writing<'_>| {
            let payload = writing.keep_body(format!("payload {number}").as_bytes())?;
            writing.journal(&Entry::about("bill.sent", "bills", "77", "9").detail("number", number).body("payload", payload))
        };
        assert_eq!(store.write(&anna("08:00:00"), write).await.unwrap(), u64::try_from(number).unwrap());
    }
    drop(store);
    Connection::open(folder.state()).unwrap().execute_batch(tampering).unwrap();
    let store = Store::open(folder.state()).unwrap();
    store.read(|reading| reading.verify_journal()).await.unwrap()
}

#[tokio::test]
async fn every_kind_of_tampering_shows_at_its_place() {
    let off = "drop trigger journal_no_update; drop trigger journal_no_delete; drop trigger journal_in_order; drop trigger body_no_update;";
    let cases = [
        ("update journal set details = '{\"number\":7}' where seq = 2", &[(2, "changed")][..]),
        ("update journal set actor = 'berta' where seq = 5", &[(5, "changed")]),
        ("update journal set run = null, at = '2026-03-02T08:00:01.000000000Z' where seq = 1", &[(1, "changed")]),
        ("update journal set bodies = 'x' where seq = 3", &[(3, "changed"), (3, "list of bodies")]),
        ("update journal set details = x'00ff' where seq = 3", &[(3, "cannot be read"), (4, "changed")]),
        ("delete from journal where seq = 3", &[(3, "it is gone")]),
        ("delete from journal where seq in (2, 3)", &[(2, "up to `3` are gone")]),
        ("delete from journal where seq >= 4", &[(4, "up to `5` are gone")]),
        ("delete from journal", &[(1, "up to `5` are gone")]),
        // Two entries change places, each with its own seal.
        (
            "update journal set seq = 100 where seq = 2; update journal set seq = 2 where seq = 3;
             update journal set seq = 3 where seq = 100",
            &[(2, "changed"), (3, "changed"), (4, "changed")],
        ),
        // An entry is made up at the end.
        (
            "insert into journal select 6, at, actor, run, kind, mapping, scope, source_id, details, bodies, hash
             from journal where seq = 5",
            &[(6, "changed"), (6, "head")],
        ),
        // Text moves from one column to the next.
        ("update journal set mapping = 'bill', scope = 's77' where seq = 4", &[(4, "changed")]),
        ("update body set content = cast('payload 9' as blob) where content = cast('payload 3' as blob)", &[(3, "has changed")]),
        ("update body set content = 'payload 4' where content = cast('payload 3' as blob)", &[(3, "has changed")]),
        ("delete from body where content = cast('payload 2' as blob)", &[(2, "is gone")]),
        ("delete from journal_head", &[(5, "head of the journal is gone")]),
    ];
    for (tampering, expected) in cases {
        let verdict = after(&format!("{off} {tampering}")).await;
        let found: Vec<_> = verdict.problems.iter().map(|problem| (problem.seq, problem.what.as_str())).collect();
        let fits = found.len() == expected.len()
            && found.iter().zip(expected).all(|(found, (seq, what))| found.0 == *seq && found.1.contains(what));
        assert!(fits, "{tampering}: {found:?}");
    }
    let sound = after("").await;
    assert!(sound.is_sound(), "{sound:?}");
    assert_eq!((sound.entries, sound.bodies), (5, 5));
}

#[tokio::test]
async fn the_file_itself_refuses_to_change_the_journal() {
    let folder = Folder::new();
    let store = Store::open(folder.state()).unwrap();
    store.write(&anna("08:00:00"), |writing| writing.put_link(&company(1))).await.unwrap();
    let raw = Connection::open(folder.state()).unwrap();
    for statement in [
        "update journal set actor = 'berta'",
        "delete from journal",
        "insert or replace into journal select seq, at, 'berta', run, kind, mapping, scope, source_id, details, bodies, hash from journal",
        "insert into journal select seq + 5, at, actor, run, kind, mapping, scope, source_id, details, bodies, hash from journal",
    ] {
        let problem = raw.execute(statement, []).unwrap_err();
        assert!(problem.to_string().contains("the journal is append-only"), "{statement}: {problem}");
    }
}

#[tokio::test]
async fn a_change_that_fails_leaves_no_trace_in_the_journal_or_anywhere() {
    let store = Store::in_memory().unwrap();
    let change = |writing: &crosswalk::store::Writing<'_>| {
        writing.put_link(&company(1))?;
        writing.move_cursor(&crosswalk::store::Cursor { mapping: "companies".to_owned(), ..Default::default() })?;
        writing.put_link(&crosswalk::store::NewLink { procore: crosswalk::store::End::id("2"), ..company(1) })
    };
    assert_eq!(store.write(&anna("08:00:00"), change).await.unwrap_err().trouble, StoreTrouble::Conflict);
    let (links, cursors) = store.read(|reading| Ok((reading.link_book(&[])?, reading.cursors()?))).await.unwrap();
    assert!(links.is_empty() && cursors.is_empty());
    assert_eq!(kinds(&store).await, [""; 0]);
    store.write(&anna("08:00:00"), |writing| writing.put_link(&company(1))).await.unwrap();
    assert_eq!(kinds(&store).await, ["link.made"], "and the store goes on");
}

#[tokio::test]
async fn an_entry_cannot_name_a_body_that_is_not_kept() {
    let store = Store::in_memory().unwrap();
    let entry = Entry::new("bill.sent").body("payload", Digest::of("nowhere"));
    let problem = store.write(&anna("08:00:00"), move |writing| writing.journal(&entry)).await.unwrap_err();
    assert!(problem.what.contains("`payload` of a `bill.sent` entry was not kept"), "{problem}");
}

#[tokio::test]
async fn the_journal_is_listed_by_page_and_filter() {
    let store = Store::in_memory().unwrap();
    for (time, kind, id) in
        [("08:00:00", "bill.sent", "1"), ("09:00:00", "bill.refused", "2"), ("10:00:00", "billing", "1"), ("11:00:00", "bill.sent", "1")]
    {
        let entry = Entry::about(kind, "bills", "77", id);
        store.write(&anna(time), move |writing| writing.journal(&entry)).await.unwrap();
    }
    let listed = |filter: JournalFilter| {
        let store = store.clone();
        async move {
            let entries = store.read(move |reading| reading.journal_entries(&filter)).await.unwrap();
            entries.iter().map(|entry| entry.seq).collect::<Vec<_>>()
        }
    };
    let all = JournalFilter::default;
    assert_eq!(listed(all()).await, [1, 2, 3, 4]);
    assert_eq!(listed(JournalFilter { kind: Some("bill.".to_owned()), ..all() }).await, [1, 2, 4]);
    assert_eq!(listed(JournalFilter { kind: Some("bill.sent".to_owned()), source_id: Some("1".to_owned()), ..all() }).await, [1, 4]);
    assert_eq!(listed(JournalFilter { from: Some(at("09:00:00")), until: Some(at("11:00:00")), ..all() }).await, [2, 3]);
    assert_eq!(listed(JournalFilter { after: Some(1), limit: Some(2), ..all() }).await, [2, 3]);
    assert_eq!(listed(JournalFilter { before: Some(4), newest_first: true, limit: Some(2), ..all() }).await, [3, 2]);
    assert_eq!(listed(JournalFilter { mapping: Some("bills".to_owned()), scope: Some(String::new()), ..all() }).await, [0; 0]);
    assert_eq!(listed(JournalFilter { actor: Some("berta".to_owned()), ..all() }).await, [0; 0]);
}

#[tokio::test]
async fn a_closure_that_panics_ends_the_store_and_not_the_program() {
    let store = Store::in_memory().unwrap();
    let bad = store.write(&anna("08:00:00"), |_| -> Result<(), StoreError> { panic!("as a test wants it") }).await;
    assert_eq!(bad.unwrap_err().trouble, StoreTrouble::Defect);
    assert_eq!(store.read(|reading| reading.cursors()).await.unwrap_err().trouble, StoreTrouble::Defect);
}
