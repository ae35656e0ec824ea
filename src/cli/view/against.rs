//! What a change does to cases.

use serde::Serialize;

use super::review::{Seen, diff};
use super::{View, to_json};
use crate::cli::terminal::{Paint, count};

/// Mappings by what has become of them.
#[derive(Debug, Default, Serialize)]
pub(in crate::cli) struct Counted {
    /// They do something else.
    pub(in crate::cli) changed: Vec<String>,
    /// They are new.
    pub(in crate::cli) added: Vec<String>,
    /// They are gone.
    pub(in crate::cli) removed: Vec<String>,
    /// How many do the same.
    pub(in crate::cli) same: usize,
}

/// Cases of affected mappings, as they came out at both times.
#[derive(Serialize)]
pub(in crate::cli) struct Compared {
    /// The other time.
    pub(in crate::cli) against: String,
    /// What has become of the mappings.
    pub(in crate::cli) mappings: Counted,
    /// Cases that were run.
    pub(in crate::cli) cases: usize,
    /// Those that come out otherwise.
    pub(in crate::cli) differences: Vec<Seen>,
}

impl Counted {
    /// `changed: bills, vendors`, line by line.
    pub(in crate::cli) fn text(&self) -> String {
        let lines = [("changed", &self.changed), ("new", &self.added), ("gone", &self.removed)];
        let named = lines.into_iter().filter(|(_, names)| !names.is_empty()).map(|(word, names)| format!("{word}: {}\n", names.join(", ")));
        format!("{}{} the same\n", named.collect::<String>(), count(self.same, "mapping"))
    }
}

impl Compared {
    /// Whether nobody has to look at anything.
    pub(in crate::cli) fn is_same(&self) -> bool {
        self.differences.is_empty() && self.mappings.removed.is_empty()
    }
}

impl View for Compared {
    fn human(&self, paint: Paint) -> String {
        let differences: String = self.differences.iter().map(|seen| format!("{}\n", diff(seen, paint))).collect();
        let cases = count(self.cases, "case");
        let told = format!("{cases} of them run against {}, {} otherwise\n", self.against, self.differences.len());
        format!("{differences}{}{told}", self.mappings.text())
    }

    fn json(&self) -> String {
        to_json(self)
    }
}
