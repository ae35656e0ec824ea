//! One row per run of a command: who, when, what came of it.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::column::{At, wrong};
use super::{Entry, Reading, StoreError, Writing};
use crate::value::{Record, Value};

/// Which run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(
    /// Runs are numbered from 1.
    pub i64,
);

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All was done.
    Done,
    /// Some records are held or refused; the others are done.
    Incomplete,
    /// It could not go on: a system out of reach, a full disk.
    Failed,
}

/// A run of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// Who ran it.
    pub actor: String,
    /// The command, as typed.
    pub command: String,
    /// When it began.
    pub began: Timestamp,
    /// When and how it ended; `None` while it runs, and for ever when its process was killed.
    pub ended: Option<(Timestamp, Outcome)>,
    /// How many of what: `created`, `updated`, `unchanged`, `held`.
    pub counts: BTreeMap<String, u64>,
}

impl Reading<'_> {
    /// The newest runs, newest first.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn runs(&self, limit: usize) -> Result<Vec<Run>, StoreError> {
        let sql = "select id, actor, command, began, ended, outcome, counts from run order by id desc limit $1";
        self.rows(sql, params![i64::try_from(limit).unwrap_or(i64::MAX)], run_row)
    }
}

impl Writing<'_> {
    /// Begins a run by the stamp's actor at the stamp's time.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn begin_run(&self, command: &str) -> Result<RunId, StoreError> {
        let sql = "insert into run (actor, command, began) values ($1, $2, $3) returning id";
        let id = RunId(self.inserted(sql, params![self.stamp().actor, command, At(self.stamp().at)], |row| row.get(0))?);
        self.journal(&Entry::new("run.began").detail("run", id.0).detail("command", command))?;
        Ok(id)
    }

    /// Ends a run. Ending it twice is a fault of ours.
    ///
    /// # Errors
    /// A run that is not under way, or a file that cannot be written.
    pub fn end_run(&self, run: RunId, outcome: Outcome, counts: &BTreeMap<String, u64>) -> Result<(), StoreError> {
        let counted: Record = counts.iter().map(|(name, count)| (name.as_str(), Value::Number((*count).into()))).collect();
        let sql = "update run set ended = $1, outcome = $2, counts = $3 where id = $4 and ended is null";
        let text = Value::from(counted.clone()).to_string();
        if self.execute(sql, params![At(self.stamp().at), outcome.as_str(), text, run.0])? == 0 {
            return Err(StoreError::defect(format!("run `{run}` is not under way")));
        }
        let entry = Entry::new("run.ended").detail("run", run.0).detail("outcome", outcome.as_str()).detail("counts", counted);
        self.journal(&entry)?;
        Ok(())
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Outcome {
    /// The word that stands in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Incomplete => "incomplete",
            Self::Failed => "failed",
        }
    }
}

fn run_row(row: &Row<'_>) -> rusqlite::Result<Run> {
    let outcome = match row.get::<_, Option<String>>(5)?.as_deref() {
        None => None,
        Some("done") => Some(Outcome::Done),
        Some("incomplete") => Some(Outcome::Incomplete),
        Some("failed") => Some(Outcome::Failed),
        Some(_) => return Err(wrong("not an outcome").into()),
    };
    let counts: String = row.get(6)?;
    let At(began) = row.get(3)?;
    Ok(Run {
        id: RunId(row.get(0)?),
        actor: row.get(1)?,
        command: row.get(2)?,
        began,
        ended: row.get::<_, Option<At>>(4)?.map(|At(at)| at).zip(outcome),
        counts: serde_json::from_str(&counts).map_err(|_| wrong("not a JSON object of counts"))?,
    })
}
