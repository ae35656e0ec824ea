//! One thing that was looked at: how it stands, and what to do about it.

use serde::Serialize;

use crate::connector::{ConnectorError, ErrorKind};

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// As it should be.
    Right,
    /// Missing, or not as it should be.
    Amiss,
    /// The interface does not show it: a person has to look.
    ByHand,
    /// The system could not be asked.
    OutOfReach,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What: `sign-in`, `Bill`.
    pub what: String,
    /// How it stands.
    pub standing: Standing,
    /// What was found.
    pub found: String,
    /// What to do, where anything is to be done.
    pub remedy: Option<String>,
}

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    /// As it should be.
    pub(super) fn right(&mut self, what: &str, found: impl Into<String>) {
        self.add(what, Standing::Right, found.into(), None);
    }

    /// Not as it should be, and what to do.
    pub(super) fn amiss(&mut self, what: &str, found: impl Into<String>, remedy: impl Into<String>) {
        self.add(what, Standing::Amiss, found.into(), Some(remedy.into()));
    }

    /// What the interface does not show, and where a person sees it.
    pub(super) fn by_hand(&mut self, what: &str, found: &str, place: &str) {
        self.add(what, Standing::ByHand, found.to_owned(), Some(format!("cannot be read here: check by hand {place}")));
    }

    /// What an answer of the system means for this.
    pub(super) fn met(&mut self, what: &str, error: &ConnectorError) {
        self.met_with(what, error, error.advice());
    }

    /// The same with a remedy that knows more.
    pub(super) fn met_with(&mut self, what: &str, error: &ConnectorError, remedy: impl Into<String>) {
        let unasked = error.is_temporary() || error.kind == ErrorKind::SignIn;
        let standing = if unasked { Standing::OutOfReach } else { Standing::Amiss };
        self.add(what, standing, format!("`{}`: {}", error.operation, error.message), Some(remedy.into()));
    }

    fn add(&mut self, what: &str, standing: Standing, found: String, remedy: Option<String>) {
        self.0.push(Finding { what: what.to_owned(), standing, found, remedy });
    }
}
