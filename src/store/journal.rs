//! The append-only history: what happened, when, by whom, to which record; each entry sealed with the one before.
//!
//! The store writes these by itself, in the transaction of the change: `link.made`, `link.changed`, `link.removed`,
//! `record.held`, `record.settled`, `record.archived`, `record.unarchived`, `cursor.moved`, `cursor.forgotten`, `draft.written`, `draft.forgotten`, `run.began`,
//! `run.ended`, `flow.opened`, `flow.finished`, `step.intended`, `step.done`, `step.refused`, `step.again`, `step.unknown`,
//! `consent.asked`, `consent.accepted`, `consent.rejected`, `lease.taken_over`, and `export.` with each state that an export
//! comes to, `export.changed`, `export.resent`, `export.retried` and `export.withdrawn`. Whoever has more to tell uses
//! [`Writing::journal`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::types::ToSql;
use rusqlite::{Row, params, params_from_iter};

use super::column::{At, Bodies, Digest, Json, record_text};
use super::{Reading, RunId, StoreError, Writing};
use crate::value::{Record, Value};

/// Something that happened, to be written down. Time, actor and run come from the [`Stamp`](super::Stamp).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// What kind of thing, as `noun.verb`.
    pub kind: String,
    /// The mapping; empty where none is concerned.
    pub mapping: String,
    /// Procore project id; empty for the whole company.
    pub scope: String,
    /// The record's id at its source; empty where none is concerned.
    pub source_id: String,
    /// The facts. Small: what is large is a body.
    pub details: Record,
    /// Bodies by the part they play (`payload`, `answer`); keep them first with [`Writing::keep_body`].
    pub bodies: BTreeMap<String, Digest>,
}

/// An entry as it stands in the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalEntry {
    /// Its place: 1, 2, 3 … without gaps.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// In which run.
    pub run: Option<RunId>,
    /// What happened.
    pub entry: Entry,
    /// The seal over this entry and the seal before it.
    pub hash: Digest,
}

/// Which entries to list. The default is all, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JournalFilter {
    /// Of this mapping.
    pub mapping: Option<String>,
    /// Of this Procore project; `Some("")` for the whole company.
    pub scope: Option<String>,
    /// About this source record.
    pub source_id: Option<String>,
    /// Of this kind; with a full stop at its end, of all such kinds (`step.`).
    pub kind: Option<String>,
    /// By this actor.
    pub actor: Option<String>,
    /// In this run.
    pub run: Option<RunId>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Earlier than this time.
    pub until: Option<Timestamp>,
    /// After this place: the last of the page before.
    pub after: Option<u64>,
    /// Before this place: the last of the page before, newest first.
    pub before: Option<u64>,
    /// Newest first.
    pub newest_first: bool,
    /// At most so many.
    pub limit: Option<usize>,
}

pub(super) const COLUMNS: &str = "seq, at, actor, run, kind, mapping, scope, source_id, details, bodies, hash";

impl Entry {
    /// Something of this kind.
    pub fn new(kind: impl Into<String>) -> Self {
        Self { kind: kind.into(), ..Self::default() }
    }

    /// Something of this kind about a record of a mapping.
    pub fn about(kind: &str, mapping: &str, scope: &str, source_id: &str) -> Self {
        Self { mapping: mapping.to_owned(), scope: scope.to_owned(), source_id: source_id.to_owned(), ..Self::new(kind) }
    }

    /// With a fact.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.set(name, value);
        self
    }

    /// With a body that plays a part.
    #[must_use]
    pub fn body(mut self, part: &str, digest: Digest) -> Self {
        self.bodies.insert(part.to_owned(), digest);
        self
    }

    /// With a body if there is one.
    #[must_use]
    pub fn maybe_body(self, part: &str, digest: Option<Digest>) -> Self {
        match digest {
            Some(digest) => self.body(part, digest),
            None => self,
        }
    }
}

impl Reading<'_> {
    /// The entries that a filter lets through.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn journal_entries(&self, filter: &JournalFilter) -> Result<Vec<JournalEntry>, StoreError> {
        let (conditions, values) = conditions(filter);
        let order = if filter.newest_first { "desc" } else { "asc" };
        let limit = i64::try_from(filter.limit.unwrap_or(usize::MAX)).unwrap_or(i64::MAX);
        let sql = format!("select {COLUMNS} from journal where {conditions} order by seq {order} limit {limit}");
        self.rows(&sql, params_from_iter(values), entry_row)
    }
}

impl Writing<'_> {
    /// Writes an entry at the end of the journal; gives its place.
    ///
    /// # Errors
    /// A body that was not kept, or a file that cannot be written.
    pub fn journal(&self, entry: &Entry) -> Result<u64, StoreError> {
        let head = self.row("select seq, hash from journal_head where id = 1", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (seq, before): (i64, String) = head.ok_or_else(|| StoreError::damaged("the journal has lost its head"))?;
        for (part, digest) in &entry.bodies {
            if self.row("select 1 from body where hash = $1", params![digest], |_| Ok(()))?.is_none() {
                return Err(StoreError::defect(format!("the body `{part}` of a `{}` entry was not kept", entry.kind)));
            }
        }
        let content = Content::of(seq + 1, self, entry);
        let hash = content.seal(&before);
        self.execute(
            "insert into journal (seq, at, actor, run, kind, mapping, scope, source_id, details, bodies, hash)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            params![
                content.seq,
                content.at,
                content.actor,
                content.run,
                content.kind,
                content.mapping,
                content.scope,
                content.source_id,
                content.details,
                content.bodies,
                hash
            ],
        )?;
        self.execute("update journal_head set seq = $1, hash = $2 where id = 1", params![content.seq, hash])?;
        Ok(u64::try_from(content.seq).unwrap_or_default())
    }
}

/// The columns of an entry, exactly as they are stored and sealed.
pub(super) struct Content {
    pub(super) seq: i64,
    at: String,
    actor: String,
    run: Option<i64>,
    kind: String,
    mapping: String,
    scope: String,
    source_id: String,
    details: String,
    pub(super) bodies: String,
}

impl Content {
    fn of(seq: i64, writing: &Writing<'_>, entry: &Entry) -> Self {
        let stamp = writing.stamp();
        Self {
            seq,
            at: format!("{:.9}", stamp.at),
            actor: stamp.actor.clone(),
            run: stamp.run.map(|RunId(run)| run),
            kind: entry.kind.clone(),
            mapping: entry.mapping.clone(),
            scope: entry.scope.clone(),
            source_id: entry.source_id.clone(),
            details: record_text(&entry.details),
            bodies: Bodies::text(&entry.bodies),
        }
    }

    /// From a row with [`COLUMNS`].
    pub(super) fn row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            at: row.get(1)?,
            actor: row.get(2)?,
            run: row.get(3)?,
            kind: row.get(4)?,
            mapping: row.get(5)?,
            scope: row.get(6)?,
            source_id: row.get(7)?,
            details: row.get(8)?,
            bodies: row.get(9)?,
        })
    }

    /// The seal: a digest over the seal before and every column, each with its length so that no text can pass for
    /// the end of one column and the start of the next.
    pub(super) fn seal(&self, before: &str) -> Digest {
        let (seq, run) = (self.seq.to_string(), self.run.map(|run| run.to_string()).unwrap_or_default());
        let columns = [
            before,
            &seq,
            &self.at,
            &self.actor,
            &run,
            &self.kind,
            &self.mapping,
            &self.scope,
            &self.source_id,
            &self.details,
            &self.bodies,
        ];
        let text = columns.iter().fold(String::from("journal 1\n"), |text, column| format!("{text}{}:{column}\n", column.len()));
        Digest::of(text)
    }
}

fn conditions(filter: &JournalFilter) -> (String, Vec<Box<dyn ToSql>>) {
    let mut conditions = vec!["1 = 1".to_owned()];
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    let mut add = |condition: &str, value: Option<Box<dyn ToSql>>| {
        if let Some(value) = value {
            values.push(value);
            conditions.push(format!("{condition} ${}", values.len()));
        }
    };
    let text = |text: &Option<String>| text.clone().map(|text| Box::new(text) as Box<dyn ToSql>);
    let place = |seq: Option<u64>| seq.map(|seq| Box::new(i64::try_from(seq).unwrap_or(i64::MAX)) as Box<dyn ToSql>);
    let time = |at: Option<Timestamp>| at.map(|at| Box::new(At(at)) as Box<dyn ToSql>);
    add("mapping =", text(&filter.mapping));
    add("scope =", text(&filter.scope));
    add("source_id =", text(&filter.source_id));
    match &filter.kind {
        // All kinds with this beginning: '/' follows '.', so the range is `noun.` up to `noun/`.
        Some(kind) if kind.ends_with('.') => {
            add("kind >=", text(&filter.kind));
            add("kind <", text(&Some(format!("{}/", kind.trim_end_matches('.')))));
        }
        _ => add("kind =", text(&filter.kind)),
    }
    add("actor =", text(&filter.actor));
    add("run =", filter.run.map(|RunId(run)| Box::new(run) as Box<dyn ToSql>));
    add("at >=", time(filter.from));
    add("at <", time(filter.until));
    add("seq >", place(filter.after));
    add("seq <", place(filter.before));
    (conditions.join(" and "), values)
}

fn entry_row(row: &Row<'_>) -> rusqlite::Result<JournalEntry> {
    let (At(at), Json(details), Bodies(bodies)) = (row.get(1)?, row.get(8)?, row.get(9)?);
    let entry = Entry { kind: row.get(4)?, mapping: row.get(5)?, scope: row.get(6)?, source_id: row.get(7)?, details, bodies };
    let seq: i64 = row.get(0)?;
    Ok(JournalEntry {
        seq: u64::try_from(seq).unwrap_or_default(),
        at,
        actor: row.get(2)?,
        run: row.get::<_, Option<i64>>(3)?.map(RunId),
        entry,
        hash: row.get(10)?,
    })
}
