//! How does an imitated Acumatica behave on the wire? What it will have in the commitment lines of a change order.

use crate::sandbox::acumatica::books::Books;
use crate::sandbox::acumatica::commitments::{Kind, SUBCONTRACT, find, line_of};
use crate::sandbox::acumatica::draft::{Draft, cannot_be_found};
use crate::sandbox::acumatica::fields::Fields;
use crate::sandbox::acumatica::rules::lines::{check_code, check_item, check_task, check_unit, vendor_will_do};
use crate::value::{Decimal, Record, Value, round_half_up};

const TAB: &str = "Commitments";

/// Checks the commitment lines.
pub(super) fn judge(draft: &mut Draft, books: &Books) {
    if draft.record.lacks(TAB) {
        return;
    }
    let mut lines = draft.take_lines(TAB);
    for (at, line) in lines.iter_mut().enumerate() {
        if draft.touch(TAB, at).is_some() {
            judge_line(draft, books, at, line);
        }
    }
    draft.put_lines(TAB, lines);
}

fn judge_line(draft: &mut Draft, books: &Books, at: usize, line: &mut Record) {
    line.default("POType", "Normal Purchase Order");
    let usual = match (line.lacks("PONbr"), line.lacks("POLineNbr")) {
        (true, _) => "New Document",
        (false, true) => "New Line",
        (false, false) => "Status Update",
    };
    line.default("Status", usual);
    match line.word("Status") {
        "New Document" => judge_new(draft, books, at, line),
        "New Line" => judge_added(draft, books, at, line),
        _ => judge_update(draft, books, at, line),
    }
    check_unit(draft, (TAB, at), line);
    for field in ["Qty", "UnitCost", "Amount"] {
        line.default(field, Decimal::ZERO);
    }
    line.set("AmountinBaseCurrency", line.number("Amount"));
}

/// The commitment that a line names, when a change may go to it.
fn target(books: &Books, line: &Record, statuses: &[&str]) -> Result<(&'static Kind, Record), (&'static str, String)> {
    let number = line.word("PONbr");
    let Some((kind, order)) = find(books, line.word("POType"), number) else {
        return Err(("PONbr", cannot_be_found(line.word("POType"), number)));
    };
    let status = order.record.word("Status");
    if !statuses.contains(&status) {
        return Err(("PONbr", format!("The commitment '{number}' cannot be changed: its status is {status}.")));
    }
    Ok((kind, order.record.clone()))
}

/// A change of an existing line: what it is follows from that line, whatever was sent for it.
fn judge_update(draft: &mut Draft, books: &Books, at: usize, line: &mut Record) {
    let reopen = line.word("Status") == "Reopen";
    let statuses: &[&str] = if reopen { &["Completed", "Closed", "Open"] } else { &["Open", "Pending Printing", "Pending Email"] };
    let (kind, order) = match target(books, line, statuses) {
        Ok(found) => found,
        Err((field, message)) => return draft.refuse_line((TAB, at), field, message),
    };
    let wanted = line.number("POLineNbr");
    let Some(source) = line_of(&order, wanted).cloned() else {
        let message = format!("Line {wanted} of the commitment '{}' cannot be found.", line.word("PONbr"));
        return draft.refuse_line((TAB, at), "POLineNbr", message);
    };
    if source.word("Project") != draft.record.word("ProjectID") {
        return draft.refuse_line((TAB, at), "POLineNbr", format!("Line {wanted} of the commitment belongs to another project."));
    }
    if !reopen && (source.flag("Closed") || source.flag("Canceled") || source.flag("Cancelled")) {
        draft.refuse_line((TAB, at), "POLineNbr", format!("Line {wanted} of the commitment is closed: reopen it."));
    }
    line.set("Vendor", order.word("VendorID"));
    line.set("ProjectTaskID", source.word(kind.task));
    for field in ["CostCode", "InventoryID", "UOM"] {
        line.set(field, source.get(field).cloned().unwrap_or_default());
    }
    line.default("UnitCost", source.number("UnitCost"));
    show_line(kind, (&order, &source), line);
    if line.number("PotentiallyRevisedQty") < Decimal::ZERO {
        draft.refuse_line((TAB, at), "Qty", "The change would leave a negative quantity.");
    }
}

fn show_line(kind: &Kind, (order, source): (&Record, &Record), line: &mut Record) {
    line.set("LineDescription", source.word("LineDescription"));
    line.default("Description", source.word("LineDescription"));
    line.set("OrderDate", order.get("Date").cloned().unwrap_or(Value::Null));
    line.set("CurrencyID", order.word("CurrencyID"));
    let (qty, amount) = (source.number(kind.line.qty), source.number("ExtendedCost"));
    line.set("OrderQty", qty);
    line.set("OpenQty", qty);
    line.set("LineAmount", amount);
    line.set("PotentiallyRevisedQty", qty + line.number("Qty"));
    line.set("PotentiallyRevisedAmount", amount + line.number("Amount"));
}

/// A new line of an existing commitment.
fn judge_added(draft: &mut Draft, books: &Books, at: usize, line: &mut Record) {
    match target(books, line, &["Open", "Pending Printing", "Pending Email"]) {
        Ok((_, order)) => line.set("Vendor", order.word("VendorID")),
        Err((field, message)) => draft.refuse_line((TAB, at), field, message),
    }
    line.remove("POLineNbr");
    judge_contents(draft, books, at, line);
}

/// A line of a commitment to come.
fn judge_new(draft: &mut Draft, books: &Books, at: usize, line: &mut Record) {
    line.remove("PONbr");
    line.remove("POLineNbr");
    let code = line.word("Vendor").to_owned();
    let known = books.find("Vendor", &[&code]).map(|vendor| (vendor.record.word("VendorID").to_owned(), vendor_will_do(&vendor.record)));
    match known {
        None if code.is_empty() => draft.refuse_line((TAB, at), "Vendor", "'Vendor' cannot be empty."),
        None => draft.refuse_line((TAB, at), "Vendor", cannot_be_found("Vendor", &code)),
        Some((_, Err(message))) => draft.refuse_line((TAB, at), "Vendor", message),
        Some((vendor, Ok(()))) => line.set("Vendor", vendor),
    }
    judge_contents(draft, books, at, line);
}

fn judge_contents(draft: &mut Draft, books: &Books, at: usize, line: &mut Record) {
    let project = draft.record.word("ProjectID").to_owned();
    check_task(draft, books, (TAB, at), (line, "ProjectTaskID", &project));
    check_code(draft, books, (TAB, at), line);
    let receipt = line.word("POType") != SUBCONTRACT.title;
    check_item(draft, books, (TAB, at), (line, "Description", receipt));
    if line.number("Qty") < Decimal::ZERO {
        draft.refuse_line((TAB, at), "Qty", "The quantity of a new line cannot be negative.");
    }
    if line.lacks("Amount") {
        line.set("Amount", round_half_up(line.number("Qty") * line.number("UnitCost"), 2));
    }
    if line.number("Amount") < Decimal::ZERO {
        line.set("Qty", Decimal::ZERO);
    }
}
