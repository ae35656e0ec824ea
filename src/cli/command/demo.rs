//! `demo`: the main job, from nothing to two systems that agree, on the sandbox.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use super::sandbox::{practice_only, write_settings};
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{block_on, wired};
use crate::cli::view::{Done, Text, progress::Progress, run};
use crate::config::{Asked, Setup, Wired};
use crate::connector::{Clock, WallClock};
use crate::sandbox::{Sandbox, SandboxOptions};
use crate::sync::{Mode, Reconciled, Report};

/// Show the main job on the built-in sandbox: sync both systems, reconcile, and find nothing left to do
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// Where settings, secrets and the state file are left to look into
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
pub(super) fn run(demo: &Demo) -> Result<Done, Stop> {
    block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(WallClock);
        forget_earlier(&demo.dir)?;
        let shipped = Setup::open(&Asked::default())?;
        let mut options = SandboxOptions::new(clock.clone(), shipped.workspace.catalog.clone(), demo.seed, demo.projects);
        options.acumatica.operation_time = Duration::from_millis(100);
        let running = Sandbox::start(options).await.map_err(|problem| Stop::usage(problem.to_string(), None))?;
        write_settings(&running, &demo.dir, "")?;
        println!("a practice company in both systems, imitated on this machine:");
        println!("  Procore   {}\n  Acumatica {}\n", running.procore_url, running.acumatica_url);
        let settings = demo.dir.join("crosswalk.yaml");
        let asked = Asked { settings: Some(settings.clone()), ..Asked::default() };
        let wired = wired(&asked, clock, false).await?;
        let done = story(&wired).await;
        running.stop().await;
        let exit = if done? { Exit::Done } else { Exit::Look };
        let text = format!(
            "\nlook into what is left in {dir}:\n  crosswalk --settings {file} links list\n  crosswalk --settings {file} journal --limit 20\n",
            dir = demo.dir.display(),
            file = settings.display(),
        );
        Ok(Done::new(exit, Text(text)))
    })
}

async fn story(wired: &Wired) -> Result<bool, Stop> {
    let progress = Progress::new(false);
    let begun = Instant::now();
    println!("1. everything once: reference data in, projects and subcontracts out, job costs in\n");
    let first = sync(wired, &progress, "demo, first sync").await?;
    print!("{}", run::report(&first));
    println!("\n   took {:.1} s", begun.elapsed().as_secs_f32());
    println!("\n2. both sides added up, to the cent: direct costs = job to date cost - commitment invoiced\n");
    let reconciled = wired.engine(&progress).reconcile().await?;
    print!("{}", run::reconciled(&reconciled));
    println!("\n3. once more, to see that nothing is left to do\n");
    let begun = Instant::now();
    let second = sync(wired, &progress, "demo, second sync").await?;
    let written: u64 = second.mappings.iter().map(|mapping| mapping.counts.created + mapping.counts.updated + mapping.counts.adopted).sum();
    let unchanged: u64 = second.mappings.iter().map(|mapping| mapping.counts.unchanged).sum();
    let held: u64 = second.mappings.iter().map(|mapping| mapping.counts.held).sum();
    println!("   {written} records written, {unchanged} unchanged, {held} held; took {:.1} s", begun.elapsed().as_secs_f32());
    println!("   the held ones are two vendors of one name: which is which is for a person to say (BR-21)");
    Ok(written == 0 && reconciled.iter().all(Reconciled::agrees))
}

async fn sync(wired: &Wired, progress: &Progress, command: &str) -> Result<Report, Stop> {
    Ok(wired.run(progress, &[], Mode::Apply { consent: true, only: None }, command).await?)
}

/// A sandbox begins anew, so what an earlier demo remembers of it is of no use. Nothing else is touched.
fn forget_earlier(folder: &Path) -> Result<(), Stop> {
    practice_only(folder)?;
    let wrong = |problem: io::Error| Stop::file(folder, "cleared", &problem);
    let entries = match fs::read_dir(folder) {
        Err(problem) if problem.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(wrong)?,
    };
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect::<io::Result<Vec<String>>>();
    let names = names.map_err(wrong)?;
    let ours = |name: &String| {
        ["crosswalk.yaml", "procore.secret", "acumatica.secret"].contains(&name.as_str())
            || ["crosswalk.db", "crosswalk.tokens"].iter().any(|begin| name.starts_with(begin))
    };
    if let Some(other) = names.iter().find(|name| !ours(name)) {
        let message = format!("{} holds `{other}`, which is not from an earlier demo", folder.display());
        return Err(Stop::usage(message, Some("name another folder with `--dir`".to_owned())));
    }
    for name in &names {
        let path = folder.join(name);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(|problem| Stop::file(&path, "removed", &problem))?;
    }
    Ok(())
}
