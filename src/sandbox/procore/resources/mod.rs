//! How do both systems behave on the wire? Procore's resources: one small file each for what it does in its own way.

pub(crate) mod budget;
pub(crate) mod company;
pub(crate) mod contracts;
pub(crate) mod cost_codes;
pub(crate) mod direct_cost_lines;
pub(crate) mod direct_costs;
pub(crate) mod external_data;
pub(crate) mod job_costs;
pub(crate) mod line_item_types;
pub(crate) mod lines;
pub(crate) mod projects;
pub(crate) mod standard_cost_codes;
pub(crate) mod vendors;
pub(crate) mod wbs_codes;

use super::rules::Rules;

/// The rules of every resource.
pub(crate) static ALL: [&Rules; 15] = [
    &vendors::VENDORS,
    &standard_cost_codes::LISTS,
    &standard_cost_codes::STANDARD_COST_CODES,
    &line_item_types::LINE_ITEM_TYPES,
    &projects::PROJECTS,
    &cost_codes::COST_CODES,
    &wbs_codes::WBS_CODES,
    &budget::BUDGET_LINE_ITEMS,
    &budget::BUDGET_VIEWS,
    &contracts::CONTRACTS,
    &contracts::CONTRACT_LINES,
    &direct_costs::DIRECT_COSTS,
    &direct_cost_lines::DIRECT_COST_LINES,
    &job_costs::JOB_COSTS,
    &external_data::EXTERNAL_DATA,
];
