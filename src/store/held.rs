//! Records that could not be taken along, with every reason, until they can.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::column::At;
use super::{Digest, Entry, Reading, StoreError, Writing};
use crate::value::Value;

/// A record to hold, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hold {
    /// The mapping that could not take it.
    pub mapping: String,
    /// Procore project id; empty for the whole company.
    pub scope: String,
    /// The record's id at its source.
    pub source_id: String,
    /// Every reason.
    pub reasons: Vec<String>,
    /// The record's version at its source: a modification stamp or a digest.
    pub source_version: Option<String>,
    /// The record as it was read; kept as a body. Empty for none.
    pub body: Vec<u8>,
}

/// A record that is held. It lies behind the cursor: the next run offers it again from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The mapping that could not take it.
    pub mapping: String,
    /// Procore project id; empty for the whole company.
    pub scope: String,
    /// The record's id at its source.
    pub source_id: String,
    /// Every reason, as of the last try.
    pub reasons: Vec<String>,
    /// The record's version at its source when it was last tried.
    pub source_version: Option<String>,
    /// The record as it was read then.
    pub body: Option<Digest>,
    /// Since when it is held.
    pub first_seen: Timestamp,
    /// When it was last tried.
    pub last_seen: Timestamp,
}

const COLUMNS: &str = "mapping, scope, source_id, reasons, source_version, body, first_seen, last_seen";

impl Reading<'_> {
    /// The held record of this id.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn held_record(&self, mapping: &str, scope: &str, source_id: &str) -> Result<Option<Held>, StoreError> {
        let sql = format!("select {COLUMNS} from held where mapping = $1 and scope = $2 and source_id = $3");
        self.row(&sql, params![mapping, scope, source_id], held_row)
    }

    /// What a mapping holds, in one scope or (with `None`) in all, by scope and id.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn held(&self, mapping: Option<&str>, scope: Option<&str>) -> Result<Vec<Held>, StoreError> {
        let sql = format!(
            "select {COLUMNS} from held where ($1 is null or mapping = $1) and ($2 is null or scope = $2)
             order by mapping, scope, source_id"
        );
        self.rows(&sql, params![mapping, scope], held_row)
    }
}

impl Writing<'_> {
    /// Holds a record, or notes that it still cannot be taken. The journal tells of new reasons and new versions only.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn hold(&self, hold: &Hold) -> Result<(), StoreError> {
        let body = if hold.body.is_empty() { None } else { Some(self.keep_body(&hold.body)?) };
        let before = self.held_record(&hold.mapping, &hold.scope, &hold.source_id)?;
        let reasons = Value::List(hold.reasons.iter().map(|reason| Value::text(reason.as_str())).collect());
        self.execute(
            "insert into held (mapping, scope, source_id, reasons, source_version, body, first_seen, last_seen)
             values ($1, $2, $3, $4, $5, $6, $7, $7)
             on conflict (mapping, scope, source_id) do update set reasons = $4, source_version = $5, body = $6, last_seen = $7",
            params![hold.mapping, hold.scope, hold.source_id, reasons.to_string(), hold.source_version, body, At(self.stamp().at)],
        )?;
        let known =
            before.is_some_and(|held| held.reasons == hold.reasons && held.source_version == hold.source_version && held.body == body);
        if !known {
            let mut entry = Entry::about("record.held", &hold.mapping, &hold.scope, &hold.source_id).detail("reasons", reasons);
            if let Some(version) = &hold.source_version {
                entry = entry.detail("source_version", version.as_str());
            }
            self.journal(&entry.maybe_body("source", body))?;
        }
        Ok(())
    }

    /// Lets a record go that could be taken after all, or that its source no longer has. `false` when it was not held.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn settle(&self, mapping: &str, scope: &str, source_id: &str) -> Result<bool, StoreError> {
        let sql = "delete from held where mapping = $1 and scope = $2 and source_id = $3";
        let settled = self.execute(sql, params![mapping, scope, source_id])? > 0;
        if settled {
            self.journal(&Entry::about("record.settled", mapping, scope, source_id))?;
        }
        Ok(settled)
    }
}

fn held_row(row: &Row<'_>) -> rusqlite::Result<Held> {
    let reasons: String = row.get(3)?;
    let reasons = serde_json::from_str(&reasons)
        .map_err(|problem| rusqlite::Error::FromSqlConversionFailure(3, rusqlite::types::Type::Text, Box::new(problem)))?;
    let (At(first_seen), At(last_seen)) = (row.get(6)?, row.get(7)?);
    Ok(Held {
        mapping: row.get(0)?,
        scope: row.get(1)?,
        source_id: row.get(2)?,
        reasons,
        source_version: row.get(4)?,
        body: row.get(5)?,
        first_seen,
        last_seen,
    })
}
