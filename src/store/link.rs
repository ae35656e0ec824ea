//! Which source item and which target item are the same thing: documents, and the lines inside them.

use std::fmt;

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::column::{At, wrong};
use super::{Digest, Entry, Reading, StoreError, Writing};
use crate::schema::System;

/// Which link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkId(
    /// Links are numbered from 1.
    pub i64,
);

/// One end of a link: an item in one system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// What never changes: the Procore id, the Acumatica GUID.
    pub id: String,
    /// What people type, and what may be renamed (BR-22): the number, the code, the line number.
    pub key: Option<String>,
}

/// Whether a link holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkState {
    /// It holds.
    Live,
    /// It was taken away; it stays as history, and either item may be linked anew.
    Removed,
}

/// Two items that are the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which link.
    pub id: LinkId,
    /// The mapping that brought them together.
    pub mapping: String,
    /// Procore project id; empty for items of the whole company.
    pub scope: String,
    /// Empty for a document, else the list that the line stands in (`Details`).
    pub part: String,
    /// The document's link, for a line.
    pub parent: Option<LinkId>,
    /// The item in Procore.
    pub procore: End,
    /// The item in Acumatica.
    pub acumatica: End,
    /// Whether it holds.
    pub state: LinkState,
    /// The digest of the payload that we wrote last.
    pub fingerprint: Option<Digest>,
    /// How the target looked when we last saw it: a modification stamp or a digest.
    pub target_version: Option<String>,
    /// The source as it was when the two last agreed, with the mapping and settings of that day.
    pub source_version: Option<String>,
    /// Since when the two are linked.
    pub since: Timestamp,
    /// When anything here last changed.
    pub changed: Timestamp,
}

/// Who is whom: a link without what its ends agreed on, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Which link.
    pub id: LinkId,
    /// The mapping that brought them together.
    pub mapping: String,
    /// Procore project id; empty for items of the whole company.
    pub scope: String,
    /// Empty for a document, else the list that the line stands in (`Details`).
    pub part: String,
    /// The document's link, for a line.
    pub parent: Option<LinkId>,
    /// The item in Procore.
    pub procore: End,
    /// The item in Acumatica.
    pub acumatica: End,
}

/// Which links to list. The default is every live document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkFilter {
    /// Of this mapping.
    pub mapping: Option<String>,
    /// Of this Procore project; `Some("")` for the whole company.
    pub scope: Option<String>,
    /// Lines as well as documents.
    pub lines: bool,
    /// Removed ones as well as live ones.
    pub removed: bool,
    /// After this link: the last of the page before.
    pub after: Option<LinkId>,
    /// At most so many.
    pub limit: Option<usize>,
}

/// The columns of a [`Linked`].
pub(super) const IDENTITY: &str = "id, mapping, scope, part, parent, procore_id, procore_key, acumatica_id, acumatica_key";

/// The columns of a [`Link`].
pub(super) const COLUMNS: &str = "id, mapping, scope, part, parent, procore_id, procore_key, acumatica_id, acumatica_key, state,
    fingerprint, target_version, since, changed, source_version";

impl Linked {
    /// The end in one system.
    pub fn end(&self, system: System) -> &End {
        match system {
            System::Procore => &self.procore,
            System::Acumatica => &self.acumatica,
        }
    }
}

impl From<&Link> for Linked {
    fn from(link: &Link) -> Self {
        Self {
            id: link.id,
            mapping: link.mapping.clone(),
            scope: link.scope.clone(),
            part: link.part.clone(),
            parent: link.parent,
            procore: link.procore.clone(),
            acumatica: link.acumatica.clone(),
        }
    }
}

impl Link {
    /// The end in one system.
    pub fn end(&self, system: System) -> &End {
        match system {
            System::Procore => &self.procore,
            System::Acumatica => &self.acumatica,
        }
    }
}

impl End {
    /// An item by its id alone.
    pub fn id(id: impl Into<String>) -> Self {
        Self { id: id.into(), key: None }
    }

    /// An item by its id and its key.
    pub fn new(id: impl Into<String>, key: impl Into<String>) -> Self {
        Self { id: id.into(), key: Some(key.into()) }
    }

    /// As it is stored: keys lose the blanks that Acumatica pads them with; a GUID is the same in either case.
    pub(super) fn tidy(&self, system: System) -> Self {
        let id = match system {
            System::Procore => self.id.trim().to_owned(),
            System::Acumatica => tidy_guid(&self.id),
        };
        Self { id, key: self.key.as_deref().map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned) }
    }

    /// The key as it is looked up.
    pub(super) fn folded(&self) -> Option<String> {
        self.key.as_deref().map(fold)
    }
}

/// `V000012 (7f0…)`, or the id alone.
impl fmt::Display for End {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(formatter, "{key} ({})", self.id),
            None => formatter.write_str(&self.id),
        }
    }
}

/// A key as it is compared: without blanks around it, in lower case.
pub(super) fn fold(key: &str) -> String {
    key.trim().to_lowercase()
}

/// An Acumatica id as it is compared: GUIDs are the same in either case, other ids are not.
pub(super) fn tidy_guid(id: &str) -> String {
    let id = id.trim();
    let guid = id.len() == 36
        && id.bytes().enumerate().all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() });
    if guid { id.to_ascii_lowercase() } else { id.to_owned() }
}

impl Reading<'_> {
    /// The live document of a mapping and scope that has this id, or else the only one that has this key, on one side.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn find_link(&self, mapping: &str, scope: &str, side: System, id_or_key: &str) -> Result<Option<Link>, StoreError> {
        let (column, id) = match side {
            System::Procore => ("procore", id_or_key.trim().to_owned()),
            System::Acumatica => ("acumatica", tidy_guid(id_or_key)),
        };
        let document = "from link where mapping = $1 and scope = $2 and part = '' and state = 'live'";
        let by_id = format!("select {COLUMNS} {document} and {column}_id = $3");
        if let Some(link) = self.row(&by_id, params![mapping, scope, id], link_row)? {
            return Ok(Some(link));
        }
        let by_key = format!("select {COLUMNS} {document} and {column}_folded = $3 limit 2");
        let mut found = self.rows(&by_key, params![mapping, scope, fold(id_or_key)], link_row)?;
        Ok(if found.len() == 1 { found.pop() } else { None })
    }

    /// A link by its number, removed ones too.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn link(&self, id: LinkId) -> Result<Option<Link>, StoreError> {
        self.row(&format!("select {COLUMNS} from link where id = $1"), params![id.0], link_row)
    }

    /// The live lines of a document.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn link_lines(&self, document: LinkId) -> Result<Vec<Link>, StoreError> {
        let sql = format!("select {COLUMNS} from link where parent = $1 and state = 'live' order by id");
        self.rows(&sql, params![document.0], link_row)
    }

    /// The links that a filter lets through, oldest first.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn links(&self, filter: &LinkFilter) -> Result<Vec<Link>, StoreError> {
        let sql = format!(
            "select {COLUMNS} from link
             where ($1 is null or mapping = $1) and ($2 is null or scope = $2) and ($3 or part = '') and ($4 or state = 'live') and id > $5
             order by id limit $6"
        );
        let after = filter.after.map_or(0, |LinkId(id)| id);
        let limit = i64::try_from(filter.limit.unwrap_or(usize::MAX)).unwrap_or(i64::MAX);
        self.rows(&sql, params![filter.mapping, filter.scope, filter.lines, filter.removed, after, limit], link_row)
    }
}

impl Writing<'_> {
    /// Takes a document's link away, with those of its lines; the reason stands in the journal. `None` when there is no
    /// such live document. A line goes with its document or by [`Writing::put_link`].
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn remove_link(&self, id: LinkId, reason: &str) -> Result<Option<Link>, StoreError> {
        let Some(link) = self.link(id)?.filter(|link| link.state == LinkState::Live && link.parent.is_none()) else {
            return Ok(None);
        };
        let sql = "update link set state = 'removed', changed = $2 where (id = $1 or parent = $1) and state = 'live'";
        let removed = self.execute(sql, params![id.0, At(self.stamp().at)])?;
        let lines = i64::try_from(removed).unwrap_or(i64::MAX) - 1;
        self.journal(&link_entry("link.removed", &link).detail("lines", lines).detail("reason", reason))?;
        Ok(Some(Link { state: LinkState::Removed, changed: self.stamp().at, ..link }))
    }
}

/// A journal entry about a link, filed under the Procore id.
pub(super) fn link_entry(kind: &str, link: &Link) -> Entry {
    Entry::about(kind, &link.mapping, &link.scope, &link.procore.id)
        .detail("link", link.id.0)
        .detail("procore", link.procore.to_string())
        .detail("acumatica", link.acumatica.to_string())
}

/// A link from a row with [`COLUMNS`].
pub(super) fn link_row(row: &Row<'_>) -> rusqlite::Result<Link> {
    let state = match row.get::<_, String>(9)?.as_str() {
        "live" => LinkState::Live,
        "removed" => LinkState::Removed,
        _ => return Err(wrong("not a state of a link").into()),
    };
    let (At(since), At(changed)) = (row.get(12)?, row.get(13)?);
    let Linked { id, mapping, scope, part, parent, procore, acumatica } = linked_row(row)?;
    let (fingerprint, target_version, source_version) = (row.get(10)?, row.get(11)?, row.get(14)?);
    Ok(Link { id, mapping, scope, part, parent, procore, acumatica, state, fingerprint, target_version, source_version, since, changed })
}

/// Who is whom, from a row that begins with [`IDENTITY`].
pub(super) fn linked_row(row: &Row<'_>) -> rusqlite::Result<Linked> {
    Ok(Linked {
        id: LinkId(row.get(0)?),
        mapping: row.get(1)?,
        scope: row.get(2)?,
        part: row.get(3)?,
        parent: row.get::<_, Option<i64>>(4)?.map(LinkId),
        procore: End { id: row.get(5)?, key: row.get(6)? },
        acumatica: End { id: row.get(7)?, key: row.get(8)? },
    })
}

#[cfg(test)]
mod tests {
    use super::{fold, tidy_guid};

    #[test]
    fn keys_and_guids_compare_as_the_systems_do() {
        assert_eq!(fold("  V000012   "), "v000012");
        assert_eq!(fold("ÄRZTE"), "ärzte");
        assert_eq!(tidy_guid("7F0A3C4E-0000-11EE-8B5D-0A1B2C3D4E5F "), "7f0a3c4e-0000-11ee-8b5d-0a1b2c3d4e5f");
        assert_eq!(tidy_guid("AP-Bill-001"), "AP-Bill-001", "an id of another kind keeps its case");
    }
}
