//! How do both systems behave on the wire? Procore's prime contracts: plain writes for the header, `sync` for the lines.

use super::super::fields::Via;
use super::super::problem::Reasons;
use super::super::rules::{Refusal, Rules, Shown};
use super::super::state::{State, currency, money, reference};
use super::super::store::{Collection, Row};
use super::super::write::Draft;
use super::contracts::{Kind, changes, original, settle, settle_line, shown_lines};
use super::lines;
use crate::schema::Kind as FieldKind;
use crate::value::{Record, Value};

/// Contracts with owners.
pub(crate) static PRIME: Kind = Kind { contracts: &PRIME_CONTRACTS, lines: &PRIME_LINES, item: "prime_contract" };

/// Headers. The integration writes them by the same calls as people do, so an external id locks nothing here.
pub(crate) static PRIME_CONTRACTS: Rules = Rules {
    collection: Collection::PrimeContracts,
    schema: Some("procore/prime_contracts"),
    extra: &[
        ("vendor_id", FieldKind::Integer),
        ("contractor_id", FieldKind::Integer),
        ("architect_id", FieldKind::Integer),
        ("contract_start_date", FieldKind::Date),
        ("contract_estimated_completion_date", FieldKind::Date),
        ("actual_completion_date", FieldKind::Date),
    ],
    refusal: Refusal::Conflict,
    filters: &["id", "updated_at"],
    settle,
    show,
    ..Rules::USUAL
};

/// Lines. Those of an approved contract change through `sync` alone: accounting may be imported again (BR-02).
pub(crate) static PRIME_LINES: Rules = Rules {
    collection: Collection::PrimeLines,
    schema: Some("procore/prime_contracts"),
    lines: Some("line_items"),
    extra: lines::WRITTEN,
    large_is_413: true,
    filters: &["id", "created_at", "updated_at", "cost_code_id", "line_item_type_id"],
    part_of: Some(Collection::PrimeContracts),
    settle: |state: &mut State, draft: &mut Draft, reasons: &mut Reasons| {
        let synced = draft.via == Via::Sync;
        settle_line(state, draft, reasons, (Collection::PrimeLines, synced));
    },
    show: |state, row, record, _| lines::show(state, row, record, "PrimeContract"),
    ..Rules::USUAL
};

fn show(state: &State, row: &Row, record: &mut Record, shown: Shown) {
    let total = original(state, &PRIME, row);
    let approved = changes(state, row.id, &["approved"]);
    record.set("grand_total", money(total));
    record.set("approved_change_orders", money(approved));
    record.set(
        "retainage_percent",
        row.fields.get("retainage_percent").map_or(Value::Null, |value| match value {
            Value::Number(number) => money(*number),
            other => other.clone(),
        }),
    );
    for field in ["vendor", "contractor", "architect"] {
        let company = record.remove(&format!("{field}_id")).as_ref().and_then(super::super::store::whole);
        let company = company.and_then(|id| state.store.get(Collection::Vendors, id));
        record.set(
            field,
            company.map_or(Value::Null, |company| {
                let Value::Record(mut named) = reference(company.id, "name", company.value("name")) else { return Value::Null };
                named.set("origin_id", company.value("origin_id"));
                named.into()
            }),
        );
    }
    record.set("currency_configuration", currency());
    if shown == Shown::Whole {
        record.set("line_items_total", money(total));
        record.set("line_items_extended_total", money(total));
        record.set("revised_contract_amount", money(total + approved));
        record.set("line_items", shown_lines(state, &PRIME, row.id));
    }
}
