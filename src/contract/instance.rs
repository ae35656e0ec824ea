//! What is known of an instance: its endpoints, their contracts, its custom fields.

use std::collections::BTreeMap;

use super::ad_hoc::AdHoc;
use super::described::Description;
use serde::Deserialize;

use super::open_api::Unreadable;
use super::procore::Definition;
use crate::schema::{Catalog, Endpoint, Schema};

/// Everything that is known of an instance.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The endpoint of what has none of its own.
    pub usual: Endpoint,
    /// The endpoints that it lists; none where nobody asked.
    pub listed: Option<Vec<Endpoint>>,
    /// The contracts of its endpoints.
    pub descriptions: Vec<Description>,
    /// `$adHocSchema` of entities.
    pub ad_hoc: BTreeMap<String, AdHoc>,
    /// Custom fields of the company at Procore; none where nobody asked.
    pub definitions: Option<Vec<Definition>>,
    /// What is said of custom fields of an entity whose `$adHocSchema` is not at hand.
    pub customs: Customs,
}

/// What is said of custom fields that nothing at hand tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Customs {
    /// That they stand outside the contract.
    Told,
    /// Nothing: a version says nothing of them.
    Silent,
}

impl Instance {
    /// An instance of which one description is at hand: it counts for all that has no endpoint of its own.
    pub fn described(description: Description) -> Self {
        Self {
            usual: description.endpoint.clone(),
            listed: None,
            descriptions: vec![description],
            ad_hoc: BTreeMap::new(),
            definitions: None,
            customs: Customs::Told,
        }
    }

    /// An instance of which nothing but the version of its endpoint `Default` is known.
    pub fn of_version(catalog: &Catalog, version: &str) -> Self {
        Self { customs: Customs::Silent, ..Self::described(Description::of_version(catalog, version)) }
    }

    /// The endpoint that has a resource.
    pub fn endpoint_of<'i>(&'i self, schema: &'i Schema) -> &'i Endpoint {
        schema.resource.wire.acumatica().and_then(|wire| wire.endpoint.as_ref()).unwrap_or(&self.usual)
    }

    /// The contract that has a resource, if it is at hand.
    pub fn description_of(&self, schema: &Schema) -> Option<&Description> {
        self.description(self.endpoint_of(schema))
    }

    /// The contract of an endpoint, if it is at hand.
    pub fn description(&self, endpoint: &Endpoint) -> Option<&Description> {
        self.descriptions.iter().find(|description| description.endpoint == *endpoint)
    }
}

/// Fields that the contract has and `$adHocSchema` of the same entity lacks, of those that we know of: one answer is of another day
/// than the other.
pub fn contradictions(schema: &Schema, description: &Description, ad_hoc: &AdHoc) -> Vec<String> {
    let entity = schema.resource.entity();
    let mut lacking = Vec::new();
    for placed in schema.shape.placed() {
        let wire = schema.shape.wire_path(&placed.path);
        let (above, last) = wire.rsplit_once('/').unwrap_or(("", &wire));
        if placed.field.custom.is_some() || ["id", "note", "rowNumber"].contains(&last) || description.at(entity, &wire).is_none() {
            continue;
        }
        if ad_hoc.at(above).is_some_and(|part| !part.has(last)) {
            lacking.push(wire);
        }
    }
    lacking
}

/// Reads a list of endpoints.
///
/// # Errors
/// What is wrong with the text, where, and what to do.
pub fn listed(text: &str) -> Result<Vec<Endpoint>, Unreadable> {
    #[derive(Deserialize)]
    struct Listed {
        endpoints: Vec<Row>,
    }
    #[derive(Deserialize)]
    struct Row {
        name: String,
        version: String,
    }
    let read: Listed = serde_json::from_str(text).map_err(|problem| Unreadable::json(text, &problem, "a list of endpoints"))?;
    Ok(read.endpoints.into_iter().map(|row| Endpoint { name: row.name, version: row.version }).collect())
}
