//! How do both systems behave on the wire? Who is calling Procore, and which companies they may see.

use super::super::call::Call;
use super::super::list::list_of;
use super::super::problem::Problem;
use super::super::state::State;
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::value::{Record, Value};

/// The service account.
pub(crate) fn me(state: &mut State, _: &Call) -> Result<Response, Problem> {
    let me = [("id", Value::from(state.company_id + 9)), ("name", "Crosswalk".into()), ("login", "crosswalk@practice.example".into())];
    Ok(json_answer(200, &Record::from_iter(me).into()))
}

/// The one company.
pub(crate) fn companies(state: &mut State, call: &Call) -> Result<Response, Problem> {
    let company = [
        ("id", Value::from(state.company_id)),
        ("name", state.company_name.as_str().into()),
        ("is_active", true.into()),
        ("logo_url", Value::Null),
        ("my_company", true.into()),
    ];
    Ok(list_of(call, &[Record::from_iter(company)], 100))
}
