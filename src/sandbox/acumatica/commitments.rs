//! How does an imitated Acumatica behave on the wire? What subcontracts and purchase orders share: names, lines, budgets.

use super::books::{Books, Item};
use super::fields::Fields;
use super::invoices;
use super::ledger::{BudgetKey, Rise, raise};
use super::pricing::LineNames;
use crate::value::{Decimal, Record, Value};

/// A kind of commitment, and what its fields are called.
pub(super) struct Kind {
    /// The entity.
    pub entity: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// The field of its number.
    pub number: &'static str,
    /// The task of a line.
    pub task: &'static str,
    /// Whether retainage applies.
    pub apply: &'static str,
    /// The share kept back.
    pub percent: &'static str,
    /// It passes the printer, and the mail.
    pub skips: [&'static str; 2],
    /// The day on which work starts or goods come, of the document and of a line.
    pub starts: [&'static str; 2],
    /// Amounts of a line.
    pub line: LineNames,
    /// The total.
    pub total: &'static str,
}

/// Subcontracts (SC301000).
pub(super) static SUBCONTRACT: Kind = Kind {
    entity: "Subcontract",
    title: "Subcontract",
    number: "SubcontractNbr",
    task: "Task",
    apply: "ApplyRetainage",
    percent: "RetainagePct",
    skips: ["DoNotPrint", "DoNotEmail"],
    starts: ["StartDate", "StartDate"],
    line: LineNames { qty: "OrderQty", unit: "UnitCost", extended: "ExtendedCost", retained: "RetainageAmount" },
    total: "SubcontractTotal",
};

/// Purchase orders (PO301000).
pub(super) static PURCHASE_ORDER: Kind = Kind {
    entity: "PurchaseOrder",
    title: "Purchase Order",
    number: "OrderNbr",
    task: "ProjectTask",
    apply: "RetainageApply",
    percent: "DefRetainagePct",
    skips: ["DontPrint", "DontEmail"],
    starts: ["PromisedOn", "Promised"],
    line: LineNames { qty: "OrderQty", unit: "UnitCost", extended: "ExtendedCost", retained: "CuryRetainageAmt" },
    total: "OrderTotal",
};

impl Kind {
    /// The order type in lines of bills: that of the document, or `Subcontract`.
    pub(super) fn type_in_bills<'r>(&self, record: &'r Record) -> &'r str {
        if self.entity == SUBCONTRACT.entity { "Subcontract" } else { record.word("Type") }
    }

    /// Where a document off hold goes: to the printer and the mail first, unless they are left out.
    pub(super) fn routed(&self, record: &Record) -> &'static str {
        match self.skips.map(|skip| record.flag(skip)) {
            [false, _] => "Pending Printing",
            [true, false] => "Pending Email",
            [true, true] => "Open",
        }
    }
}

/// The commitment that a line of a bill or change order names by type and number.
pub(super) fn find<'b>(books: &'b Books, kind: &str, number: &str) -> Option<(&'static Kind, &'b Item)> {
    match kind {
        "Subcontract" => books.find("Subcontract", &[number]).map(|item| (&SUBCONTRACT, item)),
        "Normal" | "Normal Purchase Order" => books.find("PurchaseOrder", &["Normal", number]).map(|item| (&PURCHASE_ORDER, item)),
        other => books.find("PurchaseOrder", &[other, number]).map(|item| (&PURCHASE_ORDER, item)),
    }
}

/// The line of a commitment with this number.
pub(super) fn line_of(record: &Record, number: Decimal) -> Option<&Record> {
    record.lines("Details").iter().filter_map(Value::as_record).find(|line| line.number("LineNbr") == number)
}

/// Total = lines + tax + retainage, where the lines are net of retainage.
pub(super) fn total(kind: &Kind, record: &mut Record, lines: &[Record]) {
    let sum = |name: &str| lines.iter().map(|line| line.number(name)).sum::<Decimal>();
    let (net, retained) = (sum("Amount"), sum(kind.line.retained));
    record.default("DiscountTotal", Decimal::ZERO);
    record.default("TaxTotal", Decimal::ZERO);
    let whole = net - record.number("DiscountTotal") + record.number("TaxTotal") + retained;
    for (name, value) in [("LineTotal", net), ("RetainageTotal", retained), (kind.total, whole), ("ControlTotal", whole)] {
        record.set(name, value);
    }
}

/// What a line adds to the budget.
pub(super) enum Part {
    /// As it was ordered.
    Original,
    /// By a change order.
    Change,
}

/// Adds a quantity and an amount of a line to the commitments of its budget row.
pub(super) fn commit(books: &mut Books, kind: &Kind, line: &Record, (part, qty, amount): (Part, Decimal, Decimal)) {
    let group = invoices::group_of(books, line.word("InventoryID"));
    let key = BudgetKey {
        project: line.word("Project"),
        task: line.word(kind.task),
        group: &group,
        code: line.word("CostCode"),
        item: line.word("InventoryID"),
    };
    let rise = match part {
        Part::Original => Rise { committed: amount, committed_qty: qty, ..Rise::default() },
        Part::Change => Rise { changed: amount, changed_qty: qty, ..Rise::default() },
    };
    raise(books, &key, &rise);
}

/// Budgets show a commitment while it is open or done; its first opening brings the subcontractor's first invoice.
pub(super) fn settle(books: &mut Books, kind: &Kind, id: &str) {
    let Some(record) = books.get(kind.entity, id).map(|item| item.record.clone()) else { return };
    let open = ["Open", "Completed", "Closed"].contains(&record.word("Status"));
    if open == record.flag("Committed") {
        return;
    }
    let sign = if open { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
    for line in record.lines("Details").iter().filter_map(Value::as_record) {
        let (changed, changed_qty) = (line.number("ChangedAmount"), line.number("ChangedQty"));
        let original = (Part::Original, sign * (line.number(kind.line.qty) - changed_qty), sign * (line.number("ExtendedCost") - changed));
        commit(books, kind, line, original);
        if !changed.is_zero() || !changed_qty.is_zero() {
            commit(books, kind, line, (Part::Change, sign * changed_qty, sign * changed));
        }
    }
    books.accumulate(kind.entity, id, |record| record.set("Committed", open));
    if open && !record.flag("Invoiced") && kind.entity == SUBCONTRACT.entity {
        books.accumulate(kind.entity, id, |record| record.set("Invoiced", true));
        invoices::invoice(books, id);
    }
}
