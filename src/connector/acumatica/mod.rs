//! How do we talk to Acumatica: a session, wrapped values, lists without order, and a status that often lies.

mod actions;
mod address;
mod describe;
mod encode;
mod errors;
mod jar;
mod read;
mod select;
mod session;
mod windows;
mod write;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::sync::RwLock;

use self::session::Session;
pub(super) use self::windows::Windows;
use super::World;
use super::budget::{Budget, Requests};
use super::door::{Call, Door};
use super::error::{ConnectorError, ErrorKind};
use super::raw;
use super::settings::AcumaticaSettings;
use super::transport::Response;
use super::words::Versions;
use crate::schema::{AcumaticaWire, Schema, System};

/// The door to one tenant of Acumatica.
pub struct Acumatica {
    settings: AcumaticaSettings,
    door: Door,
    session: Session,
    /// While an operation runs on a form, another request of the same session to that form fails: operations wait for
    /// requests, and requests for operations, form by form.
    forms: Mutex<HashMap<String, Arc<RwLock<()>>>>,
    /// How long operations took, by action.
    waits: Mutex<HashMap<String, Duration>>,
}

impl Acumatica {
    /// A connector with these settings; secrets are fetched now, nothing is sent yet.
    ///
    /// # Errors
    /// `SignIn` when a secret cannot be fetched.
    pub fn new(settings: AcumaticaSettings, world: &World) -> Result<Self, ConnectorError> {
        let session = Session::new(&settings, world.tokens.clone())?;
        let budget = Budget::new(settings.concurrent, settings.per_minute, Duration::from_secs(settings.longest_wait_seconds));
        let door = Door::new(System::Acumatica, world, budget);
        Ok(Self { settings, door, session, forms: Mutex::default(), waits: Mutex::default() })
    }

    /// Build and endpoints of the instance, the tenant's own included.
    pub(super) async fn probe(&self) -> Result<Versions, ConnectorError> {
        let call = Call::read(format!("{}/entity", address::root(&self.settings)), "GET /entity".to_owned());
        let response = self.call(&call).await?;
        let body = self.body(&call, &response, "a list of endpoints")?;
        // Older builds answer with the bare list.
        let rows = raw::items(&body).or_else(|| raw::items(raw::member(&body, "endpoints")?));
        let rows = rows.ok_or_else(|| self.door.nonsense(&call, &response, "a list of endpoints"))?;
        let endpoint = |row: &RawValue| Some((raw::plain_member(row, "name")?, raw::plain_member(row, "version")?));
        let build = raw::member(&body, "version").and_then(|version| raw::plain_member(version, "acumaticaBuildVersion"));
        Ok(Versions { build, endpoints: rows.into_iter().filter_map(endpoint).collect(), account: None })
    }

    /// Ends the session, so that its licence slot is free. Trouble is logged, for there is nothing else to do about it.
    pub(super) async fn sign_out(&self) {
        self.session.end(&self.door).await;
    }

    /// Lets time go by.
    pub(super) async fn wait(&self, time: Duration) {
        self.door.clock.sleep(time).await;
    }

    /// What was used of the allowance of requests, and what is left.
    pub(super) fn requests(&self) -> Requests {
        self.door.requests()
    }

    /// The same error without secrets.
    pub(super) fn cleaned(&self, error: ConnectorError) -> ConnectorError {
        error.cleaned(|text| self.door.clean(text))
    }

    async fn call(&self, call: &Call) -> Result<Response, ConnectorError> {
        self.door.call(&self.session, call).await
    }

    /// The wire part of an entity that the endpoint has.
    fn wire<'a>(&self, schema: &'a Schema) -> Result<&'a AcumaticaWire, ConnectorError> {
        let wire = schema.resource.wire.acumatica().ok_or_else(|| self.unsupported(schema, "it is not an entity of Acumatica"))?;
        let endpoint = wire.endpoint.clone().unwrap_or_else(|| self.settings.endpoint());
        match &wire.since {
            Some(since) if endpoint.is_older_than(Some(since)) => {
                let why = format!("endpoint `Default/{}` lacks it; it came with `{since}`: raise `endpoint.version`", endpoint.version);
                Err(self.unsupported(schema, &why))
            }
            _ => Ok(wire),
        }
    }

    fn unsupported(&self, schema: &Schema, why: &str) -> ConnectorError {
        self.door.error(ErrorKind::NotSupported, &schema.name, why)
    }

    fn form(&self, wire: &AcumaticaWire) -> Arc<RwLock<()>> {
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        forms.entry(wire.form.clone()).or_default().clone()
    }

    /// What a 2xx answer holds, or why it is unreadable.
    fn body(&self, call: &Call, response: &Response, expected: &str) -> Result<Box<RawValue>, ConnectorError> {
        raw::parse(&response.body).ok_or_else(|| self.door.nonsense(call, response, expected))
    }
}
