//! Reads a record's bytes along the plan's trie: wanted values are kept as slices of the input, the rest is skipped.

use serde::de::IgnoredAny;

use super::refusal::Refusal;
use super::scan::Scan;
use crate::plan::{Layout, Then, Trie, Wanted, Written};
use crate::value::unquoted;

/// Members that room is made for before they are met.
const MOST_AT_ONCE: usize = 1_000;

/// The wanted values of one record, or of one member of a list, as they stand in the input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slots<'s, 'a> {
    /// The values; `None` where the record has none.
    pub(crate) values: &'s [Option<&'a str>],
    /// The members of each list.
    pub(crate) lists: &'s [Members<'a>],
}

/// The wanted values of all members of a list, in one row: what is read line by line lies side by side.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members<'a> {
    count: usize,
    /// How many values and lists a member has.
    width: (usize, usize),
    values: Vec<Option<&'a str>>,
    lists: Vec<Members<'a>>,
}

impl<'a> Members<'a> {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Those of each member.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Slots<'_, 'a>> {
        (0..self.count).map(|nth| self.at(nth))
    }

    /// Those of one that is there.
    pub(super) fn at(&self, nth: usize) -> Slots<'_, 'a> {
        let (values, lists) = self.width;
        Slots { values: &self.values[nth * values..][..values], lists: &self.lists[nth * lists..][..lists] }
    }

    /// Makes room for so many more, about.
    fn reserve(&mut self, more: usize) {
        let (values, lists) = self.width;
        self.values.reserve(more * values);
        self.lists.reserve(more * lists);
    }

    /// Makes room for one more.
    fn next(&mut self, wanted: &Wanted) -> Room<'_, 'a> {
        let (values, lists) = (self.values.len(), self.lists.len());
        self.count += 1;
        self.width = (wanted.slots, wanted.lists.len());
        self.values.resize(values + wanted.slots, None);
        self.lists.resize_with(lists + wanted.lists.len(), Self::default);
        Room { values: &mut self.values[values..], lists: &mut self.lists[lists..] }
    }
}

/// Where the values of one member go.
struct Room<'s, 'a> {
    values: &'s mut [Option<&'a str>],
    lists: &'s mut [Members<'a>],
}

impl<'a> Room<'_, 'a> {
    /// Keeps a value that is there.
    #[inline]
    fn keep(&mut self, slot: usize, raw: &'a str) {
        if !raw.starts_with('n') {
            self.values[slot] = Some(raw);
        }
    }
}

impl Slots<'_, '_> {
    /// All values but some of the record itself, one after the other.
    pub(super) fn tell(&self, apart: &[usize], text: &mut String) {
        for (slot, value) in self.values.iter().enumerate() {
            text.push_str(value.filter(|_| !apart.contains(&slot)).unwrap_or_default());
            text.push('\u{1f}');
        }
        for list in self.lists {
            text.push('\u{1d}');
            for member in list.iter() {
                text.push('\u{1e}');
                member.tell(&[], text);
            }
        }
    }
}

/// Reads one record: the only member of what is given back.
///
/// # Errors
/// When the bytes are not JSON.
pub(crate) fn read<'a>(body: &'a str, wanted: &Wanted) -> Result<Members<'a>, Refusal> {
    let mut record = Members::default();
    let scan = Scan(body);
    let end = scan.node(scan.blanks(0), Node::of(wanted), &mut record.next(wanted));
    match end.and_then(|end| scan.end(end)) {
        Some(()) => Ok(record),
        None => Err(Refusal::whole(format!("the record is not JSON: {}", told(body)))),
    }
}

/// A node of the trie that a value is read along, and how records are written there.
#[derive(Clone, Copy)]
struct Node<'w> {
    trie: &'w Trie,
    layout: &'w Layout,
    wanted: &'w Wanted,
}

impl<'w> Node<'w> {
    fn of(wanted: &'w Wanted) -> Self {
        Self { trie: &wanted.trie, layout: &wanted.layout, wanted }
    }
}

/// What comes next in a record.
enum Next<'a> {
    /// A member: its name in its quotes, and where its value begins.
    Member { name: &'a str, value: usize },
    /// Nothing; what follows the record begins there.
    End(usize),
}

/// What is wrong with a text that is not JSON, and where.
fn told(body: &str) -> String {
    serde_json::from_str::<IgnoredAny>(body).err().map_or_else(|| "a name is malformed".to_owned(), |problem| problem.to_string())
}

impl<'a> Scan<'a> {
    /// After the value at one node of the trie.
    fn node(self, at: usize, node: Node<'_>, room: &mut Room<'_, 'a>) -> Option<usize> {
        let Node { trie, wanted, .. } = node;
        let end = match (self.byte(at), trie.list) {
            (b'{', _) if !trie.members.is_empty() => self.record(at, node, room)?,
            (b'[', Some(list)) => self.list(at, &wanted.lists[list], &mut room.lists[list])?,
            // A scalar where a record or list was wanted holds nothing of what was wanted.
            _ => self.value(at)?,
        };
        if let Some(slot) = trie.take {
            room.keep(slot, self.between(at, end));
        }
        Some(end)
    }

    fn record(self, mut at: usize, node: Node<'_>, room: &mut Room<'_, 'a>) -> Option<usize> {
        let Some(known) = node.layout.known() else { return self.first_record(at, node, room) };
        let (mut nth, mut first) = (0, true);
        loop {
            let next = known.get(nth).and_then(|written| Some((written, self.takes_all(at, &written.before)?)));
            if let Some((written, value)) = next {
                at = self.member(value, &written.then, node, room)?;
                nth += 1;
            } else {
                let (name, value) = match self.name_or_end(at, first)? {
                    Next::Member { name, value } => (name, value),
                    Next::End(end) => return Some(end),
                };
                at = match known.iter().position(|written| *written.name == *name) {
                    Some(place) => {
                        nth = place + 1;
                        self.member(value, &known[place].then, node, room)?
                    }
                    None => self.member(value, &then(node.trie, name)?, node, room)?,
                };
            }
            first = false;
        }
    }

    /// The first record of its layout, which teaches how the others are written.
    fn first_record(self, mut at: usize, node: Node<'_>, room: &mut Room<'_, 'a>) -> Option<usize> {
        let mut learned: Vec<Written> = Vec::new();
        let mut first = true;
        loop {
            match self.name_or_end(at, first)? {
                Next::Member { name, value } => {
                    let (before, then) = (self.between(at, value).into(), then(node.trie, name)?);
                    at = self.member(value, &then, node, room)?;
                    learned.push(Written { before, name: name.into(), then });
                    first = false;
                }
                Next::End(end) => {
                    node.layout.learn(learned);
                    return Some(end);
                }
            }
        }
    }

    /// After the value of a member.
    #[inline]
    fn member(self, at: usize, then: &Then, node: Node<'_>, room: &mut Room<'_, 'a>) -> Option<usize> {
        match then {
            Then::Skip => self.value(at),
            Then::Take(slot) => {
                let end = self.value(at)?;
                room.keep(*slot, self.between(at, end));
                Some(end)
            }
            Then::Walk(place, layout) => self.node(at, Node { trie: &node.trie.members[*place].1, layout, ..node }, room),
        }
    }

    /// What comes next in a record.
    fn name_or_end(self, at: usize, first: bool) -> Option<Next<'a>> {
        let at = self.blanks(at);
        let name = match (self.byte(at), first) {
            (b'{', true) => {
                let inside = self.blanks(at + 1);
                if let Some(end) = self.takes(inside, b'}') {
                    return Some(Next::End(end));
                }
                inside
            }
            (b',', false) => self.blanks(at + 1),
            (b'}', false) => return Some(Next::End(at + 1)),
            _ => return None,
        };
        let (end, value) = self.name(name)?;
        Some(Next::Member { name: self.between(name, end), value })
    }

    fn list(self, at: usize, wanted: &Wanted, members: &mut Members<'a>) -> Option<usize> {
        let mut at = self.blanks(at + 1);
        if let Some(end) = self.takes(at, b']') {
            return Some(end);
        }
        let begun = at;
        loop {
            at = self.node(at, Node::of(wanted), &mut members.next(wanted))?;
            if members.count == 1 {
                // The others are as long as the first, as a rule.
                members.reserve(((self.0.len() - at) / (at - begun)).min(MOST_AT_ONCE));
            }
            at = self.blanks(at);
            match self.byte(at) {
                b',' => at = self.blanks(at + 1),
                b']' => return Some(at + 1),
                _ => return None,
            }
        }
    }
}

/// What becomes of the value of a member with this name, in its quotes.
fn then(trie: &Trie, name: &str) -> Option<Then> {
    let spelt = unquoted(name).ok()?;
    Some(Then::of(trie, &spelt))
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::plan::Wanted;

    #[test]
    fn wanted_values_are_slices_and_the_rest_is_skipped() {
        let mut wanted = Wanted::default();
        let (id, vendor, company) = (wanted.slot(&["id"]), wanted.slot(&["vendor"]), wanted.slot(&["vendor", "company"]));
        let list = wanted.list(&["lines"]);
        let amount = wanted.lists[list].slot(&["amount"]);
        let body = r#"{"x":[1,{"id":2}],"id":9007199254740993,"vendor":{"company":"A \"B\"","n":1.50},"lines":[{"amount":"1.00"},{},null],"y":null}"#;
        let read = read(body, &wanted).unwrap();
        let slots = read.at(0);
        assert_eq!(slots.values[id], Some("9007199254740993"));
        assert_eq!(slots.values[vendor], Some(r#"{"company":"A \"B\"","n":1.50}"#));
        assert_eq!(slots.values[company], Some(r#""A \"B\"""#));
        let amounts: Vec<_> = slots.lists[list].iter().map(|line| line.values[amount]).collect();
        assert_eq!(amounts, [Some("\"1.00\""), None, None]);
    }

    #[test]
    fn a_body_that_is_not_json_is_refused() {
        for body in ["", "[", "{\"a\":}", "<html>", "{} {}", "{\"a\" 1}", "{\"a\":1,}"] {
            let problem = serde_json::from_str::<serde::de::IgnoredAny>(body).unwrap_err();
            let refusal = read(body, &Wanted::default()).unwrap_err();
            assert_eq!(refusal.reasons[0].message, format!("the record is not JSON: {problem}"));
        }
    }

    #[test]
    fn members_of_a_list_are_read_whatever_the_order_of_their_names() {
        let mut wanted = Wanted::default();
        let list = wanted.list(&["lines"]);
        let (a, b) = (wanted.lists[list].slot(&["a"]), wanted.lists[list].slot(&["in", "b"]));
        let body =
            r#"{"lines":[{"a":1,"in":{"x":0,"b":2}},{"in" : {"b":4,"x":0},"a":3},{"a":5,"aa":0},{"\u0061":6,"in":{"x":0,"b":7}},{"a"}]}"#;
        let text = body.replace(",{\"a\"}", "");
        let found = read(&text, &wanted).unwrap();
        let found: Vec<_> = found.at(0).lists[list].iter().map(|line| (line.values[a], line.values[b])).collect();
        assert_eq!(found, [(Some("1"), Some("2")), (Some("3"), Some("4")), (Some("5"), None), (Some("6"), Some("7"))]);
        assert!(read(body, &wanted).is_err());
    }

    #[test]
    fn a_name_with_escapes_is_the_name_that_it_spells() {
        let mut wanted = Wanted::default();
        let id = wanted.slot(&["id"]);
        assert_eq!(read(r#"{"\u0069d":7}"#, &wanted).unwrap().at(0).values[id], Some("7"));
    }
}
