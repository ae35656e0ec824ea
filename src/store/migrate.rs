//! Which tables there are: numbered migrations, and the version that a file has reached.

use rusqlite::{Connection, TransactionBehavior};

use super::error::foreign;
use super::{StoreError, StoreTrouble};

/// In order; a released one never changes.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_journal.sql"),
    include_str!("migrations/0002_link.sql"),
    include_str!("migrations/0003_progress.sql"),
    include_str!("migrations/0004_flow.sql"),
    include_str!("migrations/0005_token.sql"),
    include_str!("migrations/0006_export.sql"),
    include_str!("migrations/0007_archive.sql"),
];

/// Marks a SQLite file as ours: `CWLK`.
const APPLICATION: i64 = 0x4357_4c4b;

/// The version that this program writes.
pub(super) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).expect("there are a handful of migrations")
}

/// The version that a file has reached.
///
/// # Errors
/// The file is not ours, or a newer program wrote it. Nothing is changed.
pub(super) fn version(connection: &Connection) -> Result<i64, StoreError> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    if application != APPLICATION {
        return Err(foreign("the file is a SQLite database, but not a state file of this program"));
    }
    if version > newest() {
        return Err(StoreError::new(
            StoreTrouble::Newer,
            format!(
                "the state file was written by a newer version of this program (its tables are at `{version}`, known are `{}`)",
                newest()
            ),
            "use that version; the file was left as it was",
        ));
    }
    Ok(version)
}

/// Brings a file to the newest version, in one transaction.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read under the lock: two processes may have opened an old file at once.
    let reached = version(&transaction)?;
    apply(&transaction, reached, newest())?;
    Ok(transaction.commit()?)
}

/// Makes the tables of a new file.
pub(super) fn create(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    apply(&transaction, 0, newest())?;
    Ok(transaction.commit()?)
}

fn apply(connection: &Connection, reached: i64, wanted: i64) -> Result<(), StoreError> {
    let (from, to) = (usize::try_from(reached).unwrap_or(0), usize::try_from(wanted).unwrap_or(0));
    for migration in &MIGRATIONS[from.min(to)..to] {
        connection.execute_batch(migration)?;
    }
    if reached < wanted {
        connection.pragma_update(None, "user_version", wanted)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{APPLICATION, apply, create, migrate, newest, version};

    fn tables(connection: &Connection) -> Vec<String> {
        let mut statement = connection.prepare("select sql from sqlite_schema where sql is not null order by sql").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn every_older_version_reaches_the_tables_of_a_new_file() {
        let mut new = Connection::open_in_memory().unwrap();
        create(&mut new).unwrap();
        assert_eq!(version(&new).unwrap(), newest());
        for reached in 1..newest() {
            let mut old = Connection::open_in_memory().unwrap();
            old.pragma_update(None, "application_id", APPLICATION).unwrap();
            apply(&old, 0, reached).unwrap();
            old.execute("insert into body (hash, content) values ('kept', x'01')", []).unwrap();
            migrate(&mut old).unwrap();
            assert_eq!(tables(&old), tables(&new), "from version {reached}");
            assert_eq!(old.query_row("select count(*) from body", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
            migrate(&mut old).unwrap();
        }
    }

    #[test]
    fn a_migration_that_fails_leaves_the_old_version() {
        let mut old = Connection::open_in_memory().unwrap();
        old.pragma_update(None, "application_id", APPLICATION).unwrap();
        apply(&old, 0, 1).unwrap();
        // In the way of a later migration.
        old.execute_batch("create table step (name text)").unwrap();
        let before = tables(&old);
        assert!(migrate(&mut old).is_err());
        assert_eq!(version(&old).unwrap(), 1);
        assert_eq!(tables(&old), before);
    }
}
