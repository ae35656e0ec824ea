//! What does an instance say of itself: contracts of endpoints, what entities have beside them, and may this account read them at all?

use serde_json::value::RawValue;

use super::select::modified_parameters;
use super::{Acumatica, address};
use crate::connector::door::Call;
use crate::connector::error::ConnectorError;
use crate::connector::percent;
use crate::connector::raw;
use crate::connector::words::{Query, Row, Select};
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
