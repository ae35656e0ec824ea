//! What do authors learn about their expressions? Problems at the word, limits, and what an expression reads and calls.

use std::borrow::Cow;

use crosswalk::expr::{Expressions, Lookups, PathStep, Scope, documentation};
use crosswalk::value::Value;

use crate::expr::{TODAY, compile, evaluate, failure, problem, value};

/// Ways to nest, each with its end.
const NESTS: [(&str, &str); 10] = [
    ("(", ")"),
    ("[", "]"),
    ("#{a: ", "}"),
    ("- ", ""),
    ("1 + (", ")"),
    ("if true { ", " }"),
    ("switch 1 { _ => ", " }"),
    ("[1].map(|x| ", ")"),
    ("`${", "}`"),
    ("source[", "]"),
];

#[test]
fn unknown_words_are_problems_with_their_remedy() {
    let cases = [
        ("souce.number", "`souce` is not known here", "souce", "did you mean `source`?"),
        ("source.rows.map(|r| s.X)", "`s` is not known here", "s", "did you mean `r`?"),
        ("trmi(source.number)", "there is no function `trmi`", "trmi", "did you mean `trim`?"),
        ("source.number.length().round(2)", "there is no function `round`", "round", "round_half_up"),
        ("eval(\"1\")", "there is no function `eval`", "eval", "cannot be made"),
        ("print(\"x\")", "there is no function `print`", "print", "no output"),
        ("timestamp()", "there is no function `timestamp`", "timestamp", "today()"),
        ("trim", "`trim` is not known here", "trim", "write `trim(text)`"),
        ("substring(\"a\")", "`substring` does not take 1 argument", "substring", "substring(text, start, [length])"),
        ("\"a\".trim(1)", "`trim` does not take 2 arguments", "trim", "trim(text)"),
        ("source.rows.map(1)", "`map` needs a closure", "1", "map(list, |member| value)"),
        ("source.rows.map(|a, b| a)", "the closure of `map` has one parameter", "|", "map(list, |member| value)"),
        ("trim(|x| x)", "`trim` takes no closure here", "|", "trim(text)"),
        ("|x| x", "a closure is no value of its own", "|", "`map`"),
        ("1 ** 2", "expressions have no `**`", "**", "operators are"),
        ("0..5", "expressions have no `..`", "..", "operators are"),
        ("1 & 2", "expressions have no `&`", "&", "operators are"),
    ];
    for (text, message, word, help) in cases {
        let found = problem(text);
        assert_eq!((found.0.as_str(), found.1.as_str()), (message, word), "{text}");
        assert!(found.2.contains(help), "{text}: {}", found.2);
    }
}

#[test]
fn what_has_effects_is_refused_and_the_message_says_what_to_do() {
    let cases = [
        ("fn f() { 1 }", "`fn` is a statement, and an expression is one value", "fn"),
        ("fn f() { 1 } f()", "`fn` is a statement, and an expression is one value", "fn"),
        ("import \"x\" as y", "`import` is a statement, and an expression is one value", "import"),
        ("throw \"x\"", "`throw` is a statement, and an expression is one value", "throw"),
        ("try { 1 } catch { 2 }", "`try` is a statement, and an expression is one value", "try"),
        ("source.qty = 1", "an expression reads and never assigns", "="),
        ("source.qty += 1", "an expression reads and never assigns", "+="),
        ("[1].map(|x| throw x)", "`throw` is a statement, and an expression is one value", "throw"),
        ("source.qty ?? throw 1", "`throw` is a statement, and an expression is one value", "throw"),
        ("[1].map(|x| this)", "there is no `this` here", "this"),
        ("[1].map(|x| ;)", "the closure has no body", "|"),
        ("const X = 1", "`const` gives no value, and an expression ends with one", "const"),
        ("while true { 1 }", "`while` gives no value, and an expression ends with one", "while"),
        ("for x in [1] { x }", "`for` gives no value, and an expression ends with one", "for"),
        ("do { 1 } while true", "`do` gives no value, and an expression ends with one", "do"),
    ];
    for (text, message, word) in cases {
        let found = problem(text);
        assert_eq!((found.0.as_str(), found.1.as_str()), (message, word), "{text}");
    }
}

#[test]
fn slips_of_the_pen_are_shown_at_their_word() {
    let cases = [
        ("", "the expression is empty", ""),
        ("  ", "the expression is empty", "  "),
        ("source.qty +", "the expression ends too early", "+"),
        ("(1 + 2", "`(` is not closed", "("),
        ("\"abc", "the text is not closed", "\"abc"),
        ("'abc'", "single quotes hold one character", "'abc'"),
        ("1 + 1.5e3", "`1.5e3` has an exponent", "1.5e3"),
        ("source.", "expecting name of a property", "."),
        ("source..number", "expressions have no `..`", ".."),
        ("1 2", "unexpected `2`", "2"),
        ("source.qty === 3", "there is no `===`", "==="),
        ("if true 1", "", "1"),
        ("switch 1 { 1..3 => 2, _ => 1 }", "a case is a text, a number, `true`, `false`, `()` or `_`", "1"),
    ];
    for (text, message, word) in cases {
        let found = problem(text);
        assert!(message.is_empty() || found.0 == message, "{text}: {found:?}");
        assert_eq!(found.1, word, "{text}: {found:?}");
    }
}

#[test]
fn places_are_bytes_whatever_the_letters_and_lines_before_them() {
    let text = "`Größe ${source.qty}` +\n    \"é\" + // ünder\n    sourc.number";
    assert_eq!(problem(text).1, "sourc");
    let text = "`Größe ${source.qty}` +\r\n\t\"é\" +\r\n\tsource.qty";
    assert_eq!(failure(text).1, "+");
    assert_eq!(evaluate(text).unwrap_err().at, Some(text.rfind('+').map(|at| at..at + 1).unwrap()));
}

#[test]
fn limits_end_what_would_not_end() {
    let deep = format!("{}1{}", "(".repeat(200), ")".repeat(200));
    assert_eq!(problem(&deep).0, "the expression is nested too deeply");
    for (open, shut) in NESTS {
        let nested = |levels: usize| format!("{}1{}", open.repeat(levels), shut.repeat(levels));
        let deepest = (1..80).rev().find(|levels| compile(&nested(*levels)).is_ok()).unwrap();
        assert!((5..80).contains(&deepest), "{open} nests {deepest} levels");
        drop(evaluate(&nested(deepest)));
    }
    let long = format!("\"{}\"", "x".repeat(9_000));
    assert_eq!(compile(&long).unwrap_err().message, "an expression has at most 8192 bytes");
    let row = (0..60).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let nested = format!("[{row}].map(|a| [{row}].map(|b| [{row}].map(|c| [{row}].sum(|d| a * b * c * d)).sum()).sum()).sum()");
    assert_eq!(evaluate(&nested).unwrap_err().message, "the expression takes too many steps");
    let doubled = (0..8).fold(format!("\"{}\"", "x".repeat(1_000)), |text, _| format!("[{text}].map(|x| x + x)[0]"));
    assert_eq!(evaluate(&doubled).unwrap_err().message, "the result is larger than 100000");
    assert_eq!(failure("\"a\".pad_left(1001, \"0\")").1, "1001");
    assert_eq!(
        evaluate("\"aaaaaaaaaa\".replace(\"a\", pad_left(\"\", 1000, \"x\")).replace(\"x\", pad_left(\"\", 100, \"y\"))")
            .unwrap_err()
            .message,
        "the result is larger than 100000"
    );
}

#[test]
fn an_ordinary_long_sum_or_condition_is_no_limit() {
    let sum = vec!["source.qty"; 40].join(" + ");
    assert_eq!(value(&sum), "120");
    let condition = vec!["source.qty == 3"; 40].join(" && ");
    assert_eq!(value(&condition), "true");
}

#[test]
fn reads_name_every_chain_with_the_bytes_of_its_steps() {
    let cases: [(&str, &[&str]); 20] = [
        ("source.vendor.name.trim()", &["source.vendor.name"]),
        ("source.rows.map(|r| r.X)", &["source.rows[*].X"]),
        ("source.rows.filter(|r| r.Kind == \"A\").map(|r| r.X)", &["source.rows[*].Kind", "source.rows[*].X"]),
        ("source.rows.filter(|r| r.Kind == \"A\")", &["source.rows[*].Kind", "source.rows"]),
        ("sum(source.rows, \"X\") + source.rows.sum(|r| r.Y * line.rate)", &["source.rows[*].X", "source.rows[*].Y", "line.rate"]),
        ("count(source.rows)", &["source.rows"]),
        ("source.rows.map(|r| 1)", &["source.rows"]),
        ("source.rows.map(|r| r)", &["source.rows[*]"]),
        ("first(source.rows)?.X", &["source.rows[*].X"]),
        ("source.rows[0].X", &["source.rows[0].X"]),
        ("source[\"Zip Code\"]", &["source.Zip Code"]),
        ("source.rows[line.number].X", &["line.number", "source.rows"]),
        ("(source.a ?? line.b).c", &["source.a.c", "line.b.c"]),
        ("if ask.number == () { source.a } else { target?.b }", &["ask.number", "source.a", "target.b"]),
        ("switch source.kind { \"a\" if line.x => source.a, _ => () }", &["source.kind", "line.x", "source.a"]),
        ("source.rows.map(|r| r.parts.map(|p| p.q + r.w))", &["source.rows[*].parts[*].q", "source.rows[*].w"]),
        ("lookup(\"terms\", source.term, settings.tables.standard)", &["source.term", "settings.tables.standard"]),
        ("`${source.a} ${-line.b}` in [source.c]", &["source.c", "source.a", "line.b"]),
        ("#{a: source.a, b: [!source.b]}", &["source.a", "source.b"]),
        ("source", &["source"]),
    ];
    for (text, expected) in cases {
        let expression = compile(text).unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
        let reads: Vec<String> = expression.reads().iter().map(ToString::to_string).collect();
        assert_eq!(reads, *expected, "{text}");
        for read in expression.reads() {
            for step in &read.steps {
                let word = &text[step.at.clone()];
                match &step.step {
                    PathStep::Name(name) => assert_eq!(word.trim_matches('"'), name, "{text}"),
                    PathStep::Index(index) => assert_eq!(word, index.to_string(), "{text}"),
                    PathStep::Each => assert!(["map", "sum", "filter", "first"].contains(&word), "{text}: {word}"),
                }
            }
        }
    }
}

#[test]
fn calls_show_their_literal_names() {
    let text = "lookup(\"terms\", source.term) + linked(source.kind, 1) + source.a.starts_with(\"b\").trim()";
    let expression = compile(text).unwrap();
    let calls: Vec<_> = expression.calls().iter().map(|call| (call.name, call.literal(0).map(|(name, _)| name.as_str()))).collect();
    assert_eq!(calls, [("lookup", Some("terms")), ("linked", None), ("starts_with", Some("b")), ("trim", None)]);
    let (_, at) = expression.calls()[0].literal(0).cloned().unwrap();
    assert_eq!(&text[at], "\"terms\"");
    assert!(expression.calls().iter().all(|call| &text[call.at.clone()] == call.name));
    assert_eq!(expression.text(), text);
}

#[test]
fn look_ups_are_handed_in_and_only_read_variables_are_built() {
    struct Company;
    impl Lookups for Company {
        fn table(&self, table: &str, key: &str) -> Option<Cow<'_, Value>> {
            (table == "terms" && key == "30").then(|| Cow::Owned("30D".into()))
        }
        fn linked(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
            (mapping == "cost_codes" && key == ["77", "1"]).then(|| "01-500".into())
        }
    }
    let expression = compile("lookup(\"terms\", 30.0) + linked(\"cost_codes\", source.id, \"1\")").unwrap();
    let source = Value::from_json(r#"{"id": 77.00}"#).unwrap();
    let target = || -> Value { panic!("nobody reads the target") };
    let mut scope = Scope::new(TODAY, &Company).with("source", &source);
    scope.set_lazy("target", &target);
    assert_eq!(expression.evaluate(&scope).unwrap(), Value::from("30D01-500"));
}

#[test]
fn the_page_of_functions_is_what_the_functions_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/functions.md");
    if std::env::var_os("CROSSWALK_WRITE_DOCS").is_some() {
        std::fs::write(path, documentation()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == documentation(), "docs/functions.md differs; write it anew by running this test with CROSSWALK_WRITE_DOCS=1");
}

#[test]
fn expressions_are_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    let expressions = Expressions::new();
    shared(&expressions);
    shared(&expressions.compile("1", &[]).unwrap());
}
