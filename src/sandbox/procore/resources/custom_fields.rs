//! How do both systems behave on the wire? Procore's custom fields: what the company has defined, and what records show of it.

use super::super::call::Call;
use super::super::list::list_of;
use super::super::problem::Problem;
use super::super::rules::Rules;
use super::super::state::State;
use crate::connector::Response;
use crate::value::{Record, Value};

/// A field that the company has added to a kind of record.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomField {
    /// The id of its definition: records show it as `custom_fields.custom_field_<id>`.
    pub id: i64,
    /// What people call it.
    pub label: String,
    /// What it holds: `string`, `number`, `boolean`, …
    pub data_type: String,
    /// The resource whose records have it: `work_order_contracts`.
    pub resource: String,
    /// What a record shows in which nobody has set `custom_field_<id>`.
    pub value: Value,
}

impl CustomField {
    /// Its member of `custom_fields`.
    fn member(&self) -> String {
        format!("custom_field_{}", self.id)
    }
}

/// `GET /rest/v1.1/companies/{company_id}/custom_field_definitions`.
pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let company = state.company(call)?;
    let definition = |field: &CustomField| {
        Record::from_iter([
            ("id", Value::from(field.id)),
            ("label", field.label.as_str().into()),
            ("active", true.into()),
            ("company_id", company.into()),
            ("data_type", field.data_type.as_str().into()),
            ("variant", Value::Null),
            ("description", Value::Null),
            ("default_value", Value::Null),
        ])
    };
    let definitions: Vec<Record> = state.custom_fields.iter().map(definition).collect();
    Ok(list_of(call, &definitions, 100))
}

/// Puts the custom fields of a kind of record under one member, as reads show them.
pub(crate) fn show(state: &State, rules: &Rules, record: &mut Record) {
    let mut shown = Record::new();
    for field in state.custom_fields.iter().filter(|field| field.resource == rules.collection.word()) {
        let value = record.remove(&field.member()).unwrap_or_else(|| field.value.clone());
        shown.set(field.member(), Record::from_iter([("data_type", Value::text(&field.data_type)), ("value", value)]));
    }
    if shown.iter().next().is_some() {
        record.set("custom_fields", shown);
    }
}
