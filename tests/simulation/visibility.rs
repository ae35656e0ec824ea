//! Records that were made a moment ago and do not show in lists yet, as an index that lags behind keeps them.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crosswalk::connector::Response;
use crosswalk::sandbox::Acumatica;
use crosswalk::value::{Value, json_text};
use jiff::Timestamp;

use crate::world::text;

/// How long Acumatica's lists lag behind, and what they do not show yet.
#[derive(Default)]
pub(super) struct Visibility {
    delay: Duration,
    /// What was made, and when it shows.
    made: Mutex<BTreeMap<String, Timestamp>>,
}

impl Visibility {
    /// Lists that lag behind so long.
    pub(super) fn delayed(delay: Duration) -> Self {
        Self { delay, made: Mutex::default() }
    }

    /// The records of the entity that a write is about to change.
    pub(super) fn before(&self, acumatica: &Acumatica, told: &str) -> HashSet<String> {
        if self.delay.is_zero() { HashSet::new() } else { ids(acumatica, told) }
    }

    /// What the write has made does not show for a while.
    pub(super) fn after(&self, acumatica: &Acumatica, (told, before): (&str, HashSet<String>), now: Timestamp) {
        if self.delay.is_zero() {
            return;
        }
        let shows = now.checked_add(self.delay).unwrap_or(Timestamp::MAX);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.extend(ids(acumatica, told).into_iter().filter(|id| !before.contains(id)).map(|id| (id, shows)));
    }

    /// An answer without the rows that do not show yet; a single record always shows.
    pub(super) fn shown(&self, told: &str, mut answer: Response, now: Timestamp) -> Response {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.retain(|_, shows| *shows > now);
        if made.is_empty() || !told.starts_with("GET /entity/") || answer.body.first() != Some(&b'[') {
            return answer;
        }
        let list = std::str::from_utf8(&answer.body).ok().and_then(|body| Value::from_json(body).ok());
        let Some(Value::List(mut rows)) = list else { return answer };
        rows.retain(|row| !row.as_record().is_some_and(|row| made.contains_key(&text(row, "id"))));
        answer.body = json_text(&Value::List(rows)).into_bytes();
        answer.headers.retain(|(name, _)| name != "content-length");
        answer
    }
}

/// The records of the entity that a request writes to; none for a read.
fn ids(acumatica: &Acumatica, told: &str) -> HashSet<String> {
    let writes = ["PUT /entity/", "POST /entity/"].iter().any(|begin| told.starts_with(begin)) && !told.contains("/auth/");
    let Some(entity) = entity_of(told).filter(|_| writes) else { return HashSet::new() };
    acumatica.records(entity).iter().map(|record| text(record, "id")).collect()
}

/// The entity in `PUT /entity/Default/24.200.001/Bill/…`.
pub(super) fn entity_of(told: &str) -> Option<&str> {
    let below = told.split_once(" /entity/")?.1;
    below.split(['/', '?']).nth(2)
}
