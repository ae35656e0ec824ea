//! `links archive` and `links unarchive`: records that no import is to offer, until they are taken back.

use clap::Args;

use super::allowed;
use super::list::archived_data;
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on};
use crate::cli::view::{Done, Shown};
use crate::store::Archived;
use crate::sync::Silence;

/// Set a record aside, so that its import does not offer it
#[derive(Debug, Args)]
pub(crate) struct Archive {
    /// The mapping that imports it
    mapping: String,
    /// Its id or business key
    id: String,
    /// Why, for the journal
    #[arg(long, value_name = "TEXT", default_value = "")]
    because: String,
}

/// Take an archived record back; the next run offers it again
#[derive(Debug, Args)]
pub(crate) struct Unarchive {
    /// The mapping that imports it
    mapping: String,
    /// Its id or business key
    id: String,
}

/// Archives.
pub(super) fn set_aside(archive: &Archive, session: &Session) -> Result<Done, Stop> {
    let setup = session.setup()?;
    allowed([archive.mapping.as_str()], (&setup, session), |acting, mapping| acting.may_archive(mapping))?;
    block_on(async {
        let wired = session.wire(setup).await?;
        let record = wired.engine(&Silence).archive(&archive.mapping, &archive.id, &archive.because).await?;
        Ok(shown(&record, "is archived; `crosswalk links unarchive` takes it back"))
    })
}

/// Takes back.
pub(super) fn take_back(unarchive: &Unarchive, session: &Session) -> Result<Done, Stop> {
    let setup = session.setup()?;
    allowed([unarchive.mapping.as_str()], (&setup, session), |acting, mapping| acting.may_archive(mapping))?;
    block_on(async {
        let wired = session.wire(setup).await?;
        let record = wired.engine(&Silence).unarchive(&unarchive.mapping, &unarchive.id).await?;
        Ok(shown(&record, "is not archived any more; the next run offers it again"))
    })
}

fn shown(record: &Archived, what: &str) -> Done {
    let text = format!("`{}` of `{}` {what}\n", record.source_key, record.mapping);
    Done::new(Exit::Done, Shown { text, data: archived_data(record) })
}
