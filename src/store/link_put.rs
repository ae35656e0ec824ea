//! How links are made and kept up to date: a document and its lines together.

use std::collections::HashMap;

use rusqlite::params;

use super::column::At;
use super::link::{COLUMNS, link_entry, link_row};
use super::{Digest, End, Link, LinkId, LinkState, StoreError, Writing};
use crate::schema::System;

/// A document whose two ends are known to be the same thing, and its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewLink {
    /// The mapping that brings them together.
    pub mapping: String,
    /// Procore project id; empty for items of the whole company.
    pub scope: String,
    /// The document in Procore.
    pub procore: End,
    /// The document in Acumatica.
    pub acumatica: End,
    /// The digest of the payload that was written; `None` leaves the one that is remembered.
    pub fingerprint: Option<Digest>,
    /// How the target looked afterwards; `None` leaves what is remembered.
    pub target_version: Option<String>,
    /// The source as it is now that the two agree; `None` leaves what is remembered.
    pub source_version: Option<String>,
    /// All lines of the document: others that it had are removed. `None` leaves its lines as they are.
    pub lines: Option<Vec<NewLine>>,
}

/// A line of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLine {
    /// The list it stands in, never empty: `Details`.
    pub part: String,
    /// The line in Procore.
    pub procore: End,
    /// The line in Acumatica.
    pub acumatica: End,
}

/// What became of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It was not there before.
    Made,
    /// A key, a fingerprint, a version or a line is different from before.
    Changed,
    /// All was as it is: nothing was written.
    Unchanged,
}

/// A link after it was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutLink {
    /// What became of it.
    pub put: Put,
    /// The document.
    pub link: Link,
    /// Its live lines.
    pub lines: Vec<Link>,
    /// Lines that it lost.
    pub lost: Vec<Link>,
}

impl Writing<'_> {
    /// Links two documents and their lines, or brings their link up to date. The journal tells what changed.
    ///
    /// # Errors
    /// [`Conflict`](super::StoreTrouble::Conflict) when either item is linked to another one, which must be removed
    /// first; an end without an id; a file that cannot be written.
    pub fn put_link(&self, new: &NewLink) -> Result<PutLink, StoreError> {
        let wanted = Wanted {
            mapping: &new.mapping,
            scope: &new.scope,
            part: "",
            parent: None,
            procore: new.procore.tidy(System::Procore),
            acumatica: new.acumatica.tidy(System::Acumatica),
        };
        let before = self.linked_as(&wanted)?;
        let mut put = if before.is_some() { Put::Unchanged } else { Put::Made };
        let (link, document_changed) = match before {
            None => (self.make_link(&wanted, new)?, false),
            Some(link) => self.update_link(link, &wanted, new)?,
        };
        let (lines, lost, lines_changed) = match &new.lines {
            None => (self.link_lines(link.id)?, Vec::new(), 0),
            Some(lines) => self.put_lines(&link, lines)?,
        };
        if put == Put::Unchanged && (document_changed || lines_changed > 0) {
            put = Put::Changed;
        }
        if put != Put::Unchanged {
            let mut entry = link_entry(if put == Put::Made { "link.made" } else { "link.changed" }, &link);
            entry.details.set("lines", count(lines.len()));
            entry.details.set("lines_changed", count(lines_changed));
            if let Some(fingerprint) = &link.fingerprint {
                entry.details.set("fingerprint", fingerprint.as_str());
            }
            self.journal(&entry)?;
        }
        Ok(PutLink { put, link, lines, lost })
    }

    /// The live link that has exactly these two ends.
    fn linked_as(&self, wanted: &Wanted<'_>) -> Result<Option<Link>, StoreError> {
        if wanted.procore.id.is_empty() || wanted.acumatica.id.is_empty() {
            return Err(StoreError::defect(format!("a link of `{}` lacks the id of one end", wanted.mapping)));
        }
        let place = params![wanted.mapping, wanted.scope, wanted.part, wanted.procore.id, wanted.acumatica.id];
        let found = self.rows(&by_either_end(), place, link_row)?;
        match found.iter().find(|link| !wanted.is(link)) {
            Some(other) => Err(StoreError::conflict(
                format!(
                    "`{}` cannot link Procore `{}` and Acumatica `{}`: Procore `{}` is linked to Acumatica `{}`",
                    wanted.mapping, wanted.procore, wanted.acumatica, other.procore, other.acumatica
                ),
                "remove that link first, if it is wrong",
            )),
            None => Ok(found.into_iter().next()),
        }
    }

    fn make_link(&self, wanted: &Wanted<'_>, new: &NewLink) -> Result<Link, StoreError> {
        let sql = format!(
            "insert into link (mapping, scope, part, parent, procore_id, procore_key, procore_folded, acumatica_id, acumatica_key,
               acumatica_folded, state, fingerprint, target_version, since, changed, source_version)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'live', $11, $12, $13, $13, $14) returning {COLUMNS}"
        );
        let values = params![
            wanted.mapping,
            wanted.scope,
            wanted.part,
            wanted.parent.map(|LinkId(id)| id),
            wanted.procore.id,
            wanted.procore.key,
            wanted.procore.folded(),
            wanted.acumatica.id,
            wanted.acumatica.key,
            wanted.acumatica.folded(),
            new.fingerprint,
            new.target_version,
            At(self.stamp().at),
            new.source_version
        ];
        self.inserted(&sql, values, link_row)
    }

    /// Brings keys and what we know of the target up to date; a key that is not given is kept.
    fn update_link(&self, link: Link, wanted: &Wanted<'_>, new: &NewLink) -> Result<(Link, bool), StoreError> {
        let key = |old: &End, new: &End| End { id: old.id.clone(), key: new.key.clone().or_else(|| old.key.clone()) };
        let after = Link {
            procore: key(&link.procore, &wanted.procore),
            acumatica: key(&link.acumatica, &wanted.acumatica),
            fingerprint: new.fingerprint.clone().or_else(|| link.fingerprint.clone()),
            target_version: new.target_version.clone().or_else(|| link.target_version.clone()),
            source_version: new.source_version.clone().or_else(|| link.source_version.clone()),
            ..link.clone()
        };
        if after == link {
            return Ok((link, false));
        }
        let after = Link { changed: self.stamp().at, ..after };
        self.execute(
            "update link set procore_key = $2, procore_folded = $3, acumatica_key = $4, acumatica_folded = $5, fingerprint = $6,
               target_version = $7, changed = $8, source_version = $9 where id = $1",
            params![
                after.id.0,
                after.procore.key,
                after.procore.folded(),
                after.acumatica.key,
                after.acumatica.folded(),
                after.fingerprint,
                after.target_version,
                At(after.changed),
                after.source_version
            ],
        )?;
        Ok((after, true))
    }

    /// Gives a document exactly these lines: what it has now, what it lost, how many changed.
    fn put_lines(&self, document: &Link, lines: &[NewLine]) -> Result<(Vec<Link>, Vec<Link>, usize), StoreError> {
        let of = |line: &NewLine| (line.part.clone(), line.procore.tidy(System::Procore).id, line.acumatica.tidy(System::Acumatica).id);
        let mut old: HashMap<_, Link> = HashMap::new();
        for link in self.link_lines(document.id)? {
            old.insert((link.part.clone(), link.procore.id.clone(), link.acumatica.id.clone()), link);
        }
        let kept: Vec<Option<Link>> = lines.iter().map(|line| old.remove(&of(line))).collect();
        // Those that go must go first: a line that changed its partner is one that goes and one that comes.
        let mut lost: Vec<Link> = old.into_values().collect();
        lost.sort_by_key(|link| link.id);
        for link in &mut lost {
            (link.state, link.changed) = (LinkState::Removed, self.stamp().at);
            self.execute("update link set state = 'removed', changed = $2 where id = $1", params![link.id.0, At(link.changed)])?;
        }
        let (mut now, mut changed) = (Vec::with_capacity(lines.len()), lost.len());
        for (line, kept) in lines.iter().zip(kept) {
            let wanted = Wanted::line(document, line);
            let (link, differs) = match kept {
                Some(link) => self.update_link(link, &wanted, &NewLink::default())?,
                // Its ends may be those of a line in another document.
                None => match self.linked_as(&wanted)? {
                    Some(other) => return Err(line_twice(&other)),
                    None => (self.make_link(&wanted, &NewLink::default())?, true),
                },
            };
            changed += usize::from(differs);
            now.push(link);
        }
        Ok((now, lost, changed))
    }
}

/// Two ends and where they belong.
struct Wanted<'a> {
    mapping: &'a str,
    scope: &'a str,
    part: &'a str,
    parent: Option<LinkId>,
    procore: End,
    acumatica: End,
}

impl<'a> Wanted<'a> {
    fn line(document: &'a Link, line: &'a NewLine) -> Self {
        Self {
            mapping: &document.mapping,
            scope: &document.scope,
            part: &line.part,
            parent: Some(document.id),
            procore: line.procore.tidy(System::Procore),
            acumatica: line.acumatica.tidy(System::Acumatica),
        }
    }

    fn is(&self, link: &Link) -> bool {
        self.procore.id == link.procore.id && self.acumatica.id == link.acumatica.id
    }
}

/// Two questions, one per index: asked as one with `or`, every link of the mapping would be looked at.
fn by_either_end() -> String {
    let place = "from link where mapping = $1 and scope = $2 and part = $3 and state = 'live'";
    format!("select {COLUMNS} {place} and procore_id = $4 union all select {COLUMNS} {place} and acumatica_id = $5 and procore_id <> $4")
}

fn line_twice(other: &Link) -> StoreError {
    StoreError::conflict(
        format!("the line Procore `{}`, Acumatica `{}` of `{}` is linked already", other.procore, other.acumatica, other.mapping),
        "see whether two documents, or one document twice, claim the same line",
    )
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::by_either_end;
    use crate::store::file::in_memory;

    #[test]
    fn a_link_is_found_without_looking_at_the_others() {
        let connection = in_memory().unwrap();
        let mut plan = connection.prepare(&format!("explain query plan {}", by_either_end())).unwrap();
        let values = rusqlite::params_from_iter([rusqlite::types::Null; 5]);
        let steps: Vec<String> = plan.query_map(values, |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap();
        for end in ["procore", "acumatica"] {
            let wanted = format!("using index link_{end} (mapping=? and scope=? and part=? and {end}_id=?)");
            assert!(steps.iter().any(|step| step.to_lowercase().contains(&wanted)), "{steps:?}");
        }
    }
}
