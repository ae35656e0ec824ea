//! What does a script make of its variables? Rhai runs it on a thread of its own, and look-ups are asked for by message.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, scope};

use rhai::{Dynamic, EvalAltResult, Position};

use super::Script;
use super::engine::{Context, runner};
use super::held::{from_rhai, into_rhai};
use crate::expr::problem::ExprFailure;
use crate::expr::scope::{Lookups, Scope};
use crate::value::Value;

/// Bytes of stack; a nest of 64 levels takes a fraction of it, in a build for debugging too.
const STACK: usize = 64 << 20;

/// Runs something on a thread with a large stack; nothing where no thread could be had or it broke.
pub(super) fn on_a_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    scope(|threads| Builder::new().stack_size(STACK).spawn_scoped(threads, work).ok()?.join().ok())
}

/// A question to the look-ups: which one, its words, and the document's line where it asks for one.
struct Question {
    which: Which,
    name: String,
    key: Vec<String>,
}

#[derive(Clone, Copy)]
enum Which {
    Table,
    Linked,
    Key,
    Back,
    Line,
}

/// Look-ups on the other side of two channels.
pub(super) struct Asking {
    questions: Sender<Question>,
    answers: Receiver<Option<Value>>,
}

impl Asking {
    fn ask(&self, which: Which, name: &str, key: &[&str]) -> Option<Value> {
        let key = key.iter().map(|part| (*part).to_owned()).collect();
        self.questions.send(Question { which, name: name.to_owned(), key }).ok()?;
        self.answers.recv().ok().flatten()
    }

    fn text(&self, which: Which, name: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        match self.ask(which, name, key)? {
            Value::Text(text) => Some(Cow::Owned(text)),
            _ => None,
        }
    }
}

impl Lookups for Asking {
    fn table(&self, table: &str, key: &str) -> Option<Cow<'_, Value>> {
        self.ask(Which::Table, table, &[key]).map(Cow::Owned)
    }

    fn linked(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        self.text(Which::Linked, mapping, key)
    }

    fn linked_key(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        self.text(Which::Key, mapping, key)
    }

    fn linked_back(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        self.text(Which::Back, mapping, key)
    }

    fn linked_line(&self, mapping: &str, document: &str, (list, line): (&str, &str)) -> Option<Cow<'_, str>> {
        self.text(Which::Line, mapping, &[document, list, line])
    }
}

fn answer(lookups: &dyn Lookups, Question { which, name, key }: &Question) -> Option<Value> {
    let key: Vec<&str> = key.iter().map(String::as_str).collect();
    let text = match (which, &key[..]) {
        (Which::Table, [key]) => return lookups.table(name, key).map(Cow::into_owned),
        (Which::Linked, key) => lookups.linked(name, key),
        (Which::Key, key) => lookups.linked_key(name, key),
        (Which::Back, key) => lookups.linked_back(name, key),
        (Which::Line, [document, list, line]) => lookups.linked_line(name, document, (list, line)),
        _ => None,
    };
    text.map(Value::text)
}

impl Script {
    /// Its value for these variables.
    pub(in crate::expr) fn evaluate(self: &Arc<Self>, variables: &Scope<'_>) -> Result<Value, Box<ExprFailure>> {
        let mut values: Vec<(String, Dynamic)> = Vec::new();
        for name in &self.names[..self.given] {
            let value = variables.get(name).map_err(|message| ExprFailure::new(message, &self.kept.at))?;
            values.extend(value.map(|value| (name.clone(), into_rhai(value.clone()))));
        }
        let (questions, asked) = channel();
        let (answers, told) = channel();
        let (script, today) = (Arc::clone(self), variables.today);
        let run = move || Context::new(&script, today, Asking { questions, answers: told }).within(|| script.run(values));
        let found = scope(|threads| {
            let worker = Builder::new().stack_size(STACK).spawn_scoped(threads, run).ok()?;
            for question in asked {
                // Whoever asked has gone if nobody takes the answer.
                drop(answers.send(answer(variables.lookups, &question)));
            }
            worker.join().ok()
        });
        found.unwrap_or_else(|| Err(ExprFailure::new("Rhai could not run this expression", &self.kept.at)))
    }

    fn run(&self, values: Vec<(String, Dynamic)>) -> Result<Value, Box<ExprFailure>> {
        let mut variables = rhai::Scope::new();
        for (name, value) in values {
            variables.push_constant_dynamic(name, value);
        }
        let found = runner().eval_ast_with_scope::<Dynamic>(&mut variables, &self.tree).map_err(|error| self.failure(&error))?;
        let found = from_rhai(found).ok_or_else(|| ExprFailure::new("a closure is no value of its own", &self.kept.at))?;
        Ok(Arc::unwrap_or_clone(found))
    }

    /// Rhai's error in our words, at the author's.
    pub(super) fn failure(&self, error: &EvalAltResult) -> Box<ExprFailure> {
        let position = error.position();
        match error {
            EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => self.failure(inner),
            EvalAltResult::ErrorRuntime(value, _) => match value.clone().try_cast::<ExprFailure>() {
                Some(failure) if failure.at.is_some() => Box::new(failure),
                Some(failure) => ExprFailure::new(failure.message, &self.at(position)),
                None => ExprFailure::new(value.to_string(), &self.at(position)),
            },
            EvalAltResult::ErrorTooManyOperations(_) => ExprFailure::new("the expression takes too many steps", &self.at(position)),
            EvalAltResult::ErrorDataTooLarge(..) => ExprFailure::new("the result is too large", &self.at(position)),
            EvalAltResult::ErrorStackOverflow(_) | EvalAltResult::ErrorTooManyVariables(_) => {
                ExprFailure::new("the expression is nested too deeply", &self.at(position))
            }
            EvalAltResult::ErrorVariableNotFound(name, _) => ExprFailure::new(format!("`{name}` has no value here"), &self.at(position)),
            EvalAltResult::ErrorFunctionNotFound(call, _) => {
                let name = call.split([' ', '(']).next().unwrap_or_default();
                let usage = super::lend::find(name).map_or_else(String::new, |lent| format!("; write `{}`", lent.signature));
                ExprFailure::new(format!("`{name}` does not take such values{usage}"), &self.at(position))
            }
            EvalAltResult::ErrorIndexingType(..) | EvalAltResult::ErrorDotExpr(..) => {
                ExprFailure::new("nothing can be put into this value", &self.at(position))
            }
            other => ExprFailure::new(format!("Rhai: {}", other.to_string().split(" (").next().unwrap_or_default()), &self.at(position)),
        }
    }

    /// The author's words that a place of the program came from.
    fn at(&self, position: Position) -> std::ops::Range<usize> {
        let Some(column) = position.position() else { return self.kept.at.clone() };
        let before = self.marks.partition_point(|(character, _)| *character < column);
        before.checked_sub(1).map_or_else(|| self.kept.at.clone(), |mark| self.marks[mark].1.clone())
    }
}
