//! A run over both systems: which mappings, in which order, how far on the road.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::change_set::ChangeSet;
use super::failure::Failure;
use super::links::Book;
use super::report::{Event, Report, SystemRequests, Watch};
use super::run::Run;
use crate::connector::Connector;
use crate::diagnostic::did_you_mean;
use crate::evaluate::{Context, NoLinks};
use crate::plan::{Plan, run_order};
use crate::schema::System;
use crate::store::{Outcome, Worker};
use crate::value::Value;

/// The ways to both systems.
pub struct Doors {
    /// Procore's.
    pub procore: Connector,
    /// Acumatica's.
    pub acumatica: Connector,
}

/// How far a run goes on the road.
#[derive(Clone, Copy, Debug)]
pub enum Mode<'m> {
    /// To the change set: nothing is written, anywhere.
    Plan,
    /// To the end.
    Apply {
        /// Whether an approver consents to exports; imports of reference data need no consent.
        consent: bool,
        /// Only the changes of this saved plan.
        only: Option<&'m ChangeSet>,
    },
}

/// Everything that a run needs.
pub struct Engine<'e> {
    /// The plans.
    pub plans: &'e [Plan],
    /// The systems.
    pub doors: &'e Doors,
    /// Who works, and on which state file.
    pub worker: Worker,
    /// Settings as expressions see them.
    pub settings: &'e Value,
    /// Whether Procore's partner-only resources may be used.
    pub erp_platform: bool,
    /// The day of the run.
    pub today: Date,
    /// Who watches.
    pub watch: &'e dyn Watch,
}

impl Doors {
    /// The way to a system.
    pub fn of(&self, system: System) -> &Connector {
        match system {
            System::Procore => &self.procore,
            System::Acumatica => &self.acumatica,
        }
    }

    /// Requests to both so far.
    pub fn requests(&self) -> SystemRequests {
        SystemRequests { procore: self.procore.requests(), acumatica: self.acumatica.requests() }
    }

    /// Signs out of both, whatever happened before.
    pub async fn sign_out(&self) {
        self.procore.sign_out().await;
        self.acumatica.sign_out().await;
    }
}

/// What is not known of a target, an answer or a project.
static NOTHING: Value = Value::Null;

impl Engine<'_> {
    /// What expressions see while nothing but the record and the settings is known.
    pub(super) fn before_any(&self) -> Context<'_> {
        let nothing = &NOTHING;
        Context { settings: self.settings, ask: nothing, target: nothing, project: nothing, links: &NoLinks, today: self.today }
    }

    /// Runs these mappings (all, when none is named) and signs out.
    ///
    /// # Errors
    /// What ended the run early; what was done before is remembered.
    pub async fn run(&self, names: &[String], mode: Mode<'_>, command: &str) -> Result<Report, Failure> {
        let chosen = self.chosen(names)?;
        let applies = matches!(mode, Mode::Apply { .. });
        let command = command.to_owned();
        let (worker, id) = if applies {
            let id = self.worker.store().write(&self.worker.stamp(), move |writing| writing.begin_run(&command)).await?;
            (self.worker.in_run(id), Some(id))
        } else {
            (self.worker.clone(), None)
        };
        let engine = Engine {
            worker,
            plans: self.plans,
            doors: self.doors,
            settings: self.settings,
            erp_platform: self.erp_platform,
            today: self.today,
            watch: self.watch,
        };
        let done = engine.walk(&chosen, mode).await;
        self.doors.sign_out().await;
        if let Some(id) = id {
            let (outcome, counts) = match &done {
                Ok(report) => (if report.is_incomplete() { Outcome::Incomplete } else { Outcome::Done }, report.sums()),
                Err(_) => (Outcome::Failed, BTreeMap::new()),
            };
            self.worker.store().write(&self.worker.stamp(), move |writing| writing.end_run(id, outcome, &counts)).await?;
        }
        done
    }

    async fn walk(&self, chosen: &[usize], mode: Mode<'_>) -> Result<Report, Failure> {
        // One run at a time: another one would not see the links that this one makes.
        let lease = match mode {
            Mode::Apply { .. } => Some(self.worker.lease_run("all mappings", "").await?),
            Mode::Plan => None,
        };
        let (links, archived) = self.worker.store().read(|reading| Ok((reading.link_book(&[])?, reading.archived(None)?))).await?;
        let mut book = Book::new(links, self.plans).without(archived);
        self.learn_names_of_projects(chosen, &mut book, mode).await?;
        let order: Vec<&Plan> = chosen.iter().map(|at| &self.plans[*at]).collect();
        let mut run = Run::new(self, mode, (book, lease), order.clone());
        let mut report = Report::default();
        for plan in order {
            self.watch.see(&Event::Begun { mapping: &plan.name, title: &plan.title });
            let done = run.mapping(plan).await?;
            self.watch.see(&Event::Done { report: &done });
            report.mappings.push(done);
        }
        run.end().await?;
        report.requests = self.doors.requests();
        Ok(report)
    }

    /// The plan of a mapping.
    pub(super) fn plan(&self, mapping: &str) -> Result<&Plan, Failure> {
        self.plans.iter().find(|plan| plan.name == mapping).ok_or_else(|| {
            let help = did_you_mean(mapping, self.plans.iter().map(|plan| plan.name.as_str()));
            Failure::Asked(format!("there is no mapping named `{mapping}`{}", help.map(|help| format!("; {help}")).unwrap_or_default()))
        })
    }

    fn chosen(&self, names: &[String]) -> Result<Vec<usize>, Failure> {
        let known = self.plans.iter().map(|plan| plan.name.as_str());
        for name in names {
            if !known.clone().any(|plan| plan == name) {
                let help = did_you_mean(name, known.clone()).map(|help| format!("; {help}")).unwrap_or_default();
                return Err(Failure::Asked(format!("there is no mapping named `{name}`{help}")));
            }
        }
        let order = run_order(self.plans);
        Ok(order.into_iter().filter(|at| names.is_empty() || names.contains(&self.plans[*at].name)).collect())
    }
}
