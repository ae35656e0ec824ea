//! Mapping by mapping, scope by scope, page by page: what a run does with what it reads.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;

use super::engine::{Engine, Mode};
use super::failure::Failure;
use super::gather::{Gathering, Joined, join};
use super::holding::{hold, reading_from};
use super::links::Book;
use super::report::{Event, MappingReport};
use super::scope::{Where, named, projects};
use super::stage::{Decision, Staged, Staging};
use super::target::{TargetView, is_readable};
use crate::connector::{Key, ProjectScope, Select};
use crate::evaluate::{Item, Refusal, SourceRef, enabled, open};
use crate::plan::{Plan, ProjectOf, Records};
use crate::store::{Cursor, Digest, Held, Lease, Written};
use crate::value::{instant_of, json_text};

/// Why a record is not sent a second time.
const AWAITED: &str = "an action has made its record at the target, and that does not show yet; it is looked for at every run";

/// What a run knows while it goes on.
pub(super) struct Run<'r> {
    pub(super) engine: &'r Engine<'r>,
    pub(super) mode: Mode<'r>,
    pub(super) book: Book,
    pub(super) planned_projects: Vec<ProjectScope>,
    joined: Joined,
    /// A digest of the settings.
    settings: String,
    /// Mappings whose records the target does not have: left out, or only planned.
    unready: Vec<&'r Plan>,
    /// Records whose flow an earlier run left open because what it made does not show: mapping, scope, source id.
    pub(super) awaited: HashSet<(String, String, String)>,
    /// The right to change anything.
    lease: Option<Lease>,
}

/// One mapping's reading in one scope.
struct Reading<'r> {
    plan: &'r Plan,
    /// The project whose source is read, for sources that belong to projects.
    project: Option<ProjectScope>,
    /// The name under which the cursor is kept.
    scope: String,
}

/// What is known while a scope is read.
pub(super) struct Page {
    views: HashMap<String, View>,
    newest: Option<Timestamp>,
    seen: HashSet<String>,
    /// What is held since earlier runs: scope, source id.
    pub(super) held: HashSet<(String, String)>,
    pub(super) waiting: bool,
}

/// What is known of the target in one project, or in the company.
struct View {
    target: TargetView,
    /// Drafts that were written to a target that cannot be read.
    memory: HashMap<String, Written>,
}

impl Page {
    /// Forgets what is known of a record that was just written.
    pub(super) fn forget(&mut self, place: &Where, id: &str) {
        if let Some(view) = self.views.get_mut(place.procore()) {
            view.target.forget(id);
        }
    }
}

impl<'r> Run<'r> {
    pub(super) fn new(engine: &'r Engine<'r>, mode: Mode<'r>, book: Book, lease: Option<Lease>) -> Self {
        let settings = Digest::of(json_text(engine.settings)).as_str().chars().take(16).collect();
        Self {
            engine,
            mode,
            book,
            planned_projects: Vec::new(),
            joined: Joined::new(),
            settings,
            unready: Vec::new(),
            awaited: HashSet::new(),
            lease,
        }
    }

    /// Gives the right to change anything to whoever waits for it.
    pub(super) async fn end(self) -> Result<(), Failure> {
        match self.lease {
            Some(lease) => Ok(lease.give_back().await?),
            None => Ok(()),
        }
    }

    /// A sign of life; fails when another run has taken over meanwhile.
    pub(super) async fn go_on(&self) -> Result<(), Failure> {
        match &self.lease {
            Some(lease) => Ok(lease.renew().await?),
            None => Ok(()),
        }
    }

    /// One mapping, from its source to its target.
    pub(super) async fn mapping(&mut self, plan: &'r Plan) -> Result<MappingReport, Failure> {
        let mut report = MappingReport {
            mapping: plan.name.clone(),
            title: plan.title.clone(),
            direction: plan.direction.word().to_owned(),
            ..MappingReport::default()
        };
        report.skipped = self.reason_to_skip(plan)?;
        if report.skipped.is_some() {
            self.unready.push(plan);
            return Ok(report);
        }
        self.go_on().await?;
        // What an earlier run has begun was consented to then, and nothing is planned anew before it is settled.
        if let Mode::Apply { .. } = self.mode {
            self.resume(plan, &mut report).await?;
        }
        let readings = self.readings(plan);
        let of = readings.len();
        for (at, reading) in readings.into_iter().enumerate() {
            self.engine.watch.see(&Event::Scope { mapping: &plan.name, done: at, of });
            self.read(&reading, &mut report).await?;
        }
        if !report.changes.is_empty() {
            self.unready.push(plan);
        }
        Ok(report)
    }

    fn reason_to_skip(&self, plan: &Plan) -> Result<Option<String>, Failure> {
        let enabled = enabled(plan, self.engine.settings, self.engine.today).map_err(|refusal| Failure::Asked(refusal.to_string()))?;
        if let Some(formula) = plan.enabled.as_ref().filter(|_| !enabled) {
            return Ok(Some(format!("it is not enabled: `{}` is false", formula.written)));
        }
        Ok(self.not_ready(plan))
    }

    fn not_ready(&self, plan: &Plan) -> Option<String> {
        if (plan.target.resource.restricted || plan.source.resource.restricted) && !self.engine.erp_platform {
            return Some("it needs Procore's ERP platform, and `procore.erp_platform` is off".to_owned());
        }
        // A comparison says nothing before the target has got what it is to show.
        let brings = |other: &&&Plan| plan.after.contains(&other.name) && other.source.name == plan.source.name;
        let unready = self.unready.iter().find(brings).filter(|_| !plan.writes())?;
        Some(format!("it compares what `{}` brings, and that is not there yet", unready.name))
    }

    fn readings(&self, plan: &'r Plan) -> Vec<Reading<'r>> {
        let all = projects(&self.book, &self.planned_projects);
        match plan.project {
            ProjectOf::Source => {
                all.into_iter().map(|project| Reading { plan, scope: project.procore.clone(), project: Some(project) }).collect()
            }
            // Read once, mapped for every project or for the one that it names; a project that is new wants everything.
            ProjectOf::Each | ProjectOf::Named(_) => vec![Reading {
                plan,
                project: None,
                scope: all.iter().map(|project| project.procore.as_str()).collect::<Vec<_>>().join(" "),
            }],
            ProjectOf::Nobody => vec![Reading { plan, project: None, scope: String::new() }],
        }
    }

    async fn read(&mut self, reading: &Reading<'r>, report: &mut MappingReport) -> Result<(), Failure> {
        let plan = reading.plan;
        let (mapping, scope) = (plan.name.clone(), reading.scope.clone());
        let incremental = plan.source.resource.modified.is_some();
        let (cursor, held) = self
            .engine
            .worker
            .store()
            .read(move |reading| Ok((reading.cursor(&mapping, &scope)?, reading.held(Some(&mapping), None)?)))
            .await?;
        // What was read under other rules is read anew: a record may be mapped otherwise now, or be offered for the first time.
        let rules = format!("{} {}", plan.fingerprint, self.settings);
        let since = cursor.filter(|cursor| cursor.state == rules).and_then(|cursor| cursor.modified).filter(|_| incremental);
        let held: Vec<Held> = held.into_iter().filter(|held| self.lies_in(reading, &held.scope)).collect();
        let known = held.iter().map(|held| (held.scope.clone(), held.source_id.clone())).collect();
        let mut page = Page { views: HashMap::new(), newest: since, seen: HashSet::new(), held: known, waiting: false };
        let mut gathering = Gathering::new(plan, reading.project.as_ref(), reading_from(plan, since, &held));
        while let Some(bodies) = gathering.next(self.engine, &mut self.joined).await? {
            self.go_on().await?;
            self.bodies(reading, bodies, &mut page, report).await?;
            let (total, requests) = (gathering.total, self.engine.doors.requests());
            self.engine.watch.see(&Event::Moved { mapping: &plan.name, counts: &report.counts, total, requests });
        }
        if since.is_some() && matches!(plan.records, Records::One) {
            self.again(reading, &mut page, report).await?;
        }
        // Whatever was to be read is read: what is held and did not show is gone from its source.
        let seen = std::mem::take(&mut page.seen);
        self.let_go(plan, &mut page, |(_, id)| !seen.contains(id)).await?;
        if matches!(self.mode, Mode::Apply { only: None, .. }) && !page.waiting && incremental {
            let cursor = Cursor { mapping: plan.name.clone(), scope: reading.scope.clone(), modified: page.newest, state: rules };
            self.engine.worker.store().write(&self.engine.worker.stamp(), move |writing| writing.move_cursor(&cursor)).await?;
        }
        Ok(())
    }

    fn lies_in(&self, reading: &Reading<'_>, scope: &str) -> bool {
        reading.project.as_ref().is_none_or(|project| scope.is_empty() || scope == project.procore)
    }

    /// Held records are offered again by themselves.
    async fn again(&mut self, reading: &Reading<'r>, page: &mut Page, report: &mut MappingReport) -> Result<(), Failure> {
        let plan = reading.plan;
        let ids: BTreeSet<String> = page.held.iter().map(|(_, id)| id.clone()).filter(|id| !page.seen.contains(id)).collect();
        let door = self.engine.doors.of(plan.source.resource.system);
        let mut bodies = Vec::new();
        for id in ids {
            if let Some(row) = door.get(&plan.source, reading.project.as_ref(), Key::Id(&id), Select::All).await? {
                bodies.push(row.body.get().to_owned());
            }
        }
        let bodies = join(self.engine, plan, bodies, None, &mut self.joined).await?;
        self.bodies(reading, bodies, page, report).await
    }

    async fn bodies(
        &mut self,
        reading: &Reading<'r>,
        bodies: Vec<String>,
        page: &mut Page,
        report: &mut MappingReport,
    ) -> Result<(), Failure> {
        let all = projects(&self.book, &self.planned_projects);
        let mut staged = Vec::new();
        for body in &bodies {
            let opened = match open(reading.plan, body) {
                Ok(opened) => opened,
                Err(refusal) => {
                    nameless(report, page, &refusal);
                    continue;
                }
            };
            for item in opened.items() {
                report.counts.read += 1;
                let source = match item.source() {
                    Ok(source) => source,
                    Err(refusal) => {
                        nameless(report, page, &refusal);
                        continue;
                    }
                };
                page.newest = page.newest.max(source.modified.as_deref().and_then(instant_of));
                page.seen.insert(source.id.clone());
                for place in self.places(reading, &source, &all) {
                    let decision = self.decide(reading.plan, (&item, &source), &place, page).await?;
                    if decision.lets_go() {
                        self.let_go(reading.plan, page, |(scope, id)| *scope == place.scope && *id == source.id).await?;
                    }
                    self.settle(reading.plan, decision, (&source, &place), report, &mut staged).await?;
                }
            }
        }
        let staged = self.told_apart(reading.plan, staged, report).await?;
        self.send(reading.plan, staged, page, report).await
    }

    fn places(&self, reading: &Reading<'_>, source: &SourceRef, all: &[ProjectScope]) -> Vec<Where> {
        let plan = reading.plan;
        match plan.project {
            ProjectOf::Nobody => vec![Where::default()],
            ProjectOf::Source => vec![Where::of(plan, reading.project.as_ref())],
            ProjectOf::Each => all.iter().map(|project| Where::of(plan, Some(project))).collect(),
            ProjectOf::Named(_) => {
                let key = source.project.as_deref().unwrap_or_default();
                named(all, key, plan.source.resource.system).map(|project| Where::of(plan, Some(project))).into_iter().collect()
            }
        }
    }

    async fn decide(
        &self,
        plan: &'r Plan,
        (item, source): (&Item<'_, '_, '_>, &SourceRef),
        place: &Where,
        page: &mut Page,
    ) -> Result<Decision, Failure> {
        if self.awaited.contains(&(plan.name.clone(), place.scope.clone(), source.id.clone())) {
            return Ok(Decision::Hold(vec![AWAITED.to_owned()]));
        }
        let view = match page.views.entry(place.procore().to_owned()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let (mapping, scope) = (plan.name.clone(), place.scope.clone());
                let memory = if is_readable(plan) {
                    HashMap::new()
                } else {
                    self.engine.worker.store().read(move |reading| reading.written(&mapping, &scope)).await?
                };
                entry.insert(View { target: TargetView::default(), memory })
            }
        };
        let staging = Staging { engine: self.engine, plan, book: &self.book, place, settings: &self.settings, memory: &view.memory };
        staging.decide(item, source, &mut view.target).await
    }

    async fn settle(
        &mut self,
        plan: &Plan,
        decision: Decision,
        (source, place): (&SourceRef, &Where),
        report: &mut MappingReport,
        staged: &mut Vec<Staged>,
    ) -> Result<(), Failure> {
        let offered = !matches!(decision, Decision::NotOffered);
        report.counts.offered += u64::from(offered);
        match decision {
            Decision::NotOffered => {}
            Decision::Unchanged => report.counts.unchanged += 1,
            Decision::Refresh(refreshed) => {
                report.counts.unchanged += 1;
                self.refresh(plan, *refreshed).await?;
            }
            Decision::Stage(one) => staged.push(*one),
            Decision::Differs(mismatch) => report.mismatches.push(mismatch),
            Decision::Hold(reasons) => {
                hold(report, &source.id, &source.label, reasons.clone());
                self.remember_hold(plan, place, (&source.id, source.modified.as_ref()), reasons).await?;
            }
        }
        Ok(())
    }
}

/// A record without an id cannot be remembered as held: the cursor stays before it, so that it is read and told again.
fn nameless(report: &mut MappingReport, page: &mut Page, refusal: &Refusal) {
    hold(report, "?", "?", vec![refusal.to_string()]);
    page.waiting = true;
}
