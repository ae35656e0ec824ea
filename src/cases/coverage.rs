//! What no case reaches: rows of the tables, and branches of expressions.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::expr::coverage::was_reached;
use crate::plan::{Formula, LinesRule, Node, Plan, Rule, Term};

/// How much of a mapping its cases reach.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The rows that have a field, and whether some case gave one of these a value.
    pub rows: BTreeMap<String, bool>,
    /// How many branches its expressions have.
    pub branches: usize,
    /// Those that no case runs.
    pub unreached: Vec<Unreached>,
}

/// A branch that no case runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unreached {
    /// Whose expression: a field with its place, or the key of the mapping.
    pub of: String,
    /// The branch, in the author's words.
    pub text: String,
}

/// What the cases that ran since [`watch`](crate::expr::coverage::watch) have reached of a plan. What runs only in a sync (joins, steps, the
/// write-back) is not judged by cases.
pub fn coverage(plan: &Plan) -> Coverage {
    let mut coverage = Coverage::default();
    if let Some(when) = &plan.when {
        coverage.formula("when", when);
    }
    for required in &plan.require {
        coverage.formula(&format!("require ({})", required.place), &required.that);
        coverage.formula(&format!("otherwise ({})", required.place), &required.otherwise);
    }
    for asked in &plan.ask {
        coverage.term(&format!("ask.{}", asked.name), &asked.term);
    }
    coverage.nodes(&plan.nodes);
    coverage
}

impl Coverage {
    /// Rows that some case reaches.
    pub fn rows_reached(&self) -> usize {
        self.rows.values().filter(|reached| **reached).count()
    }

    /// Rows that none reaches.
    pub fn rows_unreached(&self) -> BTreeSet<&str> {
        self.rows.iter().filter(|(_, reached)| !**reached).map(|(row, _)| row.as_str()).collect()
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Field(rule) => self.rule(rule),
                Node::Record { nodes, .. } => self.nodes(nodes),
                Node::Lines(rule) => self.lines(rule),
            }
        }
    }

    fn rule(&mut self, rule: &Rule) {
        let reached = was_reached(rule);
        for row in rule.rows.iter() {
            *self.rows.entry(row.clone()).or_default() |= reached;
        }
        let of = format!("{} ({})", rule.to, rule.place);
        if let Some(when) = &rule.when {
            self.formula(&of, when);
        }
        self.term(&of, &rule.term);
    }

    fn lines(&mut self, rule: &LinesRule) {
        for part in &rule.parts {
            if let Some(when) = &part.when {
                self.formula(&rule.field.name, when);
            }
            self.nodes(&part.nodes);
        }
    }

    fn term(&mut self, of: &str, term: &Term) {
        match term {
            Term::Formula(formula) => self.formula(of, formula),
            Term::Link { parts, .. } => parts.iter().for_each(|part| self.term(of, part)),
            Term::Slot(_) | Term::Search { .. } | Term::Constant(_) => {}
        }
    }

    fn formula(&mut self, of: &str, formula: &Formula) {
        for branch in formula.expression.branches() {
            self.branches += 1;
            if !branch.reached {
                let text = formula.expression.text().get(branch.at).unwrap_or_default();
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                self.unreached.push(Unreached { of: of.to_owned(), text });
            }
        }
    }
}
