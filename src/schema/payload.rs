//! The last look at a payload before it is sent: held against the resource's JSON Schema, as any reader of that file would.

use std::sync::{Arc, OnceLock};

use jsonschema::Validator;
use serde_json::Value as Json;

use super::field::{Field, Kind, Shape};
use crate::value::{Record, Value, json_text};

/// A schema file as a validator of payloads; made when it is first used.
#[derive(Clone, Debug)]
pub(super) struct Payload {
    schema: Arc<Json>,
    validator: Arc<OnceLock<Option<Validator>>>,
}

impl Payload {
    /// From the text of a schema file that was read without trouble.
    pub(super) fn new(text: &str) -> Self {
        let mut schema: Json = serde_json::from_str(text).unwrap_or(Json::Null);
        // An update names only the fields that change; what a new record needs is the plan's to see.
        forget_required(&mut schema);
        Self { schema: Arc::new(schema), validator: Arc::default() }
    }

    /// Every way in which a payload does not fit.
    pub(super) fn faults(&self, record: &Record, shape: &Shape) -> Vec<String> {
        let validator = self.validator.get_or_init(|| jsonschema::validator_for(&self.schema).ok());
        let Some(validator) = validator else { return vec!["the schema file is not a JSON Schema".to_owned()] };
        // A number that no float holds is still a number to the validator; its digits are not looked at.
        let Ok(json) = serde_json::from_str(&json_text(&as_sent(record, shape))) else { return vec!["the payload is not JSON".to_owned()] };
        validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }
}

/// A record with its decimals as text where they travel so.
fn as_sent(record: &Record, shape: &Shape) -> Value {
    let fields =
        record.iter().map(|(name, value)| (name.to_owned(), shape.get(name).map_or_else(|| value.clone(), |field| sent(value, field))));
    Value::Record(fields.collect())
}

fn sent(value: &Value, field: &Field) -> Value {
    match (value, &field.shape) {
        (Value::Number(number), _) if field.decimal_text && matches!(field.kind, Kind::Decimal | Kind::Percent) => {
            Value::Text(number.to_string())
        }
        (Value::Record(record), Some(shape)) => as_sent(record, shape),
        (Value::List(items), Some(shape)) => {
            let items = items.iter().map(|item| item.as_record().map_or_else(|| item.clone(), |record| as_sent(record, shape)));
            Value::List(items.collect())
        }
        _ => value.clone(),
    }
}

fn forget_required(schema: &mut Json) {
    match schema {
        Json::Object(members) => {
            if members.get("required").is_some_and(Json::is_array) {
                members.remove("required");
            }
            members.values_mut().for_each(forget_required);
        }
        Json::Array(items) => items.iter_mut().for_each(forget_required),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::load;
    use crate::value::Value;
    use std::path::Path;

    const SCHEMA: &str = r#"{"type":"object","x-resource":{"system":"procore","name":"things","id":"id","key":["id"],"wire":{}},
        "required":["name"],"properties":{"id":{"type":"integer"},"name":{"type":"string","maxLength":4},
        "amount":{"type":"string","x-decimal-string":true},"status":{"type":"string","enum":["Draft","Open"]}}}"#;

    #[test]
    fn a_payload_that_does_not_fit_is_told_field_by_field() {
        let schema = load(Path::new("things.json"), SCHEMA).unwrap();
        let faults = |json: &str| schema.faults(Value::from_json(json).unwrap().as_record().unwrap());
        assert!(faults(r#"{"amount":12.50,"status":"Open"}"#).is_empty());
        let told = faults(r#"{"id":"x","name":"too long","status":"Gone"}"#);
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told.iter().any(|fault| fault.starts_with("/status")), "{told:?}");
    }
}
