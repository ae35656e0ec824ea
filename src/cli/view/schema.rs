//! Fields of resources, for people and as JSON.

use serde::Serialize;

use super::table::Table;
use super::{View, to_json};
use crate::cli::terminal::{Paint, count};
use crate::schema::{Placed, Schema};

/// Resources with all their fields.
#[derive(Serialize)]
pub(in crate::cli) struct Resources(Vec<Resource>);

/// Fields that a search has met.
#[derive(Serialize)]
pub(in crate::cli) struct Matches(Vec<Match>);

#[derive(Serialize)]
struct Resource {
    resource: String,
    description: String,
    key: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<String>,
    fields: Vec<Row>,
}

#[derive(Serialize)]
struct Match {
    resource: String,
    #[serde(flatten)]
    row: Row,
}

/// A field.
#[derive(Serialize)]
struct Row {
    path: String,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scale: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<String>,
    #[serde(skip_serializing_if = "is_false")]
    required: bool,
    #[serde(skip_serializing_if = "is_false")]
    read_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    wire_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    description: String,
}

impl Resources {
    /// These resources.
    pub(in crate::cli) fn of(schemas: &[impl AsRef<Schema>]) -> Self {
        Self(schemas.iter().map(|schema| Resource::of(schema.as_ref())).collect())
    }
}

impl Matches {
    /// The fields that are met.
    pub(in crate::cli) fn of<'s>(schemas: impl Iterator<Item = &'s Schema>, met: impl Fn(&Schema, &Placed<'_>) -> bool) -> Self {
        let mut matches = Vec::new();
        for schema in schemas {
            let rows = schema.shape.placed().into_iter().filter(|placed| met(schema, placed)).map(|placed| Row::of(&placed));
            matches.extend(rows.map(|row| Match { resource: schema.name.clone(), row }));
        }
        Self(matches)
    }

    /// Whether nothing was met.
    pub(in crate::cli) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Resource {
    fn of(schema: &Schema) -> Self {
        let wire = schema.resource.wire.acumatica();
        Self {
            resource: schema.name.clone(),
            description: schema.description.clone(),
            key: schema.resource.key.clone(),
            modified: schema.resource.modified.clone(),
            since: wire.and_then(|wire| wire.since.clone()),
            actions: wire.map(|wire| wire.actions.keys().cloned().collect()).unwrap_or_default(),
            fields: schema.shape.placed().iter().map(Row::of).collect(),
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{}: {}\n", self.resource, self.description);
        let mut line = |word: &str, what: String| {
            if !what.is_empty() {
                text.push_str(&format!("  {word:<8} {what}\n"));
            }
        };
        line("key", self.key.join(", "));
        line("changed", self.modified.clone().unwrap_or_default());
        line("since", self.since.clone().unwrap_or_default());
        line("actions", self.actions.join(", "));
        let mut table = Table::new(&["field", "type", "takes", "marks", "description"]);
        self.fields.iter().for_each(|row| table.row(row.cells()));
        format!("{text}\n{}\n{}\n", table.text(), count(self.fields.len(), "field"))
    }
}

impl Row {
    fn of(placed: &Placed<'_>) -> Self {
        let field = placed.field;
        Self {
            path: placed.path.clone(),
            r#type: field.kind.word(),
            max_length: field.max_length,
            scale: field.scale,
            labels: field.labels.clone(),
            required: field.required,
            read_only: placed.read_only,
            wire_name: field.wire_name.clone(),
            custom: field.custom.as_ref().map(|custom| format!("{}.{}", custom.view, custom.field)),
            since: placed.since.map(str::to_owned),
            description: field.description.clone(),
        }
    }

    fn cells(&self) -> [String; 5] {
        [self.path.clone(), self.r#type.to_owned(), self.takes(), self.marks(), self.description.clone()]
    }

    /// What a value may be.
    fn takes(&self) -> String {
        let length = self.max_length.map(|most| format!("at most {}", count(most, "character")));
        let scale = self.scale.map(|scale| count(scale as usize, "decimal place"));
        let labels = (!self.labels.is_empty()).then(|| shortened(&self.labels));
        [length, scale, labels].into_iter().flatten().collect::<Vec<_>>().join("; ")
    }

    fn marks(&self) -> String {
        let marks = [
            self.required.then(|| "required".to_owned()),
            self.read_only.then(|| "read-only".to_owned()),
            self.custom.as_ref().map(|custom| format!("custom {custom}")),
            self.wire_name.as_ref().map(|name| format!("called {name}")),
            self.since.as_ref().map(|since| format!("since {since}")),
        ];
        marks.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Labels, as far as they fit beside other columns.
fn shortened(labels: &[String]) -> String {
    let mut shown = String::new();
    for (at, label) in labels.iter().enumerate() {
        if shown.len() + label.len() > 48 {
            return format!("{shown} and {} more", labels.len() - at);
        }
        shown.push_str(if at > 0 { " | " } else { "" });
        shown.push_str(label);
    }
    shown
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl View for Resources {
    fn human(&self, _paint: Paint) -> String {
        self.0.iter().map(Resource::text).collect::<Vec<_>>().join("\n")
    }

    fn json(&self) -> String {
        to_json(self)
    }
}

impl View for Matches {
    fn human(&self, _paint: Paint) -> String {
        let mut table = Table::new(&["resource", "field", "type", "takes", "marks", "description"]);
        self.0.iter().for_each(|found| table.row([found.resource.clone()].into_iter().chain(found.row.cells())));
        format!("{}\n{}\n", table.text(), count(self.0.len(), "field"))
    }

    fn json(&self) -> String {
        to_json(self)
    }
}
