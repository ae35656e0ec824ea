//! What the target holds: read at most once per run and scope, as a list when many records are wanted, else one by one.

use std::collections::HashMap;

use super::failure::Failure;
use crate::connector::{Connector, Key, ProjectScope, Query, Select};
use crate::evaluate::{Draft, matches_identity};
use crate::plan::Plan;
use crate::schema::{System, Wire, plain};
use crate::value::{Record, Value, plain_text};

/// More records than this are read as a list rather than one by one.
const ONE_BY_ONE: usize = 8;

/// The target's records of one mapping in one scope.
#[derive(Debug, Default)]
pub(super) struct TargetView {
    /// Records that were read one by one; `None` for one that is gone.
    single: HashMap<String, Option<Record>>,
    /// All records: whole ones, or (Acumatica) just what tells one from another.
    listed: Option<Vec<Record>>,
    whole: bool,
}

/// Whether a resource can be read at all.
pub(super) fn is_readable(plan: &Plan) -> bool {
    match &plan.target.resource.wire {
        Wire::Acumatica(_) => true,
        Wire::Procore(wire) => wire.list.is_some() || wire.show.is_some(),
    }
}

impl TargetView {
    /// A record by its id.
    pub(super) async fn record(
        &mut self,
        door: &Connector,
        plan: &Plan,
        project: Option<&ProjectScope>,
        id: &str,
    ) -> Result<Option<Record>, Failure> {
        if self.whole
            && let Some(listed) = &self.listed
        {
            return Ok(listed.iter().find(|record| id_of(plan, record) == id).cloned());
        }
        if let Some(known) = self.single.get(id) {
            return Ok(known.clone());
        }
        let lists_whole = plan.target.resource.wire.procore().is_some_and(|wire| wire.list.is_some());
        if lists_whole && self.single.len() >= ONE_BY_ONE {
            self.list(door, plan, project).await?;
            return Ok(self.listed.iter().flatten().find(|record| id_of(plan, record) == id).cloned());
        }
        let row = door.get(&plan.target, project, Key::Id(id), Select::All).await?;
        let record = row.map(|row| read(plan, row.body.get())).transpose()?;
        self.single.insert(id.to_owned(), record.clone());
        Ok(record)
    }

    /// The records that a draft stands for, by the mapping's identity fields.
    pub(super) async fn matching(
        &mut self,
        door: &Connector,
        plan: &Plan,
        project: Option<&ProjectScope>,
        draft: &Draft,
    ) -> Result<Vec<Record>, Failure> {
        if plan.identity.is_empty() || !is_readable(plan) {
            return Ok(Vec::new());
        }
        if self.listed.is_none() {
            self.list(door, plan, project).await?;
        }
        Ok(self.listed.iter().flatten().filter(|record| matches_identity(plan, draft, record)).cloned().collect())
    }

    async fn list(&mut self, door: &Connector, plan: &Plan, project: Option<&ProjectScope>) -> Result<(), Failure> {
        // Procore's lists bring whole records; Acumatica is asked only for what tells one record from another.
        self.whole = plan.target.resource.system == System::Procore;
        let mut fields: Vec<&str> = plan.identity.iter().map(String::as_str).collect();
        fields.extend(plan.target.resource.key.iter().map(String::as_str));
        let select = if self.whole { Select::All } else { Select::Only(&fields) };
        let mut listed = Vec::new();
        let mut page = None;
        loop {
            let query = Query { schema: &plan.target, project, since: None, equals: &[], select };
            let read_page = door.read(&query, page).await?;
            for row in &read_page.rows {
                listed.push(read(plan, row.body.get())?);
            }
            match read_page.next {
                Some(next) => page = Some(next),
                None => break,
            }
        }
        self.listed = Some(listed);
        Ok(())
    }

    /// Forgets what is known of a record that was just written.
    pub(super) fn forget(&mut self, id: &str) {
        self.single.remove(id);
    }
}

/// A target record as plain data.
pub(super) fn read(plan: &Plan, body: &str) -> Result<Record, Failure> {
    let schema = &plan.target;
    plain(body, &schema.shape, schema.resource.system)
        .map_err(|problem| Failure::Asked(format!("`{}` answered a record that its schema does not fit: {problem}", schema.name)))
}

/// The system's id of a target record.
pub(super) fn id_of(plan: &Plan, record: &Record) -> String {
    text(record.get(&plan.target.resource.id))
}

/// The business key of a target record.
pub(super) fn key_of(plan: &Plan, record: &Record) -> String {
    let whole = Value::Record(record.clone());
    let parts: Vec<String> = plan.target.resource.key.iter().map(|path| text(whole.at(path))).collect();
    if parts.iter().all(String::is_empty) { String::new() } else { parts.join("/") }
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::Number(number)) => plain_text(*number),
        Some(other) => other.plain().trim().to_owned(),
        None => String::new(),
    }
}
