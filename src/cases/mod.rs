//! What should a mapping make of an example? Cases written beside each mapping, run and told, and the snapshots that show a
//! reviewer what a change does.

mod compare;
mod coverage;
mod links;
mod names;
mod read;
mod run;
mod snapshot;

pub use compare::Difference;
pub use coverage::{Coverage, Unreached, coverage};
pub use links::CaseLinks;
pub use names::unknown_names;
pub use read::{Case, Expected, read};
pub use run::{Outcome, Verdict, run};
pub use snapshot::{Pending, Snapshots, Stored, outcome_text};
