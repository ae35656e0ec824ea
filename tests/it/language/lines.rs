//! Several entries fill one list: their lines follow one another, each with an id of its own.

use crosswalk::evaluate::{NoLinks, compare};
use crosswalk::value::Value;

use super::{PROJECTS, drafts, json, orders, plans};

const BODY: &str = r#"{"id":5,"number":"A-1","total":"30.00","items":[{"id":1,"name":"one","amount":"10.00"}],
    "changes":[{"id":1,"text":"more","amount":"20.00"}]}"#;

const FIELDS: &str = "fields:\n  - {to: Nbr, from: $.number}\n  - to: Details\n    each: $.items[*]\n    key: [item, $.id]\n    fields:\n\
    \x20     - {row: {t.item: [Item, Text]}, to: Text, from: $.name}\n      - {to: Amount, from: $.amount}\n  - to: Details\n    each: $.changes[*]\n\
    \x20   key: [change, $.id]\n    fields:\n      - {row: {t.change: [Change, Text]}, to: Text, from: $.text}\n\
    \x20     - {to: Amount, from: $.amount}\n      - {to: Discount, value: 1}\n  - to: Details\n    each: $\n    key: total\n    fields:\n\
    \x20     - {to: Text, value: all}\n      - {to: Amount, from: $.total}\n";

#[test]
fn lines_of_several_entries_follow_one_another_in_every_sink() {
    let plans = plans(&[PROJECTS, &orders(FIELDS)]);
    let draft = drafts(&plans[1], BODY, &NoLinks).unwrap().remove(0);
    assert_eq!(
        json(&draft),
        r#"{"Nbr":"A-1","Details":[{"Text":"one","Amount":10.00},{"Text":"more","Amount":20.00,"Discount":1},{"Text":"all","Amount":30.00}]}"#
    );
    let keys: Vec<(usize, &str)> = draft.lines.iter().map(|line| (line.at, line.key.as_str())).collect();
    assert_eq!(keys, [(0, "item/1"), (1, "change/1"), (2, "5/total")]);
}

#[test]
fn each_line_is_compared_with_its_own_and_named_by_the_rows_of_its_entry() {
    let plans = plans(&[PROJECTS, &orders(FIELDS)]);
    let draft = drafts(&plans[1], BODY, &NoLinks).unwrap().remove(0);
    let held = Value::from_json(
        r#"{"Nbr":"A-1","Details":[{"LineNbr":3,"Text":"all","Amount":30},{"LineNbr":2,"Text":"less","Amount":20},{"LineNbr":1,"Text":"one","Amount":10}]}"#,
    );
    let Ok(Value::Record(held)) = held else { panic!("held") };
    let lines = |_: &str, line: &str| match line {
        "item/1" => Some("1".to_owned()),
        "change/1" => Some("2".to_owned()),
        _ => Some("3".to_owned()),
    };
    let change = compare(&plans[1], &draft, Some(&held), &lines);
    let told: Vec<_> = change.fields.iter().map(|field| (field.field.as_str(), field.line.as_deref(), field.rows.join(","))).collect();
    let expected = [("Details.Text", Some("change/1"), "t.change".to_owned()), ("Details.Discount", Some("change/1"), String::new())];
    assert_eq!(told, expected);
    assert_eq!(Value::Record(change.send).to_string(), r#"{"Details":[{"LineNbr":2,"Text":"more","Discount":1}]}"#);
}

#[test]
fn two_lines_of_one_id_hold_the_record() {
    let fields = FIELDS.replace("[item, $.id]", "$.id").replace("[change, $.id]", "$.id");
    let plans = plans(&[PROJECTS, &orders(&fields)]);
    let refusal = drafts(&plans[1], BODY, &NoLinks).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "`Details` of line 1: two lines have the id `1`; tell them apart by `key`, such as `key: [item, $.id]`"
    );
}

#[test]
fn a_malformed_value_refuses_a_formula_only_where_the_formula_reaches_it() {
    let body = |status: &str| {
        format!(
            r#"{{"id":5,"number":"A-1","status":"{status}","total":"much","items":[{{"id":1,"amount":"10.00"}},{{"id":2,"amount":"many"}}]}}"#
        )
    };
    for (otherwise, reason) in [
        ("sum(source.items ?? [], |one| one.amount ?? 0)", "`Total`: `amount`: `many` is not a decimal number (1.yaml:7)"),
        ("source.total ?? 0", "`Total`: `total`: `much` is not a decimal number (1.yaml:7)"),
    ] {
        let formula = format!("if source.status == \"Draft\" {{ 7 }} else {{ {otherwise} }}");
        let plans = plans(&[PROJECTS, &orders(&format!("fields:\n  - {{to: Total, expr: '{formula}'}}\n"))]);
        assert_eq!(json(&drafts(&plans[1], &body("Draft"), &NoLinks).unwrap()[0]), r#"{"Total":7}"#, "{formula}");
        assert_eq!(drafts(&plans[1], &body("Open"), &NoLinks).unwrap_err().to_string(), reason, "{formula}");
        // Rhai has all that a formula names before it runs.
        let formula = format!("let none = 0; {formula} + none");
        let plans = self::plans(&[PROJECTS, &orders(&format!("fields:\n  - {{to: Total, expr: '{formula}'}}\n"))]);
        assert_eq!(drafts(&plans[1], &body("Draft"), &NoLinks).unwrap_err().to_string(), reason, "{formula}");
    }
}
