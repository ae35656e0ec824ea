//! How does an imitated Acumatica behave on the wire? Actions: done at once, or as operations that somebody has to wait for.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::books::{Books, Entity};
use super::errors::Problem;
use super::fields::{Fields, guid};
use super::patch::Patch;
use super::rules::{ActionRule, Target};
use super::upsert::{body, named};
use crate::connector::{Request, Response};
use crate::sandbox::wire::{empty_answer, with_header};
use crate::schema::Kind;
use crate::value::{Decimal, Record, Value, date_of, decimal};

/// Operations that were started, by id.
#[derive(Default)]
pub(super) struct Operations {
    all: BTreeMap<String, Operation>,
}

struct Operation {
    session: String,
    form: String,
    entity: String,
    rule: ActionRule,
    target: Target,
    due: Timestamp,
    outcome: Option<Result<(), String>>,
}

/// Where an action was called.
pub(super) struct Caller<'a> {
    /// The endpoint's address, for the place of the status.
    pub base: &'a str,
    /// The session.
    pub session: &'a str,
}

impl Operations {
    /// Does what has become due, oldest first.
    pub(super) fn settle(&mut self, books: &mut Books) {
        let now = books.now;
        let mut due: Vec<&mut Operation> =
            self.all.values_mut().filter(|operation| operation.outcome.is_none() && operation.due <= now).collect();
        due.sort_by_key(|operation| operation.due);
        for operation in due {
            operation.outcome = Some(perform(books, &operation.entity, operation.rule, &operation.target));
        }
    }

    /// Whether an operation still runs on this form in this session.
    pub(super) fn is_busy(&self, session: &str, form: &str) -> bool {
        self.all.values().any(|operation| operation.outcome.is_none() && operation.session == session && operation.form == form)
    }

    /// `POST /{Entity}/{Action}`.
    pub(super) fn start(
        &mut self,
        books: &mut Books,
        call: (&Arc<Entity>, &str),
        request: &Request,
        caller: &Caller<'_>,
    ) -> Result<Response, Problem> {
        let (entity, action) = call;
        let rule = entity.rules.action(action).ok_or_else(|| Problem::NotFound(format!("The action '{action}' cannot be found.")))?;
        let sent = body(request)?;
        let Some(Value::Record(keys)) = sent.get("entity") else {
            return Err(Problem::Malformed("entity".to_owned(), "The entity field is required.".to_owned()));
        };
        let patch = Patch::read(&entity.schema.shape, keys)?;
        let item = named(books, entity, &patch).ok_or_else(Problem::no_entity)?;
        let target = Target { id: item.id.clone(), parameters: parameters(entity, action, &sent)? };
        let status = item.record.word("Status");
        if !rule.from.is_empty() && !rule.from.contains(&status) {
            let message = format!("Error: The {} button is disabled.", rule.title);
            return Err(Problem::Exception("PX.Data.PXActionDisabledException", message));
        }
        let time = books.options.operation_time;
        if !rule.long || time.is_zero() {
            return perform(books, &entity.name, rule, &target).map(|()| empty_answer(204)).map_err(Problem::px);
        }
        let id = guid(books.seed(), &["operation", &books.count("operation").to_string()]);
        let place = format!("{}/{}/{action}/status/{id}", caller.base, entity.name);
        let operation = Operation {
            session: caller.session.to_owned(),
            form: entity.wire().form.clone(),
            entity: entity.name.clone(),
            rule,
            target,
            due: books.now.checked_add(time).unwrap_or(Timestamp::MAX),
            outcome: None,
        };
        self.all.insert(id, operation);
        Ok(with_header(empty_answer(202), "location", place))
    }

    /// `GET /{Entity}/{Action}/status/{id}`.
    pub(super) fn status(&self, id: &str, place: &str) -> Result<Response, Problem> {
        let operation = self.all.get(id).ok_or_else(|| Problem::NotFound("The operation cannot be found.".to_owned()))?;
        match &operation.outcome {
            None => Ok(with_header(empty_answer(202), "location", place)),
            Some(Ok(())) => Ok(empty_answer(204)),
            Some(Err(message)) => Err(Problem::px(message.as_str())),
        }
    }
}

/// Runs an action on a record that is still there, and in a status that allows it.
fn perform(books: &mut Books, entity: &str, rule: ActionRule, target: &Target) -> Result<(), String> {
    let Some(item) = books.get(entity, &target.id) else { return Err("The record was deleted meanwhile.".to_owned()) };
    if !rule.from.is_empty() && !rule.from.contains(&item.record.word("Status")) {
        return Err("Another process has updated the record. Your changes will be lost.".to_owned());
    }
    (rule.run)(books, target)
}

/// The parameters without their wrappers, each of the kind that the schema names.
fn parameters(entity: &Entity, action: &str, sent: &Record) -> Result<Record, Problem> {
    let known = entity.wire().actions.get(action).map(|action| action.parameters.clone()).unwrap_or_default();
    let Some(Value::Record(given)) = sent.get("parameters") else {
        return match known.is_empty() {
            true => Ok(Record::new()),
            false => Err(Problem::Malformed("parameters".to_owned(), "The parameters field is required.".to_owned())),
        };
    };
    let mut parameters = Record::new();
    for (name, kind) in &known {
        let Some(value) = given.get(name).and_then(|wrapper| wrapper.at("value")).filter(|value| !value.is_null()) else { continue };
        let malformed = || Problem::Malformed(name.clone(), format!("Could not convert {value} for {name}."));
        let plain = match kind.as_str() {
            word if word == Kind::Decimal.word() => Value::Number(number(value).ok_or_else(malformed)?),
            word if word == Kind::Date.word() => Value::text(value.as_text().and_then(date_of).ok_or_else(malformed)?.to_string()),
            _ => Value::text(value.plain()),
        };
        parameters.set(name.as_str(), plain);
    }
    Ok(parameters)
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => decimal(text).ok(),
        _ => None,
    }
}
