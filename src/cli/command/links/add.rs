//! `links add`: two records are the same thing, says a person, or a file of such pairs.

use std::path::PathBuf;

use clap::Args;

use super::rows::{Row, read};
use super::{allowed, told};
use crate::cli::exit::Stop;
use crate::cli::session::{Session, block_on};
use crate::cli::view::Done;
use crate::sync::{Pairing, Silence};

/// Link records that are the same thing
///
/// Both records must exist, be in use and not be linked yet. Of a file, all rows are linked or none. The next run brings both sides
/// into line.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The mapping that carries such records
    #[arg(required_unless_present = "file", requires = "acumatica")]
    mapping: Option<String>,
    /// The record in Procore: its id or business key
    procore: Option<String>,
    /// The record in Acumatica: its id or business key
    acumatica: Option<String>,
    /// Only in this Procore project (its id)
    #[arg(long, value_name = "ID")]
    project: Option<String>,
    /// A file of pairs: JSON as `links list` and `links suggest` print it, or CSV with the columns mapping, project, procore, acumatica
    #[arg(long, value_name = "FILE", conflicts_with = "mapping")]
    file: Option<PathBuf>,
    /// Why, for the journal
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
}

/// Runs it.
pub(super) fn run(add: &Add, session: &Session) -> Result<Done, Stop> {
    let rows = match &add.file {
        Some(file) => read(file)?,
        None => vec![Row {
            name: format!("`{}`", add.mapping.as_deref().unwrap_or_default()),
            mapping: add.mapping.clone().unwrap_or_default(),
            project: None,
            procore: add.procore.clone().unwrap_or_default(),
            acumatica: add.acumatica.clone().unwrap_or_default(),
            tied: false,
        }],
    };
    let (ties, rows): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.tied);
    let pairing = |row: &Row| Pairing {
        mapping: row.mapping.clone(),
        project: row.project.clone().or_else(|| add.project.clone()),
        procore: row.procore.clone(),
        acumatica: row.acumatica.clone(),
        because: add.because.clone(),
    };
    let pairings: Vec<Pairing> = rows.iter().map(pairing).collect();
    let ties: Vec<String> = ties.into_iter().map(|row| row.name).collect();
    link(&pairings, rows.into_iter().map(|row| row.name), &ties, session)
}

/// Links these pairs, each under the name that people know it by.
pub(super) fn link(pairings: &[Pairing], names: impl Iterator<Item = String>, ties: &[String], session: &Session) -> Result<Done, Stop> {
    let setup = session.setup()?;
    allowed(pairings.iter().map(|pairing| pairing.mapping.as_str()), (&setup, session), |acting, mapping| acting.may_link(mapping))?;
    block_on(async {
        let wired = session.wire(setup).await?;
        let linked = wired.engine(&Silence).pair(pairings).await?;
        Ok(told(&names.zip(linked).collect::<Vec<_>>(), ("made", "linked"), ties))
    })
}
