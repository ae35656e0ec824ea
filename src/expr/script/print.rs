//! How is an expression told to Rhai? As a program that does the flow itself and calls back, by number, to the term of every step.

use std::collections::BTreeSet;
use std::ops::Range;

use super::chain::Start;
use super::lower::OURS;
use crate::expr::term::{Call, Case, Closure, Link, Node, Term};
use crate::value::Value;

/// A program, the terms it calls back to, and which part of the author's text each part of it came from.
pub(super) struct Printed {
    pub(super) program: String,
    pub(super) sites: Vec<Node>,
    /// Numbers of characters of the program, and bytes of the author's text.
    pub(super) marks: Vec<(usize, Range<usize>)>,
}

pub(super) struct Printer<'e> {
    pub(super) names: &'e [String],
    printed: Printed,
    characters: usize,
    /// Parameters of the closures around the current term, outermost first.
    locals: Vec<String>,
    /// Every name that can be seen here.
    pub(super) seen: Vec<String>,
    temporaries: usize,
}

/// What a site is given: values one by one, and closures.
#[derive(Default)]
pub(super) struct Given<'n> {
    pub(super) values: Vec<From<'n>>,
    pub(super) closures: Vec<&'n Closure>,
}

/// Where a value comes from.
#[derive(Clone, Copy)]
pub(super) enum From<'n> {
    Term(&'n Node),
    /// The first links of a chain.
    Chain(Start<'n>, &'n [Link]),
    Temporary(usize),
}

impl<'e> Printer<'e> {
    pub(super) fn new(names: &'e [String], given: usize) -> Self {
        let seen = names[..given].to_vec();
        let printed = Printed { program: String::new(), sites: Vec::new(), marks: Vec::new() };
        Self { names, printed, characters: 0, locals: Vec::new(), seen, temporaries: 0 }
    }

    pub(super) fn print(mut self, root: &Node) -> Printed {
        match &root.term {
            Term::Block(statements) => self.statements(statements),
            _ => self.term(root),
        }
        self.printed
    }

    pub(super) fn push(&mut self, text: &str) {
        self.printed.program.push_str(text);
        self.characters += text.chars().count();
    }

    pub(super) fn mark(&mut self, at: &Range<usize>) {
        self.printed.marks.push((self.characters, at.clone()));
    }

    pub(super) fn term(&mut self, node: &Node) {
        self.mark(&node.at);
        match &node.term {
            Term::Variable(place) => self.push(&self.names[*place].clone()),
            Term::Local(place) => self.push(&self.locals[*place].clone()),
            Term::Chain(root, links) => self.links(Start { root, walked: None }, links),
            Term::All(parts) => self.logic(node, parts, " && "),
            Term::Any(parts) => self.logic(node, parts, " || "),
            Term::Coalesce(parts) => self.between(parts, ("(", " ?? ", ")"), Self::term),
            Term::If(branches) => {
                let (condition, then, otherwise) = &**branches;
                self.push("(if ");
                self.truth(condition, "if");
                self.braces(then);
                self.push(" else ");
                match otherwise {
                    Some(otherwise) => self.braces(otherwise),
                    None => self.push("{ () }"),
                }
                self.push(")");
            }
            Term::Switch(subject, cases) => self.switch(subject, cases),
            Term::Block(statements) => {
                self.push("{ ");
                self.statements(statements);
                self.push(" }");
            }
            Term::Lent(lent, parts) if lent.changes => {
                self.term(&parts[0]);
                self.push(".");
                self.push(lent.name);
                self.between(&parts[1..], ("(", ", ", ")"), Self::term);
            }
            Term::Lent(lent, parts) => {
                self.push(lent.name);
                self.between(parts, ("(", ", ", ")"), Self::term);
            }
            Term::Printed(parts) => self.parts(node, parts),
            _ => {
                let mut given = Given::default();
                let site = self.same(node, &mut given);
                self.site(site, &given);
            }
        }
    }

    pub(super) fn between<T>(&mut self, parts: &[T], (open, comma, close): (&str, &str, &str), print: fn(&mut Self, &T)) {
        self.push(open);
        for (number, part) in parts.iter().enumerate() {
            if number > 0 {
                self.push(comma);
            }
            print(self, part);
        }
        self.push(close);
    }

    fn braces(&mut self, node: &Node) {
        self.push(" { ");
        match &node.term {
            Term::Block(statements) => self.statements(statements),
            _ => self.term(node),
        }
        self.push(" }");
    }

    /// A condition, which has to be true or false.
    pub(super) fn truth(&mut self, condition: &Node, word: &str) {
        let asked = Node { term: Term::Local(0), at: condition.at.clone() };
        let term = match word {
            "if" => Term::If(Box::new((asked, constant(true), Some(constant(false))))),
            "||" => Term::Any(vec![asked]),
            _ => Term::All(vec![asked]),
        };
        self.site(Node { term, at: condition.at.clone() }, &Given { values: vec![From::Term(condition)], closures: Vec::new() });
    }

    fn logic(&mut self, node: &Node, parts: &[Node], operator: &str) {
        self.push("(");
        for (number, part) in parts.iter().enumerate() {
            if number > 0 {
                self.push(operator);
            }
            self.truth(part, if matches!(node.term, Term::Any(_)) { "||" } else { "&&" });
        }
        self.push(")");
    }

    fn switch(&mut self, subject: &Node, cases: &[Case]) {
        let temporary = self.temporary(|printer| printer.term(subject));
        for case in cases {
            self.push("if ");
            let labels = case.labels.clone();
            let held = Node { term: Term::Local(0), at: subject.at.clone() };
            let arm = Case { labels, condition: None, result: constant(true) };
            let other = Case { labels: Vec::new(), condition: None, result: constant(false) };
            let site = Node { term: Term::Switch(Box::new(held), vec![arm, other]), at: subject.at.clone() };
            self.site(site, &Given { values: vec![From::Temporary(temporary)], closures: Vec::new() });
            if let Some(condition) = &case.condition {
                self.push(" && ");
                self.truth(condition, "if");
            }
            self.braces(&case.result);
            self.push(" else ");
        }
        self.push("{ () } }");
    }

    /// `{ let … = …;`: the number of the variable. The brace is the caller's to close.
    pub(super) fn temporary(&mut self, value: impl FnOnce(&mut Self)) -> usize {
        self.temporaries += 1;
        let number = self.temporaries;
        self.push(&format!("{{ let {OURS}t{number} = "));
        value(self);
        self.push("; ");
        number
    }

    /// Text with values in it: each is printed before the next is asked for.
    fn parts(&mut self, node: &Node, parts: &[Node]) {
        let number = self
            .add(Node { term: Term::Printed((0..parts.len()).map(|place| local(place, &parts[place].at)).collect()), at: node.at.clone() });
        self.push(&format!("{OURS}do({number}, ["));
        for part in parts {
            let term = Term::Printed(vec![local(0, &part.at)]);
            self.site(Node { term, at: part.at.clone() }, &Given { values: vec![From::Term(part)], closures: Vec::new() });
            self.push(", ");
        }
        self.push("])");
    }

    /// The same term over values that are given.
    fn same<'n>(&self, node: &'n Node, given: &mut Given<'n>) -> Node {
        let mut place = |node: &'n Node| given.place(node);
        let term = match &node.term {
            Term::Constant(value) => Term::Constant(value.clone()),
            Term::List(members) => Term::List(members.iter().map(place).collect()),
            Term::Record(fields) => Term::Record(fields.iter().map(|(name, value)| (name.clone(), place(value))).collect()),
            Term::Call(call) => Term::Call(again(call, given)),
            Term::Binary(operator, at, operands) => Term::Binary(*operator, at.clone(), Box::new((place(&operands.0), place(&operands.1)))),
            Term::Negate(operand) => Term::Negate(Box::new(place(operand))),
            Term::Not(operand) => Term::Not(Box::new(place(operand))),
            // All others are printed, not called.
            _ => Term::Constant(Value::Null),
        };
        Node { term, at: node.at.clone() }
    }

    pub(super) fn from(&mut self, from: From<'_>) {
        match from {
            From::Term(node) => self.term(node),
            From::Temporary(number) => self.push(&format!("{OURS}t{number}")),
            From::Chain(Start { root, walked: None }, []) => self.term(root),
            From::Chain(Start { walked: Some((number, _)), .. }, []) => self.push(&format!("{OURS}t{number}")),
            From::Chain(start, links) => self.links(start, links),
        }
    }

    fn add(&mut self, site: Node) -> usize {
        self.printed.sites.push(site);
        self.printed.sites.len() - 1
    }

    /// `__do(7, [values], [closures])`.
    pub(super) fn site(&mut self, site: Node, given: &Given<'_>) {
        self.mark(&site.at);
        let number = self.add(site);
        self.push(&format!("{OURS}do({number}"));
        self.between(&given.values, (", [", ", ", "]"), |printer, from| printer.from(*from));
        if !given.closures.is_empty() {
            self.between(&given.closures, (", [", ", ", "]"), |printer, closure| printer.closure(closure));
        }
        self.push(")");
    }

    /// `[|a, member| { … }, a]`: a closure, with the values of what it uses from around it.
    fn closure(&mut self, closure: &Closure) {
        let mut used = BTreeSet::new();
        self.named(&closure.body, &mut self.locals_with(closure), &mut used);
        let member = closure.parameters.first().cloned().unwrap_or_default();
        let around: Vec<String> = used.into_iter().filter(|name| *name != member && self.seen.contains(name)).collect();
        let mut parameters = around.clone();
        parameters.push(member.clone());
        self.push(&format!("[|{}|", parameters.join(", ")));
        let seen = self.seen.len();
        self.seen.push(member.clone());
        self.locals.push(member);
        self.braces(&closure.body);
        self.locals.pop();
        self.seen.truncate(seen);
        for name in around {
            self.push(&format!(", {name}"));
        }
        self.push("]");
    }

    fn locals_with(&self, closure: &Closure) -> Vec<String> {
        self.locals.iter().chain(closure.parameters.first()).cloned().collect()
    }

    /// Every name in a term.
    fn named(&self, node: &Node, locals: &mut Vec<String>, into: &mut BTreeSet<String>) {
        match &node.term {
            Term::Variable(place) => drop(into.insert(self.names[*place].clone())),
            Term::Local(place) => drop(locals.get(*place).map(|name| into.insert(name.clone()))),
            Term::Closure(closure) => {
                locals.extend(closure.parameters.first().cloned());
                self.named(&closure.body, locals, into);
                locals.pop();
            }
            term => term.children().into_iter().for_each(|child| self.named(child, locals, into)),
        }
    }
}

impl<'n> Given<'n> {
    /// A value of its own for what has to be evaluated; constants stay where they are.
    pub(super) fn place(&mut self, node: &'n Node) -> Node {
        let term = match &node.term {
            Term::Constant(value) => Term::Constant(value.clone()),
            Term::Closure(closure) => {
                self.closures.push(closure);
                let body = Node { term: Term::Outside(self.closures.len() - 1), at: closure.body.at.clone() };
                Term::Closure(Closure { parameters: closure.parameters.clone(), body: Box::new(body) })
            }
            _ => {
                self.values.push(From::Term(node));
                Term::Local(self.values.len() - 1)
            }
        };
        Node { term, at: node.at.clone() }
    }
}

pub(super) fn again<'n>(call: &'n Call, given: &mut Given<'n>) -> Call {
    let arguments = call.arguments.iter().map(|argument| given.place(argument)).collect();
    Call { function: call.function, known: call.known, arguments, at: call.at.clone() }
}

fn constant(flag: bool) -> Node {
    Node { term: Term::Constant(flag.into()), at: 0..0 }
}

pub(super) fn local(place: usize, at: &Range<usize>) -> Node {
    Node { term: Term::Local(place), at: at.clone() }
}
