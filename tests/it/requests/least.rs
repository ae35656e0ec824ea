//! The least number of requests that could do what a run did, kind by kind.
//!
//! Lists: one for each source list and project that has to be looked at, a page each. Documents: one write each, one for each action and
//! one look at its end, one look at how 25 of them stand, one bulk call for a thousand rows of a project. Lines that no list brings: one
//! call for each record.

use std::collections::{BTreeMap, BTreeSet};

/// Requests of each kind, and how many of them could do.
#[derive(Default)]
pub(super) struct Least {
    kinds: BTreeMap<String, (usize, usize)>,
}

impl Least {
    /// Of these requests, as they were told.
    pub(super) fn of(told: &[String]) -> Self {
        let mut least = Self::default();
        let mut met: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for request in told {
            let (kind, address) = kind_of(request);
            let seen = met.entry(kind.clone()).or_default();
            let new = seen.insert(address);
            let (made, needed) = least.kinds.entry(kind).or_default();
            *made += 1;
            *needed += usize::from(new);
        }
        least
    }

    pub(super) fn total(&self) -> usize {
        self.kinds.values().map(|(_, least)| least).sum()
    }

    pub(super) fn table(&self, _told: &[String]) -> String {
        self.kinds.iter().map(|(kind, (made, least))| format!("{made:>6} {least:>6}  {kind}\n")).collect()
    }
}

/// What kind a request is of, and what tells it from another that is needed as well.
fn kind_of(request: &str) -> (String, String) {
    let (path, query) = request.split_once('?').unwrap_or((request, ""));
    let bare: Vec<&str> = path.split('/').map(|part| if is_id(part) { "*" } else { part }).collect();
    (bare.join("/"), format!("{path}?{query}"))
}

fn is_id(part: &str) -> bool {
    part.len() > 8 && part.bytes().filter(u8::is_ascii_digit).count() > 4
}
