//! The state file itself: made whole or not at all, looked over before it is trusted, left alone when it is not ours.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::read_only;
use super::{StoreError, StoreTrouble, migrate};

/// How long a transaction waits for that of another process. Ours take milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens a state file, to read and write; makes it when there is none.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    if fs::symlink_metadata(path).is_err_and(|problem| problem.kind() == ErrorKind::NotFound) {
        create(path)?;
    }
    let mut connection = look_over(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // SQLite opens such a file all the same, and complains in the middle of the work.
    if connection.is_readonly("main")? {
        return Err(read_only("its rights say read-only"));
    }
    only_for_us(path);
    connection.pragma_update(None, "foreign_keys", true)?;
    // A second process may read while we write, and every commit is on the disk before it is believed.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    migrate::migrate(&mut connection)?;
    Ok(connection)
}

/// Opens a state file that must be there, and never changes it.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, StoreError> {
    if !path.exists() {
        return Err(StoreError::new(
            StoreTrouble::Missing,
            "there is no state file",
            "name the state file of your runs, or run `crosswalk sync` first, which makes one",
        ));
    }
    let connection = match look_over(path, OpenFlags::SQLITE_OPEN_READ_ONLY) {
        Err(problem) if problem.trouble == StoreTrouble::ReadOnly => look_at_rest(path).ok_or(problem)??,
        looked => looked?,
    };
    if migrate::version(&connection)? < migrate::newest() {
        return Err(StoreError::new(
            StoreTrouble::Older,
            "the state file was written by an older version of this program",
            "run `crosswalk sync` once, which brings it up to date",
        ));
    }
    Ok(connection)
}

/// A store without a file, for tests and trials.
pub(super) fn in_memory() -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    connection.pragma_update(None, "foreign_keys", true)?;
    migrate::create(&mut connection)?;
    Ok(connection)
}

/// Opens what is there and decides whether it can be trusted, before anything is written.
fn look_over(path: &Path, access: OpenFlags) -> Result<Connection, StoreError> {
    if fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() == 0) {
        // SQLite would take it for a new database, and every link would be made a second time.
        return Err(StoreError::damaged("it is empty, which a state file never is"));
    }
    let pending = fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0);
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    // What others have not yet moved into the file stays where it is until we know that the file is ours.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, pending)?;
    migrate::version(&connection)?;
    let found: String = connection.query_row("pragma quick_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(StoreError::damaged(found.lines().next().unwrap_or_default()));
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(connection)
}

/// Opens a file in a folder where nothing can be created, such as an archive: SQLite reads it without its usual helpers
/// when it is told that nobody writes, which holds where there is no log.
fn look_at_rest(path: &Path) -> Option<Result<Connection, StoreError>> {
    if beside(path, "-wal").exists() {
        return None;
    }
    let escaped = path.to_str()?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let uri = PathBuf::from(format!("file:{escaped}?immutable=1"));
    Some(look_over(&uri, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI))
}

/// Makes a state file with all its tables under another name, then puts it in place: a crash leaves a whole file or none,
/// and of two processes that make it at once the first wins.
fn create(path: &Path) -> Result<(), StoreError> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let new = beside(path, &format!(".new-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    let made = fill(&new).and_then(|()| put_in_place(&new, path));
    // After a failure nobody needs it; after a success it has two names.
    let _ = fs::remove_file(&new);
    made
}

fn fill(new: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(new).map_err(|problem| StoreError::disk(&problem, "making the state file"))?;
    let mut connection = Connection::open_with_flags(new, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    migrate::create(&mut connection)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.close().map_err(|(_, problem)| StoreError::from(problem))
}

fn put_in_place(new: &Path, path: &Path) -> Result<(), StoreError> {
    match fs::hard_link(new, path) {
        Ok(()) => {}
        Err(problem) if problem.kind() == ErrorKind::AlreadyExists => {}
        // A file system without hard links.
        Err(_) => fs::rename(new, path).map_err(|problem| StoreError::disk(&problem, "making the state file"))?,
    }
    // The name itself must survive a power cut. Some systems cannot open a folder; they write it through.
    if let Some(Ok(folder)) =
        path.parent().map(|folder| fs::File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }))
    {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// The file holds refresh tokens: a copy that was made with the usual rights is closed to others again.
#[cfg(unix)]
fn only_for_us(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0) {
        // Somebody else's file, which we may write but not close, stays as its owner wants it.
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
    }
}

#[cfg(not(unix))]
fn only_for_us(_path: &Path) {}

/// A file beside the state file, with this after its name.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(end);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::Timestamp;

    use super::open;
    use crate::store::{Digest, Reading, Stamp, StoreTrouble, written};

    #[test]
    fn a_full_disk_is_said_and_loses_nothing() {
        let folder = std::env::temp_dir().join(format!("crosswalk-full-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut connection = open(&folder.join("state.db")).unwrap();
        let stamp = Stamp::new(Timestamp::UNIX_EPOCH, "anna");
        let kept = written(&mut connection, &stamp, |writing| writing.keep_body(b"small")).unwrap();
        let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        connection.pragma_update(None, "max_page_count", pages + 2).unwrap();
        let problem = written(&mut connection, &stamp, |writing| {
            writing.remember_written("job_costs", "", "1", b"small")?;
            writing.keep_body(&vec![7; 100_000])
        });
        assert_eq!(problem.unwrap_err().trouble, StoreTrouble::Full);
        drop(connection);
        let connection = open(Path::new(&folder.join("state.db"))).unwrap();
        let reading = Reading::new(&connection);
        assert_eq!(reading.body(&kept).unwrap().as_deref(), Some(&b"small"[..]));
        assert_eq!(kept, Digest::of("small"));
        assert!(reading.written("job_costs", "").unwrap().is_empty(), "nothing of the change is left");
        drop(connection);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
