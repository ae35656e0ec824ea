//! Which way can an expression take? Conditions, cases and what stands behind them.

use std::sync::Arc;

use super::facts::{Fact, Facts};
use super::typing::Typing;
use super::{Kinds, Slip, Type};
use crate::expr::term::{Case, Node, Term};
use crate::value::Value;

impl Typing<'_> {
    /// Looks at something where these facts hold.
    pub(super) fn where_holds<T>(&mut self, facts: Vec<Fact>, look: impl FnOnce(&mut Self) -> T) -> T {
        let outside = self.facts.len();
        self.facts.extend(facts);
        let seen = look(self);
        self.facts.truncate(outside);
        seen
    }

    /// `a ?? b`: only the last may leave nothing.
    pub(super) fn either(&mut self, parts: &[Node]) -> Type {
        let last = parts.len() - 1;
        let of = |typing: &mut Self, place: usize| {
            let of = typing.of(&parts[place]);
            if place < last { of.present() } else { of }
        };
        (1..parts.len()).fold(of(self, 0), |known, place| known.or(of(self, place)))
    }

    /// Each part of `&&` is looked at where those before it are true, each of `||` where they are false.
    pub(super) fn logic(&mut self, parts: &[Node], word: &str) -> Type {
        let outside = self.facts.len();
        for part in parts {
            self.condition(part, word);
            let more = Facts { names: self.names }.when(part, word == "`&&`");
            self.facts.extend(more);
        }
        self.facts.truncate(outside);
        Type::of(Kinds::BOOL)
    }

    pub(super) fn condition(&mut self, node: &Node, word: &str) {
        let of = self.of(node);
        if !of.kinds.fits(Kinds::BOOL) {
            let message = format!("{word} needs true or false, and this is {}", of.kinds.words());
            self.tell_of(&of, (Slip::Condition, &node.at), message, Some("compare it: `… == …`, or ask `blank(…)`"));
        }
        self.must_be_there(&of, node, &format!("{word} needs true or false"));
    }

    pub(super) fn choice(&mut self, (condition, then, otherwise): &(Node, Node, Option<Node>)) -> Type {
        self.condition(condition, "`if`");
        if let Term::Constant(Value::Bool(always)) = condition.term {
            let message = format!("this is {always} always, so that one branch is never taken");
            self.tell(Slip::Unreachable, &condition.at, message, Some("write the other branch alone"));
        }
        let facts = Facts { names: self.names };
        let then = self.where_holds(facts.when(condition, true), |typing| typing.of(then));
        let otherwise = match otherwise {
            Some(otherwise) => self.where_holds(facts.when(condition, false), |typing| typing.of(otherwise)),
            None => Type::of(Kinds::NULL),
        };
        then.or(otherwise)
    }

    pub(super) fn switch(&mut self, (switch, subject): (&Node, &Node), cases: &[Case]) -> Type {
        let of = self.of(subject);
        let facts = Facts { names: self.names };
        let mut taken: Vec<&Value> = Vec::new();
        let mut results = Type::of(if self.falls_through(subject, cases) { Kinds::NULL } else { Kinds::NONE });
        for case in cases {
            let holds = facts.case(subject, case, &taken);
            for (label, at) in &case.labels {
                let label_of = Type::constant(label);
                if !label.is_null() && !of.kinds.present().fits(label_of.kinds) {
                    let message =
                        format!("{} is compared with {}, which it never equals", of.kinds.present().words(), label_of.kinds.words());
                    self.tell_of(&of, (Slip::Kinds, at), message, None);
                } else {
                    self.label(&of, &label_of, at);
                }
                if taken.contains(&label) {
                    self.tell(Slip::Unreachable, at, format!("`{}` was taken by a case above", label.plain()), Some("keep one of them"));
                }
                if case.condition.is_none() {
                    taken.push(label);
                }
            }
            results = results.or(self.where_holds(holds, |typing| {
                if let Some(condition) = &case.condition {
                    typing.condition(condition, "`if`");
                    let more = facts.when(condition, true);
                    typing.facts.extend(more);
                }
                typing.of(&case.result)
            }));
        }
        self.missing((switch, &of), cases);
        results
    }

    /// Whether a value may come to the end of a `switch` without a case.
    pub(super) fn falls_through(&mut self, subject: &Node, cases: &[Case]) -> bool {
        if takes_all(cases) {
            return false;
        }
        let told = self.problems.len();
        let of = self.of(subject);
        // What is wrong with it is told where the `switch` itself is looked at.
        self.problems.truncate(told);
        let nothing = cases.iter().any(|case| case.condition.is_none() && case.labels.iter().any(|(label, _)| label.is_null()));
        let complete = of.kinds.only(Kinds::TEXT | Kinds::NULL) && of.labels.is_some() && left(&of, cases).is_empty();
        !complete || (of.kinds.may(Kinds::NULL) && !nothing)
    }

    /// Of an enumeration every label has its case, or there is one for all others.
    fn missing(&mut self, (switch, of): (&Node, &Type), cases: &[Case]) {
        if takes_all(cases) || !of.kinds.only(Kinds::TEXT | Kinds::NULL) {
            return;
        }
        let left = left(of, cases);
        let Some(owner) = of.labels.as_ref().and_then(|labels| labels.of.clone()).filter(|_| !left.is_empty()) else { return };
        let listed: Vec<String> = left.iter().map(|label| format!("`{label}`")).collect();
        let message = format!("no case takes {} of `{owner}`", listed.join(", "));
        self.tell_of(of, (Slip::Missing, &switch.at), message, Some("add the case, or `_ => …` for all others"));
    }
}

fn takes_all(cases: &[Case]) -> bool {
    cases.iter().any(|case| case.labels.is_empty() && case.condition.is_none())
}

/// The labels of an enumeration that no case takes.
fn left<'t>(of: &'t Type, cases: &[Case]) -> Vec<&'t str> {
    let takes = |label: &str| {
        let plain = cases.iter().filter(|case| case.condition.is_none());
        plain.flat_map(|case| &case.labels).any(|(known, _)| known.as_text() == Some(label))
    };
    let known = of.labels.iter().flat_map(|labels: &Arc<super::Labels>| &labels.known);
    known.map(String::as_str).filter(|label| !takes(label)).collect()
}
