//! Records that somebody has set aside (BR-18): imports do not offer them until they are taken back.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::column::At;
use super::{Entry, Reading, StoreError, Writing};

/// A record that is set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// The mapping that would offer it.
    pub mapping: String,
    /// Procore project id; empty for the whole company.
    pub scope: String,
    /// The record's id at its source.
    pub source_id: String,
    /// What people call it.
    pub source_key: String,
    /// Why; empty where nobody said.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

const COLUMNS: &str = "mapping, scope, source_id, source_key, reason, since";

impl Reading<'_> {
    /// What is set aside, of one mapping or of all.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn archived(&self, mapping: Option<&str>) -> Result<Vec<Archived>, StoreError> {
        let sql = format!("select {COLUMNS} from archived where $1 is null or mapping = $1 order by mapping, scope, source_key");
        self.rows(&sql, params![mapping], archived_row)
    }
}

impl Writing<'_> {
    /// Sets a record aside; the journal tells it. `false` when it was set aside already.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn archive(&self, record: &Archived) -> Result<bool, StoreError> {
        let sql = "insert into archived (mapping, scope, source_id, source_key, reason, since) values ($1, $2, $3, $4, $5, $6)
             on conflict do nothing";
        let Archived { mapping, scope, source_id, source_key, reason, .. } = record;
        let new = self.execute(sql, params![mapping, scope, source_id, source_key, reason, At(self.stamp().at)])? > 0;
        if new {
            self.journal(&entry("record.archived", record).detail("reason", reason.as_str()))?;
            self.settle(mapping, scope, source_id)?;
        }
        Ok(new)
    }

    /// Takes a record back; the journal tells it. `false` when it was not set aside.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn unarchive(&self, record: &Archived) -> Result<bool, StoreError> {
        let sql = "delete from archived where mapping = $1 and scope = $2 and source_id = $3";
        let gone = self.execute(sql, params![record.mapping, record.scope, record.source_id])? > 0;
        if gone {
            self.journal(&entry("record.unarchived", record))?;
        }
        Ok(gone)
    }
}

fn entry(kind: &str, record: &Archived) -> Entry {
    Entry::about(kind, &record.mapping, &record.scope, &record.source_id).detail("record", record.source_key.as_str())
}

fn archived_row(row: &Row<'_>) -> rusqlite::Result<Archived> {
    let At(since) = row.get(5)?;
    Ok(Archived { mapping: row.get(0)?, scope: row.get(1)?, source_id: row.get(2)?, source_key: row.get(3)?, reason: row.get(4)?, since })
}
