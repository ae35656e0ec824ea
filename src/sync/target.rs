//! What the target holds: read at most once per run and scope, as a list when many records are wanted, else one by one.

use std::collections::HashMap;

use super::failure::Failure;
use crate::connector::{Connector, Key, ProjectScope, Query, Select};
use crate::evaluate::{Draft, identity_of};
use crate::plan::Plan;
use crate::schema::{Wire, plain};
use crate::value::{Record, Value, plain_text};

/// The statuses of a document that counts no more.
const UNDONE: [&str; 5] = ["Canceled", "Cancelled", "Voided", "Reversed", "Rejected"];

/// Whether a document counts no more: it was canceled, or reversed.
pub(super) fn is_undone(record: &Record) -> bool {
    record.text("Status").is_some_and(|status| UNDONE.contains(&status))
}

/// More records than this are read as a list rather than one by one.
const ONE_BY_ONE: usize = 8;

/// Longer lists are not kept whole only because they came whole.
const KEPT_WHOLE: usize = 500;

/// The target's records of one mapping in one scope.
#[derive(Debug, Default)]
pub(super) struct TargetView {
    /// Records that were read one by one; `None` for one that is gone.
    single: HashMap<String, Option<Record>>,
    /// All records by id, where a list brings whole ones and many of them are wanted.
    whole: Option<HashMap<String, Record>>,
    /// The ids of all records, by identity; list by list, where there is one for each contract.
    identities: HashMap<String, HashMap<String, Vec<String>>>,
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
        (id, draft): (&str, &Record),
    ) -> Result<Option<Record>, Failure> {
        if let Some(record) = self.whole.as_ref().and_then(|whole| whole.get(id)) {
            return Ok(Some(record.clone()));
        }
        if let Some(known) = self.single.get(id) {
            return Ok(known.clone());
        }
        if lists_whole(plan) && self.whole.is_none() && self.single.len() >= ONE_BY_ONE {
            let mut whole = HashMap::new();
            list(door, plan, (project, draft, Select::All), |record| drop(whole.insert(id_of(plan, &record), record))).await?;
            return Ok(self.whole.insert(whole).get(id).cloned());
        }
        let row = door.get(&plan.target, project, Key::Of(id, draft), Select::All).await?;
        let record = row.map(|row| read(plan, row.body.get())).transpose()?;
        self.single.insert(id.to_owned(), record.clone());
        Ok(record)
    }

    /// Takes over what was read of a record elsewhere; `None` for one that is gone.
    pub(super) fn know(&mut self, id: &str, record: Option<Record>) {
        self.single.insert(id.to_owned(), record);
    }

    /// The ids of the records that a draft stands for, by the mapping's identity fields.
    pub(super) async fn matching(
        &mut self,
        door: &Connector,
        plan: &Plan,
        project: Option<&ProjectScope>,
        draft: &Draft,
    ) -> Result<Vec<String>, Failure> {
        if plan.identity.is_empty() || !is_readable(plan) {
            return Ok(Vec::new());
        }
        let list = addressed_by(plan, &draft.fields).iter().map(|(_, value)| value.plain()).collect::<Vec<_>>().join("/");
        if !self.identities.contains_key(&list) {
            let known = self.list_identities(door, plan, (project, &draft.fields)).await?;
            self.identities.insert(list.clone(), known);
        }
        let ids = identity_of(plan, &draft.fields).and_then(|identity| self.identities.get(&list)?.get(&identity));
        Ok(ids.cloned().unwrap_or_default())
    }

    /// Asks only for what tells one record from another, and keeps that. Lists that bring whole records anyway are kept whole
    /// when they are short, or to be compared with.
    async fn list_identities(
        &mut self,
        door: &Connector,
        plan: &Plan,
        (project, draft): (Option<&ProjectScope>, &Record),
    ) -> Result<HashMap<String, Vec<String>>, Failure> {
        let fields: Vec<&str> = plan.identity.iter().map(String::as_str).collect();
        let brings_all = match &plan.target.resource.wire {
            Wire::Procore(wire) => wire.list.is_some() && wire.lines.is_empty(),
            Wire::Acumatica(_) => lists_whole(plan),
        };
        let select = if brings_all || !plan.writes() { Select::All } else { Select::Only(&fields) };
        let mut known: HashMap<String, Vec<String>> = HashMap::new();
        let mut whole = (brings_all || !plan.writes()).then(HashMap::new);
        let take = |record: Record| {
            let id = id_of(plan, &record);
            if let Some(identity) = identity_of(plan, &record) {
                known.entry(identity).or_default().push(id.clone());
            }
            if let Some(records) = &mut whole {
                records.insert(id, record);
            }
            if plan.writes() && whole.as_ref().is_some_and(|records| records.len() > KEPT_WHOLE) {
                whole = None;
            }
        };
        list(door, plan, (project, draft, select), take).await?;
        match (whole, &mut self.whole) {
            (Some(more), Some(whole)) => whole.extend(more),
            (Some(more), none) => *none = Some(more),
            (None, _) => {}
        }
        Ok(known)
    }

    /// Forgets what is known of a record that was just written.
    pub(super) fn forget(&mut self, id: &str) {
        self.single.remove(id);
        if let Some(whole) = &mut self.whole {
            whole.remove(id);
        }
    }
}

/// Whether a list brings whole records, at no more than it costs to ask for them one by one.
pub(super) fn lists_whole(plan: &Plan) -> bool {
    match &plan.target.resource.wire {
        Wire::Procore(wire) => wire.list.is_some() && wire.addressed_by().is_empty(),
        Wire::Acumatica(_) => plan.target.shape.fields.iter().all(|field| field.shape.is_none() && field.custom.is_none()),
    }
}

/// Every record of the target, one after the other.
pub(super) async fn list(
    door: &Connector,
    plan: &Plan,
    (project, draft, select): (Option<&ProjectScope>, &Record, Select<'_>),
    mut take: impl FnMut(Record),
) -> Result<(), Failure> {
    let equals = addressed_by(plan, draft);
    let mut page = None;
    loop {
        let query = Query { schema: &plan.target, project, since: None, equals: &equals, select };
        let read_page = door.read(&query, page).await?;
        for row in &read_page.rows {
            take(read(plan, row.body.get())?);
        }
        match read_page.next {
            Some(next) => page = Some(next),
            None => return Ok(()),
        }
    }
}

/// The values without which the target's records can be neither listed nor shown, from the draft of one of them.
pub(super) fn addressed_by<'p>(plan: &'p Plan, draft: &Record) -> Vec<(&'p str, Value)> {
    let fields = plan.target.resource.addressed_by().into_iter();
    fields.filter_map(|field| Some((field, draft.get(field)?.clone()))).collect()
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
