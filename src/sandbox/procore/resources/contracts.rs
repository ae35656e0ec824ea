//! How do both systems behave on the wire? What Procore's contracts of all kinds share: totals from their lines, locks once
//! approved.

use super::super::call::Call;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Rules, Shown};
use super::super::state::{State, currency, money, number, reference};
use super::super::store::{Collection, Row};
use super::super::write::{Draft, Place, refusal};
use super::lines;
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::value::{Decimal, Record, Value};

/// One kind of contract: subcontracts, purchase orders or prime contracts.
pub(crate) struct Kind {
    /// Headers.
    pub(crate) contracts: &'static Rules,
    /// Lines.
    pub(crate) lines: &'static Rules,
    /// The member of a body that holds a header.
    pub(crate) item: &'static str,
}

/// Fields of a line that an approved contract leaves open: what the integration writes back.
const OPEN_FIELDS: [&str; 3] = ["origin_id", "origin_data", "wbs_code_id"];
/// The collections of contracts.
const CONTRACTS: [Collection; 3] = [Collection::WorkOrderContracts, Collection::PurchaseOrders, Collection::PrimeContracts];

/// Checks a header.
pub(crate) fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    for (field, usual) in [("status", "Draft"), ("accounting_method", "amount")] {
        if draft.row.value(field).is_null() {
            draft.row.fields.set(field, usual);
        }
    }
    let vendor = draft.row.reference("vendor_id");
    if vendor.is_some_and(|id| state.store.alive(Collection::Vendors, id).is_none()) {
        reasons.add("vendor_id", "is not a company of the directory");
    }
    if draft.old.as_ref().is_some_and(is_closed) {
        for field in ["vendor_id", "accounting_method"].into_iter().filter(|field| draft.changes(field)) {
            reasons.add(field, "cannot change once the contract is approved");
        }
    }
}

/// Checks a line; `open` where the contract does not close its lines.
pub(crate) fn settle_line(state: &mut State, draft: &mut Draft, reasons: &mut Reasons, (lines, open): (Collection, bool)) {
    lines::settle_code(state, draft, reasons);
    lines::settle_amount(draft, reasons);
    let closed = !open && draft.row.parent.and_then(|id| contract(state, id)).is_some_and(is_closed);
    if closed && (draft.old.is_none() || draft.changed().iter().any(|name| !OPEN_FIELDS.contains(name))) {
        reasons.add("base", "the schedule of values cannot change once the contract is approved");
    }
    lines::settle_position(state, lines, draft);
}

/// A contract of whatever kind.
pub(crate) fn contract(state: &State, id: i64) -> Option<&Row> {
    CONTRACTS.iter().find_map(|collection| state.store.alive(*collection, id))
}

/// Approved, Complete and Closed lock company and lines, and forbid deletion (BR-07).
pub(crate) fn is_closed(contract: &Row) -> bool {
    matches!(contract.fields.text("status"), Some("Approved" | "Complete" | "Closed"))
}

/// What a contract comes to before its changes. Somebody may have typed a header that its lines do not add up to.
pub(crate) fn original(state: &State, kind: &Kind, row: &Row) -> Decimal {
    lines::total(state, kind.lines.collection, row.id) + number(row, "off_by")
}

/// The sum of the packages on a contract that have this status.
pub(crate) fn changes(state: &State, contract: i64, status: &[&str]) -> Decimal {
    let packages = state.store.of_parent(Collection::ChangeOrderPackages, contract).filter(|row| row.deleted_at.is_none());
    packages
        .filter(|row| row.fields.text("status").is_some_and(|own| status.contains(&own)))
        .map(|row| super::packages::total(state, row.id))
        .sum()
}

/// Sums, company and project of a commitment.
pub(crate) fn show(state: &State, kind: &Kind, row: &Row, (record, shown): (&mut Record, Shown)) {
    let total = original(state, kind, row);
    let (approved, pending) = (changes(state, row.id, &["approved"]), changes(state, row.id, &["pending", "pricing", "proceeding"]));
    let payments = state.store.of_parent(Collection::ContractPayments, row.id).filter(|row| row.deleted_at.is_none());
    let paid: Decimal = payments.map(|payment| number(payment, "amount")).sum();
    for (name, sum) in [
        ("grand_total", total),
        ("revised_contract", total + approved),
        ("pending_revised_contract", total + approved + pending),
        ("remaining_balance_outstanding", total + approved - paid),
        ("approved_change_orders", approved),
        ("pending_change_orders", pending),
        ("draft_change_orders_amount", changes(state, row.id, &["draft"])),
        ("total_payments", paid),
        ("total_requisitions_amount", super::requisitions::billed(state, row.id)),
        ("total_draw_requests_amount", Decimal::ZERO),
        ("percentage_paid", Decimal::ZERO),
    ] {
        record.set(name, money(sum));
    }
    record.remove("vendor_id");
    record.remove("off_by");
    let vendor = row.reference("vendor_id").and_then(|id| state.store.get(Collection::Vendors, id));
    record.set("vendor", vendor.map_or(Value::Null, |vendor| contract_company(vendor, shown)));
    record.set("project", state.project_ref(row.project));
    record.set("currency_configuration", currency());
    record.set("requisitions_are_enabled", true);
    record.set("show_line_items_to_non_admins", false);
    if shown == Shown::Whole {
        record.set("line_items", shown_lines(state, kind, row.id));
    }
}

/// The lines of a contract as it shows them when it is asked for alone.
pub(crate) fn shown_lines(state: &State, kind: &Kind, id: i64) -> Vec<Value> {
    let lines = lines::of(state, kind.lines.collection, id).into_iter();
    lines.map(|line| state.show(kind.lines, line, Shown::Listed).into()).collect()
}

/// Only the whole contract tells the external id of its company.
fn contract_company(vendor: &Row, shown: Shown) -> Value {
    let company = reference(vendor.id, "company", vendor.value("name"));
    let Value::Record(mut record) = company else { return company };
    if shown == Shown::Whole {
        record.set("origin_id", vendor.value("origin_id"));
        record.set("origin_data", vendor.value("origin_data"));
    }
    record.into()
}

impl Kind {
    pub(crate) fn list(&self, state: &mut State, call: &Call) -> Result<Response, Problem> {
        let project = state.project(call)?.id;
        Ok(state.list(self.contracts, call, state.store.of_project(self.contracts.collection, project)))
    }

    pub(crate) fn show_one(&self, state: &mut State, call: &Call) -> Result<Response, Problem> {
        let id = self.found(state, call, "id")?.id;
        Ok(json_answer(200, &state.shown(self.contracts, id, Shown::Whole)))
    }

    pub(crate) fn create(&self, state: &mut State, call: &Call) -> Result<Response, Problem> {
        let project = Some(state.project(call)?.id);
        state.create(self.contracts, call, self.item, Place { project, parent: None })
    }

    pub(crate) fn update(&self, state: &mut State, call: &Call) -> Result<Response, Problem> {
        let old = self.found(state, call, "id")?;
        state.update(self.contracts, call, self.item, &old)
    }

    /// Deletes softly: `filters[include_deleted]` still shows it.
    pub(crate) fn delete(&self, state: &mut State, call: &Call) -> Result<Response, Problem> {
        let mut row = self.found(state, call, "id")?;
        if is_closed(&row) || row.origin_id().is_some() {
            return Err(refusal(self.contracts, Reasons::one("base", "a contract that is approved or synced cannot be deleted")));
        }
        (row.deleted_at, row.updated_at) = (Some(state.now), state.now);
        let id = row.id;
        state.store.put(self.contracts.collection, row);
        Ok(json_answer(200, &state.shown(self.contracts, id, Shown::Listed)))
    }

    pub(crate) fn sync(&self, state: &mut State, call: &Call) -> Result<Response, Problem> {
        let project = Some(state.project(call)?.id);
        state.sync(self.contracts, call, Place { project, parent: None })
    }

    pub(crate) fn list_lines(&self, state: &mut State, call: &Call) -> Result<Response, Problem> {
        let contract = self.found(state, call, "contract_id")?.id;
        Ok(state.list(self.lines, call, lines::of(state, self.lines.collection, contract).into_iter()))
    }

    pub(crate) fn show_line(&self, state: &mut State, call: &Call) -> Result<Response, Problem> {
        let (_, line) = self.found_line(state, call)?;
        Ok(json_answer(200, &state.shown(self.lines, line.id, Shown::Whole)))
    }

    pub(crate) fn create_line(&self, state: &mut State, call: &Call) -> Result<Response, Problem> {
        let contract = self.found(state, call, "contract_id")?;
        state.create(self.lines, call, "line_item", Place { project: contract.project, parent: Some(contract.id) })
    }

    pub(crate) fn update_line(&self, state: &mut State, call: &Call) -> Result<Response, Problem> {
        let (_, line) = self.found_line(state, call)?;
        state.update(self.lines, call, "line_item", &line)
    }

    pub(crate) fn delete_line(&self, state: &mut State, call: &Call) -> Result<Response, Problem> {
        let (contract, line) = self.found_line(state, call)?;
        if is_closed(&contract) || line.origin_id().is_some() {
            return Err(refusal(self.lines, Reasons::one("base", "a line that is approved or synced cannot be deleted")));
        }
        state.store.remove(self.lines.collection, line.id);
        state.touch(Some(self.contracts.collection), Some(contract.id));
        Ok(json_answer(200, &Record::from_iter([("id", Value::from(line.id))]).into()))
    }

    pub(crate) fn sync_lines(&self, state: &mut State, call: &Call) -> Result<Response, Problem> {
        let contract = self.found(state, call, "contract_id")?;
        state.sync(self.lines, call, Place { project: contract.project, parent: Some(contract.id) })
    }

    fn found(&self, state: &State, call: &Call, id: &str) -> Result<Row, Problem> {
        let project = state.project(call)?.id;
        state.of_project(self.contracts.collection, project, call.id(id)).cloned()
    }

    fn found_line(&self, state: &State, call: &Call) -> Result<(Row, Row), Problem> {
        let contract = self.found(state, call, "contract_id")?;
        let line = lines::found(state, self.lines.collection, contract.id, call.id("id"))?;
        Ok((contract, line))
    }
}
