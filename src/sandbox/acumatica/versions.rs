//! How does an imitated Acumatica behave on the wire? What an older version of the contract lacks of an entity.

use std::sync::Arc;

use super::books::Entity;
use crate::schema::{Schema, Shape, Wire};

/// The entity as a version of the contract has it; none where it came later.
pub(super) fn at(entity: &Arc<Entity>, version: &str) -> Option<Arc<Entity>> {
    let known = |since: Option<&str>| since.is_none_or(|since| version >= since);
    if !known(entity.wire().since.as_deref()) {
        return None;
    }
    let shape = &entity.schema.shape;
    let actions = &entity.wire().actions;
    if shape.placed().iter().all(|placed| known(placed.since)) && actions.values().all(|action| known(action.since.as_deref())) {
        return Some(Arc::clone(entity));
    }
    let mut schema = Schema::clone(&entity.schema);
    schema.shape = shape_at(shape, version);
    if let Wire::Acumatica(wire) = &mut schema.resource.wire {
        wire.actions.retain(|_, action| known(action.since.as_deref()));
    }
    Some(Arc::new(Entity { name: entity.name.clone(), schema: Arc::new(schema), rules: entity.rules }))
}

/// The fields that a version has.
fn shape_at(shape: &Shape, version: &str) -> Shape {
    let mut fields = shape.fields.clone();
    fields.retain(|field| field.since.as_deref().is_none_or(|since| version >= since));
    for field in fields.iter_mut().filter(|field| field.shape.is_some()) {
        let field = Arc::make_mut(field);
        field.shape = field.shape.as_ref().map(|inner| shape_at(inner, version));
    }
    Shape { fields }
}

/// Whether an action is one that the contract brought later than this version.
pub(super) fn lacks_action(entity: &Entity, action: &str, version: &str) -> bool {
    // What the form itself calls so can be called at any endpoint.
    let known = entity.wire().actions.get(action).filter(|known| known.on_form.as_deref() != Some(action));
    known.and_then(|known| known.since.as_deref()).is_some_and(|since| version < since)
}
