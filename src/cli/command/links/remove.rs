//! `links remove`: two records are not the same thing, or not any more.

use std::path::PathBuf;

use clap::Args;

use super::rows::read;
use super::{allowed, told};
use crate::cli::exit::Stop;
use crate::cli::session::{Session, block_on};
use crate::cli::view::Done;
use crate::sync::{Parting, Silence};

/// Remove links
///
/// What an import brought is offered again by the next run. The link of an export stays while its record lives in the ERP.
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The mapping whose link goes
    #[arg(required_unless_present = "file")]
    mapping: Option<String>,
    /// The id or business key of either record
    #[arg(required_unless_present_any = ["file", "project"])]
    id: Option<String>,
    /// Only in this Procore project (its id); all of its links where no record is named
    #[arg(long, value_name = "ID")]
    project: Option<String>,
    /// A file of pairs, as `links list --json` prints it
    #[arg(long, value_name = "FILE", conflicts_with = "mapping")]
    file: Option<PathBuf>,
    /// Why, for the journal
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
}

/// Runs it.
pub(super) fn run(remove: &Remove, session: &Session) -> Result<Done, Stop> {
    let because = &remove.because;
    let rows: Vec<(String, Parting)> = match &remove.file {
        Some(file) => {
            let parting = |mapping, project, id| Parting { mapping, project, id: Some(id), because: because.clone() };
            read(file)?.into_iter().map(|row| (row.name, parting(row.mapping, row.project, row.procore))).collect()
        }
        None => {
            let (mapping, project, id) = (remove.mapping.clone().unwrap_or_default(), remove.project.clone(), remove.id.clone());
            vec![(format!("`{mapping}`"), Parting { mapping, project, id, because: because.clone() })]
        }
    };
    let setup = session.setup()?;
    allowed(rows.iter().map(|(_, row)| row.mapping.as_str()), (&setup, session), |acting, mapping| acting.may_unlink(mapping))?;
    let (names, partings): (Vec<String>, Vec<Parting>) = rows.into_iter().unzip();
    block_on(async {
        let wired = session.wire(setup).await?;
        let gone = wired.engine(&Silence).part(&partings).await?;
        let rows = names.into_iter().zip(gone).flat_map(|(name, of_row)| of_row.into_iter().map(move |one| (name.clone(), one)));
        Ok(told(&rows.collect::<Vec<_>>(), ("removed", "removed"), &[]))
    })
}
