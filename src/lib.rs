//! Crosswalk: a declarative mapping engine between Procore (construction financials) and Acumatica Cloud ERP.
//!
//! Integrators write one YAML mapping per entity pair, in the rows of the published data-mapping tables; the program checks it, shows
//! what it would do, and does it against both REST APIs. This is the tour of its rooms, in reading order; each answers one
//! question, and uses only rooms named before it (`tests/it/tidy.rs` holds that).
//!
//! | Room | The question it answers |
//! |---|---|
//! | [`diagnostic`] | How do we tell an author what is wrong, and where? |
//! | [`value`] | What is data? |
//! | [`schema`] | What shape has a resource of a system? |
//! | [`expr`] | What does an expression mean here? |
//! | [`mapping`] | What did the author write? |
//! | [`plan`] | What will be done, step by step? |
//! | [`evaluate`] | What does this plan make of this record? |
//! | [`connector`] | How do we talk to a system? |
//! | [`store`] | What do we remember? |
//! | [`cases`] | What should a mapping make of an example? |
//! | [`contract`] | What does an instance say of itself, and can it carry what the mappings do? |
//! | [`sync`] | In which order does a run happen? |
//! | [`sandbox`] | How do both systems behave on the wire? (never used by the engine) |
//! | [`config`] | Where are the systems, files and secrets, and which mappings are in force? |
//! | [`cli`] | What does a person see and press? |
//!
//! The middle is pure: `value` to `evaluate` know no network, clock, disk or database. Money is `rust_decimal` from JSON text to JSON
//! text; no binary float is anywhere in the value path. `docs/design.md` says why things are as they are.

pub mod cases;
pub mod cli;
pub mod config;
pub mod connector;
pub mod contract;
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
