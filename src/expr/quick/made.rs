//! What do functions make of texts, keys and lines, where a glance is enough?

use std::borrow::Cow;

use bumpalo::collections::String as Made;

use super::{Glance, Quick};
use crate::expr::coverage;
use crate::expr::functions::{Known, MAX_TEXT};
use crate::expr::term::{Call, Link, Node, Step, Term};
use crate::value::{Flavour, Short, Value, day_of, push_short};

/// Most lines that are gone through here: so many cost a closure no more steps than `machine` allows.
const MOST_LINES: usize = 10_000;

impl<'v, G: Glance<'v>> Quick<'v, G> {
    /// The text at the end of a chain that is more than a value at hand.
    pub(super) fn text_at_end(&self, root: &'v Node, links: &'v [Link]) -> Option<&'v str> {
        if links.last().is_some_and(|link| matches!(link.step, Step::Name(_))) {
            return self.walked(root, links)?.text();
        }
        let names = links.iter().position(|link| !matches!(link.step, Step::Name(_))).unwrap_or(links.len());
        let (walked, rest) = links.split_at(names);
        match (walked, &root.term, rest) {
            ([], Term::Call(call), [Link { step: Step::Index(nth), .. }, rest @ ..]) if call.known == Known::Split => {
                let [text, separator] = call.arguments.as_slice() else { return None };
                self.further(self.part(self.text(text)?, separator, nth)?, rest)
            }
            ([], _, _) => self.further(self.text(root)?, rest),
            _ => self.further(self.walked(root, walked)?.text()?, rest),
        }
    }

    /// What a function gives whose result is text.
    pub(super) fn called(&self, call: &'v Call) -> Option<&'v str> {
        match (call.known, call.arguments.as_slice()) {
            (Known::Linked, [mapping, key]) => self.linked(mapping, key),
            (Known::Lookup, [table, key, otherwise @ ..]) => self.entry(table, key, otherwise.first()),
            (known, [text]) => self.shaped(known, self.text(text)?),
            _ => None,
        }
    }

    /// A text after further steps.
    fn further(&self, mut text: &'v str, mut links: &'v [Link]) -> Option<&'v str> {
        loop {
            text = match links {
                [] => return Some(text),
                [Link { step: Step::Method(call), .. }, Link { step: Step::Index(nth), .. }, rest @ ..] if call.known == Known::Split => {
                    links = rest;
                    self.part(text, call.arguments.first()?, nth)?
                }
                [Link { step: Step::Method(call), .. }, rest @ ..] if call.arguments.is_empty() => {
                    links = rest;
                    self.shaped(call.known, text)?
                }
                _ => return None,
            };
        }
    }

    /// One of the parts of a text between separators.
    fn part(&self, text: &'v str, separator: &'v Node, nth: &'v Node) -> Option<&'v str> {
        let separator = self.text(separator).filter(|separator| !separator.is_empty())?;
        let nth = self.place(nth)? as usize;
        match separator.as_bytes() {
            [byte] => text.split(char::from(*byte)).nth(nth),
            _ => text.split(separator).nth(nth),
        }
    }

    /// A whole number that is not large.
    pub(super) fn place(&self, node: &'v Node) -> Option<u32> {
        self.number(node)?.whole().filter(|places| *places <= 28)
    }

    /// What a function makes of a text.
    fn shaped(&self, known: Known, text: &'v str) -> Option<&'v str> {
        let made = match known {
            Known::Trim => Some(text.trim()),
            Known::Upper if text.is_ascii() => {
                let upper = self.glance.made().alloc_str(text);
                upper.make_ascii_uppercase();
                Some(&*upper)
            }
            Known::Date => day_of(text),
            _ => None,
        };
        made.filter(|text| text.len() <= MAX_TEXT)
    }

    fn entry(&self, table: &'v Node, key: &'v Node, otherwise: Option<&'v Node>) -> Option<&'v str> {
        match (self.glance.lookups().table(self.text(table)?, self.key(key)?), otherwise) {
            (Some(Cow::Borrowed(entry)), _) => entry.as_text(),
            (None, Some(otherwise)) => self.text(otherwise),
            _ => None,
        }
    }

    fn linked(&self, mapping: &'v Node, key: &'v Node) -> Option<&'v str> {
        match self.links(mapping, key)?? {
            Cow::Borrowed(key) => Some(key),
            Cow::Owned(key) => Some(self.glance.made().alloc_str(&key)),
        }
    }

    /// What links say of a key of one part; none where it cannot be told what that is.
    pub(super) fn links(&self, mapping: &'v Node, key: &'v Node) -> Option<Option<Cow<'v, str>>> {
        Some(self.glance.lookups().linked(self.text(mapping)?, &[self.key(key)?]))
    }

    /// A value as it stands in keys.
    fn key(&self, node: &'v Node) -> Option<&'v str> {
        match &node.term {
            Term::Chain(_, links) if links.last()?.at_hand.is_some() => {
                coverage::reached(node);
                self.token(links)?.key()
            }
            _ => self.text(node),
        }
    }

    pub(super) fn printed(&self, parts: &'v [Node]) -> Option<&'v str> {
        self.made(|text| {
            for part in parts {
                match self.flavour(part) {
                    Flavour::Number => push_short(text, self.number(part)?),
                    Flavour::Truth => text.push_str(if self.truth(part)? { "true" } else { "false" }),
                    _ => text.push_str(self.text(part)?),
                }
            }
            Some(())
        })
    }

    pub(super) fn joined(&self, operands: &'v (Node, Node)) -> Option<&'v str> {
        self.made(|text| {
            text.push_str(self.text(&operands.0)?);
            text.push_str(self.text(&operands.1)?);
            Some(())
        })
    }

    /// A text that has to be made.
    fn made(&self, write: impl Fn(&mut Made<'v>) -> Option<()>) -> Option<&'v str> {
        let mut text = Made::with_capacity_in(64, self.glance.made());
        write(&mut text)?;
        (text.len() <= MAX_TEXT).then(|| text.into_bump_str())
    }

    pub(super) fn sum(&self, list: &'v Node, of: &'v Node) -> Option<Short> {
        let (lines, count) = self.lines(list).filter(|(_, count)| self.line.is_none() && *count <= MOST_LINES)?;
        let mut total = Short::ZERO;
        for at in 0..count {
            let added = match &of.term {
                Term::Closure(closure) => {
                    let inside = Self { line: Some((lines, at)), ..*self };
                    match inside.number(&closure.body) {
                        None if inside.is_nothing(&closure.body)? => continue,
                        added => added?,
                    }
                }
                Term::Constant(Value::Text(name)) => match self.glance.of_line((lines, at), name) {
                    token if token.is_nothing()? => continue,
                    token => token.number()?,
                },
                _ => return None,
            };
            total = total.plus(added)?;
        }
        Some(total)
    }

    /// The lines that a list is made of.
    fn lines(&self, node: &'v Node) -> Option<(usize, usize)> {
        coverage::reached(node);
        match &node.term {
            Term::Coalesce(parts) => self.lines(parts.first()?),
            Term::Chain(_, links) => self.glance.lines(links.last()?.at_hand?),
            _ => None,
        }
    }
}
