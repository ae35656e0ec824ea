//! What is put beside a record: one by key or id, or a list; and lists of joined records unfolded.

use crosswalk::cases::{self, Verdict};
use crosswalk::diagnostic::Source;
use crosswalk::evaluate::open;
use crosswalk::plan::JoinBy;
use crosswalk::value::Value;

use super::{PROJECTS, orders, plans};

const EARLIER: &str = "join:\n  vendor: {resource: procore/vendors, id: $.vendor.id}\n  earlier: {resource: procore/orders, all: {vendor.id: $.vendor.id}}\n\
    unfold: $.earlier[*]\nwhen: line.number < source.number\nfields:\n  - {to: Nbr, from: $.number}\n  - {to: Ref, expr: source.number}\n\
    \x20 - {to: Vendor, expr: source.vendor_record?.name}\n";

fn text() -> String {
    orders(&EARLIER.replace("join:\n  vendor:", "join:\n  vendor_record:"))
}

#[test]
fn a_joined_list_unfolds_under_both_ids() {
    let plans = plans(&[PROJECTS, &text()]);
    let body = r#"{"earlier":[{"id":4,"number":"A-0"},{"id":5,"number":"A-1"}],"id":5,"number":"A-1","vendor":{"id":9}}"#;
    let opened = open(&plans[1], body).unwrap();
    let named: Vec<_> = opened.items().iter().map(|item| item.source().unwrap()).map(|source| (source.id, source.key)).collect();
    assert_eq!(named, [("5/4".to_owned(), "A-1/A-0".to_owned()), ("5/5".to_owned(), "A-1/A-1".to_owned())]);
}

#[test]
fn a_case_gives_joined_records_and_a_list_that_it_does_not_give_is_empty() {
    let plans = plans(&[PROJECTS, &text()]);
    let text = "cases:\n  - name: two before\n    project: {procore: 7, acumatica: PR1}\n\
        \x20   given: {id: 5, number: A-2, vendor: {id: 9}, vendor_record: {id: 9, name: Acme}, earlier: [{id: 3, number: A-0}, {id: 4, number: A-1}, {id: 5, number: A-2}]}\n\
        \x20   expect_lists:\n      - {Nbr: A-0, Ref: A-2, Vendor: Acme}\n      - {Nbr: A-1, Ref: A-2, Vendor: Acme}\n\
        \x20 - name: none before\n    project: {procore: 7, acumatica: PR1}\n    given: {id: 5, number: A-2, vendor: {id: 9}}\n    not_offered: true\n";
    for case in cases::read(&Source::new("orders.cases.yaml", text)).unwrap() {
        let (outcome, verdict) = cases::run(&plans[1], &case, &Value::Null);
        assert_eq!(verdict, Verdict::Passed, "{outcome:?}");
    }
}

#[test]
fn a_join_knows_which_records_it_takes() {
    let plans = plans(&[PROJECTS, &text()]);
    assert!(matches!(plans[1].joins[0].by, JoinBy::Id(_)));
    assert!(plans[1].joins[1].is_list());
    assert_eq!(plans[1].joins[1].places().len(), 1);
}
