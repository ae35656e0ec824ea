//! How does an imitated Acumatica behave on the wire? Pro forma invoices: made by the billing of a project, filled in, released.

use super::{ActionRule, Rules, Target};
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::draft::Draft;
use crate::sandbox::acumatica::fields::{Fields, guid};
use crate::sandbox::acumatica::periods;
use crate::sandbox::acumatica::upsert::next_number;
use crate::value::{Decimal, Record, Value, round_half_up};

/// Rules of pro forma invoices (PM307000).
pub(super) struct ProFormaRules;

const TAB: &str = "ProgressBilling";

impl Rules for ProFormaRules {
    fn prefix(&self) -> &'static str {
        "PF"
    }

    fn has_passing_line_ids(&self) -> bool {
        true
    }

    fn title(&self) -> &'static str {
        "Pro Forma Invoice"
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        if draft.new {
            return draft.refuse_record("A pro forma invoice is made by the billing of its project.");
        }
        let status = draft.before.word("Status").to_owned();
        let bound = draft.changed.iter().find(|field| !["Hold", "note"].contains(&field.as_str())).cloned();
        if let Some(field) = bound.filter(|_| status != "On Hold") {
            draft.refuse_record(format!("The document cannot be changed ({field}): its status is {status}."));
        }
        if draft.changed.contains("ProjectID") {
            draft.refuse("ProjectID", "The project of a pro forma invoice cannot be changed.");
        }
        periods::judge(draft, books, ("InvoiceDate", "AR"));
        let mut lines = draft.take_lines(TAB);
        for (at, line) in lines.iter_mut().enumerate() {
            if draft.touch(TAB, at).is_some() {
                judge_line(draft, at, line);
            }
        }
        total(&mut draft.record, &lines);
        draft.put_lines(TAB, lines);
        let status = match (status.as_str(), draft.record.flag("Hold")) {
            ("On Hold", false) => off_hold(books),
            ("Open" | "Pending Approval" | "Rejected", true) => "On Hold",
            (kept, _) => kept,
        };
        draft.record.set("Status", status);
    }

    fn keeps(&self, item: &Item, _books: &Books) -> Option<String> {
        let status = item.record.word("Status");
        (status == "Closed").then(|| "The document cannot be deleted: its status is Closed.".to_owned())
    }

    fn workflow_actions(&self) -> &'static [&'static str] {
        &["Hold", "RemoveHold", "Approve", "Reject", "Release"]
    }

    fn action(&self, name: &str) -> Option<ActionRule> {
        let rule = |title, from, long, run| ActionRule { title, from, long, run };
        Some(match name {
            "HoldProFormaInvoice" | "Hold" => {
                rule("Hold", &["Open", "Pending Approval", "Rejected"], false, |books, target| turn(books, target, "On Hold"))
            }
            "RemoveProFormaInvoiceFromHold" | "RemoveHold" => rule("Remove Hold", &["On Hold"], false, |books, target| {
                let status = off_hold(books);
                turn(books, target, status)
            }),
            "ApproveProFormaInvoice" | "Approve" => {
                rule("Approve", &["Pending Approval"], false, |books, target| turn(books, target, "Open"))
            }
            "RejectProFormaInvoice" | "Reject" => {
                rule("Reject", &["Pending Approval"], false, |books, target| turn(books, target, "Rejected"))
            }
            "ReleaseProFormaInvoice" | "Release" => rule("Release", &["Open"], true, release),
            _ => return None,
        })
    }
}

fn off_hold(books: &Books) -> &'static str {
    if books.options.approvals.contains("ProFormaInvoice") { "Pending Approval" } else { "Open" }
}

fn turn(books: &mut Books, target: &Target, status: &str) -> Result<(), String> {
    books.change("ProFormaInvoice", &target.id, |record| {
        record.set("Status", status);
        record.set("Hold", status == "On Hold");
    });
    Ok(())
}

/// A line stands for a line of the revenue budget; what is typed for it is work done, stored material, or both in one.
fn judge_line(draft: &mut Draft, at: usize, line: &mut Record) {
    let Some(touch) = draft.touch(TAB, at) else { return };
    let changed = touch.changed.clone();
    if touch.new {
        return draft.refuse_line((TAB, at), "ProjectTaskID", "The revenue budget of the project has no such line.");
    }
    if changed.contains("Amount") || changed.contains("StoredMaterial") {
        line.set("AmountToInvoice", line.number("Amount") + line.number("StoredMaterial"));
    } else if changed.contains("AmountToInvoice") {
        line.set("Amount", line.number("AmountToInvoice") - line.number("StoredMaterial"));
    }
    let (amount, budget) = (line.number("AmountToInvoice"), line.number("RevisedBudgetedAmount"));
    if changed.contains("RetainageAmount") && !changed.contains("Retainage") {
        line.set("Retainage", percent(line.number("RetainageAmount"), amount));
    } else {
        line.set("RetainageAmount", round_half_up(amount * line.number("Retainage") / Decimal::ONE_HUNDRED, 2));
    }
    line.set("CurrentInvoiced", percent(amount, budget));
    line.set("TotalCompleted", percent(amount + line.number("PreviouslyInvoiced"), budget));
}

fn percent(part: Decimal, whole: Decimal) -> Decimal {
    if whole.is_zero() { Decimal::ZERO } else { round_half_up(part / whole * Decimal::ONE_HUNDRED, 6) }
}

fn total(record: &mut Record, lines: &[Record]) {
    let sum = |name: &str| lines.iter().map(|line| line.number(name)).sum::<Decimal>();
    let (whole, kept) = (sum("AmountToInvoice"), sum("RetainageAmount"));
    for (field, value) in [("ProgressBillingTotal", whole), ("InvoiceTotal", whole), ("RetainageTotal", kept), ("AmountDue", whole - kept)]
    {
        record.set(field, value);
    }
    for field in ["TimeAndMaterialTotal", "TaxTotal"] {
        record.set(field, Decimal::ZERO);
    }
}

/// The billing of a project (its action RunProjectBilling): a pro forma with a line for each line of the revenue budget.
pub(super) fn bill_project(books: &mut Books, target: &Target) -> Result<(), String> {
    let Some(project) = books.get("Project", &target.id).map(|item| item.record.clone()) else { return Ok(()) };
    let code = project.word("ProjectID");
    if project.lacks("Customer") {
        return Err(format!("The project '{code:<10}' has no customer and cannot be billed."));
    }
    let today = books.today();
    periods::check_day(books, &today.to_string(), "AR")?;
    let rows: Vec<Record> = books
        .sorted("ProjectBudget")
        .into_iter()
        .filter(|row| row.record.word("ProjectID") == code && row.record.word("Type") == "Income")
        .map(|row| row.record.clone())
        .collect();
    let Some(entity) = books.entity("ProFormaInvoice").cloned().filter(|_| !rows.is_empty()) else {
        return Err(format!("The project '{code:<10}' has nothing to bill: its revenue budget is empty."));
    };
    let mut record = Record::from_iter([
        ("ProjectID", Value::from(code)),
        ("CustomerID", project.word("Customer").into()),
        ("Location", "MAIN".into()),
        ("Status", "On Hold".into()),
        ("Hold", true.into()),
        ("InvoiceDate", today.to_string().into()),
        ("EffectiveDate", today.to_string().into()),
        ("PostPeriod", crate::sandbox::acumatica::ledger::period(today).into()),
        ("Description", project.word("Description").into()),
        ("CurrencyID", "USD".into()),
    ]);
    let number = next_number(books, &entity, &record);
    let mut lines: Vec<Record> = rows.iter().map(|row| progress_line(books, &number, row)).collect();
    total(&mut record, &lines);
    record.set("FinancialDetails", Record::from_iter([("Branch", "MAIN"), ("Terms", "30D")]));
    record.set(TAB, lines.drain(..).map(Value::Record).collect::<Vec<_>>());
    record.set("RefNbr", number);
    books.insert("ProFormaInvoice", record);
    let day = today.to_string();
    books.accumulate("Project", &target.id, |project| project.set_at("BillingAndAllocationSettings.LastBillingDate", day));
    Ok(())
}

fn progress_line(books: &Books, number: &str, row: &Record) -> Record {
    let key = ["ProjectTaskID", "CostCode", "InventoryID"].map(|field| row.word(field));
    let pending = row.number("PendingInvoiceAmount");
    let mut line = Record::from_iter([
        ("id", Value::text(guid(books.seed(), &["progress", number, key[0], key[1], key[2]]))),
        ("ProjectTaskID", key[0].into()),
        ("CostCode", key[1].into()),
        ("InventoryID", key[2].into()),
        ("AccountGroup", row.word("AccountGroup").into()),
        ("Description", row.word("Description").into()),
        ("RevisedBudgetedAmount", row.number("RevisedBudgetedAmount").into()),
        ("PreviouslyInvoiced", row.number("ActualAmount").into()),
        ("ActualAmount", row.number("ActualAmount").into()),
        ("Amount", pending.into()),
        ("AmountToInvoice", pending.into()),
        ("Retainage", row.number("Retainage").into()),
        ("SalesAccount", "40000".into()),
        ("Branch", "MAIN".into()),
    ]);
    line.set("RetainageAmount", round_half_up(pending * row.number("Retainage") / Decimal::ONE_HUNDRED, 2));
    line.set("TotalCompleted", percent(row.number("ActualAmount") + pending, row.number("RevisedBudgetedAmount")));
    line
}

/// The document is closed, and a receivables invoice on hold takes its place.
fn release(books: &mut Books, target: &Target) -> Result<(), String> {
    let Some(draft) = books.get("ProFormaInvoice", &target.id).map(|item| item.record.clone()) else { return Ok(()) };
    let Some(entity) = books.entity("Invoice").cloned() else { return Ok(()) };
    let day = draft.word("InvoiceDate");
    periods::check(books, draft.word("PostPeriod"), "AR")?;
    let mut invoice = Record::from_iter([
        ("Type", Value::from("Invoice")),
        ("Status", "On Hold".into()),
        ("Hold", true.into()),
        ("Customer", draft.word("CustomerID").into()),
        ("Project", draft.word("ProjectID").into()),
        ("Date", day.into()),
        ("PostPeriod", draft.word("PostPeriod").into()),
        ("Description", draft.word("Description").into()),
        ("CustomerOrder", draft.word("ExternalRefNbr").into()),
        ("RetainageApply", (!draft.number("RetainageTotal").is_zero()).into()),
        ("Amount", draft.number("AmountDue").into()),
        ("Balance", draft.number("AmountDue").into()),
    ]);
    let number = next_number(books, &entity, &invoice);
    let billed = draft.lines(TAB).iter().filter_map(Value::as_record).filter(|line| !line.number("AmountToInvoice").is_zero());
    let lines: Vec<Value> = billed.zip(1i64..).map(|(line, at)| invoice_line(books, (&number, at), line).into()).collect();
    invoice.set("Details", lines);
    invoice.set("ReferenceNbr", number.as_str());
    books.insert("Invoice", invoice);
    books.change("ProFormaInvoice", &target.id, |record| {
        record.set("Status", "Closed");
        record.set_at("FinancialDetails.ARDocType", "Invoice");
        record.set_at("FinancialDetails.ARRefNbr", number);
    });
    Ok(())
}

fn invoice_line(books: &Books, (number, at): (&str, i64), line: &Record) -> Record {
    let amount = line.number("AmountToInvoice");
    Record::from_iter([
        ("id", Value::text(guid(books.seed(), &["invoiced", number, &at.to_string()]))),
        ("LineNbr", at.into()),
        ("ProjectTask", line.word("ProjectTaskID").into()),
        ("CostCode", line.word("CostCode").into()),
        ("TransactionDescription", line.word("Description").into()),
        ("Qty", Decimal::ZERO.into()),
        ("ExtendedPrice", amount.into()),
        ("RetainagePct", line.number("Retainage").into()),
        ("CuryRetainageAmt", line.number("RetainageAmount").into()),
        ("Amount", (amount - line.number("RetainageAmount")).into()),
        ("Account", line.word("SalesAccount").into()),
        ("AccountGroup", line.word("AccountGroup").into()),
    ])
}
