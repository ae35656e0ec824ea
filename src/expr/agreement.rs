//! Is it still Rhai? Where our terms and Rhai's own evaluator both give a value, it is the same one; and no text upsets either.

use std::borrow::Cow;

use bumpalo::Bump;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_assert, prop_assert_eq, prop_assume, prop_oneof, proptest};
use rhai::{Dynamic, Engine, Map};

use super::generated::Generator;
use super::{ExprFailure, ExprProblem, Expression, Expressions, Glance, Lookups, NoLookups, Scope};
use crate::value::{Decimal, Reading, Token, Value};

const NAMES: [&str; 2] = ["source", "line"];
const SOURCE: &str = r#"{"qty": 3, "price": 12.50, "name": "Acme", "on": true, "none": null, "vendor": {"id": 77, "name": "A"}, "rows": [{"n": 1}, {"n": 2}]}"#;

/// Rhai's own evaluator with its library, on the same values.
fn by_rhai(text: &str, source: &Value) -> Option<Value> {
    let engine = Engine::new();
    let mut scope = rhai::Scope::new();
    scope.push_dynamic("source", into_rhai(source));
    engine.eval_expression_with_scope::<Dynamic>(&mut scope, text).ok().and_then(from_rhai)
}

fn into_rhai(value: &Value) -> Dynamic {
    match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.clone().into(),
        Value::List(list) => list.iter().map(into_rhai).collect::<Vec<_>>().into(),
        Value::Record(record) => record.iter().map(|(name, value)| (name.into(), into_rhai(value))).collect::<Map>().into(),
    }
}

fn from_rhai(value: Dynamic) -> Option<Value> {
    if value.is_unit() {
        return Some(Value::Null);
    }
    if let Some(number) = value.clone().try_cast::<Decimal>() {
        return Some(number.into());
    }
    if let Some(number) = value.clone().try_cast::<i64>() {
        return Some(number.into());
    }
    if let Some(flag) = value.clone().try_cast::<bool>() {
        return Some(flag.into());
    }
    if let Some(list) = value.clone().try_cast::<Vec<Dynamic>>() {
        return Some(Value::List(list.into_iter().map(from_rhai).collect::<Option<_>>()?));
    }
    value.into_string().ok().map(Value::from)
}

fn by_us(text: &str, source: &Value) -> Option<Value> {
    let expression = Expressions::new().compile(text, &NAMES).ok()?;
    expression.evaluate(&Scope::new(jiff::civil::date(2026, 3, 5), &NoLookups).with("source", source)).ok()
}

/// Expressions of the common part. Numbers have a fraction, since Rhai divides whole ones as integers.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop_oneof!["[0-9]\\.[0-9]{1,2}", "\"[a-c]{0,2}\"", Just("true".to_owned()), Just("()".to_owned())],
        prop_oneof![
            Just("source.qty"),
            Just("source.price"),
            Just("source.name"),
            Just("source.on"),
            Just("source.none"),
            Just("source?.vendor?.id"),
            Just("source.none?.name.first"),
            Just("source.vendor.name"),
            Just("source[\"vendor\"].id"),
            Just("source.rows[1].n"),
            Just("source.rows[-1].n"),
            Just("source.missing"),
        ]
        .prop_map(ToOwned::to_owned),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let sign = prop_oneof![
            Just("+"),
            Just("-"),
            Just("*"),
            Just("/"),
            Just("%"),
            Just("=="),
            Just("!="),
            Just("<"),
            Just(">="),
            Just("&&"),
            Just("||"),
            Just("??")
        ];
        prop_oneof![
            4 => (inner.clone(), sign, inner.clone()).prop_map(|(left, sign, right)| format!("{left} {sign} {right}")),
            2 => inner.clone().prop_map(|inner| format!("({inner})")),
            1 => inner.clone().prop_map(|inner| format!("-{inner}").replace("--", "- -")),
            1 => inner.clone().prop_map(|inner| format!("!{inner}")),
            1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("if {a} {{ {b} }} else {{ {c} }}")),
            1 => (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("switch {a} {{ \"a\" | \"b\" => {b}, 3.0 => 1.5, true => {c}, _ => {a} }}")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            1 => inner.clone().prop_map(|inner| format!("[1.5, 2.5].map(|x| if x > 2.0 {{ {inner} }} else {{ x }})")),
            1 => inner.prop_map(|inner| format!("`a${{{inner}}}b`")),
        ]
    })
}

#[test]
fn both_evaluators_have_the_same_value_for_what_mappings_say() {
    let source = Value::from_json(SOURCE).expect("the source is JSON");
    let texts = [
        "source.qty * source.price - 0.5",
        "1.0 / 3.0",
        "(source.price - 10.0) / source.price * 100.0",
        "-source.qty % 2.0",
        "source.none ?? source.vendor.name + \"-\" + source.name",
        "source.on && !(source.qty < 3.0) || source.name == \"x\"",
        "if source.qty >= 3.0 { source.vendor.id } else if source.on { 1.5 } else { () }",
        "switch source.name { \"A\" => 1.5, \"Acme\" | \"B\" => 2.5, _ => 3.5 }",
        "source.none?.name.first",
        "source.rows.map(|r| r.n * 2.0)",
        "source.rows.filter(|r| r.n > 1.0).map(|r| r.n)",
        "source.rows.all(|r| r.n > 0.0) && source.rows.some(|r| r.n == 2.0)",
        "`no ${source.qty}: ${source.price} ${source.name}`",
        "source[\"vendor\"].name in [\"A\", \"B\"]",
        "[source.qty, [source.name, ()]]",
    ];
    for text in texts {
        let ours = by_us(text, &source);
        assert!(ours.is_some(), "{text} has no value");
        assert_eq!(ours, by_rhai(text, &source), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_evaluators_agree_where_both_have_a_value(text in expressions()) {
        // A quotient is printed without the zeros that Rhai leaves on it.
        prop_assume!(!(text.contains('`') && text.contains('/')));
        let source = Value::from_json(SOURCE).expect("the source is JSON");
        if let (Some(ours), Some(theirs)) = (by_us(&text, &source), by_rhai(&text, &source)) {
            prop_assert_eq!(ours, theirs, "{}", text);
        }
    }

    #[test]
    fn no_text_upsets_the_compiler_or_the_machine(
        text in "([-+*/%=!<>&|?.,:;()\\[\\]{}#`'\"$ \n0-9]|source|line|rows|name|if |else |switch |_ => |let |map|\\|x\\| |trim|sum|round_half_up|\\$\\{|//|/\\*|\\PC){0,24}"
    ) {
        let source = Value::from_json(SOURCE).expect("the source is JSON");
        match Expressions::new().compile(&text, &NAMES) {
            Ok(expression) => {
                for read in expression.reads() {
                    prop_assert!(text.get(read.at.clone()).is_some(), "{:?}", text);
                }
                let scope = Scope::new(jiff::civil::date(2026, 3, 5), &NoLookups).with("source", &source).with("line", &source);
                if let Err(failure) = expression.evaluate(&scope) {
                    prop_assert!(failure.at.is_some_and(|at| text.get(at).is_some()), "{:?}", text);
                }
            }
            Err(problem) => prop_assert!(problem.at.is_some_and(|at| text.get(at).is_some()), "{:?}", text),
        }
    }

    #[test]
    fn every_prefix_of_an_expression_has_a_problem_or_a_value(text in expressions(), cut in 0_usize..80) {
        let cut = text.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(text.len());
        let source = Value::from_json(SOURCE).expect("the source is JSON");
        drop(by_us(&text[..cut], &source));
        drop(by_us(&text[cut..], &source));
    }
}

struct Known;

impl Lookups for Known {
    fn table(&self, table: &str, key: &str) -> Option<Cow<'_, Value>> {
        (table == "terms" && key == "Net 30").then(|| Cow::Owned("30D".into()))
    }

    fn linked(&self, _mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        (key.len() == 1 && key[0].len() < 3).then(|| format!("V{}", key[0]).into())
    }
}

/// The value with every digit, or the failure with its place; nothing where the text is no expression.
fn outcome(compiled: Result<Expression, ExprProblem>, variables: &[(&'static str, Value)]) -> Option<Result<String, Box<ExprFailure>>> {
    let mut scope = Scope::new(jiff::civil::date(2026, 3, 5), &Known);
    for (name, value) in variables {
        scope.set(name, value);
    }
    Some(compiled.ok()?.evaluate(&scope).map(|value| value.to_string()))
}

const EXPRESSIONS: usize = 10_000;
const SEED: u64 = 20_260_305;

/// Values at hand by their number.
const SPOTS: [&str; 9] = ["qty", "price", "name", "date", "on", "none", "vendor.qty", "vendor.name", "rows"];
const ROWS: usize = 8;

/// A record as a plan shows it to the quick way: its values as they stand in JSON text, everything else as values.
struct Shown<'v> {
    source: &'v Value,
    others: &'v [(&'static str, Value)],
    made: Bump,
}

impl<'v> Shown<'v> {
    fn token(&'v self, value: Option<&Value>) -> Token<'v> {
        let reading = match value {
            None | Some(Value::Null) => return Token::NOTHING,
            Some(Value::Bool(_)) => Reading::Truth,
            Some(Value::Number(_)) => Reading::Number,
            Some(Value::Text(_)) => Reading::Text { padded: false },
            Some(Value::List(_) | Value::Record(_)) => Reading::Other,
        };
        Token::new(value.map(|value| &*self.made.alloc_str(&value.to_string())), reading)
    }

    fn rows(&self) -> Option<&'v [Value]> {
        self.source.at("rows")?.as_list().filter(|rows| rows.iter().all(|row| row.as_record().is_some()))
    }
}

impl<'v> Glance<'v> for &'v Shown<'v> {
    fn at_hand(self, number: usize) -> Token<'v> {
        self.token(self.source.at(SPOTS[number]))
    }

    fn lines(self, number: usize) -> Option<(usize, usize)> {
        self.rows().filter(|_| number == ROWS).map(|rows| (number, rows.len()))
    }

    fn of_line(self, (_, at): (usize, usize), name: &str) -> Token<'v> {
        self.token(self.rows().and_then(|rows| rows[at].at(name)))
    }

    fn variable(self, name: &str) -> Option<&'v Value> {
        self.others.iter().find(|(known, _)| *known == name && name != "source").map(|(_, value)| value)
    }

    fn lookups(self) -> &'v dyn Lookups {
        &Known
    }

    fn made(self) -> &'v Bump {
        &self.made
    }
}

/// What the quick way tells of an expression is what the machine makes of it, to the digit.
#[test]
fn a_glance_tells_what_is_computed() {
    let engine = Expressions::new();
    let names = ["source", "line", "settings"];
    let mut generator = Generator::new(SEED + 1);
    let (mut tried, mut told) = (0, 0);
    while tried < EXPRESSIONS {
        let text = generator.expression();
        let variables = names.map(|name| (name, generator.record(2)));
        let Some(computed) = outcome(engine.compile(&text, &names), &variables) else { continue };
        tried += 1;
        let mut expression = engine.compile(&text, &names).expect("it was compiled before");
        for (number, path) in SPOTS.iter().enumerate() {
            expression.shorten("source", path, number);
        }
        let shown = Shown { source: &variables[0].1, others: &variables, made: Bump::new() };
        let seen = [
            expression.glance_text(&shown).map(Value::from),
            expression.glance_number(&shown).map(|number| Value::Number(number.into())),
            expression.glance_truth(&shown).map(Value::Bool),
        ];
        for seen in seen.into_iter().flatten() {
            assert_eq!(Ok(seen.to_string()), computed, "{text}\n  of {}", variables[0].1);
            told += 1;
        }
    }
    println!("agreement: a glance tells {told} of {tried} expressions, each as it is computed");
    assert!(told > EXPRESSIONS / 10, "{told}");
}

/// What our terms make of an expression is what Rhai makes of it: the same value to the digit, or the same failure at the same word.
#[test]
fn lowered_expressions_and_rhai_agree_on_values_and_on_errors() {
    let engine = Expressions::new();
    let names = ["source", "line", "settings"];
    let seed = std::env::var("CROSSWALK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let mut generator = Generator::new(seed);
    let (mut tried, mut values, mut errors, mut differ) = (0, 0, 0, Vec::new());
    while tried < EXPRESSIONS {
        let text = generator.expression();
        let variables = names.map(|name| (name, generator.record(2)));
        let Some(ours) = outcome(engine.compile(&text, &names), &variables) else { continue };
        tried += 1;
        let theirs = outcome(engine.compile_for_rhai(&text, &names), &variables);
        match &ours {
            _ if theirs.as_ref() != Some(&ours) => differ.push(format!("{text}\n  lowered: {ours:?}\n  in Rhai: {theirs:?}")),
            Ok(_) => values += 1,
            Err(_) => errors += 1,
        }
    }
    println!("agreement: {tried} expressions, {values} values alike, {errors} errors alike, {} differ (seed {seed})", differ.len());
    assert!(differ.is_empty(), "{}", differ[..differ.len().min(10)].join("\n"));
    assert!(values > EXPRESSIONS / 4 && errors > EXPRESSIONS / 10, "{values} values, {errors} errors");
}
