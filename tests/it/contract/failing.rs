//! The comparison can fail: a made-up field, path, label or exception is reported.

use std::path::Path;

use crosswalk::schema::load;

use super::compare;
use super::document::Document;
use super::report::Report;

const PROCORE: &str = r##"{"paths": {"/rest/v1.0/things": {"get": {
    "parameters": [{"in": "query", "name": "company_id", "required": true, "schema": {"type": "integer"}},
                   {"in": "query", "name": "per_page", "schema": {"type": "integer"}}],
    "responses": {"200": {"content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}}}}}},
  "/rest/v1.0/things/sync": {"patch": {
    "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"company_id": {"type": "integer"},
      "updates": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}}}}},
    "responses": {"200": {"content": {"application/json": {"schema": {"type": "object", "properties": {
      "entities": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}, "errors": {"type": "array", "items": {}}}}}}}}}}},
  "components": {"schemas": {"Thing": {"type": "object", "properties": {"id": {"type": "integer"}, "origin_id": {"type": "string"},
    "status": {"type": "string", "enum": ["Draft", "Approved"]}, "amount": {"type": "string", "x-decimal-string": true}}}}}}"##;

const THINGS: &str = r#"{"type": "object", "x-resource": {"system": "procore", "name": "things", "id": "id", "key": ["origin_id"], "wire": {
    "list": {"path": "/rest/v1.0/things", "query": {"company_id": "{company_id}"}, "page_size": 100},
    "sync": {"path": "/rest/v1.0/things/sync", "body": {"company_id": "{company_id}"}}}},
  "properties": {"id": {"type": "integer", "readOnly": true}, "origin_id": {"type": "string"},
    "status": {"type": "string", "enum": ["Draft", "Approved"]}, "amount": {"type": "string", "x-decimal-string": true}}}"#;

const ACUMATICA: &str = r##"{"paths": {"/Thing": {"get": {}, "put": {}}, "/Thing/{ids}": {"get": {}},
    "/Thing/Release": {"post": {"requestBody": {"content": {"application/json": {"schema": {"properties": {"entity": {"$ref": "#/components/schemas/Thing"}}}}}}}}},
  "components": {"schemas": {"Entity": {"type": "object", "properties": {"id": {"type": "string"}}},
    "StringValue": {"type": "object", "properties": {"value": {"type": "string"}}},
    "DecimalValue": {"type": "object", "properties": {"value": {"type": "number"}}},
    "Line": {"allOf": [{"$ref": "#/components/schemas/Entity"}, {"type": "object", "properties": {"Amount": {"$ref": "#/components/schemas/DecimalValue"}}}]},
    "Thing": {"allOf": [{"$ref": "#/components/schemas/Entity"}, {"type": "object", "properties": {"Number": {"$ref": "#/components/schemas/StringValue"},
      "Details": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}}}}]}}}}"##;

const THING: &str = r#"{"type": "object", "x-resource": {"system": "acumatica", "name": "Thing", "id": "id", "key": ["Number"], "wire": {
    "form": "XX000000", "expand": ["Details"], "actions": {"Release": {}}}},
  "properties": {"id": {"type": "string", "readOnly": true}, "Number": {"type": "string"},
    "Details": {"type": "array", "items": {"type": "object", "properties": {"Amount": {"type": "number"}}}}}}"#;

/// What is reported of a schema after one replacement in its text.
fn problems(document: &str, schema: &str, from: &str, to: &str) -> Vec<String> {
    assert!(schema.contains(from), "`{from}` is not in the schema");
    let schema = load(Path::new("things.json"), &schema.replacen(from, to, 1)).unwrap_or_else(|problem| panic!("{problem:?}"));
    let mut report = Report::default();
    compare(&schema, &Document::read(document), &mut report);
    report.problems.into_iter().map(|(at, what)| format!("{at}: {what}")).collect()
}

#[test]
fn a_faithful_schema_passes() {
    assert_eq!(problems(PROCORE, THINGS, "things", "things"), Vec::<String>::new());
    assert_eq!(problems(ACUMATICA, THING, "Thing", "Thing"), Vec::<String>::new());
}

#[test]
fn a_made_up_call_field_or_label_of_procore_is_reported() {
    for (from, to, expected) in [
        ("/rest/v1.0/things\"", "/rest/v1.0/thingz\"", "procore/things list: no `GET /rest/v1.0/thingz`"),
        ("\"id\": {", "\"colour\": {\"type\": \"string\"}, \"id\": {", "procore/things colour: no read shows it"),
        ("\"id\": {", "\"colour\": {\"type\": \"string\"}, \"id\": {", "procore/things sync colour: the call does not take it"),
        ("\"Approved\"", "\"Aproved\"", "procore/things status labels: no label `Aproved` there"),
        ("\"Draft\", ", "", "procore/things status labels: no label `Draft` here"),
        (
            "{\"type\": \"string\", \"x-decimal-string\": true}",
            "{\"type\": \"integer\"}",
            "procore/things amount: integer here, `string ` there",
        ),
        (
            "{\"type\": \"string\", \"x-decimal-string\": true}",
            "{\"type\": \"number\"}",
            "procore/things sync amount: decimal here, `string ` there",
        ),
        ("\"query\": {\"company_id\": \"{company_id}\"}, ", "", "procore/things list query company_id: is required and not sent"),
        ("\"query\": {", "\"query\": {\"view\": \"erp\", ", "procore/things list query view: no such parameter"),
        ("\"body\": {\"company_id\"", "\"body\": {\"company\"", "procore/things sync body company: no such member"),
        ("sync\", ", "sync\", \"rows\": \"rows\", ", "procore/things sync rows rows: no such member"),
        (
            "\"key\": [\"origin_id\"],",
            "\"key\": [\"origin_id\"], \"modified\": \"origin_id\",",
            "procore/things list filters[origin_id]: no such parameter",
        ),
    ] {
        let found = problems(PROCORE, THINGS, from, to);
        assert!(found.contains(&expected.to_owned()), "expected `{expected}`, found {found:#?}");
    }
}

#[test]
fn a_made_up_entity_detail_field_or_action_of_acumatica_is_reported() {
    for (from, to, expected) in [
        ("\"Thing\"", "\"Thingy\"", "acumatica/Thingy: no such entity"),
        (
            "\"Number\": {\"type\": \"string\"}",
            "\"Number\": {\"type\": \"integer\"}",
            "acumatica/Thing Number: integer here, `StringValue` there",
        ),
        ("\"Amount\": {", "\"Sum\": {", "acumatica/Thing Details.Sum: not in the contract"),
        ("\"Amount\": {", "\"Sum\": {\"x-custom\": \"Transactions.Sum\", ", "acumatica/Thing Details.Sum: is outside the contract"),
        ("[\"Details\"]", "[\"Lines\"]", "acumatica/Thing expand Lines: no such detail"),
        ("[\"Details\"]", "[]", "acumatica/Thing expand Details: our field comes only when named"),
        ("\"Release\"", "\"Relaese\"", "acumatica/Thing action Relaese: no `POST /Thing/Relaese`"),
        (
            "\"actions\": {",
            "\"made_by\": {\"entity\": \"Thing\", \"action\": \"Make\", \"key\": {}}, \"actions\": {",
            "acumatica/Thing made_by Make: no such action",
        ),
        (
            "\"actions\": {",
            "\"made_by\": {\"entity\": \"Thing\", \"action\": \"Release\", \"key\": {\"Number\": \"$id\"}}, \"actions\": {",
            "acumatica/Thing made_by Release Number: `$id` is no field that a draft may have",
        ),
        (
            "\"actions\": {",
            "\"filter\": \"cf.Boolean(f='View.Made') eq true\", \"actions\": {",
            "acumatica/Thing filter: no field `cf.Boolean(f='View.Made')`",
        ),
    ] {
        let found = problems(ACUMATICA, THING, from, to);
        assert!(found.contains(&expected.to_owned()), "expected `{expected}`, found {found:#?}");
    }
}

#[test]
fn an_exception_allows_its_own_place_only_and_must_be_needed() {
    let report = || Report { problems: vec![("a b".into(), "wrong".into()), ("a c".into(), "wrong".into())], ..Report::default() };
    assert_eq!(report().settle(&[("a b", "for a reason")]).problems, [("a c".to_owned(), "wrong".to_owned())]);
    let stale = report().settle(&[("a b", "for a reason"), ("a c", "for another"), ("a d", "for none")]);
    assert_eq!(stale.problems, [("a d".to_owned(), "the exception is no longer needed".to_owned())]);
}
