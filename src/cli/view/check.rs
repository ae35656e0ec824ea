//! What `check` found.

use serde::Serialize;

use super::diagnostics::{Problem, drawn, tally};
use super::{View, to_json};
use crate::cli::terminal::{Paint, count};
use crate::config::{Checked, Counts};
use crate::diagnostic::any_error;

/// What a check found.
pub(in crate::cli) struct Findings(pub(in crate::cli) Checked);

/// Says that no folder is used, so that nobody edits one in vain.
pub(in crate::cli) fn shipped_line(shipped: &[&str]) -> String {
    let what = match shipped {
        [] => return String::new(),
        [one] => (*one).to_owned(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    };
    format!("with the shipped {what}, for there is no folder of them here; `crosswalk init` copies them\n")
}

impl View for Findings {
    fn human(&self, paint: Paint) -> String {
        let Checked { problems, counts, shipped } = &self.0;
        let shipped = shipped_line(shipped);
        if problems.is_empty() {
            let Counts { mappings, schemas, cases, profiles } = counts.unwrap_or_default();
            let what = [count(mappings, "mapping"), count(schemas, "schema"), count(cases, "case")].join(", ");
            let what = format!("{what} and {}", count(profiles, "profile"));
            return format!("{}: {what}\n{shipped}", paint.green("sound"));
        }
        let found = format!("found {}", tally(problems));
        format!("{}\n{shipped}", if any_error(problems) { paint.red(&found) } else { found })
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
            shipped: &'d [&'static str],
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
            shipped: &self.0.shipped,
            problems,
        })
    }
}
