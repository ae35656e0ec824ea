//! `test`: the cases beside the mappings, run and compared.

use std::collections::BTreeSet;

use clap::Args;

use super::{against, known_mappings};
use crate::cases::{self, Snapshots, Stored, Verdict};
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::Session;
use crate::cli::view::Done;
use crate::cli::view::test::{Failure, Tested, Tests};
use crate::config::{CaseFile, Setup};
use crate::expr::coverage;
use crate::plan::Plan;

/// Run the cases beside the mappings
///
/// A case says what a mapping should make of an example. Where the mappings lie in a folder, what each case makes is also held
/// against its snapshot; differences wait for `crosswalk review`.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Only the cases of these mappings
    #[arg(value_name = "MAPPING")]
    names: Vec<String>,
    /// Tell which rows and which branches of expressions no case reaches
    #[arg(long)]
    coverage: bool,
    /// Instead: what cases make that they did not make with the files of this Git revision or folder, of affected mappings alone
    #[arg(long, value_name = "REV|DIR|base", conflicts_with = "coverage")]
    against: Option<String>,
}

/// Runs it.
pub(super) fn run(test: &Test, session: &Session) -> Result<Done, Stop> {
    if let Some(words) = &test.against {
        return against::test(words, &test.names, session);
    }
    let setup = session.setup()?;
    known_mappings(&test.names, &setup)?;
    let mut tests = Tests::default();
    if test.coverage {
        coverage::watch();
    }
    let files = setup.cases()?;
    tests.without = without_cases(&setup, &files);
    for file in files {
        let wanted = test.names.is_empty() || test.names.contains(&file.mapping);
        if let Some(plan) = setup.workspace.plan(&file.mapping).filter(|_| wanted) {
            tests.mappings.push(one(plan, &file, &setup)?);
            if test.coverage {
                tests.coverage.push((plan.name.clone(), cases::coverage(plan)));
            }
        } else if wanted {
            tests.off.push(file.mapping);
        }
    }
    let exit = if tests.all_well() { Exit::Done } else { Exit::Look };
    Ok(Done::new(exit, tests))
}

/// Mappings in force that an overlay changes and has no cases for: those of the base say what the base makes.
fn without_cases(setup: &Setup, files: &[CaseFile]) -> Vec<String> {
    let workspace = &setup.workspace;
    let changed = workspace.overlays.iter().flat_map(|overlay| &overlay.mappings).map(|changes| changes.name.text.clone());
    let bare = changed.filter(|name| workspace.plan(name).is_some() && !files.iter().any(|file| file.mapping == *name));
    bare.collect::<BTreeSet<_>>().into_iter().collect()
}

fn one(plan: &Plan, file: &CaseFile, setup: &Setup) -> Result<Tested, Stop> {
    let snapshots = file.folder.as_deref().map(|folder| (folder, Snapshots::beside(folder)));
    let mut tested = Tested { mapping: plan.name.clone(), ..Tested::default() };
    for case in &file.cases {
        let (outcome, verdict) = cases::run(plan, case, &setup.workspace.defaults);
        let stored = match &snapshots {
            Some((folder, snapshots)) => snapshots
                .hold(&plan.name, case, &outcome)
                .map_err(|problem| Stop::file(&folder.join("snapshots"), "used for snapshots", &problem))?,
            None => Stored::Same,
        };
        match stored {
            Stored::Same => {}
            Stored::Changed => tested.changed += 1,
            Stored::New => tested.new += 1,
        }
        match verdict {
            Verdict::Passed => tested.passed += 1,
            failed => tested.failures.push(Failure::new(case, failed)),
        }
    }
    Ok(tested)
}
