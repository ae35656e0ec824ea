//! How does an imitated Acumatica behave on the wire? What it will have of a purchase order: its hold is a field.

use super::order::{approve, check_hold, judge, off_hold, saved, turn};
use super::{ActionRule, Rules};
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::commitments::PURCHASE_ORDER;
use crate::sandbox::acumatica::draft::Draft;
use crate::sandbox::acumatica::fields::Fields;

/// Rules of purchase orders (PO301000). The contract has no action for them.
pub(super) struct PurchaseOrderRules;

impl Rules for PurchaseOrderRules {
    fn prefix(&self) -> &'static str {
        "PO"
    }

    fn title(&self) -> &'static str {
        PURCHASE_ORDER.title
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        draft.record.default("Type", "Normal");
        draft.refer(books, "Project", "Project");
        let status = judge(&PURCHASE_ORDER, draft, books);
        // Hold on entry is the tenant's preference.
        draft.record.default("Hold", true);
        let status = match (status.as_str(), draft.record.flag("Hold")) {
            ("Open" | "Pending Approval" | "Pending Printing" | "Pending Email" | "Rejected", true) => {
                if let Err(message) = check_hold(&draft.record) {
                    draft.refuse("Hold", message);
                }
                "On Hold"
            }
            ("On Hold", false) => off_hold(&PURCHASE_ORDER, books, &draft.record),
            ("Pending Printing" | "Pending Email", false) => PURCHASE_ORDER.routed(&draft.record),
            (kept, _) => kept,
        };
        draft.record.set("Status", status);
    }

    fn saved(&self, books: &mut Books, id: &str, _new: bool) {
        saved(&PURCHASE_ORDER, books, id);
    }

    fn keeps(&self, item: &Item, _books: &Books) -> Option<String> {
        let status = item.record.word("Status");
        (status != "On Hold").then(|| format!("The document cannot be deleted: its status is {status}."))
    }

    fn workflow_actions(&self) -> &'static [&'static str] {
        &["Approve", "Reject"]
    }

    fn action(&self, name: &str) -> Option<ActionRule> {
        Some(match name {
            "Approve" => ActionRule {
                title: "Approve",
                from: &["Pending Approval"],
                long: false,
                run: |books, target| approve(&PURCHASE_ORDER, books, target),
            },
            "Reject" => ActionRule {
                title: "Reject",
                from: &["Pending Approval"],
                long: false,
                run: |books, target| turn(&PURCHASE_ORDER, books, target, "Rejected"),
            },
            _ => return None,
        })
    }
}
