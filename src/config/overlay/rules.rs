//! The rules of a mapping that is still a tree: which rows each carries and which field it fills.

use super::Which;
use crate::mapping::yaml::{Node, NodeKind};

/// A rule, by where it stands: its place among the rules of the mapping, then among those of a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rule {
    pub(super) path: Vec<usize>,
    pub(super) rows: Vec<String>,
    /// Dotted into lines: `Details.Task`.
    pub(super) to: Option<String>,
}

impl Rule {
    /// Whether it is one that is meant.
    pub(super) fn is(&self, which: &Which) -> bool {
        let carries = which.row.as_ref().is_none_or(|row| self.rows.contains(&row.text));
        carries && which.to.as_ref().is_none_or(|to| self.to.as_deref() == Some(to.text.as_str()))
    }

    /// Whether it stands in another one, or is that one.
    pub(super) fn is_in(&self, other: &Self) -> bool {
        self.path.starts_with(&other.path)
    }
}

/// Whether a tree is the mapping of this name.
pub(super) fn is_mapping(tree: &Node, name: &str) -> bool {
    matches!(tree.get("mapping").map(|node| &node.kind), Some(NodeKind::Text(text)) if text == name)
}

/// All rules of a mapping, those of lines behind the one that makes them.
pub(super) fn rules(mapping: &Node) -> Vec<Rule> {
    let mut found = Vec::new();
    gather(mapping, &[], None, &mut found);
    found
}

fn gather(above: &Node, path: &[usize], lines: Option<&str>, found: &mut Vec<Rule>) {
    for (at, rule) in above.get("fields").map_or(&[][..], Node::items).iter().enumerate() {
        let path = [path, &[at]].concat();
        let own = rule.get("to").and_then(Node::word).map(|word| word.text);
        let to = match (lines, own) {
            (Some(lines), Some(own)) => Some(format!("{lines}.{own}")),
            (_, own) => own,
        };
        found.push(Rule { path: path.clone(), rows: rule.get("row").map(row_ids).unwrap_or_default(), to: to.clone() });
        gather(rule, &path, to.as_deref(), found);
    }
}

fn row_ids(row: &Node) -> Vec<String> {
    let words = row.items().iter().chain(row.entries().iter().map(|(key, _)| key)).filter_map(Node::word);
    row.word().into_iter().chain(words).map(|word| word.text).collect()
}

/// The rule at a path.
pub(super) fn at<'n>(mapping: &'n Node, path: &[usize]) -> Option<&'n Node> {
    path.iter().try_fold(mapping, |above, step| above.get("fields")?.items().get(*step))
}

/// The rule at a path, to be changed.
pub(super) fn at_mut<'n>(mapping: &'n mut Node, path: &[usize]) -> Option<&'n mut Node> {
    path.iter().try_fold(mapping, |above, step| list_mut(above)?.get_mut(*step))
}

/// The rules right below a mapping or a rule, to be changed.
pub(super) fn list_mut(above: &mut Node) -> Option<&mut Vec<Node>> {
    match &mut above.get_mut("fields")?.kind {
        NodeKind::List(items) => Some(items),
        _ => None,
    }
}
