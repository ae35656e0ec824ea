//! How are statements told to Rhai? As they are, with calls back for the values in them.

use std::ops::Range;

use super::lower::OURS;
use super::print::{From, Given, Printer, local};
use super::statement::{For, Over, Statement};
use crate::expr::term::{Node, Operator, Step, Term};

impl Printer<'_> {
    pub(super) fn statements(&mut self, statements: &[Statement]) {
        let seen = self.seen.len();
        for (number, statement) in statements.iter().enumerate() {
            if number > 0 {
                self.push("; ");
            }
            self.statement(statement);
        }
        self.seen.truncate(seen);
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Value(value) => self.term(value),
            Statement::Let(name, value) => {
                self.push(&format!("let {name} = "));
                self.term(value);
                self.seen.push(name.clone());
            }
            Statement::Assign(parts, operator) => self.assignment(&parts.0, &parts.1, operator.as_ref()),
            Statement::While(None, body) => self.body("loop", body),
            Statement::While(Some(condition), body) => {
                self.push("while ");
                self.truth(condition, "if");
                self.body("", body);
            }
            Statement::Do(body, condition, until) => {
                self.body("do", body);
                self.push(if *until { " until " } else { " while " });
                self.truth(condition, "if");
            }
            Statement::For(parts) => self.run_over(parts),
            Statement::Break(value) => self.leaving("break", value.as_ref()),
            Statement::Continue => self.push("continue"),
            Statement::Return(value) => self.leaving("return", value.as_ref()),
        }
    }

    fn leaving(&mut self, word: &str, value: Option<&Node>) {
        self.push(word);
        if let Some(value) = value {
            self.push(" ");
            self.term(value);
        }
    }

    fn body(&mut self, word: &str, body: &[Statement]) {
        self.push(word);
        self.push(" { ");
        self.statements(body);
        self.push(" }");
    }

    fn run_over(&mut self, parts: &For) {
        match &parts.names {
            (name, None) => self.push(&format!("for {name} in ")),
            (name, Some(counter)) => self.push(&format!("for ({name}, {counter}) in ")),
        }
        match &parts.over {
            Over::Members(list) => {
                self.mark(&list.at);
                self.push(&format!("{OURS}members("));
                self.term(list);
            }
            Over::Range(from, to, with_last) => {
                self.mark(&from.at);
                self.push(&format!("{OURS}range("));
                self.term(from);
                self.push(", ");
                self.term(to);
                self.push(if *with_last { ", true" } else { ", false" });
            }
        }
        self.push(")");
        let seen = self.seen.len();
        self.seen.extend([&parts.names.0].into_iter().chain(&parts.names.1).cloned());
        self.body("", &parts.body);
        self.seen.truncate(seen);
    }

    fn assignment(&mut self, place: &Node, value: &Node, operator: Option<&(Operator, Range<usize>)>) {
        self.mark(&place.at);
        match &place.term {
            Term::Chain(root, links) => {
                self.term(root);
                for link in links {
                    match &link.step {
                        Step::Name(name) => {
                            let site = Node { term: Term::Constant((&**name).into()), at: link.at.clone() };
                            self.push("[");
                            self.site(site, &Given::default());
                            self.push("]");
                        }
                        Step::Index(index) => self.between(std::slice::from_ref(index), ("[", "", "]"), Self::term),
                        Step::Method(_) => {}
                    }
                }
            }
            _ => self.term(place),
        }
        self.push(" = ");
        match operator {
            None => self.term(value),
            Some((operator, at)) => {
                let operands = Box::new((local(0, &place.at), local(1, &value.at)));
                let site = Node { term: Term::Binary(*operator, at.clone(), operands), at: at.clone() };
                self.site(site, &Given { values: vec![From::Term(place), From::Term(value)], closures: Vec::new() });
            }
        }
    }
}
