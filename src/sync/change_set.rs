//! The change set: what a run would do, record by record and field by field. It can be saved, and a run can be held to it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::report::Report;
use crate::evaluate::FieldChange;
use crate::store::Digest;
use crate::value::Record;

/// What would happen to a record at the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It would be made.
    Create,
    /// Some of its fields would change.
    Update,
    /// It is there already and would only be linked.
    Adopt,
}

/// One change that a run would make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StagedChange {
    /// The mapping.
    pub mapping: String,
    /// The Procore project's id; empty for the whole company.
    pub project: String,
    /// The source's id.
    pub source_id: String,
    /// The source's business key, for people.
    pub source_key: String,
    /// What would happen.
    pub action: Action,
    /// The target's id, where it exists.
    pub target_id: Option<String>,
    /// Field by field.
    pub fields: Vec<FieldChange>,
    /// What the approver is asked, with what is filled in already.
    #[serde(default, skip_serializing_if = "Record::is_empty")]
    pub asked: Record,
}

/// A saved plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChangeSet {
    /// The form of this file.
    pub version: u32,
    /// The profile under which it was made.
    #[serde(default)]
    pub profile: String,
    /// The mappings as they were: name, fingerprint.
    pub mappings: Vec<(String, String)>,
    /// The changes, in the order of the run.
    pub changes: Vec<StagedChange>,
}

/// The form that is written now.
const VERSION: u32 = 2;

/// What stands between a profile and the overlays over it: `vision + acme`.
pub const OVER: &str = " + ";

impl ChangeSet {
    /// The changes of a plan's report.
    pub fn of(report: &Report, mappings: Vec<(String, String)>) -> Self {
        Self { version: VERSION, profile: report.profile.clone(), mappings, changes: report.changes().cloned().collect() }
    }

    /// Reads a saved plan.
    ///
    /// # Errors
    /// When the text is not one.
    pub fn read(text: &str) -> Result<Self, Failure> {
        let set: Self = serde_json::from_str(text).map_err(|problem| Failure::Asked(format!("this is not a saved plan: {problem}")))?;
        if set.version != VERSION {
            return Err(Failure::Asked(format!(
                "the plan was saved in form {}, and this program reads form {VERSION}; make it anew",
                set.version
            )));
        }
        Ok(set)
    }

    /// Whether the plan was made under this profile: under another one other mappings are in force.
    ///
    /// # Errors
    /// [`Failure::Asked`] with both names.
    pub fn is_of(&self, profile: &str) -> Result<(), Failure> {
        if self.profile == profile {
            return Ok(());
        }
        let made = &self.profile;
        let remedy = match made.contains(OVER) || profile.contains(OVER) {
            true => "choose the same profile and overlays".to_owned(),
            false => format!("add `--profile {made}`"),
        };
        Err(Failure::Asked(format!(
            "the plan was made with profile `{made}`, and this is profile `{profile}`; {remedy}, or make the plan anew"
        )))
    }

    /// Whether a plan made now says the same.
    ///
    /// # Errors
    /// [`Failure::MovedOn`] with the first differences.
    pub fn hold_against(&self, now: &Self) -> Result<(), Failure> {
        if let Some((name, _)) = self.mappings.iter().find(|known| !now.mappings.contains(known)) {
            return Err(Failure::MovedOn(format!("mapping `{name}` is not what it was; make the plan anew")));
        }
        let mut differences = Vec::new();
        let (there, allowed) = (now.by_record(), self.by_record());
        for change in &self.changes {
            match there.get(&change.record()) {
                Some(other) if *other == change => {}
                Some(_) => differences.push(format!("`{}` of `{}` would change otherwise", change.source_key, change.mapping)),
                None => differences.push(format!("`{}` of `{}` needs no change any more", change.source_key, change.mapping)),
            }
        }
        for change in now.changes.iter().filter(|change| !allowed.contains_key(&change.record())) {
            differences.push(format!("`{}` of `{}` came new", change.source_key, change.mapping));
        }
        if differences.is_empty() {
            return Ok(());
        }
        let more = differences.len().saturating_sub(5);
        differences.truncate(5);
        let tail = if more > 0 { format!("; and {more} more") } else { String::new() };
        Err(Failure::MovedOn(format!("{}{tail}; nothing was sent", differences.join("; "))))
    }

    /// The changes by the record that they are about.
    pub(super) fn by_record(&self) -> HashMap<(&str, &str, &str), &StagedChange> {
        self.changes.iter().map(|change| (change.record(), change)).collect()
    }
}

impl StagedChange {
    /// The change as people are shown it, in bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a change is JSON")
    }

    /// The digest of [`bytes`](Self::bytes).
    pub(super) fn digest(&self) -> Digest {
        Digest::of(self.bytes())
    }

    /// Which record it is about: mapping, project, source id.
    pub(super) fn record(&self) -> (&str, &str, &str) {
        (&self.mapping, &self.project, &self.source_id)
    }
}
