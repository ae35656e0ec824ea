//! `sandbox`: both systems, imitated, to try everything against.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on};
use crate::cli::view::{Done, Text};
use crate::config::overlay::{Extended, OverlayChoice, Package, package};
use crate::config::{Folders, ProfileChoice, SETTINGS_FILE, SettingsFile, Workspace};
use crate::connector::{Clock, WallClock};
use crate::sandbox::company::{Company, Size};
use crate::sandbox::{PRACTICE_SETTINGS, Package as Published, Running, Sandbox as Systems, SandboxOptions};
use crate::value::Value;

/// Serve both systems on this machine, with a practice company in them
#[derive(Args, Debug)]
pub(crate) struct Sandbox {
    /// Port for Procore; 0 takes any free one
    #[arg(long, default_value_t = 8081)]
    procore_port: u16,
    /// Port for Acumatica; 0 takes any free one
    #[arg(long, default_value_t = 8082)]
    acumatica_port: u16,
    /// The same seed draws the same company
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How many projects the company has
    #[arg(long, default_value_t = 3)]
    projects: usize,
    /// Cost lines that its accountants post for each project; 12 in a small company, 1,500 from ten projects on
    #[arg(long)]
    costs: Option<usize>,
    /// Milliseconds that a long action of Acumatica takes
    #[arg(long, default_value_t = 2000, value_name = "MS")]
    action_time: u64,
    /// Serve the instance that a package describes: `package.yaml` in the folder of an overlay of this name
    #[arg(long, value_name = "NAME|DIR")]
    package: Option<String>,
    /// Write settings and secrets for it into this folder
    #[arg(long, value_name = "DIR")]
    settings_dir: Option<PathBuf>,
}

/// Runs it.
pub(super) fn run(sandbox: &Sandbox, session: &Session) -> Result<Done, Stop> {
    let (workspace, file) = session.base()?;
    let package = packaged(sandbox, &file)?;
    let mut options = practice(&workspace, Arc::new(WallClock), (sandbox.seed, sandbox.projects), package.as_ref());
    options.procore_port = sandbox.procore_port;
    options.acumatica_port = sandbox.acumatica_port;
    options.acumatica.costs_per_project = sandbox.costs.unwrap_or(Size::of(sandbox.projects).costs);
    options.acumatica.operation_time = Duration::from_millis(sandbox.action_time);
    if let Some(folder) = &sandbox.settings_dir {
        practice_only(folder)?;
    }
    block_on(async {
        let running = Systems::start(options).await.map_err(|problem| Stop::usage(problem.to_string(), None))?;
        println!("{}", greeting(sandbox, &running, &file)?);
        // Whether somebody pressed Ctrl-C or it cannot be heard: either way it ends.
        let _ = tokio::signal::ctrl_c().await;
        running.stop().await;
        Ok(Done::new(Exit::Done, Text("stopped\n".to_owned())))
    })
}

/// A practice company of the ways that a profile is made for: where budgets go both ways, changes of the budget are still made
/// as modifications (BR-37), and where prime contracts go out, accounting has no revenue budgets to begin with.
pub(super) fn practice(
    workspace: &Workspace,
    clock: Arc<dyn Clock>,
    (seed, projects): (u64, usize),
    package: Option<&Package>,
) -> SandboxOptions {
    let mut company = Company::draw(seed, projects);
    company.budget_changes = workspace.plan("budgets_import").is_none();
    if let Some(package) = package {
        company.budget_changes = package.company.budget_changes.unwrap_or(company.budget_changes);
        package.company.tiers.into_iter().for_each(|tiers| company.projects.iter_mut().for_each(|project| project.tiers = tiers));
    }
    let mut options = SandboxOptions::of(clock, workspace.catalog.clone(), company);
    if let Some(package) = package {
        publish(package, &mut options);
    }
    options.acumatica.revenue_budgets = workspace.plan("prime_contracts").is_some();
    // A budget that Procore has locked is Procore's: estimates of accountants beside it would wait for a person (BR-32, BR-35).
    options.acumatica.estimates_where_locked = false;
    options
}

/// The package that is asked for.
fn packaged(sandbox: &Sandbox, file: &SettingsFile) -> Result<Option<Package>, Stop> {
    let Some(words) = &sandbox.package else { return Ok(None) };
    let folders = &file.folders;
    Ok(Some(package(folders.schemas.as_deref(), folders.overlays.as_deref(), &OverlayChoice::named(words))?))
}

/// Puts a package into an instance.
fn publish(package: &Package, options: &mut SandboxOptions) {
    let acumatica = &mut options.acumatica;
    match &package.endpoint {
        Some(Extended { endpoint, extends }) => {
            let published = Published {
                endpoint: (endpoint.name.clone(), endpoint.version.clone()),
                extends: extends.clone(),
                catalog: package.catalog.clone(),
            };
            acumatica.package = Some(published);
        }
        // What it has otherwise, its one endpoint has.
        None => {
            acumatica.catalog = package.catalog.clone();
            options.procore.catalog = package.catalog.clone();
        }
    }
    if !package.versions.is_empty() {
        acumatica.endpoints.retain(|(_, version)| package.versions.iter().any(|known| known.text == *version));
    }
}

fn greeting(sandbox: &Sandbox, running: &Running, file: &SettingsFile) -> Result<String, Stop> {
    let mut text = format!("Procore   {}\nAcumatica {}\n\n", running.procore_url, running.acumatica_url);
    match &sandbox.settings_dir {
        Some(folder) => {
            let package = sandbox.package.as_deref().map(overlay_line).unwrap_or_default();
            write_settings(running, folder, &format!("{}{}{package}", folder_lines(&file.folders), profile_line(&file.profile)))?;
            text.push_str(&format!("settings and secrets are in {}; try\n", folder.display()));
            text.push_str(&format!("  crosswalk --settings {} plan\n", folder.join(SETTINGS_FILE).display()));
            let state = folder.join("crosswalk.db");
            if state.exists() {
                let state = state.display();
                text.push_str(&format!(
                    "\n{state} remembers an earlier sandbox, which this one knows nothing of: remove it before a sync\n"
                ));
            }
        }
        None => {
            text.push_str(&format!("put this into crosswalk.yaml, and the secrets into files beside it:\n\n{}", running.settings_file()));
            for (file, secret) in running.secrets() {
                text.push_str(&format!("\n{file}: {secret}"));
            }
            text.push_str("\n\nor let `--settings-dir DIR` write them\n");
        }
    }
    text.push_str("\nstop it with Ctrl-C");
    Ok(text)
}

/// Refuses a folder whose settings file somebody wrote: settings for practice would take its place.
pub(super) fn practice_only(folder: &Path) -> Result<(), Stop> {
    let settings = folder.join(SETTINGS_FILE);
    match fs::read_to_string(&settings) {
        Ok(text) if !text.starts_with(PRACTICE_SETTINGS) => {
            let message = format!("{} is there, and is not from a sandbox", settings.display());
            Err(Stop::usage(message, Some("name another folder, so that it is not overwritten".to_owned())))
        }
        Err(problem) if problem.kind() != ErrorKind::NotFound => Err(Stop::file(&settings, "read", &problem)),
        _ => Ok(()),
    }
}

/// Writes the settings file, with these lines of ours at its end, and the files of secrets, readable by their owner only.
pub(super) fn write_settings(running: &Running, folder: &Path, ours: &str) -> Result<(), Stop> {
    let wrong = |path: &Path, problem: std::io::Error| Stop::file(path, "written", &problem);
    fs::create_dir_all(folder).map_err(|problem| wrong(folder, problem))?;
    let settings = folder.join(SETTINGS_FILE);
    let text = format!("{}{}", running.settings_file(), ours);
    fs::write(&settings, text).map_err(|problem| wrong(&settings, problem))?;
    for (name, secret) in running.secrets() {
        let path = folder.join(name);
        fs::write(&path, secret).and_then(|()| for_owner_only(&path)).map_err(|problem| wrong(&path, problem))?;
    }
    Ok(())
}

/// The profile, where another one than the default is chosen.
pub(super) fn profile_line(choice: &ProfileChoice) -> String {
    let words = match choice.file().map(std::path::absolute) {
        Some(Ok(file)) => file.display().to_string(),
        _ => choice.words.clone(),
    };
    if words == ProfileChoice::default().words { String::new() } else { format!("profile: {}\n", Value::text(words)) }
}

/// The overlay that lies beside the package.
fn overlay_line(package: &str) -> String {
    let words = match OverlayChoice::named(package).folder().map(std::path::absolute) {
        Some(Ok(folder)) => folder.display().to_string(),
        _ => package.to_owned(),
    };
    format!(
        "# What the package of this instance has otherwise. Without it the shipped mappings meet the plain endpoint.\noverlay: {}\n",
        Value::text(words)
    )
}

/// The mappings, schemas and profiles that lie where the sandbox was started: edits of them count. Nothing where the shipped ones are used.
fn folder_lines(folders: &Folders) -> String {
    let named =
        [("mappings", &folders.mappings), ("schemas", &folders.schemas), ("profiles", &folders.profiles), ("overlays", &folders.overlays)];
    let lines = named.into_iter().filter_map(|(key, folder)| {
        let folder = std::path::absolute(folder.as_ref()?).ok()?;
        Some(format!("{key}: {}\n", Value::text(folder.to_str()?)))
    });
    lines.collect()
}

#[cfg(unix)]
fn for_owner_only(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn for_owner_only(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_name_the_folders_that_are_there() {
        let folders = Folders { mappings: Some("/srv/it's: mine".into()), ..Folders::default() };
        assert_eq!(folder_lines(&folders), "mappings: \"/srv/it's: mine\"\n");
        assert_eq!(folder_lines(&Folders::default()), "");
        assert_eq!(profile_line(&ProfileChoice::named("edge")), "profile: \"edge\"\n");
        assert_eq!(profile_line(&ProfileChoice::default()), "");
    }
}
