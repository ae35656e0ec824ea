//! How does a system write its records? Which names it gives, and in which order, is learned from the first record that is read: the
//! others are alike, as a rule, so that what stands before a value is held against this as a whole.

use std::sync::OnceLock;

use super::trie::{Slot, Trie};

/// Members of one record that are learned: more than any record of either system has.
const MOST: usize = 300;

/// The members of a record, as they were written.
#[derive(Clone, Debug, Default)]
pub struct Layout(OnceLock<Vec<Written>>);

/// A member.
#[derive(Clone, Debug)]
pub struct Written {
    /// What stands before its value: `,"id":`.
    pub before: Box<str>,
    /// Its name in quotes.
    pub name: Box<str>,
    /// What becomes of its value.
    pub then: Then,
}

/// What becomes of a member's value.
#[derive(Clone, Debug)]
pub enum Then {
    /// It is passed over.
    Skip,
    /// It is kept.
    Take(Slot),
    /// It is read along this member of the trie, and has a layout of its own.
    Walk(usize, Layout),
}

impl Layout {
    /// What is known; none before a record was read.
    pub fn known(&self) -> Option<&[Written]> {
        self.0.get().map(Vec::as_slice)
    }

    /// Keeps what a record taught; what another thread learned meanwhile stays.
    pub fn learn(&self, mut members: Vec<Written>) {
        members.truncate(MOST);
        let _ = self.0.set(members);
    }
}

impl Then {
    /// What becomes of the value of a member of this name.
    pub fn of(trie: &Trie, name: &str) -> Self {
        match trie.place(name) {
            None => Self::Skip,
            Some(place) => match &trie.members[place].1 {
                Trie { take: Some(slot), list: None, members, .. } if members.is_empty() => Self::Take(*slot),
                _ => Self::Walk(place, Layout::default()),
            },
        }
    }
}
