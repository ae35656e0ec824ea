//! How do both systems behave on the wire? Procore's bulk write: always 200, each row alone, upsert by id or external id.

use super::call::{Call, sent_id};
use super::fields::Via;
use super::problem::{Problem, Reasons};
use super::rules::{Rules, Shown};
use super::state::State;
use super::store::Row;
use super::write::{Place, TAKEN};
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::value::{Record, Value};

/// Most rows of one call.
const MOST_ROWS: usize = 1_000;

impl State {
    /// Answers a bulk write of `updates` at this place.
    ///
    /// # Errors
    /// 400 when the rows are not there, 413 or 422 when they are too many.
    pub(crate) fn sync(&mut self, rules: &Rules, call: &Call, place: Place) -> Result<Response, Problem> {
        self.sync_given(rules, call, place, &Record::new())
    }

    /// The same, where new records have these fields from the call itself.
    ///
    /// # Errors
    /// As [`sync`](Self::sync).
    pub(crate) fn sync_given(&mut self, rules: &Rules, call: &Call, place: Place, given: &Record) -> Result<Response, Problem> {
        let rows = bulk_rows(rules, call, "updates")?;
        Ok(bulk_answer(&rows, |row| {
            let id = self.sync_row(rules, row, (place, given))?;
            Ok(self.shown(rules, id, Shown::Listed))
        }))
    }

    /// One row of the matrix: neither id nor external id creates; an id must be found; an external id that is not
    /// found creates; of both, the id finds and the external id is set.
    fn sync_row(&mut self, rules: &Rules, row: &Record, (place, given): (Place, &Record)) -> Result<i64, Reasons> {
        let (mut fields, reasons) = self.book.read(rules, row, Via::Sync).unwrap_or_default();
        let draft = match self.found(rules, row, place)? {
            Some(old) => Self::redraft(&old, &fields, Via::Sync),
            None => {
                given.iter().for_each(|(name, value)| fields.set(name, value.clone()));
                self.draft(place, fields, Via::Sync)
            }
        };
        self.keep(rules, draft, reasons)
    }

    fn found(&self, rules: &Rules, row: &Record, place: Place) -> Result<Option<Row>, Reasons> {
        let here =
            |row: &&Row| row.deleted_at.is_none() && row.project == place.project && place.parent.is_none_or(|at| row.parent == Some(at));
        if row.get("id").is_some_and(|id| !id.is_null()) {
            let old = sent_id(row, "id").and_then(|id| self.store.get(rules.collection, id)).filter(here);
            return old.cloned().map(Some).ok_or_else(|| Reasons::one("id", "no entity with this id"));
        }
        let origin = row.get("origin_id").map(Value::plain).filter(|origin| !origin.is_empty());
        match origin.and_then(|origin| self.store.by_origin(rules.collection, &origin)) {
            // Another project, list or contract holds it, and a company may hold it once.
            Some(old) if !here(&old) => Err(Reasons::one("origin_id", TAKEN)),
            old => Ok(old.cloned()),
        }
    }
}

/// The rows of a bulk write, if they are not too many.
///
/// # Errors
/// 400 when they are not there, 413 or 422 when they are too many.
pub(crate) fn bulk_rows<'a>(rules: &Rules, call: &'a Call, name: &str) -> Result<Vec<&'a Record>, Problem> {
    let rows = call.rows(name)?;
    if rows.len() <= MOST_ROWS {
        return Ok(rows);
    }
    let text = format!("at most {MOST_ROWS} rows a call, not {}", rows.len());
    Err(if rules.large_is_413 { Problem::TooLarge(text) } else { Problem::Unprocessable(Reasons::one(name, text)) })
}

/// `{entities, errors}`: rows that failed come back as they were sent, with their reasons.
pub(crate) fn bulk_answer(rows: &[&Record], mut write: impl FnMut(&Record) -> Result<Value, Reasons>) -> Response {
    let (mut entities, mut errors) = (Vec::new(), Vec::new());
    for row in rows {
        match write(row) {
            Ok(entity) => entities.push(entity),
            Err(reasons) => {
                let mut failed = (*row).clone();
                failed.set("errors", reasons.to_value());
                errors.push(Value::from(failed));
            }
        }
    }
    json_answer(200, &Record::from_iter([("entities", entities), ("errors", errors)]).into())
}
