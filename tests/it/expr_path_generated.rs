//! Do generated paths select what an independent implementation selects, and does no text upset the reader?

use crosswalk::expr::path::parse;
use crosswalk::value::Value;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use serde_json_path::JsonPath as Oracle;

use crate::expr_path::{oracle, selected};

fn documents() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        (-3_i64..4).prop_map(serde_json::Value::from),
        prop_oneof!["[ab]{0,2}", Just("é".to_owned())].prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            proptest::collection::btree_map("[abc]", inner, 0..4)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// The oracle misses members from the end here, so there are none.
fn singular() -> impl Strategy<Value = String> {
    let step = prop_oneof!["\\.[abc]", "\\['[abc]'\\]", (0_i64..4).prop_map(|index| format!("[{index}]"))];
    ("[@$]", proptest::collection::vec(step, 0..3)).prop_map(|(start, steps)| format!("{start}{}", steps.concat()))
}

fn operand() -> impl Strategy<Value = String> {
    prop_oneof![
        singular(),
        singular().prop_map(|path| format!("length({path})")),
        singular().prop_map(|path| format!("count({path}.*)")),
        singular().prop_map(|path| format!("value({path}..a)")),
        (-3_i64..4).prop_map(|number| number.to_string()),
        prop_oneof!["'[ab]{0,2}'", "\"[ab]\"", Just("null".to_owned()), Just("true".to_owned()), Just("1.5".to_owned())],
    ]
}

fn condition() -> impl Strategy<Value = String> {
    let test = prop_oneof![
        (operand(), prop_oneof!["[<>]=?", "[=!]="], operand()).prop_map(|(left, sign, right)| format!("§{left}§{sign}§{right}§")),
        (singular(), prop_oneof!["", "\\.\\*", "\\.\\.a", "\\[0,'a'\\]"]).prop_map(|(path, more)| format!("{path}{more}")),
        (prop_oneof!["match", "search"], singular(), "'(a|b)?[ab]\\.?'")
            .prop_map(|(name, path, pattern)| format!("{name}({path}, {pattern})")),
    ];
    test.prop_recursive(3, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), prop_oneof![Just("&&"), Just("||")], inner.clone())
                .prop_map(|(left, word, right)| format!("{left} {word} {right}")),
            inner.clone().prop_map(|inner| format!("!({inner})")),
            inner.prop_map(|inner| format!("@[?{inner}]")),
        ]
    })
}

fn paths() -> impl Strategy<Value = String> {
    let bound = || proptest::option::of(-4_i64..5).prop_map(|bound| bound.map(|bound| bound.to_string()).unwrap_or_default());
    let selector = prop_oneof![
        "'[abc]'",
        (-4_i64..5).prop_map(|index| index.to_string()),
        Just("*".to_owned()),
        (bound(), bound(), bound()).prop_map(|(start, end, step)| format!("{start}:{end}:{step}")),
        condition().prop_map(|condition| format!("?{condition}")),
    ];
    let selection = proptest::collection::vec(selector, 1..3).prop_map(|selectors| format!("[{}]", selectors.join(", ")));
    let segment = prop_oneof![
        "\\.[abc]",
        "\\.\\.[abc]",
        Just("..*".to_owned()),
        selection.clone(),
        selection.prop_map(|selection| format!("..{selection}"))
    ];
    proptest::collection::vec(segment, 0..4).prop_map(|segments| format!("${}", segments.concat()))
}

/// The path for us, and for the oracle, whose `>`, `<=` and `>=` are not those of RFC 9535: there they are written with `<` and `==`.
fn spelt(path: &str) -> (String, String) {
    let parts: Vec<&str> = path.split('§').collect();
    let (mut ours, mut theirs) = (String::new(), String::new());
    for chunk in parts.chunks(4) {
        let [before, comparison @ ..] = chunk else { continue };
        ours.push_str(before);
        theirs.push_str(before);
        if let [left, sign, right] = comparison {
            ours.push_str(&format!("{left} {sign} {right}"));
            match *sign {
                "<=" => theirs.push_str(&format!("({left} < {right} || {left} == {right})")),
                ">=" => theirs.push_str(&format!("({right} < {left} || {left} == {right})")),
                ">" => theirs.push_str(&format!("{right} < {left}")),
                _ => theirs.push_str(&format!("{left} {sign} {right}")),
            }
        }
    }
    (ours, theirs)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_paths_select_what_the_oracle_selects(path in paths(), document in documents()) {
        let (path, respelt) = spelt(&path);
        let (ours, theirs) = (parse(&path), Oracle::parse(&respelt));
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}: {:?}, oracle {:?}", path, ours, theirs);
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            prop_assert_eq!(selected(&ours, &document), oracle(&theirs, &document), "{} on {}", path, document);
        }
    }

    #[test]
    fn a_path_reads_back_from_its_text(path in paths()) {
        let (path, _) = spelt(&path);
        if let Ok(parsed) = parse(&path) {
            let text = parsed.to_string();
            prop_assert_eq!(parse(&text), Ok(parsed), "{} became {}", path, text);
        }
    }

    #[test]
    fn no_text_upsets_the_reader(text in "\\$?([.\\[\\]()?@$*'\"!=<>&|:,0-9a-c -]|length|match|count|\\PC){0,40}", document in documents()) {
        match parse(&text) {
            Ok(path) => {
                // The oracle takes no blank before `..`, and RFC 9535 does.
                let closed = text.replace(" ..", "..").replace(" ..", "..");
                prop_assert!(Oracle::parse(&closed).is_ok(), "the oracle refuses {}", text);
                drop(path.select(&Value::from_tree(&document).unwrap()));
            }
            Err(problem) => prop_assert!(text.get(problem.at.clone()).is_some(), "{:?} in {}", problem, text),
        }
    }
}
