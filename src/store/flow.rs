//! A flow: one piece of work that must happen once, opened under its intent, walked step by step, resumed after a crash.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;

use jiff::Timestamp;
use rusqlite::{Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::column::{At, Bodies, Json, wrong};
use super::step::Begun;
use super::{Answer, Attempt, Decided, Digest, Entry, Lease, Reading, Setback, Step, StepError, Steps, StoreError, Wait, Worker, Writing};
use crate::value::Record;

/// Which flow: the same work has the same id in every run, and other work another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FlowId {
    /// The mapping.
    pub mapping: String,
    /// Procore project id; empty for the whole company.
    pub scope: String,
    /// The record's id at its source.
    pub source_id: String,
    /// Marks what is to be done: a digest over the payload, or over source version and mapping.
    pub fingerprint: String,
}

/// What will be done, on record before anything is.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// Which flow.
    pub id: FlowId,
    /// The mapping's fingerprint, the source's version, who asked: small.
    pub details: Record,
    /// What is large, by the part it plays: `source`, `draft`.
    pub bodies: Vec<(String, Vec<u8>)>,
}

/// A flow as it is remembered.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowRow {
    /// Which flow.
    pub id: FlowId,
    /// Its intent, as of its first opening.
    pub details: Record,
    /// Its bodies, as of its first opening.
    pub bodies: BTreeMap<String, Digest>,
    /// When it was opened first.
    pub opened: Timestamp,
    /// When it was finished; `None` while something is left to do.
    pub finished: Option<Timestamp>,
}

/// An open flow: the steps of one document, which nobody else works on meanwhile.
pub struct Flow {
    worker: Worker,
    lease: Lease,
    row: FlowRow,
}

const COLUMNS: &str = "mapping, scope, source_id, fingerprint, details, bodies, opened, finished";

impl Intent {
    /// An intent without facts yet.
    pub fn new(id: FlowId) -> Self {
        Self { id, details: Record::new(), bodies: Vec::new() }
    }
}

impl FlowId {
    /// Reads an id from its text; `None` for another text.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<String> = text.split('/').map(|part| part.replace("%2F", "/").replace("%25", "%")).collect();
        let [mapping, scope, source_id, fingerprint] = <[String; 4]>::try_from(parts).ok()?;
        Some(Self { mapping, scope, source_id, fingerprint })
    }
}

/// `<mapping>/<scope>/<source id>/<fingerprint>`; a stroke inside a part is `%2F`.
impl fmt::Display for FlowId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |part: &str| part.replace('%', "%25").replace('/', "%2F");
        let (mapping, scope) = (part(&self.mapping), part(&self.scope));
        write!(formatter, "{mapping}/{scope}/{}/{}", part(&self.source_id), part(&self.fingerprint))
    }
}

impl Flow {
    /// Opens a flow, or opens it again where it was left. The document is leased until the flow is finished, put aside or
    /// dropped.
    ///
    /// # Errors
    /// [`Leased`](super::StoreTrouble::Leased) when another worker is at this document, or a file that cannot be written.
    pub async fn open(worker: &Worker, intent: Intent) -> Result<Self, StoreError> {
        let id = &intent.id;
        let lease = worker.lease_record(&id.mapping, &id.scope, &id.source_id).await?;
        let row = lease.write(move |writing| writing.open_flow(&intent)).await?;
        Ok(Self { worker: worker.clone(), lease, row })
    }

    /// The flow as it is remembered: its intent is that of its first opening.
    pub fn row(&self) -> &FlowRow {
        &self.row
    }

    /// The worker that walks it.
    pub fn worker(&self) -> &Worker {
        &self.worker
    }

    /// Notes that nothing is left to do, and gives the document back.
    ///
    /// # Errors
    /// A step whose effect is unknown: such a flow stays open until that is settled. A file that cannot be written.
    pub async fn finish(self) -> Result<(), StoreError> {
        let id = self.row.id.clone();
        self.write(move |writing| writing.finish_flow(&id)).await?;
        self.lease.give_back().await
    }

    /// Gives the document back with steps still to do; [`Flow::open`] goes on from here. Dropping a flow does the same
    /// without waiting.
    ///
    /// # Errors
    /// A file that cannot be written: then the lease ends by time.
    pub async fn put_aside(self) -> Result<(), StoreError> {
        self.lease.give_back().await
    }

    /// A change under this flow's lease: nothing is written when another worker has taken over.
    ///
    /// # Errors
    /// [`LeaseLost`](super::StoreTrouble::LeaseLost), or what the closure met.
    pub async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.lease.write(change).await
    }
}

impl Steps for Flow {
    async fn step<'a, T, F, Fut>(&'a self, step: impl Into<Step<'a>> + Send + 'a, work: F) -> Result<T, StepError>
    where
        T: Serialize + DeserializeOwned + Send + 'a,
        F: FnOnce(Attempt) -> Fut + Send + 'a,
        Fut: Future<Output = Result<Answer<T>, Setback>> + Send + 'a,
    {
        let step = step.into();
        let (id, name, payload) = (self.row.id.clone(), step.name.to_owned(), step.payload.to_owned());
        let begin = move |writing: &Writing<'_>| writing.begin_step(&id, Step { name: &name, payload: &payload });
        let attempt = match self.write(begin).await? {
            Begun::Done(result) => return recorded(step.name, &result),
            Begun::Try(attempt) => attempt,
        };
        let number = attempt.number;
        let outcome = work(attempt).await;
        let (id, name) = (self.row.id.clone(), step.name.to_owned());
        match outcome {
            Ok(Answer { result, body }) => {
                let text = serde_json::to_string(&result)
                    .map_err(|problem| StoreError::defect(format!("the result of step `{name}` is no JSON: {problem}")))?;
                self.write(move |writing| writing.step_done(&id, (&name, number), &text, &body)).await?;
                Ok(result)
            }
            Err(setback) => {
                let told = setback.clone();
                self.write(move |writing| writing.step_set_back(&id, (&name, number), &told)).await?;
                Err(StepError::Setback { step: step.name.to_owned(), setback })
            }
        }
    }

    async fn consent<'a>(&'a self, name: &'a str) -> Result<Decided, StepError> {
        let (id, step) = (self.row.id.clone(), name.to_owned());
        let decided = self.write(move |writing| writing.consent_step(&id, &step)).await?;
        decided.map_err(|since| StepError::Waiting(Wait::Consent { step: name.to_owned(), since }))
    }

    async fn sleep_until<'a>(&'a self, name: &'a str, until: Timestamp) -> Result<(), StepError> {
        let (id, step) = (self.row.id.clone(), name.to_owned());
        let until = self.write(move |writing| writing.sleep_step(&id, &step, until)).await?;
        if self.worker.stamp().at >= until {
            return Ok(());
        }
        Err(StepError::Waiting(Wait::Until { step: name.to_owned(), until }))
    }
}

impl Reading<'_> {
    /// The flows in which something is left to do, oldest first; of one mapping or (with `None`) of all.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn open_flows(&self, mapping: Option<&str>) -> Result<Vec<FlowRow>, StoreError> {
        let sql = format!("select {COLUMNS} from flow where state = 'open' and ($1 is null or mapping = $1) order by opened, id");
        self.rows(&sql, params![mapping], flow_row)
    }

    /// A page of all flows, finished or not, in the order in which they were opened: those after a place, each with its own.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn flows_after(&self, place: i64, page: usize) -> Result<Vec<(i64, FlowRow)>, StoreError> {
        let page = i64::try_from(page).unwrap_or(i64::MAX);
        let sql = format!("select {COLUMNS}, rowid from flow where rowid > $1 order by rowid limit $2");
        self.rows(&sql, params![place, page], |row| Ok((row.get("rowid")?, flow_row(row)?)))
    }

    /// The place after which the newest so many flows stand.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn before_newest(&self, count: usize) -> Result<i64, StoreError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let place = self.row("select rowid from flow order by rowid desc limit 1 offset $1", params![count], |row| row.get(0))?;
        Ok(place.unwrap_or(i64::MIN))
    }

    /// The newest flow that took a record of a source over to the end.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn last_flow_of(&self, (mapping, scope): (&str, &str), source_id: &str) -> Result<Option<FlowRow>, StoreError> {
        let of_record = "mapping = $1 and scope = $2 and source_id = $3 and state = 'finished'";
        let sql = format!("select {COLUMNS} from flow where {of_record} order by rowid desc limit 1");
        self.row(&sql, params![mapping, scope, source_id], flow_row)
    }

    /// The flow of this id.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn flow(&self, id: &FlowId) -> Result<Option<FlowRow>, StoreError> {
        self.row(&format!("select {COLUMNS} from flow where id = $1"), params![id.to_string()], flow_row)
    }
}

impl Writing<'_> {
    fn open_flow(&self, intent: &Intent) -> Result<FlowRow, StoreError> {
        let id = &intent.id;
        if let Some(row) = self.flow(id)? {
            self.execute("update flow set state = 'open', finished = null where id = $1 and state = 'finished'", params![id.to_string()])?;
            return Ok(FlowRow { finished: None, ..row });
        }
        let mut bodies = BTreeMap::new();
        for (part, bytes) in &intent.bodies {
            bodies.insert(part.clone(), self.keep_body(bytes)?);
        }
        self.execute(
            "insert into flow (id, mapping, scope, source_id, fingerprint, details, bodies, state, opened)
             values ($1, $2, $3, $4, $5, $6, $7, 'open', $8)",
            params![
                id.to_string(),
                id.mapping,
                id.scope,
                id.source_id,
                id.fingerprint,
                Json(intent.details.clone()),
                Bodies::text(&bodies),
                At(self.stamp().at)
            ],
        )?;
        let mut entry = flow_entry("flow.opened", id).detail("intent", intent.details.clone());
        entry.bodies.clone_from(&bodies);
        self.journal(&entry)?;
        Ok(FlowRow { id: id.clone(), details: intent.details.clone(), bodies, opened: self.stamp().at, finished: None })
    }

    fn finish_flow(&self, id: &FlowId) -> Result<(), StoreError> {
        let sql = "select name from step where flow = $1 and (unsettled is not null or state in ('intended', 'unknown')) limit 1";
        if let Some(step) = self.row(sql, params![id.to_string()], |row| row.get::<_, String>(0))? {
            return Err(StoreError::conflict(
                format!("`{id}` cannot be finished: what came of its step `{step}` is unknown"),
                "look at the target, then settle the step",
            ));
        }
        let sql = "update flow set state = 'finished', finished = $2 where id = $1 and state = 'open'";
        if self.execute(sql, params![id.to_string(), At(self.stamp().at)])? == 1 {
            self.journal(&flow_entry("flow.finished", id))?;
            self.export_synced(id)?;
        }
        Ok(())
    }
}

fn flow_entry(kind: &str, id: &FlowId) -> Entry {
    Entry::about(kind, &id.mapping, &id.scope, &id.source_id).detail("fingerprint", id.fingerprint.as_str())
}

fn recorded<T: DeserializeOwned>(step: &str, result: &str) -> Result<T, StepError> {
    serde_json::from_str(result).map_err(|problem| {
        StepError::Store(StoreError::defect(format!("the recorded result of step `{step}` is of another kind: {problem}")))
    })
}

fn flow_row(row: &Row<'_>) -> rusqlite::Result<FlowRow> {
    let (Json(details), Bodies(bodies), At(opened)) = (row.get(4)?, row.get(5)?, row.get(6)?);
    let id = FlowId { mapping: row.get(0)?, scope: row.get(1)?, source_id: row.get(2)?, fingerprint: row.get(3)? };
    if id.mapping.is_empty() {
        return Err(wrong("a flow without a mapping").into());
    }
    Ok(FlowRow { id, details, bodies, opened, finished: row.get::<_, Option<At>>(7)?.map(|At(at)| at) })
}

#[cfg(test)]
mod tests {
    use super::FlowId;

    #[test]
    fn an_id_is_read_back_from_its_text_whatever_stands_in_it() {
        for (scope, source_id, text) in
            [("", "9", "bills//9/f1"), ("7/7", "50%/2F", "bills/7%2F7/50%25%2F2F/f1"), ("%2F", "%252F", "bills/%252F/%25252F/f1")]
        {
            let id = FlowId { mapping: "bills".into(), scope: scope.into(), source_id: source_id.into(), fingerprint: "f1".into() };
            assert_eq!(id.to_string(), text);
            assert_eq!(FlowId::parse(text), Some(id));
        }
        assert_eq!(FlowId::parse("bills/9/f1"), None);
        assert_eq!(FlowId::parse("bills/77/9/f1/put"), None);
    }
}
