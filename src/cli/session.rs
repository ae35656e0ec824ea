//! One call of the program: where its files are, how it speaks, and what it says at the end.

use std::future::Future;
use std::io::Write;
use std::sync::Arc;

use tracing_subscriber::EnvFilter;

use super::arguments::Global;
use super::exit::{Exit, Stop};
use super::terminal::Paint;
use super::view::progress::Progress;
use super::view::{self, Done};
use crate::config::{Acting, Asked, Folders, SettingsFile, Setup, Wired, Wiring, Workspace, settings_file_of};
use crate::connector::{Clock, WallClock};

/// One call of the program.
pub(super) struct Session {
    /// What the command line says about files.
    pub(super) asked: Asked,
    as_user: Option<String>,
    json: bool,
}

impl Session {
    /// From what was typed.
    pub(super) fn new(global: &Global) -> Self {
        let asked = Asked {
            settings: global.settings.clone(),
            mappings: global.mappings.clone(),
            schemas: global.schemas.clone(),
            profile: global.profile.clone(),
            overlays: global.overlay.clone(),
        };
        Self { asked, as_user: global.as_user.clone(), json: global.json }
    }

    /// Whether results go out as JSON, so that nobody is asked anything.
    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// What a person sees of a run meanwhile.
    pub(super) fn progress(&self) -> Progress {
        Progress::new(self.json)
    }

    /// Sends events of the program to standard error. `CROSSWALK_LOG` chooses among them.
    pub(super) fn listen(&self, verbose: u8) {
        let level = ["warn", "info", "debug"].get(usize::from(verbose)).copied().unwrap_or("trace");
        let filter = EnvFilter::try_from_env("CROSSWALK_LOG").unwrap_or_else(|_| EnvFilter::new(format!("crosswalk={level}")));
        let events = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(Paint::errors().colour);
        // Only the first call of a process may listen; a second one changes nothing. Times and rooms are for those who ask for more.
        let _ = if verbose == 0 { events.without_time().with_target(false).try_init() } else { events.try_init() };
    }

    /// Settings, mappings and schemas, sound.
    pub(super) fn setup(&self) -> Result<Setup, Stop> {
        Ok(Setup::open(&self.asked)?)
    }

    /// The settings file, and mappings and schemas as they are below every overlay.
    pub(super) fn base(&self) -> Result<(Workspace, SettingsFile), Stop> {
        let file = settings_file_of(&self.asked)?;
        let folders = Folders { overlay: Vec::new(), ..file.folders.clone() };
        Ok((Workspace::open_in(folders, &file.profile)?, file))
    }

    /// The user who acts.
    pub(super) fn acting(&self, setup: &Setup) -> Result<Acting, Stop> {
        setup.acting(self.as_user.as_deref()).map_err(|refusal| Stop::usage(refusal, None))
    }

    /// Settings, mappings and schemas for a user who may look.
    pub(super) fn setup_to_look(&self) -> Result<Setup, Stop> {
        let setup = self.setup()?;
        self.acting(&setup)?.may_look().map_err(|refusal| Stop::usage(refusal, None))?;
        Ok(setup)
    }

    /// Systems, state and plans, ready to run, in the name of the user who acts: whether they may is for the caller to ask.
    pub(super) async fn wire(&self, setup: Setup) -> Result<Wired, Stop> {
        let acting = self.acting(&setup)?;
        wire(setup, acting.name(), Arc::new(WallClock), false).await
    }

    /// The same for commands that write nothing, not even into the state file.
    pub(super) async fn looking_on(&self) -> Result<Wired, Stop> {
        self.looking_on_with(self.setup()?).await
    }

    /// The same with a set-up of another time.
    pub(super) async fn looking_on_with(&self, setup: Setup) -> Result<Wired, Stop> {
        let acting = self.acting(&setup)?;
        acting.may_look().map_err(|refusal| Stop::usage(refusal, None))?;
        wire(setup, acting.name(), Arc::new(WallClock), true).await
    }

    /// Prints a result.
    pub(super) fn show(&self, done: &Done) -> Exit {
        if self.json {
            print(&format!("{}\n", done.view.json()));
        } else {
            eprint(&done.view.aside(Paint::errors()));
            print(&done.view.human(Paint::output()));
        }
        done.exit
    }

    /// Prints why there is no result.
    pub(super) fn explain(&self, stop: &Stop) -> Exit {
        if self.json {
            print(&format!("{}\n", view::stop_json(stop)));
        } else {
            eprint(&view::stop_text(stop, Paint::errors()));
        }
        stop.exit()
    }
}

/// Runs what talks to systems or the state file.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, Stop>>) -> Result<T, Stop> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|problem| Stop::usage(format!("no threads can be had: {problem}"), None))?.block_on(work)
}

/// Opens everything that a run needs, from the settings file on.
pub(super) async fn wired(asked: &Asked, clock: Arc<dyn Clock>, looks_on: bool) -> Result<Wired, Stop> {
    let setup = Setup::open(asked)?;
    let actor = setup.file.actor.clone();
    wire(setup, &actor, clock, looks_on).await
}

async fn wire(setup: Setup, actor: &str, clock: Arc<dyn Clock>, looks_on: bool) -> Result<Wired, Stop> {
    let (workspace, wiring) = wiring(setup, actor, looks_on)?;
    Ok(wiring.wire(workspace, clock).await?)
}

/// What both systems are reached with; no secret is missing, and nothing is opened or sent yet.
pub(super) fn wiring(setup: Setup, actor: &str, looks_on: bool) -> Result<(Workspace, Wiring), Stop> {
    let unset = setup.file.missing_secrets();
    if !unset.is_empty() {
        return Err(unset.into());
    }
    let missing = |block: &str| {
        let help = "write one with `crosswalk init`, or let `crosswalk sandbox --settings-dir DIR` write one for practice";
        Stop::usage(format!("there is no settings file with a `{block}` block"), Some(help.to_owned()))
    };
    let wiring = Wiring {
        procore: setup.file.procore.ok_or_else(|| missing("procore"))?,
        acumatica: setup.file.acumatica.ok_or_else(|| missing("acumatica"))?,
        http: setup.file.http,
        state: setup.file.state,
        actor: actor.to_owned(),
        values: setup.settings,
        looks_on,
    };
    Ok((setup.workspace, wiring))
}

/// A reader that went away (`| head`) is no trouble of ours.
fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn eprint(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
