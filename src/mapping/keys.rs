//! Reads YAML nodes into types: every key asked for by name, every problem gathered, unknown keys refused.

use super::literal::{Labels, Literal, Named, OneOrMany, RowUse, Rows};
use super::word::Word;
use super::yaml::{Node, NodeKind};
use crate::diagnostic::Diagnostic;

/// Something that can stand in a mapping file.
pub(crate) trait FromNode: Sized {
    /// Reads it; what does not fit goes into `problems`, and `None` says that nothing useful was found.
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self>;
}

/// The keys of one YAML mapping while it is read.
pub(crate) struct Keys<'a> {
    node: &'a Node,
    entries: &'a [(Node, Node)],
    what: &'static str,
    known: Vec<&'static str>,
}

impl<'a> Keys<'a> {
    /// Opens a mapping; `what` names it in messages: `a field`.
    pub(crate) fn open(node: &'a Node, what: &'static str, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let NodeKind::Map(entries) = &node.kind else {
            problems.push(wrong_kind(node, &format!("{what} (keys and values)")));
            return None;
        };
        Some(Self { node, entries, what, known: Vec::new() })
    }

    /// The value under a key, if it stands there.
    pub(crate) fn optional<T: FromNode>(&mut self, key: &'static str, problems: &mut Vec<Diagnostic>) -> Option<T> {
        self.known.push(key);
        let node = self.node.get(key)?;
        T::from_node(node, problems)
    }

    /// A key that may stand there, and is read otherwise.
    pub(crate) fn pass(&mut self, key: &'static str) {
        self.known.push(key);
    }

    /// The values of a list under a key; no key is an empty list.
    pub(crate) fn list<T: FromNode>(&mut self, key: &'static str, problems: &mut Vec<Diagnostic>) -> Vec<T> {
        self.optional::<Vec<T>>(key, problems).unwrap_or_default()
    }

    /// The value under a key that must be there.
    pub(crate) fn required<T: FromNode>(&mut self, key: &'static str, problems: &mut Vec<Diagnostic>) -> Option<T> {
        if self.node.get(key).is_none() {
            self.known.push(key);
            let diagnostic = Diagnostic::error("missing-key", &self.node.place, format!("{} needs the key `{key}`", self.what));
            problems.push(diagnostic.label(format!("no `{key}` here")));
            return None;
        }
        self.optional(key, problems)
    }

    /// Complains about every key that nobody asked for.
    pub(crate) fn close(self, problems: &mut Vec<Diagnostic>) {
        for (key, _) in self.entries {
            let Some(word) = key.word() else {
                problems.push(wrong_kind(key, "a key"));
                continue;
            };
            if !self.known.contains(&word.text.as_str()) {
                let message = format!("`{word}` is not a key of {}", self.what);
                problems.push(
                    Diagnostic::error("unknown-key", &word.place, message)
                        .label("no such key")
                        .meant(&word.text, self.known.iter().copied()),
                );
            }
        }
    }
}

/// "expected X, found Y".
pub(crate) fn wrong_kind(node: &Node, expected: &str) -> Diagnostic {
    let message = format!("expected {expected}, found {}", node.kind_word());
    Diagnostic::error("wrong-kind", &node.place, message).label(format!("this is {}", node.kind_word()))
}

impl FromNode for Word {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let word = node.word();
        if word.is_none() {
            problems.push(wrong_kind(node, "text"));
        }
        word
    }
}

impl FromNode for Literal {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        if matches!(node.kind, NodeKind::List(_) | NodeKind::Map(_)) {
            problems.push(wrong_kind(node, "a constant (text, number, true, false or null)"));
            return None;
        }
        Some(Self { value: node.to_value(), place: node.place.clone() })
    }
}

impl<T: FromNode> FromNode for Vec<T> {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let NodeKind::List(items) = &node.kind else {
            let help = node.word().map(|word| format!("write `[{word}]`"));
            problems.push(wrong_kind(node, "a list").maybe_help(help));
            return None;
        };
        Some(items.iter().filter_map(|item| T::from_node(item, problems)).collect())
    }
}

impl<T: FromNode> FromNode for Named<T> {
    /// Never read on its own: see [`named`].
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        problems.push(wrong_kind(node, "a mapping"));
        None
    }
}

/// A mapping whose keys the author chooses, in the author's order.
pub(crate) struct NamedMap<T>(pub(crate) Vec<Named<T>>);

impl<T: FromNode> FromNode for NamedMap<T> {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let NodeKind::Map(entries) = &node.kind else {
            problems.push(wrong_kind(node, "a mapping (names and what they stand for)"));
            return None;
        };
        let named = entries.iter().filter_map(|(key, value)| {
            let name = Word::from_node(key, problems)?;
            Some(Named { name, it: T::from_node(value, problems)? })
        });
        Some(Self(named.collect()))
    }
}

impl FromNode for OneOrMany {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.kind {
            NodeKind::List(_) => Vec::from_node(node, problems).map(Self),
            _ => Word::from_node(node, problems).map(|word| Self(vec![word])),
        }
    }
}

impl FromNode for Rows {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let NodeKind::Map(entries) = &node.kind else {
            let ids = OneOrMany::from_node(node, problems)?;
            return Some(Self(ids.0.into_iter().map(|id| RowUse { id, labels: None }).collect()));
        };
        let rows = entries.iter().filter_map(|(key, value)| {
            let id = Word::from_node(key, problems)?;
            Some(RowUse { id, labels: Some(Labels::from_node(value, problems)?) })
        });
        Some(Self(rows.collect()))
    }
}

impl FromNode for Labels {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let NodeKind::List(items) = &node.kind else {
            problems.push(wrong_kind(node, "the two labels of a row, `[Procore, Acumatica]`"));
            return None;
        };
        let [procore, acumatica] = items.as_slice() else {
            let message = format!("a row has two labels, `[Procore, Acumatica]`, and this has {}", items.len());
            problems.push(Diagnostic::error("row-labels", &node.place, message));
            return None;
        };
        let mut side = |node: &Node| match node.kind {
            NodeKind::Null => Some(Vec::new()),
            _ => OneOrMany::from_node(node, problems).map(|labels| labels.0),
        };
        Some(Self { procore: side(procore)?, acumatica: side(acumatica)? })
    }
}
