//! Which of the mappings' needs does an instance not meet?

use super::ad_hoc::kind_of;
use super::described::Description;
use super::finding::{Finding, FindingKind, UsedBy};
use super::instance::{Customs, Instance};
use super::near::nearest;
use super::needed::{Needed, actions, needed};
use super::procore::defined;
use crate::plan::Plan;
use crate::schema::{Catalog, Custom, Endpoint, Kind, Placed, Schema, System};

/// What a comparison found.
#[derive(Clone, Debug, Default)]
pub struct Diff {
    /// What the instance does not carry, resource by resource.
    pub findings: Vec<Finding>,
    /// What nothing at hand tells of, in sentences.
    pub untold: Vec<String>,
    /// How many resources were held against it.
    pub resources: usize,
    /// How many of their fields.
    pub fields: usize,
}

/// The Acumatica resources that these mappings need.
pub fn entities_in_use(plans: &[Plan]) -> Vec<std::sync::Arc<Schema>> {
    needed(plans, System::Acumatica).into_iter().map(|resource| resource.schema).collect()
}

/// The endpoints that these mappings need: the usual one first.
pub fn endpoints_in_use(plans: &[Plan], usual: &Endpoint) -> Vec<Endpoint> {
    let mut endpoints = vec![usual.clone()];
    for resource in needed(plans, System::Acumatica) {
        let own = resource.schema.resource.wire.acumatica().and_then(|wire| wire.endpoint.clone());
        endpoints.extend(own.filter(|own| !endpoints.contains(own)));
    }
    endpoints
}

/// Holds mappings against an instance.
pub fn diff(plans: &[Plan], catalog: &Catalog, instance: &Instance) -> Diff {
    let mut comparison = Comparison { catalog, instance, diff: Diff::default() };
    for resource in needed(plans, System::Acumatica) {
        comparison.resource(&resource);
    }
    for resource in needed(plans, System::Procore) {
        comparison.custom_fields(&resource);
    }
    comparison.diff.untold.sort();
    comparison.diff.untold.dedup();
    comparison.diff
}

struct Comparison<'i> {
    catalog: &'i Catalog,
    instance: &'i Instance,
    diff: Diff,
}

/// A resource where an endpoint describes it.
#[derive(Clone, Copy)]
struct Here<'r> {
    needed: &'r Needed<'r>,
    description: &'r Description,
    entity: &'r str,
}

impl Here<'_> {
    fn endpoint(&self) -> String {
        shown(&self.description.endpoint)
    }

    fn finding(&self, kind: FindingKind, path: &str, (message, help): (String, String), used_by: Vec<UsedBy>) -> Finding {
        let resource = self.needed.schema.name.clone();
        Finding { kind, resource, path: Some(path.to_owned()), message, help, since: None, near: None, used_by }
    }
}

fn shown(endpoint: &Endpoint) -> String {
    format!("{}/{}", endpoint.name, endpoint.version)
}

impl<'i> Comparison<'i> {
    fn resource(&mut self, needed: &Needed<'_>) {
        let (schema, instance) = (&needed.schema, self.instance);
        let endpoint = instance.endpoint_of(schema);
        self.diff.resources += 1;
        if instance.listed.as_ref().is_some_and(|listed| !listed.contains(endpoint)) {
            return self.no_endpoint(needed, endpoint);
        }
        let Some(description) = instance.description(endpoint) else {
            let told = format!("`{}` belongs to endpoint {}, of which nothing is at hand", schema.name, shown(endpoint));
            return self.diff.untold.push(told);
        };
        let entity = schema.resource.entity();
        if !description.has(entity) {
            return self.no_entity(needed, description);
        }
        let here = Here { needed, description, entity };
        self.actions(here);
        self.filter(here);
        let mut gone: Option<String> = None;
        for placed in schema.shape.placed() {
            // What stands in a record that is not there is told with the record.
            if gone.as_ref().is_some_and(|gone| placed.path.starts_with(gone)) {
                continue;
            }
            let used_by = needed.used_by(&placed.path);
            if used_by.is_empty() && !needed.is_asked_for(&placed) {
                continue;
            }
            self.diff.fields += 1;
            let found = match &placed.field.custom {
                Some(custom) => self.custom(here, &placed, custom),
                None => self.field(here, &placed),
            };
            gone = found.iter().find(|found| found.kind == FindingKind::FieldMissing).map(|_| format!("{}.", placed.path)).or(gone);
            self.diff.findings.extend(found.map(|found| Finding { used_by, ..found }));
        }
        self.required(here);
    }

    fn no_endpoint(&mut self, needed: &Needed<'_>, endpoint: &Endpoint) {
        let listed = self.instance.listed.iter().flatten().map(shown).collect::<Vec<_>>().join(", ");
        self.diff.findings.push(Finding {
            kind: FindingKind::EndpointMissing,
            resource: needed.schema.name.clone(),
            path: None,
            message: format!("the instance has no endpoint {}", shown(endpoint)),
            help: format!("it has {listed}: name one of these in the settings (`endpoint`) or in an overlay"),
            since: None,
            near: None,
            used_by: needed.users(),
        });
    }

    fn no_entity(&mut self, needed: &Needed<'_>, description: &Description) {
        let entity = needed.schema.resource.entity();
        let native = self.catalog.get(&format!("acumatica/{entity}"));
        let since = native.and_then(|schema| schema.resource.wire.acumatica()?.since.clone());
        let endpoint = shown(&description.endpoint);
        let near = nearest(entity, description.entities()).filter(|_| since.is_none());
        let help = match (&since, near) {
            (Some(since), _) => format!("it came with {since}: raise the endpoint's version, or take its mappings out by an overlay"),
            (None, Some(near)) => format!("there is `{near}`: if it is the same, say so in an overlay (`entity: {near}`)"),
            (None, None) => "add it to the endpoint, or take its mappings out by an overlay".to_owned(),
        };
        self.diff.findings.push(Finding {
            kind: FindingKind::EntityMissing,
            resource: needed.schema.name.clone(),
            path: None,
            message: format!("{endpoint} has no entity `{entity}`"),
            help,
            near: near.map(str::to_owned),
            since,
            used_by: needed.users(),
        });
    }

    fn actions(&mut self, here: Here<'_>) {
        for (entity, action, used_by) in actions(here.needed) {
            let known = here.description.actions(entity).and_then(|actions| actions.get(action));
            let ours = self.catalog.get(&format!("acumatica/{entity}")).and_then(|schema| schema.resource.wire.acumatica());
            let ours = ours.and_then(|wire| wire.actions.get(action));
            let path = if entity == here.entity { action.to_owned() } else { format!("{entity}.{action}") };
            // Where the form has a name for it, the connector takes that at an endpoint of the vendor's that is older.
            let by_form = ours.is_some_and(|ours| ours.on_form.is_some() && here.description.endpoint.is_older_than(ours.since.as_deref()));
            let Some(parameters) = known else {
                if by_form {
                    continue;
                }
                let since = ours.and_then(|ours| ours.since.clone());
                let message = format!("{} has no action `{action}` of `{entity}`", here.endpoint());
                let help = match &since {
                    Some(since) => format!("it came with {since}: raise the endpoint's version, or change the steps of the mapping"),
                    None => "add it to the endpoint, or change the steps of the mapping".to_owned(),
                };
                let found = here.finding(FindingKind::ActionMissing, &path, (message, help), used_by);
                self.diff.findings.push(Finding { since, ..found });
                continue;
            };
            for (name, word) in ours.iter().flat_map(|ours| &ours.parameters) {
                let fits = parameters.get(name).is_some_and(|member| Kind::of_word(word).is_none_or(|kind| member.holds.carries(kind)));
                if !fits {
                    let message = format!("action `{action}` of {} takes no {word} `{name}`", here.endpoint());
                    let help = "the package changed the action: its description says what it takes".to_owned();
                    let path = format!("{path}.{name}");
                    self.diff.findings.push(here.finding(FindingKind::ActionMissing, &path, (message, help), used_by.clone()));
                }
            }
        }
    }

    /// The field by which every list is narrowed.
    fn filter(&mut self, here: Here<'_>) {
        let filter = here.needed.schema.resource.wire.acumatica().and_then(|wire| wire.filter.as_deref());
        let Some(field) = filter.and_then(|filter| filter.split(' ').next()).filter(|field| !field.starts_with("cf.")) else { return };
        if here.description.at(here.entity, field).is_none() {
            let message = format!("{} cannot be asked for records by `{field}`, which every read is narrowed by", here.endpoint());
            let help = "give the resource another `filter` in a schema of your own".to_owned();
            self.diff.findings.push(here.finding(FindingKind::FieldMissing, field, (message, help), here.needed.users()));
        }
    }

    fn field(&self, here: Here<'_>, placed: &Placed<'_>) -> Option<Finding> {
        let (schema, path) = (&here.needed.schema, placed.path.as_str());
        let wire = schema.shape.wire_path(path);
        let Some(member) = here.description.at(here.entity, &wire) else {
            return Some(self.no_field(here, placed, &wire));
        };
        if !member.holds.carries(placed.field.kind) {
            let kind = placed.field.kind.word();
            let message = format!("`{wire}` is {} in {}, and {kind} here", member.holds.word(), here.endpoint());
            let help = format!("say so in an overlay: `change: {{{path}: {{type: {}}}}}`", member.holds.word());
            let found = here.finding(FindingKind::TypeDiffers, path, (message, help), Vec::new());
            return Some(Finding { near: Some(member.holds.word().to_owned()), ..found });
        }
        let fits = member.max_length?;
        let ours = here.needed.fields.get(path).into_iter().flatten().filter(|(_, used)| used.written);
        let longest = ours.map(|(_, used)| used.max_length.or(placed.field.max_length)).max_by_key(|most| most.unwrap_or(usize::MAX))?;
        if longest.is_some_and(|longest| longest <= fits) {
            return None;
        }
        let sent = longest.map_or_else(|| "any number are sent".to_owned(), |longest| format!("up to {longest} are sent"));
        let message = format!("`{wire}` takes {fits} characters in {}, and {sent}", here.endpoint());
        let help = format!("say so in an overlay: `change: {{{path}: {{max_length: {fits}}}}}`");
        let found = here.finding(FindingKind::LengthDiffers, path, (message, help), Vec::new());
        Some(Finding { near: Some(fits.to_string()), ..found })
    }

    fn no_field(&self, here: Here<'_>, placed: &Placed<'_>, wire: &str) -> Finding {
        let since = placed.since.filter(|since| here.description.endpoint.is_older_than(Some(since))).map(str::to_owned);
        let (above, name) = wire.rsplit_once('/').unwrap_or(("", wire));
        let ours = described_names(&here.needed.schema, above);
        let members = here.description.members(here.entity, above).into_iter().flatten();
        let free = members.filter(|(name, member)| !ours.contains(name) && member.holds.carries(placed.field.kind));
        let near = nearest(name, free.map(|(name, _)| name.as_str())).map(str::to_owned);
        let path = &placed.path;
        let help = match (&since, &near) {
            (_, Some(near)) => format!("it has `{near}`: if that is the same, say so in an overlay: `rename: {{{path}: {near}}}`"),
            (Some(since), None) => {
                format!("it came with {since}: raise the endpoint's version, or say so in an overlay: `remove: [{path}]`")
            }
            (None, None) => format!("add it to the endpoint, or say so in an overlay: `remove: [{path}]`"),
        };
        let message = format!("{} has no `{wire}` of `{}`", here.endpoint(), here.entity);
        let found = here.finding(FindingKind::FieldMissing, path, (message, help), Vec::new());
        Finding { since, near, ..found }
    }

    fn custom(&self, here: Here<'_>, placed: &Placed<'_>, custom: &Custom) -> Option<Finding> {
        let path = placed.path.as_str();
        let wire = here.needed.schema.shape.wire_path(path);
        let above = wire.rsplit_once('/').map_or("", |(above, _)| above);
        let place = format!("{}.{}", custom.view, custom.field);
        let Some(ad_hoc) = self.instance.ad_hoc.get(here.entity) else {
            let message = format!("`{path}` ({place}) stands outside the contract of {}", here.endpoint());
            let help = "only `$adHocSchema` tells whether an instance has it: `crosswalk schema pull` reads that".to_owned();
            let told = here.finding(FindingKind::OutsideContract, path, (message, help), Vec::new());
            return (self.instance.customs == Customs::Told).then_some(told);
        };
        let part = ad_hoc.at(above)?;
        let Some(kind) = part.custom(custom) else {
            let near = nearest(&custom.field, part.customs().map(|(place, _)| place.rsplit('.').next().unwrap_or(place)));
            let near = near.and_then(|near| part.customs().map(|(place, _)| place).find(|place| place.ends_with(&format!(".{near}"))));
            let message = format!("`{}` has no custom field {place}, which `{path}` is", here.entity);
            let help = match near {
                Some(near) => format!("it has {near}: if that is the same, say so in an overlay: `change: {{{path}: {{custom: {near}}}}}`"),
                None => format!("add it to the form, or say so in an overlay: `remove: [{path}]`"),
            };
            let found = here.finding(FindingKind::CustomFieldMissing, path, (message, help), Vec::new());
            return Some(Finding { near: near.map(str::to_owned), ..found });
        };
        let known = kind_of(kind)?;
        if known.custom_type() == placed.field.kind.custom_type() {
            return None;
        }
        let message = format!("`{path}` ({place}) is {} in the instance, and {} here", known.word(), placed.field.kind.word());
        let help = format!("say so in an overlay: `change: {{{path}: {{type: {}}}}}`", known.word());
        let found = here.finding(FindingKind::TypeDiffers, path, (message, help), Vec::new());
        Some(Finding { near: Some(known.word().to_owned()), ..found })
    }

    /// What the description says a record cannot be without, and no mapping fills.
    fn required(&mut self, here: Here<'_>) {
        let schema = &here.needed.schema;
        let sent: Vec<String> =
            here.needed.fields.keys().filter(|path| here.needed.is_sent(path)).map(|path| schema.shape.wire_path(path)).collect();
        let lines = schema.shape.placed().into_iter().filter(|placed| placed.field.kind == Kind::Lines);
        let lines = lines.map(|placed| schema.shape.wire_path(&placed.path)).filter(|lines| sent.iter().any(|sent| begins(sent, lines)));
        let records = std::iter::once(String::new()).filter(|_| !here.needed.writers.is_empty()).chain(lines);
        for record in records.collect::<Vec<_>>() {
            for name in here.description.required(here.entity, &record) {
                let wire = if record.is_empty() { name.to_owned() } else { format!("{record}/{name}") };
                if sent.iter().any(|sent| *sent == wire || begins(sent, &wire)) {
                    continue;
                }
                let message = format!("{} wants `{wire}` of `{}`, and no row fills it", here.endpoint(), here.entity);
                let help = "add a row that does in an overlay: `add: {to: …, value: …}`".to_owned();
                let path = wire.replace('/', ".");
                let writers = here.needed.writers.iter().map(|plan| UsedBy { mapping: plan.name.clone(), row: None, place: None });
                self.diff.findings.push(here.finding(FindingKind::RequiredField, &path, (message, help), writers.collect()));
            }
        }
    }

    /// Custom fields of Procore against the definitions of the company.
    fn custom_fields(&mut self, needed: &Needed<'_>) {
        let schema = &needed.schema;
        for placed in schema.shape.placed() {
            let Some(custom) = placed.field.custom.as_ref().filter(|custom| custom.view == "custom_fields") else { continue };
            let used_by = needed.used_by(&placed.path);
            if used_by.is_empty() {
                continue;
            }
            self.diff.fields += 1;
            let Some(definitions) = &self.instance.definitions else {
                self.diff.untold.push(format!("`{}` has custom fields of the company, whose definitions are not at hand", schema.name));
                continue;
            };
            let (kind, message, help) = match defined(custom, definitions) {
                None => (
                    FindingKind::CustomFieldMissing,
                    format!("the company has no `{}`, which `{}` is", custom.field, placed.path),
                    "name the one that it has in an overlay: `crosswalk schema pull` lists them".to_owned(),
                ),
                Some(defined) if !defined.carries(placed.field.kind) => (
                    FindingKind::TypeDiffers,
                    format!(
                        "`{}` is {} at the company, and {} here",
                        placed.path,
                        defined.data_type.as_deref().unwrap_or("something else"),
                        placed.field.kind.word()
                    ),
                    "change its type in the overlay that adds it".to_owned(),
                ),
                Some(_) => continue,
            };
            let (resource, path) = (schema.name.clone(), Some(placed.path.clone()));
            self.diff.findings.push(Finding { kind, resource, path, message, help, since: None, near: None, used_by });
        }
    }
}

/// The names on the wire that our schema has in a record of its.
pub(super) fn described_names(schema: &Schema, wire_above: &str) -> Vec<String> {
    let placed = schema.shape.placed().into_iter().filter(|placed| placed.field.custom.is_none());
    let wires = placed.map(|placed| schema.shape.wire_path(&placed.path));
    wires
        .filter_map(|wire| {
            let (above, name) = wire.rsplit_once('/').unwrap_or(("", &wire));
            (above == wire_above).then(|| name.to_owned())
        })
        .collect()
}

/// Whether a path on the wire leads into a record.
fn begins(path: &str, record: &str) -> bool {
    path.strip_prefix(record).is_some_and(|rest| rest.starts_with('/'))
}
