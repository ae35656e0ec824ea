//! A field as an overlay describes it, as a property of a JSON Schema.

use serde_json::{Map, Value as Json, json};

use crate::diagnostic::Diagnostic;
use crate::mapping::yaml::{Node, NodeKind};
use crate::schema::{Kind, System};
use crate::value::json_text;

/// The keys of a described field.
const KEYS: [&str; 11] =
    ["type", "max_length", "scale", "labels", "read_only", "required", "always", "description", "custom", "fields", "key"];

const KINDS: [Kind; 10] = [
    Kind::Text,
    Kind::Decimal,
    Kind::Percent,
    Kind::Integer,
    Kind::Boolean,
    Kind::Date,
    Kind::Instant,
    Kind::Record,
    Kind::Lines,
    Kind::Anything,
];

/// What a description comes to: members of the property, and whether a new record needs it.
#[derive(Default)]
pub(super) struct Property {
    pub(super) members: Map<String, Json>,
    pub(super) required: Option<bool>,
}

/// Reads a description. What does not fit goes into `problems`.
pub(super) fn property(node: &Node, system: System, problems: &mut Vec<Diagnostic>) -> Property {
    let mut property = Property::default();
    let NodeKind::Map(entries) = &node.kind else {
        let message = format!("a field is described by keys and values, and this is {}", node.kind_word());
        problems.push(Diagnostic::error("wrong-kind", &node.place, message).help("write `{type: text, max_length: 20}`"));
        return property;
    };
    for (key, value) in entries {
        let Some(word) = key.word() else { continue };
        let json = || serde_json::from_str::<Json>(&json_text(&value.to_value())).unwrap_or(Json::Null);
        match (word.text.as_str(), &value.kind) {
            ("type", NodeKind::Text(text)) => match KINDS.into_iter().find(|kind| kind.word() == text) {
                Some(kind) => property.members.extend(typed(kind, system)),
                None => {
                    let problem = Diagnostic::error("unknown-word", &value.place, format!("`{text}` is not a type of a field"));
                    problems.push(problem.label("no such type").meant(text, KINDS.map(Kind::word)));
                }
            },
            ("max_length", NodeKind::Number(_)) => set(&mut property, "maxLength", json()),
            ("scale", NodeKind::Number(_)) => set(&mut property, "x-scale", json()),
            ("labels", NodeKind::List(_)) => set(&mut property, "enum", json()),
            ("read_only", NodeKind::Bool(_)) => set(&mut property, "readOnly", json()),
            ("always", NodeKind::Bool(_)) => set(&mut property, "x-always", json()),
            ("required", NodeKind::Bool(flag)) => property.required = Some(*flag),
            ("description", NodeKind::Text(_)) => set(&mut property, "description", json()),
            ("custom", NodeKind::Text(text)) if text.split_once('.').is_some_and(|(view, field)| !view.is_empty() && !field.is_empty()) => {
                set(&mut property, "x-custom", json());
                // A custom field of Procore is read; its calls for writing name it otherwise.
                if system == System::Procore {
                    set(&mut property, "readOnly", Json::Bool(true));
                }
            }
            ("custom", NodeKind::Text(text)) => {
                let problem = Diagnostic::error("overlay", &value.place, format!("`{text}` does not name a custom field"));
                problems.push(problem.help("write the view and the field: `Document.UsrSiteCode`, or `custom_fields.custom_field_4711`"));
            }
            ("fields", NodeKind::Map(inner)) => set(&mut property, "properties", Json::Object(inside(inner, system, problems))),
            ("key", NodeKind::List(_)) => set(&mut property, "x-key", json()),
            (known, _) if KEYS.contains(&known) => {
                let message = format!("`{word}` cannot be {}", value.kind_word());
                problems.push(Diagnostic::error("wrong-kind", &value.place, message));
            }
            _ => {
                let message = format!("`{word}` is not a key of a field's description");
                problems.push(Diagnostic::error("unknown-key", &word.place, message).label("no such key").meant(&word.text, KEYS));
            }
        }
    }
    into_items(&mut property.members);
    property
}

fn set(property: &mut Property, name: &str, value: Json) {
    property.members.insert(name.to_owned(), value);
}

fn inside(entries: &[(Node, Node)], system: System, problems: &mut Vec<Diagnostic>) -> Map<String, Json> {
    let described = entries.iter().filter_map(|(key, value)| Some((key.word()?.text, property(value, system, problems))));
    described.map(|(name, property)| (name, Json::Object(property.members))).collect()
}

/// Fields and key of a list belong to its items.
fn into_items(members: &mut Map<String, Json>) {
    if members.get("type") == Some(&json!("array")) {
        let mut items = Map::from_iter([("type".to_owned(), json!("object"))]);
        for name in ["properties", "x-key"] {
            items.extend(members.remove(name).map(|value| (name.to_owned(), value)));
        }
        members.insert("items".to_owned(), Json::Object(items));
    }
}

fn typed(kind: Kind, system: System) -> Map<String, Json> {
    let json = match (kind, system) {
        (Kind::Text, _) => json!({"type": "string"}),
        (Kind::Decimal, _) => json!({"type": "number"}),
        (Kind::Percent, _) => json!({"type": "number", "x-kind": "percent"}),
        (Kind::Integer, _) => json!({"type": "integer"}),
        (Kind::Boolean, _) => json!({"type": "boolean"}),
        (Kind::Date, System::Acumatica) => json!({"type": "string", "format": "date-time", "x-kind": "date"}),
        (Kind::Date, System::Procore) => json!({"type": "string", "format": "date"}),
        (Kind::Instant, _) => json!({"type": "string", "format": "date-time"}),
        (Kind::Record, _) => json!({"type": "object"}),
        (Kind::Lines | Kind::List, _) => json!({"type": "array"}),
        (Kind::Anything, _) => json!({}),
    };
    json.as_object().cloned().unwrap_or_default()
}
