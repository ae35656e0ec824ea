//! Links made and removed by people: both records are looked up, and either every link of a list is made or none.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::candidates::{Candidate, Sides, is_inactive, target_end};
use super::engine::Engine;
use super::failure::Failure;
use super::links::Book;
use super::scope::projects;
use crate::connector::{Key, Select};
use crate::diagnostic::did_you_mean;
use crate::plan::{Direction, Plan};
use crate::schema::System;
use crate::store::{self, Archived, End, Hold, LinkId, Linked, NewLink, StoreError, Writing};
use crate::value::Record;

/// Two records that a person says are the same thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairing {
    /// The mapping that links them.
    pub mapping: String,
    /// Only in this Procore project.
    pub project: Option<String>,
    /// The record in Procore: its id or business key.
    pub procore: String,
    /// The record in Acumatica: its id or business key.
    pub acumatica: String,
    /// Why, for the journal.
    pub because: Option<String>,
}

/// A link that shall go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parting {
    /// The mapping.
    pub mapping: String,
    /// Only in this Procore project.
    pub project: Option<String>,
    /// The id or business key of either record; all of the project's links where none is given.
    pub id: Option<String>,
    /// Why, for the journal.
    pub because: Option<String>,
}

/// What is told of each row: the link, or why there is none.
pub type Told = Vec<Result<Linked, String>>;

/// The right to change links; a run would not see those that are made meanwhile.
const LEASE: &str = "all mappings";

/// Why a record is looked at again by the next run.
const LINKED_BY_HAND: &str = "it was linked by hand; the next run brings both sides into line";
const OFFERED_AGAIN: &str = "its link was removed; the next run offers it again";
const TAKEN_BACK: &str = "it was taken back from the archive; the next run offers it again";

impl Engine<'_> {
    /// Links all of these pairs, or none of them where one cannot be linked; signs out at the end.
    ///
    /// # Errors
    /// A mapping that is not there, a system out of reach, a run that is at work.
    pub async fn pair(&self, rows: &[Pairing]) -> Result<Told, Failure> {
        let done = self.paired(rows).await;
        self.doors.sign_out().await;
        done
    }

    async fn paired(&self, rows: &[Pairing]) -> Result<Told, Failure> {
        let lease = self.worker.lease_run(LEASE, "").await?;
        let mut book = self.book().await?;
        let mut sides: HashMap<(&str, Option<&str>), Sides> = HashMap::new();
        let (mut told, mut made) = (Vec::new(), Vec::new());
        for row in rows {
            let plan = self.plan(&row.mapping)?;
            let place = (row.mapping.as_str(), row.project.as_deref());
            let sides = match sides.entry(place) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => entry.insert(self.sides(plan, row.project.as_deref(), &book).await?),
            };
            let linked = chosen(plan, row, sides, &book);
            if let Ok((new, source_id)) = &linked {
                // Within the list, a record may be linked once as well.
                book.links.insert(&as_linked(new, made.len()));
                made.push((plan.name.clone(), new.clone(), source_id.clone(), row.because.clone()));
            }
            told.push(linked.map(|(new, _)| as_linked(&new, 0)));
            lease.renew().await?;
        }
        if told.iter().all(Result::is_ok) {
            let write = move |writing: &Writing<'_>| {
                for (mapping, new, source_id, because) in &made {
                    let put = writing.put_link(new)?;
                    let because = because.clone().unwrap_or_default();
                    let entry = store::Entry::about("link.chosen", &new.mapping, &new.scope, &new.procore.id);
                    writing.journal(&entry.detail("link", put.link.id.0).detail("because", because))?;
                    again(writing, (mapping, &new.scope, source_id), LINKED_BY_HAND)?;
                }
                Ok(())
            };
            self.worker.store().write(&self.worker.stamp(), write).await?;
        }
        lease.give_back().await?;
        Ok(told)
    }

    /// Removes all of these links, or none of them where one must stay; signs out at the end.
    ///
    /// # Errors
    /// A mapping that is not there, a system out of reach, a run that is at work.
    pub async fn part(&self, rows: &[Parting]) -> Result<Vec<Told>, Failure> {
        let done = self.parted(rows).await;
        self.doors.sign_out().await;
        done
    }

    async fn parted(&self, rows: &[Parting]) -> Result<Vec<Told>, Failure> {
        let lease = self.worker.lease_run(LEASE, "").await?;
        let book = self.book().await?;
        let (mut told, mut gone) = (Vec::new(), Vec::new());
        for row in rows {
            let plan = self.plan(&row.mapping)?;
            let mut of_row = Vec::new();
            for link in meant(plan, row, &book) {
                let link = match link {
                    Ok(link) => self.may_go(plan, link, &book).await?,
                    Err(reason) => Err(reason),
                };
                gone.extend(
                    link.as_ref().ok().map(|link| (plan.name.clone(), plan.source.resource.system, link.clone(), row.because.clone())),
                );
                of_row.push(link);
            }
            told.push(of_row);
        }
        if told.iter().flatten().all(Result::is_ok) {
            let write = move |writing: &Writing<'_>| {
                for (mapping, source, link, because) in &gone {
                    writing.remove_link(link.id, because.as_deref().unwrap_or("removed by hand"))?;
                    again(writing, (mapping, &link.scope, &link.end(*source).id), OFFERED_AGAIN)?;
                }
                Ok(())
            };
            self.worker.store().write(&self.worker.stamp(), write).await?;
        }
        lease.give_back().await?;
        Ok(told)
    }

    /// A link of an export stays while its record lives at the target (BR-11).
    async fn may_go(&self, plan: &Plan, link: Linked, book: &Book) -> Result<Result<Linked, String>, Failure> {
        if plan.direction == Direction::Import {
            return Ok(Ok(link));
        }
        let target = plan.target.resource.system;
        let project = projects(book, &[]).into_iter().find(|project| project.procore == link.scope);
        let door = self.doors.of(target);
        let living = door.get(&plan.target, project.as_ref(), Key::Id(&link.end(target).id), Select::Listed).await?;
        Ok(match living {
            None => Ok(link),
            Some(_) => Err(format!(
                "`{}` still lives in {}; delete or reverse it there, and unlink it with `crosswalk exports unlink {} {}` (BR-11)",
                link.end(target),
                target.word(),
                plan.name,
                link.end(target.other()).id
            )),
        })
    }

    /// Sets a record aside, so that its import does not offer it (BR-18); signs out at the end.
    ///
    /// # Errors
    /// A mapping that is not there or exports, a record that is not there, is linked, or is set aside already.
    pub async fn archive(&self, mapping: &str, id: &str, because: &str) -> Result<Archived, Failure> {
        let plan = self.plan(mapping)?;
        let book = self.book().await?;
        let found = self.candidates(plan, None, &book).await;
        self.doors.sign_out().await;
        if plan.direction == Direction::Export {
            return Err(Failure::Asked(format!(
                "`{mapping}` exports, and only what an import offers can be archived; reject the export instead"
            )));
        }
        let found: Vec<Candidate> = found?.into_iter().filter(|candidate| candidate.is(id)).collect();
        let candidate = only(&found.iter().collect::<Vec<_>>(), &plan.source.name, id).map_err(Failure::Asked)?;
        let scope = candidate.place.scope.clone();
        if let Some(link) = book.by_id(&plan.pair, &scope, plan.source.resource.system, &candidate.source.id) {
            let (ours, theirs) = (link.end(plan.source.resource.system), link.end(plan.target.resource.system));
            let help = format!("remove the link first with `crosswalk links remove {mapping} {}`", ours.id);
            return Err(Failure::Asked(format!("`{ours}` is linked to `{theirs}`; {help}")));
        }
        let stamp = self.worker.stamp();
        let record = Archived {
            mapping: mapping.to_owned(),
            scope,
            source_id: candidate.source.id.clone(),
            source_key: candidate.source.label.clone(),
            reason: because.to_owned(),
            since: stamp.at,
        };
        let written = record.clone();
        match self.worker.store().write(&stamp, move |writing| writing.archive(&written)).await? {
            true => Ok(record),
            false => Err(Failure::Asked(format!("`{}` is archived already", record.source_key))),
        }
    }

    /// Takes a record back that was set aside: the next run offers it again.
    ///
    /// # Errors
    /// A mapping that is not there, a record that is not set aside.
    pub async fn unarchive(&self, mapping: &str, id: &str) -> Result<Archived, Failure> {
        let name = self.plan(mapping)?.name.clone();
        let all = self.worker.store().read(move |reading| reading.archived(Some(&name))).await?;
        let is = |record: &&Archived| [&record.source_id, &record.source_key].iter().any(|known| known.eq_ignore_ascii_case(id.trim()));
        let Some(record) = all.iter().find(is).cloned() else {
            let help = did_you_mean(id, all.iter().map(|record| record.source_key.as_str()));
            let help = help.unwrap_or_else(|| "`crosswalk links list --archived` shows what is".to_owned());
            return Err(Failure::Asked(format!("`{id}` of `{mapping}` is not archived; {help}")));
        };
        let taken = record.clone();
        let take = move |writing: &Writing<'_>| {
            writing.unarchive(&taken)?;
            again(writing, (&taken.mapping, &taken.scope, &taken.source_id), TAKEN_BACK)
        };
        self.worker.store().write(&self.worker.stamp(), take).await?;
        Ok(record)
    }
}

/// Has the next run look at a record again, changed or not.
fn again(writing: &Writing<'_>, (mapping, scope, source_id): (&str, &str, &str), reason: &str) -> Result<(), StoreError> {
    writing.hold(&Hold {
        mapping: mapping.to_owned(),
        scope: scope.to_owned(),
        source_id: source_id.to_owned(),
        reasons: vec![reason.to_owned()],
        ..Hold::default()
    })
}

/// The link that a row asks for, and the id of its source; or why there cannot be one.
fn chosen(plan: &Plan, row: &Pairing, sides: &Sides, book: &Book) -> Result<(NewLink, String), String> {
    let (source_system, target_system) = (plan.source.resource.system, plan.target.resource.system);
    let (source_name, target_name) = match source_system {
        System::Procore => (&row.procore, &row.acumatica),
        System::Acumatica => (&row.acumatica, &row.procore),
    };
    let found: Vec<&Candidate> = sides.candidates.iter().filter(|candidate| candidate.is(source_name)).collect();
    let candidate = only(&found, &plan.source.name, source_name)?;
    let is = |record: &&Record| {
        let end = target_end(plan, record);
        [Some(&end.id), end.key.as_ref()].into_iter().flatten().any(|known| known.trim().eq_ignore_ascii_case(target_name.trim()))
    };
    let found: Vec<&Record> = sides.targets(plan, candidate).iter().filter(is).collect();
    let record = only(&found, &plan.target.name, target_name)?;
    let (source, target) = (candidate.end(), target_end(plan, record));
    let scope = &candidate.place.scope;
    let taken = book.by_id(&plan.pair, scope, source_system, &source.id);
    let taken = taken.or_else(|| book.links.other_side(&plan.pair, scope, target_system, &target.id));
    if let Some(link) = taken {
        return Err(format!(
            "Procore `{}` is linked to Acumatica `{}` already; remove that link first, if it is wrong",
            link.procore, link.acumatica
        ));
    }
    if book.is_taken(&plan.pair, target_system, &target.id) {
        return Err(format!("`{target}` is linked already, in another project; remove that link first, if it is wrong"));
    }
    if book.is_archived(&plan.name, scope, &source.id) {
        return Err(format!("`{source}` is archived; take it back first with `crosswalk links unarchive {} {source_name}`", plan.name));
    }
    if is_inactive(record) {
        return Err(format!("`{target}` is not active in {}; only active records are linked (BR-18)", target_system.word()));
    }
    match &candidate.offered {
        Ok(true) => {}
        Ok(false) => {
            let name = &plan.name;
            return Err(format!(
                "`{source_name}` is not offered by `{name}`, for its `when` is false: only active records are linked (BR-18)"
            ));
        }
        Err(refusal) => return Err(format!("`{source_name}` cannot be told apart: {refusal}")),
    }
    let source_id = source.id.clone();
    let (procore, acumatica) = if source_system == System::Procore { (source, target) } else { (target, source) };
    Ok((NewLink { mapping: plan.pair.clone(), scope: scope.clone(), procore, acumatica, ..NewLink::default() }, source_id))
}

/// The links that a row is about.
fn meant(plan: &Plan, row: &Parting, book: &Book) -> Vec<Result<Linked, String>> {
    let project = row.project.as_deref();
    let all = book.links.documents(&plan.pair, project);
    let Some(id) = &row.id else { return all.map(Ok).collect() };
    let is = |end: &End| [Some(&end.id), end.key.as_ref()].into_iter().flatten().any(|known| known.trim().eq_ignore_ascii_case(id.trim()));
    let found: Vec<Linked> = all.filter(|link| is(&link.procore) || is(&link.acumatica)).collect();
    vec![match found.len() {
        1 => Ok(found.into_iter().next().expect("there is one")),
        0 => Err(format!("`{id}` of `{}` is not linked; `crosswalk links list {0}` shows what is", plan.name)),
        _ => Err(format!(
            "`{id}` of `{}` is linked {} times; name the project with `--project`, or the record by its id",
            plan.name,
            found.len()
        )),
    }]
}

/// The only record of a name.
fn only<'c, T>(found: &[&'c T], resource: &str, name: &str) -> Result<&'c T, String> {
    match found {
        [one] => Ok(*one),
        [] => Err(format!("{resource} has no record `{name}`")),
        _ => Err(format!("{resource} has {} records `{name}`; name one by its id, or its project with `--project`", found.len())),
    }
}

/// A link before it has its number.
fn as_linked(new: &NewLink, at: usize) -> Linked {
    Linked {
        // Numbers of the state file count from 1.
        id: LinkId(-1 - i64::try_from(at).unwrap_or_default()),
        mapping: new.mapping.clone(),
        scope: new.scope.clone(),
        part: String::new(),
        parent: None,
        procore: new.procore.clone(),
        acumatica: new.acumatica.clone(),
    }
}
