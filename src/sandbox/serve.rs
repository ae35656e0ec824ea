//! How do both systems behave on the wire? Side by side, on loopback or in process, with what a client must be told of them.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::acumatica::{Acumatica, AcumaticaOptions};
use super::company::Company;
use super::door::{Door, bind, run};
use super::in_process::{InProcess, System};
use super::procore::{Procore, ProcoreOptions, ProcoreSettings};
use crate::connector::Clock;
use crate::schema::Catalog;

/// How long connections may take to end once the sandbox stops.
const PATIENCE: Duration = Duration::from_secs(5);

/// How a sandbox is set up. [`SandboxOptions::new`] gives sensible values; change what a story needs.
pub struct SandboxOptions {
    /// Where Procore listens; 0 takes any free port.
    pub procore_port: u16,
    /// Where Acumatica listens; 0 takes any free port.
    pub acumatica_port: u16,
    /// Procore.
    pub procore: ProcoreOptions,
    /// Acumatica.
    pub acumatica: AcumaticaOptions,
}

/// Both imitations, with one practice company in them.
#[derive(Clone)]
pub struct Sandbox {
    /// Procore.
    pub procore: Arc<Procore>,
    /// Acumatica.
    pub acumatica: Arc<Acumatica>,
    clock: Arc<dyn Clock>,
    settings: SandboxSettings,
}

/// What a client must be told: the values of a settings file, addresses apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxSettings {
    /// Of Procore.
    pub procore: ProcoreSettings,
    /// Of Acumatica.
    pub acumatica: AcumaticaSettings,
}

/// What a client of the imitated Acumatica must be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcumaticaSettings {
    /// Path below which the instance lives: `/site`, or empty.
    pub site: String,
    /// The tenant.
    pub tenant: String,
    /// Who signs in.
    pub user: String,
    /// With which password.
    pub password: String,
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: String,
    /// Name of the endpoint.
    pub endpoint: String,
    /// Its version, 2024 R1 where it is shipped.
    pub version: String,
}

/// Two servers that run until they are stopped.
pub struct Running {
    /// Where Procore listens, login host and API host in one: `http://127.0.0.1:8081`.
    pub procore_url: String,
    /// Where Acumatica listens.
    pub acumatica_url: String,
    /// What a client must be told.
    pub settings: SandboxSettings,
    stop: watch::Sender<()>,
    servers: Vec<JoinHandle<()>>,
}

impl SandboxOptions {
    /// Any free ports, and a practice company with this many projects drawn from this seed.
    pub fn new(clock: Arc<dyn Clock>, catalog: Arc<Catalog>, seed: u64, projects: usize) -> Self {
        Self::of(clock, catalog, Company::draw(seed, projects))
    }

    /// Any free ports, and this company.
    pub fn of(clock: Arc<dyn Clock>, catalog: Arc<Catalog>, company: Company) -> Self {
        let company = Arc::new(company);
        Self {
            procore_port: 0,
            acumatica_port: 0,
            procore: ProcoreOptions::new(clock.clone(), catalog.clone(), company.clone()),
            acumatica: AcumaticaOptions::new(clock, catalog, company),
        }
    }
}

impl Sandbox {
    /// Both imitations, reached by calls. The ports are not opened.
    pub fn new(options: SandboxOptions) -> Self {
        let clock = options.procore.clock.clone();
        let told = acumatica_settings(&options.acumatica);
        let procore = Arc::new(Procore::new(options.procore));
        let settings = SandboxSettings { procore: procore.settings().clone(), acumatica: told };
        Self { procore, acumatica: Arc::new(Acumatica::new(options.acumatica)), clock, settings }
    }

    /// Both imitations, listening. To be called in a tokio runtime.
    ///
    /// # Errors
    /// When a port cannot be had; the message names it.
    pub async fn start(options: SandboxOptions) -> io::Result<Running> {
        let (procore_port, acumatica_port) = (options.procore_port, options.acumatica_port);
        Self::new(options).serve(procore_port, acumatica_port).await
    }

    /// Opens both on loopback; port 0 takes any free one. To be called in a tokio runtime.
    ///
    /// # Errors
    /// When a port cannot be had; the message names it.
    pub async fn serve(&self, procore_port: u16, acumatica_port: u16) -> io::Result<Running> {
        let (procore, acumatica) = (bind("Procore", procore_port).await?, bind("Acumatica", acumatica_port).await?);
        let url = |listener: &TcpListener| listener.local_addr().map(|address| format!("http://{address}"));
        let (procore_url, acumatica_url) = (url(&procore)?, url(&acumatica)?);
        let (stop, stopped) = watch::channel(());
        let door = |system: Arc<dyn System>| Door { system, clock: self.clock.clone() };
        let servers = vec![
            tokio::spawn(run(procore, door(self.procore.clone()), stopped.clone())),
            tokio::spawn(run(acumatica, door(self.acumatica.clone()), stopped)),
        ];
        Ok(Running { procore_url, acumatica_url, settings: self.settings.clone(), stop, servers })
    }

    /// A way in without sockets, at [`InProcess::PROCORE_URL`] and [`InProcess::ACUMATICA_URL`].
    pub fn in_process(&self) -> InProcess {
        InProcess::new(self.procore.clone(), self.acumatica.clone(), self.clock.clone())
    }

    /// What a client must be told.
    pub fn settings(&self) -> &SandboxSettings {
        &self.settings
    }
}

impl Running {
    /// Closes both: no new connections, requests at work get their answers.
    pub async fn stop(self) {
        drop(self.stop);
        for mut server in self.servers {
            if tokio::time::timeout(PATIENCE, &mut server).await.is_err() {
                server.abort();
            }
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (procore, acumatica) = (&self.procore_url, &self.acumatica_url);
        formatter.debug_struct("Running").field("procore_url", procore).field("acumatica_url", acumatica).finish_non_exhaustive()
    }
}

/// The endpoint is the one that the shipped schemas describe, where the instance has it.
fn acumatica_settings(options: &AcumaticaOptions) -> AcumaticaSettings {
    let shipped = options.endpoints.iter().find(|(name, version)| name == "Default" && version == "24.200.001");
    let (endpoint, version) = shipped.or(options.endpoints.last()).cloned().unwrap_or_default();
    AcumaticaSettings {
        site: options.site.clone(),
        tenant: options.tenants.first().cloned().unwrap_or_default(),
        user: options.user.0.clone(),
        password: options.user.1.clone(),
        client_id: options.client.0.clone(),
        client_secret: options.client.1.clone(),
        endpoint,
        version,
    }
}
