//! How do we tell an author what is wrong, and where: a problem, its place, its remedy.

mod fix;
mod render;
mod suggest;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use fix::{Fix, fixed};
pub use render::render;
pub use suggest::{closest, did_you_mean, likeness};

/// A text that an author wrote, kept so that problems can show it.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Where it was read from, as the author would name it.
    pub path: PathBuf,
    /// Its whole text.
    pub text: String,
}

/// A byte range of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub source: Arc<Source>,
    /// Bytes from the start of its text.
    pub span: Range<usize>,
}

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The mapping can run; somebody should look.
    Warning,
    /// The mapping cannot run.
    Error,
}

/// A problem with what an author wrote: what, where, why, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable name of this kind of problem, such as `unknown-field`.
    pub code: &'static str,
    /// Whether it stops the run.
    pub severity: Severity,
    /// What is wrong: lower case, no full stop, values in backticks.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
    /// A few words under the caret.
    pub label: String,
    /// Where else to look: a place and a few words.
    pub related: Vec<(Place, String)>,
    /// The reason, when it is not plain.
    pub note: Option<String>,
    /// The remedy.
    pub help: Option<String>,
    /// What a program may write instead, where the remedy leaves no choice.
    pub fix: Option<Fix>,
}

impl Source {
    /// A source from a file's path and text.
    pub fn new(path: impl AsRef<Path>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { path: path.as_ref().to_owned(), text: text.into() })
    }

    /// Line and column (both from 1, columns in characters) of a byte.
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(byte)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

impl Place {
    /// A place in a source; a range outside the text is pulled back into it.
    pub fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        let end = source.text.ceil_char_boundary(span.end.min(source.text.len()));
        let start = source.text.floor_char_boundary(span.start.min(end));
        Self { source: Arc::clone(source), span: start..end }
    }

    /// `file:line:column`.
    pub fn line_text(&self) -> String {
        let (line, column) = self.source.line_column(self.span.start);
        format!("{}:{line}:{column}", self.source.path.display())
    }
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: &'static str, place: &Place, message: impl Into<String>) -> Self {
        Self::anywhere(code, message).at(place)
    }

    /// A warning at a place.
    pub fn warning(code: &'static str, place: &Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message) }
    }

    /// An error that belongs to no place in a text, such as a folder that is missing.
    pub fn anywhere(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            place: None,
            label: String::new(),
            related: Vec::new(),
            note: None,
            help: None,
            fix: None,
        }
    }

    /// With its place.
    #[must_use]
    pub fn at(mut self, place: &Place) -> Self {
        self.place = Some(place.clone());
        self
    }

    /// With a few words under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With a second place that matters.
    #[must_use]
    pub fn related(mut self, place: &Place, label: impl Into<String>) -> Self {
        self.related.push((place.clone(), label.into()));
        self
    }

    /// With the reason.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// With the remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With a remedy if there is one.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }
}

/// Whether any of them stops the run.
pub fn any_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
