//! How do both systems behave on the wire? Procore's billing periods.

use super::super::call::Call;
use super::super::problem::Problem;
use super::super::rules::Rules;
use super::super::state::State;
use super::super::store::Collection;
use crate::connector::Response;
use crate::value::Value;

/// Billing periods.
pub(crate) static BILLING_PERIODS: Rules = Rules {
    collection: Collection::BillingPeriods,
    filters: &["id", "created_at", "updated_at", "status"],
    show: |_, row, record, _| {
        record.set("project_id", row.project.map_or(Value::Null, Value::from));
    },
    ..Rules::USUAL
};

pub(crate) fn list(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let project = state.project(call)?.id;
    Ok(state.list(&BILLING_PERIODS, call, state.store.of_project(Collection::BillingPeriods, project)))
}
