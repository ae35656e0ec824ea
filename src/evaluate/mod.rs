//! What does this plan make of this record? Pure: no clock, file, table or socket.

mod answers;
mod aside;
mod baseline;
mod bytes;
mod change;
mod context;
mod differ;
mod draft;
mod finder;
mod glance;
mod gone;
mod join;
mod moved;
mod moving;
mod open;
mod read;
mod refusal;
mod run;
mod scan;
mod seen;
mod sink;
mod trace;

pub use answers::answers;
pub use aside::set_aside;
pub use baseline::{Conflict, baseline, conflicts, value_at};
pub use change::{Change, FieldChange, LineKeys, compare, identity_of, line_key};
pub use context::{Context, Links, NoLinks, PENDING, Project};
pub use differ::differences;
pub use draft::{Draft, Line};
pub use gone::{GoneLine, still_there};
pub use join::{beside, grouped, only, regrouped, replaced};
pub use moved::{Moved, moved};
pub use open::{Item, Opened, SourceRef, enabled, learned, open, taken};
pub use refusal::{Reason, Refusal};
pub use trace::{Trace, Traced};
