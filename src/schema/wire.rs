//! How a field sits on the wire: Acumatica's `{"value": x}` and `custom`, Procore's plain members. Written once, used by
//! whoever reads a record from bytes.

use serde_json::value::RawValue;

use super::field::{Field, Kind, Shape};
use super::resource::System;
use crate::value::{Found, NotJson, Reading, Record, Value, decimal, push_json_text, unquoted};

/// Members of an Acumatica record that travel without a wrapper.
const BARE: [&str; 3] = ["id", "rowNumber", "error"];

/// What stands around a field's value where it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What stands before it, and after what it follows, with the quote that a text begins with: `,"Date":{"value":"`.
    pub before: String,
    /// Whether a bracket closes after it.
    pub wrapped: bool,
    /// A number is written as text.
    pub quoted: bool,
}

impl Field {
    /// How this field is sent: a member of its record, or, for Acumatica's custom fields, of the view that it belongs to.
    pub fn frame(&self, system: System) -> Frame {
        let mut before = String::from(",");
        if let Some(custom) = &self.custom {
            push_json_text(&mut before, &custom.field);
            before.push_str(&format!(":{{\"type\":\"{}\",\"value\":\"", self.kind.custom_type()));
            return Frame { before, wrapped: true, quoted: false };
        }
        push_json_text(&mut before, self.on_wire());
        let wrapped = system == System::Acumatica && self.name != "id";
        before.push_str(if wrapped { ":{\"value\":\"" } else { ":\"" });
        let quoted = self.decimal_text && matches!(self.kind, Kind::Decimal | Kind::Percent);
        Frame { before, wrapped, quoted }
    }

    /// The members that lead from a record to this field's bare value on the wire.
    pub fn steps(&self, system: System) -> impl Iterator<Item = &str> {
        let steps = match &self.custom {
            Some(custom) if system == System::Procore => [custom.view.as_str(), &custom.field, "value", ""],
            _ if system == System::Procore => [self.on_wire(), "", "", ""],
            Some(custom) => ["custom", &custom.view, &custom.field, "value"],
            None if self.is_bare() => [self.on_wire(), "", "", ""],
            None => [self.on_wire(), "value", "", ""],
        };
        steps.into_iter().filter(|step| !step.is_empty())
    }

    /// Its value as [`scalar`] reads it.
    ///
    /// # Errors
    /// As [`scalar`], with the field's name.
    pub fn scalar<'a>(&self, raw: &'a str, system: System) -> Result<Found<'a>, NotJson> {
        scalar(raw, self.kind, system).map_err(|problem| NotJson(format!("`{}`: {problem}", self.name)))
    }

    /// What its tokens are to be read as.
    pub fn reading(&self, system: System) -> Reading {
        if self.is_scalar() { reading(self.kind, system) } else { Reading::Other }
    }

    /// Whether it holds one plain value, and neither records nor what is not described.
    pub fn is_scalar(&self) -> bool {
        self.shape.is_none() && !matches!(self.kind, Kind::Anything | Kind::List)
    }

    /// Whether Acumatica sends it without a wrapper.
    fn is_bare(&self) -> bool {
        matches!(self.kind, Kind::Record | Kind::Lines | Kind::List) || BARE.contains(&self.name.as_str())
    }
}

/// The value of a scalar as its kind has it: decimals from text or number alike, `%` dropped, blanks of Acumatica's padded
/// keys trimmed. `{}` and `null` are no value. Text without escapes is borrowed.
///
/// # Errors
/// A reason, when the text is not of the kind: `"abc"` for a decimal.
pub fn scalar(raw: &str, kind: Kind, system: System) -> Result<Found<'_>, String> {
    let number = |text: &str| decimal(text).map(Found::Number).map_err(|problem| problem.to_string());
    match raw.as_bytes().first() {
        None | Some(b'n' | b'{') => Ok(Found::Nothing),
        Some(b't') => Ok(Found::Bool(true)),
        Some(b'f') => Ok(Found::Bool(false)),
        // What is no number as it stands may still be one once it is unescaped.
        Some(b'"') if kind.is_number() => match raw.get(1..raw.len() - 1).map(decimal) {
            Some(Ok(found)) => Ok(found.into()),
            _ => match unquoted(raw).map_err(|problem| problem.0)? {
                text if text.trim().is_empty() => Ok(Found::Nothing),
                text => number(if system == System::Acumatica { text.trim_end() } else { &text }),
            },
        },
        Some(b'"') => {
            let found = Found::Text(unquoted(raw).map_err(|problem| problem.0)?);
            let found = if system == System::Acumatica { found.trimmed_at_end() } else { found };
            match (kind, found.as_text()) {
                (Kind::Boolean, Some(text @ ("true" | "false"))) => Ok(Found::Bool(text == "true")),
                _ => Ok(found),
            }
        }
        Some(b'[') => Err("expected a single value, found a list".to_owned()),
        Some(_) if kind == Kind::Text => Ok(Found::from(raw)),
        Some(_) => number(raw),
    }
}

/// How a token of a kind is read at a glance: what it tells, [`scalar`] would tell, too.
fn reading(kind: Kind, system: System) -> Reading {
    let padded = system == System::Acumatica;
    match kind {
        Kind::Text => Reading::Text { padded },
        Kind::Date | Kind::Instant => Reading::Moment { padded },
        Kind::Decimal | Kind::Percent | Kind::Integer => Reading::Number,
        Kind::Boolean => Reading::Truth,
        Kind::Record | Kind::Lines | Kind::List | Kind::Anything => Reading::Other,
    }
}

/// A record from the wire as plain data: only the fields of the shape, without wrappers, absent ones left out.
///
/// # Errors
/// When the text is not JSON, or a value is not of its field's kind.
pub fn plain(body: &str, shape: &Shape, system: System) -> Result<Record, NotJson> {
    let members = members(body)?;
    let mut record = Record::new();
    for field in &shape.fields {
        let Some(raw) = descend(&members, field.steps(system))? else { continue };
        let value = plain_value(raw, field, system)?;
        if !value.is_null() {
            record.set(field.name.as_str(), value);
        }
    }
    Ok(record)
}

/// One field's value as plain data.
///
/// # Errors
/// As [`plain`].
pub fn plain_value(raw: &str, field: &Field, system: System) -> Result<Value, NotJson> {
    match (&field.shape, raw.as_bytes().first()) {
        (_, None | Some(b'n')) => Ok(Value::Null),
        (Some(shape), Some(b'{')) => Ok(Value::Record(plain(raw, shape, system)?)),
        (Some(shape), Some(b'[')) => {
            let items: Vec<&RawValue> = serde_json::from_str(raw).map_err(|problem| NotJson(problem.to_string()))?;
            let lines = items.into_iter().map(|item| plain(item.get(), shape, system).map(Value::Record));
            Ok(Value::List(lines.collect::<Result<_, _>>()?))
        }
        (_, _) if matches!(field.kind, Kind::Anything | Kind::List) => Value::from_json(raw),
        _ => field.scalar(raw, system).map(Found::into_value),
    }
}

type Members<'a> = std::collections::HashMap<std::borrow::Cow<'a, str>, &'a RawValue>;

fn members(body: &str) -> Result<Members<'_>, NotJson> {
    serde_json::from_str(body).map_err(|problem| NotJson(problem.to_string()))
}

fn descend<'a, 's>(members: &Members<'a>, mut steps: impl Iterator<Item = &'s str>) -> Result<Option<&'a str>, NotJson> {
    let mut raw = steps.next().and_then(|first| members.get(first)).map(|raw| raw.get());
    for step in steps {
        let Some(inner) = raw.filter(|raw| raw.starts_with('{')) else { return Ok(None) };
        raw = self::members(inner)?.get(step).map(|raw| raw.get());
    }
    Ok(raw)
}

/// Plain data as the system would show it on the wire: the inverse of [`plain`], for cases and imitations.
pub fn on_wire(record: &Record, shape: &Shape, system: System) -> String {
    let mut text = String::from("{");
    let mut views: Vec<(&str, Vec<String>)> = Vec::new();
    let mut first = true;
    for (name, value) in record.iter() {
        let field = shape.get(name);
        let value = wire_value(value, field, system);
        if let Some((field, custom)) = field.and_then(|field| Some((field, field.custom.as_ref()?))) {
            let kind = match system {
                System::Acumatica => format!("\"type\":\"{}\"", field.kind.custom_type()),
                System::Procore => format!("\"data_type\":\"{}\"", field.kind.word()),
            };
            let member = format!("{}:{{{kind},\"value\":{value}}}", quoted(&custom.field));
            match views.iter_mut().find(|(view, _)| *view == custom.view) {
                Some((_, members)) => members.push(member),
                None => views.push((&custom.view, vec![member])),
            }
            continue;
        }
        text.push_str(if first { "" } else { "," });
        first = false;
        text.push_str(&quoted(field.map_or(name, Field::on_wire)));
        text.push(':');
        let wrapped = field.is_some_and(|field| field.steps(system).nth(1).is_some());
        text.push_str(&if wrapped && value == "null" {
            "{}".to_owned()
        } else if wrapped {
            format!("{{\"value\":{value}}}")
        } else {
            value
        });
    }
    if !views.is_empty() {
        let views: Vec<String> = views.iter().map(|(view, members)| format!("{}:{{{}}}", quoted(view), members.join(","))).collect();
        let views = views.join(",");
        // Procore's records have them among their members.
        let views = if system == System::Acumatica { format!("\"custom\":{{{views}}}") } else { views };
        text.push_str(&format!("{}{views}", if first { "" } else { "," }));
    }
    text.push('}');
    text
}

fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    push_json_text(&mut quoted, text);
    quoted
}

fn wire_value(value: &Value, field: Option<&Field>, system: System) -> String {
    let shape = field.and_then(|field| field.shape.as_ref());
    match (value, shape) {
        (Value::Record(record), Some(shape)) => on_wire(record, shape, system),
        (Value::List(items), Some(_)) => {
            let items: Vec<String> = items.iter().map(|item| wire_value(item, field, system)).collect();
            format!("[{}]", items.join(","))
        }
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::super::{Kind, System, load};
    use super::{plain, scalar};
    use crate::value::{Found, Token};

    const SCHEMA: &str = r#"{"type":"object","x-resource":{"system":"acumatica","name":"Bill","id":"id","key":["ReferenceNbr"],
        "wire":{"form":"AP301000"}},"properties":{"id":{"type":"string"},"ReferenceNbr":{"type":"string"},"Amount":{"type":"number"},
        "Retainage":{"type":"number","x-custom":"CurrentDocument.DefRetainagePct"},
        "Details":{"type":"array","items":{"type":"object","properties":{"Qty":{"type":"number"}}}}}}"#;

    #[test]
    fn wrappers_custom_fields_and_empty_values_are_read_away() {
        let schema = load(Path::new("Bill.json"), SCHEMA).unwrap();
        let body = r#"{"id":"g","ReferenceNbr":{"value":"000123  "},"Amount":{"value":100.000000},"note":{},"Other":{"value":1},
            "custom":{"CurrentDocument":{"DefRetainagePct":{"type":"CustomDecimalField","value":5.0}}},"Details":[{"Qty":{}},{"Qty":{"value":"2.00"}}]}"#;
        let record = plain(body, &schema.shape, System::Acumatica).unwrap();
        let text = crate::value::Value::Record(record).to_string();
        assert_eq!(text, r#"{"Amount":100.000000,"Details":[{},{"Qty":2.00}],"ReferenceNbr":"000123","Retainage":5.0,"id":"g"}"#);
        let again = super::on_wire(record_of(&text).as_record().unwrap(), &schema.shape, System::Acumatica);
        assert_eq!(plain(&again, &schema.shape, System::Acumatica).map(crate::value::Value::Record).unwrap().to_string(), text, "{again}");
    }

    fn record_of(text: &str) -> crate::value::Value {
        crate::value::Value::from_json(text).unwrap()
    }

    proptest! {
        #[test]
        fn a_glance_tells_what_is_read(
            raw in prop_oneof![r#""[a-z0-9.\\-]{0,3}[ \u{a0}]{0,2}[0-9e.%-]{0,4} {0,2}""#, r"-?[0-9]{1,3}(\.[0-9]{1,3})?(e[0-9])?", "true|false|null|\\{\\}|\\[1\\]"],
            kind in proptest::sample::select(vec![Kind::Text, Kind::Decimal, Kind::Integer, Kind::Boolean, Kind::Date]),
            acumatica in any::<bool>(),
        ) {
            let system = if acumatica { System::Acumatica } else { System::Procore };
            let (token, read) = (Token::new(Some(&raw), super::reading(kind, system)), scalar(&raw, kind, system));
            let told = |found: Found<'_>| Ok::<_, String>(found.into_value().to_string());
            let read = read.and_then(told);
            if let Some(text) = token.text() {
                prop_assert_eq!(&told(Found::from(text)), &read, "{}", raw);
            }
            if let Some(number) = token.number() {
                prop_assert_eq!(&told(Found::Number(number.into())), &read, "{}", raw);
            }
            if let Some(truth) = token.truth() {
                prop_assert_eq!(&told(Found::Bool(truth)), &read, "{}", raw);
            }
            if let Some(is_nothing) = token.is_nothing() {
                prop_assert_eq!(read.as_deref().map(|read| read == "null"), Ok(is_nothing), "{}", raw);
            }
            if let (Some(key), Ok(Found::Number(number))) = (token.key(), scalar(&raw, kind, system)) {
                prop_assert_eq!(key, crate::value::plain_text(number), "{}", raw);
            }
        }
    }

    #[test]
    fn money_is_read_from_text_and_number_alike() {
        for (raw, read) in [("\"96.36%\"", "96.36"), ("\"250.0\"", "250.0"), ("7396144.10", "7396144.10"), ("\"\"", "null"), ("{}", "null")]
        {
            assert_eq!(scalar(raw, Kind::Decimal, System::Procore).unwrap().into_value().to_string(), read);
        }
        assert!(scalar("\"abc\"", Kind::Decimal, System::Procore).is_err());
        assert_eq!(scalar("5981343258411120", Kind::Text, System::Procore).unwrap().into_value().to_string(), "\"5981343258411120\"");
    }
}
