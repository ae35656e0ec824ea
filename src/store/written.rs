//! The draft that was last written to a target that cannot be read back.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::params;

use super::column::At;
use super::{Digest, Entry, Reading, StoreError, Writing};

/// What was last written for one source record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The digest of the draft.
    pub digest: Digest,
    /// The draft as JSON.
    pub draft: Vec<u8>,
    /// When it was written.
    pub at: Timestamp,
}

impl Reading<'_> {
    /// Everything that a mapping last wrote in a scope, by source id.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn written(&self, mapping: &str, scope: &str) -> Result<HashMap<String, Written>, StoreError> {
        let sql = "select w.source_id, w.body, b.content, w.at from written w join body b on b.hash = w.body
                   where w.mapping = $1 and w.scope = $2";
        let rows = self.rows(sql, params![mapping, scope], |row| {
            let At(at) = row.get(3)?;
            Ok((row.get(0)?, Written { digest: row.get(1)?, draft: row.get(2)?, at }))
        })?;
        Ok(rows.into_iter().collect())
    }
}

impl Writing<'_> {
    /// Remembers the draft that was written for a source record. `false` when it is the one that was remembered.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn remember_written(&self, mapping: &str, scope: &str, source_id: &str, draft: &[u8]) -> Result<bool, StoreError> {
        let digest = self.keep_body(draft)?;
        let sql = "insert into written (mapping, scope, source_id, body, at) values ($1, $2, $3, $4, $5)
                   on conflict (mapping, scope, source_id) do update set body = $4, at = $5 where written.body <> $4";
        let changed = self.execute(sql, params![mapping, scope, source_id, digest, At(self.stamp().at)])? > 0;
        if changed {
            self.journal(&Entry::about("draft.written", mapping, scope, source_id).body("draft", digest))?;
        }
        Ok(changed)
    }

    /// Forgets what was written for a source record. `false` when nothing was remembered.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn forget_written(&self, mapping: &str, scope: &str, source_id: &str) -> Result<bool, StoreError> {
        let sql = "delete from written where mapping = $1 and scope = $2 and source_id = $3";
        let forgotten = self.execute(sql, params![mapping, scope, source_id])? > 0;
        if forgotten {
            self.journal(&Entry::about("draft.forgotten", mapping, scope, source_id))?;
        }
        Ok(forgotten)
    }
}
