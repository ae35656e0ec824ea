//! Which right each action needs: the role matrix of `profiles/permissions.yaml`, with what the settings file has to say about it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::block::block;
use super::builtin::builtin_permissions;
use super::user::{Level, Tool};
use crate::diagnostic::{Diagnostic, Source, closest};
use crate::mapping::Word;
use crate::mapping::yaml::{self, Node, NodeKind};

/// The file of the matrix, beside the profiles.
pub(super) const PERMISSIONS_FILE: &str = "permissions.yaml";

/// What an action needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// The action in words, as in "jane may not …".
    pub label: String,
    /// The levels on the ERP Integrations tool that may; none where no right on it is needed.
    pub levels: Vec<Level>,
    /// Whether the privilege of an accounting approver is needed as well.
    #[serde(default)]
    pub approver: bool,
    /// Rights on other tools, all of them needed.
    #[serde(default)]
    pub tools: Vec<ToolRight>,
    /// Mappings whose exports are accepted and rejected by it.
    #[serde(default)]
    pub accepts: Vec<String>,
    /// Mappings that import by it.
    #[serde(default)]
    pub imports: Vec<String>,
    /// Mappings whose links are removed by it.
    #[serde(default)]
    pub unlinks: Vec<String>,
    /// Mappings whose links are made by it.
    #[serde(default)]
    pub links: Vec<String>,
    /// Mappings whose records are archived by it.
    #[serde(default)]
    pub archives: Vec<String>,
}

/// A right on one of some tools.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolRight {
    /// Any of these will do.
    pub any_of: Vec<Tool>,
    /// At least this level.
    pub level: Level,
}

/// What an administrator says otherwise about an action.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Override {
    levels: Option<Vec<Level>>,
    approver: Option<bool>,
    tools: Option<Vec<ToolRight>>,
}

/// What is done to the items of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Accept,
    Import,
    Unlink,
    Link,
    Archive,
}

/// The role matrix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    actions: BTreeMap<String, Permission>,
    items: Vec<(Tool, Vec<String>)>,
}

impl Permissions {
    /// Every action with what it needs, by its id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Permission)> {
        self.actions.iter().map(|(id, permission)| (id.as_str(), permission))
    }

    /// What an action needs.
    pub fn get(&self, action: &str) -> Option<&Permission> {
        self.actions.get(action)
    }

    /// The action by which something is done to a mapping's items.
    pub(super) fn about(&self, deed: Deed, mapping: &str) -> Option<(&str, &Permission)> {
        self.iter().find(|(_, permission)| permission.mappings(deed).iter().any(|name| name == mapping))
    }

    /// The tool where a mapping's items are made.
    pub(super) fn tool_of(&self, mapping: &str) -> Option<Tool> {
        self.items.iter().find(|(_, mappings)| mappings.iter().any(|name| name == mapping)).map(|(tool, _)| *tool)
    }

    /// Reads the matrix of a folder of profiles, or the shipped one where it has none.
    pub(super) fn read_beside(profiles: Option<&Path>, mappings: &[&str], problems: &mut Vec<Diagnostic>) -> Self {
        let path = profiles.map(|folder| folder.join(PERMISSIONS_FILE)).filter(|path| path.is_file());
        let source = match path.map(|path| (std::fs::read_to_string(&path), path)) {
            None => builtin_permissions(),
            Some((Ok(text), path)) => Source::new(path, text),
            Some((Err(problem), path)) => {
                problems.push(Diagnostic::anywhere("unreadable", format!("{} cannot be read: {problem}", path.display())));
                builtin_permissions()
            }
        };
        Self::read(&source, mappings, problems)
    }

    /// Reads a matrix; what does not fit goes into `problems`. Names that look like slips of these mappings are warned about.
    pub fn read(source: &Arc<Source>, mappings: &[&str], problems: &mut Vec<Diagnostic>) -> Self {
        let mut permissions = Self::default();
        let node = match yaml::parse(source) {
            Ok(node) => node,
            Err(problem) => {
                problems.push(problem);
                return permissions;
            }
        };
        for (key, value) in entries(&node, "a file of permissions", problems) {
            match key.text.as_str() {
                "permissions" => permissions.read_actions(value, mappings, problems),
                "items" => permissions.read_items(value, problems),
                _ => {
                    let problem = Diagnostic::error("unknown-key", &key.place, format!("`{key}` is not a key of permissions"));
                    problems.push(problem.label("no such key").meant(&key.text, ["permissions", "items"]));
                }
            }
        }
        permissions
    }

    fn read_actions(&mut self, node: &Node, mappings: &[&str], problems: &mut Vec<Diagnostic>) {
        for (action, value) in entries(node, "`permissions`", problems) {
            for list in ["accepts", "imports", "unlinks", "links", "archives"] {
                value.get(list).into_iter().for_each(|list| slips(list, mappings, problems));
            }
            if let Some(permission) = block::<Permission>(value, &[], problems) {
                self.actions.insert(action.text, permission);
            }
        }
    }

    fn read_items(&mut self, node: &Node, problems: &mut Vec<Diagnostic>) {
        for (name, value) in entries(node, "`items`", problems) {
            match Tool::named(&name.text).filter(|tool| *tool != Tool::OfTheItem) {
                Some(tool) => self.items.extend(block(value, &[], problems).map(|mappings| (tool, mappings))),
                None => {
                    let problem = Diagnostic::error("unknown-key", &name.place, format!("`{name}` is not a tool"));
                    problems.push(problem.label("no such tool").meant(&name.text, Tool::names()));
                }
            }
        }
    }

    /// The matrix as the settings file wants it.
    pub(super) fn over(mut self, node: Option<&Node>, problems: &mut Vec<Diagnostic>) -> Self {
        let Some(node) = node else { return self };
        for (action, value) in entries(node, "`permissions`", problems) {
            let Some(known) = self.actions.get_mut(&action.text) else {
                let names = self.actions.keys().map(String::as_str);
                let near = closest(&action.text, names).map(|near| format!("did you mean `{near}`?"));
                let help = near.unwrap_or_else(|| format!("`{PERMISSIONS_FILE}` lists the actions; `crosswalk init` writes it"));
                let problem = Diagnostic::error("unknown-action", &action.place, format!("there is no action `{action}`"));
                problems.push(problem.label("no such action").help(help));
                continue;
            };
            let Some(Override { levels, approver, tools }) = block(value, &[], problems) else { continue };
            known.levels = levels.unwrap_or_else(|| std::mem::take(&mut known.levels));
            known.approver = approver.unwrap_or(known.approver);
            known.tools = tools.unwrap_or_else(|| std::mem::take(&mut known.tools));
        }
        self
    }
}

impl Permission {
    fn mappings(&self, deed: Deed) -> &[String] {
        match deed {
            Deed::Accept => &self.accepts,
            Deed::Import => &self.imports,
            Deed::Unlink => &self.unlinks,
            Deed::Link => &self.links,
            Deed::Archive => &self.archives,
        }
    }
}

/// Warns about names that are near one of a mapping; what is far from all of them is a mapping that is not here.
fn slips(list: &Node, mappings: &[&str], problems: &mut Vec<Diagnostic>) {
    let NodeKind::List(items) = &list.kind else { return };
    for word in items.iter().filter_map(Node::word).filter(|word| !mappings.contains(&word.text.as_str())) {
        if let Some(near) = closest(&word.text, mappings.iter().copied()) {
            let problem = Diagnostic::warning("unknown-mapping", &word.place, format!("there is no mapping named `{word}`"));
            problems.push(problem.label("no such mapping").help(format!("did you mean `{near}`?")));
        }
    }
}

/// The keys and values of a node that must hold such.
fn entries<'n>(node: &'n Node, what: &str, problems: &mut Vec<Diagnostic>) -> Vec<(Word, &'n Node)> {
    match &node.kind {
        NodeKind::Map(entries) => entries.iter().filter_map(|(key, value)| Some((key.word()?, value))).collect(),
        _ => {
            let message = format!("{what} holds keys and values, and this is {}", node.kind_word());
            problems.push(Diagnostic::error("wrong-kind", &node.place, message));
            Vec::new()
        }
    }
}
