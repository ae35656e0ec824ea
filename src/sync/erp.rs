//! Projects as Acumatica holds them, for mappings that read `project.erp`: each read once in a run.

use std::collections::HashMap;

use super::engine::Engine;
use super::failure::Failure;
use super::scope::Where;
use crate::connector::{Key, ProjectScope, Query, Select};
use crate::evaluate::PENDING;
use crate::plan::Plan;
use crate::schema::{Kind, Schema, plain};
use crate::value::{Record, Value};

/// More projects than this are read as a list rather than one by one.
const ONE_BY_ONE: usize = 8;

/// The projects that were read, by their keys.
#[derive(Debug, Default)]
pub(super) struct Erp {
    known: HashMap<String, Value>,
    listed: bool,
}

impl Erp {
    /// Puts the project's fields into a place, if the mapping reads them.
    pub(super) async fn show(
        &mut self,
        engine: &Engine<'_>,
        plan: &Plan,
        place: &mut Where,
        planned: &[ProjectScope],
    ) -> Result<(), Failure> {
        let (Some(schema), Some(project)) = (&plan.erp, &place.project) else { return Ok(()) };
        let key = folded(&project.acumatica);
        if !self.known.contains_key(&key) {
            if planned.iter().any(|planned| planned.procore == project.procore) {
                self.known.insert(key.clone(), foreseen(schema, &project.acumatica));
            } else {
                self.read(engine, schema, &project.acumatica).await?;
            }
        }
        place.erp = self.known.get(&key).cloned().unwrap_or_default();
        Ok(())
    }

    async fn read(&mut self, engine: &Engine<'_>, schema: &Schema, key: &str) -> Result<(), Failure> {
        let door = engine.doors.of(schema.resource.system);
        if self.listed || self.known.len() < ONE_BY_ONE {
            let parts = [key.to_owned()];
            let row = door.get(schema, None, Key::Parts(&parts), Select::All).await?;
            let record = row.map(|row| shown(schema, row.body.get())).transpose()?;
            self.known.insert(folded(key), record.map_or(Value::Null, Value::Record));
            return Ok(());
        }
        let mut page = None;
        loop {
            let read = door.read(&Query { schema, project: None, since: None, equals: &[], select: Select::All }, page).await?;
            for row in read.rows {
                let record = shown(schema, row.body.get())?;
                let key = schema.resource.key.first().and_then(|name| record.get(name)).map(Value::plain).unwrap_or_default();
                self.known.insert(folded(&key), Value::Record(record));
            }
            match read.next {
                Some(next) => page = Some(next),
                None => break,
            }
        }
        self.listed = true;
        Ok(())
    }
}

fn shown(schema: &Schema, body: &str) -> Result<Record, Failure> {
    plain(body, &schema.shape, schema.resource.system)
        .map_err(|problem| Failure::Asked(format!("`{}` answered a record that its schema does not fit: {problem}", schema.name)))
}

/// What is shown of a project that an earlier change of the plan would make.
fn foreseen(schema: &Schema, key: &str) -> Value {
    let texts = schema.shape.fields.iter().filter(|field| field.kind == Kind::Text);
    Value::Record(texts.map(|field| (field.name.clone(), Value::Text(format!("{PENDING}projects {key} {}", field.name)))).collect())
}

fn folded(key: &str) -> String {
    key.trim().to_lowercase()
}
