//! How is a record made or changed in Acumatica, which has no idempotency key and no bulk write?

use std::sync::Mutex;
use std::sync::PoisonError;

use super::Acumatica;
use super::encode::entity;
use super::select::write_parameters;
use crate::connector::door::Call;
use crate::connector::error::{Certainty, ConnectorError};
use crate::connector::raw;
use crate::connector::together::together;
use crate::connector::words::{Outgoing, Written};
use crate::schema::Schema;
use crate::value::{Value, json_text};

impl Acumatica {
    /// Writes records, each with all its lines in one `PUT`; one outcome each, in order. After a trouble that every
    /// call would meet, the rest is not sent.
    pub(in crate::connector) async fn write(&self, schema: &Schema, rows: &[Outgoing<'_>]) -> Vec<Result<Written, ConnectorError>> {
        let stopped: Mutex<Option<ConnectorError>> = Mutex::default();
        let writes = rows.iter().map(|row| async {
            let before = stopped.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(error) = before {
                return Err(error.for_the_rest());
            }
            let outcome = self.put(schema, row).await;
            if let Err(error) = &outcome
                && error.stops_the_rest()
            {
                stopped.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| error.clone());
            }
            outcome
        });
        together(self.settings.concurrent, writes).await
    }

    async fn put(&self, schema: &Schema, row: &Outgoing<'_>) -> Result<Written, ConnectorError> {
        let wire = self.wire(schema)?;
        let form = self.form(wire);
        let _free = form.read().await;
        let json = json_text(&Value::Record(entity(schema, row.id, row.draft)));
        let url = self.entity_url(schema, "", &write_parameters(schema, wire, row.draft));
        // A new record never falls on an existing one of the same key, nor does a change make a new one: a breach is 412.
        let guard = if row.id.is_some() { "if-match" } else { "if-none-match" };
        let call = Call::write("PUT", url, format!("PUT /{}", schema.resource.entity()), json).header(guard, "*");
        let response = self.call(&call).await?;
        let unreadable = || self.door.nonsense(&call, &response, "the record with its id").certain(Certainty::Unknown);
        let body = raw::parse(&response.body).ok_or_else(unreadable)?;
        let id = raw::plain_member(&body, &schema.resource.id).ok_or_else(unreadable)?;
        Ok(Written { id, body })
    }
}
