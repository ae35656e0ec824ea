//! Reads a record's bytes along the plan's trie: wanted values are kept as slices of the input, the rest is skipped.

use serde::de::IgnoredAny;

use super::refusal::Refusal;
use super::scan::{Malformed, Scanned, Scanner};
use crate::plan::{Trie, Wanted};

/// The wanted values of one record, or of one member of a list, as they stand in the input.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slots<'a> {
    /// The values; `None` where the record has none.
    pub(crate) values: Vec<Option<&'a str>>,
    /// The members of each list.
    pub(crate) lists: Vec<Vec<Slots<'a>>>,
}

impl<'a> Slots<'a> {
    fn empty(wanted: &Wanted) -> Self {
        Self { values: vec![None; wanted.slots], lists: vec![Vec::new(); wanted.lists.len()] }
    }

    /// All values but some of the record itself, one after the other.
    pub(super) fn tell(&self, apart: &[usize], text: &mut String) {
        for (slot, value) in self.values.iter().enumerate() {
            text.push_str(value.filter(|_| !apart.contains(&slot)).unwrap_or_default());
            text.push('\u{1f}');
        }
        for list in &self.lists {
            text.push('\u{1d}');
            for member in list {
                text.push('\u{1e}');
                member.tell(&[], text);
            }
        }
    }
}

/// Reads one record.
///
/// # Errors
/// When the bytes are not JSON.
pub(crate) fn read<'a>(body: &'a str, wanted: &Wanted) -> Result<Slots<'a>, Refusal> {
    let mut slots = Slots::empty(wanted);
    let mut scanner = Scanner::new(body);
    let read = scanner.node(&wanted.trie, wanted, &mut slots);
    match read.and_then(|()| scanner.end()) {
        Ok(()) => Ok(slots),
        Err(Malformed) => Err(Refusal::whole(format!("the record is not JSON: {}", told(body)))),
    }
}

/// What is wrong with a text that is not JSON, and where.
fn told(body: &str) -> String {
    serde_json::from_str::<IgnoredAny>(body).err().map_or_else(|| "a name is malformed".to_owned(), |problem| problem.to_string())
}

impl<'a> Scanner<'a> {
    /// The value at one node of the trie.
    fn node(&mut self, trie: &Trie, wanted: &Wanted, slots: &mut Slots<'a>) -> Scanned<()> {
        self.blanks();
        let begun = self.at();
        match (self.peek(), trie.list) {
            (b'{', _) if !trie.members.is_empty() => self.record(trie, wanted, slots)?,
            (b'[', Some(list)) => self.list(&wanted.lists[list], &mut slots.lists[list])?,
            // A scalar where a record or list was wanted holds nothing of what was wanted.
            _ => self.value()?,
        }
        if let Some(slot) = trie.take {
            let raw = self.since(begun);
            if raw != "null" {
                slots.values[slot] = Some(raw);
            }
        }
        Ok(())
    }

    fn record(&mut self, trie: &Trie, wanted: &Wanted, slots: &mut Slots<'a>) -> Scanned<()> {
        self.next();
        self.blanks();
        if self.takes(b'}') {
            return Ok(());
        }
        loop {
            let (name, escaped) = self.name()?;
            let below = if escaped {
                trie.member(&serde_json::from_str::<String>(name).map_err(|_| Malformed)?)
            } else {
                trie.member(&name[1..name.len() - 1])
            };
            match below {
                Some(below) => self.node(below, wanted, slots)?,
                None => self.value()?,
            }
            self.blanks();
            match self.next() {
                b',' => self.blanks(),
                b'}' => return Ok(()),
                _ => return Err(Malformed),
            }
        }
    }

    fn list(&mut self, wanted: &Wanted, members: &mut Vec<Slots<'a>>) -> Scanned<()> {
        self.next();
        self.blanks();
        if self.takes(b']') {
            return Ok(());
        }
        loop {
            let mut member = Slots::empty(wanted);
            self.node(&wanted.trie, wanted, &mut member)?;
            members.push(member);
            self.blanks();
            match self.next() {
                b',' => {}
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
        let slots = read(body, &wanted).unwrap();
        assert_eq!(slots.values[id], Some("9007199254740993"));
        assert_eq!(slots.values[vendor], Some(r#"{"company":"A \"B\"","n":1.50}"#));
        assert_eq!(slots.values[company], Some(r#""A \"B\"""#));
        assert_eq!(slots.lists[list].len(), 3);
        assert_eq!(slots.lists[list][0].values[amount], Some("\"1.00\""));
        assert_eq!(slots.lists[list][1].values[amount], None);
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
    fn a_name_with_escapes_is_the_name_that_it_spells() {
        let mut wanted = Wanted::default();
        let id = wanted.slot(&["id"]);
        assert_eq!(read(r#"{"\u0069d":7}"#, &wanted).unwrap().values[id], Some("7"));
    }
}
