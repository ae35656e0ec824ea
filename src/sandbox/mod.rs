//! How do both systems behave on the wire? An imitation of Procore and of Acumatica, with a practice company in them.

mod acumatica;
pub mod company;
mod cut;
mod door;
pub mod fault;
mod in_process;
mod practice;
mod procore;
mod serve;
pub mod wire;

pub use acumatica::{Accountants, Acumatica, AcumaticaOptions, Limits, Numbering, Package};
pub use company::{Company, Size};
pub use fault::{Fault, FaultKind, Faults, Matcher};
pub use in_process::{InProcess, System};
pub use practice::PRACTICE_SETTINGS;
pub use procore::{CustomField, Procore, ProcoreOptions, ProcoreSettings, RateLimits};
pub use serve::{AcumaticaSettings, Running, Sandbox, SandboxOptions, SandboxSettings};
pub use wire::Reply;
