//! A link as it is kept in memory, by the hundred thousand: one text for all its names, and numbers for what repeats.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Digest, End, Link, LinkId, LinkState};
use crate::schema::System;

/// Between the parts of a row's text.
const PART: char = '\u{1f}';

/// For a part that is not there.
const NONE: &str = "\u{1e}";

/// A link without what it shares with others.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Mapping, scope and list.
    pub(super) place: u32,
    pub(super) parent: Option<LinkId>,
    /// Procore id and key, Acumatica id and key, target version, and when the source was modified.
    text: Box<str>,
    /// The mapping and settings of the source version.
    rules: u32,
    fingerprint: Option<Box<[u8; 32]>>,
    since: Timestamp,
    changed: Timestamp,
}

/// Texts that repeat, by number.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    texts: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
}

impl Words {
    /// The number of a text; a new one for a text that is new.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if let Some(known) = self.numbers.get(text) {
            return *known;
        }
        let number = u32::try_from(self.texts.len()).expect("places and rules are few");
        self.texts.push(text.into());
        self.numbers.insert(text.into(), number);
        number
    }

    pub(super) fn known(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    pub(super) fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |text| text)
    }
}

/// Mapping, scope and list as one text.
pub(super) fn place(mapping: &str, scope: &str, part: &str) -> String {
    format!("{mapping}{PART}{scope}{PART}{part}")
}

impl Row {
    pub(super) fn of(link: &Link, words: &mut Words) -> Self {
        let (modified, rules) = match link.source_version.as_deref().map(|version| version.split_once(' ').unwrap_or((version, ""))) {
            Some((modified, rules)) => (Some(modified), words.number(rules)),
            None => (None, words.number("")),
        };
        let parts = [
            Some(link.procore.id.as_str()),
            link.procore.key.as_deref(),
            Some(link.acumatica.id.as_str()),
            link.acumatica.key.as_deref(),
            link.target_version.as_deref(),
            modified,
        ];
        let text = parts.map(|part| part.unwrap_or(NONE)).join(&PART.to_string());
        Self {
            place: words.number(&place(&link.mapping, &link.scope, &link.part)),
            parent: link.parent,
            text: text.into_boxed_str(),
            rules,
            fingerprint: link.fingerprint.as_ref().map(|digest| Box::new(digest.bytes())),
            since: link.since,
            changed: link.changed,
        }
    }

    /// The whole link.
    pub(super) fn link(&self, id: LinkId, words: &Words) -> Link {
        let mut place = words.text(self.place).split(PART).map(str::to_owned);
        let mut next = || place.next().unwrap_or_default();
        let (mapping, scope, part) = (next(), next(), next());
        let rules = words.text(self.rules);
        let version = |modified: String| if rules.is_empty() { modified } else { format!("{modified} {rules}") };
        Link {
            id,
            mapping,
            scope,
            part,
            parent: self.parent,
            procore: self.end(System::Procore),
            acumatica: self.end(System::Acumatica),
            state: LinkState::Live,
            fingerprint: self.fingerprint.as_ref().map(|bytes| Digest::of_bytes(bytes)),
            target_version: self.part(4).map(str::to_owned),
            source_version: self.part(5).map(str::to_owned).map(version),
            since: self.since,
            changed: self.changed,
        }
    }

    /// The id at one side.
    pub(super) fn id(&self, side: System) -> &str {
        self.part(first(side)).unwrap_or_default()
    }

    /// The key at one side.
    pub(super) fn key(&self, side: System) -> Option<&str> {
        self.part(first(side) + 1)
    }

    fn end(&self, side: System) -> End {
        End { id: self.id(side).to_owned(), key: self.key(side).map(str::to_owned) }
    }

    fn part(&self, at: usize) -> Option<&str> {
        self.text.split(PART).nth(at).filter(|part| *part != NONE)
    }
}

fn first(side: System) -> usize {
    match side {
        System::Procore => 0,
        System::Acumatica => 2,
    }
}
