//! How does a draft look on Procore's wire: money as text or number, ids as numbers, names as the call wants them?

use std::collections::BTreeMap;

use crate::schema::{Field, Kind, Shape};
use crate::value::{Record, Value, decimal};

/// The draft in the form of the wire, with the names that a call wants (`line_items.amount` →
/// `line_items.manual_amount`, `vendor.id` → `vendor_id`).
pub(super) fn formed(shape: &Shape, draft: &Record, rename: &BTreeMap<String, String>) -> Record {
    let mut record = form_record(Some(shape), draft);
    for (from, to) in rename {
        move_field(&mut record, from, to);
    }
    record
}

/// A procore id as it is written: a number when it is one (v1), else text (v2).
pub(super) fn id_value(id: &str) -> Value {
    as_number(id).unwrap_or_else(|| Value::text(id))
}

/// The written name of a field that is not nested.
pub(super) fn written_name<'a>(field: &'a str, rename: &'a BTreeMap<String, String>) -> &'a str {
    rename.get(field).map_or(field, String::as_str)
}

fn form_record(shape: Option<&Shape>, draft: &Record) -> Record {
    draft.iter().map(|(name, value)| (name, form(shape.and_then(|shape| shape.get(name)), value))).collect()
}

fn form(field: Option<&Field>, value: &Value) -> Value {
    let shape = field.and_then(|field| field.shape.as_ref());
    match (value, field) {
        (Value::Record(record), _) => Value::Record(form_record(shape, record)),
        (Value::List(list), _) => Value::List(list.iter().map(|item| form_item(shape, item)).collect()),
        (Value::Number(number), Some(field)) if field.decimal_text || field.kind == Kind::Text => Value::Text(number.to_string()),
        // Ids travel as text through links; a field that is a number gets one.
        (Value::Text(text), Some(field)) if field.kind.is_number() && !field.decimal_text => {
            as_number(text).unwrap_or_else(|| value.clone())
        }
        _ => value.clone(),
    }
}

fn form_item(shape: Option<&Shape>, item: &Value) -> Value {
    match item {
        Value::Record(line) => Value::Record(form_record(shape, line)),
        other => other.clone(),
    }
}

fn as_number(text: &str) -> Option<Value> {
    // `007` is a label, not a number: writing it as one would lose its zeros.
    let digits = text.trim_start_matches('-');
    let padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if padded { None } else { decimal(text).ok().map(Value::Number) }
}

/// Moves a field from one dotted path to another, inside lines and records that both paths begin with.
fn move_field(record: &mut Record, from: &str, to: &str) {
    if let (Some((first, from_rest)), Some((same, to_rest))) = (from.split_once('.'), to.split_once('.'))
        && first == same
    {
        match record.get_mut(first) {
            Some(Value::Record(inner)) => return move_field(inner, from_rest, to_rest),
            Some(Value::List(lines)) => {
                for line in lines {
                    if let Value::Record(line) = line {
                        move_field(line, from_rest, to_rest);
                    }
                }
                return;
            }
            _ => {}
        }
    }
    if let Some(value) = take(record, from) {
        record.set_at(to, value);
    }
}

/// Takes the value at a dotted path out, and the records that it leaves empty.
fn take(record: &mut Record, path: &str) -> Option<Value> {
    let Some((first, rest)) = path.split_once('.') else { return record.remove(path) };
    let Some(Value::Record(inner)) = record.get_mut(first) else { return None };
    let value = take(inner, rest);
    if value.is_some() && inner.is_empty() {
        record.remove(first);
    }
    value
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::{formed, id_value};
    use crate::schema::load;
    use crate::value::{Value, json_text};

    #[test]
    fn each_value_takes_the_form_that_its_field_has_on_the_wire() {
        let text = r#"{"type":"object","x-resource":{"system":"procore","name":"x","id":"id","key":["id"],"wire":{}},"properties":{
            "id":{"type":"integer"},"pct":{"type":"string","x-decimal-string":true},"total":{"type":"number"},"number":{"type":"string"},
            "vendor":{"type":"object","properties":{"id":{"type":"integer"}}},"ids":{"type":"array","items":{"type":"integer"}},
            "line_items":{"type":"array","items":{"properties":{"amount":{"type":"number"},"unit_cost":{"type":"string","x-decimal-string":true},"wbs_code_id":{"type":"integer"}}}}}}"#;
        let shape = load(Path::new("x"), text).unwrap().shape;
        let draft = Value::from_json(
            r#"{"pct":10.00,"total":250.50,"number":7,"vendor":{"id":"598134325841112"},"ids":[1],"none":null,"line_items":[{"amount":"12.30","unit_cost":1.10,"wbs_code_id":"x"},{"amount":1}]}"#,
        );
        let Value::Record(draft) = draft.unwrap() else { panic!("a record") };
        let rename = BTreeMap::from([
            ("line_items.amount".to_owned(), "line_items.manual_amount".to_owned()),
            ("vendor.id".to_owned(), "vendor_id".to_owned()),
            ("absent".to_owned(), "gone".to_owned()),
        ]);
        assert_eq!(
            json_text(&formed(&shape, &draft, &rename).into()),
            r#"{"pct":"10.00","total":250.50,"number":"7","ids":[1],"none":null,"line_items":[{"unit_cost":"1.10","wbs_code_id":"x","manual_amount":12.30},{"manual_amount":1}],"vendor_id":598134325841112}"#
        );
    }

    #[test]
    fn an_id_is_a_number_when_it_can_be_one() {
        assert_eq!(id_value("598134325841112").to_string(), "598134325841112");
        assert_eq!(id_value("01HV").to_string(), "\"01HV\"");
        assert_eq!(id_value("007").to_string(), "\"007\"");
    }
}
