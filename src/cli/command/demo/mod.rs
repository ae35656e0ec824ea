//! `demo`: the main job in each profile, from nothing to two systems that agree, on the sandbox.

mod books;
mod folder;
mod story;
mod totals;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::sandbox::{practice, practice_only, profile_line, write_settings};
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on, wired};
use crate::cli::view::{Done, Text};
use crate::config::{Asked, Folders, ProfileChoice, SETTINGS_FILE, Workspace};
use crate::connector::{Clock, WallClock};
use crate::sandbox::Sandbox;

/// Show the main job on the built-in sandbox: sync both systems, reconcile, and find nothing left to do
///
/// Runs the shipped profiles one after another, each against a practice company of its own; `--profile` chooses one.
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// Where settings, secrets and state files are left to look into, one folder for each profile
    #[arg(long, default_value = "crosswalk-demo", value_name = "DIR")]
    dir: PathBuf,
    /// The same seed draws the same practice company
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How many projects the company has
    #[arg(long, default_value_t = 3)]
    projects: usize,
}

/// Runs it.
pub(super) fn run(demo: &Demo, session: &Session) -> Result<Done, Stop> {
    let choices = match &session.asked.profile {
        Some(words) => vec![ProfileChoice::named(words)],
        None => shipped(&ProfileChoice::default())?.profiles.iter().map(|profile| ProfileChoice::named(&profile.name)).collect(),
    };
    let workspaces = choices.iter().map(shipped).collect::<Result<Vec<_>, Stop>>()?;
    let names: Vec<&str> = workspaces.iter().map(|workspace| workspace.profile.name.as_str()).collect();
    folder::forget_earlier(&demo.dir, &names)?;
    let mut well = true;
    for (choice, workspace) in choices.iter().zip(&workspaces) {
        let folder = demo.dir.join(&workspace.profile.name);
        println!("== profile {}: {}\n", workspace.profile.name, workspace.profile.title);
        well &= block_on(in_profile(demo, (choice, workspace), &folder))?;
        println!();
    }
    let exit = if well { Exit::Done } else { Exit::Look };
    Ok(Done::new(exit, Text(farewell(&demo.dir, &names))))
}

/// The shipped mappings in a profile: those of the folder that the demo is run in are none of its business.
fn shipped(choice: &ProfileChoice) -> Result<Workspace, Stop> {
    Ok(Workspace::open_in(Folders::default(), choice)?)
}

/// One profile, against a practice company of its own. Gives back whether both sides agree and nothing is left to do.
async fn in_profile(demo: &Demo, (choice, workspace): (&ProfileChoice, &Workspace), folder: &Path) -> Result<bool, Stop> {
    let clock: Arc<dyn Clock> = Arc::new(WallClock);
    let mut options = practice(workspace, clock.clone(), (demo.seed, demo.projects), None);
    // Nobody wants to watch a clock: long actions of the sandbox take two seconds, and those of the demo no time.
    options.acumatica.operation_time = Duration::ZERO;
    let sandbox = Sandbox::new(options);
    let running = sandbox.serve(0, 0).await.map_err(|problem| Stop::usage(problem.to_string(), None))?;
    write_settings(&running, folder, &profile_line(choice))?;
    println!("a practice company in both systems, imitated on this machine:");
    println!("  Procore   {}\n  Acumatica {}\n", running.procore_url, running.acumatica_url);
    let asked = Asked { settings: Some(folder.join(SETTINGS_FILE)), ..Asked::default() };
    let wired = wired(&asked, clock, false).await?;
    let well = story::tell(&wired, &sandbox).await;
    running.stop().await;
    well
}

fn farewell(folder: &Path, names: &[&str]) -> String {
    let lines = names.iter().map(|name| {
        let file = folder.join(name).join(SETTINGS_FILE);
        format!("  crosswalk --settings {file} links list\n  crosswalk --settings {file} journal --limit 20\n", file = file.display())
    });
    format!("look into what is left in {}:\n{}", folder.display(), lines.collect::<String>())
}
