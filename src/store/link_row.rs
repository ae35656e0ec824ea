//! A link as it is kept in memory, by the hundred thousand: one text for all its names, and numbers for what repeats.

use std::collections::HashMap;

use super::{End, LinkId, Linked};
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
    /// Procore id and key, Acumatica id and key.
    text: Box<str>,
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
        let number = u32::try_from(self.texts.len()).expect("places are few");
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
    pub(super) fn of(link: &Linked, words: &mut Words) -> Self {
        let ends = [Some(&link.procore.id), link.procore.key.as_ref(), Some(&link.acumatica.id), link.acumatica.key.as_ref()];
        let text = ends.map(|part| part.map_or(NONE, String::as_str)).join(&PART.to_string());
        Self { place: words.number(&place(&link.mapping, &link.scope, &link.part)), parent: link.parent, text: text.into_boxed_str() }
    }

    /// Who is whom.
    pub(super) fn link(&self, id: LinkId, words: &Words) -> Linked {
        let mut place = words.text(self.place).split(PART).map(str::to_owned);
        let mut next = || place.next().unwrap_or_default();
        let (mapping, scope, part) = (next(), next(), next());
        let (procore, acumatica) = (self.end(System::Procore), self.end(System::Acumatica));
        Linked { id, mapping, scope, part, parent: self.parent, procore, acumatica }
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
