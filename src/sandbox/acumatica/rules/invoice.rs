//! How does an imitated Acumatica behave on the wire? What it will have of a customer's invoice, and what a released one earns.

use super::bill::off_hold;
use super::lines::{active_project, check_code, check_task, check_unit, is_touched, judge_lines};
use super::{ActionRule, Rules, Target};
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::draft::{Draft, cannot_be_found};
use crate::sandbox::acumatica::fields::Fields;
use crate::sandbox::acumatica::pricing::{LineNames, extend};
use crate::sandbox::acumatica::{invoices, periods, preparing};
use crate::value::{Decimal, Record};

/// Rules of receivables documents (AR301000).
pub(super) struct InvoiceRules;

const NAMES: LineNames = LineNames { qty: "Qty", unit: "UnitPrice", extended: "ExtendedPrice", retained: "CuryRetainageAmt" };
/// The income account where neither line nor project names one.
const INCOME: &str = "40000";

impl Rules for InvoiceRules {
    fn prefix(&self) -> &'static str {
        "AR"
    }

    fn has_passing_line_ids(&self) -> bool {
        true
    }

    fn title(&self) -> &'static str {
        "AR Document"
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        let status = draft.before.word("Status").to_owned();
        let editable = draft.new || ["On Hold", "Balanced", "Pending Approval", "Rejected"].contains(&status.as_str());
        if !editable && !draft.changed.is_empty() {
            draft.refuse_record(format!("The document cannot be changed: its status is {status}."));
        }
        judge_header(draft, books);
        let lines = judge_lines(draft, books, &NAMES, ["RetainageApply", "DefRetainagePct"], |draft, books, at, line| {
            judge_line(draft, books, at, line)
        });
        let total = lines.iter().map(|line| line.number("Amount")).sum::<Decimal>();
        draft.put_lines("Details", lines);
        if total < Decimal::ZERO {
            draft.refuse_record("The document balance cannot be negative; such a document is a credit memo.");
        }
        if editable {
            draft.record.set("Amount", total);
            draft.record.set("Balance", total);
            draft.record.set("Status", off_hold(draft, books, "Invoice"));
        }
    }

    fn keeps(&self, item: &Item, _books: &Books) -> Option<String> {
        let status = item.record.word("Status");
        (!["On Hold", "Balanced"].contains(&status)).then(|| format!("The document cannot be deleted: its status is {status}."))
    }

    fn workflow_actions(&self) -> &'static [&'static str] {
        &["Release"]
    }

    fn action(&self, name: &str) -> Option<ActionRule> {
        ["ReleaseInvoice", "Release"].contains(&name).then_some(ActionRule {
            title: "Release",
            from: &["Balanced"],
            long: true,
            run: release,
        })
    }
}

fn judge_header(draft: &mut Draft, books: &mut Books) {
    draft.record.default("Type", "Invoice");
    let named = draft.record.word("Project").to_owned();
    let touched = draft.new || draft.changed.contains("Project");
    let mut owner = None;
    if !named.is_empty() {
        match active_project(books, &named) {
            Ok(project) => {
                owner = books.find("Project", &[&project]).map(|item| item.record.word("Customer").to_owned());
                draft.record.set("Project", project);
            }
            Err(message) if touched => draft.refuse("Project", message),
            Err(_) => {}
        }
    }
    if let Some(owner) = owner.as_deref().filter(|owner| !owner.is_empty()) {
        draft.record.default("Customer", owner);
    }
    let customer = draft.record.word("Customer").to_uppercase();
    if !customer.is_empty() && !preparing::is_customer(books, &customer) {
        draft.refuse("Customer", cannot_be_found("Customer", &customer));
    } else if owner.is_some_and(|owner| owner != customer) {
        draft.refuse("Project", format!("The project '{named:<10}' belongs to another customer than '{customer}'."));
    }
    let today = books.today().to_string();
    draft.record.default("Date", today);
    periods::judge(draft, books, ("Date", "AR"));
    for (field, value) in [("Terms", "30D"), ("LinkBranch", "MAIN"), ("LocationID", "MAIN"), ("LinkARAccount", "11000")] {
        draft.record.default(field, value);
    }
    draft.record.default("Hold", true);
    draft.record.default("TaxTotal", Decimal::ZERO);
}

fn judge_line(draft: &mut Draft, books: &Books, at: usize, line: &mut Record) {
    let place = ("Details", at);
    let project = draft.record.word("Project").to_owned();
    if !project.is_empty() && is_touched(draft, place, "ProjectTask") {
        check_task(draft, books, place, (line, "ProjectTask", &project));
    }
    if !project.is_empty() && is_touched(draft, place, "CostCode") {
        check_code(draft, books, place, line);
    }
    if let Some(item) = line.text("InventoryID").map(str::to_owned)
        && books.find("NonStockItem", &[&item]).is_none()
    {
        draft.refuse_line(place, "InventoryID", cannot_be_found("NonStockItem", &item));
    }
    let usual = books.find("Project", &[&project]).and_then(|project| project.record.at("GLAccounts.DefaultAccount").cloned());
    line.default("Account", usual.unwrap_or_else(|| INCOME.into()));
    let code = line.word("Account").to_owned();
    match books.find("Account", &[&code]).map(|account| &account.record) {
        None => draft.refuse_line(place, "Account", cannot_be_found("Account", &code)),
        Some(account) if account.word("Type") != "Income" || account.word("AccountGroup").is_empty() => {
            draft.refuse_line(place, "Account", format!("Account '{code}' is not an income account of an account group."));
        }
        // Kept in the house: where the revenue goes.
        Some(account) => line.set("AccountGroup", account.word("AccountGroup")),
    }
    check_unit(draft, place, line);
    if let Some(touch) = draft.touch("Details", at) {
        extend(line, &NAMES, &touch.changed);
    }
    line.default("Branch", "MAIN");
}

/// The document is open, and the project has earned its lines.
pub(in crate::sandbox::acumatica) fn release(books: &mut Books, target: &Target) -> Result<(), String> {
    let Some(record) = books.get("Invoice", &target.id).map(|item| item.record.clone()) else { return Ok(()) };
    periods::check(books, record.word("PostPeriod"), "AR")?;
    books.change("Invoice", &target.id, |record| record.set("Status", "Open"));
    if !record.lacks("Project") {
        invoices::earn(books, &record);
    }
    Ok(())
}
