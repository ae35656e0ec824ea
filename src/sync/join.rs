//! Puts related records beside each record: one by its key or id, or a list of all that belong to it. What is read is kept for the
//! rest of the run.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::engine::Engine;
use super::failure::Failure;
use super::scope::named;
use super::shelf::{Shelf, folded};
use crate::connector::{Key, ProjectScope, Query, Row, Select};
use crate::evaluate::{beside, only, open, regrouped, replaced};
use crate::plan::{Join, JoinBy, Plan, Records};
use crate::schema::{Schema, Scope, Wire, plain};
use crate::value::{Record, Value, plain_text};

/// More related records than this are read as a list rather than one by one.
const ONE_BY_ONE: usize = 8;

/// Related records that were read already.
#[derive(Debug, Default)]
pub(super) struct Joined {
    /// The synced projects, in which joined records may lie.
    pub(super) projects: Vec<ProjectScope>,
    /// Whole lists.
    pub(super) shelf: Shelf,
    /// By resource, project, and key or id.
    single: HashMap<(String, String, String), Option<Arc<str>>>,
    /// The lines that no list brings: by resource, project and id of their record.
    lines: HashMap<(String, String, String), Lines>,
}

/// Lists of lines by their field, as they came.
type Lines = Vec<(String, Arc<str>)>;

/// Which records are wanted beside one record.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    /// The project's id at Procore; empty in the company.
    scope: String,
    /// Their key, id or values; none for a list of which nothing can be meant, since a value is absent or its `when` is false.
    values: Option<Vec<String>>,
}

/// The records of one plan, to which others are joined.
#[derive(Clone, Copy)]
pub(super) struct Joining<'j> {
    pub(super) engine: &'j Engine<'j>,
    pub(super) plan: &'j Plan,
    /// The project whose records they are, where it is known before they are read.
    pub(super) project: Option<&'j ProjectScope>,
    /// They are those that changed since.
    pub(super) since: Option<Timestamp>,
}

impl Joined {
    /// Nothing read yet, in a run of these mappings.
    pub(super) fn for_run<'p>(plans: impl IntoIterator<Item = &'p Plan>) -> Self {
        Self { shelf: Shelf::for_run(plans), ..Self::default() }
    }

    /// Nothing read yet, to look at one mapping.
    pub(super) fn in_projects(projects: Vec<ProjectScope>) -> Self {
        Self { projects, ..Self::default() }
    }

    /// Forgets what was read of a resource, for it has been written.
    pub(super) fn wrote(&mut self, plan: &Plan) {
        self.single.retain(|(known, _, _), _| *known != plan.target.name);
        self.lines.retain(|(known, _, _), _| *known != plan.target.name);
        self.shelf.wrote(plan.target.resource.system, &plan.target.name);
    }

    /// A mapping is done with a project, or with all of them: what no later one reads goes.
    pub(super) fn leave(&mut self, scope: Option<&str>) {
        self.shelf.leave(scope);
        let Self { single, lines, shelf, .. } = self;
        let stays = |resource: &str, place: &str| scope.is_some_and(|scope| place != scope) || shelf.wants(resource);
        single.retain(|(resource, place, _), _| stays(resource, place));
        lines.retain(|(resource, place, _), _| stays(resource, place));
    }

    fn project(&self, scope: &str) -> Option<ProjectScope> {
        self.projects.iter().find(|project| project.procore == scope).cloned()
    }

    /// A record that was asked for alone has its lines already.
    pub(super) fn has_lines(&mut self, schema: &Schema, scope: &str, row: &Row) {
        if let Some(id) = row.id(schema).filter(|_| schema.resource.lines_apart().next().is_some()) {
            self.lines.insert((schema.name.clone(), scope.to_owned(), id), lines_of(schema, row));
        }
    }

    /// Records of a source list have learnt this, by their ids: later mappings see them so.
    pub(super) fn learn(&mut self, plan: &Plan, scope: &str, lessons: &HashMap<String, Record>) {
        let scope = if plan.source.resource.scope == Scope::Company { "" } else { scope };
        self.shelf.learn(&plan.source, scope, lessons);
    }

    /// Records as their list brings them, completed with the lines that take calls of their own; each asked for once.
    async fn with_lines(
        &mut self,
        engine: &Engine<'_>,
        (schema, scope, project): (&Schema, &str, Option<&ProjectScope>),
        mut bodies: Vec<Arc<str>>,
    ) -> Result<Vec<Arc<str>>, Failure> {
        if schema.resource.lines_apart().next().is_none() {
            return Ok(bodies);
        }
        let (mut open, mut rows, mut keys) = (Vec::new(), Vec::new(), Vec::new());
        for (at, body) in bodies.iter_mut().enumerate() {
            let Some(row) = Row::of_text(body) else { continue };
            let Some(id) = row.id(schema) else { continue };
            let key = (schema.name.clone(), scope.to_owned(), id);
            match self.lines.get(&key).map(|lines| replaced(body, lines)) {
                Some(Some(whole)) => *body = whole.into(),
                Some(None) | None => {
                    open.push(at);
                    rows.push(row);
                    keys.push(key);
                }
            }
        }
        let completed = engine.doors.of(schema.resource.system).lines(schema, project, rows).await?;
        for ((at, row), key) in open.into_iter().zip(completed).zip(keys) {
            bodies[at] = row.body.get().into();
            if self.shelf.reads(&schema.name) > 1 {
                self.lines.insert(key, lines_of(schema, &row));
            }
        }
        Ok(bodies)
    }
}

/// The lines of a record that was completed with them.
fn lines_of(schema: &Schema, row: &Row) -> Lines {
    let fields = schema.resource.lines_apart();
    fields.filter_map(|field| Some((field.to_owned(), row.member(field)?.into()))).collect()
}

impl Joining<'_> {
    /// Where the list of these records is kept.
    pub(super) fn scope(&self) -> &str {
        self.project.map_or("", |project| project.procore.as_str())
    }

    /// Completes records with the lines that their list did not bring.
    pub(super) async fn lines(&self, bodies: &mut [String], joined: &mut Joined) -> Result<(), Failure> {
        let place = (&*self.plan.source, self.scope(), self.project);
        let rows = bodies.iter().map(|body| Arc::from(body.as_str())).collect();
        let whole = joined.with_lines(self.engine, place, rows).await?;
        bodies.iter_mut().zip(whole).for_each(|(body, whole)| *body = whole.to_string());
        Ok(())
    }

    /// Records with what their lists do not bring, as far as it is needed to say whether they changed: lines and joins. Of what is
    /// not offered whatever they are, nothing more is asked.
    pub(super) async fn completed(&self, mut bodies: Vec<String>, joined: &mut Joined) -> Result<Vec<String>, Failure> {
        // Those of groups were needed before they became groups.
        let lines = !self.plan.late.lines
            && !matches!(self.plan.records, Records::Group { .. })
            && self.plan.source.resource.lines_apart().next().is_some();
        if !lines && self.plan.joins.iter().all(|join| join.own) {
            return Ok(bodies);
        }
        let wanted: Vec<usize> = (0..bodies.len()).filter(|at| !self.is_denied(&bodies[*at])).collect();
        let mut open: Vec<String> = wanted.iter().map(|at| std::mem::take(&mut bodies[*at])).collect();
        if lines {
            self.lines(&mut open, joined).await?;
        }
        self.others(&mut open, joined).await?;
        wanted.into_iter().zip(open).for_each(|(at, body)| bodies[at] = body);
        Ok(bodies)
    }

    /// Whether a record as its list brings it is enough to say that it is not offered.
    fn is_denied(&self, body: &str) -> bool {
        let late = self.plan.late;
        late.told_by_row > 0
            && open(self.plan, body).is_ok_and(|opened| opened.document().is_denied_by(late.told_by_row, &self.engine.before_any()))
    }

    /// Puts related records beside each record, all but [its own](Join::own). A join may name what an earlier one put there.
    pub(super) async fn others(&self, bodies: &mut [String], joined: &mut Joined) -> Result<(), Failure> {
        self.join(bodies, joined, |join| !join.own).await
    }

    /// Puts the rest beside each record, and then the lists that the plan makes of what is there.
    pub(super) async fn own(&self, bodies: &mut [String], joined: &mut Joined) -> Result<(), Failure> {
        self.join(bodies, joined, |join| join.own).await?;
        for body in bodies {
            let whole = std::mem::take(body);
            *body = regrouped(whole, &self.plan.lists).map_err(|refusal| Failure::Asked(refusal.to_string()))?;
        }
        Ok(())
    }

    async fn join(&self, bodies: &mut [String], joined: &mut Joined, which: impl Fn(&Join) -> bool) -> Result<(), Failure> {
        for join in self.plan.joins.iter().filter(|join| which(join)) {
            let wanted: Vec<Option<Wanted>> = bodies.iter().map(|body| self.wanted(join, body, joined)).collect();
            let reader = Reader::new(self, join);
            match &join.by {
                JoinBy::All(_) => reader.lists(&wanted, joined).await?,
                JoinBy::Key(_) | JoinBy::Id(_) | JoinBy::Computed(_) => reader.singles(&wanted, joined).await?,
            }
            for (body, wanted) in bodies.iter_mut().zip(&wanted) {
                let Some(wanted) = wanted else { continue };
                if let Some(found) = reader.found(wanted, joined).await? {
                    *body = beside(body, &[(join.name.as_str(), &found)]);
                }
            }
        }
        Ok(())
    }

    /// What a record wants beside it. One that cannot be read wants nothing, and is told when it is mapped.
    fn wanted(&self, join: &Join, body: &str, joined: &Joined) -> Option<Wanted> {
        let (engine, plan) = (self.engine, self.plan);
        let opened = open(plan, body).ok()?;
        let document = opened.document();
        let values = match document.joined_by(join, &engine.before_any()) {
            Ok(Some(values)) => Some(values),
            Ok(None) if join.is_list() => None,
            Ok(None) | Err(_) => return None,
        };
        if join.schema.resource.scope == Scope::Company {
            return Some(Wanted { scope: String::new(), values });
        }
        let own = || named(&joined.projects, &document.project_key().ok()??, plan.source.resource.system);
        let project = self.project.or_else(own)?;
        Some(Wanted { scope: project.procore.clone(), values })
    }
}

/// Reads what one join puts beside records.
struct Reader<'r> {
    engine: &'r Engine<'r>,
    join: &'r Join,
    since: Option<Timestamp>,
    /// The members that the plan reads of a record that is looked up; none where it reads all of it.
    members: Option<Vec<&'r str>>,
}

impl<'r> Reader<'r> {
    fn new(joining: &Joining<'r>, join: &'r Join) -> Self {
        let trie = joining.plan.wanted.trie.member(&join.name);
        // Lines are asked for by whatever the record says of itself.
        let trie = trie.filter(|trie| trie.take.is_none() && join.schema.resource.lines_apart().next().is_none());
        let members =
            trie.map(|trie| trie.members.iter().map(|(name, _)| name.as_str()).chain([join.schema.resource.id.as_str()]).collect());
        Self { engine: joining.engine, join, since: joining.since, members }
    }

    /// A record as far as it is read: thousands of them may be kept.
    fn kept(&self, body: &str) -> Arc<str> {
        let kept = self.members.as_ref().and_then(|members| only(body, members));
        kept.map_or_else(|| body.into(), Arc::from)
    }

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
            if joined.shelf.whole(&self.schema().name, scope).is_none() {
                let mut rows = Vec::new();
                self.each(joined.project(scope).as_ref(), None, |body| rows.push(Arc::from(body))).await?;
                joined.shelf.keep((&self.schema().name, self.schema().resource.system), scope, (Arc::new(rows), None));
            }
            let values = |body: &str| self.texts(body, &fields);
            joined.shelf.index(&self.schema().name, scope, (&fields, &values));
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
                let project = joined.project(scope);
                let keep = |single: &mut HashMap<_, _>, body: &str| {
                    let key = self.single(scope, &self.texts(body, self.names()));
                    single.insert(key, Some(self.kept(body)));
                };
                match joined.shelf.whole(&self.schema().name, scope) {
                    Some(rows) => rows.iter().for_each(|body| keep(&mut joined.single, body)),
                    // Whole, the list may take more room than all that is kept of it.
                    None => self.each(project.as_ref(), since, |body| keep(&mut joined.single, body)).await?,
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
            let body = row.as_ref().map(|row| self.kept(row.body.get()));
            if let Some(row) = &row {
                joined.has_lines(self.schema(), &scope, row);
            }
            joined.single.insert(self.single(&scope, &values), body);
        }
        Ok(())
    }

    /// What is put beside a record, as JSON.
    async fn found(&self, wanted: &Wanted, joined: &mut Joined) -> Result<Option<String>, Failure> {
        let JoinBy::All(fields) = &self.join.by else {
            let key = wanted.values.as_ref().map(|values| self.single(&wanted.scope, values));
            let Some(body) = key.and_then(|key| joined.single.get(&key)?.clone()) else { return Ok(None) };
            let whole = self.whole(&wanted.scope, vec![body], joined).await?;
            return Ok(whole.first().map(|body| body.to_string()));
        };
        let Some(values) = &wanted.values else { return Ok(Some("[]".to_owned())) };
        let fields: Vec<String> = fields.iter().map(|(field, _)| field.clone()).collect();
        let Some(bodies) = joined.shelf.having(&self.schema().name, &wanted.scope, (&fields, &folded(values))) else { return Ok(None) };
        let bodies = self.whole(&wanted.scope, bodies, joined).await?;
        Ok(Some(format!("[{}]", bodies.iter().map(|body| &**body).collect::<Vec<_>>().join(","))))
    }

    async fn whole(&self, scope: &str, bodies: Vec<Arc<str>>, joined: &mut Joined) -> Result<Vec<Arc<str>>, Failure> {
        let project = joined.project(scope);
        joined.with_lines(self.engine, (self.schema(), scope, project.as_ref()), bodies).await
    }

    fn single(&self, scope: &str, values: &[String]) -> (String, String, String) {
        let by = if matches!(self.join.by, JoinBy::Id(_) | JoinBy::Computed(_)) { "id" } else { "key" };
        let members = self.members.as_ref().map(|members| members.join(",")).unwrap_or_default();
        (self.schema().name.clone(), scope.to_owned(), format!("{by} {members} {}", folded(values)))
    }

    /// The fields by which single records are found.
    fn names(&self) -> &[String] {
        match &self.join.by {
            JoinBy::Id(_) | JoinBy::Computed(_) => std::slice::from_ref(&self.schema().resource.id),
            JoinBy::Key(_) | JoinBy::All(_) => &self.schema().resource.key,
        }
    }

    /// What these fields of a record hold; a record that the schema does not fit holds nothing.
    fn texts(&self, body: &str, fields: &[String]) -> Vec<String> {
        let record = plain(body, &self.schema().shape, self.schema().resource.system).unwrap_or_default();
        fields.iter().map(|field| text(&record, field)).collect()
    }

    fn is_listed(&self) -> bool {
        match &self.schema().resource.wire {
            Wire::Acumatica(_) => true,
            // A list that shows less than a record that is asked for alone is no substitute.
            Wire::Procore(wire) => wire.list.as_ref().is_some_and(|list| !list.summary),
        }
    }

    /// Shows every record of the list, page by page.
    async fn each(&self, project: Option<&ProjectScope>, since: Option<Timestamp>, mut see: impl FnMut(&str)) -> Result<(), Failure> {
        let door = self.engine.doors.of(self.schema().resource.system);
        let mut page = None;
        loop {
            let read = door.read(&Query { schema: self.schema(), project, since, equals: &[], select: Select::Listed }, page).await?;
            read.rows.iter().for_each(|row| see(row.body.get()));
            match read.next {
                Some(next) => page = Some(next),
                None => return Ok(()),
            }
        }
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
