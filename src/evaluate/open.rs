//! A record's bytes, opened by a plan: the items that it holds, and what can be made of each.

use jiff::civil::Date;
use smallvec::{SmallVec, smallvec};

use super::bytes::BytesSink;
use super::context::Context;
use super::draft::Draft;
use super::moving::seen;
use super::read::{Members, Slots, read};
use super::refusal::Refusal;
use super::run::Run;
use super::sink::DraftSink;
use super::trace::{Trace, TraceSink};
use crate::expr::{NoLookups, Scope};
use crate::plan::{Formula, Join, JoinBy, Place, Plan, ProjectOf, Records, Step};
use crate::value::{Found, Record, Value, plain_text};

/// A record, read as far as the plan wants it.
#[derive(Debug)]
pub struct Opened<'p, 'a> {
    plan: &'p Plan,
    read: Members<'a>,
}

/// One thing that becomes one draft: a record, or a line of it where the plan unfolds.
#[derive(Clone, Copy, Debug)]
pub struct Item<'o, 'p, 'a> {
    pub(super) plan: &'p Plan,
    pub(super) slots: Slots<'o, 'a>,
    pub(super) line: Option<Slots<'o, 'a>>,
}

/// Which source record an item is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceRef {
    /// The system's id (of several parts: joined by `/`).
    pub id: String,
    /// The business key.
    pub key: String,
    /// What people know it by; the key or the id where it has no such field.
    pub label: String,
    /// When the record last changed, as the system says it.
    pub modified: Option<String>,
    /// The source system's key of the project, where the record names it, or of the record whose link says it.
    pub project: Option<String>,
    /// What its address needs beside its id.
    pub address: Record,
    /// The origin id that it bears in Procore, where it learns one from us.
    pub origin: Option<String>,
}

/// Reads a record's bytes, in the source system's wire form.
///
/// # Errors
/// When the bytes are not a JSON record.
pub fn open<'p, 'a>(plan: &'p Plan, body: &'a str) -> Result<Opened<'p, 'a>, Refusal> {
    Ok(Opened { plan, read: read(body, &plan.wanted)? })
}

impl<'p, 'a> Opened<'p, 'a> {
    /// The items of the record: itself, or its lines.
    pub fn items(&self) -> SmallVec<[Item<'_, 'p, 'a>; 1]> {
        match self.plan.records {
            Records::Unfold(list) => {
                let slots = self.read.at(0);
                slots.lists[list].iter().map(|line| Item { plan: self.plan, slots, line: Some(line) }).collect()
            }
            Records::One | Records::Group { .. } => smallvec![self.document()],
        }
    }
}

impl<'p, 'a> Opened<'p, 'a> {
    /// Everything that the plan reads of the record, as one text: where that did not change, neither does what it becomes. The stamp
    /// of the last change is left out, and so is what the record learns from us.
    pub fn all_that_is_read(&self) -> String {
        let key = &self.plan.source_key;
        let apart: Vec<usize> = key.modified.iter().chain(&key.origin).filter(|place| !place.in_line).map(|place| place.slot).collect();
        let mut text = String::new();
        self.read.at(0).tell(&apart, &mut text);
        text
    }

    /// When the record last changed, as the system says it.
    pub fn modified(&self) -> Option<String> {
        let place = self.plan.source_key.modified.filter(|place| !place.in_line)?;
        self.document().text(place).ok().flatten()
    }

    /// The record as a whole, for what is asked before it is unfolded.
    pub fn document(&self) -> Item<'_, 'p, 'a> {
        Item { plan: self.plan, slots: self.read.at(0), line: None }
    }
}

/// Whether a mapping runs at all, by the settings.
///
/// # Errors
/// When that cannot be computed.
pub fn enabled(plan: &Plan, settings: &Value, today: Date) -> Result<bool, Refusal> {
    switched(plan.enabled.as_ref(), settings, today).map_err(|message| Refusal::whole(format!("`enabled` of {}: {message}", plan.name)))
}

/// Whether an action is taken at all, by the settings.
///
/// # Errors
/// When that cannot be computed.
pub fn taken(step: &Step, settings: &Value, today: Date) -> Result<bool, Refusal> {
    switched(step.when.as_ref(), settings, today).map_err(|message| Refusal::whole(format!("`when` of {}: {message}", step.action)))
}

fn switched(formula: Option<&Formula>, settings: &Value, today: Date) -> Result<bool, String> {
    let Some(formula) = formula else { return Ok(true) };
    let scope = Scope::new(today, &NoLookups).with("settings", settings);
    match formula.expression.evaluate(&scope) {
        Ok(Value::Bool(flag)) => Ok(flag),
        Ok(other) => Err(format!("it is {}, not true or false", other.kind_word())),
        Err(failure) => Err(failure.message),
    }
}

/// What the source record learns after the write, over `target`, `settings` and `project`.
///
/// # Errors
/// When one of the expressions cannot be computed.
pub fn learned(plan: &Plan, context: &Context<'_>) -> Result<Record, Refusal> {
    let mut record = Record::new();
    for (field, formula) in &plan.write_back {
        let scope = Scope::new(context.today, context)
            .with("target", context.target)
            .with("settings", context.settings)
            .with("project", context.project);
        let value = formula
            .expression
            .evaluate(&scope)
            .map_err(|failure| Refusal::whole(format!("write_back of `{field}`: {}", failure.message)))?;
        if !value.is_null() {
            record.set_at(field, value);
        }
    }
    Ok(record)
}

impl<'p, 'a> Item<'_, 'p, 'a> {
    /// Which record this is.
    ///
    /// # Errors
    /// When it has no id.
    pub fn source(&self) -> Result<SourceRef, Refusal> {
        let key = &self.plan.source_key;
        let id = self.id()?;
        let modified = key.modified.map(|place| self.text(place)).transpose()?.flatten();
        let project = match &self.plan.project {
            ProjectOf::Linked { from, .. } => Some(self.joined(from)?).filter(|key| !key.is_empty()),
            _ => self.project_key()?,
        };
        let business = self.joined(&key.key)?;
        let label = key.label.map(|place| self.text(place)).transpose()?.flatten();
        let label = label.unwrap_or_else(|| if business.is_empty() { id.clone() } else { business.clone() });
        let mut address = Record::new();
        for (name, place) in &key.address {
            if let Some(value) = self.value(*place)? {
                address.set(name.as_str(), value);
            }
        }
        let origin = key.origin.map(|place| self.text(place)).transpose()?.flatten().filter(|text| !text.trim().is_empty());
        Ok(SourceRef { id, key: business, label, modified, project, address, origin })
    }

    /// The id alone.
    pub(super) fn id(&self) -> Result<String, Refusal> {
        let id = self.joined(&self.plan.source_key.id)?;
        if id.is_empty() {
            return Err(Refusal::whole(format!("the record has no `{}`", self.plan.source.resource.id)));
        }
        Ok(id)
    }

    /// Whether the record is offered at all.
    ///
    /// # Errors
    /// When the condition cannot be computed.
    pub fn offered(&self, context: &Context<'_>) -> Result<bool, Refusal> {
        let Some(when) = &self.plan.when else { return Ok(true) };
        let mut sink = DraftSink::default();
        let answer = Run::new(*self, context, &mut sink).condition(when);
        answer.map_err(|message| Refusal::whole(format!("`when` of {}: {message}", self.plan.name)))
    }

    /// Whether so many of the first conditions of `when` are enough to say that nothing of the record is offered.
    pub fn is_denied_by(&self, conditions: usize, context: &Context<'_>) -> bool {
        let mut sink = DraftSink::default();
        let when = self.plan.when.as_ref().filter(|_| conditions > 0);
        when.is_some_and(|when| Run::new(*self, context, &mut sink).is_denied_by(when, conditions))
    }

    /// What the plan makes of the record.
    ///
    /// # Errors
    /// Every reason why it cannot be mapped.
    pub fn draft(&self, context: &Context<'_>) -> Result<Draft, Refusal> {
        let mut sink = DraftSink::default();
        Run::new(*self, context, &mut sink).all()?;
        Ok(sink.finish())
    }

    /// Appends what the target's connector would send for a new record.
    ///
    /// # Errors
    /// Every reason why it cannot be mapped; `text` is then as it was.
    pub fn bytes(&self, context: &Context<'_>, text: &mut String) -> Result<(), Refusal> {
        let before = text.len();
        let mut sink = BytesSink::new(text);
        let done = Run::new(*self, context, &mut sink).all();
        sink.finish();
        if done.is_err() {
            text.truncate(before);
        }
        done
    }

    /// What the plan makes of the record, with the way of every value.
    pub fn trace(&self, context: &Context<'_>) -> (Trace, Result<Draft, Refusal>) {
        let mut sink = TraceSink::default();
        let done = Run::new(*self, context, &mut sink).all();
        let (trace, draft) = sink.finish();
        (trace, done.map(|()| draft))
    }

    /// The values that the approver is shown first.
    ///
    /// # Errors
    /// When one of them cannot be computed.
    pub fn asked(&self, context: &Context<'_>) -> Result<Record, Refusal> {
        let mut sink = DraftSink::default();
        Run::new(*self, context, &mut sink).asked()
    }

    /// The values that say which records are put beside this one; none where it has none.
    ///
    /// # Errors
    /// When a value or the condition cannot be computed.
    pub fn joined_by(&self, join: &Join, context: &Context<'_>) -> Result<Option<Vec<String>>, Refusal> {
        if let Some(when) = &join.when {
            let mut sink = DraftSink::default();
            if !Run::new(*self, context, &mut sink).condition(when).map_err(Refusal::whole)? {
                return Ok(None);
            }
        }
        if let JoinBy::Computed(formula) = &join.by {
            let mut sink = DraftSink::default();
            let id = Run::new(*self, context, &mut sink).computed(formula).map_err(Refusal::whole)?;
            return Ok((!id.is_null()).then(|| vec![printed(&id)]));
        }
        let values = join.places().into_iter().map(|place| self.text(place)).collect::<Result<Option<Vec<_>>, _>>()?;
        Ok(values.filter(|values| values.iter().all(|value| !value.is_empty())))
    }

    /// The source system's key of the project, where the record (not a line of it) names it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn project_key(&self) -> Result<Option<String>, Refusal> {
        match self.plan.project {
            ProjectOf::Named(place) => self.text(place),
            ProjectOf::Nobody | ProjectOf::Source | ProjectOf::Each | ProjectOf::Linked { .. } => Ok(None),
        }
    }

    pub(super) fn raw(&self, place: Place) -> Option<&'a str> {
        let slots = if place.in_line { self.line? } else { self.slots };
        slots.values[place.slot]
    }

    fn text(&self, place: Place) -> Result<Option<String>, Refusal> {
        Ok(self.value(place)?.map(|value| printed(&value)))
    }

    fn value(&self, place: Place) -> Result<Option<Value>, Refusal> {
        let Some(raw) = self.raw(place) else { return Ok(None) };
        let value = crate::schema::scalar(raw, place.kind, self.plan.source.resource.system)
            .map(Found::into_value)
            .or_else(|_| seen(raw, None, self.plan.source.resource.system))
            .map_err(Refusal::whole)?;
        Ok((!value.is_null()).then_some(value))
    }

    fn joined(&self, places: &[Place]) -> Result<String, Refusal> {
        let mut parts = Vec::with_capacity(places.len());
        for place in places {
            parts.push(self.text(*place)?.unwrap_or_default());
        }
        Ok(if parts.iter().all(String::is_empty) { String::new() } else { parts.join("/") })
    }
}

/// A value as keys and ids are written.
fn printed(value: &Value) -> String {
    match value {
        Value::Number(number) => plain_text(*number),
        other => other.plain(),
    }
}
