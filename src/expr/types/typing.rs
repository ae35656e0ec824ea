//! The type of each term, and every mistake that shows on the way: beside `machine`, which runs the same terms.

use std::ops::Range;
use std::sync::Arc;

use super::signatures::signature;
use super::{Kinds, Known, Leaf, Lies, Slip, Type, TypeProblem};
use crate::diagnostic::{closest, did_you_mean};
use crate::expr::expression::Expression;
use crate::expr::reads::PathStep;
use crate::expr::term::{Call, Case, Link, Node, Operator, Step, Term};
use crate::value::Value;

/// What is known of an expression.
#[derive(Clone, Debug)]
pub struct Typed {
    /// What it gives.
    pub of: Type,
    /// The terms that may be its value.
    pub leaves: Vec<Leaf>,
    /// Its mistakes.
    pub problems: Vec<TypeProblem>,
}

impl Expression {
    /// Its type, and the mistakes that no record can make good.
    pub fn typed(&self, known: &dyn Known) -> Typed {
        if self.script.is_some() {
            let leaf = Leaf { at: self.root.at.clone(), of: Type::any(), constant: None };
            return Typed { of: Type::any(), leaves: vec![leaf], problems: Vec::new() };
        }
        let mut typing = Typing { known, names: &self.names, locals: Vec::new(), problems: Vec::new() };
        let of = typing.of(&self.root);
        let mut leaves = Vec::new();
        // What is found wrong here has been told above.
        let mut again = Typing { known, names: &self.names, locals: Vec::new(), problems: Vec::new() };
        again.leaves(&self.root, &mut leaves);
        Typed { of, leaves, problems: typing.problems }
    }
}

pub(super) struct Typing<'t> {
    known: &'t dyn Known,
    names: &'t [String],
    /// Types of closure parameters, outermost first.
    locals: Vec<Type>,
    pub(super) problems: Vec<TypeProblem>,
}

impl Typing<'_> {
    pub(super) fn tell(&mut self, slip: Slip, at: &Range<usize>, message: String, help: Option<&str>) {
        self.problems.push(TypeProblem { slip, message, at: at.clone(), help: help.map(str::to_owned), meant: None });
    }

    pub(super) fn of(&mut self, node: &Node) -> Type {
        match &node.term {
            Term::Constant(value) => Type::constant(value),
            Term::Printed(parts) => {
                for part in parts {
                    self.needs(part, Kinds::PLAIN, "text with values in it");
                }
                Type::of(Kinds::TEXT)
            }
            Term::List(members) => {
                let members: Vec<Type> = members.iter().map(|member| self.of(member)).collect();
                members.into_iter().reduce(Type::or).map_or_else(|| Type::of(Kinds::LIST), Type::list)
            }
            Term::Record(fields) => {
                let fields: Vec<(Arc<str>, Type)> = fields.iter().map(|(name, value)| (Arc::clone(name), self.of(value))).collect();
                Type { fields: Some(fields.into()), ..Type::of(Kinds::RECORD) }
            }
            Term::Variable(place) => self.lying(Lies { root: self.names[*place].clone(), steps: Vec::new() }),
            Term::Local(place) => self.locals.get(*place).cloned().unwrap_or_else(Type::any),
            Term::Chain(root, links) => {
                let start = self.of(root);
                links.iter().fold(start, |of, link| self.link(of, link))
            }
            Term::Call(call) => {
                let Some((first, rest)) = call.arguments.split_first() else { return self.call(call, None, &[]) };
                if let (Term::List(members), [member], "contains") = (&first.term, rest, call.function.doc.name) {
                    self.among(members, member);
                    return Type::of(Kinds::BOOL);
                }
                let of = self.of(first);
                self.call(call, Some((of, &first.at)), rest)
            }
            Term::Closure(closure) => self.of(&closure.body),
            Term::Binary(operator, _, operands) => self.binary(*operator, operands),
            Term::Negate(operand) => {
                self.needs(operand, Kinds::NUMBER, "`-`");
                Type::of(Kinds::NUMBER)
            }
            Term::Not(operand) => {
                self.condition(operand, "`!`");
                Type::of(Kinds::BOOL)
            }
            Term::All(parts) => self.logic(parts, "`&&`"),
            Term::Any(parts) => self.logic(parts, "`||`"),
            Term::Coalesce(parts) => self.either(parts.iter()),
            Term::If(branches) => {
                self.condition(&branches.0, "`if`");
                let then = self.of(&branches.1);
                let otherwise = branches.2.as_ref().map_or_else(|| Type::of(Kinds::NULL), |otherwise| self.of(otherwise));
                then.or(otherwise)
            }
            Term::Switch(subject, cases) => self.switch(subject, cases),
            Term::Block(_) | Term::Lent(..) | Term::Outside(_) => Type::any(),
        }
    }

    fn either<'n>(&mut self, parts: impl Iterator<Item = &'n Node>) -> Type {
        let parts: Vec<Type> = parts.map(|part| self.of(part)).collect();
        parts.into_iter().reduce(Type::or).unwrap_or_else(Type::any)
    }

    fn logic(&mut self, parts: &[Node], word: &str) -> Type {
        parts.iter().for_each(|part| self.condition(part, word));
        Type::of(Kinds::BOOL)
    }

    fn condition(&mut self, node: &Node, word: &str) {
        let of = self.of(node);
        if !of.kinds.fits(Kinds::BOOL) {
            let message = format!("{word} needs true or false, and this is {}", of.kinds.words());
            self.tell(Slip::Condition, &node.at, message, Some("compare it: `… == …`, or ask `blank(…)`"));
        }
    }

    fn needs(&mut self, node: &Node, wanted: Kinds, what: &str) -> Type {
        let of = self.of(node);
        if !of.kinds.fits(wanted) {
            let message = format!("{what} needs {}, and this is {}", wanted.words(), of.kinds.words());
            let help = (wanted == Kinds::NUMBER && of.kinds.may(Kinds::TEXT)).then_some("`decimal(…)` reads a number from text");
            self.tell(Slip::Kinds, &node.at, message, help);
        }
        of
    }

    fn lying(&self, lies: Lies) -> Type {
        let of = self.known.at(&lies.root, &lies.steps);
        let has_parts = of.kinds != Kinds::ANY && of.kinds.may(Kinds::RECORD | Kinds::LIST);
        Type { lies: has_parts.then_some(lies), ..of }
    }

    fn step(&self, of: &Type, step: PathStep) -> Type {
        match (&of.lies, &of.member, &of.fields, &step) {
            (Some(lies), ..) => {
                let steps = lies.steps.iter().cloned().chain([step]).collect();
                self.lying(Lies { root: lies.root.clone(), steps })
            }
            (None, Some(member), _, PathStep::Each) => (**member).clone(),
            (None, _, Some(fields), PathStep::Name(name)) => {
                fields.iter().find(|(known, _)| **known == **name).map_or_else(Type::any, |(_, of)| of.clone())
            }
            _ => Type::any(),
        }
    }

    fn link(&mut self, of: Type, link: &Link) -> Type {
        match &link.step {
            Step::Name(name) => {
                self.has(&of, name, &link.at);
                self.step(&of, PathStep::Name(name.to_string()))
            }
            Step::Index(index) => {
                let by = self.of(index);
                match &index.term {
                    Term::Constant(Value::Text(name)) => self.step(&of, PathStep::Name(name.clone())),
                    _ if !of.kinds.fits(Kinds::LIST | Kinds::RECORD) => {
                        let message = format!("only a list has members, and this is {}", of.kinds.words());
                        self.tell(Slip::Kinds, &link.at, message, None);
                        Type::any()
                    }
                    _ if of.kinds.only(Kinds::LIST | Kinds::NULL) && by.kinds.only(Kinds::NUMBER | Kinds::NULL) => {
                        self.step(&of, PathStep::Each)
                    }
                    _ => Type::any(),
                }
            }
            Step::Method(call) => self.call(call, Some((of, &call.at)), &call.arguments),
        }
    }

    /// What lies in the data has been looked for there.
    fn has(&mut self, of: &Type, name: &str, at: &Range<usize>) {
        let known: Vec<&str> = of.fields.iter().flat_map(|fields| fields.iter().map(|(known, _)| &**known)).collect();
        let lost = of.fields.is_some() && !known.contains(&name);
        if lost || (of.lies.is_none() && !of.kinds.fits(Kinds::RECORD)) {
            let message = if lost { format!("there is no `{name}` in it") } else { format!("{} has no `{name}`", of.kinds.words()) };
            let meant = closest(name, known.iter().copied()).map(str::to_owned);
            let help = did_you_mean(name, known);
            self.problems.push(TypeProblem { slip: Slip::Kinds, message, at: at.clone(), help, meant });
        }
    }

    fn binary(&mut self, operator: Operator, operands: &(Node, Node)) -> Type {
        let (left, right) = operands;
        let of = (self.of(left), self.of(right));
        match operator {
            Operator::Equal | Operator::NotEqual => {
                self.compared((&of.0, left), (&of.1, right));
                Type::of(Kinds::BOOL)
            }
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                self.together(operator, Kinds::ORDERED, (&of.0, left), (&of.1, right));
                Type::of(Kinds::BOOL)
            }
            Operator::Add => {
                self.together(operator, Kinds::ORDERED, (&of.0, left), (&of.1, right));
                let both = of.0.kinds & of.1.kinds & Kinds::ORDERED;
                Type::of(if both == Kinds::NONE { Kinds::ORDERED } else { both })
            }
            Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
                self.together(operator, Kinds::NUMBER, (&of.0, left), (&of.1, right));
                Type::of(Kinds::NUMBER)
            }
        }
    }

    fn switch(&mut self, subject: &Node, cases: &[Case]) -> Type {
        let of = self.of(subject);
        let mut taken: Vec<&Value> = Vec::new();
        let mut results = if cases.iter().any(|case| case.labels.is_empty()) { Type::of(Kinds::NONE) } else { Type::of(Kinds::NULL) };
        for case in cases {
            for (label, at) in &case.labels {
                let label_of = Type::constant(label);
                if !label.is_null() && !of.kinds.present().fits(label_of.kinds) {
                    let message =
                        format!("{} is compared with {}, which it never equals", of.kinds.present().words(), label_of.kinds.words());
                    self.tell(Slip::Kinds, at, message, None);
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
            if let Some(condition) = &case.condition {
                self.condition(condition, "`if`");
            }
            results = results.or(self.of(&case.result));
        }
        results
    }

    fn call(&mut self, call: &Call, first: Option<(Type, &Range<usize>)>, rest: &[Node]) -> Type {
        let name = call.function.doc.name;
        let Some(signature) = signature(name) else { return Type::any() };
        let mut given: Vec<(Type, &Range<usize>)> = Vec::with_capacity(rest.len() + 1);
        given.extend(first);
        for argument in rest {
            let of = match (&argument.term, given.first()) {
                (Term::Closure(closure), Some((list, _))) => {
                    let member = self.step(list, PathStep::Each);
                    self.locals.push(member);
                    let of = self.of(&closure.body);
                    self.locals.pop();
                    self.closure(name, &of, &closure.body);
                    of
                }
                _ => self.of(argument),
            };
            given.push((of, &argument.at));
        }
        for (place, (of, at)) in given.iter().enumerate() {
            let Some(wanted) = signature.takes.get(place).or(signature.takes.last()) else { break };
            if !of.kinds.fits(*wanted) {
                let message = format!("`{name}` needs {}, and this is {}", wanted.words(), of.kinds.words());
                self.tell(Slip::Argument, at, message, Some(&format!("write `{}`", call.function.doc.signature)));
            }
        }
        self.gives(name, signature.gives, &given, rest)
    }

    fn closure(&mut self, name: &str, of: &Type, body: &Node) {
        let wanted = match name {
            "filter" | "some" | "all" => Kinds::BOOL,
            "sum" => Kinds::NUMBER | Kinds::NULL,
            _ => return,
        };
        if !of.kinds.fits(wanted) {
            let slip = if wanted == Kinds::BOOL { Slip::Condition } else { Slip::Kinds };
            let message = format!("the closure of `{name}` gives {} instead of {}", of.kinds.words(), wanted.words());
            self.tell(slip, &body.at, message, None);
        }
    }

    fn gives(&mut self, name: &str, gives: Kinds, given: &[(Type, &Range<usize>)], rest: &[Node]) -> Type {
        match (name, given) {
            ("first", [(list, _)]) => self.step(list, PathStep::Each).or(Type::of(Kinds::NULL)),
            ("filter", [(list, _), ..]) => Type { kinds: Kinds::LIST, ..list.clone() },
            ("map", [_, (of, _)]) => Type::list(of.clone()),
            ("split", _) => Type::list(Type::of(Kinds::TEXT)),
            ("budget_code", _) => {
                let part = |name: &str| (Arc::from(name), Type::of(Kinds::TEXT | Kinds::NULL));
                Type { fields: Some(["sub_job", "cost_code", "cost_type"].map(part).to_vec().into()), ..Type::of(gives) }
            }
            ("linked" | "linked_key" | "linked_back" | "linked_line", _) => Type::of(gives | Kinds::NULL),
            ("contains", [(list, at), (member, _)]) => {
                if list.kinds.only(Kinds::TEXT | Kinds::NULL) && !member.kinds.fits(Kinds::TEXT) {
                    self.tell(Slip::Argument, at, format!("a text has no {} in it", member.kinds.words()), None);
                }
                Type::of(gives)
            }
            ("sum", [(list, _), (field, at)]) => {
                if let Some(Term::Constant(Value::Text(name))) = rest.last().map(|node| &node.term) {
                    let member = self.step(list, PathStep::Each);
                    let added = self.step(&member, PathStep::Name(name.clone()));
                    if field.kinds.may(Kinds::TEXT) && !added.kinds.fits(Kinds::NUMBER) {
                        self.tell(Slip::Kinds, at, format!("`sum` adds numbers, and `{name}` is {}", added.kinds.words()), None);
                    }
                }
                Type::of(gives)
            }
            ("min" | "max", [(first, at), others @ ..]) => {
                for (other, _) in others {
                    if first.kinds & other.kinds & Kinds::ORDERED == Kinds::NONE {
                        self.tell(Slip::Argument, at, format!("`{name}` needs values of one kind"), None);
                    }
                }
                Type::of(first.kinds & gives)
            }
            _ => Type::of(gives),
        }
    }

    fn leaves(&mut self, node: &Node, into: &mut Vec<Leaf>) {
        match &node.term {
            Term::Coalesce(parts) => parts.iter().for_each(|part| self.leaves(part, into)),
            Term::If(branches) => {
                self.leaves(&branches.1, into);
                branches.2.iter().for_each(|otherwise| self.leaves(otherwise, into));
            }
            Term::Switch(_, cases) => cases.iter().for_each(|case| self.leaves(&case.result, into)),
            term => {
                let constant = if let Term::Constant(value) = term { Some(value.clone()) } else { None };
                into.push(Leaf { at: node.at.clone(), of: self.of(node), constant });
            }
        }
    }
}
