//! Links in memory, for looking up thousands of them while records are evaluated.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use rusqlite::params;

use super::link::{IDENTITY, fold, linked_row, tidy_guid};
use super::link_row::{Row, Words, place};
use super::{Link, LinkId, LinkState, Linked, PutLink, Reading, StoreError};
use crate::schema::System;

/// Live links, found by either end. Procore ids compare exactly, Acumatica GUIDs in either case, keys trimmed and in
/// either case. A hundred thousand of them take some twenty megabytes: a [`Linked`] is made when it is asked for, and what the
/// two ends agreed on stays in the file ([`Reading::link`]).
#[derive(Clone, Debug, Default)]
pub struct LinkBook {
    rows: BTreeMap<LinkId, Row>,
    words: Words,
    /// Which documents stand in a place, in the order in which they were linked.
    documents: BTreeMap<u32, BTreeSet<LinkId>>,
    /// The lines of each document.
    lines: BTreeSet<(LinkId, LinkId)>,
    /// Documents by mapping, side and id.
    ids: Index,
    /// Documents by mapping, scope, side and key. Keys may repeat: renamed accounts leave theirs to others.
    keys: Index,
}

/// Documents by the hash of a name: those of one hash are told apart by their rows.
type Index = BTreeSet<(u64, LinkId)>;

impl LinkBook {
    /// A book of these links; removed ones are left out.
    pub fn new(links: impl IntoIterator<Item = Link>) -> Self {
        let mut book = Self::default();
        links.into_iter().filter(|link| link.state == LinkState::Live).for_each(|link| book.insert(&Linked::from(&link)));
        book
    }

    /// Puts a link into the book, in place of what it held under the same number.
    pub fn insert(&mut self, link: &Linked) {
        self.take_out(link.id);
        let row = Row::of(link, &mut self.words);
        match link.parent {
            Some(parent) => {
                self.lines.insert((parent, link.id));
            }
            None => {
                self.documents.entry(row.place).or_default().insert(link.id);
                self.each_name(link, |index, hash| {
                    index.insert((hash, link.id));
                });
            }
        }
        self.rows.insert(link.id, row);
    }

    /// Takes over what [`put_link`](super::Writing::put_link) gave back.
    pub fn take_over(&mut self, put: &PutLink) {
        for lost in &put.lost {
            self.take_out(lost.id);
        }
        for link in [&put.link].into_iter().chain(&put.lines) {
            self.insert(&Linked::from(link));
        }
    }

    /// Takes a document out of the book, with its lines.
    pub fn remove(&mut self, id: LinkId) -> Option<Linked> {
        for line in self.line_ids(id) {
            self.take_out(line);
        }
        self.take_out(id)
    }

    fn take_out(&mut self, id: LinkId) -> Option<Linked> {
        let row = self.rows.remove(&id)?;
        let link = row.link(id, &self.words);
        match link.parent {
            Some(parent) => {
                self.lines.remove(&(parent, id));
            }
            None => {
                self.documents.entry(row.place).or_default().remove(&id);
                self.each_name(&link, |index, hash| {
                    index.remove(&(hash, id));
                });
            }
        }
        Some(link)
    }

    /// Each index that knows a document, with the hash it is known by.
    fn each_name(&mut self, link: &Linked, mut each: impl FnMut(&mut Index, u64)) {
        for side in [System::Procore, System::Acumatica] {
            let end = link.end(side);
            each(&mut self.ids, id_hash(&link.mapping, side, &end.id));
            if let Some(key) = end.folded() {
                each(&mut self.keys, key_hash((&link.mapping, &link.scope), side, &key));
            }
        }
    }

    /// The document that has this id, or else the only one that has this key, on one side. Its other end is what a
    /// `link` field yields.
    pub fn other_side(&self, mapping: &str, scope: &str, side: System, id_or_key: &str) -> Option<Linked> {
        match self.found(mapping, scope, side, id_or_key)[..] {
            [id] => self.link(id),
            _ => None,
        }
    }

    /// The scopes in which exactly one document of a mapping has this id or key on one side.
    pub fn scopes_of(&self, mapping: &str, side: System, id_or_key: &str) -> Vec<&str> {
        let places = self.documents.keys().map(|place| self.words.text(*place).split('\u{1f}'));
        let scopes = places.filter_map(|mut parts| if parts.next() == Some(mapping) { parts.next() } else { None });
        scopes.filter(|scope| self.found(mapping, scope, side, id_or_key).len() == 1).collect()
    }

    /// Every document that has this id or key on one side: several make a key that names none of them (BR-21).
    pub fn candidates(&self, mapping: &str, scope: &str, side: System, id_or_key: &str) -> Vec<Linked> {
        self.found(mapping, scope, side, id_or_key).into_iter().filter_map(|id| self.link(id)).collect()
    }

    /// Whether a document of this id is linked by a mapping, in whatever scope.
    pub fn is_taken(&self, mapping: &str, side: System, id: &str) -> bool {
        let id = tidy(side, id);
        let bears = |link: LinkId| {
            self.rows.get(&link).is_some_and(|row| row.id(side) == id && self.words.text(row.place).split('\u{1f}').next() == Some(mapping))
        };
        under(&self.ids, id_hash(mapping, side, &id)).any(bears)
    }

    /// An id names one link; a key those that bear it.
    fn found(&self, mapping: &str, scope: &str, side: System, id_or_key: &str) -> Vec<LinkId> {
        let Some(place) = self.words.known(&place(mapping, scope, "")) else { return Vec::new() };
        let here = |link: &LinkId| self.rows.get(link).filter(|row| row.place == place);
        let id = tidy(side, id_or_key);
        let by_id = under(&self.ids, id_hash(mapping, side, &id)).find(|link| here(link).is_some_and(|row| row.id(side) == id));
        if let Some(one) = by_id {
            return vec![one];
        }
        let key = fold(id_or_key);
        let bears = |row: &Row| row.key(side).is_some_and(|other| fold(other) == key);
        let by_key = under(&self.keys, key_hash((mapping, scope), side, &key)).filter(|link| here(link).is_some_and(bears));
        by_key.collect()
    }

    /// The line of a document that has this id, or else the only one of that document with this key, on one side.
    pub fn line(&self, document: &Linked, part: &str, side: System, id_or_key: &str) -> Option<Linked> {
        let place = self.words.known(&place(&document.mapping, &document.scope, part))?;
        let (id, key) = (tidy(side, id_or_key), fold(id_or_key));
        let mut by_key = Vec::new();
        for line in self.line_ids(document.id) {
            let Some(row) = self.rows.get(&line).filter(|row| row.place == place) else { continue };
            if row.id(side) == id {
                return self.link(line);
            }
            if row.key(side).is_some_and(|other| fold(other) == key) {
                by_key.push(line);
            }
        }
        match by_key[..] {
            [line] => self.link(line),
            _ => None,
        }
    }

    /// All lines of a document, in the order in which they were linked.
    pub fn lines_of(&self, document: &Linked) -> impl Iterator<Item = Linked> {
        self.line_ids(document.id).into_iter().filter_map(|id| self.link(id))
    }

    /// The documents of a mapping, in one scope or (with `None`) in all, in the order in which they were linked.
    pub fn documents(&self, mapping: &str, scope: Option<&str>) -> impl Iterator<Item = Linked> {
        let of = |number: u32| {
            let mut parts = self.words.text(number).split('\u{1f}');
            parts.next() == Some(mapping) && parts.next().is_some_and(|place| scope.is_none_or(|scope| scope == place))
        };
        let mut found: Vec<LinkId> = self.documents.iter().filter(|(place, _)| of(**place)).flat_map(|(_, ids)| ids).copied().collect();
        found.sort_unstable();
        found.into_iter().filter_map(|id| self.link(id))
    }

    /// How many links there are, lines included.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn link(&self, id: LinkId) -> Option<Linked> {
        self.rows.get(&id).map(|row| row.link(id, &self.words))
    }

    fn line_ids(&self, document: LinkId) -> Vec<LinkId> {
        let all = (document, LinkId(i64::MIN))..=(document, LinkId(i64::MAX));
        self.lines.range(all).map(|(_, line)| *line).collect()
    }
}

/// The documents of a hash, in the order in which they were linked.
fn under(index: &Index, hash: u64) -> impl Iterator<Item = LinkId> {
    index.range((hash, LinkId(i64::MIN))..=(hash, LinkId(i64::MAX))).map(|(_, id)| *id)
}

fn tidy(side: System, id: &str) -> String {
    match side {
        System::Procore => id.to_owned(),
        System::Acumatica => tidy_guid(id),
    }
}

fn id_hash(mapping: &str, side: System, id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (mapping, side, id).hash(&mut hasher);
    hasher.finish()
}

fn key_hash(place: (&str, &str), side: System, key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (place, side, key).hash(&mut hasher);
    hasher.finish()
}

impl Reading<'_> {
    /// The live links of these mappings, lines included; of all mappings when none is named.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn link_book(&self, mappings: &[&str]) -> Result<LinkBook, StoreError> {
        let mut book = LinkBook::default();
        let named = mappings.iter().map(|mapping| Some(*mapping));
        let filters: Vec<Option<&str>> = if mappings.is_empty() { vec![None] } else { named.collect() };
        let sql = format!("select {IDENTITY} from link where ($1 is null or mapping = $1) and state = 'live' order by id");
        for mapping in filters {
            self.each_row(&sql, params![mapping], |row| {
                book.insert(&linked_row(row)?);
                Ok(())
            })?;
        }
        Ok(book)
    }
}
