//! How a command ends.

use std::io;
use std::path::Path;

use crate::config::Lacking;
use crate::diagnostic::Diagnostic;
use crate::sync::Failure;

/// How a command ended, as a number that scripts can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done.
    Done,
    /// Something is held, refused or changed, and somebody should look.
    Look,
    /// The command was not understood, or names something that is not there.
    Usage,
    /// Mappings or settings are unsound; nothing was sent.
    Unsound,
    /// A system is out of reach, or did not do its part.
    Unreachable,
    /// Our own mistake.
    Ours,
}

impl Exit {
    /// The process's exit code.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Look => 1,
            Self::Usage => 2,
            Self::Unsound => 3,
            Self::Unreachable => 4,
            Self::Ours => 5,
        }
    }
}

/// Why a command stopped without a result.
#[derive(Debug)]
pub(super) enum Stop {
    /// What the authors wrote is unsound.
    Unsound(Vec<Diagnostic>),
    /// The operator named something that is not there, or cannot be used.
    Usage {
        /// What is wrong.
        message: String,
        /// The remedy.
        help: Option<String>,
    },
    /// The run ended early.
    Failed(Failure),
}

impl Stop {
    /// A wrong request, with its remedy.
    pub(super) fn usage(message: impl Into<String>, help: Option<String>) -> Self {
        Self::Usage { message: message.into(), help }
    }

    /// A file that could not be read or written.
    pub(super) fn file(path: &Path, doing: &str, problem: &io::Error) -> Self {
        Self::usage(format!("{} cannot be {doing}: {problem}", path.display()), None)
    }

    /// How the process ends.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Unsound(_) => Exit::Unsound,
            Self::Usage { .. } | Self::Failed(Failure::Asked(_) | Failure::Store(_)) => Exit::Usage,
            Self::Failed(Failure::System(_)) => Exit::Unreachable,
            Self::Failed(Failure::MovedOn(_)) => Exit::Look,
        }
    }
}

impl From<Vec<Diagnostic>> for Stop {
    fn from(problems: Vec<Diagnostic>) -> Self {
        Self::Unsound(problems)
    }
}

impl From<Lacking> for Stop {
    fn from(lacking: Lacking) -> Self {
        Self::usage(lacking.message, Some(lacking.help))
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
