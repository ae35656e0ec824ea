//! A shipped mapping with one slip in it, and where the slip is.

use std::collections::BTreeSet;
use std::ops::Range;

use crosswalk::mapping::yaml::{Node, NodeKind};
use fastrand::Rng;

/// A slip.
#[derive(Clone, Debug)]
pub(super) struct Mutant {
    /// What kind of slip it is.
    pub(super) kind: &'static str,
    /// The mapping it is made in.
    pub(super) of: usize,
    /// The whole text with the slip.
    pub(super) text: String,
    /// The bytes of that text at which an author would look.
    pub(super) broken: Vec<Range<usize>>,
    /// The words before and after.
    pub(super) told: String,
}

/// Where slips are made, and those that were made.
pub(super) struct Bench<'t> {
    pub(super) text: &'t str,
    pub(super) of: usize,
    pub(super) rng: Rng,
    pub(super) made: Vec<Mutant>,
    /// Names of fields and settings whose texts are known.
    pub(super) labelled: &'t BTreeSet<String>,
}

impl Bench<'_> {
    /// Other words in the place of some; all of them are the broken word.
    pub(super) fn replace(&mut self, kind: &'static str, at: Range<usize>, by: &str) {
        let end = at.start + by.len();
        self.change(kind, at.clone(), by, vec![at.start..end]);
    }

    /// Other words, with the bytes that are broken then.
    pub(super) fn change(&mut self, kind: &'static str, at: Range<usize>, by: &str, broken: Vec<Range<usize>>) {
        let before = &self.text[at.clone()];
        if before == by {
            return;
        }
        let text = format!("{}{by}{}", &self.text[..at.start], &self.text[at.end..]);
        let told = format!("`{}` became `{}`", shown(before), shown(by));
        self.made.push(Mutant { kind, of: self.of, text, broken, told });
    }

    /// A slip of the fingers in a word.
    pub(super) fn typo(&mut self, kind: &'static str, at: Range<usize>) {
        let word: Vec<char> = self.text[at.clone()].chars().collect();
        if word.len() < 2 || !word.iter().all(|letter| letter.is_ascii()) {
            return;
        }
        let place = self.rng.usize(0..word.len() - 1);
        let mut slipped = word.clone();
        match self.rng.u8(0..4) {
            0 => slipped.swap(place, place + 1),
            1 if word.len() > 3 => {
                slipped.remove(place);
            }
            2 => slipped.insert(place, word[place]),
            _ => slipped[place] = if word[place] == 'x' { 'y' } else { 'x' },
        }
        if slipped == word {
            slipped.push('z');
        }
        let slipped: String = slipped.into_iter().collect();
        self.replace(kind, at, &slipped);
    }
}

fn shown(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > 60 { format!("{}…", line.chars().take(60).collect::<String>()) } else { line }
}

/// All bytes that a node stands on: its place tells only where lists and mappings begin.
pub(super) fn extent(node: &Node, text: &str) -> Range<usize> {
    let start = node.place.span.start;
    let inside: Vec<&Node> = match &node.kind {
        NodeKind::List(items) => items.iter().collect(),
        NodeKind::Map(entries) => entries.iter().flat_map(|(key, value)| [key, value]).collect(),
        _ => return node.place.span.clone(),
    };
    let end = inside.into_iter().map(|inner| extent(inner, text).end).max().unwrap_or(node.place.span.end);
    let close = if text[start..].starts_with('{') { '}' } else { ']' };
    let is_flow = text[start..].starts_with(['{', '[']);
    start..if is_flow { text[end..].find(close).map_or(end, |at| end + at + 1) } else { end }
}
