//! What the changes of an overlay matched when somebody last looked: `matched.yaml`, so that an upgrade of the base below it shows.

use std::sync::Arc;

use super::print::{Origins, printed};
use super::rules::{at, is_mapping, rules};
use super::{Edit, Overlay, Which};
use crate::diagnostic::{Diagnostic, Source};
use crate::mapping::Word;
use crate::mapping::yaml::{self, Node, NodeKind};
use crate::value::Value;

/// The file beside `overlay.yaml`.
pub const MATCHED_FILE: &str = "matched.yaml";

/// The text of each rule that a change matched, by mapping and change.
#[derive(Clone, Debug, Default)]
pub struct Matched {
    node: Option<Node>,
}

impl Matched {
    /// Reads the file, where there is one. What does not fit goes into `problems`.
    pub(super) fn read(source: Option<&Arc<Source>>, problems: &mut Vec<Diagnostic>) -> Self {
        let node = source.and_then(|source| yaml::parse(source).map_err(|problem| problems.push(problem)).ok());
        Self { node }
    }

    /// The rules that a change matched, as text.
    pub(super) fn text(&self, mapping: &str, change: &str) -> Option<&str> {
        match &self.node.as_ref()?.get(mapping)?.get(change)?.kind {
            NodeKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Tells of rules that are no longer what they were when the change was written.
    pub(super) fn moved(&self, mapping: (&Node, &Word), edits: &[Edit], problems: &mut Vec<Diagnostic>) {
        for which in edits.iter().filter_map(Edit::which) {
            let (Some(was), Some(now)) = (self.text(&mapping.1.text, &which.words()), met(mapping.0, which)) else { continue };
            if was.trim_end() != now.trim_end() {
                let message = format!("the rule that this changes is another than it was: `{}` of `{}`", which.words(), mapping.1);
                let problem = Diagnostic::warning("overlay-moved", &which.place, message).label("look at it again");
                let note = format!("it used to be\n{}\nand is now\n{}", was.trim_end(), now.trim_end());
                problems.push(problem.note(note).help("see whether the change still fits, then `crosswalk overlay pin`"));
            }
        }
    }
}

/// The rules that are meant, as text; none where there are none.
fn met(mapping: &Node, which: &Which) -> Option<String> {
    let texts: Vec<String> = rules(mapping)
        .iter()
        .filter(|rule| rule.is(which))
        .filter_map(|rule| at(mapping, &rule.path))
        .map(|rule| printed(rule, Origins::Hidden))
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// The text of `matched.yaml` for an overlay over these mappings, as they are below it.
pub(super) fn text(overlay: &Overlay, below: &[(Arc<Source>, Node)]) -> String {
    let mut text = format!(
        "# What the changes of overlay `{}` matched when somebody last looked, written by `crosswalk overlay pin`.\n",
        overlay.name
    );
    for named in &overlay.mappings {
        let Some((_, mapping)) = below.iter().find(|(_, node)| is_mapping(node, &named.name.text)) else { continue };
        let mut lines = Vec::new();
        for which in named.it.iter().filter_map(Edit::which) {
            let Some(rule) = met(mapping, which) else { continue };
            lines.push(format!("  {}: |\n", Value::text(which.words())));
            lines.extend(rule.lines().map(|line| format!("    {line}\n")));
        }
        if !lines.is_empty() {
            text.push_str(&format!("{}:\n{}", named.name, lines.concat()));
        }
    }
    text
}
