//! Where are the systems, files and secrets, and which mappings are in force? Wires everything once, for the faces.

mod acting;
mod beside;
mod block;
mod builtin;
mod case_files;
mod choices;
mod doctor;
mod documented;
mod earlier;
mod files;
mod in_force;
mod limits;
mod mask;
mod mend;
pub mod overlay;
mod permission;
mod profile;
mod pull;
mod pulled;
mod secrets;
mod settings;
mod setup;
mod user;
mod wiring;
mod workspace;

pub use acting::{Acting, Lacking};
pub use builtin::{
    builtin_files, builtin_mappings, builtin_overlays, builtin_permissions, builtin_profiles, builtin_schemas, page_of, pages,
};
pub use case_files::{CaseFile, faults};
pub use choices::{Words, choices};
pub use doctor::{Doctor, Examination, Examined, Finding, Standing};
pub use earlier::Earlier;
pub use mend::{Mended, mend};
pub use permission::{Permission, Permissions, ToolRight};
pub use profile::{Profile, ProfileChoice};
pub use pull::{contradiction, pull};
pub use pulled::{Pulled, description_file};
pub use settings::{SETTINGS_FILE, SettingsFile, TEMPLATE};
pub use setup::{Asked, Checked, Counts, Setup, check, merge, settings_file_of};
pub use user::{Level, Tool, Tools, User};
pub use wiring::{Wired, Wiring};
pub use workspace::{Folders, Workspace, misnamed};
