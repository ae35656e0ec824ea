//! Money on both sides, added up from what the two imitations keep: the check of the demo that does not ask the engine.
//!
//! A new pair is one more line of [`LINES`].

use super::books::{Books, Records, number, text};
use crate::cli::view::run::Total;
use crate::config::Workspace;
use crate::value::{Decimal, Record, Value};

/// A total that both sides must have.
struct Line {
    /// The mapping that brings it; a line whose mapping is off says nothing.
    mapping: &'static str,
    label: &'static str,
    procore: fn(&Books<'_>) -> Decimal,
    acumatica: fn(&Books<'_>) -> Decimal,
}

/// States of a subcontractor invoice from which it goes to accounting.
const INVOICED: [&str; 3] = ["approved", "approved_as_noted", "pending_owner_approval"];

const LINES: [Line; 20] = [
    Line {
        mapping: "budgets",
        label: "budgets, original",
        procore: |books| budget_lines(books).sum("original_budget_amount"),
        acumatica: |books| books.expenses().matching("ProjectID", &books.locked(), "project_number").sum("OriginalBudgetedAmount"),
    },
    Line {
        mapping: "budgets",
        label: "budget changes, given",
        procore: |books| moved(books, true),
        acumatica: |books| books.change_orders("BUDGET").lines("CostBudget").signed("Amount", true).sum("Amount"),
    },
    Line {
        mapping: "budgets",
        label: "budget changes, taken",
        procore: |books| moved(books, false),
        acumatica: |books| books.change_orders("BUDGET").lines("CostBudget").signed("Amount", false).sum("Amount"),
    },
    Line { mapping: "prime_contracts", label: "prime contracts", procore: prime_contracts, acumatica: revenue },
    Line { mapping: "prime_contracts_export", label: "prime contracts", procore: prime_contracts, acumatica: revenue },
    Line {
        mapping: "prime_contract_change_orders",
        label: "prime change orders, revenue with markup",
        procore: |books| prime_changes(books).total(|line| number(line, "amount") + markups(line)),
        acumatica: |books| books.change_orders("PCCO").lines("RevenueBudget").sum("Amount"),
    },
    Line {
        mapping: "prime_contract_change_orders",
        label: "prime change orders, cost without",
        procore: |books| prime_changes(books).sum("amount"),
        acumatica: |books| books.change_orders("PCCO").lines("CostBudget").sum("Amount"),
    },
    Line {
        mapping: "prime_contract_invoices",
        label: "owner invoices",
        procore: |books| {
            owner_lines(books)
                .total(|line| number(line, "work") + number(line, "moved") + number(line, "stored_now") - number(line, "stored_before"))
        },
        acumatica: |books| books.acumatica("Invoice").lines("Details").sum("ExtendedPrice"),
    },
    Line {
        mapping: "prime_contract_invoices",
        label: "owner invoices, retainage held",
        procore: |books| {
            owner_lines(books).total(|line| {
                number(line, "held") + number(line, "stored_held") - number(line, "stored_held_before") + number(line, "held_moved")
            })
        },
        acumatica: |books| books.acumatica("Invoice").lines("Details").sum("CuryRetainageAmt"),
    },
    Line {
        mapping: "subcontracts",
        label: "subcontracts with their changes",
        procore: |books| with_changes(books, &subcontracts(books), "work_order_contract_line_items"),
        acumatica: |books| books.acumatica("Subcontract").lines("Details").sum("ExtendedCost"),
    },
    Line {
        mapping: "purchase_orders",
        label: "purchase orders with their changes",
        procore: |books| with_changes(books, &purchase_orders(books), "purchase_order_contract_line_items"),
        acumatica: |books| books.acumatica("PurchaseOrder").lines("Details").sum("ExtendedCost"),
    },
    Line {
        mapping: "commitment_change_orders",
        label: "commitment change orders",
        procore: |books| books.changes_of(&subcontracts(books).and(purchase_orders(books))).sum("amount"),
        acumatica: |books| books.change_orders("CCO").lines("Commitments").sum("Amount"),
    },
    Line {
        mapping: "subcontractor_invoices",
        label: "subcontractor invoices, billed",
        procore: |books| invoiced(books).total(|line| number(line, "work") + number(line, "moved")),
        acumatica: |books| billed(books, "ExtendedCost"),
    },
    Line {
        mapping: "subcontractor_invoices",
        label: "subcontractor invoices, retainage held",
        procore: |books| invoiced(books).total(|line| number(line, "held") + number(line, "held_moved")),
        acumatica: |books| billed(books, "CuryRetainageAmt"),
    },
    Line {
        mapping: "retainage_releases",
        label: "retainage released",
        procore: |books| invoiced(books).sum("released"),
        acumatica: |books| books.bills(true).sum("Amount"),
    },
    Line {
        mapping: "payments_issued",
        label: "payments issued",
        procore: |books| books.procore("contract_payments").sum("amount"),
        acumatica: |books| books.acumatica("Check").lines("History").sum("AmountPaid"),
    },
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
];

/// The lines whose mappings are in force.
pub(super) fn totals(workspace: &Workspace, books: &Books<'_>) -> Vec<Total> {
    let lines = LINES.iter().filter(|line| workspace.plan(line.mapping).is_some());
    lines.map(|line| Total { label: line.label, procore: (line.procore)(books), acumatica: (line.acumatica)(books) }).collect()
}

/// What is left out of the totals, mapping by mapping: it waits for a person on one side, and is missing on the other.
pub(super) fn left_out(workspace: &Workspace, books: &Books<'_>) -> Vec<String> {
    let named = workspace.plans.iter().map(|plan| (plan.name.as_str(), books.held(&plan.name).map(|(_, key)| key).collect::<Vec<_>>()));
    named.filter(|(_, keys)| !keys.is_empty()).map(|(mapping, keys)| format!("{mapping} {}", keys.join(", "))).collect()
}

fn subcontracts(books: &Books<'_>) -> Records {
    books.sent("work_order_contracts", "subcontracts", &["Approved"])
}

fn purchase_orders(books: &Books<'_>) -> Records {
    books.sent("purchase_order_contracts", "purchase_orders", &["Approved"])
}

fn with_changes(books: &Books<'_>, contracts: &Records, lines: &str) -> Decimal {
    books.procore(lines).parts_of(contracts).sum("amount") + books.changes_of(contracts).sum("amount")
}

/// Budget lines of locked projects; a line that is held is known by its budget code, `cost code/cost type`.
fn budget_lines(books: &Books<'_>) -> Records {
    let held: Vec<&str> = books.held("budgets").map(|(_, key)| key).collect();
    let kept =
        books.procore("wbs_codes").without(|code| format!("{}/{}", text(code, "cost_code_id"), text(code, "line_item_type_id")), &held);
    books.procore("budget_line_items").matching("project_id", &books.locked(), "id").matching("wbs_code_id", &kept, "id")
}

/// What was moved within budgets, in whichever shape: to the lines that got something, or from those that gave.
fn moved(books: &Books<'_>, given: bool) -> Decimal {
    let changes = books.sent("budget_changes", "budget_changes", &["approved"]);
    let newer = books.procore("adjustment_line_items").parts_of(&changes).signed("amount", given).sum("amount");
    if !newer.is_zero() {
        return newer;
    }
    let older = books.sent("budget_modifications", "budget_modifications", &[]);
    match given {
        true => older.sum("transfer_amount"),
        false => older
            .total(|one| if text(one, "from_budget_line_item_id").is_empty() { Decimal::ZERO } else { -number(one, "transfer_amount") }),
    }
}

fn prime_contracts(books: &Books<'_>) -> Decimal {
    books.procore("prime_contract_line_items").parts_of(&books.procore("prime_contracts")).sum("amount")
}

fn revenue(books: &Books<'_>) -> Decimal {
    books.acumatica("ProjectBudget").having("Type", "Income").sum("OriginalBudgetedAmount")
}

fn prime_changes(books: &Books<'_>) -> Records {
    books.changes_of(&books.procore("prime_contracts"))
}

fn markups(line: &Record) -> Decimal {
    let markups = line.get("markups").and_then(Value::as_list).unwrap_or_default();
    markups.iter().filter_map(Value::as_record).map(|markup| number(markup, "amount")).sum()
}

fn owner_lines(books: &Books<'_>) -> Records {
    books.procore("payment_application_line_items").parts_of(&books.sent("payment_applications", "prime_contract_invoices", &["approved"]))
}

fn invoiced(books: &Books<'_>) -> Records {
    let contracts = subcontracts(books).and(purchase_orders(books));
    let invoices = books.sent("requisitions", "subcontractor_invoices", &INVOICED).parts_of(&contracts);
    books.procore("requisition_items").parts_of(&invoices)
}

/// Lines of bills; what a debit adjustment has counts against them.
fn billed(books: &Books<'_>, field: &str) -> Decimal {
    let of = |kind: &str| books.bills(false).having("Type", kind).lines("Details").sum(field);
    of("Bill") - of("Debit Adj.")
}
