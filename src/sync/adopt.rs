//! A record and one at the target that are the same thing, and were not brought into line yet: found by identity, or chosen by a person.

use super::change_set::Action;
use super::failure::Failure;
use super::lines::{known_in, recognise_surely};
use super::stage::Staging;
use super::staged::{Decision, Staged};
use super::target::TargetView;
use crate::evaluate::{Change, Draft, Item, SourceRef, compare};
use crate::store::Linked;
use crate::value::Value;

impl Staging<'_> {
    /// Stages what brings the two into line: their lines are recognised, and the source learns of it.
    pub(super) async fn adopt(
        &self,
        (item, source): (&Item<'_, '_, '_>, &SourceRef),
        mut draft: Draft,
        (id, link): (String, Option<Linked>),
        view: &mut TargetView,
    ) -> Result<Decision, Failure> {
        let Some(record) = self.record(view, (&id, &draft.fields)).await? else {
            return Ok(Decision::Hold(vec![format!("`{id}` was found at {} and is gone again", self.system().word())]));
        };
        if let Some(reason) = self.foreign(source, (&draft, Some(&record))) {
            return Ok(Decision::Hold(vec![reason]));
        }
        // What the target holds is known only now, and rules may ask for it.
        if self.plan.reads_target() {
            draft = match self.evaluate(item, &Value::Record(record.clone())) {
                Ok(Some(draft)) => draft,
                Ok(None) => return Ok(Decision::NotOffered),
                Err(refusal) => return Ok(Decision::Hold(refusal.reasons.iter().map(ToString::to_string).collect())),
            };
        }
        let new = self.staged(source, draft.clone(), Change::default(), (Action::Adopt, Some(id.clone())), &|_, _| None);
        let pairs = recognise_surely(self.plan, &new.parcel, &record);
        let known = |list: &str, line: &str| known_in(&pairs, list, line);
        let change = compare(self.plan, &draft, Some(&record), &known);
        if !change.is_nothing() && self.made_whole() {
            return Ok(Decision::Hold(vec![self.unchangeable(&change)]));
        }
        let action = if change.is_nothing() { Action::Adopt } else { Action::Update };
        let staged = self.staged(source, draft, change, (action, Some(id)), &known);
        Ok(Decision::Stage(Box::new(Staged { link, ..staged })))
    }
}
