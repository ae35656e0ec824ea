//! How does an imitated Acumatica behave on the wire? What its business logic will have: one file of rules per entity.
//!
//! What the vendor's guides leave open, and what was chosen:
//! - a budget or change order line with a cost code or item that the project's budget level lacks is refused; rows of such a
//!   level have the cost code `00-0000`, which stands in no list;
//! - two lines of one budget key in a change order are refused, for the key is all that tells them apart;
//! - a commitment line that changes an existing one has that line's task, code, item and vendor, whatever was sent; a new
//!   document is open at once, and a reversal brings the old unit cost back;
//! - a document off hold is changed only after it is on hold again, which takes a request of its own;
//! - bills, checks and invoices of less than nothing are refused when they are saved, periods when they are saved and released;
//! - a voided check is done at once, dated today; a pro forma has a line for each line of the revenue budget and takes no other;
//! - commitments that are locked take no direct change at all, not even a new document.

mod bill;
mod budget;
mod change_order;
mod check;
mod invoice;
mod lines;
mod lookup;
mod order;
mod pro_forma;
mod project;
mod purchase_order;
mod retainage;
mod subcontract;
mod task;
mod transaction;
mod vendor;

pub(super) use bill::release as release_bill;
pub(super) use check::{release as pay_out, void as void_check};
pub(super) use invoice::release as release_invoice;
pub(super) use task::{MAIN_TASK, main_task};

use super::books::{Books, Item};
use super::draft::Draft;
use crate::value::Record;

/// The rules of an entity. What a rule does not mention is allowed.
pub(super) trait Rules: Send + Sync {
    /// The letters before an automatic number.
    fn prefix(&self) -> &'static str {
        ""
    }

    /// Ids of lines hold for a session only, because the lines have no note.
    fn has_passing_line_ids(&self) -> bool {
        false
    }

    /// What the form calls the record, in summaries of errors.
    fn title(&self) -> &'static str;

    /// Checks a draft with the request applied, fills defaults and works out what is derived.
    fn judge(&self, draft: &mut Draft, books: &mut Books);

    /// What follows when a record was saved: `new`, or changed.
    fn saved(&self, _books: &mut Books, _id: &str, _new: bool) {}

    /// Why a record cannot be deleted.
    fn keeps(&self, _item: &Item, _books: &Books) -> Option<String> {
        None
    }

    /// The workflow's actions by their names in the screen's graph, where the contract has others.
    fn workflow_actions(&self) -> &'static [&'static str] {
        &[]
    }

    /// An action by its name in the contract or in the screen's graph.
    fn action(&self, _name: &str) -> Option<ActionRule> {
        None
    }
}

/// An action of an entity.
#[derive(Clone, Copy)]
pub(super) struct ActionRule {
    /// The words on its button.
    pub title: &'static str,
    /// The statuses in which the button is there; empty for all.
    pub from: &'static [&'static str],
    /// It runs as a long operation.
    pub long: bool,
    /// Does it; the message says why not.
    pub run: fn(&mut Books, &Target) -> Result<(), String>,
}

/// What an action is done to.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// The record's id.
    pub id: String,
    /// The parameters, unwrapped.
    pub parameters: Record,
}

/// The rules of an entity by name; one without a file of its own is a look-up.
pub(super) fn rules_of(entity: &str) -> &'static dyn Rules {
    match entity {
        "Vendor" => &vendor::VendorRules,
        "Project" => &project::ProjectRules,
        "ProjectTask" => &task::TaskRules,
        "ProjectBudget" => &budget::BudgetRules,
        "ProjectTransaction" => &transaction::TransactionRules,
        "Subcontract" => &subcontract::SubcontractRules,
        "PurchaseOrder" => &purchase_order::PurchaseOrderRules,
        "ChangeOrder" => &change_order::ChangeOrderRules,
        "Bill" => &bill::BillRules,
        "Check" => &check::CheckRules,
        "Invoice" => &invoice::InvoiceRules,
        "ProFormaInvoice" => &pro_forma::ProFormaRules,
        _ => &lookup::LookupRules,
    }
}
