//! What a plan wants of a record: the paths of all its rules, joined into one trie that drives the JSON parser. What no
//! rule wants is skipped, never built.

/// The number of a wanted value.
pub type Slot = usize;

/// What is wanted of one record, or of each member of one list.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The trie of paths.
    pub trie: Trie,
    /// How many values are wanted.
    pub slots: usize,
    /// What is wanted of the members of each list, by the list's number.
    pub lists: Vec<Wanted>,
}

/// One node of the trie: what is wanted here, and below here.
#[derive(Clone, Debug, Default)]
pub struct Trie {
    /// The value at this place is wanted as a whole.
    pub take: Option<Slot>,
    /// The members of this list are read one by one: the list's number.
    pub list: Option<usize>,
    /// Members that are wanted, or hold something that is.
    pub members: Vec<(String, Trie)>,
}

impl Wanted {
    /// The slot of the value at a path on the wire; the same path has the same slot.
    pub fn slot<S: AsRef<str>>(&mut self, steps: &[S]) -> Slot {
        let slots = self.slots;
        let slot = *self.trie.descend(steps).take.get_or_insert(slots);
        self.slots = self.slots.max(slot + 1);
        slot
    }

    /// The number of the list at a path, whose members are read one by one.
    pub fn list<S: AsRef<str>>(&mut self, steps: &[S]) -> usize {
        let lists = self.lists.len();
        let list = *self.trie.descend(steps).list.get_or_insert(lists);
        if list == lists {
            self.lists.push(Self::default());
        }
        list
    }
}

impl Trie {
    fn descend<S: AsRef<str>>(&mut self, steps: &[S]) -> &mut Self {
        let Some((first, rest)) = steps.split_first() else { return self };
        let name = first.as_ref();
        let at = self.members.iter().position(|(member, _)| member == name).unwrap_or_else(|| {
            self.members.push((name.to_owned(), Self::default()));
            self.members.len() - 1
        });
        self.members[at].1.descend(rest)
    }

    /// The node of a member, if anything is wanted there.
    pub fn member(&self, name: &str) -> Option<&Self> {
        self.members.iter().find(|(member, _)| member == name).map(|(_, node)| node)
    }
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    #[test]
    fn one_path_has_one_slot_and_one_list_one_number() {
        let mut wanted = Wanted::default();
        assert_eq!(wanted.slot(&["vendor", "id"]), 0);
        assert_eq!(wanted.slot(&["vendor", "company"]), 1);
        assert_eq!(wanted.slot(&["vendor", "id"]), 0);
        assert_eq!(wanted.slot(&["vendor"]), 2);
        assert_eq!(wanted.slots, 3);
        assert_eq!(wanted.list(&["line_items"]), 0);
        assert_eq!(wanted.list(&["line_items"]), 0);
        assert_eq!(wanted.lists.len(), 1);
    }
}
