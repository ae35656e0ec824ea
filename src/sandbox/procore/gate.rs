//! How do both systems behave on the wire? What stands before every Procore call: token, windows, company, path.

use fastrand::Rng;

use super::call::Call;
use super::limits::Windows;
use super::oauth::{Access, Doors};
use super::problem::Problem;
use super::resources;
use super::routes;
use super::state::{State, time};
use super::store::{Collection, Row};
use crate::connector::{Request, Response};
use crate::sandbox::wire::{Target, json_answer, with_header};
use crate::value::{Record, Value};

/// Everything behind the imitation's one lock.
#[derive(Debug)]
pub(crate) struct Gate {
    /// The records.
    pub(crate) state: State,
    /// Tokens.
    pub(crate) doors: Doors,
    /// Rate limits.
    pub(crate) windows: Windows,
    /// Draws request ids.
    pub(crate) rng: Rng,
}

impl Gate {
    /// Answers one request.
    pub(crate) fn answer(&mut self, request: &Request) -> Response {
        let target = Target::of(&request.url);
        let answer = match target.parts.first().map(String::as_str) {
            Some("sandbox") => return self.control(request, &target),
            Some("oauth") => {
                let now = self.state.now;
                self.doors.answer(request, &target, now).unwrap_or_else(|| Problem::NotFound.answer(false))
            }
            _ => self.rest(request, target),
        };
        let (high, low) = (self.rng.u64(..), self.rng.u64(..));
        let id = format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 48 & 0xfff,
            low & 0xffff_ffff_ffff
        );
        with_header(answer, "x-request-id", id)
    }

    /// A call of the API, with the headers of the rate windows on it.
    fn rest(&mut self, request: &Request, target: Target) -> Response {
        let v2 = target.parts.get(1).is_some_and(|version| version.starts_with("v2."));
        let now = self.state.now;
        let mut answer = match self.doors.access(request, now) {
            None => Problem::Unauthorized.answer(v2),
            Some(access) => match self.windows.take(now.as_second()) {
                Err(until) => too_many(until - now.as_second()),
                Ok(()) => self.call(request, target, access).unwrap_or_else(|problem| problem.answer(v2)),
            },
        };
        answer.headers.extend(self.windows.headers());
        answer
    }

    fn call(&mut self, request: &Request, target: Target, access: Access) -> Result<Response, Problem> {
        self.company_header(request, &target, access)?;
        let found = routes::find(&request.method, &target.parts)?;
        if found.restricted && !self.state.erp_platform {
            return Err(Problem::Forbidden("You do not have permission to perform this action: ERP Integrations".to_owned()));
        }
        let call = Call::of(request, target, found.ids)?;
        (found.handler)(&mut self.state, &call)
    }

    /// Every call names the company, but those by which a person finds out which companies there are.
    fn company_header(&self, request: &Request, target: &Target, access: Access) -> Result<(), Problem> {
        let free = !access.service && matches!(target.steps().as_slice(), ["rest", "v1.0", "me" | "companies"]);
        match request.header("procore-company-id").map(|id| id.trim().parse::<i64>()) {
            None if free => Ok(()),
            None => Err(Problem::Malformed("Missing Procore-Company-Id header!".to_owned())),
            Some(Ok(id)) if id == self.state.company_id => Ok(()),
            Some(_) => Err(Problem::Forbidden("App is not connected to this company".to_owned())),
        }
    }

    /// What no client can do, for whoever tries a client: `GET /sandbox/records/{collection}` shows records as they are kept;
    /// `PATCH /sandbox/records/{collection}/{id}` sets fields of one, and `DELETE` removes it, as people may in the product
    /// though no call of the API lets them.
    fn control(&mut self, request: &Request, target: &Target) -> Response {
        let values = |records: Vec<Record>| Value::List(records.into_iter().map(Value::from).collect());
        let done = match (request.method.as_str(), target.steps().as_slice()) {
            ("GET", ["sandbox", "records", word]) => self.records(word).map(values),
            ("PATCH", ["sandbox", "records", word, id]) => {
                let sent = std::str::from_utf8(&request.body).ok().and_then(|text| Value::from_json(text).ok());
                collection(word).zip(id.parse().ok()).zip(sent).and_then(|((collection, id), sent)| self.by_hand(collection, id, &sent))
            }
            ("DELETE", ["sandbox", "records", word, id]) => {
                collection(word).zip(id.parse().ok()).and_then(|(collection, id)| self.away(collection, id))
            }
            _ => None,
        };
        done.map_or_else(|| Problem::NotFound.answer(false), |done| json_answer(200, &done))
    }

    /// Sets fields of a record, whatever the rules say; its time of change follows, and that of the record it is part of.
    fn by_hand(&mut self, collection: Collection, id: i64, sent: &Value) -> Option<Value> {
        let mut row = self.state.store.get(collection, id).cloned()?;
        for (name, value) in sent.as_record()?.iter() {
            row.fields.set(name, value.clone());
        }
        row.updated_at = self.state.now;
        let parent = row.parent;
        self.state.store.put(collection, row);
        self.touch_whole(collection, parent);
        self.state.store.get(collection, id).map(|row| raw(row).into())
    }

    /// Removes a record: softly where deleted ones can be listed, else for good.
    fn away(&mut self, collection: Collection, id: i64) -> Option<Value> {
        let mut row = self.state.store.get(collection, id).cloned()?;
        let soft = resources::ALL.iter().any(|rules| rules.collection == collection && rules.filters.contains(&"include_deleted"));
        let shown = raw(&row).into();
        let parent = row.parent;
        if soft {
            (row.deleted_at, row.updated_at) = (Some(self.state.now), self.state.now);
            self.state.store.put(collection, row);
        } else {
            self.state.store.remove(collection, id);
        }
        self.touch_whole(collection, parent);
        Some(shown)
    }

    fn touch_whole(&mut self, collection: Collection, parent: Option<i64>) {
        let whole = resources::ALL.iter().find(|rules| rules.collection == collection).and_then(|rules| rules.part_of);
        self.state.touch(whole, parent);
    }

    /// The records of the collection of this name.
    pub(crate) fn records(&self, word: &str) -> Option<Vec<Record>> {
        Some(self.state.store.all(collection(word)?).map(raw).collect())
    }
}

fn collection(word: &str) -> Option<Collection> {
    Collection::ALL.iter().copied().find(|collection| collection.word() == word)
}

fn raw(row: &Row) -> Record {
    let id = |id: Option<i64>| id.map_or(Value::Null, Value::from);
    let mut record =
        Record::from_iter([("id", Value::from(row.id)), ("project_id", id(row.project)), ("parent_record_id", id(row.parent))]);
    for (name, value) in row.fields.iter() {
        record.set(name, value.clone());
    }
    record.set("created_at", time(row.created_at));
    record.set("updated_at", time(row.updated_at));
    record.set("deleted_at", row.deleted_at.map_or(Value::Null, time));
    record
}

fn too_many(seconds: i64) -> Response {
    let text = "You have surpassed the number of requests of this window. Please wait until it resets.";
    let error = Record::from_iter([("code", Value::from(429)), ("message", text.into())]);
    let answer = json_answer(429, &Record::from_iter([("error", error)]).into());
    with_header(answer, "retry-after", seconds.max(1).to_string())
}
