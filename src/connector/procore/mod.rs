//! How do we talk to Procore: tokens, pages, bulk writes that always answer 200, and money as text.

mod address;
mod bulk;
mod encode;
mod errors;
mod read;
mod session;
mod sync;
mod write;

use std::time::Duration;

use self::address::Places;
use self::session::Session;
use super::budget::{Budget, Requests};
use super::door::{Call, Door};
use super::error::{ConnectorError, ErrorKind};
use super::raw;
use super::settings::ProcoreSettings;
use super::transport::Response;
use super::words::{ProjectScope, Versions};
use super::{World, error};
use crate::schema::{ProcoreWire, Schema, System};

/// The door to one Procore company.
pub struct Procore {
    settings: ProcoreSettings,
    door: Door,
    session: Session,
}

impl Procore {
    /// A connector with these settings; secrets are fetched now, nothing is sent yet.
    ///
    /// # Errors
    /// `SignIn` when a secret cannot be fetched.
    pub fn new(settings: ProcoreSettings, world: &World) -> Result<Self, ConnectorError> {
        let session = Session::new(&settings, world.tokens.clone())?;
        let budget = Budget::new(settings.concurrent, None, Duration::from_secs(settings.longest_wait_seconds));
        let door = Door::new(System::Procore, world, budget);
        Ok(Self { settings, door, session })
    }

    /// Who we are there.
    pub(super) async fn probe(&self) -> Result<Versions, ConnectorError> {
        let call = self.get_call("/rest/v1.0/me", &[]);
        let response = self.call(&call).await?;
        let body = raw::parse(&response.body).ok_or_else(|| self.door.nonsense(&call, &response, "an account"))?;
        let account = raw::plain_member(&body, "login").or_else(|| raw::plain_member(&body, "name"));
        Ok(Versions { account, ..Versions::default() })
    }

    /// Forgets the token; Procore holds no session open.
    pub(super) async fn sign_out(&self) {
        self.session.forget().await;
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

    /// A read of this path and query.
    fn get_call(&self, path: &str, query: &[(String, String)]) -> Call {
        Call::read(self.url(path, query), format!("GET {path}"))
    }

    fn url(&self, path: &str, query: &[(String, String)]) -> String {
        let base = self.settings.api_url.trim_end_matches('/');
        if query.is_empty() { format!("{base}{path}") } else { format!("{base}{path}?{}", super::percent::query(query)) }
    }

    fn places<'a>(&'a self, schema: &'a Schema, project: Option<&'a ProjectScope>) -> Places<'a> {
        Places { schema, settings: &self.settings, project, id: None, record: None }
    }

    /// The wire part of a resource that this company may use.
    fn wire<'a>(&self, schema: &'a Schema) -> Result<&'a ProcoreWire, ConnectorError> {
        if schema.resource.restricted && !self.settings.erp_platform {
            let why = "it is open to approved ERP partners only; with their access set `erp_platform: true`";
            return Err(self.unsupported(schema, why));
        }
        schema.resource.wire.procore().ok_or_else(|| self.unsupported(schema, "it is not a resource of Procore"))
    }

    fn unsupported(&self, schema: &Schema, why: &str) -> ConnectorError {
        self.door.error(ErrorKind::NotSupported, &schema.name, why)
    }

    /// What a 2xx answer holds, or why it is unreadable.
    fn body(&self, call: &Call, response: &Response, expected: &str) -> Result<Box<serde_json::value::RawValue>, ConnectorError> {
        let readable = !error::is_html(&response.body);
        raw::parse(&response.body).filter(|_| readable).ok_or_else(|| self.door.nonsense(call, response, expected))
    }
}
