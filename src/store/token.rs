//! Refresh tokens that change with every use: on disk before they are used.

use std::fmt;

use jiff::Timestamp;
use rusqlite::params;

use super::column::At;
use super::{Reading, StoreError, Writing};

/// A token that must survive this process. Its value cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// Which one: the connection it belongs to.
    pub name: String,
    /// The token itself, opaque to us.
    pub value: String,
    /// When it was kept.
    pub kept: Timestamp,
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Token({}, kept {})", self.name, self.kept)
    }
}

impl Reading<'_> {
    /// The token of this name.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn token(&self, name: &str) -> Result<Option<Token>, StoreError> {
        self.row("select name, value, kept from token where name = $1", params![name], |row| {
            let At(kept) = row.get(2)?;
            Ok(Token { name: row.get(0)?, value: row.get(1)?, kept })
        })
    }
}

impl Writing<'_> {
    /// Keeps a token in place of the one before. Nothing of it stands in the journal.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn keep_token(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let sql = "insert into token (name, value, kept) values ($1, $2, $3) on conflict (name) do update set value = $2, kept = $3";
        self.execute(sql, params![name, value, At(self.stamp().at)])?;
        Ok(())
    }

    /// Forgets a token that is of no more use. `false` when there was none.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn forget_token(&self, name: &str) -> Result<bool, StoreError> {
        Ok(self.execute("delete from token where name = $1", params![name])? > 0)
    }
}
