//! Which overlay would answer what an instance has otherwise? A first one, with every guess marked for somebody to confirm.

use std::collections::BTreeMap;

use super::ad_hoc::{AdHoc, kind_of};
use super::described::Holds;
use super::diff::{described_names, diff};
use super::finding::{Finding, FindingKind};
use super::instance::Instance;
use super::needed::{Needed, needed};
use crate::plan::Plan;
use crate::schema::{Catalog, Custom, System};
use crate::value::Value;

/// What the platform puts before the names of fields that a customer adds.
const OWN: [&str; 2] = ["Usr", "Attribute"];

/// The text of `overlay.yaml`.
pub fn suggestion(name: &str, (plans, catalog): (&[Plan], &Catalog), instance: &Instance) -> String {
    let found = diff(plans, catalog, instance);
    let endpoint = &instance.usual;
    let shown = format!("{}/{}", endpoint.name, endpoint.version);
    let mut text = format!(
        "# A first overlay for {shown}. What stands behind `confirm` is a guess: let the line stand without it, change it, or take it out.\n\
         overlay: {name}\ntitle: What {shown} has otherwise.\nendpoint: {{name: {}, version: {}}}\n",
        word(&endpoint.name),
        Value::text(&endpoint.version)
    );
    let mut resources = String::new();
    let needed = needed(plans, System::Acumatica);
    for resource in &needed {
        let of_it: Vec<&Finding> = found.findings.iter().filter(|finding| finding.resource == resource.schema.name).collect();
        resources.push_str(&Suggested::of(resource, &of_it, instance).text(&resource.schema.name));
    }
    if !resources.is_empty() {
        text.push_str(&format!("resources:\n{resources}"));
    }
    let (rows, others) = mappings(&found.findings, &needed);
    text.push_str(&rows);
    text.push_str(&disabled(&found.findings));
    text.push_str(&others);
    text.push_str(&remarks(&found.findings));
    text.push_str(&definitions(instance));
    text
}

/// What is suggested for the fields of one resource: lines of the parts of `fields`.
#[derive(Default)]
struct Suggested {
    parts: BTreeMap<Part, Vec<String>>,
    /// Fields that could be added, as comments.
    candidates: Vec<String>,
    entity: Option<String>,
    forgets_stamp: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Add,
    Rename,
    Remove,
    Change,
}

impl Suggested {
    fn of(needed: &Needed<'_>, findings: &[&Finding], instance: &Instance) -> Self {
        let mut suggested = Self::default();
        for finding in findings {
            suggested.answer(needed, finding);
        }
        let schema = &needed.schema;
        if let Some(ad_hoc) = instance.ad_hoc.get(schema.resource.entity()) {
            suggested.custom(needed, ad_hoc, "");
        }
        // What the vendor's own endpoint has beyond our schemas is no customisation.
        if let Some(description) = instance.description_of(schema).filter(|_| instance.endpoint_of(schema).name != "Default") {
            let ours = described_names(schema, "");
            let taken: Vec<&str> = findings.iter().filter_map(|finding| finding.near.as_deref()).collect();
            let members = description.members(schema.resource.entity(), "").into_iter().flatten();
            for (name, member) in members.filter(|(name, _)| !ours.contains(name) && !taken.contains(&name.as_str())) {
                if let Holds::Value(_) = member.holds {
                    suggested.candidates.push(format!("{name}: {{type: {}}}", member.holds.word()));
                }
            }
        }
        suggested
    }

    fn answer(&mut self, needed: &Needed<'_>, finding: &Finding) {
        let Some(path) = finding.path.as_deref() else {
            self.entity = finding.near.clone().filter(|_| finding.kind == FindingKind::EntityMissing);
            return;
        };
        let path_word = word(path);
        let confirm = |line: String| format!("{line}  # confirm: {}", finding.message.replace('`', ""));
        match (finding.kind, finding.near.as_deref()) {
            (FindingKind::FieldMissing, Some(near)) => self.put(Part::Rename, confirm(format!("{path_word}: {}", word(near)))),
            (FindingKind::CustomFieldMissing, Some(near)) => {
                self.put(Part::Change, confirm(format!("{path_word}: {{custom: {}}}", word(near))));
            }
            (FindingKind::FieldMissing | FindingKind::CustomFieldMissing, None) => {
                self.put(Part::Remove, confirm(format!("- {path_word}")));
                self.forgets_stamp |= needed.schema.resource.modified.as_deref() == Some(path);
            }
            (FindingKind::TypeDiffers, Some(kind)) => self.put(Part::Change, confirm(format!("{path_word}: {{type: {kind}}}"))),
            (FindingKind::LengthDiffers, Some(most)) => self.put(Part::Change, confirm(format!("{path_word}: {{max_length: {most}}}"))),
            _ => {}
        }
    }

    fn put(&mut self, part: Part, line: String) {
        self.parts.entry(part).or_default().push(line);
    }

    /// Fields that the customer has added to the form, and that no schema of ours has.
    fn custom(&mut self, needed: &Needed<'_>, part: &AdHoc, above: &str) {
        let shape = &needed.schema.shape;
        let placed = shape.placed();
        for (place, kind) in part.customs() {
            let Some((view, field)) = place.split_once('.') else { continue };
            let Some(plain) = OWN.iter().find_map(|prefix| field.strip_prefix(prefix).filter(|rest| !rest.is_empty())) else { continue };
            let custom = Custom { view: view.to_owned(), field: field.to_owned() };
            if placed.iter().any(|placed| placed.field.custom.as_ref() == Some(&custom)) || self.mentions(place) {
                continue;
            }
            let path = format!("{above}{plain}");
            let path = if shape.at(&path).is_some() { format!("{above}{field}") } else { path };
            let kind = kind_of(kind).map_or("text", |kind| kind.word());
            let about = Value::text(format!("Custom field {place} of the form."));
            let line = format!("{}: {{type: {kind}, custom: {}, description: {about}}}", word(&path), word(place));
            self.put(Part::Add, format!("{line}  # confirm: the form has it, and no mapping needs it yet"));
        }
        for (name, inner) in part.parts() {
            // Parts are called as we call them, where we know them.
            let ours = placed.iter().find(|placed| shape.wire_path(&placed.path).replace('/', ".") == format!("{above}{name}"));
            if let Some(ours) = ours {
                self.custom(needed, inner, &format!("{}.", ours.path));
            }
        }
    }

    /// Whether it stands for one of ours already.
    fn mentions(&self, place: &str) -> bool {
        self.parts.get(&Part::Change).into_iter().flatten().any(|line| line.contains(&format!("custom: {}}}", word(place))))
    }

    fn text(&self, resource: &str) -> String {
        if self.parts.is_empty() && self.candidates.is_empty() && self.entity.is_none() {
            return String::new();
        }
        let mut body = String::new();
        if let Some(entity) = &self.entity {
            body.push_str(&format!("    entity: {}  # confirm: the endpoint has no other that is so alike\n", word(entity)));
        }
        if self.forgets_stamp {
            body.push_str("    modified: null  # confirm: without the stamp every run reads all of it\n");
        }
        if !self.parts.is_empty() {
            body.push_str("    fields:\n");
        }
        for (part, lines) in &self.parts {
            let key = match part {
                Part::Add => "add",
                Part::Rename => "rename",
                Part::Remove => "remove",
                Part::Change => "change",
            };
            body.push_str(&format!("      {key}:\n"));
            lines.iter().for_each(|line| body.push_str(&format!("        {line}\n")));
        }
        let candidates = self.candidates.iter().map(|line| format!("    # fields, add: {line}\n")).collect::<String>();
        if body.is_empty() {
            return format!("  # {resource} has more than the schema describes:\n{candidates}");
        }
        format!("  {resource}:\n    because: {}\n{body}{candidates}", "The endpoint describes itself so.")
    }
}

/// Rows of mappings that need a field which is taken out; and what needs it without a row that could be dropped.
fn mappings(findings: &[Finding], needed: &[Needed<'_>]) -> (String, String) {
    let mut lines: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut others = String::new();
    let gone =
        |finding: &&Finding| matches!(finding.kind, FindingKind::FieldMissing | FindingKind::CustomFieldMissing) && finding.near.is_none();
    for finding in findings.iter().filter(gone) {
        let (Some(path), Some(resource)) = (&finding.path, needed.iter().find(|needed| needed.schema.name == finding.resource)) else {
            continue;
        };
        for (used, mapping, one) in resource.uses_of(path) {
            let dropped = match (one.written, one.rows.first()) {
                (true, Some(row)) => format!("{{row: {row}, to: {}}}", word(used)),
                (true, None) => format!("{{to: {}}}", word(used)),
                (false, Some(row)) => row.clone(),
                (false, None) => {
                    let place = one.place.as_deref().unwrap_or("the mapping itself");
                    let line = format!("# confirm: {mapping} needs {path} of {}: {place}\n", finding.resource);
                    if !others.contains(&line) {
                        others.push_str(&line);
                    }
                    continue;
                }
            };
            let line = format!(
                "    - drop: {dropped}  # confirm: it needs {path} of {}\n      because: The endpoint has no such field.\n",
                finding.resource
            );
            let known = lines.entry(mapping).or_default();
            if !known.contains(&line) {
                known.push(line);
            }
        }
    }
    if lines.is_empty() {
        return (String::new(), others);
    }
    let all: String = lines.iter().map(|(mapping, lines)| format!("  {mapping}:\n{}", lines.concat())).collect();
    (format!("mappings:\n{all}"), others)
}

/// Whether mappings of a resource cannot run at all: its entity is not there, or the action that makes its records.
fn is_lost(finding: &Finding) -> bool {
    let made_elsewhere = finding.kind == FindingKind::ActionMissing && finding.path.as_ref().is_some_and(|path| path.contains('.'));
    made_elsewhere || (finding.kind == FindingKind::EntityMissing && finding.near.is_none())
}

/// Mappings that cannot run.
fn disabled(findings: &[Finding]) -> String {
    let users = findings.iter().filter(|finding| is_lost(finding)).flat_map(|finding| &finding.used_by);
    let mut names: Vec<&str> = users.map(|user| user.mapping.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return String::new();
    }
    format!("disable: [{}]  # confirm: the endpoint lacks the entities or actions of these\n", names.join(", "))
}

/// What no line of an overlay can answer by itself.
fn remarks(findings: &[Finding]) -> String {
    let asks = |finding: &&Finding| {
        let kinds = [FindingKind::ActionMissing, FindingKind::RequiredField, FindingKind::EndpointMissing];
        kinds.contains(&finding.kind) && !is_lost(finding)
    };
    let line = |finding: &Finding| {
        let users = finding.used_by.iter().map(|user| user.mapping.as_str()).collect::<Vec<_>>().join(", ");
        format!("# confirm: {} ({users}): {}; {}\n", finding.resource, finding.message, finding.help)
    };
    findings.iter().filter(asks).map(line).collect()
}

/// Custom fields of the company at Procore: their definitions do not say whose they are.
fn definitions(instance: &Instance) -> String {
    let mut text = String::new();
    for definition in instance.definitions.iter().flatten() {
        let label = definition.label.as_deref().unwrap_or("without a label");
        let kind = definition.data_type.as_deref().unwrap_or("of no type");
        text.push_str(&format!("#   custom_fields.{}: {label}, {kind}\n", definition.member()));
    }
    if text.is_empty() { text } else { format!("# Custom fields at Procore, to be added to the resource that shows them:\n{text}") }
}

/// A word as YAML has it.
fn word(text: &str) -> String {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte));
    let begins = text.starts_with(|letter: char| letter.is_ascii_alphabetic());
    if is_plain && begins { text.to_owned() } else { Value::text(text).to_string() }
}
