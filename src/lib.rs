//! Crosswalk: a declarative mapping engine between Procore and Acumatica Cloud ERP.
pub mod cases;
pub mod cli;
pub mod config;
pub mod connector;
pub mod diagnostic;
pub mod evaluate;
pub mod expr;
pub mod mapping;
pub mod plan;
pub mod sandbox;
pub mod schema;
pub mod store;
pub mod sync;
pub mod value;
