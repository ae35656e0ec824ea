//! How far the reading of a source has come.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::column::At;
use super::{Entry, Reading, StoreError, Writing};

/// How far one mapping has read its source, in one scope. Move it only when every record that was read is settled or
/// [held](super::Hold): what lies behind it is not read again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The mapping.
    pub mapping: String,
    /// Procore project id; empty for the whole company.
    pub scope: String,
    /// The newest modification that was seen.
    pub modified: Option<Timestamp>,
    /// The rules under which it was read; it says nothing about a reading under others.
    pub state: String,
}

impl Reading<'_> {
    /// How far a mapping has come in a scope; `None` before its first run.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn cursor(&self, mapping: &str, scope: &str) -> Result<Option<Cursor>, StoreError> {
        let sql = "select mapping, scope, modified, state from cursor where mapping = $1 and scope = $2";
        self.row(sql, params![mapping, scope], cursor_row)
    }

    /// All cursors, by mapping and scope.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn cursors(&self) -> Result<Vec<Cursor>, StoreError> {
        self.rows("select mapping, scope, modified, state from cursor order by mapping, scope", [], cursor_row)
    }
}

impl Writing<'_> {
    /// Moves a cursor, and says so in the journal. `false` when it stands there already: nothing is written.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn move_cursor(&self, cursor: &Cursor) -> Result<bool, StoreError> {
        let before = self.cursor(&cursor.mapping, &cursor.scope)?;
        if before.as_ref() == Some(cursor) {
            return Ok(false);
        }
        self.execute(
            "insert into cursor (mapping, scope, modified, state, moved) values ($1, $2, $3, $4, $5)
             on conflict (mapping, scope) do update set modified = $3, state = $4, moved = $5",
            params![cursor.mapping, cursor.scope, cursor.modified.map(At), cursor.state, At(self.stamp().at)],
        )?;
        let text = |cursor: &Cursor| cursor.modified.map(|at| at.to_string()).unwrap_or_default();
        let mut entry = Entry::about("cursor.moved", &cursor.mapping, &cursor.scope, "").detail("to", text(cursor));
        if let Some(before) = &before {
            entry = entry.detail("from", text(before));
        }
        self.journal(&entry)?;
        Ok(true)
    }

    /// Forgets a cursor: the next run reads everything again.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn forget_cursor(&self, mapping: &str, scope: &str) -> Result<bool, StoreError> {
        let forgotten = self.execute("delete from cursor where mapping = $1 and scope = $2", params![mapping, scope])? > 0;
        if forgotten {
            self.journal(&Entry::about("cursor.forgotten", mapping, scope, ""))?;
        }
        Ok(forgotten)
    }
}

fn cursor_row(row: &Row<'_>) -> rusqlite::Result<Cursor> {
    let modified: Option<At> = row.get(2)?;
    Ok(Cursor { mapping: row.get(0)?, scope: row.get(1)?, modified: modified.map(|At(at)| at), state: row.get(3)? })
}
