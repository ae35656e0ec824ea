//! What do expressions mean? Every rule of the language, bound to what authors write and read.

use crosswalk::expr::{ExprFailure, ExprProblem, Expression, Expressions, NoLookups, Scope};
use crosswalk::value::Value;
use jiff::civil::{Date, date};

pub(crate) const NAMES: [&str; 6] = ["source", "line", "ask", "settings", "target", "project"];
pub(crate) const TODAY: Date = date(2026, 3, 5);
const SOURCE: &str = r#"{
    "number": "SC-12", "qty": 3, "price": 12.50, "none": null, "active": true,
    "vendor": {"id": 77, "name": " Acme "},
    "rows": [{"X": 1.10, "Kind": "A"}, {"X": 2.20, "Kind": "B"}, {"Kind": "A"}]
}"#;
const SETTINGS: &str = r#"{"numbering": {"automatic": false}, "rate": 0.07, "unset": null}"#;

pub(crate) fn compile(text: &str) -> Result<Expression, ExprProblem> {
    Expressions::new().compile(text, &NAMES)
}

pub(crate) fn evaluate(text: &str) -> Result<Value, Box<ExprFailure>> {
    let expression = compile(text).unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
    let (source, settings, target) = (Value::from_json(SOURCE).unwrap(), Value::from_json(SETTINGS).unwrap(), Value::Null);
    let scope = Scope::new(TODAY, &NoLookups).with("source", &source).with("settings", &settings).with("target", &target);
    expression.evaluate(&scope)
}

/// The value as JSON text, `()` for nothing.
pub(crate) fn value(text: &str) -> String {
    match evaluate(text).unwrap_or_else(|failure| panic!("{text}: {failure:?}")) {
        Value::Null => "()".to_owned(),
        value => value.to_string(),
    }
}

/// The message, and the word it points at.
pub(crate) fn failure(text: &str) -> (String, String) {
    let failure = evaluate(text).expect_err(text);
    (failure.message, text[failure.at.expect("a failure has a place")].to_owned())
}

/// The message, the word it points at, and the remedy.
pub(crate) fn problem(text: &str) -> (String, String, String) {
    let problem = compile(text).err().unwrap_or_else(|| panic!("`{text}` compiled"));
    (problem.message, text[problem.at.expect("a problem has a place")].to_owned(), problem.help.unwrap_or_default())
}

fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(value(text), *expected, "{text}");
    }
}

fn check_failures(cases: &[(&str, &str, &str)]) {
    for (text, message, word) in cases {
        assert_eq!(failure(text), ((*message).to_owned(), (*word).to_owned()), "{text}");
    }
}

#[test]
fn numbers_are_decimals_always() {
    check(&[
        ("1 / 3", "0.3333333333333333333333333333"),
        ("10 / 4", "2.5"),
        ("0.1 + 0.2", "0.3"),
        ("7 % 4", "3"),
        ("-7.5 % 2", "-1.5"),
        ("source.qty / 2", "1.5"),
        ("source.qty * source.price", "37.50"),
        ("(source.qty * source.price * settings.rate).round_half_up(2)", "2.63"),
        ("2 + 3 * 4 - 1", "13"),
        ("(2 + 3) * 4", "20"),
        ("-source.qty", "-3"),
        ("- -1", "1"),
        ("+5", "5"),
        ("0xff + 1_000", "1255"),
        ("12345678901234567890", "12345678901234567890"),
        ("1 == 1.00", "true"),
        ("1 / 3 * 3 == 1", "false"),
    ]);
}

#[test]
fn arithmetic_fails_at_the_operator_rather_than_losing_money() {
    check_failures(&[
        ("source.qty / 0", "`3` is divided by zero", "/"),
        ("1 + source.qty % 0.0", "`3` is divided by zero", "%"),
        ("79228162514264337593543950335 + 1", "`79228162514264337593543950335 + 1` has more than 28 digits", "+"),
        ("99999999999999999 * 99999999999999999", "`99999999999999999 * 99999999999999999` has more than 28 digits", "*"),
        ("source.number + source.qty", "`+` stands between text and a number; print numbers into text with backticks and `${…}`", "+"),
        ("source.qty - \"1\"", "`-` stands between a number and text; `decimal(…)` reads a number from text", "-"),
        ("source.qty * source.none", "`*` stands between a number and nothing; give the missing one a value with `??`", "*"),
        ("source.active + 1", "`+` stands between true or false and a number", "+"),
        ("-source.number", "`-` needs a number, found text", "source.number"),
    ]);
}

#[test]
fn texts_join_and_print() {
    check(&[
        (r#""SC" + "-" + "12""#, r#""SC-12""#),
        ("`no ${source.number}: ${source.price} × ${source.qty}`", r#""no SC-12: 12.50 × 3""#),
        ("`${1 / 4}${true}`", r#""0.25true""#),
        ("`plain`", r#""plain""#),
        ("``", r#""""#),
        ("`nested ${`in ${1 + 1}`}`", r#""nested in 2""#),
        (r#""tab\tquote\" é""#, r#""tab\tquote\" é""#),
        ("'A' + \"b\"", r#""Ab""#),
    ]);
    check_failures(&[
        ("`x${source.none}`", "nothing cannot be printed into text; give it a value with `??`", "source.none"),
        ("`x${source.rows}`", "a list cannot be printed into text; give it a value with `??`", "source.rows"),
    ]);
}

#[test]
fn kinds_are_compared_with_their_own_only() {
    check(&[
        ("source.qty > 2 && source.number == \"SC-12\"", "true"),
        ("source.none == ()", "true"),
        ("source.absent == ()", "true"),
        ("source.qty != ()", "true"),
        ("() == ()", "true"),
        ("() == \"x\"", "false"),
        ("\"a\" < \"b\"", "true"),
        ("[1, 2.0] == [1.0, 2]", "true"),
        ("#{a: 1, b: 2} == #{b: 2, a: 1}", "true"),
        ("#{a: 1} == #{a: 1, b: 2}", "false"),
        ("\"A\" in [\"A\", \"B\"]", "true"),
        ("\"C\" !in [\"A\", \"B\"]", "true"),
        ("source.none in [\"A\"]", "false"),
    ]);
    check_failures(&[
        ("source.qty == \"3\"", "a number is compared with text", "=="),
        ("\"1\" != 1", "text is compared with a number", "!="),
        ("source.none < 1", "`<` stands between nothing and a number; give the missing one a value with `??`", "<"),
        ("source.qty >= \"1\"", "`>=` stands between a number and text; `decimal(…)` reads a number from text", ">="),
        ("true > false", "`>` stands between true or false and true or false", ">"),
        ("1 in [\"A\"]", "text is compared with a number", "1"),
    ]);
}

#[test]
fn logic_is_of_true_and_false_only_and_stops_early() {
    check(&[
        ("source.active && !false", "true"),
        ("false && source.number", "false"),
        ("true || source.number", "true"),
        ("false || false || true", "true"),
        ("source.absent ?? false || true", "true"),
    ]);
    check_failures(&[
        ("source.number && true", "`&&` needs true or false, found text", "source.number"),
        ("false || source.none", "`||` needs true or false, found nothing", "source.none"),
        ("!source.qty", "`!` needs true or false, found a number", "source.qty"),
        ("if source.qty { 1 } else { 2 }", "`if` needs true or false, found a number", "source.qty"),
    ]);
}

#[test]
fn what_is_absent_is_nothing_until_it_is_reached_into() {
    check(&[
        ("source.absent", "()"),
        ("source.absent ?? \"x\"", "\"x\""),
        ("source.none ?? source.absent ?? 5", "5"),
        ("source.absent?.name", "()"),
        ("source.absent?.name.first.trim()", "()"),
        ("source.vendor?.name?.trim()", "\"Acme\""),
        ("target?.SubcontractNbr", "()"),
        ("source.absent?[0]", "()"),
        ("source[\"vendor\"].id", "77"),
        ("source.rows[0].X", "1.10"),
        ("source.rows[-1].Kind", "\"A\""),
        ("source.rows[2].X ?? 0", "0"),
        ("(source.vendor).id + 1", "78"),
        ("(source.rows[1]).Kind", "\"B\""),
        ("source.rows[source.qty - 2].Kind", "\"B\""),
    ]);
    check_failures(&[
        ("source.absent.name", "`source.absent` is nothing and has no `name`; `?.name` allows for that", "name"),
        ("target.Date", "`target` is nothing and has no `Date`; `?.Date` allows for that", "Date"),
        ("source.vendor.name.first", "`source.vendor.name` is text and has no field `first`", "first"),
        ("source.rows.X", "`source.rows` is a list and has no field `X`", "X"),
        ("source.rows[3].X", "`source.rows` has 3 members and none at `3`; `first(…)` allows for an empty list", "3"),
        ("source.rows[0.5]", "`source.rows` has 3 members and none at `0.5`; `first(…)` allows for an empty list", "0.5"),
        ("source.vendor[0]", "`source.vendor` is a record and cannot be read at a number", "0"),
        ("source.absent.trim()", "`trim` needs text, found nothing; give it a value with `??`, or skip the call with `?.`", "trim"),
        ("(source.vendor ?? target).name.first", "the value is text and has no field `first`", "first"),
        ("first(source.rows).X.y", "`first(source.rows).X` is a number and has no field `y`", "y"),
        (
            "source.number.substring(0, source.vendor.id - 75).y",
            "`source.number.substring(0, source.vendor.id - 75)` is text and has no field `y`",
            "y",
        ),
        ("abs(source.qty - source.none ?? \"x\")", "`-` stands between a number and nothing; give the missing one a value with `??`", "-"),
        ("abs(source.number + \"x\")", "`abs` needs a number, found text", "source.number + \"x\""),
        ("line.quantity", "`line` has no value here", "line"),
    ]);
}

#[test]
fn a_missing_setting_is_a_failure_that_names_it() {
    check(&[("settings.numbering.automatic", "false"), ("settings.unset ?? 1", "1"), ("!settings.numbering.automatic", "true")]);
    check_failures(&[
        ("settings.numbering.manual", "the setting `settings.numbering.manual` is missing", "manual"),
        ("settings.nmbering?.automatic ?? true", "the setting `settings.nmbering` is missing", "nmbering"),
        ("settings[\"tax\"]", "the setting `settings[\"tax\"]` is missing", "\"tax\""),
    ]);
}

#[test]
fn choices_are_expressions() {
    check(&[
        ("if source.qty > 2 { \"many\" } else { \"few\" }", "\"many\""),
        ("if source.qty > 5 { 1 } else if source.qty > 2 { 2 } else { 3 }", "2"),
        ("if false { 1 }", "()"),
        ("1 + if true { 1 } else { 2 }", "2"),
        ("switch source.number { \"SC-11\" => 1, \"SC-12\" | \"SC-13\" => 2, _ => 3 }", "2"),
        ("switch source.qty { 1 => \"a\", 3.0 => \"b\", _ => \"c\" }", "\"b\""),
        ("switch source.absent { () => 0, _ => 1 }", "0"),
        ("switch source.absent { \"x\" => 0, _ => 1 }", "1"),
        ("switch source.number { \"x\" => 0 }", "()"),
        ("switch source.number { \"SC-12\" if source.qty > 5 => 1, \"SC-12\" => 2, }", "2"),
        ("switch -1 { -1 => true, _ => false }", "true"),
        ("switch true { true => `in ${switch 1 { 1 => \"one\", _ => \"}\" }}`, _ => \"=>\" }", "\"in one\""),
        ("switch (if true { 1 } else { 2 }) { 1 => \"a\", _ => \"b\" }", "\"a\""),
        ("[1, 2].map(|n| switch n { 1 => \"a\", _ => #{b: [n]} })", r#"["a",{"b":[2]}]"#),
    ]);
    check_failures(&[("switch source.number { 1 => 1, _ => 2 }", "text is compared with a number", "1")]);
}

#[test]
fn lists_records_and_closures() {
    check(&[
        ("[1, \"a\", ()]", "[1,\"a\",null]"),
        ("#{City: source.vendor.name.trim(), \"Zip Code\": 1}", r#"{"City":"Acme","Zip Code":1}"#),
        ("source.rows.map(|row| row.X ?? 0)", "[1.10,2.20,0]"),
        ("source.rows.filter(|row| row.Kind == \"A\").map(|row| row.X)", "[1.10,null]"),
        ("sum(source.rows, \"X\")", "3.30"),
        ("source.rows.sum(|row| (row.X ?? 0) * source.qty * settings.rate)", "0.6930"),
        ("source.rows.some(|r| r.Kind == \"B\") && !source.rows.all(|r| r.Kind == \"B\")", "true"),
        ("first(source.rows.filter(|r| r.Kind == \"C\"))?.X ?? \"none\"", "\"none\""),
        ("count(source.rows.filter(|r| { r.X != () }))", "2"),
        ("[[1], [2]].map(|source| source[0])", "[1,2]"),
        ("[#{a: #{b: 1}}].map(|x| #{c: x}).map(|x| x.c.a.b)", "[1]"),
    ]);
}
