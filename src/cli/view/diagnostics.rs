//! Problems, for people and as JSON.

use serde::Serialize;

use super::to_json;
use crate::cli::exit::Stop;
use crate::cli::terminal::{Paint, count};
use crate::diagnostic::{Diagnostic, Place, Severity, render};

/// A problem as JSON: lines and columns from 1, columns in characters.
#[derive(Serialize)]
pub(super) struct Problem<'d> {
    code: &'d str,
    severity: &'static str,
    message: &'d str,
    #[serde(flatten)]
    place: Option<Where>,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'d str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related<'d>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Mending<'d>>,
}

/// Other words for a place.
#[derive(Serialize)]
struct Mending<'d> {
    #[serde(flatten)]
    place: Where,
    text: &'d str,
}

#[derive(Serialize)]
struct Where {
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Related<'d> {
    #[serde(flatten)]
    place: Where,
    label: &'d str,
}

impl<'d> From<&'d Diagnostic> for Problem<'d> {
    fn from(diagnostic: &'d Diagnostic) -> Self {
        Self {
            code: diagnostic.code,
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            message: &diagnostic.message,
            place: diagnostic.place.as_ref().map(spot),
            label: &diagnostic.label,
            related: diagnostic.related.iter().map(|(place, label)| Related { place: spot(place), label }).collect(),
            note: diagnostic.note.as_deref(),
            help: diagnostic.help.as_deref(),
            fix: diagnostic
                .place
                .as_ref()
                .zip(diagnostic.fix.as_ref())
                .map(|(place, fix)| Mending { place: spot(&Place::new(&place.source, fix.span.clone())), text: &fix.text }),
        }
    }
}

fn spot(place: &Place) -> Where {
    let (line, column) = place.source.line_column(place.span.start);
    let (end_line, end_column) = place.source.line_column(place.span.end);
    Where { file: place.source.path.display().to_string(), line, column, end_line, end_column }
}

/// All problems with their excerpts, and an empty line after them.
pub(super) fn drawn(problems: &[Diagnostic], paint: Paint) -> String {
    if problems.is_empty() { String::new() } else { format!("{}\n\n", render(problems, paint.colour)) }
}

/// `3 errors and 1 warning in 2 files`.
pub(super) fn tally(problems: &[Diagnostic]) -> String {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let warnings = problems.len() - errors;
    let mut files: Vec<_> = problems.iter().filter_map(|problem| problem.place.as_ref()).map(|place| &place.source.path).collect();
    files.sort();
    files.dedup();
    let found = match (errors, warnings) {
        (_, 0) => count(errors, "error"),
        (0, _) => count(warnings, "warning"),
        _ => format!("{} and {}", count(errors, "error"), count(warnings, "warning")),
    };
    if files.is_empty() { found } else { format!("{found} in {}", count(files.len(), "file")) }
}

/// Why a command stopped, for people.
pub(in crate::cli) fn stop_text(stop: &Stop, paint: Paint) -> String {
    match stop {
        Stop::Unsound(problems) => {
            format!("{}{}\n", drawn(problems, paint), paint.bold(&format!("found {}; nothing was done", tally(problems))))
        }
        Stop::Usage { message, help } => {
            let help = help.as_ref().map(|help| format!("{}: {help}\n", paint.bold("help"))).unwrap_or_default();
            format!("{}: {message}\n{help}", paint.red("error"))
        }
        Stop::Failed(failure) => format!("{}: {failure}\n", paint.red("error")),
    }
}

/// Why a command stopped, for programs.
pub(in crate::cli) fn stop_json(stop: &Stop) -> String {
    #[derive(Serialize)]
    struct Stopped<'d> {
        error: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        help: Option<&'d str>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        problems: Vec<Problem<'d>>,
    }
    let stopped = match stop {
        Stop::Unsound(problems) => {
            Stopped { error: format!("found {}", tally(problems)), help: None, problems: problems.iter().map(Problem::from).collect() }
        }
        Stop::Usage { message, help } => Stopped { error: message.clone(), help: help.as_deref(), problems: Vec::new() },
        Stop::Failed(failure) => Stopped { error: failure.to_string(), help: None, problems: Vec::new() },
    };
    to_json(&stopped)
}
