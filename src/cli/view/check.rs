//! What `check` found.

use serde::Serialize;

use super::diagnostics::{Problem, drawn, tally};
use super::{View, to_json};
use crate::cli::terminal::{Paint, count};
use crate::config::{Checked, Counts};
use crate::diagnostic::any_error;

/// What a check found.
pub(in crate::cli) struct Findings(pub(in crate::cli) Checked);

impl View for Findings {
    fn human(&self, paint: Paint) -> String {
        let Checked { problems, counts } = &self.0;
        if problems.is_empty() {
            let Counts { mappings, schemas, cases, profiles } = counts.unwrap_or_default();
            let what = [count(mappings, "mapping"), count(schemas, "schema"), count(cases, "case")].join(", ");
            let what = format!("{what} and {}", count(profiles, "profile"));
            return format!("{}: {what}\n", paint.green("sound"));
        }
        let found = format!("found {}", tally(problems));
        format!("{}\n", if any_error(problems) { paint.red(&found) } else { found })
    }

    fn aside(&self, paint: Paint) -> String {
        drawn(&self.0.problems, paint)
    }

    fn json(&self) -> String {
        #[derive(Serialize)]
        struct Check<'d> {
            sound: bool,
            mappings: Option<usize>,
            schemas: Option<usize>,
            cases: Option<usize>,
            profiles: Option<usize>,
            problems: Vec<Problem<'d>>,
        }
        let of = |number: fn(Counts) -> usize| self.0.counts.map(number);
        let problems: Vec<Problem<'_>> = self.0.problems.iter().map(Problem::from).collect();
        to_json(&Check {
            sound: !any_error(&self.0.problems),
            mappings: of(|counts| counts.mappings),
            schemas: of(|counts| counts.schemas),
            cases: of(|counts| counts.cases),
            profiles: of(|counts| counts.profiles),
            problems,
        })
    }
}
