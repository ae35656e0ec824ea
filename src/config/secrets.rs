//! References to secrets in the settings file, and whether there is something behind each.

use std::path::Path;

use super::beside::beside;
use super::mask::is_secret;
use crate::diagnostic::Diagnostic;
use crate::mapping::Word;
use crate::mapping::yaml::{Node, NodeKind};

/// The references of a block, at any depth.
pub(super) fn references(node: &Node, into: &mut Vec<Word>) {
    let NodeKind::Map(entries) = &node.kind else { return };
    for (key, value) in entries {
        references(value, into);
        if key.word().is_some_and(|key| is_secret(&key.text)) {
            into.extend(value.word());
        }
    }
}

/// References with nothing behind them. The secrets themselves are not kept.
pub(super) fn missing(references: &[Word], folder: &Path) -> Vec<Diagnostic> {
    references.iter().filter_map(|word| fault(word, folder)).collect()
}

fn fault(word: &Word, folder: &Path) -> Option<Diagnostic> {
    let (what, help) = if let Some(name) = word.text.strip_prefix("env:") {
        match std::env::var_os(name) {
            None => (format!("the environment variable `{name}` is not set"), format!("set it: `export {name}=…`")),
            Some(text) if text.is_empty() => (format!("the environment variable `{name}` is empty"), format!("set it: `export {name}=…`")),
            Some(_) => return None,
        }
    } else {
        let path = beside(folder, word.text.strip_prefix("file:")?);
        let help = "put the secret into this file, readable by you only".to_owned();
        match std::fs::metadata(&path) {
            Err(problem) => (format!("the file `{}` cannot be read ({})", path.display(), problem.kind()), help),
            Ok(file) if file.len() == 0 => (format!("the file `{}` is empty", path.display()), help),
            Ok(_) => return None,
        }
    };
    Some(Diagnostic::error("no-secret", &word.place, what).label("no secret there").help(help))
}
