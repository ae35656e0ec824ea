//! What a plan wants of a record: the paths of all its rules, joined into one trie that drives the JSON parser. What no
//! rule wants is skipped, never built.

use std::sync::Arc;

use super::layout::Layout;
use crate::schema::Field;
use crate::value::Reading;

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
    /// Lists of which expressions read some fields only.
    pub views: Vec<View>,
    /// How such records are written.
    pub layout: Layout,
}

/// A list as an expression sees it: its members with those of their fields that are read.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The list's number.
    pub list: usize,
    /// The fields.
    pub fields: Vec<ViewField>,
}

/// A field of the members of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewField {
    /// Where an expression sees it: `vendor.id`.
    pub path: Arc<str>,
    /// Which of the values that are wanted of a member.
    pub slot: Slot,
    /// The field, for reading it.
    pub field: Option<Field>,
    /// What a glance at its token is to read.
    pub reading: Reading,
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
    /// A bit for each of their names, so that most other names are told apart without being compared.
    marks: u64,
}

/// The bit of a name: by its length, its first and its last letter.
fn mark(name: &str) -> u64 {
    let ends = name.as_bytes().first().zip(name.as_bytes().last());
    let (first, last) = ends.map_or((0, 0), |(first, last)| (usize::from(*first), usize::from(*last)));
    1 << ((name.len() * 5 + first + last * 3) % 64)
}

impl View {
    /// Whether all of its fields are single values right below the members.
    pub fn is_flat(&self) -> bool {
        self.fields.iter().all(|part| !part.path.contains('.') && part.field.as_ref().is_some_and(Field::is_scalar))
    }
}

impl Wanted {
    /// The slot of the value at a path on the wire; the same path has the same slot.
    pub fn slot<S: AsRef<str>>(&mut self, steps: &[S]) -> Slot {
        let slots = self.slots;
        let slot = *self.trie.descend(steps).take.get_or_insert(slots);
        self.slots = self.slots.max(slot + 1);
        slot
    }

    /// The number of a view; equal ones have the same.
    pub fn view(&mut self, view: View) -> usize {
        self.views.iter().position(|known| *known == view).unwrap_or_else(|| {
            self.views.push(view);
            self.views.len() - 1
        })
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
            self.marks |= mark(name);
            self.members.len() - 1
        });
        self.members[at].1.descend(rest)
    }

    /// The node of a member, if anything is wanted there.
    pub fn member(&self, name: &str) -> Option<&Self> {
        self.place(name).map(|place| &self.members[place].1)
    }

    /// Which of the members that name is, if anything is wanted there.
    pub fn place(&self, name: &str) -> Option<usize> {
        if self.marks & mark(name) == 0 {
            return None;
        }
        self.members.iter().position(|(member, _)| member == name)
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
