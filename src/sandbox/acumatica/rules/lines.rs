//! How does an imitated Acumatica behave on the wire? What it will have in the lines of documents, whichever they belong to.

use std::collections::BTreeSet;

use super::task::task_for;
use crate::sandbox::acumatica::books::Books;
use crate::sandbox::acumatica::draft::{Draft, cannot_be_found};
use crate::sandbox::acumatica::fields::Fields;
use crate::sandbox::acumatica::pricing::{LineNames, Retainage, retain, unit};
use crate::value::Record;

/// Terms of payment that the instance knows.
const TERMS: [&str; 7] = ["0D", "10D", "15D", "30D", "45D", "60D", "90D"];

/// A line of a draft: its detail, and its place there.
pub(super) type Place = (&'static str, usize);

/// Checks the lines that a request touches, works out what is kept back of each, and gives them back. The header's fields are whether
/// anything is kept back, and how many percent.
pub(super) fn judge_lines(
    draft: &mut Draft,
    books: &mut Books,
    names: &LineNames,
    [apply, percent]: [&str; 2],
    mut judge: impl FnMut(&mut Draft, &mut Books, usize, &mut Record),
) -> Vec<Record> {
    let retainage =
        Retainage { apply: draft.record.flag(apply), percent: draft.record.number(percent), before: draft.before.number(percent) };
    let untouched = BTreeSet::new();
    let mut lines = draft.take_lines("Details");
    for (at, line) in lines.iter_mut().enumerate() {
        if draft.touch("Details", at).is_some() {
            judge(draft, books, at, line);
        }
        retain(line, names, draft.touch("Details", at).map_or(&untouched, |touch| &touch.changed), &retainage);
    }
    lines
}

/// The vendor must be known and active; a new one of the document brings its terms.
pub(super) fn check_vendor(draft: &mut Draft, books: &Books, field: &str) {
    draft.refer(books, field, "Vendor");
    if let Some(vendor) = books.find("Vendor", &[draft.record.word(field)]) {
        if draft.changed.contains(field)
            && let Err(message) = vendor_will_do(&vendor.record)
        {
            draft.refuse(field, message);
        }
        if draft.changed.contains(field) && !draft.changed.contains("Terms") {
            draft.record.set("Terms", vendor.record.get("Terms").cloned().unwrap_or_default());
        }
        if draft.record.lacks("Terms") {
            draft.refuse("Terms", "'Terms' cannot be empty.");
        } else if !TERMS.contains(&draft.record.word("Terms")) {
            let message = format!("Terms '{}' cannot be found in the system.", draft.record.word("Terms"));
            draft.refuse("Terms", message);
        }
    }
}

/// Why nothing may be bought from a vendor.
pub(super) fn vendor_will_do(vendor: &Record) -> Result<(), String> {
    let status = vendor.word("Status");
    if ["Active", "One-Time", "Hold Payments"].contains(&status) { Ok(()) } else { Err(format!("The vendor status is '{status}'.")) }
}

/// The unit of a line, where it has one.
pub(super) fn check_unit(draft: &mut Draft, place: Place, line: &mut Record) {
    if line.lacks("UOM") {
        return;
    }
    match unit(line.word("UOM")) {
        Ok(unit) => line.set("UOM", unit),
        Err(message) => draft.refuse_line(place, "UOM", message),
    }
}

/// Whether the request gave a field of a line a new value.
pub(super) fn is_touched(draft: &Draft, place: Place, field: &str) -> bool {
    draft.touch(place.0, place.1).is_some_and(|touch| touch.new || touch.changed.contains(field))
}

/// Project, task and cost code of a line; what the request did not touch was good before.
pub(super) fn check_project(draft: &mut Draft, books: &Books, place: Place, (line, task_field): (&mut Record, &str)) {
    if !["Project", "CostCode", task_field].into_iter().any(|field| is_touched(draft, place, field)) {
        return;
    }
    let named = line.word("Project").to_owned();
    match active_project(books, &named) {
        Err(message) => draft.refuse_line(place, "Project", message),
        Ok(project) => {
            check_task(draft, books, place, (line, task_field, &project));
            line.set("Project", project);
        }
    }
    check_code(draft, books, place, line);
}

/// The true spelling of an active project, or why it will not do.
pub(super) fn active_project(books: &Books, named: &str) -> Result<String, String> {
    let Some(project) = books.find("Project", &[named]) else {
        return Err(if named.is_empty() { "'Project' cannot be empty.".to_owned() } else { cannot_be_found("Project", named) });
    };
    match project.record.word("Status") {
        "Active" => Ok(project.record.word("ProjectID").to_owned()),
        status => Err(format!("Project '{named:<10}' is not active: its status is {status}.")),
    }
}

/// The task of a line, or the project's default one.
pub(super) fn check_task(draft: &mut Draft, books: &Books, place: Place, (line, field, project): (&mut Record, &str, &str)) {
    match task_for(books, project, line.word(field)) {
        Ok(task) => line.set(field, task),
        Err(message) => draft.refuse_line(place, field, message),
    }
}

/// The cost code of a line.
pub(super) fn check_code(draft: &mut Draft, books: &Books, place: Place, line: &mut Record) {
    let code = line.word("CostCode").to_owned();
    match books.find("CostCode", &[&code]) {
        Some(found) => line.set("CostCode", found.record.word("CostCodeID")),
        None if code.is_empty() => draft.refuse_line(place, "CostCode", "'Cost Code' cannot be empty."),
        None => draft.refuse_line(place, "CostCode", cannot_be_found("CostCode", &code)),
    }
}

/// The item of a line: active, and for subcontracts one that needs no receipt. It brings text and unit.
pub(super) fn check_item(draft: &mut Draft, books: &Books, place: Place, (line, text, receipt): (&mut Record, &str, bool)) {
    let item = line.word("InventoryID").to_owned();
    let Some(found) = books.find("NonStockItem", &[&item]) else {
        let message = if item.is_empty() { "'Inventory ID' cannot be empty.".to_owned() } else { cannot_be_found("NonStockItem", &item) };
        return draft.refuse_line(place, "InventoryID", message);
    };
    let found = &found.record;
    if found.flag("RequireReceipt") && !receipt {
        let message = format!("Inventory Item '{item}' requires receipt and cannot be used in a subcontract.");
        draft.refuse_line(place, "InventoryID", message);
    } else if found.word("ItemStatus") != "Active" {
        draft.refuse_line(place, "InventoryID", format!("The item status is {}.", found.word("ItemStatus")));
    } else {
        line.set("InventoryID", found.word("InventoryID"));
        line.default(text, found.word("Description"));
        line.default("UOM", found.word("PurchaseUnit"));
    }
}
