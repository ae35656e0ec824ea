//! What does a condition say of the values that it looks at? What stands behind it may count on that.

use std::sync::Arc;

use super::signatures::signature;
use super::{Kinds, Type};
use crate::expr::expression::Expression;
use crate::expr::operators::apply;
use crate::expr::term::{Call, Case, Link, Node, Operator, Step, Term};
use crate::value::{Found, Value};

/// Something that holds of a value wherever an expression is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    spot: Spot,
    says: Says,
}

/// A value, as an expression names it: a variable or a closure's parameter, and the names that lead on from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    root: Root,
    steps: Vec<Arc<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Root {
    Variable(String),
    Local(usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Says {
    /// It is not `()`.
    Present,
    /// It is one of these texts.
    Among(Vec<String>),
    /// It is not this text.
    Never(String),
}

impl Fact {
    /// That a variable has a value.
    pub fn present(variable: &str) -> Self {
        Self { spot: Spot { root: Root::Variable(variable.to_owned()), steps: Vec::new() }, says: Says::Present }
    }

    /// Whether it tells of a variable, or of what lies in it.
    pub fn is_about(&self, variable: &str) -> bool {
        self.spot.root == Root::Variable(variable.to_owned())
    }

    fn is_of_a_variable(&self) -> bool {
        matches!(self.spot.root, Root::Variable(_))
    }
}

impl Expression {
    /// What holds of variables where this is true, or where it is false.
    pub fn facts(&self, truth: bool) -> Vec<Fact> {
        Facts { names: &self.names }.when(&self.root, truth).into_iter().filter(Fact::is_of_a_variable).collect()
    }
}

impl Expression {
    /// Whether it says that it is true wherever a variable is `()`: `target == () || …`.
    pub fn is_true_without(&self, variable: &str) -> bool {
        let says = |node: &Node| match &node.term {
            Term::Binary(Operator::Equal, _, operands) => {
                let spot = Facts { names: &self.names }.spot(&operands.0);
                spot.is_some_and(|spot| spot == Fact::present(variable).spot) && constant(&operands.1).is_some_and(Value::is_null)
            }
            _ => false,
        };
        match &self.root.term {
            Term::Any(parts) => parts.iter().any(says),
            _ => says(&self.root),
        }
    }
}

/// What is known of a value, with what was said of it.
pub(super) fn narrowed(mut of: Type, spot: &Spot, facts: &[Fact]) -> Type {
    for fact in facts.iter().filter(|fact| fact.spot == *spot) {
        match &fact.says {
            Says::Present => of.kinds = of.kinds.present(),
            Says::Among(texts) => {
                of.kinds = of.kinds.present();
                of.limit(texts);
            }
            Says::Never(text) => of.rule_out(text),
        }
    }
    of
}

/// Finds what conditions say.
pub(super) struct Facts<'n> {
    pub(super) names: &'n [String],
}

impl Facts<'_> {
    /// The value that a term names; none for one that is computed.
    pub(super) fn spot(&self, node: &Node) -> Option<Spot> {
        match &node.term {
            Term::Variable(place) => Some(Spot { root: Root::Variable(self.names[*place].clone()), steps: Vec::new() }),
            Term::Local(place) => Some(Spot { root: Root::Local(*place), steps: Vec::new() }),
            Term::Chain(root, links) => links.iter().try_fold(self.spot(root)?, Spot::step),
            _ => None,
        }
    }

    /// What holds where a condition is true, or where it is false.
    pub(super) fn when(&self, node: &Node, truth: bool) -> Vec<Fact> {
        match (&node.term, truth) {
            (Term::Not(inner), _) => self.when(inner, !truth),
            (Term::All(parts), true) | (Term::Any(parts), false) => parts.iter().flat_map(|part| self.when(part, truth)).collect(),
            (Term::All(parts), false) | (Term::Any(parts), true) => self.either(parts, truth),
            (Term::Binary(operator, _, operands), _) => self.compared(*operator, operands, truth),
            (Term::Call(call), _) => self.call(call, truth),
            (Term::Coalesce(parts), true) => self.first_of(parts),
            (Term::Coalesce(_), false) => Vec::new(),
            (Term::Chain(root, links), _) => match links.split_last() {
                Some((Link { step: Step::Method(call), .. }, before)) if call.function.doc.name == "blank" => match truth {
                    true => Vec::new(),
                    false => self.on_the_way(root, before),
                },
                _ => self.there(node),
            },
            _ => self.there(node),
        }
    }

    /// What holds in the result of a case; `taken` are the cases above it.
    pub(super) fn case(&self, subject: &Node, case: &Case, taken: &[&Value]) -> Vec<Fact> {
        if case.labels.is_empty() {
            return taken.iter().flat_map(|value| self.is(subject, value, false)).collect();
        }
        let values: Vec<&Value> = case.labels.iter().map(|(value, _)| value).collect();
        self.among(subject, &values)
    }

    fn call(&self, call: &Call, truth: bool) -> Vec<Fact> {
        match (call.function.doc.name, &call.arguments[..], truth) {
            ("blank", [value], false) => self.there(value),
            ("contains", [Node { term: Term::List(members), .. }, member], _) => {
                let values: Vec<&Value> = members.iter().filter_map(constant).collect();
                match truth {
                    true if values.len() == members.len() => self.among(member, &values),
                    true => Vec::new(),
                    false => values.into_iter().flat_map(|value| self.is(member, value, false)).collect(),
                }
            }
            _ => self.arguments(call),
        }
    }

    /// What a function cannot take as `()` was there, or the function would have refused.
    fn arguments(&self, call: &Call) -> Vec<Fact> {
        let Some(signature) = signature(call.function.doc.name) else { return Vec::new() };
        let needed = call.arguments.iter().zip(signature.takes).filter(|(_, kinds)| !kinds.may(Kinds::NULL));
        needed.flat_map(|(argument, _)| self.there(argument)).collect()
    }

    fn compared(&self, operator: Operator, operands: &(Node, Node), truth: bool) -> Vec<Fact> {
        let mut facts = match operator {
            Operator::Equal => self.equal(operands, truth),
            Operator::NotEqual => self.equal(operands, !truth),
            _ => self.there(&operands.0).into_iter().chain(self.there(&operands.1)).collect(),
        };
        // `(x ?? 0) > 0` is true only where `x` is there.
        if let (Some((value, instead)), Some(with)) = (self.with_default(&operands.0), constant(&operands.1)) {
            let by_default = apply(operator, &(&instead).into(), &with.into());
            facts.extend(if matches!(by_default, Ok(Found::Bool(flag)) if flag != truth) { self.there(value) } else { Vec::new() });
        }
        facts
    }

    /// A value and what stands for it where it is absent, of `x ?? 0` and of `count(x ?? [])`.
    fn with_default<'t>(&self, node: &'t Node) -> Option<(&'t Node, Value)> {
        match &node.term {
            Term::Coalesce(parts) => match &parts[..] {
                [value, instead] => Some((value, constant(instead)?.clone())),
                _ => None,
            },
            Term::Call(call) if call.function.doc.name == "count" => match &call.arguments.first()?.term {
                Term::Coalesce(parts) => match &parts[..] {
                    [value, Node { term: Term::List(none), .. }] if none.is_empty() => Some((value, Value::from(0))),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    fn equal(&self, (left, right): &(Node, Node), truth: bool) -> Vec<Fact> {
        match (constant(left), constant(right)) {
            (_, Some(value)) => self.is(left, value, truth),
            (Some(value), None) => self.is(right, value, truth),
            (None, None) => Vec::new(),
        }
    }

    fn is(&self, node: &Node, value: &Value, truth: bool) -> Vec<Fact> {
        match (value, truth) {
            (Value::Null, true) => Vec::new(),
            (Value::Null, false) => self.there(node),
            (_, true) => self.among(node, &[value]),
            (Value::Text(text), false) => self.spot(node).into_iter().map(|spot| Fact { spot, says: Says::Never(text.clone()) }).collect(),
            (_, false) => Vec::new(),
        }
    }

    fn among(&self, node: &Node, values: &[&Value]) -> Vec<Fact> {
        if values.iter().any(|value| value.is_null()) {
            return Vec::new();
        }
        let mut facts = self.there(node);
        let texts: Option<Vec<String>> = values.iter().map(|value| value.as_text().map(str::to_owned)).collect();
        facts.extend(self.spot(node).zip(texts).map(|(spot, texts)| Fact { spot, says: Says::Among(texts) }));
        facts
    }

    /// What each of several says.
    fn either(&self, parts: &[Node], truth: bool) -> Vec<Fact> {
        let mut each = parts.iter().map(|part| self.when(part, truth));
        let first = each.next().unwrap_or_default();
        each.fold(first, |known, more| {
            let both = |one: &Fact, other: &Fact| {
                let says = (one.spot == other.spot).then(|| one.says.with(&other.says)).flatten()?;
                Some(Fact { spot: one.spot.clone(), says })
            };
            known.iter().flat_map(|one| more.iter().filter_map(move |other| both(one, other))).collect()
        })
    }

    /// What is there where a term is not `()`.
    pub(super) fn there(&self, node: &Node) -> Vec<Fact> {
        match &node.term {
            Term::Chain(root, links) => self.on_the_way(root, links),
            Term::Call(call) => self.arguments(call),
            _ => self.spot(node).into_iter().map(present).collect(),
        }
    }

    /// `a ?? false` is true only where `a` is.
    fn first_of(&self, parts: &[Node]) -> Vec<Fact> {
        match parts {
            [first, Node { term: Term::Constant(Value::Bool(false)), .. }] => self.when(first, true),
            _ => Vec::new(),
        }
    }

    /// Every value that a chain walks through was there, up to the first call that takes `()` as well.
    fn on_the_way(&self, root: &Node, links: &[Link]) -> Vec<Fact> {
        let Some(mut spot) = self.spot(root) else { return self.there(root) };
        let mut facts = vec![present(spot.clone())];
        for link in links {
            match spot.clone().step(link) {
                Some(next) => spot = next,
                None => {
                    let takes_nothing = matches!(&link.step, Step::Method(call) if first_takes_nothing(call)) && !link.safe;
                    facts.truncate(facts.len() - usize::from(takes_nothing));
                    return facts;
                }
            }
            facts.push(present(spot.clone()));
        }
        facts
    }
}

impl Spot {
    fn step(mut self, link: &Link) -> Option<Self> {
        self.push(link).then_some(self)
    }

    /// One step on, where it is one by name.
    pub(super) fn push(&mut self, link: &Link) -> bool {
        let name = match &link.step {
            Step::Name(name) => Arc::clone(name),
            Step::Index(Node { term: Term::Constant(Value::Text(name)), .. }) => Arc::from(name.as_str()),
            Step::Index(_) | Step::Method(_) => return false,
        };
        self.steps.push(name);
        true
    }
}

impl Says {
    /// What is left of two where either may hold.
    fn with(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Among(one), Self::Among(two)) => Some(Self::Among(one.iter().chain(two).cloned().collect())),
            (Self::Never(one), Self::Never(two)) => (one == two).then(|| self.clone()),
            (Self::Never(_), _) | (_, Self::Never(_)) => None,
            (Self::Present, _) | (_, Self::Present) => Some(Self::Present),
        }
    }
}

fn present(spot: Spot) -> Fact {
    Fact { spot, says: Says::Present }
}

fn first_takes_nothing(call: &Call) -> bool {
    let first = signature(call.function.doc.name).and_then(|signature| signature.takes.first().copied());
    first.is_none_or(|kinds| kinds.may(Kinds::NULL))
}

fn constant(node: &Node) -> Option<&Value> {
    if let Term::Constant(value) = &node.term { Some(value) } else { None }
}
