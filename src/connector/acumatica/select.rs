//! Which `$select`, `$expand` and `$custom` bring the wanted fields?

use crate::connector::percent;
use crate::connector::words::Select;
use crate::schema::{AcumaticaWire, Field, Kind, Schema, Shape};
use crate::value::{Record, Value};

/// IIS takes 2,048 characters of query by default, so a longer `$select` is left out: more comes than is wanted.
const LONGEST_SELECT: usize = 1_600;

/// Members that come with every record and cannot be selected.
const SYSTEM: [&str; 7] = ["id", "rowNumber", "note", "custom", "error", "files", "delete"];

/// What a read or write asks to be brought.
#[derive(Default)]
struct Wanted {
    select: Vec<String>,
    expand: Vec<String>,
    custom: Vec<String>,
}

/// The parameters of a read. For everything there is no `$select`: what the endpoint brings by itself is enough.
pub(super) fn read_parameters(schema: &Schema, wire: &AcumaticaWire, select: Select<'_>) -> Vec<(String, String)> {
    match select {
        Select::All | Select::Listed => Wanted { select: Vec::new(), ..Wanted::all(schema, wire) }.parameters(),
        Select::Only(paths) => Wanted::only(schema, paths).parameters(),
    }
}

/// The parameters of a write: all that is described is named, for newer builds answer with nothing else. Where that
/// is too long, all fields of the record itself, and of its details those that are sent.
pub(super) fn write_parameters(schema: &Schema, wire: &AcumaticaWire, draft: &Record) -> Vec<(String, String)> {
    let all = Wanted::all(schema, wire);
    if all.is_short() {
        return all.parameters();
    }
    let mut paths: Vec<String> = schema.shape.fields.iter().filter(|field| field.shape.is_none()).map(|field| field.name.clone()).collect();
    sent_paths(Some(&schema.shape), draft, "", &mut paths);
    Wanted::only(schema, &paths.iter().map(String::as_str).collect::<Vec<_>>()).parameters()
}

/// The dotted paths of everything in a draft, and of the keys of its lines.
fn sent_paths(shape: Option<&Shape>, draft: &Record, above: &str, paths: &mut Vec<String>) {
    for (name, value) in draft.iter() {
        let path = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
        let field = shape.and_then(|shape| shape.get(name));
        let inner = field.and_then(|field| field.shape.as_ref());
        match value {
            Value::Record(record) => sent_paths(inner, record, &path, paths),
            Value::List(lines) => {
                paths.extend(field.iter().flat_map(|field| &field.line_key).map(|key| format!("{path}.{key}")));
                lines.iter().filter_map(Value::as_record).for_each(|line| sent_paths(inner, line, &path, paths));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => paths.push(path),
        }
    }
}

/// The parameters that bring the keys and the time of change alone.
pub(super) fn modified_parameters(schema: &Schema) -> Vec<(String, String)> {
    Wanted::only(schema, &[]).parameters()
}

impl Wanted {
    fn all(schema: &Schema, wire: &AcumaticaWire) -> Self {
        let mut wanted = Self::default();
        for field in &schema.shape.fields {
            // Details and linked entities come when the schema says that they are to be expanded.
            if field.shape.is_none() || wire.expand.iter().any(|name| name.split('/').next() == Some(&field.name)) {
                wanted.take(&schema.shape, &field.name, "");
            }
        }
        wire.expand.iter().for_each(|name| add(&mut wanted.expand, schema.shape.wire_path(&name.replace('/', "."))));
        wanted
    }

    fn only(schema: &Schema, paths: &[&str]) -> Self {
        let mut wanted = Self::default();
        let keys = schema.resource.key.iter().chain(&schema.resource.modified).map(String::as_str);
        for path in keys.chain(paths.iter().copied()) {
            wanted.take(&schema.shape, path, "");
        }
        wanted
    }

    /// Takes the field at a dotted path of this shape; `above` is the path so far, with slashes.
    fn take(&mut self, shape: &Shape, path: &str, above: &str) {
        let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let Some(field) = shape.get(name) else { return };
        let full = if above.is_empty() { field.on_wire().to_owned() } else { format!("{above}/{}", field.on_wire()) };
        match (&field.shape, rest) {
            (Some(inner), Some(rest)) => {
                add(&mut self.expand, full.clone());
                self.take(inner, rest, &full);
            }
            (Some(inner), None) => {
                add(&mut self.expand, full.clone());
                inner.names().for_each(|name| self.take(inner, name, &full));
            }
            (None, _) => self.take_plain(field, above, full),
        }
    }

    fn take_plain(&mut self, field: &Field, above: &str, full: String) {
        match &field.custom {
            Some(custom) if above.is_empty() => add(&mut self.custom, format!("{}.{}", custom.view, custom.field)),
            Some(custom) => add(&mut self.custom, format!("{above}/{}.{}", custom.view, custom.field)),
            None if SYSTEM.contains(&field.name.as_str()) => {}
            // A detail that is not described inside is brought whole.
            None if matches!(field.kind, Kind::Record | Kind::Lines) => add(&mut self.expand, full),
            None => add(&mut self.select, full),
        }
    }

    fn is_short(&self) -> bool {
        percent::encode_value(&self.select.join(",")).len() <= LONGEST_SELECT
    }

    fn parameters(self) -> Vec<(String, String)> {
        let select = if self.is_short() { self.select.join(",") } else { String::new() };
        let pairs = [("$select", select), ("$expand", self.expand.join(",")), ("$custom", self.custom.join(","))];
        pairs.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

fn add(list: &mut Vec<String>, item: String) {
    if !list.contains(&item) {
        list.push(item);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Record, Select, modified_parameters, read_parameters, write_parameters};
    use crate::schema::{Schema, load};

    fn schema(extra: &str) -> Schema {
        let text = format!(
            r#"{{"type":"object","x-resource":{{"system":"acumatica","name":"Bill","id":"id","key":["Type","ReferenceNbr"],"modified":"LastModifiedDateTime",
            "wire":{{"form":"AP301000","expand":["Details","MainContact","MainContact/Address"]}}}},"properties":{{
            "id":{{"type":"string"}},"note":{{"type":"string"}},"Type":{{"type":"string"}},"ReferenceNbr":{{"type":"string"}},"LastModifiedDateTime":{{"type":"string","format":"date-time"}},
            "Held":{{"type":"number","x-custom":"CurrentDocument.RetainageTotal"}},
            "Details":{{"type":"array","items":{{"properties":{{"id":{{"type":"string"}},"Qty":{{"type":"number"}},"Kept":{{"type":"number","x-custom":"Transactions.RetainageAmt"}}}}}}}},
            "MainContact":{{"type":"object","properties":{{"Address":{{"type":"object","properties":{{"City":{{"type":"string"}}}}}}}}}},
            "Files":{{"type":"array","items":{{"properties":{{"filename":{{"type":"string"}}}}}}}}{extra}}}}}"#
        );
        load(Path::new("bill.json"), &text).unwrap()
    }

    fn text(pairs: &[(String, String)]) -> String {
        pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    #[test]
    fn only_what_is_wanted_is_named_with_what_it_takes_to_bring_it() {
        let schema = schema("");
        let wire = schema.resource.wire.acumatica().unwrap();
        let read = |paths: &[&str]| text(&read_parameters(&schema, wire, Select::Only(paths)));
        assert_eq!(read(&["Details.Qty"]), "$select=Type,ReferenceNbr,LastModifiedDateTime,Details/Qty&$expand=Details");
        assert_eq!(
            read(&["Held", "Details.Kept", "id"]),
            "$select=Type,ReferenceNbr,LastModifiedDateTime&$expand=Details&$custom=CurrentDocument.RetainageTotal,Details/Transactions.RetainageAmt"
        );
        assert_eq!(
            read(&["MainContact.Address.City"]),
            "$select=Type,ReferenceNbr,LastModifiedDateTime,MainContact/Address/City&$expand=MainContact,MainContact/Address"
        );
        assert_eq!(text(&modified_parameters(&schema)), "$select=Type,ReferenceNbr,LastModifiedDateTime");
    }

    /// The members of one parameter, sorted.
    fn members<'a>(pairs: &'a [(String, String)], name: &str) -> Vec<&'a str> {
        let mut members: Vec<&str> = pairs.iter().filter(|(pair, _)| pair == name).flat_map(|(_, value)| value.split(',')).collect();
        members.sort_unstable();
        members
    }

    #[test]
    fn everything_means_what_the_schema_expands_and_all_custom_fields() {
        let schema = schema("");
        let wire = schema.resource.wire.acumatica().unwrap();
        let (read, written) = (read_parameters(&schema, wire, Select::All), write_parameters(&schema, wire, &Record::new()));
        for parameters in [&read, &written] {
            assert_eq!(members(parameters, "$expand"), ["Details", "MainContact", "MainContact/Address"]);
            assert_eq!(members(parameters, "$custom"), ["CurrentDocument.RetainageTotal", "Details/Transactions.RetainageAmt"]);
        }
        assert!(members(&read, "$select").is_empty());
        let named = ["Details/Qty", "LastModifiedDateTime", "MainContact/Address/City", "ReferenceNbr", "Type"];
        assert_eq!(members(&written, "$select"), named);
    }

    #[test]
    fn a_select_too_long_for_the_server_shrinks_to_what_is_sent_or_is_left_out() {
        let schema = |count| schema(&(0..count).map(|at| format!(r#","AFieldOfSomeLength{at}":{{"type":"string"}}"#)).collect::<String>());
        let draft = serde_json::from_str(r#"{"Details":[{"Qty":1},{"Kept":2}],"MainContact":{}}"#).unwrap();
        let written = |schema: &Schema| write_parameters(schema, schema.resource.wire.acumatica().unwrap(), &draft);
        let shrunk = written(&schema(74));
        assert_eq!(members(&shrunk, "$select").len(), 74 + 4);
        assert!(!members(&shrunk, "$select").contains(&"MainContact/Address/City"));
        assert_eq!(members(&shrunk, "$expand"), ["Details"]);
        assert!(members(&written(&schema(120)), "$select").is_empty());
    }
}
