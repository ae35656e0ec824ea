//! Where does a mapping read, and for which projects is what it reads?

use super::links::Book;
use super::run::Run;
use super::scope::{Where, named, projects};
use super::target::is_readable;
use crate::connector::ProjectScope;
use crate::evaluate::SourceRef;
use crate::plan::{Plan, ProjectOf};
use crate::schema::Scope;

/// One mapping's reading in one scope.
pub(super) struct Reading<'r> {
    pub(super) plan: &'r Plan,
    /// The project whose source is read, for sources that belong to projects.
    pub(super) project: Option<ProjectScope>,
    /// The name under which the cursor is kept.
    pub(super) scope: String,
}

impl Reading<'_> {
    /// Whether a scope's records are among what is read.
    pub(super) fn holds(&self, scope: &str) -> bool {
        self.project.as_ref().is_none_or(|project| scope.is_empty() || scope == project.procore)
    }
}

impl<'r> Run<'r> {
    /// What there is to read for a mapping.
    pub(super) fn readings(&self, plan: &'r Plan) -> Vec<Reading<'r>> {
        let all = projects(&self.book, &self.planned_projects);
        match plan.project {
            ProjectOf::Source => {
                all.into_iter().map(|project| Reading { plan, scope: project.procore.clone(), project: Some(project) }).collect()
            }
            // Read once, mapped for every project or for the one that it names; a project that is new wants everything.
            ProjectOf::Each | ProjectOf::Named(_) | ProjectOf::Linked { .. } => vec![Reading {
                plan,
                project: None,
                scope: all.iter().map(|project| project.procore.as_str()).collect::<Vec<_>>().join(" "),
            }],
            ProjectOf::Nobody => vec![Reading { plan, project: None, scope: String::new() }],
        }
    }

    /// The projects for which a record is mapped.
    pub(super) fn places(&self, reading: &Reading<'_>, source: &SourceRef, all: &[ProjectScope]) -> Vec<Where> {
        places(reading.plan, (reading.project.as_ref(), source), all, &self.book)
    }
}

/// The places where a record of a mapping lies; the project is known where the source belongs to projects.
pub(super) fn places(plan: &Plan, (project, source): (Option<&ProjectScope>, &SourceRef), all: &[ProjectScope], book: &Book) -> Vec<Where> {
    let key = source.project.as_deref().unwrap_or_default();
    match &plan.project {
        ProjectOf::Nobody => vec![Where::default()],
        ProjectOf::Source => vec![Where::of(plan, project)],
        ProjectOf::Each => all.iter().map(|project| Where::of(plan, Some(project))).collect(),
        ProjectOf::Named(_) => {
            named(all, key, plan.source.resource.system).map(|project| Where::of(plan, Some(project))).into_iter().collect()
        }
        ProjectOf::Linked { mapping, .. } => {
            let named = book.project_of(mapping, (plan.source.resource.system, key), all);
            named.map(|project| Where::of(plan, Some(project))).into_iter().collect()
        }
    }
}

/// Where what is known of the target is kept: what belongs to no project is the same for all of them.
pub(super) fn view_of<'w>(plan: &Plan, place: &'w Where) -> &'w str {
    let resource = &plan.target.resource;
    let by_project = resource.wire.acumatica().and_then(|wire| wire.filter.as_ref()).is_some_and(|filter| filter.contains("{project}"));
    let shared = resource.scope == Scope::Company && !by_project && is_readable(plan);
    if shared { "" } else { place.procore() }
}
