//! How is `swagger.json` read? As far as it says what an endpoint has; the rest is passed over unread.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::error::Category;

use super::described::{Component, Description, Holds, Member};
use crate::schema::Endpoint;

/// The largest description that is read. The vendor's own have some 3 MB.
pub const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// References that follow each other before they count as a ring.
const MOST_STEPS: usize = 16;

/// Why a text does not say what an instance has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong.
    pub message: String,
    /// The remedy.
    pub help: String,
    /// Line and column, from 1.
    pub at: Option<(usize, usize)>,
}

#[derive(Deserialize)]
struct RawFile {
    openapi: Option<String>,
    swagger: Option<String>,
    info: Option<RawInfo>,
    #[serde(default)]
    paths: BTreeMap<String, RawPath>,
    #[serde(default)]
    components: RawComponents,
}

#[derive(Deserialize)]
struct RawInfo {
    #[serde(default)]
    title: String,
    version: Option<serde_json::Value>,
}

#[derive(Default, Deserialize)]
struct RawComponents {
    #[serde(default)]
    schemas: BTreeMap<String, RawSchema>,
}

#[derive(Deserialize)]
struct RawPath {
    get: Option<IgnoredAny>,
    put: Option<IgnoredAny>,
    post: Option<RawAction>,
}

#[derive(Deserialize)]
struct RawAction {
    #[serde(rename = "requestBody")]
    body: Option<RawBody>,
}

#[derive(Deserialize)]
struct RawBody {
    #[serde(default)]
    content: BTreeMap<String, RawMedia>,
}

#[derive(Deserialize)]
struct RawMedia {
    schema: Option<RawSchema>,
}

#[derive(Default, Deserialize)]
struct RawSchema {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    properties: BTreeMap<String, RawSchema>,
    #[serde(rename = "allOf", default)]
    parts: Vec<RawSchema>,
    items: Option<Box<RawSchema>>,
    #[serde(default)]
    required: BTreeSet<String>,
    #[serde(rename = "maxLength")]
    max_length: Option<usize>,
}

impl Unreadable {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into(), at: None }
    }

    /// Why a text is not JSON, or not of the form that is expected.
    pub(super) fn json(text: &str, problem: &serde_json::Error, expected: &str) -> Self {
        let at = Some((problem.line(), problem.column()));
        if text.trim_start().starts_with('<') {
            let help = "look at the address, the tenant and the sign-in: an instance shows a page where it does not know the call";
            return Self::new(format!("this is a page of HTML, not {expected}"), help);
        }
        let said = problem.to_string();
        let said = said.split(" at line ").next().unwrap_or_default();
        let (message, help) = match problem.classify() {
            Category::Eof => (format!("this ends in the middle of {expected}"), "it is cut short: fetch it again, the whole of it"),
            Category::Syntax | Category::Io => (format!("this is not JSON: {said}"), "save the answer as it came, without changes"),
            Category::Data => (format!("this is not {expected}: {said}"), "save the answer as it came, without changes"),
        };
        Self { at, ..Self::new(message, help) }
    }
}

impl Description {
    /// Reads `swagger.json` of an endpoint: OpenAPI 3, contract version 4.
    ///
    /// # Errors
    /// What is wrong with the text, where, and what to do.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let text = text.trim_start_matches('\u{feff}');
        let expected = "a description of an endpoint";
        let raw: RawFile = serde_json::from_str(text).map_err(|problem| Unreadable::json(text, &problem, expected))?;
        let info = raw.info.as_ref();
        check_version(&raw, info)?;
        let title = info.map(|info| info.title.as_str()).unwrap_or_default();
        let endpoint = title.split_once('/').map(|(name, version)| Endpoint { name: name.to_owned(), version: version.to_owned() });
        let endpoint = endpoint.ok_or_else(|| {
            Unreadable::new(
                format!("its title `{title}` names no endpoint"),
                "take the file from the endpoint itself: `/entity/Default/24.200.001/swagger.json`",
            )
        })?;
        let mut described = Self { endpoint, entities: BTreeMap::new(), components: BTreeMap::new() };
        let schemas = &raw.components.schemas;
        for (name, schema) in schemas {
            described.component(name, schema, schemas, 0);
        }
        for (path, item) in &raw.paths {
            described.path(path, item, schemas);
        }
        if described.entities.is_empty() {
            return Err(Unreadable::new(
                "it describes no entity",
                "take the file from an endpoint of the instance: `/entity/Default/24.200.001/swagger.json`",
            ));
        }
        Ok(described)
    }

    /// `/{Entity}` with its calls, `/{Entity}/{Action}`.
    fn path(&mut self, path: &str, item: &RawPath, schemas: &BTreeMap<String, RawSchema>) {
        let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
        match (steps.as_slice(), &item.post) {
            ([entity], _) if item.get.is_some() || item.put.is_some() => {
                self.entities.entry((*entity).to_owned()).or_default();
            }
            ([entity, action], Some(post)) if !action.starts_with(['{', '$']) => {
                let body = post.body.iter().flat_map(|body| body.content.values()).find_map(|media| media.schema.as_ref());
                let parameters = body.and_then(|body| member_of(body, "parameters", schemas, 0));
                let members = parameters.map(|parameters| members_of(parameters, schemas, 0)).unwrap_or_default();
                let members = members.into_iter().map(|(name, schema)| (name.to_owned(), member(name, schema, schemas))).collect();
                self.entities.entry((*entity).to_owned()).or_default().insert((*action).to_owned(), members);
            }
            _ => {}
        }
    }

    /// A component, and those that stand in it without a name of their own.
    fn component(&mut self, name: &str, schema: &RawSchema, schemas: &BTreeMap<String, RawSchema>, depth: usize) {
        let mut component = Component { required: required_of(schema, schemas, 0), ..Component::default() };
        for (field, inner) in members_of(schema, schemas, 0) {
            let named = member(&format!("{name}.{field}"), inner, schemas);
            if let (Holds::Record(inside) | Holds::Lines(inside), true) = (&named.holds, depth < MOST_STEPS)
                && *inside == format!("{name}.{field}")
            {
                self.component(inside, inner.items.as_deref().unwrap_or(inner), schemas, depth + 1);
            }
            component.members.insert(field.to_owned(), named);
        }
        self.components.insert(name.to_owned(), component);
    }
}

fn check_version(raw: &RawFile, info: Option<&RawInfo>) -> Result<(), Unreadable> {
    let elsewhere = "hold the mappings against the version alone, `crosswalk schema diff --endpoint-version VERSION`, or take the file from a \
        build that describes itself in OpenAPI 3";
    match (&raw.openapi, &raw.swagger) {
        (Some(version), _) if version.starts_with("3.") => {}
        (Some(other), _) => return Err(Unreadable::new(format!("this is OpenAPI {other}, and OpenAPI 3 is read"), elsewhere)),
        (None, Some(version)) => return Err(Unreadable::new(format!("this is Swagger {version}, and OpenAPI 3 is read"), elsewhere)),
        (None, None) => return Err(Unreadable::new("this is JSON, but no OpenAPI file", "take `swagger.json` of an endpoint")),
    }
    let version = info.and_then(|info| info.version.as_ref());
    let version = version.map(|version| version.as_str().map_or_else(|| version.to_string(), str::to_owned)).unwrap_or_default();
    if version != "4" {
        let message = format!("this describes contract version {version}, and version 4 is spoken");
        return Err(Unreadable::new(message, "take the file from an endpoint of contract version 4, such as `Default/24.200.001`"));
    }
    Ok(())
}

/// The component that a reference names.
fn target(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// The fields of a schema, those of its parts and of what it refers to among them.
fn members_of<'s>(schema: &'s RawSchema, schemas: &'s BTreeMap<String, RawSchema>, depth: usize) -> BTreeMap<&'s str, &'s RawSchema> {
    let mut members = BTreeMap::new();
    if depth > MOST_STEPS {
        return members;
    }
    let referred = schema.reference.as_deref().and_then(target).and_then(|name| schemas.get(name));
    for part in schema.parts.iter().chain(referred).chain(schema.items.as_deref()) {
        members.extend(members_of(part, schemas, depth + 1));
    }
    members.extend(schema.properties.iter().map(|(name, schema)| (name.as_str(), schema)));
    members
}

fn member_of<'s>(schema: &'s RawSchema, name: &str, schemas: &'s BTreeMap<String, RawSchema>, depth: usize) -> Option<&'s RawSchema> {
    members_of(schema, schemas, depth).get(name).copied()
}

fn required_of(schema: &RawSchema, schemas: &BTreeMap<String, RawSchema>, depth: usize) -> BTreeSet<String> {
    let mut required = schema.required.clone();
    if depth < MOST_STEPS {
        let referred = schema.reference.as_deref().and_then(target).and_then(|name| schemas.get(name));
        schema.parts.iter().chain(referred).for_each(|part| required.extend(required_of(part, schemas, depth + 1)));
    }
    required
}

/// What a field holds. `inside` is the name of what stands in it without a component of its own.
fn member(inside: &str, schema: &RawSchema, schemas: &BTreeMap<String, RawSchema>) -> Member {
    let named = component_of(schema);
    let max_length = schema.max_length.or_else(|| schema.parts.iter().find_map(|part| part.max_length));
    let holds = match (named, schema.items.as_deref()) {
        (_, Some(items)) => Holds::Lines(component_of(items).unwrap_or(inside).to_owned()),
        (Some(name), None) => match name.strip_suffix("Value").filter(|_| is_wrapper(name, schemas)) {
            Some(word) => Holds::Value(word.to_owned()),
            None => Holds::Record(name.to_owned()),
        },
        (None, None) if schema.properties.contains_key("value") => {
            Holds::Value(schema.properties["value"].kind.as_deref().map(wrapper_word).unwrap_or("String").to_owned())
        }
        (None, None) if !schema.properties.is_empty() || !schema.parts.is_empty() => Holds::Record(inside.to_owned()),
        (None, None) => Holds::Bare(schema.kind.clone().unwrap_or_default()),
    };
    Member { holds, max_length }
}

fn component_of(schema: &RawSchema) -> Option<&str> {
    let parts = schema.parts.iter().filter_map(|part| part.reference.as_deref());
    schema.reference.as_deref().or_else(|| parts.into_iter().next()).and_then(target)
}

/// `AttributeValue` is a record for all its name.
fn is_wrapper(name: &str, schemas: &BTreeMap<String, RawSchema>) -> bool {
    schemas.get(name).is_none_or(|schema| schema.properties.contains_key("value"))
}

/// The wrapper of a value that is written out instead of referred to.
fn wrapper_word(kind: &str) -> &'static str {
    match kind {
        "number" => "Decimal",
        "integer" => "Int",
        "boolean" => "Boolean",
        _ => "String",
    }
}
