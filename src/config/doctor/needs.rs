//! What do the mappings in force need of a system: which resources, and which settings?

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::Plan;
use crate::schema::{Field, Schema, System};

/// What some mappings read or write.
pub(super) struct Need<'p> {
    /// The schemas; several may describe one entity.
    pub(super) schemas: Vec<&'p Schema>,
    /// The mappings.
    pub(super) mappings: BTreeSet<&'p str>,
}

/// The resources of a system, by what it calls them.
pub(super) fn needs<'p>(plans: &[&'p Plan], system: System) -> BTreeMap<&'p str, Need<'p>> {
    let mut needs: BTreeMap<&str, Need<'_>> = BTreeMap::new();
    for plan in plans {
        let joined = plan.joins.iter().map(|join| &join.schema);
        let all = [&plan.source, &plan.target].into_iter().chain(joined).chain(&plan.erp);
        for schema in all.filter(|schema| schema.resource.system == system) {
            let need = needs.entry(schema.resource.entity()).or_insert_with(|| Need { schemas: Vec::new(), mappings: BTreeSet::new() });
            need.mappings.insert(&plan.name);
            if !need.schemas.iter().any(|known| known.name == schema.name) {
                need.schemas.push(schema);
            }
        }
    }
    needs
}

/// Whether a mapping reads a setting, or one of those below it.
pub(super) fn reads(plans: &[&Plan], path: &str) -> bool {
    let below = format!("{path}.");
    plans
        .iter()
        .flat_map(|plan| &plan.settings)
        .any(|read| read == path || read.starts_with(&below) || path.starts_with(&format!("{read}.")))
}

impl Need<'_> {
    /// The mappings, for people.
    pub(super) fn told(&self) -> String {
        let mut names: Vec<&str> = self.mappings.iter().copied().collect();
        let more = names.len().saturating_sub(3);
        names.truncate(3);
        if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
    }

    /// One of the mappings, to try it with.
    pub(super) fn first(&self) -> &str {
        self.mappings.first().copied().unwrap_or_default()
    }

    /// Its fields outside the contract: how the interface names each, and how the schema does.
    pub(super) fn custom(&self) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for field in self.schemas.iter().flat_map(|schema| &schema.shape.fields) {
            gather(field, "", &mut found);
            field
                .shape
                .iter()
                .flat_map(|shape| &shape.fields)
                .for_each(|inner| gather(inner, &format!("{}/", field.on_wire()), &mut found));
        }
        found
    }
}

fn gather(field: &Field, above: &str, found: &mut BTreeMap<String, String>) {
    if let Some(custom) = &field.custom {
        found.insert(format!("{above}{}.{}", custom.view, custom.field), format!("{}{}", above.replace('/', "."), field.name));
    }
}
