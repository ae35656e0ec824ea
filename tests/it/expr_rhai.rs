//! What runs in Rhai? Statements and loops over the author's own variables: bounded, without effects, and told as such.

use std::borrow::Cow;

use crosswalk::expr::{LENT, Lookups, Scope};
use crosswalk::value::Value;

use crate::expr::{TODAY, compile, evaluate, failure, problem, value};
use crate::program::Folder;

#[test]
fn statements_loops_and_rhais_own_functions_have_values() {
    let cases = [
        ("let rate = settings.rate; source.rows.map(|row| (row.X ?? 0) * rate)", "[0.0770,0.1540,0]"),
        ("let total = 0; for row in source.rows { total += row.X ?? 0; } total", "3.30"),
        ("let n = 1; while n < 100 { n *= 3; } n / 2", "121.5"),
        ("let n = 0; loop { n += 1; if n == 5 { break; } } n", "5"),
        ("let n = 0; do { n += 1; } until n > 3; n", "4"),
        ("let text = \"\"; for i in 0..3 { text += `${i},`; } text", "\"0,1,2,\""),
        ("let text = \"\"; for (row, n) in source.rows { text += `${n}${row.Kind}`; } text", "\"0A1B2A\""),
        ("let sum = 0; for i in 1..=4 { if i == 2 { continue } sum += i; } sum", "8"),
        ("let list = []; for row in source.rows { list.push(row.Kind); } list.sort(); list.reverse(); list", "[\"B\",\"A\",\"A\"]"),
        ("let r = #{a: [1, 2]}; r.a[1] = 5; r.b = 1 / 4; r[\"c d\"] = true; r", r#"{"a":[1,5],"b":0.25,"c d":true}"#),
        ("let list = [3, 2.5]; let last = list.pop(); list.insert(0, last); list.remove(1); list", "[2.5]"),
        ("source.vendor.keys().join(\"-\")", "\"id-name\""),
        ("source.number.index_of(\"-\")", "2"),
        ("[1.0, 2].index_of(2.00)", "1"),
        ("\"Größe\".chars().count()", "5"),
        ("#{b: 1, a: 2}.keys()", "[\"b\",\"a\"]"),
        ("#{b: 1, a: 2}.values().sum()", "3"),
        ("if source.qty > 2 { let twice = source.qty * 2; twice } else { 0 }", "6"),
        ("if source.absent == () { return \"none\" } source.absent.name", "\"none\""),
        ("let a = 1; let a = a + 1; [10].map(|x| x + a)[0]", "12"),
        ("const A = 0.1; A + 0.2", "0.3"),
        ("let x = 5; { let x = 6; } x", "5"),
        ("let s = switch source.qty { 3 => { let y = 1; y }, _ => 2 }; s", "1"),
        ("let t = source.absent?.name; t ?? \"x\"", "\"x\""),
        ("let f = 12345678901234567890; f + 0.5", "12345678901234567890.5"),
    ];
    for (text, expected) in cases {
        assert_eq!(value(text), expected, "{text}");
        assert!(compile(text).unwrap().kept().is_some(), "{text} is lowered");
    }
}

#[test]
fn a_failure_in_rhai_has_our_words_at_our_place() {
    let cases = [
        ("let a = source.qty; a / 0", "`3` is divided by zero", "/"),
        ("let a = source.number; a + 1", "`+` stands between text and a number; print numbers into text with backticks and `${…}`", "+"),
        ("let a = 1; a += \"x\"; a", "`+` stands between a number and text; print numbers into text with backticks and `${…}`", "+="),
        ("let a = source.none; a.name", "`a` is nothing and has no `name`; `?.name` allows for that", "name"),
        ("let a = 1; if a { 1 } else { 2 }", "`if` needs true or false, found a number", "a"),
        ("let a = 1; settings.nmbering", "the setting `settings.nmbering` is missing", "nmbering"),
        ("let a = 1; refuse(`no ${a}`)", "no 1", "`no ${a}`"),
        ("let a = [1]; a.map(|x| x.y)", "`x` is a number and has no field `y`", "y"),
        ("for x in source.qty { x } 1", "`for` needs a list, found a number", "source.qty"),
        ("let a = 5; a.push(1); a", "`push` does not take such values; write `list.push(value)`", ".push"),
        ("let a = [1, \"b\"]; a.sort(); a", "`<` stands between text and a number; `decimal(…)` reads a number from text", ""),
        ("let a = [1]; a[3] = 1; a", "the list has 1 members and none at `3`", ""),
        ("let a = 1; line.quantity + a", "`line` has no value here", "line"),
    ];
    for (text, message, word) in cases {
        let found = failure(text);
        assert_eq!(found.0, message, "{text}");
        assert!(word.is_empty() || word == ".push" || found.1 == word, "{text}: {found:?}");
    }
}

#[test]
fn what_would_not_end_or_would_fill_the_memory_is_stopped() {
    let cases = [
        ("loop { }  1", "the expression takes too many steps"),
        ("let n = 0; while true { n += 1; } n", "the expression takes too many steps"),
        ("let l = [1]; loop { l.push(l); }", "the expression takes too many steps"),
        ("let l = [1]; loop { l = [l, l]; }", "the expression takes too many steps"),
        ("let t = \"abcdefgh\"; loop { t += t; }", "the result is too large"),
        ("let r = #{}; loop { r = #{a: r, b: r}; }", "the expression takes too many steps"),
        ("for i in 0..1000000000 { i } 1", "the range is larger than 100000"),
        ("let n = 0; for i in 0..100000 { for j in 0..100000 { n += 1 } } n", "the expression takes too many steps"),
    ];
    for (text, message) in cases {
        assert_eq!(failure(text).0, message, "{text}");
    }
    let deep = format!("let x = 1; {}x{}", "[".repeat(20), "]".repeat(20));
    assert!(compile(&deep).is_ok());
    drop(evaluate(&deep));
}

#[test]
fn what_has_effects_or_is_a_mistake_stays_a_problem() {
    let cases = [
        ("let x = souce.qty; x", "`souce` is not known here", "souce"),
        ("let x = 1; trmi(x)", "there is no function `trmi`", "trmi"),
        ("let x = 1; eval(\"x\")", "there is no function `eval`", "eval"),
        ("let x = 1; print(x); x", "there is no function `print`", "print"),
        ("let x = 1; source.qty = 2; x", "an expression reads and never assigns", "="),
        ("let x = 1; settings.a.b += 2; x", "an expression reads and never assigns", "+="),
        ("source.rows.push(1)", "`push` changes a variable, and none stands before it", "push"),
        ("source.push(1); 1", "an expression reads and never assigns", "push"),
        ("let x = 0; [1].map(|n| { x += n; n })", "a closure changes nothing outside itself", "+="),
        ("let x = 0; [1].map(|n| { n = 2; n })", "an expression reads and never assigns", "="),
        ("let x = 1; let f = |y| y; x", "a closure is no value of its own", "|"),
        ("let x = 1; x ** 2", "expressions have no `**`", "**"),
        ("let __x = 1; __x", "a name does not begin with `__`", "__x"),
        ("let x = 1; push(x)", "`push` does not take 1 argument", "push"),
        ("let x = 1;", "`let` gives no value, and an expression ends with one", "let"),
        ("let x = 1; while x < 3 { x += 1 }", "`while` gives no value, and an expression ends with one", "while"),
        ("{ let x = 1; } x", "`x` is not known here", "x"),
    ];
    for (text, message, word) in cases {
        let found = problem(text);
        assert_eq!((found.0.as_str(), found.1.as_str()), (message, word), "{text}");
    }
}

#[test]
fn it_is_known_which_word_keeps_an_expression_in_rhai() {
    let kept = |text: &str| compile(text).unwrap().kept().map(|kept| (kept.construct.clone(), text[kept.at.clone()].to_owned()));
    assert_eq!(kept("source.qty * 2"), None);
    assert_eq!(kept("let x = 1; x"), Some(("`let`".to_owned(), "let".to_owned())));
    assert_eq!(kept("source.number.index_of(\"-\") + 1"), Some(("`index_of`".to_owned(), "index_of".to_owned())));
    let reads: Vec<String> = compile("let v = source.vendor; for r in source.rows { v = r.X } v.id + line.a")
        .unwrap()
        .reads()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(reads, ["source.vendor", "source.rows", "line.a"]);
}

#[test]
fn look_ups_are_asked_from_where_the_expression_runs() {
    struct Terms(std::cell::Cell<u32>);
    impl Lookups for Terms {
        fn table(&self, table: &str, key: &str) -> Option<Cow<'_, Value>> {
            self.0.set(self.0.get() + 1);
            (table == "terms").then(|| Cow::Owned(format!("{key}D").into()))
        }
        fn linked(&self, _: &str, key: &[&str]) -> Option<Cow<'_, str>> {
            Some(key.join("+").into())
        }
    }
    let terms = Terms(std::cell::Cell::new(0));
    let expression = compile("let a = \"\"; for n in 1..4 { a += lookup(\"terms\", n) } a + linked(\"x\", 1, 2) + today()").unwrap();
    assert_eq!(expression.evaluate(&Scope::new(TODAY, &terms)).unwrap(), "1D2D3D1+22026-03-05".into());
    assert_eq!(terms.0.get(), 3);
}

#[test]
fn every_function_of_rhais_is_documented() {
    for lent in &LENT {
        assert!(lent.signature.contains(&format!(".{}(", lent.name)) && lent.purpose.ends_with('.'), "{}", lent.name);
    }
}

#[test]
fn the_cost_of_every_expression_is_told() {
    let ran = Folder::new().run(&["check", "--explain-cost"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.out.ends_with(" lowered, 0 in Rhai\n") && !ran.out.contains("in Rhai  "), "{}", ran.out);
    let folder = Folder::new().with_shipped_files();
    let (lowered, script) = ("expr: \"if blank(source.Description) {", "expr: \"let name = source.Description; if blank(name) {");
    folder.replace("mappings/cost_codes.yaml", lowered, script);
    let ran = folder.run(&["check", "--explain-cost"]);
    assert!(ran.out.contains("kept there by `let` at ") && ran.out.ends_with(", 1 in Rhai\n"), "{ran}");
    let ran = folder.run(&["check", "--explain-cost", "--json"]);
    assert!(ran.out.contains("\"kept_by\": \"`let`\""), "{ran}");
}
