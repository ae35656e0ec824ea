//! What does an instance say of itself: contracts of endpoints, what entities have beside them, and may this account read them at all?

use std::collections::BTreeSet;

use serde_json::value::RawValue;

use super::select::modified_parameters;
use super::{Acumatica, address};
use crate::connector::door::Call;
use crate::connector::error::ConnectorError;
use crate::connector::percent;
use crate::connector::raw;
use crate::connector::words::{CustomFields, Query, Row, Select};
use crate::schema::{Endpoint, Schema};

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
        let body = self.ad_hoc(schema).await?;
        let members = raw::members(&body).unwrap_or_default();
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

    /// `swagger.json` of an endpoint, for the tenant.
    pub(in crate::connector) async fn contract(&self, endpoint: &Endpoint) -> Result<Box<RawValue>, ConnectorError> {
        let (name, version) = (percent::encode(&endpoint.name), percent::encode(&endpoint.version));
        let query = percent::query(&[("company".to_owned(), self.settings.tenant.clone())]);
        let url = format!("{}/entity/{name}/{version}/swagger.json?{query}", address::root(&self.settings));
        self.described(Call::read(url, format!("GET /entity/{}/{}/swagger.json", endpoint.name, endpoint.version))).await
    }

    /// `$adHocSchema` of an entity.
    pub(in crate::connector) async fn ad_hoc(&self, schema: &Schema) -> Result<Box<RawValue>, ConnectorError> {
        self.described(self.get_call(schema, "/$adHocSchema", &[])).await
    }

    async fn described(&self, call: Call) -> Result<Box<RawValue>, ConnectorError> {
        let response = self.call(&call).await?;
        let body = self.body(&call, &response, "a description in JSON")?;
        match raw::members(&body) {
            Some(_) => Ok(body),
            None => Err(self.door.nonsense(&call, &response, "a description in JSON")),
        }
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
