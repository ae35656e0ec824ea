//! What did the author write, in our terms? Rhai's syntax tree, lowered; statements and unknown names are refused here.

use std::collections::HashMap;
use std::ops::Range;

use rhai::{AST, ASTNode, Dynamic, Expr, FnCallExpr, FnPtr, Position, Stmt, StmtBlock};

use super::places::Places;
use super::problem::{ExprProblem, not_an_expression};
use super::script::Names;
use super::switch::SwitchLabels;
use super::term::{Case, Closure, Node, Operator, Term};
use crate::diagnostic::{closest, did_you_mean};
use crate::value::{Decimal, Value};

pub(super) type Lowered<T = Node> = Result<T, ExprProblem>;

/// What lowering knows: the text, the names in scope, the closures that Rhai set aside.
pub(super) struct Lowering<'a> {
    pub(super) text: &'a str,
    pub(super) places: Places<'a>,
    pub(super) names: &'a [&'a str],
    closures: HashMap<String, ClosureParts>,
    /// Parameters of the closures around the current term, outermost first.
    pub(super) locals: Vec<String>,
    labels: SwitchLabels<'a>,
    /// Names of the author's own, where statements are allowed because Rhai will run them.
    pub(super) script: Option<Names>,
}

struct ClosureParts {
    parameters: Vec<String>,
    body: Option<Stmt>,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(text: &'a str, names: &'a [&'a str], tree: &AST) -> Self {
        Self {
            text,
            places: Places::new(text),
            names,
            closures: closures(tree),
            locals: Vec::new(),
            labels: SwitchLabels::new(text),
            script: None,
        }
    }

    /// The one expression of a parsed text.
    pub(super) fn whole(&mut self, tree: &AST) -> Lowered {
        match tree.statements() {
            statements if self.script.is_some() => self.script(statements),
            [statement] => self.statement(statement),
            _ => Err(ExprProblem::new("the expression is empty", 0..self.text.len())),
        }
    }

    pub(super) fn expression(&mut self, expression: &Expr) -> Lowered {
        let at = self.places.word(expression.position());
        let term = match expression {
            Expr::Unit(_) => Term::Constant(Value::Null),
            Expr::BoolConstant(flag, _) => Term::Constant((*flag).into()),
            // Numbers are decimals always, so that `1 / 3` divides as money does and not as integers do.
            Expr::IntegerConstant(number, _) => Term::Constant((*number).into()),
            Expr::CharConstant(character, _) => Term::Constant(character.to_string().into()),
            Expr::StringConstant(text, _) => Term::Constant(text.as_str().into()),
            Expr::DynamicConstant(value, _) => self.constant(value, &at)?,
            Expr::InterpolatedString(parts, _) => Term::Printed(self.all(parts)?),
            Expr::Array(members, _) => Term::List(self.all(members)?),
            Expr::Map(fields, _) => {
                let lowered = fields.0.iter().map(|(name, value)| Ok((name.name.as_str().into(), self.expression(value)?)));
                Term::Record(lowered.collect::<Lowered<_>>()?)
            }
            Expr::Variable(variable, _, _) => self.variable(&variable.1, &at)?,
            Expr::Stmt(block) => return self.block(block, &at),
            Expr::FnCall(call, position) => return self.operation(call, *position),
            Expr::Dot(..) | Expr::Index(..) => return self.chain(expression),
            Expr::And(parts, _) => return Ok(joined(self.all(parts)?, &at, Term::All)),
            Expr::Or(parts, _) => return Ok(joined(self.all(parts)?, &at, Term::Any)),
            Expr::Coalesce(parts, _) => return Ok(joined(self.all(parts)?, &at, Term::Coalesce)),
            _ => return Err(not_an_expression(self.text, at)),
        };
        Ok(Node { term, at })
    }

    fn all(&mut self, expressions: &[Expr]) -> Lowered<Vec<Node>> {
        expressions.iter().map(|expression| self.expression(expression)).collect()
    }

    fn constant(&mut self, value: &Dynamic, at: &Range<usize>) -> Lowered<Term> {
        if let Some(number) = value.clone().try_cast::<Decimal>() {
            return Ok(Term::Constant(number.into()));
        }
        if value.is::<FnPtr>() {
            let help = "closures stand in `map`, `filter`, `some`, `all` and `sum`";
            return Err(ExprProblem::new("a closure is no value of its own", at.clone()).help(help));
        }
        Err(not_an_expression(self.text, at.clone()))
    }

    fn variable(&self, name: &str, at: &Range<usize>) -> Lowered<Term> {
        if let Some(place) = self.locals.iter().rposition(|local| local == name) {
            return Ok(Term::Local(place));
        }
        if let Some(place) = self.script.as_ref().and_then(|script| script.place(name)) {
            return Ok(Term::Variable(self.names.len() + place));
        }
        if let Some(place) = self.names.iter().position(|known| *known == name) {
            return Ok(Term::Variable(place));
        }
        let known = self.names.iter().copied().chain(self.locals.iter().map(String::as_str));
        let help = match super::functions::find(name) {
            Some(function) => Some(format!("it is a function: write `{}`", function.doc.signature)),
            None => did_you_mean(name, known.clone()),
        };
        let meant = closest(name, known).filter(|_| super::functions::find(name).is_none());
        Err(ExprProblem::new(format!("`{name}` is not known here"), at.clone()).maybe_help(help).meant(meant))
    }

    /// An operator, `in`, or a call of a function by name.
    fn operation(&mut self, call: &FnCallExpr, position: Position) -> Lowered {
        let at = self.places.word(position);
        let symbol = call.name.as_str();
        if call.capture_parent_scope {
            return Err(ExprProblem::new("a function takes no `!`", at));
        }
        if let Some(lent) = self.lent_named(symbol) {
            return self.lent(lent, None, (call, at));
        }
        if !call.is_operator_call() || symbol == "contains" {
            let call = self.call(symbol, at, &call.args, false)?;
            let at = call.at.start..self.call_end(&call);
            return Ok(Node { term: Term::Call(call), at });
        }
        match (symbol, &call.args[..]) {
            ("-", [operand]) => self.negative(operand, &at),
            ("!", [operand]) => {
                let operand = Box::new(self.expression(operand)?);
                Ok(Node { at: at.start..operand.at.end, term: Term::Not(operand) })
            }
            ("+", [operand]) => self.expression(operand),
            (_, [left, right]) => match Operator::from_symbol(symbol) {
                Some(operator) => {
                    let operands = Box::new((self.expression(left)?, self.expression(right)?));
                    let whole = operands.0.at.start..operands.1.at.end;
                    Ok(Node { term: Term::Binary(operator, at, operands), at: whole })
                }
                None => Err(unknown_operator(symbol, at)),
            },
            _ => Err(unknown_operator(symbol, at)),
        }
    }

    fn negative(&mut self, operand: &Expr, sign: &Range<usize>) -> Lowered {
        let operand = self.expression(operand)?;
        let at = sign.start..operand.at.end;
        let term = match operand.term {
            Term::Constant(Value::Number(number)) => Term::Constant((-number).into()),
            _ => Term::Negate(Box::new(operand)),
        };
        Ok(Node { term, at })
    }

    /// The closure that an argument is, if it is one.
    pub(super) fn closure(&mut self, argument: &Expr) -> Option<Lowered> {
        let Expr::DynamicConstant(value, position) = argument else { return None };
        let pointer = value.clone().try_cast::<FnPtr>()?;
        let at = self.places.word(*position);
        let Some(ClosureParts { parameters, body: Some(body) }) = self.closures.remove(pointer.fn_name()) else {
            return Some(Err(ExprProblem::new("the closure has no body", at)));
        };
        let outside = self.locals.len();
        self.locals.extend(parameters.iter().cloned());
        let before = self.script.as_mut().map(Names::close);
        let body = self.statement(&body);
        self.locals.truncate(outside);
        if let (Some(script), Some(before)) = (&mut self.script, before) {
            script.open(before);
        }
        Some(body.map(|body| Node { term: Term::Closure(Closure { parameters, body: Box::new(body) }), at }))
    }

    fn block(&mut self, block: &StmtBlock, at: &Range<usize>) -> Lowered {
        match block.statements() {
            [statement] => self.statement(statement),
            statements @ [_, ..] if self.script.is_some() => Ok(Node { term: Term::Block(self.statements(statements)?), at: at.clone() }),
            _ => Err(ExprProblem::new("one expression belongs between the braces", at.clone())),
        }
    }

    pub(super) fn statement(&mut self, statement: &Stmt) -> Lowered {
        let at = self.places.word(statement.position());
        match statement {
            Stmt::Expr(expression) => self.expression(expression),
            Stmt::FnCall(call, position) => self.operation(call, *position),
            Stmt::Block(block) => self.block(block, &at),
            Stmt::If(flow, _) => {
                let condition = self.expression(&flow.expr)?;
                let then = self.block(&flow.body, &at)?;
                let otherwise = if flow.branch.is_empty() { None } else { Some(self.block(&flow.branch, &at)?) };
                Ok(Node { term: Term::If(Box::new((condition, then, otherwise))), at })
            }
            Stmt::Switch(parts, position) => {
                let (subject, cases) = &**parts;
                let subject = Box::new(self.expression(subject)?);
                let labels = self.labels.of(*position, cases.expressions.len(), &self.places)?;
                let mut lowered = Vec::new();
                for (case, labels) in cases.expressions.iter().zip(labels) {
                    let condition = match &case.lhs {
                        Expr::BoolConstant(true, _) => None,
                        condition => Some(self.expression(condition)?),
                    };
                    lowered.push(Case { labels, condition, result: self.expression(&case.rhs)? });
                }
                Ok(Node { term: Term::Switch(subject, lowered), at })
            }
            _ if self.script.is_some() => {
                let statements = self.statements(std::slice::from_ref(statement))?;
                Ok(Node { term: Term::Block(statements), at })
            }
            _ => Err(not_an_expression(self.text, at)),
        }
    }
}

fn joined(parts: Vec<Node>, at: &Range<usize>, term: fn(Vec<Node>) -> Term) -> Node {
    let start = parts.first().map_or(at.start, |part| part.at.start);
    let end = parts.last().map_or(at.end, |part| part.at.end);
    Node { term: term(parts), at: start..end }
}

pub(super) fn unknown_operator(symbol: &str, at: Range<usize>) -> ExprProblem {
    ExprProblem::new(format!("expressions have no `{symbol}`"), at)
        .help("operators are `+ - * / %`, `== != < <= > >=`, `&& || !`, `??`, `?.` and `in`")
}

/// Rhai keeps the bodies of closures beside the tree, as functions with made-up names. A body is no public type, but a walk shows
/// the statements at the top: first those of the text itself, then one of each function in their order.
fn closures(tree: &AST) -> HashMap<String, ClosureParts> {
    let mut tops = Vec::new();
    tree.walk(&mut |path: &[ASTNode<'_>]| {
        if let [ASTNode::Stmt(statement)] = path {
            tops.push((*statement).clone());
        }
        true
    });
    let mut bodies = tops.into_iter().skip(tree.statements().len());
    let parts = tree.iter_fn_def().map(|function| {
        // Only the closure `|x| ;` has no statement.
        let body = if function.body.start_position() == function.body.end_position() { None } else { bodies.next() };
        let parameters = function.params.iter().map(ToString::to_string).collect();
        (function.name.to_string(), ClosureParts { parameters, body })
    });
    parts.collect()
}
