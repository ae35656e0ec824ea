//! Reads a record's bytes along the plan's trie: wanted values are kept as slices of the input, the rest is skipped.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::refusal::Refusal;
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
/// When the bytes are not a JSON object.
pub(crate) fn read<'a>(body: &'a str, wanted: &Wanted) -> Result<Slots<'a>, Refusal> {
    let mut slots = Slots::empty(wanted);
    fill(body, &wanted.trie, wanted, &mut slots).map_err(|problem| Refusal::whole(format!("the record is not JSON: {problem}")))?;
    Ok(slots)
}

fn fill<'a>(body: &'a str, trie: &Trie, wanted: &Wanted, slots: &mut Slots<'a>) -> Result<(), serde_json::Error> {
    let mut source = serde_json::Deserializer::from_str(body);
    let seed = NodeSeed { trie, wanted, slots };
    seed.deserialize(&mut source)?;
    source.end()
}

/// The value at one node of the trie.
struct NodeSeed<'w, 's, 'a> {
    trie: &'w Trie,
    wanted: &'w Wanted,
    slots: &'s mut Slots<'a>,
}

impl<'de> DeserializeSeed<'de> for NodeSeed<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        let Some(slot) = self.trie.take else { return source.deserialize_any(self) };
        let raw: &'de RawValue = serde::Deserialize::deserialize(source)?;
        if raw.get() != "null" {
            self.slots.values[slot] = Some(raw.get());
        }
        if self.trie.members.is_empty() && self.trie.list.is_none() {
            return Ok(());
        }
        // Wanted as a whole and in parts as well: the parts are read from the slice.
        let below = Trie { take: None, ..self.trie.clone() };
        fill(raw.get(), &below, self.wanted, self.slots).map_err(serde::de::Error::custom)
    }
}

impl<'de> Visitor<'de> for NodeSeed<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a record")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(member) = map.next_key_seed(MemberSeed(self.trie))? {
            match member {
                Some(trie) => map.next_value_seed(NodeSeed { trie, wanted: self.wanted, slots: &mut *self.slots })?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<(), S::Error> {
        let Some(list) = self.trie.list else {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        let wanted = &self.wanted.lists[list];
        let members = &mut self.slots.lists[list];
        loop {
            let mut member = Slots::empty(wanted);
            if seq.next_element_seed(NodeSeed { trie: &wanted.trie, wanted, slots: &mut member })?.is_none() {
                return Ok(());
            }
            members.push(member);
        }
    }

    // A scalar where a record or list was wanted holds nothing of what was wanted.
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    // serde_json offers numbers with a fraction in this form; none of it is kept.
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A member's name, looked up in the trie without being kept.
struct MemberSeed<'w>(&'w Trie);

impl<'de, 'w> DeserializeSeed<'de> for MemberSeed<'w> {
    type Value = Option<&'w Trie>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        source.deserialize_str(self)
    }
}

impl<'w> Visitor<'_> for MemberSeed<'w> {
    type Value = Option<&'w Trie>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a member name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.member(name))
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
        for body in ["", "[", "{\"a\":}", "<html>", "{} {}"] {
            assert!(read(body, &Wanted::default()).is_err(), "{body}");
        }
    }
}
