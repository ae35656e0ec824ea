//! What will be done, step by step: a mapping checked against its schemas and compiled. No YAML text and no record in here.

mod allow;
mod asked;
mod calls;
mod check;
mod compile;
mod cost;
mod fields;
mod fingerprint;
mod formula;
mod late;
mod layout;
mod order;
mod pairs;
mod paths;
mod plain;
mod records;
mod required;
mod resolve;
mod rule;
mod scale;
mod settings;
mod table;
mod trie;
mod types;
mod unused;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use asked::{AskRules, Asked};
pub(crate) use check::kind_of;
pub use compile::{compile, compile_and_warn, problems_of};
pub use cost::Cost;
pub use formula::{Formula, Part, Spot};
pub use layout::{Layout, Then, Written};
pub use order::run_order;
pub use rule::{KeyPart, LinesOf, LinesPart, LinesRule, Node, Owner, Rule, Term};
pub use settings::Settings;
pub use table::{Row, Side};
pub use trie::{Slot, Trie, View, ViewField, Wanted};

use crate::schema::{Kind, Schema, Shape, System};

/// A mapping, checked and compiled: the only thing that makes drafts.
#[derive(Debug)]
pub struct Plan {
    /// The mapping's name.
    pub name: String,
    /// What people call the pair.
    pub title: String,
    /// What an approver is told before they accept an export.
    pub caution: Option<String>,
    /// The mapping under whose name its links are kept: its own, or that of the pair it belongs to.
    pub pair: String,
    /// Where it runs at all, over the settings.
    pub enabled: Option<Formula>,
    /// Which way records travel.
    pub direction: Direction,
    /// What is read.
    pub source: Arc<Schema>,
    /// What is written.
    pub target: Arc<Schema>,
    /// Where a record's project comes from.
    pub project: ProjectOf,
    /// Related records that are read beside each record.
    pub joins: Vec<Join>,
    /// What a record lacks as its list brings it, and need not have before it is known to have changed.
    pub late: Late,
    /// How records of the source become records of this mapping.
    pub records: Records,
    /// Lists that are put beside each record.
    pub lists: Vec<Regroup>,
    /// How a record is told from others.
    pub source_key: SourceKey,
    /// Which records are offered at all.
    pub when: Option<Formula>,
    /// What an offered record must fulfil.
    pub require: Vec<Requirement>,
    /// Mappings that run before this one.
    pub after: Vec<String>,
    /// Target fields by which a record that is already there is recognised.
    pub identity: Vec<String>,
    /// Values that the approver confirms or changes.
    pub ask: Vec<Asked>,
    /// The rules, in the shape of the target.
    pub nodes: Vec<Node>,
    /// Actions after the write.
    pub steps: Vec<Step>,
    /// What the source record learns, over `target`.
    pub write_back: Vec<(String, Formula)>,
    /// The projects of Acumatica, where an expression reads them: `project.erp`.
    pub erp: Option<Arc<Schema>>,
    /// Every mapping of the run that belongs to another one's pair, and that pair.
    pub pairs: Arc<BTreeMap<String, String>>,
    /// The rows of the published table, in their order.
    pub table: Vec<Row>,
    /// The source's fields, with joined records and grouped members among them.
    pub shape: Shape,
    /// How each of its expressions runs.
    pub costs: Vec<Cost>,
    /// What is read of a record.
    pub wanted: Wanted,
    /// The same for every text of a mapping that does the same: comments and layout do not count.
    pub fingerprint: String,
    /// The settings that it reads, by path: `commitments.date`.
    pub settings: BTreeSet<String>,
}

/// Which way records travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Procore → Acumatica; needs an approver's consent.
    Export,
    /// Acumatica → Procore.
    Import,
}

/// Where a record's project comes from (BR-02: only records of synced projects are offered).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProjectOf {
    /// Neither side belongs to a project.
    Nobody,
    /// The source is read project by project.
    Source,
    /// Every record runs once for each synced project.
    Each,
    /// The record (or line) names its project.
    Named(Place),
    /// It belongs to the project of a link: whose links are asked, and the id or key, part by part.
    Linked {
        /// The mapping.
        mapping: String,
        /// The parts.
        from: Vec<Place>,
    },
}

/// A value of the record, or of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// In the line rather than the record.
    pub in_line: bool,
    /// Which of the wanted values.
    pub slot: Slot,
    /// What it holds.
    pub kind: Kind,
}

/// How records of the source become records of this mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Records {
    /// One for one.
    One,
    /// Each member of this list is a record.
    Unfold(usize),
    /// Records with equal keys are one, with all of them in a list of this name.
    Group {
        /// The wire paths of the key.
        by: Vec<Vec<String>>,
        /// The list's name.
        name: String,
    },
}

/// What of a record takes requests of its own, and is asked for only once a record is to be mapped: where the record's stamp and what
/// else stands beside it are as they were, so is this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// Lines that no list brings.
    pub lines: bool,
    /// So many of the first conditions of `when` need only the record as its list brings it, and the settings.
    pub told_by_row: usize,
    /// So many need no lines that come late, and nothing of [its own joins](Join::own).
    pub told_before_lines: usize,
}

/// A list made from another of the record's: members with equal keys are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regroup {
    /// The list's name.
    pub name: String,
    /// The wire path of the list it is made from.
    pub of: Vec<String>,
    /// The wire paths of the key, in a member.
    pub by: Vec<Vec<String>>,
    /// The name under which a member holds those that it was made from.
    pub members: String,
}

/// How a record is told from others, and from its earlier self.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceKey {
    /// The system's id, or the parts of a key where there is none (a line, a group).
    pub id: Vec<Place>,
    /// The business key.
    pub key: Vec<Place>,
    /// The number or name by which people know it.
    pub label: Option<Place>,
    /// When the record last changed.
    pub modified: Option<Place>,
    /// Fields of its own without which it cannot be written to: those of its address.
    pub address: Vec<(String, Place)>,
    /// Procore's field that one integration owns, where the record learns it from us.
    pub origin: Option<Place>,
}

/// What is put beside each record.
#[derive(Debug)]
pub struct Join {
    /// The member under which it is put.
    pub name: String,
    /// Its resource.
    pub schema: Arc<Schema>,
    /// Which of the resource's records.
    pub by: JoinBy,
    /// Only records for which this is true have anything beside them.
    pub when: Option<Formula>,
    /// It shows more of what the record and its other joins show already, stamps included: where those did not change, neither did
    /// this, so that it is read only for records that are mapped.
    pub own: bool,
}

/// Which records of a resource are put beside a record, by values of it.
#[derive(Debug)]
pub enum JoinBy {
    /// The one with this business key, part by part.
    Key(Vec<Place>),
    /// The one with this id.
    Id(Place),
    /// The one whose id this gives.
    Computed(Box<Formula>),
    /// A list: all those whose fields have these values.
    All(Vec<(String, Place)>),
}

/// A condition of an offered record.
#[derive(Debug)]
pub struct Requirement {
    /// The condition.
    pub that: Formula,
    /// Why a record is held where it is false: a text with values in it.
    pub otherwise: Formula,
    /// `mappings/subcontractor_invoices.yaml:24`.
    pub place: String,
}

/// An action after the write, guarded by the status that it needs.
#[derive(Debug)]
pub struct Step {
    /// The action.
    pub action: String,
    /// The status in which it is taken.
    pub from: String,
    /// The status that it leads to.
    pub to: String,
    /// Only when this is true, by the settings.
    pub when: Option<Formula>,
}

impl Direction {
    /// The system that is read.
    pub fn source(self) -> System {
        match self {
            Self::Export => System::Procore,
            Self::Import => System::Acumatica,
        }
    }

    /// `export` or `import`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Import => "import",
        }
    }
}

impl Join {
    /// The values of the record that say which.
    pub fn places(&self) -> Vec<Place> {
        match &self.by {
            JoinBy::Key(places) => places.clone(),
            JoinBy::Id(place) => vec![*place],
            JoinBy::Computed(_) => Vec::new(),
            JoinBy::All(fields) => fields.iter().map(|(_, place)| *place).collect(),
        }
    }

    /// Whether it is a list of records.
    pub fn is_list(&self) -> bool {
        matches!(self.by, JoinBy::All(_))
    }
}

impl Plan {
    /// Whether lines or joined records come late.
    pub fn is_read_late(&self) -> bool {
        self.late.lines || self.joins.iter().any(|join| join.own)
    }

    /// The mapping under whose name another one's links are kept.
    pub fn pair_of<'a>(&'a self, mapping: &'a str) -> &'a str {
        self.pairs.get(mapping).map_or(mapping, String::as_str)
    }

    /// Whether the target can be written at all. Where it cannot, the plan is a comparison.
    pub fn writes(&self) -> bool {
        match &self.target.resource.wire {
            crate::schema::Wire::Acumatica(_) => true,
            crate::schema::Wire::Procore(wire) => wire.sync.is_some() || wire.create.is_some() || wire.update.is_some(),
        }
    }

    /// The field of a list's lines by which others know them, where it is another than their key.
    pub fn linked_as(&self, list: &str) -> Option<&str> {
        let lines = self.nodes.iter().find_map(|node| match node {
            Node::Lines(lines) if lines.field.name == list => Some(lines),
            _ => None,
        });
        lines?.parts.iter().find_map(|part| part.linked_as.as_deref())
    }

    /// Whether an expression of it reads what the target holds.
    pub fn reads_target(&self) -> bool {
        let rules = self.rules();
        let conditions = rules.iter().filter_map(|rule| rule.when.as_ref()).chain(&self.when).chain(self.conditions_of_lines());
        let required = self.require.iter().flat_map(|required| [&required.that, &required.otherwise]);
        let values = rules.iter().filter_map(|rule| match &rule.term {
            Term::Formula(formula) => Some(&**formula),
            _ => None,
        });
        conditions.chain(required).chain(values).any(|formula| formula.reads_target)
    }

    fn conditions_of_lines(&self) -> impl Iterator<Item = &Formula> {
        let lines = self.nodes.iter().filter_map(|node| if let Node::Lines(lines) = node { Some(&lines.parts) } else { None });
        lines.flatten().filter_map(|part| part.when.as_ref())
    }

    /// Every rule, lines included, in the order of the table.
    pub fn rules(&self) -> Vec<&Rule> {
        fn gather<'a>(nodes: &'a [Node], into: &mut Vec<&'a Rule>) {
            for node in nodes {
                match node {
                    Node::Field(rule) => into.push(rule),
                    Node::Record { nodes, .. } => gather(nodes, into),
                    Node::Lines(lines) => lines.parts.iter().for_each(|part| gather(&part.nodes, into)),
                }
            }
        }
        let mut rules = Vec::new();
        gather(&self.nodes, &mut rules);
        rules
    }
}
