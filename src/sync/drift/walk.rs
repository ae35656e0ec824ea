//! Goes through a mapping's source as a plan does, but through all of it, and notes of each linked record how it stands today and
//! what a run would do about it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use super::last::Remembered;
use super::report::WouldDo;
use super::target::{Holdings, There, Wanted};
use crate::connector::{ErrorKind, ProjectScope};
use crate::evaluate::{Context, Draft, FieldChange, Item, SourceRef, compare, open};
use crate::plan::Plan;
use crate::schema::System;
use crate::store::{LinkId, Linked};
use crate::sync::failure::Failure;
use crate::sync::gather::Gathering;
use crate::sync::join::Joining;
use crate::sync::links::{Missed, Seen, target_line_key};
use crate::sync::page::{Page, View, Whole, digest_of};
use crate::sync::reading::{Reading, view_of};
use crate::sync::run::Run;
use crate::sync::scope::{Where, projects};
use crate::sync::stage::gone_lines;
use crate::sync::staged::{Decision, version};
use crate::value::{Record, Value};

/// How a source record differs from what it was when it and its target last agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moved {
    /// Not at all.
    Not,
    /// The record itself.
    Record,
    /// Only the mapping, a setting, or what its links lead to.
    Rules,
}

/// A record that the source has today.
pub(super) struct Met {
    pub(super) source: SourceRef,
    /// Acumatica's id of its project; empty in the company.
    pub(super) project: String,
    /// Where what is known of the target is kept.
    pub(super) view: String,
    /// Its link, if it has one.
    pub(super) link: Option<LinkId>,
    pub(super) moved: Moved,
    pub(super) offered: bool,
    pub(super) apply: WouldDo,
    pub(super) reasons: Vec<String>,
    /// The target's fields that would be changed, where it was looked into: line ids are the source's.
    pub(super) wanted: Option<Vec<FieldChange>>,
    /// What the mapping makes of it today, as far as that was asked for.
    pub(super) draft: Option<Draft>,
}

/// One mapping, gone through.
pub(super) struct Walked {
    pub(super) met: Vec<Met>,
    pub(super) holdings: Holdings,
    /// Projects whose source was read.
    pub(super) read: HashSet<String>,
    /// The ids of all records that the source has, wherever they belong.
    pub(super) seen: HashSet<String>,
    pub(super) notes: Vec<String>,
}

/// What a walk is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// Linked records, compared.
    Drift,
    /// Every record's draft, and every linked record with its lines.
    Totals,
}

impl<'r> Run<'r> {
    /// Goes through a mapping.
    ///
    /// # Errors
    /// A system out of reach.
    pub(super) async fn walked(&mut self, plan: &'r Plan, known: &[Remembered], purpose: For) -> Result<Walked, Failure> {
        let read = projects(&self.book, &[]).into_iter().map(|project| project.procore).chain([String::new()]).collect();
        let mut walked = Walked { met: Vec::new(), holdings: Holdings::default(), read, seen: HashSet::new(), notes: Vec::new() };
        let by_id: HashMap<LinkId, &Remembered> = known.iter().map(|remembered| (remembered.link.id, remembered)).collect();
        self.begin(plan).await?;
        for reading in self.readings(plan) {
            self.views.retain(|place, _| place.is_empty());
            let wholes = match self.all_of(&reading).await {
                Ok(wholes) => wholes,
                // A project that is gone, or that this account may not see any more, is no reason to leave out the others.
                Err(Failure::System(error)) if reading.project.is_some() && is_shut(error.kind) => {
                    walked.notes.push(format!("{} of project {} could not be read: {error}", plan.source.name, reading.scope));
                    walked.read.remove(&reading.scope);
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            self.look_up((&reading, &wholes), &by_id, purpose, &mut walked.holdings).await?;
            for whole in &wholes {
                self.items(&reading, whole, (&by_id, purpose), &mut walked).await?;
            }
            let scope = reading.project.as_ref().map(|project| project.procore.clone());
            self.joined.leave(scope.as_deref());
        }
        self.joined.leave(None);
        Ok(walked)
    }

    /// Every record of a source, with what is joined to it as far as it may matter.
    async fn all_of(&mut self, reading: &Reading<'r>) -> Result<Vec<Whole>, Failure> {
        let joining = Joining { engine: self.engine, plan: reading.plan, project: reading.project.as_ref(), since: None };
        let mut gathering = Gathering::new(joining, &self.joined);
        let all = projects(&self.book, &[]);
        let mut wholes = Vec::new();
        while let Some(bodies) = gathering.next(&mut self.joined).await? {
            wholes.extend(self.completed(reading, bodies, &all).await?);
        }
        Ok(wholes)
    }

    /// The links of a source record, with the places in which it lies.
    fn linked(&self, reading: &Reading<'_>, source: &SourceRef, all: &[ProjectScope]) -> Vec<(Where, Option<Linked>)> {
        let plan = reading.plan;
        let of = |place: Where| {
            let link = self.book.by_id(&plan.pair, &place.scope, plan.source.resource.system, &source.id);
            (place, link)
        };
        self.places(reading, source, all).into_iter().map(of).collect()
    }

    /// Reads the target's side of all links that the records have, before anything is decided about one.
    async fn look_up(
        &mut self,
        (reading, wholes): (&Reading<'r>, &[Whole]),
        by_id: &HashMap<LinkId, &Remembered>,
        purpose: For,
        holdings: &mut Holdings,
    ) -> Result<(), Failure> {
        let (plan, all) = (reading.plan, projects(&self.book, &[]));
        let mut wanted: BTreeMap<String, Wanted<'_>> = BTreeMap::new();
        for whole in wholes {
            let Ok(opened) = open(plan, &whole.body) else { continue };
            let sources = opened.items().iter().filter_map(|item| item.source().ok()).collect::<Vec<_>>();
            for source in sources {
                for (place, link) in self.linked(reading, &source, &all) {
                    let Some(remembered) = link.and_then(|link| by_id.get(&link.id)) else { continue };
                    let view = view_of(plan, &place).to_owned();
                    let entry = wanted.entry(view.clone()).or_insert_with(|| Wanted {
                        view,
                        project: place.project.clone(),
                        links: Vec::new(),
                        with_lines: purpose == For::Totals,
                    });
                    entry.links.push(remembered);
                }
            }
        }
        let side = plan.target.resource.system;
        for (view, wanted) in wanted {
            holdings.learn(self.engine, plan, &wanted).await?;
            let known = self.views.entry(view).or_insert_with(View::nothing);
            for remembered in &wanted.links {
                let id = &remembered.link.end(side).id;
                match holdings.of(id) {
                    Some(There::Whole(record)) => known.target.know(id, Some(record.clone())),
                    Some(There::Gone) => known.target.know(id, None),
                    Some(There::Head(_)) | None => {}
                }
            }
        }
        Ok(())
    }

    async fn items(
        &mut self,
        reading: &Reading<'r>,
        whole: &Whole,
        (by_id, purpose): (&HashMap<LinkId, &Remembered>, For),
        walked: &mut Walked,
    ) -> Result<(), Failure> {
        let (plan, all) = (reading.plan, projects(&self.book, &[]));
        let Ok(opened) = open(plan, &whole.body) else { return Ok(()) };
        let read = whole.read.clone().unwrap_or_else(|| digest_of(&opened));
        let document = OnceLock::new();
        for item in opened.items() {
            let Ok(source) = item.source() else { continue };
            walked.seen.insert(source.id.clone());
            for (mut place, link) in self.linked(reading, &source, &all) {
                let remembered = link.as_ref().and_then(|link| by_id.get(&link.id)).copied();
                if link.is_none() && purpose == For::Drift {
                    continue;
                }
                let mut met = self.met(plan, (&source, &read), (&place, link.as_ref()), remembered).await?;
                if link.is_some() && purpose == For::Drift {
                    let mut page = Page::holding(HashSet::new());
                    let record = (&item, &source, read.as_str());
                    let decision = self.decide(plan, record, (&whole.body, &document), (&mut place, &mut page)).await?;
                    if remembered.is_some_and(|remembered| is_as_agreed(&decision, remembered)) {
                        met.moved = Moved::Not;
                    }
                    (met.offered, met.apply, met.reasons) = told(decision);
                }
                self.evaluated(plan, &item, (&mut place, link.as_ref(), remembered), (&mut met, purpose), &walked.holdings).await?;
                walked.met.push(met);
            }
        }
        Ok(())
    }

    async fn met(
        &self,
        plan: &Plan,
        (source, read): (&SourceRef, &str),
        (place, link): (&Where, Option<&Linked>),
        remembered: Option<&Remembered>,
    ) -> Result<Met, Failure> {
        let moved = if self.is_as_it_was(plan, (source, read), place).await? {
            Moved::Not
        } else {
            let head = |version: &str| version.split([' ', '\n']).next().map(str::to_owned);
            let known = remembered.and_then(|remembered| head(remembered.link.source_version.as_deref()?));
            let today = version(plan, &self.settings, (source, read)).and_then(|version| head(&version));
            if known.is_some() && known == today { Moved::Rules } else { Moved::Record }
        };
        Ok(Met {
            source: source.clone(),
            project: place.project.as_ref().map(|project| project.acumatica.clone()).unwrap_or_default(),
            view: view_of(plan, place).to_owned(),
            link: link.map(|link| link.id),
            moved,
            offered: true,
            apply: WouldDo::Nothing,
            reasons: Vec::new(),
            wanted: None,
            draft: None,
        })
    }

    /// What the mapping makes of a record, and how the target differs from it: where the record moved, or where the sums are wanted.
    async fn evaluated(
        &mut self,
        plan: &Plan,
        item: &Item<'_, '_, '_>,
        (place, link, remembered): (&mut Where, Option<&Linked>, Option<&Remembered>),
        (met, purpose): (&mut Met, For),
        holdings: &Holdings,
    ) -> Result<(), Failure> {
        let written = remembered.and_then(|remembered| remembered.written.get(&plan.name));
        if met.moved == Moved::Not && (written.is_some() || purpose == For::Drift && plan.is_read_late()) {
            met.draft = written.map(|written| written.draft.clone());
            return Ok(());
        }
        // What comes late was not asked for again of a record that is as it was: it is worth what the two agreed on.
        if let Some(shown) =
            remembered.and_then(|remembered| remembered.shown.as_ref()).filter(|_| met.moved == Moved::Not && plan.is_read_late())
        {
            met.draft = Some(Draft { fields: shown.clone(), lines: Vec::new() });
            return Ok(());
        }
        let needless = met.moved == Moved::Not && remembered.is_some_and(|remembered| remembered.shown.is_some());
        if needless && purpose == For::Drift {
            return Ok(());
        }
        self.erp.show(self.engine, plan, place, &[]).await?;
        let side = plan.target.resource.system;
        let held = link.and_then(|link| holdings.of(&link.end(side).id));
        let target = held.and_then(There::record).filter(|_| plan.reads_target()).map_or(Value::Null, |held| Value::Record(held.clone()));
        let (missed, ask, project) = (Missed::default(), Value::Record(Record::new()), place.value());
        let links = Seen { book: &self.book, source: plan.source.resource.system, project: place.procore(), missed: &missed };
        let context = Context { ask: &ask, target: &target, project: &project, links: &links, ..self.engine.before_any() };
        if link.is_none() || purpose == For::Totals {
            met.offered = item.offered(&context).unwrap_or(false);
        }
        let Ok(draft) = item.draft(&context) else { return Ok(()) };
        if let (Some(link), Some(There::Whole(held)), true) = (link, held, met.moved != Moved::Not && met.offered) {
            let known = |list: &str, line: &str| self.target_line(link, side, (list, line));
            let mut change = compare(plan, &draft, Some(held), &known);
            change.remove_lines(plan, held, &gone_lines(&self.book, plan, link, &draft));
            met.wanted = Some(change.fields);
        }
        met.draft = Some(draft);
        Ok(())
    }

    /// The target's key of a line, by its id at the source.
    pub(super) fn target_line(&self, link: &Linked, side: System, (list, line): (&str, &str)) -> Option<String> {
        Some(target_line_key(self.book.links.line(link, list, side.other(), line)?.end(side)))
    }
}

fn is_shut(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::Forbidden)
}

/// Whether what the mapping makes of a record is what it made when the two last agreed: the record went on in something else.
fn is_as_agreed(decision: &Decision, remembered: &Remembered) -> bool {
    match decision {
        Decision::Unchanged => true,
        Decision::Refresh(staged) => {
            remembered.link.fingerprint.as_ref().is_some_and(|digest| digest.as_str() == staged.parcel.fingerprint)
        }
        Decision::NotOffered | Decision::Stage(_) | Decision::Hold(_) | Decision::Differs(_) => false,
    }
}

/// What a decision comes to: whether the record is offered, what would be done, and why it would be held.
fn told(decision: Decision) -> (bool, WouldDo, Vec<String>) {
    match decision {
        Decision::NotOffered => (false, WouldDo::Nothing, Vec::new()),
        Decision::Unchanged | Decision::Refresh(_) | Decision::Differs(_) => (true, WouldDo::Nothing, Vec::new()),
        Decision::Stage(_) => (true, WouldDo::Update, Vec::new()),
        Decision::Hold(reasons) => (true, WouldDo::Hold, reasons),
    }
}
