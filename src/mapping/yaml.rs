//! YAML as a tree in which every value knows its place.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use super::word::Word;
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::value::{Record, Value, decimal};

/// A node: what it is, and the bytes of the file that it stands on.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where it stands.
    pub place: Place,
}

/// What a node is. Numbers keep their text: a constant is as exact as a record's value.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// Nothing, or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A plain number, in the author's digits.
    Number(String),
    /// Any other scalar, decoded.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the author's order; keys are unique.
    Map(Vec<(Node, Node)>),
}

/// Reads one YAML document.
///
/// # Errors
/// A diagnostic at the place where the text stops being YAML (bad indentation, a key twice, an alias bomb, nesting
/// without end).
pub fn parse(source: &Arc<Source>) -> Result<Node, Diagnostic> {
    let mut options = serde_saphyr::Options::default();
    options.strict_booleans = true;
    // Far above any mapping, far below what an alias bomb needs to hurt.
    options.alias_limits.max_total_replayed_events = 50_000;
    if let Some(budget) = &mut options.budget {
        budget.max_nodes = 100_000;
        // Hundreds of cases may share one sample; what aliases replay is bounded above.
        budget.enforce_alias_anchor_ratio = false;
        // Far more than a mapping has; each level takes stack where it is read.
        budget.max_depth = 48;
    }
    let raw: Spanned<Raw> = serde_saphyr::from_str_with_options(&source.text, options).map_err(|problem| not_yaml(source, &problem))?;
    Ok(settle(raw, source))
}

fn not_yaml(source: &Arc<Source>, problem: &serde_saphyr::Error) -> Diagnostic {
    let text = problem.without_snippet().to_string();
    let first = text.lines().next().unwrap_or_default();
    let said = first.split(" at line ").next().unwrap_or(first).trim_end_matches([':', '.']);
    let place = Place::new(source, problem.location().map_or(0..0, |location| bytes(&location, &source.text)));
    if let Some(key) = said.strip_prefix("duplicate mapping key: ").and_then(|rest| rest.split(", ").next()) {
        return Diagnostic::error("yaml", &place, format!("the key `{key}` stands here a second time"))
            .label("again")
            .help("keep one of them");
    }
    let help = match said {
        said if said.contains("tabs") => Some("indent with spaces"),
        said if said.contains("anchor") => Some("put a text that begins with `*` in quotes"),
        said if said.contains("did not find expected") => Some("look at the indentation and the brackets up to here"),
        _ => None,
    };
    Diagnostic::error("yaml", &place, format!("this is not YAML: {said}")).label("here").maybe_help(help.map(str::to_owned))
}

fn bytes(location: &Location, text: &str) -> Range<usize> {
    let span = location.span();
    match (span.byte_offset(), span.byte_len()) {
        (Some(start), Some(length)) => to_usize(start)..to_usize(start + length),
        _ => {
            let line_start = text.split_inclusive('\n').take(to_usize(location.line()).saturating_sub(1)).map(str::len).sum::<usize>();
            let start = line_start + to_usize(location.column()).saturating_sub(1);
            start..start + 1
        }
    }
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A node as serde hands it over: numbers already guessed at, their text recovered afterwards.
enum Raw {
    Null,
    Bool(bool),
    Number,
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(AnyNode)
    }
}

struct AnyNode;

impl<'de> Visitor<'de> for AnyNode {
    type Value = Raw;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a YAML value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(flag))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    // serde offers a plain number in this form; its digits are taken from the file, never from this value.
    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

fn settle(raw: Spanned<Raw>, source: &Arc<Source>) -> Node {
    let place = Place::new(source, bytes(&raw.defined, &source.text));
    let kind = match raw.value {
        Raw::Null => NodeKind::Null,
        Raw::Bool(flag) => NodeKind::Bool(flag),
        Raw::Number => {
            let digits = source.text[place.span.clone()].trim();
            if decimal(digits).is_ok() { NodeKind::Number(digits.to_owned()) } else { NodeKind::Text(digits.to_owned()) }
        }
        Raw::Text(text) => NodeKind::Text(text),
        Raw::List(items) => NodeKind::List(items.into_iter().map(|item| settle(item, source)).collect()),
        Raw::Map(entries) => NodeKind::Map(entries.into_iter().map(|(key, value)| (settle(key, source), settle(value, source))).collect()),
    };
    Node { kind, place }
}

impl Node {
    /// The words for what it is, as messages say it.
    pub fn kind_word(&self) -> &'static str {
        match self.kind {
            NodeKind::Null => "nothing",
            NodeKind::Bool(_) => "true or false",
            NodeKind::Number(_) => "a number",
            NodeKind::Text(_) => "text",
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a mapping",
        }
    }

    /// A scalar as a word with its place: `12`, `true` and `text` alike.
    pub fn word(&self) -> Option<Word> {
        let text = match &self.kind {
            NodeKind::Text(text) | NodeKind::Number(text) => text.clone(),
            NodeKind::Bool(flag) => flag.to_string(),
            NodeKind::Null | NodeKind::List(_) | NodeKind::Map(_) => return None,
        };
        Some(Word::new(text, self.place.clone()))
    }

    /// From its first byte to the last of what stands in it, for each file that a part of it comes from: the place of a list or a
    /// mapping tells only where it begins.
    pub fn extents(&self) -> Vec<Place> {
        let mut extents = vec![self.place.clone()];
        let keys = self.entries().iter().flat_map(|(key, value)| [key, value]);
        for part in self.items().iter().chain(keys).flat_map(Self::extents) {
            match extents.iter_mut().find(|known| Arc::ptr_eq(&known.source, &part.source)) {
                Some(known) => known.span = known.span.start.min(part.span.start)..known.span.end.max(part.span.end),
                None => extents.push(part),
            }
        }
        extents
    }

    /// The value under a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let NodeKind::Map(entries) = &self.kind else { return None };
        entries.iter().find(|(name, _)| matches!(&name.kind, NodeKind::Text(text) if text == key)).map(|(_, value)| value)
    }

    /// The value under a key of a mapping, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let NodeKind::Map(entries) = &mut self.kind else { return None };
        entries.iter_mut().find(|(name, _)| matches!(&name.kind, NodeKind::Text(text) if text == key)).map(|(_, value)| value)
    }

    /// Puts a value under a key of a mapping, in the place of one that is there.
    pub fn put(&mut self, key: &Self, value: Self) {
        let NodeKind::Map(entries) = &mut self.kind else { return };
        let name = key.word().map(|word| word.text).unwrap_or_default();
        match entries.iter_mut().find(|(known, _)| matches!(&known.kind, NodeKind::Text(text) if *text == name)) {
            Some(entry) => *entry = (key.clone(), value),
            None => entries.push((key.clone(), value)),
        }
    }

    /// Takes a key of a mapping out.
    pub fn take(&mut self, key: &str) -> Option<Self> {
        let NodeKind::Map(entries) = &mut self.kind else { return None };
        let at = entries.iter().position(|(name, _)| matches!(&name.kind, NodeKind::Text(text) if text == key))?;
        Some(entries.remove(at).1)
    }

    /// The items of a sequence; none of anything else.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            NodeKind::List(items) => items,
            _ => &[],
        }
    }

    /// The keys of a mapping and what stands under them; none of anything else.
    pub fn entries(&self) -> &[(Self, Self)] {
        match &self.kind {
            NodeKind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The node as plain data, for constants, cases and settings.
    pub fn to_value(&self) -> Value {
        match &self.kind {
            NodeKind::Null => Value::Null,
            NodeKind::Bool(flag) => Value::Bool(*flag),
            NodeKind::Number(text) => decimal(text).map_or_else(|_| Value::text(text.as_str()), Value::Number),
            NodeKind::Text(text) => Value::text(text.as_str()),
            NodeKind::List(items) => Value::List(items.iter().map(Self::to_value).collect()),
            NodeKind::Map(entries) => {
                let mut record = Record::new();
                for (key, value) in entries {
                    record.set(key.word().map(|word| word.text).unwrap_or_default(), value.to_value());
                }
                Value::Record(record)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NodeKind, parse};
    use crate::diagnostic::Source;

    #[test]
    fn numbers_keep_the_digits_of_the_author() {
        let source = Source::new("a.yaml", "a: 1234567890123456789.10\nb: 0.50\nc: NO\nd: 1.5e3\ne: ~\nf: 0x1F\n");
        let node = parse(&source).unwrap();
        let kind = |key: &str| format!("{:?}", node.get(key).unwrap().kind);
        assert_eq!(kind("a"), "Number(\"1234567890123456789.10\")");
        assert_eq!(kind("b"), "Number(\"0.50\")");
        assert_eq!(kind("c"), "Text(\"NO\")");
        assert_eq!(kind("e"), "Null");
        assert!(matches!(node.get("f").unwrap().kind, NodeKind::Text(_)));
    }

    #[test]
    fn a_broken_file_is_a_diagnostic_at_its_place() {
        for (text, line) in [("a: 1\nb: [1, 2\nc: 3\n", 2), ("a: 1\na: 2\n", 2), ("a: *nobody\n", 1)] {
            let source = Source::new("a.yaml", text);
            let problem = parse(&source).unwrap_err();
            assert!(problem.place.unwrap().source.line_column(0).0 <= line, "{text}");
        }
    }

    #[test]
    fn many_may_share_one_sample() {
        let text = format!("sample: &one {{a: 1}}\nrows: [{}]\n", vec!["*one"; 500].join(", "));
        assert!(
            matches!(&parse(&Source::new("shared.yaml", text)).unwrap().get("rows").unwrap().kind, NodeKind::List(rows) if rows.len() == 500)
        );
    }

    #[test]
    fn bombs_are_refused() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..10 {
            let refs = vec![format!("*a{}", level - 1); 9].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{refs}]\n"));
        }
        assert!(parse(&Source::new("bomb.yaml", text)).is_err());
        assert!(parse(&Source::new("deep.yaml", "[".repeat(100_000))).is_err());
    }
}
