//! In which order does a run happen? Read, map, compare, stage, send, settle, link, write back: one road for plan, apply,
//! sync and explain, which stop at different places on it.

mod adopt;
mod attempt;
mod candidates;
mod change_set;
mod deliver;
mod dispatch;
mod engine;
mod erp;
mod explain;
mod failure;
mod foreign;
mod gather;
mod holding;
mod join;
mod likeness;
mod lines;
mod links;
mod make;
mod pace;
mod page;
mod pairing;
mod parcel;
mod reading;
mod reconcile;
mod renamed;
mod report;
mod resume;
mod run;
mod scope;
mod shelf;
mod stage;
mod standing;
mod suggest;
mod target;
mod write_back;

pub use change_set::{Action, ChangeSet, StagedChange};
pub use engine::{Doors, Engine, Mode};
pub use explain::Explanation;
pub use failure::Failure;
pub use pairing::{Pairing, Parting, Told};
pub use reconcile::Reconciled;
pub use report::{Counts, Event, HeldRecord, MappingReport, Mismatch, Report, Silence, SystemRequests, Watch};
pub use suggest::Suggestion;
