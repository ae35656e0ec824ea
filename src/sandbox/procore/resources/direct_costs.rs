//! How do both systems behave on the wire? Procore's direct costs: immutable, lines and all, once they carry an external id.

use super::super::call::Call;
use super::super::fields::Via;
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Lock, Refusal, Rules, Shown};
use super::super::state::{State, currency, money, reference};
use super::super::store::{Collection, Row};
use super::super::write::{Draft, Place, SYNCED, refusal};
use super::direct_cost_lines::DIRECT_COST_LINES;
use super::lines;
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::schema::Kind;
use crate::value::{Record, Value};

/// Direct costs.
pub(crate) static DIRECT_COSTS: Rules = Rules {
    collection: Collection::DirectCosts,
    schema: Some("procore/direct_costs"),
    extra: &[("vendor_id", Kind::Integer), ("employee_id", Kind::Integer), ("currency_iso_code", Kind::Text)],
    required: &["direct_cost_type"],
    lock: Lock::Whole,
    refusal: Refusal::Conflict,
    filters: &["id", "origin_id", "invoice_number", "created_at", "updated_at", "payment_date", "received_date"],
    settle,
    show,
    ..Rules::USUAL
};

fn settle(state: &mut State, draft: &mut Draft, reasons: &mut Reasons) {
    if draft.row.value("status").is_null() {
        draft.row.fields.set("status", "draft");
    }
    // Only the v1.1 create knows subcontractor invoices.
    if draft.via == Via::Sync && draft.changes("direct_cost_type") && draft.row.fields.text("direct_cost_type") == Some(SUBCONTRACTOR) {
        reasons.add("direct_cost_type", "is not included in the list");
    }
    let vendor = draft.row.reference("vendor_id");
    if vendor.is_some_and(|id| state.store.alive(Collection::Vendors, id).is_none()) {
        reasons.add("vendor_id", "is not a company of the directory");
    }
}

/// The type that can be written and is never read back.
const SUBCONTRACTOR: &str = "subcontractor_invoice";

fn show(state: &State, row: &Row, record: &mut Record, shown: Shown) {
    let total = money(lines::total(state, Collection::DirectCostLines, row.id));
    if record.text("direct_cost_type") == Some(SUBCONTRACTOR) {
        record.set("direct_cost_type", "invoice");
    }
    let vendor = row.reference("vendor_id").and_then(|id| state.store.get(Collection::Vendors, id));
    let name = vendor.map(|vendor| vendor.value("name")).unwrap_or_default();
    let employee = record.remove("employee_id").filter(|id| !id.is_null());
    record.set("employee", employee.map_or(Value::Null, |id| Record::from_iter([("id", id)]).into()));
    record.set("vendor_name", name.clone());
    record.set("grand_total", total.clone());
    record.set("currency_configuration", currency());
    match shown {
        Shown::Listed => {
            record.set("amount", total);
            record.set("vendor", name);
        }
        Shown::Whole => {
            let lines = lines::of(state, Collection::DirectCostLines, row.id);
            record.set("vendor", vendor.map_or(Value::Null, |vendor| reference(vendor.id, "name", name)));
            record.set("company", state.company_ref());
            record.set("project", state.project_ref(row.project));
            record.set("line_items_count", Value::from(i64::try_from(lines.len()).unwrap_or(i64::MAX)));
            let lines = lines.into_iter().map(|line| state.show(&DIRECT_COST_LINES, line, Shown::Listed).into());
            record.set("line_items", lines.collect::<Vec<Value>>());
        }
    }
}

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    Ok(state.list(&DIRECT_COSTS, call, state.store.of_project(Collection::DirectCosts, project)))
}

pub(crate) fn show_one(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let id = found(state, call, "id")?.id;
    Ok(json_answer(200, &state.shown(&DIRECT_COSTS, id, Shown::Whole)))
}

/// Creates a direct cost with its lines, all or nothing. The external id goes on last: it would lock the lines out.
pub(crate) fn create(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = Some(state.project(call)?.id);
    let (mut header, sent_lines) = apart(call.item("direct_cost")?);
    let origin = header.remove("origin_id");
    let (fields, reasons) = state.read_plain(&DIRECT_COSTS, &header)?;
    let draft = state.draft(Place { project, parent: None }, fields, Via::Plain);
    let id = state.keep(&DIRECT_COSTS, draft, reasons).map_err(|reasons| refusal(&DIRECT_COSTS, reasons))?;
    let made = write_lines(state, Place { project, parent: Some(id) }, &sent_lines).and_then(|()| lock(state, id, origin));
    if let Err(problem) = made {
        let lines: Vec<i64> = state.store.of_parent(Collection::DirectCostLines, id).map(|line| line.id).collect();
        for line in lines {
            state.store.remove(Collection::DirectCostLines, line);
        }
        state.store.remove(Collection::DirectCosts, id);
        return Err(problem);
    }
    Ok(json_answer(201, &state.shown(&DIRECT_COSTS, id, Shown::Whole)))
}

/// Changes a direct cost and the lines that are named, all or nothing.
pub(crate) fn update(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let old = found(state, call, "id")?;
    let old_lines: Vec<Row> = state.store.of_parent(Collection::DirectCostLines, old.id).cloned().collect();
    let (mut header, sent_lines) = apart(call.item("direct_cost")?);
    let origin = header.remove("origin_id");
    let (fields, reasons) = state.read_plain(&DIRECT_COSTS, &header)?;
    let draft = State::redraft(&old, &fields, Via::Plain);
    state.keep(&DIRECT_COSTS, draft, reasons).map_err(|reasons| refusal(&DIRECT_COSTS, reasons))?;
    let place = Place { project: old.project, parent: Some(old.id) };
    if let Err(problem) = write_lines(state, place, &sent_lines).and_then(|()| lock(state, old.id, origin)) {
        let now: Vec<i64> = state.store.of_parent(Collection::DirectCostLines, old.id).map(|line| line.id).collect();
        for line in now {
            state.store.remove(Collection::DirectCostLines, line);
        }
        for line in old_lines {
            state.store.put(Collection::DirectCostLines, line);
        }
        state.store.put(Collection::DirectCosts, old);
        return Err(problem);
    }
    Ok(json_answer(200, &state.shown(&DIRECT_COSTS, old.id, Shown::Whole)))
}

/// Deletes softly; refused while an external id is on it.
pub(crate) fn delete(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let mut row = found(state, call, "id")?;
    if row.origin_id().is_some() {
        return Err(refusal(&DIRECT_COSTS, Reasons::one("base", SYNCED)));
    }
    (row.deleted_at, row.updated_at) = (Some(state.now), state.now);
    let lines: Vec<i64> = state.store.of_parent(Collection::DirectCostLines, row.id).map(|line| line.id).collect();
    for line in lines {
        state.store.remove(Collection::DirectCostLines, line);
    }
    let id = row.id;
    state.store.put(Collection::DirectCosts, row);
    Ok(json_answer(200, &Record::from_iter([("id", Value::from(id))]).into()))
}

pub(crate) fn sync(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = Some(state.project(call)?.id);
    state.sync(&DIRECT_COSTS, call, Place { project, parent: None })
}

/// The direct cost of this project that the path names.
pub(crate) fn found(state: &State, call: &Call, id: &str) -> Result<Row, Problem> {
    let project = state.project(call)?.id;
    state.of_project(Collection::DirectCosts, project, call.id(id)).cloned()
}

/// Header and lines of what was sent.
fn apart(sent: &Record) -> (Record, Vec<Record>) {
    let mut header = sent.clone();
    let lines = header.remove("line_items").unwrap_or_default();
    (header, lines.as_list().unwrap_or_default().iter().filter_map(|line| line.as_record().cloned()).collect())
}

fn lock(state: &mut State, id: i64, origin: Option<Value>) -> Result<(), Problem> {
    let (Some(origin), Some(row)) = (origin, state.store.get(Collection::DirectCosts, id).cloned()) else { return Ok(()) };
    let draft = State::redraft(&row, &Record::from_iter([("origin_id", Value::text(origin.plain()))]), Via::Plain);
    state.keep(&DIRECT_COSTS, draft, Reasons::default()).map(|_| ()).map_err(|reasons| refusal(&DIRECT_COSTS, reasons))
}

/// Lines inside a direct cost are written in words of their own: `manual_amount`, and no `cost_code_id`.
fn write_lines(state: &mut State, place: Place, sent: &[Record]) -> Result<(), Problem> {
    for line in sent {
        let mut line = line.clone();
        for other in ["amount", "extended_type", "cost_code_id", "line_item_type_id"] {
            if line.get(other).is_some() {
                return Err(Problem::NotAcceptable(format!("unknown attribute: line_items.{other}")));
            }
        }
        line.remove("ref");
        if let Some(amount) = line.remove("manual_amount") {
            line.set("amount", amount);
            line.set("extended_type", "manual");
        }
        let (mut fields, reasons) = state.read_plain(&DIRECT_COST_LINES, &line)?;
        fields.remove("direct_cost_id");
        let old = match super::super::call::sent_id(&line, "id") {
            Some(id) => Some(lines::found(state, Collection::DirectCostLines, place.parent.unwrap_or_default(), id)?),
            None => None,
        };
        let draft = match old {
            Some(old) => State::redraft(&old, &fields, Via::Plain),
            None => state.draft(place, fields, Via::Plain),
        };
        state.keep(&DIRECT_COST_LINES, draft, reasons).map_err(|reasons| refusal(&DIRECT_COSTS, reasons))?;
    }
    Ok(())
}
