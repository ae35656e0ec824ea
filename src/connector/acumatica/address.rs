//! Where is an entity, which filter names records, and how is a value written in it?

use jiff::Timestamp;

use super::Acumatica;
use crate::connector::door::Call;
use crate::connector::error::ConnectorError;
use crate::connector::percent;
use crate::connector::settings::AcumaticaSettings;
use crate::connector::words::{Named, Query};
use crate::schema::{Endpoint, Field, Kind, Schema};
use crate::value::{Value, decimal};

/// The instance with its site path, without a slash at the end.
pub(super) fn root(settings: &AcumaticaSettings) -> String {
    settings.url.trim_end_matches('/').to_owned()
}

impl Acumatica {
    /// `{root}/entity/{Endpoint}/{version}/{Entity}` and what follows.
    pub(super) fn entity_url(&self, schema: &Schema, below: &str, query: &[(String, String)]) -> String {
        let own = schema.resource.wire.acumatica().and_then(|wire| wire.endpoint.as_ref());
        self.url_of((own, schema.resource.entity()), below, query)
    }

    /// The same of an entity by its name, at its own endpoint if it has one.
    pub(super) fn url_of(&self, (own, entity): (Option<&Endpoint>, &str), below: &str, query: &[(String, String)]) -> String {
        let endpoint = own.cloned().unwrap_or_else(|| self.settings.endpoint());
        let (name, version) = (percent::encode(&endpoint.name), percent::encode(&endpoint.version));
        let base = format!("{}/entity/{name}/{version}/{entity}{below}", root(&self.settings));
        if query.is_empty() { base } else { format!("{base}?{}", percent::query(query)) }
    }

    /// A read of an entity.
    pub(super) fn get_call(&self, schema: &Schema, below: &str, query: &[(String, String)]) -> Call {
        Call::read(self.entity_url(schema, below, query), format!("GET /{}{below}", schema.resource.entity()))
    }

    /// The `$filter` of a query: what every read of the resource carries, the time since, and exact values.
    pub(super) fn filter(&self, query: &Query<'_>) -> Result<Option<String>, ConnectorError> {
        let (schema, wire) = (query.schema, self.wire(query.schema)?);
        let mut terms = Vec::new();
        if let Some(fixed) = &wire.filter {
            let project = match (fixed.contains("{project}"), query.project) {
                (true, None) => return Err(self.unsupported(schema, "it is read by project, and none is given")),
                (_, project) => project.map(|project| project.acumatica.replace('\'', "''")).unwrap_or_default(),
            };
            terms.push(fixed.replace("{project}", &project));
        }
        if let (Some(since), Some(field)) = (query.since, &schema.resource.modified) {
            // The stamp is taken before the commit: what was saved last may bear a time already read.
            let from = since.checked_sub(OVERLAP).map_err(|_| self.unsupported(schema, "the time to read from is out of range"))?;
            terms.push(format!("{} gt {}", schema.shape.wire_path(field), instant(from)));
        }
        for (path, value) in query.equals {
            terms.push(self.equal(schema, path, value)?);
        }
        Ok((!terms.is_empty()).then(|| terms.join(" and ")))
    }

    /// Filters for records by their keys, as many to each as an address of the server's usual length holds.
    pub(super) fn key_filters(&self, query: &Query<'_>, named: &[Named]) -> Result<Vec<String>, ConnectorError> {
        let (schema, fixed) = (query.schema, self.filter(query)?);
        let mut filters: Vec<Vec<String>> = Vec::new();
        let mut length = 0;
        for named in named.iter().filter(|named| named.key.len() == schema.resource.key.len()) {
            let parts = schema.resource.key.iter().zip(&named.key).map(|(field, part)| self.equal(schema, field, &Value::text(part)));
            let parts = parts.collect::<Result<Vec<_>, _>>()?;
            let one = if parts.len() > 1 { format!("({})", parts.join(" and ")) } else { parts.concat() };
            let more = percent::encode_value(&one).len() + " or ".len() * 3;
            match filters.last_mut() {
                Some(last) if last.len() < MOST_KEYS && length + more <= LONGEST_FILTER => last.push(one),
                _ => {
                    filters.push(vec![one]);
                    length = 0;
                }
            }
            length += more;
        }
        let whole = |keys: Vec<String>| match &fixed {
            Some(fixed) => format!("{fixed} and ({})", keys.join(" or ")),
            None => keys.join(" or "),
        };
        Ok(filters.into_iter().map(whole).collect())
    }

    fn equal(&self, schema: &Schema, path: &str, value: &Value) -> Result<String, ConnectorError> {
        let field = schema.field_at(path).ok_or_else(|| self.unsupported(schema, &format!("`{path}` is not one of its fields")))?;
        let first = path.split('.').next().unwrap_or(path);
        if schema.field_at(first).is_some_and(|field| field.kind == Kind::Lines) {
            return Err(self.unsupported(schema, &format!("`{path}` is a field of a line, and lists cannot be filtered by those")));
        }
        let left = match &field.custom {
            Some(custom) => format!("cf.{}(f='{}.{}')", custom_function(field.kind), custom.view, custom.field),
            None => schema.shape.wire_path(path),
        };
        Ok(format!("{left} eq {}", literal(field, value)))
    }
}

/// Most keys that one list is asked for.
const MOST_KEYS: usize = 25;

/// IIS takes 2,048 characters of query by default; what is expanded has to fit in as well.
const LONGEST_FILTER: usize = 1_400;

/// Minutes by which two windows of time overlap.
const OVERLAP: std::time::Duration = std::time::Duration::from_secs(300);

fn instant(time: Timestamp) -> String {
    format!("datetimeoffset'{}'", time.strftime("%Y-%m-%dT%H:%M:%S.%3f+00:00"))
}

/// A value as the filter grammar wants it: text quoted with its quotes doubled, decimals with `M`, flags bare.
fn literal(field: &Field, value: &Value) -> String {
    let text = value.plain();
    match (field.kind, value) {
        (_, Value::Null) => "null".to_owned(),
        (Kind::Decimal | Kind::Percent, _) if decimal(&text).is_ok() => format!("{}M", text.trim()),
        (Kind::Integer, _) if text.trim().parse::<i64>().is_ok() => text.trim().to_owned(),
        (Kind::Boolean, Value::Bool(flag)) => flag.to_string(),
        (Kind::Date, _) if text.len() == 10 => format!("datetimeoffset'{text}T00:00:00.000+00:00'"),
        (Kind::Instant | Kind::Date, _) => format!("datetimeoffset'{}'", text.replace('\'', "''")),
        _ => format!("'{}'", text.replace('\'', "''")),
    }
}

fn custom_function(kind: Kind) -> &'static str {
    match kind {
        Kind::Decimal | Kind::Percent => "Decimal",
        Kind::Integer => "Int",
        Kind::Boolean => "Boolean",
        Kind::Date | Kind::Instant => "DateTime",
        Kind::Text | Kind::Record | Kind::Lines | Kind::List | Kind::Anything => "String",
    }
}

/// `/key1/key2`, or nothing when a part cannot stand in an address: a slash would cut it in two, an empty part be lost.
pub(super) fn key_path(parts: &[String]) -> Option<String> {
    let trimmed: Vec<&str> = parts.iter().map(|part| part.trim_end()).collect();
    let fit =
        !trimmed.is_empty() && trimmed.iter().all(|part| !part.is_empty() && !part.contains(['/', '\\']) && *part != "." && *part != "..");
    fit.then(|| trimmed.iter().map(|part| format!("/{}", percent::encode(part))).collect())
}

#[cfg(test)]
mod tests {
    use super::{instant, key_path, literal};
    use crate::schema::{Field, Kind};
    use crate::value::Value;

    fn written(kind: Kind, value: &str) -> String {
        let field = Field {
            name: "F".to_owned(),
            wire_name: None,
            since: None,
            kind,
            description: String::new(),
            required: false,
            read_only: false,
            max_length: None,
            labels: Vec::new(),
            always: false,
            scale: None,
            decimal_text: false,
            custom: None,
            shape: None,
            line_key_alone: false,
            line_key: Vec::new(),
        };
        literal(&field, &Value::from_json(value).unwrap())
    }

    #[test]
    fn each_kind_has_its_literal() {
        assert_eq!(written(Kind::Text, "\"O'Neil\""), "'O''Neil'");
        assert_eq!(written(Kind::Text, "5"), "'5'");
        assert_eq!(written(Kind::Decimal, "10.50"), "10.50M");
        assert_eq!(written(Kind::Decimal, "\"x' or 1 eq 1\""), "'x'' or 1 eq 1'");
        assert_eq!(written(Kind::Integer, "\"7\""), "7");
        assert_eq!(written(Kind::Boolean, "true"), "true");
        assert_eq!(written(Kind::Date, "\"2024-03-01\""), "datetimeoffset'2024-03-01T00:00:00.000+00:00'");
        assert_eq!(written(Kind::Text, "null"), "null");
        assert_eq!(instant("2024-08-18T19:59:59.999Z".parse().unwrap()), "datetimeoffset'2024-08-18T19:59:59.999+00:00'");
    }

    #[test]
    fn a_key_that_cannot_stand_in_an_address_is_told() {
        let path = |parts: &[&str]| key_path(&parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
        assert_eq!(path(&["Bill", "AP 01  "]).unwrap(), "/Bill/AP%2001");
        assert_eq!(path(&["<N/A>"]), None);
        assert_eq!(path(&["Bill", " "]), None);
        assert_eq!(path(&[".."]), None);
        assert_eq!(path(&[]), None);
    }
}
