//! From a YAML tree to a [`Mapping`]: structure only; whether it makes sense is the plan's business.

use super::keys::{FromNode, Keys, NamedMap};
use super::literal::Named;
use super::spec::{Ask, Belongs, Field, Group, Join, Link, LinkedProject, Mapping, Regroup, Require, Step};
use super::word::Word;
use super::yaml::{Node, NodeKind};
use crate::diagnostic::Diagnostic;

/// Reads one mapping; problems are gathered, and the mapping is given back if it is whole enough to be judged further.
pub(super) fn mapping(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Mapping> {
    let mut keys = Keys::open(node, "a mapping", problems)?;
    let mapping = keys.required("mapping", problems);
    let title = keys.required("title", problems);
    let caution = keys.optional("caution", problems);
    let direction = keys.required("direction", problems);
    let source = keys.required("source", problems);
    let target = keys.required("target", problems);
    let pair = keys.optional("pair", problems);
    let enabled = keys.optional("enabled", problems);
    let project = keys.optional("project", problems);
    let join = named(keys.optional("join", problems));
    let unfold = keys.optional("unfold", problems);
    let group = keys.optional("group", problems);
    let lists = named(keys.optional("lists", problems));
    let when = keys.optional("when", problems);
    let require = keys.list("require", problems);
    let needs = keys.list("needs", problems);
    let identity = keys.list("identity", problems);
    let ask = named(keys.optional("ask", problems));
    let fields = keys.required("fields", problems);
    let steps = keys.list("steps", problems);
    let write_back = named(keys.optional("write_back", problems));
    let allow = keys.list("allow", problems);
    let because = keys.optional("because", problems);
    let note = keys.optional("note", problems);
    keys.close(problems);
    Some(Mapping {
        mapping: mapping?,
        title: title?,
        caution,
        direction: direction?,
        source: source?,
        target: target?,
        pair,
        enabled,
        project,
        join,
        unfold,
        group,
        lists,
        when,
        require,
        needs,
        identity,
        ask,
        fields: fields?,
        steps,
        write_back,
        allow,
        because,
        note,
    })
}

fn named<T>(map: Option<NamedMap<T>>) -> Vec<Named<T>> {
    map.map(|map| map.0).unwrap_or_default()
}

impl FromNode for Field {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let told = problems.len();
        let mut keys = Keys::open(node, "a field", problems)?;
        let mut field = Self {
            row: keys.optional("row", problems),
            to: keys.optional("to", problems),
            from: keys.optional("from", problems),
            expr: keys.optional("expr", problems),
            value: keys.optional("value", problems),
            link: keys.optional("link", problems),
            each: keys.optional("each", problems),
            key: keys.optional("key", problems),
            linked_as: keys.optional("linked_as", problems),
            fields: keys.list("fields", problems),
            default: keys.optional("default", problems),
            when: keys.optional("when", problems),
            as_: keys.optional("as", problems),
            max_length: keys.optional("max_length", problems),
            owner: keys.optional("owner", problems),
            on_overflow: keys.optional("on_overflow", problems),
            allow: keys.list("allow", problems),
            because: keys.optional("because", problems),
            note: keys.optional("note", problems),
            extents: node.extents(),
            flawed: false,
        };
        keys.close(problems);
        field.flawed = problems.len() > told;
        Some(field)
    }
}

impl FromNode for Link {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut keys = Keys::open(node, "a link", problems)?;
        let mapping = keys.required("mapping", problems);
        let from = keys.optional("from", problems);
        let expr = keys.optional("expr", problems);
        keys.close(problems);
        Some(Self { mapping: mapping?, from, expr })
    }
}

impl FromNode for Join {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut keys = Keys::open(node, "a join", problems)?;
        let resource = keys.required("resource", problems);
        let key = keys.list("key", problems);
        let id = keys.optional("id", problems);
        let expr = keys.optional("expr", problems);
        let all = keys.optional::<NamedMap<Word>>("all", problems).map(|map| map.0);
        let when = keys.optional("when", problems);
        keys.close(problems);
        Some(Self { resource: resource?, key, id, expr, all, when })
    }
}

impl FromNode for Belongs {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        if !matches!(node.kind, NodeKind::Map(_)) {
            return Word::from_node(node, problems).map(Self::Named);
        }
        let mut keys = Keys::open(node, "the project of a link", problems)?;
        let of = keys.required("of", problems);
        let from = keys.required("from", problems);
        keys.close(problems);
        Some(Self::Linked(LinkedProject { of: of?, from: from? }))
    }
}

impl FromNode for Require {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut keys = Keys::open(node, "a requirement", problems)?;
        let that = keys.required("that", problems);
        let otherwise = keys.required("otherwise", problems);
        keys.close(problems);
        Some(Self { that: that?, otherwise: otherwise? })
    }
}

impl FromNode for Group {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut keys = Keys::open(node, "a group", problems)?;
        let by = keys.required("by", problems);
        let as_ = keys.required("as", problems);
        keys.close(problems);
        Some(Self { by: by?, as_: as_? })
    }
}

impl FromNode for Regroup {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut keys = Keys::open(node, "a regrouped list", problems)?;
        let of = keys.required("of", problems);
        let by = keys.required("by", problems);
        let as_ = keys.required("as", problems);
        keys.close(problems);
        Some(Self { of: of?, by: by?, as_: as_? })
    }
}

impl FromNode for Ask {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut keys = Keys::open(node, "an asked value", problems)?;
        let label = keys.required("label", problems);
        let ask = Self {
            label: label?,
            from: keys.optional("from", problems),
            expr: keys.optional("expr", problems),
            as_: keys.optional("as", problems),
            present: keys.optional("present", problems),
            numeric: keys.optional("numeric", problems),
            positive: keys.optional("positive", problems),
            max_length: keys.optional("max_length", problems),
            max_length_decimal: keys.optional("max_length_decimal", problems),
            max_length_units: keys.optional("max_length_units", problems),
            max_line_length: keys.optional("max_line_length", problems),
        };
        keys.close(problems);
        Some(ask)
    }
}

impl FromNode for Step {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut keys = Keys::open(node, "a step", problems)?;
        let action = keys.required("action", problems);
        let from = keys.required("from", problems);
        let to = keys.required("to", problems);
        let when = keys.optional("when", problems);
        keys.close(problems);
        Some(Self { action: action?, from: from?, to: to?, when })
    }
}
