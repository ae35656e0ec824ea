//! Acumatica: build and endpoint, the entities and custom fields that mappings need, and what no interface shows.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Findings;
use super::named::Books;
use super::needs::{Need, needs, reads};
use crate::connector::{AcumaticaSettings, AcumaticaSignIn, Connector, ConnectorError, ErrorKind, Versions};
use crate::contract::AdHoc;
use crate::plan::Plan;
use crate::schema::{Catalog, Schema, System};
use crate::value::Value;

/// The tenant as the settings name it.
pub(super) struct Instance<'d> {
    pub(super) door: &'d Connector,
    pub(super) wanted: &'d AcumaticaSettings,
    pub(super) catalog: &'d Catalog,
    pub(super) settings: &'d Value,
    pub(super) plans: &'d [&'d Plan],
}

/// Who numbers what: the setting, and what its documents are called.
const NUMBERED: [(&str, &str); 7] = [
    ("projects", "projects"),
    ("vendors", "vendors"),
    ("subcontracts", "subcontracts"),
    ("purchase_orders", "purchase orders"),
    ("change_orders", "change orders"),
    ("bills", "bills"),
    ("invoices", "invoices"),
];

impl Instance<'_> {
    /// Everything that can be told of it.
    pub(super) async fn examined(&self) -> Findings {
        let mut findings = Findings::default();
        let versions = match self.door.probe().await {
            Ok(versions) => versions,
            Err(error) => {
                findings.met("sign-in", &error);
                return findings;
            }
        };
        let user = match &self.wanted.sign_in {
            AcumaticaSignIn::Session { user, .. } => format!("accepted as `{user}`"),
            AcumaticaSignIn::Oauth { client_id, .. } => format!("accepted for the application `{client_id}`"),
        };
        findings.right("sign-in", user);
        findings.right("build", versions.build.clone().unwrap_or_else(|| "this build does not tell it".to_owned()));
        if !self.endpoint(&versions, &mut findings) {
            return findings;
        }
        let needed = needs(self.plans, System::Acumatica);
        let described = self.entities(&needed, &mut findings).await;
        let books = Books { door: self.door, catalog: self.catalog, settings: self.settings, plans: self.plans };
        books.named(&mut findings).await;
        books.default_items(described.get("AccountGroup"), &mut findings).await;
        self.by_hand(&mut findings);
        findings
    }

    /// Whether the endpoint of the settings is there: nothing else can be asked without it.
    fn endpoint(&self, versions: &Versions, findings: &mut Findings) -> bool {
        let wanted = &self.wanted.endpoint();
        let told = |(name, version): &(String, String)| format!("`{name}/{version}`");
        if versions.endpoints.iter().any(|(name, version)| *name == wanted.name && *version == wanted.version) {
            findings.right("endpoint", format!("`{}/{}` is there", wanted.name, wanted.version));
            let own = versions.endpoints.iter().filter(|(name, _)| name != "Default" && *name != wanted.name);
            let own: Vec<String> = own.map(told).collect();
            if !own.is_empty() {
                let found = format!("the tenant also has {}; a package's entities are there only", own.join(", "));
                findings.right("endpoint", found);
            }
            return true;
        }
        let mut there: Vec<String> = versions.endpoints.iter().map(told).collect();
        there.sort();
        let remedy = format!("set `acumatica.endpoint` (or that of the overlay) to one that is there: {}", there.join(", "));
        findings.amiss("endpoint", format!("`{}/{}` is not there", wanted.name, wanted.version), remedy);
        false
    }

    /// Whether each entity can be read, and has the fields beside its contract; gives back what was described.
    async fn entities<'n>(&self, needed: &BTreeMap<&'n str, Need<'_>>, findings: &mut Findings) -> BTreeMap<&'n str, CustomFields> {
        let mut described = BTreeMap::new();
        for (entity, need) in needed {
            let Some(schema) = need.schemas.first() else { continue };
            match self.door.peek(schema, None).await {
                Ok(_) => findings.right(entity, "can be read"),
                Err(error) => {
                    findings.met_with(entity, &error, remedy(schema, &error));
                    continue;
                }
            }
            let fields = need.custom();
            if fields.is_empty() && *entity != "AccountGroup" {
                continue;
            }
            match self.door.ad_hoc(schema).await {
                Ok(body) => {
                    let custom = CustomFields::of(&AdHoc::read(body.get()).unwrap_or_default());
                    custom_fields((entity, need), &fields, &custom, findings);
                    described.insert(*entity, custom);
                }
                Err(error) => findings.met(entity, &error),
            }
        }
        described
    }

    /// What the contract does not show (licence, numbering, features and rights to write have no entity).
    fn by_hand(&self, findings: &mut Findings) {
        let modes = NUMBERED.iter().filter_map(|(setting, what)| {
            let path = format!("numbering.{setting}.automatic");
            let automatic = self.settings.at(&path)? == &Value::Bool(true);
            reads(self.plans, &path).then(|| format!("{what} {}", if automatic { "automatic" } else { "manual" }))
        });
        let modes: Vec<String> = modes.collect();
        if !modes.is_empty() {
            let place = "on form CS201010 (Numbering Sequences), and set `settings.numbering` to the same";
            findings.by_hand("numbering", &format!("the settings say: {}", modes.join(", ")), place);
        }
        if reads(self.plans, "change_orders.classes") {
            let found = "this connector wants change orders numbered automatically (BR-45)";
            findings.by_hand("numbering of change orders", found, "on form CS201010 (Numbering Sequences)");
        }
        let per_minute = self.wanted.per_minute.map_or("any number".to_owned(), |limit| limit.to_string());
        let limits = format!("the settings allow 1 session, {} requests at once, {per_minute} a minute", self.wanted.concurrent);
        let place = "on form SM604000 (License Monitoring Console), and keep `acumatica.concurrent` and `per_minute` below its limits";
        findings.by_hand("licence", &limits, place);
        let found = "where an entity can be read, its feature is on; whether this user may also write it does not show";
        findings.by_hand("right to write", found, "the access of the user's roles to the forms of the entities above");
        if self.plans.iter().any(|plan| !plan.steps.is_empty()) {
            let found = "documents that wait for an approval or for printing stop before the status that a mapping wants";
            findings.by_hand("approvals", found, "the preferences of each module: approval maps, and hold on entry");
        }
        let found = format!("signed in to `{}`, which an instance with one tenant accepts whatever its name", self.wanted.tenant);
        findings.by_hand("tenant", &found, "that the records shown by `crosswalk plan` are this company's");
    }
}

/// Fields of an entity that its contract does not have.
pub(super) struct CustomFields {
    /// `View.Field`; of lines and linked records with the part in front: `Details/View.Field`.
    pub(super) names: BTreeSet<String>,
    /// The lines and linked records that were described: of others nothing is known.
    parts: BTreeSet<String>,
}

impl CustomFields {
    fn of(described: &AdHoc) -> Self {
        let own = described.customs().map(|(name, _)| name.to_owned());
        let told = || described.parts().filter(|(_, part)| part.tells_custom());
        let inside = told().flat_map(|(name, part)| part.customs().map(move |(custom, _)| format!("{name}/{custom}")));
        Self { names: own.chain(inside).collect(), parts: told().map(|(name, _)| name.to_owned()).collect() }
    }
}

/// Holds the fields that schemas name beside the contract against those that the entity has.
fn custom_fields((entity, need): (&str, &Need<'_>), fields: &BTreeMap<String, String>, has: &CustomFields, findings: &mut Findings) {
    let is_told = |name: &str| name.split_once('/').is_none_or(|(part, _)| has.parts.contains(part));
    let (told, untold): (Vec<_>, Vec<_>) = fields.iter().partition(|(name, _)| is_told(name));
    let what = format!("{entity}, custom fields");
    let missing: Vec<_> = told.iter().filter(|(name, _)| !has.names.contains(*name)).collect();
    for (name, field) in &missing {
        let (view, _) = name.rsplit_once('.').unwrap_or((name, ""));
        let like: Vec<String> = has.names.iter().filter(|other| is_like(other, view)).map(|other| format!("`{other}`")).collect();
        let like = if like.is_empty() { String::new() } else { format!("; it has {}", like.join(", ")) };
        findings.amiss(
            &what,
            format!("`{name}` is not there, which {} take for `{field}`", need.told()),
            format!("add the field to the tenant, or write the name that it has there as `x-custom` of `{field}`{like}"),
        );
    }
    let there = told.len() - missing.len();
    if there > 0 {
        findings.right(&what, format!("{there} of {} are there", fields.len()));
    }
    if !untold.is_empty() {
        let names = untold.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        findings.by_hand(&what, &format!("the entity does not describe {names}"), &format!("with `crosswalk plan {}`", need.first()));
    }
}

/// Attributes of the same view: a tenant names these as it likes.
fn is_like(other: &str, view: &str) -> bool {
    other.strip_prefix(view).is_some_and(|rest| rest.starts_with(".Attribute") || rest.starts_with(".Usr"))
}

fn remedy(schema: &Schema, error: &ConnectorError) -> String {
    let form = schema.resource.wire.acumatica().map_or("", |wire| wire.form.as_str());
    let own = schema.resource.wire.acumatica().and_then(|wire| wire.endpoint.as_ref());
    match error.kind {
        ErrorKind::NotFound if own.is_some() => {
            let own = own.map(|own| format!("{}/{}", own.name, own.version)).unwrap_or_default();
            format!("publish `{}` at the endpoint `{own}`, or name in the overlay the endpoint that has it", schema.resource.entity())
        }
        ErrorKind::Forbidden => {
            format!("give the user's role access to form {form}, or turn its feature on (form CS100000, Enable/Disable Features)")
        }
        ErrorKind::NotFound => format!("set `acumatica.endpoint` to an endpoint that has `{}`", schema.resource.entity()),
        _ => error.advice(),
    }
}
