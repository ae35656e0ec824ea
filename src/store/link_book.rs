//! Links in memory, for looking up thousands of them while records are evaluated.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::link::{fold, tidy_guid};
use super::{Link, LinkFilter, LinkId, LinkState, PutLink, Reading, StoreError};
use crate::schema::System;

/// Live links, found by either end. Procore ids compare exactly, Acumatica GUIDs in either case, keys trimmed and in
/// either case.
#[derive(Clone, Debug, Default)]
pub struct LinkBook {
    links: BTreeMap<LinkId, Link>,
    /// The lines of each document.
    lines: HashMap<LinkId, BTreeSet<LinkId>>,
    /// By mapping, then scope, then part (empty for documents).
    shelves: HashMap<String, HashMap<String, HashMap<String, Shelf>>>,
}

/// The links of one mapping, scope and part.
#[derive(Clone, Debug, Default)]
struct Shelf {
    procore: Index,
    acumatica: Index,
}

/// One side of a shelf.
#[derive(Clone, Debug, Default)]
struct Index {
    by_id: HashMap<String, LinkId>,
    /// Keys may repeat: line numbers do, and renamed accounts.
    by_key: HashMap<String, Vec<LinkId>>,
}

impl LinkBook {
    /// A book of these links; removed ones are left out.
    pub fn new(links: impl IntoIterator<Item = Link>) -> Self {
        let mut book = Self::default();
        links.into_iter().for_each(|link| book.insert(link));
        book
    }

    /// Puts a link into the book, in place of what it held under the same number.
    pub fn insert(&mut self, link: Link) {
        self.take_out(link.id);
        if link.state == LinkState::Removed {
            return;
        }
        let scopes = self.shelves.entry(link.mapping.clone()).or_default();
        let shelf = scopes.entry(link.scope.clone()).or_default().entry(link.part.clone()).or_default();
        for system in [System::Procore, System::Acumatica] {
            let (index, end) = (shelf.side_mut(system), link.end(system));
            index.by_id.insert(end.id.clone(), link.id);
            if let Some(key) = end.folded() {
                index.by_key.entry(key).or_default().push(link.id);
            }
        }
        if let Some(parent) = link.parent {
            self.lines.entry(parent).or_default().insert(link.id);
        }
        self.links.insert(link.id, link);
    }

    /// Takes over what [`put_link`](super::Writing::put_link) gave back.
    pub fn take_over(&mut self, put: &PutLink) {
        for lost in &put.lost {
            self.take_out(lost.id);
        }
        self.insert(put.link.clone());
        put.lines.iter().for_each(|line| self.insert(line.clone()));
    }

    /// Takes a document out of the book, with its lines.
    pub fn remove(&mut self, id: LinkId) -> Option<Link> {
        let lines = self.lines.remove(&id).unwrap_or_default();
        lines.into_iter().for_each(|line| drop(self.take_out(line)));
        self.take_out(id)
    }

    fn take_out(&mut self, id: LinkId) -> Option<Link> {
        let link = self.links.remove(&id)?;
        if let Some(lines) = link.parent.and_then(|parent| self.lines.get_mut(&parent)) {
            lines.remove(&id);
        }
        let shelf = self.shelves.get_mut(&link.mapping)?.get_mut(&link.scope)?.get_mut(&link.part)?;
        for system in [System::Procore, System::Acumatica] {
            let (index, end) = (shelf.side_mut(system), link.end(system));
            index.by_id.remove(&end.id);
            if let Some(ids) = end.folded().and_then(|key| index.by_key.get_mut(&key)) {
                ids.retain(|other| *other != id);
            }
        }
        Some(link)
    }

    /// The document that has this id, or else the only one that has this key, on one side. Its other end is what a
    /// `link` field yields.
    pub fn other_side(&self, mapping: &str, scope: &str, side: System, id_or_key: &str) -> Option<&Link> {
        match self.shelf(mapping, scope, "")?.side(side).find(side, id_or_key)[..] {
            [id] => self.links.get(&id),
            _ => None,
        }
    }

    /// Every document that has this id or key on one side: several make a key that names none of them (BR-21).
    pub fn candidates(&self, mapping: &str, scope: &str, side: System, id_or_key: &str) -> Vec<&Link> {
        let found = self.shelf(mapping, scope, "").map(|shelf| shelf.side(side).find(side, id_or_key)).unwrap_or_default();
        found.iter().filter_map(|id| self.links.get(id)).collect()
    }

    /// The line of a document that has this id, or else the only one of that document with this key, on one side.
    pub fn line(&self, document: &Link, part: &str, side: System, id_or_key: &str) -> Option<&Link> {
        let found = self.shelf(&document.mapping, &document.scope, part)?.side(side).find(side, id_or_key);
        let mut lines = found.iter().filter_map(|id| self.links.get(id)).filter(|line| line.parent == Some(document.id));
        lines.next().filter(|_| lines.next().is_none())
    }

    /// All lines of a document, in the order in which they were linked.
    pub fn lines_of(&self, document: &Link) -> impl Iterator<Item = &Link> {
        self.lines.get(&document.id).into_iter().flatten().filter_map(|id| self.links.get(id))
    }

    /// The documents of a mapping, in one scope or (with `None`) in all, in the order in which they were linked.
    pub fn documents<'a>(&'a self, mapping: &'a str, scope: Option<&'a str>) -> impl Iterator<Item = &'a Link> {
        self.links
            .values()
            .filter(move |link| link.mapping == mapping && link.part.is_empty() && scope.is_none_or(|scope| link.scope == scope))
    }

    /// How many links there are, lines included.
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    fn shelf(&self, mapping: &str, scope: &str, part: &str) -> Option<&Shelf> {
        self.shelves.get(mapping)?.get(scope)?.get(part)
    }
}

impl Shelf {
    fn side(&self, system: System) -> &Index {
        match system {
            System::Procore => &self.procore,
            System::Acumatica => &self.acumatica,
        }
    }

    fn side_mut(&mut self, system: System) -> &mut Index {
        match system {
            System::Procore => &mut self.procore,
            System::Acumatica => &mut self.acumatica,
        }
    }
}

impl Index {
    /// An id names one link; a key those that bear it.
    fn find(&self, side: System, id_or_key: &str) -> Vec<LinkId> {
        let by_id = match side {
            System::Procore => self.by_id.get(id_or_key),
            System::Acumatica => self.by_id.get(&tidy_guid(id_or_key)),
        };
        match by_id {
            Some(id) => vec![*id],
            None => self.by_key.get(&fold(id_or_key)).cloned().unwrap_or_default(),
        }
    }
}

impl Reading<'_> {
    /// The live links of these mappings, lines included; of all mappings when none is named.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn link_book(&self, mappings: &[&str]) -> Result<LinkBook, StoreError> {
        let mut book = LinkBook::default();
        let named = mappings.iter().map(|mapping| Some((*mapping).to_owned()));
        let filters: Vec<_> = if mappings.is_empty() { vec![None] } else { named.collect() };
        for mapping in filters {
            self.links(&LinkFilter { mapping, lines: true, ..LinkFilter::default() })?.into_iter().for_each(|link| book.insert(link));
        }
        Ok(book)
    }
}
