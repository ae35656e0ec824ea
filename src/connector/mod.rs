//! How do we talk to a system? One door each to Procore and Acumatica, and what they share.
//!
//! ```text
//! Connector ── procore/, acumatica/     what differs: session, address, read, write, encode, errors
//!                  │
//!                door                   sign, allowance, send, read the answer, log, retry: written once
//!            ┌─────┼───────┬────────┐
//!         budget  retry  secret  transport ── http (sockets), or the sandbox in a simulation
//! ```
//!
//! Every failure is a [`ConnectorError`]: kind × certainty × operation × facts. What is not known to have failed or
//! succeeded says [`Certainty::Unknown`], and it is for `sync` to look before sending again.

mod acumatica;
mod budget;
mod clock;
mod door;
mod error;
mod http;
mod oauth;
mod percent;
mod procore;
mod raw;
mod retry;
mod secret;
mod settings;
mod together;
mod tokens;
mod transport;
mod unwrap;
mod words;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

pub use acumatica::Acumatica;
pub use budget::Requests;
pub use clock::{Clock, Later, TurnedClock, WallClock};
pub use error::{Certainty, ConnectorError, ErrorKind};
pub use http::HttpTransport;
pub use procore::Procore;
pub use secret::{Secret, SecretRef};
pub use settings::{AcumaticaGrant, AcumaticaSettings, AcumaticaSignIn, HttpSettings, Plain, ProcoreGrant, ProcoreSettings};
pub use tokens::{TokenFiles, TokenStore, TokensInMemory};
pub use transport::{Request, Response, Transport, TransportError};
pub use unwrap::unwrap;
pub use words::{Key, Named, Outgoing, Page, PageToken, ProjectScope, Query, Row, Select, Versions, Written};

use serde_json::value::RawValue;

use crate::schema::{Endpoint, Schema, System};
use crate::value::Record;

/// What a connector needs of the world around it.
#[derive(Clone)]
pub struct World {
    /// Carries requests.
    pub transport: Arc<dyn Transport>,
    /// Tells and passes time.
    pub clock: Arc<dyn Clock>,
    /// Keeps refresh tokens.
    pub tokens: Arc<dyn TokenStore>,
    /// Where the jitter of retries begins.
    pub seed: u64,
}

/// One system's door. Share one by reference: session and allowance of requests belong to it.
pub enum Connector {
    /// Procore.
    Procore(Box<Procore>),
    /// Acumatica.
    Acumatica(Box<Acumatica>),
}

impl Connector {
    /// The door to Procore; nothing is sent yet.
    ///
    /// # Errors
    /// `SignIn` when a secret cannot be fetched.
    pub fn procore(settings: ProcoreSettings, world: &World) -> Result<Self, ConnectorError> {
        Procore::new(settings, world).map(|procore| Self::Procore(Box::new(procore)))
    }

    /// The door to Acumatica; nothing is sent yet.
    ///
    /// # Errors
    /// `SignIn` when a secret cannot be fetched.
    pub fn acumatica(settings: AcumaticaSettings, world: &World) -> Result<Self, ConnectorError> {
        Acumatica::new(settings, world).map(|acumatica| Self::Acumatica(Box::new(acumatica)))
    }

    /// Which system.
    pub fn system(&self) -> System {
        match self {
            Self::Procore(_) => System::Procore,
            Self::Acumatica(_) => System::Acumatica,
        }
    }

    /// Reads one page of a list; go on with `next` until there is none. A list without paging is one page. Records come
    /// complete: lines that take calls of their own are put under their field when they are wanted.
    ///
    /// # Errors
    /// What the system answered; temporary troubles have been retried.
    pub async fn read(&self, query: &Query<'_>, page: Option<PageToken>) -> Result<Page, ConnectorError> {
        match self {
            Self::Procore(procore) => procore.read(query, page).await,
            Self::Acumatica(acumatica) => acumatica.read(query, page).await,
        }
        .map_err(|error| self.cleaned(error))
    }

    /// Records as a list brought them ([`Select::Listed`]), completed with the lines that take calls of their own.
    ///
    /// # Errors
    /// What the system answered; temporary troubles have been retried.
    pub async fn lines(&self, schema: &Schema, project: Option<&ProjectScope>, rows: Vec<Row>) -> Result<Vec<Row>, ConnectorError> {
        match self {
            Self::Procore(procore) => procore.with_lines(schema, project, rows).await.map_err(|error| self.cleaned(error)),
            Self::Acumatica(_) => Ok(rows),
        }
    }

    /// Reads one record; `None` when there is none.
    ///
    /// # Errors
    /// What the system answered; temporary troubles have been retried.
    pub async fn get(
        &self,
        schema: &Schema,
        project: Option<&ProjectScope>,
        key: Key<'_>,
        select: Select<'_>,
    ) -> Result<Option<Row>, ConnectorError> {
        match self {
            Self::Procore(procore) => procore.get(schema, project, key, select).await,
            Self::Acumatica(acumatica) => acumatica.get(schema, project, key, select).await,
        }
        .map_err(|error| self.cleaned(error))
    }

    /// Reads records by their names with as few requests as can be: several to a list, where lists can be filtered for them. Those
    /// that are gone are left out; no order is promised.
    ///
    /// # Errors
    /// What the system answered; temporary troubles have been retried.
    pub async fn these(&self, schema: &Schema, project: Option<&ProjectScope>, named: &[Named]) -> Result<Vec<Row>, ConnectorError> {
        let mut rows = match self {
            Self::Acumatica(acumatica) if named.len() > 1 => {
                acumatica.these(schema, project, named).await.map_err(|error| self.cleaned(error))?
            }
            Self::Procore(_) | Self::Acumatica(_) => Vec::new(),
        };
        let met: HashSet<String> = rows.iter().filter_map(|row| row.id(schema)).collect();
        for named in named.iter().filter(|named| !met.contains(&named.id)) {
            rows.extend(self.get(schema, project, Key::Id(&named.id), Select::All).await?);
        }
        Ok(rows)
    }

    /// Writes records; one outcome each, in order. Nothing is sent twice unless that is safe; an outcome that is not
    /// known says so ([`Certainty::Unknown`]). A record made in part is named by [`ConnectorError::left_behind`].
    pub async fn write(
        &self,
        schema: &Schema,
        project: Option<&ProjectScope>,
        rows: &[Outgoing<'_>],
    ) -> Vec<Result<Written, ConnectorError>> {
        let outcomes = match self {
            Self::Procore(procore) => procore.write(schema, project, rows).await,
            Self::Acumatica(acumatica) => acumatica.write(schema, rows).await,
        };
        outcomes.into_iter().map(|outcome| outcome.map_err(|error| self.cleaned(error))).collect()
    }

    /// Runs an action of a document to its end (Acumatica only).
    ///
    /// # Errors
    /// What the system answered; `Timeout` with [`Certainty::Unknown`] when its end was not seen.
    pub async fn act(&self, schema: &Schema, id: &str, action: &str, parameters: &Record) -> Result<(), ConnectorError> {
        match self {
            Self::Procore(_) => {
                let why = format!("`{action}`: Procore has no actions");
                Err(ConnectorError::new(ErrorKind::NotSupported, System::Procore, schema.name.as_str(), why))
            }
            Self::Acumatica(acumatica) => acumatica.act(schema, id, action, parameters).await.map_err(|error| self.cleaned(error)),
        }
    }

    /// Makes a record by the action of another document (Acumatica only). Which record came of it has to be looked up.
    ///
    /// # Errors
    /// As [`Connector::act`].
    pub async fn make(&self, schema: &Schema, draft: &Record) -> Result<(), ConnectorError> {
        match self {
            Self::Procore(_) => Err(ConnectorError::new(
                ErrorKind::NotSupported,
                System::Procore,
                schema.name.as_str(),
                "no action of Procore makes records",
            )),
            Self::Acumatica(acumatica) => acumatica.make(schema, draft).await.map_err(|error| self.cleaned(error)),
        }
    }

    /// Lets time go by, by the clock of this door: what was just written may take a while to show.
    pub async fn wait(&self, time: Duration) {
        match self {
            Self::Procore(procore) => procore.wait(time).await,
            Self::Acumatica(acumatica) => acumatica.wait(time).await,
        }
    }

    /// Ends the session and frees its licence slot. Always safe, after failures too, and any number of times; a later
    /// call signs in anew.
    pub async fn sign_out(&self) {
        match self {
            Self::Procore(procore) => procore.sign_out().await,
            Self::Acumatica(acumatica) => acumatica.sign_out().await,
        }
    }

    /// Signs in and asks who answers.
    ///
    /// # Errors
    /// What the system answered.
    pub async fn probe(&self) -> Result<Versions, ConnectorError> {
        match self {
            Self::Procore(procore) => procore.probe().await,
            Self::Acumatica(acumatica) => acumatica.probe().await,
        }
        .map_err(|error| self.cleaned(error))
    }

    /// One record of a resource, if there is any, as small as it comes: so it shows whether this account may read it.
    ///
    /// # Errors
    /// What the system answered.
    pub async fn peek(&self, schema: &Schema, project: Option<&ProjectScope>) -> Result<Option<Row>, ConnectorError> {
        match self {
            Self::Procore(procore) => procore.peek(schema, project).await,
            Self::Acumatica(acumatica) => acumatica.peek(schema).await,
        }
        .map_err(|error| self.cleaned(error))
    }

    /// What an endpoint says of its contract: `swagger.json` (Acumatica only).
    ///
    /// # Errors
    /// What the system answered.
    pub async fn contract(&self, endpoint: &Endpoint) -> Result<Box<RawValue>, ConnectorError> {
        self.instance("swagger.json")?.contract(endpoint).await.map_err(|error| self.cleaned(error))
    }

    /// What an entity says of fields and actions beside its contract: `$adHocSchema` (Acumatica only).
    ///
    /// # Errors
    /// What the system answered.
    pub async fn ad_hoc(&self, schema: &Schema) -> Result<Box<RawValue>, ConnectorError> {
        self.instance("$adHocSchema")?.ad_hoc(schema).await.map_err(|error| self.cleaned(error))
    }

    fn instance(&self, what: &str) -> Result<&Acumatica, ConnectorError> {
        match self {
            Self::Acumatica(acumatica) => Ok(acumatica),
            Self::Procore(_) => {
                Err(ConnectorError::new(ErrorKind::NotSupported, System::Procore, what, "Procore does not describe itself"))
            }
        }
    }

    /// Requests so far, and how many the system would still take.
    pub fn requests(&self) -> Requests {
        match self {
            Self::Procore(procore) => procore.requests(),
            Self::Acumatica(acumatica) => acumatica.requests(),
        }
    }

    fn cleaned(&self, error: ConnectorError) -> ConnectorError {
        match self {
            Self::Procore(procore) => procore.cleaned(error),
            Self::Acumatica(acumatica) => acumatica.cleaned(error),
        }
    }
}
