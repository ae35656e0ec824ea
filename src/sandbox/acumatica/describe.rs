//! How does an imitated Acumatica behave on the wire? What it tells about itself: endpoints, contract, custom fields.

use super::address::Endpoint;
use super::books::{Books, Entity};
use super::options::AcumaticaOptions;
use super::versions;
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::schema::{Action, Field, Kind, Shape};
use crate::value::{Record, Value};

/// The part of `Custom…Field` and `cf.…` that names a type.
pub(super) fn custom_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Decimal | Kind::Percent => "Decimal",
        Kind::Integer => "Int",
        Kind::Boolean => "Boolean",
        Kind::Date | Kind::Instant => "DateTime",
        _ => "String",
    }
}

/// `GET /entity`: the vendor's endpoints, and the tenant's own for those who are signed in.
pub(super) fn endpoints(options: &AcumaticaOptions, signed_in: bool) -> Response {
    let package = options.package.iter().map(|package| &package.endpoint);
    let own = options.own_endpoints.iter().chain(package).filter(|_| signed_in);
    let rows: Vec<Value> = options
        .endpoints
        .iter()
        .chain(own)
        .map(|(name, version)| {
            let href = format!("{}/entity/{name}/{version}/", options.site);
            Record::from_iter([("name", name.as_str()), ("version", version), ("href", &href)]).into()
        })
        .collect();
    if options.bare_endpoint_list {
        return json_answer(200, &rows.into());
    }
    let version = Record::from_iter([("acumaticaBuildVersion", "26.101.0225"), ("databaseVersion", "26.101.0225")]);
    json_answer(200, &Record::from_iter([("version", Value::from(version)), ("endpoints", rows.into())]).into())
}

/// `{Entity}/$adHocSchema`: the contract's fields, the custom ones by view, and the workflow's actions beside the contract's.
pub(super) fn ad_hoc(entity: &Entity) -> Response {
    let mut body = Record::new();
    let mut custom = Record::new();
    for field in &entity.schema.shape.fields {
        match &field.custom {
            Some(place) => custom.set_at(&format!("{}.{}", place.view, place.field), described_custom(field)),
            None if is_system(&field.name) => {}
            None => body.set(field.on_wire(), described(field)),
        }
    }
    body.set("custom", custom);
    let nothing = Record::from_iter([("parameters", Record::new())]);
    let actions = entity.rules.workflow_actions().iter().map(|name| Record::from_iter([(*name, nothing.clone())]).into());
    let actions: Vec<Value> = actions.collect();
    body.set("_workflowActions", actions);
    json_answer(200, &body.into())
}

fn described(field: &Field) -> Value {
    let Some(shape) = &field.shape else { return Record::new().into() };
    let mut inner = Record::new();
    let mut custom = Record::new();
    for field in shape.fields.iter().filter(|field| !is_system(&field.name)) {
        match &field.custom {
            Some(place) => custom.set_at(&format!("{}.{}", place.view, place.field), described_custom(field)),
            None => inner.set(field.on_wire(), described(field)),
        }
    }
    inner.set("custom", custom);
    if field.kind == Kind::Lines { Value::List(vec![inner.into()]) } else { inner.into() }
}

fn described_custom(field: &Field) -> Record {
    let kind = format!("Custom{}Field", custom_word(field.kind));
    Record::from_iter([("type", Value::from(kind)), ("value", Value::Null)])
}

fn is_system(name: &str) -> bool {
    ["id", "note", "rowNumber"].contains(&name)
}

fn wrapper(kind: Kind) -> &'static str {
    match kind {
        Kind::Decimal | Kind::Percent => "DecimalValue",
        Kind::Integer => "IntValue",
        Kind::Boolean => "BooleanValue",
        Kind::Date | Kind::Instant => "DateTimeValue",
        _ => "StringValue",
    }
}

fn refer(name: &str) -> Value {
    Record::from_iter([("$ref", format!("#/components/schemas/{name}"))]).into()
}

/// `swagger.json`: an OpenAPI 3 description of the entities that this version has.
pub(super) fn swagger(books: &Books, endpoint: &Endpoint) -> Response {
    let mut paths = Record::new();
    let mut schemas = wrappers();
    for entity in books.entities_at(endpoint.is_package).filter_map(|entity| versions::at(entity, &endpoint.version)) {
        let name = entity.name.as_str();
        let put = Record::from_iter([("get", operation(name, "GetList")), ("put", operation(name, "PutEntity"))]);
        paths.set(format!("/{name}"), put);
        let by_key = Record::from_iter([("get", operation(name, "GetByKeys")), ("delete", operation(name, "DeleteByKeys"))]);
        paths.set(format!("/{name}/{{ids}}"), by_key);
        paths.set(format!("/{name}/$adHocSchema"), Record::from_iter([("get", operation(name, "GetAdHocSchema"))]));
        for (action, wire) in &entity.wire().actions {
            paths.set(format!("/{name}/{action}"), Record::from_iter([("post", invocation(name, action, wire))]));
        }
        let parts = shape_schema(name, &entity.schema.shape, &mut schemas);
        schemas.set(name, parts);
    }
    let title = endpoint.base.split_once("/entity/").map_or(endpoint.base.as_str(), |(_, title)| title);
    let body = Record::from_iter([
        ("openapi", Value::from("3.0.1")),
        ("info", Record::from_iter([("title", title), ("version", "4")]).into()),
        ("servers", Value::List(vec![Record::from_iter([("url", endpoint.base.as_str())]).into()])),
        ("paths", paths.into()),
        ("components", Record::from_iter([("schemas", schemas)]).into()),
    ]);
    json_answer(200, &body.into())
}

fn operation(entity: &str, name: &str) -> Value {
    let answer = Record::from_iter([("description", "See the guide.")]);
    let responses = Record::from_iter([("200", Value::from(answer.clone())), ("401", answer.clone().into()), ("500", answer.into())]);
    Record::from_iter([
        ("tags", Value::List(vec![entity.into()])),
        ("operationId", format!("{entity}_{name}").into()),
        ("responses", responses.into()),
    ])
    .into()
}

/// The call of an action: its body names the record and the parameters.
fn invocation(entity: &str, name: &str, action: &Action) -> Value {
    let wrapped = |word: &String| refer(wrapper(Kind::of_word(word).unwrap_or(Kind::Text)));
    let parameters: Record = action.parameters.iter().map(|(name, word)| (name.clone(), wrapped(word))).collect();
    let members = Record::from_iter([("entity", refer(entity)), ("parameters", object(parameters))]);
    let media = Record::from_iter([("application/json", Record::from_iter([("schema", object(members))]))]);
    let mut call = operation(entity, &format!("InvokeAction_{name}"));
    if let Value::Record(call) = &mut call {
        call.set("requestBody", Record::from_iter([("content", media)]));
    }
    call
}

fn wrappers() -> Record {
    let mut schemas = Record::new();
    for (name, kind, format) in [
        ("StringValue", "string", None),
        ("DecimalValue", "number", Some("double")),
        ("IntValue", "integer", Some("int32")),
        ("BooleanValue", "boolean", None),
        ("DateTimeValue", "string", Some("date-time")),
    ] {
        let mut value = Record::from_iter([("type", kind)]);
        if let Some(format) = format {
            value.set("format", format);
        }
        schemas.set(
            name,
            object(Record::from_iter([("value", Value::from(value)), ("error", Record::from_iter([("type", "string")]).into())])),
        );
    }
    let text = |format: &str| Value::from(Record::from_iter([("type", "string"), ("format", format)]));
    let members = Record::from_iter([
        ("id", text("uuid")),
        ("rowNumber", Record::from_iter([("type", "integer"), ("format", "int64")]).into()),
        ("note", refer("StringValue")),
        ("custom", Record::from_iter([("type", "object")]).into()),
        ("error", Record::from_iter([("type", "string")]).into()),
    ]);
    schemas.set("Entity", object(members));
    schemas
}

fn object(properties: Record) -> Value {
    Record::from_iter([("type", Value::from("object")), ("properties", properties.into())]).into()
}

/// `Entity` and the fields; the schemas of parts are added on the way, under the names that this project gives them.
fn shape_schema(name: &str, shape: &Shape, schemas: &mut Record) -> Value {
    let mut properties = Record::new();
    for field in shape.fields.iter().filter(|field| field.custom.is_none() && !is_system(&field.name)) {
        let value = match (&field.shape, field.kind) {
            (Some(inner), kind) => {
                let part = format!("{name}{}", if field.name == "Details" { "Detail" } else { &field.name });
                let schema = shape_schema(&part, inner, schemas);
                schemas.set(part.as_str(), schema);
                match kind {
                    Kind::Lines => Record::from_iter([("type", Value::from("array")), ("items", refer(&part))]).into(),
                    _ => refer(&part),
                }
            }
            (None, kind) => refer(wrapper(kind)),
        };
        properties.set(field.on_wire(), value);
    }
    Record::from_iter([("allOf", Value::List(vec![refer("Entity"), object(properties)]))]).into()
}
