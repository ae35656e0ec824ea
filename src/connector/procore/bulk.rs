//! One kind of bulk call: up to a thousand rows a call, always answered 200, with each row's fate to be found.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use serde_json::value::RawValue;

use super::Procore;
use super::address::Places;
use super::encode::written_name;
use super::errors::row_reasons;
use crate::connector::door::{Call, Effect};
use crate::connector::error::{Certainty, ConnectorError, ErrorKind, shorten};
use crate::connector::raw;
use crate::connector::transport::Response;
use crate::schema::{Schema, SyncCall, SyncLines};
use crate::value::{Record, Value, json_text};

/// A bulk call, of headers or of lines.
pub(super) struct Bulk<'a> {
    places: Places<'a>,
    sync: &'a SyncCall,
    lines: Option<&'a SyncLines>,
}

/// The rows of an answer, by what they can be recognised by.
struct Answer {
    rows: Vec<Result<Box<RawValue>, Box<RawValue>>>,
    taken: Vec<bool>,
    by_mark: HashMap<Mark, VecDeque<usize>>,
}

/// What a sent row is recognised by in the answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Mark {
    Id(String),
    Origin(String),
    Echo(Vec<Option<String>>),
}

/// What became of each row sent: as it shows now, or why not.
type Fates = Vec<Result<Box<RawValue>, ConnectorError>>;

impl<'a> Bulk<'a> {
    pub(super) fn headers(places: Places<'a>, sync: &'a SyncCall) -> Self {
        Self { places, sync, lines: None }
    }

    pub(super) fn lines(places: Places<'a>, sync: &'a SyncCall, lines: &'a SyncLines) -> Self {
        Self { places, sync, lines: Some(lines) }
    }

    pub(super) fn schema(&self) -> &'a Schema {
        self.places.schema
    }

    /// The member in which we show the lines that went by a call of their own.
    pub(super) fn line_field(&self) -> Option<&'a str> {
        self.sync.lines.as_ref().map(|lines| lines.field.as_str())
    }

    /// The fields by which a row without id and origin id is recognised: those of the schema, else the note that an
    /// integration may leave in every record that locks.
    fn echo(&self) -> Vec<&'a str> {
        match (self.lines, self.sync.echo.is_empty()) {
            (Some(_), _) => Vec::new(),
            (None, true) => self.sync.lock.iter().map(|_| "origin_data").collect(),
            (None, false) => self.sync.echo.iter().map(String::as_str).collect(),
        }
    }

    /// What a row we send is recognised by; nothing when it bears no mark.
    fn mark(&self, row: &Record) -> Option<Mark> {
        let plain = |name: &str| row.at_path(name).filter(|value| !value.is_null()).map(Value::plain);
        if let Some(id) = plain("id") {
            return Some(Mark::Id(id));
        }
        if let Some(origin) = plain("origin_id") {
            return Some(Mark::Origin(origin));
        }
        let echo: Vec<_> = self.echo().iter().map(|name| plain(written_name(name, &self.sync.rename))).collect();
        (!echo.is_empty() && echo.iter().any(Option::is_some)).then_some(Mark::Echo(echo))
    }

    fn is_upsert(&self, row: &Record) -> bool {
        matches!(self.mark(row), Some(Mark::Id(_) | Mark::Origin(_)))
    }

    /// What such a failure means for this row: an upsert may be sent again, whatever became of it.
    fn for_row(&self, error: &ConnectorError, row: &Record) -> ConnectorError {
        let again = error.certainty() == Certainty::Unknown && self.is_upsert(row);
        if again { error.clone().certain(Certainty::AgainLater) } else { error.clone() }
    }

    /// Everything that an answered row can be recognised by. Rows that succeeded come in the names of reads, rows that
    /// failed in those they were sent in.
    fn marks(&self, row: &RawValue) -> Vec<Mark> {
        let plain = |name: &str| name.split('.').try_fold(row, raw::member).and_then(raw::plain).map(|text| text.into_owned());
        let echo = || self.echo().iter().map(|name| plain(name).or_else(|| plain(written_name(name, &self.sync.rename)))).collect();
        let marks =
            [plain("id").map(Mark::Id), plain("origin_id").map(Mark::Origin), (!self.echo().is_empty()).then(|| Mark::Echo(echo()))];
        marks.into_iter().flatten().collect()
    }

    fn call(&self, procore: &Procore, rows: &[Record]) -> Result<Call, ConnectorError> {
        let (path, query) = self.lines.map_or((&self.sync.path, &self.sync.query), |lines| (&lines.path, &lines.query));
        let path = self.places.path(path)?;
        let mut body = if self.lines.is_some() { Record::new() } else { self.places.body(&self.sync.body)? };
        body.set(self.sync.rows.as_str(), rows.iter().cloned().map(Value::Record).collect::<Vec<_>>());
        let url = procore.url(&path, &self.places.query(query)?);
        let method = &self.sync.method;
        // Rows that bear an id or origin id are upserts (BR-79): sending them twice does what sending them once does.
        let upserts = rows.iter().all(|row| self.is_upsert(row));
        let effect = if upserts { Effect::Repeatable } else { Effect::Once };
        Ok(Call::write(method, url, format!("{method} {path}"), json_text(&Value::Record(body))).effect(effect))
    }
}

impl Procore {
    /// Sends the rows in calls of at most the limit; one fate each, in order. After a trouble that every call would
    /// meet, the rest is not sent. A call that is too large is halved.
    pub(super) async fn bulk(&self, bulk: &Bulk<'_>, rows: &[Record]) -> Fates {
        let limit = bulk.sync.limit.max(1);
        let mut fates: Vec<Option<Result<Box<RawValue>, ConnectorError>>> = rows.iter().map(|_| None).collect();
        let mut waiting: VecDeque<Range<usize>> = (0..rows.len()).step_by(limit).map(|from| from..rows.len().min(from + limit)).collect();
        let mut stopped: Option<ConnectorError> = None;
        while let Some(range) = waiting.pop_front() {
            let outcome = match &stopped {
                Some(error) => Err(error.for_the_rest()),
                None => self.chunk(bulk, &rows[range.clone()]).await,
            };
            match outcome {
                Ok(chunk) => range.zip(chunk).for_each(|(at, fate)| fates[at] = Some(fate)),
                Err(error) if error.kind == ErrorKind::TooLarge && error.certainty() == Certainty::Refused && range.len() > 1 => {
                    let middle = range.start + range.len() / 2;
                    waiting.push_front(middle..range.end);
                    waiting.push_front(range.start..middle);
                }
                Err(error) => {
                    if stopped.is_none() && error.stops_the_rest() {
                        stopped = Some(error.clone());
                    }
                    range.for_each(|at| fates[at] = Some(Err(bulk.for_row(&error, &rows[at]))));
                }
            }
        }
        fates.into_iter().map(|fate| fate.expect("every range is answered")).collect()
    }

    async fn chunk(&self, bulk: &Bulk<'_>, rows: &[Record]) -> Result<Fates, ConnectorError> {
        let call = bulk.call(self, rows)?;
        let response = self.call(&call).await?;
        let body = self.body(&call, &response, "`entities` and `errors`")?;
        let mut answer = Answer::read(bulk, &body).ok_or_else(|| self.door.nonsense(&call, &response, "`entities` and `errors`"))?;
        let alone = rows.len() == 1 && answer.rows.len() == 1;
        let find = |row: &Record| match answer.take(bulk.mark(row).as_ref().filter(|_| !alone), alone) {
            Some(Ok(entity)) => Ok(entity),
            Some(Err(refused)) => Err(self.refused(&call, &refused)),
            None => Err(bulk.for_row(&self.missing(&call, &response), row)),
        };
        Ok(rows.iter().map(find).collect())
    }

    fn refused(&self, call: &Call, row: &RawValue) -> ConnectorError {
        let errors = raw::member(row, "errors").or_else(|| raw::member(row, "error"));
        let value = Value::from_json(errors.unwrap_or(row).get()).unwrap_or_default();
        let reasons: Vec<String> = row_reasons(&value).iter().map(|reason| shorten(&self.door.clean(reason))).collect();
        let error = self.door.error(ErrorKind::Refused, &call.operation, shorten(&reasons.join("; ")));
        reasons.into_iter().take(20).fold(error, |error, reason| error.fact("error", reason))
    }

    /// The call was answered, but not for this row.
    fn missing(&self, call: &Call, response: &Response) -> ConnectorError {
        let error = self.door.error(ErrorKind::Nonsense, &call.operation, "the answer does not mention this row");
        let error = error.certain(Certainty::Unknown).fact("status", response.status.to_string());
        match response.header("x-request-id") {
            Some(id) => error.fact("request_id", id),
            None => error,
        }
    }
}

impl Answer {
    /// `{entities, errors}`, perhaps inside `data`, or a bare list of entities.
    fn read(bulk: &Bulk<'_>, body: &RawValue) -> Option<Self> {
        let body = raw::member(body, "data").filter(|_| raw::member(body, "entities").is_none()).unwrap_or(body);
        let (entities, errors) = match raw::items(body) {
            Some(entities) => (entities, Vec::new()),
            None => {
                let list = |name: &str| raw::member(body, name).filter(|list| list.get() != "null").map_or(Some(Vec::new()), raw::items);
                raw::member(body, "entities").or_else(|| raw::member(body, "errors"))?;
                (list("entities")?, list("errors")?)
            }
        };
        let rows: Vec<_> =
            entities.into_iter().map(|row| Ok(row.to_owned())).chain(errors.into_iter().map(|row| Err(row.to_owned()))).collect();
        let mut by_mark: HashMap<Mark, VecDeque<usize>> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            let (Ok(row) | Err(row)) = row;
            for mark in bulk.marks(row) {
                by_mark.entry(mark).or_default().push_back(at);
            }
        }
        Some(Self { taken: vec![false; rows.len()], rows, by_mark })
    }

    /// The row of this mark that nobody has taken yet. A single answer to a single row needs no mark.
    fn take(&mut self, mark: Option<&Mark>, alone: bool) -> Option<Result<Box<RawValue>, Box<RawValue>>> {
        let at = if alone {
            0
        } else {
            let candidates = self.by_mark.get_mut(mark?)?;
            loop {
                let at = candidates.pop_front()?;
                if !self.taken[at] {
                    break at;
                }
            }
        };
        self.taken[at] = true;
        Some(self.rows[at].clone())
    }
}

/// Walks dotted paths in a record.
trait AtPath {
    fn at_path(&self, path: &str) -> Option<&Value>;
}

impl AtPath for Record {
    fn at_path(&self, path: &str) -> Option<&Value> {
        match path.split_once('.') {
            None => self.get(path),
            Some((first, rest)) => self.get(first)?.at(rest),
        }
    }
}
