//! A record as it came becomes a plain one: which value has each field that the schema describes?

use serde_json::value::RawValue;

use super::error::{ConnectorError, ErrorKind, shorten};
use super::raw;
use crate::schema::{Field, Kind, Schema, Shape, System};
use crate::value::{Record, Value, date_of, decimal};

/// The record in the schema's fields and order: wrapped values bare, `{}` and what is not there absent, custom fields
/// under our names, numbers exact whether they came as numbers or as text (`"96.36%"` is 96.36), dates as
/// `2026-01-31`, blanks at the end of Acumatica's texts dropped. What the schema does not describe is left out.
///
/// # Errors
/// `Nonsense`, naming the field, when the body is no record or a number field holds none.
pub fn unwrap(schema: &Schema, body: &RawValue) -> Result<Record, ConnectorError> {
    let reader = Reader { system: schema.resource.system };
    reader
        .record(&schema.shape, body, "")
        .map_err(|message| ConnectorError::new(ErrorKind::Nonsense, schema.resource.system, format!("read {}", schema.name), message))
}

struct Reader {
    system: System,
}

impl Reader {
    fn record(&self, shape: &Shape, body: &RawValue, above: &str) -> Result<Record, String> {
        let members = raw::members(body).ok_or_else(|| format!("expected a record{}, found `{}`", at(above), shorten(body.get())))?;
        let mut record = Record::new();
        for field in &shape.fields {
            let found = match &field.custom {
                Some(custom) => members
                    .iter()
                    .find(|(name, _)| name == "custom")
                    .and_then(|(_, views)| raw::member(raw::member(views, &custom.view)?, &custom.field)),
                None => members.iter().rev().find(|(name, _)| *name == field.name).map(|(_, value)| *value),
            };
            let Some(raw) = found else { continue };
            let path = if above.is_empty() { field.name.clone() } else { format!("{above}.{}", field.name) };
            if let Some(value) = self.field(field, raw, &path)? {
                record.set(field.name.as_str(), value);
            }
        }
        Ok(record)
    }

    fn field(&self, field: &Field, raw: &RawValue, path: &str) -> Result<Option<Value>, String> {
        match (field.kind, &field.shape) {
            (Kind::Record, Some(_)) if raw.get() == "{}" => Ok(None),
            (Kind::Record, Some(shape)) if raw.get() != "null" => self.record(shape, raw, path).map(|record| Some(Value::Record(record))),
            (Kind::Lines, Some(shape)) if raw.get() != "null" => {
                let lines = raw::items(raw).ok_or_else(|| format!("expected lines{}", at(path)))?;
                let records =
                    lines.into_iter().enumerate().map(|(line, raw)| self.record(shape, raw, &format!("{path}[{line}]")).map(Value::Record));
                records.collect::<Result<Vec<_>, _>>().map(|lines| Some(Value::List(lines)))
            }
            (Kind::List | Kind::Anything, _) => Value::from_json(raw.get()).map(Some).map_err(|problem| format!("{problem}{}", at(path))),
            _ => {
                let bare = if self.system == System::Acumatica { raw::inner(raw) } else { Some(raw) };
                bare.map(|raw| self.scalar(field.kind, raw, path)).transpose()
            }
        }
    }

    fn scalar(&self, kind: Kind, raw: &RawValue, path: &str) -> Result<Value, String> {
        let Some(text) = raw::plain(raw) else {
            return if raw.get() == "null" {
                Ok(Value::Null)
            } else {
                Err(format!("expected {}{}, found `{}`", kind.word(), at(path), shorten(raw.get())))
            };
        };
        Ok(match kind {
            Kind::Decimal | Kind::Percent | Kind::Integer if text.trim().is_empty() => Value::Null,
            Kind::Decimal | Kind::Percent | Kind::Integer => {
                Value::Number(decimal(&text).map_err(|problem| format!("{problem}{}", at(path)))?)
            }
            Kind::Boolean => match &*text {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => Value::Text(text.into_owned()),
            },
            // A text that is no date is kept: it may differ from what was sent, and must show.
            Kind::Date => Value::Text(date_of(&text).map_or_else(|| text.into_owned(), |date| date.to_string())),
            Kind::Text | Kind::Instant | Kind::Record | Kind::Lines | Kind::List | Kind::Anything => match self.system {
                System::Acumatica => Value::Text(text.trim_end().to_owned()),
                System::Procore => Value::Text(text.into_owned()),
            },
        })
    }
}

fn at(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" at `{path}`") }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::value::RawValue;

    use super::{Record, unwrap};
    use crate::schema::{Schema, load};
    use crate::value::{Value, json_text};

    fn schema(system: &str, properties: &str) -> Schema {
        let wire = if system == "acumatica" { r#"{"form":"X"}"# } else { "{}" };
        let text = format!(
            r#"{{"type":"object","x-resource":{{"system":"{system}","name":"Thing","id":"id","key":["id"],"wire":{wire}}},"properties":{{"id":{{"type":"string"}},{properties}}}}}"#
        );
        load(Path::new("thing.json"), &text).unwrap()
    }

    fn plain(schema: &Schema, body: &str) -> Result<Record, super::ConnectorError> {
        unwrap(schema, &RawValue::from_string(body.to_owned()).unwrap())
    }

    /// The record's text with its fields in the order of their names.
    fn sorted(record: &Record) -> String {
        fn sort(value: &Value) -> Value {
            match value {
                Value::Record(record) => {
                    let mut fields: Vec<_> = record.iter().map(|(name, value)| (name.to_owned(), sort(value))).collect();
                    fields.sort_by(|left, right| left.0.cmp(&right.0));
                    Value::Record(fields.into_iter().collect())
                }
                Value::List(list) => Value::List(list.iter().map(sort).collect()),
                other => other.clone(),
            }
        }
        json_text(&sort(&Value::Record(record.clone())))
    }

    #[test]
    fn an_acumatica_record_becomes_plain() {
        let properties = r#"
            "Nbr": {"type":"string"}, "Empty": {"type":"string"}, "Cleared": {"type":"string"},
            "Total": {"type":"number"}, "Date": {"type":"string","format":"date-time","x-kind":"date"}, "Hold": {"type":"boolean"},
            "Cash": {"type":"string","x-custom":"Project.AttributeCASH"},
            "Contact": {"type":"object","properties":{"City":{"type":"string"}}},
            "Gone": {"type":"object","properties":{"City":{"type":"string"}}},
            "Details": {"type":"array","items":{"properties":{"id":{"type":"string"},"Qty":{"type":"number"},"Usr":{"type":"number","x-custom":"T.UsrX"}}}}"#;
        let body = r#"{"id":"g-1","rowNumber":1,"note":null,"Nbr":{"value":"SC1  "},"Empty":{},"Cleared":{"value":null},"Total":{"value":100.000000},
            "Date":{"value":"2024-03-01T00:00:00-08:00"},"Hold":{"value":true},"custom":{"Project":{"AttributeCASH":{"type":"CustomStringField","value":"10200"}}},
            "Contact":{"id":"c","City":{"value":"Reno"}},"Gone":null,"Details":[{"id":"l","Qty":{"value":"2.50"},"custom":{"T":{"UsrX":{"type":"CustomDecimalField","value":1.0}}}}],"Other":{"value":1}}"#;
        let record = plain(&schema("acumatica", properties), body).unwrap();
        assert_eq!(
            sorted(&record),
            r#"{"Cash":"10200","Cleared":null,"Contact":{"City":"Reno"},"Date":"2024-03-01","Details":[{"Qty":2.50,"Usr":1.0,"id":"l"}],"Gone":null,"Hold":true,"Nbr":"SC1","Total":100.000000,"id":"g-1"}"#
        );
    }

    #[test]
    fn a_procore_record_keeps_its_digits_whatever_form_they_came_in() {
        let properties = r#""total": {"type":"string","x-decimal-string":true}, "pct": {"type":"number","x-kind":"percent"}, "vendor": {"type":"object","properties":{"id":{"type":"integer"}}},
            "ids": {"type":"array","items":{"type":"integer"}}, "blank": {"type":"number"}, "title": {"type":"string"}"#;
        let body = r#"{"id":598134325841112,"total":"7396144.0","pct":"96.36%","vendor":{"id":"77"},"ids":[1,2],"blank":"","title":" a "}"#;
        let record = plain(&schema("procore", properties), body).unwrap();
        let plain_text =
            r#"{"blank":null,"id":"598134325841112","ids":[1,2],"pct":96.36,"title":" a ","total":7396144.0,"vendor":{"id":77}}"#;
        assert_eq!(sorted(&record), plain_text);
    }

    #[test]
    fn another_shape_is_nonsense_and_the_field_is_named() {
        let thing = schema("acumatica", r#""Lines": {"type":"array","items":{"properties":{"Qty":{"type":"number"}}}}"#);
        for (body, named) in [
            (r#"{"Lines":[{"Qty":{"value":1}},{"Qty":{"value":"two"}}]}"#, "`two` is not a decimal number at `Lines[1].Qty`"),
            (r#"{"Lines":{"value":1}}"#, "expected lines at `Lines`"),
            ("[1]", "expected a record, found `[1]`"),
        ] {
            let error = plain(&thing, body).unwrap_err();
            assert_eq!((error.kind, error.message.as_str()), (super::ErrorKind::Nonsense, named));
        }
    }
}
