//! Paths against shapes: which field a path names, and where it sits on the wire.

use crate::schema::{Field, Kind, Shape, System};

/// A path that names a field.
pub(super) struct Resolved<'s> {
    /// The members that lead to its bare value on the wire.
    pub(super) wire: Vec<String>,
    /// The field; none below a value whose shape is not described, and for the record itself.
    pub(super) field: Option<&'s Field>,
}

/// A path that names nothing.
pub(super) struct Lost<'s> {
    /// Which of its steps is unknown.
    pub(super) step: usize,
    /// The shape in which it was looked for; none where the value above has no fields.
    pub(super) shape: Option<&'s Shape>,
    /// The field above.
    pub(super) above: Option<&'s Field>,
}

/// Walks names down a shape. `lists` says whether a step into the lines of a list is allowed without `[*]`.
pub(super) fn resolve<'s>(shape: &'s Shape, steps: &[&str], system: System) -> Result<Resolved<'s>, Lost<'s>> {
    let mut wire = Vec::new();
    let (mut shape, mut field): (Option<&Shape>, Option<&Field>) = (Some(shape), None);
    for (step, name) in steps.iter().enumerate() {
        if field.is_some_and(|field| field.kind == Kind::Anything) {
            wire.push((*name).to_owned());
            continue;
        }
        let inside = shape.filter(|_| field.is_none_or(|field| field.kind == Kind::Record));
        let Some(found) = inside.and_then(|shape| shape.get(name)) else {
            return Err(Lost { step, shape: inside, above: field });
        };
        wire.extend(found.steps(system).map(str::to_owned));
        shape = found.shape.as_ref();
        field = Some(found);
    }
    let whole = steps.len() > 1
        && field.is_some_and(|field| field.kind == Kind::Anything)
        && wire.last().map(String::as_str) != field.map(Field::on_wire);
    Ok(Resolved { wire, field: if whole { None } else { field } })
}

/// A field that is put beside the source's own.
pub(super) fn beside(name: &str, kind: Kind, shape: Shape) -> Field {
    Field {
        name: name.to_owned(),
        wire_name: None,
        since: None,
        kind,
        description: String::new(),
        required: false,
        always: kind == Kind::Lines,
        read_only: true,
        max_length: None,
        labels: Vec::new(),
        scale: None,
        decimal_text: false,
        custom: None,
        shape: Some(shape),
        line_key: Vec::new(),
        line_key_alone: false,
    }
}
