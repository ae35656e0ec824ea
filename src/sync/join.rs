//! Puts related records beside each record: one by its key or id, or a list of all that belong to it. What is read is kept for the
//! rest of the run.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::engine::Engine;
use super::failure::Failure;
use super::scope::named;
use crate::connector::{Key, ProjectScope, Query, Select};
use crate::evaluate::{Context, NoLinks, beside, open, regrouped};
use crate::plan::{Join, JoinBy, Plan};
use crate::schema::{Schema, Scope, Wire, plain};
use crate::value::{Record, Value, plain_text};

/// More related records than this are read as a list rather than one by one.
const ONE_BY_ONE: usize = 8;

/// Related records that were read already.
#[derive(Debug, Default)]
pub(super) struct Joined {
    /// The synced projects, in which joined records may lie.
    pub(super) projects: Vec<ProjectScope>,
    /// By resource, project, and key or id.
    single: HashMap<(String, String, String), Option<String>>,
    /// By resource and project.
    lists: HashMap<(String, String), List>,
}

/// All records of a resource in one project, or in the company.
#[derive(Debug, Default)]
struct List {
    records: Vec<(Record, String)>,
    /// For each choice of fields: their values → which records.
    indexes: HashMap<Vec<String>, HashMap<String, Vec<usize>>>,
}

/// Which records are wanted beside one record.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    /// The project's id at Procore; empty in the company.
    scope: String,
    /// Their key, id or values; none for a list of which nothing can be meant, since a value is absent or its `when` is false.
    values: Option<Vec<String>>,
}

impl Joined {
    /// Nothing read yet.
    pub(super) fn in_projects(projects: Vec<ProjectScope>) -> Self {
        Self { projects, ..Self::default() }
    }

    /// Forgets what was read of a resource, for it has been written.
    pub(super) fn forget(&mut self, resource: &str) {
        self.single.retain(|(known, _, _), _| known != resource);
        self.lists.retain(|(known, _), _| known != resource);
    }

    fn project(&self, scope: &str) -> Option<ProjectScope> {
        self.projects.iter().find(|project| project.procore == scope).cloned()
    }
}

/// Puts related records beside each record, and then the lists that the plan makes of what is there. A join may name what an earlier one put there.
pub(super) async fn join(
    engine: &Engine<'_>,
    plan: &Plan,
    mut bodies: Vec<String>,
    (project, since): (Option<&ProjectScope>, Option<Timestamp>),
    joined: &mut Joined,
) -> Result<Vec<String>, Failure> {
    for join in &plan.joins {
        let wanted: Vec<Option<Wanted>> = bodies.iter().map(|body| wanted(engine, (plan, join), body, (project, joined))).collect();
        let reader = Reader { engine, join, since };
        match &join.by {
            JoinBy::All(_) => reader.lists(&wanted, joined).await?,
            JoinBy::Key(_) | JoinBy::Id(_) | JoinBy::Computed(_) => reader.singles(&wanted, joined).await?,
        }
        for (body, wanted) in bodies.iter_mut().zip(&wanted) {
            if let Some(found) = wanted.as_ref().and_then(|wanted| reader.found(wanted, joined)) {
                *body = beside(body, &[(join.name.as_str(), &found)]);
            }
        }
    }
    let regroup = |body| regrouped(body, &plan.lists).map_err(|refusal| Failure::Asked(refusal.to_string()));
    bodies.into_iter().map(regroup).collect()
}

/// What a record wants beside it. One that cannot be read wants nothing, and is told when it is mapped.
fn wanted(
    engine: &Engine<'_>,
    (plan, join): (&Plan, &Join),
    body: &str,
    (project, joined): (Option<&ProjectScope>, &Joined),
) -> Option<Wanted> {
    let opened = open(plan, body).ok()?;
    let document = opened.document();
    let empty = Value::Null;
    let context = Context { settings: engine.settings, ask: &empty, target: &empty, project: &empty, links: &NoLinks, today: engine.today };
    let values = match document.joined_by(join, &context) {
        Ok(Some(values)) => Some(values),
        Ok(None) if join.is_list() => None,
        Ok(None) | Err(_) => return None,
    };
    if join.schema.resource.scope == Scope::Company {
        return Some(Wanted { scope: String::new(), values });
    }
    let own = || named(&joined.projects, &document.project_key().ok()??, plan.source.resource.system);
    let project = project.or_else(own)?;
    Some(Wanted { scope: project.procore.clone(), values })
}

/// Reads what one join puts beside records.
struct Reader<'r> {
    engine: &'r Engine<'r>,
    join: &'r Join,
    since: Option<Timestamp>,
}

impl Reader<'_> {
    fn schema(&self) -> &Schema {
        &self.join.schema
    }

    /// Every list that is wanted and was not read yet.
    async fn lists(&self, wanted: &[Option<Wanted>], joined: &mut Joined) -> Result<(), Failure> {
        let scopes: BTreeSet<&str> =
            wanted.iter().flatten().filter(|wanted| wanted.values.is_some()).map(|wanted| wanted.scope.as_str()).collect();
        let JoinBy::All(fields) = &self.join.by else { return Ok(()) };
        let fields: Vec<String> = fields.iter().map(|(field, _)| field.clone()).collect();
        for scope in scopes {
            let key = (self.schema().name.clone(), scope.to_owned());
            if !joined.lists.contains_key(&key) {
                let records = self.all(joined.project(scope).as_ref(), None).await?;
                joined.lists.insert(key.clone(), List { records, ..List::default() });
            }
            if let Some(list) = joined.lists.get_mut(&key) {
                list.index(&fields);
            }
        }
        Ok(())
    }

    /// Every single record that is wanted and was not read yet: one by one, or many as a list.
    async fn singles(&self, wanted: &[Option<Wanted>], joined: &mut Joined) -> Result<(), Failure> {
        let unknown = |joined: &Joined| -> BTreeSet<(String, Vec<String>)> {
            let wanted = wanted.iter().flatten().filter_map(|wanted| Some((wanted.scope.clone(), wanted.values.clone()?)));
            wanted.filter(|(scope, values)| !joined.single.contains_key(&self.single(scope, values))).collect()
        };
        let many = unknown(joined);
        let scopes: BTreeSet<&str> = many.iter().map(|(scope, _)| scope.as_str()).collect();
        for scope in scopes {
            if self.is_listed() && many.iter().filter(|(other, _)| other == scope).count() > ONE_BY_ONE {
                let since = self.since.filter(|_| self.schema().resource.modified.is_some());
                for (record, body) in self.all(joined.project(scope).as_ref(), since).await? {
                    let key = self.single(scope, &self.names().iter().map(|name| text(&record, name)).collect::<Vec<_>>());
                    joined.single.insert(key, Some(body));
                }
            }
        }
        for (scope, values) in unknown(joined) {
            let door = self.engine.doors.of(self.schema().resource.system);
            let key = match &self.join.by {
                JoinBy::Id(_) | JoinBy::Computed(_) => Key::Id(values.first().map_or("", String::as_str)),
                JoinBy::Key(_) | JoinBy::All(_) => Key::Parts(&values),
            };
            let row = door.get(self.schema(), joined.project(&scope).as_ref(), key, Select::All).await?;
            joined.single.insert(self.single(&scope, &values), row.map(|row| row.body.get().to_owned()));
        }
        Ok(())
    }

    /// What is put beside a record, as JSON.
    fn found(&self, wanted: &Wanted, joined: &Joined) -> Option<String> {
        let JoinBy::All(fields) = &self.join.by else {
            return joined.single.get(&self.single(&wanted.scope, wanted.values.as_ref()?))?.clone();
        };
        let Some(values) = &wanted.values else { return Some("[]".to_owned()) };
        let list = joined.lists.get(&(self.schema().name.clone(), wanted.scope.clone()))?;
        let fields: Vec<String> = fields.iter().map(|(field, _)| field.clone()).collect();
        let found = list.indexes.get(&fields)?.get(&folded(values)).map_or(&[][..], Vec::as_slice);
        let bodies: Vec<&str> = found.iter().map(|at| list.records[*at].1.as_str()).collect();
        Some(format!("[{}]", bodies.join(",")))
    }

    fn single(&self, scope: &str, values: &[String]) -> (String, String, String) {
        let by = if matches!(self.join.by, JoinBy::Id(_) | JoinBy::Computed(_)) { "id" } else { "key" };
        (self.schema().name.clone(), scope.to_owned(), format!("{by} {}", folded(values)))
    }

    /// The fields by which single records are found.
    fn names(&self) -> Vec<String> {
        match &self.join.by {
            JoinBy::Id(_) | JoinBy::Computed(_) => vec![self.schema().resource.id.clone()],
            JoinBy::Key(_) | JoinBy::All(_) => self.schema().resource.key.clone(),
        }
    }

    fn is_listed(&self) -> bool {
        match &self.schema().resource.wire {
            Wire::Acumatica(_) => true,
            // A list that shows less than a record that is asked for alone is no substitute.
            Wire::Procore(wire) => wire.list.as_ref().is_some_and(|list| !list.summary),
        }
    }

    async fn all(&self, project: Option<&ProjectScope>, since: Option<Timestamp>) -> Result<Vec<(Record, String)>, Failure> {
        let schema = self.schema();
        let door = self.engine.doors.of(schema.resource.system);
        let (mut records, mut page) = (Vec::new(), None);
        loop {
            let read = door.read(&Query { schema, project, since, equals: &[], select: Select::All }, page).await?;
            for row in read.rows {
                let body = row.body.get().to_owned();
                let record = plain(&body, &schema.shape, schema.resource.system).map_err(|problem| {
                    Failure::Asked(format!("`{}` answered a record that its schema does not fit: {problem}", schema.name))
                })?;
                records.push((record, body));
            }
            match read.next {
                Some(next) => page = Some(next),
                None => return Ok(records),
            }
        }
    }
}

impl List {
    fn index(&mut self, fields: &[String]) {
        if self.indexes.contains_key(fields) {
            return;
        }
        let mut index: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, (record, _)) in self.records.iter().enumerate() {
            let values: Vec<String> = fields.iter().map(|field| text(record, field)).collect();
            index.entry(folded(&values)).or_default().push(at);
        }
        self.indexes.insert(fields.to_vec(), index);
    }
}

/// A field's value, as the values of another record are read.
fn text(record: &Record, path: &str) -> String {
    let found = match path.split_once('.') {
        Some((first, rest)) => return record.get(first).and_then(Value::as_record).map(|inner| text(inner, rest)).unwrap_or_default(),
        None => record.get(path),
    };
    match found {
        Some(Value::Number(number)) => plain_text(*number),
        Some(value) => value.plain(),
        None => String::new(),
    }
}

/// Values as they are compared: without blanks around them, in either case.
fn folded(values: &[String]) -> String {
    values.iter().map(|value| value.trim().to_lowercase()).collect::<Vec<_>>().join("\u{1f}")
}
