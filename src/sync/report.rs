//! What a run tells: while it goes on, and when it is done.

use std::collections::BTreeMap;

use serde::Serialize;

use super::change_set::StagedChange;
use crate::connector::Requests;
use crate::evaluate::FieldChange;

/// What a run did, or (for a plan) would do.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Requests that the run took, and how many each system would still take.
    pub requests: SystemRequests,
    /// The profile under which it ran; empty where nobody chose among profiles.
    pub profile: String,
    /// Mapping by mapping, in the order of the run.
    pub mappings: Vec<MappingReport>,
}

/// Requests to both systems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SystemRequests {
    /// To Procore.
    pub procore: Requests,
    /// To Acumatica.
    pub acumatica: Requests,
}

/// What became of one mapping's records.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MappingReport {
    /// The mapping.
    pub mapping: String,
    /// What people call it.
    pub title: String,
    /// `export` or `import`.
    pub direction: String,
    /// How many of what.
    pub counts: Counts,
    /// Changes that a plan would make, or that wait for consent.
    pub changes: Vec<StagedChange>,
    /// Records that cannot go, with the reasons.
    pub held: Vec<HeldRecord>,
    /// Where the target computes something else than the mapping expects.
    pub mismatches: Vec<Mismatch>,
    /// What the target keeps otherwise than it was sent.
    pub notes: Vec<String>,
    /// Changes that are possible and that the plan which was applied does not hold: it has made them possible, or they came since.
    #[serde(skip_serializing_if = "is_none")]
    pub beyond: u64,
    /// Why the mapping did not run, if it did not.
    pub skipped: Option<String>,
}

/// How many records came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Read from the source.
    pub read: u64,
    /// Offered by the mapping's `when`.
    pub offered: u64,
    /// New at the target.
    pub created: u64,
    /// Changed at the target.
    pub updated: u64,
    /// Found at the target, linked, and left as they were.
    pub adopted: u64,
    /// As they should be.
    pub unchanged: u64,
    /// Held.
    pub held: u64,
    /// Staged, without consent.
    pub waiting: u64,
    /// Rejected, retrieved or unlinked: not sent until somebody resends it.
    #[serde(skip_serializing_if = "is_none")]
    pub set_aside: u64,
}

/// A record that cannot go.
#[derive(Clone, Debug, Serialize)]
pub struct HeldRecord {
    /// The source's id.
    pub source_id: String,
    /// The source's business key.
    pub source_key: String,
    /// Every reason.
    pub reasons: Vec<String>,
}

/// A computed field of the target that is not what the mapping expects.
#[derive(Clone, Debug, Serialize)]
pub struct Mismatch {
    /// The source's id.
    pub source_id: String,
    /// What differs: `old` is what the target shows, `new` what the mapping expects.
    pub fields: Vec<FieldChange>,
}

/// What happens, while it happens.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// A mapping begins.
    Begun {
        /// Its name.
        mapping: &'a str,
        /// What people call it.
        title: &'a str,
    },
    /// Records were read or dealt with.
    Moved {
        /// The mapping.
        mapping: &'a str,
        /// What became of the records so far.
        counts: &'a Counts,
        /// How many records of the list are read, and sent where they have to be.
        done: u64,
        /// How many records the list has, where the system says so.
        total: Option<u64>,
        /// Requests so far.
        requests: SystemRequests,
    },
    /// The next of a mapping's projects begins.
    Scope {
        /// The mapping.
        mapping: &'a str,
        /// How many are done.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// A mapping is done.
    Done {
        /// What became of it.
        report: &'a MappingReport,
    },
}

/// Somebody who watches a run.
pub trait Watch: Send + Sync {
    /// Something happened.
    fn see(&self, event: &Event<'_>);
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silence;

impl Watch for Silence {
    fn see(&self, _event: &Event<'_>) {}
}

impl Report {
    /// Changes that are planned or wait.
    pub fn changes(&self) -> impl Iterator<Item = &StagedChange> {
        self.mappings.iter().flat_map(|mapping| &mapping.changes)
    }

    /// Whether anything is held, waits, or differs from what was expected.
    pub fn is_incomplete(&self) -> bool {
        self.mappings.iter().any(|mapping| mapping.counts.held > 0 || mapping.counts.waiting > 0 || !mapping.mismatches.is_empty())
    }

    /// Changes that are possible beyond the plan that was applied.
    pub fn beyond(&self) -> u64 {
        self.mappings.iter().map(|mapping| mapping.beyond).sum()
    }

    /// Whether nothing was written, nor would be.
    pub fn is_nothing(&self) -> bool {
        self.mappings.iter().all(|mapping| {
            let counts = &mapping.counts;
            counts.created + counts.updated + counts.adopted + counts.waiting == 0
        })
    }

    /// The sums over all mappings, by name, as the state file keeps them.
    pub fn sums(&self) -> BTreeMap<String, u64> {
        let mut sums = BTreeMap::new();
        for mapping in &self.mappings {
            for (name, count) in mapping.counts.named() {
                *sums.entry(name.to_owned()).or_default() += count;
            }
        }
        sums
    }
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

impl Counts {
    /// Every count with its name.
    pub fn named(&self) -> [(&'static str, u64); 9] {
        [
            ("read", self.read),
            ("offered", self.offered),
            ("created", self.created),
            ("updated", self.updated),
            ("adopted", self.adopted),
            ("unchanged", self.unchanged),
            ("held", self.held),
            ("waiting", self.waiting),
            ("set_aside", self.set_aside),
        ]
    }
}
