//! How do both systems behave on the wire? Procore's budget codes: a cost code and a cost type of a project, dot between.

use super::super::call::{Call, sent_id};
use super::super::problem::{Problem, Reasons};
use super::super::rules::{Rules, Shown};
use super::super::state::{State, time};
use super::super::store::{Collection, Row};
use super::super::sync::{bulk_answer, bulk_rows};
use super::super::write::TAKEN;
use super::standard_cost_codes::full_code;
use super::sub_jobs;
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::value::{Record, Value};

/// Budget codes.
pub(crate) static WBS_CODES: Rules = Rules { collection: Collection::WbsCodes, filters: &["status", "updated_at"], show, ..Rules::USUAL };

/// A segment of every budget code.
#[derive(Clone, Copy)]
struct Segment {
    kind: &'static str,
    name: &'static str,
    /// Its id is the company's and this.
    id: i64,
    /// Its place in the code, from 1.
    position: i64,
    required: bool,
}

const SUB_JOB: Segment = Segment { kind: "sub_job", name: "Sub Job", id: 4, position: 1, required: false };
const COST_CODE: Segment = Segment { kind: "cost_code", name: "Cost Code", id: 1, position: 2, required: true };
const COST_TYPE: Segment = Segment { kind: "line_item_type", name: "Cost Type", id: 2, position: 3, required: true };

fn show(state: &State, row: &Row, record: &mut Record, _: Shown) {
    let items = parts(state, row);
    let joined = |field: &str| items.iter().filter_map(|item| item.text(field)).collect::<Vec<_>>().join(".");
    record.set("flat_code", joined("code"));
    record.set("flat_name", joined("name"));
    record.set("wbs_pattern_id", Value::from(state.company_id + 3));
    record.set("segment_items", items.into_iter().map(Value::from).collect::<Vec<Value>>());
    record.remove("cost_code_id");
    record.remove("line_item_type_id");
}

/// What a budget code is made of, as the items of invoices show it.
pub(crate) fn segments(state: &State, row: &Row) -> Vec<Value> {
    let short = |item: Record| {
        let segment = item.get("segment").and_then(Value::as_record).cloned().unwrap_or_default();
        let of = |record: &Record, field: &str| record.get(field).cloned().unwrap_or_default();
        let fields = [
            ("id", of(&item, "id")),
            ("code", of(&item, "code")),
            ("name", of(&item, "name")),
            ("segment_type", of(&segment, "type")),
            ("segment_id", of(&segment, "id")),
        ];
        Record::from_iter(fields).into()
    };
    parts(state, row).into_iter().map(short).collect()
}

fn parts(state: &State, row: &Row) -> Vec<Record> {
    let code = row.reference("cost_code_id").and_then(|id| state.store.get(Collection::CostCodes, id));
    let kind = row.reference("line_item_type_id").and_then(|id| state.store.get(Collection::LineItemTypes, id));
    let sub_job = code.and_then(|code| sub_jobs::of_code(state, code));
    let sub_job = sub_job.map(|row| item(state, row, &row.value("code").plain(), SUB_JOB));
    let code = code.map(|row| item(state, row, &full_code(state, Collection::CostCodes, row), COST_CODE));
    let kind = kind.map(|row| item(state, row, &row.value("code").plain(), COST_TYPE));
    sub_job.into_iter().chain(code).chain(kind).collect()
}

fn item(state: &State, row: &Row, code: &str, segment: Segment) -> Record {
    let shown = Record::from_iter([
        ("id", Value::from(state.company_id + segment.id)),
        ("type", segment.kind.into()),
        ("name", segment.name.into()),
        ("position", Value::from(segment.position)),
        ("required", segment.required.into()),
    ]);
    Record::from_iter([
        ("id", Value::from(row.id)),
        ("code", code.into()),
        ("name", row.value("name")),
        ("path_code", code.into()),
        ("status", "active".into()),
        ("created_at", time(row.created_at)),
        ("updated_at", time(row.updated_at)),
        ("segment", shown.into()),
    ])
}

/// A budget code as it stands in a line.
pub(crate) fn in_line(state: &State, id: Option<i64>) -> Value {
    let Some(row) = id.and_then(|id| state.store.get(Collection::WbsCodes, id)) else { return Value::Null };
    let fields = [("id", Value::from(row.id)), ("flat_code", flat_code(state, row).into()), ("description", row.value("description"))];
    Record::from_iter(fields).into()
}

/// `03-3000.SUBCON`.
pub(crate) fn flat_code(state: &State, row: &Row) -> String {
    parts(state, row).iter().filter_map(|item| item.text("code")).collect::<Vec<_>>().join(".")
}

/// The budget code of a pair, made when the project has it not.
pub(crate) fn of_pair(state: &mut State, project: i64, cost_code: i64, cost_type: i64) -> i64 {
    if let Some(known) = find_pair(state, project, cost_code, cost_type) {
        return known;
    }
    let id = state.store.new_id();
    let name = |collection, id| state.store.get(collection, id).map(|row| row.value("name").plain()).unwrap_or_default();
    let description = format!("{}.{}", name(Collection::CostCodes, cost_code), name(Collection::LineItemTypes, cost_type));
    let mut row = Row::new(id, state.now, pair(cost_code, cost_type));
    row.project = Some(project);
    row.fields.set("description", description);
    row.fields.set("status", "active");
    state.store.put(Collection::WbsCodes, row);
    id
}

fn find_pair(state: &State, project: i64, cost_code: i64, cost_type: i64) -> Option<i64> {
    let mut wanted = Row::new(0, state.now, pair(cost_code, cost_type));
    wanted.project = Some(project);
    let key = Collection::WbsCodes.key(&wanted)?;
    state.store.by_key(Collection::WbsCodes, &key).next().map(|row| row.id)
}

fn pair(cost_code: i64, cost_type: i64) -> Record {
    Record::from_iter([("cost_code_id", Value::from(cost_code)), ("line_item_type_id", Value::from(cost_type))])
}

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    Ok(state.list(&WBS_CODES, call, state.store.of_project(Collection::WbsCodes, project)))
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    let sent = call.body.as_record().ok_or_else(|| super::super::call::missing("segment_items"))?;
    let made = make(state, project, sent).map_err(Problem::Unprocessable)?;
    Ok(json_answer(201, &made))
}

/// Creates many; the call is answered 201 whatever becomes of its rows.
pub(crate) fn bulk_create(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    let rows = bulk_rows(&WBS_CODES, call, "bulk")?;
    let mut answer = bulk_answer(&rows, |row| make(state, project, row));
    answer.status = 201;
    Ok(answer)
}

fn make(state: &mut State, project: i64, sent: &Record) -> Result<Value, Reasons> {
    let items = sent.get("segment_items").and_then(Value::as_list).unwrap_or_default();
    let named = |segment: Segment| {
        let wanted = Some(state.company_id + segment.id);
        let item = items.iter().filter_map(Value::as_record).find(|item| sent_id(item, "segment_id") == wanted);
        item.and_then(|item| sent_id(item, "segment_item_id"))
    };
    // A code of a sub job is named together with its sub job.
    let sub_job = named(SUB_JOB);
    let own = |id: &i64| state.of_project(Collection::CostCodes, project, *id).is_ok_and(|code| code.reference("sub_job_id") == sub_job);
    let cost_code = named(COST_CODE).filter(own);
    let cost_type = named(COST_TYPE).filter(|id| state.store.alive(Collection::LineItemTypes, *id).is_some());
    let Some((cost_code, cost_type)) = cost_code.zip(cost_type) else {
        return Err(Reasons::one("segment_items", "must name a cost code of this project or of the sub job, and a cost type"));
    };
    if find_pair(state, project, cost_code, cost_type).is_some() {
        return Err(Reasons::one("segment_items", TAKEN));
    }
    let id = of_pair(state, project, cost_code, cost_type);
    if let (Some(text), Some(mut row)) = (sent.text("description"), state.store.get(Collection::WbsCodes, id).cloned()) {
        row.fields.set("description", text);
        state.store.put(Collection::WbsCodes, row);
    }
    Ok(state.shown(&WBS_CODES, id, Shown::Whole))
}
