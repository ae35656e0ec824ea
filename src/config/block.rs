//! A block of the settings file, read into a type: every slip at its place, all of them in one go.
//!
//! The types are the connector's own, with serde's derived readers. Those stop at the first error; here the value at fault is
//! noted, left out, and the block read again, until nothing new is found.

use std::cell::RefCell;
use std::fmt::{self, Display};
use std::ops::Range;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::mapping::yaml::{Node, NodeKind};

/// Reads a block. What does not fit goes into `problems`; the values at `known` are told elsewhere.
pub(super) fn block<T: DeserializeOwned>(node: &Node, known: &[Range<usize>], problems: &mut Vec<Diagnostic>) -> Option<T> {
    let notes = Notes { problems: RefCell::default(), spoiled: RefCell::new(known.to_vec()), missing: RefCell::default() };
    let found = loop {
        let noted = notes.count();
        match T::deserialize(Reader { node, notes: &notes }) {
            Ok(found) => break Some(found),
            Err(slip) => {
                let at = slip.at.unwrap_or_else(|| node.place.span.clone());
                let whole = at == node.place.span && !slip.again;
                if !slip.again && !notes.spoiled.borrow().contains(&at) {
                    notes.spoiled.borrow_mut().push(at);
                }
                if whole || notes.count() == noted {
                    break None;
                }
            }
        }
    };
    let told = notes.problems.into_inner();
    let sound = told.is_empty();
    problems.extend(told);
    found.filter(|_| sound)
}

/// What has been found so far.
struct Notes {
    problems: RefCell<Vec<Diagnostic>>,
    /// Values that are left out when the block is read again.
    spoiled: RefCell<Vec<Range<usize>>>,
    /// Keys that are missing, by the start of their block: filled in, so that the next one is found.
    missing: RefCell<Vec<(usize, &'static str)>>,
}

impl Notes {
    fn count(&self) -> usize {
        self.spoiled.borrow().len() + self.missing.borrow().len()
    }

    fn tell(&self, diagnostic: Diagnostic) {
        let mut problems = self.problems.borrow_mut();
        if !problems.contains(&diagnostic) {
            problems.push(diagnostic);
        }
    }
}

/// Why reading stopped, until it is told.
#[derive(Debug, Default)]
struct Slip {
    message: Option<String>,
    help: Option<String>,
    missing: Option<&'static str>,
    /// Where; told already.
    at: Option<Range<usize>>,
    /// Nothing has to be left out: a missing key was noted.
    again: bool,
}

impl Display for Slip {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message.as_deref().unwrap_or("told already"))
    }
}

impl std::error::Error for Slip {}

impl Error for Slip {
    fn custom<T: Display>(message: T) -> Self {
        Self { message: Some(message.to_string()), ..Self::default() }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { missing: Some(field), ..Self::default() }
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let help = did_you_mean(variant, expected.iter().copied());
        Self { message: Some(format!("`{variant}` is not one of the choices here")), help, ..Self::default() }
    }
}

/// One value of the block.
#[derive(Clone, Copy)]
struct Reader<'n> {
    node: &'n Node,
    notes: &'n Notes,
}

impl<'n> Reader<'n> {
    /// Tells a slip here, unless it was told further in.
    fn placed<T>(self, found: Result<T, Slip>) -> Result<T, Slip> {
        found.map_err(|slip| {
            if slip.at.is_some() {
                return slip;
            }
            if let Some(message) = slip.message {
                self.notes.tell(Diagnostic::error("setting", &self.node.place, message).maybe_help(slip.help));
            }
            Slip { at: Some(self.node.place.span.clone()), again: slip.again, ..Slip::default() }
        })
    }

    fn expected<T>(self, what: &str) -> Result<T, Slip> {
        self.placed(Err(Slip::custom(format!("expected {what}, found {}", self.node.kind_word()))))
    }

    fn entries(self, known: Option<&'static [&'static str]>) -> Result<Entries<'n>, Slip> {
        let NodeKind::Map(entries) = &self.node.kind else { return self.expected("keys and values") };
        let (mut rest, mut left_out) = (Vec::new(), Vec::new());
        for (key, value) in entries {
            let Some(word) = key.word() else { continue };
            if let Some(known) = known
                && !known.contains(&word.text.as_str())
            {
                let message = format!("`{word}` is not a key here");
                self.notes.tell(
                    Diagnostic::error("unknown-key", &word.place, message).label("no such key").meant(&word.text, known.iter().copied()),
                );
            } else if self.notes.spoiled.borrow().contains(&value.place.span) {
                left_out.push(word.text);
            } else {
                rest.push((word.text, Some(value)));
            }
        }
        let start = self.node.place.span.start;
        let missing = self.notes.missing.borrow();
        rest.extend(missing.iter().filter(|(block, _)| *block == start).map(|(_, key)| ((*key).to_owned(), None)));
        rest.reverse();
        Ok(Entries { reader: self, rest, value: None, left_out })
    }

    fn not_there(self, key: &'static str, left_out: &[String]) -> Slip {
        if left_out.iter().any(|known| known == key) {
            return Slip { at: Some(self.node.place.span.clone()), ..Slip::default() };
        }
        // A caret below the first word says enough; the whole block would be underlined line by line.
        let start = self.node.place.span.start;
        let end = self.node.place.source.text[start..].find([':', ',', '}', '\n']).map_or(start, |length| start + length);
        let place = crate::diagnostic::Place::new(&self.node.place.source, start..end);
        self.notes
            .tell(Diagnostic::error("missing-key", &place, format!("the key `{key}` is missing")).label(format!("no `{key}` beside this")));
        self.notes.missing.borrow_mut().push((start, key));
        Slip { at: Some(self.node.place.span.clone()), again: true, ..Slip::default() }
    }
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Slip;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        let found = match &self.node.kind {
            NodeKind::Null => visitor.visit_unit(),
            NodeKind::Bool(flag) => visitor.visit_bool(*flag),
            NodeKind::Number(digits) => match digits.parse::<i64>() {
                Ok(number) => visitor.visit_i64(number),
                Err(_) => visitor.visit_str(digits),
            },
            NodeKind::Text(text) => visitor.visit_str(text),
            NodeKind::List(_) => return self.deserialize_seq(visitor),
            NodeKind::Map(_) => return self.deserialize_map(visitor),
        };
        self.placed(found)
    }

    // A plain number or flag is text where text is wanted, in the author's own digits: `company_id: 77`.
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        match self.node.word() {
            Some(word) => self.placed(visitor.visit_string(word.text)),
            None => self.expected("text"),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        self.deserialize_string(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        match self.node.kind {
            NodeKind::Bool(flag) => self.placed(visitor.visit_bool(flag)),
            _ => self.expected("`true` or `false`"),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        let NodeKind::Number(digits) = &self.node.kind else { return self.expected("a whole number") };
        match digits.parse() {
            Ok(number) => self.placed(visitor.visit_u64(number)),
            Err(_) => self.placed(Err(Slip::custom(format!("`{digits}` is not a whole number from 0 on")))),
        }
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        match self.node.kind {
            NodeKind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Slip> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        match &self.node.kind {
            NodeKind::List(items) => self.placed(visitor.visit_seq(Items { rest: items.iter(), notes: self.notes })),
            _ => self.expected("a list"),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        let mut entries = self.entries(None)?;
        self.placed(visitor.visit_map(&mut entries))
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Slip> {
        let mut entries = self.entries(Some(fields))?;
        let found = visitor.visit_map(&mut entries);
        self.placed(found.map_err(|slip| match slip.missing {
            Some(key) => self.not_there(key, &entries.left_out),
            None => slip,
        }))
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, choices: &'static [&'static str], visitor: V) -> Result<V::Value, Slip> {
        let found = match &self.node.kind {
            NodeKind::Text(word) => visitor.visit_enum(IntoDeserializer::<Slip>::into_deserializer(word.as_str())),
            NodeKind::Map(entries) if entries.len() == 1 => visitor.visit_enum(Choice { entry: &entries[0], notes: self.notes }),
            _ => {
                let choices = choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ");
                return self.expected(&format!("one of {choices}"));
            }
        };
        self.placed(found)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

/// The keys of one block, last first.
struct Entries<'n> {
    reader: Reader<'n>,
    /// A key without a node is missing and filled in.
    rest: Vec<(String, Option<&'n Node>)>,
    value: Option<Option<&'n Node>>,
    left_out: Vec<String>,
}

impl<'de> MapAccess<'de> for &mut Entries<'_> {
    type Error = Slip;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Slip> {
        let Some((key, value)) = self.rest.pop() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(StrDeserializer::<Slip>::new(&key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Slip> {
        match self.value.take().expect("a value is asked for after its key") {
            Some(node) => seed.deserialize(Reader { node, notes: self.reader.notes }),
            // The reference is never followed: a block with a missing key is not given back.
            None => seed
                .deserialize(StrDeserializer::<Slip>::new("env:MISSING"))
                .map_err(|_| Slip { at: Some(self.reader.node.place.span.clone()), ..Slip::default() }),
        }
    }
}

struct Items<'n> {
    rest: std::slice::Iter<'n, Node>,
    notes: &'n Notes,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Slip;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Slip> {
        let notes = self.notes;
        let next = self.rest.find(|node| !notes.spoiled.borrow().contains(&node.place.span));
        next.map(|node| seed.deserialize(Reader { node, notes })).transpose()
    }
}

/// A choice that takes values: `session: {user: …}`.
struct Choice<'n> {
    entry: &'n (Node, Node),
    notes: &'n Notes,
}

impl<'de, 'n> EnumAccess<'de> for Choice<'n> {
    type Error = Slip;
    type Variant = Reader<'n>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self::Variant), Slip> {
        let (key, value) = self.entry;
        let chosen = seed.deserialize(Reader { node: key, notes: self.notes })?;
        if self.notes.spoiled.borrow().contains(&value.place.span) {
            return Err(Slip::default());
        }
        Ok((chosen, Reader { node: value, notes: self.notes }))
    }
}

impl<'de> VariantAccess<'de> for Reader<'_> {
    type Error = Slip;

    fn unit_variant(self) -> Result<(), Slip> {
        self.expected("nothing")
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Slip> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Slip> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Slip> {
        self.deserialize_struct("", fields, visitor)
    }
}
