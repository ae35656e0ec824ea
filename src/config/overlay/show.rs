//! What overlays make of the files below them, to be looked at: each line with the place that it comes from.

use std::path::PathBuf;

use super::Overlay;
use super::print::{Origins, printed};
use super::rules::is_mapping;
use super::stack::Laid;
use crate::mapping::yaml::{Node, NodeKind};

/// The files as they are with overlays laid over them.
#[derive(Debug)]
pub struct Merged {
    /// The overlays, from the lowest to the highest.
    pub overlays: Vec<Overlay>,
    laid: Laid,
}

/// Keys of an overlay that say what the instance has otherwise.
const INSTANCE: [&str; 6] = ["endpoint", "endpoints", "resources", "settings", "enable", "disable"];

impl Merged {
    pub(in crate::config) fn new(overlays: Vec<Overlay>, laid: Laid) -> Self {
        Self { overlays, laid }
    }

    /// The mappings that an overlay brings or changes, by name.
    pub fn changed(&self) -> Vec<&str> {
        let names = self.laid.mappings.iter().filter_map(|(source, node)| {
            let brought = self.overlays.iter().any(|overlay| overlay.files.contains(source));
            let name = &node.get("mapping").filter(|_| brought || self.is_changed(node))?.kind;
            if let NodeKind::Text(name) = name { Some(name.as_str()) } else { None }
        });
        names.collect()
    }

    fn is_changed(&self, mapping: &Node) -> bool {
        let changes = self.overlays.iter().flat_map(|overlay| &overlay.mappings);
        changes.into_iter().any(|changes| is_mapping(mapping, &changes.name.text))
    }

    /// A mapping, line by line with origins; none where there is no such mapping.
    pub fn mapping(&self, name: &str) -> Option<String> {
        let (_, node) = self.laid.mappings.iter().find(|(_, node)| is_mapping(node, name))?;
        Some(printed(node, Origins::Shown))
    }

    /// The names of all mappings.
    pub fn names(&self) -> impl Iterator<Item = String> + Clone {
        self.laid.mappings.iter().filter_map(|(_, node)| Some(node.get("mapping")?.word()?.text))
    }

    /// What the instance has otherwise, of all overlays together, line by line with origins.
    pub fn instance(&self) -> String {
        let parts = self.overlays.iter().map(|overlay| {
            let mut node = overlay.node.clone();
            if let NodeKind::Map(entries) = &mut node.kind {
                entries.retain(|(key, _)| key.word().is_some_and(|word| INSTANCE.contains(&word.text.as_str())));
            }
            node
        });
        parts.reduce(over).filter(|node| !node.entries().is_empty()).map(|node| printed(&node, Origins::Shown)).unwrap_or_default()
    }

    /// The text that `matched.yaml` of each overlay has to have, and where it belongs.
    pub fn matched(&self) -> Vec<(PathBuf, &str)> {
        let files = self.overlays.iter().map(|overlay| overlay.source.path.with_file_name(super::MATCHED_FILE));
        files.zip(self.laid.matched.iter().map(String::as_str)).collect()
    }
}

/// One tree over another: what both name is that of the upper one, lists follow one another.
fn over(mut lower: Node, upper: Node) -> Node {
    match (&mut lower.kind, upper.kind) {
        (NodeKind::Map(_), NodeKind::Map(entries)) => {
            for (key, value) in entries {
                let known = key.word().and_then(|word| lower.take(&word.text));
                let merged = match known {
                    Some(known) => over(known, value),
                    None => value,
                };
                lower.put(&key, merged);
            }
            lower
        }
        (NodeKind::List(items), NodeKind::List(more)) => {
            items.extend(more);
            lower
        }
        (_, kind) => Node { kind, place: upper.place },
    }
}
