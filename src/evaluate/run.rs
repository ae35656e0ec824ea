//! The one place where rules are evaluated, whatever becomes of their values.

use std::collections::HashSet;
use std::mem;

use super::context::{Context, PENDING};
use super::moving::{Moving, moved, seen, settle};
use super::open::Item;
use super::refusal::{Reason, Refusal};
use super::seen::{Seen, Sight, Whole};
use super::sink::{Sink, Skipped};
use crate::expr::{Scope, convert, coverage};
use crate::plan::{Formula, KeyPart, LinesOf, LinesPart, LinesRule, Node, Rule, Term};
use crate::schema::{System, plain};
use crate::value::{Record, Value};

/// One evaluation on its way.
pub(super) struct Run<'r, 'o, 'p, 'a, 'c, S> {
    item: Item<'o, 'p, 'a>,
    context: &'r Context<'c>,
    ask: Option<Value>,
    system: System,
    seen: Seen,
    /// Of the line that is evaluated now.
    line_seen: Seen,
    sink: &'r mut S,
    line: Option<String>,
    reasons: Vec<Reason>,
}

impl<'r, 'o, 'p, 'a, 'c, S: Sink> Run<'r, 'o, 'p, 'a, 'c, S> {
    pub(super) fn new(item: Item<'o, 'p, 'a>, context: &'r Context<'c>, sink: &'r mut S) -> Self {
        let system = item.plan.source.resource.system;
        let seen = Seen::new(item.slots.values.len());
        let line_seen = Seen::new(item.line.map_or(0, |line| line.values.len()));
        Self { item, context, ask: None, system, seen, line_seen, sink, line: None, reasons: Vec::new() }
    }

    /// All rules of the plan.
    pub(super) fn all(mut self) -> Result<(), Refusal> {
        if !self.item.plan.ask.is_empty() {
            let first = self.first_answers()?;
            self.ask = Some(Value::Record(first));
        }
        self.requirements();
        self.nodes(&self.item.plan.nodes);
        if self.reasons.is_empty() { Ok(()) } else { Err(Refusal { reasons: self.reasons }) }
    }

    fn requirements(&mut self) {
        for required in &self.item.plan.require {
            let message = match self.condition(&required.that) {
                Ok(true) => continue,
                Ok(false) => self.compute(&required.otherwise).map_or_else(|message| message, |text| text.plain()),
                Err(message) => message,
            };
            self.reasons.push(Reason { message, place: Some(required.place.clone()), ..Reason::default() });
        }
    }

    /// The values that the approver is shown first, with what was answered already.
    pub(super) fn asked(self) -> Result<Record, Refusal> {
        self.first_answers()
    }

    fn first_answers(&self) -> Result<Record, Refusal> {
        let mut answers = Record::new();
        for asked in &self.item.plan.ask {
            let given = self.context.ask.as_record().and_then(|ask| ask.get(&asked.name)).cloned();
            let wrong = |message: String| Refusal {
                reasons: vec![Reason { field: Some(format!("ask.{}", asked.name)), message, ..Reason::default() }],
            };
            let value = match given {
                Some(value) => value,
                None => self.found(&asked.term).map_err(wrong)?,
            };
            let value = match asked.as_ {
                Some(as_) => convert(&value, as_).map_err(wrong)?,
                None => value,
            };
            if let Some(fault) = asked.rules.fault(&value) {
                return Err(wrong(fault));
            }
            answers.set(asked.name.as_str(), value);
        }
        Ok(answers)
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
        match self.outcome(rule) {
            Ok(Ok(value)) => {
                coverage::reached(rule);
                self.sink.put(rule, &value);
            }
            Ok(Err(why)) => {
                if why == Skipped::Absent && rule.field.required && self.context.target.is_null() && !rule.field.read_only {
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
        let reason = Reason { field: Some(rule.to.clone()), line: self.line.clone(), message, place: Some(rule.place.clone()) };
        self.reasons.push(reason);
    }

    fn outcome(&self, rule: &'p Rule) -> Result<Result<Moving<'a>, Skipped>, String> {
        if let Some(when) = &rule.when
            && !self.condition(when)?
        {
            return Ok(Err(Skipped::WhenFalse));
        }
        let mut value = self.value(rule)?;
        if value.is_blank() {
            match &rule.default {
                Some(default) if !default.is_null() => value = Moving::Made(default.clone()),
                _ => return Ok(Err(Skipped::Absent)),
            }
        }
        settle(&mut value, rule)?;
        Ok(if value.is_blank() { Err(Skipped::Absent) } else { Ok(value) })
    }

    fn value(&self, rule: &'p Rule) -> Result<Moving<'a>, String> {
        match &rule.term {
            Term::Slot(place) => match self.item.raw(*place) {
                Some(raw) => moved(raw, place.kind, rule, self.system),
                None => Ok(Moving::Absent),
            },
            Term::Constant(value) => Ok(Moving::Made(value.clone())),
            Term::Search { .. } | Term::Formula(_) | Term::Link { .. } => {
                let value = self.found(&rule.term)?;
                let value = match rule.as_ {
                    // The key of a record that is only planned is not known yet.
                    Some(as_) if !value.as_text().is_some_and(|text| text.starts_with(PENDING)) => convert(&value, as_)?,
                    _ => value,
                };
                Ok(Moving::Made(value))
            }
        }
    }

    fn found(&self, term: &Term) -> Result<Value, String> {
        match term {
            Term::Slot(place) => match self.item.raw(*place) {
                Some(raw) => crate::schema::scalar(raw, place.kind, self.system).or_else(|_| seen(raw, None, self.system)),
                None => Ok(Value::Null),
            },
            Term::Constant(value) => Ok(value.clone()),
            Term::Formula(formula) => self.compute(formula),
            Term::Search { root, shape, path } => {
                let Some(raw) = self.item.raw(*root) else { return Ok(Value::Null) };
                let record = Value::Record(plain(raw, shape, self.system).map_err(|problem| problem.0)?);
                match path.select(&record).map_err(|problem| problem.to_string())?.as_slice() {
                    [] => Ok(Value::Null),
                    [one] => Ok((*one).clone()),
                    many => Err(format!("the path finds {} values, and one is needed", many.len())),
                }
            }
            Term::Link { mapping, parts } => self.link(mapping, parts),
        }
    }

    fn link(&self, mapping: &str, parts: &[Term]) -> Result<Value, String> {
        let mut key = Vec::with_capacity(parts.len());
        for part in parts {
            match self.found(part)? {
                Value::Null => return Ok(Value::Null),
                Value::Number(number) => key.push(crate::value::plain_text(number)),
                other => key.push(other.plain()),
            }
        }
        if key.iter().all(|part| part.trim().is_empty()) {
            return Ok(Value::Null);
        }
        match self.context.links.other_side(mapping, &key) {
            Some(other) => Ok(Value::Text(other)),
            None => Err(format!("`{}` is not linked by `{mapping}` yet; it is offered again once it is", key.join("/"))),
        }
    }

    /// Computes a condition.
    pub(super) fn condition(&self, formula: &Formula) -> Result<bool, String> {
        match self.compute(formula)? {
            Value::Bool(flag) => Ok(flag),
            other => Err(format!("`{}` is {}, not true or false", formula.written, other.kind_word())),
        }
    }

    /// Computes a value.
    pub(super) fn computed(&self, formula: &Formula) -> Result<Value, String> {
        self.compute(formula)
    }

    /// Whether the first conditions of a condition deny it.
    pub(super) fn is_denied_by(&self, formula: &Formula, conditions: usize) -> bool {
        self.over(formula, |scope| formula.expression.is_denied_by(conditions, scope)).unwrap_or(false)
    }

    fn compute(&self, formula: &Formula) -> Result<Value, String> {
        self.over(formula, |scope| formula.expression.evaluate(scope).map_err(|failure| failure.message))?
    }

    /// Does something with what a formula reads.
    fn over<T>(&self, formula: &Formula, evaluate: impl FnOnce(&Scope<'_>) -> T) -> Result<T, String> {
        self.seen.read(&formula.source, self.item.slots, self.system)?;
        let line = self.item.line.filter(|_| !formula.line.is_empty());
        if let Some(line) = line {
            self.line_seen.read(&formula.line, line, self.system)?;
        }
        let sight = Sight {
            formula,
            context: self.context,
            ask: self.ask.as_ref().unwrap_or(self.context.ask),
            source: &self.seen,
            line: line.map(|_| &self.line_seen),
            whole: Whole::default(),
        };
        let scope = Scope::over(self.context.today, self.context, &sight);
        Ok(evaluate(&scope))
    }

    fn lines(&mut self, rule: &'p LinesRule) {
        self.sink.open_lines(rule);
        let mut known = HashSet::new();
        for (nth, part) in rule.parts.iter().enumerate() {
            match part.of {
                LinesOf::Itself => self.one_line(rule, (nth, part), &mut known),
                LinesOf::List(list) => {
                    for line in &self.item.slots.lists[list] {
                        let outside = (self.item.line.replace(line), mem::replace(&mut self.line_seen, Seen::new(line.values.len())));
                        self.one_line(rule, (nth, part), &mut known);
                        (self.item.line, self.line_seen) = outside;
                    }
                }
            }
        }
        self.line = None;
        self.sink.close_lines();
    }

    /// The line's id at the source; none when a part of it is absent.
    fn line_id(&self, key: &[KeyPart]) -> Option<String> {
        let part = |part: &KeyPart| match part {
            KeyPart::Place(place) => self.item.raw(*place).map(|raw| raw.trim_matches('"').to_owned()).filter(|id| !id.is_empty()),
            KeyPart::Word(word) => Some(word.clone()),
            KeyPart::Record => self.item.id().ok(),
        };
        let parts = key.iter().map(part).collect::<Option<Vec<_>>>()?;
        (!parts.is_empty()).then(|| parts.join("/"))
    }

    fn one_line(&mut self, rule: &'p LinesRule, (nth, part): (usize, &'p LinesPart), known: &mut HashSet<String>) {
        self.line = self.line_id(&part.key);
        let wanted = match &part.when {
            Some(when) => self.condition(when),
            None => Ok(true),
        };
        match wanted {
            Ok(false) => return,
            Ok(true) => {}
            Err(message) => {
                self.reasons.push(Reason { field: Some(rule.field.name.clone()), line: self.line.clone(), message, place: None });
                return;
            }
        }
        // Two lines of one id could not be told apart once they are linked.
        if let Some(id) = &self.line
            && !known.insert(id.clone())
        {
            let message = format!("two lines have the id `{id}`; tell them apart by `key`, such as `key: [item, $.id]`");
            self.reasons.push(Reason { field: Some(rule.field.name.clone()), line: self.line.clone(), message, place: None });
        }
        self.sink.open_line(self.line.as_deref(), nth);
        self.nodes(&part.nodes);
        self.sink.close_line();
    }
}
