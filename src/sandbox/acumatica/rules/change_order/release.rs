//! How does an imitated Acumatica behave on the wire? What a released change order does to budgets and commitments, and its reversal.

use crate::sandbox::acumatica::books::Books;
use crate::sandbox::acumatica::commitments::{Kind, PURCHASE_ORDER, Part, SUBCONTRACT, commit, find, settle, total};
use crate::sandbox::acumatica::fields::{Fields, guid};
use crate::sandbox::acumatica::ledger::{BudgetKey, Rise, raise};
use crate::sandbox::acumatica::periods;
use crate::sandbox::acumatica::rules::Target;
use crate::sandbox::acumatica::upsert::next_number;
use crate::value::{Decimal, Record, Value, round_half_up};

/// Budgets and commitments change, and the order is closed. Nothing happens where one line cannot go through.
pub(super) fn release(books: &mut Books, target: &Target) -> Result<(), String> {
    let Some(mut order) = books.get("ChangeOrder", &target.id).map(|item| item.record.clone()) else { return Ok(()) };
    periods::check_day(books, order.word("ChangeDate"), "")?;
    let mut lines = taken(&mut order, "Commitments");
    for line in &lines {
        check_target(books, line)?;
    }
    for tab in ["RevenueBudget", "CostBudget"] {
        raise_budget(books, &order, tab);
    }
    make_documents(books, &order, &mut lines);
    for line in lines.iter_mut().filter(|line| line.word("Status") != "New Document") {
        change_commitment(books, order.word("ProjectID"), line);
    }
    books.change("ChangeOrder", &target.id, |record| {
        record.set("Commitments", lines.into_iter().map(Value::Record).collect::<Vec<_>>());
        record.set("Status", "Closed");
    });
    Ok(())
}

fn taken(order: &mut Record, tab: &str) -> Vec<Record> {
    let Some(Value::List(lines)) = order.remove(tab) else { return Vec::new() };
    lines.into_iter().filter_map(|line| if let Value::Record(line) = line { Some(line) } else { None }).collect()
}

/// A commitment may have been closed since the order was saved.
fn check_target(books: &Books, line: &Record) -> Result<(), String> {
    if line.word("Status") == "New Document" {
        return Ok(());
    }
    let number = line.word("PONbr");
    let (_, order) = find(books, line.word("POType"), number).ok_or_else(|| format!("The commitment '{number}' cannot be found."))?;
    let status = order.record.word("Status");
    let reopened = line.word("Status") == "Reopen" && ["Completed", "Closed"].contains(&status);
    if reopened || ["Open", "Pending Printing", "Pending Email"].contains(&status) {
        return Ok(());
    }
    Err(format!("The commitment '{number}' cannot be changed: its status is {status}."))
}

fn raise_budget(books: &mut Books, order: &Record, tab: &str) {
    for line in order.lines(tab).iter().filter_map(Value::as_record) {
        let key = BudgetKey {
            project: order.word("ProjectID"),
            task: line.word("ProjectTaskID"),
            group: line.word("AccountGroup"),
            code: line.word("CostCode"),
            item: line.word("InventoryID"),
        };
        raise(books, &key, &Rise { budgeted: line.number("Amount"), budgeted_qty: line.number("Qty"), ..Rise::default() });
    }
}

/// Changes a line of a commitment, or adds one, whose number the line of the change order then has.
fn change_commitment(books: &mut Books, project: &str, line: &mut Record) {
    let found = find(books, line.word("POType"), line.word("PONbr")).map(|(kind, item)| (kind, item.id.clone(), item.record.clone()));
    let Some((kind, id, mut order)) = found else { return };
    let mut details = taken(&mut order, "Details");
    let at = match details.iter().position(|known| known.number("LineNbr") == line.number("POLineNbr")) {
        Some(at) => at,
        None => {
            details.push(new_line(books, kind, (project, line), &details));
            details.len() - 1
        }
    };
    let detail = &mut details[at];
    let (qty, amount) = (line.number("Qty"), line.number("Amount"));
    detail.set(kind.line.qty, detail.number(kind.line.qty) + qty);
    // Kept in the house: what a reversal goes back to.
    line.set("PriorUnitCost", detail.number("UnitCost"));
    detail.set("UnitCost", line.number("UnitCost"));
    detail.set("ExtendedCost", detail.number("ExtendedCost") + amount);
    detail.set("ChangedQty", detail.number("ChangedQty") + qty);
    detail.set("ChangedAmount", detail.number("ChangedAmount") + amount);
    if line.word("Status") == "Reopen" {
        ["Completed", "Closed"].iter().for_each(|flag| detail.set(*flag, false));
        order.set("Status", "Open");
    }
    keep_back(kind, detail, line);
    line.set("POLineNbr", detail.number("LineNbr"));
    let detail = detail.clone();
    total(kind, &mut order, &details);
    order.set("Details", details.into_iter().map(Value::Record).collect::<Vec<_>>());
    order.set("ChangeOrdered", true);
    let committed = order.flag("Committed");
    books.replace(kind.entity, &id, order);
    if committed {
        commit(books, kind, &detail, (Part::Change, qty, amount));
    }
}

/// A share that the change order gives takes the place of the commitment's.
fn keep_back(kind: &Kind, detail: &mut Record, line: &Record) {
    if !line.lacks("RetainagePct") {
        detail.set("RetainagePct", line.number("RetainagePct"));
    }
    let net = detail.number("ExtendedCost") - detail.number("DiscountAmount");
    let kept = round_half_up(net * detail.number("RetainagePct") / Decimal::ONE_HUNDRED, 2);
    detail.set(kind.line.retained, kept);
    detail.set("Amount", net - kept);
}

fn new_line(books: &Books, kind: &Kind, (project, line): (&str, &Record), others: &[Record]) -> Record {
    let number = others.iter().map(|other| other.number("LineNbr")).max().unwrap_or_default() + Decimal::ONE;
    let mut new = Record::from_iter([
        ("id", Value::text(guid(books.seed(), &["changed", line.word("id")]))),
        ("LineNbr", number.into()),
        ("Project", project.into()),
        (kind.task, line.word("ProjectTaskID").into()),
        ("LineDescription", line.word("Description").into()),
        ("RetainagePct", others.first().map(|other| other.number("RetainagePct")).unwrap_or_default().into()),
    ]);
    for field in ["CostCode", "InventoryID", "UOM"] {
        new.set(field, line.get(field).cloned().unwrap_or_default());
    }
    if let Some(other) = others.first() {
        for field in ["OrderType", "OrderNbr", "BranchID", kind.starts[1]] {
            new.set(field, other.get(field).cloned().unwrap_or_default());
        }
    }
    new
}

/// Lines of new documents become one commitment for each vendor and type, under the next number.
fn make_documents(books: &mut Books, order: &Record, lines: &mut [Record]) {
    let mut made: Vec<([String; 2], String)> = Vec::new();
    for line in lines.iter_mut().filter(|line| line.word("Status") == "New Document") {
        let key = ["Vendor", "POType"].map(|field| line.word(field).to_owned());
        let number = match made.iter().find(|(known, _)| *known == key) {
            Some((_, number)) => number.clone(),
            None => {
                let number = make_document(books, order, line);
                made.push((key, number.clone()));
                number
            }
        };
        line.set("PONbr", number);
        change_commitment(books, order.word("ProjectID"), line);
    }
}

fn make_document(books: &mut Books, order: &Record, line: &Record) -> String {
    let kind = if line.word("POType") == SUBCONTRACT.title { &SUBCONTRACT } else { &PURCHASE_ORDER };
    let Some(entity) = books.entity(kind.entity).cloned() else { return String::new() };
    let mut record = Record::from_iter([
        ("VendorID", Value::from(line.word("Vendor"))),
        ("Description", format!("Change Order #{}", order.word("RefNbr")).into()),
        ("Date", order.word("ChangeDate").into()),
        (kind.starts[0], order.word("ChangeDate").into()),
        ("Status", "Open".into()),
        ("CurrencyID", "USD".into()),
        ("Branch", "MAIN".into()),
        // What a change order makes is no original commitment, and brings no first invoice.
        ("Invoiced", true.into()),
    ]);
    let terms = books.find("Vendor", &[line.word("Vendor")]).and_then(|vendor| vendor.record.get("Terms").cloned());
    record.set("Terms", terms.unwrap_or_default());
    if kind.entity == PURCHASE_ORDER.entity {
        record.set("Type", if line.word("POType") == "Normal Purchase Order" { "Normal" } else { line.word("POType") });
        record.set("Hold", false);
    }
    let number = next_number(books, &entity, &record);
    record.set(kind.number, number.as_str());
    let id = books.insert(kind.entity, record);
    settle(books, kind, &id);
    number
}

/// A change order on hold that takes all of it back: the only way to undo a released one.
pub(super) fn reverse(books: &mut Books, target: &Target) -> Result<(), String> {
    let Some(original) = books.get("ChangeOrder", &target.id).map(|item| item.record.clone()) else { return Ok(()) };
    if original.word("ReverseStatus") == "Reversed" {
        return Err("The change order has been reversed already.".to_owned());
    }
    let Some(entity) = books.entity("ChangeOrder").cloned() else { return Ok(()) };
    let mut back = original.clone();
    let number = next_number(books, &entity, &back);
    let today = books.today().to_string();
    for (field, value) in [
        ("RefNbr", number.as_str()),
        ("OriginalCORefNbr", original.word("RefNbr")),
        ("ReverseStatus", "Reversing"),
        ("Status", "On Hold"),
        ("ChangeDate", today.as_str()),
        ("CompletionDate", today.as_str()),
    ] {
        back.set(field, value);
    }
    back.set("Hold", true);
    back.remove("RevenueChangeNbr");
    for field in ["RevenueBudgetChangeTotal", "CostBudgetChangeTotal", "CommitmentsChangeTotal", "GrossMarginAmount"] {
        back.set(field, -back.number(field));
    }
    for tab in ["RevenueBudget", "CostBudget", "Commitments"] {
        let lines = taken(&mut back, tab).into_iter().map(|line| turned(books, &number, line).into()).collect::<Vec<Value>>();
        back.set(tab, lines);
    }
    let id = books.insert("ChangeOrder", back);
    super::number_revenue(books, &id);
    books.change("ChangeOrder", &target.id, |record| record.set("ReverseStatus", "Reversed"));
    Ok(())
}

fn turned(books: &Books, number: &str, mut line: Record) -> Record {
    let id = guid(books.seed(), &["reversed", number, line.word("id")]);
    line.set("id", id);
    for field in ["Qty", "Amount"] {
        line.set(field, -line.number(field));
    }
    if !line.lacks("PONbr") {
        if ["Status Update", "Reopen"].contains(&line.word("Status")) {
            line.set("UnitCost", line.number("PriorUnitCost"));
        }
        line.set("Status", "Status Update");
    }
    line
}
