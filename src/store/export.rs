//! What goes to the ERP, and where it stands: offered, decided about by a person, refused, or there.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::column::{At, Json, wrong};
use super::{Digest, Reading, StoreError};
use crate::value::Record;

/// Which state of which export a person saw: `12.3` is the third version of export 12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle {
    /// Which export.
    pub id: i64,
    /// The version that was shown; grows with every change of what would be sent.
    pub version: i64,
}

/// Where an export stands (design, section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExportState {
    /// Offered; an approver has to decide.
    Staged,
    /// Accepted; the next sync sends it.
    Accepted,
    /// It is on its way: the intent is on record, and no answer yet.
    Sending,
    /// The target has it; actions or the write-back are still to come.
    Sent,
    /// It was sent, and no answer came: the next sync looks before it does anything.
    Unknown,
    /// Rejected, with a reason.
    Rejected,
    /// Taken back by its sender while nobody had decided.
    Retrieved,
    /// The target refused it.
    Failed,
    /// It is at the target, as it was shown.
    Synced,
    /// Its link was taken away after the target's record was gone.
    Unlinked,
}

/// An export as it is remembered.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// Which, in which version.
    pub handle: Handle,
    /// The mapping.
    pub mapping: String,
    /// Procore project id; empty for items of the whole company.
    pub scope: String,
    /// The record's id at its source.
    pub source_id: String,
    /// What people know the record by.
    pub label: String,
    /// Where it stands.
    pub state: ExportState,
    /// The body of the change as it was shown, field by field.
    pub shown: Digest,
    /// What the approver filled in.
    pub asked: Record,
    /// Who accepted it in this version; empty for nobody.
    pub approver: String,
    /// Who brought about the state.
    pub actor: String,
    /// Why: of a rejection, a refusal, a retrieval; empty where none is needed.
    pub reason: String,
    /// Refusals of the target in a row.
    pub refusals: u32,
    /// When it was offered in this version.
    pub staged: Timestamp,
    /// When the state changed last.
    pub changed: Timestamp,
}

/// Which exports to list. The default is all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportFilter {
    /// This one.
    pub id: Option<i64>,
    /// Of this mapping.
    pub mapping: Option<String>,
    /// Of this Procore project; `Some("")` for the whole company.
    pub scope: Option<String>,
    /// In one of these states; in any of them when there is none.
    pub states: Vec<ExportState>,
}

impl ExportState {
    /// Every state with its word.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::Staged, "staged"),
        (Self::Accepted, "accepted"),
        (Self::Sending, "sending"),
        (Self::Sent, "sent"),
        (Self::Unknown, "unknown"),
        (Self::Rejected, "rejected"),
        (Self::Retrieved, "retrieved"),
        (Self::Failed, "failed"),
        (Self::Synced, "synced"),
        (Self::Unlinked, "unlinked"),
    ];

    /// As people write it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }

    /// The state of a word; `None` for another word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(state, _)| *state)
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.id, self.version)
    }
}

impl FromStr for Handle {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('.').and_then(|(id, version)| Some(Self { id: id.parse().ok()?, version: version.parse().ok()? }));
        parts.ok_or_else(|| format!("`{text}` is no export as `exports list` shows them: `12.3` is the third version of export 12"))
    }
}

/// The open flow of the record, if there is one, tells how far it is. An export that is already staged anew is not under way.
pub(super) const SELECT: &str = "select e.id, e.version, e.mapping, e.scope, e.source_id, e.label, e.shown, e.asked, e.actor, e.reason,
      e.refusals, e.staged, e.changed, e.approver,
      case when e.state <> 'accepted' then e.state else coalesce((
        select case
            when exists (select 1 from step s where s.flow = f.id and (s.state = 'unknown' or s.unsettled is not null)) then 'unknown'
            when exists (select 1 from step s where s.flow = f.id and s.name = 'send' and s.state = 'done') then 'sent'
            else 'sending' end
          from flow f where f.mapping = e.mapping and f.scope = e.scope and f.source_id = e.source_id and f.state = 'open'
          limit 1), e.state) end
    from export e";

impl Reading<'_> {
    /// The exports that a filter lets through, by their numbers.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn exports(&self, filter: &ExportFilter) -> Result<Vec<Export>, StoreError> {
        let sql = format!(
            "{SELECT} where ($1 is null or e.id = $1) and ($2 is null or e.mapping = $2) and ($3 is null or e.scope = $3) order by e.id"
        );
        let mut exports = self.rows(&sql, params![filter.id, filter.mapping, filter.scope], export_row)?;
        exports.retain(|export| filter.states.is_empty() || filter.states.contains(&export.state));
        Ok(exports)
    }

    /// The exports of a mapping that are not settled: all but those that are at the target as they were shown.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn open_exports(&self, mapping: &str) -> Result<Vec<Export>, StoreError> {
        self.rows(&format!("{SELECT} where e.mapping = $1 and e.state <> 'synced' order by e.id"), params![mapping], export_row)
    }

    /// The export of a record.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn export_of(&self, mapping: &str, scope: &str, source_id: &str) -> Result<Option<Export>, StoreError> {
        self.row(
            &format!("{SELECT} where e.mapping = $1 and e.scope = $2 and e.source_id = $3"),
            params![mapping, scope, source_id],
            export_row,
        )
    }
}

pub(super) fn export_row(row: &Row<'_>) -> rusqlite::Result<Export> {
    let (Json(asked), At(staged), At(changed)) = (row.get(7)?, row.get(11)?, row.get(12)?);
    let state: String = row.get(14)?;
    Ok(Export {
        handle: Handle { id: row.get(0)?, version: row.get(1)? },
        mapping: row.get(2)?,
        scope: row.get(3)?,
        source_id: row.get(4)?,
        label: row.get(5)?,
        shown: row.get(6)?,
        asked,
        approver: row.get(13)?,
        actor: row.get(8)?,
        reason: row.get(9)?,
        refusals: row.get(10)?,
        staged,
        changed,
        state: ExportState::from_word(&state).ok_or_else(|| wrong("not a state of an export"))?,
    })
}
