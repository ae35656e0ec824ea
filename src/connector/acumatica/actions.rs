//! How is an action of a document run to its end, when it may go on after the answer?

use std::sync::PoisonError;
use std::time::Duration;

use super::encode::{action as action_body, making};
use super::{Acumatica, address};
use crate::connector::door::Call;
use crate::connector::error::{Certainty, ConnectorError, ErrorKind};
use crate::connector::transport::Response;
use crate::schema::{Action, AcumaticaWire, Endpoint, Schema};
use crate::value::{Record, Value, json_text};

const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

impl Acumatica {
    /// Runs an action of one record: done at once (204), or after polling a long-running operation (202) with growing
    /// waits. When its end is not seen, the outcome is unknown.
    pub(in crate::connector) async fn act(
        &self,
        schema: &Schema,
        id: &str,
        action: &str,
        parameters: &Record,
    ) -> Result<(), ConnectorError> {
        let wire = self.wire(schema)?;
        let form = self.form(wire);
        let _alone = form.write().await;
        let known = wire.actions.get(action);
        let body = action_body(id, parameters, |name| known?.parameters.get(name).cloned());
        let name = known.map_or(action, |known| self.name_of(wire, action, known));
        self.run_action(wire.endpoint.as_ref(), (schema.resource.entity(), name), body).await
    }

    /// What the endpoint calls an action: where it is older than the action, what the form itself calls it.
    fn name_of<'a>(&self, wire: &AcumaticaWire, action: &'a str, known: &'a Action) -> &'a str {
        let endpoint = wire.endpoint.clone().unwrap_or_else(|| self.settings.endpoint());
        let is_older = endpoint.is_older_than(known.since.as_deref());
        known.on_form.as_deref().filter(|_| is_older).unwrap_or(action)
    }

    /// Makes a record by the action of another document; which record came of it, the answer does not say.
    pub(in crate::connector) async fn make(&self, schema: &Schema, draft: &Record) -> Result<(), ConnectorError> {
        let wire = self.wire(schema)?;
        let made_by = wire.made_by.as_ref().ok_or_else(|| self.unsupported(schema, "no action makes its records"))?;
        let body = making(schema, made_by, draft).map_err(|missing| {
            let why = format!("the draft has no `{missing}`, and `{}` needs it", made_by.action);
            self.door.error(ErrorKind::Refused, &format!("POST /{}/{}", made_by.entity, made_by.action), &why)
        })?;
        let form = self.form(wire);
        let _alone = form.write().await;
        self.run_action(wire.endpoint.as_ref(), (&made_by.entity, &made_by.action), body).await
    }

    async fn run_action(&self, own: Option<&Endpoint>, (entity, action): (&str, &str), body: Record) -> Result<(), ConnectorError> {
        let below = format!("/{}", crate::connector::percent::encode(action));
        let operation = format!("POST /{entity}/{action}");
        let call = Call::write("POST", self.url_of((own, entity), &below, &[]), operation, json_text(&Value::Record(body)));
        let response = self.call(&call).await?;
        if response.status == 202 { self.follow(&call, &response).await } else { Ok(()) }
    }

    /// How long the last operation of this kind took: the next one is not asked about before.
    fn usual_wait(&self, operation: &str) -> Duration {
        let known = self.waits.lock().unwrap_or_else(PoisonError::into_inner).get(operation).copied();
        known.unwrap_or(FIRST_WAIT).min(LONGEST_WAIT)
    }

    async fn follow(&self, action: &Call, accepted: &Response) -> Result<(), ConnectorError> {
        let lost = |message: &str| self.door.error(ErrorKind::Timeout, &action.operation, message).certain(Certainty::Unknown);
        let status = accepted.header("location").and_then(|location| self.status_url(location));
        let status = status.ok_or_else(|| lost("it was accepted without saying where its state is found"))?;
        let poll = Call::read(status, action.operation.clone());
        let (mut wait, mut waited) = (self.usual_wait(&action.operation), Duration::ZERO);
        while waited.as_secs() < self.settings.action_limit_seconds {
            self.door.clock.sleep(wait).await;
            waited += wait;
            wait = (wait * 2).min(LONGEST_WAIT);
            match self.call(&poll).await {
                Ok(response) if response.status == 202 => {}
                Ok(_) => {
                    self.waits.lock().unwrap_or_else(PoisonError::into_inner).insert(action.operation.clone(), waited);
                    return Ok(());
                }
                // The operation itself ended so.
                Err(error) if matches!(error.kind, ErrorKind::Refused | ErrorKind::Conflict) => return Err(error),
                // We could not learn how it ended.
                Err(error) => return Err(error.certain(Certainty::Unknown)),
            }
        }
        Err(lost(&format!("it was still running after {} s", waited.as_secs())))
    }

    /// The state's address on our own host, wherever `Location` points.
    fn status_url(&self, location: &str) -> Option<String> {
        let at = location.find("/entity/")?;
        let path = location[at..].split(['?', '#']).next()?;
        Some(format!("{}{path}", address::root(&self.settings)))
    }
}
