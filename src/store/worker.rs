//! A process at work on flows, and how others can tell whether it still lives.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

use super::column::At;
use super::file::beside;
use super::{RunId, Stamp, Store, StoreError, Writing};

/// Tells the time when asked: the clock of the run.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Who goes to work.
#[derive(Clone)]
pub struct Shift {
    /// Who acts, as the journal shall say.
    pub actor: String,
    /// Which process, so that a person finds it: `anna on build-7, process 4711`.
    pub name: String,
    /// The clock.
    pub now: Now,
    /// How long a lease lasts without a sign of life. Longer than any single request with its retries.
    pub lease: SignedDuration,
}

/// A process at work: takes leases and opens flows. Clones are the same worker; the last one to go gives everything back.
#[derive(Clone)]
pub struct Worker {
    pub(super) store: Store,
    pub(super) id: i64,
    shift: Arc<Shift>,
    run: Option<RunId>,
    /// Gone with the last clone, and with the process, however it ends. Who only looks on has none.
    _lock: Option<Arc<SignOff>>,
}

/// Signs the worker off when its last clone goes.
struct SignOff {
    store: Store,
    id: i64,
    shift: Arc<Shift>,
    lock: Option<(PathBuf, File)>,
}

impl Worker {
    /// Signs a worker in, and off those whose process has died.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub async fn sign_in(store: &Store, shift: Shift) -> Result<Self, StoreError> {
        let (file, name) = (store.file().map(Path::to_owned), shift.name.clone());
        let stamp = Stamp::new((shift.now)(), &shift.actor);
        // In one transaction: nobody can see the worker before its lock is held.
        let (id, lock) = store.write(&stamp, move |writing| sign_in(writing, &name, file.as_deref())).await?;
        let shift = Arc::new(shift);
        let sign_off = SignOff { store: store.clone(), id, shift: Arc::clone(&shift), lock };
        Ok(Self { store: store.clone(), id, shift, run: None, _lock: Some(Arc::new(sign_off)) })
    }

    /// Somebody who only looks on: leaves no trace in the file, and must not take leases.
    pub fn looking_on(store: &Store, shift: Shift) -> Self {
        Self { store: store.clone(), id: 0, shift: Arc::new(shift), run: None, _lock: None }
    }

    /// The same worker within a run.
    #[must_use]
    pub fn in_run(&self, run: RunId) -> Self {
        Self { run: Some(run), ..self.clone() }
    }

    /// The store it works on.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The stamp of a change that it makes now.
    pub fn stamp(&self) -> Stamp {
        Stamp { at: (self.shift.now)(), actor: self.shift.actor.clone(), run: self.run }
    }

    /// When a lease that is taken or renewed now ends.
    pub(super) fn lease_end(&self) -> Timestamp {
        (self.shift.now)().checked_add(self.shift.lease).unwrap_or(Timestamp::MAX)
    }
}

impl Drop for SignOff {
    fn drop(&mut self) {
        if let Some((path, _held)) = &self.lock {
            // A name without a lock means the same as no name.
            let _ = fs::remove_file(path);
        }
        let id = self.id;
        self.store.write_behind(Stamp::new((self.shift.now)(), &self.shift.actor), move |writing| writing.worker_is_gone(id));
    }
}

fn sign_in(writing: &Writing<'_>, name: &str, file: Option<&Path>) -> Result<(i64, Option<(PathBuf, File)>), StoreError> {
    let sql = "select id from worker where ended is null";
    for other in writing.rows(sql, [], |row| row.get::<_, i64>(0))? {
        if file.is_some_and(|file| is_dead(file, other)) {
            writing.worker_is_gone(other)?;
        }
    }
    let sql = "insert into worker (name, began) values ($1, $2) returning id";
    let id = writing.inserted(sql, params![name, At(writing.stamp().at)], |row| row.get(0))?;
    Ok((id, file.map(|file| lock(file, id)).transpose()?))
}

/// Makes and holds the lock of a worker. On a file system without locks leases end by time alone.
fn lock(file: &Path, worker: i64) -> Result<(PathBuf, File), StoreError> {
    let path = lock_path(file, worker);
    let held = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
    let held = held.map_err(|problem| StoreError::disk(&problem, "making the lock of a worker"))?;
    match held.try_lock() {
        Err(TryLockError::WouldBlock) => Err(StoreError::defect(format!("worker `{worker}` is signed in already"))),
        Ok(()) | Err(TryLockError::Error(_)) => Ok((path, held)),
    }
}

/// Whether a worker's process has ended: its lock is free. Who holds a lock that we cannot test may be alive.
pub(super) fn is_dead(file: &Path, worker: i64) -> bool {
    let path = lock_path(file, worker);
    match OpenOptions::new().write(true).open(&path) {
        Err(problem) => problem.kind() == ErrorKind::NotFound,
        Ok(lock) => {
            let free = lock.try_lock().is_ok();
            if free {
                // Left over by a process that was killed.
                let _ = fs::remove_file(&path);
            }
            free
        }
    }
}

fn lock_path(file: &Path, worker: i64) -> PathBuf {
    beside(file, &format!("-worker-{worker}"))
}

impl Writing<'_> {
    /// Notes that a worker has gone: its leases are free.
    pub(super) fn worker_is_gone(&self, worker: i64) -> Result<(), StoreError> {
        self.execute("update worker set ended = $2 where id = $1 and ended is null", params![worker, At(self.stamp().at)])?;
        Ok(())
    }
}
