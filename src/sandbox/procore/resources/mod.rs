//! How do both systems behave on the wire? Procore's resources: one small file each for what it does in its own way.

pub(crate) mod billing_periods;
pub(crate) mod budget;
pub(crate) mod budget_changes;
pub(crate) mod budget_lines;
pub(crate) mod budget_modifications;
pub(crate) mod change_orders;
pub(crate) mod commitments;
pub(crate) mod company;
pub(crate) mod contract_payments;
pub(crate) mod contracts;
pub(crate) mod cost_codes;
pub(crate) mod custom_fields;
pub(crate) mod direct_cost_lines;
pub(crate) mod direct_costs;
pub(crate) mod external_data;
pub(crate) mod invoice_lines;
pub(crate) mod job_costs;
pub(crate) mod line_item_types;
pub(crate) mod lines;
pub(crate) mod packages;
pub(crate) mod payment_applications;
pub(crate) mod potential_change_orders;
pub(crate) mod prime_contracts;
pub(crate) mod projects;
pub(crate) mod requisition_items;
pub(crate) mod requisitions;
pub(crate) mod standard_cost_codes;
pub(crate) mod sub_jobs;
pub(crate) mod vendors;
pub(crate) mod wbs_codes;

use super::rules::Rules;

/// The rules of every resource.
pub(crate) static ALL: &[&Rules] = &[
    &vendors::VENDORS,
    &standard_cost_codes::LISTS,
    &standard_cost_codes::STANDARD_COST_CODES,
    &line_item_types::LINE_ITEM_TYPES,
    &projects::PROJECTS,
    &cost_codes::COST_CODES,
    &wbs_codes::WBS_CODES,
    &budget_lines::BUDGET_LINE_ITEMS,
    &budget::BUDGET_VIEWS,
    &commitments::WORK_ORDER_CONTRACTS,
    &commitments::WORK_ORDER_LINES,
    &direct_costs::DIRECT_COSTS,
    &direct_cost_lines::DIRECT_COST_LINES,
    &job_costs::JOB_COSTS,
    &external_data::EXTERNAL_DATA,
    &sub_jobs::SUB_JOBS,
    &commitments::PURCHASE_ORDER_CONTRACTS,
    &commitments::PURCHASE_ORDER_LINES,
    &prime_contracts::PRIME_CONTRACTS,
    &prime_contracts::PRIME_LINES,
    &budget_modifications::BUDGET_MODIFICATIONS,
    &budget_changes::BUDGET_CHANGES,
    &budget_changes::ADJUSTMENT_LINES,
    &change_orders::COMMITMENT_CHANGE_ORDERS,
    &change_orders::PRIME_CHANGE_ORDERS,
    &packages::PACKAGES,
    &potential_change_orders::POTENTIAL_CHANGE_ORDERS,
    &potential_change_orders::POTENTIAL_LINES,
    &billing_periods::BILLING_PERIODS,
    &requisitions::REQUISITIONS,
    &requisition_items::REQUISITION_ITEMS,
    &contract_payments::CONTRACT_PAYMENTS,
    &payment_applications::PAYMENT_APPLICATIONS,
];
