//! The mapping language on small resources of its own: what an author may say, and what it means.

mod joins;
mod lines;
mod links;
mod projects;

use std::path::Path;

use crosswalk::diagnostic::{Diagnostic, Source, render};
use crosswalk::evaluate::{Context, Draft, Links, Project, Refusal, open};
use crosswalk::expr::Expressions;
use crosswalk::mapping;
use crosswalk::plan::{Plan, Settings, compile};
use crosswalk::schema::{Catalog, Schema, load};
use crosswalk::value::{Record, Value};

use super::records_through_mappings::sorted;

const ORDERS: &str = r#"{"type":"object","x-resource":{"system":"procore","name":"orders","scope":"project","id":"id","key":["number"],
    "modified":"updated_at","wire":{"list":{"path":"/rest/v1.0/orders"}}},"properties":{"id":{"type":"integer"},
    "number":{"type":"string","x-always":true},"status":{"type":"string"},"updated_at":{"type":"string","format":"date-time"},
    "total":{"type":"string","x-decimal-string":true},
    "vendor":{"type":"object","properties":{"id":{"type":"integer"}}},
    "items":{"type":"array","items":{"x-key":["id"],"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"},
        "amount":{"type":"string","x-decimal-string":true}}}},
    "changes":{"type":"array","items":{"x-key":["id"],"type":"object","properties":{"id":{"type":"integer"},"text":{"type":"string"},
        "amount":{"type":"string","x-decimal-string":true}}}}}}"#;

const VENDORS: &str = r#"{"type":"object","x-resource":{"system":"procore","name":"vendors","id":"id","key":["origin_id"],
    "wire":{"list":{"path":"/rest/v1.0/vendors"},"create":{"method":"POST","path":"/rest/v1.0/vendors"}}},
    "properties":{"id":{"type":"integer","readOnly":true},"origin_id":{"type":"string"},"name":{"type":"string"}}}"#;

const PURCHASE: &str = r#"{"type":"object","x-resource":{"system":"acumatica","name":"Purchase","id":"id","key":["Nbr"],
    "wire":{"form":"PO301000"}},"properties":{"id":{"type":"string","readOnly":true},"Nbr":{"type":"string"},"Descr":{"type":"string"},
    "Vendor":{"type":"string"},"Ref":{"type":"string"},"Total":{"type":"number"},
    "Details":{"type":"array","items":{"x-key":["LineNbr"],"type":"object","properties":{"LineNbr":{"type":"integer"},
        "Text":{"type":"string"},"Amount":{"type":"number"},"Discount":{"type":"number"},"Parent":{"type":"integer"}}}}}}"#;

const VENDOR: &str = r#"{"type":"object","x-resource":{"system":"acumatica","name":"Vendor","id":"id","key":["VendorID"],
    "modified":"LastModified","wire":{"form":"AP303000"}},"properties":{"id":{"type":"string"},"VendorID":{"type":"string"},
    "VendorName":{"type":"string"},"Project":{"type":"string"},"LastModified":{"type":"string","format":"date-time"}}}"#;

const PROJECT: &str = r#"{"type":"object","x-resource":{"system":"acumatica","name":"Project","id":"id","key":["ProjectID"],
    "wire":{"form":"PM301000"}},"properties":{"id":{"type":"string"},"ProjectID":{"type":"string"},"Customer":{"type":"string"},
    "CashAccount":{"type":"string"}}}"#;

fn schema(name: &str, text: &str) -> Schema {
    load(Path::new(&format!("schemas/{name}.json")), text).unwrap()
}

fn catalog() -> Catalog {
    let all = [
        ("procore/orders", ORDERS),
        ("procore/vendors", VENDORS),
        ("acumatica/Purchase", PURCHASE),
        ("acumatica/Vendor", VENDOR),
        ("acumatica/Project", PROJECT),
    ];
    Catalog::new(all.map(|(name, text)| schema(name, text)))
}

/// The plans of these mappings, or everything that is wrong with them.
fn compiled(texts: &[&str]) -> Result<Vec<Plan>, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let mut mappings = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let (mapping, more) = mapping::read(&Source::new(format!("{at}.yaml"), *text));
        problems.extend(more);
        mappings.extend(mapping);
    }
    assert!(problems.is_empty(), "{}", render(&problems, false));
    let settings = Settings { defaults: Value::from_json(r#"{"on":true,"mode":"a","tables":{}}"#).unwrap(), ..Settings::default() };
    compile(&mappings, &catalog(), &settings, &Expressions::new())
}

/// The plans of mappings that are sound.
fn plans(texts: &[&str]) -> Vec<Plan> {
    compiled(texts).unwrap_or_else(|problems| panic!("{}", render(&problems, false)))
}

/// A mapping of orders with these keys after the first ones.
fn orders(rest: &str) -> String {
    format!("mapping: orders\ntitle: Orders\ndirection: export\nsource: procore/orders\ntarget: acumatica/Purchase\n{rest}")
}

/// The projects, which other mappings wait for.
const PROJECTS: &str = "mapping: projects\ntitle: Projects\ndirection: import\nsource: acumatica/Project\ntarget: procore/vendors\n\
    fields:\n  - {to: name, from: $.ProjectID}\n";

/// What a plan makes of the items of a record that it offers.
fn drafts(plan: &Plan, body: &str, links: &dyn Links) -> Result<Vec<Draft>, Refusal> {
    let settings = Value::from_json(r#"{"on":true,"mode":"a","tables":{}}"#).unwrap();
    let project = Project { procore: "7".to_owned(), acumatica: "PR1".to_owned(), ..Project::default() }.to_value();
    let (ask, today) = (Value::Record(Record::new()), jiff::civil::date(2026, 3, 5));
    let context = Context { settings: &settings, ask: &ask, target: &Value::Null, project: &project, links, today };
    let opened = open(plan, body).unwrap();
    let mut drafts = Vec::new();
    for item in opened.items() {
        if item.offered(&context)? {
            let draft = item.draft(&context)?;
            let (_, traced) = item.trace(&context);
            assert_eq!(traced.as_ref(), Ok(&draft));
            let mut bytes = String::new();
            item.bytes(&context, &mut bytes)?;
            let sent = crosswalk::schema::plain(&bytes, &plan.target.shape, plan.target.resource.system).unwrap();
            assert_eq!(sorted(Value::Record(sent)), sorted(Value::Record(draft.fields.clone())), "{bytes}");
            drafts.push(draft);
        }
    }
    Ok(drafts)
}

fn json(draft: &Draft) -> String {
    Value::Record(draft.fields.clone()).to_string()
}
