//! How the cases came out.

use serde::Serialize;

use super::{View, to_json};
use crate::cases::{Case, Coverage, Verdict};
use crate::cli::terminal::{Paint, count};
use crate::value::Value;

/// How all cases came out.
#[derive(Default, Serialize)]
pub(in crate::cli) struct Tests {
    /// Mapping by mapping.
    pub(in crate::cli) mappings: Vec<Tested>,
    /// Mappings with cases that the profile leaves off.
    pub(in crate::cli) off: Vec<String>,
    /// Mappings that an overlay changes and has no cases for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::cli) without: Vec<String>,
    /// What the cases of each mapping reach; empty where nobody asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::cli) coverage: Vec<(String, Coverage)>,
}

/// How the cases of one mapping came out.
#[derive(Default, Serialize)]
pub(in crate::cli) struct Tested {
    /// The mapping.
    pub(in crate::cli) mapping: String,
    /// Cases that came out as expected.
    pub(in crate::cli) passed: usize,
    /// Snapshots that differ from the accepted ones.
    pub(in crate::cli) changed: usize,
    /// Snapshots that nobody has accepted yet.
    pub(in crate::cli) new: usize,
    /// Cases that came out otherwise.
    pub(in crate::cli) failures: Vec<Failure>,
}

/// A case that came out otherwise.
#[derive(Serialize)]
pub(in crate::cli) struct Failure {
    case: String,
    place: String,
    differences: Vec<Difference>,
}

/// What differs: one field, or the whole outcome.
#[derive(Serialize)]
struct Difference {
    field: Option<String>,
    expected: Value,
    found: Value,
}

impl Failure {
    /// From a verdict that is not a pass.
    pub(in crate::cli) fn new(case: &Case, verdict: Verdict) -> Self {
        let differences = match verdict {
            Verdict::Passed => Vec::new(),
            Verdict::Differs(fields) => {
                fields.into_iter().map(|one| Difference { field: Some(one.field), expected: one.expected, found: one.found }).collect()
            }
            Verdict::Otherwise { expected, found } => vec![Difference { field: None, expected: expected.into(), found: found.into() }],
        };
        Self { case: case.name.clone(), place: case.place.line_text(), differences }
    }
}

impl Tests {
    /// Whether nobody has to look at anything.
    pub(in crate::cli) fn all_well(&self) -> bool {
        self.mappings.iter().all(|tested| tested.failures.is_empty() && tested.changed + tested.new == 0)
    }

    fn sum(&self, of: impl Fn(&Tested) -> usize) -> usize {
        self.mappings.iter().map(of).sum()
    }

    /// What no case reaches, and how much they reach in all.
    fn reached(&self) -> String {
        if self.coverage.is_empty() {
            return String::new();
        }
        let mut text = String::new();
        for (mapping, coverage) in &self.coverage {
            for row in coverage.rows_unreached() {
                text.push_str(&format!("{mapping}: no case gives row `{row}` a value\n"));
            }
            for branch in &coverage.unreached {
                text.push_str(&format!("{mapping}: no case runs `{}` of {}\n", branch.text, branch.of));
            }
        }
        let sum = |of: fn(&Coverage) -> usize| self.coverage.iter().map(|(_, coverage)| of(coverage)).sum::<usize>();
        let (rows, branches) = (sum(|coverage| coverage.rows.len()), sum(|coverage| coverage.branches));
        let reached = branches - sum(|coverage| coverage.unreached.len());
        text.push_str(&format!("coverage: {} of {rows} rows, {reached} of {branches} branches\n\n", sum(Coverage::rows_reached)));
        text
    }

    fn summary(&self, paint: Paint) -> String {
        let (passed, failed) = (self.sum(|tested| tested.passed), self.sum(|tested| tested.failures.len()));
        let (changed, new) = (self.sum(|tested| tested.changed), self.sum(|tested| tested.new));
        let mut text = match failed {
            0 => paint.green(&format!("{} passed", count(passed, "case"))),
            _ => format!("{passed} passed, {}", paint.red(&format!("{failed} failed"))),
        };
        if changed + new > 0 {
            let which = [(changed, "changed"), (new, "new")].into_iter().filter(|(number, _)| *number > 0);
            let which = which.map(|(number, word)| format!("{number} {word}")).collect::<Vec<_>>().join(" and ");
            let noun = if changed + new == 1 { "snapshot waits" } else { "snapshots wait" };
            text.push_str(&format!("; {which} {noun} for `crosswalk review`"));
        }
        text
    }
}

impl View for Tests {
    fn human(&self, paint: Paint) -> String {
        let mut text = String::new();
        let width = self.mappings.iter().map(|tested| tested.mapping.len()).max().unwrap_or_default();
        for tested in &self.mappings {
            let failed = match tested.failures.len() {
                0 => String::new(),
                failed => format!(", {}", paint.red(&format!("{failed} failed"))),
            };
            text.push_str(&format!("{:width$}  {:>3} passed{failed}\n", tested.mapping, tested.passed));
        }
        for tested in &self.mappings {
            for failure in &tested.failures {
                text.push_str(&format!(
                    "\n{} {}: {}\n  --> {}\n",
                    paint.red("failed"),
                    tested.mapping,
                    paint.bold(&failure.case),
                    failure.place
                ));
                for one in &failure.differences {
                    text.push_str(&one.line(paint));
                }
            }
        }
        let off = match self.off.as_slice() {
            [] => String::new(),
            names => format!("off in this profile, and not run: {}\n", names.join(", ")),
        };
        let without = match self.without.as_slice() {
            [] => String::new(),
            names => format!("changed by an overlay, which has no cases for them: {}\n", names.join(", ")),
        };
        format!("{text}\n{}{off}{without}{}\n", self.reached(), self.summary(paint))
    }

    fn json(&self) -> String {
        to_json(self)
    }
}

impl Difference {
    fn line(&self, paint: Paint) -> String {
        let shown = |value: &Value| match (&self.field, value) {
            (Some(_), Value::Null) => "nothing".to_owned(),
            (Some(_), value) => value.to_string(),
            (None, value) => value.plain(),
        };
        let field = self.field.as_ref().map(|field| format!("{field}: ")).unwrap_or_default();
        format!("  {field}expected {}, found {}\n", paint.green(&shown(&self.expected)), paint.red(&shown(&self.found)))
    }
}
