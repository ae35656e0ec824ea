//! How does an imitated Acumatica behave on the wire? What it will have of a commitment, whether subcontract or purchase order.

use super::Target;
use super::lines::{check_item, check_project, check_unit, check_vendor, is_touched, judge_lines};
use crate::sandbox::acumatica::books::Books;
use crate::sandbox::acumatica::commitments::{Kind, PURCHASE_ORDER, settle, total};
use crate::sandbox::acumatica::draft::Draft;
use crate::sandbox::acumatica::fields::Fields;
use crate::sandbox::acumatica::pricing::extend;
use crate::value::{Decimal, Record, Value};

/// What may change while the document is not on hold.
const FREE: [&str; 9] = ["VendorRef", "Description", "Owner", "DoNotPrint", "DoNotEmail", "DontPrint", "DontEmail", "Hold", "note"];

/// Checks a commitment; gives back the status that it had.
pub(super) fn judge(kind: &'static Kind, draft: &mut Draft, books: &mut Books) -> String {
    let status = if draft.new { "On Hold".to_owned() } else { draft.before.word("Status").to_owned() };
    let bound = draft.changed.iter().find(|field| !FREE.contains(&field.as_str())).cloned();
    if let Some(field) = bound.filter(|_| status != "On Hold") {
        draft.refuse_record(format!("The document cannot be changed ({field}): its status is {status}."));
    }
    judge_header(kind, draft, books);
    let judge = |draft: &mut Draft, books: &mut Books, at: usize, line: &mut Record| judge_line(kind, draft, books, (at, line));
    let lines = judge_lines(draft, books, &kind.line, [kind.apply, kind.percent], judge);
    total(kind, &mut draft.record, &lines);
    draft.put_lines("Details", lines);
    status
}

fn judge_header(kind: &Kind, draft: &mut Draft, books: &mut Books) {
    check_vendor(draft, books, "VendorID");
    let today = books.today().to_string();
    draft.record.default("Date", today);
    let date = draft.record.word("Date").to_owned();
    draft.record.default(kind.starts[0], date);
    for (field, value) in [("CurrencyID", "USD"), ("BaseCurrencyID", "USD"), ("Location", "MAIN")] {
        draft.record.default(field, value);
    }
    let branch = books.branch.clone().unwrap_or_else(|| "MAIN".to_owned());
    draft.record.default("Branch", branch);
    for flag in [kind.apply, kind.skips[0], kind.skips[1]] {
        draft.record.default(flag, false);
    }
    // Without retainage the form has no percentage, and what was sent for it is lost.
    if !draft.record.flag(kind.apply) {
        draft.record.set(kind.percent, Decimal::ZERO);
    }
    let percent = draft.record.number(kind.percent);
    if percent < Decimal::ZERO || percent > Decimal::ONE_HUNDRED {
        draft.refuse(kind.percent, "The retainage percent must be between 0 and 100.");
    }
}

fn judge_line(kind: &Kind, draft: &mut Draft, books: &mut Books, (at, line): (usize, &mut Record)) {
    let place = ("Details", at);
    if let Some(project) = draft.record.text("Project").map(str::to_owned) {
        line.default("Project", project);
    }
    check_project(draft, books, place, (line, kind.task));
    let locked = books.find("Project", &[line.word("Project")]).is_some_and(|project| project.record.flag("CommitmentsLocked"));
    if locked {
        draft.refuse_line(place, "Project", "The commitments of the project are locked: they change by change orders only.");
    }
    if is_touched(draft, place, "InventoryID") || line.lacks("InventoryID") {
        check_item(draft, books, place, (line, "LineDescription", kind.entity == PURCHASE_ORDER.entity));
    }
    check_unit(draft, place, line);
    if let Some(touch) = draft.touch("Details", at) {
        extend(line, &kind.line, &touch.changed);
    }
    let (start, branch) = (draft.record.word(kind.starts[0]).to_owned(), draft.record.word("Branch").to_owned());
    line.default(kind.starts[1], start);
    line.default("BranchID", branch);
    for flag in ["ManualCost", "Completed", "Canceled", "Closed"] {
        line.default(flag, false);
    }
}

/// What follows a save: lines carry the number of their document, and the budget follows a status that changed with it.
pub(super) fn saved(kind: &'static Kind, books: &mut Books, id: &str) {
    books.accumulate(kind.entity, id, |record| {
        let number = record.word(kind.number).to_owned();
        let order_type = kind.type_in_bills(record).to_owned();
        if let Some(Value::List(lines)) = record.get_mut("Details") {
            for line in lines {
                if let Value::Record(line) = line {
                    line.set("OrderType", order_type.as_str());
                    line.set("OrderNbr", number.as_str());
                }
            }
        }
    });
    settle(books, kind, id);
}

/// Off hold: to whoever approves, to the printer, to the mail, or open.
pub(super) fn off_hold(kind: &Kind, books: &Books, record: &Record) -> &'static str {
    if books.options.approvals.contains(kind.entity) { "Pending Approval" } else { kind.routed(record) }
}

/// Why a document cannot go back on hold.
pub(super) fn check_hold(record: &Record) -> Result<(), String> {
    if record.flag("ChangeOrdered") {
        return Err("The document cannot be put on hold because a change order refers to it.".to_owned());
    }
    Ok(())
}

/// Turns the status, and the budget with it.
pub(super) fn turn(kind: &'static Kind, books: &mut Books, target: &Target, status: &str) -> Result<(), String> {
    books.change(kind.entity, &target.id, |record| record.set("Status", status));
    settle(books, kind, &target.id);
    Ok(())
}

/// Somebody approves it.
pub(super) fn approve(kind: &'static Kind, books: &mut Books, target: &Target) -> Result<(), String> {
    let status = books.get(kind.entity, &target.id).map_or("Open", |item| kind.routed(&item.record));
    turn(kind, books, target, status)
}
