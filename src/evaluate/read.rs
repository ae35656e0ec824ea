//! Reads a record's bytes along the plan's trie: wanted values are kept as slices of the input, the rest is skipped.

use serde::de::IgnoredAny;

use super::refusal::Refusal;
use super::scan::{Malformed, Scanned, Scanner};
use crate::plan::{Trie, Wanted};

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
    let mut scanner = Scanner::new(body);
    scanner.blanks();
    let read = scanner.node(&wanted.trie, wanted, &mut record.next(wanted), None);
    match read.and_then(|()| scanner.end()) {
        Ok(()) => Ok(record),
        Err(Malformed) => Err(Refusal::whole(format!("the record is not JSON: {}", told(body)))),
    }
}

/// What is wrong with a text that is not JSON, and where.
fn told(body: &str) -> String {
    serde_json::from_str::<IgnoredAny>(body).err().map_or_else(|| "a name is malformed".to_owned(), |problem| problem.to_string())
}

/// How the last member of a list was written: the next one has the same names in the same order, as a rule, so that what stands
/// before its values is held against these first.
#[derive(Debug, Default)]
struct Order<'a> {
    /// What stands before each value, its name included, and which of the wanted members that is.
    names: Vec<(&'a str, Option<usize>)>,
    /// The same of the records in there, by the wanted member.
    below: Vec<Order<'a>>,
}

impl<'a> Order<'a> {
    fn below(&mut self, member: usize) -> &mut Self {
        if self.below.len() <= member {
            self.below.resize_with(member + 1, Self::default);
        }
        &mut self.below[member]
    }

    fn note(&mut self, nth: usize, before: &'a str, member: Option<usize>) {
        match self.names.get_mut(nth) {
            Some(known) => *known = (before, member),
            None => self.names.push((before, member)),
        }
    }
}

/// What comes next in a record.
enum Next {
    /// The value of a member, and which of the wanted ones it is.
    Value(Option<usize>),
    End,
}

impl<'a> Scanner<'a> {
    /// The value at one node of the trie.
    fn node(&mut self, trie: &Trie, wanted: &Wanted, room: &mut Room<'_, 'a>, order: Option<&mut Order<'a>>) -> Scanned<()> {
        let begun = self.at();
        match (self.peek(), trie.list) {
            (b'{', _) if !trie.members.is_empty() => self.record(trie, wanted, room, order)?,
            (b'[', Some(list)) => self.list(&wanted.lists[list], &mut room.lists[list])?,
            // A scalar where a record or list was wanted holds nothing of what was wanted.
            _ => self.value()?,
        }
        if let Some(slot) = trie.take {
            let raw = self.since(begun);
            if !raw.starts_with('n') {
                room.values[slot] = Some(raw);
            }
        }
        Ok(())
    }

    fn record(&mut self, trie: &Trie, wanted: &Wanted, room: &mut Room<'_, 'a>, mut order: Option<&mut Order<'a>>) -> Scanned<()> {
        for nth in 0.. {
            let known = order.as_ref().and_then(|order| order.names.get(nth)).copied();
            let next = match known {
                Some((before, member)) if self.takes_all(before) => Next::Value(member),
                _ => self.member(trie, order.as_deref_mut(), nth)?,
            };
            match next {
                Next::Value(Some(member)) => {
                    let order = order.as_deref_mut().map(|order| order.below(member));
                    self.node(&trie.members[member].1, wanted, room, order)?;
                }
                Next::Value(None) => self.value()?,
                Next::End => break,
            }
        }
        Ok(())
    }

    /// What stands before the value of a record's nth member, or its end.
    fn member(&mut self, trie: &Trie, order: Option<&mut Order<'a>>, nth: usize) -> Scanned<Next> {
        let begun = self.at();
        self.blanks();
        match (self.next(), nth) {
            (b'{', 0) => {
                self.blanks();
                if self.takes(b'}') {
                    return Ok(Next::End);
                }
            }
            (b',', 1..) => self.blanks(),
            (b'}', 1..) => return Ok(Next::End),
            _ => return Err(Malformed),
        }
        let (name, escaped) = self.name()?;
        let member = if escaped {
            trie.place(&serde_json::from_str::<String>(name).map_err(|_| Malformed)?)
        } else {
            trie.place(&name[1..name.len() - 1])
        };
        if let Some(order) = order {
            order.note(nth, self.since(begun), member);
        }
        Ok(Next::Value(member))
    }

    fn list(&mut self, wanted: &Wanted, members: &mut Members<'a>) -> Scanned<()> {
        self.next();
        self.blanks();
        if self.takes(b']') {
            return Ok(());
        }
        let mut order = Order::default();
        let begun = self.at();
        loop {
            self.node(&wanted.trie, wanted, &mut members.next(wanted), Some(&mut order))?;
            if members.count == 1 {
                // The others are as long as the first, as a rule.
                members.reserve((self.left() / self.since(begun).len()).min(MOST_AT_ONCE));
            }
            self.blanks();
            match self.next() {
                b',' => self.blanks(),
                b']' => return Ok(()),
                _ => return Err(Malformed),
            }
        }
    }
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
