//! Who works here, and which rights each of them has: the `users:` of the settings file.

use std::fmt;

use serde::Deserialize;

use super::block::block;
use crate::diagnostic::Diagnostic;
use crate::mapping::Word;
use crate::mapping::yaml::{Node, NodeKind};

/// How much a person may do on a tool; each level includes those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing.
    #[default]
    None,
    /// Look.
    ReadOnly,
    /// Work.
    Standard,
    /// Work, and set up.
    Admin,
}

/// A tool of Procore where items are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tool {
    /// Budget.
    Budget,
    /// Commitments.
    Commitments,
    /// Change orders, of commitments and of prime contracts.
    ChangeOrders,
    /// Prime contracts.
    PrimeContracts,
    /// Invoicing, of subcontractors and of owners.
    Invoicing,
    /// Projects and their sub jobs.
    Projects,
    /// The directory of companies.
    Directory,
    /// Reports of a project.
    Reports,
    /// In the matrix: the tool where the item in question is.
    OfTheItem,
}

/// Rights on the tools of Procore.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tools {
    budget: Level,
    commitments: Level,
    change_orders: Level,
    prime_contracts: Level,
    invoicing: Level,
    projects: Level,
    directory: Level,
    reports: Level,
}

/// A person of the list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// As `--as` and the journal name them.
    pub name: String,
    /// The level on the ERP Integrations tool.
    pub erp: Level,
    /// Whether they hold the privilege of an accounting approver; it counts with Standard or Admin.
    #[serde(default)]
    pub push_to_accounting: bool,
    /// Rights on other tools.
    #[serde(default)]
    pub tools: Tools,
}

/// Every tool by its name in files.
const TOOLS: [(&str, Tool); 9] = [
    ("budget", Tool::Budget),
    ("commitments", Tool::Commitments),
    ("change_orders", Tool::ChangeOrders),
    ("prime_contracts", Tool::PrimeContracts),
    ("invoicing", Tool::Invoicing),
    ("projects", Tool::Projects),
    ("directory", Tool::Directory),
    ("reports", Tool::Reports),
    ("of_the_item", Tool::OfTheItem),
];

impl Tool {
    /// The tool of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        TOOLS.iter().find(|(known, _)| *known == name).map(|(_, tool)| *tool)
    }

    /// The names of all tools.
    pub(super) fn names() -> impl Iterator<Item = &'static str> + Clone {
        TOOLS.iter().map(|(name, _)| *name).filter(|name| *name != "of_the_item")
    }
}

impl Tools {
    /// The level on a tool.
    pub fn level(&self, tool: Tool) -> Level {
        match tool {
            Tool::Budget => self.budget,
            Tool::Commitments => self.commitments,
            Tool::ChangeOrders => self.change_orders,
            Tool::PrimeContracts => self.prime_contracts,
            Tool::Invoicing => self.invoicing,
            Tool::Projects => self.projects,
            Tool::Directory => self.directory,
            Tool::Reports => self.reports,
            // Stands for one of the others, which is put in its place before anybody is asked.
            Tool::OfTheItem => Level::None,
        }
    }
}

impl User {
    /// Whether exports may be accepted by this person: Standard or Admin, and the privilege.
    pub fn is_approver(&self) -> bool {
        self.push_to_accounting && self.erp >= Level::Standard
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::None => "none",
            Self::ReadOnly => "read_only",
            Self::Standard => "standard",
            Self::Admin => "admin",
        })
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(TOOLS.iter().find(|(_, tool)| tool == self).map_or("", |(name, _)| name))
    }
}

/// Reads the list; what does not fit goes into `problems`.
pub(super) fn users(node: &Node, problems: &mut Vec<Diagnostic>) -> Vec<User> {
    let users: Vec<User> = block(node, &[], problems).unwrap_or_default();
    let names = names(node);
    for (at, word) in names.iter().enumerate() {
        if word.text.trim().is_empty() {
            let problem = Diagnostic::error("setting", &word.place, "a user without a name cannot be told from others");
            problems.push(problem.label("no name").help("write the name that `--as` shall take"));
        }
        if let Some(first) = names[..at].iter().find(|first| first.text == word.text) {
            let problem = Diagnostic::error("setting", &word.place, format!("`{word}` stands here a second time"));
            problems.push(problem.label("again").related(&first.place, "the first time").help("keep one of them"));
        }
    }
    users
}

/// The names as they are written, sound or not.
fn names(node: &Node) -> Vec<Word> {
    let NodeKind::List(items) = &node.kind else { return Vec::new() };
    items.iter().filter_map(|item| item.get("name")?.word()).collect()
}

/// Tells an `actor` that is not in the list.
pub(super) fn known_actor(actor: &Word, users: &Node, problems: &mut Vec<Diagnostic>) {
    let names = names(users);
    let names = names.iter().map(|name| name.text.as_str());
    if !names.clone().any(|name| name == actor.text) {
        let problem = Diagnostic::error("unknown-user", &actor.place, format!("`{actor}` is not one of the `users`"));
        problems.push(problem.label("no such user").meant(&actor.text, names));
    }
}
