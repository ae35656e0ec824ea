//! How exports change their state. Each change and its journal entry are one: whoever comes second is told who was first.

use rusqlite::params;

use super::column::{At, Json};
use super::export::{Export, ExportState, Handle};
use super::{Entry, ExportFilter, FlowId, StoreError, Writing};
use crate::value::Record;

/// A change that is offered for export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The mapping.
    pub mapping: String,
    /// Procore project id; empty for items of the whole company.
    pub scope: String,
    /// The record's id at its source.
    pub source_id: String,
    /// What people know the record by.
    pub label: String,
    /// The change, field by field, as people are shown it.
    pub shown: Vec<u8>,
}

impl Writing<'_> {
    /// Offers a change. What was accepted and has changed since is offered anew; what was rejected, retrieved or unlinked stays so
    /// until somebody resends it, and what failed stays so as long as it is the same.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn offer(&self, offer: &Offer) -> Result<Export, StoreError> {
        let shown = self.keep_body(&offer.shown)?;
        let Some(before) = self.export_of(&offer.mapping, &offer.scope, &offer.source_id)? else {
            let sql = "insert into export (version, mapping, scope, source_id, label, state, shown, actor, staged, changed)
                values (1, $1, $2, $3, $4, 'staged', $5, $6, $7, $7)";
            let (at, actor) = (At(self.stamp().at), &self.stamp().actor);
            self.execute(sql, params![offer.mapping, offer.scope, offer.source_id, offer.label, shown, actor, at])?;
            return self.told("export.staged", &offer.mapping, (&offer.scope, &offer.source_id));
        };
        let same = before.shown == shown;
        let set_aside = matches!(before.state, ExportState::Rejected | ExportState::Retrieved | ExportState::Unlinked);
        let under_way = matches!(before.state, ExportState::Sending | ExportState::Sent | ExportState::Unknown);
        if set_aside || under_way || (same && before.state != ExportState::Synced) {
            return Ok(before);
        }
        self.execute(
            "update export set version = version + 1, label = $2, state = 'staged', shown = $3, asked = '{}', approver = '', actor = $4, reason = '',
               refusals = 0, staged = $5, changed = $5 where id = $1",
            params![before.handle.id, offer.label, shown, self.stamp().actor, At(self.stamp().at)],
        )?;
        let kind = if before.state == ExportState::Accepted { "export.changed" } else { "export.staged" };
        self.told(kind, &offer.mapping, (&offer.scope, &offer.source_id))
    }

    /// An approver accepts what they were shown, with what they were asked.
    ///
    /// # Errors
    /// [`Conflict`](super::StoreTrouble::Conflict) when somebody has decided already, with who and when; when it was changed since
    /// that version; when there is no such export.
    pub fn accept_export(&self, handle: Handle, asked: &Record) -> Result<Export, StoreError> {
        let export = self.undecided(handle)?;
        self.execute(
            "update export set state = 'accepted', asked = $2, actor = $3, approver = $3, reason = '', changed = $4 where id = $1",
            params![handle.id, Json(asked.clone()), self.stamp().actor, At(self.stamp().at)],
        )?;
        self.told("export.accepted", &export.mapping, (&export.scope, &export.source_id))
    }

    /// An approver rejects what they were shown; the reason is for its sender (BR-09).
    ///
    /// # Errors
    /// As [`accept_export`](Self::accept_export); also a reason that is blank.
    pub fn reject_export(&self, handle: Handle, reason: &str) -> Result<Export, StoreError> {
        if reason.trim().is_empty() {
            return Err(StoreError::conflict(format!("the rejection of export {} has no reason", handle.id), "say why, for its sender"));
        }
        let failed = |export: &Export| export.state == ExportState::Failed && export.handle == handle;
        let export = match self.export(handle.id)? {
            // An export that the target refused is rejected so that its sender corrects it (BR-12).
            export if failed(&export) => export,
            _ => self.undecided(handle)?,
        };
        self.set_state(&export, ExportState::Rejected, reason.trim())
    }

    /// Its sender takes back what nobody has decided about (BR-08).
    ///
    /// # Errors
    /// [`Conflict`](super::StoreTrouble::Conflict) when somebody has decided, with who and when; when there is no such export.
    pub fn retrieve_export(&self, id: i64, reason: &str) -> Result<Export, StoreError> {
        let export = self.export(id)?;
        let export = self.undecided(export.handle)?;
        self.set_state(&export, ExportState::Retrieved, reason)
    }

    /// Its sender offers again what was rejected, retrieved, refused by the target or unlinked: in a new version, which an approver
    /// has to see. Not known is how it looks until a sync has read it anew.
    ///
    /// # Errors
    /// [`Conflict`](super::StoreTrouble::Conflict) when it waits, is under way or is there; when there is no such export.
    pub fn resend_export(&self, id: i64) -> Result<Export, StoreError> {
        let export = self.export(id)?;
        match export.state {
            ExportState::Rejected | ExportState::Retrieved | ExportState::Failed | ExportState::Unlinked => {}
            other => {
                return Err(StoreError::conflict(
                    format!("export {id} is {}, and only what was rejected, retrieved, refused or unlinked is sent again", other.word()),
                    "see where it stands with `crosswalk exports show`",
                ));
            }
        }
        self.execute(
            "update export set version = version + 1, state = 'staged', asked = '{}', approver = '', actor = $2, reason = '', refusals = 0, staged = $3,
               changed = $3 where id = $1",
            params![id, self.stamp().actor, At(self.stamp().at)],
        )?;
        self.told("export.resent", &export.mapping, (&export.scope, &export.source_id))
    }

    /// The target's record is gone and the link is taken away: the export is open again for its sender.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn export_unlinked(&self, export: &Export, reason: &str) -> Result<Export, StoreError> {
        self.set_state(export, ExportState::Unlinked, reason)
    }

    /// The target refused a record. What is refused stays accepted in substance: the same change needs no second consent.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn export_failed(&self, (mapping, scope): (&str, &str), source_id: &str, reason: &str) -> Result<(), StoreError> {
        let Some(export) = self.export_of(mapping, scope, source_id)? else { return Ok(()) };
        self.execute("update export set refusals = refusals + 1 where id = $1", params![export.handle.id])?;
        self.set_state(&export, ExportState::Failed, reason).map(drop)
    }

    /// A change that was offered is needed no more: the record is as it should be, or is not offered any longer.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn withdraw_export(&self, id: i64, reason: &str) -> Result<(), StoreError> {
        let export = self.export(id)?;
        if matches!(export.state, ExportState::Staged | ExportState::Accepted | ExportState::Failed) {
            let entry = Entry::about("export.withdrawn", &export.mapping, &export.scope, &export.source_id);
            self.journal(&entry.detail("export", export.handle.to_string()).detail("reason", reason).body("change", export.shown))?;
            self.execute("delete from export where id = $1", params![id])?;
        }
        Ok(())
    }

    /// What the target refused is tried once more, with the consent that was given.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn retry_export(&self, export: &Export) -> Result<Export, StoreError> {
        let sql = "update export set state = 'accepted', changed = $2 where id = $1 and state = 'failed'";
        self.execute(sql, params![export.handle.id, At(self.stamp().at)])?;
        self.told("export.retried", &export.mapping, (&export.scope, &export.source_id))
    }

    /// The flow of a record is at its end: what was accepted is at the target.
    pub(super) fn export_synced(&self, flow: &FlowId) -> Result<(), StoreError> {
        let sql = "update export set state = 'synced', refusals = 0, changed = $4 where mapping = $1 and scope = $2 and source_id = $3 and state = 'accepted'";
        if self.execute(sql, params![flow.mapping, flow.scope, flow.source_id, At(self.stamp().at)])? == 1 {
            self.told("export.synced", &flow.mapping, (&flow.scope, &flow.source_id))?;
        }
        Ok(())
    }

    fn export(&self, id: i64) -> Result<Export, StoreError> {
        let found = self.exports(&ExportFilter { id: Some(id), ..ExportFilter::default() })?;
        found
            .into_iter()
            .next()
            .ok_or_else(|| StoreError::conflict(format!("there is no export {id}"), "see what there is with `crosswalk exports list`"))
    }

    /// The export in this version, if it waits for a decision.
    fn undecided(&self, handle: Handle) -> Result<Export, StoreError> {
        let export = self.export(handle.id)?;
        if export.state != ExportState::Staged {
            let why = if export.reason.is_empty() { String::new() } else { format!(" ({})", export.reason) };
            return Err(StoreError::conflict(
                format!("export {} is {} since {}, by `{}`{why}", handle.id, export.state.word(), export.changed, export.actor),
                "nothing is left to decide; `crosswalk exports show` tells its history",
            ));
        }
        if export.handle != handle {
            return Err(StoreError::conflict(
                format!(
                    "export {} was changed since version {} was shown: it is at version {}",
                    handle.id, handle.version, export.handle.version
                ),
                format!("look at it again with `crosswalk exports show {}`, then decide about `{}`", handle.id, export.handle),
            ));
        }
        Ok(export)
    }

    fn set_state(&self, export: &Export, state: ExportState, reason: &str) -> Result<Export, StoreError> {
        self.execute(
            "update export set state = $2, actor = $3, reason = $4, changed = $5 where id = $1",
            params![export.handle.id, state.word(), self.stamp().actor, reason, At(self.stamp().at)],
        )?;
        self.told(&format!("export.{}", state.word()), &export.mapping, (&export.scope, &export.source_id))
    }

    /// Journals what just became of an export, and gives it back.
    fn told(&self, kind: &str, mapping: &str, (scope, source_id): (&str, &str)) -> Result<Export, StoreError> {
        let export =
            self.export_of(mapping, scope, source_id)?.ok_or_else(|| StoreError::defect("an export is gone that was just there"))?;
        let mut entry = Entry::about(kind, mapping, scope, source_id).detail("export", export.handle.to_string());
        if !export.asked.is_empty() {
            entry.details.set("asked", export.asked.clone());
        }
        if !export.reason.is_empty() {
            entry.details.set("reason", export.reason.as_str());
        }
        self.journal(&entry.body("change", export.shown.clone()))?;
        Ok(export)
    }
}
