//! The links that a case states, and how they answer: documents, their keys on both sides, and their lines.

use std::borrow::Cow;

use crate::diagnostic::Diagnostic;
use crate::evaluate::Links;
use crate::mapping::yaml::{Node, NodeKind};
use crate::plan::{Direction, Plan};

/// A link of a case.
#[derive(Clone, Debug)]
pub struct CaseLink {
    /// The mapping.
    pub mapping: String,
    /// Procore's id.
    pub procore: String,
    /// Procore's business key, where an expression asks for it.
    pub procore_key: Option<String>,
    /// Acumatica's key.
    pub acumatica: String,
    /// Acumatica's id; its key where none is stated.
    pub acumatica_id: Option<String>,
    /// The Procore project id, for links within a project.
    pub project: Option<String>,
    /// Lines of the document.
    pub lines: Vec<CaseLine>,
}

/// A line of a linked document.
#[derive(Clone, Debug)]
pub struct CaseLine {
    /// The target's list: `Details`.
    pub list: String,
    /// Procore's id of the line.
    pub procore: String,
    /// Acumatica's key of the line.
    pub acumatica: String,
}

const KEYS: [&str; 7] = ["mapping", "procore", "procore_key", "acumatica", "acumatica_id", "project", "lines"];
const LINE_KEYS: [&str; 3] = ["list", "procore", "acumatica"];

/// The links of a case.
pub(super) fn links(case: &Node, problems: &mut Vec<Diagnostic>) -> Vec<CaseLink> {
    members(case, "links").iter().filter_map(|item| link(item, problems)).collect()
}

fn link(item: &Node, problems: &mut Vec<Diagnostic>) -> Option<CaseLink> {
    known_keys(item, &KEYS, "a link", problems);
    let (Some(mapping), Some(procore), Some(acumatica)) = (text(item, "mapping"), text(item, "procore"), text(item, "acumatica")) else {
        problems.push(Diagnostic::error("case", &item.place, "a link needs `mapping`, `procore` and `acumatica`"));
        return None;
    };
    let lines = members(item, "lines").iter().filter_map(|line| self::line(line, problems)).collect();
    let (procore_key, acumatica_id) = (text(item, "procore_key"), text(item, "acumatica_id"));
    Some(CaseLink { mapping, procore, procore_key, acumatica, acumatica_id, project: text(item, "project"), lines })
}

fn line(item: &Node, problems: &mut Vec<Diagnostic>) -> Option<CaseLine> {
    known_keys(item, &LINE_KEYS, "a linked line", problems);
    let (Some(list), Some(procore), Some(acumatica)) = (text(item, "list"), text(item, "procore"), text(item, "acumatica")) else {
        problems.push(Diagnostic::error("case", &item.place, "a linked line needs `list`, `procore` and `acumatica`"));
        return None;
    };
    Some(CaseLine { list, procore, acumatica })
}

fn members<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    match node.get(key).map(|list| &list.kind) {
        Some(NodeKind::List(items)) => items,
        _ => &[],
    }
}

fn text(node: &Node, key: &str) -> Option<String> {
    node.get(key).map(|node| node.to_value().plain())
}

fn known_keys(node: &Node, known: &[&str], what: &str, problems: &mut Vec<Diagnostic>) {
    let NodeKind::Map(entries) = &node.kind else { return };
    for word in entries.iter().filter_map(|(key, _)| key.word()).filter(|word| !known.contains(&word.text.as_str())) {
        let message = format!("`{word}` is not a key of {what}");
        problems.push(Diagnostic::error("unknown-key", &word.place, message).label("no such key").meant(&word.text, known.iter().copied()));
    }
}

/// The links of a case, asked from the side that the mapping reads.
pub struct CaseLinks<'a> {
    /// The links.
    pub links: &'a [CaseLink],
    /// The plan that asks.
    pub plan: &'a Plan,
    /// The Procore project that the record belongs to.
    pub project: Option<String>,
}

impl<'a> CaseLinks<'a> {
    fn of(&self, mapping: &str) -> impl Iterator<Item = &'a CaseLink> {
        let pair = self.plan.pair_of(mapping);
        let here = |link: &&CaseLink| self.plan.pair_of(&link.mapping) == pair && (link.project.is_none() || link.project == self.project);
        self.links.iter().filter(here).collect::<Vec<_>>().into_iter()
    }

    /// The Procore project of the link that a mapping has of this key, whichever it is.
    pub(super) fn project_of(&self, mapping: &str, key: &str) -> Option<String> {
        let pair = self.plan.pair_of(mapping);
        let mut links = self.links.iter().filter(|link| self.plan.pair_of(&link.mapping) == pair && link.project.is_some());
        links.find(|link| self.bears(link, key, true)).and_then(|link| link.project.clone())
    }

    fn find(&self, mapping: &str, key: &[&str], at_source: bool) -> Option<&'a CaseLink> {
        let key = key.iter().map(|part| part.trim()).collect::<Vec<_>>().join("/");
        self.of(mapping).find(|link| self.bears(link, &key, at_source))
    }

    /// Whether a link has this id or key on one side.
    fn bears(&self, link: &CaseLink, key: &str, at_source: bool) -> bool {
        let in_procore = (self.plan.direction == Direction::Export) == at_source;
        let (id, known) = match in_procore {
            true => (Some(&link.procore), link.procore_key.as_ref()),
            false => (link.acumatica_id.as_ref(), Some(&link.acumatica)),
        };
        id.into_iter().chain(known).any(|known| same(known, key))
    }
}

impl Links for CaseLinks<'_> {
    fn other_side(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        let link = self.find(mapping, key, true)?;
        Some(Cow::Borrowed(if self.plan.direction == Direction::Export { &link.acumatica } else { &link.procore }))
    }

    fn other_key(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        let link = self.find(mapping, key, true)?;
        let key = if self.plan.direction == Direction::Export { Some(&link.acumatica) } else { link.procore_key.as_ref() };
        key.map(|key| Cow::Borrowed(key.as_str()))
    }

    fn this_side(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        let link = self.find(mapping, key, false)?;
        Some(Cow::Borrowed(match self.plan.direction {
            Direction::Export => &link.procore,
            Direction::Import => link.acumatica_id.as_ref().unwrap_or(&link.acumatica),
        }))
    }

    fn other_line(&self, mapping: &str, document: &str, (list, line): (&str, &str)) -> Option<Cow<'_, str>> {
        let mut lines = self.find(mapping, &[document], true)?.lines.iter().filter(|known| known.list == list);
        let key = match self.plan.direction {
            Direction::Export => lines.find(|known| known.procore == line).map(|known| &known.acumatica),
            Direction::Import => lines.find(|known| same(&known.acumatica, line)).map(|known| &known.procore),
        };
        key.map(|key| Cow::Borrowed(key.as_str()))
    }
}

/// Whether two keys are the same, as Acumatica compares them.
pub(super) fn same(one: &str, two: &str) -> bool {
    one.trim().eq_ignore_ascii_case(two.trim())
}
