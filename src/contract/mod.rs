//! What does an instance say of itself, and can it carry what the mappings do?
//!
//! ```text
//! Description   the contract of one endpoint: swagger.json, or a version's well-known differences
//! AdHoc         what an entity has beside its contract: $adHocSchema
//! Definition    a custom field of Procore
//! Instance      all of these together, from a folder that was pulled or from a file
//! Use           where a mapping needs a field
//! diff          uses held against an instance: findings
//! suggest       a first overlay that answers the findings
//! ```
//!
//! Nothing here knows a network or a disk: texts come in, findings go out.

mod ad_hoc;
mod described;
mod diff;
mod finding;
mod instance;
mod near;
mod needed;
mod open_api;
mod procore;
mod reads;
mod suggest;
mod uses;
mod version;

pub use ad_hoc::{AdHoc, without_values};
pub use described::{Description, Holds, Member};
pub use diff::{Diff, diff, endpoints_in_use, entities_in_use};
pub use finding::{Finding, FindingKind, UsedBy};
pub use instance::{Customs, Instance, contradictions, listed};
pub use open_api::{MOST_BYTES, Unreadable};
pub use procore::{Definition, definitions};
pub use suggest::suggestion;
pub use uses::{Use, uses};
