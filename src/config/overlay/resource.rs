//! What a resource has otherwise, put into its JSON Schema before it is understood.

use std::sync::Arc;

use serde_json::Value as Json;

use super::property::property;
use super::{Overlay, ResourceChange};
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::mapping::Word;
use crate::mapping::yaml::{Node, NodeKind};
use crate::schema::{Endpoint, System};
use crate::value::json_text;

/// A schema file on its way to be understood.
pub(super) struct Draft {
    /// `acumatica/Bill`.
    name: String,
    /// Its text as it stands.
    json: Json,
    source: Arc<Source>,
    /// Where an overlay last changed it.
    changed: Option<Place>,
}

/// Lays the overlays over these schema files, in order, and gives their texts and who is to blame for a fault that comes of it.
pub(super) fn schemas(base: Vec<Arc<Source>>, overlays: &[Overlay], problems: &mut Vec<Diagnostic>) -> Vec<(Arc<Source>, Option<Place>)> {
    if overlays.is_empty() {
        return base.into_iter().map(|source| (source, None)).collect();
    }
    // A file that is no JSON is told when it is understood.
    let mut drafts: Vec<Draft> = Vec::new();
    let mut rest: Vec<(Arc<Source>, Option<Place>)> = Vec::new();
    let mut take = |source: Arc<Source>| match Draft::of(&source) {
        Some(draft) => drafts.push(draft),
        None => rest.push((source, None)),
    };
    base.into_iter().for_each(&mut take);
    overlays.iter().flat_map(|overlay| &overlay.schemas).cloned().for_each(&mut take);
    for overlay in overlays {
        for named in &overlay.resources {
            match drafts.iter_mut().find(|draft| draft.name == named.name.text) {
                Some(draft) => draft.change(&named.it, &named.name, problems),
                None => {
                    let problem =
                        Diagnostic::error("unknown-resource", &named.name.place, format!("there is no resource `{}`", named.name));
                    problems
                        .push(problem.label("no such resource").meant(&named.name.text, drafts.iter().map(|draft| draft.name.as_str())));
                }
            }
        }
        for named in &overlay.endpoints {
            let mut found = false;
            for draft in drafts.iter_mut().filter(|draft| draft.is_entity(&named.name.text)) {
                found = true;
                draft.serve(&named.it, &named.name);
            }
            if !found {
                let entities: Vec<&str> = drafts.iter().filter_map(|draft| draft.name.strip_prefix("acumatica/")).collect();
                let problem = Diagnostic::error("unknown-resource", &named.name.place, format!("there is no entity `{}`", named.name));
                problems.push(problem.label("no such entity").meant(&named.name.text, entities));
            }
        }
    }
    let changed = drafts.into_iter().map(|draft| match draft.changed {
        Some(place) => (Source::new(&draft.source.path, draft.json.to_string()), Some(place)),
        None => (draft.source, None),
    });
    changed.chain(rest).collect()
}

impl Draft {
    fn of(source: &Arc<Source>) -> Option<Self> {
        let json: Json = serde_json::from_str(&source.text).ok()?;
        let resource = json.get("x-resource")?;
        let name = format!("{}/{}", resource.get("system")?.as_str()?, resource.get("name")?.as_str()?);
        Some(Self { name, json, source: Arc::clone(source), changed: None })
    }

    fn system(&self) -> System {
        if self.name.starts_with("procore/") { System::Procore } else { System::Acumatica }
    }

    fn is_entity(&self, name: &str) -> bool {
        let own = self.json["x-resource"]["wire"]["entity"].as_str();
        self.system() == System::Acumatica && own.or(self.name.strip_prefix("acumatica/")) == Some(name)
    }

    fn serve(&mut self, endpoint: &Endpoint, name: &Word) {
        self.json["x-resource"]["wire"]["endpoint"] = serde_json::json!(endpoint);
        self.changed = Some(name.place.clone());
    }

    fn change(&mut self, change: &ResourceChange, name: &Word, problems: &mut Vec<Diagnostic>) {
        self.changed = Some(name.place.clone());
        change.add.iter().for_each(|(path, node)| self.add(path, node, problems));
        change.change.iter().for_each(|(path, node)| self.alter(path, node, problems));
        change.rename.iter().for_each(|(path, new)| self.rename(path, new, problems));
        change.remove.iter().for_each(|path| self.remove(path, problems));
        change.call.iter().for_each(|(member, node)| self.call(member, node));
    }

    fn add(&mut self, path: &Word, node: &Node, problems: &mut Vec<Diagnostic>) {
        let described = property(node, self.system(), problems);
        let Some((place, name)) = self.around(path, problems) else { return };
        let Some(properties) = place.get_mut("properties").and_then(Json::as_object_mut) else { return };
        if properties.contains_key(name) {
            let problem = Diagnostic::error("overlay", &path.place, format!("`{path}` is there already"));
            problems.push(problem.label("a field of this name").help("describe what it is otherwise below `change`"));
            return;
        }
        properties.insert(name.to_owned(), Json::Object(described.members));
        require(place, name, described.required);
    }

    fn alter(&mut self, path: &Word, node: &Node, problems: &mut Vec<Diagnostic>) {
        let described = property(node, self.system(), problems);
        let Some((place, name)) = self.field(path, problems) else { return };
        if let Some(members) = place["properties"][name].as_object_mut() {
            if described.members.contains_key("type") || described.members.contains_key("x-kind") {
                ["type", "format", "x-kind", "x-decimal-string"].into_iter().for_each(|old| {
                    members.remove(old);
                });
            }
            members.extend(described.members);
        }
        require(place, name, described.required);
    }

    fn rename(&mut self, path: &Word, new: &Word, problems: &mut Vec<Diagnostic>) {
        if self.system() == System::Procore {
            let problem = Diagnostic::error("overlay", &path.place, "fields of Procore have the same names everywhere");
            problems.push(problem.help("describe a custom field below `add`: `{type: text, custom: custom_fields.custom_field_4711}`"));
            return;
        }
        let Some((place, name)) = self.field(path, problems) else { return };
        let Some(properties) = place["properties"].as_object_mut() else { return };
        let taken = |(other, property): (&String, &Json)| other != name && property["x-name"].as_str().unwrap_or(other) == new.text;
        if properties.iter().any(taken) {
            let problem = Diagnostic::error("overlay", &new.place, format!("another field is called `{new}` already"));
            problems.push(problem.label("taken").help("take the other one out below `remove`, or call it otherwise"));
            return;
        }
        if let Some(members) = properties.get_mut(name).and_then(Json::as_object_mut) {
            members.insert("x-name".to_owned(), Json::String(new.text.clone()));
        }
        if let Some(filter) = self.json["x-resource"]["wire"].get_mut("filter")
            && let Some(text) = filter.as_str()
        {
            *filter = Json::String(renamed(text, &path.text, &new.text));
        }
    }

    fn remove(&mut self, path: &Word, problems: &mut Vec<Diagnostic>) {
        let resource = &self.json["x-resource"];
        let by_key = resource["key"].as_array().is_some_and(|keys| keys.iter().any(|key| key == path.text.as_str()));
        if by_key || resource["id"] == path.text.as_str() {
            let problem = Diagnostic::error("overlay", &path.place, format!("`{}` is known by `{path}`", self.name));
            problems.push(problem.label("part of its key").help("an instance without it cannot carry the resource at all"));
            return;
        }
        let is_stamp = resource["modified"] == path.text.as_str();
        let Some((place, name)) = self.field(path, problems) else { return };
        if let Some(properties) = place["properties"].as_object_mut() {
            properties.remove(name);
        }
        require(place, name, Some(false));
        let slashed = path.text.replace('.', "/");
        if let Some(expand) = self.json["x-resource"]["wire"]["expand"].as_array_mut() {
            let below = format!("{slashed}/");
            expand.retain(|item| item.as_str().is_none_or(|item| item != slashed && !item.starts_with(&below)));
        }
        if is_stamp && let Some(resource) = self.json["x-resource"].as_object_mut() {
            resource.remove("modified");
        }
    }

    fn call(&mut self, member: &Word, node: &Node) {
        let place = match member.text.as_str() {
            "label" | "modified" => &mut self.json["x-resource"],
            _ => &mut self.json["x-resource"]["wire"],
        };
        let Some(members) = place.as_object_mut() else { return };
        match (&node.kind, members.get_mut(&member.text).and_then(Json::as_object_mut)) {
            (NodeKind::Null, _) => {
                members.remove(&member.text);
            }
            // Actions one by one: those that are not named stay.
            (NodeKind::Map(entries), Some(known)) => {
                for (key, value) in entries {
                    let Some(name) = key.word() else { continue };
                    match value.kind {
                        NodeKind::Null => known.remove(&name.text),
                        _ => known.insert(name.text, json_of(value)),
                    };
                }
            }
            _ => {
                members.insert(member.text.clone(), json_of(node));
            }
        }
    }

    /// The record or lines in which a path ends, and the name there; told where there are none.
    fn around<'p>(&mut self, path: &'p Word, problems: &mut Vec<Diagnostic>) -> Option<(&mut Json, &'p str)> {
        let (above, name) = path.text.rsplit_once('.').map_or((None, path.text.as_str()), |(above, name)| (Some(above), name));
        let resource = self.name.clone();
        let mut place = &mut self.json;
        for step in above.into_iter().flat_map(|above| above.split('.')) {
            let known: Vec<String> = names(place);
            if place["properties"].get(step).is_none() {
                problems.push(lost(path, step, &resource, &known));
                return None;
            }
            place = &mut place["properties"][step];
            if place.get("items").is_some() {
                place = &mut place["items"];
            }
        }
        if place.get("properties").is_none_or(|properties| !properties.is_object()) {
            let problem = Diagnostic::error("overlay", &path.place, format!("`{}` has no fields of its own", above.unwrap_or_default()));
            problems.push(problem.label("neither a record nor lines"));
            return None;
        }
        Some((place, name))
    }

    /// The same of a field that is there.
    fn field<'p>(&mut self, path: &'p Word, problems: &mut Vec<Diagnostic>) -> Option<(&mut Json, &'p str)> {
        let resource = self.name.clone();
        let (place, name) = self.around(path, problems)?;
        if place["properties"].get(name).is_none() {
            problems.push(lost(path, name, &resource, &names(place)));
            return None;
        }
        Some((place, name))
    }
}

fn names(place: &Json) -> Vec<String> {
    place["properties"].as_object().map(|properties| properties.keys().cloned().collect()).unwrap_or_default()
}

fn lost(path: &Word, step: &str, resource: &str, known: &[String]) -> Diagnostic {
    let at = path.text.find(step).unwrap_or_default();
    let place = path.part(at..at + step.len());
    let problem = Diagnostic::error("unknown-field", &place, format!("`{step}` is not a field of {resource}")).label("no such field");
    problem.meant(step, known.iter().map(String::as_str))
}

fn require(place: &mut Json, name: &str, required: Option<bool>) {
    let Some(required) = required else { return };
    let Some(members) = place.as_object_mut() else { return };
    let list = members.entry("required").or_insert_with(|| Json::Array(Vec::new()));
    let Some(list) = list.as_array_mut() else { return };
    list.retain(|known| known != name);
    if required {
        list.push(Json::String(name.to_owned()));
    }
}

/// A filter with a field of it called otherwise: whole words only.
fn renamed(filter: &str, old: &str, new: &str) -> String {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut text = String::with_capacity(filter.len());
    let mut rest = filter;
    while let Some(at) = rest.find(old) {
        let (before, after) = (&rest[..at], &rest[at + old.len()..]);
        let whole = !before.ends_with(is_letter) && !after.starts_with(is_letter);
        text.push_str(before);
        text.push_str(if whole { new } else { old });
        rest = after;
    }
    text.push_str(rest);
    text
}

fn json_of(node: &Node) -> Json {
    serde_json::from_str(&json_text(&node.to_value())).unwrap_or(Json::Null)
}

#[cfg(test)]
mod tests {
    use super::renamed;

    #[test]
    fn whole_words_of_a_filter_are_renamed() {
        assert_eq!(renamed("ProjectID eq '{project}'", "ProjectID", "Job"), "Job eq '{project}'");
        assert_eq!(renamed("OldProjectID eq 1 and ProjectID eq 2", "ProjectID", "Job"), "OldProjectID eq 1 and Job eq 2");
    }
}
