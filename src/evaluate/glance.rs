//! What does a formula see at a glance? Tokens of the record and the line where they stand, and what the context knows.

use bumpalo::Bump;

use super::finder::Finder;
use crate::expr::{Glance, Lookups};
use crate::plan::Formula;
use crate::value::{Token, Value};

/// The sight of one formula.
#[derive(Clone, Copy)]
pub(super) struct Glimpse<'m> {
    finder: &'m Finder<'m, 'm, 'm, 'm, 'm>,
    formula: &'m Formula,
}

impl<'m> Glimpse<'m> {
    pub(super) fn new(finder: &'m Finder<'m, 'm, 'm, 'm, 'm>, formula: &'m Formula) -> Self {
        Self { finder, formula }
    }
}

impl<'m> Glance<'m> for Glimpse<'m> {
    #[inline]
    fn at_hand(self, number: usize) -> Token<'m> {
        let Some(spot) = self.formula.spots.get(number) else { return Token::NOTHING };
        let item = &self.finder.item;
        let slots = if spot.in_line { item.line.as_ref() } else { Some(&item.slots) };
        slots.map_or(Token::NOTHING, |slots| Token::new(slots.values[spot.slot], spot.reading))
    }

    fn lines(self, number: usize) -> Option<(usize, usize)> {
        let item = &self.finder.item;
        let part = self.formula.source.get(number)?;
        let number = part.view.filter(|_| item.slots.values[part.slot].is_some_and(|raw| raw.starts_with('[')))?;
        let view = item.plan.wanted.views.get(number).filter(|view| view.is_flat())?;
        self.finder.seen.sound(number, item).ok()?;
        Some((number, item.slots.lists[view.list].count()))
    }

    #[inline]
    fn of_line(self, (lines, at): (usize, usize), name: &str) -> Token<'m> {
        let item = &self.finder.item;
        let view = &item.plan.wanted.views[lines];
        let slots = item.slots.lists[view.list].at(at);
        view.fields.iter().find(|part| *part.path == *name).map_or(Token::NOTHING, |part| Token::new(slots.values[part.slot], part.reading))
    }

    fn variable(self, name: &str) -> Option<&'m Value> {
        self.finder.variable(name)
    }

    fn lookups(self) -> &'m dyn Lookups {
        self.finder.context
    }

    fn made(self) -> &'m Bump {
        &self.finder.made
    }
}
