//! What is not as it was left: record by record, who has probably moved it, and what a run would do about it.

use serde::Serialize;

use crate::sync::report::SystemRequests;
use crate::value::Value;

/// What was found of the chosen mappings.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DriftReport {
    /// Requests that it took.
    pub requests: SystemRequests,
    /// The profile that says which mappings are in force.
    pub profile: String,
    /// Mapping by mapping, in the order of a run.
    pub mappings: Vec<DriftOfMapping>,
}

/// What was found of one mapping.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DriftOfMapping {
    /// The mapping.
    pub mapping: String,
    /// What people call it.
    pub title: String,
    /// `export` or `import`.
    pub direction: String,
    /// Linked records that were compared.
    pub links: usize,
    /// What is not as it was left.
    pub drifts: Vec<Drift>,
    /// What could not be compared, and why.
    pub notes: Vec<String>,
    /// Why none of its links were looked at, if they were not.
    pub skipped: Option<String>,
}

/// One record that is not as it was left.
#[derive(Clone, Debug, Serialize)]
pub struct Drift {
    /// What has become of it.
    pub kind: DriftKind,
    /// Acumatica's id of the project; empty for the whole company.
    pub project: String,
    /// The source's id.
    pub source_id: String,
    /// What people know the source record by.
    pub label: String,
    /// The target's id.
    pub target_id: String,
    /// The target's key, as it is linked.
    pub target_key: String,
    /// Who has probably moved it.
    pub who: Who,
    /// When the source record last changed, where its system tells it.
    pub source_changed: Option<String>,
    /// When the target record last changed, where its system tells it.
    pub target_changed: Option<String>,
    /// When the two last agreed, as far as the state file knows.
    pub agreed: String,
    /// What a run would do.
    pub apply: WouldDo,
    /// Why it would be held.
    pub reasons: Vec<String>,
    /// Field by field.
    pub fields: Vec<DriftedField>,
    /// Other records, or names, that it is about.
    pub others: Vec<String>,
}

/// What has become of a linked record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftKind {
    /// Fields of it differ from what was left.
    Changed,
    /// It has another code than its link knows; its id is the same.
    Renamed,
    /// The target has it no more.
    GoneFromTarget,
    /// The source has it no more.
    GoneFromSource,
    /// Another record of the target bears what it is recognised by.
    Duplicate,
}

/// Who has probably moved something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The source went on.
    Source,
    /// Somebody edited the target.
    Target,
    /// Both.
    Both,
    /// The mapping, a setting, or a link that the record asks for: the record itself is what it was.
    Rules,
    /// What was left is not known.
    Unknown,
}

/// What a run would do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WouldDo {
    /// Nothing, as long as the source stays as it is.
    Nothing,
    /// Change the target; an export is offered for consent first.
    Update,
    /// Hold the record, with reasons.
    Hold,
    /// Hold it, for it would overwrite what somebody changed at the target.
    Conflict,
}

/// One field that is not as it was left.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DriftedField {
    /// The target field; of a line: `Details.Amount`; of a line that came or went, its list.
    pub field: String,
    /// The target's key of the line; the source's id of one that is not there yet.
    pub line: Option<String>,
    /// The rows of the published table.
    pub rows: Vec<String>,
    /// What was left; none where that is not known.
    pub last: Option<Value>,
    /// What the target holds.
    pub target: Value,
    /// What the mapping makes of the source today; none where it says nothing of it.
    pub source: Option<Value>,
    /// Who has probably moved it.
    pub who: Who,
}

impl DriftReport {
    /// Whether everything is as it was left, and all of it could be looked at.
    pub fn is_nothing(&self) -> bool {
        self.mappings.iter().all(|mapping| mapping.drifts.is_empty() && mapping.notes.is_empty())
    }

    /// Linked records that were compared.
    pub fn links(&self) -> usize {
        self.mappings.iter().map(|mapping| mapping.links).sum()
    }
}

impl Who {
    /// Two of them together.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (one, two) if one == two => one,
            (Self::Unknown, known) | (known, Self::Unknown) => known,
            // What the rules want is what the source wants.
            (Self::Rules, Self::Source) | (Self::Source, Self::Rules) => Self::Source,
            _ => Self::Both,
        }
    }
}
