//! How do both systems behave on the wire? Procore's paths: which call goes where, and what is not there.

use super::call::Call;
use super::problem::Problem;
use super::resources::{
    budget, company, contracts, cost_codes, direct_cost_lines, direct_costs, external_data, job_costs, line_item_types, projects,
    standard_cost_codes, vendors, wbs_codes,
};
use super::state::State;
use crate::connector::Response;

/// What answers a call.
pub(crate) type Handler = fn(&mut State, &Call) -> Result<Response, Problem>;

/// One path with its methods. `{name}` is an id.
pub(crate) struct Route {
    /// The path.
    path: &'static str,
    /// Method → what answers it.
    methods: &'static [(&'static str, Handler)],
    /// Open to approved ERP partners only.
    pub(crate) restricted: bool,
}

/// A call that found its way.
pub(crate) struct Found {
    /// What answers it.
    pub(crate) handler: Handler,
    /// Open to approved ERP partners only.
    pub(crate) restricted: bool,
    /// The ids that stood in the path.
    pub(crate) ids: Vec<(&'static str, i64)>,
}

/// Finds what answers this method on this path.
///
/// # Errors
/// 404 for an unknown path, 405 for a method that the path has not.
pub(crate) fn find(method: &str, parts: &[String]) -> Result<Found, Problem> {
    let (route, ids) = ROUTES.iter().find_map(|route| Some((route, ids(route.path, parts)?))).ok_or(Problem::NotFound)?;
    match route.methods.iter().find(|(known, _)| *known == method) {
        Some((_, handler)) => Ok(Found { handler: *handler, restricted: route.restricted, ids }),
        None => Err(Problem::Method(route.methods.iter().map(|(known, _)| *known).collect())),
    }
}

/// The ids of a path, if it is this one.
fn ids(path: &'static str, parts: &[String]) -> Option<Vec<(&'static str, i64)>> {
    let mut steps = path.split('/').skip(1);
    let mut ids = Vec::new();
    for part in parts {
        let step = steps.next()?;
        match step.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => ids.push((name, part.parse().ok()?)),
            None if step == part => {}
            None => return None,
        }
    }
    steps.next().is_none().then_some(ids)
}

const fn open(path: &'static str, methods: &'static [(&'static str, Handler)]) -> Route {
    Route { path, methods, restricted: false }
}

const fn partners(path: &'static str, methods: &'static [(&'static str, Handler)]) -> Route {
    Route { path, methods, restricted: true }
}

static ROUTES: [Route; 48] = [
    open("/rest/v1.0/me", &[("GET", company::me)]),
    open("/rest/v1.0/companies", &[("GET", company::companies)]),
    open("/rest/v1.0/vendors", &[("GET", vendors::list), ("POST", vendors::create)]),
    open("/rest/v1.0/vendors/sync", &[("PATCH", vendors::sync)]),
    open("/rest/v1.0/vendors/{id}", &[("GET", vendors::show_one), ("PATCH", vendors::update)]),
    open("/rest/v1.0/companies/{company_id}/vendors/inactive", &[("GET", vendors::list_inactive)]),
    open("/rest/v1.0/companies/{company_id}/vendors/inactive/{id}", &[("PATCH", vendors::reactivate)]),
    open("/rest/v1.0/standard_cost_code_lists", &[("GET", standard_cost_codes::lists)]),
    open("/rest/v1.0/standard_cost_code_lists/{id}", &[("GET", standard_cost_codes::show_list)]),
    open("/rest/v1.0/standard_cost_codes", &[("GET", standard_cost_codes::list), ("POST", standard_cost_codes::create)]),
    open("/rest/v1.0/standard_cost_codes/sync", &[("PATCH", standard_cost_codes::sync)]),
    open(
        "/rest/v1.0/standard_cost_codes/{id}",
        &[("GET", standard_cost_codes::show_one), ("PATCH", standard_cost_codes::update), ("DELETE", standard_cost_codes::delete)],
    ),
    open("/rest/v1.0/cost_codes", &[("GET", cost_codes::list), ("POST", cost_codes::create)]),
    open("/rest/v1.0/cost_codes/sync", &[("PATCH", cost_codes::sync)]),
    open("/rest/v1.0/cost_codes/copy_from_standard_list", &[("POST", cost_codes::copy_from_standard_list)]),
    open("/rest/v1.0/cost_codes/{id}", &[("GET", cost_codes::show_one), ("PATCH", cost_codes::update)]),
    open("/rest/v1.0/line_item_types", &[("GET", line_item_types::list), ("POST", line_item_types::create)]),
    open("/rest/v1.0/line_item_types/sync", &[("PATCH", line_item_types::sync)]),
    open("/rest/v1.0/line_item_types/{id}", &[("GET", line_item_types::show_one), ("PATCH", line_item_types::update)]),
    open("/rest/v1.1/projects", &[("GET", projects::list)]),
    open("/rest/v1.0/projects", &[("GET", projects::list)]),
    open("/rest/v1.0/projects/sync", &[("PATCH", projects::sync)]),
    open("/rest/v1.0/projects/{id}", &[("GET", projects::show_one), ("PATCH", projects::update)]),
    open("/rest/v1.0/projects/{project_id}/budget", &[("GET", budget::show_budget)]),
    open("/rest/v1.0/projects/{project_id}/budget/lock", &[("POST", budget::lock), ("DELETE", budget::unlock)]),
    open("/rest/v1.0/budget_views", &[("GET", budget::views)]),
    open("/rest/v1.0/budget_views/{budget_view_id}/budget_detail_columns", &[("GET", budget::columns)]),
    open("/rest/v1.0/budget_views/{budget_view_id}/detail_rows", &[("GET", budget::detail_rows)]),
    open("/rest/v1.1/budget_line_items/{id}", &[("GET", budget::show_line)]),
    open("/rest/v1.0/projects/{project_id}/work_breakdown_structure/wbs_codes", &[("GET", wbs_codes::list), ("POST", wbs_codes::create)]),
    open("/rest/v1.0/projects/{project_id}/work_breakdown_structure/wbs_codes/bulk_create", &[("PATCH", wbs_codes::bulk_create)]),
    open("/rest/v1.0/work_order_contracts", &[("GET", contracts::list), ("POST", contracts::create)]),
    open("/rest/v1.0/work_order_contracts/sync", &[("PATCH", contracts::sync)]),
    open(
        "/rest/v1.0/work_order_contracts/{id}",
        &[("GET", contracts::show_one), ("PATCH", contracts::update), ("DELETE", contracts::delete)],
    ),
    open("/rest/v1.0/work_order_contracts/{contract_id}/line_items", &[("GET", contracts::list_lines), ("POST", contracts::create_line)]),
    open("/rest/v1.0/work_order_contracts/{contract_id}/line_items/sync", &[("PATCH", contracts::sync_lines)]),
    open(
        "/rest/v1.0/work_order_contracts/{contract_id}/line_items/{id}",
        &[("GET", contracts::show_line), ("PATCH", contracts::update_line), ("DELETE", contracts::delete_line)],
    ),
    open("/rest/v1.1/projects/{project_id}/direct_costs", &[("GET", direct_costs::list), ("POST", direct_costs::create)]),
    open(
        "/rest/v1.1/projects/{project_id}/direct_costs/{id}",
        &[("GET", direct_costs::show_one), ("PATCH", direct_costs::update), ("DELETE", direct_costs::delete)],
    ),
    open("/rest/v1.0/projects/{project_id}/direct_costs", &[("GET", direct_costs::list)]),
    open("/rest/v1.0/projects/{project_id}/direct_costs/sync", &[("PATCH", direct_costs::sync)]),
    open("/rest/v1.0/projects/{project_id}/direct_costs/line_items", &[("GET", direct_cost_lines::list)]),
    open("/rest/v1.0/projects/{project_id}/direct_costs/line_items/sync", &[("PATCH", direct_cost_lines::sync)]),
    open(
        "/rest/v1.0/projects/{project_id}/direct_costs/{direct_cost_id}/line_items",
        &[("GET", direct_cost_lines::list_of_cost), ("POST", direct_cost_lines::create)],
    ),
    open(
        "/rest/v1.0/projects/{project_id}/direct_costs/{direct_cost_id}/line_items/{id}",
        &[("GET", direct_cost_lines::show_one), ("PATCH", direct_cost_lines::update), ("DELETE", direct_cost_lines::delete)],
    ),
    partners("/rest/v1.0/erp_job_costs/sync", &[("PATCH", job_costs::sync)]),
    partners("/rest/v1.0/companies/{company_id}/external_data", &[("GET", external_data::show_one)]),
    partners("/rest/v1.0/companies/{company_id}/external_data/sync", &[("PATCH", external_data::sync)]),
];
