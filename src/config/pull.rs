//! What do both systems say of themselves? Asked of the configured ones, all of it before anything is kept.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value as Json;

use super::builtin::builtin_schemas;
use super::pulled::Pulled;
use crate::connector::{Connector, ConnectorError, ErrorKind, Query, Select};
use crate::contract::{Definition, Description, Instance, contradictions, definitions, endpoints_in_use, entities_in_use, without_values};
use crate::plan::Plan;
use crate::schema::{Catalog, Endpoint, Schema, System, load};
use crate::sync::{Doors, Failure};

/// The resource that lists custom fields.
const DEFINITIONS: &str = "procore/custom_field_definitions";

/// Asks both systems, as far as these mappings have to do with them.
///
/// # Errors
/// A system out of reach; one whose answers are not what they should be, or contradict each other.
pub async fn pull(doors: &Doors, (plans, catalog): (&[Plan], &Catalog), usual: &Endpoint) -> Result<(Pulled, Instance), Failure> {
    let pulled = described(&doors.acumatica, plans, usual).await;
    // The licence's slot is free again, whatever came of it.
    doors.acumatica.sign_out().await;
    let mut pulled = pulled?;
    let defined = custom_fields(&doors.procore, catalog).await?;
    pulled.custom_fields(&serde_json::to_value(defined).unwrap_or_default());
    let instance = pulled.instance(Some(usual), Path::new("")).map_err(|lacking| nonsense(&lacking.message, &lacking.help))?;
    match contradiction(plans, &instance) {
        Some((message, help)) => Err(nonsense(&message, help)),
        None => Ok((pulled, instance)),
    }
}

async fn described(acumatica: &Connector, plans: &[Plan], usual: &Endpoint) -> Result<Pulled, Failure> {
    let mut pulled = Pulled::default();
    let versions = acumatica.probe().await?;
    pulled.endpoints(versions.build.as_deref(), &versions.endpoints);
    let is_listed =
        |endpoint: &Endpoint| versions.endpoints.iter().any(|(name, version)| *name == endpoint.name && *version == endpoint.version);
    let mut known = Vec::new();
    for endpoint in endpoints_in_use(plans, usual).into_iter().filter(is_listed) {
        let text = acumatica.contract(&endpoint).await?;
        let description = Description::read(text.get()).map_err(|problem| {
            nonsense(&format!("swagger.json of {}/{}: {}", endpoint.name, endpoint.version, problem.message), &problem.help)
        })?;
        let json: Json = serde_json::from_str(text.get()).map_err(|problem| nonsense(&problem.to_string(), "pull again"))?;
        pulled.contract(&endpoint, endpoint == *usual, &json);
        known.push((endpoint, description));
    }
    let mut told: Vec<String> = Vec::new();
    for schema in entities_in_use(plans) {
        let endpoint = schema.resource.wire.acumatica().and_then(|wire| wire.endpoint.as_ref()).unwrap_or(usual);
        let entity = schema.resource.entity();
        let has = known.iter().any(|(known, description)| known == endpoint && description.has(entity));
        if has && !told.iter().any(|known| known == entity) {
            let text = acumatica.ad_hoc(&schema).await?;
            let json = without_values(text.get()).map_err(|problem| nonsense(&problem.message, &problem.help))?;
            pulled.ad_hoc(entity, &json);
            told.push(entity.to_owned());
        }
    }
    Ok(pulled)
}

/// The custom fields of the company, page by page.
async fn custom_fields(procore: &Connector, catalog: &Catalog) -> Result<Vec<Definition>, Failure> {
    let Some(schema) = catalog.get(DEFINITIONS).cloned().or_else(shipped) else { return Ok(Vec::new()) };
    let query = Query { schema: &schema, project: None, since: None, equals: &[], select: Select::All };
    let (mut rows, mut page) = (Vec::new(), None);
    loop {
        let found = procore.read(&query, page).await?;
        rows.extend(found.rows.into_iter().map(|row| row.body.get().to_owned()));
        page = found.next;
        if page.is_none() {
            break;
        }
    }
    definitions(&format!("[{}]", rows.join(","))).map_err(|problem| nonsense(&problem.message, &problem.help))
}

/// The schema that this program brings, where a folder of schemas is older.
fn shipped() -> Option<Arc<Schema>> {
    let sources = builtin_schemas();
    let source = sources.iter().find(|source| source.path.ends_with(format!("{DEFINITIONS}.json")))?;
    load(&source.path, &source.text).ok().map(Arc::new)
}

/// Where answers of an instance contradict each other: what, and what to do.
pub fn contradiction(plans: &[Plan], instance: &Instance) -> Option<(String, &'static str)> {
    entities_in_use(plans).iter().find_map(|schema| {
        let entity = schema.resource.entity();
        let (description, ad_hoc) = (instance.description_of(schema)?, instance.ad_hoc.get(entity)?);
        let lacking = contradictions(schema, description, ad_hoc);
        let first = lacking.first()?;
        let more = if lacking.len() > 1 { format!(" and {} more", lacking.len() - 1) } else { String::new() };
        let endpoint = &description.endpoint;
        let message =
            format!("`{entity}/$adHocSchema` lacks `{first}`{more}, which swagger.json of {}/{} has", endpoint.name, endpoint.version);
        Some((
            message,
            "the instance keeps its contract until it is restarted: publish its customization anew or restart it, and pull again",
        ))
    })
}

fn nonsense(message: &str, help: &str) -> Failure {
    ConnectorError::new(ErrorKind::Nonsense, System::Acumatica, "schema pull", format!("{message}; {help}")).into()
}
