//! Which statements did the author write? Rhai's, lowered beside the values that they are about; what has effects is refused.

use std::ops::Range;

use rhai::{ASTFlags, Expr, FnCallExpr, Position, Stmt};

use super::Kept;
use super::lend::{self, Lent};
use super::statement::{For, Over, Statement};
use crate::expr::chain::Written;
use crate::expr::lower::{Lowered, Lowering, unknown_operator};
use crate::expr::problem::{ExprProblem, not_an_expression};
use crate::expr::term::{Node, Operator, Step, Term};

/// What begins the names that the printed program needs for itself.
pub(super) const OURS: &str = "__";

/// The variables of an author's own.
#[derive(Debug, Default)]
pub(in crate::expr) struct Names {
    /// Every one that was declared, in the order of the text.
    all: Vec<String>,
    /// Those in sight, innermost last.
    seen: Vec<usize>,
    /// How many of them the closure around the current term only reads.
    foreign: usize,
    /// The first construct that only Rhai runs.
    kept: Option<Kept>,
}

impl Names {
    /// The place of a variable among all that were declared.
    pub(in crate::expr) fn place(&self, name: &str) -> Option<usize> {
        self.seen.iter().rev().copied().find(|place| self.all[*place] == name)
    }

    /// A closure begins: what is around it cannot be changed from inside.
    pub(in crate::expr) fn close(&mut self) -> usize {
        std::mem::replace(&mut self.foreign, self.seen.len())
    }

    /// It ends.
    pub(in crate::expr) fn open(&mut self, before: usize) {
        self.foreign = before;
    }

    /// All names, and what keeps the expression in Rhai.
    pub(in crate::expr) fn told(self) -> (Vec<String>, Option<Kept>) {
        (self.all, self.kept)
    }
}

impl Lowering<'_> {
    /// A whole text of statements.
    pub(in crate::expr) fn script(&mut self, statements: &[Stmt]) -> Lowered {
        let whole = 0..self.text.len();
        if let [statement @ (Stmt::Expr(_) | Stmt::FnCall(..) | Stmt::If(..) | Stmt::Switch(..))] = statements {
            return self.statement(statement);
        }
        let lowered = self.statements(statements)?;
        match (lowered.last(), statements.last()) {
            (Some(last), Some(written)) if !last.gives_a_value() => {
                let at = self.places.word(written.position());
                let message = format!("`{}` gives no value, and an expression ends with one", &self.text[at.clone()]);
                Err(ExprProblem::new(message, at).help("write the value last: `let total = 0; …; total`"))
            }
            (None, _) => Err(ExprProblem::new("the expression is empty", whole)),
            _ => Ok(Node { term: Term::Block(lowered), at: whole }),
        }
    }

    /// The statements of a block, whose variables end with it.
    pub(in crate::expr) fn statements(&mut self, statements: &[Stmt]) -> Lowered<Vec<Statement>> {
        let seen = self.names_of_script().seen.len();
        let lowered = statements.iter().filter(|statement| !statement.is_noop()).map(|statement| self.one(statement)).collect();
        let names = self.names_of_script();
        names.seen.truncate(seen);
        if let ([first, _, ..], None) = (statements, &names.kept) {
            self.keeps("a block of several statements", first.position());
        }
        lowered
    }

    fn one(&mut self, statement: &Stmt) -> Lowered<Statement> {
        let position = statement.position();
        let at = self.places.word(position);
        Ok(match statement {
            Stmt::Expr(value) => Statement::Value(self.expression(value)?),
            Stmt::FnCall(..) | Stmt::If(..) | Stmt::Switch(..) | Stmt::Block(_) => Statement::Value(self.statement(statement)?),
            Stmt::Var(parts, flags, _) if !flags.contains(ASTFlags::EXPORTED) => {
                self.keeps("", position);
                let value = self.expression(&parts.1)?;
                Statement::Let(self.declare(&parts.0.name, parts.0.pos)?, value)
            }
            Stmt::Assignment(parts) => {
                let (operator, places) = &**parts;
                self.assignment(operator.position(), operator.get_op_assignment_info().map(|info| info.5), places)?
            }
            Stmt::While(flow, _) => {
                self.keeps("", position);
                let condition = match &flow.expr {
                    Expr::Unit(_) | Expr::BoolConstant(true, Position::NONE) => None,
                    condition => Some(self.expression(condition)?),
                };
                Statement::While(condition, self.statements(flow.body.statements())?)
            }
            Stmt::Do(flow, flags, _) => {
                self.keeps("", position);
                let body = self.statements(flow.body.statements())?;
                Statement::Do(body, self.expression(&flow.expr)?, flags.contains(ASTFlags::NEGATED))
            }
            Stmt::For(parts, _) => {
                self.keeps("", position);
                let (name, counter, flow) = &**parts;
                let over = self.over(&flow.expr)?;
                let seen = self.names_of_script().seen.len();
                let counter = counter.as_ref().map(|counter| self.declare(&counter.name, counter.pos)).transpose()?;
                let names = (self.declare(&name.name, name.pos)?, counter);
                let body = self.statements(flow.body.statements());
                self.names_of_script().seen.truncate(seen);
                Statement::For(Box::new(For { names, over, body: body? }))
            }
            Stmt::BreakLoop(value, flags, _) if flags.contains(ASTFlags::BREAK) => {
                Statement::Break(value.as_ref().map(|value| self.expression(value)).transpose()?)
            }
            Stmt::BreakLoop(..) => Statement::Continue,
            Stmt::Return(value, flags, _) if !flags.contains(ASTFlags::BREAK) => {
                self.keeps("", position);
                Statement::Return(value.as_ref().map(|value| self.expression(value)).transpose()?)
            }
            _ => return Err(not_an_expression(self.text, at)),
        })
    }

    fn over(&mut self, list: &Expr) -> Lowered<Over> {
        match list {
            Expr::FnCall(call, _) if call.is_operator_call() && matches!(&*call.name, ".." | "..=") => match &call.args[..] {
                [from, to] => Ok(Over::Range(self.expression(from)?, self.expression(to)?, &*call.name == "..=")),
                _ => Err(not_an_expression(self.text, self.places.word(list.position()))),
            },
            _ => Ok(Over::Members(self.expression(list)?)),
        }
    }

    fn assignment(&mut self, position: Position, operator: Option<&str>, places: &rhai::BinaryExpr) -> Lowered<Statement> {
        let at = self.places.word(position);
        let operator = match operator {
            Some(symbol) => Some((Operator::from_symbol(symbol).ok_or_else(|| unknown_operator(symbol, at.clone()))?, at.clone())),
            None => None,
        };
        let place = self.expression(&places.lhs)?;
        self.changes(&place, &at)?;
        self.keeps("", position);
        let value = self.expression(&places.rhs)?;
        Ok(Statement::Assign(Box::new((place, value)), operator))
    }

    /// Only a variable of the author's own, or what is in it, can be changed; and not from inside a closure.
    fn changes(&mut self, place: &Node, at: &Range<usize>) -> Lowered<()> {
        let plain = |link: &crate::expr::term::Link| !link.safe && !matches!(link.step, Step::Method(_));
        let root = match &place.term {
            Term::Chain(root, links) if links.iter().all(plain) => root,
            _ => place,
        };
        let Term::Variable(variable) = root.term else { return Err(assigned(at)) };
        let Some(own) = variable.checked_sub(self.names.len()) else { return Err(assigned(at)) };
        let names = self.names_of_script();
        if names.seen.iter().take(names.foreign).any(|seen| *seen == own) {
            let message = "a closure changes nothing outside itself";
            return Err(ExprProblem::new(message, at.clone()).help("use `for` instead of the closure"));
        }
        Ok(())
    }

    fn declare(&mut self, name: &str, position: Position) -> Lowered<String> {
        if name.starts_with(OURS) {
            let message = format!("a name does not begin with `{OURS}`");
            return Err(ExprProblem::new(message, self.places.word(position)));
        }
        let names = self.names_of_script();
        names.seen.push(names.all.len());
        names.all.push(name.to_owned());
        Ok(name.to_owned())
    }

    /// Takes down the first construct that only Rhai runs: the word that stands there, or what it is.
    fn keeps(&mut self, what: &str, position: Position) {
        let at = self.places.word(position);
        let construct = if what.is_empty() { format!("`{}`", &self.text[at.clone()]) } else { what.to_owned() };
        let kept = &mut self.names_of_script().kept;
        match kept {
            Some(first) if first.at.start <= at.start => {}
            _ => *kept = Some(Kept { construct, at }),
        }
    }

    fn names_of_script(&mut self) -> &mut Names {
        self.script.get_or_insert_default()
    }

    /// The function of Rhai's that a name stands for, where Rhai runs.
    pub(in crate::expr) fn lent_named(&self, name: &str) -> Option<&'static Lent> {
        self.script.as_ref().and_then(|_| lend::find(name))
    }

    /// The same for a step of a chain.
    pub(in crate::expr) fn lent_by_rhai<'e>(&self, step: &'e Expr) -> Option<(&'static Lent, &'e FnCallExpr, Range<usize>)> {
        let Expr::MethodCall(call, position) = step else { return None };
        Some((self.lent_named(&call.name)?, call, self.places.word(*position)))
    }

    /// A call of one of Rhai's functions.
    pub(in crate::expr) fn lent(
        &mut self,
        lent: &'static Lent,
        left: Option<(Node, &Written<'_>)>,
        (call, at): (&FnCallExpr, Range<usize>),
    ) -> Lowered {
        let usage = format!("write `{}`", lent.signature);
        let mut parts = Vec::new();
        if let Some((node, written)) = left {
            if self.is_safe(written) {
                return Err(ExprProblem::new(format!("`?.` does not stand before `{}`", lent.name), at).help(usage));
            }
            parts.push(node);
        }
        for argument in &call.args {
            parts.push(self.expression(argument)?);
        }
        if !lent.arguments.contains(&parts.len()) {
            let count = parts.len();
            let message = format!("`{}` does not take {count} argument{}", lent.name, if count == 1 { "" } else { "s" });
            return Err(ExprProblem::new(message, at).help(usage));
        }
        if lent.changes {
            match parts.first() {
                Some(Node { term: Term::Variable(_), .. }) => self.changes(&parts[0], &at)?,
                _ => return Err(ExprProblem::new(format!("`{}` changes a variable, and none stands before it", lent.name), at).help(usage)),
            }
        }
        let start = parts.first().map_or(at.start, |part| part.at.start.min(at.start));
        let inside = parts.iter().skip(1).map(|part| part.at.end).fold(at.end, usize::max);
        let names = self.names_of_script();
        if names.kept.as_ref().is_none_or(|kept| kept.at.start > at.start) {
            names.kept = Some(Kept { construct: format!("`{}`", lent.name), at });
        }
        let end = self.closed(inside, ')');
        Ok(Node { term: Term::Lent(lent, parts), at: start..end })
    }
}

fn assigned(at: &Range<usize>) -> ExprProblem {
    ExprProblem::new("an expression reads and never assigns", at.clone())
        .help("`==` compares; a field's value is the whole expression; only variables made with `let` can change")
}
