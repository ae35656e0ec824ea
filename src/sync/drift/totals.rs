//! Money on both sides, project by project and mapping by mapping: what the mappings make of the source, and what the target holds of it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::changes::Changes;
use super::last::Remembered;
use super::target::{There, Wanted};
use super::walk::{For, Met, Walked};
use super::{Told, why_not};
use crate::plan::{Owner, Plan, Rule};
use crate::schema::{Kind, System};
use crate::store::LinkId;
use crate::sync::engine::Engine;
use crate::sync::failure::Failure;
use crate::sync::reading::view_of;
use crate::sync::report::SystemRequests;
use crate::sync::run::Run;
use crate::sync::scope::{Where, projects};
use crate::value::{Decimal, Record, Value};

/// Money of the chosen mappings.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Requests that it took.
    pub requests: SystemRequests,
    /// Mapping by mapping, project by project, field by field.
    pub lines: Vec<Total>,
    /// What could not be added up, and why.
    pub notes: Vec<String>,
}

/// One total of both systems.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Total {
    /// The mapping.
    pub mapping: String,
    /// Acumatica's id of the project; empty for the whole company.
    pub project: String,
    /// The field of the target: `Details.ExtendedCost`.
    pub field: String,
    /// As Procore has it.
    pub procore: Decimal,
    /// As Acumatica has it.
    pub acumatica: Decimal,
    /// How much of the source's side is of records that the target does not have: they wait, are held, or are gone there.
    pub not_there: Decimal,
}

/// Both sides of a sum: what the source makes, what the target holds, and what of the first the second lacks.
#[derive(Default)]
struct Sides {
    source: Decimal,
    target: Decimal,
    not_there: Decimal,
}

impl Total {
    /// How much more Procore has.
    pub fn difference(&self) -> Decimal {
        self.procore - self.acumatica
    }

    /// The total as data.
    pub fn to_value(&self) -> Value {
        let amounts =
            [("procore", self.procore), ("acumatica", self.acumatica), ("difference", self.difference()), ("not_there", self.not_there)];
        let mut record: Record = amounts.into_iter().collect();
        record.set("mapping", self.mapping.as_str());
        record.set("project", self.project.as_str());
        record.set("field", self.field.as_str());
        Value::Record(record)
    }
}

impl Totals {
    /// Whether both sides have the same everywhere, to the cent.
    pub fn agree(&self) -> bool {
        self.lines.iter().all(|line| line.difference().is_zero())
    }
}

impl Engine<'_> {
    /// Adds up the money of these mappings (all, when none is named) on both sides. Reads only, and signs out.
    ///
    /// # Errors
    /// A mapping that is not there, a system out of reach.
    pub async fn totals(&self, names: &[String]) -> Result<Totals, Failure> {
        let done = self.added_up(names).await;
        self.doors.sign_out().await;
        done
    }

    async fn added_up(&self, names: &[String]) -> Result<Totals, Failure> {
        let plans = self.with_pairs(names)?;
        let known = self.remembered(&plans).await?;
        let mut totals = Totals::default();
        if known.values().all(Vec::is_empty) {
            return Ok(totals);
        }
        let (mut run, _) = self.to_look(&plans).await?;
        let mut told = Told::default();
        for plan in &plans {
            let money = money(plan);
            if !plan.writes() || money.is_empty() {
                continue;
            }
            if why_not(&run, plan)?.is_some() {
                told.unseen.insert(plan.name.clone());
                continue;
            }
            let links = known.get(&plan.pair).map_or(&[][..], Vec::as_slice);
            let mut walked = run.walked(plan, links, For::Totals).await?;
            walked.met.iter().filter_map(|met| met.link).for_each(|link| told.note(plan, link));
            let lost = told.lost(plan, &plans, (links, &walked));
            run.look_up_lost(plan, &lost, &mut walked).await?;
            totals.notes.append(&mut walked.notes);
            let both_ways = plans.iter().any(|other| other.pair == plan.pair && other.direction != plan.direction);
            let changes = if plan.target.resource.changed_by().is_some() { Some(Changes::of(&run, plan).await?) } else { None };
            let adding = Adding { run: &run, plan, money: &money, walked: &walked, changes: changes.as_ref(), both_ways };
            totals.lines.extend(adding.lines((links, &lost), &mut totals.notes));
        }
        totals.requests = self.doors.requests();
        Ok(totals)
    }
}

impl<'r> Run<'r> {
    /// The target's side of links whose source is gone.
    async fn look_up_lost(&mut self, plan: &Plan, lost: &[&Remembered], walked: &mut Walked) -> Result<(), Failure> {
        let all = projects(&self.book, &[]);
        for remembered in lost {
            let project = all.iter().find(|project| project.procore == remembered.link.scope);
            let place = Where::of(plan, project);
            let view = view_of(plan, &place).to_owned();
            let wanted = Wanted { view, project: project.cloned(), links: vec![remembered], with_lines: true };
            walked.holdings.learn(self.engine, plan, &wanted).await?;
        }
        Ok(())
    }
}

/// The rules that write currency amounts.
fn money(plan: &Plan) -> Vec<String> {
    let is_money = |rule: &&&Rule| {
        let field = &rule.field;
        field.kind == Kind::Decimal && field.scale == Some(2) && !field.read_only && rule.owner != Some(Owner::Target)
    };
    let mut paths: Vec<String> = plan.rules().iter().filter(is_money).map(|rule| rule.path.to_string()).collect();
    let mut known = std::collections::HashSet::new();
    paths.retain(|path| known.insert(path.clone()));
    paths
}

/// One mapping that is added up.
struct Adding<'a, 'r> {
    run: &'a Run<'r>,
    plan: &'a Plan,
    money: &'a [String],
    walked: &'a Walked,
    /// Our documents that change these; they are added up by themselves.
    changes: Option<&'a Changes>,
    /// Another mapping carries the same pair the other way: it counts what this one does not offer.
    both_ways: bool,
}

impl Adding<'_, '_> {
    fn lines(&self, (links, lost): (&[Remembered], &[&Remembered]), notes: &mut Vec<String>) -> Vec<Total> {
        let by_id: HashMap<LinkId, &Remembered> = links.iter().map(|remembered| (remembered.link.id, remembered)).collect();
        let mut sums: BTreeMap<(String, usize), Sides> = BTreeMap::new();
        let mut unmapped = 0;
        for met in &self.walked.met {
            let target = met.link.and_then(|link| by_id.get(&link)).and_then(|remembered| self.target(remembered));
            if !met.offered && (met.link.is_none() || self.both_ways) {
                continue;
            }
            let draft = met.draft.as_ref().filter(|_| met.offered).map(|draft| &draft.fields);
            unmapped += usize::from(met.offered && draft.is_none());
            self.add(&mut sums, met, draft, target.as_deref());
        }
        let all = projects(&self.run.book, &[]);
        for remembered in lost {
            let project = all.iter().find(|project| project.procore == remembered.link.scope);
            let Some(record) = self.target(remembered) else { continue };
            for (at, path) in self.money.iter().enumerate() {
                let key = (project.map(|project| project.acumatica.clone()).unwrap_or_default(), at);
                sums.entry(key).or_default().target += self.held(&record, path);
            }
        }
        if unmapped > 0 {
            let (name, system) = (&self.plan.name, self.plan.source.resource.system.word());
            notes.push(format!("{name}: {unmapped} of {system} cannot be mapped and are not added up; `crosswalk plan {name}` tells why"));
        }
        let line = |((project, at), sides): ((String, usize), Sides)| {
            let (procore, acumatica) = match self.plan.source.resource.system {
                System::Procore => (sides.source, sides.target),
                System::Acumatica => (sides.target, sides.source),
            };
            let (mapping, field) = (self.plan.name.clone(), self.money[at].clone());
            Total { mapping, project, field, procore, acumatica, not_there: sides.not_there }
        };
        sums.into_iter().map(line).filter(|total| !total.procore.is_zero() || !total.acumatica.is_zero()).collect()
    }

    /// Adds a record's amounts. A field of which the mapping says nothing today is the target's matter.
    fn add(&self, sums: &mut BTreeMap<(String, usize), Sides>, met: &Met, draft: Option<&Record>, target: Option<&Record>) {
        for (at, path) in self.money.iter().enumerate() {
            let source = draft.map(|draft| amount(draft, path));
            if source == Some(None) {
                continue;
            }
            let sides = sums.entry((met.project.clone(), at)).or_default();
            let source = source.flatten().unwrap_or_default();
            sides.source += source;
            match target {
                Some(record) => sides.target += self.held(record, path),
                None => sides.not_there += source,
            }
        }
    }

    /// What the target holds of it, without what other documents of ours have added.
    fn held(&self, record: &Record, path: &str) -> Decimal {
        let added = self.changes.map(|changes| changes.added(self.plan, record, path)).unwrap_or_default();
        amount(record, path).unwrap_or_default() - added
    }

    /// The target's record. Lines that were not asked for are those that were written: it has not changed since.
    fn target<'t>(&'t self, remembered: &Remembered) -> Option<Cow<'t, Record>> {
        let id = &remembered.link.end(self.plan.target.resource.system).id;
        match self.walked.holdings.of(id)? {
            There::Whole(record) => Some(Cow::Borrowed(record)),
            There::Head(head) => {
                let mut record = head.clone();
                let written = remembered.written.get(&self.plan.name).map(|written| &written.draft.fields);
                for list in self.plan.target.resource.lines_apart() {
                    if let Some(lines) = written.and_then(|written| written.get(list)) {
                        record.set(list, lines.clone());
                    }
                }
                Some(Cow::Owned(record))
            }
            There::Gone => None,
        }
    }
}

/// The amount at a path, that of all lines together; none where no line, or not the record, has it.
fn amount(record: &Record, path: &str) -> Option<Decimal> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    match (record.get(first)?, rest) {
        (Value::Number(number), None) => Some(*number),
        (Value::Record(inner), Some(rest)) => amount(inner, rest),
        (Value::List(lines), Some(rest)) => {
            let amounts: Vec<Decimal> = lines.iter().filter_map(|line| amount(line.as_record()?, rest)).collect();
            (!amounts.is_empty()).then(|| amounts.into_iter().sum())
        }
        _ => None,
    }
}
