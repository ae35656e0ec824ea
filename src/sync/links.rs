//! Links as an evaluation asks for them: from the source's side, within the record's project, and (while planning) with the
//! records that earlier changes of the same plan would make.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};

use super::scope::in_projects;
use crate::evaluate::{Links, PENDING};
use crate::plan::Plan;
use crate::schema::System;
use crate::store::{End, Link, LinkBook, NewLink};

/// The links of a run.
#[derive(Debug)]
pub(super) struct Book {
    /// What is linked.
    pub(super) links: LinkBook,
    /// Mappings whose links belong to a project.
    in_projects: BTreeSet<String>,
    /// What would be linked once the plan's earlier changes are made: mapping, scope, side, id or key.
    planned: HashMap<(String, String, System, String), String>,
}

/// The links as one record sees them.
pub(super) struct Seen<'b> {
    pub(super) book: &'b Book,
    pub(super) source: System,
    /// The Procore project's id; empty outside projects.
    pub(super) project: &'b str,
    /// Told when something is asked for that is not linked: what comes of the record may change with a link alone.
    pub(super) missed: &'b AtomicBool,
}

impl Book {
    /// The book of a run over these plans.
    pub(super) fn new(links: LinkBook, plans: &[Plan]) -> Self {
        let in_projects = plans.iter().filter(|plan| in_projects(plan)).map(|plan| plan.name.clone()).collect();
        Self { links, in_projects, planned: HashMap::new() }
    }

    /// The scope in which a mapping's links lie for a record of this project.
    pub(super) fn scope_of<'a>(&self, mapping: &str, project: &'a str) -> &'a str {
        if self.in_projects.contains(mapping) { project } else { "" }
    }

    /// Notes a record that an earlier change of the plan would make: what other records would find under its id or key.
    pub(super) fn plan(&mut self, mapping: &str, scope: &str, (system, names): (System, &[&str]), target_key: Option<&str>) {
        let shown = target_key.map_or_else(|| format!("{PENDING}{mapping} {}", names.last().copied().unwrap_or_default()), str::to_owned);
        for name in names.iter().filter(|name| !name.is_empty()) {
            let key = (mapping.to_owned(), scope.to_owned(), system, name.trim().to_lowercase());
            self.planned.insert(key, shown.clone());
        }
    }

    /// The link of a record, by its id at one side.
    pub(super) fn by_id(&self, mapping: &str, scope: &str, side: System, id: &str) -> Option<Link> {
        self.links.other_side(mapping, scope, side, id).filter(|link| link.end(side).id.eq_ignore_ascii_case(id))
    }

    /// What is linked by the mappings that a plan asks, in one project or in all: another text whenever a link comes, goes or
    /// gets another key.
    pub(super) fn asked_by(&self, plan: &Plan, project: Option<&str>) -> String {
        let mut told = DefaultHasher::new();
        for mapping in &plan.after {
            let scope = project.map(|project| self.scope_of(mapping, project));
            for link in self.links.documents(mapping, scope) {
                (link.id, &link.procore.key, &link.acumatica.key).hash(&mut told);
            }
        }
        format!("{:016x}", told.finish())
    }

    /// Whether a record is linked already, in whatever scope: two projects may use one number for their contracts.
    pub(super) fn is_taken(&self, mapping: &str, side: System, id: &str) -> bool {
        self.links.is_taken(mapping, side, id)
    }
}

/// How a system's record is named by another: Procore by its id, Acumatica by its key.
pub(super) fn named(end: &End, system: System) -> String {
    match system {
        System::Procore => end.id.clone(),
        System::Acumatica => end.key.clone().unwrap_or_else(|| end.id.clone()),
    }
}

/// A link as it is, to be put again with something changed.
pub(super) fn same_link(link: &Link) -> NewLink {
    NewLink {
        mapping: link.mapping.clone(),
        scope: link.scope.clone(),
        procore: link.procore.clone(),
        acumatica: link.acumatica.clone(),
        fingerprint: None,
        target_version: None,
        source_version: None,
        lines: None,
    }
}

impl Links for Seen<'_> {
    fn other_side(&self, mapping: &str, key: &[String]) -> Option<String> {
        let key = key.iter().map(|part| part.trim()).collect::<Vec<_>>().join("/");
        let scope = self.book.scope_of(mapping, self.project);
        let target = self.source.other();
        if let Some(link) = self.book.links.other_side(mapping, scope, self.source, &key) {
            return Some(named(link.end(target), target));
        }
        let planned = (mapping.to_owned(), scope.to_owned(), self.source, key.to_lowercase());
        let found = self.book.planned.get(&planned).cloned();
        if found.is_none() {
            self.missed.store(true, Ordering::Relaxed);
        }
        found
    }
}
