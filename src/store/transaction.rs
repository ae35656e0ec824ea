//! What a closure sees of the store: a consistent reading, or one change that becomes true as a whole.

use std::ops::Deref;

use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row};

use super::{RunId, StoreError};

/// Who changes something, when, and in which run: stands on every journal entry of the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The time of the change.
    pub at: Timestamp,
    /// Who, as people know them.
    pub actor: String,
    /// The run it belongs to.
    pub run: Option<RunId>,
}

/// A look at the store: everything read through it is from one moment.
pub struct Reading<'a> {
    connection: &'a Connection,
}

/// A change of the store: all of it becomes true together with its journal entries, or none of it.
pub struct Writing<'a> {
    reading: Reading<'a>,
    stamp: &'a Stamp,
}

impl Stamp {
    /// A change outside any run.
    pub fn new(at: Timestamp, actor: impl Into<String>) -> Self {
        Self { at, actor: actor.into(), run: None }
    }

    /// The same within a run.
    #[must_use]
    pub fn in_run(mut self, run: RunId) -> Self {
        self.run = Some(run);
        self
    }

    /// The same at another time.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Self {
        Self { at, ..self.clone() }
    }
}

impl<'a> Reading<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self { connection }
    }

    /// Statements say `$1`, as other databases want it. To SQLite that is a name, numbered by where it first stands in
    /// the text; `?1` is the number itself.
    fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>, StoreError> {
        Ok(self.connection.prepare_cached(&sql.replace('$', "?"))?)
    }

    /// The one row of a query, if there is one.
    pub(super) fn row<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.prepare(sql)?.query_row(parameters, read).optional()?)
    }

    /// All rows of a query.
    pub(super) fn rows<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        Ok(self.prepare(sql)?.query_map(parameters, read)?.collect::<Result<_, _>>()?)
    }

    /// Every row of a query, one after the other: for what may be larger than memory.
    pub(super) fn each_row(
        &self,
        sql: &str,
        parameters: impl Params,
        mut look: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(parameters)?;
        while let Some(row) = rows.next()? {
            look(row)?;
        }
        Ok(())
    }
}

impl<'a> Writing<'a> {
    pub(super) fn new(connection: &'a Connection, stamp: &'a Stamp) -> Self {
        Self { reading: Reading::new(connection), stamp }
    }

    /// Who, when, and in which run.
    pub fn stamp(&self) -> &Stamp {
        self.stamp
    }

    /// Runs a statement; how many rows it touched.
    pub(super) fn execute(&self, sql: &str, parameters: impl Params) -> Result<usize, StoreError> {
        Ok(self.reading.prepare(sql)?.execute(parameters)?)
    }

    /// The one row that an `insert … returning` gives back.
    pub(super) fn inserted<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        Ok(self.reading.prepare(sql)?.query_row(parameters, read)?)
    }
}

impl<'a> Deref for Writing<'a> {
    type Target = Reading<'a>;

    fn deref(&self) -> &Self::Target {
        &self.reading
    }
}
