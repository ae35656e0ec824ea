//! What goes out, in a form that outlives the process: the intent of a flow, and the receipt for it.

use serde::{Deserialize, Serialize};

use crate::evaluate::{Draft, FieldChange, GoneLine, Line};
use crate::store::{FlowRow, Reading, StoreError};
use crate::value::Record;

/// One record on its way to the target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Parcel {
    /// The source's id.
    pub(super) source_id: String,
    /// The source's business key.
    pub(super) source_key: String,
    /// What people know the source record by.
    pub(super) source_label: String,
    /// What the source's address needs beside its id.
    #[serde(default)]
    pub(super) source_address: Record,
    /// When the source record last changed, as its system says it.
    #[serde(default)]
    pub(super) source_modified: Option<String>,
    /// The target's id, where the record exists.
    pub(super) target_id: Option<String>,
    /// What is sent.
    pub(super) send: Record,
    /// The whole draft, where more was evaluated than is sent.
    #[serde(default, rename = "draft", skip_serializing_if = "Option::is_none")]
    pub(super) whole: Option<Record>,
    /// The lines that have an id at the source.
    pub(super) lines: Vec<ParcelLine>,
    /// Linked lines whose source line is gone.
    #[serde(default)]
    pub(super) gone: Vec<GoneLine>,
    /// The source as it is, with the mapping and settings of today.
    pub(super) source_version: Option<String>,
    /// The digest of the draft.
    pub(super) fingerprint: String,
    /// Who let it go; none for imports, which need nobody's consent.
    #[serde(default)]
    pub(super) approval: Option<Approval>,
}

impl Parcel {
    /// The whole draft: by it the record is recognised when an answer was lost.
    pub(super) fn draft(&self) -> &Record {
        self.whole.as_ref().unwrap_or(&self.send)
    }

    /// The same with its lines.
    pub(super) fn whole_draft(&self) -> Draft {
        let lines = self.lines.iter().map(|line| Line { field: line.field.clone(), at: line.at, key: line.source.clone(), part: 0 });
        Draft { fields: self.draft().clone(), lines: lines.collect() }
    }

    /// What a flow took over.
    ///
    /// # Errors
    /// A state file that cannot be read.
    pub(super) fn of(reading: &Reading<'_>, flow: &FlowRow) -> Result<Vec<Self>, StoreError> {
        let body = flow.bodies.get("parcels").map_or(Ok(None), |digest| reading.body(digest))?;
        Ok(body.and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default())
    }
}

/// An accounting approver's consent to an export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Approval {
    /// Which export, in which version.
    pub(super) export: String,
    /// Who accepted it.
    pub(super) approver: String,
    /// What they filled in.
    pub(super) asked: Record,
}

/// A line with an id at the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ParcelLine {
    /// The list.
    pub(super) field: String,
    /// Which member of the draft's list.
    pub(super) at: usize,
    /// The id at the source.
    pub(super) source: String,
    /// The key at the target, for a line that exists.
    pub(super) target: Option<String>,
}

/// What became of a parcel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Receipt {
    /// The target's id.
    pub(super) id: String,
    /// The target's business key.
    pub(super) key: String,
    /// The target's status after the write, where it has one.
    pub(super) status: Option<String>,
    /// Each line: list, source id, target key.
    pub(super) lines: Vec<(String, String, String)>,
    /// Why the target refused, if it did.
    pub(super) refused: Option<String>,
    /// Computed fields of the target that came out otherwise than the mapping expects.
    #[serde(default)]
    pub(super) unexpected: Vec<FieldChange>,
    /// How the record stands, as far as that is known without asking again.
    #[serde(skip)]
    pub(super) shown: Option<Record>,
    /// Something is there that was not found yet: the flow stays open, and the next run looks again.
    #[serde(default)]
    pub(super) left_open: bool,
    /// Fields that the target keeps otherwise than sent.
    pub(super) kept_otherwise: Vec<String>,
}
