//! How do both systems behave on the wire? What Procore knows at the moment of a call, and how it shows a record.

use std::sync::Arc;

use jiff::Timestamp;

use super::call::Call;
use super::fields::Book;
use super::problem::Problem;
use super::resources::custom_fields::{self, CustomField};
use super::rules::{Rules, Shown};
use super::store::{Collection, Row, Store};
use crate::value::{Decimal, Record, Value};

/// What handlers work on.
#[derive(Debug)]
pub(crate) struct State {
    /// The records.
    pub(crate) store: Store,
    /// What each resource takes.
    pub(crate) book: Arc<Book>,
    /// The one company.
    pub(crate) company_id: i64,
    /// Its name.
    pub(crate) company_name: String,
    /// The time of this call, whole seconds.
    pub(crate) now: Timestamp,
    /// The company has the ERP platform (partner access).
    pub(crate) erp_platform: bool,
    /// Budget Changes have taken the place of budget modifications (BR-37).
    pub(crate) budget_changes: bool,
    /// The fields that the company has added to its records.
    pub(crate) custom_fields: Vec<CustomField>,
}

impl State {
    /// The company that the call names, which must be ours.
    ///
    /// # Errors
    /// 400 when it names none, 404 when it names another.
    pub(crate) fn company(&self, call: &Call) -> Result<i64, Problem> {
        match call.id_param("company_id")? {
            id if id == self.company_id => Ok(id),
            _ => Err(Problem::NotFound),
        }
    }

    /// The project that the call names.
    ///
    /// # Errors
    /// 400 when it names none, 404 when there is none such for this account.
    pub(crate) fn project(&self, call: &Call) -> Result<&Row, Problem> {
        let id = call.id_param("project_id")?;
        self.store.alive(Collection::Projects, id).ok_or(Problem::NotFound)
    }

    /// A record of this project.
    ///
    /// # Errors
    /// 404 when it is not there, deleted, or another project's.
    pub(crate) fn of_project(&self, collection: Collection, project: i64, id: i64) -> Result<&Row, Problem> {
        self.store.alive(collection, id).filter(|row| row.project == Some(project)).ok_or(Problem::NotFound)
    }

    /// A record as reads show it: decimals as text unless the resource has numbers, what is absent as null.
    pub(crate) fn show(&self, rules: &Rules, row: &Row, shown: Shown) -> Record {
        let mut record = Record::from_iter([("id", Value::from(row.id))]);
        for (name, value) in row.fields.iter() {
            let value = match value {
                Value::Number(number) if !rules.numbers && self.book.is_decimal(rules.collection, name) => money(*number),
                value => value.clone(),
            };
            record.set(name, value);
        }
        (rules.show)(self, row, &mut record, shown);
        let shown_fields = self.book.shown(rules.collection);
        if shown_fields.is_empty() || shown_fields.iter().any(|name| name == "created_at") {
            record.set("created_at", time(row.created_at));
            record.set("updated_at", time(row.updated_at));
        }
        if let Some(deleted) = row.deleted_at {
            record.set("deleted_at", time(deleted));
        }
        for name in shown_fields {
            if record.get(name).is_none() {
                record.set(name.as_str(), Value::Null);
            }
        }
        custom_fields::show(self, rules, &mut record);
        rules.beside.iter().filter(|name| row.fields.get(name).is_none()).for_each(|name| drop(record.remove(name)));
        if shown == Shown::Listed {
            rules.whole_only.iter().for_each(|name| drop(record.remove(name)));
        }
        record
    }

    /// A record by id as reads show it.
    pub(crate) fn shown(&self, rules: &Rules, id: i64, shown: Shown) -> Value {
        self.store.get(rules.collection, id).map(|row| self.show(rules, row, shown)).unwrap_or_default().into()
    }

    /// `{"id": …, "name": …}` of the company.
    pub(crate) fn company_ref(&self) -> Value {
        reference(self.company_id, "name", self.company_name.as_str())
    }

    /// `{"id": …, "name": …}` of a project.
    pub(crate) fn project_ref(&self, id: Option<i64>) -> Value {
        let Some(row) = id.and_then(|id| self.store.get(Collection::Projects, id)) else { return Value::Null };
        reference(row.id, "name", row.value("name"))
    }
}

/// An id with the name that goes with it.
pub(crate) fn reference(id: i64, name: &str, value: impl Into<Value>) -> Value {
    Record::from_iter([("id", Value::from(id)), (name, value.into())]).into()
}

/// Money as v1 mostly shows it: text, with at least one decimal place (`"250.0"`).
pub(crate) fn money(number: Decimal) -> Value {
    let plain = number.normalize();
    Value::text(if plain.scale() == 0 { format!("{plain}.0") } else { plain.to_string() })
}

/// Money as invoices show it: text, to the cent (`"50000.00"`).
pub(crate) fn cents(number: Decimal) -> Value {
    let mut number = number;
    number.rescale(2);
    Value::text(number.to_string())
}

/// A number of a row; absent is zero.
pub(crate) fn number(row: &Row, name: &str) -> Decimal {
    match row.fields.get(name) {
        Some(Value::Number(number)) => *number,
        _ => Decimal::ZERO,
    }
}

/// An instant as it is shown: `2018-10-25T16:47:35Z`.
pub(crate) fn time(at: Timestamp) -> Value {
    Value::text(at.to_string())
}

/// The currency that every financial record carries.
pub(crate) fn currency() -> Value {
    Record::from_iter([("currency_iso_code", "USD"), ("base_currency_iso_code", "USD"), ("currency_exchange_rate", "1.0")]).into()
}

#[cfg(test)]
mod tests {
    use super::money;
    use crate::value::{Value, decimal};

    #[test]
    fn money_shows_at_least_one_decimal_place() {
        for (number, text) in [("250", "250.0"), ("7396144.00", "7396144.0"), ("0.20", "0.2"), ("-12.345", "-12.345"), ("0", "0.0")] {
            assert_eq!(money(decimal(number).unwrap()), Value::text(text));
        }
    }
}
