//! Snapshots in insta's file format: what each case makes, kept beside the mappings, so that a change shows what it does.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::read::Case;
use super::run::{Outcome, run};
use crate::evaluate::Reason;
use crate::plan::Plan;
use crate::value::Value;

/// The folder of snapshots: one `.snap` per case, and a `.snap.new` beside it while a difference waits for review.
#[derive(Clone, Debug)]
pub struct Snapshots {
    folder: PathBuf,
}

/// How an outcome stands to its snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// The same as the accepted one.
    Same,
    /// Another than the accepted one; a `.snap.new` waits for review.
    Changed,
    /// There is no accepted one; a `.snap.new` waits for review.
    New,
}

/// A difference that waits for review.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The accepted file.
    pub accepted: PathBuf,
    /// The file that waits.
    pub waiting: PathBuf,
    /// The accepted body; empty when there is none.
    pub old: String,
    /// The body that waits.
    pub new: String,
}

impl Snapshots {
    /// The snapshots beside a folder of mappings.
    pub fn beside(mappings: &Path) -> Self {
        Self { folder: mappings.join("snapshots") }
    }

    /// Holds an outcome against its snapshot, and leaves a `.snap.new` when they differ.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub fn hold(&self, mapping: &str, case: &Case, outcome: &Outcome) -> io::Result<Stored> {
        let accepted = self.folder.join(format!("{mapping}__{}.snap", slug(&case.name)));
        let waiting = accepted.with_extension("snap.new");
        let body = body(outcome);
        let old = match fs::read_to_string(&accepted) {
            Ok(text) => Some(text),
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => None,
            Err(problem) => return Err(problem),
        };
        if old.as_deref().map(content) == Some(body.as_str()) {
            if waiting.exists() {
                fs::remove_file(&waiting)?;
            }
            return Ok(Stored::Same);
        }
        fs::create_dir_all(&self.folder)?;
        let header = format!("---\nsource: mappings/{mapping}.cases.yaml\nexpression: {}\n---\n", Value::text(case.name.as_str()));
        fs::write(&waiting, format!("{header}{body}\n"))?;
        Ok(if old.is_some() { Stored::Changed } else { Stored::New })
    }

    /// Every difference that waits for review, by name.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn pending(&self) -> io::Result<Vec<Pending>> {
        let mut pending = Vec::new();
        if !self.folder.exists() {
            return Ok(pending);
        }
        for entry in fs::read_dir(&self.folder)? {
            let waiting = entry?.path();
            let Some(name) = waiting.to_str().and_then(|path| path.strip_suffix(".new")) else { continue };
            let accepted = PathBuf::from(name);
            let old = fs::read_to_string(&accepted).map(|text| content(&text).to_owned()).unwrap_or_default();
            let new = content(&fs::read_to_string(&waiting)?).to_owned();
            pending.push(Pending { accepted, waiting, old, new });
        }
        pending.sort_by(|one, two| one.accepted.cmp(&two.accepted));
        Ok(pending)
    }
}

impl Pending {
    /// Makes the waiting snapshot the accepted one.
    ///
    /// # Errors
    /// When the file cannot be moved.
    pub fn accept(&self) -> io::Result<()> {
        fs::rename(&self.waiting, &self.accepted)
    }

    /// Drops the waiting snapshot.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn reject(&self) -> io::Result<()> {
        fs::remove_file(&self.waiting)
    }
}

/// What a case makes, as its snapshot has it. `settings` are those that it starts from.
pub fn outcome_text(plan: &Plan, case: &Case, settings: &Value) -> String {
    body(&run(plan, case, settings).0)
}

fn body(outcome: &Outcome) -> String {
    match outcome {
        Outcome::NotOffered => "not offered".to_owned(),
        Outcome::Refused(refusal) => {
            // Where the rule stands is left out: a comment above it would change the snapshot.
            let bare = refusal.reasons.iter().map(|reason| Reason { place: None, ..reason.clone() });
            let reasons: Vec<String> = bare.map(|reason| format!("refused: {reason}")).collect();
            reasons.join("\n")
        }
        Outcome::Drafts(drafts) => {
            let texts: Vec<String> = drafts.iter().map(|draft| pretty(&Value::Record(draft.fields.clone()), 0)).collect();
            texts.join("\n\n")
        }
    }
}

/// One field a line, as a reviewer reads it.
fn pretty(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    match value {
        Value::Record(record) => {
            let fields = record.iter().map(|(name, value)| match value {
                Value::Record(inner) if !inner.is_empty() => format!("{indent}{name}:\n{}", pretty(value, depth + 1)),
                Value::List(items) if !items.is_empty() => format!("{indent}{name}:\n{}", pretty(value, depth + 1)),
                _ => format!("{indent}{name}: {value}"),
            });
            fields.collect::<Vec<_>>().join("\n")
        }
        Value::List(items) => {
            let items = items.iter().map(|item| format!("{indent}-\n{}", pretty(item, depth + 1)));
            items.collect::<Vec<_>>().join("\n")
        }
        other => format!("{indent}{other}"),
    }
}

/// The body of a snapshot file, without its header.
fn content(text: &str) -> &str {
    let rest = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(text, |(_, body)| body);
    rest.trim_end_matches('\n')
}

fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.to_lowercase().chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.ends_with('_') && !slug.is_empty() {
            slug.push('_');
        }
    }
    slug.trim_end_matches('_').to_owned()
}
