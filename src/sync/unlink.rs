//! Takes the link of an export away, once its record at the ERP is gone or undone (BR-11).

use super::engine::Engine;
use super::failure::Failure;
use super::scope::{PROJECTS, of_link};
use super::target::{is_undone, read};
use crate::connector::{Certainty, Key, Outgoing, ProjectScope, Select};
use crate::evaluate::open;
use crate::plan::Plan;
use crate::schema::System;
use crate::store::{Export, ExportState, Link, Linked};
use crate::value::{Record, Value};

/// What Procore learns of an export, and forgets with its link: while it is there the record is locked (BR-07).
const ORIGIN: [&str; 3] = ["origin_id", "origin_code", "origin_data"];

impl Engine<'_> {
    /// Unlinks an export: the record at the ERP must be gone or undone; Procore's record loses its origin id, the link and the links
    /// of its lines go. Done again after a crash, it goes on from where it was.
    ///
    /// # Errors
    /// [`Failure::Asked`] when the record lives at the ERP, named; when nothing is linked; a system that is out of reach; another run
    /// at work.
    pub async fn unlink(&self, export: &Export, reason: &str) -> Result<Export, Failure> {
        let done = self.unlinked(export, reason).await;
        self.doors.sign_out().await;
        done
    }

    async fn unlinked(&self, export: &Export, reason: &str) -> Result<Export, Failure> {
        let handle = export.handle.id;
        let plan = self.plans.iter().find(|plan| plan.name == export.mapping);
        let plan = plan.ok_or_else(|| Failure::Asked(format!("mapping `{}` of export {handle} is not in force", export.mapping)))?;
        let lease = self.worker.lease_run("all mappings", "").await?;
        let (pair, scope, id) = (plan.pair.clone(), export.scope.clone(), export.source_id.clone());
        let source = plan.source.resource.system;
        let found = self.worker.store().read(move |reading| {
            let projects = if scope.is_empty() { None } else { reading.find_link(PROJECTS, "", System::Procore, &scope)? };
            Ok((reading.find_link(&pair, &scope, source, &id)?, projects))
        });
        let (link, project) = found.await?;
        let Some(link) = link else {
            let state = export.state.word();
            return Err(Failure::Asked(format!("export {handle} ({state}) is not linked with a record of {}", plan.target.name)));
        };
        let project = project.map(|link| of_link(&Linked::from(&link)));
        if let Some(status) = self.lives(plan, project.as_ref(), &link).await? {
            let end = link.end(plan.target.resource.system);
            let name = end.key.as_deref().unwrap_or(&end.id);
            return Err(Failure::Asked(format!(
                "{} `{name}` lives at {}{status}; delete or reverse it there first, then unlink export {handle} (BR-11)",
                plan.target.name,
                plan.target.resource.system.word()
            )));
        }
        self.forget_origin(plan, project.as_ref(), export).await?;
        let (export, reason, link) = (export.clone(), reason.to_owned(), link.id);
        let unlinked = lease.write(move |writing| {
            writing.remove_link(link, &reason)?;
            match export.state {
                ExportState::Unlinked => Ok(export),
                _ => writing.export_unlinked(&export, &reason),
            }
        });
        let unlinked = unlinked.await?;
        lease.give_back().await?;
        Ok(unlinked)
    }

    /// Whether the target's record counts yet; its status, for people.
    async fn lives(&self, plan: &Plan, project: Option<&ProjectScope>, link: &Link) -> Result<Option<String>, Failure> {
        let door = self.doors.of(plan.target.resource.system);
        let id = &link.end(plan.target.resource.system).id;
        let row = match door.get(&plan.target, project, Key::Id(id), Select::All).await {
            Ok(row) => row,
            // Without its project a record cannot be asked for, and does not live.
            Err(problem) if problem.certainty() == Certainty::Refused && !problem.is_temporary() => None,
            Err(problem) => return Err(problem.into()),
        };
        let Some(row) = row else { return Ok(None) };
        let record = read(plan, row.body.get())?;
        if is_undone(&record) {
            return Ok(None);
        }
        let status = record.text("Status").unwrap_or_default();
        Ok(Some(if status.is_empty() { String::new() } else { format!(" ({status})") }))
    }

    async fn forget_origin(&self, plan: &Plan, project: Option<&ProjectScope>, export: &Export) -> Result<(), Failure> {
        let mut nothing = Record::new();
        let learned = plan.write_back.iter().map(|(field, _)| field.as_str()).filter(|field| ORIGIN.contains(field));
        learned.for_each(|name| nothing.set(name, Value::text("")));
        if nothing.is_empty() {
            return Ok(());
        }
        let door = self.doors.of(plan.source.resource.system);
        // A source that is gone has nothing to forget. One that is there may need more than its id in its address.
        let Some(row) = door.get(&plan.source, project, Key::Id(&export.source_id), Select::All).await? else { return Ok(()) };
        let opened = open(plan, row.body.get()).map_err(|refusal| Failure::Asked(refusal.to_string()))?;
        let source = opened.document().source().map_err(|refusal| Failure::Asked(refusal.to_string()))?;
        source.address.iter().for_each(|(name, value)| nothing.set(name, value.clone()));
        let outgoing = Outgoing { id: Some(&export.source_id), draft: &nothing };
        for answer in door.write(&plan.source, project, &[outgoing]).await {
            answer?;
        }
        Ok(())
    }
}
