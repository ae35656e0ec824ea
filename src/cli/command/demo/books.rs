//! What the two imitations keep, as the demo adds it up: without the engine, and without what waits for a person.

use std::collections::BTreeSet;

use crate::sandbox::Sandbox;
use crate::sync::Report;
use crate::value::{Decimal, Record, Value};

/// What both imitations keep.
pub(super) struct Books<'s> {
    sandbox: &'s Sandbox,
    last: &'s Report,
}

impl<'s> Books<'s> {
    /// Of these imitations, without what the last run held.
    pub(super) fn of(sandbox: &'s Sandbox, last: &'s Report) -> Self {
        Self { sandbox, last }
    }

    /// What Procore keeps and has not deleted.
    pub(super) fn procore(&self, collection: &str) -> Records {
        let all = self.sandbox.procore.records(collection).into_iter();
        Records(all.filter(|record| record.get("deleted_at").is_none_or(Value::is_null)).collect())
    }

    /// What Acumatica keeps.
    pub(super) fn acumatica(&self, entity: &str) -> Records {
        Records(self.sandbox.acumatica.records(entity))
    }

    /// Contracts of a collection that a mapping has sent: in one of these states, and not held.
    pub(super) fn sent(&self, collection: &str, mapping: &str, states: &[&str]) -> Records {
        let held: BTreeSet<&str> = self.held(mapping).map(|(id, _)| id).collect();
        let standing = self.procore(collection).in_one_of("status", states);
        Records(standing.0.into_iter().filter(|record| !held.contains(text(record, "id").as_str())).collect())
    }

    /// Acumatica's budget lines of expense.
    pub(super) fn expenses(&self) -> Records {
        self.acumatica("ProjectBudget").having("Type", "Expense")
    }

    /// Change orders of Acumatica of this class.
    pub(super) fn change_orders(&self, class: &str) -> Records {
        self.acumatica("ChangeOrder").having("Class", class)
    }

    /// The lines of approved changes of these contracts.
    pub(super) fn changes_of(&self, contracts: &Records) -> Records {
        let packages = self.procore("change_order_packages").having("status", "approved").parts_of(contracts);
        let parts = self.procore("potential_change_orders").parts_of(&packages);
        self.procore("potential_change_order_line_items").parts_of(&parts)
    }

    /// Bills that came from Procore (the accountants' own are told apart in the house), those that release retainage or the others.
    pub(super) fn bills(&self, retainage: bool) -> Records {
        let is = |record: &Record, flag: &str| record.get(flag) == Some(&Value::Bool(true));
        let bills = self.acumatica("Bill").0.into_iter();
        Records(bills.filter(|bill| !is(bill, "Booked") && is(bill, "IsRetainageDocument") == retainage).collect())
    }

    /// Projects whose budget is locked in Procore, as Procore has them.
    pub(super) fn locked(&self) -> Records {
        let all = self.procore("projects").0.into_iter();
        Records(all.filter(|project| project.get("budget_locked") == Some(&Value::Bool(true))).collect())
    }

    /// What a mapping held in the last run: source id, and what people know it by.
    pub(super) fn held(&self, mapping: &str) -> impl Iterator<Item = (&'s str, &'s str)> {
        let of = self.last.mappings.iter().filter(move |report| report.mapping == mapping);
        of.flat_map(|report| &report.held).map(|held| (held.source_id.as_str(), held.source_key.as_str()))
    }
}

/// Some records of one kind.
pub(super) struct Records(Vec<Record>);

impl Records {
    /// These and those.
    pub(super) fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Those with this value.
    pub(super) fn having(self, field: &str, value: &str) -> Self {
        self.in_one_of(field, &[value])
    }

    /// Those with one of these values; any, where none is given.
    pub(super) fn in_one_of(self, field: &str, values: &[&str]) -> Self {
        Self(self.0.into_iter().filter(|record| values.is_empty() || values.contains(&text(record, field).as_str())).collect())
    }

    /// Those with one of the values that the others have in a field.
    pub(super) fn matching(self, field: &str, others: &Self, theirs: &str) -> Self {
        let values: BTreeSet<String> = others.0.iter().map(|other| text(other, theirs)).collect();
        Self(self.0.into_iter().filter(|record| values.contains(&text(record, field))).collect())
    }

    /// Those that are parts of the others.
    pub(super) fn parts_of(self, wholes: &Self) -> Self {
        self.matching("parent_record_id", wholes, "id")
    }

    /// Those without these, by a field.
    pub(super) fn without(self, field: impl Fn(&Record) -> String, gone: &[&str]) -> Self {
        Self(self.0.into_iter().filter(|record| !gone.contains(&field(record).as_str())).collect())
    }

    /// The lines of all of them.
    pub(super) fn lines(self, field: &str) -> Self {
        let lines = self.0.iter().filter_map(|record| record.get(field)?.as_list()).flatten();
        Self(lines.filter_map(Value::as_record).cloned().collect())
    }

    /// Those of this sign: above zero, or below it.
    pub(super) fn signed(self, field: &str, above: bool) -> Self {
        Self(self.0.into_iter().filter(|record| (number(record, field) > Decimal::ZERO) == above).collect())
    }

    /// A field of all of them, added up; absent is zero.
    pub(super) fn sum(&self, field: &str) -> Decimal {
        self.0.iter().map(|record| number(record, field)).sum()
    }

    /// What is worked out of each, added up.
    pub(super) fn total(&self, of: impl Fn(&Record) -> Decimal) -> Decimal {
        self.0.iter().map(of).sum()
    }
}

/// A field as text; empty for nothing.
pub(super) fn text(record: &Record, field: &str) -> String {
    record.get(field).filter(|value| !value.is_null()).map(Value::plain).unwrap_or_default()
}

/// A field as an amount; absent is zero.
pub(super) fn number(record: &Record, field: &str) -> Decimal {
    match record.get(field) {
        Some(Value::Number(number)) => *number,
        _ => Decimal::ZERO,
    }
}
