//! Reads one schema file: our own JSON Schema with `x-resource`.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::Schema;
use super::fault::{fault, not_json};
use super::field::{Custom, Field, Kind, Shape};
use super::payload::Payload;
use super::resource::{Resource, Scope, System, Wire};
use crate::diagnostic::Diagnostic;

/// The members of `x-resource` that both systems share; the rest is the system's own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawResource {
    system: System,
    name: String,
    #[serde(default)]
    scope: Scope,
    id: String,
    key: Vec<String>,
    label: Option<String>,
    modified: Option<String>,
    #[serde(default)]
    restricted: bool,
    wire: Json,
}

/// The members of one property that we understand; anything else is a slip.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawField {
    #[serde(rename = "type")]
    kind: Option<String>,
    format: Option<String>,
    #[serde(default)]
    description: String,
    #[serde(rename = "maxLength")]
    max_length: Option<usize>,
    #[serde(rename = "enum", default)]
    labels: Vec<String>,
    #[serde(rename = "readOnly", default)]
    read_only: bool,
    #[serde(default)]
    required: Vec<String>,
    properties: Option<Map<String, Json>>,
    items: Option<Box<RawField>>,
    #[serde(rename = "x-kind")]
    x_kind: Option<String>,
    #[serde(rename = "x-always", default)]
    always: bool,
    #[serde(rename = "x-scale")]
    scale: Option<u32>,
    #[serde(rename = "x-decimal-string", default)]
    decimal_text: bool,
    #[serde(rename = "x-name")]
    wire_name: Option<String>,
    #[serde(rename = "x-since")]
    since: Option<String>,
    #[serde(rename = "x-custom")]
    custom: Option<String>,
    #[serde(rename = "x-key", default)]
    line_key: Vec<String>,
    #[serde(rename = "x-key-alone", default)]
    line_key_alone: bool,
}

/// The top of a schema file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSchema {
    #[serde(rename = "$schema")]
    _dialect: Option<String>,
    #[serde(rename = "title")]
    _title: Option<String>,
    #[serde(default)]
    description: String,
    #[serde(rename = "type")]
    _kind: String,
    #[serde(rename = "x-resource")]
    resource: RawResource,
    #[serde(default)]
    required: Vec<String>,
    properties: Map<String, Json>,
}

/// Reads the text of `schemas/<system>/<name>.json`.
///
/// # Errors
/// A diagnostic that names the file, the place in it, and what does not fit.
pub fn load(path: &Path, text: &str) -> Result<Schema, Diagnostic> {
    let wrong = |what: String| fault(path, text, &what);
    let raw: RawSchema = serde_json::from_str(text).map_err(|problem| not_json(path, text, &problem))?;
    let (mut addressed, mut settings) = (Vec::new(), Vec::new());
    words_in(&raw.resource.wire, &mut |word| {
        addressed.extend(word.starts_with('$').then(|| word.to_owned()));
        settings.extend(word.split("{settings.").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())));
    });
    let wire = match raw.resource.system {
        System::Procore => serde_json::from_value(raw.resource.wire).map(|wire| Wire::Procore(Box::new(wire))),
        System::Acumatica => serde_json::from_value(raw.resource.wire).map(|wire| Wire::Acumatica(Box::new(wire))),
    }
    .map_err(|problem| wrong(format!("x-resource.wire: {problem}")))?;
    let mut shape = shape(&raw.properties, &raw.required, "").map_err(wrong)?;
    let resource = Resource {
        system: raw.resource.system,
        name: raw.resource.name,
        scope: raw.resource.scope,
        id: raw.resource.id,
        key: raw.resource.key,
        label: raw.resource.label,
        modified: raw.resource.modified,
        restricted: raw.resource.restricted,
        settings,
        wire,
    };
    for named in resource.key.iter().chain([&resource.id]).chain(&resource.modified).chain(&resource.label) {
        if shape.at(named).is_none() {
            return Err(wrong(format!("x-resource names `{named}`, which is not among the properties")));
        }
    }
    if let Some(missing) = addressed.iter().find(|word| shape.at(word.trim_start_matches('$')).is_none()) {
        return Err(wrong(format!("x-resource names `{missing}`, which is not among the properties")));
    }
    mark_known(&mut shape, &resource);
    Ok(Schema {
        name: format!("{}/{}", resource.system.word(), resource.name),
        description: raw.description,
        resource,
        shape,
        payload: Payload::new(text),
    })
}

/// What a record is told by is in every record, and so are lines that are asked for.
fn mark_known(shape: &mut Shape, resource: &Resource) {
    let keys = if resource.wire.acumatica().is_some() { resource.key.as_slice() } else { &[] };
    mark_always(shape, |name| {
        name == resource.id || keys.iter().any(|key| key == name) || resource.lines_apart().any(|lines| lines == name)
    });
}

fn mark_always(shape: &mut Shape, is_known: impl Fn(&str) -> bool) {
    for field in shape.fields.iter_mut().filter(|field| is_known(&field.name)) {
        Arc::make_mut(field).always = true;
    }
}

/// The words that calls are made of: `$contract_id`, `{settings.budget_view_id}`.
fn words_in(wire: &Json, visit: &mut impl FnMut(&str)) {
    match wire {
        Json::String(text) => visit(text),
        Json::Array(items) => items.iter().for_each(|item| words_in(item, visit)),
        Json::Object(members) => members.values().for_each(|member| words_in(member, visit)),
        _ => {}
    }
}

fn shape(properties: &Map<String, Json>, required: &[String], above: &str) -> Result<Shape, String> {
    let mut fields = Vec::with_capacity(properties.len());
    for (name, json) in properties {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        let raw: RawField = serde_json::from_value(json.clone()).map_err(|problem| format!("property `{path}`: {problem}"))?;
        fields.push(Arc::new(field(name, raw, required.contains(name), &path)?));
    }
    if let Some(missing) = required.iter().find(|name| !properties.contains_key(*name)) {
        return Err(format!("`required` names `{missing}`, which is not among the properties of `{above}`"));
    }
    Ok(Shape { fields })
}

fn field(name: &str, raw: RawField, required: bool, path: &str) -> Result<Field, String> {
    let kind = kind(&raw, path)?;
    let (inner, line_key, line_key_alone) = match raw.items {
        Some(items) => {
            let mut inner = items.properties.as_ref().map(|inner| shape(inner, &items.required, path)).transpose()?;
            inner.iter_mut().for_each(|inner| mark_always(inner, |name| items.line_key.iter().any(|key| key == name)));
            (inner, items.line_key, items.line_key_alone)
        }
        None => (raw.properties.as_ref().map(|inner| shape(inner, &raw.required, path)).transpose()?, Vec::new(), false),
    };
    let custom = raw.custom.map(|custom| match custom.split_once('.') {
        Some((view, field)) => Ok(Custom { view: view.to_owned(), field: field.to_owned() }),
        None => Err(format!("property `{path}`: x-custom is `View.Field`, not `{custom}`")),
    });
    Ok(Field {
        name: name.to_owned(),
        wire_name: raw.wire_name,
        since: raw.since,
        kind,
        description: raw.description,
        required,
        always: required || raw.always,
        read_only: raw.read_only,
        max_length: raw.max_length,
        labels: raw.labels,
        scale: raw.scale,
        decimal_text: raw.decimal_text,
        custom: custom.transpose()?,
        shape: inner,
        line_key,
        line_key_alone,
    })
}

fn kind(raw: &RawField, path: &str) -> Result<Kind, String> {
    if let Some(word) = &raw.x_kind {
        return match word.as_str() {
            "date" => Ok(Kind::Date),
            "percent" => Ok(Kind::Percent),
            "decimal" => Ok(Kind::Decimal),
            other => Err(format!("property `{path}`: x-kind is date, percent or decimal, not `{other}`")),
        };
    }
    Ok(match (raw.kind.as_deref(), raw.format.as_deref()) {
        (Some("string"), _) if raw.decimal_text => Kind::Decimal,
        (Some("string"), Some("date")) => Kind::Date,
        (Some("string"), Some("date-time")) => Kind::Instant,
        (Some("string"), _) => Kind::Text,
        (Some("number"), _) => Kind::Decimal,
        (Some("integer"), _) => Kind::Integer,
        (Some("boolean"), _) => Kind::Boolean,
        (Some("object"), _) if raw.properties.is_some() => Kind::Record,
        (Some("array"), _) if raw.items.as_ref().is_some_and(|items| items.properties.is_some()) => Kind::Lines,
        (Some("array"), _) => Kind::List,
        (Some("object") | None, _) => Kind::Anything,
        (Some(other), _) => return Err(format!("property `{path}`: unknown type `{other}`")),
    })
}
