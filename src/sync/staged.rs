//! What would happen to a record, as it is handed on: a change that is ready to be shown or sent, or a reason to wait.

use super::change_set::StagedChange;
use super::inputs::Input;
use super::parcel::Parcel;
use super::report::Mismatch;
use super::scope::Where;
use super::target::key_of;
use crate::evaluate::SourceRef;
use crate::plan::Plan;
use crate::schema::System;
use crate::store::Linked;
use crate::value::{Record, Value};

/// What helps when several records may be meant (BR-21).
pub(super) const TELL_APART: &str = "rename or merge them so that it is plain which is which (BR-21)";

/// What would happen to a record.
#[derive(Debug)]
pub(super) enum Decision {
    /// The mapping does not offer it.
    NotOffered,
    /// It is as it should be.
    Unchanged,
    /// It is as it should be, and what we remember of it is not: the link learns the new fingerprint.
    Refresh(Box<Staged>),
    /// It has to be sent, or linked.
    Stage(Box<Staged>),
    /// It cannot go.
    Hold(Vec<String>),
    /// The target computes something else than the mapping expects.
    Differs(Mismatch),
}

/// A change, ready to be shown or sent.
#[derive(Debug)]
pub(super) struct Staged {
    pub(super) change: StagedChange,
    pub(super) parcel: Parcel,
    pub(super) place: Where,
    /// The link that is there already.
    pub(super) link: Option<Linked>,
    /// What the target holds, where that was read.
    pub(super) shown: Option<Record>,
    /// What the draft was made from.
    pub(super) input: Option<Input>,
    /// The change as the approver was shown it, where what they filled in made it another one.
    pub(super) offered: Option<StagedChange>,
}

/// A record as it is, with the mapping and settings of today: what the mapping reads of it, and the stamp where not all of that is
/// there before the record is mapped. None where a stamp is needed and missing.
pub(super) fn version(plan: &Plan, settings: &str, (source, read): (&SourceRef, &str)) -> Option<String> {
    let stamp = match plan.is_read_late() {
        true => source.modified.as_deref()?,
        false => "",
    };
    Some(format!("{stamp}+{read} {} {settings}", plan.fingerprint))
}

/// The target key of a record that a plan would make, as far as the draft knows it: all of Acumatica's key fields.
pub(super) fn planned_key(plan: &Plan, parcel: &Parcel) -> Option<String> {
    if plan.target.resource.system == System::Procore {
        return None;
    }
    Some(key_of(plan, parcel.draft())).filter(|key| !key.is_empty() && !key.starts_with('/') && !key.ends_with('/'))
}

impl Decision {
    /// Whether a record that was held is not any more.
    pub(super) fn lets_go(&self) -> bool {
        match self {
            Self::NotOffered | Self::Unchanged | Self::Refresh(_) | Self::Differs(_) => true,
            // What is sent settles with its link, or is held anew.
            Self::Stage(_) | Self::Hold(_) => false,
        }
    }
}

impl Staged {
    /// The identity of a record without a link, as both systems compare it; none when a part of it is blank.
    pub(super) fn identity(&self, plan: &Plan) -> Option<String> {
        if self.link.is_some() || plan.identity.is_empty() {
            return None;
        }
        let draft = Value::Record(self.parcel.draft().clone());
        let part = |path: &String| draft.at(path).map(|value| value.plain().trim().to_lowercase()).filter(|part| !part.is_empty());
        plan.identity.iter().map(part).collect::<Option<Vec<_>>>().map(|parts| parts.join("\u{1f}"))
    }
}
