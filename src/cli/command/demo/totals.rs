//! Money on both sides, added up from what the two imitations keep: the check of the demo that does not ask the engine.
//!
//! A new pair is one more line of [`LINES`].

use crate::cli::view::run::Total;
use crate::config::Workspace;
use crate::sandbox::Sandbox;
use crate::sync::Report;
use crate::value::{Decimal, Record, Value};

/// What both imitations keep.
pub(super) struct Books<'s> {
    sandbox: &'s Sandbox,
    last: &'s Report,
}

/// A total that both sides must have.
struct Line {
    /// The mapping that brings it; a line whose mapping is off says nothing.
    mapping: &'static str,
    label: &'static str,
    procore: fn(&Books<'_>) -> Decimal,
    acumatica: fn(&Books<'_>) -> Decimal,
}

const LINES: [Line; 5] = [
    Line {
        mapping: "direct_costs",
        label: "job to date (Direct Cost tool)",
        procore: |books| books.procore("direct_cost_line_items").sum("amount"),
        acumatica: |books| books.expenses().sum("ActualAmount"),
    },
    Line {
        mapping: "job_costs_report",
        label: "job to date (report)",
        procore: |books| books.procore("erp_job_costs").sum("job_to_date_cost"),
        acumatica: |books| books.expenses().sum("ActualAmount"),
    },
    Line {
        mapping: "job_costs_report",
        label: "commitment invoiced",
        procore: |books| books.procore("erp_job_costs").sum("commitment_invoiced"),
        acumatica: |books| books.expenses().sum("CommittedInvoicedAmount"),
    },
    Line {
        mapping: "job_costs_report",
        label: "direct costs",
        procore: |books| books.procore("erp_job_costs").sum("job_to_date_cost") - books.procore("erp_job_costs").sum("commitment_invoiced"),
        acumatica: |books| books.expenses().sum("ActualAmount") - books.expenses().sum("CommittedInvoicedAmount"),
    },
    Line {
        mapping: "subcontracts",
        label: "subcontracts",
        procore: |books| {
            books
                .procore("work_order_contract_line_items")
                .of(&books.procore("work_order_contracts").having("status", "Approved"))
                .sum("amount")
        },
        acumatica: |books| books.acumatica("Subcontract").lines("Details").sum("ExtendedCost"),
    },
];

/// The lines whose mappings are in force.
pub(super) fn totals(workspace: &Workspace, books: &Books<'_>) -> Vec<Total> {
    let lines = LINES.iter().filter(|line| workspace.plan(line.mapping).is_some());
    lines.map(|line| Total { label: line.label, procore: (line.procore)(books), acumatica: (line.acumatica)(books) }).collect()
}

impl<'s> Books<'s> {
    /// Of these imitations, without what the last run held.
    pub(super) fn of(sandbox: &'s Sandbox, last: &'s Report) -> Self {
        Self { sandbox, last }
    }

    /// What Procore keeps and has not deleted.
    fn procore(&self, collection: &str) -> Records {
        let all = self.sandbox.procore.records(collection).into_iter();
        Records(all.filter(|record| record.get("deleted_at").is_none_or(Value::is_null)).collect())
    }

    /// What Acumatica keeps.
    fn acumatica(&self, entity: &str) -> Records {
        Records(self.sandbox.acumatica.records(entity))
    }

    /// Acumatica's budget lines of expense.
    fn expenses(&self) -> Records {
        self.acumatica("ProjectBudget").having("Type", "Expense")
    }
}

/// Some records of one kind.
struct Records(Vec<Record>);

impl Records {
    /// Those with this value.
    fn having(self, field: &str, value: &str) -> Self {
        Self(self.0.into_iter().filter(|record| record.text(field) == Some(value)).collect())
    }

    /// Those that are parts of the others.
    fn of(self, wholes: &Self) -> Self {
        let ids: Vec<&Value> = wholes.0.iter().filter_map(|whole| whole.get("id")).collect();
        Self(self.0.into_iter().filter(|part| part.get("parent_record_id").is_some_and(|id| ids.contains(&id))).collect())
    }

    /// The lines of all of them.
    fn lines(self, field: &str) -> Self {
        let lines = self.0.iter().filter_map(|record| record.get(field)?.as_list()).flatten();
        Self(lines.filter_map(Value::as_record).cloned().collect())
    }

    /// A field of all of them, added up; absent is zero.
    fn sum(&self, field: &str) -> Decimal {
        let amount = |record: &Record| match record.get(field) {
            Some(Value::Number(number)) => *number,
            _ => Decimal::ZERO,
        };
        self.0.iter().map(amount).sum()
    }
}
