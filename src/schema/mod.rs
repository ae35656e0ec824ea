//! What shape has a resource of a system: its fields, their kinds and limits, and what its connector must know.

mod catalog;
mod changed_by;
mod fault;
mod field;
mod load;
mod payload;
mod resource;
mod walk;
mod wire;

pub use catalog::Catalog;
pub use changed_by::ChangedBy;
pub use field::{Custom, Field, Kind, Shape};
pub use load::load;
pub use resource::{
    Action, AcumaticaWire, Call, Endpoint, Envelope, MadeBy, ProcoreWire, Resource, Scope, SyncCall, SyncLines, System, Wire, WriteCall,
};
pub use walk::Placed;
pub use wire::{Frame, on_wire, plain, plain_value, scalar};

/// One resource of one system: `schemas/<system>/<name>.json`, read and understood.
#[derive(Clone, Debug)]
pub struct Schema {
    /// `system/Name`, as mappings call it: `acumatica/Subcontract`.
    pub name: String,
    /// One sentence on what it is.
    pub description: String,
    /// What the connector must know.
    pub resource: Resource,
    /// Its fields.
    pub shape: Shape,
    payload: payload::Payload,
}

impl Schema {
    /// Every way in which a payload does not fit the resource's JSON Schema; none for one that may be sent.
    pub fn faults(&self, payload: &crate::value::Record) -> Vec<String> {
        self.payload.faults(payload, &self.shape)
    }

    /// The field at `a.b.c`, stepping into records and lines alike.
    pub fn field_at(&self, path: &str) -> Option<&Field> {
        self.shape.at(path)
    }
}
