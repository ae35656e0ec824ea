//! What do we remember? One SQLite file: links, cursors, held records, the steps of work under way, and the journal.
//!
//! A [`Store`] is a door to the file; one thread owns the connection and takes closures, so that nobody who is async
//! waits on the disk. [`Store::read`] hands out a [`Reading`]; [`Store::write`] a [`Writing`], which becomes true as a
//! whole, together with the journal entries that its changes bring about by themselves. Time is handed in.
//!
//! One file, one table: [`Link`], [`Cursor`], [`Held`], [`Export`], [`Written`], [`Token`], [`Run`], [`JournalEntry`], bodies by
//! One file, one table: [`Link`], [`Cursor`], [`Held`], [`Archived`], [`Written`], [`Token`], [`Run`], [`JournalEntry`], bodies by
//! [`Digest`]. Work that must happen once is a [`Flow`] of named steps ([`Steps`]), done by a [`Worker`] under a [`Lease`].

mod archive;
mod body;
mod column;
mod consent;
mod cursor;
mod error;
mod export;
mod export_change;
mod file;
mod flow;
mod held;
mod journal;
mod lease;
mod link;
mod link_book;
mod link_put;
mod link_row;
mod migrate;
mod run;
mod step;
mod steps;
mod thread;
mod token;
mod transaction;
mod verify;
mod worker;
mod written;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, TransactionBehavior};

pub use archive::Archived;
pub use column::Digest;
pub use consent::{Decided, Decision};
pub use cursor::Cursor;
pub use error::{StoreError, StoreTrouble};
pub use export::{Export, ExportFilter, ExportState, Handle};
pub use export_change::Offer;
pub use flow::{Flow, FlowId, FlowRow, Intent};
pub use held::{Held, Hold};
pub use journal::{Entry, JournalEntry, JournalFilter};
pub use lease::Lease;
pub use link::{End, Link, LinkFilter, LinkId, LinkState, Linked};
pub use link_book::LinkBook;
pub use link_put::{NewLine, NewLink, Put, PutLink};
pub use run::{Outcome, Run, RunId};
pub use step::{StepKind, StepRow, StepState};
pub use steps::{Answer, Attempt, Effect, IdempotencyKey, Meaning, Setback, Step, StepError, Steps, Wait};
pub use token::Token;
pub use transaction::{Reading, Stamp, Writing};
pub use verify::{Problem, Verdict};
pub use worker::{Now, Shift, Worker};
pub use written::Written;

use thread::ConnectionThread;

/// A door to the state file. Clones are doors to the same connection; the last one to go closes it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    thread: ConnectionThread,
    /// `None` for a store in memory.
    file: Option<PathBuf>,
    read_only: bool,
}

impl Store {
    /// Opens a state file, to read and write; makes it when there is none. Older files are brought up to date.
    /// Blocks: call it before the work begins.
    ///
    /// # Errors
    /// A folder that is missing or may not be written, a full disk, a file that is damaged, newer or something else.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        file::open(path).and_then(|connection| Self::start(connection, Some(path), false)).map_err(|problem| problem.in_file(path))
    }

    /// Opens a state file that must be there, for looking only. Blocks.
    ///
    /// # Errors
    /// As [`Store::open`]; also a file that is missing or from an older version.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        file::open_read_only(path).and_then(|connection| Self::start(connection, Some(path), true)).map_err(|problem| problem.in_file(path))
    }

    /// A store without a file, which is gone with its last door.
    ///
    /// # Errors
    /// No memory or no thread.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::start(file::in_memory()?, None, false)
    }

    fn start(connection: Connection, file: Option<&Path>, read_only: bool) -> Result<Self, StoreError> {
        let thread = ConnectionThread::start(connection).map_err(|problem| StoreError::disk(&problem, "starting a thread"))?;
        Ok(Self { inner: Arc::new(Inner { thread, file: file.map(Path::to_owned), read_only }) })
    }

    /// The state file; `None` for a store in memory.
    pub fn file(&self) -> Option<&Path> {
        self.inner.file.as_deref()
    }

    /// Looks at the store: all that the closure reads is from one moment.
    ///
    /// # Errors
    /// What the closure met, or a file that cannot be read.
    pub async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Reading<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let job = move |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
            look(&Reading::new(&transaction))
        };
        self.finished(self.inner.thread.run(job).await)
    }

    /// Changes the store: all that the closure writes, with its journal entries, becomes true together and is on the
    /// disk when this returns; or, after an error, none of it. The change is made even if the caller stops waiting.
    ///
    /// # Errors
    /// What the closure met, or a file that cannot be written: full disk, another process, read-only.
    pub async fn write<T: Send + 'static>(
        &self,
        stamp: &Stamp,
        change: impl FnOnce(&Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if self.inner.read_only {
            return self.finished(Some(Err(StoreError::defect("the state file was opened for looking only"))));
        }
        let stamp = stamp.clone();
        self.finished(self.inner.thread.run(move |connection| written(connection, &stamp, change)).await)
    }

    /// Makes a change without waiting for it, for what nobody can wait for: giving things back on the way out.
    fn write_behind(&self, stamp: Stamp, change: impl FnOnce(&Writing<'_>) -> Result<(), StoreError> + Send + 'static) {
        self.inner.thread.post(move |connection| {
            // Leases end by themselves; giving them back early is a courtesy.
            let _ = written(connection, &stamp, change);
        });
    }

    fn finished<T>(&self, answer: Option<Result<T, StoreError>>) -> Result<T, StoreError> {
        let answer = answer.unwrap_or_else(|| Err(StoreError::defect("the thread of the state file has ended")));
        answer.map_err(|problem| match self.file() {
            Some(file) => problem.in_file(file),
            None => problem,
        })
    }
}

fn written<T>(
    connection: &mut Connection,
    stamp: &Stamp,
    change: impl FnOnce(&Writing<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    // Immediate: a change that starts by reading must not find, on writing, that another process was quicker.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let result = change(&Writing::new(&transaction, stamp))?;
    transaction.commit()?;
    Ok(result)
}
