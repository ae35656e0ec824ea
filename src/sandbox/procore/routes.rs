//! How do both systems behave on the wire? Procore's paths: which call goes where, and what is not there.

use super::call::Call;
use super::problem::Problem;
use super::resources::change_orders::{self, COMMITMENT_CHANGE_ORDERS, PRIME_CHANGE_ORDERS};
use super::resources::commitments::{self, PURCHASE_ORDERS, WORK_ORDERS};
use super::resources::prime_contracts::PRIME;
use super::resources::{
    billing_periods, budget, budget_changes, budget_lines, budget_modifications, company, contract_payments, cost_codes, custom_fields,
    direct_cost_lines, direct_costs, external_data, job_costs, line_item_types, packages, payment_applications, potential_change_orders,
    projects, requisitions, standard_cost_codes, sub_jobs, vendors, wbs_codes,
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

static ROUTES: &[Route] = &[
    open("/rest/v1.0/me", &[("GET", company::me)]),
    open("/rest/v1.0/companies", &[("GET", company::companies)]),
    open("/rest/v1.0/vendors", &[("GET", vendors::list), ("POST", vendors::create)]),
    open("/rest/v1.0/vendors/sync", &[("PATCH", vendors::sync)]),
    open("/rest/v1.0/vendors/{id}", &[("GET", vendors::show_one), ("PATCH", vendors::update)]),
    open("/rest/v1.0/commitments", &[("GET", commitments::list)]),
    open("/rest/v1.0/commitments/{id}", &[("GET", commitments::show_one)]),
    open("/rest/v1.0/companies/{company_id}/vendors/inactive", &[("GET", vendors::list_inactive)]),
    open("/rest/v1.0/companies/{company_id}/vendors/inactive/{id}", &[("PATCH", vendors::reactivate)]),
    open("/rest/v1.1/companies/{company_id}/custom_field_definitions", &[("GET", custom_fields::list)]),
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
    open("/rest/v1.0/projects/{project_id}/budget", &[("GET", budget_lines::show_budget)]),
    open("/rest/v1.0/projects/{project_id}/budget/lock", &[("POST", budget_lines::lock), ("DELETE", budget_lines::unlock)]),
    open("/rest/v1.0/budget_views", &[("GET", budget::views)]),
    open("/rest/v1.0/budget_views/{budget_view_id}/budget_detail_columns", &[("GET", budget::columns)]),
    open("/rest/v1.0/budget_views/{budget_view_id}/detail_rows", &[("GET", budget::detail_rows)]),
    open("/rest/v1.0/budget_line_items", &[("POST", budget_lines::create_by_codes)]),
    open("/rest/v1.0/budget_line_items/{id}", &[("GET", budget_lines::show_line), ("PATCH", budget_lines::update_by_codes)]),
    open("/rest/v1.1/budget_line_items", &[("POST", budget_lines::create)]),
    open("/rest/v1.1/budget_line_items/{id}", &[("GET", budget_lines::show_line), ("PATCH", budget_lines::update)]),
    open("/rest/v1.0/budget_line_items/sync", &[("POST", budget_lines::sync)]),
    open(
        "/rest/v1.0/projects/{project_id}/budget_modifications",
        &[("GET", budget_modifications::list), ("POST", budget_modifications::create)],
    ),
    open(
        "/rest/v1.0/projects/{project_id}/budget_modifications/{id}",
        &[("GET", budget_modifications::show_one), ("PATCH", budget_modifications::update), ("DELETE", budget_modifications::delete)],
    ),
    open("/rest/v1.0/projects/{project_id}/budget_changes", &[("GET", budget_changes::list), ("POST", budget_changes::create)]),
    open(
        "/rest/v1.0/projects/{project_id}/budget_changes/{id}",
        &[("GET", budget_changes::show_one), ("PATCH", budget_changes::update), ("DELETE", budget_changes::delete)],
    ),
    open(
        "/rest/v2.0/companies/{company_id}/projects/{project_id}/budget_changes/adjustment_line_items",
        &[("GET", budget_changes::list_lines)],
    ),
    open("/rest/v1.0/projects/{project_id}/work_breakdown_structure/wbs_codes", &[("GET", wbs_codes::list), ("POST", wbs_codes::create)]),
    open("/rest/v1.0/projects/{project_id}/work_breakdown_structure/wbs_codes/bulk_create", &[("PATCH", wbs_codes::bulk_create)]),
    open(
        "/rest/v1.0/work_order_contracts",
        &[("GET", |state, call| WORK_ORDERS.list(state, call)), ("POST", |state, call| WORK_ORDERS.create(state, call))],
    ),
    open("/rest/v1.0/work_order_contracts/sync", &[("PATCH", |state, call| WORK_ORDERS.sync(state, call))]),
    open(
        "/rest/v1.0/work_order_contracts/{id}",
        &[
            ("GET", |state, call| WORK_ORDERS.show_one(state, call)),
            ("PATCH", |state, call| WORK_ORDERS.update(state, call)),
            ("DELETE", |state, call| WORK_ORDERS.delete(state, call)),
        ],
    ),
    open(
        "/rest/v1.0/work_order_contracts/{contract_id}/line_items",
        &[("GET", |state, call| WORK_ORDERS.list_lines(state, call)), ("POST", |state, call| WORK_ORDERS.create_line(state, call))],
    ),
    open("/rest/v1.0/work_order_contracts/{contract_id}/line_items/sync", &[("PATCH", |state, call| WORK_ORDERS.sync_lines(state, call))]),
    open(
        "/rest/v1.0/work_order_contracts/{contract_id}/line_items/{id}",
        &[
            ("GET", |state, call| WORK_ORDERS.show_line(state, call)),
            ("PATCH", |state, call| WORK_ORDERS.update_line(state, call)),
            ("DELETE", |state, call| WORK_ORDERS.delete_line(state, call)),
        ],
    ),
    open(
        "/rest/v1.0/purchase_order_contracts",
        &[("GET", |state, call| PURCHASE_ORDERS.list(state, call)), ("POST", |state, call| PURCHASE_ORDERS.create(state, call))],
    ),
    open("/rest/v1.0/purchase_order_contracts/sync", &[("PATCH", |state, call| PURCHASE_ORDERS.sync(state, call))]),
    open(
        "/rest/v1.0/purchase_order_contracts/{id}",
        &[
            ("GET", |state, call| PURCHASE_ORDERS.show_one(state, call)),
            ("PATCH", |state, call| PURCHASE_ORDERS.update(state, call)),
            ("DELETE", |state, call| PURCHASE_ORDERS.delete(state, call)),
        ],
    ),
    open(
        "/rest/v1.0/purchase_order_contracts/{contract_id}/line_items",
        &[("GET", |state, call| PURCHASE_ORDERS.list_lines(state, call)), ("POST", |state, call| PURCHASE_ORDERS.create_line(state, call))],
    ),
    open(
        "/rest/v1.0/purchase_order_contracts/{contract_id}/line_items/sync",
        &[("PATCH", |state, call| PURCHASE_ORDERS.sync_lines(state, call))],
    ),
    open(
        "/rest/v1.0/purchase_order_contracts/{contract_id}/line_items/{id}",
        &[
            ("GET", |state, call| PURCHASE_ORDERS.show_line(state, call)),
            ("PATCH", |state, call| PURCHASE_ORDERS.update_line(state, call)),
            ("DELETE", |state, call| PURCHASE_ORDERS.delete_line(state, call)),
        ],
    ),
    open("/rest/v1.0/prime_contracts", &[("GET", |state, call| PRIME.list(state, call))]),
    open("/rest/v1.0/prime_contract", &[("POST", |state, call| PRIME.create(state, call))]),
    open(
        "/rest/v1.0/prime_contract/{id}",
        &[
            ("GET", |state, call| PRIME.show_one(state, call)),
            ("PATCH", |state, call| PRIME.update(state, call)),
            ("DELETE", |state, call| PRIME.delete(state, call)),
        ],
    ),
    open(
        "/rest/v1.0/prime_contracts/{contract_id}/line_items",
        &[("GET", |state, call| PRIME.list_lines(state, call)), ("POST", |state, call| PRIME.create_line(state, call))],
    ),
    open("/rest/v1.0/prime_contracts/{contract_id}/line_items/sync", &[("PATCH", |state, call| PRIME.sync_lines(state, call))]),
    open(
        "/rest/v1.0/prime_contracts/{contract_id}/line_items/{id}",
        &[
            ("GET", |state, call| PRIME.show_line(state, call)),
            ("PATCH", |state, call| PRIME.update_line(state, call)),
            ("DELETE", |state, call| PRIME.delete_line(state, call)),
        ],
    ),
    open(
        "/rest/v1.0/projects/{project_id}/commitment_change_orders",
        &[("GET", |state, call| change_orders::list(&COMMITMENT_CHANGE_ORDERS, state, call))],
    ),
    open(
        "/rest/v1.0/projects/{project_id}/commitment_change_orders/{id}",
        &[
            ("GET", |state, call| change_orders::show_one(&COMMITMENT_CHANGE_ORDERS, state, call)),
            ("PATCH", |state, call| change_orders::update(&COMMITMENT_CHANGE_ORDERS, state, call)),
            ("DELETE", |state, call| change_orders::delete(&COMMITMENT_CHANGE_ORDERS, state, call)),
        ],
    ),
    open(
        "/rest/v2.0/companies/{company_id}/projects/{project_id}/commitment_change_orders/{change_order_id}/line_items",
        &[("GET", |state, call| change_orders::list_lines(&COMMITMENT_CHANGE_ORDERS, state, call))],
    ),
    open(
        "/rest/v1.0/projects/{project_id}/prime_change_orders",
        &[("GET", |state, call| change_orders::list(&PRIME_CHANGE_ORDERS, state, call))],
    ),
    open(
        "/rest/v1.0/projects/{project_id}/prime_change_orders/{id}",
        &[
            ("GET", |state, call| change_orders::show_one(&PRIME_CHANGE_ORDERS, state, call)),
            ("PATCH", |state, call| change_orders::update(&PRIME_CHANGE_ORDERS, state, call)),
            ("DELETE", |state, call| change_orders::delete(&PRIME_CHANGE_ORDERS, state, call)),
        ],
    ),
    open(
        "/rest/v2.0/companies/{company_id}/projects/{project_id}/prime_change_orders/{change_order_id}/line_items",
        &[("GET", |state, call| change_orders::list_lines(&PRIME_CHANGE_ORDERS, state, call))],
    ),
    open("/rest/v1.0/change_order_packages", &[("GET", packages::list)]),
    open("/rest/v1.0/change_order_packages/{id}", &[("GET", packages::show_one), ("PATCH", packages::update)]),
    open("/rest/v1.0/potential_change_orders", &[("GET", potential_change_orders::list)]),
    open("/rest/v1.0/potential_change_orders/{id}", &[("GET", potential_change_orders::show_one)]),
    open("/rest/v1.0/potential_change_orders/{potential_change_order_id}/line_items", &[("GET", potential_change_orders::list_lines)]),
    open("/rest/v1.0/projects/{project_id}/billing_periods", &[("GET", billing_periods::list)]),
    open("/rest/v1.1/requisitions", &[("GET", requisitions::list)]),
    open(
        "/rest/v1.1/requisitions/{id}",
        &[("GET", requisitions::show_one), ("PATCH", requisitions::update), ("DELETE", requisitions::delete)],
    ),
    open("/rest/v1.0/requisitions/{requisition_id}/contract_items", &[("GET", requisitions::list_contract_items)]),
    open("/rest/v1.0/requisitions/{requisition_id}/change_order_items", &[("GET", requisitions::list_change_order_items)]),
    open("/rest/v1.0/contract_payments", &[("GET", contract_payments::list), ("POST", contract_payments::create)]),
    open(
        "/rest/v1.0/contract_payments/{id}",
        &[("GET", contract_payments::show_one), ("PATCH", contract_payments::update), ("DELETE", contract_payments::delete)],
    ),
    open("/rest/v1.0/payment_applications", &[("GET", payment_applications::list)]),
    open("/rest/v1.0/payment_applications/{id}", &[("GET", payment_applications::show_one)]),
    open("/rest/v1.0/prime_contracts/{prime_contract_id}/payment_applications", &[("GET", payment_applications::list_of_contract)]),
    open("/rest/v1.0/prime_contracts/{prime_contract_id}/payment_applications/{id}", &[("PATCH", payment_applications::update)]),
    open("/rest/v1.0/sub_jobs", &[("GET", sub_jobs::list), ("POST", sub_jobs::create)]),
    open("/rest/v1.0/sub_jobs/sync", &[("PATCH", sub_jobs::sync)]),
    open("/rest/v1.0/sub_jobs/{id}", &[("GET", sub_jobs::show_one), ("PATCH", sub_jobs::update), ("DELETE", sub_jobs::delete)]),
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
