//! The type of each term, and every mistake that shows on the way: beside `machine`, which runs the same terms.

use std::ops::Range;
use std::sync::Arc;

use super::calling::Given;
use super::facts::{Fact, Facts, Spot, narrowed};
use super::{Kinds, Known, Leaf, Lies, Slip, Type, TypeProblem};
use crate::diagnostic::{closest, did_you_mean};
use crate::expr::expression::Expression;
use crate::expr::reads::PathStep;
use crate::expr::term::{Link, Node, Operator, Step, Term};
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
    /// Its type and its mistakes, where these facts hold of its variables.
    pub fn typed(&self, known: &dyn Known, given: &[Fact]) -> Typed {
        if self.script.is_some() {
            let leaf = Leaf { at: self.root.at.clone(), of: Type::any(), constant: None, unwritten: false };
            return Typed { of: Type::any(), leaves: vec![leaf], problems: Vec::new() };
        }
        let start = || Typing {
            known,
            text: self.text(),
            names: &self.names,
            facts: given.to_vec(),
            locals: Vec::new(),
            absent: Vec::new(),
            problems: Vec::new(),
        };
        let mut typing = start();
        let of = typing.of(&self.root);
        let mut leaves = Vec::new();
        // What is found wrong here has been told above.
        start().leaves(&self.root, &mut leaves);
        Typed { of, leaves, problems: typing.problems }
    }
}

pub(super) struct Typing<'t> {
    known: &'t dyn Known,
    text: &'t str,
    pub(super) names: &'t [String],
    /// What holds of values here.
    pub(super) facts: Vec<Fact>,
    /// Types of closure parameters, outermost first.
    pub(super) locals: Vec<Type>,
    /// Values that were told to be absent at times: once is enough.
    absent: Vec<Spot>,
    pub(super) problems: Vec<TypeProblem>,
}

impl Typing<'_> {
    pub(super) fn tell(&mut self, slip: Slip, at: &Range<usize>, message: String, help: Option<&str>) {
        let help = help.map(str::to_owned);
        self.problems.push(TypeProblem { slip, message, at: at.clone(), why: None, help, meant: None });
    }

    /// The same with where the value comes from.
    pub(super) fn tell_of(&mut self, of: &Type, (slip, at): (Slip, &Range<usize>), message: String, help: Option<&str>) {
        self.tell(slip, at, message, help);
        if let (Some(told), Some(from)) = (self.problems.last_mut(), &of.from) {
            told.why = Some(format!("it is {from}"));
        }
    }

    /// What refuses `()` is told of a value that may be absent.
    pub(super) fn must_be_there(&mut self, of: &Type, node: &Node, needs: &str) {
        let spot = Facts { names: self.names }.spot(node);
        self.absent_at(of, (spot.as_ref(), &node.at), needs);
    }

    pub(super) fn absent_at(&mut self, of: &Type, (spot, at): (Option<&Spot>, &Range<usize>), needs: &str) {
        if !of.may_be_absent() || spot.is_some_and(|spot| self.absent.contains(spot)) {
            return;
        }
        let message = format!("{needs}, and `{}` may be absent", shown(&self.text[at.clone()]));
        self.absent_told((of, spot), at, (message, "give it another value with `??`, or ask before: `if … != () { … }`"));
    }

    fn absent_told(&mut self, (of, spot): (&Type, Option<&Spot>), at: &Range<usize>, (message, help): (String, &str)) {
        self.absent.extend(spot.cloned());
        self.tell(Slip::Absent, at, message, Some(help));
        if let (Some(told), Some(from)) = (self.problems.last_mut(), &of.from) {
            told.why = Some(match of.only_at_times {
                true => from.to_string(),
                false => format!("{from}, is not in every record"),
            });
        }
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
                members.into_iter().reduce(Type::or).map_or_else(|| Type::list(Type::of(Kinds::NONE)), Type::list)
            }
            Term::Record(fields) => {
                let fields: Vec<(Arc<str>, Type)> = fields.iter().map(|(name, value)| (Arc::clone(name), self.of(value))).collect();
                Type { fields: Some(fields.into()), ..Type::of(Kinds::RECORD) }
            }
            Term::Variable(place) => self.known_here(self.lying(Lies { root: self.names[*place].clone(), steps: Vec::new() }), node),
            Term::Local(place) => self.known_here(self.locals.get(*place).cloned().unwrap_or_else(Type::any), node),
            Term::Chain(root, links) => self.chain(root, links),
            Term::Call(call) => {
                let Some((first, rest)) = call.arguments.split_first() else { return self.call(call, None, &[]) };
                if let (Term::List(members), [member], "contains") = (&first.term, rest, call.function.doc.name) {
                    self.among(members, member);
                    return Type::of(Kinds::BOOL);
                }
                let of = self.of(first);
                let spot = Facts { names: self.names }.spot(first);
                self.call(call, Some(Given { of, at: &first.at, whole: first.at.clone(), spot }), rest)
            }
            Term::Closure(closure) => self.of(&closure.body),
            Term::Binary(operator, _, operands) => self.binary(*operator, operands),
            Term::Negate(operand) => {
                let of = self.needs(operand, Kinds::NUMBER, "`-`");
                self.must_be_there(&of, operand, "`-` needs a number");
                Type::of(Kinds::NUMBER).with_places(of.places)
            }
            Term::Not(operand) => {
                self.condition(operand, "`!`");
                Type::of(Kinds::BOOL)
            }
            Term::All(parts) => self.logic(parts, "`&&`"),
            Term::Any(parts) => self.logic(parts, "`||`"),
            Term::Coalesce(parts) => self.either(parts),
            Term::If(branches) => self.choice(branches),
            Term::Switch(subject, cases) => self.switch((node, subject), cases),
            Term::Block(_) | Term::Lent(..) | Term::Outside(_) => Type::any(),
        }
    }

    /// A value by its name, with what was said of it.
    fn known_here(&self, of: Type, node: &Node) -> Type {
        match (Facts { names: self.names }).spot(node) {
            Some(spot) => narrowed(of, &spot, &self.facts),
            None => of,
        }
    }

    /// A value and what is done to it, step by step. `?.` on what may be absent leaves nothing.
    fn chain(&mut self, root: &Node, links: &[Link]) -> Type {
        let mut of = self.of(root);
        let mut spot = (Facts { names: self.names }).spot(root);
        let (mut leaves_nothing, mut start) = (false, root.at.clone());
        for link in links {
            leaves_nothing |= link.safe && of.kinds.may(Kinds::NULL);
            if link.safe {
                of = of.present();
            } else if of.only_at_times && of.may_be_absent() {
                self.step_from_nothing(&of, spot.as_ref(), (&start, link));
            }
            of = self.link(of, (&start, spot.clone()), link);
            spot = spot.and_then(|mut spot| spot.push(link).then_some(spot));
            of = spot.as_ref().map_or_else(|| of.clone(), |spot| narrowed(of.clone(), spot, &self.facts));
            start.end = link.end;
        }
        // That the whole is there says so of what it was reached through.
        let is_known = spot.is_some_and(|spot| narrowed(Type::of(Kinds::NULL), &spot, &self.facts).kinds == Kinds::NONE);
        if leaves_nothing && !is_known { of.or_nothing() } else { of }
    }

    fn step_from_nothing(&mut self, of: &Type, spot: Option<&Spot>, (before, link): (&Range<usize>, &Link)) {
        let Step::Name(name) = &link.step else { return };
        if spot.is_some_and(|spot| self.absent.contains(spot)) {
            return;
        }
        let message = format!("`{}` may be absent, and has no `{name}` then", shown(&self.text[before.clone()]));
        self.absent_told((of, spot), &link.at, (message, &format!("`?.{name}` allows for that")));
    }

    fn needs(&mut self, node: &Node, wanted: Kinds, what: &str) -> Type {
        let of = self.of(node);
        if !of.kinds.fits(wanted) {
            let message = format!("{what} needs {}, and this is {}", wanted.words(), of.kinds.words());
            let help = (wanted == Kinds::NUMBER && of.kinds.may(Kinds::TEXT)).then_some("`decimal(…)` reads a number from text");
            self.tell_of(&of, (Slip::Kinds, &node.at), message, help);
        }
        of
    }

    fn lying(&self, lies: Lies) -> Type {
        let of = self.known.at(&lies.root, &lies.steps);
        let has_parts = of.kinds != Kinds::ANY && of.kinds.may(Kinds::RECORD | Kinds::LIST);
        Type { lies: has_parts.then_some(lies), ..of }
    }

    pub(super) fn step(&self, of: &Type, step: PathStep) -> Type {
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

    fn link(&mut self, of: Type, (before, spot): (&Range<usize>, Option<Spot>), link: &Link) -> Type {
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
                        self.tell_of(&of, (Slip::Kinds, &link.at), message, None);
                        Type::any()
                    }
                    _ if of.kinds.only(Kinds::LIST | Kinds::NULL) && by.kinds.only(Kinds::NUMBER | Kinds::NULL) => {
                        self.step(&of, PathStep::Each)
                    }
                    _ => Type::any(),
                }
            }
            Step::Method(call) => {
                let receiver = Given { of, at: &call.at, whole: before.clone(), spot };
                self.call(call, Some(receiver), &call.arguments)
            }
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
            self.problems.push(TypeProblem { slip: Slip::Kinds, message, at: at.clone(), why: None, help, meant });
        }
    }

    fn binary(&mut self, operator: Operator, operands: &(Node, Node)) -> Type {
        let (left, right) = operands;
        let of = (self.of(left), self.of(right));
        let (one, two) = (of.0.places, of.1.places);
        match operator {
            Operator::Equal | Operator::NotEqual => {
                self.compared(operator, (&of.0, left), (&of.1, right));
                Type::of(Kinds::BOOL)
            }
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                self.together(operator, Kinds::ORDERED, (&of.0, left), (&of.1, right));
                Type::of(Kinds::BOOL)
            }
            Operator::Add => {
                self.together(operator, Kinds::ORDERED, (&of.0, left), (&of.1, right));
                let both = of.0.kinds & of.1.kinds & Kinds::ORDERED;
                Type::of(if both == Kinds::NONE { Kinds::ORDERED } else { both }).with_places(one.widest(two))
            }
            Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
                self.together(operator, Kinds::NUMBER, (&of.0, left), (&of.1, right));
                let places = match operator {
                    Operator::Multiply => one.product(two),
                    Operator::Divide => one.quotient(if let Term::Constant(Value::Number(by)) = right.term { Some(by) } else { None }),
                    _ => one.widest(two),
                };
                Type::of(Kinds::NUMBER).with_places(places)
            }
        }
    }
}

/// A part of the text as a message shows it.
fn shown(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}
