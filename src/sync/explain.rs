//! One record through one mapping: every value, where it came from, and what would happen to it.

use super::engine::Engine;
use super::erp::Erp;
use super::failure::Failure;
use super::gather::Gathering;
use super::join::{Joined, Joining};
use super::links::{Book, Missed, Seen};
use super::scope::{Where, named, projects};
use crate::connector::{ErrorKind, Key, ProjectScope, Select};
use crate::evaluate::{Context, Draft, Project, Refusal, SourceRef, Trace, open};
use crate::plan::{Plan, ProjectOf, Records};
use crate::store::Held;
use crate::value::{Record, Value};

/// What `explain` shows of a record (or of a line of it that is a record of its own).
#[derive(Debug)]
pub struct Explanation {
    /// Which record.
    pub source: SourceRef,
    /// The project that it belongs to.
    pub project: Option<Project>,
    /// Whether the mapping offers it; if not, why.
    pub offered: Result<bool, Refusal>,
    /// The target record that it is linked to: id and key.
    pub linked: Option<(String, Option<String>)>,
    /// Every rule and its value.
    pub trace: Trace,
    /// The draft, or every reason why there is none.
    pub draft: Result<Draft, Refusal>,
    /// Why the last run held a record that can be mapped: it was not plain which target record is meant, or the target refused it.
    pub held: Vec<String>,
}

impl Engine<'_> {
    /// Explains the record with this id or business key; of a document with lines, those lines that bear it or all of them.
    ///
    /// # Errors
    /// When there is no such mapping or record, or a system is out of reach.
    pub async fn explain(&self, mapping: &str, id: &str) -> Result<Vec<Explanation>, Failure> {
        let done = self.explained(mapping, id).await;
        self.doors.sign_out().await;
        done
    }

    async fn explained(&self, mapping: &str, id: &str) -> Result<Vec<Explanation>, Failure> {
        let plan = self.plan(mapping)?;
        let name = mapping.to_owned();
        let (links, held) =
            self.worker.store().read(move |reading| Ok((reading.link_book(&[])?, reading.held(Some(&name), None)?))).await?;
        let book = Book::new(links, self.plans);
        let all = projects(&book, &[]);
        let mut found = Vec::new();
        for project in scopes(plan, &all) {
            for body in self.bodies(plan, (project, &all), id).await? {
                found.extend(self.items(plan, (&body, id), (project, &all), (&book, &held)).await?);
            }
            if !found.is_empty() {
                break;
            }
        }
        if found.is_empty() {
            return Err(Failure::Asked(format!("{} has no record `{id}` that `{mapping}` could read", plan.source.name)));
        }
        Ok(found)
    }

    async fn bodies(
        &self,
        plan: &Plan,
        (project, all): (Option<&ProjectScope>, &[ProjectScope]),
        id: &str,
    ) -> Result<Vec<String>, Failure> {
        let door = self.doors.of(plan.source.resource.system);
        let mut joined = Joined::in_projects(all.to_vec());
        let joining = Joining { engine: self, plan, project, since: None };
        if matches!(plan.records, Records::One) {
            match door.get(&plan.source, project, Key::Id(id), Select::All).await {
                Ok(Some(row)) => {
                    let mut bodies = vec![row.body.get().to_owned()];
                    joining.others(&mut bodies, &mut joined).await?;
                    joining.own(&mut bodies, &mut joined).await?;
                    return Ok(bodies);
                }
                Err(error) if error.is_temporary() || error.kind == ErrorKind::SignIn => return Err(error.into()),
                // A business key is no id, and systems have their ways of saying so.
                Ok(None) | Err(_) => {}
            }
        }
        // Keys, lines and groups are found by reading on until they show.
        let mut gathering = Gathering::new(joining, &joined);
        let mut found = Vec::new();
        while let Some(mut bodies) = gathering.next(&mut joined).await? {
            if plan.late.lines {
                joining.lines(&mut bodies, &mut joined).await?;
            }
            joining.own(&mut bodies, &mut joined).await?;
            found.extend(bodies.into_iter().filter(|body| bears(plan, body, id)));
            if !found.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    async fn items(
        &self,
        plan: &Plan,
        (body, id): (&str, &str),
        (project, all): (Option<&ProjectScope>, &[ProjectScope]),
        (book, held): (&Book, &[Held]),
    ) -> Result<Vec<Explanation>, Failure> {
        let opened = open(plan, body).map_err(|refusal| Failure::Asked(refusal.to_string()))?;
        let (mut found, mut erp) = (Vec::new(), Erp::default());
        for item in opened.items() {
            let Ok(source) = item.source() else { continue };
            if !is(&source, id) {
                continue;
            }
            let project = match &plan.project {
                ProjectOf::Named(_) => named(all, source.project.as_deref().unwrap_or_default(), plan.source.resource.system),
                ProjectOf::Linked { mapping, .. } => {
                    book.project_of(mapping, (plan.source.resource.system, source.project.as_deref().unwrap_or_default()), all)
                }
                ProjectOf::Each => all.first(),
                ProjectOf::Nobody | ProjectOf::Source => project,
            };
            let mut place = Where::of(plan, project);
            erp.show(self, plan, &mut place, &[]).await?;
            let missed = Missed::default();
            let links = Seen { book, source: plan.source.resource.system, project: place.procore(), missed: &missed };
            let (ask, shown) = (Value::Record(Record::new()), place.value());
            let context = Context { ask: &ask, project: &shown, links: &links, ..self.before_any() };
            let (trace, draft) = item.trace(&context);
            let link = book.by_id(&plan.pair, &place.scope, plan.source.resource.system, &source.id);
            let linked = link.map(|link| link.end(plan.target.resource.system).clone()).map(|end| (end.id, end.key));
            let project = project.map(|project| Project {
                procore: project.procore.clone(),
                acumatica: project.acumatica.clone(),
                erp: place.erp.clone(),
            });
            let held = held.iter().find(|held| held.scope == place.scope && held.source_id == source.id && draft.is_ok());
            let held = held.map(|held| held.reasons.clone()).unwrap_or_default();
            found.push(Explanation { offered: item.offered(&context), source, project, linked, trace, draft, held });
        }
        Ok(found)
    }
}

pub(super) fn scopes<'a>(plan: &Plan, all: &'a [ProjectScope]) -> Vec<Option<&'a ProjectScope>> {
    match plan.project {
        ProjectOf::Source => all.iter().map(Some).collect(),
        ProjectOf::Nobody | ProjectOf::Each | ProjectOf::Named(_) | ProjectOf::Linked { .. } => vec![None],
    }
}

fn bears(plan: &Plan, body: &str, id: &str) -> bool {
    open(plan, body).is_ok_and(|opened| opened.items().iter().any(|item| item.source().is_ok_and(|source| is(&source, id))))
}

fn is(source: &SourceRef, id: &str) -> bool {
    [&source.id, &source.key, &source.label].iter().any(|known| known.eq_ignore_ascii_case(id.trim()))
}
