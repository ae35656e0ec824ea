//! Crosswalk: a declarative mapping engine between Procore and Acumatica Cloud ERP.
pub mod connector;
pub mod diagnostic;
pub mod mapping;
pub mod expr;
pub mod sandbox;
pub mod schema;
pub mod store;
pub mod value;
