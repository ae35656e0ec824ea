//! Records on both sides that may be linked: all that a mapping reads, and all that its target has.

use std::collections::BTreeMap;

use super::engine::Engine;
use super::erp::Erp;
use super::explain::scopes;
use super::failure::Failure;
use super::gather::Gathering;
use super::join::{Joined, Joining};
use super::links::{Book, Missed, Seen};
use super::reading::{places, view_of};
use super::scope::{Where, projects};
use super::target::{id_of, key_of, list};
use crate::connector::{ProjectScope, Select};
use crate::evaluate::{Context, Draft, Refusal, SourceRef, open};
use crate::plan::Plan;
use crate::store::End;
use crate::value::{Record, Value};

/// A record of the source, in a place where a mapping would put it.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) source: SourceRef,
    pub(super) place: Where,
    /// Whether the mapping offers it.
    pub(super) offered: Result<bool, Refusal>,
    /// What the mapping would write.
    pub(super) draft: Result<Draft, Refusal>,
}

/// Both sides of a mapping.
pub(super) struct Sides {
    pub(super) candidates: Vec<Candidate>,
    /// The target's records, by where they were listed.
    targets: BTreeMap<String, Vec<Record>>,
}

impl Candidate {
    /// Whether people mean this record by an id, a key or a number.
    pub(super) fn is(&self, name: &str) -> bool {
        [&self.source.id, &self.source.key, &self.source.label].iter().any(|known| known.trim().eq_ignore_ascii_case(name.trim()))
    }

    /// This end of a link.
    pub(super) fn end(&self) -> End {
        let key = Some(self.source.key.clone()).filter(|key| !key.is_empty());
        End { id: self.source.id.clone(), key }
    }
}

impl Sides {
    /// The target's records among which a candidate's partner is.
    pub(super) fn targets(&self, plan: &Plan, candidate: &Candidate) -> &[Record] {
        self.targets.get(view_of(plan, &candidate.place)).map_or(&[], Vec::as_slice)
    }
}

/// The target's end of a link.
pub(super) fn target_end(plan: &Plan, record: &Record) -> End {
    End { id: id_of(plan, record), key: Some(key_of(plan, record)).filter(|key| !key.is_empty()) }
}

/// Whether a record says of itself that it is out of use: only active ones are linked (BR-18).
pub(super) fn is_inactive(record: &Record) -> bool {
    let off = |name: &str| record.get(name) == Some(&Value::Bool(false));
    off("is_active") || off("active") || off("Active") || record.text("Status") == Some("Inactive")
}

impl Engine<'_> {
    /// Everything on both sides of a mapping, in one project or in all.
    pub(super) async fn sides(&self, plan: &Plan, project: Option<&str>, book: &Book) -> Result<Sides, Failure> {
        let candidates = self.candidates(plan, project, book).await?;
        let mut targets = BTreeMap::new();
        for candidate in &candidates {
            let view = view_of(plan, &candidate.place);
            if targets.contains_key(view) || !plan.target.resource.addressed_by().is_empty() {
                continue;
            }
            let mut records = Vec::new();
            let door = self.doors.of(plan.target.resource.system);
            list(door, plan, (candidate.place.project.as_ref(), &Record::new(), Select::All), |record| records.push(record)).await?;
            targets.insert(view.to_owned(), records);
        }
        Ok(Sides { candidates, targets })
    }

    /// Everything that a mapping reads, in one project or in all.
    pub(super) async fn candidates(&self, plan: &Plan, project: Option<&str>, book: &Book) -> Result<Vec<Candidate>, Failure> {
        let all = projects(book, &[]);
        let wanted = |place: &Where| project.is_none_or(|project| place.scope == project || (place.scope.is_empty() && project.is_empty()));
        let mut joined = Joined::in_projects(all.clone());
        let mut found = Vec::new();
        for scope in scopes(plan, &all) {
            if scope.is_some_and(|scope| project.is_some_and(|project| scope.procore != project)) {
                continue;
            }
            let joining = Joining { engine: self, plan, project: scope, since: None };
            let mut gathering = Gathering::new(joining, &joined);
            while let Some(mut bodies) = gathering.next(&mut joined).await? {
                if plan.late.lines {
                    joining.lines(&mut bodies, &mut joined).await?;
                }
                joining.own(&mut bodies, &mut joined).await?;
                for body in bodies {
                    found
                        .extend(self.read_candidates(plan, &body, (scope, &all), book).await?.into_iter().filter(|one| wanted(&one.place)));
                }
            }
        }
        Ok(found)
    }

    async fn read_candidates(
        &self,
        plan: &Plan,
        body: &str,
        (project, all): (Option<&ProjectScope>, &[ProjectScope]),
        book: &Book,
    ) -> Result<Vec<Candidate>, Failure> {
        // What cannot be read is told by a run.
        let Ok(opened) = open(plan, body) else { return Ok(Vec::new()) };
        let (mut found, mut erp) = (Vec::new(), Erp::default());
        for item in opened.items() {
            let Ok(source) = item.source() else { continue };
            for mut place in places(plan, (project, &source), all, book) {
                erp.show(self, plan, &mut place, &[]).await?;
                let missed = Missed::default();
                let links = Seen { book, source: plan.source.resource.system, project: place.procore(), missed: &missed };
                let (ask, shown) = (Value::Record(Record::new()), place.value());
                let context = Context { ask: &ask, project: &shown, links: &links, ..self.before_any() };
                let (offered, draft) = (item.offered(&context), item.draft(&context));
                found.push(Candidate { source: source.clone(), place, offered, draft });
            }
        }
        Ok(found)
    }
}
