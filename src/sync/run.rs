//! Mapping by mapping, scope by scope, page by page: what a run does with what it reads.

use std::collections::{HashMap, HashSet};

use super::dispatch::Relearned;
use super::engine::{Engine, Mode};
use super::erp::Erp;
use super::failure::Failure;
use super::gather::Gathering;
use super::holding::reading_from;
use super::join::{Joined, Joining};
use super::links::Book;
use super::pace::Pace;
use super::page::{Page, View};
use super::reading::Reading;
use super::report::{Event, MappingReport};
use super::scope::projects;
use crate::connector::{Key, ProjectScope, Select};
use crate::evaluate::enabled;
use crate::plan::{Plan, ProjectOf, Records};
use crate::store::{Cursor, Digest, Export, Held, Lease};
use crate::value::json_text;

/// What a run knows while it goes on.
pub(super) struct Run<'r> {
    pub(super) engine: &'r Engine<'r>,
    pub(super) mode: Mode<'r>,
    pub(super) book: Book,
    pub(super) planned_projects: Vec<ProjectScope>,
    /// The mappings of the run, in their order.
    order: Vec<&'r Plan>,
    pub(super) joined: Joined,
    /// How far the list is that is read.
    pub(super) pace: Pace,
    pub(super) erp: Erp,
    /// A digest of the settings.
    pub(super) settings: String,
    /// Mappings whose records the target does not have: left out, or only planned.
    unready: Vec<&'r Plan>,
    /// Records whose flow an earlier run left open because what it made does not show: mapping, scope, source id.
    pub(super) awaited: HashSet<(String, String, String)>,
    /// What is known of the target of the mapping that runs: of the company, or project by project.
    pub(super) views: HashMap<String, View>,
    /// Links that are to learn how things are, once the page is dealt with.
    pub(super) relearned: Vec<Relearned>,
    /// What a saved plan allows: mapping, project, source id.
    pub(super) allowed: Option<HashSet<(&'r str, &'r str, &'r str)>>,
    /// Exports of the mapping that runs, as far as they are not settled, by scope and source id.
    pub(super) exports: HashMap<(String, String), Export>,
    /// The right to change anything.
    lease: Option<Lease>,
}

impl<'r> Run<'r> {
    /// A run of these mappings, in this order.
    pub(super) fn new(engine: &'r Engine<'r>, mode: Mode<'r>, (book, lease): (Book, Option<Lease>), order: Vec<&'r Plan>) -> Self {
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
            joined: Joined::for_run(order.iter().copied()),
            order,
            pace: Pace::default(),
            erp: Erp::default(),
            settings,
            unready: Vec::new(),
            awaited: HashSet::new(),
            exports: HashMap::new(),
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
        self.begin(plan).await?;
        let readings = self.readings(plan);
        let of = readings.len();
        for (at, reading) in readings.into_iter().enumerate() {
            self.engine.watch.see(&Event::Scope { mapping: &plan.name, done: at, of });
            // What a project holds is of no use to the next one.
            self.views.retain(|place, _| place.is_empty());
            self.read(&reading, &mut report).await?;
            let scope = reading.project.as_ref().map(|project| project.procore.clone());
            self.joined.leave(scope.as_deref());
        }
        self.joined.leave(None);
        if !report.changes.is_empty() {
            self.unready.push(plan);
        }
        Ok(report)
    }

    /// Makes ready for a mapping: what is known of the one before is of no use to it.
    pub(super) async fn begin(&mut self, plan: &'r Plan) -> Result<(), Failure> {
        self.learn_exports(plan).await?;
        self.views.clear();
        if let Some(at) = self.order.iter().position(|other| std::ptr::eq(*other, plan)) {
            self.joined.shelf.begin(at);
        }
        self.joined.projects = projects(&self.book, &self.planned_projects);
        Ok(())
    }

    pub(super) fn reason_to_skip(&self, plan: &Plan) -> Result<Option<String>, Failure> {
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
        let incremental = plan.source.resource.is_incremental();
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
        let known = held.iter().map(|held| (held.scope.clone(), held.source_id.clone()));
        let known = known.chain(self.offered_before(reading)).collect();
        let mut page = Page { newest: since, missed, ..Page::holding(known) };
        let joining = Joining { engine: self.engine, plan, project: reading.project.as_ref(), since: reading_from(plan, since, &held) };
        let mut gathering = Gathering::new(joining, &self.joined);
        self.pace = Pace::default();
        while let Some(bodies) = gathering.next(&mut self.joined).await? {
            self.go_on().await?;
            self.pace.page(bodies.len(), gathering.total);
            self.bodies(reading, bodies, &mut page, report).await?;
            self.pace.page(0, gathering.total);
            self.pace.tell(self.engine, report);
        }
        if since.is_some() && matches!(plan.records, Records::One) {
            self.again(reading, &mut page, report).await?;
        }
        // Whatever was to be read is read: what is held and did not show is gone from its source.
        let gone: Vec<(String, String)> = page.held.iter().filter(|(_, id)| page.unseen.contains(id)).cloned().collect();
        for (scope, id) in &gone {
            self.withdraw(scope, id, "its source has it no more").await?;
        }
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
        let door = self.engine.doors.of(plan.source.resource.system);
        let mut bodies = Vec::new();
        for id in &page.unseen {
            if let Some(row) = door.get(&plan.source, reading.project.as_ref(), Key::Id(id), Select::All).await? {
                self.joined.has_lines(&plan.source, reading.project.as_ref().map_or("", |project| &project.procore), &row);
                bodies.push(row.body.get().to_owned());
            }
        }
        let joining = Joining { engine: self.engine, plan, project: reading.project.as_ref(), since: None };
        joining.others(&mut bodies, &mut self.joined).await?;
        self.bodies(reading, bodies, page, report).await
    }
}
