//! From settings to systems, state and engine: what a command that runs needs, made in one place.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::doctor::{Doctor, Examination};
use super::workspace::Workspace;
use crate::connector::{
    AcumaticaSettings, Clock, Connector, ConnectorError, HttpSettings, HttpTransport, ProcoreSettings, TokenFiles, Transport, World,
};
use crate::store::{Export, Shift, Store, StoreError, StoreTrouble, Worker};
use crate::sync::{
    Doors, DriftReport, Engine, Explanation, Failure, Mode, Reconciled, ReplayFilter, Replayed, Report, Silence, Totals, Watch,
};
use crate::value::Value;

/// What a run needs to be told.
#[derive(Clone, Debug)]
pub struct Wiring {
    /// Procore.
    pub procore: ProcoreSettings,
    /// Acumatica.
    pub acumatica: AcumaticaSettings,
    /// Times and sizes of requests.
    pub http: HttpSettings,
    /// The state file.
    pub state: PathBuf,
    /// Who acts.
    pub actor: String,
    /// Settings as expressions see them.
    pub values: Value,
    /// Whether the state file is only looked at; there need not be one then.
    pub looks_on: bool,
}

/// Systems, state and plans, ready to run.
pub struct Wired {
    /// The plans and schemas.
    pub workspace: Workspace,
    /// The systems.
    pub doors: Doors,
    /// The state file, and who works on it.
    pub worker: Worker,
    /// Settings as expressions see them.
    pub values: Value,
    /// Whether Procore's partner-only resources may be used.
    pub erp_platform: bool,
    /// The day.
    pub today: Date,
}

/// The mappings that bring job costs.
const JOB_COSTS: [&str; 3] = ["job_costs_report", "budget_costs", "direct_costs"];

/// Longer than any single request with its retries.
const LEASE: SignedDuration = SignedDuration::from_mins(30);

impl Wiring {
    /// Opens the state file and the ways to both systems; nothing is sent yet.
    ///
    /// # Errors
    /// A state file that cannot be used, a secret that cannot be fetched.
    pub async fn wire(self, workspace: Workspace, clock: Arc<dyn Clock>) -> Result<Wired, Failure> {
        let transport = HttpTransport::new(self.http).map_err(|problem| Failure::Asked(problem.to_string()))?;
        self.wire_over(workspace, clock, Arc::new(transport)).await
    }

    /// The same over another transport.
    ///
    /// # Errors
    /// As [`wire`](Self::wire).
    pub async fn wire_over(self, workspace: Workspace, clock: Arc<dyn Clock>, transport: Arc<dyn Transport>) -> Result<Wired, Failure> {
        let store = if self.looks_on { glance(&self.state)? } else { Store::open(&self.state)? };
        let (erp_platform, today) = (self.procore.erp_platform, day(clock.now()));
        let doors = self.doors(clock.clone(), transport)?;
        let shift = shift(&self.actor, clock);
        let worker = if self.looks_on { Worker::looking_on(&store, shift) } else { Worker::sign_in(&store, shift).await? };
        Ok(Wired { workspace, doors, worker, values: self.values, erp_platform, today })
    }

    /// Holds both systems against settings and mappings. The state file is not opened.
    ///
    /// # Errors
    /// A secret that cannot be fetched.
    pub async fn examine(self, workspace: &Workspace, clock: Arc<dyn Clock>) -> Result<Examination, Failure> {
        let transport = HttpTransport::new(self.http).map_err(|problem| Failure::Asked(problem.to_string()))?;
        let (today, doors) = (day(clock.now()), self.doors(clock, Arc::new(transport))?);
        let (procore, acumatica) = (&self.procore, &self.acumatica);
        Ok(Doctor { workspace, doors: &doors, procore, acumatica, settings: &self.values, today }.examine().await)
    }

    /// The ways to both systems.
    fn doors(&self, clock: Arc<dyn Clock>, transport: Arc<dyn Transport>) -> Result<Doors, ConnectorError> {
        let tokens = Arc::new(TokenFiles::new(beside(&self.state, "tokens")));
        let seed = u64::try_from(clock.now().as_nanosecond()).unwrap_or_default();
        let world = World { transport, clock, tokens, seed };
        let (procore, acumatica) = (self.procore.clone(), self.acumatica.clone());
        Ok(Doors { procore: Connector::procore(procore, &world)?, acumatica: Connector::acumatica(acumatica, &world)? })
    }
}

impl Wired {
    /// Runs these mappings (all that are in force, when none is named); the report names the profile.
    ///
    /// # Errors
    /// A mapping that is not there or off, and what ended the run early.
    pub async fn run(&self, watch: &dyn Watch, names: &[String], mode: Mode<'_>, command: &str) -> Result<Report, Failure> {
        names.iter().try_for_each(|name| self.in_force(name))?;
        let report = self.engine(watch).run(names, mode, command).await?;
        Ok(Report { profile: self.workspace.in_force(), ..report })
    }

    /// Where every value of a record comes from.
    ///
    /// # Errors
    /// A mapping that is not there or off, a record that is not there, a system out of reach.
    pub async fn explain(&self, mapping: &str, id: &str) -> Result<Vec<Explanation>, Failure> {
        self.in_force(mapping)?;
        self.engine(&Silence).explain(mapping, id).await
    }

    /// Takes the link of an export away, once its record at the ERP is gone or undone (BR-11).
    ///
    /// # Errors
    /// A record that lives, a system out of reach.
    pub async fn unlink(&self, export: &Export, reason: &str) -> Result<Export, Failure> {
        self.engine(&Silence).unlink(export, reason).await
    }

    /// Compares what both systems hold of linked records with what was left.
    ///
    /// # Errors
    /// A mapping that is not there or off, a system out of reach.
    pub async fn drift(&self, watch: &dyn Watch, names: &[String]) -> Result<DriftReport, Failure> {
        names.iter().try_for_each(|name| self.in_force(name))?;
        let report = self.engine(watch).drift(names).await?;
        Ok(DriftReport { profile: self.workspace.in_force(), ..report })
    }

    /// Money on both sides, mapping by mapping; and the job costs of each project, where the mappings that bring them are in force.
    ///
    /// # Errors
    /// A mapping that is not there or off, a system out of reach.
    pub async fn totals(&self, names: &[String]) -> Result<(Totals, Vec<Reconciled>), Failure> {
        names.iter().try_for_each(|name| self.in_force(name))?;
        let engine = self.engine(&Silence);
        let totals = engine.totals(names).await?;
        let wanted = names.is_empty() || names.iter().any(|name| JOB_COSTS.contains(&name.as_str()));
        let brought = JOB_COSTS.iter().all(|name| self.workspace.plan(name).is_some());
        let costs = if wanted && brought { engine.reconcile().await? } else { Vec::new() };
        Ok((totals, costs))
    }

    /// Maps what was sent before anew, under the mappings of today.
    ///
    /// # Errors
    /// A state file that cannot be read.
    pub async fn replay(&self, filter: &ReplayFilter) -> Result<Replayed, Failure> {
        self.engine(&Silence).replay(filter).await
    }

    fn in_force(&self, name: &str) -> Result<(), Failure> {
        self.workspace.told_off(name).map_or(Ok(()), |told| Err(Failure::Asked(told)))
    }

    /// The engine over these.
    pub fn engine<'w>(&'w self, watch: &'w dyn Watch) -> Engine<'w> {
        Engine {
            plans: &self.workspace.plans,
            doors: &self.doors,
            worker: self.worker.clone(),
            settings: &self.values,
            erp_platform: self.erp_platform,
            today: self.today,
            watch,
        }
    }
}

fn shift(actor: &str, clock: Arc<dyn Clock>) -> Shift {
    let name = format!("{actor}, process {}", std::process::id());
    Shift { actor: actor.to_owned(), name, now: Arc::new(move || clock.now()), lease: LEASE }
}

/// The state file for looking only; what is not there yet is empty.
fn glance(state: &Path) -> Result<Store, StoreError> {
    match Store::open_read_only(state) {
        Err(problem) if problem.trouble == StoreTrouble::Missing => Store::in_memory(),
        // Only a file of the present form can be read.
        Err(problem) if problem.trouble == StoreTrouble::Older => Store::open(state),
        opened => opened,
    }
}

/// The calendar day here, which is the date that a document made now bears.
fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::system()).date()
}

fn beside(state: &Path, ending: &str) -> PathBuf {
    let mut name = state.file_stem().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    state.with_file_name(name)
}
