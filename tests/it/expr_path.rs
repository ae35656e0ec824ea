//! Do paths select what RFC 9535 says? A table over every kind of selector, with an independent implementation as the oracle.

use crosswalk::expr::path::{JsonPath, Step, parse};
use crosswalk::value::Value;
use serde_json_path::JsonPath as Oracle;

/// Many paths in one text, so that a table stays a table.
fn separate(table: &str) -> impl Iterator<Item = &str> {
    table.split('¦').map(str::trim).filter(|path| !path.is_empty())
}

/// Documents by name; keys in the order of the alphabet, in which the oracle walks them.
const DOCUMENTS: [(&str, &str); 6] = [
    (
        "store",
        r#"{"store": {"bicycle": {"color": "red", "price": 399}, "book": [
            {"author": "Nigel Rees", "category": "reference", "price": 8.95, "title": "Sayings of the Century"},
            {"author": "Evelyn Waugh", "category": "fiction", "price": 12.99, "title": "Sword of Honour"},
            {"author": "Herman Melville", "category": "fiction", "isbn": "0-553-21311-3", "price": 8.99, "title": "Moby Dick"},
            {"author": "J. R. R. Tolkien", "category": "fiction", "isbn": "0-395-19395-8", "price": 22.99, "title": "The Lord of the Rings"}
        ]}}"#,
    ),
    ("names", r#"{"'": {"@": 2}, "o": {"j j": {"k.k": 3}}, "ö": 5, "": 6, "a\"b": 7, "null": null, "s\\": 8, "\u0007": 9}"#),
    ("letters", r#"["a", "b", "c", "d", "e", "f", "g"]"#),
    (
        "filters",
        r#"{"a": [3, 5, 1, 2, 4, 6, {"b": "j"}, {"b": "k"}, {"b": {}}, {"b": "kilo"}],
            "e": "f", "o": {"p": 1, "q": 2, "r": 3, "s": 5, "t": {"u": 6}}}"#,
    ),
    ("deep", r#"{"a": [5, 3, [{"j": 4}, {"k": 6}]], "o": {"j": 1, "k": 2}}"#),
    (
        "kinds",
        r#"[null, true, false, 0, 1, 1.0, -1.5, 100, 0.1, "", "a", "b", "ab", "1974-05-11", "a\nb", "a\rb", "é", [], [1], [1.00], {}, {"a": 1, "b": 2},
            {"b": 2.0, "a": 1}, {"a": null}, {"a": false}, {"a": "x", "b": "x"}, {"a": [1, 2, {"b": [3]}], "b": "a|b"}]"#,
    ),
];

const STORE: &str = r#"
    $ ¦ $.store.book[*].author ¦ $..author ¦ $.store.* ¦ $.store..price ¦ $..book[2] ¦ $..book[2].author ¦ $..book[2].publisher ¦
    $..book[-1] ¦ $..book[0,1] ¦ $..book[:2] ¦ $..book[?@.isbn] ¦ $..book[?@.price<10] ¦ $..* ¦ $.store.book[?@.price < 10].title ¦
    $.store['book', 'bicycle'] ¦ $..[?@.price > 12.98 && @.price <= 12.99] ¦ $.store.book[?match(@.author, '.*Rees')].title ¦
    $.store.book[?search(@.title, 'of (the|Hon)')].title ¦ $.store.book[?length(@.title) > 10 || @.category == "reference"].price ¦
    $[?count(@.book[*]) == 4].bicycle.color ¦ $.store.book[?@.price == $.store.book[0].price].title ¦ $..book[?!@.isbn]..title
"#;
const NAMES: &str = r#"
    $.o['j j'] ¦ $.o['j j']['k.k'] ¦ $.o["j j"]["k.k"] ¦ $["'"]["@"] ¦ $['\'']['@'] ¦ $['ö'] ¦ $.ö ¦ $[''] ¦ $['a\"b'] ¦
    $['null'] ¦ $.null ¦ $.missing ¦ $.o.missing.more ¦ $[0] ¦ $.* ¦ $[*] ¦ $['\u00f6'] ¦ $['\u00F6'] ¦ $['s\\'] ¦ $['\u0007'] ¦
    $ .o ¦ $. o ¦ $[ 'o' ] ¦ $['o'] ['j j'] ¦ $.o[?@['k.k']] ¦ $..['k.k'] ¦ $['o','ö','o'] ¦ $['\uD83D\uDE00']
"#;
const LETTERS: &str = r#"
    $[0] ¦ $[1] ¦ $[-1] ¦ $[-2] ¦ $[7] ¦ $[-8] ¦ $[1:3] ¦ $[5:] ¦ $[1:5:2] ¦ $[5:1:-2] ¦ $[::-1] ¦ $[:] ¦ $[::] ¦ $[2::3] ¦ $[:2] ¦
    $[-3:] ¦ $[:-5] ¦ $[-2:-5:-1] ¦ $[0:100] ¦ $[-100:2] ¦ $[3:1] ¦ $[1:3:-1] ¦ $[::0] ¦ $[1:3:0] ¦ $[0, 3] ¦ $[0:2, 5] ¦ $[0, 0] ¦
    $[9007199254740991] ¦ $[-9007199254740991:9007199254740991:9007199254740991] ¦ $[100:0:-3] ¦ $[ 1 : 3 : 1 ] ¦ $[-0] ¦ $[01] ¦
    $[1.0] ¦ $['0'] ¦ $[9007199254740992]
"#;
const FILTERS: &str = r#"
    $.a[?@.b == 'kilo'] ¦ $.a[?(@.b == 'kilo')] ¦ $.a[?@>3.5] ¦ $.a[?@.b] ¦ $[?@.*] ¦ $[?@[?@.b]] ¦ $.o[?@<3, ?@<3] ¦
    $.a[?@<2 || @.b == "k"] ¦ $.a[?match(@.b, "[jk]")] ¦ $.a[?search(@.b, "[jk]")] ¦ $.o[?@>1 && @<4] ¦ $.o[?@.u || @.x] ¦
    $.a[?@.b == $.x] ¦ $.a[?@ == @] ¦ $.a[?!(@ > 2) && @.b == $.e] ¦ $.a[?!@.b] ¦ $.a[?!!@.b] ¦ $.a[?(@.b)] ¦
    $.a[?@ >= 4 && (@ != 5 || @ == 1)] ¦ $..[?@.u == 6] ¦ $.o[?@.*] ¦ $.a[?count(@.*) == 1] ¦ $.a[?length(@.b) == 1] ¦
    $.a[?length(@.b) == length('ab')] ¦ $.a[?value(@..b) == 'j'] ¦ $.a[?value($.a[*]) == 3] ¦ $.a[?length(value(@.b)) > 3] ¦
    $.a[?match(@.b, $.e)] ¦ $.a[?match('k', @.b)] ¦ $.a[?length($.o) == 5] ¦ $.a[?count($..b) == 4] ¦ $.a[?@.b == {}] ¦
    $.a[?@ == 3e0] ¦ $.a[?@ == 30E-1] ¦ $.a[?$.o.p == @] ¦ $.a[? @ == 3 ] ¦ $.a[?@==3||@==4] ¦ $.a[?@[0]] ¦ $.a[?@.b.c] ¦
    $.a[?@[-1]]
"#;
const DEEP: &str = r#"
    $..j ¦ $..[0] ¦ $..[*] ¦ $..* ¦ $..o ¦ $.o..[*, *] ¦ $.a..[0, 1] ¦ $..[?@.j] ¦ $..[?@ == 4] ¦ $..[0:2] ¦ $..['j','k'] ¦
    $..[-1] ¦ $.o[*, 'j'] ¦ $...j ¦ $.. ¦ $. ¦ $.a..[0]..k ¦ $..*..* ¦ $.. j
"#;
const KINDS: &str = r#"
    $[?@ == null] ¦ $[?@ != null] ¦ $[?@.a == null] ¦ $[?@.a] ¦ $[?@.a != 1] ¦ $[?@.a == false] ¦ $[?@ == true] ¦ $[?@ == 1] ¦
    $[?@ == 1.0] ¦ $[?@ < 1] ¦ $[?@ <= 1] ¦ $[?@ > -1.5] ¦ $[?@ >= 'a'] ¦ $[?@ < 'b'] ¦ $[?@ == ''] ¦ $[?@ == 0.1] ¦ $[?@ == 1e2] ¦
     $[?@.a == @.b] ¦ $[?@.x == @.y] ¦  $[?@.x < @.y] ¦ $[?@.x != @.a] ¦ 
     $[?@ >= null] ¦ $[?@ <= true] ¦ $[?length(@) == 1] ¦ $[?length(@) == 0] ¦ $[?length(@) < 3] ¦
    $[?length(@.x) == length(@.y)] ¦ $[?match(@, 'a.b')] ¦ $[?match(@, '.')] ¦ $[?search(@, 'a')] ¦
    $[?match(@, '\\d{4}-\\d\\d-.*')] ¦ $[?match(@, 'a|b')] ¦ $[?match(@, '[^a]')] ¦ $[?match(@.a, 'x')] ¦ $[?match(@.a, @.b)] ¦
    $[?search(@.b, @.b)] ¦ $[?match(@, 1)] ¦ $[?match(@, '\\p{L}')] ¦ $[?count(@.*) > 1] ¦ $[?value(@.a) == 'x'] ¦
    $[?@.a[2].b[0] == 3] ¦ $[?@..b] ¦ $[?@ == -0] ¦ $[?@ == 'é'] ¦ $[?@ == "\u00e9"] ¦ $[?@.a && @.b]
"#;

/// Selectors that are no RFC 9535, and functions on what they are not made for.
const REFUSED: &str = r#"
    a ¦ @ ¦ $a ¦ $.a. ¦ $[ ¦ $[] ¦ $['a' ¦ $[a] ¦ $.1a ¦ $.-a ¦ $[?@.a = 1] ¦ $[?@.a === 1] ¦ $[?] ¦ $[?1] ¦ $[?'a'] ¦ $[?true] ¦
    $[?@.a == [1]] ¦ $[?@.* == 1] ¦ $[?@..a == 1] ¦ $[?@[0:1] == 1] ¦ $[?@[*] < 1] ¦ $[?length(@)] ¦ $[?length(@.*) == 1] ¦
    $[?length(@..a) == 1] ¦ $[?count(1) == 1] ¦ $[?count('a') == 1] ¦ $[?count(length(@)) == 1] ¦ $[?count(@.*)] ¦
    $[?value(1) == 1] ¦ $[?value(@.a)] ¦ $[?match(@.a, 'b') == true] ¦ $[?match(@.*, 'b')] ¦ $[?match(@.a)] ¦
    $[?match(@.a, 'b', 'c')] ¦ $[?length(match(@.a, 'b')) == 1] ¦ $[?length(@.a == 1) == 1] ¦ $[?nope(@.a)] ¦ $[?in(@.a, $.b)] ¦
    $[?none_of(@.a, $.b)] ¦ $['\x'] ¦ $["\'"] ¦ $[1:2:3:4] ¦ $[1 2] ¦ $.a b ¦ $.a|b ¦ $ $ ¦ $[?@.a ==] ¦ $[?(@.a] ¦ $[?!1] ¦
    $[?length (@.a) == 1]
"#;

pub(crate) fn selected(path: &JsonPath, document: &serde_json::Value) -> Vec<String> {
    let value = Value::from_tree(document).unwrap();
    path.select(&value).unwrap().into_iter().map(ToString::to_string).collect()
}

pub(crate) fn oracle(path: &Oracle, document: &serde_json::Value) -> Vec<String> {
    path.query(document).all().into_iter().map(|value| Value::from_tree(value).unwrap().to_string()).collect()
}

#[test]
fn every_kind_of_selector_selects_what_the_oracle_selects() {
    let mut compared = 0;
    for ((name, text), paths) in DOCUMENTS.iter().zip([STORE, NAMES, LETTERS, FILTERS, DEEP, KINDS]) {
        let document: serde_json::Value = serde_json::from_str(text).unwrap();
        // Two with line ends in them, which the tables cannot hold.
        for path in separate(paths).chain(["$[\t'o'\n]", "$..\nj"]) {
            match (parse(path), Oracle::parse(path)) {
                (Ok(ours), Ok(theirs)) => {
                    assert_eq!(selected(&ours, &document), oracle(&theirs, &document), "{path} on {name}");
                    compared += 1;
                }
                (Err(_), Err(_)) => {}
                (ours, theirs) => panic!("{path} on {name}: {ours:?}, oracle {theirs:?}"),
            }
        }
    }
    assert!(compared > 160, "{compared} paths were compared");
}

#[test]
fn what_is_no_path_or_not_well_typed_is_refused() {
    for path in separate(REFUSED).chain([""]) {
        assert!(Oracle::parse(path).is_err(), "the oracle takes {path}");
        assert!(parse(path).is_err(), "{path}: {:?}", parse(path));
    }
}

#[test]
fn problems_point_at_what_is_wrong() {
    let cases = [
        ("", "a path begins with `$`, the record or line it is read from", ""),
        ("vendor.id", "a path begins with `$`, the record or line it is read from", "v"),
        ("$.vendor.", "the path ends too early", "."),
        ("$.vendor..id]", "`]` cannot stand here in a path", "]"),
        ("$[?length(@.*) == 1]", "`length` needs a path to one value", "length"),
        ("$[?count(@.*)]", "`count` gives a value, which must be compared with something", "count"),
        ("$[?count(1) == 1]", "invalid argument for the function `count`: expected a node, got a literal", "count"),
        ("$[?match(@.a, '(')]", "`(` is no regular expression", "match"),
        ("$[?in(@.a, $.b)]", "paths have no function `in`", "in"),
        ("$[?@.a == 0.1234567890123456]", "a number in a path has at most 15 digits", "0.123456789012345"),
        ("$[?@ == 9007199254740993]", "a number in a path has at most 15 digits", "9007199254740993"),
        ("$.zip code", "`c` cannot stand here in a path", "c"),
        ("$[[[[[[[[[[[[[[1]]]]]]]]]]]]]]", "brackets nest at most 12 levels", "["),
        ("$[?@.a == 1e300]", "", "$[?@.a == 1e300]"),
    ];
    for (path, message, word) in cases {
        let problem = parse(path).expect_err(path);
        assert!(message.is_empty() || problem.message == message, "{path}: {problem:?}");
        assert_eq!(&path[problem.at.clone()], word, "{path}: {problem:?}");
    }
}

#[test]
fn plain_paths_are_steps_and_all_others_are_general() {
    let name = |name: &str| Step::Name(name.to_owned());
    let cases = [
        ("$", vec![]),
        ("$.vendor.id", vec![name("vendor"), name("id")]),
        ("$['vendor'][\"zip code\"]", vec![name("vendor"), name("zip code")]),
        ("$.lines[*].amount", vec![name("lines"), Step::Each, name("amount")]),
        ("$.lines.*", vec![name("lines"), Step::Each]),
        ("$.lines[0][-1]", vec![name("lines"), Step::Index(0), Step::Index(-1)]),
    ];
    for (text, steps) in cases {
        let path = parse(text).unwrap();
        assert_eq!(path.steps(), Some(steps.as_slice()), "{text}");
        assert_eq!(path.is_singular(), !steps.contains(&Step::Each), "{text}");
    }
    for text in ["$..a", "$[0,1]", "$[:2]", "$[?@.a]", "$['a','b']"] {
        assert_eq!(parse(text).unwrap().steps(), None, "{text}");
        assert!(!parse(text).unwrap().is_singular(), "{text}");
    }
}

/// Where the oracle departs from RFC 9535, and we do not.
#[test]
fn known_differences_from_the_oracle() {
    assert!(Oracle::parse("$ ..j").is_err(), "blanks may stand before any segment (section 2.1.1)");
    assert_eq!(parse("$ ..j"), parse("$..j"));
    let document = serde_json::json!([[1], [1.0], [null], true, false, {"a": 1}]);
    let cases: [(&str, &[&str], usize); 5] = [
        ("$[?@.x <= @.y]", &["[1]", "[1.0]", "[null]", "true", "false", r#"{"a":1}"#], 0), // table 11: `==` implies `<=`, of absent values too
        ("$[?@ == $[1]]", &["[1]", "[1.0]"], 1),                                           // numbers are equal by value, also in lists
        ("$[?@[-1] == null]", &["[null]"], 0),                                             // a negative index in a comparison
        ("$[?@ > false]", &[], 1),                                                         // only numbers and texts are ordered
        ("$[?$[5] > @.a]", &[], 0),
    ];
    for (path, expected, count) in cases {
        assert_eq!(selected(&parse(path).unwrap(), &document), expected, "{path}");
        assert_eq!(oracle(&Oracle::parse(path).unwrap(), &document).len(), count, "the oracle has changed at {path}");
    }
}

#[test]
fn numbers_are_compared_to_the_last_digit() {
    let document = Value::from_json(r#"[9007199254740993, 9007199254740992, 0.1000000000000000055, 0.1, 1e2, 100.00]"#).unwrap();
    let selected = |path: &str| parse(path).unwrap().select(&document).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(selected("$[?@ == $[0]]"), ["9007199254740993"]);
    assert_eq!(selected("$[?@ > $[1]]"), ["9007199254740993"]);
    assert_eq!(selected("$[?@ == 0.1]"), ["0.1"]);
    assert_eq!(selected("$[?@ == 100]"), ["100", "100.00"]);
}

#[test]
fn a_search_without_end_is_ended() {
    let wide = Value::List(vec![Value::List(vec![Value::from(1); 300]); 300]);
    let path = parse("$..[?count($..*) > 1]").unwrap();
    assert_eq!(path.select(&wide).unwrap_err().to_string(), "the path looks at more than 4000000 values");
    let doubling = format!("${}", "[0,0]".repeat(60));
    let nested = (0..60).fold(Value::from(1), |inner, _| Value::List(vec![inner]));
    assert!(parse(&doubling).unwrap().select(&nested).is_err());
    let deep = (0..2_000).fold(Value::from(1), |inner, _| Value::List(vec![inner]));
    assert_eq!(parse("$..[?@ == 1]").unwrap().select(&deep).unwrap().len(), 1);
}
