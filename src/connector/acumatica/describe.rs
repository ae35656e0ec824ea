//! What does an instance say of an entity outside its contract, and may this account read it at all?

use std::collections::BTreeSet;

use serde_json::value::RawValue;

use super::Acumatica;
use super::select::modified_parameters;
use crate::connector::error::ConnectorError;
use crate::connector::raw;
use crate::connector::words::{CustomFields, Query, Row, Select};
use crate::schema::Schema;

impl Acumatica {
    /// One record of an entity, with its keys alone. What filter its reads carry else says nothing of the right to read.
    pub(in crate::connector) async fn peek(&self, schema: &Schema) -> Result<Option<Row>, ConnectorError> {
        let form = self.form(self.wire(schema)?);
        let _free = form.read().await;
        let mut pairs = modified_parameters(schema);
        pairs.push(("$top".to_owned(), "1".to_owned()));
        let query = Query { schema, project: None, since: None, equals: &[], select: Select::Only(&[]) };
        Ok(self.rows_of(&query, &pairs).await?.into_iter().next())
    }

    /// The fields of an entity that its contract does not have: `$adHocSchema`.
    pub(in crate::connector) async fn custom_fields(&self, schema: &Schema) -> Result<CustomFields, ConnectorError> {
        let form = self.form(self.wire(schema)?);
        let _free = form.read().await;
        let call = self.get_call(schema, "/$adHocSchema", &[]);
        let response = self.call(&call).await?;
        let body = self.body(&call, &response, "a description")?;
        let members = raw::members(&body).ok_or_else(|| self.door.nonsense(&call, &response, "a description"))?;
        let mut found = CustomFields { names: names(&body, ""), parts: BTreeSet::new() };
        for (part, described) in members.iter().filter(|(name, _)| name != "custom") {
            // Of lines one is shown, as a list of one.
            let line = raw::items(described).and_then(|lines| lines.into_iter().next()).unwrap_or(described);
            if raw::member(line, "custom").is_some() {
                found.parts.insert(part.clone());
                found.names.extend(names(line, &format!("{part}/")));
            }
        }
        Ok(found)
    }
}

/// `View.Field` of all that stands under `custom`.
fn names(record: &RawValue, above: &str) -> BTreeSet<String> {
    let views = raw::member(record, "custom").and_then(raw::members).unwrap_or_default();
    let of_view = |(view, fields): (String, &RawValue)| {
        let fields = raw::members(fields).unwrap_or_default();
        fields.into_iter().map(|(field, _)| format!("{above}{view}.{field}")).collect::<Vec<_>>()
    };
    views.into_iter().flat_map(of_view).collect()
}
