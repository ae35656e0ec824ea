//! How does an imitated Acumatica behave on the wire? How a record is written: every field wrapped, nothing unasked.

use jiff::tz::Offset;

use super::describe::custom_word;
use super::draft::LineIds;
use super::fields::{Fields, guid};
use super::query::{View, below};
use crate::schema::{Field, Kind, Shape};
use crate::value::{Decimal, Record, Value, push_json_text};

/// A record, a line or a linked entity on its way out.
struct Node<'a> {
    id: &'a str,
    row: usize,
    way: &'a str,
    shape: &'a Shape,
    record: &'a Record,
}

/// What writing a record takes.
pub(super) struct Page<'a> {
    /// Which fields are shown.
    pub view: &'a View,
    /// The offset that date-times are printed with.
    pub offset: Offset,
    /// How line ids are shown.
    pub ids: LineIds<'a>,
    /// The address of the endpoint, for `_links`: `/entity/Default/24.200.001`.
    pub base: &'a str,
    /// The entity's name.
    pub entity: &'a str,
}

impl Page<'_> {
    /// Writes a top-level record.
    pub(super) fn write(&self, sink: &mut String, id: &str, (shape, record): (&Shape, &Record)) {
        self.write_members(sink, &Node { id, row: 1, way: "", shape, record });
        sink.push_str(",\"_links\":{\"self\":");
        push_json_text(sink, &format!("{}/{}/{id}", self.base, self.entity));
        sink.push_str(",\"files:put\":");
        push_json_text(sink, &format!("{}/{}/{id}/files/{{filename}}", self.base, self.entity));
        sink.push_str("}}");
    }

    /// Everything from the opening brace to the links.
    fn write_members(&self, sink: &mut String, node: &Node<'_>) {
        sink.push_str("{\"id\":");
        push_json_text(sink, node.id);
        sink.push_str(&format!(",\"rowNumber\":{},\"note\":", node.row));
        match node.record.text("note") {
            Some(note) => write_wrapped(sink, |sink| push_json_text(sink, note)),
            None => sink.push_str("null"),
        }
        for field in node.shape.fields.iter().filter(|field| field.custom.is_none() && field.name != "id" && field.name != "note") {
            let path = below(node.way, field.on_wire());
            let shown = match field.kind {
                Kind::Record | Kind::Lines => self.view.expands(&path),
                _ => self.view.shows(node.way, field.on_wire()),
            };
            if shown {
                sink.push(',');
                push_json_text(sink, field.on_wire());
                sink.push(':');
                self.write_field(sink, &path, field, node);
            }
        }
        self.write_custom(sink, node);
        if self.view.expands(&below(node.way, "files")) {
            sink.push_str(",\"files\":");
            sink.push_str(&node.record.get("files").map_or_else(|| "[]".to_owned(), Value::to_string));
        }
    }

    fn write_field(&self, sink: &mut String, path: &str, field: &Field, node: &Node<'_>) {
        let no_shape = Shape::default();
        let shape = field.shape.as_ref().unwrap_or(&no_shape);
        match field.kind {
            Kind::Record => {
                let empty = Record::new();
                let record = node.record.get(&field.name).and_then(Value::as_record).unwrap_or(&empty);
                let id = guid(self.ids.seed, &[node.id, &field.name]);
                self.write_members(sink, &Node { id: &id, row: 1, way: path, shape, record });
                sink.push('}');
            }
            Kind::Lines => {
                sink.push('[');
                let lines = node.record.lines(&field.name).iter().filter_map(Value::as_record);
                for (at, record) in lines.enumerate() {
                    sink.push_str(if at > 0 { "," } else { "" });
                    let id = self.ids.shown(record.word("id"));
                    self.write_members(sink, &Node { id: &id, row: at + 1, way: path, shape, record });
                    sink.push('}');
                }
                sink.push(']');
            }
            _ => match node.record.get(&field.name).filter(|value| !value.is_null()) {
                Some(value) => write_wrapped(sink, |sink| self.write_plain(sink, field, value)),
                None => sink.push_str("{}"),
            },
        }
    }

    /// `custom` is always there and empty unless `$custom` asks.
    fn write_custom(&self, sink: &mut String, node: &Node<'_>) {
        let mut views: Vec<(&str, Vec<(&str, &Field)>)> = Vec::new();
        for field in &node.shape.fields {
            let Some(custom) = &field.custom else { continue };
            if self.view.wants(node.way, &format!("{}.{}", custom.view, custom.field)) {
                match views.iter_mut().find(|(view, _)| *view == custom.view) {
                    Some((_, fields)) => fields.push((&custom.field, field)),
                    None => views.push((&custom.view, vec![(&custom.field, field)])),
                }
            }
        }
        sink.push_str(",\"custom\":{");
        for (at, (view, fields)) in views.iter().enumerate() {
            sink.push_str(if at > 0 { "," } else { "" });
            push_json_text(sink, view);
            sink.push_str(":{");
            for (at, (name, field)) in fields.iter().enumerate() {
                sink.push_str(if at > 0 { "," } else { "" });
                push_json_text(sink, name);
                sink.push_str(&format!(":{{\"type\":\"Custom{}Field\"", custom_word(field.kind)));
                if let Some(value) = node.record.get(&field.name).filter(|value| !value.is_null()) {
                    sink.push_str(",\"value\":");
                    self.write_plain(sink, field, value);
                }
                sink.push('}');
            }
            sink.push('}');
        }
        sink.push('}');
    }

    fn write_plain(&self, sink: &mut String, field: &Field, value: &Value) {
        match (field.kind, value) {
            (Kind::Date, Value::Text(date)) => push_json_text(sink, &format!("{date}T00:00:00{}", offset_text(self.offset))),
            (Kind::Instant, Value::Text(instant)) => push_json_text(sink, &at_offset(instant, self.offset)),
            (Kind::Decimal | Kind::Percent, Value::Number(number)) => sink.push_str(&scaled(*number, field.scale.unwrap_or(6))),
            _ => sink.push_str(&value.to_string()),
        }
    }
}

/// An instant with the instance's offset rather than `Z`.
fn at_offset(instant: &str, offset: Offset) -> String {
    let civil = instant.parse().map(|moment| offset.to_datetime(moment).to_string());
    format!("{}{}", civil.unwrap_or_else(|_| instant.to_owned()), offset_text(offset))
}

/// `+00:00`, `-08:00`.
fn offset_text(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    format!("{}{:02}:{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60)
}

fn write_wrapped(sink: &mut String, value: impl FnOnce(&mut String)) {
    sink.push_str("{\"value\":");
    value(sink);
    sink.push('}');
}

/// A number with the scale of its field, as the database keeps it: `100.000000`; zero is `0.0`.
fn scaled(number: Decimal, scale: u32) -> String {
    if number.is_zero() {
        return "0.0".to_owned();
    }
    let mut number = number;
    number.rescale(scale);
    number.to_string()
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::{Page, scaled};
    use crate::sandbox::acumatica::draft::LineIds;
    use crate::sandbox::acumatica::query::View;
    use crate::sandbox::acumatica::tests::shape;
    use crate::sandbox::wire::Target;
    use crate::value::{Record, Value};

    fn written(query: &str) -> String {
        let shape = shape("Bill");
        let view = View::read(&Target::of(&format!("/x?{query}")), &shape).unwrap();
        let ids = LineIds { seed: 1, session: None };
        let page = Page { view: &view, offset: Offset::constant(-8), ids, base: "/entity/Default/24.200.001", entity: "Bill" };
        let line = Record::from_iter([("id", Value::from("l1")), ("LineNbr", 1i64.into()), ("Qty", Value::Number("2".parse().unwrap()))]);
        let record = Record::from_iter([
            ("Type", Value::from("Bill")),
            ("Date", "2026-03-01".into()),
            ("LastModifiedDateTime", "2026-03-01T10:00:00.5Z".into()),
            ("Details", Value::List(vec![line.into()])),
        ]);
        let mut text = String::new();
        page.write(&mut text, "g", (&shape, &record));
        Value::from_json(&text).unwrap().to_string()
    }

    #[test]
    fn values_are_wrapped_and_empty_fields_are_empty_objects() {
        let text = written("$select=Type,Date,Terms,LastModifiedDateTime");
        for member in [
            r#"{"id":"g","rowNumber":1,"note":null,"#,
            r#""Type":{"value":"Bill"}"#,
            r#""Date":{"value":"2026-03-01T00:00:00-08:00"}"#,
            r#""Terms":{}"#,
            r#""LastModifiedDateTime":{"value":"2026-03-01T02:00:00.5-08:00"}"#,
            r#""custom":{},"_links":{"self":"/entity/Default/24.200.001/Bill/g""#,
        ] {
            assert!(text.contains(member), "{member} in {text}");
        }
        assert!(!text.contains("Details"));
    }

    #[test]
    fn details_and_custom_fields_come_when_asked_for() {
        let text = written("$select=Details/Qty&$expand=Details&$custom=Details/Transactions.LineNbr");
        let custom = r#"{"Transactions":{"LineNbr":{"type":"CustomIntField","value":1}}}"#;
        let line = format!(r#""Details":[{{"id":"l1","rowNumber":1,"note":null,"Qty":{{"value":2.000000}},"custom":{custom}}}]"#);
        assert!(text.contains(&line), "{text}");
    }

    #[test]
    fn scale_is_kept_and_zero_is_short() {
        assert_eq!(scaled("100".parse().unwrap(), 6), "100.000000");
        assert_eq!(scaled("0.00".parse().unwrap(), 2), "0.0");
    }
}
