//! How do both systems behave on the wire? Procore's invoices to owners: a summary (G702), and lines when asked for alone (G703).

use super::super::call::Call;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Lock, Refusal, Rules, Shown};
use super::super::state::{State, cents, reference};
use super::super::store::{Collection, Row};
use super::super::write::Draft;
use super::{contracts, cost_codes, invoice_lines, wbs_codes};
use crate::connector::Response;
use crate::sandbox::company::Progress;
use crate::sandbox::wire::json_answer;
use crate::schema::Kind as FieldKind;
use crate::value::{Decimal, Record, Value};

/// Invoices to owners.
pub(crate) static PAYMENT_APPLICATIONS: Rules = Rules {
    collection: Collection::PaymentApplications,
    schema: Some("procore/payment_applications"),
    extra: &[
        ("period_start", FieldKind::Date),
        ("period_end", FieldKind::Date),
        ("billing_date", FieldKind::Date),
        ("invoice_number", FieldKind::Text),
        ("status", FieldKind::Text),
        ("origin_id", FieldKind::Text),
        ("origin_data", FieldKind::Text),
    ],
    lock: Lock::Whole,
    refusal: Refusal::Conflict,
    filters: &[],
    sorts: &[],
    settle,
    show,
    ..Rules::USUAL
};

fn settle(_: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    if !matches!(draft.row.fields.text("status"), Some("draft" | "under_review" | "revise_and_resubmit" | "approved")) {
        reasons.add("status", "is not included in the list");
    }
}

fn show(state: &State, row: &Row, record: &mut Record, shown: Shown) {
    let lines = invoice_lines::of(state, Collection::PaymentItems, row.id);
    let (to_date, scheduled): (Decimal, Decimal) =
        (lines.iter().map(|(_, item)| item.to_date()).sum(), lines.iter().map(|(_, item)| item.scheduled).sum());
    let contract = row.parent.and_then(|id| contracts::contract(state, id));
    let owner = contract.and_then(|contract| contract.reference("vendor_id")).and_then(|id| state.store.get(Collection::Vendors, id));
    let named = contract.map(|contract| {
        let Value::Record(mut named) = reference(contract.id, "title", contract.value("title")) else { return Value::Null };
        named.set("type", "PrimeContract");
        named.into()
    });
    for (field, value) in [
        ("g702", invoice_lines::sums(&lines, is_change).into()),
        ("percent_complete", Value::text(format!("{}%", invoice_lines::done(to_date, scheduled)))),
        ("total_amount_accrued_this_period", cents(lines.iter().map(|(_, item)| item.work).sum())),
        ("total_amount_paid", cents(Decimal::ZERO)),
        ("formatted_contract_company", owner.map(|owner| owner.value("name")).unwrap_or_default()),
        ("contract", named.unwrap_or_default()),
        ("billing_period", Record::from_iter([("start_date", row.value("period_start")), ("end_date", row.value("period_end"))]).into()),
        ("description_type", "automatic".into()),
        ("currency_configuration", Record::from_iter([("currency_iso_code", "USD")]).into()),
    ] {
        record.set(field, value);
    }
    if shown == Shown::Whole {
        record.set("g703", lines.iter().map(|(row, item)| line(state, row, item).into()).collect::<Vec<Value>>());
    }
}

fn is_change(row: &Row) -> bool {
    row.fields.text("origin_type") == Some("ChangeOrderPackage")
}

/// A line. What was stored before and built in counts as work of before: there is no field of its own for it here.
fn line(state: &State, row: &Row, item: &Progress) -> Record {
    let mut record = Record::from_iter([("id", Value::from(row.id))]);
    for (name, value) in invoice_lines::show(item) {
        record.set(name, value);
    }
    record.remove("comment");
    for (name, value) in [
        ("item_number", row.value("position")),
        ("origin_id", row.value("source")),
        ("origin_type", row.value("origin_type")),
        ("added_from_source", if is_change(row) { "change_order" } else { "contract" }.into()),
        ("added_from_source_id", row.value("source_of")),
        ("type", "line_item".into()),
        ("description_of_work", row.value("description_of_work")),
        ("description_override", Value::Null),
        ("cost_code", cost_codes::in_line(state, row.reference("cost_code_id"))),
        ("wbs_code", wbs_codes::in_line(state, row.reference("wbs_code_id"))),
        ("work_completed_from_previous_application", cents(item.work_before + item.moved)),
        ("balance_to_finish", cents(item.scheduled - item.to_date())),
        ("work_completed_retainage_currently_retained", cents(item.held_after())),
        ("work_completed_retainage_from_previous_application", cents(item.held_before + item.held_moved)),
        ("materials_stored_retainage_from_previous_application", cents(item.stored_held_before)),
        ("materials_stored_retainage_retained_this_period", cents(item.stored_held)),
        ("total_retainage_currently_retained", cents(item.held_after() + item.stored_held)),
        ("total_retainage_from_previous_application", cents(item.held_before + item.stored_held_before)),
        ("currency_configuration", Record::from_iter([("currency_iso_code", "USD")]).into()),
    ] {
        record.set(name, value);
    }
    record
}

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    Ok(state.list(&PAYMENT_APPLICATIONS, call, state.store.of_project(Collection::PaymentApplications, project)))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    let id = state.of_project(Collection::PaymentApplications, project, call.id("id"))?.id;
    Ok(json_answer(200, &state.shown(&PAYMENT_APPLICATIONS, id, Shown::Whole)))
}

pub(crate) fn list_of_contract(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    let contract = state.of_project(Collection::PrimeContracts, project, call.id("prime_contract_id"))?.id;
    Ok(state.list(&PAYMENT_APPLICATIONS, call, state.store.of_parent(Collection::PaymentApplications, contract)))
}

pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    let old = state.of_project(Collection::PaymentApplications, project, call.id("id"))?.clone();
    if old.parent != Some(call.id("prime_contract_id")) {
        return Err(Problem::NotFound);
    }
    state.update(&PAYMENT_APPLICATIONS, call, "payment_application", &old)
}
