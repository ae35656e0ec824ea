//! Reads the source, page by page: related records put beside each record, equal keys made one.

use std::collections::HashMap;

use jiff::Timestamp;

use super::engine::Engine;
use super::failure::Failure;
use crate::connector::{Connector, Key, PageToken, ProjectScope, Query, Select};
use crate::evaluate::{Context, NoLinks, beside, grouped, open};
use crate::plan::{Plan, Records};
use crate::schema::{Schema, plain};
use crate::value::Value;

/// More related records than this are read as a list rather than one by one.
const ONE_BY_ONE: usize = 8;

/// Related records that were read already: resource and key → body.
pub(super) type Joined = HashMap<(String, String), Option<String>>;

/// A read on its way.
pub(super) struct Gathering<'g> {
    plan: &'g Plan,
    project: Option<&'g ProjectScope>,
    since: Option<Timestamp>,
    page: Option<PageToken>,
    done: bool,
    /// How many records there are in all, if the system says so.
    pub(super) total: Option<u64>,
}

impl<'g> Gathering<'g> {
    pub(super) fn new(plan: &'g Plan, project: Option<&'g ProjectScope>, since: Option<Timestamp>) -> Self {
        Self { plan, project, since, page: None, done: false, total: None }
    }

    /// The next records; none when all are read. A plan that groups gets all of them at once, for equal keys may stand anywhere.
    pub(super) async fn next(&mut self, engine: &Engine<'_>, joined: &mut Joined) -> Result<Option<Vec<String>>, Failure> {
        let Records::Group { by, name } = &self.plan.records else { return self.page(engine, joined).await };
        let mut all = Vec::new();
        while let Some(page) = self.page(engine, joined).await? {
            all.extend(page);
        }
        if all.is_empty() {
            return Ok(None);
        }
        grouped(&all, by, name).map(Some).map_err(|refusal| Failure::Asked(refusal.to_string()))
    }

    async fn page(&mut self, engine: &Engine<'_>, joined: &mut Joined) -> Result<Option<Vec<String>>, Failure> {
        if self.done {
            return Ok(None);
        }
        let door = engine.doors.of(self.plan.source.resource.system);
        let query = Query { schema: &self.plan.source, project: self.project, since: self.since, equals: &[], select: Select::All };
        let page = door.read(&query, self.page.take()).await?;
        self.done = page.next.is_none();
        self.page = page.next;
        self.total = page.total;
        let bodies = page.rows.into_iter().map(|row| row.body.get().to_owned()).collect();
        join(engine, self.plan, bodies, self.since, joined).await.map(Some)
    }
}

/// Puts related records beside each record.
pub(super) async fn join(
    engine: &Engine<'_>,
    plan: &Plan,
    bodies: Vec<String>,
    since: Option<Timestamp>,
    joined: &mut Joined,
) -> Result<Vec<String>, Failure> {
    if plan.joins.is_empty() {
        return Ok(bodies);
    }
    let door = engine.doors.of(plan.source.resource.system);
    let keys: Vec<Vec<Option<Vec<String>>>> = bodies.iter().map(|body| join_keys(engine, plan, body)).collect();
    for (nth, join) in plan.joins.iter().enumerate() {
        let mut wanted: Vec<&Vec<String>> = keys.iter().filter_map(|keys| keys.get(nth)?.as_ref()).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted.retain(|key| !joined.contains_key(&(join.schema.name.clone(), key.join("/"))));
        if wanted.len() > ONE_BY_ONE {
            read_all(door, &join.schema, since, joined).await?;
            wanted.retain(|key| !joined.contains_key(&(join.schema.name.clone(), key.join("/"))));
        }
        for key in wanted {
            let row = door.get(&join.schema, None, Key::Parts(key), Select::All).await?;
            joined.insert((join.schema.name.clone(), key.join("/")), row.map(|row| row.body.get().to_owned()));
        }
    }
    let beside_each = bodies.into_iter().zip(&keys).map(|(body, keys)| {
        let found: Vec<(&str, &str)> = plan
            .joins
            .iter()
            .zip(keys)
            .filter_map(|(join, key)| {
                Some((join.name.as_str(), joined.get(&(join.schema.name.clone(), key.as_ref()?.join("/")))?.as_deref()?))
            })
            .collect();
        if found.is_empty() { body } else { beside(&body, &found) }
    });
    Ok(beside_each.collect())
}

/// The keys of a record's related records; a record that cannot be read has none, and is told when it is mapped.
fn join_keys(engine: &Engine<'_>, plan: &Plan, body: &str) -> Vec<Option<Vec<String>>> {
    let none = || vec![None; plan.joins.len()];
    let Ok(opened) = open(plan, body) else { return none() };
    let empty = Value::Null;
    let context = Context { settings: engine.settings, ask: &empty, target: &empty, project: &empty, links: &NoLinks, today: engine.today };
    opened.document().join_keys(&context).unwrap_or_else(|_| none())
}

async fn read_all(door: &Connector, schema: &Schema, since: Option<Timestamp>, joined: &mut Joined) -> Result<(), Failure> {
    let since = since.filter(|_| schema.resource.modified.is_some());
    let mut page = None;
    loop {
        let query = Query { schema, project: None, since, equals: &[], select: Select::All };
        let read = door.read(&query, page).await?;
        for row in read.rows {
            let body = row.body.get().to_owned();
            let Ok(record) = plain(&body, &schema.shape, schema.resource.system) else { continue };
            let key: Vec<String> = schema.resource.key.iter().map(|name| record.get(name).map(Value::plain).unwrap_or_default()).collect();
            joined.insert((schema.name.clone(), key.join("/")), Some(body));
        }
        match read.next {
            Some(next) => page = Some(next),
            None => return Ok(()),
        }
    }
}
