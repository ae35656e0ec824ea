//! What can a script do? Rhai without its library, with the calls back to our terms, within limits of work and of memory.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;
use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, ImmutableString, NativeCallContext, Position};

use super::Script;
use super::held::{Held, from_rhai, into_rhai};
use super::run::Asking;
use crate::expr::engine::with_statements;
use crate::expr::follow::{STRICT, place};
use crate::expr::functions::{MAX_MEMBERS, MAX_TEXT};
use crate::expr::machine::{Machine, weight};
use crate::expr::operators::{apply, equal};
use crate::expr::problem::ExprFailure;
use crate::expr::scope::Scope;
use crate::expr::term::Operator;
use crate::value::{Decimal, Found, Record, Value};

/// Operations of Rhai in one evaluation.
const MAX_OPERATIONS: u64 = 1_000_000;
/// Values that are copied in one evaluation: it bounds work and memory.
const MAX_WEIGHT: u64 = 1_000_000;
/// Levels of the printed program, where each level of the author's takes several.
const MAX_PROGRAM_DEPTH: usize = 64 * 8;
const MAX_CALLS: usize = 64;

type Answer<T = Dynamic> = Result<T, Box<EvalAltResult>>;

thread_local! {
    static CONTEXT: RefCell<Option<Rc<Context>>> = const { RefCell::new(None) };
}

/// One evaluation, on its own thread.
pub(super) struct Context {
    script: Arc<Script>,
    today: Date,
    asking: Asking,
    weighed: Cell<u64>,
}

impl Context {
    pub(super) fn new(script: &Arc<Script>, today: Date, asking: Asking) -> Self {
        Self { script: Arc::clone(script), today, asking, weighed: Cell::new(0) }
    }

    /// Runs something that calls back.
    pub(super) fn within<T>(self, run: impl FnOnce() -> T) -> T {
        CONTEXT.set(Some(Rc::new(self)));
        let found = run();
        CONTEXT.set(None);
        found
    }

    fn current() -> Answer<Rc<Self>> {
        CONTEXT.with_borrow(Clone::clone).ok_or_else(|| failed(ExprFailure { message: "Rhai runs nothing now".to_owned(), at: None }))
    }

    fn weigh(&self, more: u64) -> Answer<()> {
        self.weighed.set(self.weighed.get().saturating_add(more));
        if self.weighed.get() <= MAX_WEIGHT { Ok(()) } else { Err(told("the expression takes too many steps")) }
    }

    /// What a term makes of these values.
    fn run(&self, call: &NativeCallContext<'_>, site: i64, (values, closures): (Array, Array)) -> Answer {
        let site =
            usize::try_from(site).ok().and_then(|site| self.script.sites.get(site)).ok_or_else(|| told("Rhai calls back wrongly"))?;
        let values = values.into_iter().map(|value| self.value(value)).collect::<Answer<Vec<_>>>()?;
        let outside = |number: usize, member: &Value| self.closure(call, closures.get(number), member);
        let mut scope = Scope::new(self.today, &self.asking);
        if let Some(value) = values.first() {
            scope.set(STRICT, value);
        }
        let mut machine = Machine::new(&scope, &self.script.text, &self.script.names);
        machine.locals = values.iter().map(|value| Found::from(&**value)).collect();
        machine.outside = Some(&outside);
        let found = machine.run(site).map_err(|failure| failed(*failure))?.into_value();
        self.give(found)
    }

    fn value(&self, value: Dynamic) -> Answer<Arc<Value>> {
        let value = from_rhai(value).ok_or_else(|| told("a closure is no value of its own"))?;
        if let Value::Text(text) = &*value {
            self.weigh(u64::try_from(text.len() / 64).unwrap_or(u64::MAX))?;
        }
        Ok(value)
    }

    fn give(&self, value: Value) -> Answer {
        self.weigh(weight(&(&value).into()))?;
        Ok(into_rhai(value))
    }

    fn closure(&self, call: &NativeCallContext<'_>, closure: Option<&Dynamic>, member: &Value) -> Result<Value, Box<ExprFailure>> {
        let parts = closure.and_then(|closure| closure.clone().try_cast::<Array>()).unwrap_or_default();
        let mut parts = parts.into_iter();
        let pointer = parts.next().and_then(|pointer| pointer.try_cast::<FnPtr>());
        let pointer = pointer.ok_or_else(|| Box::new(ExprFailure { message: "the closure is gone".to_owned(), at: None }))?;
        let member = self.give(member.clone()).map_err(|error| self.script.failure(&error))?;
        let found = pointer.call_raw(call, None, parts.chain([member]).collect::<Vec<_>>()).map_err(|error| self.script.failure(&error))?;
        let found = self.value(found).map_err(|error| self.script.failure(&error))?;
        Ok(Arc::unwrap_or_clone(found))
    }
}

fn failed(failure: ExprFailure) -> Box<EvalAltResult> {
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(failure), Position::NONE))
}

fn told(message: impl Into<String>) -> Box<EvalAltResult> {
    failed(ExprFailure { message: message.into(), at: None })
}

/// Rhai as it runs printed programs. One for the process.
pub(super) fn runner() -> &'static Engine {
    static RUNNER: OnceLock<Engine> = OnceLock::new();
    RUNNER.get_or_init(|| {
        let mut engine = with_statements();
        engine
            .set_max_expr_depths(MAX_PROGRAM_DEPTH, MAX_PROGRAM_DEPTH)
            .set_max_operations(MAX_OPERATIONS)
            .set_max_call_levels(MAX_CALLS)
            .set_max_string_size(MAX_TEXT)
            .set_max_array_size(MAX_MEMBERS)
            .set_max_map_size(MAX_MEMBERS);
        engine.register_iterator::<Array>();
        engine
            .register_fn("__do", |call: NativeCallContext<'_>, site: i64, values: Array| {
                Context::current()?.run(&call, site, (values, Array::new()))
            })
            .register_fn("__do", |call: NativeCallContext<'_>, site: i64, values: Array, closures: Array| {
                Context::current()?.run(&call, site, (values, closures))
            })
            .register_fn("__nothing", |value: Dynamic| value.is_unit())
            .register_fn("__members", members)
            .register_fn("__range", range);
        lend(&mut engine);
        places(&mut engine);
        engine
    })
}

fn members(list: Dynamic) -> Answer<Array> {
    let context = Context::current()?;
    let value = context.value(list)?;
    let Value::List(list) = &*value else { return Err(told(format!("`for` needs a list, found {}", value.kind_word()))) };
    context.weigh(weight(&(&*value).into()))?;
    Ok(list.iter().cloned().map(into_rhai).collect())
}

fn range(from: Dynamic, to: Dynamic, with_last: bool) -> Answer<Array> {
    let context = Context::current()?;
    let whole = |value: &Value| match value {
        Value::Number(number) => i64::try_from(*number).ok().filter(|whole| Decimal::from(*whole) == *number),
        _ => None,
    };
    let (from, to) = (context.value(from)?, context.value(to)?);
    let (Some(from), Some(to)) = (whole(&from), whole(&to)) else { return Err(told("a range goes from one whole number to another")) };
    let end = if with_last { to.saturating_add(1) } else { to };
    let count = usize::try_from(end.saturating_sub(from).max(0)).unwrap_or(usize::MAX);
    if count > MAX_MEMBERS {
        return Err(told(format!("the range is larger than {MAX_MEMBERS}")));
    }
    context.weigh(u64::try_from(count).unwrap_or(u64::MAX))?;
    Ok((from..end).map(Dynamic::from).collect())
}

/// Changes a list in place.
fn change<T>(held: &mut Held, with: impl FnOnce(&mut Vec<Value>, &Context) -> Answer<T>) -> Answer<T> {
    let context = Context::current()?;
    if Arc::strong_count(&held.0) > 1 {
        context.weigh(weight(&(&*held.0).into()))?;
    }
    match Arc::make_mut(&mut held.0) {
        Value::List(list) => {
            let found = with(list, &context)?;
            if list.len() > MAX_MEMBERS { Err(told(format!("the result is larger than {MAX_MEMBERS}"))) } else { Ok(found) }
        }
        other => Err(told(format!("a list is needed, found {}", other.kind_word()))),
    }
}

/// A value that becomes part of another.
fn part(value: Dynamic, context: &Context) -> Answer<Value> {
    let value = context.value(value)?;
    context.weigh(weight(&(&*value).into()))?;
    Ok(Arc::unwrap_or_clone(value))
}

fn lend(engine: &mut Engine) {
    engine
        .register_fn("push", |list: &mut Held, value: Dynamic| {
            change(list, |list, context| {
                list.push(part(value, context)?);
                Ok(())
            })
        })
        .register_fn("pop", |list: &mut Held| change(list, |list, _| Ok(into_rhai(list.pop().unwrap_or_default()))))
        .register_fn("insert", |list: &mut Held, at: Dynamic, value: Dynamic| {
            change(list, |list, context| {
                let length = list.len();
                match &*context.value(at)? {
                    Value::Number(number) => match place(*number, length + 1) {
                        Some(at) => list.insert(at, part(value, context)?),
                        None => return Err(told(format!("a list of {length} has no place `{number}`"))),
                    },
                    other => return Err(told(format!("a place is a number, found {}", other.kind_word()))),
                }
                Ok(())
            })
        })
        .register_fn("remove", |list: &mut Held, at: Dynamic| {
            change(list, |list, context| match &*context.value(at)? {
                Value::Number(number) => Ok(place(*number, list.len()).map_or(Dynamic::UNIT, |at| into_rhai(list.remove(at)))),
                other => Err(told(format!("a place is a number, found {}", other.kind_word()))),
            })
        })
        .register_fn("reverse", |list: &mut Held| {
            change(list, |list, _| {
                list.reverse();
                Ok(())
            })
        })
        .register_fn("sort", |list: &mut Held| change(list, |list, context| sort(list, context)))
        .register_fn("keys", |record: Dynamic| fields(record, |record| record.iter().map(|(name, _)| name.into()).collect()))
        .register_fn("values", |record: Dynamic| fields(record, |record| record.iter().map(|(_, value)| value.clone()).collect()))
        .register_fn("index_of", index_of)
        .register_fn("chars", |text: Dynamic| {
            let context = Context::current()?;
            match &*context.value(text)? {
                Value::Text(text) => context.give(Value::List(text.chars().map(|character| character.to_string().into()).collect())),
                other => Err(told(format!("`chars` needs text, found {}", other.kind_word()))),
            }
        });
}

fn sort(list: &mut [Value], context: &Context) -> Answer<()> {
    context.weigh(u64::try_from(list.len()).unwrap_or(u64::MAX).saturating_mul(16))?;
    let mut problem = None;
    list.sort_by(|one, two| {
        let before =
            |one: &Value, two: &Value| apply(Operator::Less, &one.into(), &two.into()).map(|less| matches!(less, Found::Bool(true)));
        match (before(one, two), before(two, one)) {
            (Ok(true), _) => std::cmp::Ordering::Less,
            (_, Ok(true)) => std::cmp::Ordering::Greater,
            (Err(message), _) => {
                problem = Some(message);
                std::cmp::Ordering::Equal
            }
            _ => std::cmp::Ordering::Equal,
        }
    });
    problem.map_or(Ok(()), |message| Err(told(message)))
}

fn fields(record: Dynamic, of: impl FnOnce(&Record) -> Vec<Value>) -> Answer {
    let context = Context::current()?;
    match &*context.value(record)? {
        Value::Record(record) => context.give(of(record).into()),
        other => Err(told(format!("a record is needed, found {}", other.kind_word()))),
    }
}

fn index_of(all: Dynamic, part: Dynamic) -> Answer<i64> {
    let context = Context::current()?;
    let (all, part) = (context.value(all)?, context.value(part)?);
    context.weigh(weight(&(&*all).into()))?;
    let found = match (&*all, &*part) {
        (Value::Text(text), Value::Text(part)) => text.find(part.as_str()).map(|at| text[..at].chars().count()),
        (Value::List(list), part) => {
            let mut found = None;
            for (at, member) in list.iter().enumerate() {
                if found.is_none() && equal(&member.into(), &part.into()).map_err(told)? {
                    found = Some(at);
                }
            }
            found
        }
        (other, _) => return Err(told(format!("`index_of` needs text or a list, found {}", other.kind_word()))),
    };
    Ok(found.and_then(|at| i64::try_from(at).ok()).unwrap_or(-1))
}

/// What stands left of `=` may lead into a record or a list.
fn places(engine: &mut Engine) {
    engine
        .register_indexer_get(|held: &mut Held, name: ImmutableString| read(held, &Value::from(name.as_str())))
        .register_indexer_get(|held: &mut Held, number: i64| read(held, &Value::from(number)))
        .register_indexer_get(|held: &mut Held, number: Decimal| read(held, &Value::from(number)))
        .register_indexer_set(|held: &mut Held, name: ImmutableString, value: Dynamic| write(held, &Value::from(name.as_str()), value))
        .register_indexer_set(|held: &mut Held, number: i64, value: Dynamic| write(held, &Value::from(number), value))
        .register_indexer_set(|held: &mut Held, number: Decimal, value: Dynamic| write(held, &Value::from(number), value));
}

fn read(held: &Held, at: &Value) -> Answer {
    let found = match (&*held.0, at) {
        (Value::Record(record), Value::Text(name)) => record.get(name).cloned().unwrap_or_default(),
        (Value::List(list), Value::Number(number)) => match place(*number, list.len()) {
            Some(place) => list[place].clone(),
            None => return Err(told(format!("the list has {} members and none at `{number}`", list.len()))),
        },
        (other, at) => return Err(told(format!("{} cannot be read at {}", other.kind_word(), at.kind_word()))),
    };
    Context::current()?.give(found)
}

fn write(held: &mut Held, at: &Value, value: Dynamic) -> Answer<()> {
    let context = Context::current()?;
    if Arc::strong_count(&held.0) > 1 {
        context.weigh(weight(&(&*held.0).into()))?;
    }
    let value = part(value, &context)?;
    match (Arc::make_mut(&mut held.0), at) {
        (Value::Record(record), Value::Text(name)) => record.set(name.as_str(), value),
        (Value::List(list), Value::Number(number)) => match place(*number, list.len()) {
            Some(place) => list[place] = value,
            None => return Err(told(format!("the list has {} members and none at `{number}`", list.len()))),
        },
        (other, at) => return Err(told(format!("{} cannot be changed at {}", other.kind_word(), at.kind_word()))),
    }
    Ok(())
}
