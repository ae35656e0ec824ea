//! How does a draft look on Acumatica's wire: every value wrapped, custom fields apart, `id` and `delete` bare?

use crate::schema::{Field, Kind, MadeBy, Schema, Shape};
use crate::value::{Record, Value, date_of, decimal};

/// The body of a `PUT`: the draft, and the id of the record that exists.
pub(super) fn entity(schema: &Schema, id: Option<&str>, draft: &Record) -> Record {
    let mut body = Record::new();
    if let Some(id) = id {
        body.set("id", id);
    }
    wrap_record(Some(&schema.shape), draft, body)
}

/// The body of an action: which record, and wrapped parameters of the kinds that the schema names.
pub(super) fn action(id: &str, parameters: &Record, kind_of: impl Fn(&str) -> Option<String>) -> Record {
    let wrapped = parameters.iter().map(|(name, value)| {
        let number = matches!(kind_of(name).as_deref(), Some("decimal" | "percent" | "integer"));
        let value = if number { as_number(value) } else { value.clone() };
        (name, Value::Record([("value", value)].into_iter().collect()))
    });
    let entity: Record = [("id", Value::text(id))].into_iter().collect();
    [("entity", Value::Record(entity)), ("parameters", Value::Record(wrapped.collect()))].into_iter().collect()
}

/// The body of the action that makes a record: which document makes it, and its parameters, filled from the draft; or the
/// field that the key needs and the draft lacks.
pub(super) fn making<'m>(schema: &Schema, made_by: &'m MadeBy, draft: &Record) -> Result<Record, &'m str> {
    let draft = Value::Record(draft.clone());
    let value = |text: &str| match text.strip_prefix('$') {
        Some(path) => draft.at(path).filter(|value| !value.is_null()).map(|value| plain(schema.field_at(path), value)),
        None => Some(Value::text(text)),
    };
    let wrapped = |value| Value::Record([("value", value)].into_iter().collect());
    let mut key = Record::new();
    for (name, text) in &made_by.key {
        key.set(name.as_str(), wrapped(value(text).ok_or_else(|| text.trim_start_matches('$'))?));
    }
    let parameters = made_by.parameters.iter().filter_map(|(name, text)| Some((name.as_str(), wrapped(value(text)?)))).collect();
    Ok([("entity", Value::Record(key)), ("parameters", Value::Record(parameters))].into_iter().collect())
}

/// Adds the fields of a draft to `body`, wrapped.
fn wrap_record(shape: Option<&Shape>, draft: &Record, mut body: Record) -> Record {
    for (name, value) in draft.iter() {
        let field = shape.and_then(|shape| shape.get(name));
        let inner = field.and_then(|field| field.shape.as_ref());
        let wire = field.map_or(name, Field::on_wire);
        match (value, field.and_then(|field| field.custom.as_ref())) {
            (_, Some(custom)) => {
                let kind = field.map_or(Kind::Text, |field| field.kind);
                let typed = [("type", Value::text(custom_type(kind))), ("value", plain(field, value))];
                put_custom(&mut body, &custom.view, &custom.field, typed.into_iter().collect());
            }
            (Value::Record(record), None) => body.set(wire, wrap_record(inner, record, Record::new())),
            (Value::List(lines), None) => body.set(wire, lines.iter().map(|line| wrap_line(inner, line)).collect::<Vec<_>>()),
            // Records and lines cannot be cleared as a whole; what is not mentioned stays.
            (Value::Null, None) if inner.is_some() => {}
            (_, None) if matches!(name, "id" | "delete" | "rowNumber") => body.set(name, value.clone()),
            (_, None) => body.set(wire, Value::Record([("value", plain(field, value))].into_iter().collect())),
        }
    }
    body
}

fn wrap_line(shape: Option<&Shape>, line: &Value) -> Value {
    match line {
        Value::Record(record) => Value::Record(wrap_record(shape, record, Record::new())),
        other => other.clone(),
    }
}

/// Not by a dotted path: names of views and fields are taken as they are.
fn put_custom(body: &mut Record, view: &str, field: &str, typed: Record) {
    let mut views = body.get("custom").and_then(Value::as_record).cloned().unwrap_or_default();
    let mut fields = views.get(view).and_then(Value::as_record).cloned().unwrap_or_default();
    fields.set(field, typed);
    views.set(view, fields);
    body.set("custom", views);
}

/// The bare value in the form that its kind has on the wire.
fn plain(field: Option<&Field>, value: &Value) -> Value {
    let Some(field) = field else { return value.clone() };
    match (field.kind, value) {
        (Kind::Decimal | Kind::Percent | Kind::Integer, _) => as_number(value),
        (Kind::Date, Value::Text(text)) => date_of(text).map_or_else(|| value.clone(), |date| Value::Text(date.to_string())),
        (Kind::Text, Value::Number(number)) => Value::Text(number.to_string()),
        _ => value.clone(),
    }
}

fn as_number(value: &Value) -> Value {
    match value {
        Value::Text(text) => decimal(text).map_or_else(|_| value.clone(), Value::Number),
        other => other.clone(),
    }
}

fn custom_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Decimal | Kind::Percent => "CustomDecimalField",
        Kind::Integer => "CustomIntField",
        Kind::Boolean => "CustomBooleanField",
        Kind::Date | Kind::Instant => "CustomDateTimeField",
        Kind::Text | Kind::Record | Kind::Lines | Kind::List | Kind::Anything => "CustomStringField",
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::value::RawValue;

    use super::{action, entity};
    use crate::connector::unwrap;
    use crate::schema::{Schema, load};
    use crate::value::{Record, Value, json_text};

    fn schema() -> Schema {
        let text = r#"{"type":"object","x-resource":{"system":"acumatica","name":"Subcontract","id":"id","key":["Nbr"],"wire":{"form":"SC301000"}},"properties":{
            "id":{"type":"string"},"Nbr":{"type":"string"},"Date":{"type":"string","format":"date-time","x-kind":"date"},"Total":{"type":"number"},"Hold":{"type":"boolean"},"Memo":{"type":"string"},
            "Cash":{"type":"string","x-custom":"Project.AttributeCASH"},"Pct":{"type":"number","x-custom":"Project.UsrPct","x-kind":"percent"},
            "Contact":{"type":"object","properties":{"City":{"type":"string"}}},
            "Details":{"type":"array","items":{"properties":{"id":{"type":"string"},"Qty":{"type":"number"},"On":{"type":"string","format":"date-time","x-kind":"date","x-custom":"T.UsrOn"}}}}}}"#;
        load(Path::new("x"), text).unwrap()
    }

    fn record(json: &str) -> Record {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn values_are_wrapped_custom_fields_grouped_and_ids_bare() {
        let draft = record(
            r#"{"Nbr":7,"Date":"2024-03-01T00:00:00Z","Total":"100.500","Hold":false,"Memo":null,"Cash":"10200","Pct":5.0,"Contact":{"City":"Reno"},
                "Details":[{"Qty":2.50,"On":"2024-01-02"},{"id":"l-2","delete":true}]}"#,
        );
        assert_eq!(
            json_text(&entity(&schema(), Some("g-1"), &draft).into()),
            concat!(
                r#"{"id":"g-1","Nbr":{"value":"7"},"Date":{"value":"2024-03-01"},"Total":{"value":100.500},"Hold":{"value":false},"Memo":{"value":null},"#,
                r#""custom":{"Project":{"AttributeCASH":{"type":"CustomStringField","value":"10200"},"UsrPct":{"type":"CustomDecimalField","value":5.0}}},"#,
                r#""Contact":{"City":{"value":"Reno"}},"Details":[{"Qty":{"value":2.50},"custom":{"T":{"UsrOn":{"type":"CustomDateTimeField","value":"2024-01-02"}}}},{"id":"l-2","delete":true}]}"#
            )
        );
    }

    #[test]
    fn what_was_wrapped_unwraps_to_the_same() {
        let draft = record(
            r#"{"Nbr":"S","Date":"2024-03-01","Total":100.500,"Hold":true,"Memo":null,"Cash":"1","Pct":5.0,"Contact":{"City":"Reno"},"Details":[{"Qty":2.50}]}"#,
        );
        let body = json_text(&entity(&schema(), None, &draft).into());
        let plain = unwrap(&schema(), &RawValue::from_string(body).unwrap()).unwrap();
        assert_eq!(plain.len(), draft.len());
        for (name, value) in draft.iter() {
            assert_eq!(plain.get(name), Some(value), "{name}");
        }
    }

    #[test]
    fn an_action_names_its_record_and_wraps_its_parameters() {
        let body = action("g-1", &record(r#"{"Date":"2024-03-01","AmtToRelease":"12.50"}"#), |name| {
            (name == "AmtToRelease").then(|| "decimal".to_owned())
        });
        let text = r#"{"entity":{"id":"g-1"},"parameters":{"Date":{"value":"2024-03-01"},"AmtToRelease":{"value":12.50}}}"#;
        assert_eq!(json_text(&Value::Record(body)), text);
        assert_eq!(json_text(&Value::Record(action("g", &Record::new(), |_| None))), r#"{"entity":{"id":"g"},"parameters":{}}"#);
    }
}
