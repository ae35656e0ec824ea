//! Which project a record belongs to, and what Acumatica knows of it.

use crosswalk::cases::{self, Verdict};
use crosswalk::diagnostic::{Source, render};
use crosswalk::value::Value;

use super::{PROJECTS, compiled, orders, plans};

const CONTRACTS: &str = "mapping: contracts\ntitle: Contracts\ndirection: export\nsource: procore/orders\ntarget: acumatica/Purchase\nfields:\n\
    \x20 - {to: Nbr, from: $.number}\n";

/// Acumatica's side of a vendor names a contract, and belongs to the contract's project.
const PAYMENTS: &str = "mapping: payments\ntitle: Payments\ndirection: import\nsource: acumatica/Vendor\ntarget: procore/orders\n\
    project: {of: contracts, from: [$.Project]}\nfields:\n  - {to: number, expr: project.procore}\n  - {to: status, expr: project.acumatica}\n";

fn verdicts(plan: &crosswalk::plan::Plan, text: &str) -> Vec<Verdict> {
    let cases = cases::read(&Source::new("own.cases.yaml", text)).unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
    cases.iter().map(|case| cases::run(plan, case, &Value::Null).1).collect()
}

#[test]
fn a_record_belongs_to_the_project_of_a_link_and_is_not_offered_without_one() {
    let plans = plans(&[PROJECTS, CONTRACTS, PAYMENTS]);
    let links = "links:\n      - {mapping: projects, procore: 8, acumatica: PR2}\n      - {mapping: contracts, procore: 5, acumatica: SC1, project: 8}\n";
    let text = format!(
        "cases:\n  - name: linked\n    given: {{id: g, Project: SC1}}\n    {links}    expect: {{number: '8', status: PR2}}\n\
         \x20 - name: not linked\n    given: {{id: g, Project: SC2}}\n    {links}    not_offered: true\n"
    );
    assert_eq!(verdicts(&plans[2], &text), [Verdict::Passed, Verdict::Passed]);
    assert!(plans[2].after.contains(&"contracts".to_owned()));
}

#[test]
fn a_case_states_what_acumatica_knows_of_the_project() {
    let fields = "fields:\n  - {to: Vendor, expr: project.erp.Customer}\n  - {to: Ref, expr: project.erp.CashAccount ?? \"none\"}\n";
    let plans = plans(&[PROJECTS, &orders(fields)]);
    assert!(plans[1].erp.is_some() && plans[0].erp.is_none());
    let text = "cases:\n  - name: known\n    given: {id: 5}\n    project: {procore: 7, acumatica: PR1, erp: {Customer: ABC}}\n    expect: {Vendor: ABC, Ref: none}\n";
    assert_eq!(verdicts(&plans[1], text), [Verdict::Passed]);
}

#[test]
fn the_project_of_company_records_is_known_before_its_joins_are_read() {
    let join = "join:\n  orders: {resource: procore/orders, all: {}}\n";
    let text = format!(
        "mapping: vendors\ntitle: V\ndirection: export\nsource: procore/vendors\ntarget: acumatica/Vendor\n{join}fields:\n  - {{to: VendorName, from: $.name}}\n"
    );
    assert_eq!(compiled(&[&text]).unwrap_err()[0].code, "join");
}
