//! What can go wrong with the state file, said so that an operator can act on it.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error;

/// Something went wrong with the state file: what, which file, and what to do.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{what}{}; {help}", in_file(.file))]
pub struct StoreError {
    /// The kind of trouble, for callers that act on it.
    pub trouble: StoreTrouble,
    /// The state file; empty for one in memory.
    pub file: PathBuf,
    /// What happened: lower case, no full stop, values in backticks.
    pub what: String,
    /// What to do about it.
    pub help: String,
}

/// Kinds of trouble with the state file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreTrouble {
    /// There is no such file or folder.
    Missing,
    /// The file is not a state file.
    Foreign,
    /// A newer version of this program wrote the file.
    Newer,
    /// An older version wrote the file, and it was opened for reading only.
    Older,
    /// The file is damaged.
    Damaged,
    /// The file or its folder may not be written.
    ReadOnly,
    /// The disk is full.
    Full,
    /// Another process keeps the file locked.
    Busy,
    /// Another worker holds the lease on this document or run.
    Leased,
    /// Our lease went to another worker.
    LeaseLost,
    /// What is remembered contradicts what should be written, such as a second link of one item.
    Conflict,
    /// The disk failed, or the operating system refused.
    Disk,
    /// A mistake in this program.
    Defect,
}

impl StoreError {
    /// An error in a file that the store fills in.
    pub(super) fn new(trouble: StoreTrouble, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { trouble, file: PathBuf::new(), what: what.into(), help: help.into() }
    }

    /// Names the file, if nobody has yet.
    #[must_use]
    pub(super) fn in_file(mut self, file: &Path) -> Self {
        if self.file.as_os_str().is_empty() {
            self.file = file.to_owned();
        }
        self
    }

    /// What is remembered stands in the way.
    pub(super) fn conflict(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(StoreTrouble::Conflict, what, help)
    }

    /// The file holds something that this program never writes.
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::new(
            StoreTrouble::Damaged,
            format!("the state file is damaged: {}", what.into()),
            "put back a copy from before the damage; the file was left as it was",
        )
    }

    /// A mistake of ours.
    pub(super) fn defect(what: impl Into<String>) -> Self {
        Self::new(StoreTrouble::Defect, what, "this is a fault of the program, please report it")
    }

    /// An error of the operating system while something was `doing` with the file.
    pub(super) fn disk(problem: &std::io::Error, doing: &str) -> Self {
        use std::io::ErrorKind;
        match problem.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => read_only(&problem.to_string()),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => full(),
            ErrorKind::NotFound => Self::new(
                StoreTrouble::Missing,
                format!("{doing}: no such folder"),
                "create the folder, or name another file for the state",
            ),
            _ => Self::new(StoreTrouble::Disk, format!("{doing}: {problem}"), "look at the disk, then run again: nothing was lost"),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(problem: rusqlite::Error) -> Self {
        let text = problem.to_string();
        let Some(code) = problem.sqlite_error_code() else {
            return match problem {
                // A column of the wrong kind: written by hand, or damaged where no structure is.
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::Utf8Error(..) => Self::damaged(text),
                _ => Self::defect(text),
            };
        };
        match code {
            ErrorCode::NotADatabase => foreign("the file is not a state file"),
            ErrorCode::DatabaseCorrupt => Self::damaged(text),
            ErrorCode::DiskFull => full(),
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied => read_only(&text),
            ErrorCode::CannotOpen => Self::new(
                StoreTrouble::ReadOnly,
                "the state file cannot be opened",
                "see that this user may read and write the file and create files in its folder",
            ),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => Self::new(
                StoreTrouble::Busy,
                "another program keeps the state file locked",
                "wait until it has finished, then run again; nothing was lost",
            ),
            ErrorCode::SystemIoFailure | ErrorCode::NoLargeFileSupport => {
                Self::new(StoreTrouble::Disk, text, "look at the disk, then run again: what was not confirmed was not written")
            }
            _ => Self::defect(text),
        }
    }
}

/// The file is something else.
pub(super) fn foreign(what: &str) -> StoreError {
    StoreError::new(StoreTrouble::Foreign, what, "name another file for the state; this one was left as it was")
}

fn full() -> StoreError {
    StoreError::new(StoreTrouble::Full, "the disk is full", "make room, then run again: what was not confirmed was not written")
}

/// It may not be written, for this reason.
pub(super) fn read_only(reason: &str) -> StoreError {
    StoreError::new(
        StoreTrouble::ReadOnly,
        format!("the state file cannot be written ({reason})"),
        "see that this user may write the file and create files in its folder",
    )
}

fn in_file(file: &Path) -> String {
    if file.as_os_str().is_empty() { String::new() } else { format!(": `{}`", file.display()) }
}
