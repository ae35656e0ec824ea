//! What becomes of a page of records: each is opened, decided about, and sent with the others.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock};

use jiff::Timestamp;

use super::engine::Mode;
use super::failure::Failure;
use super::holding::hold;
use super::inputs::Input;
use super::join::Joining;
use super::links::{Missed, Seen};
use super::reading::{Reading, view_of};
use super::report::MappingReport;
use super::run::Run;
use super::scope::{Where, projects};
use super::stage::Staging;
use super::staged::{Decision, Staged, version};
use super::target::{TargetView, is_readable};
use crate::connector::ProjectScope;
use crate::evaluate::{Context, Item, Opened, Refusal, SourceRef, open};
use crate::plan::{Direction, Plan};
use crate::store::{Digest, Linked, Written};
use crate::value::{Record, Value, instant_of};

/// Why a record is not sent a second time.
const AWAITED: &str = "an action has made its record at the target, and that does not show yet; it is looked for at every run";

/// So many records are held ready at once: a page of documents with many lines each is sent in parts. Each part takes at least one
/// request for each project that it touches.
const MOST_STAGED: usize = 5_000;

/// What is known while a scope is read.
pub(super) struct Page {
    pub(super) newest: Option<Timestamp>,
    /// What is held since earlier runs: scope, source id.
    pub(super) held: HashSet<(String, String)>,
    /// Source ids of what was held before and did not show so far.
    pub(super) unseen: BTreeSet<String>,
    pub(super) waiting: bool,
    /// Some record asked for a link that is not there.
    pub(super) missed: bool,
}

impl Page {
    /// Nothing read yet; this is held since earlier runs.
    pub(super) fn holding(held: HashSet<(String, String)>) -> Self {
        let unseen = held.iter().map(|(_, id)| id.clone()).collect();
        Self { newest: None, held, unseen, waiting: false, missed: false }
    }
}

/// What is known of the target in one project, or in the company.
pub(super) struct View {
    pub(super) target: TargetView,
    /// Drafts that were written to a target that cannot be read.
    pub(super) memory: HashMap<String, Written>,
}

impl View {
    /// Nothing known yet.
    pub(super) fn nothing() -> Self {
        Self { target: TargetView::default(), memory: HashMap::new() }
    }
}

/// A record with what is joined to it.
pub(super) struct Whole {
    pub(super) body: String,
    /// A digest of what the mapping reads of it, as it came with its list and what others are joined to it; none where nothing came
    /// later, so that it can be taken of the whole.
    pub(super) read: Option<String>,
}

/// A digest of what a mapping reads of a record.
pub(super) fn digest_of(opened: &Opened<'_, '_>) -> String {
    Digest::of(opened.all_that_is_read()).as_str().chars().take(16).collect()
}

impl<'r> Run<'r> {
    /// Deals with the records of a page.
    pub(super) async fn bodies(
        &mut self,
        reading: &Reading<'r>,
        bodies: Vec<String>,
        page: &mut Page,
        report: &mut MappingReport,
    ) -> Result<(), Failure> {
        let all = projects(&self.book, &self.planned_projects);
        let mut staged = Vec::new();
        for Whole { body, read } in self.completed(reading, bodies, &all).await? {
            let opened = match open(reading.plan, &body) {
                Ok(opened) => opened,
                Err(refusal) => {
                    nameless(report, page, &refusal);
                    continue;
                }
            };
            let read = read.unwrap_or_else(|| digest_of(&opened));
            let document = OnceLock::new();
            page.newest = page.newest.max(opened.modified().as_deref().and_then(instant_of));
            for item in opened.items() {
                report.counts.read += 1;
                let source = match item.source() {
                    Ok(source) => source,
                    Err(refusal) => {
                        nameless(report, page, &refusal);
                        continue;
                    }
                };
                page.unseen.remove(&source.id);
                for mut place in self.places(reading, &source, &all) {
                    let decision = self.decide(reading.plan, (&item, &source, &read), (&body, &document), (&mut place, page)).await?;
                    if decision.lets_go() {
                        let one = (place.scope.clone(), source.id.clone());
                        let held = page.held.contains(&one);
                        self.let_go(reading.plan, page, held.then_some(one).into_iter().collect()).await?;
                    }
                    self.settle(reading.plan, decision, (&source, &place), report, &mut staged).await?;
                }
            }
            if staged.len() >= MOST_STAGED {
                self.hand_on(reading.plan, std::mem::take(&mut staged), page, report).await?;
            }
        }
        self.hand_on(reading.plan, staged, page, report).await
    }

    /// Sends what is staged.
    async fn hand_on(&mut self, plan: &'r Plan, staged: Vec<Staged>, page: &mut Page, report: &mut MappingReport) -> Result<(), Failure> {
        self.relearn().await?;
        let staged = self.told_apart(plan, staged, report).await?;
        self.send(plan, staged, page, report).await
    }

    /// The records with their lines and own joins, as far as those may matter: a record that is as it was, or that is not offered, has no need
    /// of them.
    pub(super) async fn completed(
        &mut self,
        reading: &Reading<'r>,
        bodies: Vec<String>,
        all: &[ProjectScope],
    ) -> Result<Vec<Whole>, Failure> {
        let plan = reading.plan;
        let mut wholes: Vec<Whole> = bodies.into_iter().map(|body| Whole { body, read: None }).collect();
        let mut wanting: Vec<usize> = (0..wholes.len()).collect();
        if plan.is_read_late() {
            wanting.clear();
            for (at, whole) in wholes.iter_mut().enumerate() {
                let Ok(opened) = open(plan, &whole.body) else { continue };
                let read = digest_of(&opened);
                if self.may_matter(reading, (&opened, &read), all).await? {
                    wanting.push(at);
                }
                whole.read = Some(read);
            }
        }
        let joining = Joining { engine: self.engine, plan, project: reading.project.as_ref(), since: None };
        let mut wanted: Vec<String> = wanting.iter().map(|at| std::mem::take(&mut wholes[*at].body)).collect();
        if plan.late.lines {
            joining.lines(&mut wanted, &mut self.joined).await?;
        }
        joining.own(&mut wanted, &mut self.joined).await?;
        wanting.into_iter().zip(wanted).for_each(|(at, body)| wholes[at].body = body);
        Ok(wholes)
    }

    async fn may_matter(
        &mut self,
        reading: &Reading<'r>,
        (opened, read): (&Opened<'_, '_>, &str),
        all: &[ProjectScope],
    ) -> Result<bool, Failure> {
        let plan = reading.plan;
        for item in opened.items() {
            let Ok(source) = item.source() else { continue };
            for mut place in self.places(reading, &source, all) {
                if self.is_as_it_was(plan, (&source, read), &place).await? {
                    continue;
                }
                self.erp.show(self.engine, plan, &mut place, &self.planned_projects).await?;
                let missed = Missed::default();
                let links = Seen { book: &self.book, source: plan.source.resource.system, project: place.procore(), missed: &missed };
                let (ask, project) = (Value::Record(Record::new()), place.value());
                let context = Context { ask: &ask, project: &project, links: &links, ..self.engine.before_any() };
                // What cannot be told is told when the record is mapped.
                if !item.is_denied_by(plan.late.told_before_lines, &context) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether a linked record is what it was when its link was made or learnt of it last, and so are mapping and settings.
    pub(super) async fn is_as_it_was(&self, plan: &Plan, (source, read): (&SourceRef, &str), place: &Where) -> Result<bool, Failure> {
        let Some(version) = version(plan, &self.settings, (source, read)).filter(|_| plan.writes()) else { return Ok(false) };
        let link = self.book.by_id(&plan.pair, &place.scope, plan.source.resource.system, &source.id);
        let Some(Linked { id, .. }) = link else { return Ok(false) };
        let link = self.engine.worker.store().read(move |reading| reading.link(id)).await?;
        let known = link.and_then(|link| link.source_version).unwrap_or_default();
        let (before, missed) = known.split_once('\n').unwrap_or((&known, ""));
        Ok(before == version && self.book.still_lacks(missed, place.procore()))
    }

    /// Forgets what is known of a record that was just written.
    pub(super) fn forget(&mut self, plan: &Plan, place: &Where, id: &str) {
        if let Some(view) = self.views.get_mut(view_of(plan, place)) {
            view.target.forget(id);
        }
    }

    pub(super) async fn decide(
        &mut self,
        plan: &'r Plan,
        (item, source, read): (&Item<'_, '_, '_>, &SourceRef, &str),
        (body, document): (&str, &OnceLock<Arc<str>>),
        (place, page): (&mut Where, &mut Page),
    ) -> Result<Decision, Failure> {
        if self.awaited.contains(&(plan.name.clone(), place.scope.clone(), source.id.clone())) {
            return Ok(Decision::Hold(vec![AWAITED.to_owned()]));
        }
        // What somebody has set aside is not offered (BR-18).
        if self.book.is_archived(&plan.name, &place.scope, &source.id) {
            return Ok(Decision::NotOffered);
        }
        if self.is_as_it_was(plan, (source, read), place).await? {
            return Ok(Decision::Unchanged);
        }
        self.erp.show(self.engine, plan, place, &self.planned_projects).await?;
        let unanswered = Value::Record(Record::new());
        let answers = self.answers(&place.scope, &source.id);
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
        let mut staging = Staging {
            engine: self.engine,
            plan,
            book: &self.book,
            place,
            settings: &self.settings,
            read,
            missed: Missed::with_answers(),
            target: Mutex::default(),
            ask: &unanswered,
            memory: &view.memory,
        };
        let mut decision = staging.decide(item, source, &mut view.target).await?;
        // What was accepted is what was shown before anything was filled in.
        if let (Some(answers), Decision::Stage(one)) = (&answers, &decision)
            && answers.shown == one.change.digest()
        {
            let offered = one.change.clone();
            staging = Staging { ask: &answers.asked, ..staging };
            decision = staging.decide(item, source, &mut view.target).await?;
            if let Decision::Stage(one) = &mut decision {
                one.offered = Some(offered);
            }
        }
        if let Decision::Stage(one) = &mut decision {
            one.input = Some(Input { document: Arc::clone(document.get_or_init(|| body.into())), beside: staging.beside(source) });
        }
        // What is held is offered again by itself.
        page.missed |= !staging.missed.is_nothing() && !matches!(decision, Decision::Hold(_));
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
        if matches!(decision, Decision::NotOffered | Decision::Unchanged | Decision::Refresh(_)) {
            self.withdraw(&place.scope, &source.id, "nothing is to be sent any more").await?;
        }
        report.counts.offered += u64::from(offered);
        match decision {
            Decision::NotOffered => {}
            Decision::Unchanged => report.counts.unchanged += 1,
            Decision::Refresh(refreshed) => {
                report.counts.unchanged += 1;
                self.refresh(plan, *refreshed);
            }
            Decision::Stage(mut one) => {
                // Nobody is shown what an import changes, and there may be thousands on a page.
                if plan.direction == Direction::Import && matches!(self.mode, Mode::Apply { .. }) {
                    one.change.fields = Vec::new();
                }
                staged.push(*one);
            }
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
