//! Each result twice: for people, and as JSON.

pub(super) mod against;
pub(super) mod check;
pub(super) mod contract;
pub(super) mod costs;
mod diagnostics;
pub(super) mod docs;
mod docs_html;
mod docs_markdown;
pub(super) mod doctor;
pub(super) mod drift;
pub(super) mod exports;
mod formats;
pub(super) mod init;
pub(super) mod progress;
pub(super) mod review;
pub(super) mod run;
pub(super) mod schema;
pub(super) mod table;
pub(super) mod test;

use serde::Serialize;

use super::exit::Exit;
use super::terminal::Paint;

pub(super) use diagnostics::{stop_json, stop_text};

/// A result that can be shown.
pub(super) trait View {
    /// For people; goes to standard output.
    fn human(&self, paint: Paint) -> String;

    /// What goes to standard error before it.
    fn aside(&self, _paint: Paint) -> String {
        String::new()
    }

    /// For programs.
    fn json(&self) -> String;
}

/// How a command ended, and what there is to see.
pub(super) struct Done {
    /// How the process ends.
    pub(super) exit: Exit,
    /// What is shown.
    pub(super) view: Box<dyn View>,
}

impl Done {
    /// A result.
    pub(super) fn new(exit: Exit, view: impl View + 'static) -> Self {
        Self { exit, view: Box::new(view) }
    }
}

/// A text that is the same for people and programs.
pub(super) struct Text(pub(super) String);

impl View for Text {
    fn human(&self, _paint: Paint) -> String {
        self.0.clone()
    }

    fn json(&self) -> String {
        self.0.trim_end().to_owned()
    }
}

/// A result with a text of its own for people.
pub(super) struct Shown<T> {
    /// For people.
    pub(super) text: String,
    /// For programs.
    pub(super) data: T,
}

impl<T: Serialize> View for Shown<T> {
    fn human(&self, _paint: Paint) -> String {
        self.text.clone()
    }

    fn json(&self) -> String {
        to_json(&self.data)
    }
}

/// JSON with line breaks, so that it can be read and compared.
fn to_json(result: &impl Serialize) -> String {
    serde_json::to_string_pretty(result).expect("results have text keys only")
}
