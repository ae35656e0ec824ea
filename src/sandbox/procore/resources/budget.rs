//! How do both systems behave on the wire? Procore's budget as its views show it; there is no list of its lines.

use std::collections::HashMap;

use super::super::call::Call;
use super::super::list::list_of;
use super::super::problem::Problem;
use super::super::rules::Rules;
use super::super::state::{State, money};
use super::super::store::{Collection, Row};
use super::{budget_changes, budget_modifications, cost_codes, job_costs, wbs_codes};
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::value::{Decimal, Record, Value};

/// Views of budgets.
pub(crate) static BUDGET_VIEWS: Rules =
    Rules { collection: Collection::BudgetViews, filters: &[], sorts: &["created_at"], show: show_view, ..Rules::USUAL };

/// Columns of the view: id, name, kind, whether only the ERP platform has it.
const COLUMNS: [(&str, &str, &str, bool); 5] = [
    ("original_budget_amount", "Original Budget Amount", "standard", false),
    ("budget_modifications", "Budget Modifications", "standard", false),
    ("job_to_date_costs", "Job to Date Costs", "source", true),
    ("commitments_invoiced", "Commitments Invoiced", "source", true),
    ("direct_costs", "Direct Costs", "source", false),
];

fn show_view(_: &State, row: &Row, record: &mut Record, _: super::super::rules::Shown) {
    let below = |what: &str| Value::text(format!("/rest/v1.0/budget_views/{}/{what}", row.id));
    record.set("links", Record::from_iter([("detail_rows", below("detail_rows")), ("summary_rows", below("summary_rows"))]));
}

pub(crate) fn views(state: &mut State, call: &Call) -> Result<Response, Problem> {
    if call.param("project_id").is_some() {
        state.project(call)?;
    }
    Ok(state.list(&BUDGET_VIEWS, call, state.store.all(Collection::BudgetViews)))
}

pub(crate) fn columns(state: &mut State, call: &Call) -> Result<Response, Problem> {
    view(state, call)?;
    let known = COLUMNS.into_iter().filter(|(_, _, _, erp)| state.erp_platform || !erp);
    let columns = known.zip(1_i64..).map(|((id, name, kind, _), position)| {
        let fields = [
            ("id", Value::from(id)),
            ("name", name.into()),
            ("position", Value::from(position)),
            ("type", kind.into()),
            ("aggregatable", true.into()),
            ("filterable", false.into()),
            ("groupable", false.into()),
        ];
        Value::from(Record::from_iter(fields))
    });
    Ok(json_answer(200, &columns.collect::<Vec<_>>().into()))
}

/// The rows of a budget: one for each budget code of the project.
pub(crate) fn detail_rows(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = view(state, call)?;
    let within = |name: &str, id: Option<i64>| {
        let wanted = call.values(name);
        wanted.is_empty() || id.is_some_and(|id| wanted.contains(&id.to_string().as_str()))
    };
    let kind = call.target.query("budget_row_type");
    let costs = Costs::of(state, project.id);
    let mut codes: Vec<&Row> = state.store.of_project(Collection::WbsCodes, project.id).collect();
    codes.sort_by_cached_key(|code| wbs_codes::flat_code(state, code));
    let rows: Vec<Record> = codes
        .into_iter()
        .filter(|code| within("cost_code_id", code.reference("cost_code_id")) && within("category_id", code.reference("line_item_type_id")))
        .map(|code| detail_row(state, project, code, &costs))
        .filter(|row| match kind {
            Some("budgeted") => row.get("unbudgeted_reason") == Some(&Value::Null),
            Some("unbudgeted") => row.get("unbudgeted_reason") != Some(&Value::Null),
            _ => true,
        })
        .collect();
    Ok(list_of(call, &rows, 100))
}

/// The view and the project that the call names.
fn view<'a>(state: &'a State, call: &Call) -> Result<&'a Row, Problem> {
    state.store.get(Collection::BudgetViews, call.id("budget_view_id")).ok_or(Problem::NotFound)?;
    state.project(call)
}

/// What a project has cost, and who says so.
struct Costs {
    /// The ERP has told job costs: they hold the direct costs already.
    told_by_erp: bool,
    /// Approved direct cost lines, by budget code.
    lines: HashMap<i64, Decimal>,
    /// Sums moved to and from budget codes.
    moved: HashMap<i64, Decimal>,
}

impl Costs {
    fn of(state: &State, project: i64) -> Self {
        let told_by_erp = state.erp_platform && state.store.of_project(Collection::ErpJobCosts, project).next().is_some();
        let mut lines: HashMap<i64, Decimal> = HashMap::new();
        for line in state.store.of_project(Collection::DirectCostLines, project).filter(|_| !told_by_erp) {
            let cost = line.parent.and_then(|id| state.store.alive(Collection::DirectCosts, id));
            if cost.is_some_and(|cost| cost.fields.text("status") == Some("approved"))
                && let (Some(code), Value::Number(amount)) = (line.reference("wbs_code_id"), line.value("amount"))
            {
                *lines.entry(code).or_default() += amount;
            }
        }
        let moved = if state.budget_changes { budget_changes::moved(state, project) } else { budget_modifications::moved(state, project) };
        Self { told_by_erp, lines, moved }
    }
}

fn detail_row(state: &State, project: &Row, code: &Row, costs: &Costs) -> Record {
    let budgeted = state.store.by_key(Collection::BudgetLineItems, &code.id.to_string()).next();
    let mut record = Record::from_iter([("id", Value::from(budgeted.map_or(code.id, |line| line.id)))]);
    name_row(state, project, code, &mut record);
    record.set("unbudgeted_reason", if budgeted.is_some() { Value::Null } else { "no_budget_line".into() });
    record.set("original_budget_amount", money(job_costs::figure(budgeted, "original_budget_amount")));
    record.set("budget_modifications", money(costs.moved.get(&code.id).copied().unwrap_or_default()));
    let told = job_costs::of_pair(state, project.id, &code.fields);
    let (spent, invoiced) = (job_costs::figure(told, "job_to_date_cost"), job_costs::figure(told, "commitment_invoiced"));
    if state.erp_platform {
        record.set("job_to_date_costs", money(spent));
        record.set("commitments_invoiced", money(invoiced));
    }
    // What the ERP tells holds the direct costs already, so their lines are not added to it (BR-74).
    let direct = if costs.told_by_erp { spent - invoiced } else { costs.lines.get(&code.id).copied().unwrap_or_default() };
    record.set("direct_costs", money(direct));
    record
}

/// Whose row it is, and of which code and type.
fn name_row(state: &State, project: &Row, code: &Row, record: &mut Record) {
    let cost_code = code.reference("cost_code_id").and_then(|id| state.store.get(Collection::CostCodes, id));
    let cost_type = code.reference("line_item_type_id").and_then(|id| state.store.get(Collection::LineItemTypes, id));
    let id = |row: Option<&Row>| row.map_or(Value::Null, |row| row.id.into());
    let of = |row: Option<&Row>, field: &str| row.map(|row| row.value(field)).unwrap_or_default();
    let label = cost_code.map_or(Value::Null, |row| format!("{} - {}", row.value("code").plain(), row.value("name").plain()).into());
    for (name, value) in [
        ("company_id", state.company_id.into()),
        ("company", state.company_name.as_str().into()),
        ("project_id", project.id.into()),
        ("project", project.value("name")),
        ("wbs_code_id", code.id.into()),
        ("root_cost_code_id", id(cost_code)),
        ("root_cost_code", label.clone()),
        ("cost_code_id", id(cost_code)),
        ("cost_code", label),
        ("cost_code_origin_id", of(cost_code, "origin_id")),
        ("category_id", id(cost_type)),
        ("category", of(cost_type, "name")),
        ("deletable", false.into()),
        ("budget_forecast", Value::Null),
        ("currency_configuration", Record::from_iter([("currency_iso_code", "USD")]).into()),
    ] {
        record.set(name, value);
    }
    let biller = cost_code.map(|code| cost_codes::biller(state, code));
    for (name, value) in biller.into_iter().flatten().filter(|(name, _)| *name != "biller_origin_id") {
        record.set(name, value);
    }
}
