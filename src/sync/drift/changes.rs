//! What our own documents have changed of others: a released change order adds to lines of its commitment, which nobody has edited then.

use jiff::Timestamp;

use crate::connector::Named;
use crate::evaluate::{baseline, line_key};
use crate::plan::{Plan, run_order};
use crate::schema::ChangedBy;
use crate::store::LinkFilter;
use crate::sync::failure::Failure;
use crate::sync::run::Run;
use crate::sync::target::read;
use crate::value::{Decimal, Record, Value};

/// Documents of ours that have taken effect, newest first.
#[derive(Default)]
pub(super) struct Changes {
    documents: Vec<(Timestamp, Record)>,
}

impl Changes {
    /// The linked documents that may change those of a plan, as they are.
    ///
    /// # Errors
    /// A target that is out of reach.
    pub(super) async fn of(run: &Run<'_>, plan: &Plan) -> Result<Self, Failure> {
        let Some(by) = plan.target.resource.changed_by() else { return Ok(Self::default()) };
        let engine = run.engine;
        let plans = run_order(engine.plans).into_iter().map(|at| &engine.plans[at]);
        let (mut found, mut pairs) = (Self::default(), Vec::new());
        for other in plans.filter(|other| other.target.name == by.resource) {
            if pairs.contains(&&other.pair) || !other.rules().iter().any(|rule| rule.path.starts_with(&format!("{}.", by.list))) {
                continue;
            }
            pairs.push(&other.pair);
            let pair = other.pair.clone();
            let filter = LinkFilter { mapping: Some(pair), ..LinkFilter::default() };
            let links = engine.worker.store().read(move |reading| reading.links(&filter)).await?;
            let named =
                links.iter().map(|link| Named { id: link.acumatica.id.clone(), key: link.acumatica.key.clone().into_iter().collect() });
            let rows = engine.doors.acumatica.these(&other.target, None, &named.collect::<Vec<_>>()).await?;
            for row in rows {
                let id = row.id(&other.target).unwrap_or_default();
                let since = links.iter().find(|link| link.acumatica.id.eq_ignore_ascii_case(&id)).map(|link| link.since);
                found.documents.extend(since.zip(Some(read(other, row.body.get())?)));
            }
        }
        found.documents.retain(|(_, document)| is(&by.once, document, &Record::new()));
        found.documents.sort_by_key(|(since, _)| std::cmp::Reverse(*since));
        Ok(found)
    }

    /// What was left of a document, with the effects of the newest change, of the two newest, and so on.
    pub(super) fn since(&self, plan: &Plan, last: &Record, shown: &Record) -> Vec<Record> {
        let Some(by) = plan.target.resource.changed_by() else { return Vec::new() };
        let (mut so_far, mut all) = (last.clone(), Vec::new());
        let now = baseline(plan, shown);
        for (_, document) in &self.documents {
            let changes: Vec<&Record> = lines(document, &by.list).filter(|change| is(&by.names, change, shown)).collect();
            if changes.is_empty() {
                continue;
            }
            changes.into_iter().for_each(|change| take_effect(plan, (by, change), &now, &mut so_far));
            all.push(so_far.clone());
        }
        all
    }

    /// How much they have added to a field of a document, over all of its lines.
    pub(super) fn added(&self, plan: &Plan, shown: &Record, path: &str) -> Decimal {
        let by = plan.target.resource.changed_by();
        let Some((by, field)) = by.and_then(|by| Some((by, path.strip_prefix(by.of.as_str())?.strip_prefix('.')?))) else {
            return Decimal::ZERO;
        };
        let Some(added) = by.adds.get(field) else { return Decimal::ZERO };
        let changes = self.documents.iter().flat_map(|(_, document)| lines(document, &by.list));
        changes.filter(|change| is(&by.names, change, shown)).map(|change| number(change, added)).sum()
    }
}

fn lines<'r>(document: &'r Record, list: &str) -> impl Iterator<Item = &'r Record> {
    document.get(list).and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_record)
}

/// Whether fields of a record are what is written, or what the document has for it.
fn is<'m>(wanted: impl IntoIterator<Item = (&'m String, &'m String)>, record: &Record, document: &Record) -> bool {
    wanted.into_iter().all(|(field, value)| {
        let held = record.get(field).map(Value::plain).unwrap_or_default();
        let value = match value.strip_prefix('$') {
            Some(name) => document.get(name).map(Value::plain).unwrap_or_default(),
            None => value.clone(),
        };
        !value.is_empty() && held.trim().eq_ignore_ascii_case(value.trim())
    })
}

fn number(record: &Record, field: &str) -> Decimal {
    match record.get(field) {
        Some(Value::Number(number)) => *number,
        _ => Decimal::ZERO,
    }
}

/// Puts a change into what was left. A line that it has made is as the target shows it, but for its amounts.
fn take_effect(plan: &Plan, (by, change): (&ChangedBy, &Record), now: &Record, left: &mut Record) {
    let Some(field) = plan.target.shape.get(&by.of) else { return };
    let key = change.get(&by.line).map(Value::plain).unwrap_or_default();
    let mut kept: Vec<Value> = left.get(&by.of).and_then(Value::as_list).unwrap_or_default().to_vec();
    let bears = |line: &Value| line.as_record().is_some_and(|line| line_key(field, line) == key);
    let at = kept.iter().position(bears).or_else(|| {
        let mut line = lines(now, &by.of).find(|line| line_key(field, line) == key)?.clone();
        for name in by.adds.keys().filter(|name| line.get(name).is_some()).cloned().collect::<Vec<_>>() {
            line.set(name, Decimal::ZERO);
        }
        kept.push(Value::Record(line));
        Some(kept.len() - 1)
    });
    let Some(Value::Record(line)) = at.and_then(|at| kept.get_mut(at)) else { return };
    for (name, from) in &by.adds {
        if line.get(name).is_some() {
            let sum = number(line, name) + number(change, from);
            line.set(name.as_str(), sum);
        }
    }
    for (name, from) in &by.sets {
        if let (Some(_), Some(value)) = (line.get(name), change.get(from).filter(|value| !value.is_null())) {
            line.set(name.as_str(), value.clone());
        }
    }
    left.set(by.of.as_str(), kept);
}
