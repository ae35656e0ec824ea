//! Which call writes a record to Procore: the bulk sync, a create or an update?

use serde_json::value::RawValue;

use super::Procore;
use super::address::Places;
use super::encode::{formed, id_value};
use super::sync::Job;
use crate::connector::door::{Call, Effect};
use crate::connector::error::{Certainty, ConnectorError};
use crate::connector::raw;
use crate::connector::words::{Outgoing, ProjectScope, Written};
use crate::schema::{ProcoreWire, Schema, SyncCall, WriteCall};
use crate::value::{Record, Value, json_text};

/// How one record goes out.
enum Way<'a> {
    /// In one of the bulk calls.
    Bulk,
    /// By a call of its own.
    Single(&'a WriteCall),
}

impl Procore {
    /// Writes records; one outcome each, in order. Bulk where the resource has it. Where lines go by a call of their
    /// own and the record locks, the sequence of [`sync`](super::sync) follows, whichever way the header went.
    pub(in crate::connector) async fn write(
        &self,
        schema: &Schema,
        project: Option<&ProjectScope>,
        rows: &[Outgoing<'_>],
    ) -> Vec<Result<Written, ConnectorError>> {
        let wire = match self.wire(schema) {
            Ok(wire) => wire,
            Err(error) => return rows.iter().map(|_| Err(error.clone())).collect(),
        };
        let places = self.places(schema, project);
        let fields = wire.sync.as_ref().map(SyncCall::addressed_by).unwrap_or_default();
        if fields.is_empty() {
            return self.write_at(places, wire, rows).await;
        }
        // Rows of one address go together, and their address is no part of them.
        let mut outcomes: Vec<Option<Result<Written, ConnectorError>>> = rows.iter().map(|_| None).collect();
        for (address, members) in by_address(&fields, rows) {
            let bare: Vec<Record> = members.iter().map(|at| without(rows[*at].draft, &fields)).collect();
            let outgoing: Vec<Outgoing<'_>> = members.iter().zip(&bare).map(|(at, draft)| Outgoing { id: rows[*at].id, draft }).collect();
            let written = self.write_at(places.with(&address), wire, &outgoing).await;
            members.into_iter().zip(written).for_each(|(at, outcome)| outcomes[at] = Some(outcome));
        }
        outcomes.into_iter().map(|outcome| outcome.expect("every row has one address")).collect()
    }

    async fn write_at(&self, places: Places<'_>, wire: &ProcoreWire, rows: &[Outgoing<'_>]) -> Vec<Result<Written, ConnectorError>> {
        let schema = places.schema;
        let mut jobs = Vec::with_capacity(rows.len());
        let mut stopped: Option<ConnectorError> = None;
        for row in rows {
            let job = match (way(wire, row), &stopped) {
                (None, _) => Job::failed(self.unsupported(schema, "it cannot be written to")),
                (Some(Way::Bulk), _) => Job::planned(schema, wire, row),
                (Some(Way::Single(_)), Some(error)) => Job::failed(error.for_the_rest()),
                (Some(Way::Single(call)), None) => {
                    let mut job = self.single(places, wire, call, row).await;
                    if wire.sync.is_none() {
                        self.finish_single(places, (wire, call), row, &mut job).await;
                    }
                    stopped = job.failure().filter(|error| error.stops_the_rest()).cloned();
                    job
                }
            };
            jobs.push(job);
        }
        self.finish(places, wire, &mut jobs).await;
        jobs.into_iter().map(|job| job.outcome(schema)).collect()
    }

    /// Sends one record by a create or an update; lines and lock that go later are kept in the job.
    async fn single(&self, places: Places<'_>, wire: &ProcoreWire, write: &WriteCall, row: &Outgoing<'_>) -> Job {
        let mut job = Job::planned(places.schema, wire, row);
        let mut record = formed(&places.schema.shape, row.draft, &write.rename);
        match &wire.sync {
            Some(sync) => sync.lock.iter().chain(sync.lines.iter().map(|lines| &lines.field)).for_each(|later| drop(record.remove(later))),
            None => job.keep_for_later(write, &mut record),
        }
        // A record that exists may have nothing but its lines to send.
        if record.is_empty() && row.id.is_some() {
            return job;
        }
        match self.send_single(places, write, row.id, record).await {
            Ok(body) => job.header_done(places.schema, body),
            Err(error) => job.fail(error),
        }
        job
    }

    /// What a plain create or update leaves for later: the lines in a bulk call, then the field that locks.
    async fn finish_single(&self, places: Places<'_>, (wire, write): (&ProcoreWire, &WriteCall), row: &Outgoing<'_>, job: &mut Job) {
        if let Some(lines) = &write.lines {
            self.lines_of(places, lines, job).await;
        }
        let update = wire.update.as_ref().unwrap_or(write);
        if let Some((id, record)) = job.lock_to_send() {
            // What the address of an update needs beside the lock stands in the record.
            let beside = update.body.values().filter_map(|text| text.strip_prefix('$'));
            let known = beside.filter_map(|field| Some((field, row.draft.get(field)?.clone())));
            let record = known.chain(record.iter().map(|(name, value)| (name, value.clone()))).collect();
            match self.send_single(places, update, Some(&id), record).await {
                Ok(body) => job.locked(body),
                Err(error) => job.fail(error),
            }
        }
    }

    async fn send_single(
        &self,
        places: Places<'_>,
        write: &WriteCall,
        id: Option<&str>,
        record: Record,
    ) -> Result<Box<RawValue>, ConnectorError> {
        let whole = record.clone();
        let places = id.map_or(places, |id| places.of(id)).with(&whole);
        let path = places.path(&write.path)?;
        let mut body = places.body(&write.body)?;
        let mut record = record;
        for (member, field) in write.body.iter().filter_map(|(member, text)| Some((member, text.strip_prefix('$')?))) {
            if let Some(value) = record.remove(field) {
                body.set_at(member, value);
            }
        }
        match &write.wrap {
            Some(member) => body.set(member.as_str(), record),
            None => record.iter().for_each(|(name, value)| body.set(name, value.clone())),
        }
        // A change by id does the same however often it is sent; a create makes another record each time.
        let effect = if id.is_some() { Effect::Repeatable } else { Effect::Once };
        let url = self.url(&path, &places.query(&write.query)?);
        let call = Call::write(&write.method, url, format!("{} {path}", write.method), json_text(&Value::Record(body))).effect(effect);
        let response = self.call(&call).await?;
        if let (Some(id), true) = (id, response.body.is_empty()) {
            let known = Value::Record([("id", id_value(id))].into_iter().collect());
            return Ok(RawValue::from_string(json_text(&known)).expect("a value is JSON"));
        }
        let body = self.body(&call, &response, "the record")?;
        // v2 answers inside `data`.
        let bare = match (raw::member(&body, &places.schema.resource.id), raw::member(&body, "data")) {
            (None, Some(data)) => data.to_owned(),
            _ => body,
        };
        match raw::plain_member(&bare, &places.schema.resource.id) {
            Some(_) => Ok(bare),
            None if id.is_some() => Ok(bare),
            None => Err(self.door.nonsense(&call, &response, "a record with its id").certain(Certainty::Unknown)),
        }
    }
}

fn way<'a>(wire: &'a ProcoreWire, row: &Outgoing<'_>) -> Option<Way<'a>> {
    let single = if row.id.is_some() { wire.update.as_ref() } else { wire.create.as_ref() };
    match single {
        Some(call) if asked_for(call, row.draft) => Some(Way::Single(call)),
        _ if wire.sync.is_some() => Some(Way::Bulk),
        other => other.map(Way::Single),
    }
}

/// Whether a field has one of the values that the bulk call's enumeration lacks.
fn asked_for(call: &WriteCall, draft: &Record) -> bool {
    call.when.iter().any(|(field, values)| draft.get(field).is_some_and(|value| values.contains(&value.plain())))
}

/// The rows of each address: the values of these fields, and which rows have them.
fn by_address(fields: &[&str], rows: &[Outgoing<'_>]) -> Vec<(Record, Vec<usize>)> {
    let mut groups: Vec<(Record, Vec<usize>)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let address: Record = fields.iter().filter_map(|field| Some((*field, row.draft.get(field)?.clone()))).collect();
        match groups.iter_mut().find(|(known, _)| *known == address) {
            Some((_, members)) => members.push(at),
            None => groups.push((address, vec![at])),
        }
    }
    groups
}

fn without(draft: &Record, fields: &[&str]) -> Record {
    draft.iter().filter(|(name, _)| !fields.contains(name)).map(|(name, value)| (name, value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::{Outgoing, Way, way};
    use crate::schema::ProcoreWire;
    use crate::value::{Record, Value};

    fn taken(wire: &str, id: Option<&str>, kind: &str) -> &'static str {
        let wire: ProcoreWire = serde_json::from_str(wire).unwrap();
        let draft: Record = [("direct_cost_type", Value::text(kind))].into_iter().collect();
        match way(&wire, &Outgoing { id, draft: &draft }) {
            None => "none",
            Some(Way::Bulk) => "bulk",
            Some(Way::Single(call)) if call.method == "POST" => "create",
            Some(Way::Single(_)) => "update",
        }
    }

    #[test]
    fn the_bulk_call_is_taken_unless_its_enumeration_lacks_a_value() {
        let both = r#"{"sync":{"path":"/s"},"create":{"method":"POST","path":"/c","when":{"direct_cost_type":["subcontractor_invoice"]}}}"#;
        assert_eq!(taken(both, None, "invoice"), "bulk");
        assert_eq!(taken(both, None, "subcontractor_invoice"), "create");
        assert_eq!(taken(both, Some("7"), "subcontractor_invoice"), "bulk");
        let plain = r#"{"create":{"method":"POST","path":"/c"},"update":{"method":"PATCH","path":"/c/{id}"}}"#;
        assert_eq!(taken(plain, None, "x"), "create");
        assert_eq!(taken(plain, Some("7"), "x"), "update");
        assert_eq!(taken(r#"{"create":{"method":"POST","path":"/c"}}"#, Some("7"), "x"), "none");
        assert_eq!(taken("{}", None, "x"), "none");
    }
}
