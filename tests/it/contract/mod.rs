//! Our schemas say nothing that the vendors' descriptions do not.
//!
//! Set `CROSSWALK_REFERENCE` to a folder that holds `procore/openapi.json` and `acumatica/swagger.json`.

mod acumatica;
mod document;
mod exceptions;
mod failing;
mod gaps;
mod procore;
mod report;

use std::path::Path;

use crosswalk::schema::{Schema, System};

use document::Document;
use report::Report;

/// Compares one schema with the description of its system.
fn compare(schema: &Schema, document: &Document, report: &mut Report) {
    match schema.resource.system {
        System::Procore => procore::check(schema, document, report),
        System::Acumatica => acumatica::check(schema, document, report),
    }
}

#[test]
fn our_schemas_hold_against_the_vendors_descriptions() {
    let Some(reference) = std::env::var_os("CROSSWALK_REFERENCE") else {
        println!("vendor contract: skipped, CROSSWALK_REFERENCE is not set");
        return;
    };
    let read = |file: &str| Document::read(&std::fs::read_to_string(Path::new(&reference).join(file)).unwrap());
    let (procore, acumatica) = (read("procore/openapi.json"), read("acumatica/swagger.json"));
    let mut report = Report::default();
    for schema in super::schemas::all() {
        let document = if schema.resource.system == System::Procore { &procore } else { &acumatica };
        compare(&schema, document, &mut report);
    }
    let report = report.settle(exceptions::EXCEPTIONS);
    println!("vendor contract: {} paths, {} fields, {} exceptions", report.paths, report.fields, exceptions::EXCEPTIONS.len());
    let problems: Vec<String> = report.problems.iter().map(|(at, what)| format!("{at}: {what}")).collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}
