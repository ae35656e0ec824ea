//! Are linked records as they were left? What both systems hold is compared with what was written last; nothing is written.

mod changes;
mod last;
mod renames;
mod report;
mod target;
mod totals;
mod verdict;
mod walk;

use std::collections::{HashMap, HashSet};

pub use report::{Drift, DriftKind, DriftOfMapping, DriftReport, DriftedField, Who, WouldDo};
pub use totals::{Total, Totals};

use self::changes::Changes;
use self::last::Remembered;
use self::verdict::Verdicts;
use self::walk::{For, Met, Walked};
use super::engine::{Engine, Mode};
use super::failure::Failure;
use super::links::Book;
use super::report::Event;
use super::run::Run;
use super::scope::PROJECTS;
use super::target::is_readable;
use crate::plan::{Plan, run_order};
use crate::schema::System;
use crate::store::LinkId;

impl Engine<'_> {
    /// Compares what both systems hold of linked records with what was left: of these mappings (all, when none is named) and of the
    /// others of their pairs. Reads only, and signs out.
    ///
    /// # Errors
    /// A mapping that is not there, a system out of reach.
    pub async fn drift(&self, names: &[String]) -> Result<DriftReport, Failure> {
        let done = self.drifted(names).await;
        self.doors.sign_out().await;
        done
    }

    async fn drifted(&self, names: &[String]) -> Result<DriftReport, Failure> {
        let plans = self.with_pairs(names)?;
        let known = self.remembered(&plans).await?;
        let mut report = DriftReport::default();
        if known.values().all(Vec::is_empty) {
            return Ok(report);
        }
        let (mut run, renamed) = self.to_look(&plans).await?;
        let mut told = Told { renamed, ..Told::default() };
        for plan in &plans {
            self.watch.see(&Event::Begun { mapping: &plan.name, title: &plan.title });
            let links = known.get(&plan.pair).map_or(&[][..], Vec::as_slice);
            report.mappings.push(self.drift_of(&mut run, (plan, &plans), links, &mut told).await?);
        }
        report.requests = self.doors.requests();
        Ok(report)
    }

    async fn drift_of<'r>(
        &self,
        run: &mut Run<'r>,
        (plan, plans): (&'r Plan, &[&'r Plan]),
        links: &[Remembered],
        told: &mut Told,
    ) -> Result<DriftOfMapping, Failure> {
        let mut report = DriftOfMapping {
            mapping: plan.name.clone(),
            title: plan.title.clone(),
            direction: plan.direction.word().to_owned(),
            ..DriftOfMapping::default()
        };
        if !plan.writes() || links.is_empty() {
            return Ok(report);
        }
        report.skipped = why_not(run, plan)?;
        if report.skipped.is_some() {
            told.unseen.insert(plan.name.clone());
            return Ok(report);
        }
        let walked = run.walked(plan, links, For::Drift).await?;
        report.notes.clone_from(&walked.notes);
        let by_id: HashMap<LinkId, &Remembered> = links.iter().map(|remembered| (remembered.link.id, remembered)).collect();
        let mut verdicts = Verdicts { run, plan, walked: &walked, renamed: told.renamed.clone(), changes: None, plans };
        let side = plan.target.resource.system;
        let edited = |met: &Met| {
            let of_link = met.link.and_then(|link| by_id.get(&link)).map(|remembered| verdicts.of(met, remembered)).unwrap_or_default();
            of_link.iter().any(|drift| !drift.fields.is_empty())
        };
        // What nobody has edited may still be otherwise: what that takes to know is asked for only then.
        if walked.met.iter().any(edited) {
            if told.history.is_none() {
                told.history = Some(self.renames().await?);
            }
            verdicts.renamed.extend(told.history.iter().flatten().cloned());
            if plan.target.resource.changed_by().is_some() {
                verdicts.changes = Some(Changes::of(run, plan).await?);
            }
        }
        for met in &walked.met {
            let Some(remembered) = met.link.and_then(|link| by_id.get(&link)) else { continue };
            told.note(plan, remembered.link.id);
            report.links += 1;
            told.renamed.extend(verdicts.renamed(met, remembered));
            for drift in verdicts.of(met, remembered) {
                let gone = drift.kind == DriftKind::GoneFromTarget;
                if !gone || told.gone.insert((remembered.link.id, side)) {
                    report.drifts.push(drift);
                }
            }
        }
        for remembered in told.lost(plan, plans, (links, &walked)) {
            report.links += 1;
            if told.gone.insert((remembered.link.id, side.other())) {
                report.drifts.push(verdicts.without_source(remembered));
            }
        }
        Ok(report)
    }

    /// A run that only looks, and the projects that have another id than their links know.
    async fn to_look<'r>(&'r self, plans: &[&'r Plan]) -> Result<(Run<'r>, Vec<(String, String)>), Failure> {
        let links = self.worker.store().read(|reading| reading.link_book(&[])).await?;
        let before: HashMap<LinkId, String> =
            links.documents(PROJECTS, Some("")).filter_map(|link| Some((link.id, link.acumatica.key?))).collect();
        let mut book = Book::new(links, self.plans);
        let chosen: Vec<usize> = (0..self.plans.len()).collect();
        self.learn_names_of_projects(&chosen, &mut book, Mode::Plan).await?;
        let now = book.links.documents(PROJECTS, Some("")).filter_map(|link| Some((before.get(&link.id)?.clone(), link.acumatica.key?)));
        let renamed = now.filter(|(old, new)| old != new).collect();
        Ok((Run::new(self, Mode::Plan, (book, None), plans.to_vec()), renamed))
    }

    /// The chosen plans in the order of a run, with all that share their links.
    fn with_pairs(&self, names: &[String]) -> Result<Vec<&Plan>, Failure> {
        for name in names {
            self.plan(name)?;
        }
        let pairs: HashSet<&str> =
            self.plans.iter().filter(|plan| names.is_empty() || names.contains(&plan.name)).map(|plan| plan.pair.as_str()).collect();
        let order = run_order(self.plans).into_iter().map(|at| &self.plans[at]);
        Ok(order.filter(|plan| pairs.contains(plan.pair.as_str())).collect())
    }
}

/// Why a mapping cannot be looked at: its target shows nothing, or it is switched off.
fn why_not(run: &Run<'_>, plan: &Plan) -> Result<Option<String>, Failure> {
    if !is_readable(plan) {
        return Ok(Some(format!("{} cannot be read", plan.target.name)));
    }
    run.reason_to_skip(plan)
}

/// What was told so far, over the mappings of a pair.
#[derive(Default)]
struct Told {
    /// Links whose source record was met, by direction.
    met: HashSet<(LinkId, &'static str)>,
    /// Links that one system has no record of any more.
    gone: HashSet<(LinkId, System)>,
    /// Codes that were changed: old, new.
    renamed: Vec<(String, String)>,
    /// The same from earlier days, once it was asked for.
    history: Option<Vec<(String, String)>>,
    /// Mappings that were not looked at.
    unseen: HashSet<String>,
}

impl Told {
    /// The source of a link was met.
    fn note(&mut self, plan: &Plan, link: LinkId) {
        self.met.insert((link, plan.direction.word()));
    }

    /// Links whose record no source has shown: known once the last mapping of a pair and direction has been gone through. What was
    /// written by a mapping that is not looked at has a source that is not looked at; and what is there, but belongs to no synced project any
    /// more, is not gone.
    fn lost<'l>(&self, plan: &Plan, plans: &[&Plan], (links, walked): (&'l [Remembered], &Walked)) -> Vec<&'l Remembered> {
        let way = plan.direction.word();
        let seen = |other: &&&Plan| other.pair == plan.pair && other.direction == plan.direction && !self.unseen.contains(&other.name);
        if plans.iter().rfind(seen).is_none_or(|last| last.name != plan.name) {
            return Vec::new();
        }
        // Carried both ways, a pair has links that only the other way brings.
        let both_ways = plans.iter().any(|other| other.pair == plan.pair && other.direction != plan.direction);
        let ours = |mapping: &String| plans.iter().any(|other| other.name == *mapping && other.direction == plan.direction);
        let lost = |remembered: &&Remembered| {
            let (link, by) = (&remembered.link, &remembered.written);
            let unseen = !by.is_empty() && by.keys().all(|mapping| self.unseen.contains(mapping));
            let elsewhere = unseen || (both_ways && !by.keys().any(ours));
            let there = walked.seen.contains(&link.end(plan.source.resource.system).id);
            !self.met.contains(&(link.id, way)) && !there && walked.read.contains(&link.scope) && !elsewhere
        };
        links.iter().filter(lost).collect()
    }
}
