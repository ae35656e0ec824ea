//! How does an imitated Acumatica behave on the wire? What it will have of a subcontract, and how it is opened.

use super::order::{approve, check_hold, judge, off_hold, saved, turn};
use super::{ActionRule, Rules, Target};
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::commitments::SUBCONTRACT;
use crate::sandbox::acumatica::draft::Draft;
use crate::sandbox::acumatica::fields::Fields;

/// Rules of subcontracts (SC301000). They have no field Hold.
pub(super) struct SubcontractRules;

impl Rules for SubcontractRules {
    fn prefix(&self) -> &'static str {
        "SC"
    }

    fn title(&self) -> &'static str {
        SUBCONTRACT.title
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        let status = judge(&SUBCONTRACT, draft, books);
        for flag in ["Printed", "Emailed"] {
            draft.record.default(flag, false);
        }
        let routed = ["Pending Printing", "Pending Email"].contains(&status.as_str());
        draft.record.set("Status", if routed { SUBCONTRACT.routed(&draft.record).to_owned() } else { status });
    }

    fn saved(&self, books: &mut Books, id: &str, _new: bool) {
        saved(&SUBCONTRACT, books, id);
    }

    fn keeps(&self, item: &Item, _books: &Books) -> Option<String> {
        let status = item.record.word("Status");
        (status != "On Hold" || item.record.flag("Invoiced")).then(|| format!("The document cannot be deleted: its status is {status}."))
    }

    fn workflow_actions(&self) -> &'static [&'static str] {
        &["Approve", "Reject"]
    }

    fn action(&self, name: &str) -> Option<ActionRule> {
        Some(match name {
            "ReleaseFromHold" => ActionRule { title: "Remove Hold", from: &["On Hold"], long: true, run: release_from_hold },
            "PutOnHold" => ActionRule {
                title: "Hold",
                from: &["Open", "Pending Approval", "Pending Printing", "Pending Email", "Rejected"],
                long: false,
                run: put_on_hold,
            },
            "Approve" => ActionRule {
                title: "Approve",
                from: &["Pending Approval"],
                long: false,
                run: |books, target| approve(&SUBCONTRACT, books, target),
            },
            "Reject" => ActionRule {
                title: "Reject",
                from: &["Pending Approval"],
                long: false,
                run: |books, target| turn(&SUBCONTRACT, books, target, "Rejected"),
            },
            _ => return None,
        })
    }
}

fn release_from_hold(books: &mut Books, target: &Target) -> Result<(), String> {
    let status = books.get("Subcontract", &target.id).map_or("Open", |item| off_hold(&SUBCONTRACT, books, &item.record));
    turn(&SUBCONTRACT, books, target, status)
}

fn put_on_hold(books: &mut Books, target: &Target) -> Result<(), String> {
    books.get("Subcontract", &target.id).map_or(Ok(()), |item| check_hold(&item.record))?;
    turn(&SUBCONTRACT, books, target, "On Hold")
}
