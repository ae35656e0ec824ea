//! How does an imitated Acumatica behave on the wire? What a body asks for: wrapped values read into plain ones.

use super::errors::Problem;
use crate::schema::{Field, Kind, Shape};
use crate::value::{Decimal, Record, Value, date_of, decimal, instant_of, round_half_up};

/// What a body, or one of its lines, asks for.
#[derive(Debug, Default)]
pub(super) struct Patch {
    /// The GUID it names.
    pub id: Option<String>,
    /// The line is to go.
    pub delete: bool,
    /// Plain values of contract and custom fields, and of `note`; null clears.
    pub fields: Vec<(String, Value)>,
    /// Linked entities.
    pub linked: Vec<(String, Patch)>,
    /// Details, line by line.
    pub lines: Vec<(String, Vec<Patch>)>,
    /// Values that can be read but are not accepted: field and message.
    pub refusals: Vec<(String, String)>,
}

/// Members of a body that mean nothing to a write.
const IDLE: [&str; 5] = ["rowNumber", "error", "files", "_links", "_workflowActions"];

impl Patch {
    /// Reads a body. Unknown members, and fields that the system computes, are passed over in silence.
    pub(super) fn read(shape: &Shape, body: &Record) -> Result<Self, Problem> {
        let mut patch = Self::default();
        for (name, value) in body.iter() {
            match name {
                "id" => patch.id = value.as_text().map(str::to_ascii_lowercase),
                "delete" => patch.delete = *value == Value::Bool(true),
                "note" => patch.fields.push(("note".to_owned(), note(value))),
                "custom" => patch.read_custom(shape, value)?,
                known if IDLE.contains(&known) => {}
                _ => {
                    if let Some(field) = shape.on_wire(name).filter(|field| field.custom.is_none()) {
                        patch.read_field(field, value)?;
                    }
                }
            }
        }
        Ok(patch)
    }

    /// The plain value of a field that is asked for.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    fn read_field(&mut self, field: &Field, value: &Value) -> Result<(), Problem> {
        let malformed = || Problem::Malformed(field.name.clone(), format!("The value of {} cannot be read.", field.name));
        let no_shape = Shape::default();
        let inner = field.shape.as_ref().unwrap_or(&no_shape);
        match (field.kind, value) {
            (_, Value::Null) => {}
            (Kind::Record, Value::Record(body)) => self.linked.push((field.name.clone(), Self::read(inner, body)?)),
            (Kind::Lines, Value::List(lines)) => {
                let read = |line: &Value| line.as_record().ok_or_else(malformed).and_then(|body| Self::read(inner, body));
                self.lines.push((field.name.clone(), lines.iter().map(read).collect::<Result<_, _>>()?));
            }
            (Kind::Record | Kind::Lines, _) => return Err(malformed()),
            (_, Value::Record(wrapper)) => {
                if let Some(value) = wrapper.get("value") {
                    self.take(field, value)?;
                }
            }
            _ => return Err(malformed()),
        }
        Ok(())
    }

    /// `custom`: view → field → `{type, value}`. What the schema does not describe is passed over.
    fn read_custom(&mut self, shape: &Shape, custom: &Value) -> Result<(), Problem> {
        let views = custom.as_record().into_iter().flat_map(Record::iter);
        for (view, fields) in views {
            for (name, wrapper) in fields.as_record().into_iter().flat_map(Record::iter) {
                let known = shape
                    .fields
                    .iter()
                    .find(|field| field.custom.as_ref().is_some_and(|custom| custom.view == view && custom.field == name));
                if let (Some(field), Some(value)) = (known, wrapper.at("value")) {
                    self.take(field, value)?;
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, field: &Field, value: &Value) -> Result<(), Problem> {
        let Some(plain) = plain(field, value) else {
            return Err(Problem::Malformed(field.name.clone(), format!("Could not convert {value} for {}.", field.name)));
        };
        if !field.read_only
            && let Some(label) = plain.as_text()
            && !field.labels.is_empty()
            && !field.labels.iter().any(|known| known == label)
        {
            let labels = field.labels.join(", ");
            self.refusals.push((field.name.clone(), format!("'{}' should be one of these values: {labels}.", field.name)));
            return Ok(());
        }
        self.fields.push((field.name.clone(), plain));
        Ok(())
    }
}

fn note(value: &Value) -> Value {
    match value {
        Value::Record(wrapper) => wrapper.get("value").cloned().unwrap_or_default(),
        other => other.clone(),
    }
}

/// The value as it is kept; `None` when it is not of the field's type. Blank text is no value.
fn plain(field: &Field, value: &Value) -> Option<Value> {
    let text = value.as_text().map(str::trim_end);
    if value.is_null() || text == Some("") {
        return Some(Value::Null);
    }
    match field.kind {
        Kind::Text => match value {
            Value::Text(_) => text.map(|text| Value::text(cut(text, field.max_length))),
            Value::Number(_) | Value::Bool(_) => Some(Value::text(value.plain())),
            _ => None,
        },
        Kind::Decimal | Kind::Percent => Some(Value::Number(round_half_up(number(value)?, field.scale.unwrap_or(6)))),
        Kind::Integer => number(value).filter(Decimal::is_integer).map(|number| Value::Number(number.normalize())),
        Kind::Boolean => match (value, text.map(str::to_ascii_lowercase).as_deref()) {
            (Value::Bool(_), _) => Some(value.clone()),
            (_, Some("true")) => Some(Value::Bool(true)),
            (_, Some("false")) => Some(Value::Bool(false)),
            _ => None,
        },
        Kind::Date => date_of(text?).map(|date| Value::text(date.to_string())),
        Kind::Instant => instant_of(text?).map(|instant| Value::text(instant.to_string())),
        Kind::Record | Kind::Lines | Kind::List | Kind::Anything => Some(value.clone()),
    }
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => decimal(text).ok(),
        _ => None,
    }
}

/// Text that is too long loses its end without a word, as a column of fixed width does.
fn cut(text: &str, most: Option<usize>) -> &str {
    match most.and_then(|most| text.char_indices().nth(most)) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::Patch;
    use crate::sandbox::acumatica::tests::shape;
    use crate::value::{Record, Value};

    fn read(body: &str) -> Result<Patch, super::Problem> {
        let Value::Record(body) = Value::from_json(body).unwrap() else { panic!("a record") };
        Patch::read(&shape("Subcontract"), &body)
    }

    #[test]
    fn wrapped_values_become_plain_ones() {
        let patch = read(
            r#"{"VendorID":{"value":"V1  "},"Quantity":{"value":3},"Date":{"value":"10/18/2021"},"RetainagePct":{"value":"2.00"},
                "Terms":{},"Branch":{"value":null},"DoNotPrint":{"value":true}}"#,
        )
        .unwrap();
        let fields = Record::from_iter(patch.fields);
        assert_eq!(
            Value::from(fields).to_string(),
            r#"{"VendorID":"V1","Date":"2021-10-18","RetainagePct":2.00,"Branch":null,"DoNotPrint":true}"#
        );
    }

    #[test]
    fn long_text_is_cut_and_bare_values_are_malformed() {
        let long = "x".repeat(70);
        let patch = read(&format!(r#"{{"Description":{{"value":"{long}"}}}}"#)).unwrap();
        assert_eq!(patch.get("Description"), Some(&Value::text("x".repeat(60))));
        assert!(read(r#"{"VendorID":"V1"}"#).is_err());
        assert!(read(r#"{"Date":{"value":"soon"}}"#).is_err());
        assert!(read(r#"{"Details":{"value":1}}"#).is_err());
    }

    #[test]
    fn a_status_that_the_system_computes_may_be_sent_in_vain() {
        let patch = read(r#"{"Status":{"value":"Nonsense"}}"#).unwrap();
        assert!(patch.refusals.is_empty());
    }
}
