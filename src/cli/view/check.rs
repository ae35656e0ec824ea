//! What `check` found.

use clap::ValueEnum;
use serde::Serialize;

use super::diagnostics::{Problem, drawn, tally};
use super::formats::{github, sarif};
use super::{View, to_json};
use crate::cli::terminal::{Paint, count};
use crate::config::{Checked, Counts, Mended};
use crate::diagnostic::any_error;

/// What a check found.
pub(in crate::cli) struct Findings {
    /// All of it.
    pub(in crate::cli) checked: Checked,
    /// The form in which it is told.
    pub(in crate::cli) form: Form,
    /// What was mended before.
    pub(in crate::cli) mended: Vec<Mended>,
}

/// What a code means.
pub(in crate::cli) struct Why {
    /// The code.
    pub(in crate::cli) code: String,
    /// Its page.
    pub(in crate::cli) page: &'static str,
}

impl View for Why {
    fn human(&self, _: Paint) -> String {
        self.page.to_owned()
    }

    fn json(&self) -> String {
        to_json(&serde_json::json!({"code": self.code, "page": self.page}))
    }
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// Annotations of GitHub Actions.
    Github,
    /// The Static Analysis Results Interchange Format.
    Sarif,
}

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
        let Self { checked: Checked { problems, counts, shipped, .. }, mended, .. } = self;
        match self.form {
            Form::Text => {}
            Form::Json => return format!("{}\n", self.json()),
            Form::Github => return github(problems),
            Form::Sarif => return format!("{}\n", sarif(problems)),
        }
        let shipped = shipped_line(shipped);
        let mended: String =
            mended.iter().map(|Mended { place, before, after }| format!("{place}: `{before}` is now `{after}`\n")).collect();
        if problems.is_empty() {
            let Counts { mappings, schemas, cases, profiles } = counts.unwrap_or_default();
            let what = [count(mappings, "mapping"), count(schemas, "schema"), count(cases, "case")].join(", ");
            let what = format!("{what} and {}", count(profiles, "profile"));
            return format!("{mended}{}: {what}\n{shipped}", paint.green("sound"));
        }
        let found = format!("found {}", tally(problems));
        format!("{mended}{}\n{shipped}", if any_error(problems) { paint.red(&found) } else { found })
    }

    fn aside(&self, paint: Paint) -> String {
        if self.form == Form::Text { drawn(&self.checked.problems, paint) } else { String::new() }
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
            #[serde(skip_serializing_if = "Vec::is_empty")]
            mended: Vec<[&'d str; 3]>,
            problems: Vec<Problem<'d>>,
        }
        let of = |number: fn(Counts) -> usize| self.checked.counts.map(number);
        let problems: Vec<Problem<'_>> = self.checked.problems.iter().map(Problem::from).collect();
        to_json(&Check {
            sound: !any_error(&self.checked.problems),
            mappings: of(|counts| counts.mappings),
            schemas: of(|counts| counts.schemas),
            cases: of(|counts| counts.cases),
            profiles: of(|counts| counts.profiles),
            shipped: &self.checked.shipped,
            mended: self.mended.iter().map(|mended| [&*mended.place, &*mended.before, &*mended.after]).collect(),
            problems,
        })
    }
}
