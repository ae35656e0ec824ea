//! What lies at the end of a chain? One step after the other, over borrowed values as far as they reach.

use std::borrow::Cow;

use super::machine::{Answer, Machine, weight};
use super::problem::ExprFailure;
use super::term::{Link, Node, Step, Term};
use crate::value::{Decimal, Found};

/// The variable whose absent members are mistakes rather than `()`.
pub(super) const STRICT: &str = "settings";

impl<'v> Machine<'v> {
    pub(super) fn chain(&mut self, root: &'v Node, links: &'v [Link]) -> Answer<'v> {
        let (mut current, mut end, links) = self.start(root, links)?;
        for link in links {
            if link.safe && current.is_nothing() {
                return Ok(Found::Nothing);
            }
            let before = Before { text: self.text, root, end };
            let found = match &link.step {
                Step::Name(name) => field(current, name, &before, link)?,
                Step::Index(index) => {
                    let index = self.run(index)?;
                    member(current, &index, &before, link)?
                }
                Step::Method(call) => Some(self.call(call, Some(current))?),
            };
            end = link.end;
            current = match found {
                Some(found) => found,
                None if self.is_strict(root) => {
                    let setting = &self.text[root.at.start..end];
                    return Err(ExprFailure::new(format!("the setting `{setting}` is missing"), &link.at));
                }
                None => Found::Nothing,
            };
        }
        Ok(current)
    }

    /// `settings`, and what is reached from there.
    fn is_strict(&self, root: &Node) -> bool {
        match &root.term {
            Term::Variable(place) => self.names[*place] == STRICT,
            Term::Chain(root, links) => self.is_strict(root) && links.iter().all(|link| !matches!(link.step, Step::Method(_))),
            _ => false,
        }
    }

    /// The value a chain starts from, where its text ends, and the steps that are left. Of a record that the expression made, the
    /// first field is copied and not the record.
    fn start(&mut self, root: &'v Node, links: &'v [Link]) -> Result<(Found<'v>, usize, &'v [Link]), Box<ExprFailure>> {
        if let (Term::Local(place), [Link { step: Step::Name(name), end, .. }, rest @ ..]) = (&root.term, links)
            && let Found::Record(Cow::Owned(record)) = &self.locals[*place]
        {
            let field = record.get(name).cloned().map(Found::from);
            self.charge(field.as_ref().map_or(0, weight), &root.at)?;
            return Ok((field.unwrap_or_default(), *end, rest));
        }
        if let Some(last) = links.iter().rposition(|link| link.at_hand.is_some()) {
            let (walked, rest) = links.split_at(last + 1);
            if let Some(found) = self.at_hand(walked, rest)? {
                return Ok((found, walked[last].end, rest));
            }
        }
        Ok((self.run(root)?, root.at.end, links))
    }

    /// The value at hand at the end of the first steps. Where it is absent, it is `()` if every way to say so is; else the steps
    /// have to be walked, to say which of them leads to nothing.
    fn at_hand(&self, walked: &[Link], rest: &[Link]) -> Result<Option<Found<'v>>, Box<ExprFailure>> {
        let Some((link, number)) = walked.last().and_then(|link| Some((link, link.at_hand?))) else { return Ok(None) };
        match self.scope.at_hand(number).map_err(|message| ExprFailure::new(message, &link.at))? {
            Some(found) => Ok(Some(found)),
            None => {
                let quiet = walked[1..].iter().chain(rest.first().filter(|_| walked.len() > 1)).all(|link| link.safe);
                Ok(quiet.then_some(Found::Nothing))
            }
        }
    }
}

/// The part of a chain before a step, for messages.
struct Before<'v> {
    text: &'v str,
    root: &'v Node,
    end: usize,
}

impl Before<'_> {
    /// As it is written, where that can be told from what stands around it.
    fn named(&self) -> String {
        match self.root.term {
            Term::Variable(_) | Term::Local(_) | Term::Call(_) => format!("`{}`", &self.text[self.root.at.start..self.end]),
            _ => "the value".to_owned(),
        }
    }
}

/// A field of a record; `None` where the record has none of that name.
fn field<'v>(value: Found<'v>, name: &str, before: &Before<'_>, link: &Link) -> Result<Option<Found<'v>>, Box<ExprFailure>> {
    match value {
        Found::Record(Cow::Borrowed(record)) => Ok(record.get_near(name, &link.hint).map(Found::from)),
        Found::Record(Cow::Owned(mut record)) => Ok(record.remove(name).map(Found::from)),
        Found::Line(lines, place) => Ok(Some(lines.field(place.list(), place.at(), name))),
        Found::Nothing => {
            let message = format!("{} is nothing and has no `{name}`; `?.{name}` allows for that", before.named());
            Err(ExprFailure::new(message, &link.at))
        }
        other => Err(ExprFailure::new(format!("{} is {} and has no field `{name}`", before.named(), other.kind_word()), &link.at)),
    }
}

/// A member of a list by its number from 0 (from the end when negative), or a field of a record by its name.
fn member<'v>(value: Found<'v>, index: &Found<'_>, before: &Before<'_>, link: &Link) -> Result<Option<Found<'v>>, Box<ExprFailure>> {
    if let (Found::Record(_) | Found::Line(..), Found::Text(name)) = (&value, index) {
        return field(value, name, before, link);
    }
    let (Some(count), Found::Number(number)) = (value.count(), index) else {
        let message = format!("{} is {} and cannot be read at {}", before.named(), value.kind_word(), index.kind_word());
        return Err(ExprFailure::new(message, &link.at));
    };
    let Some(place) = place(*number, count) else {
        let message = format!("{} has {count} members and none at `{number}`; `first(…)` allows for an empty list", before.named());
        return Err(ExprFailure::new(message, &link.at));
    };
    Ok(Some(match value {
        Found::List(list) => (&list[place]).into(),
        Found::Members(mut list) => list.swap_remove(place),
        Found::Lines(lines, list) => Found::line(lines, list, place),
        other => other,
    }))
}

pub(super) fn place(number: Decimal, length: usize) -> Option<usize> {
    let number = i64::try_from(number).ok().filter(|whole| Decimal::from(*whole) == number)?;
    let from_start = if number < 0 { i64::try_from(length).ok()?.checked_add(number)? } else { number };
    usize::try_from(from_start).ok().filter(|place| *place < length)
}
