//! `x-resource`: what a connector must know about a resource, as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::changed_by::ChangedBy;

/// One of the two systems.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// Procore, construction financials.
    Procore,
    /// Acumatica Cloud ERP.
    Acumatica,
}

/// Whether records belong to the company or to one project.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Read and written once for the whole company.
    #[default]
    Company,
    /// Read and written for each synced project (BR-02).
    Project,
}

/// What the connector must know about a resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The system.
    pub system: System,
    /// The resource's name in that system: the entity or collection.
    pub name: String,
    /// Company or project.
    pub scope: Scope,
    /// The field that holds the system's own id (Acumatica: the GUID `id`; Procore: the number `id`).
    pub id: String,
    /// The fields of the business key, in order (Acumatica: those of the address; Procore: usually `origin_id`).
    pub key: Vec<String>,
    /// The field by which people know a record: its number or name.
    pub label: Option<String>,
    /// The field that says when a record last changed.
    pub modified: Option<String>,
    /// Open to approved ERP partners only.
    pub restricted: bool,
    /// The settings that its calls are made with.
    pub settings: Vec<String>,
    /// The rest, in the system's own terms.
    pub wire: Wire,
}

/// The part of `x-resource` that differs by system.
#[derive(Clone, Debug)]
pub enum Wire {
    /// Calls and paths.
    Procore(Box<ProcoreWire>),
    /// Entity, details and actions.
    Acumatica(Box<AcumaticaWire>),
}

/// How a Procore resource is read and written. Paths, query values and body values may hold `{company_id}`,
/// `{project_id}`, `{project_origin_id}`, `{id}` and `{settings.NAME}`. A query value `$field` stands for a field of the record:
/// payments are listed and shown contract by contract.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcoreWire {
    /// Reads many.
    pub list: Option<Call>,
    /// Reads one by id.
    pub show: Option<Call>,
    /// Lists of lines that neither `list` nor `show` brings: field → call, with `{id}` the header's.
    #[serde(default)]
    pub lines: BTreeMap<String, Call>,
    /// Upserts many by `origin_id`.
    pub sync: Option<SyncCall>,
    /// Makes one.
    pub create: Option<WriteCall>,
    /// Changes one.
    pub update: Option<WriteCall>,
    /// Removes one.
    pub delete: Option<Call>,
    /// Fields by which a list can be filtered for exactly one value: `filters[origin_id]`.
    #[serde(default)]
    pub filters: Vec<String>,
    /// `item_type` of this resource in the External Data API, where partner access allows it.
    pub external_item: Option<String>,
}

/// A read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Path below the API host.
    pub path: String,
    /// Query parameters that never change.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// What the answer is wrapped in.
    #[serde(default)]
    pub envelope: Envelope,
    /// Rows a page; none where the list has no paging.
    pub page_size: Option<u32>,
    /// A list that shows less of a record than `show` does.
    #[serde(default)]
    pub summary: bool,
    /// A list that cannot be asked for what changed since: all of it comes, each record with its stamp.
    #[serde(default)]
    pub unfiltered: bool,
}

/// What an answer's records are wrapped in.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Envelope {
    /// A bare array or object (v1.x).
    #[default]
    Bare,
    /// `{"data": …}` (v2.0).
    Data,
}

/// A bulk write of up to `limit` rows, always answered 200 with `entities` and `errors`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyncCall {
    /// HTTP method: `PATCH` but for the few that differ.
    #[serde(default = "patch")]
    pub method: String,
    /// Path below the API host.
    pub path: String,
    /// Query parameters.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Members of the body beside the rows.
    #[serde(default)]
    pub body: BTreeMap<String, String>,
    /// The member that holds the rows.
    #[serde(default = "updates")]
    pub rows: String,
    /// Most rows a call.
    #[serde(default = "thousand")]
    pub limit: usize,
    /// Fields that this call names otherwise: read name → written name.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
    /// The fields by which an answered row is matched to the one sent, when `origin_id` is not among them.
    #[serde(default)]
    pub echo: Vec<String>,
    /// Lines that go by a call of their own.
    pub lines: Option<SyncLines>,
    /// The field whose presence locks the record: sent alone, last.
    pub lock: Option<String>,
}

/// Lines of a bulk write.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyncLines {
    /// The field of the record that holds the lines.
    pub field: String,
    /// Path below the API host.
    pub path: String,
    /// Query parameters.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// The member of each line that names its header.
    pub parent: String,
}

/// A plain create or update.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteCall {
    /// HTTP method.
    pub method: String,
    /// Path below the API host.
    pub path: String,
    /// Query parameters.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Members of the body beside the record; `$field` takes that field out of the record.
    #[serde(default)]
    pub body: BTreeMap<String, String>,
    /// The member that holds the record.
    pub wrap: Option<String>,
    /// Fields that this call names otherwise: `line_items.amount` → `line_items.manual_amount`.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
    /// Takes this call rather than `sync` when a field has one of these values: the enumeration of `sync` lacks them.
    #[serde(default)]
    pub when: BTreeMap<String, Vec<String>>,
    /// Lines that go by a bulk call of their own, where the resource has no `sync`.
    pub lines: Option<SyncLines>,
    /// The field whose presence locks the record: sent alone, last, by `update`.
    pub lock: Option<String>,
}

/// Name and version of a contract endpoint; a customised package has its own.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// `Default`, or the package's.
    pub name: String,
    /// `24.200.001`, or the package's.
    pub version: String,
}

impl Endpoint {
    /// Whether it is the vendor's own, of a version before this one. A package's endpoint has versions of its own.
    pub fn is_older_than(&self, since: Option<&str>) -> bool {
        self.name == "Default" && since.is_some_and(|since| self.version.as_str() < since)
    }
}

impl Default for Endpoint {
    fn default() -> Self {
        Self { name: "Default".to_owned(), version: "24.200.001".to_owned() }
    }
}

/// How an Acumatica entity is read and written: address and methods are the same for all.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcumaticaWire {
    /// The entity, where the resource is called otherwise: retainage releases are `Bill`.
    pub entity: Option<String>,
    /// The endpoint that has it, where it is another one than that of the rest.
    pub endpoint: Option<Endpoint>,
    /// Where an action of another document makes its records, rather than a `PUT`.
    pub made_by: Option<Box<MadeBy>>,
    /// Details and linked entities that come only when named.
    #[serde(default)]
    pub expand: Vec<String>,
    /// A filter that every read carries; `{project}` is the project's key: `ProjectID eq '{project}'`.
    pub filter: Option<String>,
    /// Actions by name.
    #[serde(default)]
    pub actions: BTreeMap<String, Action>,
    /// The first endpoint version that has the entity.
    pub since: Option<String>,
    /// The form it stands for: `SC301000`.
    pub form: String,
    /// Documents that change its lines from outside.
    pub changed_by: Option<Box<ChangedBy>>,
    /// The list cannot be read in one optimised export: read keys first, then each by key.
    #[serde(default)]
    pub by_key_only: bool,
}

/// The action that makes the records of a resource. `$Field` stands for a field of the draft, anything else for itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeBy {
    /// The entity of the other document.
    pub entity: String,
    /// The action.
    pub action: String,
    /// The key of the other document: field → value.
    pub key: BTreeMap<String, String>,
    /// Parameter → value.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Whether the rest of the draft is put into what the action made.
    #[serde(default)]
    pub then_put: bool,
}

/// An action of an entity.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// The status that the document has once it is done.
    pub leads_to: Option<String>,
    /// The first version of Acumatica's own endpoint that has it.
    pub since: Option<String>,
    /// What the form itself calls it: an endpoint that lacks the action takes it by this name.
    pub on_form: Option<String>,
    /// Parameter → kind word.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
}

impl System {
    /// `procore` or `acumatica`, as in resource names.
    pub fn word(self) -> &'static str {
        match self {
            Self::Procore => "procore",
            Self::Acumatica => "acumatica",
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Procore => Self::Acumatica,
            Self::Acumatica => Self::Procore,
        }
    }
}

impl SyncCall {
    /// The bulk call of lines where their header goes by a plain one.
    pub fn of_lines() -> Self {
        Self {
            method: patch(),
            path: String::new(),
            query: BTreeMap::new(),
            body: BTreeMap::new(),
            rows: updates(),
            limit: thousand(),
            rename: BTreeMap::new(),
            echo: Vec::new(),
            lines: None,
            lock: None,
        }
    }

    /// The fields of a row that are part of the call's address and not of the row.
    pub fn addressed_by(&self) -> Vec<&str> {
        self.query.values().filter_map(|text| text.strip_prefix('$')).collect()
    }
}

impl ProcoreWire {
    /// The fields of a record without which it can be neither listed, shown nor changed.
    pub fn addressed_by(&self) -> Vec<&str> {
        let queries = self.list.iter().chain(&self.show).flat_map(|call| call.query.values());
        let bodies = self.update.iter().flat_map(|call| call.query.values().chain(call.body.values()));
        let mut fields: Vec<&str> = queries.chain(bodies).filter_map(|text| text.strip_prefix('$')).collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }
}

impl Resource {
    /// The fields of a record without which it can be neither listed, shown nor changed.
    pub fn addressed_by(&self) -> Vec<&str> {
        self.wire.procore().map(ProcoreWire::addressed_by).unwrap_or_default()
    }

    /// Whether its list can be asked for what changed since.
    pub fn is_incremental(&self) -> bool {
        let unfiltered = self.wire.procore().and_then(|wire| wire.list.as_ref()).is_some_and(|list| list.unfiltered);
        self.modified.is_some() && !unfiltered
    }

    /// The fields whose lines take calls of their own.
    pub fn lines_apart(&self) -> impl Iterator<Item = &str> {
        self.wire.procore().into_iter().flat_map(|wire| wire.lines.keys().map(String::as_str))
    }

    /// What the system calls it in addresses.
    pub fn entity(&self) -> &str {
        self.wire.acumatica().and_then(|wire| wire.entity.as_deref()).unwrap_or(&self.name)
    }

    /// Documents that change its lines from outside.
    pub fn changed_by(&self) -> Option<&ChangedBy> {
        self.wire.acumatica()?.changed_by.as_deref()
    }

    /// The action that makes its records, if they are not simply written.
    pub fn made_by(&self) -> Option<&MadeBy> {
        self.wire.acumatica()?.made_by.as_deref()
    }
}

impl Wire {
    /// The Procore part; `None` for an Acumatica resource.
    pub fn procore(&self) -> Option<&ProcoreWire> {
        match self {
            Self::Procore(wire) => Some(wire),
            Self::Acumatica(_) => None,
        }
    }

    /// The Acumatica part; `None` for a Procore resource.
    pub fn acumatica(&self) -> Option<&AcumaticaWire> {
        match self {
            Self::Acumatica(wire) => Some(wire),
            Self::Procore(_) => None,
        }
    }
}

fn patch() -> String {
    "PATCH".to_owned()
}

fn updates() -> String {
    "updates".to_owned()
}

fn thousand() -> usize {
    1_000
}
