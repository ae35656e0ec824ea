//! Projects: for which of them a mapping runs, and what both systems call them.

use super::links::Book;
use crate::connector::ProjectScope;
use crate::evaluate::Project;
use crate::plan::{Direction, Plan};
use crate::schema::{Scope, System};
use crate::store::Linked;
use crate::value::Value;

/// The mapping whose links are the synced projects.
pub(super) const PROJECTS: &str = "projects";

/// Where a record of a mapping lies: in the company, or in a project.
#[derive(Clone, Debug, Default)]
pub(super) struct Where {
    /// The project, if it lies in one.
    pub(super) project: Option<ProjectScope>,
    /// The scope of the mapping's own links: the Procore project's id, or empty.
    pub(super) scope: String,
    /// The project's fields as Acumatica holds them, where the mapping reads them.
    pub(super) erp: Value,
}

impl Where {
    /// The place of a mapping's records in a project.
    pub(super) fn of(plan: &Plan, project: Option<&ProjectScope>) -> Self {
        let scope = project.filter(|_| in_projects(plan)).map(|project| project.procore.clone()).unwrap_or_default();
        Self { project: project.cloned(), scope, erp: Value::Null }
    }

    /// The Procore project's id; empty outside projects.
    pub(super) fn procore(&self) -> &str {
        self.project.as_ref().map_or("", |project| project.procore.as_str())
    }

    /// The project as expressions see it.
    pub(super) fn value(&self) -> Value {
        match &self.project {
            Some(project) => {
                Project { procore: project.procore.clone(), acumatica: project.acumatica.clone(), erp: self.erp.clone() }.to_value()
            }
            None => Value::Null,
        }
    }
}

/// Whether a mapping's links belong to projects: whether its Procore side does.
pub(super) fn in_projects(plan: &Plan) -> bool {
    let procore = match plan.direction {
        Direction::Export => &plan.source,
        Direction::Import => &plan.target,
    };
    procore.resource.scope == Scope::Project
}

/// The synced projects, and those that the plan would make.
pub(super) fn projects(book: &Book, planned: &[ProjectScope]) -> Vec<ProjectScope> {
    let mut projects: Vec<ProjectScope> = book.links.documents(PROJECTS, Some("")).map(|link| of_link(&link)).collect();
    for project in planned {
        if !projects.iter().any(|known| known.procore == project.procore) {
            projects.push(project.clone());
        }
    }
    projects
}

/// The project of a link.
pub(super) fn of_link(link: &Linked) -> ProjectScope {
    ProjectScope {
        procore: link.procore.id.clone(),
        acumatica: link.acumatica.key.clone().unwrap_or_else(|| link.acumatica.id.clone()),
        // What was written back into the Procore project.
        procore_origin: link.procore.key.clone(),
    }
}

/// The project that a source system's key names.
pub(super) fn named<'a>(projects: &'a [ProjectScope], key: &str, system: System) -> Option<&'a ProjectScope> {
    projects.iter().find(|project| match system {
        System::Procore => project.procore == key.trim(),
        System::Acumatica => project.acumatica.trim().eq_ignore_ascii_case(key.trim()),
    })
}
