//! What does a bulk write take: header, lines and lock in their order, chunks, and each row found again in the answer?
//!
//! Where a record locks for good once its origin id is set (direct costs, BR-07), three calls are made:
//! 1. headers, without the lock field; a row without `origin_id` is recognised in the answer by the schema's `echo`;
//! 2. lines, each naming its header, by their own call;
//! 3. `{id, <lock field>}`, which locks what is now complete.
//!
//! A failure after the first call leaves an unlocked header behind; the error names it (`left_behind`), and writing the
//! record again under that id goes on where it stopped.

use serde_json::value::RawValue;

use super::Procore;
use super::address::Places;
use super::bulk::Bulk;
use super::encode::{formed, id_value, written_name};
use crate::connector::error::{Certainty, ConnectorError, ErrorKind};
use crate::connector::raw;
use crate::connector::words::{Outgoing, Written};
use crate::schema::{ProcoreWire, Schema, SyncCall, SyncLines, System, WriteCall};
use crate::value::{Record, Value};

/// One record on its way through the calls.
pub(super) struct Job {
    id: Option<String>,
    /// The header as the bulk call wants it; none once it went out.
    header: Option<Record>,
    lines: Vec<Record>,
    lock: Option<(String, Value)>,
    /// The member in which lines are shown that went by a call of their own.
    line_field: Option<String>,
    state: Result<Option<Box<RawValue>>, ConnectorError>,
    /// Made by this write, not there before.
    made: bool,
}

impl Job {
    /// A record that is not sent at all.
    pub(super) fn failed(error: ConnectorError) -> Self {
        Self { id: None, header: None, lines: Vec::new(), lock: None, line_field: None, state: Err(error), made: false }
    }

    /// A record cut into header, lines and lock as the bulk call wants them.
    pub(super) fn planned(schema: &Schema, wire: &ProcoreWire, row: &Outgoing<'_>) -> Self {
        let id = row.id.map(str::to_owned);
        let mut job = Self { id, header: None, lines: Vec::new(), lock: None, line_field: None, state: Ok(None), made: false };
        let Some(sync) = &wire.sync else { return job };
        let mut header = formed(&schema.shape, row.draft, &sync.rename);
        if let Some(lines) = &sync.lines
            && let Some(Value::List(list)) = header.remove(&lines.field)
        {
            job.lines = list.into_iter().filter_map(|line| if let Value::Record(line) = line { Some(line) } else { None }).collect();
        }
        // The bulk call's enumeration lacks some values: a record that exists got them from the call that made it.
        let made_with = wire.create.iter().flat_map(|create| &create.when).filter(|_| job.id.is_some());
        for (field, _) in made_with.filter(|(field, values)| row.draft.get(field).is_some_and(|value| values.contains(&value.plain()))) {
            header.remove(written_name(field, &sync.rename));
        }
        job.lock = sync.lock.as_ref().and_then(|field| Some((field.clone(), header.remove(field)?)));
        // A record that exists and whose header stays as it is needs no call for it.
        job.header = (job.id.is_none() || !header.is_empty()).then_some(header);
        job
    }

    /// Keeps the lines and the lock of a plain create or update for the calls that follow it.
    pub(super) fn keep_for_later(&mut self, write: &WriteCall, record: &mut Record) {
        if let Some(lines) = &write.lines
            && let Some(Value::List(list)) = record.remove(&lines.field)
        {
            self.lines = list.into_iter().filter_map(|line| if let Value::Record(line) = line { Some(line) } else { None }).collect();
        }
        self.line_field = write.lines.as_ref().map(|lines| lines.field.clone());
        self.lock = write.lock.as_ref().and_then(|field| Some((field.clone(), record.remove(field)?)));
    }

    /// The lock of a record that is complete, with the record's id.
    pub(super) fn lock_to_send(&mut self) -> Option<(String, Record)> {
        let id = self.id.clone().filter(|_| self.alive())?;
        Some((id, [self.lock.take()?].into_iter().collect()))
    }

    /// The lock is set; the header shows so, and its lines as before.
    pub(super) fn locked(&mut self, body: Box<RawValue>) {
        let lines = match &self.state {
            Ok(Some(before)) => {
                self.line_field.as_deref().and_then(|field| raw::with_member(&body, field, raw::member(before, field)?.get()))
            }
            Ok(None) | Err(_) => None,
        };
        self.shows(lines.unwrap_or(body));
    }

    /// The header is written; this is how it shows.
    pub(super) fn header_done(&mut self, schema: &Schema, body: Box<RawValue>) {
        self.header = None;
        if self.id.is_none() {
            self.id = raw::plain_member(&body, &schema.resource.id);
            self.made = true;
        }
        self.state = Ok(Some(body));
    }

    /// Ends here; what was made before is named.
    pub(super) fn fail(&mut self, error: ConnectorError) {
        let left = self.id.clone().filter(|_| self.made);
        self.state = Err(match left {
            Some(id) => error.fact("left_behind", id),
            None => error,
        });
    }

    pub(super) fn failure(&self) -> Option<&ConnectorError> {
        self.state.as_ref().err()
    }

    /// What became of the record.
    pub(super) fn outcome(self, schema: &Schema) -> Result<Written, ConnectorError> {
        let body = self.state?;
        let wrong = |why: &str| {
            ConnectorError::new(ErrorKind::Nonsense, System::Procore, format!("write {}", schema.name), why).certain(Certainty::Unknown)
        };
        let id = self.id.ok_or_else(|| wrong("the answer holds no id"))?;
        let known = || RawValue::from_string(format!("{{\"id\":{}}}", id_value(&id))).expect("an id is JSON");
        Ok(Written { body: body.unwrap_or_else(known), id })
    }

    fn alive(&self) -> bool {
        self.state.is_ok()
    }

    fn shows(&mut self, body: Box<RawValue>) {
        self.state = Ok(Some(body));
    }
}

impl Procore {
    /// Takes the jobs through the bulk calls that are still to be made.
    pub(super) async fn finish(&self, places: Places<'_>, wire: &ProcoreWire, jobs: &mut [Job]) {
        let Some(sync) = &wire.sync else { return };
        let headers = Bulk::headers(places, sync);
        self.stage(&headers, jobs, |job| job.header.clone()).await;
        if let Some(lines) = &sync.lines {
            let together = Bulk::lines(places, sync, lines);
            if lines.path.contains("{id}") {
                for job in jobs.iter_mut() {
                    let Some(id) = job.id.clone() else { continue };
                    self.lines(&Bulk::lines(places.of(&id), sync, lines), lines, std::slice::from_mut(job)).await;
                }
            } else {
                self.lines(&together, lines, jobs).await;
            }
        }
        self.stage(&headers, jobs, |job| {
            let (field, value) = job.lock.take()?;
            Some([(field, value)].into_iter().collect())
        })
        .await;
    }

    /// Sends the lines of one record whose header went by a call of its own.
    pub(super) async fn lines_of(&self, places: Places<'_>, lines: &SyncLines, job: &mut Job) {
        let Some(id) = job.id.clone() else { return };
        let sync = SyncCall::of_lines();
        self.lines(&Bulk::lines(places.of(&id), &sync, lines), lines, std::slice::from_mut(job)).await;
    }

    /// Sends one record of each living job that has one to send.
    async fn stage(&self, bulk: &Bulk<'_>, jobs: &mut [Job], mut take: impl FnMut(&mut Job) -> Option<Record> + Send) {
        let mut sent = Vec::new();
        let mut rows = Vec::new();
        for (at, job) in jobs.iter_mut().enumerate().filter(|(_, job)| job.alive()) {
            let Some(record) = take(job) else { continue };
            sent.push(at);
            rows.push(with_id(job.id.as_deref(), record));
        }
        for (at, outcome) in sent.into_iter().zip(self.bulk(bulk, &rows).await) {
            match (outcome, &jobs[at].state) {
                (Err(error), _) => jobs[at].fail(error),
                (Ok(body), Ok(Some(before))) => {
                    let kept = bulk.line_field().and_then(|field| raw::with_member(&body, field, raw::member(before, field)?.get()));
                    jobs[at].shows(kept.unwrap_or(body));
                }
                (Ok(body), _) => jobs[at].header_done(bulk.schema(), body),
            }
        }
    }

    /// Sends the lines of the living jobs; a header whose lines were not all taken is not locked.
    async fn lines(&self, bulk: &Bulk<'_>, lines: &SyncLines, jobs: &mut [Job]) {
        let mut owners = Vec::new();
        let mut rows = Vec::new();
        for (at, job) in jobs.iter_mut().enumerate().filter(|(_, job)| job.alive()) {
            let parent = job.id.as_deref().map_or(Value::Null, id_value);
            for mut line in std::mem::take(&mut job.lines) {
                if !lines.parent.is_empty() {
                    line.set(lines.parent.as_str(), parent.clone());
                }
                owners.push(at);
                rows.push(line);
            }
        }
        let mut shown: Vec<Vec<Box<RawValue>>> = jobs.iter().map(|_| Vec::new()).collect();
        for (at, outcome) in owners.iter().copied().zip(self.bulk(bulk, &rows).await) {
            match outcome {
                Ok(body) => shown[at].push(body),
                Err(error) => jobs[at].fail_line(error),
            }
        }
        for (job, bodies) in jobs.iter_mut().zip(shown).filter(|(job, bodies)| job.alive() && !bodies.is_empty()) {
            let header = job.header_body();
            let list = raw::list_text(bodies.iter().map(|body| &**body));
            if let Some(body) = raw::with_member(&header, &lines.field, &list) {
                job.shows(body);
            }
        }
    }
}

impl Job {
    /// One line failed: the reasons of all failed lines are kept, and the least certain outcome of them.
    fn fail_line(&mut self, error: ConnectorError) {
        match &mut self.state {
            Ok(_) => self.fail(error),
            Err(first) => {
                if !first.message.contains(&error.message) {
                    first.message = format!("{}; {}", first.message, error.message);
                }
                if error.certainty() == Certainty::Unknown {
                    *first = first.clone().certain(Certainty::Unknown);
                }
            }
        }
    }

    /// How the header shows so far.
    fn header_body(&self) -> Box<RawValue> {
        match &self.state {
            Ok(Some(body)) => body.clone(),
            Ok(None) | Err(_) => {
                let id = self.id.as_deref().map_or(Value::Null, id_value);
                RawValue::from_string(format!("{{\"id\":{id}}}")).expect("an id is JSON")
            }
        }
    }
}

fn with_id(id: Option<&str>, record: Record) -> Record {
    match id {
        None => record,
        Some(id) => std::iter::once(("id", &id_value(id))).chain(record.iter()).map(|(name, value)| (name, value.clone())).collect(),
    }
}
