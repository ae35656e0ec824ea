//! Where are the systems, files and secrets? Wires everything once, for the faces.

mod builtin;
mod workspace;

pub use builtin::{builtin_mappings, builtin_schemas};
pub use workspace::{Folders, Workspace};
