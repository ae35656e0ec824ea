//! What a comparison found, and how our fields are walked.

use std::collections::BTreeMap;

use crosswalk::schema::{Field, Shape};

/// What was compared, and what did not fit.
#[derive(Default)]
pub(super) struct Report {
    /// Calls compared.
    pub(super) paths: usize,
    /// Fields compared.
    pub(super) fields: usize,
    /// Where, and what: places repeat when several things are wrong there.
    pub(super) problems: Vec<(String, String)>,
    /// Query parameters by path, kept for the checks of filters.
    pub(super) parameters: BTreeMap<String, Vec<String>>,
}

impl Report {
    /// Notes a problem unless all is well.
    pub(super) fn expect(&mut self, well: bool, problem: impl FnOnce() -> (String, String)) {
        if !well {
            self.problems.push(problem());
        }
    }

    /// Keeps the query parameters of a path.
    pub(super) fn remember(&mut self, path: &str, parameters: Vec<String>) {
        self.parameters.insert(path.to_owned(), parameters);
    }

    /// The query parameters of a path seen before.
    pub(super) fn parameters(&self, path: &str) -> Option<Vec<String>> {
        self.parameters.get(path).cloned()
    }

    /// Takes away what the exceptions allow; an exception that allows nothing is a problem itself.
    pub(super) fn settle(mut self, exceptions: &[(&str, &str)]) -> Self {
        for (place, reason) in exceptions {
            assert!(!reason.is_empty(), "the exception for `{place}` gives no reason");
            let before = self.problems.len();
            self.problems.retain(|(at, _)| at != place);
            if self.problems.len() == before {
                self.problems.push(((*place).to_owned(), "the exception is no longer needed".to_owned()));
            }
        }
        self
    }
}

/// Calls `seen` with path, field, and whether the field or a record above it is read-only.
pub(super) fn walk(shape: &Shape, seen: &mut impl FnMut(&str, &Field, bool)) {
    step(shape, "", false, seen);
}

/// As [`walk`], without records and lists of lines.
pub(super) fn leaves(shape: &Shape, seen: &mut impl FnMut(&str, &Field, bool)) {
    walk(shape, &mut |path, field, read_only| {
        if field.shape.is_none() {
            seen(path, field, read_only);
        }
    });
}

fn step(shape: &Shape, above: &str, locked: bool, seen: &mut impl FnMut(&str, &Field, bool)) {
    for field in &shape.fields {
        let path = if above.is_empty() { field.name.clone() } else { format!("{above}.{}", field.name) };
        let read_only = locked || field.read_only;
        seen(&path, field, read_only);
        if let Some(inner) = &field.shape {
            step(inner, &path, read_only, seen);
        }
    }
}
