//! What do the mappings in force need of each resource, field by field?

use std::collections::BTreeMap;
use std::sync::Arc;

use super::finding::UsedBy;
use super::uses::{Use, uses};
use crate::plan::{Direction, Plan};
use crate::schema::{Kind, Placed, Schema, System};

/// A resource, and what is needed of it.
pub(super) struct Needed<'p> {
    pub(super) schema: Arc<Schema>,
    /// Uses of fields by their paths, each with the mapping.
    pub(super) fields: BTreeMap<String, Vec<(&'p str, Use)>>,
    /// The mappings that write it.
    pub(super) writers: Vec<&'p Plan>,
    /// Every mapping that has to do with it.
    pub(super) mappings: Vec<&'p str>,
}

/// What is needed of each resource of a system, by its name.
pub(super) fn needed(plans: &[Plan], system: System) -> Vec<Needed<'_>> {
    let mut all: BTreeMap<String, Needed<'_>> = BTreeMap::new();
    for plan in plans {
        let schemas = [&plan.source, &plan.target].into_iter().chain(plan.joins.iter().map(|join| &join.schema)).chain(&plan.erp);
        for schema in schemas.filter(|schema| schema.resource.system == system) {
            let resource = all.entry(schema.name.clone()).or_insert_with(|| Needed {
                schema: Arc::clone(schema),
                fields: BTreeMap::new(),
                writers: Vec::new(),
                mappings: Vec::new(),
            });
            if !resource.mappings.contains(&plan.name.as_str()) {
                resource.mappings.push(&plan.name);
            }
        }
        if let Some(target) = all.get_mut(&plan.target.name) {
            target.writers.push(plan);
        }
        for used in uses(plan).into_iter().filter(|used| used.schema.resource.system == system) {
            if let Some(resource) = all.get_mut(&used.schema.name) {
                resource.fields.entry(used.path.clone()).or_default().push((&plan.name, used));
            }
        }
    }
    all.into_values().collect()
}

impl Needed<'_> {
    /// Who needs a field, or something in it; each once.
    pub(super) fn used_by(&self, path: &str) -> Vec<UsedBy> {
        let inside = format!("{path}.");
        let all = self.fields.iter().filter(|(used, _)| *used == path || used.starts_with(&inside));
        users(all.flat_map(|(_, uses)| uses))
    }

    /// Every use of a field, or of something in it: the path, the mapping, how.
    pub(super) fn uses_of<'n>(&'n self, path: &str) -> impl Iterator<Item = (&'n str, &'n str, &'n Use)> {
        let (path, inside) = (path.to_owned(), format!("{path}."));
        let all = self.fields.iter().filter(move |(used, _)| **used == path || used.starts_with(&inside));
        all.flat_map(|(used, uses)| uses.iter().map(move |(mapping, one)| (used.as_str(), *mapping, one)))
    }

    /// Everybody who needs anything of it; each once.
    pub(super) fn users(&self) -> Vec<UsedBy> {
        let with_fields = users(self.fields.values().flatten());
        let others = self.mappings.iter().filter(|name| with_fields.iter().all(|user| user.mapping != **name));
        let others: Vec<UsedBy> = others.map(|name| UsedBy { mapping: (*name).to_owned(), row: None, place: None }).collect();
        with_fields.into_iter().chain(others).collect()
    }

    /// Whether reads and writes ask for a field though no row needs it: keys and stamps, details that are expanded, custom fields, and
    /// all that an answer to a write is to show.
    pub(super) fn is_asked_for(&self, placed: &Placed<'_>) -> bool {
        let resource = &self.schema.resource;
        let known_by = resource.key.iter().chain(&resource.modified).chain(&resource.label).any(|name| *name == placed.path);
        let expanded = || {
            let wire = placed.path.replace('.', "/");
            resource.wire.acumatica().is_some_and(|wire_of| wire_of.expand.contains(&wire))
        };
        known_by
            || placed.field.custom.is_some()
            || !self.writers.is_empty()
            || (matches!(placed.field.kind, Kind::Record | Kind::Lines) && expanded())
    }

    /// Whether a mapping sends it.
    pub(super) fn is_sent(&self, path: &str) -> bool {
        self.fields.get(path).is_some_and(|uses| uses.iter().any(|(_, used)| used.written))
    }
}

fn users<'u, 'p: 'u>(uses: impl Iterator<Item = &'u (&'p str, Use)>) -> Vec<UsedBy> {
    let mut users: Vec<UsedBy> = Vec::new();
    for (mapping, used) in uses {
        let one = |row: Option<&String>| UsedBy { mapping: (*mapping).to_owned(), row: row.cloned(), place: used.place.clone() };
        let rows: Vec<UsedBy> = if used.rows.is_empty() { vec![one(None)] } else { used.rows.iter().map(|row| one(Some(row))).collect() };
        users.extend(rows);
    }
    users.sort();
    users.dedup();
    // Where rows tell more, a use without one adds nothing.
    let rows: Vec<String> = users.iter().filter(|user| user.row.is_some()).map(|user| user.mapping.clone()).collect();
    users.retain(|user| user.row.is_some() || user.place.is_some() || !rows.contains(&user.mapping));
    users
}

/// The actions that mappings take on the records of a resource: of which entity, and who takes them.
pub(super) fn actions<'n>(needed: &'n Needed<'_>) -> Vec<(&'n str, &'n str, Vec<UsedBy>)> {
    let resource = &needed.schema.resource;
    let mut actions: Vec<(&str, &str, Vec<UsedBy>)> = Vec::new();
    for plan in needed.writers.iter().filter(|plan| plan.direction == Direction::Export) {
        let user = || UsedBy { mapping: plan.name.clone(), row: None, place: None };
        let steps = plan.steps.iter().map(|step| (resource.entity(), step.action.as_str()));
        let maker = resource.made_by().map(|maker| (maker.entity.as_str(), maker.action.as_str()));
        for (entity, action) in steps.chain(maker) {
            match actions.iter_mut().find(|(known, name, _)| (*known, *name) == (entity, action)) {
                Some((_, _, users)) => users.push(user()),
                None => actions.push((entity, action, vec![user()])),
            }
        }
    }
    actions
}
