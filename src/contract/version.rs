//! What does a version of the vendor's own endpoint have? What our schemas describe, as far as it had come by then.

use std::collections::BTreeMap;

use super::described::{Description, Holds, Member};
use crate::schema::{Catalog, Endpoint, Kind, Shape};

impl Description {
    /// The contract of `Default` in this version, by what is known of when each part of it came.
    pub fn of_version(catalog: &Catalog, version: &str) -> Self {
        let endpoint = Endpoint { name: "Default".to_owned(), version: version.to_owned() };
        let mut described = Self { endpoint, entities: BTreeMap::new(), components: BTreeMap::new() };
        let known = |since: Option<&str>| since.is_none_or(|since| version >= since);
        for schema in catalog.iter() {
            let Some(wire) = schema.resource.wire.acumatica() else { continue };
            let entity = schema.resource.entity();
            // A resource that shows some records of an entity may have come later than the entity.
            if entity == schema.resource.name && !known(wire.since.as_deref()) {
                continue;
            }
            let actions = described.entities.entry(entity.to_owned()).or_default();
            for (name, action) in wire.actions.iter().filter(|(_, action)| known(action.since.as_deref())) {
                let parameters = action.parameters.iter().map(|(name, word)| {
                    let holds = Holds::of(Kind::of_word(word).unwrap_or(Kind::Text), String::new);
                    (name.clone(), Member { holds, max_length: None })
                });
                actions.insert(name.clone(), parameters.collect());
            }
            described.shape(entity, &schema.shape, version);
        }
        described
    }

    fn shape(&mut self, component: &str, shape: &Shape, version: &str) {
        self.components.entry(component.to_owned()).or_default();
        let came = |since: Option<&str>| since.is_none_or(|since| version >= since);
        for field in shape.fields.iter().filter(|field| field.custom.is_none() && came(field.since.as_deref())) {
            let inside = format!("{component}.{}", field.on_wire());
            let holds = if field.name == "id" { Holds::Bare("string".to_owned()) } else { Holds::of(field.kind, || inside.clone()) };
            if let Some(inner) = &field.shape {
                self.shape(&inside, inner, version);
            }
            if let Some(known) = self.components.get_mut(component) {
                known.members.insert(field.on_wire().to_owned(), Member { holds, max_length: None });
            }
        }
    }
}
