//! From YAML to an [`Overlay`]: structure only; whether it fits the base is found out when it is laid over.

use std::sync::Arc;

use super::{Act, Edit, Overlay, ResourceChange, Which};
use crate::diagnostic::{Diagnostic, Source};
use crate::mapping::Word;
use crate::mapping::keys::{FromNode, Keys, NamedMap, wrong_kind};
use crate::mapping::yaml::{self, Node, NodeKind};
use crate::schema::Endpoint;

/// The text of an `overlay.yaml`. What does not fit goes into `problems`.
pub(super) fn overlay(source: &Arc<Source>, problems: &mut Vec<Diagnostic>) -> Option<Overlay> {
    let node = yaml::parse(source).map_err(|problem| problems.push(problem)).ok()?;
    let mut keys = Keys::open(&node, "an overlay", problems)?;
    let name = keys.required("overlay", problems);
    let title = keys.required("title", problems);
    let on = keys.optional("on", problems);
    let endpoint = keys.optional("endpoint", problems);
    let endpoints = keys.optional::<NamedMap<Endpoint>>("endpoints", problems).map(|map| map.0).unwrap_or_default();
    let resources = keys.optional::<NamedMap<ResourceChange>>("resources", problems).map(|map| map.0).unwrap_or_default();
    let mappings = keys.optional::<NamedMap<Vec<Edit>>>("mappings", problems).map(|map| map.0).unwrap_or_default();
    let enable = keys.list("enable", problems);
    let disable = keys.list("disable", problems);
    let settings = keys.optional::<Whole>("settings", problems).map(|whole| whole.0);
    keys.close(problems);
    Some(Overlay {
        name: name?,
        title: title?,
        on,
        endpoint,
        endpoints,
        resources,
        mappings,
        enable,
        disable,
        settings: settings.filter(|node| !matches!(node.kind, NodeKind::Null)),
        node,
        source: Arc::clone(source),
        files: Vec::new(),
        schemas: Vec::new(),
        matched: None,
    })
}

/// A node that is read later, by somebody who knows more.
struct Whole(Node);

impl FromNode for Whole {
    fn from_node(node: &Node, _: &mut Vec<Diagnostic>) -> Option<Self> {
        Some(Self(node.clone()))
    }
}

/// Names that the author chose, and nodes that are read later.
struct Pairs(Vec<(Word, Node)>);

impl FromNode for Pairs {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let named = NamedMap::<Whole>::from_node(node, problems)?;
        Some(Self(named.0.into_iter().map(|named| (named.name, named.it.0)).collect()))
    }
}

impl FromNode for Endpoint {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut keys = Keys::open(node, "an endpoint", problems)?;
        let name = keys.required::<Word>("name", problems);
        let version = keys.required::<Word>("version", problems);
        keys.close(problems);
        Some(Self { name: name?.text, version: version?.text })
    }
}

/// The members of `x-resource` that an instance may have otherwise.
pub(super) const CALL: [&str; 9] = ["actions", "by_key_only", "entity", "expand", "filter", "form", "label", "modified", "since"];

impl FromNode for ResourceChange {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut keys = Keys::open(node, "a changed resource", problems)?;
        let because = keys.required("because", problems);
        let fields = keys.optional::<Fields>("fields", problems).unwrap_or_default();
        let mut call = Vec::new();
        for name in CALL {
            let at = key_of(node, name);
            if let (Some(Whole(value)), Some(word)) = (keys.optional(name, problems), at) {
                call.push((word, value));
            }
        }
        keys.close(problems);
        let Fields { add, rename, remove, change } = fields;
        Some(Self { because: because?, add, rename, remove, change, call })
    }
}

fn key_of(node: &Node, name: &str) -> Option<Word> {
    let NodeKind::Map(entries) = &node.kind else { return None };
    entries.iter().filter_map(|(key, _)| key.word()).find(|word| word.text == name)
}

#[derive(Default)]
struct Fields {
    add: Vec<(Word, Node)>,
    rename: Vec<(Word, Word)>,
    remove: Vec<Word>,
    change: Vec<(Word, Node)>,
}

impl FromNode for Fields {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut keys = Keys::open(node, "the fields of a changed resource", problems)?;
        let fields = Self {
            add: keys.optional::<Pairs>("add", problems).map(|pairs| pairs.0).unwrap_or_default(),
            rename: keys
                .optional::<NamedMap<Word>>("rename", problems)
                .map(|map| map.0.into_iter().map(|named| (named.name, named.it)).collect())
                .unwrap_or_default(),
            remove: keys.list("remove", problems),
            change: keys.optional::<Pairs>("change", problems).map(|pairs| pairs.0).unwrap_or_default(),
        };
        keys.close(problems);
        Some(fields)
    }
}

impl FromNode for Which {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        if let Some(row) = node.word() {
            return Some(Self { row: Some(row), to: None, place: node.place.clone() });
        }
        let mut keys = Keys::open(node, "a rule of a mapping, by `row`, `to` or both", problems)?;
        let which = Self { row: keys.optional("row", problems), to: keys.optional("to", problems), place: node.place.clone() };
        keys.close(problems);
        if which.row.is_none() && which.to.is_none() {
            problems.push(wrong_kind(node, "`row` or `to`").help("name the rule by the id of its row, or by the field that it fills"));
            return None;
        }
        Some(which)
    }
}

/// The acts, of which an entry has exactly one.
const ACTS: [&str; 4] = ["change", "drop", "add", "set"];

impl FromNode for Edit {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut keys = Keys::open(node, "a change of a mapping", problems)?;
        let told = problems.len();
        let change = keys.optional::<Which>("change", problems);
        let with = keys.optional::<Whole>("with", problems);
        let drop = keys.optional::<Which>("drop", problems);
        let add = keys.optional::<Whole>("add", problems);
        let inside = keys.optional::<Word>("in", problems);
        let set = keys.optional::<Whole>("set", problems);
        let because = keys.required::<Word>("because", problems);
        keys.close(problems);
        let named: Vec<Word> = ACTS.into_iter().filter_map(|act| key_of(node, act)).collect();
        let [act] = named.as_slice() else {
            let place = named.get(1).map_or(&node.place, |word| &word.place);
            let message = if named.is_empty() { "this changes nothing" } else { "a change does one thing" };
            problems.push(Diagnostic::error("overlay", place, message).help("write one of `change`, `drop`, `add` and `set` to an entry"));
            return None;
        };
        let place = act.place.clone();
        let mut misses = |what: &str, help: &str| {
            if problems.len() == told {
                problems.push(Diagnostic::error("missing-key", &place, format!("`{act}` needs {what}")).help(help));
            }
        };
        let act = match (change, drop, add, set) {
            (Some(which), ..) => match with {
                Some(Whole(with)) if matches!(with.kind, NodeKind::Map(_)) => Act::Change { which, with },
                _ => {
                    misses("`with`, the keys that the rule gets", "write `with: {max_length: 120}`");
                    return None;
                }
            },
            (_, Some(which), ..) => Act::Drop(which),
            (_, _, Some(Whole(rule)), _) => Act::Add { rule, inside },
            (.., Some(Whole(keys))) => Act::Set(keys),
            _ => return None,
        };
        Some(Self { act, because: because?, place })
    }
}
