//! The one place where rules are evaluated, whatever becomes of their values.

use std::borrow::Cow;
use std::collections::HashSet;
use std::mem;

use super::context::Context;
use super::finder::Finder;
use super::open::Item;
use super::refusal::{Reason, Refusal};
use super::seen::Seen;
use super::sink::{Sink, Skipped};
use crate::expr::coverage;
use crate::plan::{Formula, KeyPart, LinesOf, LinesPart, LinesRule, Node, Rule};
use crate::value::{Record, Value};

/// One evaluation on its way.
pub(super) struct Run<'r, 'o, 'p, 'a, 'c, S> {
    finder: Finder<'r, 'o, 'p, 'a, 'c>,
    sink: &'r mut S,
    line: Option<Cow<'a, str>>,
    reasons: Vec<Reason>,
}

impl<'r, 'o, 'p, 'a, 'c, S: Sink> Run<'r, 'o, 'p, 'a, 'c, S> {
    pub(super) fn new(item: Item<'o, 'p, 'a>, context: &'r Context<'c>, sink: &'r mut S) -> Self {
        Self { finder: Finder::new(item, context), sink, line: None, reasons: Vec::new() }
    }

    /// All rules of the plan.
    pub(super) fn all(mut self) -> Result<(), Refusal> {
        if !self.finder.item.plan.ask.is_empty() {
            let first = self.finder.first_answers()?;
            self.finder.ask = Some(Value::Record(first));
        }
        self.requirements();
        self.nodes(&self.finder.item.plan.nodes);
        if self.reasons.is_empty() { Ok(()) } else { Err(Refusal { reasons: self.reasons }) }
    }

    fn requirements(&mut self) {
        for required in &self.finder.item.plan.require {
            let message = match self.finder.condition(&required.that) {
                Ok(true) => continue,
                Ok(false) => self.finder.compute(&required.otherwise).map_or_else(|message| message, |text| text.plain()),
                Err(message) => message,
            };
            self.reasons.push(Reason { message, place: Some(required.place.clone()), ..Reason::default() });
        }
    }

    /// The values that the approver is shown first, with what was answered already.
    pub(super) fn asked(self) -> Result<Record, Refusal> {
        self.finder.first_answers()
    }

    /// Computes a condition.
    pub(super) fn condition(&self, formula: &Formula) -> Result<bool, String> {
        self.finder.condition(formula)
    }

    /// Computes a value.
    pub(super) fn computed(&self, formula: &Formula) -> Result<Value, String> {
        self.finder.compute(formula)
    }

    /// Whether the first conditions of a condition deny it.
    pub(super) fn is_denied_by(&self, formula: &Formula, conditions: usize) -> bool {
        self.finder.is_denied_by(formula, conditions)
    }

    fn nodes(&mut self, nodes: &'p [Node]) {
        for node in nodes {
            match node {
                Node::Field(rule) => self.rule(rule),
                Node::Record { name, nodes } => {
                    self.sink.open(name);
                    self.nodes(nodes);
                    self.sink.close();
                }
                Node::Lines(lines) => self.lines(lines),
            }
        }
    }

    fn rule(&mut self, rule: &'p Rule) {
        let Self { finder, sink, .. } = self;
        let done = finder.outcome(rule, |value| {
            coverage::reached(rule);
            sink.put(rule, value);
        });
        match done {
            Ok(None) => {}
            Ok(Some(why)) => {
                let is_new = self.finder.context.target.is_null();
                if why == Skipped::Absent && rule.field.required && is_new && !rule.field.read_only {
                    self.complain(rule, "is required, and the record has no value for it".to_owned());
                }
                self.sink.skip(rule, why);
            }
            Err(message) => {
                self.sink.skip(rule, Skipped::Refused);
                self.complain(rule, message);
            }
        }
    }

    fn complain(&mut self, rule: &Rule, message: String) {
        let reason = Reason { field: Some(rule.to.to_string()), line: self.line_told(), message, place: Some(rule.place.to_string()) };
        self.reasons.push(reason);
    }

    fn lines(&mut self, rule: &'p LinesRule) {
        self.sink.open_lines(rule);
        let mut known = KnownIds::default();
        for (nth, part) in rule.parts.iter().enumerate() {
            match part.of {
                LinesOf::Itself => self.one_line(rule, (nth, part), &mut known),
                LinesOf::List(list) => {
                    let lists = self.finder.item.slots.lists;
                    known.growing.reserve(lists[list].count());
                    let outside = (self.finder.item.line, mem::take(&mut self.finder.line_seen));
                    for line in lists[list].iter() {
                        self.finder.item.line = Some(line);
                        self.finder.line_seen = Seen::default();
                        self.one_line(rule, (nth, part), &mut known);
                    }
                    (self.finder.item.line, self.finder.line_seen) = outside;
                }
            }
        }
        self.line = None;
        self.sink.close_lines();
    }

    /// The line's id at the source; none when a part of it is absent.
    fn line_id(&self, key: &'p [KeyPart]) -> Option<Cow<'a, str>> {
        let item = self.finder.item;
        let part = |part: &'p KeyPart| match part {
            KeyPart::Place(place) => item.raw(*place).map(bare).filter(|id| !id.is_empty()).map(Cow::Borrowed),
            KeyPart::Word(word) => Some(Cow::Owned(word.clone())),
            KeyPart::Record => item.id().ok().map(Cow::Owned),
        };
        match key {
            [] => None,
            [one] => part(one),
            many => many.iter().map(part).collect::<Option<Vec<_>>>().map(|parts| Cow::Owned(parts.join("/"))),
        }
    }

    fn line_told(&self) -> Option<String> {
        self.line.as_deref().map(str::to_owned)
    }

    fn one_line(&mut self, rule: &'p LinesRule, (nth, part): (usize, &'p LinesPart), known: &mut KnownIds<'a>) {
        self.line = self.line_id(&part.key);
        let wanted = match &part.when {
            Some(when) => self.finder.condition(when),
            None => Ok(true),
        };
        match wanted {
            Ok(false) => return,
            Ok(true) => {}
            Err(message) => {
                self.reasons.push(Reason { field: Some(rule.field.name.clone()), line: self.line_told(), message, place: None });
                return;
            }
        }
        // Two lines of one id could not be told apart once they are linked.
        if let Some(id) = &self.line
            && !known.is_new(id.clone())
        {
            let message = format!("two lines have the id `{id}`; tell them apart by `key`, such as `key: [item, $.id]`");
            self.reasons.push(Reason { field: Some(rule.field.name.clone()), line: self.line_told(), message, place: None });
        }
        self.sink.open_line(self.line.as_deref(), nth);
        self.nodes(&part.nodes);
        self.sink.close_line();
    }
}

/// An id without quotes.
fn bare(raw: &str) -> &str {
    if raw.starts_with('"') { raw.trim_matches('"') } else { raw }
}

/// The ids of the lines so far. Systems count upwards, as a rule, so that an id is new where it is larger than all before it.
#[derive(Default)]
struct KnownIds<'a> {
    growing: Vec<Cow<'a, str>>,
    all: HashSet<Cow<'a, str>>,
}

impl<'a> KnownIds<'a> {
    fn is_new(&mut self, id: Cow<'a, str>) -> bool {
        let larger = |last: &Cow<'a, str>| (id.len(), &*id) > (last.len(), &**last);
        if self.all.is_empty() && self.growing.last().is_none_or(larger) {
            self.growing.push(id);
            return true;
        }
        self.all.extend(self.growing.drain(..));
        self.all.insert(id)
    }
}
