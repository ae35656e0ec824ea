//! What an instance has, for the sandbox to imitate: `package.yaml` beside an overlay, written apart from it, so that the two are held
//! against each other.

use std::path::Path;
use std::sync::Arc;

use super::ResourceChange;
use super::stack::{OverlayChoice, Stack};
use super::{Overlay, resource};
use crate::config::builtin::builtin_schemas;
use crate::config::workspace::{catalog, read_folder};
use crate::diagnostic::{Diagnostic, Source, any_error};
use crate::mapping::keys::{FromNode, Keys, NamedMap, wrong_kind};
use crate::mapping::yaml::{self, Node, NodeKind};
use crate::mapping::{Literal, Named, Word};
use crate::schema::{Catalog, Endpoint};
use crate::value::Value;

/// The file beside `overlay.yaml`.
pub const PACKAGE_FILE: &str = "package.yaml";

/// What an instance and a company have otherwise than the plain ones.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name: that of its folder.
    pub name: Word,
    /// What it is, in a sentence.
    pub title: Word,
    /// The endpoint of its own, and the version of the vendor's that it extends.
    pub endpoint: Option<Extended>,
    /// The versions of the vendor's endpoint that are there, where not all are.
    pub versions: Vec<Word>,
    /// How Procore's company is set up.
    pub company: Practised,
    /// The schemas as the package's endpoint, or the vendor's if there is none, has them.
    pub catalog: Arc<Catalog>,
}

/// An endpoint that extends the vendor's.
#[derive(Clone, Debug)]
pub struct Extended {
    /// Its name and version.
    pub endpoint: Endpoint,
    /// The version of the vendor's.
    pub extends: String,
}

/// How Procore's company is set up.
#[derive(Clone, Debug, Default)]
pub struct Practised {
    /// Whether Budget Changes are turned on.
    pub budget_changes: Option<bool>,
    /// Of how many tiers the change orders of every project are.
    pub tiers: Option<u8>,
    /// Its custom fields.
    pub custom_fields: Vec<CustomField>,
}

/// A custom field of Procore.
#[derive(Clone, Debug)]
pub struct CustomField {
    /// Its number: the field is `custom_field_4711`.
    pub id: i64,
    /// What people see.
    pub label: String,
    /// The resource whose records have it: `procore/projects`.
    pub resource: String,
    /// What it holds in Procore's words: `string`, `number`, `boolean`.
    pub data_type: String,
    /// What its records have in it.
    pub value: Value,
}

/// The package in the folder of an overlay, over these schemas.
///
/// # Errors
/// What is wrong with its files, or that there is none.
pub fn package(schemas: Option<&Path>, home: Option<&Path>, choice: &OverlayChoice) -> Result<Package, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let base = read_folder(schemas, "json", builtin_schemas).unwrap_or_else(|problem| {
        problems.push(problem);
        Vec::new()
    });
    let read = Stack::new(home, &mut problems).package(choice);
    let package = read.and_then(|(source, more)| written(&source, more, base, &mut problems));
    match package {
        Some(package) if !any_error(&problems) => Ok(package),
        _ => Err(problems),
    }
}

fn written(source: &Arc<Source>, more: Vec<Arc<Source>>, base: Vec<Arc<Source>>, problems: &mut Vec<Diagnostic>) -> Option<Package> {
    let node = yaml::parse(source).map_err(|problem| problems.push(problem)).ok()?;
    let mut keys = Keys::open(&node, "a package", problems)?;
    let name = keys.required::<Word>("package", problems);
    let title = keys.required("title", problems);
    let endpoint = keys.optional("endpoint", problems);
    let versions = keys.list("versions", problems);
    let resources = keys.optional::<NamedMap<ResourceChange>>("resources", problems).map(|map| map.0).unwrap_or_default();
    let company = keys.optional("company", problems).unwrap_or_default();
    keys.close(problems);
    let (name, title) = (name?, title?);
    let layer = layer(&name, &title, (resources, more), (source, &node));
    let schemas = resource::schemas(base, &[layer], problems);
    let (catalog, more) = catalog(&schemas);
    problems.extend(more);
    Some(Package { name, title, endpoint, versions, company, catalog: Arc::new(catalog) })
}

/// What a package has otherwise, as an overlay of its own.
fn layer(
    name: &Word,
    title: &Word,
    (resources, schemas): (Vec<Named<ResourceChange>>, Vec<Arc<Source>>),
    (source, node): (&Arc<Source>, &Node),
) -> Overlay {
    Overlay {
        name: name.clone(),
        title: title.clone(),
        on: None,
        endpoint: None,
        endpoints: Vec::new(),
        resources,
        mappings: Vec::new(),
        enable: Vec::new(),
        disable: Vec::new(),
        settings: None,
        node: node.clone(),
        source: Arc::clone(source),
        files: Vec::new(),
        schemas,
        matched: None,
    }
}

impl FromNode for Extended {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut keys = Keys::open(node, "an endpoint", problems)?;
        let name = keys.required::<Word>("name", problems);
        let version = keys.required::<Word>("version", problems);
        let extends = keys.required::<Word>("extends", problems);
        keys.close(problems);
        Some(Self { endpoint: Endpoint { name: name?.text, version: version?.text }, extends: extends?.text })
    }
}

impl FromNode for Practised {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut keys = Keys::open(node, "the set-up of a company", problems)?;
        let company = Self {
            budget_changes: keys.optional::<Flag>("budget_changes", problems).map(|flag| flag.0),
            tiers: keys.optional::<Tiers>("tiers", problems).map(|tiers| tiers.0),
            custom_fields: keys.list("custom_fields", problems),
        };
        keys.close(problems);
        Some(company)
    }
}

struct Flag(bool);

impl FromNode for Flag {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        match node.kind {
            NodeKind::Bool(flag) => Some(Self(flag)),
            _ => {
                problems.push(wrong_kind(node, "true or false"));
                None
            }
        }
    }
}

struct Tiers(u8);

impl FromNode for Tiers {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let tiers = node.word().and_then(|word| word.text.parse().ok()).filter(|tiers| (1..=3).contains(tiers));
        if tiers.is_none() {
            problems.push(wrong_kind(node, "1, 2 or 3"));
        }
        tiers.map(Self)
    }
}

impl FromNode for CustomField {
    fn from_node(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut keys = Keys::open(node, "a custom field", problems)?;
        let id = keys.required::<Word>("id", problems);
        let label = keys.required::<Word>("label", problems);
        let resource = keys.required::<Word>("resource", problems);
        let data_type = keys.optional::<Word>("type", problems).map_or_else(|| "string".to_owned(), |word| word.text);
        let value = keys.optional::<Literal>("value", problems).map(|literal| literal.value).unwrap_or_default();
        keys.close(problems);
        let id = id?;
        let Ok(number) = id.text.parse() else {
            problems.push(Diagnostic::error("wrong-kind", &id.place, "a custom field of Procore has a number"));
            return None;
        };
        Some(Self { id: number, label: label?.text, resource: resource?.text, data_type, value })
    }
}
