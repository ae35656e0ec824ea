//! What expressions ask of links: documents in both directions, business keys, lines; and how they refuse.

use crosswalk::cases::{self, Verdict};
use crosswalk::diagnostic::Source;
use crosswalk::evaluate::NoLinks;
use crosswalk::value::Value;

use super::{PROJECTS, drafts, orders, plans};

const CONTRACTS: &str = "mapping: contracts\ntitle: Contracts\ndirection: export\nsource: procore/orders\ntarget: acumatica/Purchase\nfields:\n\
    \x20 - to: Details\n    each: $.items[*]\n    key: $.id\n    fields:\n      - {to: Text, from: $.name}\n";

const ASKING: &str = "fields:\n  - {to: Nbr, expr: 'linked(\"contracts\", source.id)'}\n  - {to: Ref, expr: 'linked_key(\"contracts\", source.id)'}\n\
    \x20 - {to: Vendor, expr: 'linked_back(\"contracts\", \"SC1\")'}\n  - to: Details\n    each: $.items[*]\n    key: $.id\n    fields:\n\
    \x20     - {to: Parent, expr: 'linked_line(\"contracts\", source.id, \"Details\", line.id)', as: integer}\n";

#[test]
fn a_case_states_links_with_their_keys_and_lines() {
    let plans = plans(&[PROJECTS, CONTRACTS, &orders(ASKING)]);
    let text = "cases:\n  - name: all that is linked\n    given: {id: 5, items: [{id: 1}, {id: 2}]}\n    project: {procore: 7, acumatica: PR1}\n    links:\n\
        \x20     - {mapping: contracts, procore: 5, acumatica: SC1, project: 7, lines: [{list: Details, procore: 1, acumatica: 11}]}\n\
        \x20   expect: {Nbr: SC1, Ref: SC1, Vendor: '5', Details: [{Parent: 11}, {}]}\n";
    let cases = cases::read(&Source::new("orders.cases.yaml", text)).unwrap();
    let (outcome, verdict) = cases::run(&plans[2], &cases[0], &Value::Null);
    assert_eq!(verdict, Verdict::Passed, "{outcome:?}");
}

#[test]
fn an_import_asks_from_the_other_side() {
    let import = "mapping: vendors\ntitle: V\ndirection: import\nsource: acumatica/Vendor\ntarget: procore/vendors\nfields:\n\
        \x20 - {to: name, expr: '`${linked_key(\"contracts\", source.VendorID)} ${linked_line(\"contracts\", source.VendorID, \"Details\", \"11\")}`'}\n\
        \x20 - {to: origin_id, expr: 'linked_back(\"contracts\", 5)'}\n";
    let plans = plans(&[PROJECTS, CONTRACTS, import]);
    let text = "cases:\n  - name: all that is linked\n    given: {id: g, VendorID: sc1}\n    links:\n\
        \x20     - {mapping: contracts, procore: 5, procore_key: A-1, acumatica: SC1, acumatica_id: guid-1, lines: [{list: Details, procore: 1, acumatica: 11}]}\n\
        \x20   expect: {name: A-1 1, origin_id: guid-1}\n";
    let cases = cases::read(&Source::new("vendors.cases.yaml", text)).unwrap();
    let (outcome, verdict) = cases::run(&plans[2], &cases[0], &Value::Null);
    assert_eq!(verdict, Verdict::Passed, "{outcome:?}");
}

#[test]
fn a_refusal_gives_the_reason_and_the_rule() {
    let fields =
        "fields:\n  - {to: Nbr, expr: 'if source.status == \"Draft\" { refuse(`${source.number} is a draft`) } else { source.number }'}\n";
    let plans = plans(&[PROJECTS, &orders(fields)]);
    let refusal = drafts(&plans[1], r#"{"id":5,"number":"A-1","status":"Draft"}"#, &NoLinks).unwrap_err();
    assert_eq!(refusal.to_string(), "`Nbr`: A-1 is a draft (1.yaml:7)");
    assert_eq!(drafts(&plans[1], r#"{"id":5,"number":"A-1","status":"Open"}"#, &NoLinks).unwrap().len(), 1);
}

#[test]
fn what_is_looked_up_among_links_runs_before() {
    let plans = plans(&[PROJECTS, CONTRACTS, &orders(ASKING)]);
    assert!(plans[2].after.contains(&"contracts".to_owned()), "{:?}", plans[2].after);
}
