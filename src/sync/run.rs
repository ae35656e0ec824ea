//! Mapping by mapping, scope by scope, page by page: what a run does with what it reads.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;

use super::dispatch::Relearned;
use super::engine::{Engine, Mode};
use super::erp::Erp;
use super::failure::Failure;
use super::gather::Gathering;
use super::holding::{hold, reading_from};
use super::join::{Joined, join};
use super::links::Book;
use super::reading::{Reading, view_of};
use super::report::{Event, MappingReport};
use super::scope::{Where, projects};
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
    pub(super) erp: Erp,
    /// A digest of the settings.
    settings: String,
    /// Mappings whose records the target does not have: left out, or only planned.
    unready: Vec<&'r Plan>,
    /// Records whose flow an earlier run left open because what it made does not show: mapping, scope, source id.
    pub(super) awaited: HashSet<(String, String, String)>,
    /// What is known of the target of the mapping that runs: of the company, or project by project.
    views: HashMap<String, View>,
    /// Links that are to learn how things are, once the page is dealt with.
    pub(super) relearned: Vec<Relearned>,
    /// What a saved plan allows: mapping, project, source id.
    pub(super) allowed: Option<HashSet<(&'r str, &'r str, &'r str)>>,
    /// The right to change anything.
    lease: Option<Lease>,
}

/// What is known while a scope is read.
pub(super) struct Page {
    newest: Option<Timestamp>,
    seen: HashSet<String>,
    /// What is held since earlier runs: scope, source id.
    pub(super) held: HashSet<(String, String)>,
    pub(super) waiting: bool,
    /// Some record asked for a link that is not there.
    missed: bool,
}

/// What is known of the target in one project, or in the company.
struct View {
    target: TargetView,
    /// Drafts that were written to a target that cannot be read.
    memory: HashMap<String, Written>,
}

impl<'r> Run<'r> {
    pub(super) fn new(engine: &'r Engine<'r>, mode: Mode<'r>, book: Book, lease: Option<Lease>) -> Self {
        let settings = Digest::of(json_text(engine.settings)).as_str().chars().take(16).collect();
        let allowed = match mode {
            Mode::Apply { only: Some(set), .. } => Some(set.by_record().into_keys().collect()),
            Mode::Apply { only: None, .. } | Mode::Plan => None,
        };
        Self {
            views: HashMap::new(),
            relearned: Vec::new(),
            allowed,
            engine,
            mode,
            book,
            planned_projects: Vec::new(),
            joined: Joined::default(),
            erp: Erp::default(),
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
        self.views.clear();
        self.joined.projects = projects(&self.book, &self.planned_projects);
        let readings = self.readings(plan);
        let of = readings.len();
        for (at, reading) in readings.into_iter().enumerate() {
            self.engine.watch.see(&Event::Scope { mapping: &plan.name, done: at, of });
            // What a project holds is of no use to the next one.
            self.views.retain(|place, _| place.is_empty());
            self.read(&reading, &mut report).await?;
        }
        if report.counts.created + report.counts.updated > 0 {
            self.joined.forget(&plan.target.name);
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
        let mut rules = format!("{} {}", plan.fingerprint, self.settings);
        // What belonged to no project yet may belong to one by a link that was made since.
        if let ProjectOf::Linked { mapping, .. } = &plan.project {
            rules = format!("{rules} {}", self.book.newest_of(mapping));
        }
        // So is what asked for a link that was not there, once other links are.
        let with_links =
            |book: &Book| format!("{rules} {}", book.asked_by(plan, reading.project.as_ref().map(|project| project.procore.as_str())));
        let missed = cursor.as_ref().is_some_and(|cursor| cursor.state != rules && cursor.state == with_links(&self.book));
        let counts = |cursor: &Cursor| cursor.state == rules || missed;
        let since = cursor.filter(counts).and_then(|cursor| cursor.modified).filter(|_| incremental);
        let held: Vec<Held> = held.into_iter().filter(|held| reading.holds(&held.scope)).collect();
        let known = held.iter().map(|held| (held.scope.clone(), held.source_id.clone())).collect();
        let mut page = Page { newest: since, seen: HashSet::new(), held: known, waiting: false, missed };
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
        let gone = page.held.iter().filter(|(_, id)| !seen.contains(id)).cloned().collect();
        self.let_go(plan, &mut page, gone).await?;
        if matches!(self.mode, Mode::Apply { only: None, .. }) && !page.waiting && incremental {
            let state = if page.missed { with_links(&self.book) } else { rules.clone() };
            let cursor = Cursor { mapping: plan.name.clone(), scope: reading.scope.clone(), modified: page.newest, state };
            self.engine.worker.store().write(&self.engine.worker.stamp(), move |writing| writing.move_cursor(&cursor)).await?;
        }
        Ok(())
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
        let bodies = join(self.engine, plan, bodies, (reading.project.as_ref(), None), &mut self.joined).await?;
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
                for mut place in self.places(reading, &source, &all) {
                    self.erp.show(self.engine, reading.plan, &mut place, &self.planned_projects).await?;
                    let decision = self.decide(reading.plan, (&item, &source, body), &place, page).await?;
                    if decision.lets_go() {
                        let one = (place.scope.clone(), source.id.clone());
                        let held = page.held.contains(&one);
                        self.let_go(reading.plan, page, held.then_some(one).into_iter().collect()).await?;
                    }
                    self.settle(reading.plan, decision, (&source, &place), report, &mut staged).await?;
                }
            }
        }
        self.relearn().await?;
        let staged = self.told_apart(reading.plan, staged, report).await?;
        self.send(reading.plan, staged, page, report).await
    }

    /// Forgets what is known of a record that was just written.
    pub(super) fn forget(&mut self, plan: &Plan, place: &Where, id: &str) {
        if let Some(view) = self.views.get_mut(view_of(plan, place)) {
            view.target.forget(id);
        }
    }

    async fn decide(
        &mut self,
        plan: &'r Plan,
        (item, source, body): (&Item<'_, '_, '_>, &SourceRef, &str),
        place: &Where,
        page: &mut Page,
    ) -> Result<Decision, Failure> {
        if self.awaited.contains(&(plan.name.clone(), place.scope.clone(), source.id.clone())) {
            return Ok(Decision::Hold(vec![AWAITED.to_owned()]));
        }
        let view = match self.views.entry(view_of(plan, place).to_owned()) {
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
        let joined = (!plan.joins.is_empty()).then(|| Digest::of(body).as_str().chars().take(16).collect());
        let staging = Staging {
            engine: self.engine,
            plan,
            book: &self.book,
            place,
            settings: &self.settings,
            joined,
            missed: AtomicBool::new(false),
            memory: &view.memory,
        };
        let decision = staging.decide(item, source, &mut view.target).await?;
        // What is held is offered again by itself.
        page.missed |= staging.missed.into_inner() && !matches!(decision, Decision::Hold(_));
        Ok(decision)
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
                self.refresh(plan, *refreshed);
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
