//! The state file as a file: made whole, looked over, left alone when it is not ours.

use std::fs;
use std::path::Path;

use crosswalk::store::{Store, StoreError, StoreTrouble};
use rusqlite::Connection;

use crate::store::{Folder, anna, company};

/// A state file with fifty links in it, closed.
async fn filled(folder: &Folder) {
    let store = Store::open(folder.state()).unwrap();
    let all = |writing: &crosswalk::store::Writing<'_>| (1..=50).try_for_each(|number| writing.put_link(&company(number)).map(drop));
    store.write(&anna("08:00:00"), all).await.unwrap();
}

/// What opening this file to write, and to read, comes to; it must be the same file before and after.
fn refused(path: &Path) -> StoreError {
    let before = fs::read(path).unwrap();
    let problem = Store::open(path).err().unwrap();
    assert_eq!(fs::read(path).unwrap(), before, "the file was left as it was");
    let reading = Store::open_read_only(path).err().unwrap();
    assert_eq!((reading.trouble, &reading.file), (problem.trouble, &problem.file));
    assert_eq!(fs::read(path).unwrap(), before, "the file was left as it was");
    problem
}

#[tokio::test]
async fn what_was_written_is_there_after_closing() {
    let folder = Folder::new();
    filled(&folder).await;
    let store = Store::open(folder.state()).unwrap();
    assert_eq!(store.read(|reading| reading.link_book(&[])).await.unwrap().len(), 50);
    drop(store);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["state.db"], "nothing else is left in the folder");
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_closed_to_other_users() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let store = Store::open(folder.state()).unwrap();
    store.write(&anna("08:00:00"), |writing| writing.keep_token("procore", "secret")).await.unwrap();
    assert_eq!(mode(&folder.state()), 0o600);
    assert_eq!(mode(&folder.path().join("state.db-wal")), 0o600, "the log holds the token first");
    drop(store);
    fs::set_permissions(folder.state(), fs::Permissions::from_mode(0o644)).unwrap();
    drop(Store::open(folder.state()).unwrap());
    assert_eq!(mode(&folder.state()), 0o600, "a copy with the usual rights is closed again");
}

#[tokio::test]
async fn a_newer_file_is_left_as_it_was() {
    let folder = Folder::new();
    filled(&folder).await;
    Connection::open(folder.state()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let problem = refused(&folder.state());
    assert_eq!(problem.trouble, StoreTrouble::Newer);
    assert!(problem.to_string().contains("newer version of this program (its tables are at `99`"), "{problem}");
    assert!(problem.to_string().contains("state.db"), "{problem}");
}

#[tokio::test]
async fn a_newer_file_that_was_not_closed_keeps_its_log() {
    let folder = Folder::new();
    filled(&folder).await;
    let other = Connection::open(folder.state()).unwrap();
    other.execute_batch("pragma wal_autocheckpoint = 0; pragma user_version = 99").unwrap();
    // As after a kill: the newest state stands in the log alone.
    let copy = Folder::new();
    for end in ["", "-wal"] {
        fs::copy(folder.path().join(format!("state.db{end}")), copy.path().join(format!("state.db{end}"))).unwrap();
    }
    let log = fs::read(copy.path().join("state.db-wal")).unwrap();
    assert!(!log.is_empty());
    assert_eq!(refused(&copy.state()).trouble, StoreTrouble::Newer);
    assert_eq!(fs::read(copy.path().join("state.db-wal")).unwrap(), log);
}

#[test]
fn files_of_another_kind_are_left_as_they_were() {
    let folder = Folder::new();
    fs::write(folder.state(), "mapping: companies\n".repeat(500)).unwrap();
    assert_eq!(refused(&folder.state()).trouble, StoreTrouble::Foreign);

    let other = folder.path().join("browser.sqlite");
    Connection::open(&other).unwrap().execute_batch("create table cookie (name text); pragma user_version = 1").unwrap();
    let problem = refused(&other);
    assert_eq!(problem.trouble, StoreTrouble::Foreign);
    assert!(problem.what.contains("a SQLite database, but not a state file"), "{problem}");

    let empty = folder.path().join("empty.db");
    fs::write(&empty, "").unwrap();
    assert_eq!(refused(&empty).trouble, StoreTrouble::Damaged, "an empty file must not pass for a new one");
    assert!(Store::open(folder.path()).is_err(), "a folder");
}

#[tokio::test]
async fn damage_is_found_and_said() {
    let folder = Folder::new();
    filled(&folder).await;
    let sound = fs::read(folder.state()).unwrap();
    let page = usize::from(u16::from_be_bytes([sound[16], sound[17]]));
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = sound.clone();
        change(&mut bytes);
        fs::write(folder.state(), bytes).unwrap();
        refused(&folder.state())
    };
    assert_eq!(with(&|bytes| bytes.truncate(bytes.len() / 2)).trouble, StoreTrouble::Damaged);
    assert_eq!(with(&|bytes| bytes.truncate(50)).trouble, StoreTrouble::Foreign);
    assert_eq!(with(&|bytes| bytes[3] ^= 0xff).trouble, StoreTrouble::Foreign);
    let zeros = with(&|bytes| bytes[page..2 * page].fill(0));
    assert_eq!(zeros.trouble, StoreTrouble::Damaged);
    assert!(zeros.to_string().contains("put back a copy from before the damage"), "{zeros}");
    assert_eq!(with(&|bytes| bytes[2 * page] ^= 0x55).trouble, StoreTrouble::Damaged);
}

#[tokio::test]
async fn any_flipped_byte_is_an_error_or_does_no_harm() {
    let folder = Folder::new();
    filled(&folder).await;
    let sound = fs::read(folder.state()).unwrap();
    let mut rng = fastrand::Rng::with_seed(7);
    let (mut refused, mut unsound) = (0, 0);
    for _ in 0..150 {
        let mut bytes = sound.clone();
        let place = rng.usize(..bytes.len());
        bytes[place] ^= rng.u8(1..);
        fs::write(folder.state(), bytes).unwrap();
        let found = match Store::open_read_only(folder.state()) {
            Ok(store) => store.read(|reading| Ok((reading.verify_journal()?, reading.link_book(&[])?))).await,
            Err(problem) => Err(problem),
        };
        match found {
            Err(problem) => {
                let told =
                    matches!(problem.trouble, StoreTrouble::Damaged | StoreTrouble::Foreign | StoreTrouble::Newer | StoreTrouble::Older);
                assert!(told, "byte {place}: {problem}");
                refused += 1;
            }
            Ok((verdict, _)) => unsound += usize::from(!verdict.is_sound()),
        }
    }
    assert!(refused > 0 && unsound > 0, "{refused} refused, {unsound} found by the seals");
}

#[test]
fn a_missing_file_or_folder_is_named() {
    let folder = Folder::new();
    let problem = Store::open_read_only(folder.state()).err().unwrap();
    assert_eq!(problem.trouble, StoreTrouble::Missing);
    assert!(problem.to_string().starts_with("there is no state file: `"), "{problem}");
    assert!(!folder.state().exists(), "looking makes no file");
    let problem = Store::open(folder.path().join("nowhere/state.db")).err().unwrap();
    assert_eq!(problem.trouble, StoreTrouble::Missing);
    assert!(problem.to_string().contains("no such folder: `"), "{problem}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_may_not_be_written_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    // Rights do not bind the super-user; the kernel's own folders do.
    let all_powerful = fs::write(folder.path().join("probe"), "").is_ok();
    let path = if all_powerful { Path::new("/sys/kernel/state.db").to_owned() } else { folder.state() };
    let problem = Store::open(path).err().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(problem.trouble, StoreTrouble::ReadOnly, "{problem}");
    assert!(problem.help.contains("may write the file and create files in its folder"), "{problem}");
}

#[tokio::test]
async fn looking_changes_nothing() {
    let folder = Folder::new();
    filled(&folder).await;
    let store = Store::open_read_only(folder.state()).unwrap();
    let problem = store.write(&anna("09:00:00"), |writing| writing.put_link(&company(99))).await.unwrap_err();
    assert_eq!(problem.trouble, StoreTrouble::Defect);
    assert_eq!(store.read(|reading| reading.link_book(&[])).await.unwrap().len(), 50);
}
