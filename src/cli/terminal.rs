//! Colours, where a person looks and wants them.

use std::io::IsTerminal;

/// Paints words, or leaves them plain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    /// Whether colours are used.
    pub(super) colour: bool,
}

impl Paint {
    /// For standard output.
    pub(super) fn output() -> Self {
        Self { colour: std::io::stdout().is_terminal() && wanted() }
    }

    /// For standard error.
    pub(super) fn errors() -> Self {
        Self { colour: std::io::stderr().is_terminal() && wanted() }
    }

    /// Something good.
    pub(super) fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    /// Something bad.
    pub(super) fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    /// Something that matters.
    pub(super) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    /// Something beside the point.
    pub(super) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// `NO_COLOR` (no-color.org) and a terminal that cannot are respected.
fn wanted() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether a person sits at both ends.
pub(super) fn somebody_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// `1 mapping`, `2 mappings`.
pub(super) fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
